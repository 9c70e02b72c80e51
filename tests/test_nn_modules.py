"""Module, containers, hooks, state, layers. Texts and numbers are PyTorch 2.13's, recorded."""

from __future__ import annotations

import copy

import numpy as np
import pytest

import minigrad
from minigrad import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(2, 3)
        self.act = nn.ReLU()
        self.second = nn.Linear(3, 1, bias=False)
        self.shared = self.first
        self.scale = nn.Parameter(minigrad.tensor(2.0))
        self.register_buffer("count", minigrad.zeros(1))
        self.register_buffer("passing", minigrad.zeros(1), persistent=False)
        self.noted = nn.Buffer(minigrad.ones(1))

    def forward(self, x):
        return self.second(self.act(self.first(x))) * self.scale


# ------------------------------------------------------------------ the tree


def test_what_the_tree_holds():
    net = Net()
    names = ["scale", "first.weight", "first.bias", "second.weight"]
    assert [n for n, _ in net.named_parameters()] == names
    assert [n for n, _ in net.named_buffers()] == ["count", "passing", "noted"]
    assert [n for n, _ in net.named_modules()] == ["", "first", "act", "second"]
    assert [n for n, _ in net.named_children()] == ["first", "act", "second"]
    assert list(net.state_dict()) == [
        "scale", "count", "noted", "first.weight", "first.bias", "second.weight", "shared.weight", "shared.bias",
    ]  # fmt: skip
    assert net.get_parameter("first.bias") is net.first.bias
    assert net.get_buffer("count") is net.count
    with pytest.raises(AttributeError, match="Linear has no attribute `nothing`"):
        net.get_submodule("first.nothing")


def test_attributes_go_where_they_belong():
    net = Net()
    net.first = nn.Linear(2, 2)
    net.count = minigrad.ones(2)
    assert net.get_buffer("count").tolist() == [1, 1]
    net.scale = None
    assert net._parameters["scale"] is None
    del net.second
    assert "second" not in dict(net.named_modules())
    net.plain = minigrad.ones(1)
    assert "plain" not in dict(net.named_buffers())
    assert "first" in dir(net)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda n: n.nothing, AttributeError, "'Net' object has no attribute 'nothing'"),
        (lambda n: setattr(n, "scale", 3), TypeError, "cannot assign 'int' as parameter 'scale'"),
        (
            lambda n: setattr(n, "scale", minigrad.ones(1)),
            TypeError,
            "cannot assign 'minigrad.FloatTensor' as parameter",
        ),
        (lambda n: setattr(n, "act", 3), TypeError, "as child module 'act'"),
        (
            lambda n: n.register_buffer("scale", minigrad.ones(1)),
            KeyError,
            "attribute 'scale' already exists",
        ),
        (lambda n: n.register_buffer("x", 3), TypeError, "cannot assign 'int' object to buffer 'x'"),
        (lambda n: n.register_parameter("a.b", None), KeyError, 'parameter name can\\\\\'t contain "."'),
        (lambda n: n.add_module("x", 3), TypeError, "int is not a Module subclass"),
        (lambda n: n.train(3), ValueError, "training mode is expected to be boolean"),
        (lambda n: n.to(minigrad.int64), TypeError, "only accepts floating point or complex dtypes"),
        (lambda n: n.to("cuda"), NotImplementedError, "'cuda' is neither a dtype nor the device 'cpu'"),
        (
            lambda n: nn.Module()(1),
            NotImplementedError,
            'Module \\[Module\\] is missing the required "forward" function',
        ),
        (lambda n: nn.Linear(1, 1, device="cuda"), NotImplementedError, "'cuda' is not supported"),
        (lambda n: nn.Conv2d(3, 4, 2, groups=2), ValueError, "in_channels must be divisible by groups"),
        (lambda n: nn.Dropout(2.0), ValueError, "between 0 and 1, but got 2.0"),
        (
            lambda n: nn.BatchNorm2d(3)(minigrad.ones(2, 3)),
            ValueError,
            "expected 4D input \\(got 2D input\\)",
        ),
        (lambda n: nn.ReLU(1, 2), TypeError, "takes from 1 to 2 positional arguments but 3 were given"),
        (lambda n: nn.Tanh(1), TypeError, "takes 1 positional argument but 2 were given"),
        (lambda n: nn.Threshold(1), TypeError, "missing 1 required positional argument: 'value'"),
        (lambda n: nn.ELU(1.0, alpha=2.0), TypeError, "got multiple values for argument 'alpha'"),
        (lambda n: nn.MSELoss(weight=1), TypeError, "unexpected keyword argument 'weight'"),
        (
            lambda n: nn.MSELoss()(1),
            TypeError,
            r"MSELoss.forward\(\) missing 1 required positional argument: 'target'",
        ),
        (lambda n: nn.MSELoss()(1, 2, 3), TypeError, "takes 3 positional arguments but 4 were given"),
        (lambda n: nn.Hardtanh(1, 0), AssertionError, r"max_val \(0\) must be greater than min_val \(1\)"),
        (
            lambda n: nn.TripletMarginLoss(margin=0),
            ValueError,
            "expected margin to be greater than 0, got 0 instead",
        ),
        (lambda n: nn.Linear(-1, 2), RuntimeError, r"negative dimension -1: \[2, -1\]"),
        (
            lambda n: nn.Unflatten(1, 2),
            TypeError,
            "unflattened_size must be a tuple of ints, but found type int",
        ),
        (
            lambda n: nn.InstanceNorm1d(4, affine=True)(minigrad.ones(2, 3, 4)),
            ValueError,
            r"num_features \(4\), but got: 3",
        ),
        (
            lambda n: nn.ConvTranspose1d(1, 1, 2, 2)(minigrad.ones(1, 1, 2), [9]),
            ValueError,
            r"requested an output size of \(9,\), but valid sizes range from \[4\] to \[5\]",
        ),
    ],
)
def test_bad_input(change, error, message):
    with pytest.raises(error, match=message):
        change(Net())


def test_init_must_come_first():
    class Forgot(nn.Module):
        def __init__(self):
            self.layer = nn.Linear(1, 1)

    with pytest.raises(AttributeError, match=r"cannot assign module before Module\.__init__"):
        Forgot()

    class Later(nn.Module):
        def __init__(self):
            self.number = 5

    for use, missing in (
        (lambda m: m(1), "_backward_hooks"),
        (lambda m: list(m.parameters()), "_parameters"),
    ):
        with pytest.raises(AttributeError, match=f"'Later' object has no attribute '{missing}'"):
            use(Later())


def test_modes_freezing_and_conversion():
    net = Net()
    assert net.eval() is net
    assert not net.act.training
    assert net.train().act.training
    weight = net.first.weight
    net(minigrad.ones(1, 2)).sum().backward()
    net.double()
    assert net.first.weight is weight
    assert weight.dtype is weight.grad.dtype is minigrad.float64
    assert net.count.dtype is minigrad.float64
    net(minigrad.ones(1, 2, dtype=minigrad.float64)).sum().backward()
    grad = weight.grad
    net.zero_grad(set_to_none=False)
    assert weight.grad is grad
    assert not grad.numpy().any()
    net.requires_grad_(False)
    assert not any(p.requires_grad for p in net.parameters())
    seen = []
    net.apply(lambda m: seen.append(type(m).__name__))
    assert seen == ["Linear", "ReLU", "Linear", "Net"]


def test_a_copy_is_apart():
    net = Net()
    net(minigrad.ones(1, 2)).sum().backward()
    other = copy.deepcopy(net)
    with minigrad.no_grad():
        other.first.weight.zero_()
    assert net.first.weight.detach().numpy().any()
    assert other.shared is other.first
    assert other.first.weight.grad is None  # a tensor's copy has it, a parameter's has not


def test_a_module_is_put_in_anothers_place():
    net = nn.Sequential(nn.Sequential(nn.Linear(1, 1)))
    net.set_submodule("0.0", nn.Identity())
    net.set_submodule("0.new", nn.ReLU())
    assert [type(m).__name__ for m in net[0].children()] == ["Identity", "ReLU"]
    for name, module, strict, error, message in (
        ("", nn.ReLU(), False, ValueError, "Cannot set the submodule without a target name!"),
        ("z.y", nn.ReLU(), False, AttributeError, "Sequential has no attribute `z`"),
        ("0.5", nn.ReLU(), True, AttributeError, "Sequential has no attribute `5`"),
        ("0.0", 4, False, ValueError, "`module` is not an nn.Module, found <class 'int'>"),
    ):
        with pytest.raises(error, match=message):
            net.set_submodule(name, module, strict)


# ------------------------------------------------------------------ state


def test_state_is_shared_and_loads_back():
    net, other = Net(), Net()
    state = net.state_dict()
    assert state["scale"].data_ptr() == net.scale.data_ptr()
    assert not state["scale"].requires_grad
    assert repr(other.load_state_dict(state)) == "<All keys matched successfully>"
    assert other.first.weight.tolist() == net.first.weight.tolist()
    assert other.first.weight.data_ptr() != net.first.weight.data_ptr()
    other.load_state_dict(state, assign=True)
    assert other.first.weight.data_ptr() == net.first.weight.data_ptr()
    assert isinstance(other.first.weight, nn.Parameter)


def test_what_does_not_fit_is_told():
    layer = nn.Linear(2, 3)
    with pytest.raises(RuntimeError) as error:
        layer.load_state_dict({"weight": minigrad.ones(1, 2), "z": minigrad.ones(1)})
    assert str(error.value) == (
        'Error(s) in loading state_dict for Linear:\n\tMissing key(s) in state_dict: "bias". \n\tUnexpected key(s) in '
        'state_dict: "z". \n\tsize mismatch for weight: copying a param with shape minigrad.Size([1, 2]) from '
        "checkpoint, the shape in current model is minigrad.Size([3, 2])."
    )
    found = layer.load_state_dict({"weight": minigrad.ones(3, 2), "z": minigrad.ones(1)}, strict=False)
    assert found == (["bias"], ["z"])
    assert repr(found) == "_IncompatibleKeys(missing_keys=['bias'], unexpected_keys=['z'])"


# ------------------------------------------------------------------ hooks


def test_forward_hooks():
    layer, seen = nn.ReLU(), []
    layer.register_forward_hook(lambda m, args, kwargs, out: seen.append("late"), with_kwargs=True)
    layer.register_forward_hook(lambda m, args, out: out + 1, prepend=True)
    layer.register_forward_pre_hook(lambda m, args: args[0] * 2)
    handle = layer.register_forward_pre_hook(lambda m, args, kwargs: (args, {}), with_kwargs=True)
    assert layer(minigrad.tensor([-1.0, 3.0])).tolist() == [1, 7]
    assert seen == ["late"]
    handle.remove()
    assert len(layer._forward_pre_hooks) == 1


def test_a_hook_that_is_always_called_sees_a_failure():
    class Fails(nn.Module):
        def forward(self, x):
            raise ValueError("on purpose")

    module, seen = Fails(), []
    module.register_forward_hook(lambda m, args, out: seen.append("no"))
    module.register_forward_hook(lambda m, args, out: seen.append(out), always_call=True)
    with pytest.raises(ValueError, match="on purpose"):
        module(1)
    assert seen == [None]

    def also_fails(m, args, out):
        raise RuntimeError("in the hook")

    module.register_forward_hook(also_fails, always_call=True)
    with (
        pytest.warns(
            UserWarning, match="raised an exception that was silenced as another error.*in the hook"
        ),
        pytest.raises(ValueError, match="on purpose"),
    ):
        module(1)


def test_a_hook_that_fails_leaves_the_result_to_the_others():
    module, seen = nn.ReLU(), []
    module.register_forward_hook(lambda m, args, out: out.fails())
    module.register_forward_hook(lambda m, args, out: seen.append(out.item()), always_call=True)
    with pytest.raises(AttributeError, match="fails"):
        module(minigrad.tensor(2.0))
    assert seen == [2.0]


def test_backward_hooks_see_and_change_gradients():
    layer, seen = nn.Linear(2, 1), []
    with minigrad.no_grad():
        layer.weight.copy_(minigrad.tensor([[1.0, 2.0]]))
    layer.register_full_backward_hook(lambda m, given, out: seen.append((given[0], out[0].tolist())))
    layer.register_full_backward_pre_hook(lambda m, out: (out[0] * 2,))
    x = minigrad.ones(3, 2, requires_grad=True)
    y = layer(x)
    assert y.grad_fn.name() == "BackwardHookFunctionBackward"
    y.sum().backward()
    assert seen[0][0].tolist() == x.grad.tolist() == [[2, 4]] * 3
    assert seen[0][1] == [[2], [2], [2]]
    layer(minigrad.ones(1, 2)).sum().backward()
    assert seen[1] == (None, [[2]])


def test_backward_hooks_need_tensors():
    class InADict(nn.Module):
        def forward(self, x):
            return {"x": x * 2}

    module = InADict()
    module.register_full_backward_hook(lambda *args: None)
    with pytest.warns(
        UserWarning, match="module output should be a Tensor or a tuple of Tensors but received"
    ):
        module(minigrad.ones(1, requires_grad=True))


def test_the_old_backward_hook_sees_the_last_node_alone():
    class Square(nn.Module):
        def forward(self, x):
            return x * x

    x, seen = minigrad.tensor([3.0], requires_grad=True) * 1, []
    module = Square()
    module.register_backward_hook(lambda m, given, out: seen.append((len(given), out[0].item())))
    module(x).sum().backward()
    assert seen == [(2, 1.0)]
    twice = nn.Sequential(Square(), Square())
    twice.register_backward_hook(lambda *args: None)
    with pytest.warns(FutureWarning, match="when the forward contains multiple autograd Nodes is deprecated"):
        twice(x)
    with pytest.raises(RuntimeError, match="Cannot use both regular backward hooks and full backward hooks"):
        module.register_full_backward_hook(lambda *args: None)


# ------------------------------------------------------------------ printing

PRINTED = {
    "Sequential(\n  (0): Sequential(\n    (0): Linear(in_features=2, out_features=3, bias=True)\n    (1): ReLU()\n  )\n"
    "  (1): Sigmoid()\n)": lambda: nn.Sequential(nn.Sequential(nn.Linear(2, 3), nn.ReLU()), nn.Sigmoid()),
    "ModuleList(\n  (0-1): 2 x Linear(in_features=2, out_features=3, bias=True)\n  (2): ReLU()\n)":
        lambda: nn.ModuleList([nn.Linear(2, 3), nn.Linear(2, 3), nn.ReLU()]),
    "ModuleDict(\n  (a): ReLU(inplace=True)\n)": lambda: nn.ModuleDict({"a": nn.ReLU(inplace=True)}),
    "ParameterList(  (0): Parameter containing: [minigrad.float32 of size 2])":
        lambda: nn.ParameterList([minigrad.ones(2)]),
    "ParameterDict(  (a): Parameter containing: [minigrad.FloatTensor of size 2])":
        lambda: nn.ParameterDict({"a": minigrad.ones(2)}),
    "Conv2d(3, 4, kernel_size=(2, 3), stride=(2, 2), padding=(1, 1), dilation=(2, 2), bias=False)":
        lambda: nn.Conv2d(3, 4, (2, 3), stride=2, padding=1, dilation=2, bias=False),
    "Conv2d(3, 4, kernel_size=(3, 3), stride=(1, 1), padding=same, padding_mode=reflect)":
        lambda: nn.Conv2d(3, 4, 3, padding="same", padding_mode="reflect"),
    "ConvTranspose2d(3, 4, kernel_size=(2, 2), stride=(2, 2), output_padding=(1, 1))":
        lambda: nn.ConvTranspose2d(3, 4, 2, 2, output_padding=1),
    "MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)": lambda: nn.MaxPool2d(2),
    "AvgPool1d(kernel_size=(2,), stride=(2,), padding=(0,))": lambda: nn.AvgPool1d(2),
    "Embedding(3, 2, padding_idx=2, max_norm=1.0, norm_type=3.0, scale_grad_by_freq=True)":
        lambda: nn.Embedding(3, 2, padding_idx=-1, max_norm=1.0, norm_type=3.0, scale_grad_by_freq=True),
    "LayerNorm((3,), eps=1e-05, elementwise_affine=True, bias=True)": lambda: nn.LayerNorm(3),
    "BatchNorm1d(3, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)":
        lambda: nn.BatchNorm1d(3),
    "GroupNorm(1, 2, eps=1e-05, affine=True, bias=True)": lambda: nn.GroupNorm(1, 2),
    "Dropout(p=0.5, inplace=False)": nn.Dropout,
    "Flatten(start_dim=1, end_dim=-1)": nn.Flatten,
    "GELU(approximate='none')": nn.GELU,
    "Softshrink(0.5)": nn.Softshrink,
    "Hardtanh(min_val=-2, max_val=3, inplace=True)": lambda: nn.Hardtanh(-2, 3, True),
    "Threshold(threshold=0.1, value=20)": lambda: nn.Threshold(0.1, 20),
    "Softmax(dim=None)": nn.Softmax,
    "CrossEntropyLoss()": lambda: nn.CrossEntropyLoss(minigrad.ones(3)),
    "Identity()": lambda: nn.Identity(3, a=2),
    "Upsample(scale_factor=2.0, mode='nearest')": lambda: nn.Upsample(scale_factor=2),
    "UpsamplingBilinear2d(size=3, mode='bilinear')": lambda: nn.UpsamplingBilinear2d(3),
    "PixelShuffle(upscale_factor=2)": lambda: nn.PixelShuffle(2),
    "PixelUnshuffle(downscale_factor=2)": lambda: nn.PixelUnshuffle(2),
    "Unfold(kernel_size=2, dilation=1, padding=0, stride=1)": lambda: nn.Unfold(2),
    "Fold(output_size=4, kernel_size=2, dilation=1, padding=0, stride=1)": lambda: nn.Fold(4, 2),
    "Softmax2d()": nn.Softmax2d,
    "AlphaDropout(p=0.5, inplace=False)": nn.AlphaDropout,
}  # fmt: skip


@pytest.mark.parametrize("text", PRINTED)
def test_printed_as_torch_does(text):
    assert repr(PRINTED[text]()) == text


# ------------------------------------------------------------------ layers with a state


def test_batch_norm_keeps_running_statistics():
    layer, x = nn.BatchNorm1d(2), minigrad.tensor([[1.0, 2.0], [3.0, 5.0], [2.0, 8.0]])
    layer(x)
    np.testing.assert_allclose(layer.running_mean.numpy(), [0.2, 0.5], rtol=1e-6)
    np.testing.assert_allclose(layer.running_var.numpy(), [1.0, 1.8], rtol=1e-6)
    assert layer.running_mean._version == 1  # the update is not counted, as in torch
    expected = [[0.8, 1.1180], [2.8, 3.3541], [1.8, 5.5902]]
    np.testing.assert_allclose(layer.eval()(x).detach().numpy(), expected, atol=1e-4)
    layer = nn.BatchNorm1d(2, momentum=None)
    layer(x), layer(x * 2)
    np.testing.assert_allclose(layer.running_mean.numpy(), [3.0, 7.5], rtol=1e-6)
    np.testing.assert_allclose(layer.running_var.numpy(), [2.5, 22.5], rtol=1e-6)
    assert layer.num_batches_tracked.item() == 2


def test_a_transposed_convolution_chooses_among_the_shapes():
    layer = nn.ConvTranspose2d(1, 1, 2, stride=2)
    assert layer(minigrad.ones(1, 1, 2, 2), (5, 4)).shape == (1, 1, 5, 4)
    assert layer(minigrad.ones(1, 2, 2), [1, 4, 5]).shape == (1, 4, 5)


def test_layers_of_pixels():
    x = minigrad.arange(16.0).reshape(1, 4, 2, 2)
    assert nn.PixelUnshuffle(2)(nn.PixelShuffle(2)(x)).tolist() == x.tolist()
    assert nn.Fold(2, 1)(nn.Unfold(1)(x)).tolist() == x.tolist()
    assert nn.Upsample(scale_factor=2)(x).shape == (1, 4, 4, 4)
    assert nn.UpsamplingBilinear2d(3)(x)[0, 0].tolist() == [[0, 0.5, 1], [1, 1.5, 2], [2, 2.5, 3]]
    np.testing.assert_allclose(nn.Softmax2d()(x).sum(1).numpy(), 1, rtol=1e-6)
    with pytest.raises(ValueError, match="Softmax2d: expected input to be 3D or 4D, got 2D instead"):
        nn.Softmax2d()(x[0, 0])


def test_losses_take_their_tensors_by_name():
    x, y = minigrad.tensor([1.0]), minigrad.tensor([3.0])
    assert nn.MSELoss()(target=x, input=y).item() == nn.MSELoss()(y, target=x).item() == 4


def test_running_statistics_come_in_pairs():
    layer = nn.BatchNorm1d(2)
    layer.running_mean = None
    with pytest.raises(ValueError, match="must either both be None or neither be None"):
        layer(minigrad.ones(3, 2))
    with pytest.warns(UserWarning, match="input's size at dim=1 does not match num_features"):
        nn.InstanceNorm1d(4)(minigrad.ones(2, 3, 4))


def test_instance_norm_keeps_running_statistics():
    layer = nn.InstanceNorm1d(2, affine=True, track_running_stats=True)
    layer(minigrad.arange(12.0).reshape(2, 2, 3))
    np.testing.assert_allclose(layer.running_mean.numpy(), [0.4, 0.7], rtol=1e-6)
    np.testing.assert_allclose(layer.running_var.numpy(), [1.0, 1.0], rtol=1e-6)


def test_running_statistics_cannot_be_learned():
    x, mean = minigrad.ones(2, 3), minigrad.zeros(3, requires_grad=True)
    with pytest.raises(RuntimeError, match="not differentiable with respect to argument 'running_mean'"):
        nn.functional.batch_norm(x, mean, minigrad.ones(3))


def test_embedding_shortens_and_skips():
    layer = nn.Embedding.from_pretrained(
        minigrad.tensor([[3.0, 4.0], [0.3, 0.4]]), freeze=False, padding_idx=1, max_norm=1.0
    )
    y = layer(minigrad.tensor([0, 1, 0]))
    np.testing.assert_allclose(y.detach().numpy(), [[0.6, 0.8], [0.3, 0.4], [0.6, 0.8]], atol=1e-6)
    y.sum().backward()
    assert layer.weight.grad.tolist() == [[2, 2], [0, 0]]
    assert nn.Embedding(3, 2, padding_idx=1).weight[1].tolist() == [0, 0]


def test_dropout_drops_in_training_only():
    minigrad.manual_seed(0)
    layer, x = nn.Dropout(0.25), minigrad.ones(1000, requires_grad=True)
    y = layer(x)
    assert set(np.unique(y.detach().numpy()).round(5)) == {0, np.float32(1.33333)}
    assert 200 < (y == 0).sum().item() < 300
    assert y.grad_fn.name() == "MulBackward0"
    y.sum().backward()
    assert x.grad.tolist() == y.tolist()
    assert layer.eval()(x) is x
    plain = nn.functional.alpha_dropout(minigrad.zeros(10000), 0.3, True).numpy()
    assert abs(plain.mean()) < 0.05  # what is dropped is not 0, and mean and variance stay
    assert sorted(np.unique(plain.round(4))) == pytest.approx([-1.0595, 0.4541], abs=1e-3)
    for rows, options in (((2, 3, 4), {}), ((2, 3), {})):
        with pytest.warns(UserWarning, match="-D input to dropout2d"):
            nn.functional.dropout2d(minigrad.ones(*rows), 0.5, **options)
    channels = nn.Dropout2d(0.5)(minigrad.ones(4, 4, 2, 2)).numpy()
    assert all(len(np.unique(channel)) == 1 for channel in channels.reshape(16, 4))


def test_the_seed_decides_the_weights():
    def weights():
        minigrad.manual_seed(3)
        return nn.Linear(2, 3).weight.tolist()

    assert weights() == weights()
    assert nn.Linear(2, 3).weight._version == 1  # written once, by its initial values


def test_initial_values_have_their_variance():
    minigrad.manual_seed(0)
    w = minigrad.empty(200, 100)
    spread = {
        "xavier_uniform_": 2 / 300, "xavier_normal_": 2 / 300, "kaiming_uniform_": 2 / 100, "kaiming_normal_": 2 / 100,
    }  # fmt: skip
    for name, variance in spread.items():
        options = {"nonlinearity": "relu"} if "kaiming" in name else {}
        assert getattr(nn.init, name)(w, **options) is w
        assert w.numpy().var() == pytest.approx(variance, rel=0.05)
        assert abs(w.numpy().mean()) < 0.01
    nn.init.orthogonal_(w, gain=2)
    np.testing.assert_allclose((w.t() @ w).numpy(), 4 * np.eye(100), atol=1e-4)
    nn.init.trunc_normal_(w, std=1.0, a=-0.5, b=1.0)
    assert -0.5 <= w.numpy().min() < -0.4
    assert 0.9 < w.numpy().max() <= 1.0
    nn.init.sparse_(w, 0.25)
    assert ((w == 0).sum(0) == 50).all()
    for fill, error, message in (
        (lambda: nn.init.xavier_uniform_(minigrad.empty(3)), ValueError, "fewer than 2 dimensions"),
        (
            lambda: nn.init.kaiming_uniform_(w, mode="both"),
            ValueError,
            "Mode both not supported, please use one of",
        ),
        (lambda: nn.init.calculate_gain("convX"), ValueError, "Unsupported nonlinearity convX"),
        (lambda: nn.init.uniform_(w, 5, 1), RuntimeError, r"found from=5 > to=1"),
        (lambda: nn.init.normal_(w, 0, -1), RuntimeError, "normal expects std >= 0.0, but found std -1"),
    ):
        with pytest.raises(error, match=message):
            fill()
    with pytest.warns(UserWarning, match="mean is more than 2 std from"):
        nn.init.trunc_normal_(w, 10.0, 1.0)
    nn.init.kaiming_normal_(w, mode="FAN_OUT")
    first, second = minigrad.empty(3), minigrad.empty(3)
    for tensor in (first, second):
        nn.init.uniform_(tensor, generator=minigrad.Generator().manual_seed(1))
    assert first.tolist() == second.tolist()


# ------------------------------------------------------------------ utils


def test_clipping_and_vectors():
    p, q = nn.Parameter(minigrad.tensor([3.0, 4.0])), nn.Parameter(minigrad.tensor([[12.0]]))
    ((p * p).sum() / 2 + (q * q).sum() / 2).backward()
    assert nn.utils.clip_grad_norm_([p, q], 1.3).item() == pytest.approx(13)
    np.testing.assert_allclose(p.grad.numpy(), [0.3, 0.4], rtol=1e-5)
    nn.utils.clip_grad_value_(q, 0.5)
    assert q.grad.item() == 0.5
    with pytest.warns(UserWarning, match="`parameters` is an empty generator"):
        nn.utils.clip_grad_norm_((p for p in ()), 1.0)
    assert nn.utils.clip_grad_norm_([], 1.0, norm_type="inf").item() == 0
    vector = nn.utils.parameters_to_vector([p, q])
    assert vector.tolist() == [3, 4, 12]
    nn.utils.vector_to_parameters(vector.detach() * 2, [p, q])
    assert q.tolist() == [[24]]
    with pytest.raises(RuntimeError, match="is non-finite, so it cannot be clipped"):
        nn.utils.get_total_norm([minigrad.tensor([float("inf")])], error_if_nonfinite=True)

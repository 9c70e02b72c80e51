"""Optimizers and schedulers. The numbers are PyTorch 2.13's, recorded."""

from __future__ import annotations

import copy
import math

import pytest

import minigrad
from minigrad import optim

SGD, Adam, AdamW, RMSprop, Adagrad = optim.SGD, optim.Adam, optim.AdamW, optim.RMSprop, optim.Adagrad


def five_steps(optimizer_class, **options):
    """Where five steps lead on a bowl that gets steeper."""
    p = minigrad.tensor([1.0, -2.0], dtype=minigrad.float64, requires_grad=True)
    optimizer = optimizer_class([p], **options)
    for i in range(5):
        optimizer.zero_grad()
        ((p[0] - 3) ** 2 + 10 * (p[1] + 1) ** 2 * (i + 1)).backward()
        optimizer.step()
    return p, optimizer


@pytest.mark.parametrize(
    ("optimizer", "options", "end"),
    [
        (SGD, {"lr": 0.01, "momentum": 0.9, "dampening": 0.5, "weight_decay": 0.1}, (1.326394697703, -0.437039776462)),
        (SGD, {"lr": 0.01, "momentum": 0.9, "nesterov": True, "maximize": True}, (0.270122406118, -56.640293632)),
        (Adam, {"lr": 0.1, "weight_decay": 0.1, "amsgrad": True}, (1.496741696591, -1.507017930263)),
        (AdamW, {"lr": 0.1, "betas": (0.5, 0.9), "weight_decay": 0.2}, (1.375505345688, -1.298932248422)),
        (RMSprop, {"lr": 0.01, "momentum": 0.9, "centered": True, "weight_decay": 0.1}, (1.914363311482, -0.948947061016)),
        (Adagrad, {"lr": 0.1, "lr_decay": 0.1, "initial_accumulator_value": 0.5}, (1.273055792778, -1.659368531934)),
    ],
)  # fmt: skip
def test_five_steps_end_where_those_of_torch_do(optimizer, options, end):
    p, _ = five_steps(optimizer, **options)
    assert p.tolist() == pytest.approx(end, abs=1e-11)
    assert p.is_leaf
    assert p.requires_grad


@pytest.mark.parametrize("optimizer", [SGD, Adam, AdamW, RMSprop, Adagrad])
def test_a_loaded_state_goes_on_as_if_nothing_had_happened(optimizer):
    options = {"lr": 0.05, "momentum": 0.9} if optimizer in (SGD, RMSprop) else {"lr": 0.05}
    p, first = five_steps(optimizer, **options)
    q = p.detach().clone().requires_grad_()
    second = optimizer([q], lr=7.0)
    second.load_state_dict(copy.deepcopy(first.state_dict()))
    for parameter, its_optimizer in ((p, first), (q, second)):
        its_optimizer.zero_grad()
        (parameter**2).sum().backward()
        its_optimizer.step()
    assert q.tolist() == p.tolist()
    assert first.state_dict()["param_groups"] == second.state_dict()["param_groups"]
    third = optimizer([q], lr=7.0)
    third.load_state_dict(first.state_dict())  # as in torch, the state is shared then
    for name, value in first.state[p].items():
        assert third.state[q][name] is value


def test_a_step_counts_as_a_write():
    p = minigrad.tensor([1.0], requires_grad=True)
    loss = (p * p).sum()
    (p * 3).sum().backward()
    SGD([p], lr=0.1).step()
    assert p._version == 1
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


def test_closure_zero_grad_and_groups():
    p, q = (minigrad.tensor([1.0], requires_grad=True) for _ in range(2))
    optimizer = SGD([{"params": [p]}, {"params": q, "lr": 1.0}], lr=0.1)

    def closure():
        optimizer.zero_grad()
        loss = (2 * p + q).sum()
        loss.backward()
        return loss

    with minigrad.no_grad():
        assert optimizer.step(closure).item() == 3
    assert p.item() == pytest.approx(0.8)
    assert q.item() == 0
    optimizer.zero_grad(set_to_none=False)
    assert p.grad.item() == 0
    optimizer.zero_grad()
    assert p.grad is None
    assert "Parameter Group 1\n    dampening: 0\n" in repr(optimizer)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda p: SGD([]), ValueError, "empty parameter list"),
        (
            lambda p: SGD(p),
            TypeError,
            "should be an iterable of Tensors or dicts, but got minigrad.FloatTensor",
        ),
        (lambda p: SGD([3]), TypeError, "can only optimize Tensors, but one of the params is int"),
        (lambda p: SGD([p * 2]), ValueError, "can't optimize a non-leaf Tensor"),
        (lambda p: SGD([p], lr=-1), ValueError, "Invalid learning rate: -1"),
        (lambda p: Adam([p], lr=math.nan), ValueError, "Invalid learning rate: nan"),
        (lambda p: SGD([p], lr="a"), TypeError, "'<' not supported between instances of 'str' and 'float'"),
        (lambda p: Adam([p], lr="a"), TypeError, "'<=' not supported between instances of 'float' and 'str'"),
        (lambda p: RMSprop([p], lr=minigrad.ones(2)), ValueError, "Tensor lr must be 1-element"),
        (lambda p: SGD([p], nesterov=True), ValueError, "Nesterov momentum requires"),
        (lambda p: SGD([{"params": [p]}, {"params": [p]}]), ValueError, "more than one parameter group"),
        (lambda p: Adam([p], capturable=True), NotImplementedError, "capturable=True is not supported"),
        (
            lambda p: SGD([p], differentiable=True),
            NotImplementedError,
            "differentiable=True is not supported",
        ),
        (
            lambda p: SGD([p], fused=True, foreach=True),
            RuntimeError,
            "`fused` and `foreach` cannot be `True` together",
        ),
        (
            lambda p: SGD([p], fused=True, differentiable=True),
            RuntimeError,
            "`fused` does not support `differentiable`",
        ),
        (lambda p: Adam([p], betas=(1.0, 0.9)), ValueError, "Invalid beta parameter at index 0: 1.0"),
        (
            lambda p: SGD([p]).load_state_dict({"state": {}, "param_groups": []}),
            ValueError,
            "different number of",
        ),
    ],
)
def test_bad_input(make, error, message):
    with pytest.raises(error, match=message.replace("(", r"\(")):
        make(minigrad.tensor([1.0], requires_grad=True))


# ------------------------------------------------------------------ hooks, names


def test_hooks_around_steps():
    optimizer, seen = SGD([minigrad.zeros(1, requires_grad=True)], lr=1.0), []
    handle = optimizer.register_step_pre_hook(
        lambda o, args, kwargs: seen.append(("before", len(args), kwargs))
    )
    optimizer.register_step_post_hook(lambda o, args, kwargs: seen.append(("after", o is optimizer)))
    optimizer.step(closure=lambda: None)
    assert [s[:2] for s in seen] == [("before", 1), ("after", True)]
    assert list(seen[0][2]) == ["closure"]
    handle.remove()
    optimizer.register_step_pre_hook(lambda o, args, kwargs: ((o, lambda: 5), {}))
    assert optimizer.step() == 5
    optimizer.register_step_pre_hook(lambda o, args, kwargs: 5)
    with pytest.raises(
        RuntimeError, match=r"SGD.step .*must return None or a tuple of \(new_args, new_kwargs\), but got 5"
    ):
        optimizer.step()


def test_hooks_around_the_state():
    optimizer, seen = SGD([minigrad.zeros(1, requires_grad=True)], lr=1.0), []
    optimizer.register_state_dict_pre_hook(lambda o: seen.append("saves"))
    optimizer.register_state_dict_post_hook(lambda o, state: {**state, "more": 1})
    state = optimizer.state_dict()
    assert list(state) == ["state", "param_groups", "more"]
    optimizer.register_load_state_dict_pre_hook(lambda o, state: seen.append(list(state)))
    optimizer.register_load_state_dict_pre_hook(lambda o, state: seen.append("first"), prepend=True)
    optimizer.register_load_state_dict_post_hook(lambda o: seen.append("loaded"))
    optimizer.load_state_dict(state)
    assert seen == ["saves", "first", list(state), "loaded"]


def test_parameters_may_come_with_names():
    p, q = (minigrad.zeros(1, requires_grad=True) for _ in range(2))
    optimizer = SGD([("w", p), ("b", q)], lr=1.0)
    assert optimizer.param_groups[0]["params"] == [p, q]
    assert optimizer.state_dict()["param_groups"][0]["param_names"] == ["w", "b"]
    with pytest.raises(ValueError, match="all optimizer param groups should be with/without names"):
        optimizer.add_param_group({"params": [minigrad.zeros(1)]})
    with pytest.raises(ValueError, match="all optimizer params should be with/without names"):
        SGD([("w", p), q])


def test_a_step_of_ones_own():
    class Signs(optim.Optimizer):
        def __init__(self, params, lr=0.1):
            super().__init__(params, {"lr": lr})

        @minigrad.no_grad()
        def step(self):
            for group in self.param_groups:
                for p in group["params"]:
                    p.sub_(p.grad.sign(), alpha=group["lr"])
                    self.state[p]["steps"] = self.state[p].get("steps", 0) + 1

    p = minigrad.zeros(1, requires_grad=True)
    p.sum().backward()
    optimizer = Signs([p])
    optimizer.step()
    assert p.item() == pytest.approx(-0.1)
    assert optimizer.state_dict()["state"] == {0: {"steps": 1}}
    with pytest.raises(NotImplementedError):
        optim.Optimizer([p], {"lr": 1.0}).step()


def test_options_that_change_only_how_fast_a_step_is():
    ends = [five_steps(SGD, lr=0.01, **how)[0].tolist() for how in ({}, {"foreach": True}, {"fused": True})]
    assert ends[0] == ends[1] == ends[2]

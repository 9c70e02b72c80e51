"""backward() and grad(): what runs, in which order, what accumulates, what is captured and what is freed."""

from __future__ import annotations

import gc
import math
import weakref
from typing import Any

import pytest

import minigrad as mg
from minigrad import Tensor
from minigrad.autograd import Function, backward, grad


def leaf(*values: float) -> Tensor:
    return mg.tensor(values, dtype=mg.float32, requires_grad=True)


# ------------------------------------------------------------------ backward(inputs=...)


def test_inputs_accumulate_and_nothing_else_does() -> None:
    x, w = leaf(1, 2), leaf(3, 4)
    (x * w).sum().backward(inputs=[w])
    assert x.grad is None
    assert w.grad.tolist() == [1, 2]


def test_a_non_leaf_input_retains_its_gradient_from_then_on() -> None:
    x = leaf(1, 2)
    h = x * 2
    y = (h * h).sum()
    y.backward(inputs=[h], retain_graph=True)
    assert h.retains_grad
    assert h.grad.tolist() == [4, 8]
    assert x.grad is None
    y.backward()
    assert h.grad.tolist() == [8, 16]


def test_the_node_of_a_non_leaf_input_runs_for_nobody() -> None:
    x = leaf(1, 2)
    h = x * 2
    seen = []
    h.grad_fn.register_hook(lambda inputs, outputs: seen.append(inputs))
    h.sum().backward(inputs=[h])
    assert seen == [(None, None)]


def test_a_node_that_nobody_needs_keeps_what_it_saved() -> None:
    x, stranger = leaf(1, 2), leaf(1)
    y = (x * x).sum()
    y.backward(inputs=[stranger])
    assert x.grad is None
    assert stranger.grad is None
    y.backward()
    assert x.grad.tolist() == [2, 4]


def test_inputs_that_cannot_be() -> None:
    y = (leaf(1, 2) * 2).sum()
    with pytest.raises(RuntimeError, match="`inputs` argument to `backward\\(\\)` cannot be empty"):
        y.backward(inputs=[])
    with pytest.raises(RuntimeError, match="can't retain_grad on Tensor that has requires_grad=False"):
        y.backward(inputs=[mg.ones(2)])


# ------------------------------------------------------------------ grad()


def test_inputs_that_backward_does_not_come_to_get_nothing() -> None:
    x = leaf(1, 2)
    before = x.exp()
    after = before * before
    x.sum().backward(inputs=[after, before])
    assert (x.grad, after.grad, before.grad) == (None, None, None)


def test_grad_touches_no_grad() -> None:
    x = leaf(1, 2)
    (found,) = grad((x * x).sum(), x)
    assert found.tolist() == [2, 4]
    assert x.grad is None


def test_grad_goes_no_further_than_its_inputs() -> None:
    x = leaf(1, 2)
    h = x * 2
    ran = []
    h.grad_fn.register_hook(lambda *_: ran.append("node"))
    h.register_hook(lambda g: ran.append("tensor"))
    grad(h.sum(), h)
    assert ran == ["tensor"]


def test_a_hook_sees_only_the_gradients_that_are_asked_for() -> None:
    x, w = leaf(1), leaf(2)
    y = x * w
    seen: list[Any] = []
    y.grad_fn.register_hook(lambda inputs, outputs: seen.append([g is not None for g in inputs]))
    grad(y, w)
    assert seen == [[False, True]]


def test_the_captured_gradient_is_the_one_that_came() -> None:
    x, seed = leaf(1, 2), mg.tensor([5.0, 6.0])
    assert grad(x.clone(), x, seed)[0] is seed


@pytest.mark.parametrize(
    ("inputs", "position"), [("stranger", 0), ("x stranger", 1), ("x x later", 2)], ids=lambda v: str(v)
)
def test_an_unused_input_is_named_by_its_position(inputs: str, position: int) -> None:
    x = leaf(1, 2)
    names = {"x": x, "stranger": leaf(1), "later": x * 2}
    with pytest.raises(RuntimeError, match=f"The differentiated Tensor at index {position} appears to not"):
        grad(x.sum(), [names[n] for n in inputs.split()])


def test_unused_inputs_are_none_or_zeros_where_that_is_allowed() -> None:
    x, stranger = leaf(1, 2), mg.ones(2, 3, dtype=mg.float64, requires_grad=True)
    assert grad(x.sum(), [stranger], allow_unused=True) == (None,)
    (zeros,) = grad(x.sum(), [stranger], materialize_grads=True)
    assert zeros.tolist() == [[0, 0, 0]] * 2
    assert zeros.dtype is mg.float64
    with pytest.raises(ValueError, match="Expected allow_unused to be True or not passed"):
        grad(x.sum(), [stranger], materialize_grads=True, allow_unused=False)


def test_grad_of_nothing_and_of_what_needs_none() -> None:
    x = leaf(1, 2)
    with pytest.raises(RuntimeError, match="`inputs` argument to `grad\\(\\)` cannot be empty"):
        grad(x.sum(), [])
    with pytest.raises(RuntimeError, match="One of the differentiated Tensors does not require grad"):
        grad(x.sum(), mg.ones(2))
    with pytest.raises(RuntimeError, match="all inputs have to be Tensors or GradientEdges, but got int"):
        grad(x.sum(), [3])
    with pytest.raises(AssertionError, match=r"Expected output to be a minigrad.Tensor"):
        grad([x.sum(), 3], x)
    with pytest.raises(TypeError, match="'float' object is not iterable"):
        grad(x.sum(), x, 1.0)
    assert grad(x.sum(), {"x": x})["x"].tolist() == [1, 1]
    with pytest.raises(NotImplementedError, match="is_grads_batched"):
        grad(x.sum(), x, is_grads_batched=True)
    with pytest.warns(FutureWarning, match="only_inputs argument is deprecated"):
        grad(x.sum(), x, only_inputs=False)


# ------------------------------------------------------------------ seeds


@pytest.mark.parametrize(
    ("seed", "error", "words"),
    [
        ([mg.ones(3)], RuntimeError, r"Mismatch in shape: grad_output\[0\] has a shape of"),
        ("x", TypeError, "gradients can be either Tensors or None, but got str"),
        ([1.0], TypeError, "gradients can be either Tensors or None, but got float"),
        ([], RuntimeError, "got 1 tensors and 0 gradients"),
        (None, RuntimeError, "grad can be implicitly created only for scalar outputs"),
    ],
)
def test_a_seed_that_does_not_fit(seed: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        backward(leaf(1, 2) * 2, seed)


def test_more_seeds_than_roots_are_ignored() -> None:
    x = leaf(1, 2)
    backward(x.sum(), [mg.tensor(2.0), mg.tensor(3.0)])
    assert x.grad.tolist() == [2, 2]


def test_the_old_name_of_the_seeds() -> None:
    x = leaf(1, 2)
    with pytest.warns(FutureWarning, match="`grad_variables` is deprecated"):
        backward(x.sum(), grad_variables=mg.tensor(3.0))
    assert x.grad.tolist() == [3, 3]
    with (
        pytest.warns(FutureWarning),
        pytest.raises(RuntimeError, match=r"`grad_tensors` and `grad_variables` .* both passed"),
    ):
        backward(x.sum(), mg.tensor(1.0), None, False, mg.tensor(1.0))


def test_zeros_in_place_of_none_can_be_differentiated_where_the_graph_is() -> None:
    x, y = leaf(1, 2), leaf(1)
    assert grad(x.sum(), y, materialize_grads=True)[0].requires_grad is False
    assert grad(x.sum(), y, materialize_grads=True, create_graph=True)[0].requires_grad is True
    assert grad(x.sum(), y.expand(2, 1), materialize_grads=True)[0].stride() == (1, 1)


def test_a_seed_becomes_the_dtype_of_its_root() -> None:
    x = leaf(1, 2)
    backward([x * 2], [mg.ones(2, dtype=mg.float64)])
    assert x.grad.dtype is mg.float32
    assert x.grad.tolist() == [2, 2]


def test_several_roots_are_one_backward() -> None:
    x = leaf(1, 2)
    h = x * x
    backward([h.sum(), (h * 3).sum()])  # h's saved tensors serve both
    assert x.grad.tolist() == [8, 16]
    backward([x, x], [mg.ones(2), mg.ones(2)])
    assert x.grad.tolist() == [10, 18]


def test_a_root_without_a_graph() -> None:
    with pytest.raises(RuntimeError, match="element 1 of tensors does not require grad and does not have"):
        backward([leaf(1).sum(), mg.ones(())])


# ------------------------------------------------------------------ accumulating


def test_gradients_are_summed_in_place_where_nobody_else_holds_them() -> None:
    x = leaf(1, 2)
    (x * 2 + x * 3).sum().backward()
    assert x.grad._version == 1  # as torch counts it
    first = x.grad
    (x * 4).sum().backward()
    assert x.grad is first
    assert first.tolist() == [9, 9]
    assert first._version == 2


def test_what_a_hook_kept_is_not_written() -> None:
    x = leaf(1, 2)
    kept: list[Tensor] = []
    h = x * 2
    h.grad_fn.register_hook(lambda inputs, outputs: kept.append(inputs[0]))
    h.sum().backward()
    (x * 3).sum().backward()
    assert kept[0].tolist() == [2, 2]
    assert x.grad.tolist() == [5, 5]


def test_a_gradient_shared_by_two_leaves_is_copied() -> None:
    x, y = leaf(1, 2), leaf(3, 4)
    (x + y).sum().backward()
    x.grad.mul_(10)
    assert y.grad.tolist() == [1, 1]


def test_a_gradient_is_laid_out_as_its_leaf() -> None:
    x = mg.ones(2, 3).t().detach().requires_grad_()
    (x * 2).sum().backward()
    assert x.grad.stride() == x.stride() == (1, 3)


def test_create_graph_keeps_a_copy_in_grad() -> None:
    x = leaf(1, 2)
    with pytest.warns(UserWarning, match="create_graph=True will create a reference cycle"):
        (x * x).sum().backward(create_graph=True)
    assert x.grad.grad_fn.name() == "CopyBackwards"
    assert grad(x.grad.sum(), x)[0].tolist() == [2, 2]
    x.grad = None


def test_gradients_come_back_in_the_dtype_of_their_tensor() -> None:
    half, double = mg.ones(1, dtype=mg.float16, requires_grad=True), mg.ones((), dtype=mg.float64)
    double.requires_grad_()
    (half * double * 3).sum().backward()
    assert (half.grad.dtype, double.grad.dtype) == (mg.float16, mg.float64)
    assert half.grad.tolist() == [3]


@pytest.mark.parametrize("name", ["sign", "relu", "floor", "round"])
def test_a_flat_function_stops_an_infinite_gradient(name: str) -> None:
    x = leaf(-0.5)
    getattr(x, name)().backward(mg.tensor([float("inf")]))
    assert x.grad.tolist() == [0]


# ------------------------------------------------------------------ order and memory


def test_the_youngest_ready_node_runs_first() -> None:
    x = leaf(1, 2)
    first = x * 2
    second = x * 3
    order: list[str] = []
    total = second + first
    for name, t in (("first", first), ("second", second), ("total", total)):
        t.grad_fn.register_prehook(lambda gradients, name=name: order.append(name))
    total.sum().backward()
    assert order == ["total", "second", "first"]


def test_leaves_run_in_the_order_in_which_they_get_ready() -> None:
    leaves = [leaf(1, 2) for _ in range(3)]
    order: list[int] = []
    for i, x in enumerate(leaves):
        x.register_hook(lambda g, i=i: order.append(i))
    mg.addcmul(*leaves).sum().backward()
    assert order == [0, 1, 2]


def test_a_long_chain_needs_no_recursion() -> None:
    x = leaf(1.0)
    y = x
    for _ in range(20_000):
        y = y + 1
    y.sum().backward()
    assert x.grad.tolist() == [1]
    alive = weakref.ref(y.grad_fn)
    del y
    assert alive() is None


def test_the_graph_goes_when_its_last_name_goes() -> None:
    gc.disable()
    try:
        x = leaf(1, 2)
        y = x.exp().sum()
        node = weakref.ref(y.grad_fn.next_functions[0][0])
        y.backward(retain_graph=True)
        del y
        assert node() is None
    finally:
        gc.enable()


def test_backward_ends_in_the_mode_in_which_it_began() -> None:
    x = leaf(1, 2)
    y = (x * x).sum()
    y.backward(retain_graph=True)
    assert mg.is_grad_enabled()
    x.register_hook(lambda g: 1)
    with mg.no_grad():
        with pytest.raises(TypeError, match="expected Variable, but hook returned 'int'"):
            y.backward()
        assert not mg.is_grad_enabled()


@pytest.mark.parametrize(
    ("function", "count", "order"),
    [
        (mg.cat, 2, [0, 1]),
        (mg.cat, 4, [0, 2, 1, 3]),
        (mg.stack, 5, [0, 2, 4, 1, 3]),
        (sum, 3, [2, 1, 0]),
        (lambda leaves: leaves[0] * leaves[1] + leaves[2] * leaves[3], 4, [2, 3, 0, 1]),
    ],
)
def test_leaves_that_get_ready_at_once_run_in_the_order_of_torchs_heap(
    function: Any, count: int, order: list[int]
) -> None:
    leaves = [mg.ones(2, requires_grad=True) for _ in range(count)]
    found: list[int] = []
    for i, leaf in enumerate(leaves):
        leaf.register_hook(lambda g, i=i: found.append(i))
    function(leaves).sum().backward()
    assert found == order


# ------------------------------------------------------------------ what becomes of the gradient itself


@pytest.mark.parametrize(
    ("compute", "versions"),
    [
        (lambda x, y: x.exp() + y.exp(), (0, 0)),
        (
            lambda x, y: (x.view(-1) * 2).exp().reshape(2, 3) + y.t().exp().t(),
            (0, 0),
        ),  # views nobody else holds
        (lambda x, y: (x + y).exp(), (1, 0)),  # the first of two gets a copy
        (lambda x, y: x + y * 2, (1, 0)),  # a gradient that is expanded is copied
        (lambda x, y: x * x + y * y * y, (1, 2)),  # added to in place
        (lambda x, y: x[[0, 1]] + y.sort(0)[0], (1, 2)),  # written while they are made
        (lambda x, y: x.max() + y.index_select(0, mg.tensor([0])).exp(), (1, 1)),
    ],
)
def test_the_version_of_a_first_gradient(compute: Any, versions: tuple[int, int]) -> None:
    x = mg.arange(6.0).view(2, 3).clone().requires_grad_()
    y = mg.arange(6.0).view(2, 3).clone().requires_grad_()
    compute(x, y).sum().backward()
    assert (x.grad._version, y.grad._version) == versions


def test_what_grad_captures_is_a_view_where_the_formula_makes_one() -> None:
    x = mg.ones(2, 3, requires_grad=True)
    (g,) = grad(x.view(-1).exp().sum(), x)
    assert g._is_view()
    assert g._base.shape == (6,)
    (g,) = grad(x.sum(), x)
    assert (g._base.shape, g.stride()) == ((), (0, 0))
    (g,) = grad(x.exp().sum(), x)
    assert g._base is None


def test_what_a_hook_gave_is_not_added_to_in_place() -> None:
    x = mg.tensor([2.0, 3.0], dtype=mg.float64, requires_grad=True)
    h = x.exp()
    y = x + h  # hands the same gradient on to both
    y.register_hook(lambda g: g * 2)
    into_x, into_h = grad(y, [x, h], mg.ones(2, dtype=mg.float64))
    assert into_h.tolist() == [2.0, 2.0]
    assert into_x.tolist() == [2 + 2 * math.exp(2), 2 + 2 * math.exp(3)]


def test_grad_takes_from_before_the_hooks_where_it_also_goes_on() -> None:
    x = mg.ones(2, requires_grad=True)
    h = x * 3
    h.register_hook(lambda g: g * 10)
    into_h, into_x = grad((h * 2).sum(), [h, x], retain_graph=True)
    assert (into_h.tolist(), into_x.tolist()) == ([2.0, 2.0], [60.0, 60.0])
    assert grad((h * 2).sum(), h)[0].tolist() == [20.0, 20.0]


def test_the_hooks_of_an_only_root_run_also_where_no_way_leads_to_the_inputs() -> None:
    seen: list[Any] = []
    x = mg.ones(1, requires_grad=True)
    h = x * 2
    y = h * 3
    for tensor in (x, h):
        tensor.register_hook(lambda g: seen.append(g.tolist()))
    assert grad(h, y, allow_unused=True) == (None,)
    assert grad(x, y, allow_unused=True) == (None,)
    assert grad([h, x], y, allow_unused=True) == (None,)
    assert seen == [[1.0], [1.0]]


class Cut(Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return x * 2

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> None:
        return None


def test_a_node_looks_at_what_it_saved_also_where_no_gradient_came() -> None:
    x = mg.ones(1, requires_grad=True)
    h = x * x
    h.backward()
    h.grad_fn.register_prehook(lambda gradients: None)
    with pytest.raises(RuntimeError, match="Trying to backward through the graph a second time"):
        Cut.apply(h).backward()


def test_a_retained_gradient_lies_row_by_row() -> None:
    x = leaf(1)
    y = x * 2
    y.retain_grad()
    y.sum().backward()
    assert y.grad.stride() == (1,)


def test_a_hook_that_writes_the_gradient_is_seen_in_its_version() -> None:
    x = leaf(1, 2)
    x.register_hook(lambda g: g.mul_(2))
    (x * x).sum().backward()
    assert (x.grad.tolist(), x.grad._version) == ([4, 8], 2)

"""Hooks on tensors and nodes: when they run, in which order, what they may answer."""

from __future__ import annotations

from typing import Any

import pytest

import minigrad as mg
from minigrad import Tensor
from minigrad.autograd import Function, grad


def leaf(*values: float) -> Tensor:
    return mg.tensor(values, dtype=mg.float32, requires_grad=True)


def test_the_order_in_one_backward() -> None:
    x = leaf(1, 2)
    y = x * 2
    order: list[str] = []
    accumulate = y.grad_fn.next_functions[0][0]
    y.grad_fn.register_hook(lambda i, o: order.append("node's hook"))
    y.grad_fn.register_prehook(lambda o: order.append("node's prehook"))
    y.register_hook(lambda g: order.append("tensor's first"))
    y.register_hook(lambda g: order.append("tensor's second"))
    accumulate.register_hook(lambda i, o: order.append("accumulator's hook"))
    accumulate.register_prehook(lambda o: order.append("accumulator's prehook"))
    x.register_post_accumulate_grad_hook(lambda t: order.append("after accumulating"))
    x.register_hook(lambda g: order.append("leaf's"))
    y.sum().backward()
    assert order == [
        "tensor's first", "tensor's second", "node's prehook", "node's hook",
        "leaf's", "accumulator's prehook", "after accumulating", "accumulator's hook",
    ]  # fmt: skip


def test_what_a_tensor_hook_answers_goes_on() -> None:
    x = leaf(1, 2)
    y = x * 2
    seen: list[Any] = []
    y.register_hook(lambda g: g * 10)
    y.register_hook(lambda g: seen.append(g.tolist()))
    y.retain_grad()
    x.register_hook(lambda g: g + 1)
    y.sum().backward()
    assert seen == [[10, 10]]
    assert y.grad.tolist() == [10, 10]
    assert x.grad.tolist() == [21, 21]


def test_node_hooks_replace_what_comes_in_and_what_goes_out() -> None:
    x = leaf(1, 2)
    y = x * 2
    y.grad_fn.register_prehook(lambda outputs: (outputs[0] * 3,))
    y.grad_fn.register_hook(lambda inputs, outputs: (inputs[0] + outputs[0], None))
    y.sum().backward()
    assert x.grad.tolist() == [9, 9]  # 3 * 2, and 3 that came in


def test_a_post_accumulate_hook_sees_the_grad_in_place() -> None:
    x = leaf(1, 2)
    seen: list[Any] = []
    x.register_post_accumulate_grad_hook(lambda t: seen.append((t is x, t.grad.tolist())))
    (x * 2).sum().backward()
    (x * 3).sum().backward()
    assert seen == [(True, [2, 2]), (True, [5, 5])]


def test_leaf_hooks_run_for_grad_too_and_post_hooks_do_not() -> None:
    x = leaf(1, 2)
    seen: list[str] = []
    x.register_hook(lambda g: seen.append("hook"))
    x.register_post_accumulate_grad_hook(lambda t: seen.append("post"))
    grad((x * 2).sum(), x)
    assert seen == ["hook"]


def test_a_handle_removes_its_hook() -> None:
    x = leaf(1, 2)
    seen: list[str] = []
    handle = x.register_hook(lambda g: seen.append("removed"))
    with x.register_hook(lambda g: seen.append("within")):
        (x * 2).sum().backward()
    handle.remove()
    handle.remove()
    (x * 2).sum().backward()
    assert seen == ["removed", "within"]


def test_a_hook_that_removes_itself() -> None:
    x = leaf(1, 2)
    seen: list[str] = []

    def once(gradient: Tensor) -> None:
        seen.append("once")
        handle.remove()

    handle = x.register_hook(once)
    x.register_hook(lambda g: seen.append("always"))
    for _ in range(2):
        (x * 2).sum().backward()
    assert seen == ["once", "always", "always"]


def test_a_hook_of_one_of_several_outputs() -> None:
    x = leaf(1, 2)
    first, second = x.unbind(0)
    second.register_hook(lambda g: g * 10)
    (first + second).backward()
    assert x.grad.tolist() == [1, 10]


def test_the_hook_of_an_output_that_nobody_used_is_told_none() -> None:
    first, second = leaf(1, 2).unbind(0)
    seen: list[Any] = []
    first.register_hook(seen.append)
    second.backward(retain_graph=True)
    assert seen == [None]
    first.register_hook(lambda g: 1)
    with pytest.raises(RuntimeError, match="can't replace a None gradient with a non-None value"):
        second.backward()


def test_hooks_can_be_differentiated() -> None:
    x = leaf(3)
    y = x * x
    y.register_hook(lambda g: g * x)
    (first,) = grad(y, x, mg.ones(1), create_graph=True)  # 2x * x
    assert grad(first, x, mg.ones(1))[0].tolist() == [12]


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (lambda g: 1, TypeError, "expected Variable, but hook returned 'int'"),
        (lambda g: g.sum(), RuntimeError, "hook '<lambda>' has changed the size of value"),
        (lambda g: g.to(mg.float64), RuntimeError, "hook '<lambda>' has changed the type of value"),
    ],
)
def test_a_wrong_answer_is_refused(answer: Any, error: type[Exception], words: str) -> None:
    x = leaf(1, 2)
    x.register_hook(answer)
    with pytest.raises(error, match=words):
        (x * 2).sum().backward()


def test_a_wrong_number_of_answers_is_refused() -> None:
    x = leaf(1, 2)
    y = x * x
    y.grad_fn.register_hook(lambda inputs, outputs: (inputs[0],))
    with pytest.raises(RuntimeError, match=r"incorrect number of values \(got 1, but expected 2\)"):
        y.sum().backward()


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (lambda gs: gs[0], TypeError, "expected tuple, but hook returned 'Tensor'"),
        (lambda gs: [*gs], TypeError, "expected tuple, but hook returned 'list'"),
        (lambda gs: (1.0,), TypeError, "expected Variable, but hook returned 'float'"),
        (lambda gs: (mg.ones(5),), RuntimeError, "hook '<lambda>' has changed the size of value"),
        (lambda gs: (gs[0].double(),), RuntimeError, "hook '<lambda>' has changed the type of value"),
    ],
)
def test_a_node_hook_answers_with_a_tuple_of_fitting_gradients(answer: Any, error: Any, words: str) -> None:
    for register, hook in (("register_prehook", answer), ("register_hook", lambda gs, _: answer(gs))):
        y = leaf(1, 2).exp()
        getattr(y.grad_fn, register)(hook)
        with pytest.raises(error, match=words):
            y.sum().backward()


def test_a_node_hook_sees_gradients_of_the_shape_and_dtype_of_the_inputs() -> None:
    x, y = mg.ones(3, 1, requires_grad=True), mg.ones(1, 2, dtype=mg.float64, requires_grad=True)
    z = x * y
    seen: list[Any] = []
    z.grad_fn.register_hook(lambda inputs, outputs: seen.extend([(g.shape, g.dtype) for g in inputs]))
    z.sum().backward()
    assert seen == [((3, 1), mg.float32), ((1, 2), mg.float64)]


class Cut(Function):
    """A backward that answers None: nobody behind it gets a gradient."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return x * 2

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> None:
        return None


def test_hooks_run_where_no_gradient_comes_and_are_told_none() -> None:
    order: list[Any] = []
    x = leaf(1)
    h = x * 3
    h.register_hook(lambda g: order.append(("tensor", g)))
    h.grad_fn.register_prehook(lambda gs: order.append(("pre", gs)))
    h.grad_fn.register_hook(lambda inputs, outputs: order.append(("post", inputs, outputs)))
    x.register_hook(lambda g: order.append(("leaf", g)))
    x.register_post_accumulate_grad_hook(lambda leaf: order.append(("accumulated", leaf.grad)))
    Cut.apply(h).backward()
    nothing = (None,)
    assert order == [
        ("tensor", None), ("pre", nothing), ("post", (None, None), nothing), ("leaf", None), ("accumulated", None)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "register",
    [
        lambda h: h.register_hook(lambda g: mg.ones(1)),
        lambda h: h.grad_fn.register_prehook(lambda gs: (mg.ones(1),)),
        lambda h: h.grad_fn.register_hook(lambda inputs, outputs: (mg.ones(1), None)),
    ],
)
def test_none_is_not_replaced(register: Any) -> None:
    h = leaf(1) * 3
    register(h)
    with pytest.raises(RuntimeError, match="can't replace a None gradient with a non-None value"):
        Cut.apply(h).backward()


def test_a_post_accumulate_hook_answers_nothing() -> None:
    x = leaf(1)
    x.register_post_accumulate_grad_hook(lambda leaf: leaf.grad)
    with pytest.raises(RuntimeError, match="Tensor post accumulate grad hooks should return None"):
        (x * 2).backward()


def test_the_hooks_of_a_tensor_can_be_listed() -> None:
    for x in (leaf(1), leaf(1) * 2):
        assert x._backward_hooks is None
        handle = x.register_hook(print)
        assert x._backward_hooks == {handle.id: print}


@pytest.mark.parametrize(
    ("register", "words"),
    [
        (
            lambda: mg.ones(2).register_hook(print),
            "cannot register a hook on a tensor that doesn't require grad",
        ),
        (lambda: mg.ones(2).retain_grad(), "can't retain_grad on Tensor that has requires_grad=False"),
        (
            lambda: (leaf(1) * 2).register_post_accumulate_grad_hook(print),
            "post accumulate grad hooks cannot be registered on non-leaf tensors",
        ),
    ],
)
def test_where_no_hook_can_be(register: Any, words: str) -> None:
    with pytest.raises(RuntimeError, match=words):
        register()


def test_retain_grad_of_a_leaf_changes_nothing() -> None:
    x = leaf(1, 2)
    x.retain_grad()
    assert not x.retains_grad
    h = x * 2
    h.retain_grad()
    h.retain_grad()
    assert h.retains_grad
    h.sum().backward(retain_graph=True)
    h.sum().backward()
    assert h.grad.tolist() == [2, 2]
    assert x.grad.tolist() == [4, 4]

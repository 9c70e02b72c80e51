"""What a node keeps for backward, how it is looked at, and when it is let go."""

from __future__ import annotations

import weakref
from collections.abc import Callable

import pytest

import minigrad as mg
from minigrad import Tensor


def leaf(*values: float) -> Tensor:
    return mg.tensor(values, dtype=mg.float32, requires_grad=True)


def test_saved_values_are_attributes_of_the_node() -> None:
    x, y = leaf(2), leaf(3)
    node = (x * y).grad_fn
    assert node._saved_self is x
    assert node._saved_other is y
    assert (x * 3).grad_fn._saved_self is None  # of the number 3 nobody wants the gradient
    assert (x**3).grad_fn._saved_exponent == 3
    assert x.exp().grad_fn._saved_result.tolist() == x.exp().tolist()
    with pytest.raises(AttributeError, match="'MulBackward0' object has no attribute '_saved_nothing'"):
        print(node._saved_nothing)


def test_a_saved_result_comes_back_with_its_place_in_the_graph() -> None:
    y = leaf(1).exp()
    assert y.grad_fn._saved_result.grad_fn is y.grad_fn
    assert y.grad_fn._saved_result is not y


def test_what_is_saved_goes_with_backward() -> None:
    x = leaf(1, 2)
    y = x.exp()
    kept = weakref.ref(y.untyped_storage())
    z = y * 2.0
    del y
    z.sum().backward()
    assert kept() is None
    with pytest.raises(
        RuntimeError, match="directly access saved tensors after they have already been freed"
    ):
        print(z.grad_fn.next_functions[0][0]._saved_result)


def test_a_node_that_saved_nothing_runs_as_often_as_one_likes() -> None:
    x = leaf(1, 2)
    y = (x + 1).view(-1).sum()
    for _ in range(3):
        y.backward()
    assert x.grad.tolist() == [3, 3]


def test_a_graph_that_is_kept() -> None:
    x = leaf(3)
    y = x * x
    y.backward(mg.ones(1), retain_graph=True)
    y.backward(mg.ones(1))
    assert x.grad.tolist() == [12]
    with pytest.raises(RuntimeError, match="Trying to backward through the graph a second time"):
        y.backward(mg.ones(1))


def test_create_graph_keeps_it_as_well() -> None:
    x = leaf(3)
    y = x * x
    mg.autograd.grad(y, x, mg.ones(1), create_graph=True)
    assert mg.autograd.grad(y, x, mg.ones(1))[0].tolist() == [6]


def test_a_write_is_noticed_when_it_is_looked_at() -> None:
    x = leaf(1, 2)
    y = x * 1
    z = y.sin()
    y.add_(1)
    with pytest.raises(RuntimeError, match="is at version 1; expected version 0 instead"):
        print(z.grad_fn._saved_self)


def test_what_a_node_saves_is_in_the_order_of_names() -> None:
    x, y = mg.tensor([2.0], requires_grad=True), mg.tensor([3.0])
    seen: list[float] = []
    with mg.autograd.graph.saved_tensors_hooks(lambda t: seen.append(t.item()), lambda t: t):
        x**y
    assert seen == [3, 2, 8]  # exponent, self, and the result at the end


@pytest.mark.parametrize(
    "compute",
    [
        lambda y: y.take(mg.tensor([0, 1])),
        lambda y: y.angle(),
        lambda y: mg.nn.functional.layer_norm(mg.ones(1, 2, requires_grad=True), (2,), None, y),
    ],
)
def test_what_torch_keeps_for_nothing_is_watched_as_well(compute: Callable[[Tensor], Tensor]) -> None:
    y = leaf(1, 2) * 1
    z = compute(y)
    y.add_(1)
    with pytest.raises(RuntimeError, match=r"FloatTensor \[2\]\], which is output 0 of Add, is at version 1"):
        z.sum().backward()

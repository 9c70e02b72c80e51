"""Nodes and accumulators: names, edges, calling one by hand, and who keeps whom alive."""

from __future__ import annotations

import gc
import weakref

import minigrad as mg
from minigrad.node import AccumulateGrad, alias, gradient_edge


def test_a_node_has_a_name_edges_metadata_and_a_number() -> None:
    x = mg.ones(2, requires_grad=True)
    node = (x * 3).grad_fn
    assert node.name() == "MulBackward0"
    assert repr(node).startswith("<MulBackward0 object at 0x")
    assert node.next_functions[0][0].name() == "AccumulateGrad"
    assert node.next_functions[0][0].variable is x
    node.metadata["note"] = 1
    assert node.metadata == {"note": 1}
    assert (x * 3).grad_fn._sequence_nr() > node._sequence_nr()


def test_a_node_can_be_called() -> None:
    x, y = mg.tensor([2.0], requires_grad=True), mg.tensor([3.0], requires_grad=True)
    by_x, by_y = (x * y).grad_fn(mg.ones(1))
    assert (by_x.item(), by_y.item()) == (3, 2)
    assert x.sin().grad_fn(mg.ones(1)).shape == (1,)


def test_a_leaf_has_one_accumulator_as_long_as_a_graph_holds_it() -> None:
    x = mg.ones(2, requires_grad=True)
    first = x * 1
    node = first.grad_fn.next_functions[0][0]
    assert (x * 2).grad_fn.next_functions[0][0] is node
    gone = weakref.ref(node)
    del node, first
    assert gone() is None
    assert isinstance(gradient_edge(x)[0], AccumulateGrad)


def test_where_gradients_enter() -> None:
    x = mg.ones(2, requires_grad=True)
    y = x.unbind(0)[1]
    assert gradient_edge(y) == (y.grad_fn, 1)
    assert gradient_edge(mg.ones(2)) == (None, 0)


def test_an_alias_shares_the_memory_and_stands_elsewhere_in_the_graph() -> None:
    x = mg.ones(2, requires_grad=True)
    y = x * 2
    twin = alias(y)
    assert (twin.requires_grad, twin.grad_fn) == (False, None)
    twin.add_(1)
    assert y._version == 1
    assert alias(x, y.grad_fn).grad_fn is y.grad_fn


def test_nothing_goes_in_a_circle() -> None:
    gc.collect()
    gc.disable()
    try:
        x = mg.ones(3, requires_grad=True)
        nodes = []
        for make in (
            lambda: x.exp(),
            lambda: x.exp().softmax(0),
            lambda: (x * 1).mul_(x),
            lambda: x.unbind(0)[0],
        ):
            y = make()
            y.register_hook(lambda g: None)
            y.retain_grad()
            y.sum().backward()
            nodes.append(weakref.ref(y.grad_fn))
            del y
        assert [node() for node in nodes] == [None] * 4
    finally:
        gc.enable()

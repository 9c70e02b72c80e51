"""Nodes and accumulators: names, edges, calling one by hand, and who keeps whom alive."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest

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


def test_dir_lists_what_a_node_saved() -> None:
    x = mg.ones(2, 2, requires_grad=True)

    def saved(node: Any) -> list[str]:
        return [name for name in dir(node) if "saved_" in name and name != "saved_slots"]

    assert saved((x * x).grad_fn) == ["_raw_saved_other", "_raw_saved_self", "_saved_other", "_saved_self"]
    assert saved(x.sum(1).grad_fn) == ["_saved_dim", "_saved_keepdim", "_saved_self_sym_sizes"]
    assert {"name", "next_functions", "register_hook"} <= set(dir((x * x).grad_fn))
    (indices,) = x[mg.tensor([1])].grad_fn._saved_indices
    assert indices.tolist() == [1]


def test_what_a_node_says_of_its_outputs() -> None:
    x = mg.ones(2, 3, dtype=mg.float64, requires_grad=True)
    first, _ = x.split(1)
    assert [(m.shape, m.dtype) for m in first.grad_fn._input_metadata] == [((1, 3), mg.float64)] * 2
    assert first.grad_fn.requires_grad


def test_a_node_is_called_with_a_gradient_for_each_output() -> None:
    node = (mg.ones(1, requires_grad=True) * mg.ones(1)).grad_fn
    with pytest.raises(TypeError, match="expected 1 arguments, got 2 instead"):
        node(mg.ones(1), mg.ones(1))
    with pytest.raises(TypeError, match="argument 0 is not a Variable"):
        node(1.0)
    assert node(None) == (None, None)


def test_what_was_not_saved_takes_no_hooks() -> None:
    raw = (mg.ones(1, requires_grad=True) * 2).grad_fn._raw_saved_self
    with pytest.raises(
        RuntimeError, match="Calling register_hooks on a saved tensor with value None is forbidden"
    ):
        raw.register_hooks(print, print)


def test_what_a_node_saved_is_found_in_its_class() -> None:
    # With a __getattr__ Python looks up every field of a node the slow way, and backward takes a quarter longer.
    y = mg.ones(2, requires_grad=True).exp()
    assert not hasattr(type(y.grad_fn), "__getattr__")
    assert "_saved_result" in vars(type(y.grad_fn))

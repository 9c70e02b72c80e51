"""The graph of a tensor that nobody watched."""

from __future__ import annotations

import re

import pytest

import minigrad
from minigrad import nn, record
from minigrad_widgets.adapters.graph import graph_of
from widgets.cells import card, function, into, out_of
from widgets.reality import consistency


def leaf(*numbers: float) -> minigrad.Tensor:
    return minigrad.tensor(list(numbers), requires_grad=True)


def test_nodes_become_functions_and_held_tensors_have_values() -> None:
    a = leaf(1.0, 3.0)
    b = a.exp()
    loss = (b * b).mean()
    trace = graph_of(loss, names={"a": a, "b": b, "loss": loss})
    assert [f.node for f in trace.functions] == ["ExpBackward0", "MulBackward0", "MeanBackward0"]
    assert [f.op for f in trace.functions] == ["exp", "mul", "mean"]
    assert card(trace, "b").value.text == "[2.718, 20.09]"
    assert card(trace, "b * b").value is None
    assert not card(trace, "b * b").alive
    assert card(trace, "loss").alive
    assert all(edge.tracked for edge in trace.edges)
    assert not trace.steps
    assert not trace.cells
    assert not consistency(trace)


def test_what_is_saved_and_in_which_state() -> None:
    a = leaf(1.0, 3.0)
    b = a + 2
    loss = (b * b).sum()
    b[0] = 9.0
    trace = graph_of(loss, names={"b": b})
    assert {(s.state, s.version, s.now) for s in function(trace, "mul").saved} == {("broken", 0, 1)}
    loss = (a * a).sum()
    loss.backward()
    trace = graph_of(loss, names={"a": a})
    assert {(s.slot, s.card, s.state) for s in function(trace, "mul").saved} == {
        (slot, card(trace, "a").id, "freed") for slot in ("self", "other")
    }
    assert card(trace, "a").grad.text == "[2, 6]"


def test_an_input_that_needs_no_gradient_is_known_where_it_was_saved() -> None:
    x, w = minigrad.ones(2), leaf(1.0, 2.0)
    y = x * w
    trace = graph_of(y, names={"x": x, "w": w, "y": y})
    edges = {e.slot: e for e in into(trace, function(trace, "mul"))}
    assert edges["self"].source == card(trace, "x").id
    assert not edges["self"].tracked
    trace = graph_of(x + w, names={"x": x, "w": w})
    assert [e.slot for e in into(trace, function(trace, "add"))] == ["other"]


def test_a_result_that_was_saved_has_its_value() -> None:
    loss = leaf(0.0, 0.0).exp().sum()
    trace = graph_of(loss)
    (result,) = [c for c in trace.tensors if c.grad_fn == "ExpBackward0"]
    assert result.value.text == "[1, 1]"


def test_several_outputs_and_lists_of_inputs() -> None:
    a = leaf(1.0, 3.0)
    first, second = a.unbind()
    both = minigrad.cat([first.view(1), second.view(1)])
    trace = graph_of(both, names={"a": a})
    assert [e.source for e in into(trace, function(trace, "unbind"))] == [card(trace, "a").id]
    assert len(out_of(trace, function(trace, "unbind"))) == 2
    assert len(into(trace, function(trace, "cat"))) == 2
    assert not consistency(trace)


def test_a_write_into_a_view_is_there_as_CopySlices() -> None:
    b = leaf(1.0, 3.0) * 2
    b[0].mul_(5)
    assert [f.node for f in graph_of(b).functions] == ["MulBackward0", "CopySlices"]


def test_names_that_are_not_in_the_graph_are_left_out() -> None:
    a, other = leaf(1.0), leaf(2.0)
    trace = graph_of(a * 2, names={"a": a, "other": other, "number": 3})
    assert [c.names for c in trace.tensors] == [("a",), ()]


def test_a_leaf_alone_and_several_roots() -> None:
    a = leaf(1.0)
    assert [c.names for c in graph_of(a, names={"a": a}).tensors] == [("a",)]
    trace = graph_of(a * 2, a * 3, names={"a": a})
    assert [f.op for f in trace.functions] == ["mul", "mul"]


def test_a_module() -> None:
    model = nn.Linear(2, 3)
    trace = graph_of(model(minigrad.ones(4, 2)).sum(), names={"weight": model.weight, "bias": model.bias})
    assert card(trace, "weight").shape == (3, 2)
    assert card(trace, "bias").requires_grad


def test_it_watches_nobody() -> None:
    a = leaf(1.0)
    graph_of(a * 2)
    assert record.mode.observer is None


def test_what_is_no_tensor_is_refused() -> None:
    with pytest.raises(TypeError, match=re.escape("graph_of() draws tensors, not float: 2.0")):
        graph_of(2.0)

"""show(): the graph that hangs from a tensor, as a widget."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

import minigrad
from minigrad_widgets import show
from minigrad_widgets.graph_view import GraphView
from minigrad_widgets.trace import Trace


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What show() displayed."""
    displayed: list[Any] = []
    monkeypatch.setattr(import_module("minigrad_widgets.show"), "display", displayed.append)
    return displayed


def names_and_ops(view: GraphView) -> tuple[set[str], list[str]]:
    trace = Trace.from_json(view.trace)
    return {name for card in trace.tensors for name in card.names}, sorted(f.op for f in trace.functions)


def test_it_draws_what_hangs_from_a_tensor_and_nothing_else(shown: list[Any]) -> None:
    a = minigrad.tensor(2.0, requires_grad=True)
    b = a.exp()
    loss = b * b
    aside = a.sin()
    assert show(loss) is None
    (view,) = shown
    assert isinstance(view, GraphView)
    assert view.dock == ""
    assert names_and_ops(view) == ({"a", "b", "loss"}, ["exp", "mul"])
    assert aside is not None


def test_several_tensors_are_one_picture(shown: list[Any]) -> None:
    a = minigrad.tensor(2.0, requires_grad=True)
    one, two = a.exp(), a.sin()
    show(one, two)
    assert names_and_ops(shown[0]) == ({"a", "one", "two"}, ["exp", "sin"])


def test_what_is_no_tensor_is_refused(shown: list[Any]) -> None:
    with pytest.raises(TypeError, match=r"tensors, not float: 2\.0"):
        show(2.0)
    with pytest.raises(TypeError, match=r"say which one, as in show\(loss\)"):
        show()
    assert shown == []

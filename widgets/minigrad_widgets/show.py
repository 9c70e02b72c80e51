"""The graph that hangs from a tensor, here and now."""

from __future__ import annotations

import sys
from typing import Any

from IPython.display import display

from .adapters.engines import graph_of
from .graph_view import GraphView


def show(*tensors: Any) -> None:
    """Draws the graph that hangs from these tensors, below the cell.

    It is a picture of this moment: it has no steps and does not follow the cells, as live() does. Tensors in
    it bear the names that they have where show() is called. They may be torch's. Raises TypeError for what is no
    tensor, and for tensors of two engines.
    """
    if not tensors:
        raise TypeError("show() draws the graph of a tensor: say which one, as in show(loss)")
    caller = sys._getframe(1)
    names = {**caller.f_globals, **caller.f_locals}
    trace = graph_of(*tensors, names={name: value for name, value in names.items() if name[:1] != "_"})
    view = GraphView()
    view.draw(trace)
    display(view)

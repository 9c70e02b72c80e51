"""A notebook without Jupyter: cells that run one after the other, watched by an adapter."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from minigrad_widgets.adapters.minigrad import MinigradAdapter
from minigrad_widgets.trace import EdgeView, NodeView, Step, TensorView, Trace


class Cells:
    """Runs cells in one namespace, which knows the names of minigrad."""

    start = "from minigrad import *\nimport minigrad"
    kind: type = MinigradAdapter

    def __init__(self, **names: Any) -> None:
        self.namespace: dict[str, Any] = {"__name__": "__main__"}
        exec(self.start, self.namespace)
        self.namespace |= names
        self.adapter = self.kind(self.namespace)
        self.count = 0

    def run(self, source: str) -> Exception | None:
        """Run a cell; returns the error that it raised."""
        self.count += 1
        filename = f"<cell {self.count}>"
        self.adapter.begin_cell(f"[{self.count}]", source, filename)
        error = None
        try:
            for statement in ast.parse(source).body:  # as IPython does
                exec(compile(ast.Module([statement], []), filename, "exec"), self.namespace)
        except Exception as raised:
            error = raised
        self.adapter.end_cell(error=error)
        assert self.adapter.failure is None, self.adapter.failure
        return error.with_traceback(None) if error is not None else None  # whose frames would hold tensors

    def trace(self) -> Trace:
        return self.adapter.trace()


@contextmanager
def watched(kind: type[Cells] = Cells, /, **names: Any) -> Iterator[Cells]:
    cells = kind(**names)
    cells.adapter.start()
    try:
        yield cells
    finally:
        cells.adapter.stop()


def record(*sources: str, **names: Any) -> Trace:
    """The trace of these cells. An error of autograd may be raised by the last one."""
    with watched(**names) as cells:
        for source in sources[:-1]:
            error = cells.run(source)
            assert error is None, error
        error = cells.run(sources[-1])
        assert error is None or any(step.error for step in cells.trace().steps), error
        return cells.trace()


# ------------------------------------------------------------------ looking things up


def card(trace: Trace, name: str, current: bool = True) -> TensorView:
    """The card of the tensor that bears this name (or bore it, or is labelled so)."""
    for kind in ("names", "ghosts"):
        for view in trace.tensors:
            if name in getattr(view, kind) and view.current is current:
                return view
    found = [view for view in trace.tensors if view.label == name and view.current is current]
    assert found, f"no card {name!r} among {[(v.names, v.ghosts, v.label) for v in trace.tensors]}"
    return found[0]


def function(trace: Trace, op: str, nth: int = 0) -> NodeView:
    return [view for view in trace.functions if view.op == op][nth]


def into(trace: Trace, function: NodeView) -> list[EdgeView]:
    return [edge for edge in trace.edges if edge.target == function.id]


def out_of(trace: Trace, function: NodeView) -> list[EdgeView]:
    return [edge for edge in trace.edges if edge.source == function.id]


def step(trace: Trace, kind: str, nth: int = 0) -> Step:
    return [step for step in trace.steps if step.kind == kind][nth]

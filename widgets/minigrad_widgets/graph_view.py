"""The widget: one trace as the two linked drawings, forward and backward.

The kernel sends the trace and the positions; drawing, pointing and stepping happen in the browser (see
`frontend/`). In JupyterLab the view docks: one line stays in the cell, the graph stands in a panel beside
the notebook, however often the cell runs.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import anywidget
import traitlets
from sidecar import Sidecar

from .layout import layout
from .trace import Trace

STATIC = Path(__file__).parent / "static"


class GraphView(anywidget.AnyWidget):
    """A view of one trace: `draw` changes which, `say` tells of a failure of our own in its place.

    With `dock="wanted"` it asks JupyterLab for a panel; elsewhere, and with "", it shows where it stands.
    """

    _esm = STATIC / "graph_view.js"
    _css = STATIC / "graph_view.css"

    # JSON as text: of a dictionary, ipywidgets and the kernel would visit every entry at each change.
    trace = traitlets.Unicode().tag(sync=True)
    positions = traitlets.Unicode().tag(sync=True)  # `layout` is taken: a Jupyter widget's CSS box
    title = traitlets.Unicode().tag(sync=True)
    problem = traitlets.Unicode().tag(sync=True)
    sequence = traitlets.Int().tag(sync=True)  # grows with every update
    dock = traitlets.Enum(["", "wanted", "open", "closed"], "").tag(sync=True)
    panel = traitlets.Unicode().tag(sync=True)  # the model id of the panel that is open

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self._sidecar: Sidecar | None = None
        self.on_msg(self._hear)

    def draw(self, trace: Trace) -> None:
        """Lays a trace out and shows it, in one message to the page."""
        positions = json.dumps(layout(trace), separators=(",", ":"))
        self._update(trace=trace.to_json(), positions=positions, problem="")

    def say(self, problem: str) -> None:
        """Shows one line about a failure of our own; the drawing stays as it was."""
        self._update(problem=problem)

    def _update(self, **traits: str) -> None:
        with self.hold_sync():
            for name, value in traits.items():
                setattr(self, name, value)
            self.sequence += 1

    def _hear(self, _widget: GraphView, content: dict[str, Any], _buffers: list[memoryview]) -> None:
        """What the page asks for: a panel, or that the learner has closed it."""
        if content.get("do") == "dock" and (self._sidecar is None or content.get("again")):
            self._close_panel()
            self._open_panel()
        elif content.get("do") == "undock" and content.get("panel") == self.panel:
            self._close_panel()
            self.dock = "closed"

    def _open_panel(self) -> None:
        bundle, metadata = self._repr_mimebundle_()
        output = {"output_type": "display_data", "data": bundle, "metadata": metadata}
        name = f"Graph of {self.title}" if self.title else "Graph"
        self._sidecar = Sidecar(title=name, anchor="split-right", outputs=(output,))
        with self.hold_sync():
            self.panel = self._sidecar.model_id
            self.dock = "open"

    def _close_panel(self) -> None:
        if self._sidecar is not None:
            self._sidecar.close()
            self._sidecar = None
            self.panel = ""

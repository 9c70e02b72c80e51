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
from IPython import get_ipython
from IPython.display import display
from sidecar import Sidecar

from . import saved
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
    picture = traitlets.Unicode().tag(sync=True)  # the class of what saved.py left in the notebook

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.picture = f"mg-saved-{self.model_id[:12]}"
        self._drawn: tuple[Trace, dict[str, Any]] = (Trace(), layout(Trace()))
        self._kept: dict[str, str] | None = None  # what the notebook has of it beside the widget
        self._sidecar: Sidecar | None = None
        self.on_msg(self._hear)

    def draw(self, trace: Trace) -> None:
        """Lays a trace out and shows it, in one message to the page."""
        positions = layout(trace)
        self._drawn = trace, positions
        text = json.dumps(positions, separators=(",", ":"))
        self._update(trace=trace.to_json(), positions=text, problem="")
        if self._kept is not None:  # the page is painting by now
            self._keep()

    def _ipython_display_(self) -> None:
        """The widget, and for where none runs a picture: an output of its own, which is kept up to date."""
        data, metadata = self._repr_mimebundle_()
        display({**data, "text/plain": saved.INSTEAD}, metadata=metadata, raw=True)
        self._kept = None
        self._keep()

    def _keep(self) -> None:
        """Leaves a picture in the notebook, or brings the one that is there up to date."""
        output = saved.output(*self._drawn, self.picture)
        if output != self._kept:
            display(output, raw=True, display_id=self.picture, update=self._kept is not None)
        # A terminal cannot take back what it has printed.
        self._kept = output if hasattr(get_ipython(), "kernel") else None

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
        bundle, metadata = self._repr_mimebundle_()  # without the picture: it would show twice
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

"""What a notebook keeps of a view: a picture and a text, for where no widget runs.

A reopened notebook, a page that nbconvert made, a reader on the web: none of them has the kernel's model, and some
show no widget at all. So a view leaves a second output behind it. Where the widget runs, it hides this one.
"""

from __future__ import annotations

import base64
from typing import Any

from .drawing.tree import Markup, h
from .svg import picture, summary
from .text import graph_text
from .trace import Trace

# With so many tensors and functions both drawings, or one, stay well below 300 KB; a larger graph is only counted.
MOST_FOR_BOTH, MOST = 80, 160
INSTEAD = "The live graph stands here while the notebook runs; what follows is a picture of it."
CAPTION = "A picture of the graph, as it was saved. Run this cell for the live one."


def output(trace: Trace, positions: dict[str, Any], mark: str) -> dict[str, str]:
    """The output by MIME type. `mark` is a class of the HTML, by which the view finds and hides it."""
    things = sum(thing.shown for thing in (*trace.tensors, *trace.functions))
    text = summary(trace)
    if not things or things > MOST:
        why = "It is too large for a saved picture" if things else "There was nothing to draw yet"
        return {
            "text/html": h(
                "p", {"class": f"mg-saved {mark}"}, f"{text} {why}: run this cell for the live graph."
            ),
            "text/plain": text,
        }
    svg = picture(
        trace, side="both" if things <= MOST_FOR_BOTH else "backward", words=False, positions=positions
    )
    # As an image: of a notebook that is not trusted, JupyterLab drops SVG in any other form.
    address = f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
    return {
        "text/html": _figure(text, address, mark),
        "text/plain": graph_text(trace),
    }


def _figure(text: str, address: str, mark: str) -> str:
    # JupyterLab writes "model not found" where the widget was, and no more than that into its element.
    beside = f".jp-OutputArea-child:has(+ .jp-OutputArea-child .{mark}) .jupyter-widgets:not(:has(*))"
    return h(
        "figure",
        {"class": f"mg-saved {mark}", "style": "margin: 0"},
        h("img", {"alt": text, "src": address}),
        h("figcaption", {}, CAPTION),
        h("style", {}, Markup(f"{beside} {{ display: none }}")),
    )

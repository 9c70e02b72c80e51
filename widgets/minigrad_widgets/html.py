"""A trace as a page of its own: the widget's own module and style, the trace, and a stand-in for the kernel's model.

One file, which asks the network for nothing (its policy forbids it to) and works from anywhere, a disk included.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from .drawing.tree import escaped
from .layout import layout
from .text import text
from .trace import Trace

STATIC = Path(__file__).parent / "static"
TITLE = "Graph of automatic differentiation"

# Whole lines of comment, a fifth of the module: who reads a saved page is no reader of its source.
_COMMENTS = re.compile(r"^[ \t]*(?:/\*\*(?:(?!\*/).)*\*/|//[^\n]*)[ \t]*\n", re.MULTILINE | re.DOTALL)

PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
{style}
html, body, .mg-place {{ height: 100%; margin: 0; }}
pre {{ white-space: pre-wrap; margin: 1em; }}
</style>
</head>
<body>
<div class="mg-place"><div id="view"></div></div>
<noscript><pre>{text}</pre></noscript>
<script type="application/json" id="trace">{trace}</script>
<script type="application/json" id="positions">{positions}</script>
<script type="application/json" id="state">{state}</script>
<script type="module">
{module}
{{
  // What anywidget hands to a view, with no kernel behind it.
  const data = (id) => document.getElementById(id).textContent;
  const state = {{ ...JSON.parse(data("state")), trace: data("trace"), positions: data("positions") }};
  const model = {{
    get: (name) => state[name], set(name, value) {{ state[name] = value; }},
    save_changes() {{}}, on() {{}}, off() {{}}, send() {{}},
  }};
  render({{ model, el: document.getElementById("view") }});
}}
</script>
</body>
</html>
"""


def page(trace: Trace, title: str = "") -> str:
    """The page as HTML; `title` is shown above the drawings and names the page."""
    state = {"title": title, "problem": "", "sequence": 1, "dock": "", "panel": ""}
    return PAGE.format(
        title=escaped(title or TITLE),
        style=(STATIC / "graph_view.css").read_text("utf-8"),
        text=escaped(text(trace)),
        trace=_in_script(trace.to_json()),
        positions=_in_script(json.dumps(layout(trace), separators=(",", ":"))),
        state=_in_script(json.dumps(state)),
        module=_COMMENTS.sub("", (STATIC / "graph_view.js").read_text("utf-8")),
    )


def _in_script(data: str) -> str:
    """JSON for a script element: without "<" in it neither "</script>" nor "<!--" means anything."""
    return data.replace("<", "\\u003c")

"""A trace as a page of its own: the widget's own module and style, the trace, and a stand-in for the kernel's model.

One file, which asks the network for nothing (its policy forbids it to) and works from anywhere, a disk included. The
module is packed, to a third of its size; where it does not run, the trace is there as text.
"""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path

from .drawing.tree import escaped
from .layout import layout
from .text import text
from .trace import Trace

STATIC = Path(__file__).parent / "static"
TITLE = "Graph of automatic differentiation"

PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline' blob:; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
{style}
html, body, .mg-place {{ height: 100%; margin: 0; }}
pre {{ white-space: pre-wrap; margin: 1em; }}
</style>
</head>
<body>
<pre id="text">{text}</pre>
<script>document.getElementById("text").hidden = true;</script>
<div class="mg-place"><div id="view"></div></div>
<script type="application/json" id="trace">{trace}</script>
<script type="application/json" id="positions">{positions}</script>
<script type="application/json" id="state">{state}</script>
<script type="text/plain" id="module">{module}</script>
<script type="module">
const data = (id) => document.getElementById(id).textContent;
try {{
  const packed = Uint8Array.from(atob(data("module")), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const script = new Blob([await new Response(stream).text()], {{ type: "text/javascript" }});
  const {{ default: widget }} = await import(URL.createObjectURL(script));
  // What anywidget hands to a view, with no kernel behind it.
  const state = {{ ...JSON.parse(data("state")), trace: data("trace"), positions: data("positions") }};
  const model = {{
    get: (name) => state[name], set(name, value) {{ state[name] = value; }},
    save_changes() {{}}, on() {{}}, off() {{}}, send() {{}},
  }};
  widget.render({{ model, el: document.getElementById("view") }});
}} catch (error) {{
  console.error(error);
  document.getElementById("text").hidden = false;
}}
</script>
</body>
</html>
"""


def page(trace: Trace, title: str = "") -> str:
    """The page as HTML; `title` is shown above the drawings and names the page."""
    state = {"title": title, "problem": "", "sequence": 1, "dock": "", "panel": ""}
    module = gzip.compress((STATIC / "graph_view.js").read_bytes(), mtime=0)
    return PAGE.format(
        title=escaped(title or TITLE),
        style=(STATIC / "graph_view.css").read_text("utf-8"),
        text=escaped(text(trace)),
        trace=_in_script(trace.to_json()),
        positions=_in_script(json.dumps(layout(trace), separators=(",", ":"))),
        state=_in_script(json.dumps(state)),
        module=base64.b64encode(module).decode(),
    )


def _in_script(data: str) -> str:
    """JSON for a script element: without "<" in it neither "</script>" nor "<!--" means anything."""
    return data.replace("<", "\\u003c")

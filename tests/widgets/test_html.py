"""A trace as a page of its own, read as text; test_saved.py opens it in the browser."""

from __future__ import annotations

import base64
import gzip
import json
import re
from html.parser import HTMLParser

import pytest

from build_lessons import SOURCES, notebook
from minigrad_widgets.html import STATIC
from minigrad_widgets.trace import Cell, TensorView, Trace, Value

from . import sample_traces
from .cells import record

MOST = 200_000  # bytes, for a trace of a lesson's size


class Page(HTMLParser):
    """The elements of a page, and the text of its scripts by their id."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.scripts: dict[str, str] = {}
        self._in: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        self.addresses += [given[name] for name in ("src", "href") if name in given]
        self._in = given.get("id", "loader") if tag == "script" else None

    def handle_data(self, data: str) -> None:
        if self._in is not None:
            self.scripts[self._in] = self.scripts.get(self._in, "") + data


def test_it_holds_the_trace_and_asks_for_nothing() -> None:
    trace = sample_traces.worked()
    page = Page(trace.to_html())
    assert Trace.from_json(page.scripts["trace"]) == trace
    assert json.loads(page.scripts["positions"])["nodes"].keys() == {
        thing.id for thing in (*trace.tensors, *trace.functions)
    }
    assert page.addresses == []
    assert "default-src 'none'" in trace.to_html()


def test_that_of_the_second_lesson_is_small(recwarn: pytest.WarningsRecorder) -> None:
    """All of its cells, as a learner runs them. (It warns of .grad of a non-leaf, as it means to.)"""
    source = next(source for source in SOURCES if source.name.startswith("02-"))
    cells = [c.source for c in notebook(source).cells if c.cell_type == "code" and "live()" not in c.source]
    trace = record(*cells)
    assert len(trace.steps) > 30
    assert len(trace.to_html().encode()) < MOST


def test_whatever_is_in_the_trace_stays_in_the_trace() -> None:
    """`</script>`, `<!--` and a title that is markup end nothing and begin nothing."""
    nasty = "</script><!--<script><img src=x onerror=alert(1)>{}&amp;\u2028"
    card = TensorView("t1", "x1", "s1", (), "float32", names=(nasty,), value=Value("1.0"))
    trace = Trace((Cell("[1]", nasty),), (card,))
    text = trace.to_html(title=nasty)
    page = Page(text)
    plain = Page(sample_traces.worked().to_html())
    assert page.tags == plain.tags
    assert Trace.from_json(page.scripts["trace"]) == trace
    assert json.loads(page.scripts["state"])["title"] == nasty
    assert page.scripts.keys() == plain.scripts.keys()


def test_the_module_is_the_widgets_own() -> None:
    packed = Page(sample_traces.worked().to_html()).scripts["module"]
    module = gzip.decompress(base64.b64decode(packed))
    assert module == (STATIC / "graph_view.js").read_bytes()


def test_without_scripts_there_is_the_text() -> None:
    text = sample_traces.version_error().to_html()
    (shown,) = re.findall(r'<pre id="text">(.*?)</pre>', text, re.DOTALL)
    assert "Backward stopped at MulBackward0" in shown


def test_its_title_names_the_page() -> None:
    trace = sample_traces.worked()
    assert "<title>A worked example</title>" in trace.to_html(title="A worked example")
    assert "<title>Graph of automatic differentiation</title>" in trace.to_html()

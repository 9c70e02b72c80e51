"""What a notebook keeps of a view for where no widget runs."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
from IPython.core.interactiveshell import InteractiveShell

from minigrad_widgets import saved
from minigrad_widgets.graph_view import GraphView
from minigrad_widgets.layout import layout
from minigrad_widgets.svg import summary
from minigrad_widgets.trace import TensorView, Trace, Value

from . import sample_traces
from .cells import record

BOUND = 300_000


def image(output: dict[str, str]) -> ElementTree.Element:
    """The picture in the output, read."""
    (data,) = re.findall(r'src="data:image/svg\+xml;base64,([^"]*)"', output["text/html"])
    return ElementTree.fromstring(base64.b64decode(data))


def output_of(trace: Trace) -> dict[str, str]:
    return saved.output(trace, layout(trace), "mg-saved-1")


def chain(turns: int) -> Trace:
    """6 * turns + 4 things."""
    source = (
        "w = tensor([0.5, -0.5], requires_grad=True)\nh = tensor([1.0, 2.0])\n"
        f"for _ in range({turns}):\n    h = (h * w).tanh() + h\nh.sum().backward()"
    )
    return record(source)


def test_it_is_a_picture_and_a_text() -> None:
    trace = sample_traces.version_error()
    output = output_of(trace)
    assert output.keys() == {"text/html", "text/plain"}
    label = image(output).get("aria-label")
    assert label == summary(trace)
    assert f'alt="{label}"' in output["text/html"]
    assert output["text/plain"].startswith("tensor loss, shape ()")
    assert "self b · saved v0, now v1" in output["text/plain"]


@pytest.mark.parametrize("turns", [12, 13, 25, 26])
def test_it_is_never_large(turns: int) -> None:
    trace = chain(turns)
    output = output_of(trace)
    assert sum(map(len, output.values())) < BOUND
    things = len(trace.tensors) + len(trace.functions)
    if things > saved.MOST:
        assert f"{len(trace.tensors)} tensors and" in output["text/html"]
        assert "too large for a saved picture" in output["text/html"]
        assert "<img" not in output["text/html"]
    else:
        headings = {
            "".join(text.itertext()) for text in image(output).iter("{http://www.w3.org/2000/svg}text")
        }
        assert {"Forward", "Backward"} & headings == (
            {"Forward", "Backward"} if things <= saved.MOST_FOR_BOTH else {"Backward"}
        )


def test_before_there_is_anything_it_says_so() -> None:
    assert "There was nothing to draw yet: run this cell" in output_of(Trace())["text/html"]


def test_a_name_is_no_markup_in_it() -> None:
    card = TensorView("t1", "x1", "s1", (), "float32", names=('"><script>',), value=Value("1.0"))
    assert "<script" not in output_of(Trace(tensors=(card,)))["text/html"]


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    yield shell
    shell.history_manager.end_session()
    InteractiveShell.clear_instance()


def test_in_a_terminal_the_text_is_printed_once(shell: InteractiveShell, capsys: Any) -> None:
    view = GraphView()
    view.draw(sample_traces.worked())
    shell.display_formatter.format(view)
    printed = capsys.readouterr().out
    assert printed.startswith(f"{saved.INSTEAD}\ntensor loss, shape ()")
    view.draw(sample_traces.version_error())
    assert capsys.readouterr().out == ""


def test_the_panel_has_the_widget_alone(shell: InteractiveShell) -> None:
    view = GraphView()
    view.draw(sample_traces.worked())
    view._open_panel()
    (output,) = view._sidecar.outputs
    assert "application/vnd.jupyter.widget-view+json" in output["data"]
    assert "text/html" not in output["data"]

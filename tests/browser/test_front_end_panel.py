"""The panel round the drawings, in a real browser: sizes, themes, failures, where it stands."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from browser import traces
from browser.view import View, box, opening


@pytest.fixture
def open_view(browser: Browser) -> Iterator[Callable[..., View]]:
    with opening(browser) as open_view:
        yield open_view


def test_a_narrow_panel_shows_the_drawing_where_things_happen(open_view: Callable[..., View]) -> None:
    view = open_view(traces.worked(), 420)
    panes = {side: view.page.locator(f".mg-pane[data-side={side}]") for side in ("forward", "backward")}
    expect(panes["backward"]).to_be_visible()  # the last step put a gradient into .grad
    expect(panes["forward"]).to_be_hidden()
    expect(view.page.get_by_role("button", name="Both")).to_be_disabled()
    view.page.get_by_role("button", name="Forward").click()
    expect(panes["forward"]).to_be_visible()
    expect(panes["backward"]).to_be_hidden()
    view.show(traces.worked(), 2)
    expect(panes["forward"]).to_be_visible()  # what the learner chose stays
    view.page.get_by_role("button", name="Backward").click()
    expect(panes["forward"]).to_be_hidden()
    view.page.set_viewport_size({"width": 1200, "height": 900})
    view.page.get_by_role("button", name="Both").click()
    expect(panes["forward"]).to_be_visible()
    expect(panes["backward"]).to_be_visible()


@pytest.mark.parametrize("width", [300, 420, 560, 900, 1600])
def test_the_panel_fits_its_width(open_view: Callable[..., View], width: int) -> None:
    """300 is what a panel of 600 has at 200 % zoom."""
    view = open_view(traces.version_error(), width, 800)
    assert view.page.evaluate("document.documentElement.scrollWidth") <= width
    assert box(view.root)["height"] <= 800
    small = view.page.locator(".mg-pane:visible .mg-soft").first
    assert small.evaluate("e => e.getScreenCTM().a") >= 0.67


def test_dark_themes_change_the_colours(open_view: Callable[..., View]) -> None:
    colour = "e => getComputedStyle(e).fill"
    light = open_view(traces.worked(), color_scheme="light")
    dark = open_view(traces.worked(), color_scheme="dark")
    fills = [view.thing("l1", "forward").locator(".mg-body").evaluate(colour) for view in (light, dark)]
    assert fills == ["rgb(255, 255, 255)", "rgb(26, 31, 37)"]
    # JupyterLab's theme has the last word.
    light.page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    assert light.thing("l1", "forward").locator(".mg-body").evaluate(colour) == fills[1]


def test_an_empty_graph_and_a_failure_are_said_in_words(open_view: Callable[..., View]) -> None:
    view = open_view(None)
    expect(view.page.locator(".mg-blank")).to_be_visible()
    view.show(traces.worked())
    expect(view.page.locator(".mg-blank")).to_be_hidden()
    expect(view.page.locator(".mg-problem")).to_be_hidden()
    view.page.evaluate("model.update({problem: 'The graph is not up to date.', sequence: 2})")
    expect(view.page.locator(".mg-problem")).to_have_text("The graph is not up to date.")
    expect(view.thing("l1", "forward")).to_be_visible()


def test_a_trace_that_cannot_be_drawn_is_one_line(open_view: Callable[..., View]) -> None:
    view = open_view(traces.worked())
    broken = json.loads(traces.worked().to_json())
    del broken["tensors"][0]["shape"]
    view.page.evaluate("trace => model.update({trace, sequence: 2})", json.dumps(broken))
    expect(view.page.locator(".mg-problem")).to_contain_text("The graph cannot be drawn: TypeError")
    expect(view.thing("l1", "forward")).to_be_visible()  # the old one stays
    view.show(traces.worked(), 3)
    expect(view.page.locator(".mg-problem")).to_be_hidden()


def test_a_view_without_its_kernel_says_so(open_view: Callable[..., View]) -> None:
    view = open_view(traces.worked())
    status = view.page.locator(".mg-status")
    expect(status).to_have_text("")
    # What ipywidgets does to a view whose comm is dead.
    view.page.evaluate(
        "view_element.classList.add('jupyter-widgets-disconnected'); model.tell('comm_live_update')"
    )
    expect(status).to_contain_text("Disconnected")
    view.thing("mul", "forward").hover()
    expect(view.thing("mul")).to_have_class("mg-thing mg-fresh mg-lit")


def test_outside_jupyterlab_the_graph_stays_in_the_cell(open_view: Callable[..., View]) -> None:
    view = open_view(None, place="")
    view.page.evaluate("model.state.dock = 'wanted'")
    view.show(traces.worked())
    expect(view.root).to_be_visible()
    expect(view.page.locator(".mg-note")).to_have_count(0)
    assert view.page.evaluate("model.sent") == []


def in_lab(view: View, dock: str) -> Locator:
    """Opens another view of the same model, as in a cell of JupyterLab; its one line."""
    view.page.evaluate(
        """async (dock) => {
          document.body.classList.add('jp-LabShell');
          model.state.dock = dock;
          const notebook = document.body.appendChild(document.createElement('div'));
          notebook.className = 'jp-Notebook';
          const el = notebook.appendChild(document.createElement('div'));
          window.view_module.render({model, el});
        }""",
        dock,
    )
    return view.page.locator(".mg-note")


def test_in_jupyterlab_a_cell_asks_for_the_panel_and_keeps_one_line(open_view: Callable[..., View]) -> None:
    view = open_view(traces.worked())
    expect(in_lab(view, "open").locator("span")).to_have_text("The graph is in the panel at the right.")
    expect(view.root).to_have_count(1)
    view.page.evaluate("end_view()")
    expect(view.page.locator(".mg-note span")).to_have_text("The panel with the graph is closed.")
    view.page.get_by_role("button", name="Open the panel").click()
    expect(view.page.locator(".mg-note span")).to_contain_text("opens in a panel")
    assert view.page.evaluate("model.sent") == [{"do": "undock", "panel": ""}, {"do": "dock", "again": True}]


def test_where_no_panel_comes_the_graph_shows_in_the_cell(open_view: Callable[..., View]) -> None:
    view = open_view(traces.worked(), clock=True)
    view.page.evaluate("end_view()")
    note = in_lab(view, "wanted")
    expect(note).to_contain_text("opens in a panel")
    expect(view.root).to_have_count(0)
    view.page.clock.fast_forward(10_000)
    expect(view.root).to_be_visible()
    expect(note).to_have_count(0)


def test_a_panel_that_does_not_come_back_can_be_opened(open_view: Callable[..., View]) -> None:
    """After a reload of the page it comes back by itself; the kernel thinks that it is open."""
    view = open_view(traces.worked(), clock=True)
    view.page.evaluate("end_view(); model.sent.length = 0")
    note = in_lab(view, "open")
    expect(note).to_contain_text("opens in a panel")
    view.page.clock.fast_forward(10_000)
    expect(note.get_by_role("button", name="Open the panel")).to_be_visible()
    assert view.page.evaluate("model.sent") == []


def test_a_view_that_ends_leaves_nothing(open_view: Callable[..., View]) -> None:
    view = open_view(traces.worked())
    view.page.evaluate("end_view()")
    expect(view.root).to_have_count(0)
    assert view.page.evaluate("model.sent") == [{"do": "undock", "panel": ""}]

"""Every state of the panel under axe's rules, in both themes and languages, wide, narrow and zoomed. Pictures are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from browser.lab import SCREENSHOTS
from browser.view import View, opening
from minigrad_widgets.trace import Trace
from widgets import sample_traces
from widgets.cells import card, function, record

AXE = Axe()
LESSON = sample_traces.worked()
BROKEN = sample_traces.version_error()
LARGE = record("x = (arange(48.0) - 20).reshape(4, 12)\nw = ones(12, 3, requires_grad=True)", "y = x @ w")


def to(step: int) -> Callable[[View], None]:
    def act(view: View) -> None:
        view.page.get_by_role("slider").fill(str(step))
        expect(view.root).to_have_attribute("data-step", str(step))

    return act


def select(id: str, side: str) -> Callable[[View], None]:
    def act(view: View) -> None:
        view.thing(id, side).click()
        expect(view.page.locator(".mg-details")).to_be_visible()

    return act


STATES: dict[str, tuple[Trace, Callable[[View], None] | None]] = {
    "now": (LESSON, None),
    "beginning": (LESSON, to(0)),
    "past": (LESSON, to(16)),
    "error": (BROKEN, None),
    "tensor": (LARGE, select(card(LARGE, "x").id, "forward")),
    "function": (BROKEN, select(function(BROKEN, "mul").id, "backward")),
    "ghosts": (sample_traces.ghost_and_cuts(), None),
}
WINDOWS: dict[str, dict[str, Any]] = {
    "light": {"width": 1000, "height": 900},
    "dark-zh": {"width": 1000, "height": 900, "color_scheme": "dark", "locale": "zh-CN"},
    "narrow": {"width": 400, "height": 800},
    "narrow-zh": {"width": 400, "height": 800, "locale": "zh-CN"},
    "zoomed": {"width": 500, "height": 450, "device_scale_factor": 2},  # 1000 x 900 at 200 %
    "projector": {"width": 1280, "height": 720},
}


@pytest.fixture
def open_view(browser: Browser) -> Iterator[Callable[..., View]]:
    with opening(browser) as open_view:
        yield open_view


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_wrong(open_view: Callable[..., View], state: str, window: str) -> None:
    trace, act = STATES[state]
    view = open_view(trace, reduced_motion="reduce", **WINDOWS[window])
    if act:
        act(view)
    SCREENSHOTS.mkdir(exist_ok=True)
    view.page.screenshot(path=SCREENSHOTS / f"panel-{state}-{window}.png")
    found = AXE.run(view.page, context=".mg").response
    assert len(found["passes"]) > 15  # it has looked
    assert [(v["impact"], v["id"], [n["html"] for n in v["nodes"]]) for v in found["violations"]] == []
    # Nothing is cut off at the side, and there is something of the drawing to be seen.
    assert view.page.evaluate("document.documentElement.scrollWidth") <= WINDOWS[window]["width"]
    pane = view.page.locator(".mg-scroll:visible").first.bounding_box()
    assert pane["height"] >= 60

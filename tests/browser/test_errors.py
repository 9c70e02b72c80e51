"""Every error in a real browser: what is said, the way that is drawn, the cures and their copies. A gallery to look at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

import minigrad
from browser.view import View, opening
from minigrad_widgets.say import render
from minigrad_widgets.trace import ErrorView, Trace
from widgets.cells import record
from widgets.error_programs import BACKWARD, FUNCTIONS, PROGRAMS, REFUSED, VALUES, WRITTEN

GALLERY = Path(__file__).parent / "screenshots" / "errors"


@pytest.fixture
def open_view(browser: Browser) -> Iterator[Callable[..., View]]:
    with opening(browser) as open_view:
        yield open_view


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Some of the programs change how the engine works."""
    yield
    minigrad.autograd.set_detect_anomaly(False)
    minigrad.autograd.era("2.13")


def traced(name: str) -> tuple[Trace, ErrorView]:
    """The trace of a program in two cells, as in a notebook, and its error."""
    trace = record("from minigrad import *", "\n".join(PROGRAMS[name].lines))
    (error,) = [step.error for step in trace.steps if step.error]
    return trace, error


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "family",
    [WRITTEN, BACKWARD, FUNCTIONS, VALUES, REFUSED],
    ids=["written", "backward", "functions", "values", "refused"],
)
def test_every_error_is_drawn_and_said(open_view: Callable[..., View], family: dict) -> None:
    GALLERY.mkdir(parents=True, exist_ok=True)
    # A picture of it is taken at once: nothing fades in.
    view = open_view(traced(next(iter(family)))[0], 900, 820, reduced_motion="reduce")
    for sequence, name in enumerate(family, 2):
        trace, error = traced(name)
        view.show(trace, sequence)
        box = view.page.locator(".mg-error")
        expect(box.locator("h4")).to_have_text(render(error.title))
        expect(box).to_contain_text(render(error.why) or error.message)
        expect(box.locator(".mg-cures code")).to_have_text(list(error.cures))
        expect(box.locator("[data-what=operand]")).to_have_count(len(error.operands))
        expect(box.locator("mark")).to_have_count(sum(len(operand.unmet) for operand in error.operands))
        drawn = view.page.locator(".mg-pane[data-side=forward] .mg-path:not(.mg-pill)")
        expect(drawn).to_have_count(len(set(error.path)))
        view.page.screenshot(path=GALLERY / f"{re.sub(r'[^a-z]+', '-', name.lower()).strip('-')}.png")


def test_the_way_to_the_culprit_is_heavier_than_the_rest(open_view: Callable[..., View]) -> None:
    trace, _ = traced("saved, then written")
    view = open_view(trace)
    width = "e => parseFloat(getComputedStyle(e).strokeWidth)"
    pane = view.page.locator(".mg-pane[data-side=forward]")
    on, off = pane.locator(".mg-edge.mg-path .mg-line"), pane.locator(".mg-edge:not(.mg-path) .mg-line")
    assert min(on.nth(i).evaluate(width) for i in range(on.count())) > off.first.evaluate(width) + 1


def test_a_refused_op_has_a_shape_of_its_own(open_view: Callable[..., View]) -> None:
    trace, error = traced("matrices that do not meet")
    view = open_view(trace)
    refused = view.thing(error.function, "forward")
    expect(refused).to_have_attribute("aria-label", "function matmul, did not take its inputs")
    expect(refused.locator(".mg-alarm")).to_have_count(1)
    assert float(refused.locator(".mg-body").get_attribute("rx")) < 10
    expect(view.page.locator(".mg-error mark")).to_have_text(["3", "2"])
    view.page.locator("[data-do=back]").click()  # before it was tried
    expect(refused).to_have_count(0)


def test_a_warning_is_no_alarm(open_view: Callable[..., View]) -> None:
    with pytest.warns(UserWarning, match="not a leaf"):
        trace, _ = traced("the .grad of a non-leaf")
    view = open_view(trace)
    box = view.page.locator(".mg-error")
    expect(box).to_have_class("mg-error mg-notice")
    expect(box).to_have_attribute("aria-label", "Worth knowing")


@pytest.mark.parametrize("allowed", [True, False])
def test_a_cure_is_copied(open_view: Callable[..., View], allowed: bool) -> None:
    """allowed: whether the page may write to the clipboard; else it is selected and copied as a reader would."""
    trace, error = traced("backward twice")
    view = open_view(trace)
    view.page.evaluate(
        """allowed => {
            window.copied = [];
            const writeText = async (text) => { if (!allowed) throw new Error("no"); copied.push(text); };
            Object.defineProperty(navigator, "clipboard", { value: { writeText }, configurable: true });
            document.addEventListener("copy", () => copied.push(document.activeElement.value));
        }""",
        allowed,
    )
    button = view.page.locator(".mg-copy").nth(1)
    button.focus()
    view.page.keyboard.press("Enter")
    expect(button).to_have_text("Copied")
    assert view.page.evaluate("copied") == [error.cures[1]]
    expect(view.page.locator("textarea")).to_have_count(0)


def test_an_error_in_chinese(open_view: Callable[..., View]) -> None:
    trace, error = traced("matrices that do not meet")
    view = open_view(trace, locale="zh-CN")
    box = view.page.locator(".mg-error")
    expect(box.locator("h4")).to_have_text(render(error.title, "zh"))
    expect(box).to_contain_text(render(error.why, "zh"))
    expect(box.locator("[data-what=operand] th").first).to_have_text("参数")
    expect(box.locator(".mg-copy").first).to_have_text("复制")
    view.page.screenshot(path=GALLERY / "in-chinese.png")

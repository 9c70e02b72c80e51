"""The stepper in a real browser: keys, buttons, marks, playing, the past, and what a new cell does to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from browser.lab import Lab, of_cells
from browser.view import View, box, opening
from minigrad_widgets.trace import Trace
from widgets import sample_traces
from widgets.cells import record

LESSON = sample_traces.worked()
LAST = len(LESSON.steps)


@pytest.fixture
def open_view(browser: Browser) -> Iterator[Callable[..., View]]:
    with opening(browser) as open_view:
        yield open_view


def at(view: View, step: int) -> None:
    """The view shows the moment after this step."""
    expect(view.root).to_have_attribute("data-step", str(step))


def nth(trace: Trace, kind: str, words: str = "") -> int:
    """The number of the first step of a kind that says these words."""
    return next(i for i, s in enumerate(trace.steps, 1) if s.kind == kind and words in s.text)


def test_keys_step_both_ways_without_a_word_to_the_kernel(open_view: Callable[..., View]) -> None:
    view = open_view(LESSON)
    view.page.get_by_role("slider").focus()
    for key, step in {
        "ArrowLeft": LAST - 1,
        "Home": 0,
        "ArrowRight": 1,
        "PageDown": 5,  # the second cell begins
        "PageUp": 1,
        "End": LAST,
    }.items():
        view.page.keyboard.press(key)
        at(view, step)
    assert view.page.evaluate("model.sent") == []
    # The keys are the stepper's everywhere but where arrows go from thing to thing.
    view.page.locator(".mg-say").click()
    view.page.keyboard.press("ArrowLeft")
    at(view, LAST - 1)
    view.page.locator(".mg-thing").first.focus()
    view.page.keyboard.press("ArrowDown")
    at(view, LAST - 1)


def test_every_step_shows_its_moment(open_view: Callable[..., View]) -> None:
    """What the page draws after a step is what the trace says that there was."""
    view = open_view(LESSON)
    view.page.get_by_role("button", name="To the beginning").click()
    at(view, 0)
    expect(view.page.locator(".mg-say")).to_have_text("Before the first step.")
    expect(view.page.locator(".mg-thing")).to_have_count(0)
    places = view.page.locator(".mg-pane[data-side=forward] .mg-future")
    kept = len(LESSON.tensors) + len(LESSON.functions)
    assert places.get_attribute("d").count("M") == kept  # for what is to come
    forward = view.page.locator(".mg-pane[data-side=forward] .mg-thing")
    for k, step in enumerate(LESSON.steps, 1):
        view.page.get_by_role("button", name="One step on").click()
        at(view, k)
        expect(view.page.locator(".mg-say")).to_have_text(step.text)
        moment = LESSON.at(k)
        shown = sum(e.shown for e in (*moment.tensors, *moment.functions))
        expect(forward).to_have_count(shown)
        assert places.get_attribute("d").count("M") == kept - shown
    expect(view.page.get_by_role("button", name="One step on")).to_have_attribute("aria-disabled", "true")


def test_the_past_says_that_it_is_past(open_view: Callable[..., View]) -> None:
    view = open_view(LESSON)
    when, back = view.page.locator(".mg-when"), view.page.get_by_role("button", name="Back to now")
    expect(when).to_contain_text(f"Now · step {LAST} of {LAST}")
    expect(back).to_be_hidden()
    view.page.get_by_role("button", name="[2]").click()
    at(view, 5)
    expect(when).to_contain_text(f"In the past · step 5 of {LAST}")
    expect(when).to_contain_text("In [2] line 1")
    expect(when.locator("code")).to_have_text("l1 = x * w1")
    expect(when).to_contain_text("→ all 2.0")
    expect(view.page.locator(".mg-pane[data-side=forward] figcaption")).to_contain_text("as it was")
    expect(view.page.get_by_role("slider")).to_have_attribute("aria-valuetext", f"step 5 of {LAST}")
    back.click()
    at(view, LAST)
    expect(back).to_be_hidden()


def test_nothing_moves_while_stepping(open_view: Callable[..., View]) -> None:
    trace = sample_traces.version_error()
    view = open_view(trace, 1000, 800)
    a = next(card.id for card in trace.tensors if "a" in card.names)
    button = view.page.get_by_role("button", name="One step back")
    places = []
    for _ in range(len(trace.steps)):
        places.append((box(button), view.thing(a).evaluate("e => [e.getCTM().e, e.getCTM().a]")))
        button.click()
    assert places == [places[0]] * len(places)


def test_a_step_lights_what_it_changed(open_view: Callable[..., View]) -> None:
    view = open_view(LESSON)
    step = nth(LESSON, "accumulate", "w2.grad")
    view.page.get_by_role("slider").fill(str(step))
    w2 = next(card.id for card in LESSON.tensors if "w2" in card.names)
    expect(view.thing(w2)).to_have_attribute("data-changed", "grad grad_state")
    expect(view.page.locator(".mg-pane[data-side=backward] .mg-thing.mg-about")).to_have_count(1)
    view.page.keyboard.press("ArrowLeft")
    expect(view.thing(w2)).not_to_have_attribute("data-changed", "grad grad_state")


def test_upstream_and_downstream_stand_out_where_a_node_runs(open_view: Callable[..., View]) -> None:
    """l3 = l1 * w3: what came to l3, and what goes on to l1 and w3."""
    view = open_view(LESSON)
    view.page.get_by_role("slider").fill(str(nth(LESSON, "run", "gradient of w3")))
    pills = view.page.locator(".mg-pane[data-side=backward] .mg-pill")
    expect(pills.and_(view.page.locator("[data-changed~=up]"))).to_have_text(
        ["l3 to mul as other, gradient all 1.25all 1.25"]
    )
    down = pills.and_(view.page.locator("[data-changed~=down]")).locator("text")
    assert sorted(down.all_text_contents()) == ["10.0", "all 5.0"]
    ran = view.page.locator(".mg-pane[data-side=backward] [data-changed~=runs] .mg-slot.mg-intact")
    expect(ran).to_have_text(["self l1 · saved v0", "other w3 · saved v0"])
    line = view.page.locator(".mg-flowed[data-changed~=down] .mg-line").first
    name = "e => getComputedStyle(e).animationName"
    assert line.evaluate(name) == "mg-flow"
    view.page.emulate_media(reduced_motion="reduce")
    assert line.evaluate(name) == "none"


def test_playing_goes_on_by_itself_as_fast_as_is_wanted(open_view: Callable[..., View]) -> None:
    view = open_view(LESSON, clock=True)
    play = view.page.get_by_role("button", name="Play cell [3] again")
    play.click()
    first = nth(LESSON, "backward")
    at(view, first)
    view.page.clock.run_for(1500)
    at(view, first)
    view.page.clock.run_for(6000)
    assert int(view.root.get_attribute("data-step")) > first
    view.page.get_by_role("button", name="Pause").click()
    held = int(view.root.get_attribute("data-step"))
    view.page.clock.run_for(20_000)
    at(view, held)
    view.page.get_by_role("combobox", name="Speed").select_option("4×")
    view.page.locator(".mg-say").click()
    view.page.keyboard.press("Space")
    at(view, held + 1)
    view.page.clock.run_for(60_000)
    at(view, LAST)
    expect(play).to_be_visible()  # it has stopped by itself


def test_a_new_cell_leads_to_now_but_not_under_the_hands_of_who_is_stepping(
    open_view: Callable[..., View],
) -> None:
    view = open_view(LESSON)
    more = record(*sample_traces.WORKED, "z = w1 * 2")
    view.page.get_by_role("button", name="[2]").click()
    at(view, 5)
    view.show(more, 2)
    at(view, 5)
    expect(view.page.locator(".mg-say")).to_have_text(LESSON.steps[4].text)
    expect(view.page.locator(".mg-when")).to_contain_text(f"step 5 of {len(more.steps)}")
    view.page.evaluate(
        "document.activeElement.blur()"
    )  # the learner has gone to the notebook and runs a cell
    view.show(LESSON, 3)
    at(view, LAST)


def test_stepping_goes_on_without_a_kernel(open_view: Callable[..., View]) -> None:
    view = open_view(LESSON)
    view.page.evaluate(
        "view_element.classList.add('jupyter-widgets-disconnected'); model.tell('comm_live_update')"
    )
    expect(view.page.locator(".mg-status")).to_contain_text("Disconnected")
    view.page.get_by_role("button", name="One step back").click()
    at(view, LAST - 1)


def test_an_error_belongs_to_its_moment(open_view: Callable[..., View]) -> None:
    view = open_view(sample_traces.version_error())
    expect(view.page.locator(".mg-error")).to_be_visible()
    expect(view.page.locator(".mg-marks .mg-stop")).to_have_count(1)
    view.page.get_by_role("button", name="One step back").click()
    expect(view.page.locator(".mg-error")).to_have_count(0)
    view.page.get_by_role("button", name="Back to now").click()
    expect(view.page.locator(".mg-error")).to_be_visible()


def test_the_language_can_be_changed(open_view: Callable[..., View]) -> None:
    view = open_view(LESSON)
    expect(view.root).to_have_attribute("lang", "en")
    view.page.get_by_role("button", name="中文").click()
    expect(view.root).to_have_attribute("lang", "zh-CN")
    expect(view.page.locator(".mg-when")).to_contain_text(f"现在 · 第 {LAST} 步")
    expect(view.page.get_by_role("button", name="后退一步")).to_be_visible()
    view.page.get_by_role("button", name="English").click()
    expect(view.page.locator(".mg-when")).to_contain_text("Now")


@pytest.mark.parametrize(("browser_speaks", "shown"), [("zh-CN", "zh-CN"), ("de-DE", "en")])
def test_the_first_language_is_the_browsers(
    open_view: Callable[..., View], browser_speaks: str, shown: str
) -> None:
    view = open_view(LESSON, locale=browser_speaks)
    expect(view.root).to_have_attribute("lang", shown)


def test_in_jupyterlab_it_steps_while_a_cell_runs_and_keeps_its_keys(open_lab: Callable[..., Lab]) -> None:
    """A kernel that is busy is not asked, and JupyterLab does not take the keys for commands to its cells."""
    lab = open_lab(
        of_cells(
            "from minigrad import tensor\nfrom minigrad_widgets import record\n"
            "from minigrad_widgets.graph_view import GraphView",
            "with record() as trace:\n    b = tensor(2.0, requires_grad=True) * 3\n"
            "view = GraphView()\nview.draw(trace)\nview",
            "while True:\n    pass",
        )
    )
    lab.run("from minigrad")
    lab.run("view = GraphView()")
    root = lab.page.locator(".jp-Notebook .mg")
    expect(root).to_have_attribute("data-step", re.compile("[1-9]"))
    last = int(root.get_attribute("data-step"))
    lab.page.evaluate("path => void lessonTest.run(path, 2)", lab.path)
    status = "path => lessonTest.notebook(path).sessionContext.session.kernel.status"
    lab.page.wait_for_function(f"path => ({status})(path) === 'busy'", arg=lab.path)
    lab.page.get_by_role("slider").focus()
    lab.page.keyboard.press("ArrowLeft")
    expect(root).to_have_attribute("data-step", str(last - 1))
    expect(lab.page.get_by_role("slider")).to_be_focused()
    lab.page.locator(".mg-thing:visible").first.focus()
    lab.page.keyboard.press("ArrowDown")
    assert lab.page.evaluate("document.activeElement.getAttribute('role')") == "treeitem"
    lab.page.keyboard.press("b")  # to JupyterLab: a new cell
    assert len(lab.code_cells()) == 3
    active = "path => lessonTest.notebook(path).content.activeCellIndex"
    assert lab.page.evaluate(active, lab.path) == 1  # the one with the view
    assert lab.page.evaluate(status, lab.path) == "busy"
    lab.page.evaluate("path => lessonTest.notebook(path).sessionContext.session.kernel.interrupt()", lab.path)
    lab.page.wait_for_function(f"path => ({status})(path) === 'idle'", arg=lab.path)

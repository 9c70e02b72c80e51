"""The two drawings in a real browser: every state of a card, a function, an edge; pointing and keys."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from browser import traces
from browser.lab import SCREENSHOTS
from browser.view import View, box, opening
from minigrad_widgets.trace import Trace
from widgets import sample_traces

ALARM = "<img src=x onerror=alert(1)>"


@pytest.fixture
def open_view(browser: Browser) -> Iterator[Callable[..., View]]:
    with opening(browser) as open_view:
        yield open_view


def test_a_card_says_the_whole_state_of_a_tensor(open_view: Callable[..., View]) -> None:
    view = open_view(traces.worked())
    w1, x, l1 = (view.thing(id, "forward") for id in ("w1", "x", "l1"))
    expect(w1.locator(".mg-name")).to_have_text("w1")
    for words in ("v0", "()", "2.0", "requires_grad True", ".grad", "28.0"):
        expect(w1).to_contain_text(words)
    expect(w1.locator(".mg-leaf:not(.mg-hollow)")).to_have_count(1)
    expect(x).to_contain_text("requires_grad False")
    expect(x).to_contain_text("(2, 2)")
    expect(x.locator(".mg-leaf.mg-hollow")).to_have_count(1)
    expect(l1).to_contain_text("MulBackward0")
    expect(l1.locator(".mg-gone")).to_have_text("let go")
    expect(l1.locator(".mg-leaf")).to_have_count(0)
    expect(w1).to_have_accessible_name(
        "tensor w1, leaf, shape (), float32, value 2.0, version 0, requires_grad True, grad 28.0"
    )


def test_old_cards_ghosts_and_cuts_say_so_in_words(open_view: Callable[..., View]) -> None:
    view = open_view(traces.version_error())
    old, now = view.thing("b0", "forward"), view.thing("b1", "forward")
    expect(old.locator(".mg-card.mg-old")).to_contain_text("old")
    assert old.locator(".mg-body").evaluate("rect => getComputedStyle(rect).strokeDasharray") != "none"
    expect(now.locator(".mg-written .mg-version")).to_have_text("v1")
    expect(view.thing("bb", "forward").locator(".mg-unheld .mg-label")).to_have_text("b * b")
    ghost = view.thing("q", "forward")
    expect(ghost.locator(".mg-ghost").first).to_have_text("was")
    expect(ghost.locator(".mg-struck")).to_have_text("q")
    expect(ghost).to_contain_text("(2,) int64")
    assert (
        ghost.locator(".mg-struck").evaluate("e => getComputedStyle(e).textDecorationLine") == "line-through"
    )
    expect(view.thing("r", "forward")).to_contain_text("not kept")
    for id, words in {"cut": "detach", "sq": "square · no_grad"}.items():
        for side in ("forward", "backward"):
            expect(view.thing(id, side).locator(".mg-cut .mg-title")).to_have_text(words)
            expect(view.thing(id, side).locator(".mg-cutmark")).to_have_count(1)


def test_the_backward_drawing_turns_the_edges_round(open_view: Callable[..., View]) -> None:
    view = open_view(traces.worked())
    expect(view.thing("mul", "forward").locator(".mg-title")).to_have_text("mul")
    expect(view.thing("mul").locator(".mg-title")).to_have_text("MulBackward0")
    expect(view.thing("mul").locator(".mg-slot.mg-freed")).to_have_text("self x · freed")
    expect(view.thing("mul2").locator(".mg-slot.mg-intact")).to_have_text("other 4.0")
    expect(view.thing("w1")).to_contain_text("AccumulateGrad")
    heads = {side: box(view.edge("e_w1_mul", side).locator(".mg-head")) for side in ("forward", "backward")}
    assert heads["backward"]["y"] < heads["forward"]["y"]
    assert abs(heads["backward"]["y"] - (box(view.thing("w1"))["y"] + box(view.thing("w1"))["height"])) < 5
    untracked = view.edge("e_x_mul")
    expect(untracked.locator(".mg-head")).to_have_count(0)
    assert "mg-dim" in untracked.get_attribute("class")
    assert "mg-dim" not in view.edge("e_w1_mul").get_attribute("class")


def test_edges_reach_what_is_drawn_at_their_ends(open_view: Callable[..., View]) -> None:
    """In the forward drawing a function is smaller than the place that the layout keeps for it."""
    view = open_view(traces.worked())
    oval = box(view.thing("mul", "forward").locator(".mg-body"))
    tip = box(view.edge("e_w1_mul", "forward").locator(".mg-head"))
    start = box(view.edge("e_mul_l1", "forward").locator(".mg-line"))
    assert abs(tip["y"] + tip["height"] - oval["y"]) < 5  # a stroke's width at this scale
    assert abs(start["y"] - (oval["y"] + oval["height"])) < 5


def test_gradients_stand_on_their_edges_and_cover_nothing(open_view: Callable[..., View]) -> None:
    view = open_view(traces.worked())
    pills = view.page.locator(".mg-pane[data-side=backward] .mg-pill")
    assert sorted(pills.locator("text").all_text_contents()) == sorted(
        ["28.0", "all 7.0", "all 2.0", "8.0", "all 5.0", "all 0.25", "1.0"]
    )
    boxes = [box(pill.locator("rect")) for pill in pills.all()]
    bodies = view.page.locator(".mg-pane[data-side=backward] .mg-body")
    for i, one in enumerate(boxes):
        for other in boxes[i + 1 :] + [box(body) for body in bodies.all()]:
            apart = (
                one["x"] + one["width"] <= other["x"] + 1
                or other["x"] + other["width"] <= one["x"] + 1
                or one["y"] + one["height"] <= other["y"] + 1
                or other["y"] + other["height"] <= one["y"] + 1
            )
            assert apart, (one, other)
    expect(view.page.locator(".mg-pane[data-side=forward] .mg-pill")).to_have_count(0)


def test_what_changed_unseen_is_marked_on_the_card_and_where_it_is_saved(
    open_view: Callable[..., View],
) -> None:
    trace = sample_traces.unseen()
    found = next(i for i, step in enumerate(trace.steps) if "changed unseen" in step.text)
    b = next(card for card in trace.tensors if "b" in card.names)
    square = next(function for function in trace.functions if len(function.saved) == 2)
    # As it is before backward runs over it, which lets go of what was saved.
    then = replace(trace.at(found + 1), steps=trace.steps[: found + 1])
    view = open_view(then, width=1000, height=620)
    expect(view.page.locator(".mg-say")).to_contain_text(
        "b changed unseen from [2, 6] to [100, 6], between line 2 of [1] and line 4 of [2]"
    )
    expect(view.page.locator(".mg-say")).to_contain_text("it will compute a wrong gradient")
    card = view.thing(b.id, "backward")
    expect(card.locator(".mg-card.mg-unseen .mg-version")).to_have_text("v0 · unseen")
    expect(card).to_have_accessible_name(re.compile("changed unseen: the version did not move"))
    slots = view.thing(square.id).locator(".mg-slot.mg-unseen")
    expect(slots).to_have_text(["self b · v0, changed unseen", "other b · v0, changed unseen"])
    expect(view.thing(square.id).locator(".mg-fn.mg-misled .mg-alarm")).to_have_count(1)
    line = slots.first.locator("rect").evaluate("rect => getComputedStyle(rect).strokeDasharray")
    assert line != "none"
    view.page.screenshot(path=SCREENSHOTS / "unseen.png")


def test_a_broken_slot_an_error_and_how_it_goes(open_view: Callable[..., View]) -> None:
    trace = traces.version_error()
    view = open_view(trace)
    slots = view.thing("mul").locator(".mg-slot.mg-broken")
    expect(slots).to_have_text(["self b · saved v0, now v1", "other b · saved v0, now v1"])
    expect(view.thing("mul").locator(".mg-fn.mg-broken .mg-alarm")).to_have_count(1)
    line = view.edge("e_self").locator(".mg-line")
    assert line.evaluate("path => getComputedStyle(path).strokeDasharray") != "none"
    expect(view.page.locator(".mg-pane[data-side=backward] .mg-pill.mg-broken text")).to_have_text("v0 ≠ v1")
    error = view.page.locator(".mg-error")
    expect(error.locator("h4")).to_have_text("Backward stopped at MulBackward0")
    for what, words in {
        "saved": ["saved", "b at version 0", "In [2] line 3", "loss = (b * b).mean()"],
        "changed": ["changed", "b at version 1", "In [3] line 1", "b[0] = 1000.0"],
    }.items():
        assert error.locator(f"[data-what={what}]").locator("th, td").all_text_contents() == words
    expect(error).to_contain_text("so backward needs b as it was")
    expect(error.locator(".mg-cures code")).to_have_text(
        ["c = b.clone()\nc[0] = 1000.0", "loss = (b * b).mean()"]
    )

    after = json.loads(trace.to_json())
    after["steps"].append({**after["steps"][0], "place": {"cell": 2, "line": 1}, "changes": []})
    after["cells"].append({"label": "[4]", "source": "c = b.clone()"})
    view.show(Trace.from_json(json.dumps(after)), 2)
    expect(error).to_have_count(0)
    expect(view.page.locator(".mg-say")).to_have_text("b = a + 2")


@pytest.mark.parametrize(
    ("happened", "words"),
    [(("saved", "changed"), "changed"), (("saved", "let go"), "let go"), (("made", "refused"), "refused")],
)
def test_what_happened_is_said_in_the_words_of_its_kind(
    open_view: Callable[..., View], happened: tuple[str, str], words: str
) -> None:
    trace = json.loads(traces.version_error().to_json())
    trace["steps"][-1]["error"].update(
        happened=happened, card=None, saved_version=None, now_version=None, saved_at=None
    )
    view = open_view(Trace.from_json(json.dumps(trace)))
    row = view.page.locator(".mg-error tr")
    assert row.locator("th, td").all_text_contents() == [words, "", "In [3] line 1", "b[0] = 1000.0"]


def test_pointing_at_a_thing_lights_its_twin(open_view: Callable[..., View]) -> None:
    view = open_view(traces.worked())
    twin = view.thing("mul", "backward")
    view.thing("mul", "forward").hover()
    expect(twin).to_have_class("mg-thing mg-fresh mg-lit")
    expect(view.edge("e_w1_mul", "backward")).to_have_class("mg-edge mg-flowed mg-fresh mg-near")
    view.page.mouse.move(2, 2)
    expect(view.page.locator(".mg-lit, .mg-near")).to_have_count(0)


def test_the_keyboard_reaches_every_thing(open_view: Callable[..., View]) -> None:
    view = open_view(traces.worked())
    forward = view.page.locator(".mg-pane[data-side=forward]")
    expect(forward.locator("svg")).to_have_accessible_name("Forward graph: 7 tensors, 4 functions")
    expect(forward.locator(".mg-thing[tabindex='0']")).to_have_count(1)
    forward.locator(".mg-thing[tabindex='0']").focus()
    seen = set()
    for key in ("Home", *["ArrowDown"] * 9, "ArrowUp", "ArrowLeft", "ArrowRight", "End"):
        view.page.keyboard.press(key)
        focused = view.page.evaluate("document.activeElement.dataset.id")
        expect(view.thing(focused, "backward")).to_have_class("mg-thing mg-fresh mg-lit")
        seen.add(focused)
    assert {"mul", "l1", "loss"} <= seen
    assert focused == "loss"


def test_nothing_in_a_trace_becomes_markup(open_view: Callable[..., View]) -> None:
    """In every text that a trace can carry: the page shows its characters and runs nothing."""

    def poison(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {k: poison(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [poison(v, key) for v in value]
        plain = (
            "id",
            "source",
            "target",
            "kind",
            "state",
            "grad_state",
            "about",
            "field",
            "card",
            "function",
            "happened",
        )
        kept = key in plain or (key in ("before", "after") and value != "text")
        return ALARM if isinstance(value, str) and not kept else value

    clean = json.loads(traces.version_error().to_json())
    dirty = {part: poison(entries, part) for part, entries in clean.items()}
    dirty["cells"] = [{"label": ALARM, "source": ALARM}] * 2
    for edge, original in zip(dirty["edges"], clean["edges"], strict=True):
        edge.update(source=original["source"], target=original["target"])
    view = open_view(None)
    view.show(Trace.from_json(json.dumps(dirty)), title=ALARM, problem=ALARM)
    expect(view.page.locator("img, script, iframe")).to_have_count(0)
    expect(view.page.locator(".mg-title").first).to_have_text(ALARM)
    for place in (".mg-title", ".mg-problem", ".mg-say", ".mg-error h4", ".mg-error code", ".mg-thing title"):
        expect(view.page.locator(place).first).to_contain_text(ALARM)
    view.thing("a", "forward").hover()
    expect(view.thing("a", "forward").locator(".mg-name")).to_contain_text("<img")


def test_an_update_keeps_what_did_not_change_and_glides(open_view: Callable[..., View]) -> None:
    view = open_view(traces.many(2))
    view.page.evaluate("window.kept = document.querySelector('[data-id=t0]')")
    view.show(traces.many(3), 2)
    assert view.page.evaluate("kept.isConnected && kept === document.querySelector('[data-id=t0]')")
    moving = "getComputedStyle(kept).transitionDuration"
    assert view.page.evaluate(moving) == "0.45s"
    view.page.emulate_media(reduced_motion="reduce")
    assert view.page.evaluate(moving) == "0s"
    expect(view.thing("t3", "forward")).to_be_visible()
    view.show(traces.many(1), 3)
    expect(view.thing("t3", "forward")).to_have_count(0)


def test_of_a_large_graph_only_what_is_in_view_is_drawn(open_view: Callable[..., View]) -> None:
    view = open_view(traces.many(300))
    things = view.page.locator(".mg-pane[data-side=forward] .mg-thing")
    view.page.evaluate(
        "document.querySelector('[data-toggle]').dispatchEvent(new Event('click', {bubbles: true}))"
    )
    assert things.count() < 60
    expect(view.page.locator(".mg-pane[data-side=forward] svg")).to_have_accessible_name(
        "Forward graph: 301 tensors, 300 functions"
    )
    view.thing("t0", "forward").focus()
    view.page.keyboard.press("End")
    expect(view.thing("t300", "forward")).to_be_focused()
    expect(view.thing("t300", "forward")).to_be_in_viewport()
    view.page.keyboard.press("Home")
    expect(view.thing("t0", "forward")).to_be_focused()
    expect(view.thing("t0", "forward")).to_be_in_viewport()
    expect(view.thing("t0", "backward")).to_be_in_viewport()
    assert things.count() < 60

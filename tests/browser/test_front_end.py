"""The drawing in a real browser: the bundle that the widget loads, on a page with a stand-in for its model."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

import minigrad_widgets
from browser import traces
from minigrad_widgets.trace import Trace

STATIC = Path(minigrad_widgets.__file__).parent / "static"
ALARM = "<img src=x onerror=alert(1)>"

# As anywidget does: the module comes out of a Blob, the view gets a model and an element.
PAGE = """
window.open_view = async (script, style, state, place) => {
  const sheet = document.createElement('style');
  sheet.textContent = style;
  const host = document.createElement('div');
  host.className = place;
  host.style.height = place ? '100vh' : '';
  const el = host.appendChild(document.createElement('div'));
  document.head.append(sheet);
  document.body.style.margin = 0;
  document.body.append(host);
  const handlers = {};
  window.model = {
    state,
    sent: [],
    get: (name) => state[name],
    on: (name, handler) => (handlers[name] ??= []).push(handler),
    send: (message) => window.model.sent.push(message),
    tell: (name) => handlers[name].forEach((handler) => handler()),
    update: (change) => {
      Object.assign(state, change);
      window.model.tell('change:sequence');
    },
  };
  const url = URL.createObjectURL(new Blob([script], {type: 'text/javascript'}));
  window.view_module = (await import(url)).default;
  window.end_view = view_module.render({model: window.model, el});
  window.view_element = el;
};
"""


class View:
    """A view in a page of its own."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.root = page.locator(".mg")

    def show(self, trace: Trace, sequence: int = 1, **more: Any) -> None:
        """As the kernel sends it; waits until it is painted."""
        self.page.evaluate("change => model.update(change)", traces.traits(trace, sequence, **more))
        expect(self.root).to_have_attribute("data-painted", str(sequence))

    def thing(self, id: str, side: str = "backward") -> Locator:
        return self.page.locator(f".mg-pane[data-side={side}] .mg-thing[data-id={id}]")

    def edge(self, id: str, side: str = "backward") -> Locator:
        return self.page.locator(f".mg-pane[data-side={side}] .mg-edge[data-id={id}]")


@pytest.fixture
def open_view(browser: Browser) -> Iterator[Callable[..., View]]:
    """`open_view(trace, width, height, place=..., **page)`; "jupyterlab-sidecar" is a docked panel's place."""
    pages: list[Page] = []
    failures: list[str] = []

    def open_view(
        trace: Trace | None,
        width: int = 1000,
        height: int = 900,
        *,
        place: str = "jupyterlab-sidecar",
        clock: bool = False,
        **settings: Any,
    ) -> View:
        page = browser.new_page(viewport={"width": width, "height": height}, **settings)
        pages.append(page)
        if clock:
            page.clock.install()
        page.on("pageerror", lambda error: failures.append(f"{error}"))
        page.on("dialog", lambda dialog: (failures.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.set_content("<!doctype html><meta charset=utf-8>")
        page.evaluate(f"() => {{ {PAGE} }}")
        empty = {
            "trace": "",
            "positions": "",
            "title": "",
            "problem": "",
            "sequence": 0,
            "dock": "",
            "panel": "",
        }
        state = traces.traits(trace) if trace else empty
        script, style = ((STATIC / f"graph_view.{end}").read_text("utf-8") for end in ("js", "css"))
        page.evaluate("([...all]) => open_view(...all)", [script, style, state, place])
        view = View(page)
        expect(view.root).to_have_attribute("data-painted", str(state["sequence"]))
        return view

    yield open_view
    for page in pages:
        page.close()
    assert failures == []


def box(locator: Locator) -> dict[str, float]:
    found = locator.bounding_box()
    assert found, "not on the page"
    return found


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
    ("kind", "words"), [("version", "changed"), ("freed", "let go"), ("leaf", "refused"), ("new", "written")]
)
def test_what_happened_is_said_in_the_words_of_its_kind(
    open_view: Callable[..., View], kind: str, words: str
) -> None:
    trace = json.loads(traces.version_error().to_json())
    trace["steps"][-1]["error"].update(
        kind=kind, card=None, saved_version=None, now_version=None, saved_at=None
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


def test_a_narrow_panel_shows_the_drawing_where_things_happen(open_view: Callable[..., View]) -> None:
    view = open_view(traces.worked(), 420)
    panes = {side: view.page.locator(f".mg-pane[data-side={side}]") for side in ("forward", "backward")}
    expect(panes["backward"]).to_be_visible()  # the last step put a gradient into .grad
    expect(panes["forward"]).to_be_hidden()
    expect(view.page.get_by_role("radio", name="Both")).to_be_disabled()
    view.page.get_by_role("radio", name="Forward").click()
    expect(panes["forward"]).to_be_visible()
    expect(panes["backward"]).to_be_hidden()
    view.show(traces.worked(), 2)
    expect(panes["forward"]).to_be_visible()  # what the learner chose stays
    view.page.get_by_role("radio", name="Backward").click()
    expect(panes["forward"]).to_be_hidden()
    view.page.set_viewport_size({"width": 1200, "height": 900})
    view.page.get_by_role("radio", name="Both").click()
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
    expect(view.thing("t300", "forward")).to_be_in_viewport()  # what the last step was about
    assert things.count() < 60
    expect(view.page.locator(".mg-pane[data-side=forward] svg")).to_have_accessible_name(
        "Forward graph: 301 tensors, 300 functions"
    )
    view.thing("t300", "forward").focus()
    view.page.keyboard.press("Home")
    expect(view.thing("t0", "forward")).to_be_focused()
    expect(view.thing("t0", "forward")).to_be_in_viewport()
    expect(view.thing("t0", "backward")).to_be_in_viewport()
    assert things.count() < 60


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
          const el = document.body.appendChild(document.createElement('div'));
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

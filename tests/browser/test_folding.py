"""Groups in a real browser: opened and closed with mouse and keys, what is hidden is said, errors open their box."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from browser.view import View, box, opening
from minigrad_widgets.folding import fold
from minigrad_widgets.trace import Trace
from widgets.cells import card, record

START = "w = tensor([0.5, -0.5], requires_grad=True)\nh = tensor([1.0, 2.0])\n"
LOOP = "for i in range({n}):\n    z = h * w\n    h = z.tanh()\nloss = h.sum()"
NET = "x = ones(1, 2)\nnet = nn.Sequential(*[f for k in range(12) for f in (nn.Linear(2, 2), nn.ReLU())])"


@pytest.fixture
def open_view(browser: Browser) -> Iterator[Callable[..., View]]:
    with opening(browser) as open_view:
        yield open_view


def loop(n: int = 32, *more: str) -> Trace:
    return record(START + LOOP.format(n=n), *more)


def group(view: View, trace: Trace, kind: str, nth: int = 0, side: str = "forward") -> Locator:
    tree = fold(trace)
    assert tree is not None
    return view.thing([g for g in tree.groups() if g.kind == kind][nth].id, side)


def toggle(view: View, thing: Locator) -> None:
    """A click on what bears the sign: of a frame, its head."""
    id = thing.get_attribute("data-id")
    side = thing.locator("xpath=ancestor::figure").get_attribute("data-side")
    view.page.locator(f".mg-pane[data-side={side}] [data-toggle='{id}']").click(position={"x": 14, "y": 14})


def test_a_folded_loop_says_what_it_hides(open_view: Callable[..., View]) -> None:
    trace = loop(32, "loss.backward()")
    view = open_view(trace)
    repeat = group(view, trace, "repeat")
    expect(repeat).to_have_attribute("aria-expanded", "false")
    expect(repeat).to_have_attribute("role", "treeitem")
    for words in ("for i in range(32)", "× 32", "mul, tanh", "63 tensors, 64 functions", "64 freed"):
        expect(repeat).to_contain_text(words)
    expect(group(view, trace, "repeat", side="backward")).to_contain_text("64 of 64 ran")
    expect(repeat).to_have_accessible_name(
        "loop for i in range(32), 32 times, folded, inside: 63 tensors, 64 functions, mul, tanh, "
        "64 of 64 ran · 64 freed"
    )
    expect(view.page.locator(".mg-pane[data-side=forward] svg")).to_have_accessible_name(
        "Forward graph: 4 tensors, 1 function; folded away: 63 tensors, 64 functions"
    )
    expect(view.page.locator(".mg-count")).to_have_text("67 tensors, 65 functions")
    # One line for 32 edges, and it says so.
    weight = card(trace, "w").id
    lines = view.page.locator(".mg-pane[data-side=backward] .mg-pill text").all_text_contents()
    assert "gradients: 32" in lines
    expect(view.thing(weight, "backward")).to_be_visible()


def test_a_click_opens_and_closes_it_in_both_drawings_and_it_stays_where_it_is(
    open_view: Callable[..., View],
) -> None:
    trace = loop()
    view = open_view(trace, 1400)
    repeat, twin = group(view, trace, "repeat"), group(view, trace, "repeat", side="backward")
    first = group(view, trace, "turn")
    expect(first).to_have_count(0)
    before = box(repeat)
    toggle(view, repeat)
    expect(repeat).to_have_attribute("aria-expanded", "true")
    expect(twin).to_have_attribute("aria-expanded", "true")
    expect(first).to_be_visible()
    view.page.wait_for_function("document.getAnimations().length === 0")
    assert abs(box(repeat)["y"] - before["y"]) < 3
    second = group(view, trace, "turn", 1)
    expect(second).to_have_attribute("aria-expanded", "false")
    assert box(second)["y"] > box(first)["y"] + box(first)["height"]
    toggle(view, repeat)
    expect(first).to_have_count(0)
    expect(repeat).to_have_attribute("aria-expanded", "false")


@pytest.mark.parametrize(("opens", "closes"), [("Enter", "Enter"), (" ", " "), ("+", "-")])
def test_keys_open_and_close_it(open_view: Callable[..., View], opens: str, closes: str) -> None:
    trace = loop()
    view = open_view(trace)
    repeat = group(view, trace, "repeat")
    repeat.focus()
    view.page.keyboard.press(opens)
    expect(repeat).to_have_attribute("aria-expanded", "true")
    expect(repeat).to_be_focused()
    expect(repeat).to_have_accessible_name("loop for i in range(32), 32 times, open, mul, tanh")
    view.page.keyboard.press(closes)
    expect(repeat).to_have_attribute("aria-expanded", "false")
    expect(repeat).to_be_focused()


def test_a_frame_holds_what_is_in_it_and_lines_go_through_to_it(open_view: Callable[..., View]) -> None:
    trace = loop()
    view = open_view(trace, 1400, 1400)
    toggle(view, group(view, trace, "repeat"))
    view.page.wait_for_function("document.getAnimations().length === 0")
    outer, inner = group(view, trace, "repeat"), group(view, trace, "turn")
    mul = view.thing(trace.functions[0].id, "forward")
    for around, within in ((outer, inner), (inner, mul)):
        a, b = box(around), box(within)
        assert a["x"] <= b["x"]
        assert a["y"] <= b["y"]
        assert b["x"] + b["width"] <= a["x"] + a["width"] + 1
        assert b["y"] + b["height"] <= a["y"] + a["height"] + 1
    edge = next(e for e in trace.edges if e.target == trace.functions[0].id and e.slot == "other")
    head = box(view.edge(edge.id, "forward").locator(".mg-head"))
    assert abs(head["y"] + head["height"] - box(mul)["y"]) < 3


def test_what_is_below_moves_down_by_what_the_box_grew(open_view: Callable[..., View]) -> None:
    trace = loop()
    view = open_view(trace)
    heights = "[...document.querySelectorAll('.mg-pane[data-side=forward] .mg-thing')].map((e) => [e.dataset.id, e.style.transform])"
    before = dict(view.page.evaluate(heights))
    toggle(view, group(view, trace, "repeat"))
    view.page.evaluate("document.querySelector('.mg-pane[data-side=forward] .mg-scroll').scrollTop = 1e6")
    loss = view.thing(card(trace, "loss").id, "forward")
    expect(loss).to_be_in_viewport()
    after = dict(view.page.evaluate(heights))
    y = lambda text: float(text.split(",")[1].strip("px) "))  # noqa: E731
    assert y(after[card(trace, "loss").id]) > y(before[card(trace, "loss").id]) + 1000


def test_reduced_motion_is_respected(open_view: Callable[..., View]) -> None:
    trace = loop()
    view = open_view(trace, reduced_motion="reduce")
    toggle(view, group(view, trace, "repeat"))
    expect(group(view, trace, "turn")).to_be_visible()
    assert view.page.evaluate("document.getAnimations().length") == 0


def test_an_error_opens_the_boxes_that_it_is_in(open_view: Callable[..., View]) -> None:
    source = START + "hs = []\nfor i in range(20):\n    h = h * w\n    h = h.tanh()\n    hs.append(h)"
    trace = record(source, "s = h.sum()\nwith no_grad():\n    hs[7].add_(1)", "s.backward()")
    error = trace.steps[-1].error
    assert error is not None
    assert error.function is not None
    view = open_view(trace)
    broken = view.thing(error.function, "backward")
    expect(broken).to_be_visible()
    expect(broken.locator(".mg-fn")).to_have_class("mg-fn mg-broken")
    turns = view.page.locator(".mg-pane[data-side=backward] .mg-thing[data-id^=turn-][aria-expanded=true]")
    repeat = group(view, trace, "repeat", side="backward")
    expect(repeat.locator(".mg-open")).to_have_class("mg-open mg-broken")
    assert turns.count() >= 1
    toggle(view, repeat)
    expect(repeat).to_contain_text("error inside")
    expect(repeat).to_contain_text("broken")


def test_a_step_about_what_is_hidden_lights_its_box(open_view: Callable[..., View]) -> None:
    trace = loop(32, "loss.backward()")
    last = max(i for i, step in enumerate(trace.steps) if step.kind == "run" and "Tanh" in step.text)
    shortened = Trace(trace.cells, trace.tensors, trace.functions, trace.edges, trace.steps[: last + 1])
    view = open_view(shortened)
    expect(group(view, trace, "repeat")).to_have_class("mg-thing mg-fresh mg-about")


def test_modules_are_boxes_with_their_parameters(open_view: Callable[..., View]) -> None:
    trace = record(NET, "y = net(x)\nfor k in range(3):\n    y = y * 2")
    view = open_view(trace)
    net = group(view, trace, "call")
    expect(net).to_have_attribute("aria-expanded", "true")
    expect(net).to_have_accessible_name("module net: Sequential, open, t, addmm, relu")
    repeat = group(view, trace, "repeat")
    expect(repeat).to_contain_text("net.0: Linear")
    expect(repeat).to_contain_text("× 12")
    toggle(view, net)
    expect(net).to_contain_text("36 functions")


def test_what_the_learner_has_chosen_stays_when_a_cell_adds_to_the_graph(
    open_view: Callable[..., View],
) -> None:
    trace, more = loop(), loop(32, "other = loss * 2")
    view = open_view(trace)
    toggle(view, group(view, trace, "repeat"))
    view.show(more, 2)
    expect(group(view, more, "repeat")).to_have_attribute("aria-expanded", "true")


def test_an_open_loop_of_1000_turns_draws_only_what_is_in_view(open_view: Callable[..., View]) -> None:
    trace = loop(1000)
    view = open_view(trace)
    repeat = group(view, trace, "repeat")
    expect(repeat).to_contain_text("× 1000")
    toggle(view, repeat)
    things = view.page.locator(".mg-pane[data-side=forward] .mg-thing")
    assert things.count() < 80
    turn = group(view, trace, "turn", 500)
    view.page.evaluate(
        "const pane = document.querySelector('.mg-pane[data-side=forward] .mg-scroll'); pane.scrollTop = pane.scrollHeight / 2"
    )
    expect(view.page.locator(".mg-pane[data-side=forward] .mg-thing[data-id^=turn-]").first).to_be_visible()
    assert things.count() < 80
    assert view.page.locator(".mg-pane[data-side=forward] .mg-edge").count() < 120
    expect(turn.or_(things.first).first).to_be_attached()

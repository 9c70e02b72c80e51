"""The details of what the learner selects, in a real browser: what they say, how they open, follow and close."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from browser.view import View, box, opening
from minigrad_widgets.trace import Trace
from widgets import sample_traces
from widgets.cells import card, function, record

WRITES = record(
    "a = tensor([[1.0, -4.0], [2.0, 0.5]], requires_grad=True)\nb = a * 1\nrow = b[0]",
    "b.mul_(2)\nb[1] = 7.",
    "c = b.exp()\nc.sum().backward()",
)


@pytest.fixture
def open_view(browser: Browser) -> Iterator[Callable[..., View]]:
    with opening(browser) as open_view:
        yield open_view


def details(view: View) -> Locator:
    return view.page.locator(".mg-details")


def section(view: View, title: str) -> Locator:
    return (
        details(view).locator("section").filter(has=view.page.get_by_role("heading", name=title, exact=True))
    )


def rows(table: Locator) -> list[list[str]]:
    return [row.locator("td, th").all_text_contents() for row in table.locator("tr").all()]


def id_of(trace: Trace, name: str) -> str:
    return card(trace, name).id


def test_a_tensor_shows_its_numbers_its_gradient_and_its_versions(open_view: Callable[..., View]) -> None:
    view = open_view(WRITES)
    expect(details(view)).to_be_hidden()
    view.thing(id_of(WRITES, "b"), "forward").click()
    expect(details(view).get_by_role("heading", name="b", exact=True)).to_be_visible()
    assert rows(section(view, "Value").locator("table")) == [
        ["", "0", "1"],
        ["0", "2", "-8"],
        ["1", "7", "7"],
    ]
    shaded = section(view, "Value").locator("tbody td:not(:empty)")
    assert shaded.evaluate_all("cells => cells.map((c) => c.style.getPropertyValue('--mg-shade'))") == [
        "0.25", "1.00", "0.88", "0.88",
    ]  # fmt: skip
    ledger = section(view, "Writes into its memory").locator("tr")
    assert [row.locator("td").all_text_contents() for row in ledger.all()] == [
        ["v0 → v1", "b.mul_(2)", "In [2] line 1"],
        ["v1 → v2", "b[1] = 7.", "In [2] line 2"],
    ]
    expect(section(view, "Same memory")).to_contain_text("row")
    view.thing(id_of(WRITES, "a"), "forward").click()
    expect(section(view, ".grad").locator("tbody tr").first).to_contain_text("14.78")
    expect(section(view, "Where it comes from")).to_contain_text("In [1] line 1")


def test_a_function_shows_what_it_keeps_and_what_passed(open_view: Callable[..., View]) -> None:
    view = open_view(sample_traces.version_error())
    view.thing(function(sample_traces.version_error(), "mul").id, "backward").click()
    assert rows(section(view, "Keeps for backward")) == [
        ["b", "self · saved v0, now v1", "[3, 5]"],
        ["b", "other · saved v0, now v1", "[3, 5]"],
    ]
    expect(section(view, "Inputs")).to_contain_text("b(2,)self")
    expect(section(view, "Backward")).to_contain_text("backward has not run it")
    section(view, "Outputs").get_by_role("button").click()
    expect(details(view).locator("h3")).to_have_text("b * b")


def test_details_follow_the_steps_and_lead_to_them(open_view: Callable[..., View]) -> None:
    view = open_view(WRITES)
    b = id_of(WRITES, "b")
    view.thing(b, "forward").click()
    details(view).get_by_role("button", name="In [2] line 1").click()
    expect(view.page.locator(".mg-when")).to_contain_text("In the past")
    expect(view.page.locator(".mg-when code")).to_have_text("b.mul_(2)")
    expect(details(view)).to_contain_text("Not there yet at this step.")  # it is the card of the second write
    view.page.get_by_role("button", name="Back to now").click()
    expect(section(view, "Value")).to_contain_text("-8")


def test_the_keyboard_opens_walks_and_closes(open_view: Callable[..., View]) -> None:
    view = open_view(WRITES)
    a = view.thing(id_of(WRITES, "a"), "backward")
    a.focus()
    view.page.keyboard.press("Enter")
    expect(details(view).locator("h3")).to_be_focused()
    expect(a).to_have_attribute("aria-selected", "true")
    assert int(view.root.get_attribute("data-step")) == len(
        WRITES.steps
    )  # Enter and arrows are no steps here
    view.page.keyboard.press("ArrowLeft")
    assert int(view.root.get_attribute("data-step")) == len(WRITES.steps)
    view.page.keyboard.press("Escape")
    expect(details(view)).to_be_hidden()
    expect(a).to_be_focused()
    expect(a).to_have_attribute("aria-selected", "false")


def test_the_drawing_in_which_it_was_selected_stays_in_sight(open_view: Callable[..., View]) -> None:
    view = open_view(WRITES, 1000)
    for side, other in (("forward", "backward"), ("backward", "forward")):
        view.thing(id_of(WRITES, "a"), side).click()
        places = [box(view.page.locator(f".mg-pane[data-side={which}]")) for which in (side, other)]
        sheet = box(details(view))
        assert (
            sheet["x"] >= places[0]["x"] + places[0]["width"] or sheet["x"] + sheet["width"] <= places[0]["x"]
        )
        assert abs(sheet["width"] - places[1]["width"]) < 5
        view.page.keyboard.press("Escape")


def test_in_a_narrow_panel_the_selected_thing_is_above_the_sheet(open_view: Callable[..., View]) -> None:
    view = open_view(sample_traces.worked(), 400, 800)
    thing = view.thing(function(sample_traces.worked(), "mean").id)
    thing.click()
    sheet = box(details(view))
    assert box(thing)["y"] + box(thing)["height"] <= sheet["y"]
    assert sheet["y"] + sheet["height"] <= box(view.page.locator(".mg-stepper"))["y"]
    assert view.page.evaluate("document.documentElement.scrollWidth") <= 400


def test_what_is_not_in_the_table_is_said(open_view: Callable[..., View]) -> None:
    trace = record("x = zeros(3, 4, 50)\ny = ones(2, 2, 2)")
    view = open_view(trace)
    view.thing(id_of(trace, "x"), "forward").click()
    expect(section(view, "Value")).to_contain_text("The first 64 of 600 numbers.")
    view.thing(id_of(trace, "y"), "forward").click()
    assert section(view, "Value").locator("caption").all_text_contents() == ["[0, :, :]", "[1, :, :]"]
    expect(section(view, "Value")).not_to_contain_text("numbers.")

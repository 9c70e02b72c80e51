"""Without a kernel: a page of its own, a notebook that is opened again, and what nbconvert makes of one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Locator, Page, Route, expect

from browser import traces
from browser.lab import SCREENSHOTS, Lab, of_cells
from minigrad_widgets.trace import Trace

CELLS = (
    "from minigrad import tensor\nfrom minigrad_widgets import live, show\nlive()",
    "a = tensor([1.0, 3.0], requires_grad=True)\nb = a + 2\nloss = (b * b).mean()",
    "show(loss)",
    "b[0] = 1000.0",
)


class Opened:
    """A file from the disk in a page that reaches no network."""

    def __init__(self, browser: Browser, file: Path) -> None:
        self.page: Page = browser.new_page(viewport={"width": 1200, "height": 900})
        self.asked: list[str] = []  # of the network
        self.failures: list[str] = []
        self.page.on("pageerror", lambda error: self.failures.append(f"{error}"))
        self.page.on("console", self._on_console)
        self.page.on("dialog", self._on_dialog)
        self.page.route(lambda url: url != file.as_uri(), self._refuse)
        self.page.goto(file.as_uri())

    def _refuse(self, route: Route) -> None:
        self.asked.append(route.request.url)
        route.abort()

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.failures.append(message.text)

    def _on_dialog(self, dialog: Dialog) -> None:
        self.failures.append(f"dialog: {dialog.message}")
        dialog.dismiss()


OpenFile = Callable[[str, str], Opened]


@pytest.fixture
def open_file(browser: Browser, tmp_path: Path) -> Iterator[OpenFile]:
    """`open_file(text, name)` writes and opens a page; at the end a screenshot is kept."""
    opened: dict[str, Opened] = {}

    def open_file(text: str, name: str) -> Opened:
        file = tmp_path / f"{name}.html"
        file.write_text(text, encoding="utf-8")
        opened[name] = Opened(browser, file)
        return opened[name]

    yield open_file
    SCREENSHOTS.mkdir(exist_ok=True)
    for name, each in opened.items():
        each.page.screenshot(path=SCREENSHOTS / f"{name}.png")
        each.page.close()


def assert_is_shown(picture: Locator) -> None:
    """The image is there, has loaded, is not shrunk beyond reading and not empty."""
    expect(picture).to_be_visible()
    picture.scroll_into_view_if_needed()
    natural, shown = picture.evaluate("img => [img.naturalWidth, img.getBoundingClientRect().width]")
    assert natural > 400
    assert shown > 0.6 * natural


# ------------------------------------------------------------------ a page of its own


def test_a_page_of_its_own_from_the_disk(open_file: OpenFile) -> None:
    trace = traces.version_error()
    opened = open_file(trace.to_html(title="The version error"), "page-of-its-own")
    page = opened.page
    view = page.locator(".mg[data-painted]")
    expect(view).to_be_visible()
    for side in ("forward", "backward"):
        cards = view.locator(f".mg-pane[data-side={side}] .mg-card")
        expect(cards).to_have_count(len(trace.tensors))
    expect(view.locator(".mg-error")).to_contain_text("Backward stopped at MulBackward0")
    expect(page.locator(".mg-title").first).to_have_text("The version error")
    assert page.title() == "The version error"
    # It fills the window, and no more.
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert opened.asked == []
    assert opened.failures == []


def test_the_steps_work_in_it(open_file: OpenFile) -> None:
    trace = traces.version_error()
    opened = open_file(trace.to_html(), "page-with-steps")
    page = opened.page
    view = page.locator(".mg[data-painted]")
    page.get_by_role("slider").focus()
    for key, step in {
        "Home": 0,
        "ArrowRight": 1,
        "End": len(trace.steps),
        "ArrowLeft": len(trace.steps) - 1,
    }.items():
        page.keyboard.press(key)
        expect(view).to_have_attribute("data-step", str(step))
        shown = [card for card in trace.at(step).tensors if card.shown]
        expect(view.locator(".mg-pane[data-side=forward] .mg-card")).to_have_count(len(shown))
    page.get_by_role("button", name="One step on").click()
    expect(page.locator(".mg-say")).to_contain_text(trace.steps[-1].text)
    assert opened.asked == []
    assert opened.failures == []


def test_where_the_module_does_not_run_there_is_the_text(open_file: OpenFile) -> None:
    whole = traces.version_error().to_html()
    text = re.sub(r'(id="module">)[^<]{100}', r"\1", whole)  # torn
    assert text != whole
    page = open_file(text, "page-torn").page
    expect(page.locator("#text")).to_be_visible()
    expect(page.locator("#text")).to_contain_text("Backward stopped at MulBackward0")
    expect(page.locator(".mg")).to_have_count(0)


def test_markup_in_a_trace_stays_text(open_file: OpenFile) -> None:
    nasty = "</script><img src=x onerror=alert(1)><!--"
    text = traces.version_error().to_json().replace('"names":["a"]', json.dumps({"names": [nasty]})[1:-1])
    opened = open_file(Trace.from_json(text).to_html(title=nasty), "page-with-markup")
    page = opened.page
    expect(page.locator(".mg[data-painted]")).to_be_visible()
    expect(page.locator(".mg-card title", has_text=nasty).first).to_have_count(1)
    expect(page.locator("img")).to_have_count(0)
    assert opened.failures == []


# ------------------------------------------------------------------ nbconvert


@pytest.fixture(scope="module")
def executed() -> nbformat.NotebookNode:
    """The notebook as a runner without a page leaves it."""
    notebook = of_cells(*CELLS)
    NotebookClient(notebook, timeout=120).execute()
    return notebook


def html_of(notebook: nbformat.NotebookNode) -> str:
    return HTMLExporter().from_notebook_node(notebook)[0]


@pytest.mark.parametrize("state", ["with widget state", "without"])
def test_what_nbconvert_makes_shows_the_picture_offline(
    open_file: OpenFile, executed: nbformat.NotebookNode, state: str
) -> None:
    notebook = nbformat.from_dict(json.loads(json.dumps(executed)))
    assert "widgets" in notebook.metadata  # nbconvert then asks a CDN for them
    if state == "without":
        del notebook.metadata["widgets"]
    opened = open_file(html_of(notebook), f"nbconvert-{state.replace(' ', '-')}")
    assert opened.asked  # require.js and MathJax, which do not come
    pictures = opened.page.locator(".mg-saved img")
    expect(pictures).to_have_count(2)
    for i in range(2):
        assert_is_shown(pictures.nth(i))
    # live() was shown before the cells below it ran; its picture is of the end.
    assert "b[0] = 1000.0 writes into b in place" in pictures.first.get_attribute("alt")
    assert "b[0]" not in pictures.nth(1).get_attribute("alt")


# ------------------------------------------------------------------ JupyterLab


def reopened(open_lab: Callable[..., Lab], notebook: nbformat.NotebookNode, name: str) -> Lab:
    """The notebook in JupyterLab with a kernel that has run none of it."""
    lab = open_lab(notebook, name)
    expect(lab.page.locator(".mg-saved img")).to_have_count(2)
    return lab


def trust(lab: Lab) -> bool:
    script = "path => window.lessonTest.notebook(path).content.widgets.every(cell => cell.model.trusted)"
    return lab.page.evaluate(script, lab.path)


def test_a_running_widget_hides_its_picture_and_a_trusted_notebook_shows_it_again(
    open_lab: Callable[..., Lab],
) -> None:
    lab = open_lab(of_cells(*CELLS), "saved-running")
    for cell in CELLS:
        lab.run(cell)
    expect(lab.page.locator(".mg-saved")).to_have_count(2)
    expect(lab.page.locator(".mg-saved:visible")).to_have_count(0)
    expect(lab.page.locator(".jp-Notebook .mg:visible")).to_have_count(1)
    expect(lab.page.locator(".mg-docked:visible")).to_have_count(1)
    # JupyterLab signs what it ran itself.
    again = reopened(open_lab, lab.save(), "saved-trusted")
    assert trust(again)
    for i in range(2):
        assert_is_shown(again.page.locator(".mg-saved img").nth(i))
    errors = again.page.get_by_text("model not found")
    expect(errors).to_have_count(2)  # JupyterLab's own line, which says nothing to a learner
    expect(errors.first).to_be_hidden()
    expect(errors.last).to_be_hidden()


def test_an_untrusted_notebook_shows_the_picture(
    open_lab: Callable[..., Lab], executed: nbformat.NotebookNode
) -> None:
    notebook: Any = nbformat.from_dict(json.loads(json.dumps(executed)))
    notebook.metadata.pop("widgets", None)
    lab = reopened(open_lab, notebook, "saved-untrusted")
    assert not trust(lab)
    for i in range(2):
        assert_is_shown(lab.page.locator(".mg-saved img").nth(i))
    # Run again, the live view takes its place.
    lab.run("live()")
    expect(lab.page.locator(".mg-docked:visible")).to_have_count(1)
    expect(lab.page.locator(".mg-saved:visible")).to_have_count(1)

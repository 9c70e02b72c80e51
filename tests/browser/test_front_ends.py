"""The other places where a notebook is opened: Notebook 7 and Voila, in the real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import nbformat
import pytest
from playwright.sync_api import Browser, Page, expect

from browser.lab import PATIENCE, SCREENSHOTS, Server, of_cells

CELLS = (
    "from minigrad import tensor\nfrom minigrad_widgets import live\nlive()",
    "a = tensor([1.0, 3.0], requires_grad=True)\nb = a + 2\nloss = (b * b).mean()",
    "loss.backward()",
)


@pytest.fixture
def open_at(
    server: Server, browser: Browser, request: pytest.FixtureRequest
) -> Iterator[Callable[[str], Page]]:
    """`open_at("voila/render")` opens the notebook of CELLS with another of the server's front ends."""
    name = request.node.name.removeprefix("test_")
    page = browser.new_page(viewport={"width": 1280, "height": 1200}, reduced_motion="reduce")
    page.set_default_timeout(PATIENCE * 1000)

    def open_at(front_end: str) -> Page:
        nbformat.write(of_cells(*CELLS), server.root / f"{name}.ipynb")
        page.goto(f"{server.url}/{front_end}/{name}.ipynb?token={server.token}", wait_until="commit")
        return page

    yield open_at
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")
    page.close()
    for session in server.ask("api/sessions"):
        server.ask(f"api/sessions/{session['id']}", "DELETE")


def shows_the_gradient(page: Page) -> None:
    """One graph on the page, below its cell, with what the last cell did."""
    expect(page.locator(".mg")).to_have_count(1)
    a = page.locator(".mg-pane[data-side=backward] .mg-thing[aria-label^='tensor a, leaf']")
    expect(a.locator(".mg-value.mg-got")).to_have_text("[3, 5]")
    expect(page.locator(".mg-docked, .mg-note")).to_have_count(0)


def test_notebook_7_shows_the_graph_below_its_cell(open_at: Callable[[str], Page]) -> None:
    page = open_at("notebooks")
    expect(page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")).to_have_count(1)
    page.locator(".jp-CodeCell .cm-content").first.click()
    for number in range(1, len(CELLS) + 1):
        page.keyboard.press("Shift+Enter")
        prompt = page.locator(".jp-CodeCell .jp-InputPrompt").nth(number - 1)
        expect(prompt).to_have_text(f"[{number}]:")
    shows_the_gradient(page)


def test_voila_shows_the_graph_and_no_word_of_a_panel(open_at: Callable[[str], Page]) -> None:
    shows_the_gradient(open_at("voila/render"))

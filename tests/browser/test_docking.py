"""The panel beside the notebook in a real JupyterLab: what the learner's hands do with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, expect

from browser.lab import Lab, of_cells

START = "from minigrad import tensor\nfrom minigrad_widgets import live\nlive()"


@pytest.fixture
def lab(open_lab: Callable[..., Lab]) -> Lab:
    return open_lab(of_cells(START, "a = tensor(2.0, requires_grad=True)", "b = a.exp()"))


def card(lab: Lab, name: str) -> Locator:
    return lab.page.locator(f".mg-docked .mg-thing[aria-label^='tensor {name},']").first


def test_the_panel_leaves_the_keyboard_to_the_notebook(lab: Lab) -> None:
    """Opening it takes the focus: the learner's next Shift+Enter must still run the next cell."""
    lab.page.locator(".jp-Cell").first.click()
    lab.page.keyboard.press("Shift+Enter")
    expect(lab.page.locator(".mg-docked")).to_have_count(1)
    expect(lab.page.locator(".mg-note")).to_have_attribute("data-dock", "open")
    expect(lab.page.locator(".mg-note[data-settled]")).to_have_count(1)
    expect(lab.page.locator(".jp-Notebook :focus, .jp-Notebook:focus")).to_have_count(1)
    lab.page.keyboard.press("Shift+Enter")
    expect(card(lab, "a")).to_have_count(1)
    lab.page.keyboard.press("Shift+Enter")
    expect(card(lab, "b")).to_have_count(1)


def test_a_panel_that_was_closed_can_be_opened_again(lab: Lab) -> None:
    lab.run("live()")
    lab.run("a = tensor")
    expect(card(lab, "a")).to_have_count(1)
    note = lab.page.locator(".mg-note")
    lab.page.locator(".lm-TabBar-tab", has_text="Graph of").locator(".lm-TabBar-tabCloseIcon").click()
    expect(lab.page.locator(".mg-docked")).to_have_count(0)
    expect(note.locator("span")).to_have_text("The panel with the graph is closed.")

    lab.run("b = a.exp()")  # the kernel goes on watching
    note.get_by_role("button", name="Open the panel").click()
    expect(card(lab, "b")).to_have_count(1)
    expect(note.locator("span")).to_have_text("The graph is in the panel at the right.")

    lab.page.locator(".lm-TabBar-tab", has_text="Graph of").locator(".lm-TabBar-tabCloseIcon").click()
    expect(note).to_have_attribute("data-dock", "closed")
    lab.run("live()")  # so does running the cell again
    expect(lab.page.locator(".mg-docked")).to_have_count(1)


def test_a_closed_panel_stays_closed_after_a_reload(lab: Lab) -> None:
    lab.run("live()")
    lab.page.locator(".lm-TabBar-tab", has_text="Graph of").locator(".lm-TabBar-tabCloseIcon").click()
    expect(lab.page.locator(".mg-note")).to_have_attribute("data-dock", "closed")
    lab.save_and_reload()
    expect(lab.page.locator(".mg-note")).to_have_attribute("data-dock", "closed")
    expect(lab.page.locator(".mg-docked")).to_have_count(0)


def test_a_kernel_that_was_shut_down_is_missed(lab: Lab) -> None:
    lab.run("live()")
    lab.run("a = tensor")
    expect(card(lab, "a")).to_have_count(1)
    lab.page.evaluate(
        "path => lessonTest.notebook(path).sessionContext.shutdown()",
        lab.path,
    )
    expect(lab.page.locator(".mg-docked .mg-status")).to_contain_text("Disconnected")
    expect(lab.page.locator(".mg-note span")).to_contain_text("The kernel of this graph is gone")
    expect(card(lab, "a")).to_have_count(1)


@pytest.fixture
def dark(lab: Lab) -> Iterator[Lab]:
    """JupyterLab's dark theme. It is a setting of the server, so it is taken back."""

    def change(theme: str, light: bool) -> None:
        lab.page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
        expect(lab.page.locator(f"body[data-jp-theme-light={str(light).lower()}]")).to_have_count(1)

    change("JupyterLab Dark", light=False)
    yield lab
    change("JupyterLab Light", light=True)


def test_jupyterlabs_dark_theme_is_followed(dark: Lab) -> None:
    dark.run("live()")
    dark.run("a = tensor")
    ink = card(dark, "a").locator(".mg-name").evaluate("e => getComputedStyle(e).fill")
    assert min(map(int, re.findall(r"\d+", ink)[:3])) > 200
    background = "e => getComputedStyle(e).backgroundColor"
    panel, notebook = (
        dark.page.locator(part).evaluate(background) for part in (".mg-docked", ".jp-Notebook")
    )
    assert panel == notebook


def test_show_draws_below_its_cell(lab: Lab) -> None:
    lab.run("live()")
    lab.run("a = tensor")
    lab.run("b = a.exp()")
    lab.run_new("from minigrad_widgets import show\nshow(b)\nprint('after')")
    below = lab.page.locator(".jp-Notebook .mg .mg-pane[data-side=forward]")
    expect(below.locator(".mg-name")).to_have_text(["a", "b"])
    expect(lab.page.locator(".mg-docked")).to_have_count(1)  # that of live() stays as it was
    expect(lab.page.locator(".mg-note")).to_have_count(1)

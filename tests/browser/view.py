"""A page with one view on it: the bundle that the widget loads, and a stand-in for its model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

import minigrad_widgets
from browser import traces
from minigrad_widgets.trace import Trace

STATIC = Path(minigrad_widgets.__file__).parent / "static"
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
    off: (name, handler) => { handlers[name] = handlers[name]?.filter((other) => other !== handler); },
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


@contextmanager
def opening(browser: Browser) -> Iterator[Callable[..., View]]:
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
    """Where an element stands on the page. AssertionError where it does not."""
    found = locator.bounding_box()
    assert found, "not on the page"
    return found

"""A host of the anywidget protocol alone, as VS Code, Colab and marimo are: no JupyterLab round it.

The host is strict: a model has what https://anywidget.dev/en/afm/ names and nothing else, there is no widget
manager, the element is in a shadow tree (marimo), and it may be rendered again and in two places.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from browser import traces
from browser.view import STATIC

HOST = """
window.start = async (script, style, state) => {
  const url = URL.createObjectURL(new Blob([script], {type: 'text/javascript'}));
  const module = (await import(url)).default;
  const widget = typeof module === 'function' ? await module() : module;
  const heard = {};
  const model = {
    get: (name) => state[name],
    set: (name, value) => { state[name] = value; },
    save_changes: () => {},
    on: (name, callback) => (heard[name] ??= new Set()).add(callback),
    off: (name, callback) => { heard[name]?.delete(callback); },
    send: (content) => window.sent.push(content),
    widget_manager: undefined,
  };
  window.sent = [];
  window.model = new Proxy(model, {
    get(target, name) {
      if (typeof name === 'string' && !(name in target)) throw new Error(`a model has no ${name}`);
      return target[name];
    },
  });
  window.listening = () => Object.values(heard).reduce((sum, callbacks) => sum + callbacks.size, 0);
  window.update = (change) => {
    Object.assign(state, change);
    for (const name of Object.keys(change)) for (const told of heard[`change:${name}`] ?? []) told();
  };
  const experimental = {invoke: async () => { throw new Error('this host has no commands'); }};
  await widget.initialize?.({model: window.model, experimental});
  window.render = async () => {
    const host = document.body.appendChild(document.createElement('div'));
    const root = host.attachShadow({mode: 'open'});
    root.appendChild(document.createElement('style')).textContent = style;
    const el = root.appendChild(document.createElement('div'));
    const end = await widget.render({model: window.model, el, experimental});
    return () => { end?.(); host.remove(); };
  };
};
"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 900, "height": 800}, reduced_motion="reduce")
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(f"{error}"))
    page.set_content("<!doctype html><meta charset=utf-8>")
    page.evaluate(f"() => {{ {HOST} }}")
    script, style = ((STATIC / f"graph_view.{end}").read_text("utf-8") for end in ("js", "css"))
    state: dict[str, Any] = {**traits(1), "dock": "wanted"}
    page.evaluate("all => start(...all)", [script, style, state])
    yield page
    page.close()
    assert errors == []


def traits(sequence: int) -> dict[str, Any]:
    return traces.traits(traces.worked() if sequence == 1 else traces.version_error(), sequence)


def test_a_host_with_nothing_but_the_protocol_shows_the_graph(page: Page) -> None:
    page.evaluate("async () => { window.end = await render(); }")
    view = page.locator(".mg")
    expect(view).to_have_attribute("data-painted", "1")
    expect(view.locator(".mg-thing[data-id=w1] .mg-value.mg-got").first).to_have_text("28.0")
    body = view.locator(".mg-thing[data-id=w1] .mg-body").first
    assert body.evaluate("rect => getComputedStyle(rect).fill") != "rgb(0, 0, 0)", "the style reached it"

    page.evaluate("change => update(change)", traits(2))
    expect(view).to_have_attribute("data-painted", "2")
    expect(view.locator(".mg-error")).to_be_visible()
    assert page.evaluate("sent") == [], "nobody is there to open a panel"


def test_it_can_be_shown_twice_and_taken_away(page: Page) -> None:
    page.evaluate("async () => { window.ends = [await render(), await render()]; }")
    views = page.locator(".mg")
    expect(views).to_have_count(2)
    for view in views.all():
        expect(view).to_have_attribute("data-painted", "1")
    page.evaluate("ends[0]()")
    page.evaluate("change => update(change)", traits(2))
    expect(views).to_have_count(1)
    expect(views).to_have_attribute("data-painted", "2")
    page.evaluate("ends[1]()")
    expect(views).to_have_count(0)
    assert page.evaluate("listening()") == 0, "a view that is gone listens no more"
    page.evaluate("async () => { window.end = await render(); }")
    expect(views).to_have_attribute("data-painted", "2")

"""The language that a reader chose, where only a browser can tell: remembered by the page, heard by every view."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Route

WIDGETS = Path(__file__).resolve().parents[2] / "widgets"
ORIGIN = "http://front-end.test"


def test_the_language_that_was_chosen_is_remembered(browser: Browser) -> None:
    """For the next page, and at once by every view of this one."""

    def answer(route: Route) -> None:
        path = WIDGETS / route.request.url.removeprefix(f"{ORIGIN}/")
        if path.is_file():
            kind = "application/json" if path.suffix == ".json" else "text/javascript"
            route.fulfill(path=path, content_type=kind)
        else:
            route.fulfill(body="<!doctype html>", content_type="text/html")

    page = browser.new_page(locale="en-US")
    page.route(f"{ORIGIN}/**", answer)
    page.goto(ORIGIN)
    spoken = page.evaluate(
        """async () => {
          const {choose, onLanguage} = await import('/frontend/language.js');
          const {language} = await import('/frontend/words.js');
          const heard = [];
          const end = onLanguage(() => heard.push(language()));
          choose('zh');
          choose('en');
          choose('zh');
          end();
          choose('en');
          choose('zh');
          return heard;
        }"""
    )
    assert spoken == ["zh", "en", "zh"]
    begin = """async () => {
      const {beginToSpeak} = await import('/frontend/language.js');
      beginToSpeak();
      return (await import('/frontend/words.js')).language();
    }"""
    page.reload()
    assert page.evaluate(begin) == "zh"
    page.evaluate("localStorage.clear()")
    page.reload()
    assert page.evaluate(begin) == "en"
    page.close()

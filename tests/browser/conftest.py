"""A JupyterLab and a Chromium for all browser tests; a notebook of its own for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import nbformat
import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from browser import chromium
from browser.lab import Lab, Server

expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium. Where none starts the test fails with what to do about it: never a silent skip."""
    with ExitStack() as stack:
        try:
            browser = stack.enter_context(chromium.start(stack.enter_context(sync_playwright())))
        except Exception as error:  # the driver's own failures have no type of theirs
            browser, problem = None, f"{error}"
        if browser is None:
            pytest.fail(f"{problem}\n\n{chromium.ADVICE}", pytrace=False)
        yield browser


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("jupyter"))
    yield server
    server.stop()


@pytest.fixture
def open_lab(
    server: Server, browser: Browser, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Lab]]:
    """`open_lab(notebook, name)` opens it in a page and kernel of its own; at the end a screenshot is kept.

    Without a name the notebook is called after the test. One of that name must not be open already.
    """
    test = request.node.name.removeprefix("test_")
    labs: list[Lab] = []

    def open_lab(notebook: nbformat.NotebookNode, name: str = test) -> Lab:
        path = f"{name}.ipynb"
        nbformat.write(notebook, server.root / path)
        labs.append(Lab(server, browser, path))
        return labs[-1]

    yield open_lab
    for lab in labs:
        lab.screenshot(lab.path.removesuffix(".ipynb"))
        lab.close()
    server.forget()
    assert [lab.page_errors for lab in labs] == [[] for _ in labs]

"""A browser is there, and where there is none the tests fail and say what to do."""

from __future__ import annotations

import os
import subprocess
import sys

from playwright.sync_api import Browser

from browser import chromium


def test_starts(browser: Browser) -> None:
    assert browser.version


def test_without_a_browser_a_test_fails_and_says_what_to_do() -> None:
    """Never a skip. Runs the test above once more, in a process that is sent to a browser that is not there."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        f"{__file__}::{test_starts.__name__}",
    ]
    environment = {**os.environ, chromium.VARIABLE: "no-such-browser"}
    run = subprocess.run(command, env=environment, capture_output=True, check=False, text=True)
    assert run.returncode == 1, run.stdout + run.stderr
    assert "no-such-browser is no program" in run.stdout
    assert chromium.ADVICE in run.stdout

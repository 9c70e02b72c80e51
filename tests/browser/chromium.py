"""Finds the Chromium that the browser tests drive; run as a program, installs one where there is none.

python tests/browser/chromium.py
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

VARIABLE = "MINIGRAD_LAB_BROWSER"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
)
# Quiet, so that a machine without a network is not asked for one at every start.
FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
ADVICE = """\
The browser tests need Chromium or Chrome, and found none that starts. Do one of these, then run again:
  - .venv/bin/python -m playwright install chromium     (a download of about 200 MB, no root needed)
  - as root on Debian: apt-get install chromium libatomic1; elsewhere with your system's package manager
  - MINIGRAD_LAB_BROWSER=/path/to/chrome make test      (if it is somewhere else)
If a shared library is missing, .venv/bin/python -m playwright install-deps chromium, as root, brings it."""


def find(playwright: Playwright) -> str | None:
    """The path of a Chromium or Chrome: the one named in the environment, playwright's own, the system's.

    Raises FileNotFoundError where the environment names one that is not there.
    """
    if named := os.environ.get(VARIABLE):
        if not shutil.which(named):
            raise FileNotFoundError(f"{VARIABLE}={named} is no program: give a browser's full path")
        return named
    own = playwright.chromium.executable_path
    candidates = [own, *filter(None, map(shutil.which, NAMES)), *PLACES]
    return next((path for path in candidates if Path(path).is_file()), None)


def start(playwright: Playwright) -> Browser:
    """A headless browser. Raises FileNotFoundError where there is none, playwright's Error if it fails."""
    path = find(playwright)
    if path is None:
        raise FileNotFoundError("there is no Chromium and no Chrome on this machine")
    return playwright.chromium.launch(executable_path=path, args=FLAGS)


def install() -> None:
    """The usual way: Debian's package for Debian's root, else playwright's download."""
    apt = shutil.which("apt-get") if platform.system() == "Linux" and os.geteuid() == 0 else None
    if apt and platform.freedesktop_os_release().get("ID") == "debian":
        quiet = [apt, "-qq", "-y", "-o=Dpkg::Use-Pty=0"]
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        # libatomic1 is for playwright's own driver.
        for rest in (["update"], ["install", "--no-install-recommends", "chromium", "libatomic1"]):
            subprocess.run([*quiet, *rest], env=environment, stdout=subprocess.DEVNULL, check=False)
    else:
        libraries = ["--with-deps"] if apt else []
        command = [sys.executable, "-m", "playwright", "install", *libraries, "chromium"]
        subprocess.run(command, check=False)


def problem() -> str | None:
    """Why no browser starts; None where one does."""
    try:
        with sync_playwright() as playwright, start(playwright) as browser:
            print(f"Browser tests: {find(playwright)}, version {browser.version}")
    except Exception as error:  # the driver's own failures have no type of theirs
        return f"{error}"
    return None


def main() -> str | None:
    """What to say in the end: nothing where a browser starts."""
    found = problem()
    if found and not os.environ.get(VARIABLE):
        print(f"{found}\nInstalling what the browser tests need.", flush=True)
        install()
        found = problem()
    return f"{found}\n\n{ADVICE}" if found else None


if __name__ == "__main__":
    sys.exit(main())

"""What a launch on Binder would do, done here: slow, so not among the tests. `make binder-check` runs it.

The base image's packages at the versions that repo2docker locks, then requirements.txt, then postBuild in
a clone, each with a clean Python of the version that runtime.txt names (or this one, where it is missing);
then the lesson at the address that the README gives, in a browser.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from browser.lab import Lab, Server

ROOT = Path(__file__).parent.parent.parent
BASE = ("ipykernel", "ipywidgets", "jupyter-offlinenotebook", "jupyter_server", "jupyterlab", "notebook")


def base_packages(python: str) -> list[str]:
    """The base image's Jupyter packages, `name==version`, from the lock file for that Python."""
    folder = Path(find_spec("repo2docker").origin).parent / "buildpacks" / "conda"
    lock = (folder / f"environment.py-{python}-linux-64.lock").read_text()
    found = {name: re.search(rf"/{name}-(\d[^-]*)-", lock) for name in BASE}
    return [f"{name}=={match[1]}" for name, match in found.items()]


@pytest.fixture
def launched(tmp_path: Path) -> Path:
    """A clone with an environment in which everything that Binder installs is installed."""
    clone, environment = tmp_path / "clone", tmp_path / "environment"
    python = (ROOT / "binder/runtime.txt").read_text().strip().removeprefix("python-")
    interpreter = shutil.which(f"python{python}")
    works = (
        interpreter and subprocess.run([interpreter, "-V"], capture_output=True, check=False).returncode == 0
    )
    git = ["git", "clone", "--quiet", str(ROOT), str(clone)]
    for command in (git, [interpreter if works else sys.executable, "-m", "venv", str(environment)]):
        subprocess.run(command, check=True)
    pip = [str(environment / "bin/python"), "-m", "pip", "install", "--quiet", "--no-cache-dir"]
    path = f"{environment / 'bin'}{os.pathsep}{os.environ['PATH']}"
    for command in (
        [*pip, *base_packages(python)],
        [*pip, "-r", "binder/requirements.txt"],
        ["binder/postBuild"],
    ):
        subprocess.run(command, cwd=clone, env={**os.environ, "PATH": path}, check=True)
    return clone


def test_the_first_lesson_starts(launched: Path, browser: Browser, tmp_path: Path) -> None:
    address = re.search(r"urlpath=lab/tree/(\S+)", (launched / "README.md").read_text())[1]
    server = Server(tmp_path / "jupyter", launched, str(launched.parent / "environment/bin/python"))
    try:
        lab = Lab(server, browser, address)
        for source in lab.code_cells():
            lab.run(source)
        expect(lab.page.locator(".mg-docked")).to_have_count(1)
        expect(
            lab.page.locator(".mg-docked .mg-card title", has_text="tensor a, leaf").first
        ).to_contain_text("grad 7.389")
        lab.screenshot("binder")
        lab.close()
    finally:
        server.stop()

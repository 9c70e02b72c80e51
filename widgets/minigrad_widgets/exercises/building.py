"""Writes what a set makes, all of it or nothing.

build(path, out)      out/<set>/learner/…  nbgrader/source/<set>/…  otter/…  solution/…
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from .faults import Fault, Refused
from .notebooks import learner_notebook, nbgrader_notebook, solution_notebook
from .otter import otter_notebook
from .problems import ProblemSet, set_of
from .proving import prove
from .running import Limits
from .text import read

PARTS = ("learner", "nbgrader", "otter", "solution")


def load(path: Path) -> ProblemSet:
    """The set in a file. Raises Refused."""
    return set_of(read(path))


def build(path: Path, out: Path, limits: Limits | None = None) -> Path:
    """Proves a set and writes its notebooks below `out`; returns their folder. Raises Refused, and writes nothing then."""
    problems = load(path)
    prove(problems, limits)
    name = problems.name
    notebooks = {
        Path("learner", f"{name}.ipynb"): learner_notebook(problems),
        Path("nbgrader", "source", name, f"{name}.ipynb"): nbgrader_notebook(problems),
        Path("otter", f"{name}.ipynb"): otter_notebook(problems),
        Path("solution", f"{name}.ipynb"): solution_notebook(problems),
    }
    target = out / name
    try:
        _replace(target, notebooks, path)
    except OSError as error:
        raise Refused(
            [Fault(path, 1, f"{target} cannot be written ({error.strerror})", "name another -o")]
        ) from None
    return target


def _replace(target: Path, notebooks: dict[Path, NotebookNode], source: Path) -> None:
    """Writes into a folder beside the target, then puts it in the target's place."""
    if target.exists() and not (target.is_dir() and {p.name for p in target.iterdir()} <= set(PARTS)):
        cure = "move it away, or name another folder with -o"
        raise Refused([Fault(source, 1, f"{target} holds what was not built here", cure)])
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as folder:
        new, old = Path(folder, "new"), Path(folder, "old")
        for path, notebook in notebooks.items():
            (new / path).parent.mkdir(parents=True, exist_ok=True)
            (new / path).write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
        if target.exists():
            target.rename(old)
        try:
            new.rename(target)
        except OSError:
            if old.exists():
                old.rename(target)
            raise
        shutil.rmtree(old, ignore_errors=True)

"""Makes the lessons' notebooks from their MyST text, which is the source that people write and review.

    python notebooks/build_lessons.py

The same text gives the same bytes: cell ids come from the contents, nothing is run, nothing of the
machine gets in. A lesson is read as any set of exercises is (minigrad_widgets.exercises).
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat

from minigrad_widgets.exercises.building import load
from minigrad_widgets.exercises.faults import Refused
from minigrad_widgets.exercises.notebooks import learner_notebook

HERE = Path(__file__).parent
SOURCES = tuple(sorted(HERE.glob("[0-9][0-9]-*.md")))


def notebook(source: Path) -> nbformat.NotebookNode:
    """The notebook that a MyST text makes, without outputs. Raises Refused, with file and line."""
    return learner_notebook(load(source), minigrad_lab={"generated_from": source.name, "by": "make lessons"})


def main() -> int:
    try:
        made = {source.with_suffix(".ipynb"): notebook(source) for source in SOURCES}
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    for target, lesson in made.items():
        nbformat.write(lesson, target)
        print(target.name)
    return 0


if __name__ == "__main__":
    sys.exit(main())

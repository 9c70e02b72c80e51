"""Makes the lessons' notebooks from their MyST text, which is the source that people write and review.

    python notebooks/build_lessons.py

The same text gives the same bytes: cell ids come from the contents, nothing is run, nothing of the
machine gets in.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import jupytext
import nbformat

HERE = Path(__file__).parent
SOURCES = tuple(sorted(HERE.glob("[0-9][0-9]-*.md")))
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def notebook(source: Path) -> nbformat.NotebookNode:
    """The notebook that a MyST text makes, without outputs."""
    made = jupytext.reads(source.read_text(encoding="utf-8"), fmt="md:myst")
    made.metadata.pop("jupytext", None)
    made.metadata["kernelspec"] = KERNEL
    made.metadata["minigrad_lab"] = {"generated_from": source.name, "by": "make lessons"}
    seen: Counter[str] = Counter()
    for cell in made.cells:
        digest = hashlib.sha256(cell.source.encode()).hexdigest()[:12]
        seen[digest] += 1
        cell["id"] = f"{digest}-{seen[digest]}"
    made.nbformat, made.nbformat_minor = 4, 5
    nbformat.validate(made)
    return made


def main() -> None:
    for source in SOURCES:
        target = source.with_suffix(".ipynb")
        nbformat.write(notebook(source), target)
        print(target.name)


if __name__ == "__main__":
    main()

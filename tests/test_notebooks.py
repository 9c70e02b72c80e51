"""The lessons: their notebooks are what their text makes, and each runs from top to bottom."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from build_lessons import HERE, SOURCES, notebook

ROOT = HERE.parent
NUMBERED = [pytest.param(source, id=source.stem) for source in SOURCES]


def test_there_are_lessons() -> None:
    assert len(SOURCES) >= 3
    assert sorted(HERE.glob("*.ipynb")) == [source.with_suffix(".ipynb") for source in SOURCES]


@pytest.mark.parametrize("source", NUMBERED)
def test_notebook_is_what_its_text_makes(source: Path) -> None:
    """No outputs, no run counts, nobody's kernel. Asks what git has: a learner may run the file itself."""
    path = source.with_suffix(".ipynb")
    git = ["git", "-C", str(ROOT), "show", f":{path.relative_to(ROOT).as_posix()}"]
    staged = subprocess.run(git, capture_output=True, check=False)
    text = staged.stdout.decode() if staged.returncode == 0 else path.read_text(encoding="utf-8")
    assert text == nbformat.writes(notebook(source)) + "\n", "run `make lessons`, then `git add notebooks`"


def test_building_twice_gives_the_same_bytes() -> None:
    for source in SOURCES:
        assert nbformat.writes(notebook(source)) == nbformat.writes(notebook(source))


@pytest.mark.parametrize("source", NUMBERED)
@pytest.mark.usefixtures("jupyter_folders")
def test_lesson_runs_from_top_to_bottom(source: Path) -> None:
    """In a real kernel. A cell that says `raises` must raise just that; no other cell may raise."""
    lesson = notebook(source)
    NotebookClient(lesson, timeout=60, resources={"metadata": {"path": str(source.parent)}}).execute()
    for cell in lesson.cells:
        if cell.cell_type != "code":
            continue
        assert cell.execution_count, f"did not run: {cell.source}"
        raised = [
            f"{output.ename}: {output.evalue}" for output in cell.outputs if output.output_type == "error"
        ]
        said = cell.metadata.get("raises")
        assert ("raises-exception" in cell.metadata.get("tags", [])) == (said is not None), cell.source
        if said is None:
            assert not raised, cell.source
        else:
            assert raised, f"did not raise: {cell.source}"
            assert raised[0].startswith(said)


@pytest.mark.usefixtures("jupyter_folders")
def test_the_examples_of_the_readme_run(tmp_path: Path) -> None:
    """One after the other, in one notebook."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    live, record = re.findall(r"^```python\n(.*?)^```", readme, re.DOTALL | re.MULTILINE)
    example = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in (live, record)])
    resources = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(example, timeout=60, kernel_name="python3", resources=resources).execute()
    shown = [output.get("data", {}) for output in example.cells[0].outputs]
    views = [data for data in shown if "application/vnd.jupyter.widget-view+json" in data]
    assert len(views) == 2, "live() and show() show one view each"
    assert "MulBackward0" in (tmp_path / "lesson.html").read_text(encoding="utf-8")

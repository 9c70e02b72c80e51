"""Grading many: points and reasons, what can be repaired, and what nobody can grade."""

from __future__ import annotations

import copy
import csv
import io
import json
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from exercises.handing_in import POINTS, RIGHT, WRONG, answered, everyone, role
from exercises.sets import EXAMPLE, example
from minigrad_widgets.exercises.faults import Refused
from minigrad_widgets.exercises.grading import Graded, Learner, grade
from minigrad_widgets.exercises.notebooks import learner_notebook, nbgrader_notebook
from minigrad_widgets.exercises.report import NAMES, report, table, write_report
from minigrad_widgets.exercises.running import Limits

LIMITS = Limits(seconds=5)


def without(notebook: NotebookNode, *ids: str) -> NotebookNode:
    made = copy.deepcopy(notebook)
    made.cells = [cell for cell in made.cells if cell.id not in ids]
    return made


def twice(notebook: NotebookNode, id: str, source: str | None = None) -> NotebookNode:
    made = copy.deepcopy(notebook)
    (at,) = [i for i, cell in enumerate(made.cells) if cell.id == id]
    made.cells.insert(at + 1, copy.deepcopy(made.cells[at]))
    made.cells[at].source = source or made.cells[at].source
    return made


def bare(notebook: NotebookNode) -> NotebookNode:
    """As some tools leave it: without metadata and ids."""
    made = copy.deepcopy(notebook)
    for number, cell in enumerate(made.cells):
        keep = role(cell) == "answer" and 'answer("' not in cell.source
        cell["id"] = cell.id if keep else f"other-{number}"
        cell.metadata = {}
    return made


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    folder = tmp_path_factory.mktemp("submitted")
    start = learner_notebook(example())
    perfect = answered(start, RIGHT)
    start_of_fix = next(cell.source for cell in start.cells if cell.id == "fix-answer")
    reads = f'print(open("{EXAMPLE}").read())\nanswer("version", 1)'
    of_her_own = copy.deepcopy(perfect)
    helper = nbformat.v4.new_code_cell("def square(x):\n    return x * x")
    of_her_own.cells.insert(2, helper)
    handed_in: dict[str, NotebookNode | str] = {
        **everyone(start),
        "names": answered(of_her_own, {"squares": RIGHT["squares"].replace("b * b", "square(b)")}),
        "nbgrader": answered(nbgrader_notebook(example()), RIGHT),
        "twice": twice(perfect, "squares-answer"),
        "twice-wrong": twice(perfect, "fix-answer", WRONG["fix"]),
        "twice-begun": twice(answered(start, {**RIGHT, "fix": start_of_fix}), "fix-answer", RIGHT["fix"]),
        "missing-check": without(perfect, "fix-check", "version-question", "start"),
        "missing-answer": without(perfect, "squares-answer"),
        "bare": bare(perfect),
        "cut": json.dumps(perfect)[:4000],
        "list": "[1, 2]",
        "loop": answered(start, RIGHT | {"fix": "while True: pass"}),
        "output": answered(start, RIGHT | {"bug": "while True: print('x' * 100_000)"}),
        "memory": answered(start, RIGHT | {"bug": "x = 'x' * 10**11"}),
        "reads": answered(start, RIGHT | {"version": reads}),
    }
    for name, notebook in handed_in.items():
        text = notebook if isinstance(notebook, str) else json.dumps(notebook)
        path = folder / name / "set" / "set.ipynb" if name == "nbgrader" else folder / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return grade(EXAMPLE, folder, LIMITS)


def one(graded: Graded, name: str) -> Learner:
    return next(learner for learner in graded.learners if learner.learner == name)


def points(learner: Learner) -> dict[str, float]:
    return {id: result.points for id, result in learner.results.items()}


@pytest.mark.parametrize("name", POINTS)
def test_the_points_are_right(graded: Graded, name: str) -> None:
    assert points(one(graded, name)) == POINTS[name]
    assert one(graded, name).notes == []


def test_every_point_that_is_missing_has_its_reason(graded: Graded) -> None:
    for learner in graded.learners:
        for id, result in learner.results.items():
            if result.points < result.worth:
                assert result.reasons or learner.notes, (learner.learner, id)
    wrong = one(graded, "wrong").results
    assert wrong["leaf"].reasons == ["Not yet. False is not what the engine finds when it runs the program."]
    assert "Your graph has " in wrong["squares"].reasons[0]


@pytest.mark.parametrize(
    "name", ["names", "nbgrader", "bare", "missing-check", "twice", "twice-wrong", "twice-begun"]
)
def test_what_can_be_repaired_gets_its_points(graded: Graded, name: str) -> None:
    assert points(one(graded, name)) == POINTS["perfect"]


@pytest.mark.parametrize(
    ("name", "lost", "note"),
    [
        ("twice", [], "the cell squares-answer was there more than once"),
        (
            "twice-wrong",
            [],
            "the cell fix-answer was there more than once, and the last that was changed counts",
        ),
        ("missing-check", [], "cells were missing and put back: start, version-question, fix-check"),
        ("missing-answer", ["squares"], "cells were missing and put back: squares-answer"),
        ("loop", ["fix"], "the answer to fix ran longer than 5 seconds"),
        ("output", ["bug"], "the answer to bug printed more than 1 MB"),
        ("reads", ["version"], f"tried to read {EXAMPLE.name}, which belongs to the grading"),
        ("cut", list(RIGHT), "the file is no notebook: "),
        ("list", list(RIGHT), "the file is no notebook: it has no cells"),
    ],
)
def test_what_is_damaged_is_named_and_costs_no_other_point(
    graded: Graded, name: str, lost: list[str], note: str
) -> None:
    learner = one(graded, name)
    assert learner.notes[0].startswith(note)
    assert points(learner) == {id: 0 if id in lost else worth for id, worth in POINTS["perfect"].items()}


def test_a_learner_who_needs_too_much_memory_loses_that_question_alone(graded: Graded) -> None:
    assert points(one(graded, "memory")) == POINTS["perfect"] | {"bug": 0}
    assert "MemoryError" in one(graded, "memory").results["bug"].reasons[0]


def test_the_register_and_the_report(graded: Graded, tmp_path: Path) -> None:
    rows = {row["learner"]: row for row in csv.DictReader(io.StringIO(table(graded)))}
    assert rows["partly"] == {
        "learner": "partly", "version": "0", "leaf": "1", "outcome": "0", "edge": "1", "squares": "0", "fix": "1",
        "bug": "1", "points": "4", "of": "9", "remarks": "",
    }  # fmt: skip
    text = report(graded)
    assert "- **loop**: the answer to fix ran longer than 5 seconds" in text
    assert "### partly: 4 of 9" in text
    written = write_report(graded, tmp_path / "out")
    assert [path.name for path in written] == list(NAMES)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(NAMES)
    assert json.loads((tmp_path / "out" / "grades.json").read_text())["questions"] == {
        id: float(worth) for id, worth in POINTS["perfect"].items()
    }


def test_what_learners_write_is_no_markup_and_no_formula(graded: Graded) -> None:
    evil = Learner("=cmd|calc", Path("x"), copy.deepcopy(one(graded, "wrong").results), ["<script>"])
    evil.results["leaf"].reasons = ["| <b>*bold*</b>\n# heading"]
    bad = Graded("set", graded.questions, [evil])
    assert "'=cmd|calc" in table(bad)
    assert "<script>" not in report(bad)
    assert r"\| \<b\>\*bold\*\</b\> \# heading" in report(bad)


def test_a_folder_without_notebooks_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(Refused, match="no notebook was found: name the folder that holds"):
            grade(EXAMPLE, folder)

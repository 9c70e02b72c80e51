"""The notebooks that a set makes."""

from __future__ import annotations

import json
import re

import nbformat
import pytest
from nbformat import NotebookNode

from exercises.sets import CHECK, EXERCISE, example, made
from minigrad_widgets.exercises.notebooks import learner_notebook, nbgrader_notebook, solution_notebook
from minigrad_widgets.exercises.otter import otter_notebook
from minigrad_widgets.exercises.sealing import unseal

MAKERS = [learner_notebook, nbgrader_notebook, otter_notebook, solution_notebook]


def sources(notebook: NotebookNode) -> str:
    return "\n".join(cell.source for cell in notebook.cells)


def notes(notebook: NotebookNode) -> dict:
    return unseal(re.search(r'notes="([^"]+)"', sources(notebook))[1])


@pytest.mark.parametrize("make", MAKERS)
def test_the_same_text_gives_the_same_sound_notebook(make) -> None:
    first, second = make(example()), make(example())
    assert nbformat.writes(first) == nbformat.writes(second)
    nbformat.validate(first)
    ids = [cell.id for cell in first.cells]
    assert len(set(ids)) == len(ids)
    assert all(not cell.get("outputs") for cell in first.cells)


@pytest.mark.parametrize("make", [learner_notebook])
def test_a_learner_finds_no_solution_no_hidden_test_and_no_key(make) -> None:
    text = sources(make(example()))
    for secret in (
        "loss = (b * b).mean()\nloss.backward()\nb[0]",
        "gradients",
        '"clone" not in',
        "SOLUTION",
        "HIDDEN",
    ):
        assert secret not in text
    assert text.count(", ...)") == 4


def test_the_solution_shows_after_passing_and_only_where_learners_work_by_themselves() -> None:
    assert "b[0] = 1000.0" in notes(learner_notebook(example()))["solutions"]["fix"]
    assert "solutions" not in notes(nbgrader_notebook(example()))
    assert "solutions" not in notes(otter_notebook(example()))
    kept = made("---\nsolutions: never\n---\n" + EXERCISE + CHECK)
    assert "notes=" not in sources(learner_notebook(kept))


def test_a_check_imports_what_it_names() -> None:
    cells = {cell.id: cell.source for cell in learner_notebook(example()).cells}
    assert cells["squares-check-2"] == (
        "from minigrad_widgets.exercises import check, graph_of\n\n"
        'with check("squares", hidden=1):\n'
        '    assert graph_of(loss).leaves == ("a",)'
    )


def test_a_check_with_nothing_to_see_is_still_a_check() -> None:
    hidden = CHECK.replace("assert", "### BEGIN HIDDEN TESTS\nassert").replace(
        '2)")\n', '2)")\n### END HIDDEN TESTS\n'
    )
    learner = learner_notebook(made(EXERCISE + hidden)).cells[-1].source
    assert learner.endswith('with check("twice", hidden=1):\n    pass')
    source = nbgrader_notebook(made(EXERCISE + hidden)).cells[-1].source
    assert source.endswith(
        '    pass\n    ### BEGIN HIDDEN TESTS\n    assert graph_of(b).matches("mul(a, 2)")\n    ### END HIDDEN TESTS'
    )


def test_nbgrader_has_its_marks() -> None:
    cells = {cell.id: cell for cell in nbgrader_notebook(example()).cells}
    marks = {name: cell.metadata.nbgrader for name, cell in cells.items() if "nbgrader" in cell.metadata}
    assert sum(mark.get("points", 0) for mark in marks.values()) == 9
    assert {(m.grade, m.solution, m.locked) for m in marks.values()} == {
        (False, False, True), (True, False, True), (False, True, False),
    }  # fmt: skip
    assert all(mark.schema_version == 3 and mark.grade_id == name for name, mark in marks.items())
    assert "### BEGIN SOLUTION\nloss" in cells["squares-answer"].source
    assert "### BEGIN HIDDEN TESTS" in cells["fix-check-2"].source


def test_otter_has_a_test_for_every_point() -> None:
    cells = otter_notebook(example()).cells
    raw = [cell.source for cell in cells if cell.cell_type == "raw"]
    points = [
        json.loads(found[1]) for text in raw if (found := re.search(r"^points: (.*)$", text, re.MULTILINE))
    ]
    assert points == [[1.0], [1.0], [1.0], [1.0], [1.0, 0, 1.0], [1.0, 0, 1.0], [1.0]]
    assert sum(cell.source.startswith("# HIDDEN") for cell in cells) == 2


def test_numbers_of_the_learner_are_looked_up_when_it_runs() -> None:
    cells = {cell.id: cell.source for cell in learner_notebook(example()).cells}
    assert 'choice([3.0, 5.0, 7.0], "squares")' in cells["squares-answer"]
    assert "{{ choice([10., 100., 1000.]) }}" in cells["version-question"]
    assert cells["learner"].startswith('learner("")')
    assert "learner" not in {cell.id for cell in learner_notebook(made(EXERCISE + CHECK)).cells}


def test_a_lesson_without_exercises_begins_with_nothing_of_ours() -> None:
    (text, cell) = learner_notebook(made("# Hello\n\n```{code-cell}\nx = 1\n```\n")).cells
    assert (text.source, cell.source) == ("# Hello", "x = 1")

"""Grades everything that was handed in, each notebook in a process of its own, on the author's own checks.

    graded = grade(set_file, folder)
    graded.learners[0].results["fix"].points, .reasons

From a notebook only the learner's own code is taken; questions and checks come from the set, so that a changed or
deleted check changes nothing. A cell that goes over a limit is left out, and the rest is graded without it.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from .building import load
from .faults import Fault, Refused
from .handed_in import HandedIn, Unreadable, found, read_answers
from .notebooks import learner_notebook, question_call
from .problems import Check, Code, Exercise, Predict, ProblemSet
from .running import Limits, Process, Stopped
from .variants import called

_MOST_STOPS = 5  # cells of one notebook that may go over a limit before it is given up


@dataclass
class Result:
    """The points of one exercise, and why they are not more."""

    points: float = 0.0
    worth: float = 0.0
    reasons: list[str] = field(default_factory=list)


@dataclass
class Learner:
    """One notebook. `notes` say what was damaged or repaired, or what went over a limit."""

    learner: str
    path: Path
    results: dict[str, Result]
    notes: list[str] = field(default_factory=list)

    @property
    def points(self) -> float:
        return sum(result.points for result in self.results.values())


@dataclass(frozen=True)
class Graded:
    """A whole set: the questions with what they are worth, and every learner."""

    name: str
    questions: dict[str, float]
    learners: list[Learner]


def grade(
    path: Path,
    folder: Path,
    limits: Limits | None = None,
    jobs: int | None = None,
    protected: Iterable[Path] = (),
) -> Graded:
    """Grades the notebooks in a folder. Raises Refused for a set that cannot be read or a folder without notebooks.

    protected: what notebooks must not read besides the set and what others handed in.
    """
    problems = load(path)
    files = list(found(folder)) if folder.is_dir() else []
    if not files:
        cure = "name the folder that holds <learner>.ipynb or <learner>/…/<any>.ipynb"
        raise Refused([Fault(folder, 1, "no notebook was found", cure)])
    grader = _Grader(problems, limits or Limits(), (path, folder, *protected))
    with ThreadPoolExecutor(jobs or os.cpu_count()) as pool:
        learners = list(pool.map(lambda one: grader.grade(*one), files))
    for one in learners:
        others = [other for other in learners if other.learner == one.learner]
        if len(others) > 1:
            one.notes.append(f"handed in {len(others)} notebooks, this is {one.path.name}")
    return Graded(problems.name, {question.id: question.points for question in problems.questions}, learners)


@dataclass(frozen=True)
class _Step:
    """One thing to run: a cell of the learner's own or of the author's, or a check."""

    source: str
    id: str
    points: float | None = None  # of a check
    label: str = ""  # of a cell of the learner's own


class _Grader:
    def __init__(self, problems: ProblemSet, limits: Limits, protected: Iterable[Path]) -> None:
        self.set, self.limits, self.protected = problems, limits, tuple(protected)
        self.places = {
            (
                cell.metadata.get("minigrad", {}).get("role"),
                cell.metadata.get("minigrad", {}).get("id"),
            ): cell.id
            for cell in learner_notebook(problems).cells
        }

    def grade(self, learner: str, path: Path) -> Learner:
        """One notebook, whatever it is; a fault of our own is told as a note, and stops nobody else's."""
        graded = Learner(learner, path, self._nothing())
        try:
            handed_in = read_answers(path, self.set)
        except Unreadable as reason:
            graded.notes.append(str(reason))
            return graded
        except OSError as error:
            graded.notes.append(f"the file cannot be read: {error.strerror}")
            return graded
        graded.notes += handed_in.notes
        self._run(graded, handed_in)
        return graded

    def _nothing(self) -> dict[str, Result]:
        return {question.id: Result(worth=question.points) for question in self.set.questions}

    def _run(self, graded: Learner, handed_in: HandedIn) -> None:
        steps = self._steps(handed_in)
        skipped: dict[int, str] = {}
        typed = _typed(handed_in.typed)
        while True:
            graded.results = self._nothing()
            with_process = Process(self.limits, typed or graded.learner, protected=self.protected)
            at = 0
            try:
                with with_process as process:
                    for at, step in enumerate(steps):
                        self._step(process, step, skipped.get(at), graded.results)
                break
            except Stopped as reason:
                skipped[at] = str(reason)
                if len(skipped) > _MOST_STOPS:
                    graded.results = self._nothing()
                    graded.notes.append(f"given up after {_MOST_STOPS} cells that went over a limit")
                    break
            finally:
                refused = with_process.refused
        graded.notes += [f"{steps[at].label or steps[at].id} {reason}" for at, reason in skipped.items()]
        graded.notes += refused
        for id, result in graded.results.items():
            if id not in handed_in.answers:
                result.reasons = ["There is no answer: its cell is missing."]

    def _step(self, process: Process, step: _Step, stopped: str | None, results: dict[str, Result]) -> None:
        result = results.get(step.id)
        if stopped is not None:
            error: str | None = f"The cell {stopped}."
        elif step.points is None:
            error = process.run(step.source)
        else:
            error = process.check(step.source, step.id)
        if result is None:
            return
        if step.points is not None and error is None:
            result.points += step.points
        elif error is not None and error not in result.reasons:
            result.reasons.append(error)

    def _steps(self, handed_in: HandedIn) -> list[_Step]:
        """The author's order, with the learner's code in its places."""
        head = (
            f"from minigrad_widgets.exercises import *\nstart({self.set.name!r}, lang={self.set.language!r})"
        )
        steps = [_Step(head, "")]
        for place in ("", "start", "learner"):
            steps += self._between(handed_in, place)
        cells = iter(cell for cell in learner_notebook(self.set).cells if "minigrad" not in cell.metadata)
        plain = [cell.id for cell in cells if cell.cell_type == "code"]
        for item in self.set.items:
            if isinstance(item, Code):
                steps.append(_Step(called(item.source, ""), ""))
                steps += self._between(handed_in, plain.pop(0))
            elif isinstance(item, (Predict, Exercise)):
                steps += self._answer(item, handed_in)
            elif isinstance(item, Check):
                steps.append(_Step(called(item.whole, item.id), item.id, item.points))
                steps += self._between(handed_in, self._place(item))
        return steps

    def _answer(self, item: Predict | Exercise, handed_in: HandedIn) -> list[_Step]:
        steps = []
        given = handed_in.answers.get(item.id, "")
        if isinstance(item, Predict):
            again = question_call(item, "ask_again", f"{self.set.name!r}, ")
            steps.append(_Step(again, ""))
            steps += self._between(handed_in, f"{item.id}-question")
            steps.append(_Step(given, item.id, label=f"the answer to {item.id}"))
            steps += self._between(handed_in, f"{item.id}-answer")
            steps.append(_Step(f'{again}\ncheck("{item.id}")', item.id, item.points))
            return [*steps, *self._between(handed_in, f"{item.id}-check")]
        steps.append(_Step(given, item.id, label=f"the answer to {item.id}"))
        return [*steps, *self._between(handed_in, f"{item.id}-answer")]

    def _place(self, item: Check) -> str:
        return f"{item.id}-check" if item.number == 1 else f"{item.id}-check-{item.number}"

    def _between(self, handed_in: HandedIn, place: str) -> list[_Step]:
        label = f"a cell of the learner's own after {place or 'the beginning'}"
        return [_Step(source, "", label=label) for source in handed_in.between.get(place, ())]


def _typed(source: str) -> str:
    """The name that was typed: learner("ada")."""
    told = re.search(r"learner\(\s*(\"[^\"\n]*\"|'[^'\n]*')\s*\)", source)
    return ast.literal_eval(told[1]).strip() if told else ""

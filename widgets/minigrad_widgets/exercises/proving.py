"""What can be refused only by running: does the solution pass, twice, for every variant; do wrong answers fail.

prove(set, limits)      raises Refused with everything that does not hold
"""

from __future__ import annotations

from collections.abc import Iterator

from .faults import Faults
from .notebooks import learner_notebook, question_call
from .problems import Check, Code, Exercise, Extra, Predict, ProblemSet
from .running import Limits, Process, Stopped
from .variants import called, choices_in

_MOST_VARIANTS = 20


def prove(problems: ProblemSet, limits: Limits | None = None) -> None:
    """Runs a set as its author solved it and as learners get it wrong. Raises Refused."""
    proof = _Proof(problems, limits or Limits())
    proof.leaks()
    for variant in range(_variants(problems)):
        proof.solution(variant)
        if proof.faults.found:
            break  # one variant that fails says it
    if not proof.faults.found:
        for item, wrong in proof.wrong_answers():
            proof.refuses(item, wrong)
    proof.faults.raise_any()


def _variants(problems: ProblemSet) -> int:
    """How many runs have every option of every choice in one of them."""
    sources = [i.program for i in problems.items if isinstance(i, Predict)]
    sources += [i.regions.text() for i in problems.items if isinstance(i, (Exercise, Check))]
    sources += [i.source for i in problems.items if isinstance(i, Code)]
    most = max((len(choice.options) for source in sources for choice in choices_in(source)), default=1)
    return min(most, _MOST_VARIANTS)


class _Proof:
    def __init__(self, problems: ProblemSet, limits: Limits) -> None:
        self.set, self.limits = problems, limits
        self.faults = Faults(problems.path)

    def leaks(self) -> None:
        """What the learner must not find in the notebook, outside of what the exercise itself begins with.

        A single line of code may well stand in another program, too; in the text it would give itself away.
        """
        for item in self.set.items:
            if not isinstance(item, (Exercise, Check)):
                continue
            secret, what = (
                ("SOLUTION", "solution") if isinstance(item, Exercise) else ("HIDDEN TESTS", "hidden test")
            )
            text = called(item.regions.only(secret), item.id)
            for cell in learner_notebook(self.set).cells:
                own = cell.metadata.get("minigrad", {}) == {"role": "answer", "id": item.id}
                short = cell.cell_type == "code" and secret == "SOLUTION" and "\n" not in text.strip()
                if not own and not short and _holds(cell.source, text):
                    start = cell.source.strip().splitlines()[0]
                    cure = f"take it out of what begins with {start[:60]!r}"
                    self.faults.add(item.line, f"the learner can read this {what}", cure)

    def solution(self, variant: int) -> None:
        """The whole set, solved, in one go."""
        try:
            with Process(self.limits, forced=variant) as process:
                process.run(_HEAD.format(name=self.set.name))
                for item in self.set.items:
                    self._solved(process, item)
        except Stopped as reason:
            self.faults.add(1, f"the set {reason}", "make it shorter, or give it more: --seconds, --memory")

    def _solved(self, process: Process, item: object) -> None:
        if isinstance(item, Code):
            error = process.run(called(item.source, ""))
            if item.raises is None and error is not None:
                self.faults.add(
                    item.line, f"this cell stops with {error}", "mend it, or say that it :raises:"
                )
            elif item.raises is not None and not (error or "").startswith(item.raises):
                said = f"with {error}" if error else "without an error"
                self.faults.add(
                    item.line, f"this cell ends {said}, not as :raises: says", "correct one of them"
                )
        elif isinstance(item, Predict):
            again = question_call(item, "ask_again", f"{self.set.name!r}, ")
            error = process.run(_QUESTION.format(again=again, id=item.id))
            if error is not None:
                what = error.partition(": ")[2] if error.startswith("AssertionError") else error
                self.faults.add(item.line, what, "correct the program, or what is asked about it")
        elif isinstance(item, Exercise):
            error = process.run(called(item.solved, item.id))
            if error is not None:
                self.faults.add(item.line, f"the solution stops with {error}", "correct the solution")
        elif isinstance(item, Check):
            self._passes_twice(process, item)

    def _passes_twice(self, process: Process, item: Check) -> None:
        run = _CHECK.format(id=item.id, source=called(item.whole, item.id))
        for time in ("", " a second time"):
            error = process.run(run)
            if error is not None:
                cure = (
                    "a check must leave things as they are: gradients(loss, a=a) asks without calling backward()"
                    if time
                    else "correct the solution or the check"
                )
                self.faults.add(
                    item.line, f"the solution does not pass{time}: {error.partition(': ')[2]}", cure
                )
                return

    def wrong_answers(self) -> Iterator[tuple[Exercise, Extra]]:
        """What must not pass: what the learner starts from, and the wrong answers that the author lists."""
        for item in self.set.items:
            if isinstance(item, Exercise):
                yield item, Extra("", item.line)
                for wrong in self.set.wrong.get(item.id, ()):
                    yield item, wrong

    def refuses(self, exercise: Exercise, wrong: Extra) -> None:
        """One wrong answer, in a process of its own after what comes before it."""
        checks = [check for check in self.set.checks if check.id == exercise.id]
        answer = exercise.answered(wrong.text) if wrong.text else exercise.start
        try:
            with Process(self.limits, forced=0) as process:
                process.run(_HEAD.format(name=self.set.name))
                for item in self.set.items:
                    if item is exercise:
                        break
                    if isinstance(item, Code):
                        process.run(called(item.source, ""))
                    elif isinstance(item, Exercise):
                        process.run(called(item.solved, item.id))
                process.run(called(answer, exercise.id))
                passing = [check for check in checks if self._passes(process, check)]
        except Stopped:
            return  # what does not come to an end does not pass
        if wrong.text and len(passing) == len(checks):
            self.faults.add(wrong.line, "this wrong answer passes", "check for what makes it wrong")
        for check in passing if not wrong.text else ():
            what = "this check passes before the learner has done anything"
            self.faults.add(check.line, what, "check for what the learner has to change")

    def _passes(self, process: Process, check: Check) -> bool:
        return process.run(_CHECK.format(id=check.id, source=called(check.whole, check.id))) is None


_HEAD = "from minigrad_widgets.exercises import *\nstart({name!r})"
_QUESTION = """{again}
from minigrad_widgets.exercises.session import SESSION as _session
from minigrad_widgets.exercises.predictions import fault_of as _fault_of
_asked = _session.questions[{id!r}]
_fault = _fault_of(_asked.program, _asked.ask, _asked.of, _asked.choices)
assert _fault is None, _fault
"""
_CHECK = "run_check({id!r}, {source!r}, globals())"


def _holds(shown: str, text: str) -> bool:
    """Whether a text stands in what is shown, however it is indented."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    there = [line.strip() for line in shown.split("\n") if line.strip()]
    count = len(lines)
    return bool(lines) and any(there[i : i + count] == lines for i in range(len(there) - count + 1))

"""The master notebook of otter-grader: `otter assign` makes of it the learner's notebook and the autograder."""

from __future__ import annotations

import json
import textwrap
from typing import Any

import nbformat
from nbformat import NotebookNode

from .notebooks import MODULE, Maker, question_call
from .problems import Check, Exercise, Predict, ProblemSet
from .variants import called


def otter_notebook(problems: ProblemSet) -> NotebookNode:
    """The master of a set, in the format of otter 6 and 7, with exception-based tests."""
    return _Otter(problems).notebook()


class _Otter(Maker):
    def raw(self, text: str) -> None:
        cell = nbformat.v4.new_raw_cell(text)
        cell["id"] = f"otter-{len(self.cells)}"
        self.cells.append(cell)

    def notebook(self, **metadata: Any) -> NotebookNode:
        name = json.dumps(self.set.name)
        self.raw(f"# ASSIGNMENT CONFIG\nname: {name}\nexport_cell: false\ntests:\n    ok_format: false")
        return super().notebook(**metadata)

    def predict(self, item: Predict) -> None:
        self.begin(item.id, [item.points])
        self.add("code", question_call(item), "question", item.id)
        self.raw("# BEGIN SOLUTION")
        prompt = f'answer("{item.id}", ...)'
        given = f'{MODULE}.session.right_answer("{item.id}")'
        solved = f'# BEGIN SOLUTION NO PROMPT\nimport {MODULE}\nanswer("{item.id}", {given})\n# END SOLUTION'
        self.add("code", f'""" # BEGIN PROMPT\n{prompt}\n""" # END PROMPT\n{solved}', "answer", item.id)
        again = question_call(item, "ask_again", f"{json.dumps(self.set.name)}, ")
        self.tests([(f'from {MODULE} import ask_again, check\n{again}\ncheck("{item.id}")', False)])

    def exercise(self, item: Exercise) -> None:
        checks = [check for check in self.set.checks if check.id == item.id]
        tests = [test for check in checks for test in _tests(check)]
        self.begin(item.id, [points for _, _, points in tests])
        self.raw("# BEGIN SOLUTION")
        # Else otter runs the tests after the whole notebook, when later exercises have taken the names over.
        self.add("code", _answer(item), "answer", item.id, otter={"tests": [item.id]})
        self.tests([(source, hidden) for source, hidden, _ in tests])

    def check(self, item: Check) -> None:
        """It stands in the tests of its exercise; otter wants all of a question together."""

    def begin(self, id: str, points: list[float]) -> None:
        self.raw(f"# BEGIN QUESTION\nname: {json.dumps(id)}\npoints: {json.dumps(points)}")

    def tests(self, tests: list[tuple[str, bool]]) -> None:
        self.raw("# END SOLUTION")
        self.raw("# BEGIN TESTS")
        for number, (source, hidden) in enumerate(tests, 1):
            head = "# HIDDEN\n" if hidden else ""
            body = textwrap.indent(source, "    ") if "'''" not in source else _kept(source)
            self.add("code", f"{head}def test_{number}(env):\n{body}")
        self.raw("# END TESTS")
        self.raw("# END QUESTION")


def _kept(source: str) -> str:
    """Indented, but for what stands in a text over several lines: that is written out in one."""
    opening, program, rest = source.split("'''")
    return textwrap.indent(f"{opening}{program!r}{rest}", "    ")


def _tests(check: Check) -> list[tuple[str, bool, float]]:
    """A check as test cases: source, hidden or not, points. Hidden assertions come with all that is above them, and
    the points are theirs: a visible case that others complete is worth nothing by itself."""

    def test(source: str) -> str:
        call = called(source, check.id)
        return f"from {MODULE} import run_check\nrun_check({check.id!r}, {call!r}, env)"

    if not check.regions.has("HIDDEN TESTS"):
        return [(test(check.whole), False, check.points)]
    hidden: list[Any] = [(test(check.whole), True, check.points)]
    return [(test(check.visible), False, 0), *hidden] if check.visible.strip() else hidden


def _answer(item: Exercise) -> str:
    """What the learner starts from is a prompt, the rest is a solution."""
    lines = []
    for name, text in item.regions.parts:
        indent = text[: len(text) - len(text.lstrip())]
        if name == "SOLUTION":
            prompt = " NO PROMPT" if item.regions.has("START") else ""
            lines.append(f"{indent}# BEGIN SOLUTION{prompt}\n{text}\n{indent}# END SOLUTION")
        elif name == "START":
            lines.append(f'{indent}""" # BEGIN PROMPT\n{text}\n{indent}""" # END PROMPT')
        else:
            lines.append(text)
    return called("\n".join(lines), item.id)

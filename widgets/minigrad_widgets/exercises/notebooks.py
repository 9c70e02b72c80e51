"""The notebooks that a set makes: the learner's, the author's with the solutions, and nbgrader's source.

    learner_notebook(set)     solution_notebook(set)     nbgrader_notebook(set)

The same text gives the same bytes. A cell that belongs to an exercise says so in its metadata, for graders:
{"minigrad": {"role": "answer", "id": "version"}}.
"""

from __future__ import annotations

import ast
import hashlib
import json
import textwrap
from collections import Counter
from collections.abc import Callable
from typing import Any

import nbformat
from nbformat import NotebookNode

from . import __all__ as PUBLIC
from .problems import Check, Code, Exercise, Predict, ProblemSet, Text
from .sealing import seal
from .variants import called

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
MODULE = "minigrad_widgets.exercises"


class Maker:
    """Makes the cells of a set one after the other. The methods differ from one notebook to the next."""

    def __init__(self, problems: ProblemSet) -> None:
        self.set = problems
        self.cells: list[NotebookNode] = []
        self.seen: Counter[str] = Counter()

    def notebook(self, **metadata: Any) -> NotebookNode:
        waiting = bool(self.set.questions)
        for item in self.set.items:
            if waiting and not isinstance(item, Text):
                self.start()
                waiting = False
            make: Callable[[Any], None] = getattr(self, type(item).__name__.lower())
            make(item)
        about = {"kernelspec": KERNEL, "title": self.set.title, "lang": self.set.language, **metadata}
        made = nbformat.v4.new_notebook(cells=self.cells, metadata=about)
        made.nbformat, made.nbformat_minor = 4, 5
        nbformat.validate(made)
        return made

    def add(self, kind: str, source: str, role: str = "", id: str = "", **metadata: Any) -> NotebookNode:
        """One more cell. Its id comes from what it is, so that it stays when others change."""
        name = f"{id}-{role}" if id else role or hashlib.sha256(source.encode()).hexdigest()[:12]
        self.seen[name] += 1
        number = self.seen[name]
        make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}[kind]
        cell = make(source, metadata=metadata)
        cell["id"] = name if role and number == 1 else f"{name}-{number}"
        if role:
            cell.metadata["minigrad"] = {"role": role, **({"id": id} if id else {})}
        self.cells.append(cell)
        return cell

    # ------------------------------------------------------------------ what stands in it

    def notes(self) -> dict[str, Any]:
        """What start() is told, sealed."""
        return {"hints": {id: [hint.text for hint in hints] for id, hints in self.set.hints.items()}}

    def start(self) -> None:
        names = ["answer", "check", "hint", "learner", "question", "solution", "start"]
        if self.set.varies:
            names.append("choice")
        lines = [f"from {MODULE} import {', '.join(sorted(names))}", "", self.start_call()]
        self.add("code", "\n".join(lines), "start")
        if self.set.varies:
            self.add(
                "code",
                'learner("")  # your name or number; on a JupyterHub nothing needs to stand here',
                "learner",
            )

    def start_call(self) -> str:
        settings = [json.dumps(self.set.name)]
        if self.set.language != "en":
            settings.append(f"lang={json.dumps(self.set.language)}")
        notes = {key: value for key, value in self.notes().items() if value}
        if notes:
            settings.append(f"notes={json.dumps(seal(notes))}")
        return f"start({', '.join(settings)})"

    def text(self, item: Text) -> None:
        self.add("markdown", item.text)

    def code(self, item: Code) -> None:
        metadata: dict[str, Any] = {}
        if item.tags:
            metadata["tags"] = list(item.tags)
        if item.raises is not None:
            metadata["raises"] = item.raises
        self.add("code", called(item.source, ""), **metadata)

    def predict(self, item: Predict) -> None:
        self.add("code", question_call(item), "question", item.id)
        self.add("code", self.given(item), "answer", item.id)
        self.add("code", f'from {MODULE} import check\n\ncheck("{item.id}")', "check", item.id)

    def given(self, item: Predict) -> str:
        return f'answer("{item.id}", ...)'

    def exercise(self, item: Exercise) -> None:
        self.add("code", called(item.start, item.id), "answer", item.id)

    def check(self, item: Check) -> None:
        self.add("code", check_cell(item, item.visible), check_role(item), item.id)


class _Learner(Maker):
    def notes(self) -> dict[str, Any]:
        solutions = {q.id: q.regions.only("SOLUTION") for q in self.set.questions if isinstance(q, Exercise)}
        return {**super().notes(), "solutions": solutions if self.set.solutions == "after passing" else {}}


class _Solution(Maker):
    def start(self) -> None:
        super().start()
        self.add("code", f"from {MODULE}.session import right_answer")

    def given(self, item: Predict) -> str:
        return f'answer("{item.id}", right_answer("{item.id}"))'

    def exercise(self, item: Exercise) -> None:
        self.add("code", called(item.solved, item.id), "answer", item.id)

    def check(self, item: Check) -> None:
        self.add("code", check_cell(item, item.whole), check_role(item), item.id)


class _Nbgrader(Maker):
    """nbgrader's source. Cells that learners must not change are locked, so nbgrader puts them back; a cell with
    code to start from is left to the learner, because nbgrader cannot hold a solution beside it."""

    def mark(self, cell: NotebookNode, **facts: Any) -> None:
        minigrad = cell.metadata["minigrad"]
        grade_id = "-".join(filter(None, (minigrad.get("id"), minigrad["role"])))
        cell.metadata["nbgrader"] = {
            "schema_version": 3, "grade_id": grade_id, "grade": False, "solution": False, "task": False,
            "locked": True, **facts,
        }  # fmt: skip

    def start(self) -> None:
        super().start()
        self.mark(next(cell for cell in self.cells if cell.id == "start"))

    def predict(self, item: Predict) -> None:
        super().predict(item)
        question, _, check = self.cells[-3:]
        self.mark(question)
        self.mark(check, grade=True, points=item.points)

    def exercise(self, item: Exercise) -> None:
        if item.regions.has("START"):
            super().exercise(item)
            return
        source = item.regions.put("SOLUTION", _between("SOLUTION", item.regions.only("SOLUTION")))
        self.mark(self.add("code", called(source, item.id), "answer", item.id), solution=True, locked=False)

    def check(self, item: Check) -> None:
        parts = [
            _between(name, text) if name else text for name, text in item.regions.parts
        ]  # fmt: skip
        cell = self.add("code", check_cell(item, "\n".join(parts)), check_role(item), item.id)
        self.mark(cell, grade=True, points=item.points)


def learner_notebook(problems: ProblemSet, **metadata: Any) -> NotebookNode:
    """For learners to work in by themselves. metadata: more of the notebook's own."""
    return _Learner(problems).notebook(**metadata)


def solution_notebook(problems: ProblemSet) -> NotebookNode:
    """For the author: solved, with every check."""
    return _Solution(problems).notebook()


def nbgrader_notebook(problems: ProblemSet) -> NotebookNode:
    """source/<set>/<set>.ipynb of nbgrader 0.9."""
    return _Nbgrader(problems).notebook()


def question_call(item: Predict, name: str = "question", first: str = "") -> str:
    """The call that puts a question. first: arguments before the id."""
    settings = []
    if item.ask != "value":
        settings.append(f'ask="{item.ask}"')
    if item.of:
        settings.append(f'of="{item.of}"')
    if item.choices:
        settings.append(f"choices={list(item.choices)!r}")
    tail = "".join(f", {setting}" for setting in settings)
    program = item.program
    text = f"'''\n{program}\n'''" if "'''" not in program and "\\" not in program else repr(program)
    return f'{name}({first}"{item.id}", {text}{tail})'


def check_role(item: Check) -> str:
    return "check" if item.number == 1 else f"check-{item.number}"


def check_cell(item: Check, body: str) -> str:
    """The cell of a check: it imports what it names itself, so that nothing above it can stand in for that."""
    hidden = _assertions(item.whole) - _assertions(item.visible)
    source = called(body, item.id)
    used = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    names = sorted({"check", *used & set(PUBLIC)})
    call = f'check("{item.id}", hidden={hidden})' if hidden else f'check("{item.id}")'
    if not item.visible.strip():
        source = f"pass\n{source}".rstrip()
    return f"from {MODULE} import {', '.join(names)}\n\nwith {call}:\n{textwrap.indent(source, '    ')}"


def _assertions(source: str) -> int:
    tree = ast.parse(called(source, "x"))
    return sum(isinstance(node, (ast.Assert, ast.Raise)) for node in ast.walk(tree))


def _between(name: str, text: str) -> str:
    indent = text[: len(text) - len(text.lstrip())]
    return f"{indent}### BEGIN {name}\n{text}\n{indent}### END {name}"

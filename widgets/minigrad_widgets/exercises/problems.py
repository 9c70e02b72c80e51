"""What an author's text asks for: its cells and exercises, with everything that can be refused by reading.

    set_of(read(path)) -> ProblemSet

A lesson without exercises is a set, too. What can be refused only by running it is in proving.py.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from .faults import Faults
from .options import Settings, expect_keys
from .predictions import ASKS, NEEDS_NAME, NEEDS_VALUE
from .regions import Regions, regions
from .text import Block, Document
from .variants import choices_in

LANGUAGES = ("en", "zh")
ENGINES = ("minigrad", "torch")
SOLUTIONS = ("after passing", "never")
KINDS = ("build", "fix", "bug")
STUB = "# YOUR CODE HERE\nraise NotImplementedError()"  # what nbgrader puts there, too

_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_HEAD = ("title", "lang", "engine", "solutions")
_CELLS = ("predict", "exercise", "check")


@dataclass(frozen=True, slots=True)
class Text:
    """Markdown."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Code:
    """A cell that is only run. `raises`: the beginning of the error that it must raise."""

    source: str
    line: int
    tags: tuple[str, ...] = ()
    raises: str | None = None


@dataclass(frozen=True, slots=True)
class Predict:
    """A program, and a question about what it does. The engine has the answer; the text has none."""

    id: str
    points: float
    program: str
    line: int
    ask: str = "value"
    of: str | None = None
    choices: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Exercise:
    """A cell that the learner writes or mends. `kind` is one of KINDS."""

    id: str
    points: float
    regions: Regions
    line: int
    kind: str = "build"

    @property
    def start(self) -> str:
        """What the learner finds in the cell."""
        if self.regions.has("START"):
            return self.regions.without("SOLUTION")
        return self.regions.put("SOLUTION", STUB)

    @property
    def solved(self) -> str:
        """The cell with the author's solution."""
        return self.regions.without("START")

    def answered(self, text: str) -> str:
        """The cell with another answer in place of the solution."""
        return self.regions.put("SOLUTION", text, without="START")


@dataclass(frozen=True, slots=True)
class Check:
    """Code that raises unless the exercise `id` is done. `number` counts those of one exercise, from 1 on."""

    id: str
    number: int
    points: float
    regions: Regions
    line: int

    @property
    def visible(self) -> str:
        return self.regions.without("HIDDEN TESTS")

    @property
    def whole(self) -> str:
        return self.regions.text()


Item: TypeAlias = Text | Code | Predict | Exercise | Check


@dataclass(frozen=True, slots=True)
class Extra:
    """A hint, or a wrong answer that the checks must refuse."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class ProblemSet:
    """One lesson or problem set. `hints` and `wrong` are by the exercise's id."""

    path: Path
    title: str
    language: str
    engine: str
    solutions: str
    items: tuple[Item, ...]
    hints: dict[str, tuple[Extra, ...]] = field(default_factory=dict)
    wrong: dict[str, tuple[Extra, ...]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def questions(self) -> tuple[Predict | Exercise, ...]:
        return tuple(item for item in self.items if isinstance(item, (Predict, Exercise)))

    @property
    def checks(self) -> tuple[Check, ...]:
        return tuple(item for item in self.items if isinstance(item, Check))

    @property
    def varies(self) -> bool:
        """Whether it differs from learner to learner."""
        sources = [i.program for i in self.items if isinstance(i, Predict)]
        sources += [i.regions.text() for i in self.items if isinstance(i, (Exercise, Check))]
        sources += [i.source for i in self.items if isinstance(i, Code)]
        return any(choices_in(source) for source in sources)


def set_of(document: Document) -> ProblemSet:
    """What a document asks for. Raises Refused with everything that is wrong in it."""
    reader = _Reader(document)
    found = reader.read()
    reader.faults.raise_any()
    return found


class _Reader:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.faults = Faults(document.path)
        self.items: list[Item] = []
        self.lines: dict[str, int] = {}  # of the exercises' ids
        self.extras: dict[str, list[tuple[str, Extra]]] = {"hint": [], "wrong": []}
        self.points: dict[str, list[tuple[float | None, Block]]] = {}

    def read(self) -> ProblemSet:
        head = Settings(self.document.head, 1, self.faults)
        expect_keys(self.document.head, _HEAD, self.faults)
        for block in self.document.blocks:
            if block.kind == "markdown":
                self._text(block)
            elif block.kind == "code-cell":
                self._cell(block)
            else:
                self.extras[block.kind].append((block.argument, Extra(block.text, block.line)))
                self._not_empty(block)
        self._finish()
        return ProblemSet(
            self.document.path,
            head.text("title", self.document.path.stem),
            head.one_of("lang", LANGUAGES),
            head.one_of("engine", ENGINES),
            head.one_of("solutions", SOLUTIONS),
            tuple(self.items),
            self._by_exercise("hint"),
            self._by_exercise("wrong"),
        )

    def _text(self, block: Block) -> None:
        for offset, line in enumerate(block.text.split("\n")):
            if "{{" in line and "choice" in line:
                cure = "a learner's number can be had in cells; name it in a cell, and speak of the name"
                self.faults.add(block.first + offset, "{{ choice(…) }} in the text", cure)
        self.items.append(Text(block.text, block.line))

    def _cell(self, block: Block) -> None:
        kinds = [kind for kind in _CELLS if kind in block.options]
        if len(kinds) > 1:
            self.faults.add(
                block.line, f"a cell is one thing, not {' and '.join(kinds)}", "part it in two cells"
            )
            return
        if not kinds:
            self._code(block)
            return
        option = block.options[kinds[0]]
        expect_keys(block.options, (kinds[0],), self.faults)
        if not isinstance(option.value, dict):
            example = "{for: fix}" if kinds[0] == "check" else "{id: version, points: 1}"
            self.faults.add(option.line, f":{kinds[0]}: needs its settings", f"write :{kinds[0]}: {example}")
            return
        settings = Settings.of(option, self.faults)
        self._not_empty(block)
        self._variants(block)
        getattr(self, f"_{kinds[0]}")(block, settings)

    def _code(self, block: Block) -> None:
        expect_keys(block.options, ("tags", "raises"), self.faults)
        settings = Settings(block.options, block.line, self.faults)
        tags = settings.get("tags", [])
        if not (isinstance(tags, list) and all(isinstance(tag, str) for tag in tags)):
            self.faults.add(
                settings.line("tags"), f":tags: {tags!r} is no list of texts", "write :tags: [a-tag]"
            )
            tags = []
        raises = settings.text("raises", None)
        if (raises is not None) != ("raises-exception" in tags):
            cure = "write both :tags: [raises-exception] and :raises: with the beginning of the error"
            self.faults.add(block.line, "a cell that raises must say so twice", cure)
        self._variants(block)
        self.items.append(Code(block.text, block.line, tuple(tags), raises))

    def _predict(self, block: Block, settings: Settings) -> None:
        settings.expect(("id", "points", "ask", "of", "choices"))
        ask, of = settings.one_of("ask", ASKS), settings.text("of", None)
        if ask in NEEDS_NAME and not (of and of.isidentifier()):
            cure = f"say of which name, as in {{ask: {ask}, of: b}}"
            self.faults.add(settings.line("ask"), f"ask: {ask} asks about a tensor", cure)
        if ask not in NEEDS_NAME and of is not None:
            self.faults.add(settings.line("of"), f"ask: {ask} asks about no name", "take `of` out")
        choices = settings.get("choices", [])
        if not isinstance(choices, list) or len(choices) == 1:
            self.faults.add(settings.line("choices"), f"choices {choices!r}", "give a list of two or more")
            choices = []
        elif len({repr(choice) for choice in choices}) < len(choices):
            self.faults.add(settings.line("choices"), "two choices are the same", "give each once")
        tree = self._syntax(block, block.text)
        if ask in NEEDS_VALUE and tree and not (tree.body and isinstance(tree.body[-1], ast.Expr)):
            cure = "end the program with an expression, or ask for something else: prints, version, leaf, …"
            self.faults.add(
                block.first + block.text.count("\n"), "the last line has no value to ask for", cure
            )
        id, points = self._id(settings), settings.number("points", 1.0)
        self.items.append(Predict(id, points, block.text, block.line, ask, of, tuple(choices)))

    def _exercise(self, block: Block, settings: Settings) -> None:
        settings.expect(("id", "points", "kind"))
        cell = regions(block.text, block.first, ("SOLUTION", "START"), self.faults)
        if not cell.has("SOLUTION"):
            cure = "put it between ### BEGIN SOLUTION and ### END SOLUTION"
            self.faults.add(block.line, "an exercise without a solution", cure)
        kind = settings.one_of("kind", KINDS)
        if kind != "build" and not cell.has("START") and not cell.outside():
            cure = "put the broken program between ### BEGIN START and ### END START"
            self.faults.add(block.line, f"kind: {kind} gives the learner nothing to start from", cure)
        exercise = Exercise(self._id(settings), settings.number("points", 1.0), cell, block.line, kind)
        self._syntax(block, exercise.solved)
        self._syntax(block, exercise.start)
        self.items.append(exercise)

    def _check(self, block: Block, settings: Settings) -> None:
        settings.expect(("for", "points"))
        of = settings.text("for", None)
        exercise = next((i for i in self.items if isinstance(i, Exercise) and i.id == of), None)
        if exercise is None:
            cure = "a check stands below its exercise; write {for: the exercise's id}"
            self.faults.add(settings.line("for"), f"no exercise {of!r} above this check", cure)
            return
        cell = regions(block.text, block.first, ("HIDDEN TESTS",), self.faults)
        tree = self._syntax(block, block.text)
        if tree and not any(isinstance(node, (ast.Assert, ast.Raise)) for node in ast.walk(tree)):
            self.faults.add(block.line, "this check cannot fail", "assert something in it")
        for node in ast.walk(tree) if tree else ():
            if isinstance(node, (ast.Constant, ast.JoinedStr)) and node.lineno != node.end_lineno:
                cure = "the check will be indented, and the text with it: write it in one line"
                self.faults.add(block.first + node.lineno - 1, "a text over several lines", cure)
        if tree and tree.body and isinstance(tree.body[-1], ast.Expr):
            cure = "nbgrader takes the value of the last line for points: end with an assert"
            self.faults.add(block.first + tree.body[-1].lineno - 1, "the check ends in a value", cure)
        checks = self.points.setdefault(exercise.id, [])
        points = settings.number("points", None)
        checks.append((points, block))
        self.items.append(Check(exercise.id, len(checks), points or 0.0, cell, block.line))

    # ------------------------------------------------------------------ what several need

    def _id(self, settings: Settings) -> str:
        id = settings.text("id", None)
        if id is None or not _ID.fullmatch(id):
            cure = "write a letter, then letters, digits, - or _"
            self.faults.add(settings.line("id"), f"id {id!r} is no name", cure)
            return ""
        if id in self.lines:
            cure = f"line {self.lines[id]} has it already; give each exercise its own"
            self.faults.add(settings.line("id"), f"a second id {id!r}", cure)
        self.lines.setdefault(id, settings.line("id"))
        return id

    def _not_empty(self, block: Block) -> None:
        if not block.text:
            self.faults.add(
                block.line, f"this {block.kind} is empty", "write something into it, or take it out"
            )

    def _syntax(self, block: Block, source: str) -> ast.Module | None:
        try:
            return ast.parse(re.sub(r"\{\{.*?\}\}", lambda found: "0" * len(found[0]), source))
        except SyntaxError as error:
            line = block.first + min((error.lineno or 1) - 1, block.text.count("\n"))
            self.faults.add(line, f"no Python: {error.msg}", "mend the code; magics (%, !) cannot be graded")
            return None

    def _variants(self, block: Block) -> None:
        try:
            choices_in(block.text)
        except ValueError as error:
            offset, text = error.args
            cure = "write {{ choice([1., 2.]) }}, a list of numbers or texts"
            self.faults.add(block.first + offset, f"{text} is no choice", cure)

    def _by_exercise(self, kind: str) -> dict[str, tuple[Extra, ...]]:
        found: dict[str, tuple[Extra, ...]] = {}
        exercises = {i.id for i in self.items if isinstance(i, Exercise)}
        for id, extra in self.extras[kind]:
            if id not in self.lines or (kind == "wrong" and id not in exercises):
                there = ", ".join(sorted(exercises if kind == "wrong" else self.lines)) or "none"
                cure = f"name one that there is: {there}"
                self.faults.add(extra.line, f"{{{kind}}} for {id!r}, which is no exercise", cure)
            found[id] = (*found.get(id, ()), extra)
        return found

    def _finish(self) -> None:
        """What holds of each exercise and its checks together."""
        for item in self.items:
            if not isinstance(item, Exercise) or not item.id:
                continue
            checks = self.points.get(item.id, [])
            if not checks:
                cure = f"add a cell with :check: {{for: {item.id}}} below it"
                self.faults.add(item.line, f"nothing checks {item.id!r}", cure)
            elif len(checks) == 1 and checks[0][0] is None:
                self._share(item.id, [item.points])
            elif any(points is None for points, _ in checks):
                cure = "say in each what it is worth, as in {for: fix, points: 1}"
                self.faults.add(item.line, f"{item.id!r} has several checks", cure)
            elif sum(points or 0 for points, _ in checks) != item.points:
                total = sum(points or 0 for points, _ in checks)
                cure = "make the sum of the checks the points of the exercise"
                self.faults.add(item.line, f"{item.id!r}: {item.points:g} points, its checks {total:g}", cure)

    def _share(self, id: str, points: list[float]) -> None:
        worth = iter(points)
        self.items = [
            Check(i.id, i.number, next(worth), i.regions, i.line)
            if isinstance(i, Check) and i.id == id
            else i
            for i in self.items
        ]

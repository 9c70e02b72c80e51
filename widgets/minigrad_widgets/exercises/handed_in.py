"""What learners hand in, whatever state it is in: found, read, and put back into the order of the set.

found(folder)               (learner, file) of every notebook
read_answers(file, set)     the learner's cells by their place, and what had to be repaired
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .notebooks import learner_notebook
from .problems import ProblemSet

MOST_BYTES = 50_000_000

_ANSWER = re.compile(r"^\s*answer\(\s*[\"']([\w-]+)[\"']", re.MULTILINE)


class Unreadable(Exception):
    """A file is no notebook; says why."""


@dataclass
class HandedIn:
    """The code of one notebook by its place in the set.

    `answers`: of the cells with an answer, by exercise. `between`: cells of the learner's own after the one of that
    id in the author's order; "" is before the first. `typed`: the cell that names the learner.
    """

    answers: dict[str, str] = field(default_factory=dict)
    between: dict[str, list[str]] = field(default_factory=dict)
    typed: str = ""
    notes: list[str] = field(default_factory=list)


def found(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every notebook below a folder, as <learner>.ipynb or <learner>/…/<any>.ipynb."""
    for path in sorted(folder.rglob("*.ipynb")):
        inside = path.relative_to(folder)
        if ".ipynb_checkpoints" not in inside.parts:
            yield (inside.parts[0] if len(inside.parts) > 1 else inside.stem), path


def read_answers(path: Path, problems: ProblemSet) -> HandedIn:
    """What a notebook answers. Raises Unreadable."""
    return _Sorter(problems).sort(_cells(path))


def _cells(path: Path) -> list[dict[str, Any]]:
    """The cells of a file, however old or odd: each a dictionary with a text as source."""
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise Unreadable(f"the file has {size / 1e6:.0f} MB: clear the outputs in it, and hand it in again")
    try:
        data = json.loads(path.read_bytes())
        cells = data["cells"]
        return [{**cell, "source": _source(cell)} for cell in cells]
    except json.JSONDecodeError as error:
        raise Unreadable(f"the file is no notebook: {error.msg} in line {error.lineno}") from None
    except UnicodeDecodeError:
        raise Unreadable("the file is no notebook: it is no text") from None
    except (KeyError, TypeError, AttributeError, RecursionError):
        raise Unreadable("the file is no notebook: it has no cells") from None


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(map(str, source))


class _Sorter:
    """Tells the learner's own code from the author's, which is taken from the set in any case."""

    def __init__(self, problems: ProblemSet) -> None:
        cells = learner_notebook(problems).cells
        self.code = [cell for cell in cells if cell.cell_type == "code"]
        self.original = {cell.id: cell.source for cell in self.code}
        self.by_role = {_role(cell): cell.id for cell in self.code if _role(cell) != ("", "")}
        self.answers = {cell.id: _role(cell)[1] for cell in self.code if _role(cell)[0] == "answer"}
        self.found = HandedIn()
        self.given: dict[str, list[str]] = {}

    def sort(self, cells: list[dict[str, Any]]) -> HandedIn:
        last, seen = "", set[str]()
        twice: list[str] = []
        for cell in cells:
            if cell.get("cell_type") != "code":
                continue
            place = self._place(cell)
            if place is None:
                self.found.between.setdefault(last, []).append(cell["source"])
                continue
            if place in seen:
                twice.append(place)
            seen.add(place)
            last = place
            self._keep(place, cell["source"])
        self._choose(twice)
        missing = [name for name in self.original if name not in seen and not self._own(name)]
        if missing:
            self.found.notes.append(f"cells were missing and put back: {', '.join(missing)}")
        return self.found

    def _place(self, cell: dict[str, Any]) -> str | None:
        """Which cell of the author's it is, by what it says of itself, by its id, by its text; None if none."""
        place = self.by_role.get(_role(cell)) or cell.get("id")
        if place not in self.original:
            told = _ANSWER.search(cell["source"])
            place = self.by_role.get(("answer", told[1])) if told else None
        if place is None:
            place = next((name for name, text in self.original.items() if text == cell["source"]), None)
        return place

    def _own(self, place: str) -> bool:
        return place in self.answers and place in self.given

    def _keep(self, place: str, source: str) -> None:
        if place in self.answers:
            self.given.setdefault(place, []).append(source)
        elif place == "learner":
            self.found.typed = source
        elif source.strip() != self.original[place].strip() and _role_of(self.code, place) == ("", ""):
            # The author's cell runs as it was written, then what the learner made of it.
            self.found.between.setdefault(place, []).append(source)

    def _choose(self, twice: list[str]) -> None:
        """Of several cells for one answer the last that was changed."""
        for place, sources in self.given.items():
            changed = [source for source in sources if source.strip() != self.original[place].strip()]
            self.found.answers[self.answers[place]] = (changed or sources)[-1]
        for place in dict.fromkeys(twice):
            differ = len({source.strip() for source in self.given.get(place, [])}) > 1
            which = ", and the last that was changed counts" if differ else ""
            self.found.notes.append(f"the cell {place} was there more than once{which}")


def _role(cell: Any) -> tuple[str, str]:
    metadata = cell.get("metadata")
    minigrad = metadata.get("minigrad") if isinstance(metadata, dict) else None
    if not isinstance(minigrad, dict):
        return ("", "")
    return str(minigrad.get("role", "")), str(minigrad.get("id", ""))


def _role_of(cells: list[Any], name: str) -> tuple[str, str]:
    return next(_role(cell) for cell in cells if cell.id == name)

"""Parts of a cell between `### BEGIN …` and `### END …`, the marks that nbgrader has, and START, our own."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass

from .faults import Faults

_MARK = re.compile(r"\s*#+\s*(BEGIN|END)\s+(.+?)\s*$")
_OURS = ("SOLUTION", "START", "HIDDEN TESTS")


@dataclass(frozen=True, slots=True)
class Regions:
    """A cell as (name of the region or "", its text), in order."""

    parts: tuple[tuple[str, str], ...]

    def has(self, name: str) -> bool:
        return any(part == name for part, _ in self.parts)

    def outside(self) -> str:
        return self.only("")

    def only(self, name: str) -> str:
        return "\n".join(text for part, text in self.parts if part == name)

    def without(self, name: str) -> str:
        return "\n".join(text for part, text in self.parts if part != name)

    def text(self) -> str:
        """All of it, without the marks."""
        return "\n".join(text for _, text in self.parts)

    def put(self, name: str, instead: str, without: str | None = None) -> str:
        """The text with the first region of that name replaced, indented as it was, and its others left out."""
        found, done = [], False
        for part, text in self.parts:
            if part not in (name, without):
                found.append(text)
            elif part == name and not done:
                found.append(textwrap.indent(instead, text[: len(text) - len(text.lstrip())]))
                done = True
        return "\n".join(found)


def regions(text: str, first: int, allowed: tuple[str, ...], faults: Faults) -> Regions:
    """The parts of a cell. first: the line of its first line; what is wrong with the marks becomes a fault."""
    parts: list[tuple[str, str]] = []
    name, opened, lines = "", first, list[str]()

    def close() -> None:
        if lines:
            parts.append((name, "\n".join(lines)))
            lines.clear()

    for line, content in enumerate(text.split("\n"), first):
        mark = _MARK.match(content)
        if not mark or mark[2] not in _OURS:
            lines.append(content)
        elif mark[2] not in allowed:
            cure = f"here may stand {', '.join(allowed)}"
            faults.add(line, f"a region {mark[2]} in a cell that has none", cure)
        elif mark[1] == "BEGIN":
            if name:
                faults.add(line, f"BEGIN {mark[2]} inside {name}", f"close that of line {opened} first")
            close()
            name, opened = mark[2], line
        else:
            if mark[2] != name:
                cure = f"open it with ### BEGIN {mark[2]}"
                faults.add(line, f"END {mark[2]} where none was begun", cure)
            close()
            name = ""
    if name:
        faults.add(opened, f"BEGIN {name} does not end", f"close it with ### END {name}")
    close()
    return Regions(tuple(parts))

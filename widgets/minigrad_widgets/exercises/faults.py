"""What is wrong with an author's text: each fault names its place and its cure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, in a line of a file, and what to do about it."""

    file: Path
    line: int
    what: str
    cure: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}: {self.cure}"


class Refused(Exception):
    """The text cannot be used. `faults` says why, in the order of the lines."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(faults, key=lambda fault: (str(fault.file), fault.line))
        super().__init__("\n".join(map(str, self.faults)))


class Faults:
    """Collects the faults of one file, so that an author sees all of them at once."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.found: list[Fault] = []

    def add(self, line: int, what: str, cure: str) -> None:
        self.found.append(Fault(self.file, line, what, cure))

    def raise_any(self) -> None:
        """Raises Refused if there was any."""
        if self.found:
            raise Refused(self.found)

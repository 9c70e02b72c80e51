"""The settings that an author gives, read with their lines."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from .faults import Faults
from .text import Option


def expect_keys(options: Mapping[str, Option], known: Iterable[str], faults: Faults) -> None:
    """Adds a fault for each key that means nothing here."""
    known = tuple(known)
    for key, option in options.items():
        if key not in known:
            close = difflib.get_close_matches(str(key), known, 1)
            cure = f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}"
            faults.add(option.line, f"{key} means nothing here", cure)


class Settings:
    """Reads values by key; what is wrong with one becomes a fault, and its default is taken."""

    def __init__(self, options: Mapping[str, Option], line: int, faults: Faults) -> None:
        self.options, self.place, self.faults = options, line, faults

    @classmethod
    def of(cls, option: Option, faults: Faults) -> Settings:
        """The settings inside one option: `{id: version, points: 1}`."""
        return cls({str(k): Option(v, option.line) for k, v in option.value.items()}, option.line, faults)

    def expect(self, known: Iterable[str]) -> None:
        expect_keys(self.options, known, self.faults)

    def line(self, key: str) -> int:
        return self.options[key].line if key in self.options else self.place

    def get(self, key: str, default: Any) -> Any:
        return self.options[key].value if key in self.options else default

    def text(self, key: str, default: Any) -> Any:
        value = self.get(key, default)
        if value is default or (isinstance(value, str) and value.strip()):
            return value
        self.faults.add(self.line(key), f"{key}: {value!r} is no text", "put it in quotes")
        return default

    def number(self, key: str, default: Any) -> Any:
        value = self.get(key, default)
        if value is default:
            return value
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e6:
            self.faults.add(self.line(key), f"{key}: {value!r} is no number of points", "write 0 or more")
            return default
        return float(value)

    def one_of(self, key: str, known: tuple[str, ...]) -> str:
        """The first is the default."""
        value = self.get(key, known[0])
        if value not in known:
            self.faults.add(self.line(key), f"{key}: {value!r}", f"there are {', '.join(known)}")
            return known[0]
        return value

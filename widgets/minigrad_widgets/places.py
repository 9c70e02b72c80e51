"""Where in the learner's code are we? Code objects and instruction offsets -> cell and line, quickly.

`frame.f_lineno` searches a table from its beginning, which is slow in a long cell; here the table of a code
object is spread out once, and a line is one look into a list.
"""

from __future__ import annotations

import linecache
import os
from collections.abc import Callable
from types import CodeType

from .statements import names_by_line

Lines = list[int]  # the line of each instruction


class Places:
    """The cells by their file names, the lines of their code, and the names that their lines assign."""

    def __init__(self, new_cell: Callable[[str, str], int]) -> None:
        """new_cell(label, source): called for code that belongs to no cell that was begun."""
        self._new_cell = new_cell
        self._cells: dict[str, int] = {}  # file name -> cell
        self._tables: dict[int, tuple[CodeType, Lines, int]] = {}  # by id of the code, which is kept alive
        self.current = ""  # the file name of the cell that runs
        self.current_cell = 0
        self._last_line = 1
        self._names: dict[int, tuple[tuple[int, str], ...]] = {}
        self._naming_lines: list[int] = []

    def begin(self, cell: int, source: str, filename: str) -> None:
        """A cell begins, whose code has this file name."""
        self._cells[filename] = cell
        self.current = filename
        self.current_cell = cell
        self._tables.clear()
        self._last_line = max(1, len(source.rstrip().splitlines()))
        self._names = {line: tuple((line, n) for n in names) for line, names in names_by_line(source).items()}
        self._naming_lines = sorted(self._names)

    def table(self, code: CodeType) -> tuple[CodeType, Lines, int]:
        """The code, the line of each of its instructions (at offset // 2), its cell."""
        found = self._tables.get(id(code))
        if found is None:
            lines = [code.co_firstlineno] * (len(code.co_code) // 2 + 1)
            for start, end, line in code.co_lines():
                if line is not None:
                    lines[start // 2 : end // 2] = [line] * (end // 2 - start // 2)
            found = self._tables[id(code)] = (code, lines, self._cell(code.co_filename))
        return found

    def _cell(self, filename: str) -> int:
        cell = self._cells.get(filename)
        if cell is None:
            source = "".join(linecache.getlines(filename))
            cell = self._cells[filename] = self._new_cell(os.path.basename(filename), source)
        return cell

    def names_between(self, last: int, now: int) -> tuple[tuple[int, str], ...]:
        """The names, with their lines, that may have been assigned since something happened on line `last`.

        Where the code went back, in a loop, that is any name of the cell.
        """
        if now == last + 1:
            return self._names.get(last, ())
        if now > last:
            lines = [line for line in self._naming_lines if last <= line < now]
        else:
            lines = self._naming_lines
        return tuple(pair for line in lines for pair in self._names[line])

    def line_of(self, name: str) -> tuple[int, int] | None:
        """Where the cell assigns a name for the last time; where it does not, the cell's last line."""
        if not self.current:
            return None
        lines = [line for line in self._naming_lines if any(n == name for _, n in self._names[line])]
        return self.current_cell, lines[-1] if lines else self._last_line

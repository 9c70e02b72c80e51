"""Which line of the learner's code runs now, and which names did it assign on the way there?

This is asked once an op, so it has to be quick. `frame.f_lineno` searches a table from its beginning, which is
slow in a long cell; here the table of a code object is spread out once, and a place is one look into a list.
"""

from __future__ import annotations

import linecache
import os
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from inspect import CO_OPTIMIZED
from itertools import repeat
from sys import _getframe
from types import CodeType, FrameType
from typing import Any

from .statements import names_by_line
from .trace import Place

Spot = tuple[int, int] | None  # cell and line
Spots = list[Spot]  # one for each instruction of a code object, at its offset // 2
Names = tuple[tuple[str, Spot], ...]  # names, and where they are assigned

_MOST_TABLES = 200  # of how many code objects: exec() in a loop makes a new one each time
_MOST_CELLS = 1000  # of how many cells it is known which code is theirs
MOST_LOOKUPS = 32  # how often in a loop names are looked up; after that only when the cell has ended


def place_of(spot: Spot) -> Place | None:
    """As a trace has it."""
    return None if spot is None else Place(*spot)


class Places:
    """Finds the learner's frame, turns it into a place, and has names looked up as the cell passes them.

    A frame is the learner's if its globals are the notebook's `namespace`.
    """

    def __init__(
        self,
        namespace: dict[str, Any],
        new_cell: Callable[[str, str], int],
        assigned: Callable[[Names], None],
    ) -> None:
        """new_cell(label, source): makes a cell for code that belongs to none that was begun.
        assigned(names): told of the names of the cell that may mean something else now."""
        self.namespace = namespace
        self.names: Mapping[str, Any] = namespace  # where names are looked up; in a function, its variables
        self._new_cell = new_cell
        self._assigned = assigned
        self._cells: dict[str, int] = {}  # file name -> cell
        self._tables: dict[int, tuple[CodeType, Spots]] = {}  # by id of the code, which is kept alive
        self._begin(0, "", "")

    def begin(self, cell: int, source: str, filename: str, block_of: CodeType | None = None) -> None:
        """A cell is about to run, whose code has this file name.

        block_of: it is no cell but a block in this code, and `source` holds the block alone.
        """
        self._cells.pop(filename, None)
        self._cells[filename] = cell
        if len(self._cells) > _MOST_CELLS:
            del self._cells[next(iter(self._cells))]
        self._begin(cell, source, filename, block_of)

    def _begin(self, cell: int, source: str, filename: str, block_of: CodeType | None = None) -> None:
        self._filename, self._block_of = filename, block_of
        self._tables.clear()
        # What each line assigns; IPython's own (_, __, _1) are nobody's names.
        self._naming = {
            line: tuple((name, (cell, start)) for name, start in names if name[0] != "_")
            for line, names in names_by_line(source).items()
        }
        self._naming_lines = sorted(self._naming)
        self._last = {name: spot for line in self._naming_lines for name, spot in self._naming[line]}
        self._end = (cell, max(1, len(source.rstrip().splitlines()))) if filename else None
        # What is assigned on the way from a line to the next, or to any other, as often as it is looked up.
        self._after = {line: repeat(names, MOST_LOOKUPS) for line, names in self._naming.items()}
        self._ways: dict[int, dict[int, Iterator[Names]]] = {}
        self._line = 0  # the line to which the cell itself has come,
        self._offset = 0  # and the instruction,
        self._statement: CodeType | None = None  # of which code
        # The frame that was asked about last, its code and places, and how far it has come. In a loop it goes
        # back again and again; `looking` ends when it has done so often enough.
        self.code: CodeType | None = None
        self.spots: Spots = []
        self.frame = 0
        self.furthest = 0
        self.looking = True
        self._loops = 0

    def of_code(self, code: CodeType) -> Spot:
        """Where in the learner's code something is defined."""
        return self._cell(code.co_filename), code.co_firstlineno

    def line_of(self, name: str) -> Spot:
        """Where the cell assigns a name for the last time; where it does not, the cell's last line."""
        return self._last.get(name, self._end)

    def here(self) -> Spot:
        """The place that the learner's code has come to; None where none of it is on the stack."""
        frame, namespace = _getframe(2), self.namespace
        while frame is not None and frame.f_globals is not namespace:
            frame = frame.f_back
        return None if frame is None else self.at(frame)

    def innermost(self) -> FrameType | None:
        """The learner's innermost frame."""
        frame, namespace = _getframe(2), self.namespace
        while frame is not None and frame.f_globals is not namespace:
            frame = frame.f_back
        return frame

    def line_in(self, frame: FrameType, line: int) -> Spot:
        """The place of a line in a frame; None where the frame is not the learner's."""
        return (self._cell(frame.f_code.co_filename), line) if frame.f_globals is self.namespace else None

    def start_of(self, function: Any) -> Spot:
        """Where the source of a function of the learner's begins; None for any other."""
        code = getattr(function, "__code__", None)
        if code is None or function.__globals__ is not self.namespace:
            return None
        return self._cell(code.co_filename), code.co_firstlineno

    def at(self, frame: FrameType) -> Spot:
        """The place of a frame of the learner's. (The hot path has a copy of this, for code as before.)"""
        if frame.f_code is not self.code:
            self.code, self.spots = frame.f_code, self._table(frame.f_code)
            self.frame = 0  # another frame, even if its id is that of one that is gone
        offset = frame.f_lasti
        if self.looking or id(frame) != self.frame or offset > self.furthest:
            self.come_to(frame, offset)
        return self.spots[offset >> 1]

    def come_to(self, frame: FrameType, offset: int) -> None:
        """The learner's code is at another instruction: have the names looked up that came about on the way."""
        if id(frame) != self.frame:
            self.frame, self.furthest = id(frame), offset
            self._loops, self.looking = 0, True
        elif offset > self.furthest:
            self.furthest = offset
            if not self.looking:
                self._loops, self.looking = 0, True
        else:
            self._loops += 1
            self.looking = self._loops < MOST_LOOKUPS
        # In a function of the learner's it is the line of the cell that called it that counts.
        outer: FrameType | None = frame
        while outer is not None and not self._is_cell(outer.f_code):
            outer = outer.f_back
        if outer is None:
            return
        code, spots = outer.f_code, self.spots
        if outer is not frame:
            offset, spots = outer.f_lasti, self._table(code)
        last, self._line = self._line, spots[offset >> 1][1]
        line = self._line
        # IPython runs each statement of a cell as code of its own. Within one, on the same line, code that went
        # back is in a loop; but one call goes on for many events.
        same = code is self._statement
        again = same and (offset < self._offset or (offset == self._offset and outer is frame))
        if line != last or again:
            for found in self._after.get(last, ()) if line == last + 1 else self._way(last, line):
                self._assigned(found)
                break
        elif not same and line in self._naming:
            self._assigned(self._naming[line])
        self._offset, self._statement = offset, code

    def _is_cell(self, code: CodeType) -> bool:
        if self._block_of is not None:
            return code is self._block_of
        # IPython gives it names of its own, so it is known by this: its variables are no function's.
        return not code.co_flags & CO_OPTIMIZED and code.co_filename == self._filename

    def _table(self, code: CodeType) -> Spots:
        found = self._tables.get(id(code))
        if found is None:
            if len(self._tables) >= _MOST_TABLES:
                self._tables.clear()
            cell = self._cell(code.co_filename)
            known: dict[int, Spot] = {}
            spot: Spot = (cell, code.co_firstlineno)
            spots: Spots = []
            for start, end, line in code.co_lines():
                if line is not None:
                    spot = known.get(line)
                    if spot is None:
                        spot = known[line] = (cell, line)
                spots += [spot] * ((end - start) >> 1)
            found = self._tables[id(code)] = (code, spots)
        return found[1]

    def _cell(self, filename: str) -> int:
        cell = self._cells.get(filename)
        if cell is None:
            source = "".join(linecache.getlines(filename))
            cell = self._cells[filename] = self._new_cell(os.path.basename(filename), source)
        return cell

    def _way(self, last: int, line: int) -> Iterator[Names]:
        ways = self._ways.setdefault(last, {})
        if line not in ways:
            ways[line] = repeat(self._names_between(last, line), MOST_LOOKUPS)
        return ways[line]

    def _names_between(self, last: int, now: int) -> Names:
        """Where the code went back, in a loop, that is any name of the cell."""
        lines = self._naming_lines
        if last < now:
            lines = lines[bisect_left(lines, last) : bisect_left(lines, now)]
        return tuple(pair for line in lines for pair in self._naming[line])

"""Which line of the learner's code runs now, and which names did it assign on the way there?"""

from __future__ import annotations

from collections.abc import Callable
from sys import _getframe
from types import CodeType, FrameType
from typing import Any

from ..places import Places

Spot = tuple[int, int] | None  # cell and line


class Whereabouts:
    """Finds the learner's frame, turns it into a place, and looks names up as the cell passes them.

    A frame is the learner's if its globals are the notebook's `namespace`.
    """

    def __init__(
        self,
        namespace: dict[str, Any],
        new_cell: Callable[[str, str], int],
        assigned: Callable[[str, Any, Spot], None],
    ) -> None:
        """new_cell(label, source): makes a cell for code of no known cell. assigned(name, value, place):
        told of every name of the cell that may have come to mean something else."""
        self.namespace = namespace
        self.places = Places(new_cell)
        self._assigned = assigned
        self._code: CodeType | None = None  # of the frame that was found last, so that most need no search
        self._lines: list[int] = []
        self._cell = 0
        self._module: CodeType | None = None  # the code of the cell itself
        self._line = self._offset = 0  # where the cell itself was

    def begin(self, cell: int, source: str, filename: str) -> None:
        """A cell is about to run."""
        self.places.begin(cell, source, filename)
        self._code = self._module = None
        self._line = self._offset = 0

    def here(self) -> Spot:
        """The place that the learner's code has come to; None where none of it is on the stack."""
        frame, namespace = _getframe(2), self.namespace
        while frame is not None and frame.f_globals is not namespace:
            frame = frame.f_back
        return None if frame is None else self.at(frame)

    def at(self, frame: FrameType) -> Spot:
        """The place of a frame of the learner's."""
        code = frame.f_code
        if code is not self._code:
            self._code, self._lines, self._cell = self.places.table(code)
            if self._module is None:
                self._module = self._cell_code(frame)
        offset = frame.f_lasti
        line = self._lines[offset >> 1]
        if code is self._module:
            # On the same line, code that went back is in a loop.
            if line != self._line or offset <= self._offset:
                self._pass_to(line)
            self._offset = offset
        elif self._module is not None:
            self._pass_outside(frame.f_back)
        return self._cell, line

    def _cell_code(self, frame: FrameType | None) -> CodeType | None:
        """The code of the cell that runs, among this frame and those that called it."""
        while frame is not None:
            code = frame.f_code
            if code.co_filename == self.places.current and code.co_name == "<module>":
                return code
            frame = frame.f_back
        return None

    def _pass_outside(self, frame: FrameType | None) -> None:
        """In a function of the learner's: it is the line of the cell that called it that counts."""
        module = self._module
        while frame is not None and frame.f_code is not module:
            frame = frame.f_back
        if frame is not None:
            line = self.places.table(module)[1][frame.f_lasti >> 1]
            # A call goes on for many events: only a jump back is a loop.
            if line != self._line or frame.f_lasti < self._offset:
                self._pass_to(line)
            self._offset = frame.f_lasti

    def _pass_to(self, line: int) -> None:
        """Look up the names that may have been assigned since the cell was on another line."""
        get, cell = self.namespace.get, self.places.current_cell
        for at, name in self.places.names_between(self._line, line):
            self._assigned(name, get(name), (cell, at))
        self._line = line

"""The events of a cell, in the order in which they came; of a long run only the last MOST_EVENTS stay.

Most are plain ops, and a tuple for each would be one more object for the garbage collector to look through while
the learner's cell runs. So a plain op lies flat in the list: HEAD entries, the first of them the number of its
arguments, and then the arguments. Any other event is a tuple: the name of a method of Telling, and its arguments.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

MOST_EVENTS = 10_000
# Of a plain op: how many arguments, name, bytes of the result, dtype, shape, number of the node (where there is
# none, key of the tensor), id of the plan (0), versions (why the gradient is cut), place.
HEAD = 9


class Log:
    """The hot path adds to `flat` itself, and calls `trim` where that has become longer than `long`."""

    def __init__(self, most: int | None = None) -> None:
        self.most = MOST_EVENTS if most is None else most
        self.flat: list[Any] = []
        self.long = 2 * self.most * (HEAD + 2)
        self.dropped = 0
        self._others = 0

    def append(self, event: tuple) -> None:
        """Keep an event that is no plain op."""
        self.flat.append(event)
        self._others += 1
        if self._others > 2 * self.most:
            self.trim()

    def last(self, what: str) -> tuple | None:
        """The last event, where it is one of this kind. (An argument of a plain op may be a tuple of one.)"""
        event = self.flat[-1] if self.flat else None
        return event if type(event) is tuple and len(event) > 1 and event[0] == what else None

    def replace_last(self, event: tuple) -> None:
        """Put an event in the place of the last one, which was no plain op either."""
        self.flat[-1] = event

    def trim(self) -> None:
        """Let go of all events but the last ones, and count them."""
        starts = list(self._starts())
        extra = len(starts) - self.most
        if extra > 0:
            # In which call of a module the others ran.
            gone = (self.flat[at] for at in reversed(starts[:extra]))
            running = next((e for e in gone if type(e) is tuple and e[0] == "running"), None)
            self.flat[: starts[extra]] = [] if running is None else [running]
            self.dropped += extra
        self._others = 0

    def _starts(self) -> Iterator[int]:
        at, flat = 0, self.flat
        while at < len(flat):
            yield at
            at += 1 if type(flat[at]) is tuple else HEAD + flat[at]

    def take(self) -> Iterator[tuple]:
        """All events, each as a tuple, a plain op as ("op", HEAD entries but the first, arguments); empties the log."""
        self.trim()
        starts, flat, self.flat = list(self._starts()), self.flat, []
        for at in starts:
            event = flat[at]
            if type(event) is not tuple:
                event = ("op", *flat[at + 1 : at + HEAD], tuple(flat[at + HEAD : at + HEAD + event]))
            yield event

"""A group: functions of a trace that are drawn as one box, with the cards that only they have to do with."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ..trace import NodeView

LARGE = 30  # functions: what has no more is drawn as it is
MOST_ARGUMENTS = 4  # that an open module may read from outside: many lines into a frame are no picture


@dataclass(slots=True, eq=False)
class Group:
    """Functions `start` to `stop` of a trace. `items`: functions and groups, in order; `cards`: ids."""

    kind: str  # "all", "call", "repeat", "turn", "part", "parameters"
    items: list[NodeView | Group]
    title: str = ""
    parent: Group | None = field(default=None, repr=False)
    id: str = ""
    start: int = 0
    stop: int = 0
    cards: list[str] = field(default_factory=list)
    inner: list[Group] = field(default_factory=list)  # those of the items that are groups
    open: bool = False  # before the learner has chosen

    def groups(self) -> Iterator[Group]:
        """The groups in it, at any depth, outer ones first."""
        for group in self.inner:
            yield group
            yield from group.groups()

    def child_with(self, first: int, last: int) -> Group | None:
        """The group directly in it that has these functions and all between them."""
        at = bisect_right(self.inner, first, key=lambda g: g.start) - 1
        return self.inner[at] if at >= 0 and last < self.inner[at].stop else None


def size(item: NodeView | Group) -> int:
    return sum(map(size, item.items)) if isinstance(item, Group) else 1


def functions_in(items: Iterable[NodeView | Group]) -> Iterator[NodeView]:
    for item in items:
        if isinstance(item, Group):
            yield from functions_in(item.items)
        else:
            yield item

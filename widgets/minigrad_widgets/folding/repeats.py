"""Loops: the same lines of code, run again and again, become a repeat with its turns."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator

from ..trace import NodeView, Trace
from .group import LARGE, Group, functions_in, size

FEWEST_TURNS = 3
MOST_ITEMS = 150  # in one group; more are split into parts of so many functions:
PART = 50
_LONGEST_TURN, _TRIED = 400, 8  # functions in a turn, and how many lengths of one are tried at each place


class Code:
    """What is known of the functions: the learner's lines, and how far what each makes is read."""

    def __init__(self, trace: Trace) -> None:
        self.cells = trace.cells
        self._loops: dict[int, list[ast.For | ast.While]] = {}
        self._index = {f.id: i for i, f in enumerate(trace.functions)}
        read = {e.source: self._index[e.target] for e in trace.edges if e.target in self._index}
        self._reach: dict[str, list[int]] = defaultdict(
            list
        )  # function -> the last that reads each of its results
        for edge in trace.edges:
            if edge.source in self._index:
                self._reach[edge.source].append(read.get(edge.target, 0))

    def handed_on(self, items: list[NodeView | Group], at: int) -> int:
        """How many results of the items before `at` the one there or a later one reads."""
        now = self._index[next(functions_in(items[at:])).id]
        return sum(last >= now for f in functions_in(items[:at]) for last in self._reach[f.id])

    def goes_back(self, items: list[NodeView | Group], at: int) -> bool:
        """Whether an item stands in an earlier line than the one before it, as where a loop begins again."""
        before, now = next(functions_in(items[at - 1 :])).place, next(functions_in(items[at:])).place
        return before is not None and now is not None and before.cell == now.cell and before.line > now.line

    def title(self, functions: Iterable[NodeView]) -> str:
        """The loop that these functions run in, else the one line that they are of, else their ops."""
        functions = list(functions)
        places = [f.place for f in functions if f.place is not None]
        cells, lines = {p.cell for p in places}, {p.line for p in places}
        if len(places) == len(functions) and len(cells) == 1:
            cell = places[0].cell
            source = self.cells[cell].source.splitlines()
            for line in (self._loop(cell, min(lines), max(lines)), min(lines) if len(lines) == 1 else 0):
                if 0 < line <= len(source):
                    return source[line - 1].strip().removesuffix(":")
        return ", ".join(dict.fromkeys(f.op for f in functions))

    def _loop(self, cell: int, first: int, last: int) -> int:
        """The line of the innermost loop around these lines; 0 where there is none."""
        if cell not in self._loops:
            try:
                tree = ast.walk(ast.parse(self.cells[cell].source))
            except SyntaxError:  # a cell with magics is no Python
                tree = iter(())
            self._loops[cell] = [node for node in tree if isinstance(node, (ast.For, ast.While))]
        around = [n.lineno for n in self._loops[cell] if n.lineno < first and last <= (n.end_lineno or 0)]
        return max(around, default=0)


def fold_level(group: Group, code: Code) -> None:
    """Fold what repeats, in a group and in the groups of it; then split what is still too long."""
    for item in group.items:
        if isinstance(item, Group):
            fold_level(item, code)
    if group.kind != "repeat" and len(group.items) > 1 and size(group) > LARGE:
        found = -1
        while found != len(group.items):  # a loop in a loop is found once the inner one is one item
            found = len(group.items)
            _fold_repeats(group, code)
        if len(group.items) > MOST_ITEMS:
            group.items = _parts(group.items)


def _token(item: NodeView | Group) -> Hashable:
    """What two items have in common that are the same code run again."""
    if isinstance(item, NodeView):
        return item.op, item.inplace, item.node, item.place
    if item.kind == "repeat":  # however often it went round
        return "repeat", _token(item.items[0])
    name = item.title.rpartition(": ")[2] if item.kind == "call" else ""
    return item.kind, name, tuple(map(_token, item.items))


def _fold_repeats(group: Group, code: Code) -> None:
    numbers: dict[Hashable, int] = {}
    tokens = [numbers.setdefault(_token(item), len(numbers)) for item in group.items]
    items: list[NodeView | Group] = []
    end = 0
    for start, length, count, spare in _repeats(tokens):
        # What is left of a long run may begin in the middle of a turn.
        shift = _shift(group.items[start : start + 2 * length], code) if length > 1 else 0
        if shift > spare:
            count -= 1
        start += shift
        items += group.items[end:start]
        end = start + length * count
        turns = [Group("turn", group.items[at : at + length]) for at in range(start, end, length)]
        for turn in turns:
            fold_level(turn, code)
        first, last = turns[0].items, turns[-1].items
        one, other = first[0], last[-1]
        if isinstance(one, Group) and isinstance(other, Group) and one.kind == other.kind == "call":
            title = f"{one.title} … {other.title}"
        else:
            title = code.title(functions_in(first))
        items.append(Group("repeat", list(turns), title))
    group.items = items + group.items[end:]


def _shift(two: list[NodeView | Group], code: Code) -> int:
    """By how many items later than the first a turn begins, given two turns in a row: where the code goes back to
    an earlier line, and where least is handed on to the next turn."""
    length = len(two) // 2
    ways = [(not code.goes_back(two, length + s), code.handed_on(two, length + s), s) for s in range(length)]
    return min(ways)[2]


def _repeats(tokens: list[int]) -> Iterator[tuple[int, int, int, int]]:
    """Where something repeats without a gap: start, length of a turn, number of turns, and how many more go on
    as another turn would.

    At each place the length that covers most, of several the shortest.
    """
    places: dict[int, list[int]] = defaultdict(list)
    for i, token in enumerate(tokens):
        places[token].append(i)
    i = 0
    while i < len(tokens):
        same = places[tokens[i]]
        later = bisect_right(same, i)
        best = (0, 0, 0, 0)
        for j in same[later : later + _TRIED]:
            length = j - i
            if length > _LONGEST_TURN:
                break
            end = i
            while end + length < len(tokens) and tokens[end] == tokens[end + length]:
                end += 1
            count = (end - i) // length + 1
            if count >= FEWEST_TURNS and count * length > best[0]:
                best = count * length, length, count, (end - i) % length
        if best[0]:
            yield i, *best[1:]
        i += best[0] or 1


def _parts(items: list[NodeView | Group]) -> list[NodeView | Group]:
    """In parts of some functions each; a group stays as it is."""
    parts: list[NodeView | Group] = []
    for item in items:
        if isinstance(item, Group):
            parts.append(item)
        elif (
            parts
            and isinstance(parts[-1], Group)
            and parts[-1].kind == "part"
            and len(parts[-1].items) < PART
        ):
            parts[-1].items.append(item)
        else:
            parts.append(Group("part", [item]))
    for part in parts:
        if isinstance(part, Group) and part.kind == "part":
            part.title = ", ".join(dict.fromkeys(f.op for f in functions_in(part.items)))
    return parts

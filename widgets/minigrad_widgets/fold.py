"""Trace -> groups: which functions of a large graph are drawn as one box until the learner opens it.

    tree = fold(trace)      the whole graph as a Group, or None where it is small enough to be drawn as it is

A group is a stretch of functions in the order in which they ran, with the cards that only they have to do
with: a "call" of a module, a "repeat" (the same lines of code run again and again) with its "turn"s, or a
"part" of many functions that have nothing in common. One has cards alone: the "parameters" of a module.
"""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field

from .trace import CallView, NodeView, TensorView, Trace

LARGE = 30  # functions: what has no more is drawn as it is
FEWEST_TURNS = 3
MOST_ITEMS = 150  # in one group; more are split into parts of so many functions:
PART = 50
MOST_OPEN = 60  # cards, functions and boxes that are shown by opening modules from the outside in,
MOST_ARGUMENTS = 4  # and what such a module may read from outside: many lines into a frame are no picture
_LONGEST_TURN, _TRIED = 400, 8  # functions in a turn, and how many lengths of one are tried at each place


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


def fold(trace: Trace) -> Group | None:
    """The groups of a trace; None where it needs none."""
    if len(trace.functions) <= LARGE:
        return None
    code = Code(trace)
    tree = Group("all", _by_call(trace))
    _fold_level(tree, code)
    _number(tree, 0, 0)
    if not tree.inner:
        return None
    _place_cards(trace, tree)
    _drop_single_turns(tree)
    _fold_parameters(trace, tree)
    return tree


# ------------------------------------------------------------------ modules


def _by_call(trace: Trace) -> list[NodeView | Group]:
    """The functions, those that ran in a call of a module together in a group."""
    calls = {call.id: call for call in trace.calls}
    outermost: list[NodeView | Group] = []
    open_calls: list[tuple[str, Group]] = []
    for function in trace.functions:
        chain = _chain(function.call, calls)
        common = 0
        while common < min(len(chain), len(open_calls)) and open_calls[common][0] == chain[common].id:
            common += 1
        del open_calls[common:]
        for call in chain[common:]:
            group = Group("call", [], f"{call.name}: {call.kind}" if call.name else call.kind)
            (open_calls[-1][1].items if open_calls else outermost).append(group)
            open_calls.append((call.id, group))
        (open_calls[-1][1].items if open_calls else outermost).append(function)
    return outermost


def _chain(id: str | None, calls: dict[str, CallView]) -> list[CallView]:
    """A call after the calls that it is in."""
    chain = []
    while id is not None and id in calls:
        chain.append(calls[id])
        id = calls[id].parent
    return chain[::-1]


# ------------------------------------------------------------------ repeats


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
        now = self._index[next(_functions(items[at:])).id]
        return sum(last >= now for f in _functions(items[:at]) for last in self._reach[f.id])

    def goes_back(self, items: list[NodeView | Group], at: int) -> bool:
        """Whether an item stands in an earlier line than the one before it, as where a loop begins again."""
        before, now = next(_functions(items[at - 1 :])).place, next(_functions(items[at:])).place
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


def _fold_level(group: Group, code: Code) -> None:
    """Fold what repeats, in a group and in the groups of it; then split what is still too long."""
    for item in group.items:
        if isinstance(item, Group):
            _fold_level(item, code)
    if group.kind != "repeat" and len(group.items) > 1 and _size(group) > LARGE:
        found = -1
        while found != len(group.items):  # a loop in a loop is found once the inner one is one item
            found = len(group.items)
            _fold_repeats(group, code)
        if len(group.items) > MOST_ITEMS:
            group.items = _parts(group.items)


def _size(item: NodeView | Group) -> int:
    return sum(map(_size, item.items)) if isinstance(item, Group) else 1


def _functions(items: Iterable[NodeView | Group]) -> Iterator[NodeView]:
    for item in items:
        if isinstance(item, Group):
            yield from _functions(item.items)
        else:
            yield item


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
            _fold_level(turn, code)
        first, last = turns[0].items, turns[-1].items
        one, other = first[0], last[-1]
        if isinstance(one, Group) and isinstance(other, Group) and one.kind == other.kind == "call":
            title = f"{one.title} … {other.title}"
        else:
            title = code.title(_functions(first))
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
            part.title = ", ".join(dict.fromkeys(f.op for f in _functions(part.items)))
    return parts


def _number(group: Group, start: int, depth: int) -> int:
    """Say which functions are in each group, and give it an id that stays when the graph grows."""
    group.start = group.stop = start
    for i, item in enumerate(group.items):
        if isinstance(item, Group):
            item.parent = group
            if item.kind == "turn":
                item.title = str(i + 1)
            first = next(_functions(item.items))
            item.id = f"{item.kind}-{first.id}-{depth}"
            group.inner.append(item)
            group.stop = _number(item, group.stop, depth + 1)
        else:
            group.stop += 1
    return group.stop


# ------------------------------------------------------------------ cards


def _place_cards(trace: Trace, tree: Group) -> None:
    """Put each card into the innermost group that it belongs to.

    What leaves a group stands below it; so do the values that names have after a loop. No card is made and
    read by the same group from outside of it: the boxes would go in a circle.
    """
    index = {f.id: i for i, f in enumerate(trace.functions)}
    readers: dict[str, list[int]] = defaultdict(list)
    makers: dict[str, int] = {}
    arguments: dict[int, list[str]] = defaultdict(list)
    for edge in trace.edges:
        if edge.target in index:
            readers[edge.source].append(index[edge.target])
            arguments[index[edge.target]].append(edge.source)
        elif edge.source in index:
            makers[edge.target] = index[edge.source]
    roles = _Roles(arguments, readers, makers)
    for card in trace.tensors:
        read = readers[card.id]
        if card.id in makers:
            group = _where_made(card, makers[card.id], read, tree)
        elif read:
            group = _where_read(card, min(read), max(read), tree, roles)
        else:
            group = tree
        group.cards.append(card.id)


def _where_made(card: TensorView, maker: int, readers: list[int], tree: Group) -> Group:
    group = tree
    while (inner := group.child_with(maker, maker)) is not None:
        group = inner
    while (parent := group.parent) is not None:
        if any(group.start <= reader < group.stop for reader in readers):
            break
        if not readers and not (card.names and card.current):
            break
        if group.kind == "repeat" and maker < group.inner[-1].start:
            break
        group = parent
    return group


def _where_read(card: TensorView, first: int, last: int, tree: Group, roles: _Roles) -> Group:
    group = tree
    while (inner := group.child_with(first, last)) is not None:
        if inner.kind == "repeat":
            turn = inner.child_with(first, last)
            if turn is None or not roles.in_every_turn(card.id, turn, inner):
                break
            group = turn
        elif inner.kind == "call" and (card.names or card.ghosts):
            break
        else:
            group = inner
    return group


class _Roles:
    """Whether what one turn reads and no other does is there in each turn: xs[k], but not what h was before."""

    def __init__(
        self, arguments: dict[int, list[str]], readers: dict[str, list[int]], makers: dict[str, int]
    ) -> None:
        self.arguments, self.readers, self.makers = arguments, readers, makers
        self._common: dict[str, set[tuple[int, int]]] = {}  # by the id of a repeat

    def in_every_turn(self, card: str, turn: Group, repeat: Group) -> bool:
        if repeat.id not in self._common:
            self._common[repeat.id] = set.intersection(*(set(self._of(turn)) for turn in repeat.inner))
        return any(role in self._common[repeat.id] for role, id in self._of(turn).items() if id == card)

    def _of(self, turn: Group) -> dict[tuple[int, int], str]:
        """Function and argument, counted from the turn's first, of what nobody else reads."""
        return {
            (f - turn.start, i): card
            for f in range(turn.start, turn.stop)
            for i, card in enumerate(self.arguments[f])
            if card not in self.makers
            and turn.start <= min(self.readers[card])
            and max(self.readers[card]) < turn.stop
        }


def _drop_single_turns(tree: Group) -> None:
    """Where each turn is one function, or one group, no box is needed around it."""
    for repeat in [g for g in tree.groups() if g.kind == "repeat"]:
        if all(len(turn.items) == 1 and not turn.cards for turn in repeat.inner):
            repeat.items = [turn.items[0] for turn in repeat.inner]
            repeat.inner = [group for turn in repeat.inner for group in turn.inner]
            for group in repeat.inner:
                group.parent = repeat


def _fold_parameters(trace: Trace, tree: Group) -> None:
    """Many parameters of one module, which several boxes read, become one box as well."""
    made = {edge.target for edge in trace.edges}
    labels = {card.id: card.label for card in trace.tensors if not card.names and card.id not in made}
    owned: dict[str, list[str]] = defaultdict(list)
    for card in tree.cards:
        if "." in labels.get(card, ""):
            owned[labels[card].partition(".")[0]].append(card)
    for name, cards in owned.items():
        if len(cards) > MOST_ARGUMENTS:
            tree.cards = [card for card in tree.cards if card not in cards]
            group = Group("parameters", [], name, tree, f"parameters-{cards[0]}", tree.stop, tree.stop, cards)
            tree.items.insert(0, group)
            tree.inner.append(group)


# ------------------------------------------------------------------ what is open at first


def open_some(tree: Group, arguments: dict[str, int]) -> None:
    """Modules, from the outside in, while what is shown stays readable; and the first turn of a loop, which is
    seen when the learner opens the loop. arguments: by the id of a group, how many cards outside it reads."""
    shown = len(tree.items) + len(tree.cards)
    waiting = [tree]
    for group in waiting:  # grows while it is walked
        for inner in group.inner:
            more = len(inner.items) + len(inner.cards) - 1
            if inner.kind == "call" and shown + more <= MOST_OPEN and arguments[inner.id] <= MOST_ARGUMENTS:
                inner.open = True
                shown += more
                waiting.append(inner)
    for repeat in [g for g in tree.groups() if g.kind == "repeat" and g.inner]:
        first = repeat.inner[0]
        first.open = first.kind == "turn" and len(first.items) + len(first.cards) <= LARGE

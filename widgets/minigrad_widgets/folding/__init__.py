"""Trace -> groups: which functions of a large graph are drawn as one box until the learner opens it.

    tree = fold(trace)      the whole graph as a Group, or None where it is small enough to be drawn as it is

A group is a stretch of functions in the order in which they ran, with the cards that only they have to do
with: a "call" of a module, a "repeat" (the same lines of code run again and again) with its "turn"s, or a
"part" of many functions that have nothing in common. One has cards alone: the "parameters" of a module.
"""

from __future__ import annotations

from ..trace import CallView, NodeView, Trace
from .cards import drop_single_turns, fold_parameters, place_cards
from .group import LARGE, MOST_ARGUMENTS, Group, functions_in
from .repeats import Code, fold_level

MOST_OPEN = 60  # cards, functions and boxes that are shown by opening modules from the outside in


def fold(trace: Trace) -> Group | None:
    """The groups of a trace; None where it needs none."""
    if len(trace.functions) <= LARGE:
        return None
    code = Code(trace)
    tree = Group("all", _by_call(trace))
    fold_level(tree, code)
    _number(tree, 0, 0)
    if not tree.inner:
        return None
    place_cards(trace, tree)
    drop_single_turns(tree)
    fold_parameters(trace, tree)
    return tree


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


def _number(group: Group, start: int, depth: int) -> int:
    """Say which functions are in each group, and give it an id that stays when the graph grows."""
    group.start = group.stop = start
    for i, item in enumerate(group.items):
        if isinstance(item, Group):
            item.parent = group
            if item.kind == "turn":
                item.title = str(i + 1)
            first = next(functions_in(item.items))
            item.id = f"{item.kind}-{first.id}-{depth}"
            group.inner.append(item)
            group.stop = _number(item, group.stop, depth + 1)
        else:
            group.stop += 1
    return group.stop


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

"""A trace as plain text, for a terminal, a screen reader, a mail: the graph as an indented tree, then the steps."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator

from .drawing.card import card_words, name_of
from .drawing.error import (
    error_cures,
    error_rows,
    error_title,
    error_why,
    place_text,
    source_line,
    standing_error,
)
from .drawing.function import function_title, function_words
from .say import Say, render, sentences, speaking
from .trace import NodeView, TensorView, Trace

MOST_DEPTH = 12  # levels of indentation; what is deeper goes on at the left

Thing = TensorView | NodeView


def text(trace: Trace, step: int | None = None, language: str = "en") -> str:
    """The graph after `step` steps, by default the last, and those steps, numbered; language: "en" or "zh".

    ValueError for another language, and for a moment that there is not.
    """
    with speaking(language):
        return _text(trace, step)


def _text(trace: Trace, step: int | None) -> str:
    step = len(trace.steps) if step is None else step
    moment = trace.at(step)
    parts = [graph_text(moment)]
    error = standing_error(moment, step)
    if error is not None:
        lines = [error_title(error)]
        for row in error_rows(error, moment):
            lines.append(f"  {row.word}: {row.what}, {row.where}" + (f": {row.line}" if row.line else ""))
        lines.append(f"  {error_why(error)}")
        if error.cures:
            lines.append(f"  {error_cures(error)}")
        for cure in error.cures:
            lines.append("    - " + cure.replace("\n", "\n      "))
        parts.append("\n".join(lines))
    if step:
        parts.append(_steps(moment, step))
    return "\n\n".join(parts) + "\n"


def _steps(trace: Trace, step: int) -> str:
    count = len(trace.steps)
    lines = [
        render(Say("text.steps") if step == count else Say("text.some steps", {"step": step, "count": count}))
    ]
    if trace.dropped:
        lines.append(render(Say("step.dropped", {"count": trace.dropped})))
    number = len(str(step))
    where = None
    for i, done in enumerate(trace.steps[:step]):
        if done.place is not None and done.place != where:
            where = done.place
            lines.append(f"{place_text(trace, where)}: {source_line(trace, where)}".rstrip())
        lines.append(f"{i + 1:>{number}}. {sentences(done.said)}")
    return "\n".join(lines)


def graph_text(moment: Trace) -> str:
    """The graph alone: below each tensor the function that made it, below that what it was made of.

    A thing that comes up again is named, and described where it came up first.
    """
    things: dict[str, Thing] = {t.id: t for t in (*moment.tensors, *moment.functions) if t.shown}
    if not things:
        return render(Say("text.empty"))
    sources: dict[str, list[str]] = defaultdict(list)
    ends = set(things)
    for edge in moment.edges:
        if edge.shown and edge.source in things and edge.target in things:
            sources[edge.target].append(edge.source)
            ends.discard(edge.source)
    lines = []
    told: set[str] = set()
    waiting = deque(id for id in things if id in ends)
    while waiting:
        lines += _tree(waiting.popleft(), things, sources, told, waiting)
    return "\n".join(lines)


def _tree(
    root: str,
    things: dict[str, Thing],
    sources: dict[str, list[str]],
    told: set[str],
    waiting: deque[str],
) -> Iterator[str]:
    """The lines of what leads to `root`; what is too deep is left waiting for a tree of its own."""
    stack = [(root, 0)]
    while stack:
        id, depth = stack.pop()
        indent, thing = "  " * depth, things[id]
        if id in told:
            yield indent + render(Say("text.above", {"name": _name(thing)}))
        elif depth > MOST_DEPTH and sources[id]:
            yield indent + render(Say("text.below", {"name": _name(thing)}))
            waiting.append(id)
        else:
            told.add(id)
            is_card = isinstance(thing, TensorView)
            yield indent + (card_words(thing) if is_card else function_words(thing))
            # Once each: b * b reads b twice.
            stack += [(source, depth + 1) for source in reversed(dict.fromkeys(sources[id]))]


def _name(thing: Thing) -> str:
    if isinstance(thing, TensorView):
        return render(Say("word.tensor", {"name": name_of(thing)}))
    return render(Say("word.function", {"op": function_title(thing, "forward")}))

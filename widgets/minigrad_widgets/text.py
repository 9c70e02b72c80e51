"""A trace as plain text, for a terminal, a screen reader, a mail: the graph as an indented tree, then the steps."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator

from .drawing.card import card_words, name_of
from .drawing.error import CURES, error_rows, error_title, error_why, place_text, source_line, standing_error
from .drawing.function import function_title, function_words
from .say import sentences
from .trace import NodeView, TensorView, Trace

MOST_DEPTH = 12  # levels of indentation; what is deeper goes on at the left

Thing = TensorView | NodeView


def text(trace: Trace, step: int | None = None, language: str = "en") -> str:
    """The graph after `step` steps, by default the last, and those steps, numbered."""
    step = len(trace.steps) if step is None else step
    moment = trace.at(step)
    parts = [graph_text(moment, language)]
    error = standing_error(moment, step)
    if error is not None:
        lines = [error_title(error, language)]
        for row in error_rows(error, moment):
            lines.append(f"  {row.word}: {row.what}, {row.where}: {row.line}")
        lines.append(f"  {error_why(error, language)}")
        if error.cures:
            lines.append(f"  {CURES[min(len(error.cures), 3) - 1]}")
        for cure in error.cures:
            lines.append("    - " + cure.replace("\n", "\n      "))
        parts.append("\n".join(lines))
    if step:
        parts.append(_steps(moment, step, language))
    return "\n\n".join(parts) + "\n"


def _steps(trace: Trace, step: int, language: str) -> str:
    left = len(trace.steps) - step
    lines = [f"Steps, {step} of {len(trace.steps)}:" if left else "Steps:"]
    if trace.dropped:
        lines.append(f"({trace.dropped} earlier ones were let go)")
    number = len(str(step))
    where = None
    for i, done in enumerate(trace.steps[:step]):
        if done.place is not None and done.place != where:
            where = done.place
            lines.append(f"{place_text(trace, where)}: {source_line(trace, where)}".rstrip())
        lines.append(f"{i + 1:>{number}}. {sentences(done.said, language)}")
    return "\n".join(lines)


def graph_text(moment: Trace, language: str = "en") -> str:
    """The graph alone: below each tensor the function that made it, below that what it was made of.

    A thing that comes up again is named, and described where it came up first.
    """
    things: dict[str, Thing] = {t.id: t for t in (*moment.tensors, *moment.functions) if t.shown}
    if not things:
        return "Nothing to draw yet."
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
        lines += _tree(waiting.popleft(), things, sources, told, waiting, language)
    return "\n".join(lines)


def _tree(
    root: str,
    things: dict[str, Thing],
    sources: dict[str, list[str]],
    told: set[str],
    waiting: deque[str],
    language: str,
) -> Iterator[str]:
    """The lines of what leads to `root`; what is too deep is left waiting for a tree of its own."""
    stack = [(root, 0)]
    while stack:
        id, depth = stack.pop()
        indent, thing = "  " * depth, things[id]
        if id in told:
            yield f"{indent}{_name(thing)}, see above"
        elif depth > MOST_DEPTH and sources[id]:
            yield f"{indent}{_name(thing)}, goes on below"
            waiting.append(id)
        else:
            told.add(id)
            is_card = isinstance(thing, TensorView)
            yield indent + (card_words(thing, language) if is_card else function_words(thing))
            # Once each: b * b reads b twice.
            stack += [(source, depth + 1) for source in reversed(dict.fromkeys(sources[id]))]


def _name(thing: Thing) -> str:
    if isinstance(thing, TensorView):
        return f"tensor {name_of(thing)}"
    return f"function {function_title(thing, 'forward')}"

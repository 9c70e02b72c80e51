"""A trace as lines of text that do not depend on its ids: to be compared, and read where they differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from minigrad_widgets.trace import Place, Trace, Value, title


def outline(trace: Trace, sentences: bool = True) -> list[str]:
    """Every step, function and card. sentences: with what is said, too."""
    names = _Names(trace)
    lines = []
    for step in trace.steps:
        text = f" | {step.text}" if sentences else ""
        lines.append(f"{step.kind} {names(step.about)} @ {_place(step.place)}{text}")
        if step.error is not None:
            e = step.error
            lines.append(
                f"  {e.kind}: function {names(e.function)}, slot {e.slot}, card {names(e.card)}, versions "
                f"{e.saved_version} {e.now_version}, saved @ {_place(e.saved_at)}, changed @ {_place(e.changed_at)}"
            )
            lines += [f"  cure: {cure!r}" for cure in e.cures]
    for f in trace.functions:
        marks = [
            f.node or "unrecorded",
            *(["in place"] if f.inplace else []),
            *([f"cut: {f.cut}"] if f.cut else []),
        ]
        lines.append(
            f"function {names(f.id)}: {', '.join(marks)}; {f.text!r}; ran {f.runs} times; @ {_place(f.place)}"
        )
        lines += [
            f"  saved {s.slot}: {s.text} of {names(s.card)} {s.version} {s.now} {s.state}" for s in f.saved
        ]
        for edge in trace.edges:
            if f.id in (edge.source, edge.target):
                way = (
                    f"from {names(edge.source)} as {edge.slot}"
                    if edge.target == f.id
                    else f"to {names(edge.target)}"
                )
                lines.append(f"  {way}{', tracked' if edge.tracked else ''}, gradient {_text(edge.gradient)}")
    for c in trace.tensors:
        state = [
            word
            for word, yes in (
                ("leaf", c.is_leaf), ("requires grad", c.requires_grad), ("retains grad", c.retains_grad),
                ("current", c.current), ("alive", c.alive),
            )
            if yes
        ]  # fmt: skip
        lines.append(
            f"card {names(c.id)}: names {c.names}, ghosts {c.ghosts}, label {c.label!r}, made @ {_place(c.place)}"
        )
        lines.append(f"  {c.dtype} {c.shape} {_text(c.value)} version {c.version}; {', '.join(state)}")
        lines.append(
            f"  grad_fn {c.grad_fn} {c.output_nr}, grad {_text(c.grad)} ({c.grad_state}), made by {names(c.made_by)}, "
            f"view of {names(c.base)}, memory of {names.of_storage[c.storage]}"
        )
    return lines


class _Names:
    """What to call the entities: by title or op, and which of those it is."""

    def __init__(self, trace: Trace) -> None:
        seen: Counter[str] = Counter()
        self.names: dict[str, str] = {}
        self.of_storage: dict[str, str] = {}
        for entity in (*trace.tensors, *trace.functions):
            name = entity.op if hasattr(entity, "op") else title(entity)
            seen[name] += 1
            self.names[entity.id] = name if seen[name] == 1 else f"{name} #{seen[name]}"
        for card in trace.tensors:
            self.of_storage.setdefault(card.storage, self.names[card.id])

    def __call__(self, ids: str | Iterable[str] | None) -> Any:
        if ids is None or isinstance(ids, str):
            return self.names.get(ids or "", "-")
        return [self.names[id] for id in ids if id in self.names]


def _place(place: Place | None) -> str:
    return "-" if place is None else f"{place.cell}:{place.line}"


def _text(value: Value | None) -> str:
    return "-" if value is None else value.text

"""Trace -> positions, so that nothing moves while stepping: one layout of the whole trace.

    layout(trace)   {"width", "height", "nodes": {id: [x, y, w, h]}, "edges": {id: "M x y C ..."}, "metrics"}

In pixels, x and y of a node's top left corner, y downwards. An edge runs from the border of its source to
the border of its target, in the direction of the data. Boxes are large enough for what they show at any
step of the trace. In a large graph some of the nodes are groups, see levels.py for what comes with them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from . import levels
from .folding import fold
from .measure import text_width
from .placing import NODE_GAP, RANK_GAP, WIDEST, Link, place
from .say import Say, render
from .trace import NodeView, SavedView, TensorView, Trace, title

# What the browser has to agree about. Font sizes in px; widths and heights of boxes as used below.
METRICS = {
    "pad": 9,  # left and right in a card
    "row": 16,  # one line of a card, one slot of a function
    "name_font": 13,
    "small_font": 11,
    "value_font": 11,
    "slot_font": 10.5,
    "title_font": 12,
    "leaf_mark": 17,
    "hook_mark": 16,
    "badge": 34,  # the version badge with its gap
    "card_min": 112,
    "card_max": WIDEST,
    "function_pad": 14,
    "function_height": 28,
    "function_max": 230,
    "node_gap": NODE_GAP,
    "rank_gap": RANK_GAP,
}


def layout(trace: Trace, folds: bool = True) -> dict[str, Any]:
    """Positions and sizes for every card, function and edge of `trace`, as plain data.

    folds: whether a large graph is put into groups; else everything stands in one drawing.
    """
    sizes = _sizes(trace)
    tree = fold(trace) if folds else None
    if tree is not None:
        return {**levels.draw(tree, sizes, trace), "metrics": METRICS}
    links = [Link(e.id, e.source, e.target) for e in trace.edges if e.source in sizes and e.target in sizes]
    drawing = place(sizes, links)
    return {
        "width": drawing.width,
        "height": drawing.height,
        "nodes": drawing.boxes,
        "edges": {id: levels.path_text(points) for id, points in drawing.paths.items()},
        "metrics": METRICS,
    }


# ------------------------------------------------------------------ sizes


def _sizes(trace: Trace) -> dict[str, tuple[int, int]]:
    states = _states(trace)
    titles = {card.id: title(card) for card in trace.tensors}
    sizes = {card.id: card_size(states[card.id]) for card in trace.tensors}
    sizes |= {f.id: function_size(states[f.id], titles) for f in trace.functions}
    return sizes


def _states(trace: Trace) -> dict[str, list[Any]]:
    """Every entity by id with the states that change its size: the last, and one for each change before."""
    states: dict[str, list[Any]] = {e.id: [e] for e in (*trace.tensors, *trace.functions)}
    for step in reversed(trace.steps):
        for change in step.changes:
            if change.field in ("names", "ghosts", "value", "grad", "saved", "hooks") and change.id in states:
                states[change.id].append(replace(states[change.id][0], **{change.field: change.before}))
    return states


def has_grad_line(card: TensorView) -> bool:
    """Whether a card has a line about its gradient."""
    if not card.requires_grad:
        return card.grad is not None
    return card.is_leaf or card.retains_grad or card.grad_state != "none"


def shape_text(card: TensorView) -> str:
    """ "(2, 2)", followed by the dtype where it is not float32."""
    return str(card.shape) if card.dtype == "float32" else f"{card.shape} {card.dtype}"


def card_size(states: Iterable[TensorView]) -> tuple[int, int]:
    """Width and height that a card needs for all of these states."""
    m = METRICS
    widths, rows = [m["card_min"]], 3
    for card in states:
        names = ", ".join(card.names) or card.label
        was = f" was {', '.join(card.ghosts)}" if card.ghosts else "" if card.current else " old"
        mark = m["leaf_mark"] if card.is_leaf else 0
        widths.append(
            text_width(names, m["name_font"], bold=True)
            + text_width(was, m["small_font"])
            + mark
            + m["badge"]
            + (text_width(UNSEEN, m["small_font"], bold=True) if card.unseen else 0)
        )
        value = card.value.text if card.value else "not kept"
        widths.append(text_width(shape_text(card), m["small_font"]) + 10 + _mono(value))
        hook = m["hook_mark"] if card.hooks else 0
        widths.append(text_width(card.grad_fn or "requires_grad False", m["small_font"]) + hook)
        if card.grad is not None:
            label = ".grad kept" if card.retains_grad and not card.is_leaf else ".grad"
            widths.append(text_width(label, m["small_font"]) + 10 + _mono(card.grad.text))
        if has_grad_line(card):
            rows = 4
    return min(round(max(widths)) + 2 * m["pad"], m["card_max"]), 12 + m["row"] * rows


UNSEEN = " · unseen"  # what the badge with the version adds where the contents have changed all the same


def _mono(text: str) -> float:
    return text_width(text, METRICS["value_font"], mono=True)


def slot_text(saved: SavedView) -> str:
    """One saved slot in words: "self b · saved v0, now v1"."""
    what = f"{saved.slot} {saved.text}".strip()
    if saved.state == "intact" and saved.card is None:
        return what
    return render(Say(f"slot.{saved.state}", {"what": what, "version": saved.version, "now": saved.now}))


def function_size(states: Iterable[NodeView], titles: dict[str, str]) -> tuple[int, int]:
    """Width and height that a function needs for all of these states."""
    m = METRICS
    widths, slots = [0.0], 0
    for function in states:
        for name in (function.node or "", function.text if function.inplace else function.op):
            cut = f" · {function.cut}" if function.cut and function.cut != name else ""
            marks = (18 if function.cut or function.refused else 0) + (
                m["hook_mark"] if function.hooks else 0
            )
            widths.append(text_width(name + cut, m["title_font"], bold=True) + marks)
        for saved in function.saved:
            alarm = saved.state in ("broken", "unseen")
            widths.append(text_width(slot_text(saved), m["slot_font"], bold=alarm) + 14)
        slots = max(slots, len(function.saved))
    height = m["function_height"] if not slots else 30 + m["row"] * slots
    return min(round(max(widths)) + 2 * m["function_pad"], m["function_max"]), height

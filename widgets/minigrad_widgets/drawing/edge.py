"""An edge (edge.js): which way it points, what flowed along it, whether what it leads to is broken."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from ..say import Say, render
from ..trace import EdgeView, NodeView, SavedView, TensorView, Trace
from .card import joined, name_of
from .fitting import FONTS, Measure, estimate, fit
from .function import is_broken
from .geometry import Box, BoxIndex, Points, arrow, label_place, path_text, reach_to
from .tree import Markup, h

HEAD = 8
LABEL = 16
MOST_LABEL = 92
DOT = 8


class Message(NamedTuple):
    """What an edge says: on its label ("" for none), and in words."""

    edge: EdgeView
    pill: str
    words: str
    broken: bool


def edge_messages(moment: Trace, side: str) -> dict[str, Message]:
    """What each edge of a moment says.

    A gradient that one edge hands on unchanged through a card to the next is written once, on the edge that
    leaves the function; where several meet, their sum stands on the edge that goes on.
    """
    things = {thing.id: thing for thing in (*moment.tensors, *moment.functions)}
    shown = [edge for edge in (*moment.edges, *_stray_edges(moment)) if edge.shown]
    arriving = Counter(e.source for e in shown if e.gradient and isinstance(things.get(e.source), TensorView))
    messages = {}
    told: set[tuple[str, str]] = set()
    for edge in shown:
        broken = _broken_slot(things, edge)
        pill = ""
        if broken is not None:
            # b * b saves b twice: two edges side by side, and one label is enough.
            if (edge.source, edge.target) not in told:
                pill = f"v{broken.version} ≠ v{broken.now}"
            told.add((edge.source, edge.target))
        elif edge.gradient and side == "backward":
            is_input = isinstance(things.get(edge.source), TensorView)
            if is_input or arriving[edge.target] != 1:
                pill = render(edge.gradient.said)
        messages[edge.id] = Message(edge, pill, _edge_words(things, edge, broken), broken is not None)
    return messages


def _stray_edges(moment: Trace) -> list[EdgeView]:
    """An edge of our own for each broken slot whose card is neither an input of the function nor an output: no edge
    of the trace leads there."""
    broken = [function for function in moment.functions if function.shown and is_broken(function)]
    if not broken:
        return []
    joined = {frozenset((edge.source, edge.target)) for edge in moment.edges}
    return [
        EdgeView(f"{function.id} {slot.slot}", slot.card, function.id, slot.slot)
        for function in broken
        for slot in function.saved
        if slot.state == "broken" and slot.card and frozenset((slot.card, function.id)) not in joined
    ]


Things = dict[str, TensorView | NodeView]


def _broken_slot(things: Things, edge: EdgeView) -> SavedView | None:
    """The broken slot that an edge stands for: the function saved the card at its other end."""
    target, source = things.get(edge.target), things.get(edge.source)
    is_input = isinstance(target, NodeView)
    function, card = (target, edge.source) if is_input else (source, edge.target)
    if not isinstance(function, NodeView):
        return None
    slots = [s for s in function.saved if s.state == "broken" and s.card == card]
    return next((s for s in slots if not is_input or s.slot == edge.slot), None)


def _end_name(things: Things, id: str) -> str:
    thing = things.get(id)
    if isinstance(thing, TensorView):
        return name_of(thing)
    return thing.op if thing else ""


def _edge_words(things: Things, edge: EdgeView, broken: SavedView | None) -> str:
    ends = {"source": _end_name(things, edge.source), "target": _end_name(things, edge.target)}
    words = [Say("edge.slot", {**ends, "slot": edge.slot}) if edge.slot else Say("edge", ends)]
    if not edge.tracked:
        words.append(Say("edge.untracked"))
    if edge.gradient:
        words.append(Say("edge.gradient", {"gradient": edge.gradient.said}))
    if broken is not None:
        words.append(Say("edge.broken", {"version": broken.version, "now": broken.now}))
    return joined(words)


def edge_line(points: Points, side: str, start: Box | None, end: Box | None) -> Points:
    """Its points as they are drawn: up to what is really drawn at its ends, backwards in the backward drawing."""
    reached = reach_to(points, start, end)
    return reached[::-1] if side == "backward" else reached


def edge_class(edge: EdgeView, side: str, message: Message) -> str:
    """The marks of its state."""
    if message.broken:
        return "mg-edge mg-broken"
    if side == "backward" and not edge.tracked:
        return "mg-edge mg-dim"
    return "mg-edge mg-flowed" if side == "backward" and edge.gradient else "mg-edge"


def edge_tree(edge: EdgeView, side: str, message: Message, points: Points, words: bool = True) -> Markup:
    """The line and its head; `words`: with a tooltip that says it all."""
    pointed = side == "forward" or edge.tracked
    line, head = arrow(points, HEAD)
    return h(
        "g",
        {"class": edge_class(edge, side, message)},
        h("title", {}, message.words) if words else None,
        h("path", {"class": "mg-line", "d": path_text(line if pointed else points)}),
        h("path", {"class": "mg-head", "d": head}) if pointed else None,
    )


def pill_box(message: Message, points: Points, taken: BoxIndex, measure: Measure = estimate) -> Box | None:
    """Where its label covers nothing, or a dot in its place; None for neither. It is taken from then on."""
    text = fit(message.pill, MOST_LABEL, FONTS["badge"], measure)
    width = max(24, measure(text, FONTS["badge"]) + 12)
    box = label_place(points, width, LABEL, taken) or label_place(points, DOT, DOT, taken)
    if box is not None:
        taken.add(box)
    return box


def pill_tree(message: Message, box: Box, measure: Measure = estimate, words: bool = True) -> Markup:
    """The label."""
    text = fit(message.pill, MOST_LABEL, FONTS["badge"], measure)
    return h(
        "g",
        {
            "class": "mg-pill mg-broken" if message.broken else "mg-pill",
            "transform": f"translate({box.x:.1f} {box.y:.1f})",
        },
        h("title", {}, message.words) if words else None,
        h("rect", {"width": box.w, "height": box.h, "rx": box.h / 2}),
        h("text", {"x": box.w / 2, "y": 11.5}, text) if box.h == LABEL else None,
    )

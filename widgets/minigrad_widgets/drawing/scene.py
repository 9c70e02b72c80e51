"""What one drawing shows of a moment (scene.js): every thing with its box, every edge with its line."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..trace import EdgeView, NodeView, TensorView, Trace
from .edge import Message, edge_line, edge_messages, pill_box
from .fitting import Measure, estimate
from .function import function_box
from .geometry import Box, BoxIndex, Points, path_points


class Line(NamedTuple):
    """An edge as it is drawn; `pill` is the box of its label."""

    edge: EdgeView
    points: Points
    message: Message
    pill: Box | None


class Scene(NamedTuple):
    """One drawing. The things are in reading order."""

    side: str
    width: float
    height: float
    things: dict[str, tuple[TensorView | NodeView, Box]]
    lines: dict[str, Line]


def build_scene(moment: Trace, layout: dict[str, Any], side: str, measure: Measure = estimate) -> Scene:
    """The drawing of a trace as it is, with the positions that `layout.layout` gave."""
    places = {id: Box(*place) for id, place in layout["nodes"].items()}
    found: list[tuple[TensorView | NodeView, Box]] = []
    found += [(card, places[card.id]) for card in moment.tensors if card.shown and card.id in places]
    found += [
        (f, function_box(f, side, places[f.id], measure))
        for f in moment.functions
        if f.shown and f.id in places
    ]
    found.sort(key=lambda thing: (thing[1].y + thing[1].h / 2, thing[1].x))
    things = {thing.id: (thing, box) for thing, box in found}
    taken = BoxIndex()
    for _, box in found:
        taken.add(box)
    edges = {edge.id: edge for edge in moment.edges}
    lines = {}
    for id, message in edge_messages(moment, side).items():
        edge, d = edges[id], layout["edges"].get(id)
        if not d or edge.source not in things or edge.target not in things:
            continue
        points = edge_line(path_points(d), side, things[edge.source][1], things[edge.target][1])
        pill = pill_box(message, points, taken, measure) if message.pill else None
        lines[id] = Line(edge, points, message, pill)
    return Scene(side, layout["width"], layout["height"], things, lines)

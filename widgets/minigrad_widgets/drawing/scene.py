"""What one drawing shows of a moment (scene.js): every thing with its box, every edge with its line."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..trace import EdgeView, NodeView, TensorView, Trace
from .edge import Message, edge_line, edge_messages, pill_box
from .fitting import Measure, estimate
from .function import function_box
from .geometry import Box, BoxIndex, Points, detour, path_points


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
    known = {edge.id for edge in moment.edges}
    lines: dict[str, Line] = {}
    for id, message in edge_messages(moment, side).items():
        edge, d = message.edge, layout["edges"].get(id)
        if edge.source not in things or edge.target not in things or (not d and id in known):
            continue
        start, end = things[edge.source][1], things[edge.target][1]
        points = edge_line(path_points(d) if d else detour(start, end), side, start, end)
        lines[id] = Line(edge, points, message, None)
    # In the order in which they came, so that a label stays where it is when others come.
    first = _first_gradients(moment)
    for id in sorted(
        (id for id, line in lines.items() if line.message.pill), key=lambda id: first.get(id, -1)
    ):
        pill = pill_box(lines[id].message, lines[id].points, taken, measure)
        lines[id] = lines[id]._replace(pill=pill)
    return Scene(side, layout["width"], layout["height"], things, lines)


def _first_gradients(trace: Trace) -> dict[str, int]:
    """For each edge the step at which a gradient first passed it."""
    first: dict[str, int] = {}
    for i, step in enumerate(trace.steps):
        for change in step.changes:
            if change.field == "gradient":
                first.setdefault(change.id, i)
    return first

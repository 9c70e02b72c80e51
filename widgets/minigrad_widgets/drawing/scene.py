"""What one drawing shows of a moment (scene.js): every thing with its box, every edge with its line."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..trace import EdgeView, ErrorView, NodeView, TensorView, Trace
from .edge import Message, edge_line, edge_messages, pill_box
from .fitting import Measure, estimate
from .function import function_box
from .geometry import Box, BoxIndex, Points, detour, path_points
from .group import Folded, folded, hiders, joined_message

Thing = TensorView | NodeView | Folded


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
    things: dict[str, tuple[Thing, Box]]
    lines: dict[str, Line]


def build_scene(
    moment: Trace,
    layout: dict[str, Any],
    side: str,
    measure: Measure = estimate,
    error: ErrorView | None = None,
) -> Scene:
    """The drawing of a trace as it is, with the positions that `layout.layout` gave; its groups are closed.

    error: the one that stands, which a box that hides it has to say.
    """
    places = {id: Box(*place) for id, place in layout["nodes"].items()}
    found: list[tuple[Thing, Box]] = []
    found += [(card, places[card.id]) for card in moment.tensors if card.shown and card.id in places]
    found += [
        (f, function_box(f, side, places[f.id], measure))
        for f in moment.functions
        if f.shown and f.id in places
    ]
    found += [(group, places[group.id]) for group in folded(moment, layout, error)]
    found.sort(key=lambda thing: (thing[1].y + thing[1].h / 2, thing[1].x))
    things = {thing.id: (thing, box) for thing, box in found}
    taken = BoxIndex()
    for _, box in found:
        taken.add(box)
    known = {edge.id for edge in moment.edges}
    lines: dict[str, Line] = {}
    stands_for = hiders(layout)
    messages = edge_messages(moment, side)
    paths, courses = dict(layout["edges"]), {id: [message] for id, message in messages.items()}
    for path, ids in layout.get("bundles", ()):
        several = [messages[id] for id in ids if id in messages]
        for id in ids:
            courses.pop(id, None)
        if several:
            courses[ids[0]], paths[ids[0]] = several, path
    for id, several in courses.items():
        message, d = several[0], paths.get(id)
        ends = [stands_for.get(end, end) for end in (message.edge.source, message.edge.target)]
        if len(several) > 1 or ends != [message.edge.source, message.edge.target]:
            message = joined_message(*ends, several)
        edge = message.edge
        if (
            edge.source == edge.target
            or edge.source not in things
            or edge.target not in things
            or (not d and id in known)
        ):
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

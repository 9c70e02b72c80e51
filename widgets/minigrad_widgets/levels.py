"""The groups of a trace -> a drawing of each, into which the browser unfolds its box.

    draw(tree, sizes, edges)    {"width", "height", "nodes", "edges", "bundles", "groups", "shapes"}

Each group is drawn once, with the boxes of the groups in it closed; groups of the same make share one
drawing, a *shape*. The browser stretches a drawing where boxes in it are open. An edge from one group into
another is in several drawings: it ends at a *port* on the edge of the inner one and goes on outside.

`nodes`, `edges` are those of the outermost drawing, where groups are among the nodes; a bundle is a path with
the ids of several edges that run along it. A group has its shape, `members` in the order of the shape's
`boxes` and, in the order of its `routes`, the ids of the edges. `lanes` and `stubs`: see stack.py.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from .folding import Group, open_some
from .placing import Link, Points, Sizes, place
from .stack import Stack, stack
from .trace import Trace

# What the browser has to agree about, in px: a closed box, and what an open one has around its drawing.
BOXES = {"group": (210, 76), "turn": (190, 44)}
FRAME = {"head": 30, "side": 12, "foot": 14}
STACKED = ("repeat", "parameters")
PORT = (8, 2)
CROP = 16  # of the gap that Graphviz leaves between ports and the rest


@dataclass(slots=True)
class Level:
    """What one drawing has: members, and routes between them and ports, each with the edges along it."""

    group: Group
    members: list[str] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)  # of the members: "card", "function", "turn", "group"
    ports: dict[tuple[str, str], str] = field(default_factory=dict)  # "in" or "out", card -> a name, no id
    routes: dict[tuple[str, str, str], list[str]] = field(
        default_factory=dict
    )  # source, target, which -> edges

    def port(self, side: str, card: str) -> str:
        return self.ports.setdefault((side, card), f":{side}{len(self.ports)}")

    def enter(self, source: str, target: str, edge: str) -> None:
        # Between a card and a function each edge has a path of its own (b * b).
        both = {self.kinds.get(source), self.kinds.get(target)} == {"card", "function"}
        self.routes.setdefault((source, target, edge if both else ""), []).append(edge)

    def make(self) -> tuple:
        """The same for groups that can be drawn alike."""
        number = {id: i for i, id in enumerate(self.members)}
        ends = tuple((number.get(a, a), number.get(b, b)) for a, b, _ in self.routes)
        return self.group.kind in STACKED, tuple(self.kinds.values()), ends


def draw(tree: Group, sizes: Sizes, trace: Trace) -> dict[str, Any]:
    """Positions of everything in the groups of a trace, as plain data."""
    levels = _levels(tree, trace)
    open_some(tree, {id: sum(side == "in" for side, _ in level.ports) for id, level in levels.items()})
    boxes = {g.id: BOXES["turn" if g.kind == "turn" else "group"] for g in tree.groups()}
    alike: dict[tuple, list[Level]] = defaultdict(list)
    for level in levels.values():
        alike[level.make()].append(level)
    shapes, groups = [], {}
    for several in alike.values():
        shapes.append(_shape(several, sizes | boxes))
        for level in several:
            group = level.group
            groups[group.id] = {
                "kind": group.kind, "title": group.title, "open": group.open, "shape": len(shapes) - 1,
                "members": level.members, "routes": list(level.routes.values()),
            }  # fmt: skip
    outermost = groups.pop(tree.id)
    shape = shapes[outermost["shape"]]
    along = list(zip(outermost["routes"], shape["routes"], strict=True))
    return {
        "width": shape["width"],
        "height": shape["height"],
        "nodes": dict(zip(outermost["members"], shape["boxes"], strict=True)),
        "edges": {ids[0]: path for ids, path in along if len(ids) == 1},
        "bundles": [[path, ids] for ids, path in along if len(ids) > 1],
        "groups": groups,
        "shapes": shapes,
        "frame": FRAME,
    }


# ------------------------------------------------------------------ what each drawing has


def _levels(tree: Group, trace: Trace) -> dict[str, Level]:
    levels: dict[str, Level] = {}
    above: dict[
        str, list[Group]
    ] = {}  # of a card, function or group: the groups that it is in, inner ones first
    for group in (tree, *tree.groups()):
        level = levels[group.id] = Level(group)
        outer = [group, *above.get(group.id, ())]
        for item in group.items:
            if isinstance(item, Group):
                level.kinds[item.id] = "turn" if item.kind == "turn" else "group"
            else:
                level.kinds[item.id] = "function"
        level.kinds |= dict.fromkeys(group.cards, "card")
        level.members = list(level.kinds)
        above |= dict.fromkeys(level.members, outer)
    cards = {card.id for card in trace.tensors}
    for edge in trace.edges:
        if edge.source in above and edge.target in above:
            card = edge.source if edge.source in cards else edge.target
            ups, downs = above[edge.source], above[edge.target]
            shared = sum(1 for g in ups if g in downs)
            source, target = edge.source, edge.target
            for group in ups[:-shared]:
                level = levels[group.id]
                level.enter(source, level.port("out", card), edge.id)
                source = group.id
            for group in downs[:-shared]:
                level = levels[group.id]
                level.enter(level.port("in", card), target, edge.id)
                target = group.id
            levels[ups[-shared].id].enter(source, target, edge.id)
    return levels


# ------------------------------------------------------------------ one drawing


def _shape(alike: list[Level], sizes: Sizes) -> dict[str, Any]:
    """One drawing for several groups, with room for what each of them has at a place."""
    level = alike[0]
    room: Sizes = {
        id: (
            max(sizes[other.members[i]][0] for other in alike),
            max(sizes[other.members[i]][1] for other in alike),
        )
        for i, id in enumerate(level.members)
    }
    if level.group.kind in STACKED:
        cards = level.group.cards if level.group.kind == "repeat" else []
        items = list(level.kinds)[: len(level.members) - len(cards)]
        found = stack(Stack(items, cards, room, [(a, b) for a, b, _ in level.routes]))
        return {
            "width": found.width, "height": found.height,
            "boxes": [found.boxes[id] for id in level.members],
            "routes": [path_text(points) for points in found.paths],
            "lanes": [path_text(points) for points in found.lanes], "stubs": {str(i): lane for i, lane in found.stubs.items()},
        }  # fmt: skip
    first, last = ([name for (s, _), name in level.ports.items() if s == side] for side in ("in", "out"))
    links = [Link(str(i), source, target) for i, (source, target, _) in enumerate(level.routes)]
    drawing = place(room | dict.fromkeys(level.ports.values(), PORT), links, first, last)
    up, down = CROP * bool(first), CROP * bool(last)
    return {
        "width": drawing.width,
        "height": round(drawing.height - up - down, 1),
        "boxes": [[x, y - up, w, h] for x, y, w, h in (drawing.boxes[id] for id in level.members)],
        "routes": [path_text([(x, y - up) for x, y in drawing.paths[link.id]]) for link in links],
    }


def path_text(points: Points) -> str:
    """As SVG has it."""
    words = [f"{x:.1f} {y:.1f}" for x, y in points]
    return f"M {words[0]} C {' '.join(words[1:])}"

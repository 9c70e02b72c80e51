"""One drawing by Graphviz: boxes of given sizes and links between them -> where they stand and run.

Graphviz runs inside this process; it sees numbers and sizes, and no text of the learner.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

try:
    from pygraphviz import AGraph
    from pygraphviz import graphviz as gv
except ImportError as error:  # its wheel has Graphviz inside, which asks for the system's GLib
    raise ImportError(
        f"minigrad_widgets needs pygraphviz to lay graphs out, and it does not load: {error}. Where "
        "libgobject is missing: apt-get install libglib2.0-0; else: pip install pygraphviz"
    ) from error

Points = list[tuple[float, float]]
Sizes = dict[str, tuple[float, float]]

NODE_GAP, RANK_GAP = 24, 40
WIDEST = 210  # of the cards: how far the lane beside a column is from its middle follows from it

# From this many nodes on, an edge over more than so many ranks is drawn by us, and Graphviz is not told of
# it. A parameter used in each of 300 steps otherwise costs minutes: dot gives every long edge a hidden node
# in each rank that it crosses. So 1000 nodes take 50 to 300 ms, 500 where many edges are just not long, with
# dot's own settings otherwise; cheaper ones (nslimit, mclimit, straight splines) gained nothing worth having.
MANY_NODES, LONG_EDGE = 40, 8
MARGIN = 6


class Link(NamedTuple):
    """From the border of one box to the border of another, in the direction of the data."""

    id: str
    source: str
    target: str


class Drawing(NamedTuple):
    """`boxes` by id: x and y of the top left corner, width, height. `paths` by id: a start, then three points
    for each cubic piece."""

    width: float
    height: float
    boxes: dict[str, list[float]]
    paths: dict[str, Points]


def place(
    sizes: Sizes, links: Sequence[Link], first: Sequence[str] = (), last: Sequence[str] = ()
) -> Drawing:
    """Boxes and links, data flowing down; `first` stand in a row of their own at the top, `last` at the bottom."""
    ranks = _ranks(sizes, links)
    if first:
        ranks |= dict.fromkeys(first, min(ranks.values()) - 1)
    if last:
        ranks |= dict.fromkeys(last, max(ranks.values()) + 1)
    spans = {link.id: ranks[link.target] - ranks[link.source] for link in links}
    most = LONG_EDGE if len(sizes) > MANY_NODES else len(sizes)
    short = _in_order([link for link in links if spans[link.id] <= most], spans)
    boxes, paths, width, height = _graphviz(sizes, short, first, last)
    aside = {k.id: _aside(boxes[k.source], boxes[k.target]) for k in links if spans[k.id] > most}
    # They may run outside of what dot has laid out.
    reach = [x for points in aside.values() for x, _ in points]
    shift = max(0.0, MARGIN - min(reach, default=MARGIN))
    width = max(width, max(reach) + MARGIN) if reach else width
    return Drawing(
        round(width + shift, 1),
        height,
        {id: [round(x + shift, 1), y, w, h] for id, (x, y, w, h) in boxes.items()},
        {id: [(x + shift, y) for x, y in points] for id, points in (paths | aside).items()},
    )


# ------------------------------------------------------------------ Graphviz


def _graphviz(
    sizes: Sizes, links: list[Link], first: Sequence[str], last: Sequence[str]
) -> tuple[dict[str, list[float]], dict[str, Points], float, float]:
    """Boxes, the points of links, width and height, as dot lays them out."""
    if not sizes:
        return {}, {}, 0.0, 0.0
    # Inches, 72 units to each, so that a unit is a pixel. "dir=none" takes splines to the very border.
    # ordering=out: what hangs from a node stays in its order from left to right when a cell adds to it.
    ids = list(sizes)
    number = {id: i for i, id in enumerate(ids)}
    lines = [
        f"digraph {{ rankdir=TB; ordering=out; nodesep={NODE_GAP / 72}; ranksep={RANK_GAP / 72};",
        'node [shape=box, fixedsize=true, label="", penwidth=0]; edge [dir=none];',
    ]
    lines += [f"{number[id]} [width={w / 72:.4f}, height={h / 72:.4f}];" for id, (w, h) in sizes.items()]
    for rank, row in (("source", first), ("sink", last)):
        if row:
            lines.append(f"{{ rank={rank}; {' '.join(str(number[id]) for id in row)} }}")
    lines += [f"{number[link.source]} -> {number[link.target]};" for link in links]
    words = iter(_dot("\n".join([*lines, "}"])).split("\n"))
    width, height = (float(w) * 72 for w in next(words).split()[2:4])
    boxes: dict[str, list[float]] = {}
    splines: dict[tuple[str, str], list[Points]] = defaultdict(list)
    for line in words:
        kind, *rest = line.split(" ")
        if kind == "node":
            x, y = (float(n) * 72 for n in rest[1:3])
            w, h = sizes[id := ids[int(rest[0])]]
            boxes[id] = [round(x - w / 2, 1), round(height - y - h / 2, 1), float(w), float(h)]
        elif kind == "edge":
            numbers = [float(n) * 72 for n in rest[3 : 3 + 2 * int(rest[2])]]
            points = [(x, height - y) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
            splines[ids[int(rest[0])], ids[int(rest[1])]].append(points)
    # Two links between the same two boxes (b * b) cannot be told apart in dot's answer, nor need they be:
    # the first argument gets the path further left.
    for several in splines.values():
        several.sort(key=lambda points: points[len(points) // 2], reverse=True)
    paths = {
        link.id: _to_borders(
            splines[link.source, link.target].pop(), boxes[link.source], boxes[link.target], height
        )
        for link in links
    }
    return boxes, paths, round(width, 1), round(height, 1)


def _dot(source: str) -> str:
    """Graphviz's layout of a graph in its own language, in its format "plain"."""
    graph = AGraph(string=source)
    context = gv.gvContextWithBuiltins()
    try:
        if gv.gvLayout(context, graph.handle, b"dot") != 0:
            raise RuntimeError(
                "Graphviz could not lay out this graph; please report the trace that it came from"
            )
        try:
            _, text = gv.gvRenderData(context, graph.handle, b"plain")
        finally:
            gv.gvFreeLayout(context, graph.handle)
    finally:
        gv.gvFreeContext(context)
        graph.close()
    return text.decode()


def _to_borders(points: Points, source: list[float], target: list[float], height: float) -> Points:
    """The points with both ends on the boxes: dot writes five digits, not to the pixel in a tall graph."""
    bottom, top = source[1] + source[3], target[1]
    slack = 0.5 + height / 5000
    if abs(points[0][1] - bottom) < slack:
        points[0] = (points[0][0], bottom)
    if abs(points[-1][1] - top) < slack:
        points[-1] = (points[-1][0], top)
    return points


# ------------------------------------------------------------------ ranks


def _ranks(sizes: Sizes, links: Sequence[Link]) -> dict[str, int]:
    """How far down each node stands: as low as its first reader allows, about as dot will have it.

    So every node is just above its first reader, and leaving out long links tears nothing off.
    """
    readers: dict[str, list[str]] = defaultdict(list)
    waiting = dict.fromkeys(sizes, 0)
    for link in links:
        readers[link.source].append(link.target)
        waiting[link.target] += 1
    order = [id for id, count in waiting.items() if not count]
    rank = dict.fromkeys(sizes, 0)
    for id in order:  # grows while it is walked: a topological order
        for target in readers[id]:
            rank[target] = max(rank[target], rank[id] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                order.append(target)
    for id in reversed(order):
        if readers[id]:
            rank[id] = min(rank[target] for target in readers[id]) - 1
    return rank


def _in_order(links: list[Link], spans: dict[str, int]) -> list[Link]:
    """The links as Graphviz is to keep them from left to right: as they came.

    But one that skips ranks goes by on the right of one node and on the left of the next, or a chain
    with skips (h = f(h) + h) would drift off to one side, a column at each.
    """
    leaving: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        leaving[link.source].append(link)
    ordered: list[Link] = []
    on_the_left = False
    for several in leaving.values():
        lengths = [spans[link.id] for link in several]
        if max(lengths) - min(lengths) >= 2:
            several.sort(key=lambda link: spans[link.id], reverse=on_the_left)
            on_the_left = not on_the_left
        ordered += several
    return ordered


def _aside(source: list[float], target: list[float]) -> Points:
    """A long link: down a lane beside the cards in the column of its target, and into the target's side."""
    x, y = source[0] + source[2] / 2, source[1] + source[3]
    column = target[0] + target[2] / 2
    on_the_left = x < column
    side = target[0] if on_the_left else target[0] + target[2]
    lane = column + (WIDEST + NODE_GAP) / 2 * (-1 if on_the_left else 1)
    middle, bend = target[1] + target[3] / 2, RANK_GAP
    return [
        (x, y), (x, y + bend), (lane, y + bend), (lane, y + 2 * bend),
        (lane, y + 2 * bend), (lane, middle - bend), (lane, middle - bend),
        (lane, middle), (lane, middle), (side, middle),
    ]  # fmt: skip

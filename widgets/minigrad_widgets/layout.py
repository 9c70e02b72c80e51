"""Trace -> positions: one Graphviz layout of the whole trace, so that nothing moves while stepping.

    layout(trace)   {"width", "height", "nodes": {id: [x, y, w, h]}, "edges": {id: "M x y C ..."}, "metrics"}

In pixels, x and y of a node's top left corner, y downwards. An edge runs from the border of its source to
the border of its target, in the direction of the data. Boxes are large enough for what they show at any
step of the trace. Graphviz runs inside this process; it sees ids and sizes and no text of the learner.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

try:
    from pygraphviz import AGraph
    from pygraphviz import graphviz as gv
except ImportError as error:  # its wheel has Graphviz inside, which asks for the system's GLib
    raise ImportError(
        f"minigrad_widgets needs pygraphviz to lay graphs out, and it does not load: {error}. Where "
        "libgobject is missing: apt-get install libglib2.0-0; else: pip install pygraphviz"
    ) from error

from .measure import text_width
from .trace import EdgeView, NodeView, SavedView, TensorView, Trace, title

Points = list[tuple[float, float]]

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
    "badge": 34,  # the version badge with its gap
    "card_min": 112,
    "card_max": 210,
    "function_pad": 14,
    "function_height": 28,
    "function_max": 230,
    "node_gap": 24,
    "rank_gap": 40,
}

# From this many nodes on, an edge over more than so many ranks is drawn by us, and Graphviz is not told of
# it. A parameter used in each of 300 steps otherwise costs minutes: dot gives every long edge a hidden node
# in each rank that it crosses. So 1000 nodes take 50 to 300 ms, 500 where many edges are just not long, with
# dot's own settings otherwise; cheaper ones (nslimit, mclimit, straight splines) gained nothing worth having.
MANY_NODES, LONG_EDGE = 40, 8
MARGIN = 6


def layout(trace: Trace) -> dict[str, Any]:
    """Positions and sizes for every card, function and edge of `trace`, as plain data."""
    sizes = _sizes(trace)
    edges = [e for e in trace.edges if e.source in sizes and e.target in sizes]
    ranks = _ranks(sizes, edges)
    spans = {e.id: ranks[e.target] - ranks[e.source] for e in edges}
    most = LONG_EDGE if len(sizes) > MANY_NODES else len(sizes)
    short = _in_order([e for e in edges if spans[e.id] <= most], spans)
    nodes, paths, width, height = _graphviz(sizes, short)
    aside = {e.id: _aside(nodes[e.source], nodes[e.target]) for e in edges if spans[e.id] > most}
    # They may run outside of what dot has laid out.
    reach = [x for points in aside.values() for x, _ in points]
    shift = max(0.0, MARGIN - min(reach, default=MARGIN))
    width = max(width, max(reach) + MARGIN) if reach else width
    return {
        "width": round(width + shift, 1),
        "height": height,
        "nodes": {id: [round(x + shift, 1), y, w, h] for id, (x, y, w, h) in nodes.items()},
        "edges": {id: _path(points, shift) for id, points in (paths | aside).items()},
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
            if change.field in ("names", "ghosts", "value", "grad", "saved") and change.id in states:
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
        )
        value = card.value.text if card.value else "not kept"
        widths.append(text_width(shape_text(card), m["small_font"]) + 10 + _mono(value))
        widths.append(text_width(card.grad_fn or "requires_grad False", m["small_font"]))
        if card.grad is not None:
            widths.append(text_width(".grad", m["small_font"]) + 10 + _mono(card.grad.text))
        if has_grad_line(card):
            rows = 4
    return min(round(max(widths)) + 2 * m["pad"], m["card_max"]), 12 + m["row"] * rows


def _mono(text: str) -> float:
    return text_width(text, METRICS["value_font"], mono=True)


def slot_text(saved: SavedView) -> str:
    """One saved slot in words: "self b · saved v0, now v1"."""
    what = f"{saved.slot} {saved.text}".strip()
    if saved.state == "freed":
        return f"{what} · freed"
    if saved.state == "broken":
        return f"{what} · saved v{saved.version}, now v{saved.now}"
    return what if saved.card is None else f"{what} · saved v{saved.version}"


def function_size(states: Iterable[NodeView], titles: dict[str, str]) -> tuple[int, int]:
    """Width and height that a function needs for all of these states."""
    m = METRICS
    widths, slots = [0.0], 0
    for function in states:
        for name in (function.node or "", function.text if function.inplace else function.op):
            cut = f" · {function.cut}" if function.cut and function.cut != name else ""
            widths.append(text_width(name + cut, m["title_font"], bold=True) + (18 if function.cut else 0))
        widths += [text_width(slot_text(saved), m["slot_font"]) + 14 for saved in function.saved]
        slots = max(slots, len(function.saved))
    height = m["function_height"] if not slots else 30 + m["row"] * slots
    return min(round(max(widths)) + 2 * m["function_pad"], m["function_max"]), height


# ------------------------------------------------------------------ Graphviz


def _graphviz(sizes: dict[str, tuple[int, int]], edges: list[EdgeView]) -> tuple[dict, dict, float, float]:
    """Nodes, the points of edges, width and height, as dot lays them out."""
    if not sizes:
        return {}, {}, 0.0, 0.0
    # Inches, 72 units to each, so that a unit is a pixel. "dir=none" takes splines to the very border.
    # ordering=out: what hangs from a node stays in its order from left to right when a cell adds to it.
    m = METRICS
    ids = list(sizes)
    number = {id: i for i, id in enumerate(ids)}
    lines = [
        f"digraph {{ rankdir=TB; ordering=out; nodesep={m['node_gap'] / 72}; ranksep={m['rank_gap'] / 72};",
        'node [shape=box, fixedsize=true, label="", penwidth=0]; edge [dir=none];',
    ]
    lines += [f"{number[id]} [width={w / 72:.4f}, height={h / 72:.4f}];" for id, (w, h) in sizes.items()]
    lines += [f"{number[e.source]} -> {number[e.target]};" for e in edges]
    words = iter(_dot("\n".join([*lines, "}"])).split("\n"))
    width, height = (float(w) * 72 for w in next(words).split()[2:4])
    nodes: dict[str, list[float]] = {}
    splines: dict[tuple[str, str], list[Points]] = defaultdict(list)
    for line in words:
        kind, *rest = line.split(" ")
        if kind == "node":
            x, y = (float(n) * 72 for n in rest[1:3])
            w, h = sizes[id := ids[int(rest[0])]]
            nodes[id] = [round(x - w / 2, 1), round(height - y - h / 2, 1), float(w), float(h)]
        elif kind == "edge":
            numbers = [float(n) * 72 for n in rest[3 : 3 + 2 * int(rest[2])]]
            points = [(x, height - y) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
            splines[ids[int(rest[0])], ids[int(rest[1])]].append(points)
    # Two edges between the same two nodes (b * b) cannot be told apart in dot's answer, nor need they be:
    # the first argument gets the path further left.
    for several in splines.values():
        several.sort(key=lambda points: points[len(points) // 2], reverse=True)
    paths = {
        e.id: _to_borders(splines[e.source, e.target].pop(), nodes[e.source], nodes[e.target], height)
        for e in edges
    }
    return nodes, paths, round(width, 1), round(height, 1)


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


def _path(points: Points, shift: float) -> str:
    """As SVG has it."""
    words = [f"{x + shift:.1f} {y:.1f}" for x, y in points]
    return f"M {words[0]} C {' '.join(words[1:])}"


# ------------------------------------------------------------------ ranks


def _ranks(sizes: dict[str, Any], edges: list[EdgeView]) -> dict[str, int]:
    """How far down each node stands: as low as its first reader allows, about as dot will have it.

    So every node is just above its first reader, and leaving out long edges tears nothing off.
    """
    readers: dict[str, list[str]] = defaultdict(list)
    waiting = dict.fromkeys(sizes, 0)
    for edge in edges:
        readers[edge.source].append(edge.target)
        waiting[edge.target] += 1
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


def _in_order(edges: list[EdgeView], spans: dict[str, int]) -> list[EdgeView]:
    """The edges as Graphviz is to keep them from left to right: as they came.

    But an edge that skips ranks goes by on the right of one node and on the left of the next, or a chain
    with skips (h = f(h) + h) would drift off to one side, a column at each.
    """
    leaving: dict[str, list[EdgeView]] = defaultdict(list)
    for edge in edges:
        leaving[edge.source].append(edge)
    ordered: list[EdgeView] = []
    on_the_left = False
    for several in leaving.values():
        lengths = [spans[e.id] for e in several]
        if max(lengths) - min(lengths) >= 2:
            several.sort(key=lambda e: spans[e.id], reverse=on_the_left)
            on_the_left = not on_the_left
        ordered += several
    return ordered


def _aside(source: list[float], target: list[float]) -> Points:
    """A long edge: down a lane beside the cards in the column of its target, and into the target's side."""
    m = METRICS
    x, y = source[0] + source[2] / 2, source[1] + source[3]
    column = target[0] + target[2] / 2
    on_the_left = x < column
    side = target[0] if on_the_left else target[0] + target[2]
    lane = column + (m["card_max"] + m["node_gap"]) / 2 * (-1 if on_the_left else 1)
    middle, bend = target[1] + target[3] / 2, m["rank_gap"]
    return [
        (x, y), (x, y + bend), (lane, y + bend), (lane, y + 2 * bend),
        (lane, y + 2 * bend), (lane, middle - bend), (lane, middle - bend),
        (lane, middle), (lane, middle), (side, middle),
    ]  # fmt: skip

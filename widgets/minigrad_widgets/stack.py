"""The drawing of an open loop: its turns one below the other, what each hands to the next between them.

What many turns read, a weight, comes down a *lane* on the left and leads to each turn by a *stub*; what leaves
from any turn but the last goes down a lane on the right. So 1000 turns need no layout engine, and a page can
draw the few stubs in view and one lane instead of 1000 long lines.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from .placing import NODE_GAP, RANK_GAP, Points, Sizes

LANE = 16  # from one lane to the next
MOST_LANES = 4  # of sources with a lane of their own; others share one


class Stack(NamedTuple):
    """What stands in it: `links` are between items, cards and the ports ":in.." and ":out.."."""

    items: list[str]  # turns, or functions
    cards: list[str]
    sizes: Sizes
    links: list[tuple[str, str]]


class Stacked(NamedTuple):
    """`paths` in the order of the links; `stubs`: for the number of a path, that of its lane."""

    width: float
    height: float
    boxes: dict[str, list[float]]
    paths: list[Points]
    lanes: list[Points]
    stubs: dict[int, int]


def stack(what: Stack) -> Stacked:
    """Boxes, links and lanes of a loop, in pixels from its top left corner."""
    row = _rows(what)
    lane_of, count = _lanes(what.links, row)
    left = LANE * count + (NODE_GAP if count else 0)
    leaving = any(
        target.startswith(":out") and row[source] < len(what.items) - 1 for source, target in what.links
    )
    boxes, column, height = _boxes(what, row, left)
    right = left + column
    width = right + (NODE_GAP + 2 * LANE if leaving or _skips(what.links, row) else 0)
    used: dict[int, list[float]] = defaultdict(list)  # heights at which stubs meet the lane with a number
    paths: list[Points] = []
    stubs: dict[int, int] = {}
    for i, (source, target) in enumerate(what.links):
        if source.startswith(":in"):
            x, y, w, _ = boxes[target]
            lane = lane_of.get(source)
            if lane is None:
                middle = x + w / 2
                paths.append(_straight(middle, 0.0, middle, y))
                continue
            at = LANE * (lane + 0.5)
            entry = x + min(w / 2, 14.0 + 10 * lane)
            paths.append(_straight(at, y - 30, entry, y))
            stubs[i] = lane
            used[lane].append(y - 30)
        elif target.startswith(":out"):
            x, y, w, h = boxes[source]
            if row[source] == len(what.items) - 1:
                paths.append(_straight(x + w / 2, y + h, x + w / 2, height))
                continue
            at = right + NODE_GAP + LANE
            paths.append(_straight(x + w - min(w / 2, 14.0), y + h, at, y + h + 30))
            stubs[i] = count
            used[count].append(y + h + 30)
        else:
            paths.append(
                _link(boxes[source], boxes[target], right if row[target] - row[source] > 1 else None)
            )
    lanes = [_straight(LANE * (n + 0.5), 0.0, LANE * (n + 0.5), max(used[n])) for n in range(count)]
    if leaving:
        at = right + NODE_GAP + LANE
        lanes.append(_straight(at, min(used[count]), at, height))
    return Stacked(width, height, boxes, paths, lanes, stubs)


def _rows(what: Stack) -> dict[str, int]:
    """The turn that each thing is, or that made it."""
    row = {item: i for i, item in enumerate(what.items)}
    made = {target: row[source] for source, target in what.links if source in row}
    return row | {card: made.get(card, 0) for card in what.cards}


def _lanes(links: list[tuple[str, str]], row: dict[str, int]) -> tuple[dict[str, int], int]:
    """The lane of each port that has one, and how many there are. What the first turn alone reads has none."""
    readers: dict[str, set[int]] = defaultdict(set)
    for source, target in links:
        if source.startswith(":in"):
            readers[source].add(row[target])
    shared = [port for port, rows in readers.items() if len(rows) > 1]
    lane_of = {port: min(i, MOST_LANES) for i, port in enumerate(shared)}
    others = [port for port, rows in readers.items() if len(rows) == 1 and rows != {0}]
    lane_of |= dict.fromkeys(others, min(len(shared), MOST_LANES))
    return lane_of, len(set(lane_of.values()))


def _skips(links: list[tuple[str, str]], row: dict[str, int]) -> bool:
    return any(a in row and b in row and row[b] - row[a] > 1 for a, b in links)


def _boxes(what: Stack, row: dict[str, int], left: float) -> tuple[dict[str, list[float]], float, float]:
    """Where everything stands, the width of the column, and the height of all."""
    cards: dict[int, list[str]] = defaultdict(list)
    for card in what.cards:
        cards[row[card]].append(card)
    rows = [members for i, item in enumerate(what.items) for members in ([item], cards[i]) if members]
    widths = [sum(what.sizes[id][0] for id in members) + NODE_GAP * (len(members) - 1) for members in rows]
    column = float(max(widths))
    boxes: dict[str, list[float]] = {}
    y = float(LANE + 10)
    for members, width in zip(rows, widths, strict=True):
        x = left + (column - width) / 2
        for id in members:
            w, h = what.sizes[id]
            boxes[id] = [x, y, float(w), float(h)]
            x += w + NODE_GAP
        y += max(what.sizes[id][1] for id in members) + RANK_GAP
    return boxes, column, y - RANK_GAP + LANE


def _link(source: list[float], target: list[float], aside: float | None) -> Points:
    """From the bottom of one to the top of another; where others stand between, by the side of them."""
    x, y = source[0] + source[2] / 2, source[1] + source[3]
    to, end = target[0] + target[2] / 2, target[1]
    if aside is None:
        return _straight(x, y, to, end)
    lane = aside + LANE / 2
    return [*_straight(x, y, lane, y + 30), *_straight(lane, y + 30, lane, end - 30)[1:],
            *_straight(lane, end - 30, to, end)[1:]]  # fmt: skip


def _straight(x: float, y: float, to: float, end: float) -> Points:
    """Down from one point to another; a curve where it has to move aside."""
    bend = (end - y) * 0.6
    return [(x, y), (x, y + bend), (to, end - bend), (to, end)]

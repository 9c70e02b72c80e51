"""Pure geometry of a drawing (geometry.js): paths, arrowheads, where a label fits."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from typing import NamedTuple

Point = tuple[float, float]
Points = list[Point]

STRIDES = 8  # straight pieces that stand for a cubic one, where its length matters
_NUMBER = re.compile(r"-?[\d.]+(?:e-?\d+)?")


class Box(NamedTuple):
    """Top left corner, width and height."""

    x: float
    y: float
    w: float
    h: float


def path_points(d: str) -> Points:
    """The points of "M x y C x y ...": the start, then three for each cubic piece."""
    numbers = [float(n) for n in _NUMBER.findall(d)]
    return list(zip(numbers[::2], numbers[1::2], strict=False))


def short(value: float) -> str:
    """To a tenth, as JavaScript rounds and writes it."""
    tenth = math.floor(value * 10 + 0.5) / 10
    return str(int(tenth)) if tenth == int(tenth) else repr(tenth)


def path_text(points: Points) -> str:
    """As SVG has it."""
    words = [f"{short(x)} {short(y)}" for x, y in points]
    return f"M{words[0]}C{' '.join(words[1:])}"


def _cubic_at(points: Points, piece: int, u: float) -> Point:
    """The point at `u` in 0..1 of one cubic piece."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = points[piece * 3 : piece * 3 + 4]
    v = 1 - u
    a, b, c, d = v * v * v, 3 * u * v * v, 3 * u * u * v, u * u * u
    return a * ax + b * bx + c * cx + d * dx, a * ay + b * by + c * cy + d * dy


class Walk:
    """A path in short straight pieces, to find points at a share of its length."""

    def __init__(self, points: Points) -> None:
        self._points = [points[0]]
        for piece in range((len(points) - 1) // 3):
            self._points += [_cubic_at(points, piece, k / STRIDES) for k in range(1, STRIDES + 1)]
        self._lengths = [math.dist(a, b) for a, b in pairwise(self._points)]
        self._length = sum(self._lengths)

    def at(self, t: float) -> Point:
        """The point at `t` in 0..1 of the length."""
        left = t * self._length
        for i, length in enumerate(self._lengths):
            if left <= length and length > 0:
                (ax, ay), (bx, by) = self._points[i : i + 2]
                return ax + (bx - ax) * left / length, ay + (by - ay) * left / length
            left -= length
        return self._points[-1]


def border_point(start: Point, box: Box) -> Point:
    """Where the line from a point to the middle of a box meets its border."""
    cx, cy = box.x + box.w / 2, box.y + box.h / 2
    dx, dy = start[0] - cx, start[1] - cy
    reach = max(abs(dx) / (box.w / 2), abs(dy) / (box.h / 2))
    return start if reach <= 1 else (cx + dx / reach, cy + dy / reach)


def reach_to(points: Points, start: Box | None, end: Box | None) -> Points:
    """The path with a straight piece added where an end lies outside the box that is drawn there."""
    reached = points
    if start is not None:
        border = border_point(points[0], start)
        if math.dist(border, points[0]) > 0.5:
            reached = [border, border, points[0], *reached]
    if end is not None:
        border = border_point(points[-1], end)
        if math.dist(border, points[-1]) > 0.5:
            reached = [*reached, points[-1], border, border]
    return reached


def detour(start: Box, end: Box) -> Points:
    """A path between two boxes that no layout knows of: from side to side, round what stands between."""
    side = 1 if end.x + end.w / 2 >= start.x + start.w / 2 else 0
    a = (start.x + start.w * side, start.y + start.h / 2)
    b = (end.x + end.w * side, end.y + end.h / 2)
    bulge = 30 + abs(b[1] - a[1]) / 6
    far = max(a[0], b[0]) + bulge if side else min(a[0], b[0]) - bulge
    return [a, (far, a[1]), (far, b[1]), b]


def arrow(points: Points, size: float) -> tuple[Points, str]:
    """The path cut back so that its stroke ends under the arrowhead, and the head's own path."""
    tip = points[-1]
    start = _before(points, tip, size)
    length = math.dist(tip, start) or 1.0
    ux, uy = (tip[0] - start[0]) / length, (tip[1] - start[1]) / length
    half = size * 0.45
    neck = (tip[0] - ux * size * 0.8, tip[1] - uy * size * 0.8)
    corners = [
        tip,
        (tip[0] - ux * size - uy * half, tip[1] - uy * size + ux * half),
        neck,
        (tip[0] - ux * size + uy * half, tip[1] - uy * size - ux * half),
    ]
    return [*points[:-1], neck], f"M{'L'.join(f'{short(x)} {short(y)}' for x, y in corners)}Z"


def _before(points: Points, tip: Point, size: float) -> Point:
    """The last point that is as far from the tip as the head is long, so that a bent end does not twist it."""
    for piece in range((len(points) - 4) // 3, -1, -1):
        for k in range(STRIDES, -1, -1):
            back = _cubic_at(points, piece, k / STRIDES)
            if math.dist(tip, back) >= size:
                return back
    return points[0]


def overlap(a: Box, b: Box) -> bool:
    """Whether two boxes touch."""
    return a.x <= b.x + b.w and b.x <= a.x + a.w and a.y <= b.y + b.h and b.y <= a.y + a.h


class BoxIndex:
    """Boxes filed by place, so that one question looks at its neighbours only."""

    def __init__(self, cell: float = 120) -> None:
        self.cell = cell
        self.files: dict[tuple[int, int], list[Box]] = {}

    def _keys(self, box: Box) -> list[tuple[int, int]]:
        across = range(math.floor(box.x / self.cell), math.floor((box.x + box.w) / self.cell) + 1)
        down = range(math.floor(box.y / self.cell), math.floor((box.y + box.h) / self.cell) + 1)
        return [(i, j) for i in across for j in down]

    def add(self, box: Box) -> None:
        for key in self._keys(box):
            self.files.setdefault(key, []).append(box)

    def hits(self, box: Box) -> bool:
        """Whether a box touches one that is there."""
        return any(overlap(box, other) for key in self._keys(box) for other in self.files.get(key, ()))


def label_place(points: Points, w: float, h: float, taken: BoxIndex) -> Box | None:
    """The first place along a path where a label covers nothing, or None where there is none."""
    walk = Walk(points)
    for t in (0.45, 0.38, 0.52, 0.3, 0.6, 0.22, 0.68):
        x, y = walk.at(t)
        box = Box(x - w / 2, y - h / 2, w, h)
        if not taken.hits(box):
            return box
    return None

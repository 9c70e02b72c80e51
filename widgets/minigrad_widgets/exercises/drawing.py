"""A wrong answer drawn: the learner's graph beside the one asked for, the difference marked.

One picture in SVG, with its own background, so that it shows in a saved or untrusted notebook and in a grader's
feedback. What differs has a dashed frame and a mark, never a colour alone.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from html import escape
from typing import Any

from ..say import Say, render
from .graphs import Match, Tree

_ROW, _HEIGHT, _GAP, _CHARACTER, _EDGE = 58, 30, 18, 8.5, 24


def draw_difference(difference: Any, language: str) -> None:
    """Shows the two graphs of a Match below the cell. Nothing where there is no notebook, or no Match."""
    if not isinstance(difference, Match):
        return
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ImportError:
        return
    if get_ipython() is None:
        return
    said = {
        name: render(Say(f"graph.{name}"), language) for name in ("yours", "asked")
    }  # fmt: skip
    plain = f"{said['yours']}: {difference.found}\n{said['asked']}: {difference.wanted}"
    picture = base64.b64encode(svg(difference, said["yours"], said["asked"]).encode()).decode()
    html = f'<img alt="{escape(plain)}" src="data:image/svg+xml;base64,{picture}">'
    display({"text/plain": plain, "text/html": html}, raw=True)


@dataclass(slots=True)
class _Box:
    tree: Tree
    x: float
    y: float
    width: float
    inputs: list[_Box]


def svg(match: Match, yours: str, asked: str) -> str:
    """The two graphs as one picture."""
    left, width, height = _placed(match.found, _EDGE)
    right, end, other = _placed(match.wanted, width + 2 * _EDGE)
    height = max(height, other)
    total = end + _EDGE
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{total:g}" height="{height + 60:g}"'
        f' viewBox="0 0 {total:g} {height + 60:g}" font-family="ui-monospace, Menlo, Consolas, monospace"'
        ' font-size="14">'
        f'<rect width="100%" height="100%" rx="8" fill="#fff" stroke="#c9ced6"/>'
        f'<path d="M{width + _EDGE:g} 12V{height + 48:g}" stroke="#c9ced6"/>'
    )
    titles = _title(yours, _EDGE) + _title(asked, width + 2 * _EDGE)
    return head + titles + _drawn(left) + _drawn(right) + "</svg>"


def _title(text: str, x: float) -> str:
    return f'<text x="{x:g}" y="28" font-family="sans-serif" font-weight="600" fill="#33415c">{escape(text)}</text>'


def _placed(tree: Tree, x: float) -> tuple[_Box, float, float]:
    """A tree as boxes, inputs above; where its right edge is, and its height."""
    deep = _depth(tree)

    def place(tree: Tree, x: float, row: int) -> tuple[_Box, float]:
        own = max(40.0, _CHARACTER * (len(tree.name) + (0 if tree.same else 2)) + 20)
        at, inputs = x, []
        for one in tree.inputs:
            box, at = place(one, at, row - 1)
            inputs.append(box)
            at += _GAP
        span = max(own, at - _GAP - x) if inputs else own
        return _Box(tree, x + (span - own) / 2, 44 + row * _ROW, own, inputs), x + span

    box, right = place(tree, x, deep)
    return box, max(right, x + 130), 44 + deep * _ROW + _HEIGHT


def _depth(tree: Tree) -> int:
    return 1 + max(map(_depth, tree.inputs)) if tree.inputs else 0


def _drawn(box: _Box) -> str:
    parts = []
    middle = box.x + box.width / 2
    for one in box.inputs:
        above = one.x + one.width / 2
        parts.append(f'<path d="M{above:g} {one.y + _HEIGHT:g}L{middle:g} {box.y:g}" stroke="#7a8599"/>')
        parts.append(_drawn(one))
    radius = _HEIGHT / 2 if box.tree.is_op else 5
    look = 'fill="#eef3fb" stroke="#5b7db1"' if box.tree.same else (
        'fill="#fdeceb" stroke="#b3261e" stroke-width="2" stroke-dasharray="5 3"'
    )  # fmt: skip
    mark = "" if box.tree.same else "≠ "
    parts.append(
        f'<rect x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{_HEIGHT}" rx="{radius:g}" {look}/>'
        f'<text x="{middle:g}" y="{box.y + 20:g}" text-anchor="middle" fill="#1c2433">{escape(mark + box.tree.name)}</text>'
    )
    return "".join(parts)

"""A trace in Graphviz's language: to edit, to save, to render with the programs that read it."""

from __future__ import annotations

import re

from graphviz import Source

from .drawing.card import autograd_text, grad_text, name_of
from .drawing.edge import edge_messages
from .drawing.function import function_title, is_broken
from .layout import has_grad_line, shape_text, slot_text
from .trace import NodeView, TensorView, Trace

HEAD = """\
digraph {
rankdir=TB; ordering=out; fontname="sans-serif";
node [fontname="sans-serif", fontsize=11, shape=box, style="rounded,filled", fillcolor="#ffffff", color="#7d8690"];
edge [fontname="sans-serif", fontsize=9, color="#7d8690"];"""
# Colours as in the panel; each stands beside a word or a kind of line.
LEAF = 'fillcolor="#eefaf4", color="#0a7d5a"'
FUNCTION = 'style="rounded,filled", fillcolor="#f3f5f7"'
BROKEN = 'fillcolor="#fff1ea", color="#b3400a", penwidth=2'
WRITTEN = 'color="#8a5a00", penwidth=2'
FLOWED = 'color="#0b62b3", fontcolor="#0b62b3"'

_NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff]")


def source(trace: Trace, step: int | None = None, side: str = "backward") -> Source:
    """The graph after `step` steps, by default the last; ValueError for another side or moment.

    "forward" has the arrows of the data, "backward" those of the gradients, with nodes and what they saved.
    """
    if side not in ("forward", "backward"):
        raise ValueError(f"side {side!r}: there are 'forward' and 'backward'")
    moment = trace.at(len(trace.steps) if step is None else step)
    messages = edge_messages(moment, side)
    shown = {t.id for t in (*moment.tensors, *moment.functions) if t.shown}
    lines = [HEAD]
    lines += [_card(card, side) for card in moment.tensors if card.shown]
    lines += [_function(function, side) for function in moment.functions if function.shown]
    for message in messages.values():
        edge = message.edge
        if not {edge.source, edge.target} <= shown:
            continue
        marks = [f"key={_quoted(edge.id)}"]  # b * b has two edges between the same nodes
        if message.pill:
            marks.append(f"label={_quoted(message.pill)}")
        if side == "backward":
            # The same layout as forward, with the arrowheads at the other end.
            marks.append("dir=back" if edge.tracked else "dir=none, style=dotted")
        if message.broken:
            marks.append('style=dashed, color="#b3400a", fontcolor="#b3400a"')
        elif side == "backward" and edge.gradient:
            marks.append(FLOWED)
        lines.append(f"{_quoted(edge.source)} -> {_quoted(edge.target)} [{', '.join(marks)}];")
    return Source("\n".join([*lines, "}", ""]))


def _card(card: TensorView, side: str) -> str:
    marks = " old" if not card.current else ""
    was = f" (was {', '.join(card.ghosts)})" if card.names and card.ghosts else ""
    leaf = "leaf " if card.is_leaf else ""
    rows = [
        f"{leaf}{name_of(card)}{marks}{was}  v{card.version}",
        f"{shape_text(card)}  {card.value.text if card.value else 'not kept'}",
        autograd_text(card, side),
    ]
    if has_grad_line(card):
        rows.append(f".grad  {grad_text(card)}")
    look = []
    if not card.current:
        look.append('style="rounded,dashed"')
    elif not card.alive or not card.names:
        look.append('style="rounded,dotted"')
    if card.is_leaf and card.requires_grad:
        look.append(LEAF)
    elif card.current and card.version:
        look.append(WRITTEN)
    return _node(card.id, rows, look)


def _function(function: NodeView, side: str) -> str:
    rows = [function_title(function, side)]
    if side == "backward" and function.node:
        rows += [slot_text(saved) for saved in function.saved]
    look = [FUNCTION]
    if function.cut:
        look = ['style="rounded,dashed"']
    if is_broken(function):
        look.append(BROKEN)
    return _node(function.id, rows, look)


def _node(id: str, rows: list[str], look: list[str]) -> str:
    return f"{_quoted(id)} [{', '.join([f'label={_quoted(*rows)}', *look])}];"


def _quoted(*rows: str) -> str:
    """Rows of text as a quoted string; "\\N" and "&lt;" in them mean nothing to Graphviz."""
    texts = [_NOT_TEXT.sub("\ufffd", row) for row in rows]
    for plain, safe in (("&", "&amp;"), ("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n")):
        texts = [text.replace(plain, safe) for text in texts]
    return '"' + "\\n".join(texts) + '"'

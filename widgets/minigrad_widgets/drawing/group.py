"""A group of functions as one box, closed, that says what is hidden in it (group.js)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

from ..say import Say, render
from ..trace import ErrorView, NodeView, TensorView, Trace
from .edge import Message
from .fitting import FONTS, Measure, estimate, fit
from .icons import alarm_icon
from .tree import Markup, h

PAD = 10
ROW = 16
MOST_TOLD = 5  # of the edges that one line stands for


class Folded(NamedTuple):
    """A group and what is in it at a moment, at any depth."""

    id: str
    kind: str
    title: str
    turns: int
    tensors: tuple[TensorView, ...]
    functions: tuple[NodeView, ...]
    error: bool


def hiders(positions: dict[str, Any]) -> dict[str, str]:
    """For all that a box hides, the box that stands for it while all are closed."""
    groups = positions.get("groups", {})
    inside = {id for group in groups.values() for id in group["members"]}
    found: dict[str, str] = {}
    for outermost in groups.keys() - inside:
        waiting = [outermost]
        for id in waiting:  # grows while it is walked
            waiting += groups[id]["members"] if id in groups else ()
        found |= dict.fromkeys(waiting[1:], outermost)
    return found


def folded(moment: Trace, positions: dict[str, Any], error: ErrorView | None) -> list[Folded]:
    """The boxes of a moment that hide something of it."""
    stands_for = hiders(positions)
    at_fault = {error.function, error.card} if error else set()
    found = []
    for id, group in positions.get("groups", {}).items():
        if id in stands_for:
            continue
        tensors = tuple(t for t in moment.tensors if t.shown and stands_for.get(t.id) == id)
        functions = tuple(f for f in moment.functions if f.shown and stands_for.get(f.id) == id)
        there = {thing.id for thing in (*tensors, *functions)}
        turns = 0
        if group["kind"] == "repeat":
            cards = {t.id for t in moment.tensors}
            firsts = [_first(member, positions) for member in group["members"] if member not in cards]
            turns = sum(first in there for first in firsts)
        if there:
            kind, title = group["kind"], group["title"]
            found.append(Folded(id, kind, title, turns, tensors, functions, bool(there & at_fault)))
    return found


def _first(id: str, positions: dict[str, Any]) -> str:
    """The first function in a turn."""
    while id in positions["groups"]:
        id = positions["groups"][id]["members"][0]
    return id


def joined_message(source: str, target: str, messages: list[Message]) -> Message:
    """What a line says that stands for these edges, between boxes that hide the ends of some."""
    edges = [message.edge for message in messages]
    edge = replace(
        edges[0], source=source, target=target, tracked=any(e.tracked for e in edges),
        gradient=next((e.gradient for e in edges if e.gradient is not None), None),
    )  # fmt: skip
    if len(messages) == 1:
        return messages[0]._replace(edge=edge)
    pills = [message.pill for message in messages if message.pill]
    broken = next((message for message in messages if message.broken), None)
    many = render(Say("fold.gradients", {"n": len(pills)})) if len(pills) > 1 else "".join(pills)
    words = [message.words for message in messages[:MOST_TOLD]]
    if len(messages) > MOST_TOLD:
        words.append(render(Say("fold.more edges", {"n": len(messages) - MOST_TOLD})))
    return Message(edge, (broken and broken.pill) or many, "\n".join(words), broken is not None)


def state_text(group: Folded, side: str) -> str:
    """What is special about the hidden, the worst first."""
    functions = group.functions
    slots = [{saved.state for saved in f.saved} for f in functions]
    ran = sum(f.runs > 0 for f in functions) if side == "backward" else 0
    counts = {
        "broken": sum("broken" in states for states in slots),
        "unseen": sum("unseen" in states for states in slots),
        "cuts": sum(f.cut is not None for f in functions),
        "ran": ran,
        "freed": sum("freed" in states for states in slots),
        "gradients": sum(t.grad is not None for t in group.tensors),
    }
    nodes = sum(f.node is not None for f in functions)
    words = [render(Say("fold.error"))] if group.error else []
    words += [
        render(Say(f"fold.{key}", {"n": n, "all": nodes} if key == "ran" else {"n": n}))
        for key, n in counts.items()
        if n
    ]
    return " · ".join(words)


def group_tree(group: Folded, side: str, width: float, height: float, measure: Measure = estimate) -> Markup:
    """The box at its own origin."""
    alarm = group.error or any(s.state in ("broken", "unseen") for f in group.functions for s in f.saved)
    title = group.title
    if group.kind == "parameters":
        title = render(Say("fold.parameters.named", {"title": title}))
    times = f"× {group.turns}" if group.turns else ""
    badge = max(24, measure(times, FONTS["badge"]) + 12) if times else 0
    rows = [h("text", {"class": "mg-title"}, fit(title, width - 3 * PAD - badge, FONTS["title"], measure))]
    ops = ", ".join(dict.fromkeys(f.op for f in group.functions))
    hidden = {
        what: Say(f"count.{what}.{'one' if len(things) == 1 else 'many'}", {"count": len(things)})
        for what, things in (("tensor", group.tensors), ("function", group.functions))
    }
    counted = render(
        Say("count", {"tensors": hidden["tensor"], "functions": hidden["function"]})
        if group.functions
        else hidden["tensor"]
    )
    for text in filter(None, (ops, counted)):
        rows.append(h("text", {"class": "mg-soft"}, fit(text, width - 2 * PAD, FONTS["small"], measure)))
    if text := state_text(group, side):
        left = 18 if alarm else 0
        shown = fit(text, width - 2 * PAD - left, FONTS["title" if alarm else "small"], measure)
        icon = h("g", {"transform": "translate(0 -11)"}, alarm_icon()) if alarm else None
        rows.append(
            h("g", {"class": "mg-alert" if alarm else "mg-told"}, icon, h("text", {"x": left}, shown))
        )
    top = (height - ROW * len(rows)) / 2 + 12
    return h(
        "g",
        {"class": "mg-group mg-broken" if alarm else "mg-group"},
        h("title", {}, render(Say(f"fold.{group.kind}.named", {"title": group.title}))),
        h("rect", {"class": "mg-behind", "x": 4, "y": 4, "width": width, "height": height, "rx": 6})
        if times
        else None,
        h("rect", {"class": "mg-body", "width": width, "height": height, "rx": 6}),
        *(h("g", {"transform": f"translate({PAD} {top + i * ROW:g})"}, row) for i, row in enumerate(rows)),
        h(
            "g",
            {"class": "mg-times", "transform": f"translate({width - PAD - badge:g} {top - 12:g})"},
            h("rect", {"width": badge, "height": 15, "rx": 7.5}),
            h("text", {"x": badge / 2, "y": 11}, times),
        )
        if times
        else None,
    )

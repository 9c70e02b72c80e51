"""An error of autograd, explained: why it had to be raised, where it began, and the cures that apply.

A cure is code. Each was made from the learner's own lines and runs in place of them; where a line is not
one plain statement, there is none to offer.
"""

from __future__ import annotations

import re

from . import statements, words
from .drafts import Drafts, Entity
from .facts import Failed
from .say import Phrase, Say
from .trace import ErrorView, Place

Ledger = dict[int, list[tuple[int, Place | None]]]

# Of these ops it can be said why the node needs what it saved.
_REASONS = {
    "mul", "matmul", "div", "pow", "exp", "sqrt", "tanh", "sigmoid", "relu", "log", "sin", "cos",
}  # fmt: skip


def error_view(fact: Failed, drafts: Drafts, ledger: Ledger, taken: set[str]) -> ErrorView:
    """The error as facts to draw. taken: names that a cure must not use for something new."""
    function, card = drafts.function(fact.node), drafts.card(fact.key)
    explained = {
        "version": _version,
        "leaf": _leaf,
        "view of leaf": _leaf,
        "freed": _freed,
        "no graph": _no_graph,
    }.get(fact.kind, _other)
    return explained(_Case(fact, drafts, ledger, taken, function, card))


def sentence(error: ErrorView, fact: Failed, drafts: Drafts) -> Phrase:
    """The error as the sentence of its step."""
    card, node = drafts.title(error.card), fact.node_name
    if error.kind == "version":
        versions = {"saved": error.saved_version, "now": error.now_version}
        return Say("stop.version", {"node": node, "name": card, **versions})
    if error.kind in ("leaf", "view of leaf"):
        part, leaf = _leaf_names(drafts, drafts.entities.get(error.card or ""), error.kind)
        if part == leaf:
            return Say("stop.leaf", {"part": part})
        return Say("stop.view of leaf", {"part": part, "leaf": leaf})
    if error.kind == "freed":
        return Say("stop.freed", {"node": node})
    if error.kind == "no graph":
        return Say("stop.no graph", {"name": card})
    return words.first_sentence(fact.message)


class _Case:
    """One error, with what is known about it."""

    def __init__(
        self,
        fact: Failed,
        drafts: Drafts,
        ledger: Ledger,
        taken: set[str],
        function: Entity | None,
        card: Entity | None,
    ) -> None:
        self.fact, self.drafts, self.ledger, self.taken = fact, drafts, ledger, taken
        self.function, self.card = function, card
        self.line = drafts.line(fact.place)

    def view(self, title: Phrase, why: Phrase, cures: list[str | None], **more: object) -> ErrorView:
        fact = self.fact
        return ErrorView(
            fact.kind, title, fact.message, why,
            cures=tuple(dict.fromkeys(c for c in cures if c)),
            **{
                "function": self.function and self.function.id,
                "card": self.card and self.card.id,
                "slot": fact.slot,
                **more,
            },
        )  # fmt: skip

    def unused(self, name: str) -> str:
        return next(n for n in ("c", "d", f"{name}_copy", f"{name}_copy2") if n not in self.taken)

    def copied(self, line: str) -> str | None:
        """The write done to a copy."""
        name = statements.written_name(line)
        if name is None:
            return None
        copy = self.unused(name)
        return f"{copy} = {name}.clone(); {statements.renamed(line, name, copy)}"

    def no_grad(self, line: str) -> str | None:
        return f"with {self.spelled('no_grad')}():\n    {line}" if statements.written_name(line) else None

    def spelled(self, name: str) -> str:
        """A name of the engine as the learner's cells can say it."""
        for cell in reversed(self.drafts.cells):
            if re.search(rf"^\s*from \w+ import (\*|.*\b{name}\b)", cell.source, re.M):
                return name
            if found := re.search(r"^\s*import (?:minigrad|torch) as (\w+)", cell.source, re.M):
                return f"{found[1]}.{name}"
        return f"minigrad.{name}"

    def lines_to(self, card: Entity | None) -> list[str] | None:
        """The lines that computed a tensor, in order; None where one is not known."""
        drafts, places, stack, seen = self.drafts, [], [card], set()
        while stack:
            here = stack.pop()
            function = here and drafts.entities.get(here.now["made_by"] or "")
            if function is None or function.id in seen:
                continue
            seen.add(function.id)
            places.append(function.now["place"])
            stack += [drafts.entities.get(id) for _, id, _ in function.args if id]
        if None in places:
            return None
        ordered = sorted({(p.cell, p.line): p for p in places}.items())
        return [drafts.line(place) for _, place in ordered]


# ------------------------------------------------------------------ the kinds


def _version(case: _Case) -> ErrorView:
    fact, function, card = case.fact, case.function, case.card
    kept = None
    if function is not None:
        slot = next((s for s in function.now["saved"] if s.slot == fact.slot), None)
        kept = case.drafts.entities.get(slot.card) if slot and slot.card else None
    case.card = kept or card
    name = case.drafts.title(case.card and case.card.id)
    writes = case.ledger.get(fact.key or (kept.key if kept else 0), [])
    changed_at = next((place for version, place in writes if version > (fact.saved_version or 0)), None)
    saved_at = function.now["place"] if function else None
    write = case.drafts.line(changed_at)
    op = function.now["op"] if function else ""
    names = {"node": fact.node_name, "name": name}
    reason = Say(f"reason.{op}") if op in _REASONS else Say("reason.other", names)
    by = Say("why.write", {"line": write}) if write else Say("why.a write")
    return case.view(
        Say("title.version", names), Say("why.version", {**names, "reason": reason, "write": by}),
        [_swapped(case.drafts, saved_at, changed_at), case.copied(write), statements.out_of_place(write)],
        saved_version=fact.saved_version, now_version=fact.now_version, saved_at=saved_at, changed_at=changed_at,
    )  # fmt: skip


def _swapped(drafts: Drafts, saved_at: Place | None, changed_at: Place | None) -> str | None:
    """The write before the line that uses what it writes, where it needs nothing that came in between."""
    if saved_at is None or changed_at is None:
        return None
    use, write = drafts.line(saved_at), drafts.line(changed_at)
    if not statements.written_name(write) or not statements.is_plain(use):
        return None
    start, end = (saved_at.cell, saved_at.line), (changed_at.cell, changed_at.line)
    between = [drafts.line(Place(saved_at.cell, saved_at.line))]
    for number in range(saved_at.cell, changed_at.cell + 1):
        lines = drafts.cells[number].source.splitlines()
        between += [lines[k - 1] for k in range(1, len(lines) + 1) if start < (number, k) < end]
    assigned = set().union(*(statements.assigned(line.strip()) for line in between))
    return None if start >= end or assigned & statements.used(write) else f"{write}\n{use}"


def _leaf(case: _Case) -> ErrorView:
    name, leaf = _leaf_names(case.drafts, case.card, case.fact.kind)
    names = {"name": name, "leaf": leaf}
    return case.view(
        Say("title.leaf" if name == leaf else "title.view of leaf", names),
        Say("why.leaf", names),
        [case.no_grad(case.line), case.copied(case.line)],
        changed_at=case.fact.place,
    )


def _leaf_names(drafts: Drafts, card: Entity | None, kind: str) -> tuple[Phrase, Phrase]:
    """What was to be written, and the leaf that it is or belongs to."""
    name = drafts.title(card and card.id)
    if kind == "leaf" or card is None:
        return name, name
    base = drafts.entities.get(card.now["base"] or "")
    # a[0] = 1 makes a view that nobody ever sees.
    return (name, base.title) if base else (Say("part of", {"name": name}), name)


def _freed(case: _Case) -> ErrorView:
    fact, function = case.fact, case.function
    first, root = None, None
    for step in reversed(case.drafts.steps):
        if step.kind == "free" and function is not None and function.id in step.about:
            first = step.place
        elif step.kind == "backward" and root is None:
            root = case.drafts.entities.get(step.about[0]) if step.about else None
    names = [s.text or case.drafts.title(s.card) for s in (function.now["saved"] if function else ())]
    kept = Say("why.freed.kept", {"names": ", ".join(dict.fromkeys(names))}) if names else ""
    lines = case.lines_to(root)
    again = "\n".join([*lines, case.line]) if lines and all(map(statements.is_plain, lines)) else None
    return case.view(
        Say("title.freed", {"node": fact.node_name}), Say("why.freed", {"node": fact.node_name, "kept": kept}),
        [statements.with_argument(case.drafts.line(first), "retain_graph", "True"), again],
        saved_at=function.now["place"] if function else None, changed_at=first,
    )  # fmt: skip


def _no_graph(case: _Case) -> ErrorView:
    card, drafts = case.card, case.drafts
    name = drafts.title(card and card.id)
    above = _functions_above(drafts, card)
    cut = next((f for f in above if f.now["cut"]), None)
    lines = case.lines_to(card) or []
    plain = all(map(statements.is_plain, lines))
    cures: list[str | None] = []
    saved_at = None
    if cut is not None:
        case.function = cut
        saved_at = cut.now["place"]
        kind = cut.now["cut"]
        key = f"why.cut.{kind}" if kind in ("no_grad", "item", "not differentiable") else "why.cut"
        why = Say(key, {"name": name, "op": cut.now["op"]})
        if cut.now["cut"] == "no_grad" and plain:
            cures.append("\n".join([*lines, case.line]))
        elif cut.now["cut"] in ("detach", "data") and plain:
            without = [re.sub(r"\.(detach\(\)|data\b)", "", line) for line in lines]
            cures.append("\n".join([*without, case.line]))
    else:
        used = {id for f in above for _, id, _ in f.args if id}
        leaves = [drafts.entities[id] for id in used if id in drafts.entities]
        leaves = [c for c in leaves if not c.now["made_by"] and c.now["names"] and "float" in c.now["dtype"]]
        if not above and card is not None and card.now["names"] and "float" in card.now["dtype"]:
            leaves = [card]
        said = ", ".join(sorted(c.title for c in leaves))
        key = "why.no leaf" if not leaves else "why.one leaf" if len(leaves) == 1 else "why.some leaves"
        why = Say(key, {"names": said} if leaves else {})
        if plain:
            cures += ["\n".join([f"{c.now['names'][0]}.requires_grad_()", *lines, case.line]) for c in leaves]
    return case.view(Say("title.no graph", {"name": name}), why, cures, saved_at=saved_at)


def _functions_above(drafts: Drafts, card: Entity | None) -> list[Entity]:
    """The functions that led to a card, the nearest first."""
    found: dict[str, Entity] = {}
    queue = [card]
    for here in queue:
        function = here and drafts.entities.get(here.now["made_by"] or "")
        if function is not None and function.id not in found:
            found[function.id] = function
            queue += [drafts.entities.get(id) for _, id, _ in function.args if id]
    return list(found.values())


def _other(case: _Case) -> ErrorView:
    fact, name = case.fact, case.card.title if case.card else ""
    title: Phrase = words.first_sentence(fact.message)
    why: Phrase = ""
    cures: list[str | None] = []
    if fact.kind == "no seed" and case.card is not None:
        title = Say("title.not a scalar", {"name": name})
        why = Say("why.not a scalar", {"name": name, "shape": f"{case.card.now['shape']}"})
        if case.card.now["names"]:
            cures = [f"{name}.sum().backward()", f"{name}.backward({case.spelled('ones_like')}({name}))"]
    elif fact.kind == "leaf moved" and case.card is not None:
        writes = case.ledger.get(case.card.key, [])
        place = writes[0][1] if writes else None
        why = Say("why.leaf moved", {"name": name})
        return case.view(title, why, [case.no_grad(case.drafts.line(place))], changed_at=place)
    return case.view(title, why, cures)

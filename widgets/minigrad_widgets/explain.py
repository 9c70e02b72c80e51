"""An error of autograd, explained: why it had to be raised, where it began, and the cures that apply.

A cure is code. Each was made from the learner's own lines and runs in place of them; where a line is not
one plain statement, there is none to offer.
"""

from __future__ import annotations

import re

from . import statements, words
from .drafts import Drafts, Entity
from .facts import Failed
from .trace import ErrorView, Place

Ledger = dict[int, list[tuple[int, Place | None]]]

# Why a node needs what it saved; {kept} is that tensor.
_REASONS = {
    "mul": "The derivative of a product with respect to one factor is the other factor",
    "matmul": "The derivative of a matrix product with respect to one factor is the other factor",
    "div": "The derivative of a quotient contains the divisor, and for the divisor the quotient",
    "pow": "The derivative of x ** n is n * x ** (n - 1), which contains x",
    "exp": "The derivative of exp is its own result",
    "sqrt": "The derivative of sqrt is 1 / (2 * its own result)",
    "tanh": "The derivative of tanh is 1 - its own result squared",
    "sigmoid": "The derivative of sigmoid is y * (1 - y), where y is its own result",
    "relu": "The derivative of relu is 1 where its result is positive, else 0",
    "log": "The derivative of log is 1 / x, which contains x",
    "sin": "The derivative of sin x is cos x, which contains x",
    "cos": "The derivative of cos x is -sin x, which contains x",
}


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


def sentence(error: ErrorView, fact: Failed, drafts: Drafts) -> str:
    """The error as the sentence of its step."""
    card, name = drafts.title(error.card), fact.node_name
    if error.kind == "version":
        return (
            f"{name} asks for {card}, saved at version {error.saved_version}. "
            f"It is at version {error.now_version} now: stop."
        )
    if error.kind in ("leaf", "view of leaf"):
        part, leaf = _leaf_names(drafts, drafts.entities.get(error.card or ""), error.kind)
        what = "a leaf that requires grad" if part == leaf else f"a view of {leaf}, a leaf that requires grad"
        return f"{part} is {what}: it must not be written while ops are recorded. Stop."
    if error.kind == "freed":
        return f"{name} has nothing saved any more: an earlier backward() let it go. Stop."
    if error.kind == "no graph":
        return f"backward() starts at {card}, and no graph hangs from it. Stop."
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

    def view(self, title: str, why: str, cures: list[str | None], **more: object) -> ErrorView:
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
    name = case.card.title if case.card else "a tensor"
    writes = case.ledger.get(fact.key or (kept.key if kept else 0), [])
    changed_at = next((place for version, place in writes if version > (fact.saved_version or 0)), None)
    saved_at = function.now["place"] if function else None
    write = case.drafts.line(changed_at)
    op = function.now["op"] if function else ""
    reason = _REASONS.get(op, f"{fact.node_name} computes its gradient from {name}")
    by = f'"{write}" has' if write else "A write has"
    why = (
        f"{reason}, so {fact.node_name} kept {name} itself, not a copy. {by} overwritten it since, and with the "
        "new numbers the gradient would be wrong."
    )
    return case.view(
        f"Backward stopped at {fact.node_name}", why,
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
    why = (
        f"backward() puts the gradient of a leaf into its .grad. Written while ops are recorded, {leaf} would be the "
        "result of an op and no leaf any more, and its gradient would be let go like any other."
    )
    title = f"{name} is a leaf" if name == leaf else f"{name} is a view of the leaf {leaf}"
    return case.view(
        f"{title}: writing it is refused",
        why,
        [case.no_grad(case.line), case.copied(case.line)],
        changed_at=case.fact.place,
    )


def _leaf_names(drafts: Drafts, card: Entity | None, kind: str) -> tuple[str, str]:
    """What was to be written, and the leaf that it is or belongs to."""
    name = card.title if card else "a tensor"
    if kind == "leaf" or card is None:
        return name, name
    base = drafts.entities.get(card.now["base"] or "")
    # a[0] = 1 makes a view that nobody ever sees.
    return (name, base.title) if base else (f"a part of {name}", name)


def _freed(case: _Case) -> ErrorView:
    fact, function = case.fact, case.function
    first, root = None, None
    for step in reversed(case.drafts.steps):
        if step.kind == "free" and function is not None and function.id in step.about:
            first = step.place
        elif step.kind == "backward" and root is None:
            root = case.drafts.entities.get(step.about[0]) if step.about else None
    names = [s.text or case.drafts.title(s.card) for s in (function.now["saved"] if function else ())]
    kept = f" ({', '.join(dict.fromkeys(names))})" if names else ""
    why = (
        f"The first backward() let go of what {fact.node_name} had saved{kept}, because most graphs are used once "
        "and memory is dear. A second one needs it again."
    )
    lines = case.lines_to(root)
    again = "\n".join([*lines, case.line]) if lines and all(map(statements.is_plain, lines)) else None
    return case.view(
        f"Backward came to {fact.node_name} a second time", why,
        [statements.with_argument(case.drafts.line(first), "retain_graph", "True"), again],
        saved_at=function.now["place"] if function else None, changed_at=first,
    )  # fmt: skip


def _no_graph(case: _Case) -> ErrorView:
    card, drafts = case.card, case.drafts
    name = card.title if card else "this tensor"
    above = _functions_above(drafts, card)
    cut = next((f for f in above if f.now["cut"]), None)
    lines = case.lines_to(card) or []
    plain = all(map(statements.is_plain, lines))
    cures: list[str | None] = []
    saved_at = None
    if cut is not None:
        case.function = cut
        saved_at = cut.now["place"]
        why = f"{name} does not remember how it was computed: the gradient was cut at {cut.now['op']}"
        why += {
            "no_grad": ", which ran under no_grad.", "item": ", which gave a plain number.",
            "not differentiable": ", which has no derivative.",
        }.get(cut.now["cut"], ", which left the graph on purpose.")  # fmt: skip
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
        why = f"A graph is recorded only where some tensor requires grad, and {said or 'none here'} does not."
        if len(leaves) > 1:
            why = f"A graph is recorded only where some tensor requires grad, and of {said} none does."
        if plain:
            cures += ["\n".join([f"{c.now['names'][0]}.requires_grad_()", *lines, case.line]) for c in leaves]
    return case.view(f"No graph hangs from {name}", why, cures, saved_at=saved_at)


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
    title, cures, why = words.first_sentence(fact.message), [], ""
    if fact.op == "not a scalar" and case.card is not None:
        title = f"{name} has more than one element"
        why = (
            f"backward() starts with the gradient of {name} with respect to itself. For a single number that is 1; "
            f"for shape {case.card.now['shape']} you have to say how much each element counts."
        )
        if case.card.now["names"]:
            cures = [f"{name}.sum().backward()", f"{name}.backward({case.spelled('ones_like')}({name}))"]
    elif fact.op == "leaf moved" and case.card is not None:
        writes = case.ledger.get(case.card.key, [])
        place = writes[0][1] if writes else None
        why = (
            f"{name} was a leaf when it was made. A write turned it into the result of an op, and the gradient of a "
            "leaf that is none any more has no place to go. Today the write itself is refused."
        )
        return case.view(title, why, [case.no_grad(case.drafts.line(place))], changed_at=place)
    return case.view(title, why, cures)

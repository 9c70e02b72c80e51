"""Backward cannot begin, or comes to nothing: no graph, one that was let go, nothing to start from, nobody asks."""

from __future__ import annotations

import re

from .. import statements
from ..drafts import Entity
from ..say import Phrase, Say
from ..trace import ErrorView, Place
from . import fitting, paths, rewrite
from .case import Case


def freed(case: Case) -> ErrorView:
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
    again = "\n".join([*lines, case.line]) if lines else None
    return case.view(
        Say("title.freed", {"node": fact.node_name}), Say("why.freed", {"node": fact.node_name, "kept": kept}),
        [statements.with_argument(case.drafts.line(first), "retain_graph", "True"), again],
        saved_at=function.now["place"] if function else None, changed_at=first,
        happened=("saved", "let go"), path=paths.back(case.drafts, root, function),
    )  # fmt: skip


def no_graph(case: Case) -> ErrorView:
    root = case.card
    why, cures, saved_at = _missing(case, root)
    way = paths.back(case.drafts, root, case.function, gradients=False) if case.function else ()
    return case.view(
        Say("title.no graph", {"name": case.name}), why, cures, saved_at=saved_at, happened=("cut", "asked"),
        path=way or ((root.id,) if root else ()),
    )  # fmt: skip


def _missing(case: Case, card: Entity | None) -> tuple[Phrase, list[str | None], Place | None]:
    """Why a tensor has no graph, the cures, and where it was cut, which becomes the case's function."""
    name, above = case.drafts.title(card and card.id), case.functions_above(card)
    cut = next((f for f in above if f.now["cut"]), None)
    lines = case.lines_to(card)
    if cut is not None:
        case.function, kind = cut, cut.now["cut"]
        key = f"why.cut.{kind}" if kind in ("no_grad", "item", "not differentiable") else "why.cut"
        why = Say(key, {"name": name, "op": cut.now["op"]})
        cures: list[str | None] = []
        if kind == "no_grad" and lines:
            cures = ["\n".join([*lines, case.line])]
        elif kind in ("detach", "data") and lines:
            cures = ["\n".join([*(re.sub(r"\.(detach\(\)|data\b)", "", line) for line in lines), case.line])]
        return why, cures, cut.now["place"]
    leaves = _possible_leaves(case, card, above)
    said = tuple(sorted(leaf.title for leaf in leaves))
    key = "why.no leaf" if not leaves else "why.one leaf" if len(leaves) == 1 else "why.some leaves"
    asked = [f"{leaf.now['names'][0]}.requires_grad_()" for leaf in leaves]
    cures = ["\n".join([ask, *(lines or ()), case.line]) for ask in asked] if lines is not None else []
    return Say(key, {"names": said} if leaves else {}), cures, None


def _possible_leaves(case: Case, card: Entity | None, above: list[Entity]) -> list[Entity]:
    """The tensors with a name that could have required grad."""
    entities = case.drafts.entities
    used = [entities[id] for f in above for _, id, _ in f.args if id in entities]
    found = {c.id: c for c in used if not c.now["made_by"]}
    if not above and card is not None:
        found = {card.id: card}
    return [c for c in found.values() if c.now["names"] and "float" in c.now["dtype"]]


def hook_on_a_constant(case: Case) -> ErrorView:
    """A hook, or retain_grad(), where no gradient will ever come by."""
    why, cures, saved_at = _missing(case, case.card)
    reason = Say("why.hook on a constant", {"name": case.name})
    way = paths.back(case.drafts, case.card, case.function, gradients=False) if case.function else ()
    return case.view(
        Say("title.hook on a constant", {"name": case.name}), Say("both", {"first": reason, "then": why}), cures,
        saved_at=saved_at, happened=("cut", "asked"), path=way or ((case.card.id,) if case.card else ()),
    )  # fmt: skip


def input_is_a_constant(case: Case) -> ErrorView:
    """grad() for a tensor that does not require grad."""
    root = case.drafts.card(case.bound.get(rewrite.first_argument(case.line) or ""))
    lines = case.lines_to(root)
    names = case.card.now["names"] if case.card else ()
    cure = None
    if lines and names and case.card and not case.card.now["made_by"] and "float" in case.card.now["dtype"]:
        cure = "\n".join([f"{names[0]}.requires_grad_()", *lines, case.line])
    way = paths.back(case.drafts, root, case.card, gradients=False)
    return case.about([cure], happened=("made", "asked"), path=way or ((case.card.id,) if case.card else ()))


def unused(case: Case) -> ErrorView:
    return case.about([
        statements.with_argument(case.line, "allow_unused", "True"),
        statements.with_argument(case.line, "materialize_grads", "True"),
    ], happened=("made", "asked"))  # fmt: skip


def no_seed(case: Case) -> ErrorView:
    """backward() from several numbers, and nobody says how much each of them counts."""
    cures: list[str | None] = []
    if case.card is not None and case.card.now["names"]:
        name = case.card.now["names"][0]
        cures = [f"{name}.sum().backward()", f"{name}.backward({case.spelled('ones_like')}({name}))"]
    return case.about(
        cures, {"shape": f"{case.card.now['shape']}" if case.card else ""}, happened=("made", "asked")
    )


def wrong_seed(case: Case) -> ErrorView:
    """The gradient to begin with has another shape than what it is a gradient of."""
    tensor, seed = (case.drafts.card(arg.key) for arg in case.fact.args)
    name = tensor and tensor.now["names"]
    cures: list[str | None] = []
    if tensor is not None and seed is not None and name:
        into = [f"{case.spelled('ones_like')}({name[0]})", *fitting.into(seed, tensor, name[0])]
        given = rewrite.argument(case.line, "gradient", "grad_outputs", "grad_tensors")
        cures = [rewrite.replaced(case.line, given, new.format(given and given.text)) for new in into]
    shapes = {"shape": _shape(seed), "wanted": _shape(tensor)}
    return case.about(cures, shapes)


def grad_assigned(case: Case) -> ErrorView:
    """x.grad = something of another shape or dtype."""
    tensor, grad = (case.drafts.card(arg.key) for arg in case.fact.args)
    parts, names = rewrite.assignment(case.line), tensor and tensor.now["names"]
    cures: list[str | None] = []
    if parts and names and tensor and grad:
        new = fitting.into(grad, tensor, names[0])
        if grad.now["shape"] == tensor.now["shape"]:
            new = [f"{{}}.to({names[0]}.dtype)"]
        cures = [f"{parts[0]} = {form.format(rewrite.operand(parts[1]))}" for form in new]
    described = {"got": _kind(grad), "wanted": _kind(tensor)}
    return case.about(cures, described)


def _shape(card: Entity | None) -> str:
    return f"{card.now['shape']}" if card else "?"


def _kind(card: Entity | None) -> str:
    return f"{card.now['dtype']} {card.now['shape']}" if card else "?"


def flag_of_no_leaf(case: Case) -> ErrorView:
    """requires_grad of what an op computed cannot be set."""
    names = case.card.now["names"] if case.card else ()
    cures: list[str | None] = []
    if names:
        on = case.fact.details["on"]
        cures = [f"{names[0]}.retain_grad()" if on else f"{names[0]} = {names[0]}.detach()"]
    return case.about(cures, saved_at=case.card and case.card.now["place"])


def integers(case: Case) -> ErrorView:
    """Only floating point numbers can be nudged a little, so only they have gradients."""
    name, line = rewrite.asked_for_grad(case.line), case.line
    if name is None:
        cures = [rewrite.with_dtype(line, case.spelled("float32"))]
    else:
        cures = [f"{name} = {name}.float(); {line}"]
    dtype = case.card.now["dtype"] if case.card else ""
    return case.about(cures, {"dtype": dtype})


def grad_of_no_leaf(case: Case) -> ErrorView:
    """y.grad of a tensor that lets its gradient go: torch warns, and answers None."""
    names, drafts = case.card.now["names"] if case.card else (), case.drafts
    cures: list[str | None] = []
    place, _ = case.last_step("backward")
    if names:
        backward = drafts.line(place)
        if statements.is_plain(backward):
            cures.append(f"{names[0]}.retain_grad()\n{backward}")
        leaves = [
            c
            for f in case.functions_above(case.card)
            for _, id, _ in f.args
            if (c := drafts.entities.get(id))
        ]
        leaves = [c for c in leaves if c.now["is_leaf"] and c.now["requires_grad"] and c.now["names"]]
        if len({c.id for c in leaves}) == 1:
            cures.append(rewrite.of_another(case.line, names[0], "grad", leaves[0].now["names"][0]))
    return case.about(cures, saved_at=case.card and case.card.now["place"], happened=("made", "read"))

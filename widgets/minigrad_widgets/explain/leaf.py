"""A tensor was written that must not be: a leaf, a view of one, one of inference mode, one that is spread out."""

from __future__ import annotations

from .. import statements
from ..drafts import Drafts, Entity
from ..say import Phrase, Say
from ..trace import ErrorView
from . import paths, rewrite
from .case import Case


def leaf(case: Case) -> ErrorView:
    name, base = names(case.drafts, case.card, case.fact.kind)
    parts = {"name": name, "leaf": base}
    card = case.card
    owner = card and case.drafts.entities.get(card.now["base"] or "")
    way = paths.back(case.drafts, card, owner, gradients=False)
    return case.view(
        Say("title.leaf" if name == base else "title.view of leaf", parts), Say("why.leaf", parts),
        [case.no_grad(case.line), case.copied(case.line)],
        path=way or ((card.id,) if card else ()),
    )  # fmt: skip


def names(drafts: Drafts, card: Entity | None, kind: str) -> tuple[Phrase, Phrase]:
    """What was to be written, and the leaf that it is or belongs to."""
    name = drafts.title(card and card.id)
    if kind == "leaf" or card is None:
        return name, name
    base = drafts.entities.get(card.now["base"] or "")
    # a[0] = 1 makes a view that nobody ever sees.
    return (name, base.title) if base else (Say("part of", {"name": name}), name)


def moved(case: Case) -> ErrorView:
    """By a rule of old a leaf could be written and was none any more."""
    writes = case.ledger.get(case.card.key, []) if case.card else []
    place = writes[0][1] if writes else None
    way = paths.back(case.drafts, case.last_step("backward")[1], case.card)
    return case.about(
        [case.no_grad(case.drafts.line(place))], changed_at=place, happened=("made", "written"), path=way
    )


def view_forbids(case: Case) -> ErrorView:
    """A view that is one of several, or was made where nothing is recorded, is written or out of date."""
    made, line = case.fact.details["made"], case.line
    card, drafts = case.card, case.drafts
    base = card and drafts.entities.get(card.now["base"] or "")
    parts = {"name": case.name, "base": base.title if base else Say("nameless")}
    way = paths.back(drafts, card, base, gradients=False)
    made_at = card and card.now["place"]
    title = Say("title.view forbids", parts)
    if case.fact.details["stale"]:
        key = base.key if base else 0
        write = next((place for _, place in reversed(case.ledger.get(key, []))), None)
        cures = [_clones(drafts.line(made_at)), statements.out_of_place(drafts.line(write))]
        title = Say("title.view is stale", parts)
        why = Say("why.view is stale", {**parts, "line": drafts.line(write)})
        return case.view(
            title, why, cures, saved_at=made_at, changed_at=write, happened=("made", "written"), path=way
        )
    why = Say(f"why.view forbids.{made}", parts)
    cures = [case.no_grad(line)] if made == "no_grad" else []
    return case.view(
        title, why, [*cures, case.copied(line), statements.out_of_place(line)], saved_at=made_at, path=way
    )


def _clones(line: str) -> str | None:
    """ "a, b = x.unbind()" with a copy of each view."""
    parts = rewrite.assignment(line)
    return parts and f"{parts[0]} = [view.clone() for view in {parts[1]}]"


def inference_written(case: Case) -> ErrorView:
    return case.about([case.copied(case.line), statements.out_of_place(case.line)], saved_at=_made(case))


def inference_saved(case: Case) -> ErrorView:
    """An op would save a tensor of inference mode: it takes a copy."""
    names = case.card.now["names"] if case.card else ()
    cure = None
    if names and statements.is_plain(case.line) and names[0] in statements.used(case.line):
        copy = case.unused(names[0])
        cure = f"{copy} = {names[0]}.clone(); {statements.renamed(case.line, names[0], copy)}"
    return case.about([cure], saved_at=_made(case))


def expanded(case: Case) -> ErrorView:
    return case.about([case.copied(case.line), statements.out_of_place(case.line)], saved_at=_made(case))


def _made(case: Case):
    return case.card and case.card.now["place"]

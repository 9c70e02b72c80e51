"""What was saved for backward was written since."""

from __future__ import annotations

from .. import statements
from ..drafts import Drafts, Entity
from ..say import Say
from ..trace import ErrorView, Place
from . import paths
from .case import Case

# Of these ops it can be said why the node needs what it saved.
_REASONS = {
    "mul", "matmul", "mm", "mv", "div", "pow", "exp", "sqrt", "tanh", "sigmoid", "relu", "log", "sin", "cos",
}  # fmt: skip
_SAME = {"mm": "matmul", "mv": "matmul"}


def version(case: Case) -> ErrorView:
    fact, function, drafts = case.fact, case.function, case.drafts
    kept = None
    if function is not None:
        slot = next((s for s in function.now["saved"] if s.slot == fact.slot), None)
        kept = drafts.entities.get(slot.card) if slot and slot.card else None
    case.card = kept or case.card
    writes = case.ledger.get(fact.key or (kept.key if kept else 0), [])
    changed_at = next((place for version, place in writes if version > (fact.saved_version or 0)), None)
    saved_at = function.now["place"] if function else None
    write = drafts.line(changed_at)
    op = function.now["op"] if function else ""
    names = {"node": fact.node_name, "name": case.name}
    reason = (
        Say(f"reason.{_SAME.get(op, op)}") if op in _REASONS else Say("reason.other", {"name": case.name})
    )
    by = Say("why.write", {"line": write}) if write else Say("why.a write")
    return case.view(
        Say("title.version", names), Say("why.version", {**names, "reason": reason, "write": by}),
        [_swapped(drafts, saved_at, changed_at), case.copied(write), statements.out_of_place(write)],
        saved_version=fact.saved_version, now_version=fact.now_version, saved_at=saved_at, changed_at=changed_at,
        happened=("saved", "changed"), path=_path(case, function),
    )  # fmt: skip


def _path(case: Case, function: Entity | None) -> tuple[str, ...]:
    """From where backward began to the node, on to what it had saved, and to what was written there."""
    drafts, card = case.drafts, case.card
    way = paths.back(drafts, case.last_step("backward")[1], function)
    return (*way, *paths.saved_edges(drafts, function, card), *paths.write_of(drafts, card))


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

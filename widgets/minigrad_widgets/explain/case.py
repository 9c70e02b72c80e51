"""One error with what is known about it, and what its explanations have in common."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .. import statements
from ..drafts import Drafts, Entity
from ..facts import Failed
from ..say import Phrase, Say
from ..trace import ErrorView, Place

Ledger = Mapping[int, list[tuple[int, Place | None]]]


class Case:
    """One error. ledger: the writes of each tensor; bound: the learner's names and the tensors' keys."""

    def __init__(self, fact: Failed, drafts: Drafts, ledger: Ledger, bound: Mapping[str, int]) -> None:
        self.fact, self.drafts, self.ledger, self.bound = fact, drafts, ledger, bound
        self.function, self.card = drafts.function(fact.node), drafts.card(fact.key)
        self.line = drafts.line(fact.place)

    @property
    def name(self) -> Phrase:
        return self.drafts.title(self.card and self.card.id)

    def view(self, title: Phrase, why: Phrase, cures: list[str | None], **more: object) -> ErrorView:
        """The explanation; cures that could not be made are None, and left out."""
        fact = self.fact
        common = {
            "function": self.function and self.function.id, "card": self.card and self.card.id,
            "slot": fact.slot, "changed_at": fact.place, "warning": fact.warning,
        }  # fmt: skip
        offered = tuple(dict.fromkeys(cure for cure in cures if cure))
        return ErrorView(fact.kind, title, fact.message, why, **{**common, "cures": offered, **more})

    def about(
        self, cures: list[str | None], parts: Mapping[str, Phrase] | None = None, **more: object
    ) -> ErrorView:
        """The explanation whose title and reason have the name of the error's kind."""
        parts = {"name": self.name, "node": self.fact.node_name, **(parts or {})}
        kind = self.fact.kind
        more = {"path": (self.card.id,) if self.card else (), **more}
        return self.view(Say(f"title.{kind}", parts), Say(f"why.{kind}", parts), cures, **more)

    # ------------------------------------------------------------------ cures

    def unused(self, name: str) -> str:
        return next(n for n in ("c", "d", f"{name}_copy", f"{name}_copy2") if n not in self.bound)

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

    # ------------------------------------------------------------------ the code that led here

    def lines_to(self, card: Entity | None) -> list[str] | None:
        """The lines that computed a tensor, in order; None where one is not known or no plain statement."""
        places = {f.now["place"] for f in self.functions_above(card)}
        if None in places:
            return None
        ordered = sorted(places, key=lambda place: (place.cell, place.line))
        lines = [self.drafts.line(place) for place in ordered]
        return lines if all(map(statements.is_plain, lines)) else None

    def functions_above(self, card: Entity | None) -> list[Entity]:
        """The functions that led to a card, the nearest first."""
        drafts = self.drafts
        found: dict[str, Entity] = {}
        queue = [card]
        for here in queue:
            function = here and drafts.entities.get(here.now["made_by"] or "")
            if function is not None and function.id not in found:
                found[function.id] = function
                queue += [drafts.entities.get(id) for _, id, _ in function.args if id]
        return list(found.values())

    def last_step(self, kind: str) -> tuple[Place | None, Entity | None]:
        """Where the last step of a kind was, and what it was about."""
        for step in reversed(self.drafts.steps):
            if step.kind == kind:
                return step.place, self.drafts.entities.get(step.about[0]) if step.about else None
        return None, None

"""In-place writes: the written tensor goes on in a new card, and what was saved of it breaks.

One card is one tensor between two writes. The old card stays where functions refer to it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from . import words
from .drafts import Drafts, Entity, StepDraft
from .facts import Kept, Ran, Seen
from .say import Phrase
from .trace import Place, SavedView

MOST_WRITES = 1000  # of one tensor, of which it is known where


def changes(card: Entity, seen: Seen) -> bool:
    """Whether the contents are others than the card has."""
    if seen.mark is not None and card.mark is not None:
        return seen.mark != card.mark
    return seen.value is not None and card.now["value"] is not None and card.now["value"] != seen.value


class Writes:
    """Who saved what at which version, and every write that moved a version."""

    def __init__(self, drafts: Drafts) -> None:
        self.drafts = drafts
        # Who saved a tensor of this version counter: the function, and the position among its slots.
        self.savers: dict[int, list[tuple[str, int]]] = defaultdict(list)
        # The writes of a tensor: its version afterwards, and where it was written.
        self.ledger: dict[int, list[tuple[int, Place | None]]] = defaultdict(list)

    def forget(self) -> None:
        """Forget what nobody can ask for any more."""
        known, entities = self.drafts.cards_of.keys(), self.drafts.entities
        for key in self.ledger.keys() - known:
            del self.ledger[key]
        for writes in self.ledger.values():
            del writes[:-MOST_WRITES]
        for key in list(self.savers):
            self.savers[key] = [s for s in self.savers[key] if s[0] in entities]
            if not self.savers[key]:
                del self.savers[key]

    # ------------------------------------------------------------------ saved slots

    def save(self, function: Entity, saved: tuple[Kept, ...], outputs: list[Entity]) -> None:
        """Note what the node of `function` saved: inputs as they were when it ran, or outputs."""
        slots = []
        for kept in saved:
            id = None
            if kept.source is not None:
                id = function.args[kept.source][1] if kept.source >= 0 else outputs[-1 - kept.source].id
            state = "freed" if kept.freed else "intact"
            slots.append(SavedView(kept.slot, id, kept.version, kept.version, state, "" if id else kept.text))
            if id is not None and not kept.copied and not kept.freed:
                self.savers[self.drafts.entities[id].counter].append((function.id, len(slots) - 1))
        function.now["saved"] = tuple(slots)

    def compare(self, step: StepDraft | None, versions: dict[int, int]) -> list[Phrase]:
        """Mark what was saved at another version than its counter is at now; says which.

        versions: of the counters that may have moved.
        """
        said = []
        for counter, version in versions.items():
            for id, position in self.savers.get(counter, ()):
                function = self.drafts.entities[id]
                slot = function.now["saved"][position]
                if slot.state == "freed" or slot.now == version:
                    continue
                state = "intact" if slot.version == version else "broken"
                saved = list(function.now["saved"])
                saved[position] = replace(slot, now=version, state=state)
                self.drafts.set(step, function, "saved", tuple(saved))
                if state == "broken":
                    name, title = function.now["node"] or function.now["op"], self.drafts.title(slot.card)
                    said.append(words.broken(name, title, slot.version, version))
        return [what for i, what in enumerate(said) if what not in said[:i]]

    def unseen(self, step: StepDraft, card: Entity) -> list[Phrase]:
        """The contents of a card have changed and its version has not: mark where it is saved; says by whom."""
        said = []
        for id, position in self.savers.get(card.counter, ()):
            function = self.drafts.entities[id]
            slot = function.now["saved"][position]
            if slot.card != card.id or slot.state != "intact":
                continue
            saved = list(function.now["saved"])
            saved[position] = replace(slot, state="unseen")
            self.drafts.set(step, function, "saved", tuple(saved))
            said.append(words.wrong(function.now["node"] or function.now["op"], card.title, slot.version))
        return [what for i, what in enumerate(said) if what not in said[:i]]

    # ------------------------------------------------------------------ the write

    def write(self, step: StepDraft | None, fact: Ran, function: Entity) -> None:
        """`function` wrote `fact.outputs[0]`; `fact.others` share its memory."""
        drafts = self.drafts
        target, *others = members = [fact.outputs[0], *(s for s in fact.others if drafts.card(s.key))]
        before = {seen.key: drafts.card(seen.key) for seen in members}
        versions = {key: card.now["version"] for key, card in before.items()}
        tracked = fact.node is not None
        # A write into a view rewrites a part of its base: for the graph it is the base that moves on.
        base = next((seen for seen in others if seen.key == target.base), None)
        hidden: list[Phrase] = []
        self._go_on(step, function, base or target, tracked)
        for seen in members:
            if seen is (base or target):
                continue
            old = before[seen.key]
            if seen.node is not None and seen.node != old.node:
                self.renew(step, seen)
            elif seen is target:
                self._go_on(step, function, seen, False)
            else:
                if step is not None and seen.version == versions[seen.key] and changes(old, seen):
                    drafts.set(step, old, "unseen", True)
                    hidden += self.unseen(step, old)
                for name in ("version", "value"):
                    drafts.set(step, old, name, getattr(seen, name))
                old.mark, old.sure = seen.mark, fact.place
        moved = [seen for seen in members if seen.version != versions[seen.key]]
        for seen in moved:
            self.ledger[seen.key].append((seen.version, fact.place))
        if step is not None:
            old = before[target.key]
            step.said = words.write(
                function.now["text"], old.title, old.said(), target.value.said if target.value else "",
                versions[target.key], target.version, function.now["node"],
            )  # fmt: skip
            for counted in (True, False):
                names = [
                    before[s.key].title
                    for s in others
                    if before[s.key].now["names"] and (s in moved) is counted
                ]
                step.said += [words.shared(names, counted)] if names else []
            step.said += hidden

    def _go_on(self, step: StepDraft | None, function: Entity, seen: Seen, tracked: bool) -> Entity:
        """The tensor's next card, made by `function`. tracked: by the node of that function."""
        drafts = self.drafts
        old = drafts.card(seen.key)
        passes = not tracked and seen.node is not None and seen.node == old.node
        new = drafts.new_card(
            step, seen, made_by=function.id, place=function.now["place"], names=old.now["names"],
            ghosts=old.now["ghosts"], label=old.now["label"],
        )  # fmt: skip
        drafts.set(step, old, "current", False)
        edge = drafts.new_edge(step, function, new, tracked=tracked or passes)
        if passes:
            # Not recorded, and the tensor keeps its node: its gradient takes no notice of the write.
            before = next((e for e in function.ins if drafts.entities[e].now["source"] == old.id), None)
            if before is not None:
                drafts.set(step, drafts.entities[before], "tracked", True)
                drafts.set(step, function, "cut", None)
                old.passed = (before, edge, new.id)
        return new

    def renew(self, step: StepDraft | None, seen: Seen) -> Entity | None:
        """A view whose base was written has a new place in the graph: a window into the base as it is now."""
        drafts = self.drafts
        base = drafts.card(seen.base)
        if base is None:
            return None
        function = drafts.new(
            "f", step, seen.node or 0, op="as_strided", node=seen.grad_fn, place=step and step.place
        )
        edge = drafts.new_edge(step, base, function, "self", True)
        function.args = [("self", base.id, base.title)]
        function.gates = [edge]
        return self._go_on(step, function, seen, True)

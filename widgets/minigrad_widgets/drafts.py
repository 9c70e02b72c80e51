"""The trace while it is being recorded: entities that change, and steps that note what they changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import MISSING, dataclass, field, fields, replace
from typing import Any

from .facts import Seen
from .say import Phrase, Say
from .trace import (
    CallView,
    Cell,
    Change,
    EdgeView,
    ErrorView,
    NodeView,
    Place,
    SavedView,
    Step,
    TensorView,
    Trace,
)


def _defaults(kind: type) -> dict[str, Any]:
    return {f.name: None if f.default is MISSING else f.default for f in fields(kind)}


# What a card takes over from a Seen as it is.
_SAME = (
    "shape",
    "dtype",
    "version",
    "value",
    "is_leaf",
    "requires_grad",
    "grad_fn",
    "output_nr",
    "grad",
    "retains_grad",
)

_KINDS = {"t": TensorView, "f": NodeView, "e": EdgeView}
_DEFAULTS = {prefix: _defaults(kind) for prefix, kind in _KINDS.items()}


_FORGOTTEN = Cell("", "")


@dataclass(slots=True, eq=False)
class Entity:
    """A card, function or edge as it is now: `now` holds the fields of its view."""

    now: dict[str, Any]
    run: int  # the run of a cell that made it, or ran it backward
    key: int = 0  # of the tensor or the node
    node: int | None = None  # of a card: the key of its grad_fn
    counter: int = 0  # of a card: who counts its versions, as in Seen
    made: StepDraft | None = None  # the step that made it
    mark: int | None = None  # of a card: see Seen
    sure: Place | None = None  # of a card: where its contents were last seen to be what `mark` says
    args: list[tuple[str, str | None, str]] = field(default_factory=list)  # of a function: slot, card, text
    ins: list[str] = field(default_factory=list)  # of a function: the edges from its arguments
    gates: list[str | None] = field(default_factory=list)  # of a function: for each edge of its node, ours
    outs: list[str] = field(default_factory=list)  # of a function: the edges to its outputs
    # Of a card that was written unrecorded although it has a node: gradients of the next card pass the write by.
    # The edges to the write and from it, and the next card.
    passed: tuple[str, str, str] | None = None

    @property
    def id(self) -> str:
        return self.now["id"]

    @property
    def title(self) -> str:
        """What to call a card, as `trace.title` does."""
        now = self.now
        return ", ".join(now["names"] or now["ghosts"]) or now["label"] or "tensor"

    def said(self, name: str = "value") -> Phrase:
        """What a Value of it says, "" where there is none."""
        value = self.now[name]
        return "" if value is None else value.said


@dataclass(slots=True, eq=False)
class StepDraft:
    """A step; `say` makes its sentences anew once the names are known."""

    kind: str
    place: Place | None
    run: int
    cell: int | None
    said: list[Phrase] = field(default_factory=list)
    about: tuple[str, ...] = ()
    changes: list[Change] = field(default_factory=list)
    error: ErrorView | None = None
    say: Callable[[], list[Phrase]] | None = None


class Drafts:
    """All entities and steps so far, and how tensors and nodes are found among them."""

    def __init__(self) -> None:
        self.cells: list[Cell] = []
        self._full_cells = 0  # from this one on they are not looked at yet, whether something refers to them
        self.run = 0
        self.cell: int | None = None  # the cell that runs
        self.entities: dict[str, Entity] = {}
        self.steps: list[StepDraft] = []
        self.calls: dict[str, CallView] = {}
        self.cards_of: dict[int, list[str]] = defaultdict(
            list
        )  # tensor key -> its cards, the current one last
        self.function_of: dict[int, str] = {}  # node key -> function
        self.dropped = 0
        self.elsewhere = 0
        self._count = 0

    # ------------------------------------------------------------------ making

    def new(self, prefix: str, step: StepDraft | None, key: int = 0, **given: Any) -> Entity:
        """A new entity of the kind "t", "f" or "e", which `step` brings on the stage."""
        self._count += 1
        id = f"{prefix}{self._count}"
        entity = Entity({**_DEFAULTS[prefix], **given, "id": id}, self.run, key, made=step)
        self.entities[id] = entity
        if step is not None:
            step.changes.append(Change(id, "shown", False, True))
        if prefix == "t":
            self.cards_of[key].append(id)
        elif prefix == "f" and key:
            self.function_of[key] = id
        return entity

    def new_card(self, step: StepDraft | None, seen: Seen, **given: Any) -> Entity:
        """A new card for a tensor as it was seen."""
        base = self.card(seen.base)
        fields = {
            "tensor": f"x{seen.key}", "storage": f"s{seen.memory}", "base": base and base.id,
            "grad_state": "none" if seen.grad is None else "kept",
            **{name: getattr(seen, name) for name in _SAME},
        }  # fmt: skip
        card = self.new("t", step, seen.key, **{**fields, **given})
        card.node, card.counter, card.mark = seen.node, seen.counter, seen.mark
        card.sure = step.place if step is not None else given.get("place")
        return card

    def new_edge(
        self, step: StepDraft | None, source: Entity, target: Entity, slot: str = "", tracked: bool = False
    ) -> str:
        """A new edge from a card to a function or back; returns its id."""
        edge = self.new("e", step, source=source.id, target=target.id, slot=slot, tracked=tracked)
        if source.id[0] == "f":
            source.outs.append(edge.id)
        else:
            target.ins.append(edge.id)
            if tracked:  # it may have been asked for since the card was made: requires_grad_()
                self.set(step, source, "requires_grad", True)
        return edge.id

    def step(self, kind: str, place: Place | None) -> StepDraft:
        draft = StepDraft(kind, place, self.run, self.cell)
        self.steps.append(draft)
        return draft

    def set(self, step: StepDraft | None, entity: Entity, name: str, after: Any) -> None:
        """Change one field of an entity, and let the step remember what it was."""
        now = entity.now
        before = now[name]
        if before == after:
            return
        now[name] = after
        if step is None:
            return
        for i, change in enumerate(step.changes):
            if change.id == now["id"] and change.field == name:
                # Twice in one step: it is one change.
                step.changes[i] = replace(change, after=after)
                return
        step.changes.append(Change(now["id"], name, before, after))

    # ------------------------------------------------------------------ finding

    def card(self, key: int | None, node: int | None = None) -> Entity | None:
        """The current card of a tensor; with `node` the last one that it had with that node."""
        ids = self.cards_of.get(key) if key is not None else None
        if not ids:
            return None
        card = self.entities[ids[-1]]
        if node is None or card.node == node:
            return card
        return next((c for id in reversed(ids) if (c := self.entities[id]).node == node), card)

    def cards(self, key: int) -> list[Entity]:
        return [self.entities[id] for id in self.cards_of.get(key, ())]

    def function(self, node: int | None) -> Entity | None:
        id = self.function_of.get(node) if node is not None else None
        return self.entities[id] if id else None

    def outputs(self, function: Entity) -> list[Entity]:
        """The cards that a function made."""
        return [self.entities[self.entities[edge].now["target"]] for edge in function.outs]

    def title(self, id: str | None) -> Phrase:
        entity = self.entities.get(id) if id else None
        return entity.title if entity else Say("nameless")

    def line(self, place: Place | None) -> str:
        """The learner's line at a place."""
        if place is None:
            return ""
        lines = self.cells[place.cell].source.splitlines()
        return lines[place.line - 1].strip() if 0 < place.line <= len(lines) else ""

    # ------------------------------------------------------------------ forgetting

    def forget_cells(self, most: int) -> None:
        """Of more than `most` cells empty those that nothing refers to; their numbers stay taken."""
        if len(self.cells) < self._full_cells + 2 * most:
            return
        places = [e.now.get("place") for e in self.entities.values()] + [s.place for s in self.steps]
        places += [p for s in self.steps if s.error for p in (s.error.saved_at, s.error.changed_at)]
        used = {place.cell for place in places if place is not None}
        self._full_cells = len(self.cells) - most
        for number in range(self._full_cells):
            if number not in used:
                self.cells[number] = _FORGOTTEN

    def keep(self, ids: set[str]) -> None:
        """Forget every entity that is not among `ids`, and the steps that were about nothing else."""
        gone = self.entities.keys() - ids
        if not gone:
            return
        for id in gone:
            entity = self.entities.pop(id)
            if id[0] == "t":
                self.cards_of[entity.key].remove(id)
                if not self.cards_of[entity.key]:
                    del self.cards_of[entity.key]
            elif id[0] == "f":
                self.function_of.pop(entity.key, None)
        for entity in self.entities.values():
            entity.gates = [None if id in gone else id for id in entity.gates]
            entity.outs = [id for id in entity.outs if id not in gone]
            entity.ins = [id for id in entity.ins if id not in gone]
            if entity.passed is not None and not gone.isdisjoint(entity.passed):
                entity.passed = None
        kept = self._calls(e.now["call"] for id, e in self.entities.items() if id[0] == "f")
        self.calls = {call.id: call for call in kept}
        for step in self.steps:
            step.changes = [c for c in step.changes if c.id not in gone]
        self.steps = [
            s for s in self.steps
            if s.changes or any(id in self.entities for id in s.about) or (s.error and s.run == self.run)
        ]  # fmt: skip

    def forget_steps(self, most: int, recent: int, most_older: int) -> None:
        """Keep the last `most` steps, of cells before the `recent` last ones `most_older`; count the others."""
        older = sum(step.run <= self.run - recent for step in self.steps)
        extra = max(len(self.steps) - most, older - most_older)
        if extra > 0:
            self.dropped += extra
            del self.steps[:extra]

    # ------------------------------------------------------------------ the trace

    def freeze(self, ids: set[str]) -> Trace:
        """The trace of these entities, as frozen data; only the cells that something in it refers to."""
        entities = [e for id, e in self.entities.items() if id in ids]
        steps = [
            s for s in self.steps
            if any(c.id in ids for c in s.changes)
            or not ids.isdisjoint(s.about)
            or (s.error is not None and s.run == self.run)  # it may be about nothing that is drawn
        ]  # fmt: skip
        places = [e.now.get("place") for e in entities] + [s.place for s in steps]
        for step in steps:
            if step.error is not None:
                places += [step.error.saved_at, step.error.changed_at]
        used = sorted({p.cell for p in places if p is not None} | {s.cell for s in steps} - {None})
        frozen = _Frozen(ids, {cell: i for i, cell in enumerate(used)}, entities)
        views = [frozen.entity(e) for e in entities]
        return Trace(
            tuple(self.cells[cell] for cell in used),
            tuple(v for v in views if isinstance(v, TensorView)),
            tuple(v for v in views if isinstance(v, NodeView)),
            tuple(v for v in views if isinstance(v, EdgeView)),
            tuple(frozen.step(s) for s in steps),
            self.dropped,
            self.elsewhere,
            calls=self._calls(e.now["call"] for e in entities if e.id[0] == "f"),
        )

    def _calls(self, ids: Iterable[str | None]) -> tuple[CallView, ...]:
        """These calls, and those that they were made in."""
        used: set[str] = set()
        for id in ids:
            while id is not None and id not in used:
                used.add(id)
                id = self.calls[id].parent
        return tuple(call for id, call in self.calls.items() if id in used)


class _Frozen:
    """Makes views of drafts: of these ids only, with cells numbered anew."""

    def __init__(self, ids: set[str], numbers: dict[int, int], entities: list[Entity]) -> None:
        self.ids = ids
        self.numbers = numbers
        self.titles = {e.id: e.title for e in entities if e.id[0] == "t"}

    def entity(self, entity: Entity) -> TensorView | NodeView | EdgeView:
        now = dict(entity.now)
        if now.get("place") is not None:
            now["place"] = self.place(now["place"])
        if now.get("base") not in self.ids:
            now.pop("base", None)
        if now.get("saved"):
            now["saved"] = self.saved(now["saved"])
        return _KINDS[now["id"][0]](**now)

    def step(self, step: StepDraft) -> Step:
        changes = tuple(
            replace(c, before=self.saved(c.before), after=self.saved(c.after)) if c.field == "saved" else c
            for c in step.changes
            if c.id in self.ids
        )
        error = step.error
        if error is not None:
            error = replace(
                error,
                saved_at=self.place(error.saved_at),
                changed_at=self.place(error.changed_at),
                function=error.function if error.function in self.ids else None,
                card=error.card if error.card in self.ids else None,
                path=tuple(id for id in error.path if id in self.ids),
                operands=tuple(
                    replace(o, card=o.card if o.card in self.ids else None) for o in error.operands
                ),
            )
        about = tuple(id for id in step.about if id in self.ids)
        cell = None if step.cell is None else self.numbers[step.cell]
        return Step(step.kind, tuple(step.said), about, self.place(step.place), changes, error, cell)

    def place(self, place: Place | None) -> Place | None:
        return None if place is None else Place(self.numbers[place.cell], place.line)

    def saved(self, saved: tuple[SavedView, ...]) -> tuple[SavedView, ...]:
        """With the name of its card as text, so that a slot can be written without looking it up."""
        return tuple(replace(s, text=self.titles.get(s.card, s.text)) if s.card else s for s in saved)

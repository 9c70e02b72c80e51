"""Recorder: neutral facts about what ran -> the Trace. It knows no engine.

recorder = Recorder()
recorder.begin(label, source)           a cell begins
recorder.meet(seen, place)              a tensor that was not known
recorder.ran(fact)                      an op, or an in-place write
recorder.name({"b": key}, place)        the names that the notebook gives to tensors
recorder.backprop.begins(...)           what backward does (backprop.py)
recorder.failed(fact)                   an error of autograd (explain.py)
recorder.settle(alive)                  the cell is over; these tensors live
recorder.trace()                        what hangs together with living, named tensors
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import explain, keeping, statements, words
from .backprop import Backprop
from .drafts import Drafts, Entity, StepDraft
from .facts import Failed, Ran, Seen
from .say import Phrase
from .trace import CallView, Cell, Change, Place, Trace, Value
from .writes import Writes, changes

MOST_STEPS = 10_000  # how many steps are kept
MOST_FUNCTIONS = 3000  # how many functions
RECENT, MOST_OLDER = 5, 500  # how many cells keep all of their steps, and how many those before keep together
MOST_CARDS = 5000  # how many living tensors
MOST_CELLS = 500  # of how many cells the code is kept though nothing refers to it
# What may change of a tensor without an op: x.requires_grad_(), x.grad = None, x.data = y, NumPy.
_CHANGING = (
    "shape", "dtype", "requires_grad", "retains_grad", "is_leaf", "grad_fn", "version", "grad",
)  # fmt: skip
_SEARCHED = 8  # how many steps back a name may still join the step that made its tensor


class Recorder:
    """Builds a Trace from facts, told in the order in which they happened."""

    def __init__(self) -> None:
        self.drafts = Drafts()
        self.writes = Writes(self.drafts)
        self.backprop = Backprop(self.drafts)
        self.call: str | None = None  # the call of a module that runs
        self.bound: dict[str, int] = {}  # name -> tensor key, as the notebook has it

    # ------------------------------------------------------------------ cells

    def begin(self, label: str, source: str) -> int:
        """A cell begins; returns its number, for places."""
        self.drafts.run += 1
        self.drafts.cell = self.code(label, source)
        return self.drafts.cell

    def code(self, label: str, source: str) -> int:
        """A piece of the learner's code that places may refer to; returns its number."""
        self.drafts.cells.append(Cell(label, source))
        return len(self.drafts.cells) - 1

    def settle(self, alive: set[int]) -> None:
        """A cell is over: note which tensors live, and forget what nothing living hangs from."""
        drafts = self.drafts
        last = drafts.steps[-1] if drafts.steps and drafts.steps[-1].run == drafts.run else None
        for entity in drafts.entities.values():
            if entity.now["id"][0] == "t" and entity.now["alive"] and entity.key not in alive:
                entity.now["alive"] = False
                if last is not None:  # drafts.set would look through all of the others each time
                    last.changes.append(Change(entity.id, "alive", True, False))
        drafts.keep(keeping.needed(drafts, MOST_FUNCTIONS, MOST_CARDS))
        drafts.forget_steps(MOST_STEPS, RECENT, MOST_OLDER)
        drafts.forget_cells(MOST_CELLS)
        self.writes.forget()

    def trace(self) -> Trace:
        """What hangs together with living, named tensors."""
        return self.drafts.freeze(keeping.visible(self.drafts))

    def last_run(self) -> Trace:
        """What the run that was last has made, written or run backward, with everything that led to it."""
        return self.drafts.freeze(keeping.touched(self.drafts))

    # ------------------------------------------------------------------ tensors

    def meet(self, seen: Seen, place: Place | None, quiet: bool = False) -> Entity:
        """A card for a tensor that was not known. quiet: no step, it was there before anything is told."""
        step = None if quiet else self.drafts.step("tensor", place)
        card = self.drafts.new_card(step, seen, place=place, label=seen.label)
        if step is not None:
            step.about = (card.id,)
            self._say(step, lambda: words.new_tensor(
                card.title, card.said(), seen.shape, seen.requires_grad, seen.is_leaf
            ))  # fmt: skip
        return card

    def _say(self, step: StepDraft, say: Callable[[], list[Phrase]]) -> None:
        """Give a step its sentences, to be said again should a name come to light."""
        step.say = say
        step.said = say()

    def changed(self, seen: Seen, place: Place | None) -> None:
        """A tensor as it is now; what differs from what was told is a step of its own."""
        card = self.drafts.card(seen.key)
        if card is None:
            return
        drafts, now = self.drafts, card.now
        said, found = [], []
        for name in _CHANGING:
            before, after = now[name], getattr(seen, name)
            if before == after:
                continue
            found.append(name)
            if name in words.CHANGES:
                said.append(words.changed(card.title, name, _said(before, name), _said(after, name)))
        written = changes(card, seen)
        before, card.sure = card.sure, place
        if not found and not written:
            return
        step = drafts.step("write" if written else "tensor", place)
        step.about = (card.id,)
        if written and seen.version == now["version"]:
            said = [*self._unseen(step, card, seen.value, before, place), *said]
        elif written:
            values = card.said(), "" if seen.value is None else seen.value.said
            said = [words.written(card.title, *values, now["version"], seen.version), *said]
            drafts.set(step, card, "value", seen.value)
        step.said = said or [words.other_changes(card.title, found)]
        for name in found:
            drafts.set(step, card, name, getattr(seen, name))
        if "version" in found:
            step.said = [*step.said, *self.writes.compare(step, {seen.counter: seen.version})]
        if "grad" in found:
            drafts.set(step, card, "grad_state", "none" if seen.grad is None else "kept")
        card.node, card.mark = seen.node, seen.mark

    def hooks(self, key: int | None, node: int | None, names: tuple[str, ...], place: Place | None) -> None:
        """The hooks of a tensor (by key) or of a node, as they are now."""
        self._hooks(self.drafts.function(node) if key is None else self.drafts.card(key), names, place)

    def output_hooks(self, node: int, number: int, names: tuple[str, ...], place: Place | None) -> None:
        """The hooks of the tensor that is a node's output."""
        function = self.drafts.function(node)
        for card in self.drafts.outputs(function) if function else ():
            if card.now["output_nr"] == number:
                self._hooks(card, names, place)

    def _hooks(self, entity: Entity | None, names: tuple[str, ...], place: Place | None) -> None:
        if entity is None or entity.now["hooks"] == names:
            return
        step = self.drafts.step("tensor", place)
        step.about = (entity.id,)
        step.said = [words.hooks(entity.now.get("node") or entity.title, names)]
        self.drafts.set(step, entity, "hooks", names)

    def keeps(
        self,
        node: int,
        slot: str,
        version: int,
        mark: int | None,
        value: Callable[[], Value | None],
        place: Place | None,
    ) -> None:
        """What a node keeps, as it is now: if its card was other, that has been written unseen."""
        function = self.drafts.function(node)
        saved = next((s for s in function.now["saved"] if s.slot == slot), None) if function else None
        if saved is None or saved.card is None or saved.state != "intact":
            return
        card = self.drafts.entities[saved.card]
        if version != saved.now:  # it was counted, but nobody looked
            step = self.drafts.step("write", place)
            step.about = (card.id, function.id)
            step.said = self.writes.compare(step, {card.counter: version})
            if not step.said:
                self.drafts.steps.pop()
            return
        if mark is None or card.mark is None or mark == card.mark:
            return
        step = self.drafts.step("write", place)
        step.about = (card.id, function.id)
        step.said = self._unseen(step, card, value(), card.sure, place)
        card.mark, card.sure = mark, place

    def _unseen(
        self, step: StepDraft, card: Entity, value: Value | None, before: Place | None, now: Place | None
    ) -> list[Phrase]:
        """The contents of a card have changed, somewhere between two places; its version has not."""
        cells = self.drafts.cells
        known = before is not None and now is not None and before != now
        between = [(cells[place.cell].label, place.line) for place in (before, now)] if known else ()
        said = words.unseen(card.title, card.said(), "" if value is None else value.said, between)
        self.drafts.set(step, card, "value", value)
        self.drafts.set(step, card, "unseen", True)
        return [said, *self.writes.unseen(step, card)]

    def renewed(self, seen: Seen, place: Place | None) -> None:
        """A view, about to be used, whose place in the graph was made anew since its base was written."""
        step = self.drafts.step("op", place)
        card = self.writes.renew(step, seen)
        if card is not None:
            base = self.drafts.card(seen.base)
            step.about = (card.now["made_by"], card.id)
            step.said = words.view_renewed(card.title, base.title, seen.grad_fn or "")

    # ------------------------------------------------------------------ ops

    def running(self, calls: list[tuple[int, str, str]]) -> None:
        """The calls of modules in which the next ops run, outer ones first: number, class, name."""
        outer = None
        for number, kind, name in calls:
            id = f"c{number}"
            self.drafts.calls.setdefault(id, CallView(id, kind, name, outer))
            outer = id
        self.call = outer

    def ran(self, fact: Ran, quiet: bool = False) -> Entity:
        """An op ran; its tensor arguments have been met. Returns its function.

        quiet: no step, it ran before anything is told.
        """
        drafts, node = self.drafts, fact.node
        if fact.written and drafts.card(fact.outputs[0].key) is None:
            # How it came about was let go, and what it held before is not known.
            self.meet(fact.outputs[0]._replace(value=None, node=None), None, quiet=True)
        step = None if quiet else drafts.step("write" if fact.written else "op", fact.place)
        inputs = [drafts.card(arg.key, arg.node) for arg in fact.args]
        args = [
            (a.slot, c and c.id, c.title if c else a.text or ("…" if a.key is not None else ""))
            for a, c in zip(fact.args, inputs, strict=True)
        ]
        spoken = [(slot, text) for slot, _, text in args]
        text = statements.write_text(drafts.line(fact.place), fact.op, spoken) if fact.written else ""
        function = drafts.new(
            "f", step, node.key if node else 0, op=fact.op, node=node and node.name, text=text,
            inplace=fact.written, cut=fact.cut, place=fact.place, call=self.call,
        )  # fmt: skip
        function.args = args
        edges = [
            c and drafts.new_edge(step, c, function, a.slot, a.tracked)
            for a, c in zip(fact.args, inputs, strict=True)
        ]
        function.gates = [None if i is None else edges[i] for i in (node.edges if node else ())]
        if fact.written:
            self.writes.write(step, fact, function)
        else:
            label = words.expression(fact.op, spoken)
            for i, seen in enumerate(fact.outputs):
                own = seen.label or (f"{label}[{i}]" if len(fact.outputs) > 1 else label)
                card = drafts.new_card(step, seen, label=own, made_by=function.id, place=fact.place)
                drafts.new_edge(step, function, card, tracked=seen.node is not None)
        if node is not None:
            self.writes.save(function, node.saved, [drafts.card(seen.key) for seen in fact.outputs])
        if fact.written:
            said = self.writes.compare(step, {s.counter: s.version for s in (fact.outputs[0], *fact.others)})
            if step is not None:
                step.said += said
        if step is not None:
            step.about = (function.id, *(card.id for card in drafts.outputs(function)))
            if not fact.written:
                self._say(step, lambda: self._op_said(function, spoken))
        return function

    def _op_said(self, function: Entity, args: list[tuple[str, str]]) -> list[Phrase]:
        outputs = self.drafts.outputs(function)
        saved = [
            words.at_version(self.drafts.title(s.card), s.version) if s.card else s.text
            for s in function.now["saved"]
        ]
        names = [", ".join(card.now["names"]) for card in outputs if card.now["names"]]
        value = outputs[0].said() if len(outputs) == 1 else ""
        text = words.expression(function.now["op"], args)
        return words.op(names, text, value, function.now["node"], saved, function.now["cut"])

    def failed(self, fact: Failed) -> None:
        """An error of autograd is about to be raised."""
        step = self.drafts.step("error", fact.place)
        if fact.kind == "refused":
            self._refused(step, fact)
        step.error = explain.error_view(fact, self.drafts, self.writes.ledger, self.bound)
        step.said = [explain.sentence(step.error, fact, self.drafts)]
        step.about = tuple(id for id in (step.error.function, step.error.card) if id)
        for id in step.about:
            self.drafts.entities[id].run = self.drafts.run

    def _refused(self, step: StepDraft, fact: Failed) -> None:
        """The op that did not run, below the tensors that it would not take."""
        op = fact.op.strip("_") if fact.op.startswith("__") else fact.op
        function = self.drafts.new("f", step, op=op, place=fact.place, refused=True)
        for arg in fact.args:
            card = self.drafts.card(arg.key, arg.node)
            if card is not None:
                self.drafts.new_edge(step, card, function, arg.slot)

    # ------------------------------------------------------------------ names

    def name(self, bound: dict[str, int | None], place: Place | None) -> None:
        """The notebook's names as they are now: of which tensor (by its key), None of no tensor any more.

        Names that are not mentioned stay as they were.
        """
        for name, key in bound.items():
            before = self.bound.get(name)
            if before == key or (key is not None and self.drafts.card(key) is None):
                continue
            if key is None:
                self.bound.pop(name, None)
            else:
                self.bound[name] = key
            self._move(name, before, key, place)

    def _move(self, name: str, before: int | None, key: int | None, place: Place | None) -> None:
        drafts = self.drafts
        card, old = drafts.card(key), drafts.card(before)
        if card is None and old is None:
            return
        what, was = card and card.title, old and old.title
        step = self._maker(card, place)
        joins = step is not None
        if not joins:
            step = drafts.step("name", place)
            step.about = tuple(c.id for c in (card, old) if c is not None)
        if before is not None:
            for entity in drafts.cards(before):
                if name in entity.now["names"]:
                    drafts.set(step, entity, "names", tuple(n for n in entity.now["names"] if n != name))
                    drafts.set(step, entity, "ghosts", (*entity.now["ghosts"], name))
        if key is not None:
            for entity in drafts.cards(key):
                drafts.set(step, entity, "names", (*entity.now["names"], name))
                drafts.set(step, entity, "ghosts", tuple(n for n in entity.now["ghosts"] if n != name))
        if joins:
            step.said = step.say() + ([words.moved(name, old.title)] if old is not None else [])
        elif card is not None:
            step.said = words.named(name, what, old and (old.now["label"] or old.said()))
        else:
            step.said = words.unnamed(name, old.now["label"] or was)

    def _maker(self, card: Entity | None, place: Place | None) -> StepDraft | None:
        """The step that made a card, where its name belongs to that step: it is recent, no later one has
        touched names, and the card is not a tensor with a name that gets another on a later line."""
        made = card and card.made
        if made is None or made.say is None or made.run != self.drafts.run:
            return None
        if card.now["names"] and place != made.place:
            return None
        for step in reversed(self.drafts.steps[-_SEARCHED:]):
            if step is made:
                return step
            if any(change.field in ("names", "ghosts") for change in step.changes):
                return None
        return None


def _said(thing: Any, field: str) -> Phrase:
    return str(thing) if field != "grad" else "" if thing is None else thing.said

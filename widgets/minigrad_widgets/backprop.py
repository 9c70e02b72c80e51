"""Backward, step by step: where it starts, each node with its gradients, what is kept and what is let go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from math import prod

from . import words
from .drafts import Drafts, Entity, StepDraft
from .say import Phrase
from .trace import Place, Value


def _said(value: Value | None) -> Phrase:
    return "" if value is None else value.said


class Backprop:
    """Turns what backward does into steps. Values are None where the numbers were not kept."""

    def __init__(self, drafts: Drafts) -> None:
        self.drafts = drafts
        # By card the gradients that reached it so far.
        self.arrived: dict[str, list[Phrase]] = defaultdict(list)
        # What hooks have changed since: sentences by what they belong to, the gradients before the first of them by
        # card, and the functions whose results are not what they computed.
        self._hooked: dict[str, list[Phrase]] = defaultdict(list)
        self._whole: dict[str, Value | None] = {}
        self._overruled: set[str] = set()

    def begins(self, roots: Sequence[tuple[int, Value | None]], place: Place | None) -> None:
        """backward() or grad() starts from these tensors (by key) with these gradients."""
        drafts = self.drafts
        self.arrived.clear()
        self._hooked.clear()
        self._whole.clear()
        self._overruled.clear()
        step = drafts.step("backward", place)
        said = []
        for key, seed in roots:
            card = drafts.card(key)
            if card is None:
                continue
            said.append((card.title, _said(seed)))
            card.run = drafts.run
            step.about += (card.id,)
            function = drafts.entities.get(card.now["made_by"] or "")
            for id in function.outs if function else ():
                if drafts.entities[id].now["target"] == card.id:
                    drafts.set(step, drafts.entities[id], "gradient", seed)
        step.said = words.backward(said)

    def ran(
        self,
        node: int,
        gradients: Sequence[Value | None],
        results: Sequence[tuple[Value | None, Value | None]],
        place: Place | None,
    ) -> None:
        """A node ran. results: for each of its edges the gradient as computed, and as it goes on, summed
        over what was broadcast."""
        drafts = self.drafts
        function = drafts.function(node)
        if function is None:
            return
        function.run = drafts.run
        step = drafts.step("run", place)
        drafts.set(step, function, "runs", function.now["runs"] + 1)
        outputs = drafts.outputs(function)
        for i, (edge, card) in enumerate(zip(function.outs, outputs, strict=True)):
            number = card.now["output_nr"]
            gradient = gradients[number] if number < len(gradients) else None
            if drafts.entities[edge].now["tracked"]:
                drafts.set(step, drafts.entities[edge], "gradient", gradient)
            while card.passed is not None:
                *edges, id = card.passed
                for passed in edges:
                    drafts.set(step, drafts.entities[passed], "gradient", gradient)
                arrived = self.arrived.pop(card.id, [])
                card = outputs[i] = drafts.entities[id]
                self.arrived[id] = arrived + self.arrived[id]
        said = []
        about = [function.id]
        for gate, (raw, fitted) in zip(function.gates, results, strict=False):
            if gate is None or (raw is None and fitted is None):
                continue
            edge = drafts.entities[gate]
            drafts.set(step, edge, "gradient", fitted)
            card = drafts.entities[edge.now["source"]]
            self.arrived[card.id].append(_said(fitted))
            about.append(gate)
            said.append(self._part(function, edge, card, gradients, raw, fitted))
        step.about = tuple(about)
        ran = words.run(function.now["node"] or function.now["op"], said)
        step.said = [*self._hooked.pop(function.id, []), *ran]
        for card in outputs:
            if len(self.arrived[card.id]) > 1 and gradients:
                number = min(card.now["output_nr"], len(gradients) - 1)
                total = self._whole.pop(card.id, gradients[number])
                step.said.append(words.met(card.title, self.arrived[card.id], _said(total)))
        self._let_go(step, outputs, gradients, place)

    def _part(
        self,
        function: Entity,
        edge: Entity,
        card: Entity,
        gradients: Sequence[Value | None],
        raw: Value | None,
        fitted: Value | None,
    ) -> tuple[Phrase, Phrase, Phrase, Phrase]:
        """What words.run wants to know of one gradient."""
        entities = self.drafts.entities
        factors = {
            slot: words.factor(text, entities[id].said() if id else "") for slot, id, text in function.args
        }
        outputs = self.drafts.outputs(function)
        if outputs:
            factors["result"] = words.factor(outputs[0].title, outputs[0].said())
        count = prod(card.now["shape"])
        if outputs and prod(outputs[0].now["shape"]):
            count //= prod(outputs[0].now["shape"])
        upstream = _said(gradients[0]) if len(gradients) == 1 and function.id not in self._overruled else ""
        how = words.local(function.now["op"], edge.now["slot"], upstream, factors, count) if upstream else ""
        summed = raw is not None and fitted is not None and raw.shape != fitted.shape
        twice = sum(id == card.id for _, id, _ in function.args) > 1
        name = words.as_slot(card.title, edge.now["slot"]) if twice else card.title
        return name, how, _said(raw), _said(fitted) if summed else ""

    def _let_go(
        self, step: StepDraft, outputs: list[Entity], gradients: Sequence[Value | None], place: Place | None
    ) -> None:
        """The gradients of non-leaves pass through; for those with a name that is a step of its own."""
        drafts = self.drafts
        for card in outputs:
            now, number = card.now, card.now["output_nr"]
            gradient = gradients[number] if number < len(gradients) else None
            if now["is_leaf"] or now["retains_grad"] or now["grad_state"] != "none" or gradient is None:
                continue
            if now["names"]:
                step = drafts.step("let go", place)
                step.about = (card.id,)
                step.said = words.let_go(card.title, gradient.said)
            drafts.set(step, card, "grad_state", "let go")

    def hooked(
        self,
        kind: str,
        node: int,
        key: int | None,
        number: int | None,
        hook: str,
        changed: Sequence[tuple[Value | None, Value | None] | None],
    ) -> None:
        """A hook was called, see Observer.hooked; `changed`: for each gradient before and after, None where they are
        the same. The step that the hook comes before says it: that of the node, or of the leaf (by `key`)."""
        drafts = self.drafts
        function, leaf = drafts.function(node), drafts.card(key)
        whose = leaf or function
        if whose is None or not any(changed):
            return
        if leaf is not None:
            cards = [leaf]
        elif kind == "hook":
            edges = [None if gate is None else drafts.entities[gate] for gate in function.gates]
            cards = [None if edge is None else drafts.entities[edge.now["source"]] for edge in edges]
            self._overruled.add(function.id)
        else:
            outputs = {card.now["output_nr"]: card for card in drafts.outputs(function)}
            cards = [outputs.get(i) for i in (range(len(changed)) if number is None else (number,))]
        for card, pair in zip(cards, changed, strict=False):
            if card is not None and pair is not None:
                if kind != "hook":
                    self._whole.setdefault(card.id, pair[0])
                self._hooked[whose.id].append(words.hooked(hook, card.title, *map(_said, pair)))

    def ended(self, place: Place | None) -> None:
        """A backward is over: what hooks have changed of gradients that were handed out, and not accumulated."""
        for id, said in self._hooked.items():
            step = self.drafts.step("run", place)
            step.about, step.said = (id,), said
        self._hooked.clear()

    def accumulated(
        self, key: int, gradient: Value | None, before: Value | None, after: Value | None, place: Place | None
    ) -> None:
        """A gradient was added to the .grad of a tensor."""
        drafts = self.drafts
        card = drafts.card(key)
        if card is None:
            return
        step = drafts.step("accumulate", place)
        step.about = (card.id,)
        card.run = drafts.run
        arrivals = self.arrived[card.id]
        is_leaf = card.now["is_leaf"]
        added = words.accumulated(card.title, _said(gradient), _said(before), _said(after), is_leaf)
        step.said = [*self._hooked.pop(card.id, []), *added]
        if is_leaf and len(arrivals) > 1:
            step.said.insert(0, words.met(card.title, arrivals, _said(self._whole.pop(card.id, gradient))))
        drafts.set(step, card, "grad", after)
        drafts.set(step, card, "grad_state", "kept")
        if not is_leaf:
            drafts.set(step, card, "retains_grad", True)

    def freed(self, node: int, place: Place | None) -> None:
        """What the node had saved was let go."""
        drafts = self.drafts
        function = drafts.function(node)
        saved = () if function is None else function.now["saved"]
        if all(slot.state == "freed" for slot in saved):
            return
        step = drafts.step("free", place)
        step.about = (function.id,)
        step.said = words.freed(
            function.now["node"] or function.now["op"],
            [drafts.title(s.card) if s.card else s.text for s in saved],
        )
        drafts.set(step, function, "saved", tuple(replace(s, state="freed") for s in saved))

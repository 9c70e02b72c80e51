"""Notes: what is noted of torch while a cell runs, and how it is told to a Recorder when it has ended.

An event is the name of a method below or of the Recorder, and its arguments: facts, which hold no tensor. Of a
long run only the last MOST_EVENTS stay; the others are counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from ..facts import Ran, Seen
from ..places import Places, Spot, place_of
from ..recorder import Recorder
from ..trace import Place
from . import names, torch_graph
from .log import Log
from .torch_looking import key_of
from .torch_tensors import Tensors

MOST_EVENTS = 3000


class Notes:
    """The events of a cell, the tensors and the names that they speak of."""

    def __init__(self, namespace: dict[str, Any], shared: tuple[Recorder, Places] | None = None) -> None:
        """shared: with another adapter, which passes on the names that come up."""
        self.recorder = Recorder() if shared is None else shared[0]
        self.places = Places(namespace, self.recorder.code, self.tell_names) if shared is None else shared[1]
        self.tensors = Tensors(self._met)
        self.log = Log(MOST_EVENTS)
        self.names: dict[str, int | None] = {}  # name -> key, as they were told
        self.noted: dict[
            int, dict[int, int]
        ] = {}  # nodes that are among the events: the keys of their outputs
        self.first = float("inf")  # nodes with a smaller sequence number came about before the watching

    def note(self, *event: Any) -> None:
        """Keep an event."""
        self.log.append(event)
        what, fact = event[:2]
        if what == "ran" and fact.node is not None:
            self.noted[fact.node.key] = {seen.output_nr: seen.key for seen in fact.outputs}
        renewed = (*fact.outputs, *fact.others) if what == "ran" and fact.written else ()
        for seen in (fact,) if what == "renewed" else renewed:
            if seen.node is not None:
                self.noted.setdefault(seen.node, {seen.output_nr: seen.key})

    def is_new(self, node: Any) -> bool:
        """Whether a node was not told yet."""
        key = key_of(node)
        return key not in self.noted and key not in self.recorder.drafts.function_of

    def is_older(self, node: Any) -> bool:
        return node._sequence_nr() < self.first

    # ------------------------------------------------------------------ when a cell has ended

    def tell(self) -> None:
        """Tell the recorder what was noted."""
        labels = {}
        for label, parameter in names.parameters(self.places.names, torch.nn.Module):
            key = self.tensors.find(parameter)
            if key is not None:
                labels[key] = label
        self._labels = labels
        for what, *event in self.log.take():
            getattr(self, f"_tell_{what}")(*event)
        self.recorder.drafts.dropped += self.log.dropped
        self.log.dropped = 0
        self.noted.clear()
        for key, label in labels.items():
            for card in self.recorder.drafts.cards(key):
                card.now["label"] = label

    def _labelled(self, seen: Seen, owner: int | None = None) -> Seen:
        card = self.recorder.drafts.card(owner)
        label = f"{card.title}.grad" if card is not None else self._labels.get(seen.key, "")
        return seen._replace(label=label)

    def _tell_meet(self, seen: Seen, owner: int | None, place: Place | None, quiet: bool = False) -> None:
        self.recorder.meet(self._labelled(seen, owner), place, quiet)

    def _tell_ran(self, fact: Ran, quiet: bool = False) -> None:
        drafts = self.recorder.drafts
        if fact.written:
            for seen in fact.outputs:
                if drafts.card(seen.key) is None:  # the event that made it was let go
                    self.recorder.meet(self._labelled(seen._replace(value=None)), None, True)
        outputs = tuple(map(self._labelled, fact.outputs))
        self.recorder.ran(fact._replace(outputs=outputs), quiet)

    def _tell_changed(self, seen: Seen, place: Place | None) -> None:
        self.recorder.changed(seen, place)

    def _tell_renewed(self, seen: Seen, place: Place | None) -> None:
        self.recorder.renewed(seen, place)

    def _tell_now(self, key: int, version: int) -> None:
        """The version of a tensor that was saved before anybody watched."""
        card = self.recorder.drafts.card(key)
        if card is not None:
            self.recorder.writes.compare(None, {card.counter: version})

    def _tell_name(self, name: str, key: int | None, before: int | None, place: Place | None) -> None:
        # That it is no name of ours any more may have been told by whoever has it now.
        if key is not None or self.recorder.bound.get(name) == before:
            self.recorder.name({name: key}, place)

    def _tell_backprop(self, what: str, *event: Any) -> None:
        getattr(self.recorder.backprop, what)(*event)

    def _tell_failed(self, fact: Any) -> None:
        self.recorder.failed(fact)

    # ------------------------------------------------------------------ names and tensors that come up

    def named(self) -> dict[str, Tensor]:
        """The tensors that have a name now."""
        return names.named(self.places.names, Tensor)

    def tell_names(self, assigned: Iterable[tuple[str, Spot]]) -> None:
        """These names may mean other tensors than before."""
        for name, spot in assigned:
            value = self.places.names.get(name)
            if isinstance(value, Tensor):
                key = self.tensors.key(value, spot)
            elif name in self.names:
                key = None
            else:
                continue
            before = self.names.get(name)
            if before != key:
                self.names[name] = key
                self.note("name", name, key, before, place_of(spot))

    def scan(self) -> None:
        """All names as they are now, and what changed of their tensors without an op."""
        line_of, named = self.places.line_of, self.named()
        there = sorted(((name, line_of(name)) for name in named), key=lambda entry: entry[1] or (0, 0))
        self.tell_names([(name, line_of("")) for name in self.names if name not in named])
        self.tell_names(there)
        for tensor in {id(value): value for value in named.values()}.values():
            seen = self.tensors.look(tensor, self.tensors.key(tensor, None))
            self.note("changed", seen, place_of(line_of("")))

    def tell_lost(self) -> None:
        """Tensors that have a name and no card, because the event that made them was let go."""
        for name, tensor in self.named().items():
            key = self.names.get(name)
            if key is not None and key not in self.recorder.drafts.cards_of:
                if tensor.grad_fn is None or not torch_graph.tell(self, tensor, None):
                    self.note("meet", self.tensors.look(tensor, key), None, None, True)
                self.note("name", name, key, None, None)
                self.tell()

    def living(self) -> set[int]:
        """The keys of the tensors that live."""
        return self.tensors.living(names.held(self.places.names, Tensor))

    def _met(self, tensor: Tensor, key: int, spot: Spot) -> None:
        """A tensor that no op is known to have made."""
        if self.tensors.node(tensor) is not None and torch_graph.tell(self, tensor, spot):
            return  # it was told with its graph
        self.note("meet", self.tensors.look(tensor, key), self.tensors.owner(tensor), place_of(spot))

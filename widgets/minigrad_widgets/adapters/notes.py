"""Notes: what an adapter notes while a cell runs, and how it is told to a Recorder when it has ended.

No tensor and no node is kept alive by an event, and of a long run only the last ones stay (log.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from minigrad.nn import Module
from minigrad.tensor import Tensor

from ..places import Places, Spot
from ..recorder import MOST_CARDS, Recorder
from . import graph, hooks, names
from .calls import Calls
from .log import Log
from .looking import text_of
from .telling import Telling
from .tensors import Key, Tensors

PLAIN = frozenset((int, float, bool, str, type(None)))  # arguments that can be kept as they are


class Notes:
    """The events of a cell, the tensors and the names that they speak of."""

    def __init__(self, namespace: dict[str, Any] | None = None) -> None:
        self.recorder = Recorder()
        self.tensors = Tensors(self._met, lambda key: key in self.recorder.drafts.cards_of)
        self.places = Places({} if namespace is None else namespace, self.recorder.code, self.tell_names)
        self.log = Log()
        self.names: dict[str, int | None] = {}  # name -> key, as they were told
        self.written: tuple[Tensor, int] | None = None  # what is being written, and its version before
        self.graph_told: dict[int, list[int]] = {}  # nodes that graph.py has noted: the keys of their outputs
        self.elsewhere = 0  # how many ops ran in other threads, which are not noted
        self.calls = Calls()
        self.local_names: dict[int, str] = {}  # of tensors of an error, by key: their names in a function
        self._telling = Telling(self.recorder)

    def note(self, *event: Any) -> None:
        """Keep an event: the name of a method of Telling, and its arguments."""
        self.log.append(event)

    # ------------------------------------------------------------------ when a cell has ended

    def tell(self) -> None:
        """Make facts of what was noted, and tell the recorder."""
        self._telling.tensors = self.tensors.large
        self._telling.aliases = self.tensors.aliases
        self._telling.labels = labels = self._labels()
        for what, *event in self.log.take():
            getattr(self._telling, what)(*event)
        self.recorder.drafts.dropped += self.log.dropped
        self.log.dropped = 0
        self.tensors.large.clear()
        self.graph_told.clear()
        for key, label in labels.items():
            for card in self.recorder.drafts.cards(key):
                card.now["label"] = label

    def _labels(self) -> dict[int, str]:
        """ "model.weight" for the parameters of modules that have a name."""
        found, self.local_names = self.local_names, {}
        for label, parameter in names.parameters(self.places.names, Module):
            key = self.tensors.find(parameter)
            if key is not None:
                found[key] = label
        return found

    def named(self) -> dict[str, Tensor]:
        """The tensors that have a name now."""
        return names.named(self.places.names, Tensor)

    def scan(self) -> None:
        """All names as they are now, and what changed of their tensors, and of what is saved, without an op."""
        places, named = self.places, self.named()
        self.tell()
        self._find_missed(named.values())
        there = [(name, places.line_of(name)) for name in named]
        there.sort(key=lambda entry: entry[1] or (0, 0))
        with self.tensors.indexed():
            self.tell_names([(name, places.line_of("")) for name in self.names if name not in named])
            self.tell_names(there)
            for tensor in {id(value): value for value in named.values()}.values():
                key = self.tensors.key(tensor, None)
                if tensor._view is not None:
                    self.tensors.key(tensor._view.base, None)
                    self.use_view(tensor, key, places.line_of(""))
                self.note("changed", self.tensors.look(tensor, key), places.line_of(""))
                hooks.note_tensor(self, tensor, key, places.line_of(""))
        self.tell()
        graph.tell_kept(self, named.values(), places.line_of(""))
        self.names = {name: key for name, key in self.names.items() if key is not None}

    def _find_missed(self, tensors: Iterable[Tensor]) -> None:
        """All is told, and these have nodes of which nothing was: the op was interrupted before it was noted, or
        the event has been let go."""
        told = self.recorder.drafts.function_of
        for tensor in tensors:
            for each in (tensor, tensor if tensor._view is None else tensor._view.base):
                node = each._node
                if node is not None and node.seq not in told and self.tensors.saw(node):
                    self.tensors.miss(node)
                    self.tensors.aliases.pop(node.seq, None)
                    self.tensors.known.pop(id(each), None)

    def tell_lost(self) -> None:
        """Tensors that have a name and no card, because the event that made them was let go."""
        cards = self.recorder.drafts.cards_of
        lost = [
            (name, tensor, key)
            for name, tensor in self.named().items()
            if (key := self.names.get(name)) is not None and key not in cards
        ]
        for name, tensor, key in lost[-MOST_CARDS:]:
            if key not in cards:
                if tensor._node is None or not graph.tell(self, tensor, None):
                    self.note("meet", self.tensors.look(tensor, key), None, True)
                else:
                    self.tell()
            self.note("name", name, key, None)
        self.tell()

    def living(self) -> set[int]:
        """The keys of the tensors that live."""
        return self.tensors.living(names.held(self.places.names, Tensor))

    # ------------------------------------------------------------------ names and tensors that come up

    def tell_names(self, assigned: Iterable[tuple[str, Spot]]) -> None:
        """These names may mean other tensors than before."""
        get, told = self.places.names.get, self.names
        for name, place in assigned:
            value = get(name)
            if issubclass(type(value), Tensor):
                key = self.tensors.key(value, place)
            elif name in told:
                key = None
            else:
                continue
            if told.get(name) != key:
                self.note("name", name, key, place)
                told[name] = key

    def _met(self, tensor: Tensor, key: int, place: Spot) -> None:
        """A tensor that no op is known to have made."""
        node = tensor._node
        if node is not None and not self.tensors.saw(node) and graph.tell(self, tensor, place):
            return  # it was told with its graph
        look = self.tensors.look(tensor, key)
        if self.written is not None and self.written[0]._storage is tensor._storage:
            # It comes up because it was written; what it held until then nobody knows any more.
            look = look._replace(version=self.written[1], copy=(None, *look.copy[1:3]))
        self.note("meet", look, place)

    def arg(self, x: Any, place: Spot) -> Any:
        """An argument as it is noted: a tensor by its key, anything else in a tuple."""
        if not isinstance(x, Tensor):
            return (x if type(x) in PLAIN else text_of(x),)
        key = self.tensors.key(x, place)
        if x._view is not None:
            self.use_view(x, key, place)
        elif x._node is not None and not x._output_nr and self.tensors.saw(x._node):
            return -1 - x._node.seq  # as that node left it: it may be a stand-in for what was overwritten
        return Key(key)

    def use_view(self, view: Tensor, key: int, place: Spot) -> None:
        if self.tensors.renewed(view, key):
            self.note("renewed", self.tensors.look(view, key), place)

"""The tensors that an adapter knows, and who shares memory with whom. It keeps none of them alive.

A tensor is known by a *key*. That of an op's first output is its node's sequence number, which is never used
twice, as a negative number: nothing has to be noted when the op runs, and nothing looked up when the tensor is
used. An in-place write gives a tensor another node; then the new number is an alias of its key. All others,
leaves above all, have a positive key, found by their id for as long as a weak reference says that they live.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any
from weakref import ref

import numpy as np

from minigrad.node import Node, next_sequence_nr
from minigrad.tensor import Tensor

from ..places import Spot
from ..values import MOST_NUMBERS
from .looking import Look, look

Entry = tuple[ref, int]  # a tensor and its key
_ROOM = 1000


class Key(int):
    """A key in an event. A plain negative number there is that of a node: the tensor as that node left it."""


class Tensors:
    """Gives every tensor a key."""

    def __init__(self, meet: Callable[[Tensor, int, Spot], None], is_told: Callable[[int], bool]) -> None:
        """meet(tensor, key, place): told of every tensor that comes up without an op that made it.
        is_told(key): whether the recorder has a card for it."""
        self._meet = meet
        self._is_told = is_told
        self.first_seq = next_sequence_nr()  # nodes from this number on were made while watching,
        self._missed: list[list[int]] = []  # but for these: [from, to), ascending
        self._missing = Lock()
        self.known: dict[int, Entry] = {}  # by id(tensor); valid while the weak reference is
        self.last_key = 0
        self.aliases: dict[int, int] = {}  # number of a node -> the key of its output, where that is another
        # For tensors that share memory or a version counter: key -> the key of the first that had it.
        self._memory: dict[int, int] = {}
        self._counter: dict[int, int] = {}
        self._groups: dict[int, list[Entry]] = {}  # by the first's key: all that share its memory
        self._room = _ROOM  # how many keys there may be before the dead are looked for
        self._holders: dict[int, Entry] | None = None  # by the id of a storage one that has it, see `indexed`
        self._view_nodes: dict[int, int | None] = {}  # key of a view -> its node as it was last told
        self.large: dict[int, ref] = {}  # key -> a tensor too large to be copied, as long as it lives
        self._owners: dict[int, Entry] = {}  # id of a .grad tensor -> itself, and the key of its owner

    # ------------------------------------------------------------------ keys

    def find(self, tensor: Tensor) -> int | None:
        """The key of a tensor, None where it is not known."""
        node = tensor._node
        if node is not None and not tensor._output_nr and tensor._view is None:
            key = self.aliases.get(node.seq, -1 - node.seq)
            # An older node was seen if the watching only paused since.
            if self.saw(node) or self._is_told(key):
                return key
        entry = self.known.get(id(tensor))
        return entry[1] if entry is not None and entry[0]() is tensor else None

    def saw(self, node: Node) -> bool:
        """Whether a node was made while watching."""
        if node.seq < self.first_seq:
            return False
        if not self._missed:
            return True
        at = bisect_right(self._missed, [node.seq, node.seq]) - 1
        around = self._missed[max(at, 0) : at + 2]
        return not any(start <= node.seq < end for start, end in around)

    def miss(self, node: Node) -> None:
        """Note that nobody noted how a node was made. From any thread."""
        with self._missing:
            last = self._missed[-1] if self._missed else None
            if last is not None and last[1] == node.seq:
                last[1] += 1
            elif last is None or last[1] < node.seq:
                self._missed.append([node.seq, node.seq + 1])
            else:
                self._missed = sorted([*self._missed, [node.seq, node.seq + 1]])

    def catch_up(self) -> None:
        """When all is told: from now on the nodes that were missed are like those from before the watching."""
        with self._missing:
            if self._missed:
                self._missed = []
                self.first_seq = next_sequence_nr()

    def key(self, tensor: Tensor, place: Spot) -> int:
        """The key of a tensor; one that is not known is met."""
        key = self.find(tensor)
        return self.meet(tensor, place) if key is None else key

    def new(self, tensor: Tensor) -> int:
        """A key for the output of an op that is not told the short way."""
        key = self.find(tensor)
        if key is None or key > 0:
            self.last_key = key = self.last_key + 1
            self.known[id(tensor)] = (ref(tensor), key)
        return key

    def adopt(self, tensor: Tensor, key: int) -> None:
        """Know a tensor by its id from now on, under the key that it has."""
        self.known[id(tensor)] = (ref(tensor), key)

    def key_of_output(self, node: Node, number: int) -> int:
        """The key of a node's output that is no tensor any more."""
        if self.saw(node) and not number:
            return self.aliases.get(node.seq, -1 - node.seq)
        self.last_key += 1
        return self.last_key

    def meet(self, tensor: Tensor, place: Spot) -> int:
        """A new key for a tensor that no op is known to have made."""
        view = tensor._view
        base = None if view is None else self.key(view.base, place)
        self.last_key = key = self.last_key + 1
        self.known[id(tensor)] = (ref(tensor), key)
        if base is not None:
            self.share(view.base, base, tensor, key)
        elif tensor._storage is not None:
            holders = self._by_storage(tensor) if self._holders is None else self._holders
            reference, other_key = holders.setdefault(id(tensor._storage), self.known[id(tensor)])
            other = reference()
            if other is not None and other is not tensor:
                self.share(other, other_key, tensor, key)
        self._meet(tensor, key, place)
        return key

    def _by_storage(self, but: Tensor | None = None) -> dict[int, Entry]:
        """One known tensor for each storage."""
        found: dict[int, Entry] = {}
        for entry in list(self.known.values()):
            tensor = entry[0]()
            if tensor is not None and tensor is not but and tensor._storage is not None:
                found.setdefault(id(tensor._storage), entry)
        return found

    @contextmanager
    def indexed(self) -> Iterator[None]:
        """While many tensors may be met and nothing of the learner's runs."""
        self._holders = self._by_storage()
        try:
            yield
        finally:
            self._holders = None

    def moved(self, tensor: Tensor, key: int) -> None:
        """Note that a write has given a tensor another node."""
        if tensor._node is not None and tensor._view is None and not tensor._output_nr:
            self.aliases[tensor._node.seq] = key

    # ------------------------------------------------------------------ memory, views, gradients

    def share(self, one: Tensor, key: int, other: Tensor, other_key: int) -> None:
        """Note that the memory of one tensor is another's too. They need not share the version counter."""
        first = self._memory.setdefault(key, key)
        self._memory[other_key] = first
        if other._storage is one._storage:
            self._counter[other_key] = self._counter.get(key, key)
        group = self._groups.setdefault(first, [(ref(one), key)])
        group.append((ref(other), other_key))
        if len(self._memory) > self._room:
            self._forget_dead()
            self._room = 2 * len(self._memory) + _ROOM

    def sharing(self, tensor: Tensor, key: int) -> list[tuple[Any, int]]:
        """The other living tensors that share memory with one, with their keys."""
        group = self._groups.get(self._memory.get(key, key), ())
        found = [(other, k) for ref, k in group if (other := ref()) is not None and other is not tensor]
        # x.data = y gives x other memory than its views have; they stay together in the graph all the same.
        base = _base(tensor)
        return [
            (other, k)
            for other, k in found
            if _base(other) is base or np.may_share_memory(other._array, tensor._array)
        ]

    def renewed(self, view: Tensor, key: int) -> bool:
        """Whether a view's place in the graph was made anew since it was last looked at."""
        return self._view_nodes.get(key) != (view._node and view._node.seq)

    def own(self, grad: Tensor, owner: int) -> None:
        """Note that a tensor is the .grad of another."""
        self._owners[id(grad)] = (ref(grad), owner)

    def look(self, tensor: Tensor, key: int) -> Look:
        """A tensor as it is now."""
        view = tensor._view
        if view is not None:
            self._view_nodes[key] = tensor._node and tensor._node.seq
        owner = self._owners.get(id(tensor))
        owned = owner is not None and owner[0]() is tensor
        if tensor._array.size > MOST_NUMBERS:
            self.large[key] = ref(tensor)
        memory, counter = self._memory.get(key, key), self._counter.get(key, key)
        base = None if view is None else self.find(view.base)
        return look(tensor, key, memory, counter, base, owner[1] if owned else None)

    # ------------------------------------------------------------------ when a cell has ended

    def living(self, named: list[Tensor]) -> set[int]:
        """The keys of all tensors that live, as far as it can be known: of those that only some structure of
        the learner's holds, it is known where an op has not told them the short way. Forgets the dead."""
        for id in [id for id, entry in self.known.items() if entry[0]() is None]:
            del self.known[id]
        self._owners = {id: owner for id, owner in self._owners.items() if owner[0]() is not None}
        keys = {key for _, key in self.known.values()} | {self.find(tensor) for tensor in named}
        keys |= self._forget_dead()
        self.aliases = {seq: key for seq, key in self.aliases.items() if key in keys}
        return keys

    def _forget_dead(self) -> set[int]:
        """Forget what shared memory and is dead; returns the keys of what lives."""
        keys: set[int] = set()
        for first, group in list(self._groups.items()):
            self._groups[first] = living = [entry for entry in group if entry[0]() is not None]
            keys.update(key for _, key in living)
            if not living:
                del self._groups[first]
        for book in (self._memory, self._counter, self._view_nodes):
            for key in book.keys() - keys:
                del book[key]
        return keys


def _base(tensor: Tensor) -> Tensor:
    return tensor if tensor._view is None else tensor._view.base

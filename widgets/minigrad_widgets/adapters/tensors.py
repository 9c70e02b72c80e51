"""The tensors that an adapter knows: by their ids, as long as they live, and who shares memory with whom."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from minigrad.tensor import Tensor

from .looking import Look, look
from .whereabouts import Spot

Entry = tuple[weakref.ref, int]  # a tensor and its key


class Tensors:
    """Gives every tensor a key, and keeps none alive."""

    def __init__(self, meet: Callable[[Tensor, Entry, Spot], None]) -> None:
        """meet(tensor, entry, place): told of every tensor that comes up without an op that made it."""
        self._meet = meet
        self.known: dict[int, Entry] = {}  # by id(tensor); valid while the weak reference is
        self.last_key = 0
        self._groups: dict[int, list[Entry]] = {}  # key -> all tensors that share its memory
        self._view_nodes: dict[int, int | None] = {}  # key of a view -> its node as it was last told
        self._owners: dict[int, Entry] = {}  # id of a .grad tensor -> itself, and the key of its owner

    def forget(self) -> set[int]:
        """Forget what is dead; the keys of all tensors that live."""
        self.known = {id: entry for id, entry in self.known.items() if entry[0]() is not None}
        self._owners = {id: owner for id, owner in self._owners.items() if owner[0]() is not None}
        keys = {entry[1] for entry in self.known.values()}
        for key in self._groups.keys() - keys:
            del self._groups[key]
        for key, group in self._groups.items():
            self._groups[key] = [entry for entry in group if entry[1] in keys]
        for key in self._view_nodes.keys() - keys:
            del self._view_nodes[key]
        return keys

    def find(self, tensor: Tensor) -> Entry | None:
        """The entry of a tensor that is known."""
        entry = self.known.get(id(tensor))
        return entry if entry is not None and entry[0]() is tensor else None

    def entry(self, tensor: Tensor, place: Spot) -> Entry:
        """The entry of a tensor; one that is not known is met."""
        return self.find(tensor) or self.meet(tensor, place)

    def new(self, tensor: Tensor) -> Entry:
        """A new entry."""
        self.last_key += 1
        entry = self.known[id(tensor)] = (weakref.ref(tensor), self.last_key)
        return entry

    def new_key(self) -> int:
        """A key for something that is no living tensor."""
        self.last_key += 1
        return self.last_key

    def meet(self, tensor: Tensor, place: Spot) -> Entry:
        """A new entry for a tensor that no op is known to have made."""
        view = tensor._view
        base = None if view is None else self.entry(view.base, place)
        entry = self.new(tensor)
        if base is not None:
            self.share(base, entry)
        elif tensor._storage is not None:
            twin = next((e for e in self.known.values() if _same_memory(e[0](), tensor)), None)
            if twin is not None:
                self.share(twin, entry)
        self._meet(tensor, entry, place)
        return entry

    def share(self, first: Entry, second: Entry) -> None:
        """Note that two tensors share memory."""
        group = self._groups.setdefault(first[1], [first])
        group.append(second)
        self._groups[second[1]] = group

    def sharing(self, tensor: Tensor, key: int) -> list[tuple[Any, int]]:
        """The other living tensors that share memory with one, with their keys."""
        group = self._groups.get(key, ())
        return [(other, k) for ref, k in group if (other := ref()) is not None and other is not tensor]

    def own(self, grad: Tensor, owner: int) -> None:
        """Note that a tensor is the .grad of another."""
        self._owners[id(grad)] = (weakref.ref(grad), owner)

    def look(self, tensor: Tensor, key: int) -> Look:
        """A tensor as it is now."""
        group = self._groups.get(key)
        view = tensor._view
        base = None
        if view is not None:
            found = self.find(view.base)
            base = found and found[1]
            self._view_nodes[key] = tensor._node and tensor._node.seq
        owner = self._owners.get(id(tensor))
        owned = owner is not None and owner[0]() is tensor
        return look(tensor, key, group[0][1] if group else key, base, owner[1] if owned else None)

    def moved(self, view: Tensor, key: int) -> bool:
        """Whether a view's place in the graph was made anew since it was last looked at."""
        return self._view_nodes.get(key) != (view._node and view._node.seq)


def _same_memory(other: Tensor | None, tensor: Tensor) -> bool:
    return other is not None and other is not tensor and other._storage is tensor._storage

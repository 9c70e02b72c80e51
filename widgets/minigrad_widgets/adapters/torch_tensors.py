"""The tensors of torch that an adapter knows, and who shares memory with whom. It keeps none of them alive."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from torch import Tensor
from torch.utils.weak import TensorWeakRef

from ..facts import Seen
from ..places import Spot
from .torch_looking import FIRST_KEY, key_of, name_of, storage_of, value, version_of

_keys = count(FIRST_KEY)


def new_key() -> int:
    """A key that no tensor has, nor ever had."""
    return next(_keys)


class Tensors:
    """Gives every tensor a key, found by its id for as long as a weak reference says that it lives."""

    def __init__(self, meet: Callable[[Tensor, int, Spot], None]) -> None:
        """meet(tensor, key, place): told of every tensor that comes up without an op that made it."""
        self._meet = meet
        self.known: dict[int, tuple[TensorWeakRef, int]] = {}  # by id(tensor)
        self._groups: dict[int, list[tuple[TensorWeakRef, int, int]]] = {}  # storage -> tensor, key, memory
        self._counter: dict[int, int] = {}  # key -> the key of the first that has the same version counter
        self._places: dict[
            int, tuple
        ] = {}  # key of a view -> its version and place in the graph when last asked
        self._owners: dict[
            int, tuple[TensorWeakRef, int]
        ] = {}  # id of a .grad tensor -> the key of its owner
        self.empty: set[int] = set()  # memory that torch.empty() gave and nobody wrote yet

    # ------------------------------------------------------------------ keys

    def find(self, tensor: Tensor) -> int | None:
        """The key of a tensor, None where it is not known."""
        entry = self.known.get(id(tensor))
        return entry[1] if entry is not None and entry[0]() is tensor else None

    def key(self, tensor: Tensor, place: Spot) -> int:
        """The key of a tensor; one that is not known is met."""
        key = self.find(tensor)
        if key is None:
            if tensor._is_view():
                self.key(tensor._base, place)
            key = self.new(tensor)
            self._meet(tensor, key, place)
        return key

    def new(self, tensor: Tensor, shares_counter: Tensor | None = None) -> int:
        """A key for a tensor that an op has made, or the one that it has."""
        key = self.find(tensor)
        if key is None:
            key = new_key()
            self.known[id(tensor)] = TensorWeakRef(tensor), key
            self._join(tensor, key)
        other = tensor._base if tensor._is_view() else shares_counter
        first = self.find(other) if other is not None else None
        if first is not None:
            self._counter[key] = self._counter.get(first, first)
        return key

    def own(self, grad: Tensor, owner: int) -> None:
        """Note that a tensor is the .grad of another."""
        self._owners[id(grad)] = TensorWeakRef(grad), owner

    def owner(self, tensor: Tensor) -> int | None:
        entry = self._owners.get(id(tensor))
        return entry[1] if entry is not None and entry[0]() is tensor else None

    # ------------------------------------------------------------------ memory

    def _join(self, tensor: Tensor, key: int) -> int:
        """The number of a tensor's memory: the key of the first that is known to live there."""
        storage = storage_of(tensor)
        if storage is None:
            return key
        group = [entry for entry in self._groups.get(storage, ()) if _has(entry[0](), storage)]
        memory = group[0][2] if group else key
        if all(entry[1] != key for entry in group):
            group.append((TensorWeakRef(tensor), key, memory))
        self._groups[storage] = group
        return memory

    def sharing(self, tensor: Tensor) -> list[tuple[Tensor, int]]:
        """The other living tensors that share memory with one, with their keys."""
        storage = storage_of(tensor)
        found = [(reference(), key) for reference, key, _ in self._groups.get(storage, ())]
        return [(t, key) for t, key in found if t is not None and t is not tensor and _has(t, storage)]

    # ------------------------------------------------------------------ what they are now

    def look(self, tensor: Tensor, key: int, *, used: bool = False) -> Seen:
        """A tensor as it is now. used: an op has just used or made it.

        To ask a view whose base was written for its node makes it anew; so it is asked only where that was done.
        """
        if not used and self.is_stale(tensor, key):
            is_leaf, requires_grad, name, node, number, grad = self._places[key][1]
        else:
            node = tensor.grad_fn
            name = None if node is None else name_of(node)
            is_leaf, requires_grad, number = node is None, tensor.requires_grad, tensor.output_nr
            node = None if node is None else key_of(node)
            grad = value(tensor.grad) if is_leaf or tensor.retains_grad else None  # of any other torch warns
            if tensor._is_view():
                asked = is_leaf, requires_grad, name, node, number, grad
                self._places[key] = version_of(tensor), asked
        memory = self._join(tensor, key)
        numbers = None if storage_of(tensor) in self.empty else value(tensor)
        return Seen(
            key, memory, self._counter.get(key, key), tuple(tensor.shape), str(tensor.dtype).removeprefix("torch."),
            version_of(tensor), numbers, is_leaf, requires_grad, name, node, number,
            self.find(tensor._base) if tensor._is_view() else None, grad, not is_leaf and tensor.retains_grad,
        )  # fmt: skip

    def node(self, tensor: Tensor) -> tuple[int, int] | None:
        """The key of a tensor's node, and the number of the output that it is; None where it has none."""
        key = self.find(tensor)
        if key is not None and self.is_stale(tensor, key):
            *_, node, number, _ = self._places[key][1]
            return None if node is None else (node, number)
        node = tensor.grad_fn
        return None if node is None else (key_of(node), tensor.output_nr)

    def is_stale(self, tensor: Tensor, key: int) -> bool:
        """Whether a view's base was written since the view was last asked for its node."""
        told = self._places.get(key)
        return told is not None and told[0] != version_of(tensor)

    def renewed(self, view: Tensor, key: int) -> bool:
        """Whether a view that was just used has another node than it had when it was last looked at."""
        if not self.is_stale(view, key):
            return False
        node = view.grad_fn
        return self._places[key][1][3] != (None if node is None else key_of(node))

    # ------------------------------------------------------------------ when a cell has ended

    def living(self, held: list[Tensor]) -> set[int]:
        """The keys of the tensors that live, but for what only the graph keeps. Forgets the dead."""
        self.empty.clear()
        self.known = {id: entry for id, entry in self.known.items() if entry[0]() is not None}
        self._owners = {id: entry for id, entry in self._owners.items() if entry[0]() is not None}
        groups = {s: [e for e in group if e[0]() is not None] for s, group in self._groups.items()}
        self._groups = {storage: group for storage, group in groups.items() if group}
        everything = {key for _, key in self.known.values()}
        for book in (self._counter, self._places):
            for key in book.keys() - everything:
                del book[key]
        keys = {self.find(tensor) for tensor in held}
        for reference, key in self.known.values():
            tensor = reference()
            # The result of an op lives on unnamed where a node saved it; that it is in the graph says it all.
            if tensor is not None and (tensor._is_view() or tensor.grad_fn is None):
                keys |= {key, self.find(tensor._base) if tensor._is_view() else key}
        return keys - {None}


def _has(tensor: Tensor | None, storage: int | None) -> bool:
    return tensor is not None and storage is not None and storage_of(tensor) == storage

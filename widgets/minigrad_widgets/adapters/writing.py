"""In-place writes, noted: the written tensor has another node now, and must be known as what it was."""

from __future__ import annotations

from minigrad.inplace import CopySlices
from minigrad.node import AccumulateGrad, Node
from minigrad.tensor import Tensor

from ..places import Spot
from .looking import is_list, recording_of
from .notes import Notes
from .tensors import Key


class Writes:
    """Notes what in-place ops did."""

    def __init__(self, notes: Notes) -> None:
        self.notes, self.tensors = notes, notes.tensors
        self._last = -1  # the number of the last node of a write that was noted

    def note(
        self,
        name: str,
        inputs: tuple,
        target: Tensor,
        node: Node | None,
        cut: str | None,
        place: Spot,
    ) -> None:
        """An in-place op on `target`. For the graph a write into a view is one into its base."""
        notes, tensors = self.notes, self.tensors
        whole = target if target._view is None else target._view.base
        if whole is not target:
            node = whole._node
            if not isinstance(node, CopySlices) or node.seq <= self._last:
                node = None
        keys = {id(whole): self._key_before(whole, node, place)}
        tensors.moved(whole, keys[id(whole)])
        keys[id(target)] = key = keys[id(whole)] if whole is target else tensors.key(target, place)
        args = [
            Key(keys[id(item)]) if id(item) in keys else notes.arg(item, place)
            for x in inputs
            for item in (x if is_list(x) else (x,))
        ]
        if whole is not target:
            args.append(Key(keys[id(whole)]))
        recording = None
        if node is not None:
            self._last = node.seq
            recording = recording_of(node, inputs, name)
        others = [tensors.look(other, k) for other, k in tensors.sharing(target, key)]
        notes.note("any_op", name, args, [tensors.look(target, key)], recording, cut, place, True, others)

    def _key_before(self, tensor: Tensor, node: Node | None, place: Spot) -> int:
        """The key of a tensor that was just written; by its node it is known no more."""
        entry = self.tensors.known.get(id(tensor))
        if entry is not None and entry[0]() is tensor:
            return entry[1]
        written_by = tensor._node
        if node is None or written_by is None or tensor._view is not None:
            return self.tensors.key(tensor, place)
        # The node of the write leads to the one that the tensor had; to none where it was a leaf.
        plan = None if isinstance(written_by, CopySlices) else getattr(written_by, "plan", None)
        at = 0 if plan is None else plan.edges.index(0)
        old, number = written_by.next[at], written_by.numbers[at]
        if old is None or number or not self.tensors.saw(old) or type(old) is AccumulateGrad:
            return self.tensors.meet(tensor, place)
        return self.tensors.aliases.get(old.seq, -1 - old.seq)

    def note_detach(self, tensor: Tensor, place: Spot) -> None:
        """detach_(): the tensor has just lost its node, by which it was known; its names say which it is."""
        notes, tensors = self.notes, self.tensors
        key = tensors.find(tensor)
        if key is None:
            held = (notes.names.get(name) for name, value in notes.named().items() if value is tensor)
            key = next((key for key in held if key is not None), None)
            key = tensors.key(tensor, place) if key is None else tensors.aliases.get(-1 - key, key)
            tensors.adopt(tensor, key)
        notes.note(
            "any_op", "detach_", [Key(key)], [tensors.look(tensor, key)], None, "detach", place, True, ()
        )

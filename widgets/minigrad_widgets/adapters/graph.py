"""The graph that hangs from a tensor, read off its nodes: for what was computed before anybody watched.

    graph_of(loss, names={"loss": loss})        a Trace without steps

A node knows where its gradients go and what it saved, not its inputs' values: a tensor that nobody holds any
more is a card without a value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minigrad.node import AccumulateGrad, Node
from minigrad.opnode import ListOpNode, OpNode
from minigrad.tensor import Tensor

from ..places import Spot
from ..recorder import MOST_FUNCTIONS
from ..trace import Trace
from . import hooks
from .looking import Copy, Look, Recording, Slot, copy_of, kept_now, text_of, version_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .notes import Notes

_UNKNOWN = ("…",)  # an operand that the node does not remember


def graph_of(*tensors: Tensor, names: dict[str, Any] | None = None) -> Trace:
    """The graph of these tensors as it is now. names: what to call them and others that are in it.

    TypeError for what is no tensor.
    """
    from .notes import Notes  # which reads graphs with the functions below

    for tensor in tensors:
        if not isinstance(tensor, Tensor):
            raise TypeError(f"graph_of() draws tensors, not {type(tensor).__name__}: {tensor!r:.60}")
    notes = Notes(dict(names or {}))
    for tensor in tensors:
        notes.tensors.key(tensor, None)
    # Of the names those of what is in the graph.
    notes.tell_names(
        [(n, None) for n, value in notes.named().items() if notes.tensors.find(value) is not None]
    )
    notes.tell()
    notes.recorder.settle(notes.tensors.living(list(tensors)))
    notes.recorder.drafts.steps.clear()
    return notes.recorder.drafts.freeze(set(notes.recorder.drafts.entities))


def tell(notes: Notes, root: Tensor, place: Spot) -> bool:
    """Note a tensor's node and all before it, without steps. False: they were told."""
    return _Graph(notes, root, place).tell()


def tell_kept(notes: Notes, tensors: Iterable[Tensor], place: Spot) -> None:
    """Note what the nodes above these tensors keep as it is now, and which of them have let it go."""
    stack = [tensor._node for tensor in tensors]
    seen: set[int] = set()
    while stack and len(seen) < MOST_FUNCTIONS:
        node = stack.pop()
        if node is None or node.seq in seen or isinstance(node, AccumulateGrad):
            continue
        seen.add(node.seq)
        stack += node.next
        hooks.note_node(notes, node, place)
        if node.freed:
            notes.note("freed", node.seq, None)
        elif kept := kept_now(node):
            notes.note("keeps", node.seq, kept, place)


class _Graph:
    """The nodes above a tensor that were not told yet."""

    def __init__(self, notes: Notes, root: Tensor, place: Spot) -> None:
        self.notes, self.tensors, self.place = notes, notes.tensors, place
        self.nodes = self._untold(root._node)
        named = notes.named()
        known = [ref() for ref, _ in self.tensors.known.values()]
        saved = [v for node in self.nodes for _, v, _ in node.saved_slots() if isinstance(v, Tensor)]
        # Which living tensor is which output of which node.
        self.made: dict[tuple[int, int], Tensor] = {}
        for tensor in (root, *named.values(), *known, *saved):
            if tensor is not None and tensor._node is not None:
                self.made.setdefault((tensor._node.seq, tensor._output_nr), tensor)
        self.names: dict[int, list[str]] = {}
        for name, tensor in named.items():
            self.names.setdefault(id(tensor), []).append(name)

    def _untold(self, root: Node | None) -> list[Node]:
        """The nodes from which a gradient goes on to nothing that was told; no AccumulateGrads."""
        told, here = self.notes.recorder.drafts.function_of, self.notes.graph_told
        found: dict[int, Node] = {}
        stack = [root]
        while stack:
            node = stack.pop()
            if node is None or isinstance(node, AccumulateGrad) or node.seq in found:
                continue
            if node.seq not in told and node.seq not in here:
                found[node.seq] = node
                stack += node.next
        return sorted(found.values(), key=lambda n: n.seq)

    def tell(self) -> bool:
        for node in self.nodes:
            if node.seq in self.notes.graph_told:
                continue  # it came up with something that another had saved
            inner = getattr(node, "fn", node)
            args, edges = self._args(node, inner)
            kinds = (node.dtype,) if node.outputs == 1 else node.dtype
            # A custom Function can return what is no tensor, and has no dtype.
            numbers = [i for i, kind in enumerate(kinds) if kind is not None]
            looks = [self._output(node, inner, number) for number in numbers]
            keys = {number: look.key for number, look in zip(numbers, looks, strict=True)}
            self.notes.graph_told[node.seq] = [keys.get(number, 0) for number in range(len(kinds))]
            tracked = frozenset(p for p, target in zip(edges, node.next, strict=False) if target is not None)
            slots = tuple(Slot(slot, position, version) for slot, _, position, version in _saved(inner))
            if node.freed and isinstance(inner, OpNode):
                plan = inner.plan
                slots = tuple(
                    Slot(plan.slots[i], plan.sources[i].position, 0, True) for i in range(plan.releasable)
                )
            recording = Recording(node.seq, node.name(), edges, tracked, slots)
            name = type(inner).op.shown if isinstance(inner, OpNode) else node.name()
            self.notes.note("any_op", name, args, looks, recording, None, self.place, False, (), True)
            for _, value, position, version in _saved(inner):
                if position is not None and isinstance(value, Tensor) and version_of(value) != version:
                    key = args[position] if position >= 0 else looks[-1 - position].key
                    self.notes.note("now", key, version_of(value))
            for number in range(node.outputs):
                self._name(self.made.get((node.seq, number)))
        return bool(self.nodes)

    def _name(self, tensor: Tensor | None) -> None:
        """Tell its names now, so that what was computed from it can be called after it."""
        if tensor is not None:
            self.notes.tell_names((name, self.place) for name in self.names.get(id(tensor), ()))

    def _args(self, node: Node, inner: Node) -> tuple[list[Any], tuple[int, ...]]:
        """The arguments as far as the node remembers them, and for each edge the position of its own."""
        ends = [self._end(target, number) for target, number in node.next_functions]
        if not isinstance(inner, OpNode) or isinstance(inner, ListOpNode):
            return [_UNKNOWN if key is None else key for key in ends], tuple(range(len(ends)))
        args: list[Any] = [("",)] * len(type(inner).op.params)
        for position in inner.plan.edges:
            args[position] = _UNKNOWN
        for _, value, position, _ in _saved(inner):
            if position is not None and position >= 0:
                # An input that needs no gradient is known only because it was saved.
                args[position] = self.notes.arg(value, self.place)
                self._name(value if isinstance(value, Tensor) else None)
        for i in range(inner.plan.releasable, len(inner.plan.slots)):
            position, value = inner.plan.sources[i].position, inner.saved[i]
            if position >= 0:  # a number, which backward does not let go
                args[position] = (value if type(value) in (int, float, bool, str) else text_of(value),)
        for position, key in zip(inner.plan.edges, ends, strict=False):
            if key is not None:
                args[position] = key
        return args, tuple(inner.plan.edges)

    def _end(self, node: Node | None, number: int) -> int | None:
        """The key of the tensor at the end of an edge."""
        if node is None:
            return None
        if isinstance(node, AccumulateGrad):
            key = self.tensors.key(node.variable, self.place)
            self._name(node.variable)
            return key
        if node.seq in self.notes.graph_told:
            return self.notes.graph_told[node.seq][number]
        drafts = self.notes.recorder.drafts
        function = drafts.function(node.seq)
        for card in drafts.outputs(function) if function else ():
            if card.now["output_nr"] == number:
                written = self.tensors.aliases.get(node.seq, -1 - node.seq) == card.key
                return -1 - node.seq if written else card.key  # as that node left it
        return None

    def _output(self, node: Node, inner: Node, number: int) -> Look:
        tensor = self.made.get((node.seq, number))
        if tensor is not None:
            key = self.tensors.find(tensor)
            key = self.tensors.new(tensor) if key is None else key
            if tensor._view is not None:
                base = tensor._view.base
                self.tensors.share(base, self.tensors.key(base, self.place), tensor, key)
            return self.tensors.look(tensor, key)
        return self._unheld(node, inner, number)

    def _unheld(self, node: Node, inner: Node, number: int) -> Look:
        """An output that nobody holds; its numbers may be known because the node saved its own result."""
        shape, dtype = (
            (node.shape, node.dtype) if node.outputs == 1 else (node.shape[number], node.dtype[number])
        )
        copy: Copy = (None, dtype, shape)
        for _, value, position, _ in _saved(inner):
            if position == -1 - number and isinstance(value, Tensor):
                copy = copy_of(value._array)
        key = self.tensors.key_of_output(node, number)
        return Look(
            key, key, key, copy, 0, False, True, node.name(), node.seq, number, None, None, False, None
        )


def _saved(inner: Node) -> list[tuple[str, Any, int | None, int]]:
    """What a node saved: slot, value, the position of the argument that it was, version."""
    found = []
    for i, (slot, value, version) in enumerate(inner.saved_slots()):
        position = inner.plan.sources[i].position if isinstance(inner, OpNode) else None
        found.append((slot, value, position, version or 0))
    return found

"""The graph that hangs from a tensor of torch, read off its nodes: for what was computed while nobody watched.

    graph_of(loss, names={"loss": loss})        a Trace without steps

A node knows where its gradients go and what it saved, not its inputs' values: a tensor that nobody holds any
more is a card without a value.
"""

from __future__ import annotations

import heapq
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor

from ..facts import Arg, Ran, Recorded, Seen
from ..places import Spot, place_of
from ..trace import Trace
from .torch_looking import (
    Slot,
    is_accumulator,
    key_of,
    name_of,
    quietly,
    saved_by,
    text_of,
)  # fmt: skip
from .torch_ops import Item, saved_of
from .torch_tensors import new_key

if TYPE_CHECKING:
    from .torch_notes import Notes

_UNKNOWN = "…"  # an operand that the node does not remember
# Arguments that are tensors and get no gradient: they have no edge.
_NO_EDGE = frozenset(("condition", "mask", "index", "indices", "target", "repeats", "offsets"))


def graph_of(*tensors: Tensor, names: dict[str, Any] | None = None) -> Trace:
    """The graph of these tensors as it is now. names: what to call them and others that are in it."""
    from .torch_notes import Notes  # which reads graphs with the functions below

    notes = Notes(dict(names or {}))
    with quietly():
        for tensor in tensors:
            notes.tensors.key(tensor, None)
        # Of the names those of what is in the graph.
        held = notes.named()
        notes.tell_names([(n, None) for n, tensor in held.items() if notes.tensors.find(tensor) is not None])
        notes.tell()
        notes.recorder.settle(notes.tensors.living([*tensors, *held.values()]))
    notes.recorder.drafts.steps.clear()
    return notes.recorder.drafts.freeze(set(notes.recorder.drafts.entities))


def tell(notes: Notes, root: Tensor, place: Spot) -> bool:
    """Note a tensor's node and all before it that were not told. False: they were.

    What came about before the watching is told without steps.
    """
    return _Graph(notes, root, place).tell()


class _Graph:
    """The nodes above a tensor that were not told yet."""

    def __init__(self, notes: Notes, root: Tensor, place: Spot) -> None:
        self.notes, self.tensors, self.place = notes, notes.tensors, place
        self.nodes = self._untold(root.grad_fn)
        named = notes.named()
        saved = [slot.tensor for node in self.nodes for slot in saved_by(node)]
        known = [reference() for reference, _ in self.tensors.known.values()]
        # Which living tensor is which output of which node.
        self.made: dict[tuple[int, int], Tensor] = {}
        for tensor in (root, *named.values(), *known, *saved) if self.nodes else ():
            node = None if tensor is None else self.tensors.node(tensor)
            # Of a result that a node saved it is an alias that comes out, and no tensor of anybody's.
            if node is not None:
                self.made.setdefault(node, tensor)
        self.names: dict[int, list[str]] = {}
        for name, tensor in named.items():
            self.names.setdefault(id(tensor), []).append(name)

    def _untold(self, root: Any) -> list[Any]:
        """The nodes from which a gradient goes on to nothing that was told, in the order in which they were
        made; no AccumulateGrads."""
        found: dict[int, Any] = {}
        stack = [root]
        while stack:
            node = stack.pop()
            if node is None or is_accumulator(node) or key_of(node) in found or not self.notes.is_new(node):
                continue
            found[key_of(node)] = node
            stack += [target for target, _ in node.next_functions]
        # Each thread numbers its nodes itself: of those that may come next the one with the least number.
        waits = {key: {key_of(t) for t, _ in node.next_functions if t is not None} & found.keys() - {key}
                 for key, node in found.items()}  # fmt: skip
        leads: dict[int, list[int]] = {}
        for key, others in waits.items():
            for other in others:
                leads.setdefault(other, []).append(key)
        ready = [(node._sequence_nr(), key) for key, node in found.items() if not waits[key]]
        heapq.heapify(ready)
        ordered = []
        while ready:
            _, key = heapq.heappop(ready)
            ordered.append(found[key])
            for later in leads.get(key, ()):
                waits[later].discard(key)
                if not waits[later]:
                    heapq.heappush(ready, (found[later]._sequence_nr(), later))
        return ordered

    def tell(self) -> bool:
        for node in self.nodes:
            if not self.notes.is_new(node):
                continue  # it came up with something that another had saved
            shape, saved = _shape(node), saved_by(node)
            ends = self._ends(node, shape)
            items = self._items(node, shape, saved)
            args = [ends.get(i) or self._arg(item) for i, item in enumerate(items)]
            outputs = [self.made.get((key_of(node), i)) for i in range(len(node._input_metadata))]
            looks = tuple(self._output(node, i, tensor) for i, tensor in enumerate(outputs))
            kept = saved_of(saved, items, outputs)
            recorded = Recorded(key_of(node), name_of(node), shape.edges, kept)
            fact = Ran(shape.op, tuple(args), looks, recorded, place_of(self.place))
            self.notes.note("ran", fact, self.notes.is_older(node))
            now = {slot.name: slot.now for slot in saved if slot.state == "broken"}
            for slot in kept:
                if slot.slot in now and slot.source is not None:
                    key = args[slot.source].key if slot.source >= 0 else looks[-1 - slot.source].key
                    self.notes.note("now", key, now[slot.slot])
            for tensor in outputs:
                self._name(tensor)
        return bool(self.nodes)

    def _items(self, node: Any, shape: _Shape, saved: list[Slot]) -> list[Item]:
        """The arguments as far as the node remembers them: what it saved, and the numbers that it keeps."""
        tensors = {slot.name: slot.tensor for slot in saved}
        ends = dict(zip(shape.edges, node.next_functions, strict=True))
        found: list[Item] = []
        for position, (name, default) in enumerate(shape.params):
            x, text = tensors.get(name), ""
            target, number = ends.get(position, (None, 0))
            if x is not None and target is None and position in ends and self._is_number(x):
                x, text = None, text_of(x)
            elif x is not None:
                self.tensors.key(x, self.place)
                self._name(x)
            elif target is not None:
                x = target.variable if is_accumulator(target) else self.made.get((key_of(target), number))
            else:
                text = _UNKNOWN if position in ends else _number(node, name, default)
            found.append((name, x, text))
        return found

    def _is_number(self, x: Tensor) -> bool:
        """Whether a saved tensor is a number of an expression, as far as that can be known."""
        return x.dim() == 0 and self.tensors.find(x) is None and id(x) not in self.names

    def _arg(self, item: Item) -> Arg:
        slot, x, text = item
        return Arg(slot, None if x is None else self.tensors.key(x, self.place), None, text)

    def _ends(self, node: Any, shape: _Shape) -> dict[int, Arg]:
        """The arguments to which an edge leads. What a node saved of one may have been written since."""
        found = {}
        for position, (target, number) in zip(shape.edges, node.next_functions, strict=True):
            if target is not None:
                key = self._end(target, number)
                text = "" if key is not None else _UNKNOWN
                found[position] = Arg(shape.params[position][0], key, None, text, True)
        return found

    def _end(self, node: Any, number: int) -> int | None:
        """The key of the tensor at the end of an edge."""
        if is_accumulator(node):
            key = self.tensors.key(node.variable, self.place)
            self._name(node.variable)
            return key
        noted = self.notes.noted.get(key_of(node))
        if noted is not None:
            return noted.get(number)
        drafts = self.notes.recorder.drafts
        function = drafts.function(key_of(node))
        cards = drafts.outputs(function) if function else ()
        return next((card.key for card in cards if card.now["output_nr"] == number), None)

    def _output(self, node: Any, number: int, tensor: Tensor | None) -> Seen:
        if tensor is not None:
            if tensor._is_view():
                self.tensors.key(tensor._base, self.place)
            return self.tensors.look(tensor, self.tensors.new(tensor))
        key, about = new_key(), node._input_metadata[number]
        dtype = str(about.dtype).removeprefix("torch.")
        return Seen(
            key,
            key,
            key,
            tuple(about.shape),
            dtype,
            0,
            None,
            False,
            True,
            name_of(node),
            key_of(node),
            number,
        )

    def _name(self, tensor: Tensor | None) -> None:
        """Tell its names now, so that what was computed from it can be called after it."""
        if tensor is not None:
            self.notes.tell_names((name, self.place) for name in self.names.get(id(tensor), ()))


# ------------------------------------------------------------------ what a node's name says of its arguments


class _Shape(NamedTuple):
    """An op, its parameters with their defaults, and for each edge of its node the position of the parameter."""

    op: str
    params: list[tuple[str, Any]]
    edges: tuple[int, ...]


def _shape(node: Any) -> _Shape:
    count = len(node.next_functions)
    name = name_of(node)
    own = re.fullmatch(r"(.+)Backward\d+", name)
    op = name.removesuffix("Backward")  # of a Function of the learner's
    if own is not None:
        op = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", own[1]).lower()
        for prefix, suffix in (("", ""), ("_", ""), ("", "_forward")):
            packet = getattr(torch.ops.aten, f"{prefix}{op}{suffix}", None)
            for overload in packet.overloads() if packet is not None else ():
                params = getattr(packet, overload)._schema.arguments
                if (edges := _edges(node, params, count)) is not None:
                    return _Shape(op, [(p.name, p.default_value) for p in params if not p.kwarg_only], edges)
    return _Shape(op, [(f"input {i}", None) for i in range(count)], tuple(range(count)))


def _edges(node: Any, params: Any, count: int) -> tuple[int, ...] | None:
    """The positions of the arguments that have an edge, None where the node is not of this overload."""
    kinds = {p.name: str(p.type) for p in params}
    for name in dir(type(node)):
        slot = name.removeprefix("_saved_")
        if (
            slot != name
            and slot in kinds
            and not hasattr(type(node), f"_raw_saved_{slot}")
            and "Tensor" in kinds[slot]
        ):
            return None  # the node keeps a number there
    found = [i for i, p in enumerate(params) if "Tensor" in str(p.type) and p.name not in _NO_EDGE]
    several = any("List" in str(params[i].type) for i in found)
    return tuple(found) if len(found) == count and not several else None


def _number(node: Any, name: str, default: Any) -> str:
    """A number that the node keeps, as text; "" where it is the default."""
    if hasattr(type(node), f"_raw_saved_{name}"):
        return ""
    x = getattr(node, f"_saved_{name}", None)
    if isinstance(x, int) and x >= 1 << 63:
        x -= 1 << 64  # a negative dim
    return "" if x is None or x == default else text_of(x)

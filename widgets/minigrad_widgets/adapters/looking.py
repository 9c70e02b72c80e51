"""minigrad's tensors and nodes as small tuples of plain things, which keep nothing alive."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from minigrad.inplace import CopySlices
from minigrad.node import Node
from minigrad.opnode import OpNode
from minigrad.tensor import Tensor

from ..values import MOST_NUMBERS, first_and_sample, number_text

# The bytes of an array, its dtype and shape; of a large one its first numbers and, besides, a sample and a checksum.
# No bytes: what the numbers were is not known.
Copy = tuple

MOST_CHECKED = 10_000_000  # elements: of a larger array there is no checksum


def copy_of(array: np.ndarray) -> Copy:
    """The numbers of an array, or enough of them for a summary at a cost that does not grow with it."""
    if array.size <= MOST_NUMBERS:
        return array.tobytes(), array.dtype, array.shape
    first, sample = first_and_sample(array)
    return first.tobytes(), array.dtype, array.shape, sample.tobytes(), _checksum(array)


def _checksum(array: np.ndarray) -> int:
    """All bits in one, at a fraction of what an op on them costs. 0 for what does not lie in one piece."""
    if not array.flags.c_contiguous or array.size > MOST_CHECKED:
        return 0
    bits = array.reshape(-1).view(f"u{array.itemsize}")
    return int(np.bitwise_xor.reduce(bits))


def mark_of(copy: Copy) -> int | None:
    """A number that stays the same as long as the contents do; None where they are not known."""
    return None if copy[0] is None else hash((copy[0], *copy[3:]))


def kept_now(node: Node) -> tuple[tuple[str, int, Copy], ...]:
    """What a node keeps for backward, as it is now: slot, version, contents."""
    inner = node.fn if isinstance(node, CopySlices) else node
    if isinstance(inner, OpNode):
        if inner.versions is None:
            return ()
        found = zip(inner.plan.slots, inner.saved, inner.versions, strict=False)
    else:
        found = iter(inner.saved_slots())
    return tuple(
        (slot, 0, copy_of(value))
        if type(value) is np.ndarray
        else (slot, version_of(value), copy_of(value._array))
        for slot, value, _ in found
        if isinstance(value, (Tensor, np.ndarray))
    )


class Look(NamedTuple):
    """A tensor as it was at one moment."""

    key: int
    memory: int
    counter: int
    copy: Copy
    version: int
    is_leaf: bool
    requires_grad: bool
    grad_fn: str | None
    node: int | None
    output_nr: int
    base: int | None
    grad: Copy | None
    retains_grad: bool
    owner: int | None  # the key of the tensor whose .grad it is


class Slot(NamedTuple):
    """One thing that a node saved: the position of the argument that it is, -1 - i for output i."""

    slot: str
    source: int | None
    version: int
    freed: bool = False


class Recording(NamedTuple):
    """A node: its sequence number and name, for each edge the position of its argument, what it saved.

    `tracked`: the positions from which the edge leads on.
    """

    seq: int
    name: str
    edges: tuple[int, ...]
    tracked: frozenset[int]
    saved: tuple[Slot, ...]


def version_of(tensor: Tensor) -> int:
    """Its version; 0 in inference mode, where nobody counts and asking is an error."""
    return 0 if tensor._storage is None else tensor._storage.version


def look(tensor: Tensor, key: int, memory: int, counter: int, base: int | None, owner: int | None) -> Look:
    """A tensor as it is now. Its fields are read, not asked for: asking brings a stale view up to date."""
    node, grad, meta = tensor._node, tensor._grad, tensor._meta
    return Look(
        key, memory, counter, copy_of(tensor._array), version_of(tensor), node is None, tensor._requires_grad,
        node and node.name(), node and node.seq, tensor._output_nr if node else 0, base,
        None if grad is None else copy_of(grad._array), meta is not None and meta.retains_grad and node is not None,
        owner,
    )  # fmt: skip


def fitted(gradient: np.ndarray, node: Node, number: int) -> np.ndarray:
    """A gradient as it goes on to output `number` of a node: summed over what was broadcast."""
    shape = node.shape if node.outputs == 1 else node.shape[number]
    if gradient.shape == shape:
        return gradient
    lead = gradient.ndim - len(shape)
    dims = (*range(lead), *(lead + i for i, n in enumerate(shape) if n == 1))
    return gradient.sum(dims, keepdims=True).reshape(shape)


# ------------------------------------------------------------------ nodes


def is_list(x: Any) -> bool:
    """Whether an argument is a list of tensors."""
    return isinstance(x, (list, tuple)) and any(isinstance(item, Tensor) for item in x)


# Of a node of the op table whose arguments are no lists: its number, the id of its plan, and the versions of what
# it saved. The plan says the rest, once the cell has ended.
Planned = tuple[int, int, Any]


def recording_of(node: Node, inputs: tuple[Any, ...], name: str) -> Recording | Planned:
    """The node that an op recorded; positions count the inputs with lists of tensors taken apart.

    A write into a view has the view's base as one more argument after the inputs, and its first edge there.
    """
    if (
        isinstance(node, OpNode)
        and name != "__setitem__"
        and not any(type(x) in (list, tuple) for x in inputs)
    ):
        return node.seq, id(node.plan), node.versions
    positions: list[list[int]] = []
    count = 0
    for x in inputs:
        width = len(x) if is_list(x) else 1
        positions.append(list(range(count, count + width)))
        count += width
    inner = node.fn if isinstance(node, CopySlices) else node
    if not isinstance(inner, OpNode):
        return _foreign(node, inputs)
    plan = inner.plan
    if name == "__setitem__":
        # The engine reports x[key] = value as one op, and runs it as a fill, a copy or an index_put.
        names = type(inner).op.names
        where = [[2] if n in ("value", "values", "src") else [0] if n == "self" else [1] for n in names]
    else:
        where = positions
    edges = [p for position in plan.edges for p in where[position]]
    if inner is not node and inputs[0]._view is not None:
        edges[0] = count
    return _recording(node, tuple(edges), slots_of(plan, inner.versions, where))


def _recording(node: Node, edges: tuple[int, ...], saved: tuple[Slot, ...]) -> Recording:
    tracked = frozenset([p for p, target in zip(edges, node.next, strict=False) if target is not None])
    return Recording(node.seq, node.name(), edges, tracked, saved)


def slots_of(
    plan: Any, versions: tuple[int, ...] | None, where: list[list[int]] | None = None
) -> tuple[Slot, ...]:
    """What a node keeps that backward lets go of, by its plan. versions None: it has been let go."""
    if versions is None:
        return ()
    found = []
    for i in range(plan.releasable):
        position = plan.sources[i].position
        source = position if position < 0 or where is None else where[position][0]
        found.append(Slot(plan.slots[i], source, versions[i] if i < len(versions) else 0))
    return tuple(found)


def _foreign(node: Node, inputs: tuple[Any, ...]) -> Recording:
    """A node that is not of the op table: its edges belong to the tensors among its inputs, in order."""
    flat = [item for x in inputs for item in (x if is_list(x) else (x,))]
    tensors = [i for i, x in enumerate(flat) if isinstance(x, Tensor)]
    edges = tuple(tensors[: len(node.next)])
    saved = []
    for slot, value, version in node.saved_slots():
        source = next((i for i in tensors if flat[i] is value), None)
        saved.append(Slot(slot, source, version or 0))
    return _recording(node, edges, tuple(saved))


# ------------------------------------------------------------------ everything else


def text_of(x: Any) -> str:
    """An argument that is no tensor, in few characters. It may be the learner's own, and refuse to say."""
    try:
        text = _text_of(x)
    except Exception:
        text = ""
    text = text or f"a {type(x).__name__}"
    return text if len(text) <= 20 else text[:19] + "\u2026"


def _text_of(x: Any) -> str:
    if isinstance(x, tuple):
        return ", ".join(map(text_of, x[:20])) if x else "()"
    if isinstance(x, (list, dict, set)) and len(x) > 20:
        return f"{type(x).__name__} of {len(x)}"
    if isinstance(x, slice):
        parts = ["" if part is None else text_of(part) for part in (x.start, x.stop, x.step)]
        return ":".join(parts if parts[2] else parts[:2])
    if x is Ellipsis:
        return "..."
    if isinstance(x, Tensor):
        x = x._array.tolist()
    text = str(x).removeprefix("minigrad.") if not isinstance(x, float) else number_text(x, trim=True)
    return text if len(text) <= 20 else text[:19] + "\u2026"

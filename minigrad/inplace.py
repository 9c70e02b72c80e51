"""In-place writes: what they may touch, and how the graph follows.

Counterpart in PyTorch: check_inplace in torch/csrc/autograd/VariableTypeUtils.h, rebase_history in
variable.cpp, CopySlices in functions/tensor.cpp.

A write changes the memory, counts the version up, and moves the written tensor's place in the graph: its
gradient now belongs to the node of the write, whose first edge leads to where the tensor was before. A
write into a view rewrites a part of the base, so it is the base that moves, to a node `CopySlices`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.array_utils import byte_bounds

from . import anomaly, errors, mode
from .mode import local
from .node import Node, gradient_edge, next_sequence_nr
from .record import is_recorded, kinds_of, make_node, report
from .storage import address
from .strides import empty_strided, may_overlap, order_of, stretched
from .tensor import Tensor, count_write, wrap
from .views import check_may_change, move_retained

if TYPE_CHECKING:
    from .op import Op


# What sets the in-place form of an op apart: an entry of the table says so, as `twin="stepwise sized"`.
TRAITS = {
    "uniform": "writes the same everywhere, and so may write one place several times",
    "tolerated": "may write one place several times, with a warning",
    "stepwise": "in torch writes one place several times, and reads it in between",
    "sized": "torch asks for the size of the result before it computes it",
    "filling": "reads the value that it writes before it writes",
    "copying": "may write each place onto itself",
}


def run_inplace(op: Op, args: list[Any]) -> Tensor:
    """Run `op` with its result written into args[0], and record it; returns args[0]."""
    target = args[0]
    kinds = kinds_of(op, args)
    wanted = is_recorded(op, kinds, args)
    if wanted:
        check_writable(target, op.written_name)
    before = target.storage.version
    node = None
    if wanted:
        plan = op.plan(kinds)
        kept = list(args)
        if "self" in plan.slots:
            kept[0] = _before_the_write(target)
        node = make_node(op, kinds, kept, [target], edges_of=args)
    expanded = 0 in target._array.strides and is_expanded(target._array)
    if expanded:
        check_expanded(op, args)
    check_overlap(op, args)
    taped = mode.special and local.tape is not None
    write(op, target, local.tape.rewrite(op, args) if taped else op.arrays(args), expanded)
    count_write(target)
    if node is not None:
        if node.plan.result >= 0:
            versions = list(node.versions)
            versions[node.plan.result] = target.storage.version
            node.versions = tuple(versions)
        if mode.special and local.saved_hooks:
            node.pack(local.saved_hooks[-1])
        node = rebase(target, node)
    if mode.observer is not None:
        report(op.written_name, args, (target,), node, before)
    return target


def _before_the_write(target: Tensor) -> Tensor:
    """A copy of the value that is about to be overwritten; in the graph a `clone()`, as in torch."""
    quiet, local.quiet = local.quiet, True
    try:
        return target.clone()  # type: ignore[attr-defined]
    finally:
        local.quiet = quiet


def binary(op: Op) -> Callable[[Tensor, Any], Tensor]:
    """run_inplace for an elementwise op of two operands, short where nothing is recorded: an update step."""
    forward, general = op.forward, op.call_inplace
    defaults = [default for _, default in op.params[2:]]

    def call(self, other):
        if isinstance(other, Tensor):
            array2 = other._array
            if (
                other._requires_grad
                or other._view is not None
                or other._storage is not None  # it may share memory: see check_overlap
                or array2.dtype is not self._array.dtype
            ):
                return general(self, other)
        elif type(other) is float and self._array.dtype.kind == "f":
            array2 = other
        else:
            return general(self, other)
        array = self._array
        if (
            (self._requires_grad and local.grad)
            or self._view is not None
            or (self._meta is not None and self._meta.inference)
            or mode.special
            or (array2 is not other and array2.shape != array.shape)
            or ((op.promotes == "float" or op.check is not None) and array.dtype.kind != "f")
            or not array.flags.c_contiguous
        ):
            return general(self, other)
        forward(array, array2, out=array)
        storage = self._storage or self.storage
        storage.version += 1
        if mode.observer is not None:
            report(op.written_name, (self, other, *defaults), (self,), None, storage.version - 1)
        return self

    return call


def check_writable(target: Tensor, op: str) -> None:
    """RuntimeError where a recorded write into `target` would lose a leaf or contradict its view."""
    view = target._view
    if view is not None:
        check_may_change(target)
        if target.requires_grad and view.base.is_leaf and mode.era != "1.4":
            raise errors.reported(errors.view_of_leaf_written(target, op))
    if target.requires_grad and target.is_leaf:
        raise errors.reported(errors.leaf_written(target, op))


def is_expanded(array: np.ndarray) -> bool:
    """Whether several elements lie in one place of the memory."""
    return array.size > 0 and any(s == 0 and n > 1 for s, n in zip(array.strides, array.shape, strict=True))


def check_expanded(op: Op, args: list[Any]) -> None:
    """RuntimeError where one place of memory would be written several times; for some ops a warning."""
    if "uniform" in op.twin or ("copying" in op.twin and _same_places(args[0]._array, args[1]._array)):
        return
    if "tolerated" not in op.twin:
        error = RuntimeError(
            "unsupported operation: more than one element of the written-to tensor refers to a single memory "
            "location. Please clone() the tensor before performing the operation."
        )
        raise errors.about(error, "expanded", args[0])
    warnings.warn(
        f"Use of {op.written_name} on expanded tensors is deprecated. Please clone() the tensor before "
        "performing this operation. What is written in one place is seen in all that share it.",
        UserWarning,
        stacklevel=4,
    )


def _same_places(a: np.ndarray, b: np.ndarray) -> bool:
    return (a.shape, a.strides, a.dtype, address(a)) == (b.shape, b.strides, b.dtype, address(b))


def check_overlap(op: Op, args: list[Any]) -> None:
    """RuntimeError where an operand lies in the memory that is written, and not element for element."""
    for i, arg in enumerate(args):
        if (
            i
            and isinstance(arg, Tensor)
            and (arg._storage is not None or arg is args[0])
            and (arg._array.ndim or "filling" not in op.twin)
            and (
                (arg is args[0] and op.tensor_args)  # whether it has elements or not
                or _overlap(args[0]._array, arg._array, by_position=bool(op.tensor_args))
            )
        ):
            raise RuntimeError(
                "unsupported operation: some elements of the input tensor and the written-to tensor refer to a "
                "single memory location. Please clone() the tensor before performing the operation."
            )


def _overlap(a: np.ndarray, b: np.ndarray, by_position: bool) -> bool:
    """by_position: a is written at listed positions, so that b must not be a itself either."""
    (a_from, a_to), (b_from, b_to) = byte_bounds(a), byte_bounds(b)
    if a_to - a_from != a.nbytes or b_to - b_from != b.nbytes:
        return False  # one has gaps: it would take long to find out, and torch does not
    if (a_from, a_to) == (b_from, b_to):
        return (by_position or a.strides != b.strides) and a.size > 0
    return a_from < b_to and b_from < a_to


def write(op: Op, target: Tensor, arrays: list[Any], expanded: bool = False) -> None:
    """Compute the op and put the result into the memory of `target`."""
    out = target._array
    found = op.forward(*arrays)
    shape = np.shape(found)
    if shape != out.shape and not op.writes_self:
        if "sized" in op.twin:
            raise RuntimeError(
                f"Bad in-place call: input tensor size {list(out.shape)} and output tensor size {list(shape)} should "
                "match"
            )
        raise RuntimeError(
            f"output with shape {list(out.shape)} doesn't match the broadcast shape {list(shape)}"
        )
    op.check_cast(found, target)
    windows = not expanded and not out.flags.c_contiguous and may_overlap(out)
    if windows and op.pointwise:
        _write_in_turn(op, out, arrays)
    elif expanded or (windows and not op.writes_self):
        if windows and (
            "stepwise" in op.twin or ("accumulate" in op.names and arrays[op.names.index("accumulate")])
        ):
            raise NotImplementedError(
                f"{op.written_name}(): self with windows that share memory is not supported"
            )
        changed = found != out  # elsewhere what was there before must not come back
        out[changed] = found[changed]
    else:
        out[...] = found


def _write_in_turn(op: Op, out: np.ndarray, arrays: list[Any]) -> None:
    """Write windows that share memory, in torch's order: each one finds what those before it have written."""
    others = [
        np.broadcast_to(a, out.shape) if isinstance(a, np.ndarray) and a.ndim else a for a in arrays[1:]
    ]
    steps = [stretched(a, out.shape) for a in arrays[1:] if isinstance(a, np.ndarray) and a.ndim]
    outer = order_of(out.shape, out.strides, *steps)[:0:-1]
    key: list[Any] = [slice(None)] * out.ndim
    for place in np.ndindex(*[out.shape[d] for d in outer]):
        for d, i in zip(outer, place, strict=True):
            key[d] = i
        part = out[tuple(key)]
        rest = [a[tuple(key)] if isinstance(a, np.ndarray) and a.ndim else a for a in others]
        part[...] = op.forward(part.astype(arrays[0].dtype, copy=False), *rest)


def rebase(target: Tensor, node: Node, number: int = 0) -> Node:
    """Move `target` to `node`, which has just rewritten it. Returns the node that took its place."""
    view = target._view
    moved = target
    if view is not None:
        moved = view.base
        node = CopySlices(moved, target, node)
    move_retained(moved, node, number)
    moved._node, moved._output_nr = node, number
    moved._requires_grad = True
    if view is not None:
        view.version = -1  # of before the base moved, even if somebody looked since the write
        view.refresh(target)
    return node


class CopySlices(Node):
    """A part of a tensor was rewritten: `fn` is the node of the write, seen from the part.

    The gradient of the whole is split: where it was rewritten it goes through `fn`, elsewhere on to what
    the tensor was before.
    """

    __slots__ = ("fn", "geometry", "stride", "spent")

    def __init__(self, base: Tensor, view: Tensor, fn: Node) -> None:
        before, number = gradient_edge(base)
        self.next, self.numbers = (before, *fn.next[1:]), (number, *fn.numbers[1:])
        self.shape = base._array.shape
        self.dtype = base._array.dtype
        self.seq = next_sequence_nr()
        self.meta = None
        self.fn = fn
        self.stride = base.stride()
        self.geometry = view.shape, view.stride(), view.storage_offset() - base.storage_offset()
        self.spent = False
        anomaly.note(self)

    def apply(self, gradient: Any) -> tuple[Tensor | None, ...]:  # type: ignore[override]
        if self.spent:
            raise errors.freed(self)
        # In memory as the base is, so that the view's geometry holds in it.
        result = wrap(empty_strided(self.shape, self.stride, self.dtype)).copy_(gradient)
        part = result.as_strided(*self.geometry)
        inner, *others = self.fn.apply(part.clone())
        if inner is None:
            part.zero_()
        else:
            part.copy_(inner)
        return (result, *others)

    def release(self) -> bool:
        # torch lets the node of the write go, whether it saved anything or not.
        self.fn.release()
        first, self.spent = not self.spent, True
        return first

    @property
    def freed(self) -> bool:
        return self.spent

    def saved_slots(self) -> list[tuple[str, Any, int | None]]:
        return self.fn.saved_slots()

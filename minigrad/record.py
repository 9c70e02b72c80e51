"""Runs an op and records its node: the whole story, for any op and any arguments.

Most calls take the short way of recorders.py, which says the same for what happens most. Counterpart in
PyTorch: the generated functions of VariableType.cpp.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from . import anomaly, mode, strides
from .mode import local
from .node import NO_EDGE, Edge, alias, gradient_edge, next_sequence_nr
from .opnode import OpNode
from .plan import RESULT
from .saved import check_savable
from .tensor import Tensor, mark_inference, wrap
from .views import make_views

if TYPE_CHECKING:
    from .op import Op

# The kinds of an argument; a tuple of them is the key of a plan (plan.py).
PLAIN, NUMBER, TENSOR, TENSORS, WANTED, WANTED_LIST = range(6)
MIXED = 6  # at the end of a tuple: the operands are of several dtypes


def run(op: Op, args: list[Any]) -> Any:
    """Run `op` on `args`, all of its arguments in order, and record it if one of them asks for it."""
    kinds = kinds_of(op, args)
    wanted = is_recorded(op, kinds, args)
    if wanted:
        refresh_views(args)  # what a stale view must not do is said before what does not fit
    if mode.special and local.tape is not None:
        found = local.tape.compute(op, args)
    else:
        found = op.forward(*op.arrays(args))
        if op.pointwise and strides.turned:
            found = op.laid_out(np.asarray(found), args)
    several = type(found) is tuple
    outputs = [
        wrap(a if isinstance(a, np.ndarray) else np.asarray(a)) for a in (found if several else (found,))
    ]
    if not strides.turned:
        for output in outputs:
            strides.note_order(output._array)
    if op.view:
        make_views(args[0], outputs, many=op.view == "many")
    node = None
    if wanted:
        node = make_node(op, kinds, args, outputs)
        for number, output in enumerate(outputs):
            if output._array.dtype.kind == "f":  # an output of integers carries no gradient
                output._node, output._output_nr = node, number
                output._requires_grad = True
    if mode.special and local.inference:
        for output in outputs:
            if output._view is None:
                mark_inference(output)
    if mode.observer is not None:
        report(op.shown, args, outputs, node)
    return tuple(outputs) if several else outputs[0]


def is_recorded(op: Op, kinds: tuple[int, ...], args: list[Any]) -> bool:
    """Whether this run of `op` gets a node."""
    wanted = (WANTED in kinds or WANTED_LIST in kinds) and local.grad and op.differentiable
    return wanted and not (mode.special and passes_by(op, args))


def passes_by(op: Op, args: list[Any]) -> bool:
    """Whether autograd hears nothing of a run: all tensors are of inference mode, even if one requires grad.

    A number that torch makes a tensor of is an ordinary one, and so is what a copy is written into.
    """
    numbers = [args[i] for i in op.operand_numbers if not isinstance(args[i], Tensor) and args[i] is not None]
    if numbers or op.shown in ("clone", "to"):
        return False
    items = [item for arg in args for item in (arg if isinstance(arg, (list, tuple)) else (arg,))]
    return all(item.is_inference() for item in items if isinstance(item, Tensor))


def refresh_views(args: list[Any]) -> None:
    """Bring the place in the graph of each view among the arguments up to date."""
    for arg in args:
        for tensor in arg if isinstance(arg, (list, tuple)) else (arg,):
            if isinstance(tensor, Tensor) and tensor._view is not None:
                tensor._view.refresh(tensor)


def kinds_of(op: Op, args: list[Any]) -> tuple[int, ...]:
    """The kind of each argument that a formula can speak of."""
    kinds = []
    for position, arg in enumerate(args):
        if isinstance(arg, Tensor):
            kinds.append(WANTED if position in op.edges and arg.requires_grad else TENSOR)
        elif isinstance(arg, (list, tuple)) and any(isinstance(item, Tensor) for item in arg):
            wanted = position in op.edges and any(
                isinstance(item, Tensor) and item.requires_grad for item in arg
            )
            kinds.append(WANTED_LIST if wanted else TENSORS)
        else:
            kinds.append(NUMBER if position in op.edges and arg is not None else PLAIN)
    if len({args[i]._array.dtype for i in op.operands if isinstance(args[i], Tensor)}) > 1:
        kinds.append(MIXED)
    return tuple(kinds)


def make_node(
    op: Op, kinds: tuple[int, ...], args: list[Any], outputs: list[Tensor], edges_of: list[Any] | None = None
) -> OpNode:
    """The node of this run of `op`: its edges and what it saves.

    edges_of: the arguments to take the edges from, where a copy is saved in place of the original.
    """
    plan = op.plan(kinds)
    node = op.node_class()
    node.plan = plan
    node.seq = next_sequence_nr()
    node.meta = None
    edges: list[Edge] = []
    for position in plan.edges:
        arg = (edges_of or args)[position]
        for tensor in arg if kinds[position] in (TENSORS, WANTED_LIST) else (arg,):
            edges.append(gradient_edge(tensor) if isinstance(tensor, Tensor) else NO_EDGE)
    node.next, node.numbers = tuple([e[0] for e in edges]), tuple([e[1] for e in edges])
    if len(outputs) == 1:
        node.shape, node.dtype = outputs[0]._array.shape, outputs[0]._array.dtype
    else:
        node.shape = tuple(t._array.shape for t in outputs)
        node.dtype = tuple(t._array.dtype for t in outputs)
    save(node, args, outputs)
    if mode.special:
        anomaly.note(node)
        if local.saved_hooks and edges_of is None:  # an in-place op has not written yet, and does it later
            node.pack(local.saved_hooks[-1])
    return node


def save(node: OpNode, args: Any, outputs: list[Tensor]) -> None:
    """Keep what the node's plan asks for, tensors with their versions."""
    plan = node.plan
    values = []
    # A result is kept as an array or an alias, without its place in the graph (see saved.py).
    for position, part in plan.sources:
        value = args[position] if position >= 0 else _kept(outputs[-1 - position], position)
        values.append(shape_of(value) if part else value)
    node.saved = tuple(values)
    node.versions = versions_of(node)


def versions_of(node: OpNode) -> tuple[int, ...]:
    """The versions of the tensors that a new node keeps. RuntimeError where one must not be kept."""
    kept = [v for v in node.saved[: node.plan.tensors] if isinstance(v, Tensor)]
    for tensor in kept:
        if tensor._meta is not None:
            check_savable(tensor)
    if not any(tensor._version for tensor in kept):
        return node.plan.zeros
    return tuple([_version(v) for v in node.saved[: node.plan.tensors]])


def _kept(output: Tensor, position: int) -> Any:
    return output._array if position == RESULT and output._storage is None else alias(output)


def _version(value: Any) -> int:
    return 0 if isinstance(value, np.ndarray) else value._version


def shape_of(value: Any) -> Any:
    """The shape of a tensor, () of a number, the list of shapes of a list of tensors."""
    if isinstance(value, (list, tuple)):
        return [shape_of(item) for item in value]
    return value._array.shape if isinstance(value, Tensor) else ()


def report(name: str, args: Any, outputs: Any, node: Any, before: int | None = None) -> None:
    """Tell the observer of an op, unless a backward runs it on its own behalf."""
    if not local.quiet:
        mode.observer.op(name, tuple(args), tuple(outputs), node, before)

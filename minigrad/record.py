"""Runs an op and records its node: the hot path.

Counterpart in PyTorch: the generated functions of VariableType.cpp.

`run` is the whole story, for any op and any arguments. `unary` and `binary` make the same story short for
what happens most: one or two plain tensors, neither of them a view, nothing special going on. Whatever
does not fit they hand to `run`; a test runs every op both ways.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from . import dtypes, errors, mode
from .mode import local
from .node import NO_EDGE, gradient_edge, leaf_edge, next_sequence_nr, Edge
from .opnode import OpNode
from .saved import Packed, check_savable
from .storage import Storage
from .tensor import Meta, Tensor, new, wrap
from .views import make_views

if TYPE_CHECKING:
    from .op import Op

# The kinds of an argument; a tuple of them is the key of a plan (plan.py).
PLAIN, NUMBER, TENSOR, TENSORS, WANTED, WANTED_LIST = range(6)


# ------------------------------------------------------------------ any op


def run(op: Op, args: list[Any]) -> Any:
    """Run `op` on `args`, all of its arguments in order, and record it if one of them asks for it."""
    arrays = op.arrays(args)
    found = op.forward(*arrays)
    several = type(found) is tuple
    outputs = [wrap(a if type(a) is np.ndarray else np.asarray(a)) for a in (found if several else (found,))]
    kinds = kinds_of(op, args)
    wanted = WANTED in kinds or WANTED_LIST in kinds
    if op.view:
        make_views(args[0], outputs, many=op.view == "many")
    node = None
    if wanted and local.grad and op.differentiable:
        node = make_node(op, kinds, args, outputs)
        attach(node, outputs)
    if mode.special and local.inference:
        for output in outputs:
            output._meta = Meta()
            output._meta.inference = True
    if mode.observer is not None:
        report(op.shown, args, outputs, node)
    return tuple(outputs) if several else outputs[0]


def kinds_of(op: Op, args: list[Any]) -> tuple[int, ...]:
    """The kind of each argument that a formula can speak of."""
    kinds = []
    for position, arg in enumerate(args):
        if isinstance(arg, Tensor):
            kinds.append(WANTED if position in op.edges and arg.requires_grad else TENSOR)
        elif isinstance(arg, (list, tuple)) and any(isinstance(item, Tensor) for item in arg):
            wanted = position in op.edges and any(item.requires_grad for item in arg)
            kinds.append(WANTED_LIST if wanted else TENSORS)
        else:
            kinds.append(NUMBER if position in op.edges and arg is not None else PLAIN)
    return tuple(kinds)


def make_node(
    op: Op, kinds: tuple[int, ...], args: list[Any], outputs: list[Tensor], edges_of: list[Any] | None = None
) -> OpNode:
    """The node of this run of `op`: its edges and what it saves.

    edges_of: the arguments to take the edges from, where a copy is saved in place of the original.
    """
    plan = op.plan(kinds)
    node = new(op.node_class)
    node.plan = plan
    node.seq = next_sequence_nr()
    node.meta = None
    edges: list[Edge] = []
    for position in plan.edges:
        arg = (edges_of or args)[position]
        for tensor in arg if kinds[position] in (TENSORS, WANTED_LIST) else (arg,):
            edges.append(gradient_edge(tensor) if isinstance(tensor, Tensor) else NO_EDGE)
    node.next = tuple(edges)
    if len(outputs) == 1:
        node.shape, node.dtype = outputs[0]._array.shape, outputs[0]._array.dtype
    else:
        node.shape = tuple(t._array.shape for t in outputs)
        node.dtype = tuple(t._array.dtype for t in outputs)
    save(node, args, outputs)
    return node


def save(node: OpNode, args: list[Any], outputs: list[Tensor]) -> None:
    """Keep what the node's plan asks for, tensors with their versions."""
    plan = node.plan
    values = []
    for position, part in plan.sources:
        value = args[position] if position >= 0 else alias_of(outputs[-1 - position])
        values.append(shape_of(value) if part else value)
    node.versions = plan.zeros
    for value in values[: plan.tensors]:
        check_savable(value)
        if value._version:
            node.versions = tuple([v._version for v in values[: plan.tensors]])
    if mode.special and local.saved_hooks:
        hooks = local.saved_hooks[-1]
        for slot in range(plan.tensors):
            # The hook sees the value outside of the graph, as torch shows it.
            values[slot] = Packed(values[slot], hooks, plan.sources[slot].position < 0)
        node._more.packed = bool(plan.tensors)
    node.saved = tuple(values)


def alias_of(result: Tensor) -> Tensor:
    """The result as its own node may keep it: without its place in the graph (see saved.py)."""
    t = wrap(result._array)
    t._storage = result.storage
    return t


def shape_of(value: Any) -> Any:
    """The shape of a tensor, () of a number, the list of shapes of a list of tensors."""
    if isinstance(value, (list, tuple)):
        return [shape_of(item) for item in value]
    return value._array.shape if isinstance(value, Tensor) else ()


def attach(node: OpNode, outputs: list[Tensor]) -> None:
    """Make the outputs the node's: those whose dtype can carry a gradient."""
    for number, output in enumerate(outputs):
        if output._array.dtype.kind == "f":
            output._edge = (node, number)
            output._requires_grad = True


def report(name: str, args: Any, outputs: Any, node: Any, before: int | None = None) -> None:
    """Tell the observer of an op, unless a backward runs it on its own behalf."""
    if not local.quiet:
        mode.observer.op(name, tuple(args), tuple(outputs), node, before)


# ------------------------------------------------------------------ one plain tensor


def unary(op: Op) -> Callable[[Tensor], Tensor]:
    """The recorder of an op of one tensor and no other argument."""
    forward, node_class, name, general = op.forward, op.node_class, op.shown, op.call
    differentiable, needs_float = op.differentiable, op.promotes == "float"
    plan = op.plan((WANTED,)) if differentiable else None
    saves_self = plan is not None and plan.slots == ("self",)
    saves_result = plan is not None and plan.slots == ("result",)
    simple = plan is None or saves_self or saves_result or not plan.slots

    def call(self):
        if type(self) is not Tensor or self._view is not None or mode.special or not simple:
            return general(self)
        array = self._array
        if needs_float and array.dtype.kind != "f":
            return general(self)
        out = new(Tensor)
        out._array = array = forward(array, out=...)
        out._storage = out._grad = out._view = out._meta = node = None
        if self._requires_grad and differentiable and local.grad:
            node = new(node_class)
            node.plan = plan
            node.next = (self._edge or leaf_edge(self),)
            node.shape = array.shape
            node.dtype = array.dtype
            node.seq = next_sequence_nr()
            node.meta = None
            node.versions = plan.zeros
            if saves_self:
                node.saved = (self,)
                if self._storage is not None and self._storage.version:
                    node.versions = (self._storage.version,)
                if self._meta is not None:
                    check_savable(self)
            elif saves_result:
                out._storage = Storage(array)
                kept = wrap(array)
                kept._storage = out._storage
                node.saved = (kept,)
            else:
                node.saved = ()
            out._edge = (node, 0)
            out._requires_grad = True
        else:
            out._edge = None
            out._requires_grad = False
        if mode.observer is not None:
            report(name, (self,), (out,), node)
        return out

    return call


# ------------------------------------------------------------------ two plain tensors


def binary(op: Op, general: Callable[[Tensor, Any], Any]) -> Callable[[Tensor, Any], Any]:
    """The recorder of an op of two tensors of one dtype."""
    forward, node_class, name = op.forward, op.node_class, op.shown
    differentiable, needs_float = op.differentiable, op.promotes == "float"
    plans = {
        (True, True): op.plan((WANTED, WANTED)),
        (True, False): op.plan((WANTED, TENSOR)),
        (False, True): op.plan((TENSOR, WANTED)),
    }
    keeps = {wants: (p.sources[0].position if p.slots else -1) for wants, p in plans.items()}
    simple = all(s.part == "" and s.position >= 0 for p in plans.values() for s in p.sources)

    def call(self, other):
        if type(other) is not Tensor or type(self) is not Tensor or not simple:
            return general(self, other)
        array = self._array
        array2 = other._array
        if (
            array.dtype is not array2.dtype
            or self._view is not None
            or other._view is not None
            or mode.special
            or (needs_float and array.dtype.kind != "f")
        ):
            return general(self, other)
        try:
            array = forward(array, array2, out=...)
        except ValueError:
            return general(self, other)  # which says in torch's words what does not fit
        out = new(Tensor)
        out._array = array
        out._storage = out._grad = out._view = out._meta = node = None
        wants, wants2 = self._requires_grad, other._requires_grad
        if (wants or wants2) and differentiable and local.grad:
            node = new(node_class)
            node.plan = plan = plans[wants, wants2]
            node.next = (
                (self._edge or leaf_edge(self)) if wants else NO_EDGE,
                (other._edge or leaf_edge(other)) if wants2 else NO_EDGE,
            )
            node.shape = array.shape
            node.dtype = array.dtype
            node.seq = next_sequence_nr()
            node.meta = None
            node.versions = plan.zeros
            kept = plan.tensors
            if kept == 0:
                node.saved = ()
            elif kept == 1:
                first = other if keeps[wants, wants2] else self
                node.saved = (first,)
                if first._storage is not None:
                    node.versions = (first._storage.version,)
                if first._meta is not None:
                    check_savable(first)
            else:
                node.saved = (self, other) if not keeps[wants, wants2] else (other, self)
                if self._storage is not None or other._storage is not None:
                    node.versions = tuple([t._version for t in node.saved])
                if self._meta is not None or other._meta is not None:
                    check_savable(self)
                    check_savable(other)
            out._edge = (node, 0)
            out._requires_grad = True
        else:
            out._edge = None
            out._requires_grad = False
        if mode.observer is not None:
            report(name, (self, other), (out,), node)
        return out

    return call


"""Runs an op and records its node: the hot path.

Counterpart in PyTorch: the generated functions of VariableType.cpp.

`run` is the whole story, for any op and any arguments. `unary`, `single` and `binary` tell the same story
short for what happens most: plain tensors, nothing special going on. What does not fit they hand to
`run`; a test runs every op both ways. They are written out, without helpers, because each call in here
costs as much as a small op's arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from . import anomaly, mode, strides
from .mode import local
from .node import NO_EDGE, Edge, accumulator, alias, gradient_edge, next_sequence_nr
from .opnode import OpNode
from .plan import RESULT
from .saved import check_savable
from .signature import NO_DEFAULT
from .tensor import Tensor, mark_inference, new, wrap
from .views import make_views

if TYPE_CHECKING:
    from .op import Op

# The kinds of an argument; a tuple of them is the key of a plan (plan.py).
PLAIN, NUMBER, TENSOR, TENSORS, WANTED, WANTED_LIST = range(6)
MIXED = 6  # at the end of a tuple: the operands are of several dtypes

ZERO, ZEROS = (0,), (0, 0)  # the output numbers of most edges, shared


# ------------------------------------------------------------------ any op


def run(op: Op, args: list[Any]) -> Any:
    """Run `op` on `args`, all of its arguments in order, and record it if one of them asks for it."""
    kinds = kinds_of(op, args)
    wanted = (WANTED in kinds or WANTED_LIST in kinds) and local.grad and op.differentiable
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
    node.versions = plan.zeros
    for value in values[: plan.tensors]:
        if isinstance(value, np.ndarray):
            continue
        if value._meta is not None:
            check_savable(value)
        if value._version:
            node.versions = tuple([_version(v) for v in values[: plan.tensors]])
    node.saved = tuple(values)


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


# ------------------------------------------------------------------ one plain tensor, nothing else


def unary(op: Op) -> Callable[[Tensor], Tensor]:
    """The recorder of an elementwise op of one tensor and no other argument."""
    forward, node_class, name, general = op.forward, op.node_class, op.shown, op.call
    differentiable, needs_float = op.differentiable, op.promotes == "float" or op.check is not None
    plan = op.plan((WANTED,))
    saves_self, saves_result = plan.slots == ("self",), plan.slots == ("result",)
    if plan.slots and not (saves_self or saves_result):
        return general

    def call(self):
        if not isinstance(self, Tensor) or mode.special:
            return general(self)
        view = self._view
        if view is not None and (view.turned or (local.grad and not view.up_to_date(self))):
            return general(self)
        array = self._array
        if needs_float and array.dtype.kind != "f":
            return general(self)
        out = new(Tensor)
        out._array = array = forward(array, out=...)
        out._storage = out._grad = out._view = out._meta = out._accumulator = node = None
        out._output_nr = 0
        if self._requires_grad and differentiable and local.grad:
            node = node_class()
            node.plan = plan
            node.next = (self._node or accumulator(self),)
            node.numbers = (self._output_nr,) if self._output_nr else ZERO
            node.shape = array.shape
            node.dtype = array.dtype
            node.seq = next_sequence_nr()
            node.meta = None
            node.versions = plan.zeros
            if saves_self:
                node.saved = (self,)
                if self._storage is not None:
                    node.versions = (self._storage.version,)
            elif saves_result:
                node.saved = (array,)
            else:
                node.saved = ()
            out._node = node
            out._requires_grad = True
        else:
            out._node = None
            out._requires_grad = False
        if mode.observer is not None and not local.quiet:
            mode.observer.op(name, (self,), (out,), node, None)
        return out

    return call


# ------------------------------------------------------------------ one tensor and plain arguments


def single(op: Op) -> Callable[..., Tensor]:
    """The recorder of an op of one tensor and other arguments that are never tensors; of views, too."""
    forward, node_class, name, general = op.forward, op.node_class, op.shown, op.call
    differentiable, is_view = op.differentiable, op.view == "one"
    count, star, positional = len(op.params), op.star, op.positional
    defaults = tuple(default for _, default in op.params)
    required = sum(default is NO_DEFAULT for default in defaults)
    plan = op.plan((WANTED, *[PLAIN] * (count - 1)))
    tensors = plan.tensors

    def call(*args, **kwargs):
        given = len(args)
        if kwargs or (star is not None and given > star + 1) or not required <= given <= positional:
            args = op.bind(args, kwargs)
        elif given < count:
            args += defaults[given:]
        self = args[0]
        if (
            not isinstance(self, Tensor)
            or mode.special
            or (self._view is not None and local.grad and not self._view.up_to_date(self))
        ):
            return general(
                *args[:positional], **dict(zip(op.names[positional:], args[positional:], strict=False))
            )
        if star is not None and type(args[star]) is not tuple:
            args = (*args[:star], op.star_value(args[star]), *args[star + 1 :])
        array = forward(self._array, *args[1:])
        if type(array) is not np.ndarray:
            array = np.asarray(array)
        out = new(Tensor)
        out._array = array
        out._storage = out._grad = out._view = out._meta = out._accumulator = node = None
        out._output_nr = 0
        if is_view:
            if not strides.turned:
                strides.note_order(array)
            make_views(self, (out,), False)
        if self._requires_grad and differentiable and local.grad and array.dtype.kind == "f":
            node = node_class()
            node.plan = plan
            node.next = (self._node or accumulator(self),)
            node.numbers = (self._output_nr,) if self._output_nr else ZERO
            node.shape = array.shape
            node.dtype = array.dtype
            node.seq = next_sequence_nr()
            node.meta = None
            if tensors:
                save(node, args, (out,))
            else:
                node.versions = ()
                node.saved = tuple(
                    [args[position] if not part else self._array.shape for position, part in plan.sources]
                )
            out._node = node
            out._requires_grad = True
        else:
            out._node = None
            out._requires_grad = False
        if mode.observer is not None and not local.quiet:
            mode.observer.op(name, tuple(args), (out,), node, None)
        return out

    return call


# ------------------------------------------------------------------ two plain tensors, or one and a number


def binary(op: Op, general: Callable[[Tensor, Any], Any]) -> Callable[[Tensor, Any], Any]:
    """The recorder of an op of two tensors of one dtype; of an elementwise one also of a number."""
    forward, takes_number = op.forward, op.accepts_out
    if not takes_number:

        def forward(a, b, out):
            found = op.forward(a, b)
            return found if type(found) is np.ndarray else np.asarray(found)

    node_class, name = op.node_class, op.shown
    differentiable, needs_float = op.differentiable, op.promotes == "float" or op.check is not None
    first, second, both = (op.plan(k) for k in ((WANTED, TENSOR), (TENSOR, WANTED), (WANTED, WANTED)))
    number = op.plan((WANTED, NUMBER if 1 in op.edges else PLAIN))
    two = op.edges != (0,)  # else the second argument is always a number, and has no edge
    plans = (first, second, both, number)
    if any(source.part or source.position < 0 for p in plans for source in p.sources):
        return general
    keeps_self = {p: p.tensors == 1 and p.sources[0].position == 0 for p in plans}
    swapped = {p: p.tensors == 2 and p.sources[0].position == 1 for p in plans}

    def call(self, other):
        if not isinstance(self, Tensor) or mode.special:
            return general(self, other)
        view = self._view
        if view is not None and (
            (view.turned and takes_number) or (local.grad and not view.up_to_date(self))
        ):
            return general(self, other)
        array = self._array
        if isinstance(other, Tensor):
            array2 = other._array
            if (
                array.dtype is not array2.dtype
                or (needs_float and array.dtype.kind != "f")
                or not two
                or (strides.turned and not (array.flags.c_contiguous and array2.flags.c_contiguous))
            ):
                return general(self, other)
            view = other._view
            if view is not None and (
                (view.turned and takes_number) or (local.grad and not view.up_to_date(other))
            ):
                return general(self, other)
            wants2 = other._requires_grad
        else:
            if (
                (type(other) is not float and type(other) is not int)
                or array.dtype.kind != "f"
                or not takes_number
            ):
                return general(self, other)
            array2 = other
            wants2 = False
        try:
            array = forward(array, array2, out=...)
        except ValueError:
            return general(self, other)  # which says in torch's words what does not fit
        out = new(Tensor)
        out._array = array
        out._storage = out._grad = out._view = out._meta = out._accumulator = node = None
        out._output_nr = 0
        wants = self._requires_grad
        if (wants or wants2) and differentiable and local.grad:
            node = node_class()
            if array2 is other:
                plan = number
                into = self._node or accumulator(self)
                node.next = (into, None) if two else (into,)
                node.saved = (self, other)[plan.sources[0].position :] if plan.slots else ()
            elif wants2:
                plan = both if wants else second
                node.next = (
                    (self._node or accumulator(self)) if wants else None,
                    other._node or accumulator(other),
                )
            else:
                plan = first
                node.next = (self._node or accumulator(self), None)
            kept = plan.tensors
            node.numbers = ZEROS if two else ZERO
            if self._output_nr or (wants2 and other._output_nr):
                node.numbers = (self._output_nr, other._output_nr if wants2 else 0)[: len(node.next)]
            node.plan = plan
            node.shape = array.shape
            node.dtype = array.dtype
            node.seq = next_sequence_nr()
            node.meta = None
            node.versions = plan.zeros
            if kept == 2:
                node.saved = (other, self) if swapped[plan] else (self, other)
                if self._meta is not None or other._meta is not None:
                    check_savable(self)
                    check_savable(other)
                if self._storage is not None or other._storage is not None:
                    node.versions = tuple([t._version for t in node.saved])
            elif kept:
                tensor = self if keeps_self[plan] else other
                if array2 is not other:
                    node.saved = (tensor,)
                if tensor._storage is not None:
                    node.versions = (tensor._storage.version,)
                if tensor._meta is not None:
                    check_savable(tensor)
            elif array2 is not other:
                node.saved = ()
            out._node = node
            out._requires_grad = True
        else:
            out._node = None
            out._requires_grad = False
        if mode.observer is not None and not local.quiet:
            mode.observer.op(name, (self, other), (out,), node, None)
        return out

    return call

"""Where the outputs of a custom Function stand in the graph.

Counterpart in PyTorch: _process_backward_mode_ad in torch/csrc/autograd/custom_function.cpp.

What forward made new stands behind the node. An input that it returned becomes a view of itself; one that
it wrote moves behind the node, with its base if it is a view. What carries no gradient stays outside.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from . import errors
from .inplace import check_writable, rebase
from .node import Node, alias
from .tensor import Tensor, count_write
from .views import CUSTOM, MANY, make_views

if TYPE_CHECKING:
    from .ctx import BackwardCFunction


def _among(tensor: Any, tensors: tuple[Any, ...]) -> bool:
    return any(tensor is t for t in tensors)


def _only_tensors(tensors: tuple[Any, ...] | None, says: str) -> tuple[Tensor, ...]:
    for i, tensor in enumerate(tensors or ()):
        if not isinstance(tensor, Tensor):
            raise RuntimeError(says.format(i=i, type=type(tensor).__name__))
    return tensors or ()


def place(
    ctx: BackwardCFunction,
    inputs: tuple[Tensor, ...],
    outputs: tuple[Any, ...],
    recording: bool,
    early: tuple[Any, ...],
) -> tuple[tuple[Any, ...], Node | None]:
    """The outputs in their places in the graph, and the node that now stands behind them."""
    dirty = _only_tensors(
        ctx.dirty_tensors, "mark_dirty can only accept variables, but argument {i} is of type {type}"
    )
    plain = _only_tensors(
        ctx.non_differentiable, "mark_non_differentiable only accepts variable arguments, but got {type}"
    )
    ctx.outputs = len(outputs)
    node: Node | None = ctx if recording else None
    placed: list[Any] = []
    infos: list[tuple[Any, Any]] = []
    differentiable_ones = 0
    for number, out in enumerate(outputs):
        if not isinstance(out, Tensor):
            placed.append(out)
            infos.append((None, None))
            continue
        is_input, is_dirty = _among(out, inputs), _among(out, dirty)
        differentiable = recording and not _among(out, plain) and out._array.dtype.kind == "f"
        if is_dirty and not differentiable:
            count_write(out)
        if not differentiable:
            out = _outside(out, is_input, is_dirty)
        elif is_dirty:
            if not _among(out, outputs[:number]):
                count_write(out)
            node = _written(ctx, out, number, is_input)
        else:
            if is_input:
                if _among(out, early):
                    raise RuntimeError(
                        "An input that has been returned as-is as output is being saved for backward. This is "
                        "not supported if you override setup_context. You should return and save a view of the "
                        "input instead, e.g. with x.view_as(x) or setup ctx inside the forward function itself."
                    )
                out = _view(out)
            _set_edge(out, ctx, number)
        if out._view is not None and not (is_input and is_dirty):
            out._view.made = CUSTOM
        differentiable_ones += differentiable
        placed.append(out)
        infos.append((out._array.shape, out._array.dtype))
    if differentiable_ones > 1:
        for out in placed:
            if isinstance(out, Tensor) and out._view is not None:
                out._view.made = MANY
    if any(not _among(t, outputs) for t in dirty):
        raise RuntimeError(
            "Some elements marked as dirty during the forward method were not returned as output. The inputs "
            "that are modified inplace must all be outputs of the Function."
        )
    if recording:
        shapes, kinds = tuple([shape for shape, _ in infos]), tuple([dtype for _, dtype in infos])
        ctx.shape, ctx.dtype = (shapes[0], kinds[0]) if len(infos) == 1 else (shapes, kinds)
    return tuple(placed), node


def _outside(out: Tensor, is_input: bool, is_dirty: bool) -> Tensor:
    """An output that this node does not stand behind."""
    if not out.requires_grad:
        return _view(out) if is_input and not is_dirty else out
    if is_input:
        return alias(out)
    if out._view is None:
        out._node, out._output_nr, out._requires_grad = None, 0, False
    return out


def _written(ctx: BackwardCFunction, out: Tensor, number: int, is_input: bool) -> Node:
    """Move a tensor that forward wrote, behind the node. Returns the node that took its place."""
    if not is_input:
        warnings.warn(
            "ctx.mark_dirty() received a tensor that was not an input. Only input Tensors that have been "
            "mutated should be passed to ctx.mark_dirty().",
            UserWarning,
            stacklevel=5,
        )
        _set_edge(out, ctx, number)
        return ctx
    if out._view is not None and ctx.outputs > 1:
        raise RuntimeError(
            "If your Function modifies inplace an input that is a view of another Tensor, your Function cannot "
            "return more than one Tensor. This is not supported by the current autograd engine. You should "
            "either make sure the input is not a view (using .clone() for example) or make your Function only "
            "return one Tensor (potentially splitting it into two Functions: one doing the inplace that returns "
            "a single Tensor and a second one that does the other operations)."
        )
    if out._view is None and out.requires_grad and out.is_leaf:
        raise errors.reported(errors.leaf_written(out, ctx._forward_cls.__name__, "has been"))
    check_writable(out, ctx._forward_cls.__name__)
    ctx.shape, ctx.dtype = out._array.shape, out._array.dtype
    return rebase(out, ctx, number)


def _view(tensor: Tensor) -> Tensor:
    made = alias(tensor)
    make_views(tensor, [made], many=False)
    return made


def _set_edge(out: Tensor, ctx: BackwardCFunction, number: int) -> None:
    out._node, out._output_nr = ctx, number
    out._requires_grad = True
    if out._view is not None:
        out._view.version = out.storage.version

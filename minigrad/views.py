"""Views: tensors that share another's memory, and how they keep up when it is written.

Counterpart in PyTorch: DifferentiableViewMeta in torch/csrc/autograd/variable.h.

A view knows its *base*: the tensor at the root, never another view. When somebody writes into the base or
into another view of it, the base's place in the graph moves, and the view's is out of date. It is made
anew when next asked for: as a strided window (`AsStridedBackward0`) into the base as it is then.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from . import errors, strides
from .mode import local
from .node import Node
from .strides import is_turned
from .tensor import Tensor, mark_inference, new

# How a view was made decides whether it may be written while recording.
NORMAL, MANY, NO_GRAD, INFERENCE, CUSTOM = "normal", "many", "no_grad", "inference", "custom Function"


class View:
    """Whose view a tensor is, and for which version of the memory its place in the graph holds."""

    __slots__ = ("base", "version", "made", "turned")

    # (base, view) -> the node of an as_strided window into the base. Set by ops/strided.py, the one place
    # where the engine itself needs an op.
    rebuild: ClassVar[Callable[[Tensor, Tensor], Node]]

    def __init__(self, base: Tensor, version: int, made: str) -> None:
        self.base = base
        self.version = version
        self.made = made
        self.turned = False  # its dimensions are not in the usual order: elementwise ops have to care

    def refresh(self, view: Tensor) -> None:
        """Bring the view's place in the graph up to date. RuntimeError where torch forbids it."""
        version = view._storage.version
        if self.version == version:
            return
        if view._node is None and not self.base.requires_grad:
            return
        check_may_change(view, "its base or another view of its base has been")
        self.version = version
        node = View.rebuild(self.base, view)
        move_retained(view, node, 0)
        view._node, view._output_nr = node, 0
        view._requires_grad = True


def out_of_date(view: Tensor) -> bool:
    """Whether somebody who records has to bring the view up to date first."""
    of = view._view
    if of.base._requires_grad is view._requires_grad:
        return of.version != view._storage.version and view._requires_grad and local.grad
    return local.grad


def move_retained(tensor: Tensor, node: Node, number: int) -> None:
    """retain_grad() goes along when a tensor moves to output `number` of `node`."""
    if not tensor.retains_grad or tensor._node is None:
        return
    reference = tensor._node._more.retains.pop(tensor._output_nr, None)
    if reference is not None:
        node._more.retains[number] = reference


def make_view(source: Tensor, output: Tensor) -> None:
    """make_views for one output and outside of inference mode: what most recorders ask for."""
    if source._meta is not None:
        make_views(source, [output], many=False)
        return
    output._storage = storage = source._storage or source.storage
    output._view = view = new(View)
    view.version = storage.version
    view.made = NORMAL if local.grad else NO_GRAD
    view.base = source
    of = source._view
    if of is not None:
        view.base = of.base
        if view.made == NORMAL or of.made == INFERENCE:
            view.made = of.made
    view.turned = is_turned(output._array)
    if view.turned:
        strides.turned = True


def make_views(source: Tensor, outputs: list[Tensor], many: bool) -> None:
    """Make `outputs`, whose arrays look into that of `source`, views of its base."""
    storage = source.storage
    if source.is_inference():  # of such a tensor nobody keeps views up to date
        for output in outputs:
            output._storage = storage
            mark_inference(output)
        return
    base = source
    made = INFERENCE if local.inference else NO_GRAD if not local.grad else MANY if many else NORMAL
    if source._view is not None:
        base = source._view.base
        if made == NORMAL or source._view.made == INFERENCE:
            made = source._view.made
    for output in outputs:
        output._storage = storage
        output._view = view = new(View)
        view.base, view.version, view.made = base, storage.version, made
        view.turned = is_turned(output._array)
        if view.turned:
            strides.turned = True


_WHY = {
    MANY: "This view is the output of a function that returns multiple views. Such functions do not allow "
    "the output views to be modified inplace. You should replace the inplace operation by an "
    "out-of-place one.",
    NO_GRAD: "Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your "
    "code by moving both the view and the inplace either both inside the no_grad block (if you don't "
    "want the inplace to be tracked) or both outside (if you want the inplace to be tracked).",
    INFERENCE: "Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify "
    "your code by moving both the view and the inplace either both inside the inference_mode block (if "
    "you don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked).",
    CUSTOM: "This view was created inside a custom Function (or because an input was returned as-is) and "
    "the autograd logic to handle view+inplace would override the custom backward associated with the "
    "custom Function, leading to incorrect gradients. This behavior is forbidden. You can fix this by "
    "cloning the output of the custom Function.",
}


def check_may_change(view: Tensor, subject: str = "is being") -> None:
    """RuntimeError, in torch's words, where this view must not change while recording."""
    made = view._view.made
    if made == NORMAL:
        return
    node = view._node
    output = f"Output {view._output_nr} of {short_name(node)}" if node is not None else ""
    if made in (NO_GRAD, INFERENCE) or not output:
        prefix = f"{output} is a view of a view which was created in" if output else "A view was created in"
        if made == INFERENCE:
            message = f"{prefix} inference mode and {subject} modified inplace in normal mode."
        else:
            message = f"{prefix} no_grad mode and {subject} modified inplace with grad mode enabled."
    else:
        message = f"{output} is a view and {subject} modified inplace."
    stale = view._view.version != view._storage.version
    raise errors.reported(errors.view_forbids_write(view, f"{message} {_WHY[made]}", made, stale))


def short_name(node: object) -> str:
    """ "Unbind" for UnbindBackward0: how texts about outputs name a node."""
    return type(node).__name__.replace("Backward0", "").replace("Backward", "")

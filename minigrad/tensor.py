"""Tensor: an array, its place in the graph, and nothing about any op.

Counterpart in PyTorch: torch/csrc/autograd/variable.h, where the same facts are called AutogradMeta.

A tensor is a *leaf* when no recorded op made it: `_node` is None. Else `_node` and
`_output_nr` say where its gradient enters the graph; every op that uses the tensor puts them into a node of
its own, and so the graph grows. Ops attach themselves as methods (see `op.py` and the folder `ops`).
"""

from __future__ import annotations

import warnings
import weakref
from typing import TYPE_CHECKING, Any

import numpy as np

from . import dtypes, errors, mode
from .device import device
from .memory_format import contiguous_format, lies_in
from .size import Size
from .storage import Storage, address
from .strides import strides_of

if TYPE_CHECKING:
    from .node import Node
    from .views import View

new = object.__new__


class Meta:
    """What few tensors have, and so is kept apart: hooks, a kept gradient, the mark of inference mode."""

    __slots__ = ("hooks", "post_hooks", "retains_grad", "inference", "counts")

    def __init__(self) -> None:
        self.hooks: dict[int, Any] | None = None
        self.post_hooks: dict[int, Any] | None = None
        self.retains_grad = False
        self.inference = False
        self.counts = True  # are writes counted? Not those into the memory of inference mode


class Tensor:
    """A multi-dimensional array of one dtype that can remember how it was computed.

    Make one with `minigrad.tensor`, `zeros`, `ones` ...; what Tensor() itself does is in ops/legacy.py; the
    fields below are the engine's.
    """

    _array: np.ndarray
    _storage: Storage | None  # None: not shared, never written (see storage.py)
    _node: Node | None  # what made it; None: a leaf
    _output_nr: int  # which output of that
    _requires_grad: bool
    _grad: Tensor | None
    _view: View | None  # whose view it is; None: nobody's
    _accumulator: weakref.ref[Node] | None  # of a leaf, while a graph holds it
    _meta: Meta | None

    __slots__ = (
        "_array", "_storage", "_node", "_output_nr", "_requires_grad", "_grad", "_view", "_meta", "_accumulator",
        "__dict__", "__weakref__",
    )  # fmt: skip

    # Higher than ndarray's 0: `array * tensor` asks the tensor first.
    __array_priority__ = 1000

    # ------------------------------------------------------------------ the array

    @property
    def shape(self) -> Size:
        """The length of each dimension."""
        return Size(self._array.shape)

    @property
    def dtype(self) -> dtypes.dtype:
        """The type of the elements."""
        return dtypes.of(self._array.dtype)

    def type(self) -> str:
        """The dtype as the name of a tensor type: "minigrad.FloatTensor"."""
        return f"minigrad.{self.dtype.tensor_type}"

    @property
    def device(self) -> device:
        """Where the memory is: the CPU."""
        return device("cpu")

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return self._array.ndim

    def dim(self) -> int:
        """The number of dimensions."""
        return self._array.ndim

    def size(self, dim: int | None = None) -> Size | int:
        """The shape, or the length of one dimension."""
        if dim is None:
            return self.shape
        return self._array.shape[checked_dim(dim, self._array.ndim)]

    def numel(self) -> int:
        """The number of elements."""
        return self._array.size

    nelement = numel

    def __len__(self) -> int:
        if not self._array.ndim:
            raise TypeError("len() of a 0-d tensor")
        return self._array.shape[0]

    def stride(self, dim: int | None = None) -> tuple[int, ...] | int:
        """How many elements of memory lie between neighbours, in each dimension or in one."""
        item = self._array.itemsize
        strides = tuple([s // item for s in strides_of(self._array)])
        return strides if dim is None else strides[checked_dim(dim, len(strides))]

    def storage_offset(self) -> int:
        """Where in the storage the first element lies, in elements."""
        return (address(self._array) - address(self.storage.memory)) // self._array.itemsize

    def data_ptr(self) -> int:
        """The address of the first element."""
        return address(self._array)

    def is_contiguous(self, memory_format: Any = contiguous_format) -> bool:
        """Whether the elements lie in memory in row-major order, or that of the format, without gaps."""
        return lies_in(self._array, memory_format)

    def element_size(self) -> int:
        """The bytes of one element."""
        return self._array.itemsize

    @property
    def itemsize(self) -> int:
        """The bytes of one element."""
        return self._array.itemsize

    @property
    def nbytes(self) -> int:
        """The bytes of all elements."""
        return self._array.nbytes

    def is_floating_point(self) -> bool:
        """Whether the dtype is a floating point dtype."""
        return self.dtype.is_floating_point

    # ------------------------------------------------------------------ memory and versions

    @property
    def storage(self) -> Storage:
        """The memory, shared with all views."""
        if self._storage is None:
            node = self._node
            self._storage = Storage(self._array) if node is None else node.storage_of(self)
        return self._storage

    def untyped_storage(self) -> Storage:
        """The memory, shared with all views."""
        return self.storage

    @property
    def _version(self) -> int:
        """How often the memory was written in place, through this tensor or through any that shares it.

        RuntimeError for a tensor of inference mode, where nobody counts.
        """
        if self._meta is not None and not self._meta.counts:
            raise RuntimeError("Inference tensors do not track version counter.")
        return 0 if self._storage is None else self._storage.version

    @property
    def _base(self) -> Tensor | None:
        """The tensor that this one is a view of; None where it is nobody's view."""
        return None if self._view is None else self._view.base

    def _is_view(self) -> bool:
        return self._view is not None

    def is_inference(self) -> bool:
        """Whether it was made in inference mode."""
        return self._meta is not None and self._meta.inference

    # ------------------------------------------------------------------ the graph

    @property
    def requires_grad(self) -> bool:
        """Whether backward computes a gradient for it."""
        # A view says yes where its base does: after a write it is about to move; and one that was made under
        # no_grad says so as well, though no edge leads there; as in torch.
        return self._requires_grad or (self._view is not None and self._view.base._requires_grad)

    @requires_grad.setter
    def requires_grad(self, on: bool) -> None:
        if not isinstance(on, bool):
            raise RuntimeError(f"requires_grad must be a bool. This is {on!r}")
        if self._node is not None:
            hint = (
                ""
                if on
                else " If you want to use a computed variable in a subgraph that doesn't require "
                "differentiation use var_no_grad = var.detach()."
            )
            error = RuntimeError(f"you can only change requires_grad flags of leaf variables.{hint}")
            raise errors.about(error, "flag of no leaf", self, on=on)
        if on and self._array.dtype.kind != "f":
            error = RuntimeError(
                "only Tensors of floating point and complex dtype can require gradients. This one is of "
                f"{self.dtype}."
            )
            raise errors.about(error, "integers", self)
        if on and self.is_inference() and not mode.local.inference:
            raise RuntimeError(
                "Setting requires_grad=True on inference tensor outside InferenceMode is not allowed."
            )
        self._requires_grad = on
        if on and self.is_inference():
            mark_wanted(self)

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Set requires_grad in place; returns self. RuntimeError for a dtype of integers, False for a non-leaf."""
        if not isinstance(requires_grad, bool):
            raise TypeError(
                "requires_grad_(): argument 'requires_grad' (position 1) must be bool, "
                f"not {type(requires_grad).__name__}"
            )
        if requires_grad and self._array.dtype.kind != "f":
            error = RuntimeError("only Tensors of floating point dtype can require gradients")
            raise errors.about(error, "integers", self)
        if not requires_grad or self._node is None:  # not is_leaf, which a stale view may refuse to say
            self.requires_grad = requires_grad
        return self

    @property
    def is_leaf(self) -> bool:
        """Whether no recorded op made it. Only leaves that require grad get a .grad from backward."""
        if self._view is not None:
            self._view.refresh(self)
        return self._node is None

    @property
    def grad_fn(self) -> Node | None:
        """The node of the op that made it; None for a leaf."""
        if self._view is not None:
            self._view.refresh(self)
        return self._node

    @property
    def output_nr(self) -> int:
        """Which of grad_fn's outputs it is."""
        return self._output_nr

    @property
    def grad(self) -> Tensor | None:
        """The gradient that backward accumulated. None before, and on a non-leaf without retain_grad()."""
        if self._grad is None and self._node is not None and not self.retains_grad:
            warning = UserWarning(
                "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad "
                "attribute won't be populated during autograd.backward(). If you indeed want the .grad "
                "field to be populated for a non-leaf Tensor, use .retain_grad() on the non-leaf Tensor. "
                "If you access the non-leaf Tensor by mistake, make sure you access the leaf Tensor "
                "instead."
            )
            warnings.warn(errors.about(warning, "grad of no leaf", self), stacklevel=2)
        return self._grad

    @grad.setter
    def grad(self, grad: Tensor | None) -> None:
        if grad is None:
            self._grad = None
            return
        if not isinstance(grad, Tensor):
            raise TypeError(
                f"assigned grad expected to be a Tensor or None but got grad of type {type(grad).__name__}"
            )
        if grad is self:
            raise RuntimeError("can't assign Variable as its own grad")
        if grad._array.dtype != self._array.dtype:
            error = RuntimeError(
                f"attempting to assign a gradient with dtype '{grad.dtype.c_name}' to a tensor with grad_dtype "
                f"'{self.dtype.scalar_type}'. The gradient must match the tensor's dtype."
            )
            raise errors.about(error, "assigned grad", self, grad)
        if grad._array.shape != self._array.shape:
            error = RuntimeError(
                f"attempting to assign a gradient of size '{list(grad.shape)}' to a tensor of size "
                f"'{list(self.shape)}'. Please ensure that the gradient and the tensor are the same size"
            )
            raise errors.about(error, "assigned grad", self, grad)
        self._grad = grad

    @grad.deleter
    def grad(self) -> None:
        self._grad = None

    @property
    def retains_grad(self) -> bool:
        """Whether retain_grad() was asked for on a non-leaf."""
        return self._meta is not None and self._meta.retains_grad

    @property
    def _more(self) -> Meta:
        if self._meta is None:
            self._meta = Meta()
        return self._meta


def wrap(array: np.ndarray) -> Tensor:
    """A new leaf tensor around `array`, which it owns or shares."""
    t = new(Tensor)
    t._array = array
    t._storage = t._node = t._grad = t._view = t._meta = t._accumulator = None
    t._output_nr = 0
    t._requires_grad = False
    return t


def _zeros_like(x: np.ndarray) -> np.ndarray:
    return np.zeros(x.shape, x.dtype) if x.flags.c_contiguous else np.zeros_like(x)  # which is slower


def zeros_for(grad: Tensor) -> Tensor:
    """The formula of a function that is flat. Not `grad * 0`, which would make nan of an infinite gradient."""
    return wrap(_zeros_like(grad._array))


zeros_for.forward = _zeros_like  # type: ignore[attr-defined]  # what it is on arrays, see bare.py


def mark_inference(tensor: Tensor, detached: bool = False) -> None:
    """Note that the tensor has memory of inference mode: it cannot be saved for backward."""
    tensor._more.inference = True
    # Nobody counts writes, unless it was detached outside of inference mode: then those through itself.
    tensor._meta.counts = detached and not mode.local.inference
    if tensor._meta.counts:
        tensor._storage = Storage(tensor.storage.memory)


def mark_wanted(tensor: Tensor) -> None:
    """Note that a tensor with memory of inference mode requires grad, and yet not all ops record it.

    Which of them do, only their general path knows; all take it while the tensor lives.
    """
    mode.open_special()
    weakref.finalize(tensor, mode.close_special).atexit = False


def count_write(tensor: Tensor) -> None:
    """Count a write that has happened. RuntimeError outside of inference mode for one of its tensors."""
    meta = tensor._meta
    if meta is None or meta.counts:
        tensor.storage.version += 1
    elif not mode.local.inference:
        raise errors.reported(errors.inference_written(tensor))


def checked_dim(dim: int, ndim: int) -> int:
    """`dim` counted from the front. IndexError, in torch's words, where there is no such dimension."""
    most = max(ndim, 1)  # a 0-d tensor is spoken to as if it had one
    if not -most <= dim < most:
        raise IndexError(
            f"Dimension out of range (expected to be in range of [{-most}, {most - 1}], but got {dim})"
        )
    return dim + most if dim < 0 else dim

"""as_strided: a window into the memory by shape, strides and offset; what a stale view is rebuilt with.

Counterpart in PyTorch: as_strided_backward in torch/csrc/autograd/FunctionsManual.cpp, whose comment
describes the general case.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import record
from ..node import Node
from ..op import op, table
from ..storage import bounds
from ..strides import window
from ..tensor import Tensor, wrap
from ..views import View
from .public import public
from .sizes import checked_sizes

Geometry = tuple[tuple[int, ...], tuple[int, ...], int]  # shape, strides, offset; in elements


def geometry(tensor: Tensor) -> Geometry:
    """Where in its storage the elements of a tensor lie."""
    return tensor._array.shape, tensor.stride(), tensor.storage_offset()


def _window_backward(grad: Tensor, window: Geometry, source: Geometry) -> Tensor:
    """The gradient of a window moved to where the input's elements lie: written into a memory of its own.

    Where elements of the window share a place, their gradients are summed; where elements of the input do,
    each gets an equal part.
    """
    if 0 in window[0]:
        return wrap(np.empty(source[0], grad._array.dtype)).zero_()
    grad, shape, stride = _without_repeats(grad, *window[:2])
    first = min(window[2], source[2])
    inside, outside = (shape, stride, window[2] - first), (*source[:2], source[2] - first)
    memory = wrap(np.zeros(max(_reach(inside), _reach(outside)), grad._array.dtype))
    places = np.arange(memory.numel())
    into = _strided_array(places, inside)
    if np.unique(into).size < into.size:
        memory.index_add_(0, wrap(into.reshape(-1)), grad.reshape(-1))
    else:
        as_strided(memory, *inside).copy_(grad)
    counts = np.bincount(_strided_array(places, outside).ravel(), minlength=places.size)
    if counts.max(initial=0) > 1:
        memory.div_(wrap(np.maximum(counts, 1).astype(grad._array.dtype)))
    return as_strided(memory, *outside)


def _without_repeats(grad: Tensor, shape: tuple[int, ...], stride: tuple[int, ...]) -> Any:
    """Drop dimensions of length 1, and those that repeat the same places, summed."""
    kept = []
    for dim in reversed(range(len(shape))):
        if shape[dim] == 1:
            grad = grad.squeeze(dim)
        elif stride[dim] == 0:
            grad = grad.sum(dim)
        else:
            kept.insert(0, dim)
    return grad, tuple([shape[d] for d in kept]), tuple([stride[d] for d in kept])


def _reach(g: Geometry) -> int:
    """How many elements of memory a geometry reaches."""
    shape, stride, offset = g
    return 0 if 0 in shape else offset + 1 + sum((n - 1) * s for n, s in zip(shape, stride, strict=True))


def _strided_array(x: np.ndarray, g: Geometry) -> np.ndarray:
    shape, stride, offset = g
    return window(x, shape, tuple([s * x.itemsize for s in stride]), offset * x.itemsize)


def _windowed(
    x: np.ndarray, size: tuple[int, ...], stride: tuple[int, ...], storage_offset: int, source: Geometry
) -> np.ndarray:
    item = x.itemsize
    return window(x, size, tuple(s * item for s in stride), (storage_offset - source[2]) * item)


_strided = op(
    "as_strided(self, size, stride, storage_offset, source)", _windowed, view="one", method=False,
    self=lambda grad, size, stride, storage_offset, source: _window_backward(
        grad, (size, stride, storage_offset), source
    ),
    doc="A window into the memory.",
)  # fmt: skip


@public
def as_strided(self: Tensor, size: Any, stride: Any, storage_offset: int | None = None) -> Tensor:
    """A view of the same storage by size, strides and offset, counted in elements.

    RuntimeError, in torch's words, for a window that reaches outside of the storage, for negative strides
    and lengths, and for as many strides as there are not sizes.
    """
    size, stride = checked_sizes("as_strided", size), checked_sizes("as_strided", stride, "stride", 2)
    source = geometry(self)
    offset = source[2] if storage_offset is None else storage_offset.__index__()
    _check_window(self, size, stride, offset)
    return _strided(self, size, stride, offset, source)


def _check_window(self: Tensor, size: tuple[int, ...], stride: tuple[int, ...], offset: int) -> None:
    if len(size) != len(stride):
        raise RuntimeError("mismatch in length of strides and shape")
    if any(s < 0 for s in stride):
        raise RuntimeError(
            f"as_strided: Negative strides are not supported at the moment, got strides: {list(stride)}"
        )
    if any(n < 0 for n in size):
        raise RuntimeError(
            f"Storage size calculation overflowed with sizes={list(size)} and strides={list(stride)}"
        )
    if offset < 0:
        raise RuntimeError(f"Tensor: invalid storage offset {offset}")
    item = self._array.itemsize
    have = sum(bounds(self.storage.memory))
    need = (offset + sum((n - 1) * s for n, s in zip(size, stride, strict=True)) + 1) * item
    if 0 not in size and need > have:
        raise RuntimeError(
            f"setStorage: sizes {list(size)}, strides {list(stride)}, storage offset {offset}, and itemsize "
            f"{item} requiring a storage size of {need} are out of bounds for storage of size {have}"
        )


def _strided_node(base: Tensor, view: Tensor) -> Node:
    """A node that sees `view` as a window into `base` as it is now."""
    entry = table["as_strided"]
    args = [base, *geometry(view), geometry(base)]
    return record.make_node(entry, record.kinds_of(entry, args), args, [wrap(view._array)])


View.rebuild = staticmethod(_strided_node)

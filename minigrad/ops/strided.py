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


def _places(g: Geometry) -> np.ndarray:
    """The position in the storage of each element."""
    shape, strides, offset = g
    places = np.full(shape, offset, np.intp)
    for dim, (n, s) in enumerate(zip(shape, strides, strict=True)):
        places += (np.arange(n) * s).reshape((n,) + (1,) * (len(shape) - dim - 1))
    return places


def _moved(x: np.ndarray, source: Geometry, target: Geometry) -> np.ndarray:
    """Gradients from the places of `source` to those of `target`: summed where places coincide.

    Where several elements of the target share a place, each gets an equal part.
    """
    into = _places(target)
    found = _places(source)
    size = 1 + int(max(into.max(initial=0), found.max(initial=0)))
    memory = np.zeros(size, x.dtype)
    np.add.at(memory, found, x)
    counts = np.bincount(into.ravel(), minlength=size)
    if (counts > 1).any():
        memory /= np.maximum(counts, 1).astype(x.dtype)
    return memory[into]


# The gradient of a window, moved back to where the input's elements lie; and, differentiated again, there.
_move = op(
    "move_strided(self, source, target)", _moved, method=False, of="as_strided",
    self=lambda grad, source, target: _move(grad, target, source),
    doc="Gradients moved from one geometry of a storage to another.",
)  # fmt: skip


def _windowed(
    x: np.ndarray, size: tuple[int, ...], stride: tuple[int, ...], storage_offset: int, source: Geometry
) -> np.ndarray:
    item = x.itemsize
    return window(x, size, tuple(s * item for s in stride), (storage_offset - source[2]) * item)


_strided = op(
    "as_strided(self, size, stride, storage_offset, source)", _windowed, view="one", method=False,
    self=lambda grad, size, stride, storage_offset, source: _move(grad, (size, stride, storage_offset), source),
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

"""Parts of a tensor as views: one position of a dimension, every step-th of a range, a diagonal, windows.

Counterpart in PyTorch: select, slice, narrow, diagonal and unfold in aten/src/ATen/native/TensorShape.cpp;
their backward functions, which are ops as well, in FunctionsManual.cpp.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..op import op
from ..strides import strides_of, window
from ..tensor import Tensor, checked_dim
from .public import public

# ------------------------------------------------------------------ along one dimension


def select_array(x: np.ndarray, dim: int, index: int) -> np.ndarray:
    """The part at one position of a dimension. IndexError where it has none such."""
    if not x.ndim:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    dim = checked_dim(dim, x.ndim)
    index = index.__index__()
    if not -x.shape[dim] <= index < x.shape[dim]:
        raise IndexError(
            f"select(): index {index} out of range for tensor of size {list(x.shape)} at dimension {dim}"
        )
    return x[(*(slice(None),) * dim, index, ...)]


def sliced(x: np.ndarray, dim: int, start: Any, end: Any, step: int) -> np.ndarray:
    """Every step-th part of dimension `dim` from start to end, which may lie outside, as in Python."""
    if not x.ndim:
        raise IndexError("slice() cannot be applied to a 0-dim tensor.")
    dim = checked_dim(dim, x.ndim)
    if step <= 0:
        raise RuntimeError("slice step must be positive")
    n = x.shape[dim]
    start, end, _ = slice(start, end, step).indices(n)
    if start < end:
        return x[(*(slice(None),) * dim, slice(start, end, step), ...)]
    # NumPy lets an empty slice begin at 0; torch keeps where it would begin.
    shape = (*x.shape[:dim], 0, *x.shape[dim + 1 :])
    own = strides_of(x)
    return window(x, shape, (*own[:dim], own[dim] * step, *own[dim + 1 :]), start * own[dim])


def _selected_back(x: np.ndarray, shape: tuple[int, ...], dim: int, index: int) -> np.ndarray:
    full = np.zeros(shape, x.dtype)
    select_array(full, dim, index)[...] = x
    return full


def _sliced_back(
    x: np.ndarray, shape: tuple[int, ...], dim: int, start: Any, end: Any, step: int
) -> np.ndarray:
    full = np.zeros(shape, x.dtype)
    sliced(full, dim, start, end, step)[...] = x
    return full


select = op(
    "select(self, dim, index)", select_array, view="one",
    self=lambda grad, self_shape, dim, index: select_backward(grad, self_shape, dim, index),
    doc="The part at position `index` of dimension `dim`, which is dropped.",
)  # fmt: skip

select_backward = op(
    "select_backward(self, shape, dim, index)", _selected_back, method=False, of="select",
    node="SelectBackwardBackward0",
    self=lambda grad, dim, index: grad.select(dim, index),
    doc="Zeros with self at the place that was selected.",
)  # fmt: skip

slice_ = op(
    "slice(self, dim, start, end, step)", sliced, view="one", method=False,
    self=lambda grad, self_shape, dim, start, end, step: slice_backward(grad, self_shape, dim, start, end, step),
    doc="Every step-th part of dimension `dim` from start to end.",
)  # fmt: skip

slice_backward = op(
    "slice_backward(self, shape, dim, start, end, step)", _sliced_back, method=False, of="slice",
    node="SliceBackwardBackward0",
    self=lambda grad, dim, start, end, step: slice_(grad, dim, start, end, step),
    doc="Zeros with self in the places of a slice.",
)  # fmt: skip


@public
def narrow(self: Tensor, dim: int, start: Any, length: int) -> Tensor:
    """The part of dimension `dim` from `start` on, `length` long."""
    if not self._array.ndim:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    if isinstance(start, Tensor) and (start._array.ndim or start._array.dtype.kind not in "iu"):
        raise RuntimeError("start must be an 0-dim integral Tensor.")
    if length < 0:
        raise RuntimeError("narrow(): length must be non-negative.")
    dim = checked_dim(dim, self._array.ndim)
    start, n = start.__index__(), self._array.shape[dim]
    if not -n <= start <= n:
        raise IndexError(f"start out of range (expected to be in range of [{-n}, {n}], but got {start})")
    start = start + n if start < 0 else start
    if start + length > n:
        raise RuntimeError(f"start ({start}) + length ({length}) exceeds dimension size ({n}).")
    return slice_(self, dim, start, start + length, 1)


# ------------------------------------------------------------------ diagonals and windows


def diagonal_array(x: np.ndarray, offset: int, dim1: int, dim2: int) -> np.ndarray:
    """A diagonal of two dimensions, as the last dimension. RuntimeError where they are the same."""
    d1, d2 = checked_dim(dim1, x.ndim), checked_dim(dim2, x.ndim)
    if d1 == d2:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    n, m = x.shape[d1], x.shape[d2]
    length = max(min(n, m - offset) if offset >= 0 else min(n + offset, m), 0)
    start = (offset * x.strides[d2] if offset >= 0 else -offset * x.strides[d1]) if length else 0
    rest = [d for d in range(x.ndim) if d not in (d1, d2)]
    return window(
        x,
        (*[x.shape[d] for d in rest], length),
        (*[x.strides[d] for d in rest], x.strides[d1] + x.strides[d2]),
        start,
    )


def on_diagonal(x: np.ndarray, shape: tuple[int, ...], offset: int, dim1: int, dim2: int) -> np.ndarray:
    """Zeros of a shape, with x on a diagonal."""
    full = np.zeros(shape, x.dtype)
    diagonal_array(full, offset, dim1, dim2)[...] = x
    return full


def _unfold(x: np.ndarray, dimension: int, size: int, step: int) -> np.ndarray:
    dim = checked_dim(dimension, x.ndim)
    n, stride = (x.shape[dim], x.strides[dim]) if x.ndim else (1, x.itemsize)
    if size < 0:
        raise RuntimeError(f"size is {size} but must be >= 0")
    if size > n:
        raise RuntimeError(f"maximum size for tensor at dimension {dim} is {n} but size is {size}")
    if step <= 0:
        raise RuntimeError(f"step is {step} but must be > 0")
    shape, strides = list(x.shape), list(x.strides)
    shape[dim : dim + 1] = [(n - size) // step + 1] if x.ndim else []
    strides[dim : dim + 1] = [stride * step] if x.ndim else []
    return window(x, (*shape, size), (*strides, stride))


def _folded(x: np.ndarray, shape: tuple[int, ...], dimension: int, size: int, step: int) -> np.ndarray:
    """The sum of windows at the places they were taken from."""
    full = np.zeros(shape, x.dtype)
    np.add.at(full, np.unravel_index(_unfold(np.arange(full.size).reshape(shape), dimension, size, step), shape)
              if shape else (), x if shape else x.sum())  # fmt: skip
    return full


diagonal = op(
    "diagonal(self, offset=0, dim1=0, dim2=1)", diagonal_array, view="one",
    self=lambda grad, self_shape, offset, dim1, dim2: diagonal_backward(grad, self_shape, offset, dim1, dim2),
    doc="The elements whose index in dim2 is that in dim1 plus offset, as the last dimension.",
)  # fmt: skip

diagonal_backward = op(
    "diagonal_backward(self, shape, offset, dim1, dim2)", on_diagonal, method=False, of="diagonal",
    node="DiagonalBackwardBackward0",
    self=lambda grad, offset, dim1, dim2: grad.diagonal(offset, dim1, dim2),
    doc="Zeros with self on a diagonal.",
)  # fmt: skip

unfold = op(
    "unfold(self, dimension, size, step)", _unfold, view="one",
    self=lambda grad, self_shape, dimension, size, step: unfold_backward(grad, self_shape, dimension, size, step),
    doc="Windows of `size` elements along a dimension, each `step` after the one before, as the last dimension.",
)  # fmt: skip

unfold_backward = op(
    "unfold_backward(self, shape, dimension, size, step)", _folded, method=False, of="unfold",
    node="UnfoldBackwardBackward0",
    self=lambda grad, dimension, size, step: grad.unfold(dimension, size, step),
    doc="Windows added up at the places that unfold took them from.",
)  # fmt: skip

"""Parts of a tensor as views: one position of a dimension, or every step-th of a range.

Counterpart in PyTorch: select, slice and narrow in aten/src/ATen/native/TensorShape.cpp; their backward
functions, which are ops as well, in FunctionsManual.cpp.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..op import op
from ..strides import strides_of, window
from ..tensor import Tensor, checked_dim
from .public import public


def select_array(x: np.ndarray, dim: int, index: int) -> np.ndarray:
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

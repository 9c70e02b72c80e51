"""Order: sort and topk; where elements go in a sorted sequence, and how many there are of each.

Counterpart in PyTorch: aten/src/ATen/native/Sorting.cpp, TensorCompare.cpp and Bucketization.cpp. nan counts
as the greatest of all.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes, return_types
from ..op import op
from ..strides import empty_like
from ..tensor import Tensor, checked_dim, wrap
from . import selection
from .filled import zeros_in
from .gather import scatter
from .precision import unsupported
from .public import public


def _stable(x: np.ndarray, dim: int, descending: bool) -> np.ndarray:
    """The positions that sort x along `dim`, equals in the order they have; nan as the greatest."""
    if not descending:
        return np.argsort(x, axis=dim, kind="stable")
    # Equals keep their order in a descending sort as well: turn, sort, turn back.
    turned = np.argsort(np.flip(x, dim), axis=dim, kind="stable")
    return x.shape[dim] - 1 - np.flip(turned, dim)


def _sort(x: np.ndarray, dim: int, descending: bool, stable: bool = False) -> tuple[np.ndarray, np.ndarray]:
    dim = checked_dim(dim, x.ndim)
    if not x.ndim:
        return x.copy(), np.zeros((), np.int64)
    positions = _stable(x, dim, descending)
    values, indices = empty_like(x), empty_like(x, np.dtype(np.int64))
    values[...] = np.take_along_axis(x, positions, dim)
    indices[...] = positions
    # Sixteen elements are sorted by insertion, which keeps the order of equals.
    if not stable and x.shape[dim] > 16 and x.size <= selection.MOST and selection.has_equals(values, dim):
        selection.along(x, dim, descending, lambda q, before: selection.sort(q, len(q), before), indices)
        values[...] = np.take_along_axis(x, indices, dim)  # 0 and -0 are equals
    return values, indices


def _topk(x: np.ndarray, k: int, dim: int, largest: bool, sorted: bool) -> tuple[np.ndarray, np.ndarray]:
    dim = checked_dim(dim, x.ndim)
    if not 0 <= k <= (x.shape[dim] if x.ndim else 1):
        raise RuntimeError("selected index k out of range")
    if x.dtype == np.bool_:
        raise RuntimeError("topk does not support bool dtypes on CPU")
    if not x.ndim:
        return x.copy(), np.zeros((), np.int64)
    first = np.take(_stable(x, dim, largest), np.arange(min(k + 1, x.shape[dim])), dim)
    positions = np.ascontiguousarray(np.take(first, np.arange(k), dim))
    unsure = not sorted or selection.has_equals(np.take_along_axis(x, first, dim), dim)
    if k and x.size and unsure and x.size <= selection.MOST:

        def select(q: list[int], before: selection.Before) -> None:
            if k * 64 <= len(q):
                selection.partial_sort(q, k, before)
                return
            selection.nth_element(q, k - 1, before)
            if sorted:
                selection.sort(q, k - 1, before)

        selection.along(x, dim, largest, select, positions)
    return np.ascontiguousarray(np.take_along_axis(x, positions, dim)), positions


def _selected_back(grad: Tensor, shape: tuple[int, ...], dim: int, indices: Tensor) -> Tensor:
    """Zeros, with the gradient of each value at the position it was taken from."""
    return scatter(zeros_in(shape, grad), dim, indices, grad)


_sort_op = op(
    "sort(self, dim, descending) -> values, indices", _sort, method=False,
    self=lambda grads, self_shape, dim, indices: _selected_back(grads[0], self_shape, dim, indices),
    written=2,
    doc="The elements in order along `dim`, and where they stood.",
)  # fmt: skip
_sort_stable = op(
    "sort_stable(self, dim, descending) -> values, indices",
    lambda x, dim, descending: _sort(x, dim, descending, True), method=False, of="sort",
    node="SortBackward1",
    self=lambda grads, self_shape, dim, indices: _selected_back(grads[0], self_shape, dim, indices),
    written=2,
    doc="The elements in order along `dim`, equals in the order they had, and where they stood.",
)  # fmt: skip
_topk_op = op(
    "topk(self, k, dim, largest, sorted) -> values, indices", _topk, method=False,
    self=lambda grads, self_shape, dim, indices: _selected_back(grads[0], self_shape, dim, indices),
    written=2,
    doc="The k largest (or smallest) elements along `dim`, in order, and where they stand.",
)  # fmt: skip


@public
def sort(self: Tensor, dim: int = -1, descending: bool = False, stable: bool | None = None) -> Any:
    """The elements in order along `dim`, and where they stood: (values, indices)."""
    run = _sort_op if stable is None else _sort_stable
    return return_types.sort(run(self, dim, descending))


@public
def argsort(self: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> Tensor:
    """The positions that would sort the tensor along `dim`."""
    return sort(self.detach(), dim, descending, stable or None).indices


@public
def msort(self: Tensor) -> Tensor:
    """The elements in order along the first dimension."""
    return sort(self, 0).values


@public
def topk(self: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Any:
    """The k largest (or smallest) elements along `dim`, in order, and where they stand: (values, indices)."""
    return return_types.topk(_topk_op(self, k, dim, largest, sorted))


# ------------------------------------------------------------------ places and counts


@public(method=False)
def searchsorted(
    sorted_sequence: Tensor,
    self: Any,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Tensor | None = None,
) -> Tensor:
    """Where each value of `self` would go in sorted sequences (the last dimension), to keep them sorted."""
    if side not in (None, "left", "right"):
        raise RuntimeError(f"torch.searchsorted(): side can only be 'left' or 'right' but got {side}")
    if right and side == "left":
        raise RuntimeError(
            "torch.searchsorted(): side and right can't be set to opposites, got side of left while right was True"
        )
    after = right or side == "right"
    sequence = sorted_sequence._array
    if sorter is not None:
        sequence = np.take_along_axis(sequence, sorter._array, -1)
    values = self._array if isinstance(self, Tensor) else np.asarray(self)
    kind = (dtypes.int32 if out_int32 else dtypes.int64).numpy
    if not values.ndim and sequence.ndim != 1:
        raise RuntimeError(
            "torch.searchsorted(): input value can be a scalar only when boundaries tensor dimension is 1, but we got "
            f"boundaries tensor dim({sequence.ndim}) and input value's dim(0) numel(1)"
        )
    if not sequence.ndim:
        raise RuntimeError(
            "torch.searchsorted(): boundaries tensor should have positive dimension, but got 0 dimension"
        )
    where = "right" if after else "left"
    if (
        values.size
        and values.dtype == sequence.dtype == np.bool_
        and (sequence.ndim == 1 or sequence.shape[:-1] == values.shape[:-1])
    ):
        raise unsupported(values, "searchsorted_out_cpu")
    if sequence.ndim == 1:
        return wrap(np.asarray(np.searchsorted(sequence, values, where)).astype(kind))
    if sequence.shape[:-1] != values.shape[:-1]:
        raise RuntimeError(
            "torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of "
            f"boundaries tensor and input value tensor must match, but we got boundaries tensor "
            f"{list(sequence.shape)} and input value tensor {list(values.shape)}"
        )
    found = np.empty(values.shape, kind)
    for place in np.ndindex(values.shape[:-1]):
        found[place] = np.searchsorted(sequence[place], values[place], where)
    return wrap(found)


@public(method=False)
def bucketize(self: Any, boundaries: Tensor, *, out_int32: bool = False, right: bool = False) -> Tensor:
    """Between which of the boundaries each element lies, counted from 0."""
    if boundaries._array.ndim != 1:
        raise RuntimeError(f"boundaries tensor must be 1 dimension, but got dim({boundaries._array.ndim})")
    return searchsorted(boundaries, self, out_int32=out_int32, right=right)


@public
def bincount(self: Tensor, weights: Tensor | None = None, minlength: int = 0) -> Tensor:
    """How often each whole number from 0 on occurs in a vector, or the sum of its weights."""
    x = self._array
    if x.dtype.kind not in "iu":
        raise unsupported(x, "bincount_cpu")
    if minlength < 0:
        raise RuntimeError("minlength should be >= 0")
    if x.shape == (0,):
        return wrap(np.zeros(minlength, np.int64))
    if x.ndim != 1 or (x < 0).any():
        raise RuntimeError("bincount only supports 1-d non-negative integral inputs.")
    if weights is not None and weights._array.shape != x.shape:
        raise RuntimeError("weights should be 1-d and have the same length as input")
    found = np.bincount(x, None if weights is None else weights._array, minlength)
    if weights is not None and weights._array.dtype == np.float32:
        found = found.astype(np.float32)
    return wrap(found)


def isin(elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False) -> Tensor:
    """Whether each of `elements` is among `test_elements`; with invert, whether it is not."""
    first, second = (t._array if isinstance(t, Tensor) else np.asarray(t) for t in (elements, test_elements))
    if np.bool_ in (first.dtype, second.dtype):
        raise RuntimeError("Unsupported input type encountered for isin(): Bool")
    return wrap(np.asarray(np.isin(first, second, invert=invert)))

"""Elements by their rank: median, nanmedian, kthvalue; and mode, the most frequent one.

Counterpart in PyTorch: aten/src/ATen/native/Sorting.cpp. selection.py says which of equal elements it is.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import return_types
from ..op import op
from ..tensor import Tensor
from . import selection
from .dims import one_dim
from .extremes import UNSET, along_dim, check_not_empty, picked, put_back, shared, with_positions
from .precision import no_bools
from .public import public

# ------------------------------------------------------------------ of the whole tensor


def _median_all(x: np.ndarray, skip_nan: bool) -> np.ndarray:
    """The lower of the two middle elements; nan where there is one, or none at all."""
    no_bools(x, "median_cpu")
    if skip_nan and x.dtype.kind == "f":
        x = x[~np.isnan(x)]
    if not x.size:
        return np.asarray(np.nan).astype(x.dtype) if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    if x.dtype.kind == "f" and np.isnan(x).any():
        return np.asarray(np.nan, x.dtype)
    return np.sort(x, axis=None)[(x.size - 1) // 2]


_median = op(
    "median_all(self)", lambda x: _median_all(x, False), method=False, of="median", node="MedianBackward0",
    self=shared, written=1,
    doc="The middle element, the lower of two.",
)  # fmt: skip
_nanmedian = op(
    "nanmedian_all(self)", lambda x: _median_all(x, True), method=False, of="nanmedian",
    node="NanmedianBackward0",
    self=shared, written=1,
    doc="The middle one of the elements that are not nan.",
)  # fmt: skip


# ------------------------------------------------------------------ along one dimension, with positions


def _middle(x: np.ndarray, axis: int) -> np.ndarray:
    order = np.argsort(x, axis=axis, kind="stable")  # nan last
    middle = np.take(order, [(x.shape[axis] - 1) // 2], axis=axis)
    if x.dtype.kind != "f":
        return middle
    nan = np.isnan(x)
    return np.where(nan.any(axis=axis, keepdims=True), np.argmax(nan, axis=axis, keepdims=True), middle)


def _nan_middle(x: np.ndarray, axis: int) -> np.ndarray:
    order = np.argsort(x, axis=axis, kind="stable")
    present = x.shape[axis] - (np.isnan(x).sum(axis=axis, keepdims=True) if x.dtype.kind == "f" else 0)
    found = np.take_along_axis(order, _column(np.maximum(present - 1, 0) // 2, order, axis), axis)
    if not np.all(present):
        q = list(range(x.shape[axis]))
        selection.nth_element(q, 0, lambda a, b: False)  # what nan alone leaves in front
        found = np.where(present, found, q[0])
    return np.ascontiguousarray(found)


def _column(positions: Any, like: np.ndarray, axis: int) -> np.ndarray:
    shape = [1 if d == axis else n for d, n in enumerate(like.shape)]
    return np.broadcast_to(np.asarray(positions, np.int64), shape)


def _most_frequent(x: np.ndarray, axis: int) -> np.ndarray:
    """Where the last of the smallest of the most frequent elements stands, when all are sorted."""

    def place(row: np.ndarray) -> int:
        values, n = row.tolist(), row.size
        q = sorted(range(n), key=values.__getitem__)
        if 16 < n <= selection.MOST or np.isnan(row).any():
            q = list(range(n))
            selection.sort(
                q, n, lambda a, b: values[a] < values[b]
            )  # nan is neither before nor after anything
        in_order = row[q]
        ends = [*np.flatnonzero(in_order[1:] != in_order[:-1]), n - 1]  # each nan stands for itself
        return q[ends[np.argmax(np.diff(ends, prepend=-1))]]

    if not x.size:
        return _column(0, x, axis)
    return np.expand_dims(np.apply_along_axis(place, axis, x), axis)


def _kth(x: np.ndarray, k: int, dim: Any, keepdim: bool) -> tuple[np.ndarray, np.ndarray]:
    n = x.shape[one_dim(dim, x.ndim)] if x.ndim else 1
    if x.ndim:
        check_not_empty(x, (one_dim(dim, x.ndim),), "kthvalue")
    if not 0 < k <= n:
        raise RuntimeError(f"kthvalue(): selected number k out of range for dimension {one_dim(dim, x.ndim)}")

    def positions(x: np.ndarray, axis: int) -> np.ndarray:
        no_bools(x, "kthvalue_cpu")
        order = np.argsort(x, axis=axis, kind="stable")
        found = np.take(order, [k - 1], axis=axis)
        if x.size <= selection.MOST and selection.has_equals(np.take_along_axis(x, order, axis), axis):

            def select(q: list[int], before: selection.Before) -> None:
                selection.quick_select(q, k - 1, before)
                q[0] = q[k - 1]

            selection.along(x, axis, False, select, found)
        return found

    return picked(x, dim, keepdim, "kthvalue", positions)


_median_dim = with_positions(
    "median", "MedianBackward1", _middle, "The middle elements along a dimension, and their positions."
)
_nanmedian_dim = with_positions(
    "nanmedian", "NanmedianBackward1", _nan_middle,
    "The middle ones of the elements that are not nan along a dimension, and their positions.",
)  # fmt: skip
_mode_dim = with_positions(
    "mode", "ModeBackward0", _most_frequent,
    "The most frequent elements along a dimension, and their positions.",
)  # fmt: skip
_kth_dim = op(
    "kthvalue(self, k, dim=-1, keepdim=False) -> values, indices", _kth, method=False,
    self=put_back, written=2,
    doc="The k-th smallest elements along a dimension, and their positions.",
)  # fmt: skip


# ------------------------------------------------------------------ the public functions


@public
def median(self: Tensor, dim: Any = UNSET, keepdim: bool = False) -> Any:
    """The middle element, the lower of two; with `dim` the (values, indices) along it. nan where one is."""
    return _median(self) if dim is UNSET else along_dim(self, "median", _median_dim, dim, keepdim)


@public
def nanmedian(self: Tensor, dim: Any = UNSET, keepdim: bool = False) -> Any:
    """The middle one of the elements that are not nan; with `dim` the (values, indices) along it."""
    return _nanmedian(self) if dim is UNSET else along_dim(self, "nanmedian", _nanmedian_dim, dim, keepdim)


@public
def mode(self: Tensor, dim: int = -1, keepdim: bool = False) -> Any:
    """The (values, indices) of the most frequent elements along `dim`, the smallest where several are."""
    return along_dim(self, "mode", _mode_dim, dim, keepdim)


@public
def kthvalue(self: Tensor, k: int, dim: int = -1, keepdim: bool = False) -> Any:
    """The (values, indices) of the k-th smallest elements along `dim`, counted from 1."""
    return return_types.kthvalue(_kth_dim(self, k, dim, keepdim))

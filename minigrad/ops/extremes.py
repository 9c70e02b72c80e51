"""The largest, the smallest and the middle element, and where they are."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import return_types
from ..op import op
from ..strides import by_rows
from ..tensor import Tensor, wrap
from . import selection
from .dims import Dims, flag, normal_dims, one_dim, restored
from .filled import zeros_in
from .pairs import maximum, minimum
from .precision import no_bools
from .public import must_be_tensor, public

_UNSET: Any = object()


def _not_empty(x: np.ndarray, name: str, advice: bool = True) -> np.ndarray:
    if not x.size:
        more = " Specify the reduction dim with the 'dim' argument." if advice else ""
        message = f"{name}(): Expected reduction dim to be specified for input.numel() == 0.{more}"
        raise RuntimeError(message) if advice else IndexError(message)
    return x


def _not_empty_along(x: np.ndarray, dims: Dims | None, name: str, brackets: str = "()") -> None:
    for d in dims or () if x.ndim else ():
        if not x.shape[d]:
            raise IndexError(f"{name}{brackets}: Expected reduction dim {d} to have non-zero size.")


# ------------------------------------------------------------------ of the whole tensor


def _shared(grad: Tensor, self: Tensor, result: Tensor) -> Tensor:
    """Shared evenly among the elements that are the extreme."""
    hit = wrap(np.isnan(self._array) if np.isnan(result._array) else self._array == result._array)
    return (grad / hit.sum()).expand(self.shape).masked_fill(~hit, 0.0)


_max_all = op(
    "max_all(self)", lambda x: _not_empty(x, "max").max(), method=False, of="max", node="MaxBackward1",
    self=_shared, written=1,
    doc="The largest element.",
)  # fmt: skip
_min_all = op(
    "min_all(self)", lambda x: _not_empty(x, "min").min(), method=False, of="min", node="MinBackward1",
    self=_shared, written=1,
    doc="The smallest element.",
)  # fmt: skip


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
    self=_shared, written=1,
    doc="The middle element, the lower of two.",
)  # fmt: skip
_nanmedian = op(
    "nanmedian_all(self)", lambda x: _median_all(x, True), method=False, of="nanmedian",
    node="NanmedianBackward0",
    self=_shared, written=1,
    doc="The middle one of the elements that are not nan.",
)  # fmt: skip


# ------------------------------------------------------------------ along one dimension, with positions


def _picked(
    x: np.ndarray, dim: Any, keepdim: bool, name: str, positions: Any
) -> tuple[np.ndarray, np.ndarray]:
    """The elements at positions(x, axis), which keeps the dimension, and the positions."""
    dim = one_dim(dim, x.ndim)
    if name in ("median", "nanmedian"):
        name = "median"  # torch has one function for both
        no_bools(x, "median_out")
    if not x.ndim:
        return x.copy(), np.zeros((), np.int64)
    _not_empty_along(x, (dim,), name)
    where = np.asarray(positions(x, dim), np.int64)
    found = np.take_along_axis(x, where, dim)
    return (found, where) if keepdim else (found.squeeze(dim), where.squeeze(dim))


def _put_back(grads: list[Tensor], self_shape: Dims, indices: Tensor, dim: int, keepdim: bool) -> Tensor:
    """Zeros, with the gradient at the places that were picked."""
    grad = grads[0]
    if not self_shape:
        return grad
    full = zeros_in(self_shape, grad)
    if not keepdim:
        grad, indices = grad.unsqueeze(dim), indices.unsqueeze(dim)
    return full.scatter(dim, indices, grad)


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
        _not_empty_along(x, (one_dim(dim, x.ndim),), "kthvalue")
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

    return _picked(x, dim, keepdim, "kthvalue", positions)


def _entry(name: str, node: str, positions: Any, doc: str) -> Any:
    return op(
        f"{name}_dim(self, dim, keepdim=False) -> values, indices",
        by_rows(lambda x, dim, keepdim: _picked(x, dim, keepdim, name, positions)), method=False, of=name, node=node,
        self=_put_back, written=2,
        doc=doc,
    )  # fmt: skip


_max_dim = _entry(
    "max", "MaxBackward0", lambda x, axis: np.argmax(x, axis=axis, keepdims=True),
    "The largest elements along a dimension, and their positions.",
)  # fmt: skip
_min_dim = _entry(
    "min", "MinBackward0", lambda x, axis: np.argmin(x, axis=axis, keepdims=True),
    "The smallest elements along a dimension, and their positions.",
)  # fmt: skip
_median_dim = _entry(
    "median", "MedianBackward1", _middle, "The middle elements along a dimension, and their positions."
)
_nanmedian_dim = _entry(
    "nanmedian", "NanmedianBackward1", _nan_middle,
    "The middle ones of the elements that are not nan along a dimension, and their positions.",
)  # fmt: skip
_mode_dim = _entry(
    "mode", "ModeBackward0", _most_frequent,
    "The most frequent elements along a dimension, and their positions.",
)  # fmt: skip
_kth_dim = op(
    "kthvalue(self, k, dim=-1, keepdim=False) -> values, indices", _kth, method=False,
    self=_put_back, written=2,
    doc="The k-th smallest elements along a dimension, and their positions.",
)  # fmt: skip


def _dim_first(self: Any, name: str, along: Any, dim: Any, keepdim: Any) -> Any:
    must_be_tensor(self, name)
    one_dim(dim, 9**9)
    return getattr(return_types, name)(along(self, dim, flag(keepdim, "keepdim", name)))


@public
def max(self: Tensor, dim: Any = _UNSET, keepdim: bool = False, *, other: Any = _UNSET) -> Any:
    """The largest element; with `dim` the (values, indices) along it; with a tensor the larger, elementwise.

    The gradient of the whole tensor's maximum is shared evenly among equals; along a dimension the first has it.
    """
    other = dim if isinstance(dim, Tensor) else other
    if other is not _UNSET:
        return maximum(self, other)
    return _max_all(self) if dim is _UNSET else _dim_first(self, "max", _max_dim, dim, keepdim)


@public
def min(self: Tensor, dim: Any = _UNSET, keepdim: bool = False, *, other: Any = _UNSET) -> Any:
    """The smallest element; with `dim` the (values, indices) along it; with a tensor the smaller, elementwise."""
    other = dim if isinstance(dim, Tensor) else other
    if other is not _UNSET:
        return minimum(self, other)
    return _min_all(self) if dim is _UNSET else _dim_first(self, "min", _min_dim, dim, keepdim)


@public
def median(self: Tensor, dim: Any = _UNSET, keepdim: bool = False) -> Any:
    """The middle element, the lower of two; with `dim` the (values, indices) along it. nan where there is one."""
    return _median(self) if dim is _UNSET else _dim_first(self, "median", _median_dim, dim, keepdim)


@public
def nanmedian(self: Tensor, dim: Any = _UNSET, keepdim: bool = False) -> Any:
    """The middle one of the elements that are not nan; with `dim` the (values, indices) along it."""
    return _nanmedian(self) if dim is _UNSET else _dim_first(self, "nanmedian", _nanmedian_dim, dim, keepdim)


@public
def mode(self: Tensor, dim: int = -1, keepdim: bool = False) -> Any:
    """The (values, indices) of the most frequent elements along `dim`, the smallest where several are."""
    return _dim_first(self, "mode", _mode_dim, dim, keepdim)


@public
def kthvalue(self: Tensor, k: int, dim: int = -1, keepdim: bool = False) -> Any:
    """The (values, indices) of the k-th smallest elements along `dim`, counted from 1."""
    return return_types.kthvalue(_kth_dim(self, k, dim, keepdim))


# ------------------------------------------------------------------ along several dimensions


def _ties_shared(grad: Tensor, self: Tensor, result: Tensor, dim: Any, keepdim: bool) -> Tensor:
    """Shared evenly among equals along the dimensions."""
    shape = self._array.shape
    grad, result = restored(grad, shape, dim, keepdim), restored(result, shape, dim, keepdim)
    hit = self._array == result._array
    counts = hit.sum(axis=normal_dims(dim, len(shape)), keepdims=bool(shape) and grad._array.ndim > 0)
    return grad * wrap(hit.astype(grad._array.dtype)) / wrap(np.asarray(counts).astype(grad._array.dtype))


def _extreme(x: np.ndarray, dim: Any, keepdim: bool, ufunc: np.ufunc, name: str) -> np.ndarray:
    dims = normal_dims(dim, x.ndim)
    if dims is None and x.ndim:
        _not_empty(x, name)
    _not_empty_along(x, (dim,) if isinstance(dim, int) else dim, name)  # named as it was given
    return ufunc.reduce(x, axis=dims, keepdims=keepdim)


amax = op(
    "amax(self, dim=(), keepdim=False)", by_rows(lambda x, dim, keepdim: _extreme(x, dim, keepdim, np.maximum, "amax")),
    self=_ties_shared,
    doc="The largest elements along dimensions, of the whole tensor by default. Equals share the gradient.",
)  # fmt: skip
amin = op(
    "amin(self, dim=(), keepdim=False)", by_rows(lambda x, dim, keepdim: _extreme(x, dim, keepdim, np.minimum, "amin")),
    self=_ties_shared,
    doc="The smallest elements along dimensions, of the whole tensor by default. Equals share the gradient.",
)  # fmt: skip


def _aminmax(x: np.ndarray, dim: Any, keepdim: bool) -> tuple[np.ndarray, np.ndarray]:
    dims = None if dim is None else normal_dims(one_dim(dim, x.ndim), x.ndim)
    if dims is None and not x.size:
        raise RuntimeError(
            "aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity."
        )
    _not_empty_along(x, dims, "aminmax", brackets="")
    return np.asarray(x.min(axis=dims, keepdims=keepdim)), np.asarray(x.max(axis=dims, keepdims=keepdim))


def _aminmax_self(
    grads: list[Tensor], self: Tensor, low: Tensor, high: Tensor, dim: Any, keepdim: bool
) -> Tensor:
    return _ties_shared(grads[0], self, low, dim, keepdim) + _ties_shared(grads[1], self, high, dim, keepdim)


_aminmax_op = op(
    "aminmax(self, *, dim=None, keepdim=False) -> low, high", by_rows(_aminmax), method=False,
    self=_aminmax_self,
    doc="The smallest and the largest elements, of the tensor or along a dimension.",
)  # fmt: skip


@public
def aminmax(self: Tensor, *, dim: Any = None, keepdim: bool = False) -> Any:
    """The (min, max) of the tensor, or along one dimension."""
    return return_types.aminmax(_aminmax_op(self, dim=dim, keepdim=keepdim))


# ------------------------------------------------------------------ positions alone


def _position(x: np.ndarray, dim: Any, keepdim: bool, pick: Any, name: str) -> np.ndarray:
    if x.dtype.kind == "b":
        raise RuntimeError(f"{name}(): does not support bool input")
    if dim is None:
        _not_empty(x, name, advice=False)
        return np.asarray(pick(x, keepdims=keepdim), np.int64)
    dim = one_dim(dim, x.ndim)
    if not x.ndim:
        return np.zeros((), np.int64)
    _not_empty_along(x, (dim,), name)
    return np.asarray(pick(x, axis=dim, keepdims=keepdim), np.int64)


argmax = op(
    "argmax(self, dim=None, keepdim=False)",
    lambda x, dim, keepdim: _position(x, dim, keepdim, np.argmax, "argmax"),
    doc="The position of the largest element, in the flattened tensor or along `dim`; the first of equals.",
)  # fmt: skip
argmin = op(
    "argmin(self, dim=None, keepdim=False)",
    lambda x, dim, keepdim: _position(x, dim, keepdim, np.argmin, "argmin"),
    doc="The position of the smallest element, in the flattened tensor or along `dim`; the first of equals.",
)  # fmt: skip

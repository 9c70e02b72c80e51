"""Picking and placing at positions: gather and scatter along one dimension, take and put in all.

Counterpart in PyTorch: aten/src/ATen/native/TensorAdvancedIndexing.cpp. index_select
and its kin stand in along.py, masks and where in masks.py.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..broadcast import broadcast_shape
from ..dtypes import scalar_type
from ..op import op, table
from ..strides import empty_like
from ..tensor import Tensor, checked_dim, wrap
from .filled import zeros_in
from .public import public
from .sizes import real_dim

# ------------------------------------------------------------------ gather and scatter


def key_at(index: np.ndarray, dim: int) -> tuple[np.ndarray, ...]:
    """A NumPy key: for each element of `index` its own position, but in `dim` what the element says."""
    key = list(np.ogrid[tuple([slice(n) for n in index.shape])]) if index.ndim else []
    if key:
        key[dim] = index
    return tuple(key)


def checked_index(
    x: np.ndarray, dim: int, index: np.ndarray, name: str, src: np.ndarray | None = None
) -> tuple[int, np.ndarray, np.ndarray]:
    """The dimension, x and index with one dimension at least. Raises in torch's words what does not fit."""
    dim = checked_dim(dim, x.ndim)
    if index.size and index.dtype not in (np.int64, np.int32):
        raise RuntimeError(f"{name}(): Expected dtype int32/int64 for index")
    if src is not None and src.dtype != x.dtype:
        raise RuntimeError(f"{name}(): Expected self.dtype to be equal to src.dtype")
    x1 = x.reshape(1) if not x.ndim else x
    index1 = index.reshape(1) if not index.ndim else index
    if not index.size:
        return dim, x1, index1
    other = "input" if name == "gather" else "self"
    for what, ndim in ((other, x1.ndim), ("src", index1.ndim if src is None else max(src.ndim, 1))):
        if index1.ndim != ndim:
            raise RuntimeError(f"Index tensor must have the same number of dimensions as {what} tensor")
    for d in range(x1.ndim):
        too_long = d != dim and index1.shape[d] > x1.shape[d]
        if name == "gather":
            if too_long:
                raise RuntimeError(
                    f"Size does not match at dimension {d} expected index {list(index.shape)} to be no larger "
                    f"than self {list(x.shape)} apart from dimension {dim}"
                )
            continue
        beyond = src is not None and index1.shape[d] > (src.shape or (1,))[d]
        if too_long or beyond:
            size = f" and to be no larger size than src {list(src.shape)}" if src is not None else ""
            raise RuntimeError(
                f"Expected index {list(index.shape)} to be no larger than self {list(x.shape)} apart from "
                f"dimension {dim}{size}"
            )
    n = x1.shape[dim]
    outside = index1[(index1 < 0) | (index1 >= n)]
    if outside.size:
        raise RuntimeError(f"index {outside.flat[0]} is out of bounds for dimension {dim} with size {n}")
    return dim, x1, index1


def _gather(x: np.ndarray, dim: int, index: np.ndarray) -> np.ndarray:
    dim, x1, index1 = checked_index(x, dim, index, "gather")
    if not index.size:
        return np.empty(index.shape, x.dtype)
    return np.ascontiguousarray(x1[key_at(index1, dim)]).reshape(index.shape)


def _scatter(x: np.ndarray, dim: int, index: np.ndarray, src: Any, add: bool, name: str) -> np.ndarray:
    given = src if isinstance(src, np.ndarray) else None
    dim, _, index1 = checked_index(x, dim, index, name, given)
    found = x.copy()
    if index.size:
        values = src
        if given is not None:
            values = given.reshape(1) if not given.ndim else given
            values = values[tuple([slice(n) for n in index1.shape])]
        target = found.reshape(1) if not x.ndim else found
        if add:
            np.add.at(target, key_at(index1, dim), values)
        else:
            target[key_at(index1, dim)] = values
    return found


gather = op(
    "gather(self, dim, index: Tensor)", _gather,
    self=lambda grad, self_shape, dim, index: scatter_add(zeros_in(self_shape, grad), dim, index, grad),
    written=1,
    doc="For each position of `index` the element of self there, but in `dim` at what the index says.",
)  # fmt: skip

op(
    "scatter_src(self, dim, index: Tensor, src)",
    lambda x, dim, index, src: _scatter(x, dim, index, src, False, "scatter"), inplace=True, method=False,
    of="scatter", node="ScatterBackward0",
    self=lambda grad, dim, index: scatter(grad, dim, index, 0),
    src=lambda grad, dim, index: grad.gather(dim, index),
    doc="A copy with the elements of `src` where gather would read with this index.",
)  # fmt: skip

op(
    "scatter_value(self, dim, index: Tensor, value)",
    lambda x, dim, index, value: _scatter(x, dim, index, value, False, "scatter"), inplace=True, method=False,
    of="scatter", node="ScatterBackward1",
    self=lambda grad, dim, index: scatter(grad, dim, index, 0),
    doc="A copy with a number where gather would read with this index.",
)  # fmt: skip

scatter_add = op(
    "scatter_add(self, dim, index: Tensor, src)",
    lambda x, dim, index, src: _scatter(x, dim, index, src, True, "scatter"), inplace=True, twin="stepwise",
    self=lambda grad: grad,
    src=lambda grad, dim, index: grad.gather(dim, index),
    doc="A copy with the elements of `src` added where gather would read with this index.",
)  # fmt: skip


def _scatter_form(src: Any, value: Any, reduce: Any) -> tuple[Any, str]:
    """The values, and the entry that takes them."""
    given = value if src is None else src
    if given is None or (value is not None and (src is not None or isinstance(value, Tensor))):
        raise TypeError("expected either src or value")
    if reduce is not None:
        return given, "scatter_or"
    return given, "scatter_src" if isinstance(given, Tensor) else "scatter_value"


@public
def scatter(
    self: Tensor, dim: int, index: Tensor, src: Any = None, *, value: Any = None, reduce: str | None = None
) -> Tensor:
    """A copy with the elements of `src`, or a number, where gather would read with this index.

    reduce: "add" or "multiply" with what stands there, where torch has no gradient; scatter_reduce has.
    """
    given, entry = _scatter_form(src, value, reduce)
    more = () if reduce is None else (reduce,)
    return table[entry].call(self, dim, index, given, *more)


@public
def scatter_(
    self: Tensor, dim: int, index: Tensor, src: Any = None, *, value: Any = None, reduce: str | None = None
) -> Tensor:
    """scatter in place."""
    given, entry = _scatter_form(src, value, reduce)
    more = () if reduce is None else (reduce,)
    return table[entry].call_inplace(self, dim, index, given, *more)


# ------------------------------------------------------------------ positions in the flattened tensor


def _within(x: np.ndarray, index: np.ndarray) -> np.ndarray:
    outside = index[(index < -x.size) | (index >= x.size)]
    if outside.size:
        raise IndexError(
            f"out of range: tried to access index {outside.flat[0]} on a tensor of {x.size} elements."
        )
    return index


def _take(x: np.ndarray, index: np.ndarray) -> np.ndarray:
    if index.dtype != np.int64:
        raise RuntimeError(f"take(): Expected a long tensor for index, but got {scalar_type(index)}")
    if not x.size and index.size:
        raise IndexError("take(): tried to take from an empty tensor")
    return x.ravel()[_within(x, index)]


def _put(x: np.ndarray, index: np.ndarray, source: np.ndarray, accumulate: bool) -> np.ndarray:
    if index.dtype != np.int64:
        raise RuntimeError(f"put_(): Expected a long tensor for index, but got {scalar_type(index)}")
    if source.dtype != x.dtype:
        raise RuntimeError(
            "put_(): self and source expected to have the same dtype, but got self.dtype = "
            f"{scalar_type(x)} and source.dtype = {scalar_type(source)}"
        )
    if source.size != index.size:
        raise IndexError(
            "put_(): Expected source and index to have the same number of elements, but got source.numel() = "
            f"{source.size}, index.numel() = {index.size}"
        )
    if not x.size and index.size:
        raise IndexError("put_(): Tried to put elements into an empty tensor")
    _within(x, index)
    found = x.copy()
    flat = found.reshape(-1)
    if accumulate:
        np.add.at(flat, index.ravel(), source.ravel())
    else:
        flat[index.ravel()] = source.ravel()
    result = empty_like(x)  # in the order of x
    result[...] = found
    return result


take = op(
    "take(self, index: Tensor)", _take,
    # torch keeps all of self for its shape, and notices a write into it.
    self=lambda grad, self, index: put(zeros_in(self.shape, grad), index, grad, True),
    written=1,
    doc="The elements at positions in the flattened tensor, in the shape of `index`.",
)  # fmt: skip

put = op(
    "put(self, index: Tensor, source, accumulate=False)", _put, inplace=True,
    self=lambda grad, index, source_shape, accumulate: (
        grad if accumulate else put(grad, index, zeros_in(source_shape, grad), False)
    ),
    source=lambda grad, index, source_shape: grad.take(index).reshape(source_shape),
    doc="A copy with the elements of `source` at positions in the flattened tensor, or added there.",
)  # fmt: skip


@public
def take_along_dim(self: Tensor, indices: Tensor, dim: int | None = None) -> Tensor:
    """gather, with self and indices broadcast to each other but for `dim`; flattened without one.

    With `dim` an index counts on from the end, and around: it is taken modulo the length.
    """
    if dim is None:
        return self.reshape(-1).gather(0, indices.reshape(-1))
    if self._array.ndim != indices._array.ndim:
        raise RuntimeError(
            "torch.take_along_dim(): input and indices should have the same number of dimensions, but got "
            f"{self._array.ndim} dimensions for input, and {indices._array.ndim} dimensions for indices"
        )
    if indices._array.dtype != np.int64:
        raise RuntimeError(
            f"torch.take_along_dim(): dtype of indices should be Long but got {scalar_type(indices._array)}"
        )
    dim = real_dim(dim, self._array.ndim)
    ours, theirs = list(self._array.shape), list(indices._array.shape)
    n, m = ours[dim], theirs[dim]
    ours[dim] = theirs[dim] = 1
    common = list(broadcast_shape([np.empty(ours, np.bool_), np.empty(theirs, np.bool_)]))
    wide, narrow = list(common), list(common)
    wide[dim], narrow[dim] = n, m
    return self.expand(tuple(wide)).gather(dim, _around(indices, n).expand(tuple(narrow)))


def _around(indices: Tensor, n: int) -> Tensor:
    places = indices._array
    if places.size and not n:
        raise RuntimeError("ZeroDivisionError")
    return indices if ((places >= 0) & (places < n)).all() else wrap(places % n)

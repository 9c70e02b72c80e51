"""Picking and placing along one dimension at the positions that a vector lists: index_select and its kin.

Counterpart in PyTorch: aten/src/ATen/native/TensorAdvancedIndexing.cpp.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..dtypes import scalar_type
from ..op import op, table
from ..tensor import Tensor, checked_dim, wrap
from .copies import copied
from .filled import zeros_in
from .public import public
from .scalars import times
from .sizes import real_dim


def _listed(shape: tuple[int, ...]) -> str:
    return " ".join(map(str, shape))


def key_along(dim: int, index: Any) -> tuple[Any, ...]:
    """A NumPy key: the positions of `index` in `dim`, all of the dimensions before."""
    return (*(slice(None),) * dim, index)


def _index_select(x: np.ndarray, dim: int, index: np.ndarray) -> np.ndarray:
    dim = checked_dim(dim, x.ndim)
    if index.ndim > 1:
        raise IndexError("index_select(): Index is supposed to be a vector")
    if not x.ndim and index.size != 1:
        raise RuntimeError(
            f"index_select(): Index to scalar can have only 1 value, got {index.size} value(s)"
        )
    if index.dtype not in (np.int64, np.int32):
        raise RuntimeError("index_select(): Expected dtype int32 or int64 for index")
    n, flat = x.shape[dim] if x.ndim else 1, index.reshape(-1)
    if not n and flat.size:
        if x.ndim == 1:
            raise IndexError("index out of range in self")
        raise RuntimeError("index_select(): self indexing axis dim should be positive")
    if dim in (0, -x.ndim):
        _bounded(flat, n, IndexError, "index out of range in self")
    _bounded(flat, n, RuntimeError, "INDICES element is out of DATA bounds, id={index} axis_dim={n}")
    return np.ascontiguousarray(np.take(x, flat, dim)) if x.ndim else x.copy()


def _bounded(index: np.ndarray, n: int, error: type[Exception], words: str) -> None:
    outside = index[(index < 0) | (index >= n)]
    if outside.size:
        raise error(words.format(index=outside[0], n=n))


def check_added(x: np.ndarray, dim: int, index: np.ndarray, source: np.ndarray, name: str) -> int:
    """The dimension, counted from the front, along which `source` is added or multiplied into x."""
    dim = checked_dim(dim, x.ndim)
    if index.ndim > 1:
        raise IndexError(
            f"{name}(): Index is supposed to be a vector, but got dim: {index.ndim} with type: {scalar_type(index)} and "
            f"size: {list(index.shape)}"
        )
    if index.dtype not in (np.int64, np.int32):
        raise RuntimeError(f"{name}(): Expected dtype int32/int64 for index but got: {scalar_type(index)}")
    if source.dtype != x.dtype:
        raise RuntimeError(
            f"{name}(): self ({scalar_type(x)}) and source ({scalar_type(source)}) must have the same scalar type"
        )
    if dim and dim >= source.ndim:
        raise RuntimeError(
            f"{name}(): Indexing dim {dim} is out of bounds of the source tensor with dim {source.ndim}"
        )
    have = source.shape[dim] if source.ndim else 1
    if index.size != have:
        real_dim(dim, source.ndim)
        raise RuntimeError(
            f"{name}(): Number of indices ({index.size}) should be equal to source.size(dim): ({have}), for dim: "
            f"{dim}"
        )
    rest = [s[:dim] + s[dim + 1 :] for s in (x.shape, source.shape)]
    if x.ndim != source.ndim or rest[0] != rest[1]:
        raise RuntimeError(
            "source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = "
            f"{list(x.shape)} source.shape = {list(source.shape)}"
        )
    return dim


def check_added_at(x: np.ndarray, dim: int, index: np.ndarray) -> None:
    """RuntimeError, of a vector IndexError, for a position outside of x."""
    if x.size and x.ndim > 1:
        where = f"is out of bounds for dimension {dim} with size {{n}}"
        _bounded(index, x.shape[dim], RuntimeError, "index {index} " + where)
    elif x.ndim < 2:
        _bounded(index, x.shape[dim] if x.ndim else 1, IndexError, "index out of range in self")


def _index_add(x: np.ndarray, dim: int, index: np.ndarray, source: np.ndarray, alpha: Any) -> np.ndarray:
    dim = check_added(x, dim, index, source, "index_add_")
    flat = index.reshape(-1)
    check_added_at(x, dim, flat)
    found = x.copy()
    if x.size:
        target = found.reshape(1) if not x.ndim else found
        values = source if alpha == 1 else source * np.asarray(alpha).astype(x.dtype)
        np.add.at(target, key_along(dim, flat), values if source.ndim else values.reshape(1))
    return found


def _index_copy(x: np.ndarray, dim: int, index: np.ndarray, source: np.ndarray) -> np.ndarray:
    dim = checked_dim(dim, x.ndim)
    _check_copied(x, dim, index, source)
    flat = index.reshape(-1)
    found = x.copy()
    if x.size:
        target = found.reshape(1) if not x.ndim else found
        words = f"index_copy_(): index {{index}} is out of bounds for dimension {dim} with size {{n}}"
        _bounded(flat, target.shape[dim], IndexError, words)
        target[key_along(dim, flat)] = source if source.ndim else source.reshape(1)
    return found


def _check_copied(x: np.ndarray, dim: int, index: np.ndarray, source: np.ndarray) -> None:
    if index.ndim > 1:
        raise IndexError(f"index_copy_(): Index should have dimension 1 or 0 (got {index.ndim})")
    if not source.ndim and index.size != 1:
        raise IndexError(
            f"index_copy_(): When source is scalar, index should have one element (got {index.size})"
        )
    if source.ndim != x.ndim and source.ndim and x.ndim:
        raise IndexError(
            "index_copy_(): When source and destination are not scalars, their dimensionality must match. Source "
            f"dimensionality ({source.ndim}), destination dimensionality ({x.ndim})"
        )
    if index.dtype != np.int64:
        raise RuntimeError(f"index_copy_(): Expected a long tensor for index, but got {scalar_type(index)}")
    if source.dtype != x.dtype:
        raise RuntimeError(
            "index_copy_(): self and source expected to have the same dtype, but got (self) "
            f"{scalar_type(x)} and (source) {scalar_type(source)}"
        )
    into, of = (s[:dim] + s[dim + 1 :] for s in (x.shape, source.shape))
    if into != of:
        raise RuntimeError(
            "index_copy_(): Source/destination tensor must have same slice shapes. Destination slice shape: "
            f"{_listed(into)} at dimension {dim} and source slice shape: {_listed(of)} at dimension 0."
        )
    if source.ndim and index.size != source.shape[dim]:
        raise IndexError(
            f"index_copy_(): Number of indices ({index.size}) should be equal to source.size(dim) "
            f"({source.shape[dim]})"
        )


def _index_fill(x: np.ndarray, dim: int, index: np.ndarray, value: Any) -> np.ndarray:
    if isinstance(value, np.ndarray) and value.ndim:
        raise RuntimeError(
            "index_fill_ only supports a 0-dimensional value tensor, but got tensor with "
            f"{value.ndim} dimension(s)."
        )
    if index.dtype != np.int64:
        raise IndexError("index_fill_(): Expected dtype int64 for index.")
    if index.ndim > 1:
        raise RuntimeError("Index has to be a vector/scalar")
    dim = checked_dim(dim, x.ndim)
    found = copied(x)
    if not x.size:
        return found
    target = found.reshape(1) if not x.ndim else found
    n, flat = target.shape[dim], index.reshape(-1)
    outside = flat[(flat < -n) | (flat >= n)]
    if outside.size:
        raise IndexError(f"index {outside[0]} is out of bounds for dimension {dim} with size {n}")
    target[key_along(dim, flat)] = value
    return found


def _picked(grad: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    """The gradient where `source` was put. As in torch, all of it is kept for its shape."""
    picked = grad.index_select(dim, index)
    return picked.expand_as(source) if source._array.ndim else picked.reshape(())


index_select = op(
    "index_select(self, dim, index: Tensor)", _index_select,
    self=lambda grad, self_shape, dim, index: index_add(zeros_in(self_shape, grad), dim, index, grad),
    written=1,
    doc="The parts along `dim` at the positions that a vector lists; a copy.",
)  # fmt: skip

index_add = op(
    "index_add(self, dim, index: Tensor, source, *, alpha=1)", _index_add, inplace=True, twin="stepwise",
    self=lambda grad: grad,
    source=lambda grad, dim, index, source, alpha: (
        _picked(grad, dim, index, source) if alpha == 1 else times(_picked(grad, dim, index, source), alpha)
    ),
    doc="A copy with alpha times the parts of `source` added at the positions that a vector lists.",
)  # fmt: skip

index_copy = op(
    "index_copy(self, dim, index: Tensor, source)", _index_copy, inplace=True,
    self=lambda grad, dim, index: index_fill(grad, dim, index, 0),
    source=lambda grad, dim, index, source: _picked(grad, dim, index, source),
    doc="A copy with the parts of `source` at the positions that a vector lists.",
)  # fmt: skip

_fill_number = op(
    "index_fill_number(self, dim, index: Tensor, value)", _index_fill, inplace=True, method=False,
    of="index_fill", node="IndexFillBackward0", twin="tolerated filling",
    self=lambda grad, dim, index: index_fill(grad, dim, index, 0),
    doc="A copy with a number at the positions that a vector lists.",
)  # fmt: skip
_fill_number_ = table["index_fill_number"].call_inplace

_fill_tensor = op(
    "index_fill_tensor(self, dim, index: Tensor, value)", _index_fill, inplace=True, method=False,
    of="index_fill", node="IndexFillBackward1", twin="tolerated filling",
    self=lambda grad, dim, index: index_fill(grad, dim, index, 0),
    value=lambda grad, dim, index: grad.index_select(dim, wrap(np.unique(index._array))).sum(),
    doc="A copy with a 0-d tensor at the positions that a vector lists.",
)  # fmt: skip
_fill_tensor_ = table["index_fill_tensor"].call_inplace


@public
def index_fill(self: Tensor, dim: int, index: Tensor, value: Any) -> Tensor:
    """A copy with a number, or a 0-d tensor, at the positions along `dim` that a vector lists."""
    return (_fill_tensor if isinstance(value, Tensor) else _fill_number)(self, dim, index, value)


@public
def index_fill_(self: Tensor, dim: int, index: Tensor, value: Any) -> Tensor:
    """index_fill in place."""
    return (_fill_tensor_ if isinstance(value, Tensor) else _fill_number_)(self, dim, index, value)

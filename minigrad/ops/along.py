"""Picking and placing along one dimension at the positions that a vector lists: index_select and its kin.

Counterpart in PyTorch: aten/src/ATen/native/TensorAdvancedIndexing.cpp.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..op import op, table
from ..tensor import Tensor, checked_dim, wrap
from .gather import _kind, _zeros
from .public import public
from .scalars import times


def _vector(index: np.ndarray, name: str, words: str = "int32 or int64") -> np.ndarray:
    if index.dtype not in (np.int64, np.int32):
        raise RuntimeError(f"{name}(): Expected dtype {words} for index")
    if index.ndim > 1:
        raise IndexError(f"{name}(): Index is supposed to be a vector")
    return index.reshape(-1)


def _along(x: np.ndarray, dim: int, index: Any) -> tuple[Any, ...]:
    return (*(slice(None),) * dim, index)


def _index_select(x: np.ndarray, dim: int, index: np.ndarray) -> np.ndarray:
    dim = checked_dim(dim, x.ndim)
    flat = _vector(index, "index_select")
    n = x.shape[dim] if x.ndim else 1
    outside = flat[(flat < 0) | (flat >= n)]
    if outside.size:
        raise RuntimeError(f"INDICES element is out of DATA bounds, id={outside[0]} axis_dim={n}")
    if not x.ndim:
        if flat.size != 1:
            raise IndexError("index_select(): Index to scalar can have only 1 value, got "
                             f"{flat.size} value(s)")  # fmt: skip
        return x.copy()
    return np.ascontiguousarray(np.take(x, flat, dim))


def _check_source(x: np.ndarray, dim: int, index: np.ndarray, source: np.ndarray, name: str) -> None:
    dim = checked_dim(dim, x.ndim)
    if source.dtype != x.dtype:
        raise RuntimeError(
            f"{name}(): self ({_kind(x)}) and source ({_kind(source)}) must have the same "
            f"{'scalar type' if name == 'index_add_' else 'dtype'}"
        )
    have = source.shape[dim] if source.ndim else 1
    if index.size != have:
        if name == "index_add_":
            raise RuntimeError(
                f"index_add_(): Number of indices ({index.size}) should be equal to source.size(dim): ({have}), "
                f"for dim: {dim}"
            )
        raise IndexError(
            f"index_copy_(): Number of indices ({index.size}) should be equal to source.size(dim) ({have})"
        )
    for d in range(x.ndim if source.ndim else 0):
        if d != dim and (source.ndim != x.ndim or source.shape[d] != x.shape[d]):
            raise RuntimeError(
                f"{name}(): Source/destination tensor must have same slice shapes. Destination slice shape: "
                f"{list(x.shape[:dim] + x.shape[dim + 1 :])} at dimension {dim} and source slice shape: "
                f"{list(source.shape[:dim] + source.shape[dim + 1 :])} at dimension {dim}."
            )


def _bounded(index: np.ndarray, n: int, error: type[Exception], words: str) -> None:
    outside = index[(index < 0) | (index >= n)]
    if outside.size:
        raise error(words.format(index=outside[0], n=n))


def _index_add(x: np.ndarray, dim: int, index: np.ndarray, source: np.ndarray, alpha: Any) -> np.ndarray:
    flat = _vector(index, "index_add_", "int32/int64")
    _check_source(x, dim, flat, source, "index_add_")
    dim = checked_dim(dim, x.ndim)
    found = x.copy()
    target = found.reshape(1) if not x.ndim else found
    if x.ndim > 1:
        where = f"is out of bounds for dimension {dim} with size {{n}}"
        _bounded(flat, target.shape[dim], RuntimeError, "index {index} " + where)
    _bounded(flat, target.shape[dim], IndexError, "index out of range in self")
    values = source if alpha == 1 else source * np.asarray(alpha).astype(x.dtype)
    np.add.at(target, _along(target, dim, flat), values if source.ndim else values.reshape(1))
    return found


def _index_copy(x: np.ndarray, dim: int, index: np.ndarray, source: np.ndarray) -> np.ndarray:
    if index.dtype != np.int64:
        raise IndexError("index_copy_(): Expected a long tensor for index, but got " + _kind(index))
    flat = index.reshape(-1)
    _check_source(x, dim, flat, source, "index_copy_")
    dim = checked_dim(dim, x.ndim)
    found = x.copy()
    target = found.reshape(1) if not x.ndim else found
    _bounded(flat, target.shape[dim], IndexError,
             "index_copy_(): index {index} is out of bounds for dimension " + f"{dim} with size {{n}}")  # fmt: skip
    target[_along(target, dim, flat)] = source if source.ndim else source.reshape(1)
    return found


def _index_fill(x: np.ndarray, dim: int, index: np.ndarray, value: Any) -> np.ndarray:
    if index.dtype != np.int64:
        raise IndexError("index_fill_(): Expected dtype int64 for index.")
    if index.ndim > 1:
        raise IndexError("Index has to be a vector/scalar")
    if isinstance(value, np.ndarray) and value.ndim:
        raise RuntimeError(
            "index_fill_ only supports a 0-dimensional value tensor, but got tensor with "
            f"{value.ndim} dimension(s)."
        )
    dim = checked_dim(dim, x.ndim)
    found = x.copy()
    target = found.reshape(1) if not x.ndim else found
    n, flat = target.shape[dim], index.reshape(-1)
    outside = flat[(flat < -n) | (flat >= n)]
    if outside.size:
        raise IndexError(f"index {outside[0]} is out of bounds for dimension {dim} with size {n}")
    target[_along(target, dim, flat)] = value
    return found


def _picked(grad: Tensor, dim: int, index: Tensor, shape: tuple[int, ...]) -> Tensor:
    """The gradient at the positions that `source`, of this shape, was put to."""
    picked = grad.index_select(dim, index)
    return picked.expand(shape) if shape else picked.reshape(())


index_select = op(
    "index_select(self, dim, index: Tensor)", _index_select,
    self=lambda grad, self_shape, dim, index: index_add(_zeros(self_shape, grad), dim, index, grad),
    doc="The parts along `dim` at the positions that a vector lists; a copy.",
)  # fmt: skip

index_add = op(
    "index_add(self, dim, index: Tensor, source, *, alpha=1)", _index_add, inplace=True,
    self=lambda grad: grad,
    source=lambda grad, dim, index, source_shape, alpha: (
        _picked(grad, dim, index, source_shape) if alpha == 1 else times(_picked(grad, dim, index, source_shape), alpha)
    ),
    doc="A copy with alpha times the parts of `source` added at the positions that a vector lists.",
)  # fmt: skip

index_copy = op(
    "index_copy(self, dim, index: Tensor, source)", _index_copy, inplace=True,
    self=lambda grad, dim, index: index_fill(grad, dim, index, 0),
    source=lambda grad, dim, index, source_shape: _picked(grad, dim, index, source_shape),
    doc="A copy with the parts of `source` at the positions that a vector lists.",
)  # fmt: skip

_fill_number = op(
    "index_fill_number(self, dim, index: Tensor, value)", _index_fill, inplace=True, method=False,
    of="index_fill", node="IndexFillBackward0",
    self=lambda grad, dim, index: index_fill(grad, dim, index, 0),
    doc="A copy with a number at the positions that a vector lists.",
)  # fmt: skip
_fill_number_ = table["index_fill_number"].call_inplace

_fill_tensor = op(
    "index_fill_tensor(self, dim, index: Tensor, value)", _index_fill, inplace=True, method=False,
    of="index_fill", node="IndexFillBackward1",
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

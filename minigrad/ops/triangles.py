"""Diagonals and triangles of matrices, as copies.

Counterpart in PyTorch: aten/src/ATen/native/TriangularOps.cpp, TensorShape.cpp.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import dtypes
from ..op import op
from ..strides import by_rows, empty_strided
from ..tensor import Tensor, checked_dim
from .copies import contiguous
from .create import check_rest, checked_dtype, leaf
from .filled import zeros_in
from .public import explained, public
from .shape import view
from .slices import diagonal_array, on_diagonal, select, select_array, slice_, sliced
from .view_copies import diagonal_copy


def _triangle(x: np.ndarray, diagonal: int, lower: bool) -> np.ndarray:
    if x.ndim < 2:
        raise RuntimeError(f"{'tril' if lower else 'triu'}: input tensor must have at least 2 dimensions")
    return np.tril(x, diagonal) if lower else np.triu(x, diagonal)


tril = op(
    "tril(self, diagonal=0)", by_rows(lambda x, diagonal: _triangle(x, diagonal, True)), inplace=True,
    self=lambda grad, diagonal: grad.tril(diagonal),
    doc="The matrices with zeros above a diagonal.",
)  # fmt: skip

triu = op(
    "triu(self, diagonal=0)", by_rows(lambda x, diagonal: _triangle(x, diagonal, False)), inplace=True,
    self=lambda grad, diagonal: grad.triu(diagonal),
    doc="The matrices with zeros below a diagonal.",
)  # fmt: skip


def _embedded(x: np.ndarray, offset: int, dim1: int, dim2: int) -> np.ndarray:
    ndim = x.ndim + 1
    d1, d2 = checked_dim(dim1, ndim), checked_dim(dim2, ndim)
    if d1 == d2:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    shape = list(x.shape[:-1])
    for d in sorted((d1, d2)):
        shape.insert(d, x.shape[-1] + abs(offset))
    return on_diagonal(x, tuple(shape), offset, d1, d2)


diag_embed = op(
    "diag_embed(self, offset=0, dim1=-2, dim2=-1)", _embedded,
    self=lambda grad, offset, dim1, dim2: grad.diagonal(offset, dim1, dim2),
    doc="Matrices of zeros, with the last dimension on a diagonal.",
)  # fmt: skip


@public
def diag(self: Tensor, diagonal: int = 0) -> Tensor:
    """Of a vector the matrix with it on a diagonal; of a matrix its diagonal."""
    ndim = self._array.ndim
    if ndim not in (1, 2):
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {ndim}D")
    return diag_embed(self, diagonal) if ndim == 1 else diagonal_copy(self, diagonal, 0, 1)


@public
def diagflat(self: Tensor, offset: int = 0) -> Tensor:
    """The matrix with all elements on a diagonal."""
    return diag(view(contiguous(self), (-1,)), offset)


def _indices(
    name: str, row: int, col: int, find: Any, offset: int, dtype: Any, rest: dict[str, Any]
) -> Tensor:
    check_rest(name, rest)
    for what, n in (("row", row), ("col", col)):
        if n < 0:
            raise RuntimeError(f"{what} must be non-negative, got{n}")
    kind = checked_dtype(dtype, name) or dtypes.int64
    if kind not in (dtypes.int64, dtypes.int32):
        raise NotImplementedError(f"\"{name}\" not implemented for '{kind.scalar_type}'")
    return leaf(np.stack(find(row, offset, col)).astype(kind.numpy))


@explained
def tril_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None, **rest: Any) -> Tensor:
    """The positions of the lower triangle of a matrix, as two rows."""
    return _indices("tril_indices", row, col, np.tril_indices, offset, dtype, rest)


@explained
def triu_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None, **rest: Any) -> Tensor:
    """The positions of the upper triangle of a matrix, as two rows."""
    return _indices("triu_indices", row, col, np.triu_indices, offset, dtype, rest)


# ------------------------------------------------------------------ a part of a copy replaced


def _replace(part: np.ndarray, src: np.ndarray) -> None:
    if part.shape != src.shape:
        raise RuntimeError(
            f"expected src to have a size equal to the slice of self. src size = {list(src.shape)}, "
            f"slice size = {list(part.shape)}"
        )
    part[...] = src


def _copied_alike(x: np.ndarray) -> np.ndarray:
    """A copy by the same strides, gaps and all; row-major where elements share memory."""
    if 0 in x.strides or not x.size:
        return x.copy()
    full = empty_strided(x.shape, tuple([s // x.itemsize for s in x.strides]), x.dtype)
    full[...] = x
    return full


def _put(find: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    """The forward function of an op that replaces the part of x that `find` gives."""

    def forward(x: np.ndarray, src: np.ndarray, *where: int) -> np.ndarray:
        full = _copied_alike(x)
        _replace(find(full, *where), src)
        return full

    return forward


select_scatter = op(
    "select_scatter(self, src, dim, index)", _put(select_array),
    self=lambda grad, src_shape, dim, index: select_scatter(grad, zeros_in(src_shape, grad), dim, index),
    src=lambda grad, dim, index: select(grad, dim, index),
    doc="A copy with `src` at position `index` of dimension `dim`.",
)  # fmt: skip

slice_scatter = op(
    "slice_scatter(self, src, dim=0, start=None, end=None, step=1)", _put(sliced),
    self=lambda grad, src_shape, dim, start, end, step: slice_scatter(
        grad, zeros_in(src_shape, grad), dim, start, end, step
    ),
    src=lambda grad, dim, start, end, step: slice_(grad, dim, start, end, step),
    doc="A copy with `src` in a slice of dimension `dim`.",
)  # fmt: skip

diagonal_scatter = op(
    "diagonal_scatter(self, src, offset=0, dim1=0, dim2=1)", _put(diagonal_array),
    self=lambda grad, src_shape, offset, dim1, dim2: diagonal_scatter(
        grad, zeros_in(src_shape, grad), offset, dim1, dim2
    ),
    src=lambda grad, offset, dim1, dim2: grad.diagonal(offset, dim1, dim2),
    doc="A copy with `src` on a diagonal.",
)  # fmt: skip

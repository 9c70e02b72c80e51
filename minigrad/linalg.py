"""minigrad.linalg: norms, and products under the names that torch.linalg has for them.

Decompositions, inverses and determinants are not here; matrix norms that need singular values neither.
"""

from __future__ import annotations

import math
from typing import Any

from .ops.linalg import matmul
from .ops.products import linalg_cross
from .ops.public import public
from .ops.vector_norm import vector_norm
from .tensor import Tensor

__all__ = ["cross", "diagonal", "matmul", "matrix_norm", "norm", "vecdot", "vector_norm"]


@public(method=False)
def cross(input: Tensor, other: Tensor, *, dim: int = -1) -> Tensor:
    """The cross product along `dim`, which has length 3."""
    return linalg_cross(input, other, dim=dim)


@public(method=False)
def diagonal(A: Tensor, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """The diagonals of matrices, as a view."""
    return A.diagonal(offset, dim1, dim2)


@public(method=False)
def vecdot(x: Tensor, y: Tensor, *, dim: int = -1) -> Tensor:
    """The inner products of vectors along `dim`."""
    kinds = [t.dtype.scalar_type for t in (x, y)]
    if not x.is_floating_point():
        raise RuntimeError(
            f"linalg.vecdot: Expected a floating point or complex tensor as input. Got {kinds[0]}"
        )
    if x.dtype is not y.dtype:
        raise RuntimeError(
            f"linalg.vecdot: Expected x and y to have the same dtype, but found x of type {kinds[0]} and y of type "
            f"{kinds[1]} instead"
        )
    if x.ndim == y.ndim == 1:
        return x.vdot(y)
    return (x * y).sum(dim)


@public(method=False)
def norm(
    A: Tensor, ord: float | str | None = None, dim: Any = None, keepdim: bool = False, *, dtype: Any = None
) -> Tensor:
    """A vector norm, or a matrix norm where `ord` is given for a matrix or for two dimensions.

    Without `ord` the 2-norm of all elements, or along `dim`.
    """
    dims = (dim,) if isinstance(dim, int) else dim
    if ord is None:
        return vector_norm(A, 2, dims, keepdim, dtype=dtype)
    if dims is None and A.ndim not in (1, 2):
        raise RuntimeError(
            f"linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got {A.ndim}D."
        )
    if isinstance(ord, str) or (len(dims) == 2 if dims is not None else A.ndim == 2):
        return matrix_norm(A, ord, dims or (0, 1), keepdim, dtype=dtype)
    return vector_norm(A, ord, dims, keepdim, dtype=dtype)


@public(method=False)
def matrix_norm(
    A: Tensor, ord: float | str = "fro", dim: Any = (-2, -1), keepdim: bool = False, *, dtype: Any = None
) -> Tensor:
    """The Frobenius norm of matrices, or the largest sum of sizes of a column or row.

    ord: 1 and inf for the largest column and row, -1 and -inf for the smallest. NotImplementedError for
    "nuc", 2 and -2, which need singular values.
    """
    if not isinstance(dim, (tuple, list)):
        raise TypeError(f"matrix_norm(): argument 'dim' must be tuple of ints, not {type(dim).__name__}")
    if len(dim) != 2:
        raise RuntimeError(f"linalg.matrix_norm: dim must be a 2-tuple. Got {', '.join(map(str, dim))}")
    if A.ndim < 2:
        raise RuntimeError("linalg.matrix_norm: The input tensor A must have at least 2 dimensions.")
    if ord == "fro":
        return vector_norm(A, 2, dim, keepdim, dtype=dtype)
    if ord in ("nuc", 2, -2):
        raise NotImplementedError(
            f"matrix_norm(): ord={ord!r} needs singular values, which are not supported"
        )
    if isinstance(ord, str) or abs(ord) not in (1, math.inf):
        raise RuntimeError(f"linalg.matrix_norm: Order {ord} not supported.")
    ndim = A.ndim
    summed, picked = (d % ndim for d in dim) if abs(ord) == 1 else (d % ndim for d in reversed(tuple(dim)))
    if picked > summed and not keepdim:
        picked -= 1
    sums = (A if dtype is None else A.to(dtype)).abs().sum(summed, keepdim)
    return sums.amax(picked, keepdim) if ord > 0 else sums.amin(picked, keepdim)

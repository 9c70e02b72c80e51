"""tensordot, inner, kron, cross: what is made of products.

Counterpart in PyTorch: tensordot in aten/src/ATen/native/Linear.cpp, the others in LinearAlgebra.cpp.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..dtypes import scalar_type
from ..op import op
from ..tensor import Tensor, checked_dim
from .copies import contiguous
from .linalg import dot, matmul, mm
from .precision import no_bools
from .public import public
from .shape import unsafe_view, viewed
from .sizes import real_dim


def tensordot(a: Tensor, b: Tensor, dims: Any = 2) -> Tensor:
    """Products summed over the last `dims` dimensions of a and the first of b, or over two lists of them."""
    if isinstance(dims, (tuple, list)):
        first, second = (list(d) if isinstance(d, (tuple, list)) else [d] for d in dims)
    else:
        dims = dims.item() if isinstance(dims, Tensor) else dims
        if dims < 0:
            raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
        if dims > min(a._array.ndim, b._array.ndim):
            raise RuntimeError(f"tensordot expects dims < ndim_a or ndim_b, but got dims={dims}")
        first, second = list(range(-dims, 0)), list(range(dims))
    if len(first) != len(second):
        raise RuntimeError("both dimension lists should have same length")
    if a.dtype is not b.dtype:
        raise RuntimeError("both inputs should have same dtype")
    first_given, second_given = first, second
    first = [checked_dim(d, a._array.ndim) for d in first]
    second = [checked_dim(d, b._array.ndim) for d in second]
    left, right, inner = a, b, 1
    for i, (d, e) in enumerate(zip(first, second, strict=True)):
        n, m = a._array.shape[d], b._array.shape[e]
        if m == 1:
            left = left.sum((d,), True, dtype=a.dtype)
        elif n == 1:
            right = right.sum((e,), True, dtype=a.dtype)
        elif n != m:
            raise RuntimeError(
                f"contracted dimensions need to match, but first has size {n} in dim {first_given[i]} and second has "
                f"size {m} in dim {second_given[i]}"
            )
        else:
            inner *= n
    ours = [d for d in range(a._array.ndim) if d not in first]
    theirs = [d for d in range(b._array.ndim) if d not in second]
    shape = (*[a._array.shape[d] for d in ours], *[b._array.shape[d] for d in theirs])
    rows = math.prod([a._array.shape[d] for d in ours])
    columns = math.prod([b._array.shape[d] for d in theirs])
    if not ours and not theirs:
        # Everything is summed: one inner product.
        x = left.permute(tuple(first))
        y = right.permute(tuple(second))
        return _as(dot(_as(x, (inner,)), _as(y, (inner,))), shape, always=True)
    x = left.permute((*ours, *first)).reshape((rows, inner))
    y = right.permute((*second, *theirs)).reshape((inner, columns))
    return mm(x, y).reshape(shape)


def _as(t: Tensor, shape: tuple[int, ...], always: bool = False) -> Tensor:
    return t.reshape(shape) if always or t._array.shape != shape else t


@public
def inner(self: Tensor, other: Tensor) -> Tensor:
    """The sum of products over the last dimensions."""
    if not self._array.ndim or not other._array.ndim:
        return self * other
    if self._array.shape[-1] != other._array.shape[-1]:
        raise RuntimeError(
            "inner() the last dimension must match on both input tensors but got shapes "
            f"{list(self._array.shape)} and {list(other._array.shape)}"
        )
    return tensordot(self, other, ([-1], [-1]))


@public
def kron(self: Tensor, other: Tensor) -> Tensor:
    """Each element of self times all of other, as blocks."""
    ndim = max(self._array.ndim, other._array.ndim)
    a = (1,) * (ndim - self._array.ndim) + self._array.shape
    b = (1,) * (ndim - other._array.ndim) + other._array.shape
    left = unsafe_view(self, tuple([n for pair in zip(a, (1,) * ndim, strict=True) for n in pair]))
    right = unsafe_view(other, tuple([n for pair in zip((1,) * ndim, b, strict=True) for n in pair]))
    shape = tuple([n * m for n, m in zip(a, b, strict=True)])
    product = left * right
    if viewed(product._array, shape) is None:
        product = contiguous(product)  # torch refuses here
    return unsafe_view(product, shape)


def chain_matmul(*matrices: Tensor) -> Tensor:
    """The product of several matrices, from left to right."""
    found = matrices[0]
    for other in matrices[1:]:
        found = matmul(found, other)
    return found


def _cross(x: np.ndarray, y: np.ndarray, dim: int) -> np.ndarray:
    if x.ndim != y.ndim:
        raise RuntimeError("linalg.cross: inputs must have the same number of dimensions.")
    given, dim = dim, real_dim(dim, x.ndim)
    if x.shape[dim] != 3 or y.shape[dim] != 3:
        raise RuntimeError(
            f"linalg.cross: inputs dimension {given} must have length 3. Got {x.shape[dim]} and {y.shape[dim]}"
        )
    if x.dtype != y.dtype:
        raise RuntimeError(f"expected scalar type {scalar_type(x)} but found {scalar_type(y)}")
    no_bools(x, "cross")
    return np.ascontiguousarray(np.cross(x, y, axis=dim))


linalg_cross = op(
    "linalg_cross(self, other, *, dim=-1)", _cross, method=False,
    self=lambda grad, other, dim: linalg_cross(other, grad, dim=dim),
    other=lambda grad, self, dim: linalg_cross(grad, self, dim=dim),
    doc="The vectors at right angles to pairs of vectors of three elements.",
)  # fmt: skip


@public
def cross(self: Tensor, other: Tensor, dim: int | None = None) -> Tensor:
    """linalg.cross along `dim`, by default the first dimension of length 3."""
    if dim is None:
        dim = next((d for d, n in enumerate(self._array.shape) if n == 3), None)
        if dim is None:
            raise RuntimeError("no dimension of size 3 in input")
    return linalg_cross(self, other, dim=dim)


def cartesian_prod(*tensors: Tensor) -> Tensor:
    """All combinations of an element of each vector, one a row."""
    from .join import stack
    from .reshape import meshgrid

    for t in tensors:
        if t._array.ndim != 1:
            raise RuntimeError(f"Expect a 1D vector, but got shape {list(t._array.shape)}")
    if len(tensors) == 1:
        return tensors[0]
    return stack([g.flatten() for g in meshgrid(*tensors, indexing="ij")], 1)

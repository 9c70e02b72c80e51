"""Made of joins and differences: block_diag, combinations, diff, trapezoid.

Counterpart in PyTorch: aten/src/ATen/native/TensorShape.cpp (block_diag), Itertools.cpp, ReduceOps.cpp
(diff), Integration.cpp. But for block_diag these have no nodes of their own.
"""

from __future__ import annotations

import itertools

import numpy as np

from .. import dtypes
from ..op import op
from ..tensor import Tensor, wrap
from .arithmetic import sub
from .compare import logical_xor
from .join import cat, stack
from .public import public
from .reshape import meshgrid
from .scalars import over, times
from .sizes import real_dim
from .slices import narrow, slice_


def _block_diag(tensors: list[np.ndarray]) -> np.ndarray:
    for i, x in enumerate(tensors):
        if x.ndim > 2:
            raise RuntimeError(
                f"torch.block_diag: Input tensors must have 2 or fewer dimensions. Input {i} has {x.ndim} dimensions"
            )
    shapes = [_as_matrix(x.shape) for x in tensors]
    rows, columns = (sum(s[d] for s in shapes) for d in (0, 1))
    found = np.zeros((rows, columns), dtypes.result_type(tensors).numpy if tensors else np.float32)
    top = left = 0
    for x, (n, m) in zip(tensors, shapes, strict=True):
        found[top : top + n, left : left + m] = x
        top, left = top + n, left + m
    return found if tensors else found.reshape(1, 0)


def _as_matrix(shape: tuple[int, ...]) -> tuple[int, ...]:
    return (1,) * (2 - len(shape)) + shape


def _block_tensors(grad: Tensor, tensors_shape: list[tuple[int, ...]]) -> list[Tensor]:
    """Each tensor gets its own block of the gradient."""
    parts, top, left = [], 0, 0
    for shape in tensors_shape:
        n, m = _as_matrix(shape)
        parts.append(grad[top : top + n, left : left + m].reshape(shape))
        top, left = top + n, left + m
    return parts


_blocks = op(
    "block_diag(tensors)", _block_diag, method=False,
    tensors=_block_tensors,
    doc="Matrices on the diagonal of one matrix, zeros elsewhere.",
)  # fmt: skip


def block_diag(*tensors: Tensor) -> Tensor:
    """Matrices on the diagonal of one matrix, zeros elsewhere; a vector is a row."""
    return _blocks(list(tensors))


@public(method=False)
def combinations(input: Tensor, r: int = 2, with_replacement: bool = False) -> Tensor:
    """All choices of `r` elements of a vector, in order, one a row."""
    n = input._array.shape
    if len(n) != 1:
        raise RuntimeError(f"Expect a 1D vector, but got shape {list(n)}")
    if r < 0:
        raise RuntimeError(f"Expect a non-negative number, but got {r}")
    if not r:
        return wrap(np.empty(0, input._array.dtype))
    grids = meshgrid(*[input] * r, indexing="ij")
    places = np.indices(n * r)
    compare = np.less_equal if with_replacement else np.less
    mask = np.logical_and.reduce([compare(a, b) for a, b in itertools.pairwise(places)])
    kept = wrap(np.broadcast_to(mask, n * r).astype(np.bool_))
    return stack([grid.masked_select(kept) for grid in grids], 1)


@public
def diff(
    self: Tensor, n: int = 1, dim: int = -1, prepend: Tensor | None = None, append: Tensor | None = None
) -> Tensor:
    """The differences of neighbours along `dim`, taken n times; of bools whether they differ.

    prepend, append: what comes before and after, of the same shape but along `dim`.
    """
    if not self._array.ndim:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    for other in (prepend, append):
        if other is not None and other._array.ndim != self._array.ndim:
            raise RuntimeError("diff expects prepend or append to be the same dimension as input")
    if n < 0:
        raise RuntimeError(f"order must be non-negative but got {n}")
    if not n:
        return wrap(np.zeros_like(self._array)).copy_(self)
    parts = [t for t in (prepend, self, append) if t is not None]
    found = cat(parts, dim) if len(parts) > 1 else self
    dim = real_dim(dim, found._array.ndim)
    difference = logical_xor if found._array.dtype == np.bool_ else sub
    for _ in range(min(n, found._array.shape[dim])):
        length = max(found._array.shape[dim] - 1, 0)
        found = difference(
            narrow(found, dim, min(1, found._array.shape[dim]), length), narrow(found, dim, 0, length)
        )
    return found


@public(method=False)
def trapezoid(y: Tensor, x: Tensor | None = None, *, dx: float = 1, dim: int = -1) -> Tensor:
    """The integral along `dim` by the trapezoidal rule, of points `dx` apart or at `x`."""
    dim = real_dim(dim, y._array.ndim)
    if not y._array.shape[dim]:
        return wrap(np.zeros(y._array.shape[:dim] + y._array.shape[dim + 1 :], y._array.dtype))
    if x is None:
        ends = y.select(dim, 0) + y.select(dim, -1)
        return times(y.sum(dim) - times(ends, 0.5), dx)
    return _half(_areas(y, x, dim, "trapezoid").sum(dim))


@public(method=False)
def cumulative_trapezoid(y: Tensor, x: Tensor | None = None, *, dx: float = 1, dim: int = -1) -> Tensor:
    """The integrals along `dim` up to each point, by the trapezoidal rule."""
    dim = real_dim(dim, y._array.ndim)
    if x is not None:
        return _half(_areas(y, x, dim, "cumulative_trapezoid").cumsum(dim))
    left, right = slice_(y, dim, 0, -1, 1), slice_(y, dim, 1, None, 1)
    return times(left + right, dx / 2.0).cumsum(dim)


def _half(t: Tensor) -> Tensor:
    return over(t if t.is_floating_point() else t.to(dtypes.get_default_dtype()), 2)


def _areas(y: Tensor, x: Tensor, dim: int, name: str) -> Tensor:
    """Twice the area between neighbours."""
    if np.bool_ in (x._array.dtype, y._array.dtype):
        which = "y" if y._array.dtype == np.bool_ else "x"
        raise RuntimeError(f"{name}: received a bool input for `{which}`, but bool is not supported")
    n = y._array.shape[dim]
    if x._array.ndim == 1 and x._array.shape[0] != n:
        raise RuntimeError("There must be one `x` value for each sample point")
    if x._array.ndim == 1:
        x = x.view([n if d == dim else 1 for d in range(y._array.ndim)])
    elif x._array.ndim < y._array.ndim:
        x = x.view((1,) * (y._array.ndim - x._array.ndim) + x._array.shape)
    width = slice_(x, dim, 1, None, 1) - slice_(x, dim, 0, -1, 1)
    return (slice_(y, dim, 0, -1, 1) + slice_(y, dim, 1, None, 1)) * width


trapz = trapezoid

"""The p-norm of tensors, the distance by it, and tensors scaled down to it.

Counterpart in PyTorch: aten/src/ATen/native/LinearAlgebra.cpp, Distance.cpp and RenormKernel.cpp.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import dtypes
from ..op import op
from ..strides import by_rows
from ..tensor import Tensor, checked_dim, wrap
from .arithmetic import no_bools_in_sub, plus, times
from .dims import cast, count, normal_dims, restored, saved_dims, wide
from .masks import where
from .precision import floating
from .public import must_be_tensor, public, tensors_only


def _norm(x: np.ndarray, ord: float, dim: Any, keepdim: bool, dtype: dtypes.dtype | None) -> np.ndarray:
    if x.dtype.kind != "f":
        raise RuntimeError(
            f"linalg.vector_norm: Expected a floating point or complex tensor as input. Got {dtypes.scalar_type(x)}"
        )
    x = cast(x, dtype)
    dims = normal_dims(dim, x.ndim)
    size = np.abs(wide(x))
    if not count(x.shape, dims) and (ord == math.inf or ord < 0):
        raise RuntimeError(
            f"linalg.vector_norm cannot compute the {ord} norm on an empty tensor because the operation does not "
            "have an identity"
        )
    if ord == 0:
        found = np.add.reduce(size != 0, axis=dims, keepdims=keepdim, dtype=size.dtype)
    elif ord == 1:
        found = np.add.reduce(size, axis=dims, keepdims=keepdim)
    elif ord == 2:
        found = np.sqrt(np.add.reduce(size * size, axis=dims, keepdims=keepdim))
    elif ord == math.inf:
        found = np.maximum.reduce(size, axis=dims, keepdims=keepdim)
    elif ord == -math.inf:
        found = np.minimum.reduce(size, axis=dims, keepdims=keepdim)
    else:
        with np.errstate(all="ignore"):
            power = size.dtype.type(ord)
            found = np.add.reduce(size**power, axis=dims, keepdims=keepdim) ** (size.dtype.type(1) / power)
    return np.asarray(found).astype(x.dtype, copy=False)


def _norm_self(
    grad: Tensor, self: Tensor, ord: float, dim: Any, keepdim: bool, result: Tensor
) -> Tensor | None:
    """The formulas of norm_backward in FunctionsManual.cpp: 0 where the norm is 0."""
    shape = self._array.shape
    self = self.to(grad.dtype)
    grad, result = restored(grad, shape, dim, keepdim), restored(result, shape, dim, keepdim)
    if ord == 0:
        return None  # as torch: nothing, rather than zeros
    if ord == 1:
        return self.sgn() * grad
    if ord == 2:
        return grad * (self / result).masked_fill(result == 0, 0.0)
    if ord in (math.inf, -math.inf):
        hit = wrap((np.abs(self._array) == result._array) | np.isnan(self._array))
        every = tuple(range(len(shape))) if normal_dims(dim, len(shape)) is None else dim
        return self.sgn() * ((grad / hit.sum(every, True)) * hit)
    if ord < 1:
        scaled = self.sgn() * self.abs().pow(ord - 1).masked_fill(self == 0, 0.0)
        return scaled * grad * result.pow(1 - ord)
    if ord < 2:
        scaled = self.sgn() * self.abs().pow(ord - 1)
        return scaled * (grad / result.pow(ord - 1)).masked_fill(result == 0, 0.0)
    scaled = self * self.abs().pow(ord - 2)
    return scaled * (grad / result.pow(ord - 1)).masked_fill(result == 0, 0.0)


_vector_norm = op(
    "linalg_vector_norm(self, ord=2, dim=None, keepdim=False, *, dtype=None)", by_rows(_norm), method=False,
    self=_norm_self,
    doc="(sum of |x|^ord)^(1/ord), of the tensor or along dimensions.",
)  # fmt: skip


@public(method=False)
def vector_norm(
    x: Tensor, ord: float = 2, dim: Any = None, keepdim: bool = False, *, dtype: Any = None
) -> Tensor:
    """(sum of |x|^ord)^(1/ord), torch's linalg.vector_norm; ord: also inf, -inf and 0, how many are not 0."""
    if isinstance(ord, bool) or not isinstance(ord, (int, float)):
        raise TypeError(f"linalg_vector_norm(): argument 'ord' must be Number, not {type(ord).__name__}")
    dim = saved_dims(dim)
    return _vector_norm(must_be_tensor(x, "linalg_vector_norm"), ord, dim or None, keepdim, dtype=dtype)


@public
def norm(
    self: Tensor, p: float | str | None = "fro", dim: Any = None, keepdim: bool = False, dtype: Any = None
) -> Tensor:
    """The p-norm of the elements, of the tensor or along `dim`; "fro", the default, is 2.

    NotImplementedError for the nuclear norm, which needs singular values.
    """
    if p == "nuc":
        raise NotImplementedError("norm(): p='nuc', the nuclear norm, is not supported")
    if isinstance(p, str) and p != "fro":
        raise RuntimeError(f"norm(): p is a number, 'fro' or 'nuc', not {p!r}")
    return vector_norm(self, 2 if p is None or p == "fro" else p, dim, keepdim, dtype=dtype)


def _dist(x: np.ndarray, other: np.ndarray, p: float) -> np.ndarray:
    return _norm(x - other, p, None, False, None)


def _dist_self(grad: Tensor, self: Tensor, other: Tensor, p: float, result: Tensor) -> Tensor:
    found = _norm_self(grad, self - other, p, None, False, result)
    return (self - other) * 0 if found is None else found


_dist_op = op(
    "dist(self, other, p=2)", _dist, promotes="common", method=False, check=no_bools_in_sub,
    self=_dist_self,
    other=lambda grad, self, other, p, result: -_dist_self(grad, self, other, p, result),
    doc="The p-norm of self - other.",
)  # fmt: skip

dist = tensors_only(_dist_op)


# ------------------------------------------------------------------ norms that are kept below a limit


def _other_dims(ndim: int, dim: int) -> tuple[int, ...]:
    return tuple(d for d in range(ndim) if d != dim % ndim)


def _renorm(x: np.ndarray, p: float, dim: int, maxnorm: float) -> np.ndarray:
    if x.ndim < 2:
        raise RuntimeError(f"renorm: input needs at least 2 dimensions, got {x.ndim} dimensions")
    checked_dim(dim, x.ndim)
    if p <= 0:
        raise RuntimeError("renorm: non-positive-norm not supported")
    if maxnorm < 0:
        raise RuntimeError(f"renorm: expected maxnorm to be >= 0 but got {maxnorm}")
    floating(x, "renorm_scale_factor_cpu")
    norm = _norm(wide(x), p, _other_dims(x.ndim, dim), True, None)
    factor = np.where(norm > maxnorm, maxnorm / (norm + 1e-7), 1).astype(norm.dtype)
    return (x * factor).astype(x.dtype)


def _renorm_self(grad: Tensor, self: Tensor, p: float, dim: int, maxnorm: float) -> Tensor:
    dims = _other_dims(self.ndim, dim)
    norm = _vector_norm(self, p, dims, True)
    along = (self * grad).sum(dims, True)
    inverse = plus(norm, 1e-7).reciprocal()
    through = _norm_self(along, self, p, dims, True, norm)
    return where(norm > maxnorm, times(inverse, maxnorm) * (grad - inverse * through), grad)


renorm = op(
    "renorm(self, p, dim, maxnorm)", _renorm, inplace=True, twin="stepwise",
    self=_renorm_self,
    doc="Each slice along `dim` scaled down to the p-norm maxnorm, where it is longer.",
)  # fmt: skip

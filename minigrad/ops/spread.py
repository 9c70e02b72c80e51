"""Variance and standard deviation, and norms."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from .. import dtypes
from ..op import op
from ..strides import by_rows
from ..tensor import Tensor, checked_dim, wrap
from .arithmetic import no_bools_in_sub, plus, times
from .dims import cast, count, flag, normal_dims, restored, saved_dims, wide
from .masks import where
from .precision import floating
from .public import must_be_tensor, public, tensors_only

_UNSET: Any = object()

# ------------------------------------------------------------------ variance


def _var(x: np.ndarray, dim: Any, correction: float | None, keepdim: bool) -> np.ndarray:
    if x.dtype.kind != "f":
        raise RuntimeError("std and var only support floating point and complex dtypes")
    dims = normal_dims(dim, x.ndim)
    n = count(x.shape, dims)
    y = x.astype(np.float64 if x.dtype == np.float32 else wide(x).dtype, copy=False)  # as torch computes it
    with np.errstate(all="ignore"):
        mean = np.add.reduce(y, axis=dims, keepdims=True) / y.dtype.type(n)
        squares = np.add.reduce((y - mean) ** 2, axis=dims, keepdims=keepdim)
        free = builtin_max(n - _correction(correction), 0)
        return np.asarray(squares / y.dtype.type(free))


builtin_max = max


def _correction(correction: float | None) -> float:
    return 1 if correction is None else correction


def _same(found: np.ndarray, x: np.ndarray) -> np.ndarray:
    return found.astype(x.dtype, copy=False)


def _average(x: np.ndarray, dim: Any, keepdim: bool) -> np.ndarray:
    dims = normal_dims(dim, x.ndim)
    y = wide(x)
    return np.asarray(np.add.reduce(y, axis=dims, keepdims=keepdim) / y.dtype.type(count(x.shape, dims)))


def _centred(self: Tensor, dim: Any) -> Tensor:
    return self - (self.mean() if dim is None else self.mean(dim, True))


def _var_self(grad: Tensor, self: Tensor, dim: Any, correction: float | None, keepdim: bool) -> Tensor:
    """2 / (n - correction) times the distance from the mean."""
    shape = self._array.shape
    free = count(shape, normal_dims(dim, len(shape))) - _correction(correction)
    slope = 2 / free if free > 0 else math.inf if free == 0 else 2 / free
    return times(restored(grad, shape, dim, keepdim), slope) * _centred(self, dim)


def _std_self(
    grad: Tensor, self: Tensor, dim: Any, correction: float | None, keepdim: bool, result: Tensor
) -> Tensor:
    through = (grad / times(result, 2)).masked_fill(result == 0, 0.0)
    return _var_self(through, self, dim, correction, keepdim)


def _mean_self(grad: Tensor, self: Tensor, dim: Any, keepdim: bool) -> Tensor:
    shape = self._array.shape
    n = count(shape, normal_dims(dim, len(shape)))
    return restored(grad, shape, dim, keepdim).expand(shape) / n


_var_op = op(
    "var(self, dim=None, *, correction=None, keepdim=False)",
    by_rows(lambda x, dim, correction, keepdim: _same(_var(x, dim, correction, keepdim), x)), method=False,
    self=_var_self,
    doc="The mean squared distance from the mean, of n - correction degrees of freedom.",
)  # fmt: skip
_std_op = op(
    "std(self, dim=None, *, correction=None, keepdim=False)",
    by_rows(lambda x, dim, correction, keepdim: _same(np.sqrt(_var(x, dim, correction, keepdim)), x)), method=False,
    self=_std_self,
    doc="The square root of the variance.",
)  # fmt: skip
_var_mean_op = op(
    "var_mean(self, dim=None, *, correction=None, keepdim=False) -> variance, average",
    by_rows(lambda x, dim, correction, keepdim: (
        _same(_var(x, dim, correction, keepdim), x), _same(_average(x, dim, keepdim), x)
    )),
    method=False,
    self=lambda grads, self, dim, correction, keepdim: _var_self(grads[0], self, dim, correction, keepdim)
    + _mean_self(grads[1], self, dim, keepdim),
    doc="Variance and mean.",
)  # fmt: skip
_std_mean_op = op(
    "std_mean(self, dim=None, *, correction=None, keepdim=False) -> deviation, average",
    by_rows(lambda x, dim, correction, keepdim: (
        _same(np.sqrt(_var(x, dim, correction, keepdim)), x), _same(_average(x, dim, keepdim), x)
    )),
    method=False,
    self=lambda grads, self, dim, correction, keepdim, deviation: _std_self(
        grads[0], self, dim, correction, keepdim, deviation
    ) + _mean_self(grads[1], self, dim, keepdim),
    doc="Standard deviation and mean.",
)  # fmt: skip


def _spread(
    entry: Any, name: str, self: Tensor, dim: Any, unbiased: Any, keepdim: Any, correction: Any
) -> Any:
    """The entry with torch's two ways to say the correction: `unbiased` (1 or 0), or a number."""
    if isinstance(dim, (bool, np.bool_)):
        dim, unbiased = None, dim  # var(False): the only argument is `unbiased`
    if unbiased is not None and correction is not _UNSET:
        raise TypeError(f"{name}(): give 'unbiased' or 'correction', not both")
    if unbiased is not None:
        correction = int(flag(unbiased, "unbiased", name))
    if correction is _UNSET:
        correction = None if dim is None else 1
    dim = saved_dims(dim)
    shape = self._array.shape
    free = count(shape, normal_dims(dim or None, len(shape))) - _correction(correction)
    if free <= 0 and self.is_floating_point():
        warnings.warn(
            f"{name}(): degrees of freedom is <= 0. Correction should be strictly less than the reduction factor "
            "(input numel divided by output numel).",
            stacklevel=3,
        )
    return entry(self, dim or None, correction=correction, keepdim=flag(keepdim, "keepdim", name))


def _spreading(entry: Any, name: str, doc: str) -> Any:
    def function(
        self: Tensor,
        dim: Any = None,
        unbiased: Any = None,
        keepdim: bool = False,
        *,
        correction: Any = _UNSET,
    ) -> Any:
        return _spread(entry, name, self, dim, unbiased, keepdim, correction)

    function.__name__ = name
    function.__doc__ = doc
    return public(function, method=name in ("var", "std"))


var = _spreading(
    _var_op, "var", "The variance, of the tensor or along `dim`, over n - correction (1 by default)."
)
std = _spreading(_std_op, "std", "The standard deviation, of the tensor or along `dim`; see var.")
var_mean = _spreading(_var_mean_op, "var_mean", "The variance and the mean, of the tensor or along `dim`.")
std_mean = _spreading(_std_mean_op, "std_mean", "The standard deviation and the mean; see var.")


# ------------------------------------------------------------------ norms


def _norm(x: np.ndarray, ord: float, dim: Any, keepdim: bool, dtype: dtypes.dtype | None) -> np.ndarray:
    if x.dtype.kind != "f":
        kind = dtypes.scalar_type(x)
        raise RuntimeError(
            f"linalg.vector_norm: Expected a floating point or complex tensor as input. Got {kind}"
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
    "renorm(self, p, dim, maxnorm)", _renorm, inplace=True,
    self=_renorm_self,
    doc="Each slice along `dim` scaled down to the p-norm maxnorm, where it is longer.",
)  # fmt: skip

"""Variance and standard deviation.

Counterpart in PyTorch: std_var_kernel in aten/src/ATen/native/ReduceOps.cpp.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from ..op import op
from ..strides import by_rows
from ..tensor import Tensor
from .arithmetic import times
from .dims import count, flag, normal_dims, restored, saved_dims, wide
from .public import public

_UNSET: Any = object()


def _var(x: np.ndarray, dim: Any, correction: float | None, keepdim: bool) -> np.ndarray:
    if x.dtype.kind != "f":
        raise RuntimeError("std and var only support floating point and complex dtypes")
    dims = normal_dims(dim, x.ndim)
    n = count(x.shape, dims)
    y = x.astype(np.float64 if x.dtype == np.float32 else wide(x).dtype, copy=False)  # as torch computes it
    with np.errstate(all="ignore"):
        mean = np.add.reduce(y, axis=dims, keepdims=True) / y.dtype.type(n)
        squares = np.add.reduce((y - mean) ** 2, axis=dims, keepdims=keepdim)
        free = max(n - _correction(correction), 0)
        return np.asarray(squares / y.dtype.type(free))


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

"""Reductions: many elements become one, of the whole tensor or along dimensions."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from ..op import op
from ..tensor import Tensor, checked_dim
from .shape import cat


def normal_dims(dim: Any, ndim: int) -> tuple[int, ...] | None:
    """The dimensions to reduce, counted from the front; None for all."""
    if dim is None or dim == ():
        return None
    dims = tuple(checked_dim(d, ndim) for d in (dim if isinstance(dim, (tuple, list)) else (dim,)))
    if len(set(dims)) < len(dims):
        twice = next(d for d in dims if dims.count(d) > 1)
        raise RuntimeError(f"dim {twice} appears multiple times in the list of dims")
    return None if not ndim else dims


def expanded(value: Tensor, shape: tuple[int, ...], dim: Any, keepdim: bool) -> Tensor:
    """`value`, which a reduction of a tensor of `shape` gave, stretched back over that shape."""
    dims = normal_dims(dim, len(shape))
    if dims is not None and not keepdim:
        for d in sorted(dims):
            value = value.unsqueeze(d)
    return value.expand(shape)


def _sum(x: np.ndarray, dim: Any, keepdim: bool, dtype: dtypes.dtype | None) -> np.ndarray:
    if dtype is None and x.dtype.kind in "iub":
        dtype = dtypes.int64  # torch sums bools and small integers in int64
    return np.sum(x, axis=normal_dims(dim, x.ndim), keepdims=keepdim, dtype=dtype and dtype.numpy)


def _mean(x: np.ndarray, dim: Any, keepdim: bool, dtype: dtypes.dtype | None) -> np.ndarray:
    kind = dtypes.of(x.dtype) if dtype is None else dtype
    if not kind.is_floating_point:
        name = kind.tensor_type.removesuffix("Tensor")
        raise RuntimeError(
            "mean(): could not infer output dtype. Input dtype must be either a floating point or complex "
            f"dtype. Got: {name}"
        )
    dims = normal_dims(dim, x.ndim)
    total = np.add.reduce(x, axis=dims, keepdims=keepdim, dtype=kind.numpy)
    return np.true_divide(total, np.asarray(_count(x.shape, dims), kind.numpy), out=...)


def _count(shape: tuple[int, ...], dims: tuple[int, ...] | None) -> int:
    return int(np.prod([shape[d] for d in (range(len(shape)) if dims is None else dims)]))


def _mean_self(grad: Tensor, self_shape: tuple[int, ...], dim: Any, keepdim: bool) -> Tensor:
    """Each of n elements has 1/n of the gradient."""
    count = _count(self_shape, normal_dims(dim, len(self_shape)))
    return expanded(grad, self_shape, dim, keepdim) / count


_sum_all = op(
    "sum_all(self, dtype=None)", lambda x, dtype: _sum(x, None, False, dtype), method=False,
    of="sum", node="SumBackward0",
    self=lambda grad, self_shape: grad.expand(self_shape),
    doc="The sum of all elements.",
)  # fmt: skip
_sum_dims = op(
    "sum_dims(self, dim, keepdim=False, dtype=None)", _sum, method=False, of="sum", node="SumBackward1",
    self=lambda grad, self_shape, dim, keepdim: expanded(grad, self_shape, dim, keepdim),
    doc="The sum along dimensions.",
)  # fmt: skip
_mean_all = op(
    "mean_all(self, dtype=None)", lambda x, dtype: _mean(x, None, False, dtype), method=False,
    of="mean", node="MeanBackward0",
    self=lambda grad, self_shape: _mean_self(grad, self_shape, None, False),
    doc="The mean of all elements.",
)  # fmt: skip
_mean_dims = op(
    "mean_dims(self, dim, keepdim=False, dtype=None)", _mean, method=False, of="mean", node="MeanBackward1",
    self=_mean_self,
    doc="The mean along dimensions.",
)  # fmt: skip


def _tuple(dim: Any) -> tuple[int, ...]:
    return tuple(dim) if isinstance(dim, (tuple, list)) else () if dim is None else (dim,)


def sum(self: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The sum of all elements, or along `dim` (an int or several); keepdim keeps these with length 1."""
    if dim is None and not keepdim:
        return _sum_all(self, dtype)
    return _sum_dims(self, _tuple(dim), keepdim, dtype)


def mean(self: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The mean of all elements, or along `dim`. RuntimeError for integers."""
    if dim is None and not keepdim:
        return _mean_all(self, dtype)
    return _mean_dims(self, _tuple(dim), keepdim, dtype)


Tensor.sum, Tensor.mean = sum, mean


# ------------------------------------------------------------------ extremes, products, norms


def _extreme_self(grad: Tensor, self: Tensor, result: Tensor) -> Tensor:
    """Shared evenly among the elements that are the extreme."""
    hit = (self == result).to(grad.dtype)
    return grad * hit / hit.sum()


def _not_empty(x: np.ndarray, name: str) -> np.ndarray:
    if not x.size:
        raise RuntimeError(
            f"{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim "
            "with the 'dim' argument."
        )
    return x


_max_all = op(
    "max_all(self)", lambda x: _not_empty(x, "max").max(), method=False, of="max", node="MaxBackward1",
    self=_extreme_self,
    doc="The largest element.",
)  # fmt: skip
_min_all = op(
    "min_all(self)", lambda x: _not_empty(x, "min").min(), method=False, of="min", node="MinBackward1",
    self=_extreme_self,
    doc="The smallest element.",
)  # fmt: skip


def max(self: Tensor) -> Tensor:
    """The largest element. Its gradient is shared evenly among equals."""
    return _max_all(self)


def min(self: Tensor) -> Tensor:
    """The smallest element. Its gradient is shared evenly among equals."""
    return _min_all(self)


def _prod_self(grad: Tensor, self: Tensor, result: Tensor) -> Tensor:
    """result / self; where an element is 0, the product of all the others."""
    flat = self._array.ravel()
    zeros = np.flatnonzero(flat == 0)
    if not len(zeros):
        return grad * result / self
    if len(zeros) > 1 and not self.requires_grad:
        return grad * self * 0
    # Products of what stands before and after each element, written so that they can be recorded.
    x = self.reshape(-1)
    parts = [_others(x, i) for i in range(flat.size)]
    return grad * cat([p.reshape(1) for p in parts]).reshape(self.shape)


def _others(x: Tensor, i: int) -> Tensor:
    product = x[0] * 0 + 1
    for j in range(x._array.size):
        if j != i:
            product = product * x[j]
    return product


prod = op(
    "prod(self)", lambda x: np.prod(x, dtype=np.int64 if x.dtype.kind in "iub" else None), node="ProdBackward0",
    self=_prod_self,
    doc="The product of all elements.",
)  # fmt: skip

norm = op(
    "norm(self)", lambda x: np.sqrt(np.sum(x * x)), node="LinalgVectorNormBackward0",
    self=lambda grad, self, result: self * (grad / result).masked_fill(result == 0, 0.0),
    doc="The Euclidean norm of all elements.",
)  # fmt: skip


# ------------------------------------------------------------------ along one dimension


cumsum = op(
    "cumsum(self, dim)",
    lambda x, dim: np.cumsum(
        x, axis=checked_dim(dim, x.ndim) if x.ndim else None, dtype=np.int64 if x.dtype.kind in "iub" else None
    ).reshape(x.shape),
    self=lambda grad, dim: grad.flip_cumsum(dim),
    doc="Sums of the elements so far, along `dim`.",
)  # fmt: skip

_flip_cumsum = op(
    "flip_cumsum(self, dim)",
    lambda x, dim: np.flip(np.cumsum(np.flip(x, dim), axis=dim), dim) if x.ndim else x.copy(),
    self=lambda grad, dim: grad.cumsum(dim),
    doc="Sums of the elements from here on, along `dim`.",
)  # fmt: skip


def _softmax(x: np.ndarray, dim: int) -> np.ndarray:
    axis = checked_dim(dim, x.ndim) if x.ndim else None
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def _log_softmax(x: np.ndarray, dim: int) -> np.ndarray:
    axis = checked_dim(dim, x.ndim) if x.ndim else None
    x = x - x.max(axis=axis, keepdims=True)
    return x - np.log(np.exp(x).sum(axis=axis, keepdims=True))


softmax = op(
    "softmax(self, dim)", _softmax,
    self=lambda grad, result, dim: (grad - (grad * result).sum((dim,), True)) * result,
    doc="exp(x) scaled to sum to 1 along `dim`.",
)  # fmt: skip

log_softmax = op(
    "log_softmax(self, dim)", _log_softmax,
    self=lambda grad, result, dim: grad - result.exp() * grad.sum((dim,), True),
    doc="The logarithm of softmax, without its overflows.",
)  # fmt: skip

argmax = op(
    "argmax(self, dim=None, keepdim=False)",
    lambda x, dim, keepdim: np.argmax(x, axis=dim, keepdims=keepdim),
    doc="The position of the largest element, in the flattened tensor or along `dim`.",
)  # fmt: skip

argsort = op(
    "argsort(self, dim=-1, descending=False)",
    lambda x, dim, descending: (
        np.flip(np.argsort(np.flip(x, dim), axis=dim, kind="stable"), dim) * -1 + x.shape[dim] - 1
        if descending
        else np.argsort(x, axis=dim, kind="stable")
    ),
    doc="The positions that would sort the tensor along `dim`.",
)  # fmt: skip

all = op("all(self)", lambda x: np.all(x), doc="Whether every element is true.")
any = op("any(self)", lambda x: np.any(x), doc="Whether some element is true.")

Tensor.max, Tensor.min = max, min

"""Along one dimension: sums so far and their like, softmax and its logarithm."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes, return_types
from ..bare import helper
from ..op import op
from ..strides import by_rows
from ..tensor import Tensor, wrap
from .dims import cast, normal_dims, one_dim, restored, saved_dims, wide
from .filled import zeros_in
from .masks import where
from .pointwise import exp
from .precision import floating
from .public import must_be_tensor, public


def _along(ufunc: np.ufunc, x: np.ndarray, dim: Any, dtype: dtypes.dtype | None) -> np.ndarray:
    x = cast(x, dtype)
    axis = one_dim(dim, x.ndim)
    kept = x.dtype if x.dtype.kind == "f" or dtype is not None else np.dtype(np.int64)
    y = _wider(x)
    found = (ufunc.accumulate(y, axis=axis) if x.ndim else y.copy()).astype(kept, copy=False)
    return np.add(found, 0, out=found) if found.dtype.kind == "f" and ufunc is np.add else found  # no -0.0


def _wider(x: np.ndarray) -> np.ndarray:
    """x as it is accumulated: float32 in float64, the others as in a sum."""
    return x.astype(np.float64) if x.dtype == np.float32 else wide(x)


def _reversed_cumsum(grad: Tensor, dim: int) -> Tensor:
    """The sums of the elements from here on."""
    if grad._array.size <= 1 or grad._array.shape[dim] == 1:
        return grad
    return grad.flip((dim,)).cumsum(dim).flip((dim,))


cumsum = op(
    "cumsum(self, dim, *, dtype=None)", by_rows(lambda x, dim, dtype: _along(np.add, x, dim, dtype)),
    inplace=True, twin="stepwise",
    self=_reversed_cumsum,
    doc="The sums of the elements so far, along `dim`.",
)  # fmt: skip


def _cumprod_self(grad: Tensor, self: Tensor, dim: int, result: Tensor) -> Tensor:
    """Every product that contains an element, divided by it; without a division where some element is 0."""
    if not self._array.ndim or self._array.shape[dim] == 1:
        return grad
    if not self._array.size:
        return wrap(np.zeros_like(grad._array))
    if self._array.all():
        return _reversed_cumsum(result * grad, dim) / self
    from .join import cat

    n = self._array.shape[dim]
    one = wrap(np.ones_like(np.take(self._array, [0], axis=dim)))
    found = wrap(np.zeros_like(grad._array))
    for k in range(n):
        # The products that contain element k, without it.
        others = cat([one, self.narrow(dim, k + 1, n - k - 1)], dim).cumprod(dim)
        if k:
            others = others * self.narrow(dim, 0, k).prod(dim, True)
        found.narrow(dim, k, 1).copy_((grad.narrow(dim, k, n - k) * others).sum(dim, True))
    return found


cumprod = op(
    "cumprod(self, dim, *, dtype=None)", by_rows(lambda x, dim, dtype: _along(np.multiply, x, dim, dtype)),
    inplace=True, twin="stepwise",
    self=_cumprod_self,
    doc="The products of the elements so far, along `dim`.",
)  # fmt: skip


# ------------------------------------------------------------------ extremes so far


def _running_extreme(x: np.ndarray, dim: Any, ufunc: np.ufunc) -> tuple[np.ndarray, np.ndarray]:
    axis = one_dim(dim, x.ndim)
    if not x.ndim:
        return x.copy(), np.zeros((), np.int64)
    values = ufunc.accumulate(x, axis=axis)
    # An element is the extreme so far where it equals it; the last such place counts, as in torch.
    hit = (x == values) | (np.isnan(x) if x.dtype.kind == "f" else False)
    places = np.arange(x.shape[axis]).reshape([-1 if d == axis else 1 for d in range(x.ndim)])
    return values, np.maximum.accumulate(np.where(hit, places, 0), axis=axis).astype(np.int64)


def _running_self(grads: list[Tensor], self: Tensor, indices: Tensor, dim: int) -> Tensor:
    full = zeros_in(self._array.shape, grads[0])
    return full.scatter_add(dim, indices, grads[0]) if self._array.ndim else grads[0]


_cummax = op(
    "cummax(self, dim) -> values, indices", by_rows(lambda x, dim: _running_extreme(x, dim, np.maximum)),
    method=False,
    self=_running_self,
    doc="The largest elements so far along `dim`, and their positions.",
)  # fmt: skip
_cummin = op(
    "cummin(self, dim) -> values, indices", by_rows(lambda x, dim: _running_extreme(x, dim, np.minimum)),
    method=False,
    self=_running_self,
    doc="The smallest elements so far along `dim`, and their positions.",
)  # fmt: skip


@public
def cummax(self: Tensor, dim: int) -> Any:
    """The (values, indices) of the largest elements so far, along `dim`."""
    return return_types.cummax(_cummax(self, dim))


@public
def cummin(self: Tensor, dim: int) -> Any:
    """The (values, indices) of the smallest elements so far, along `dim`."""
    return return_types.cummin(_cummin(self, dim))


# ------------------------------------------------------------------ softmax


def _kernel(name: str, x: np.ndarray, dim: int) -> str:
    return f"{name}{'_lastdim' if one_dim(dim, x.ndim) >= x.ndim - 1 else ''}_kernel_impl"


def _shifted(x: np.ndarray, dim: int) -> tuple[np.ndarray, int | None]:
    """x less its largest element along `dim`, and NumPy's axis for `dim`."""
    axis = dim if x.ndim else None
    return (np.subtract(x, np.maximum.reduce(x, axis, keepdims=True), out=...) if x.size else x), axis


def _softmax(x: np.ndarray, dim: int) -> np.ndarray:
    one_dim(dim, x.ndim)
    if x.dtype.kind != "f" and x.size:  # of nothing it is nothing, whatever the dtype
        floating(x, _kernel("softmax", x, dim))
    y, axis = _shifted(wide(x), dim)
    e = np.exp(y, out=...)
    return np.divide(e, np.add.reduce(e, axis, keepdims=True), out=e).astype(x.dtype, copy=False)


def _log_softmax(x: np.ndarray, dim: int) -> np.ndarray:
    one_dim(dim, x.ndim)
    if x.dtype.kind != "f" and x.size:
        floating(x, _kernel("log_softmax", x, dim))
    y, axis = _shifted(wide(x), dim)
    total = np.add.reduce(np.exp(y, out=...), axis, keepdims=True)
    found = np.subtract(y, np.log(total, out=...), out=...)
    return found if found.dtype is x.dtype else found.astype(x.dtype)


_softmax_op = op(
    "softmax(self, dim)", by_rows(_softmax), method=False,
    self=lambda grad, result, dim: softmax_backward(grad, result, dim),
    doc="exp(x) scaled to sum to 1 along `dim`. NotImplementedError for integers.",
)  # fmt: skip

log_softmax_along = op(
    "log_softmax(self, dim)", by_rows(_log_softmax), method=False,
    self=lambda grad, result, dim: log_softmax_backward(grad, result, dim),
    doc="The logarithm of softmax, without its overflows. NotImplementedError for integers.",
)  # fmt: skip


def _axis(dim: int, x: np.ndarray) -> int | None:
    return dim if x.ndim else None


def _softmax_backward(grad: np.ndarray, output: np.ndarray, dim: int) -> np.ndarray:
    found = np.multiply(grad, output, out=...)
    total = np.add.reduce(found, _axis(dim, grad), keepdims=True)
    return np.subtract(found, np.multiply(output, total, out=...), found)


def _log_softmax_backward(grad: np.ndarray, output: np.ndarray, dim: int) -> np.ndarray:
    share = np.exp(output, out=...)
    np.multiply(share, np.add.reduce(grad, _axis(dim, grad), keepdims=True), share)
    return np.subtract(grad, share, share)


@helper(lambda x, dim: np.add.reduce(wide(x), _axis(dim, x), keepdims=True).astype(x.dtype, copy=False))
def summed(x: Tensor, dim: int) -> Tensor:
    return x.sum((dim,), True)


softmax_backward = op(
    "softmax_backward(self, output, dim)", by_rows(_softmax_backward), method=False, node="SoftmaxBackwardDataBackward0",
    self=lambda grad, output, dim: softmax_backward(grad, output, dim),
    output=lambda grad, self, output, dim: (
        (self - summed(self * output, dim)) * grad - self * summed(grad * output, dim)
    ),
    doc="(grad - sum(grad * output)) * output.",
)  # fmt: skip

log_softmax_backward = op(
    "log_softmax_backward(self, output, dim)", by_rows(_log_softmax_backward), method=False,
    node="LogSoftmaxBackwardDataBackward0",
    self=lambda grad, output, dim: grad - summed(grad * exp(output), dim),
    output=lambda grad, self, output, dim: -grad * summed(self, dim) * exp(output),
    doc="grad - exp(output) * sum(grad).",
)  # fmt: skip


@public
def softmax(self: Tensor, dim: int, dtype: Any = None) -> Tensor:
    """exp(x) scaled to sum to 1 along `dim`. NotImplementedError for integers without a dtype."""
    return _softmax_op(self if dtype is None else self.to(dtype), dim)


@public
def log_softmax(self: Tensor, dim: int, dtype: Any = None) -> Tensor:
    """The logarithm of softmax, without its overflows. NotImplementedError for integers without a dtype."""
    return log_softmax_along(self if dtype is None else self.to(dtype), dim)


# ------------------------------------------------------------------ logsumexp


def _logsumexp(x: np.ndarray, dim: Any, keepdim: bool) -> np.ndarray:
    if x.dtype.kind != "f":
        x = x.astype(dtypes.get_default_dtype().numpy)
    dims = normal_dims(dim, x.ndim)
    y = wide(x)
    most = np.max(y, axis=dims, keepdims=True, initial=-np.inf)
    most = np.where(np.isinf(most), np.zeros((), y.dtype), most)
    total = np.log(np.add.reduce(np.exp(y - most), axis=dims, keepdims=True)) + most
    if not keepdim:
        total = total.reshape(()) if dims is None else total.squeeze(dims)
    return np.asarray(total).astype(x.dtype, copy=False)


def _logsumexp_self(grad: Tensor, self: Tensor, dim: Any, keepdim: bool, result: Tensor) -> Tensor:
    """softmax, computed from the result; no nan where all of a slice is -inf."""
    shape = self._array.shape
    grad, result = restored(grad, shape, dim, keepdim), restored(result, shape, dim, keepdim)
    if np.isinf(result._array).any():
        result = result.masked_fill(result == -np.inf, 0.0)
    return grad * (self - result).exp()


_logsumexp_op = op(
    "logsumexp(self, dim, keepdim=False)", by_rows(_logsumexp), method=False,
    self=_logsumexp_self,
    doc="log(sum(exp(x))) along dimensions, without overflow.",
)  # fmt: skip


@public
def logsumexp(self: Tensor, dim: Any, keepdim: bool = False) -> Tensor:
    """log(sum(exp(x))) along `dim` (an int or several), without overflow."""
    return _logsumexp_op(self, saved_dims(dim), keepdim)


def _logcumsumexp(x: np.ndarray, dim: Any) -> np.ndarray:
    axis = one_dim(dim, x.ndim)
    y = _wider(floating(x, "logcumsumexp_out_cpu"))
    return ((np.logaddexp.accumulate(y, axis=axis) if x.ndim else y) + 0).astype(x.dtype)


def _logcumsumexp_self(grad: Tensor, self: Tensor, dim: int, result: Tensor) -> Tensor:
    """Of the positive and of the negative part of the gradient apart, so that it has logarithms."""
    logs = grad.abs().log()
    nothing = wrap(np.asarray(np.finfo(grad._array.dtype).min))

    def part(where_it_is: Tensor) -> Tensor:
        so_far = (where(where_it_is, logs, nothing) - result).flip((dim,)).logcumsumexp(dim).flip((dim,))
        return (so_far + self).exp()

    return part(grad > 0) - part(grad < 0) if self._array.ndim else grad


logcumsumexp = op(
    "logcumsumexp(self, dim)", by_rows(_logcumsumexp),
    self=_logcumsumexp_self,
    doc="log of the sums of exp(x) so far, along `dim`.",
)  # fmt: skip


@public(method=False)
def softmin(self: Tensor, dim: int, dtype: Any = None) -> Tensor:
    """softmax(-self)."""
    return softmax(-must_be_tensor(self, "softmin"), dim, dtype)

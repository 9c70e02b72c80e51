"""Layer, batch, group, instance and RMS normalisation.

Counterpart in PyTorch: aten/src/ATen/native/layer_norm.cpp, Normalization.cpp, group_norm.cpp. Each of the three
ops keeps the mean and 1 / sqrt(variance + eps) that it found. A backward that is itself recorded works them out
again from the input, since they depend on it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import mode
from ..dtypes import float16, float32
from ..op import op
from ..tensor import Tensor
from .precision import floating, not_differentiable, rounded_once
from .scalars import plus

Dims = tuple[int, ...]


def _statistics(x: np.ndarray, dims: Dims, eps: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x less its mean over `dims`, that mean, and 1 / sqrt(variance + eps)."""
    mean = x.mean(dims, keepdims=True)
    centred = x - mean
    return centred, mean, 1 / np.sqrt(np.mean(centred * centred, dims, keepdims=True) + x.dtype.type(eps))


def _scaled(centred: np.ndarray, rstd: np.ndarray, weight: Any, bias: Any) -> np.ndarray:
    out = np.multiply(centred, rstd, out=...)
    if weight is not None:
        out *= weight
    if bias is not None:
        out += bias
    return out


def _standard(x: Tensor, dims: Dims, mean: Tensor, rstd: Tensor, eps: float) -> tuple[Tensor, Tensor]:
    """The normalised x, and 1 / sqrt(variance + eps); mean and rstd as the forward found them."""
    if mode.local.grad:
        mean = x.mean(dims, keepdim=True)
        rstd = (((x - mean) ** 2).mean(dims, keepdim=True) + eps) ** -0.5
    return (x - mean) * rstd, rstd


def _through(grad: Tensor, standard: Tensor, rstd: Tensor, dims: Dims) -> Tensor:
    """The gradient of x from that of its normalised form: less its mean, less its part along x."""
    mean = grad.mean(dims, keepdim=True)
    along = (grad * standard).mean(dims, keepdim=True)
    return (grad - mean - standard * along) * rstd


# ------------------------------------------------------------------ layer_norm


def _last(normalized_shape: Dims, ndim: int) -> Dims:
    return tuple(range(ndim - len(normalized_shape), ndim))


def _layer_norm(
    x: np.ndarray, normalized_shape: Dims, weight: Any, bias: Any, eps: float
) -> tuple[np.ndarray, ...]:
    floating(x, "LayerNormKernelImpl")
    centred, mean, rstd = _statistics(x, _last(normalized_shape, x.ndim), eps)
    return _scaled(centred, rstd, weight, bias), mean, rstd


def _layer_norm_input(
    grads: list[Tensor],
    input: Tensor,
    normalized_shape: Dims,
    weight: Any,
    result1: Tensor,
    result2: Tensor,
    eps: float,
) -> Tensor:
    dims = _last(normalized_shape, input.ndim)
    standard, rstd = _standard(input, dims, result1, result2, eps)
    return _through(grads[0] if weight is None else grads[0] * weight, standard, rstd, dims)


def _layer_norm_weight(
    grads: list[Tensor], input: Tensor, normalized_shape: Dims, result1: Tensor, result2: Tensor, eps: float
) -> Tensor:
    standard, _ = _standard(input, _last(normalized_shape, input.ndim), result1, result2, eps)
    return grads[0] * standard


native_layer_norm = op(
    "native_layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-5) -> out, result1, result2",
    rounded_once(_layer_norm), method=False,
    input=_layer_norm_input,
    weight=_layer_norm_weight,
    bias=lambda grads: grads[0],
    doc="Mean 0 and variance 1 over the last dimensions, then times weight, plus bias; the mean and 1 / deviation.",
)  # fmt: skip


def layer_norm(
    input: Tensor,
    normalized_shape: Any,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Mean 0 and variance 1 over the last dimensions, of normalized_shape, then times weight, plus bias."""
    shape = _checked_shape(input, normalized_shape)
    for name, t in (("weight", weight), ("bias", bias)):
        if t is not None and t._array.shape != shape:
            raise RuntimeError(
                f"Expected {name} to be of same shape as normalized_shape, but got {name} of shape {list(t.shape)} and "
                f"normalized_shape = {list(shape)}"
            )
        if t is not None and t._array.dtype != input._array.dtype:
            kind = input.dtype.tensor_type.removesuffix("Tensor")
            raise RuntimeError(f"mixed dtype (CPU): expect parameter to have scalar type of {kind}")
    return native_layer_norm(input, shape, weight, bias, eps)[0]


def _checked_shape(input: Tensor, normalized_shape: Any) -> Dims:
    shape = tuple(normalized_shape) if isinstance(normalized_shape, (tuple, list)) else (normalized_shape,)
    if not shape:
        raise RuntimeError(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got "
            "normalized_shape = []"
        )
    if input._array.shape[-len(shape) :] != shape:
        sizes = ", ".join(map(str, shape))
        raise RuntimeError(
            f"Given normalized_shape={list(shape)}, expected input with shape [*, {sizes}], but got input of "
            f"size{list(input.shape)}"
        )
    return shape


# ------------------------------------------------------------------ batch_norm


def _channel(value: Any, ndim: int) -> Any:
    """One value a channel, in the shape that stretches over the other dimensions."""
    return value if value is None else value.reshape((1, -1, *[1] * (ndim - 2)))


def _not_channel(ndim: int) -> Dims:
    return (0, *range(2, ndim))


def _batch_norm(
    x: np.ndarray, weight: Any, bias: Any, running_mean: Any, running_var: Any, training: bool, eps: float
) -> tuple[np.ndarray, ...]:
    floating(x, "batch_norm")
    if training:
        centred, mean, rstd = _statistics(x, _not_channel(x.ndim), eps)
        kept = mean.reshape(-1), rstd.reshape(-1)
    else:
        centred = x - _channel(running_mean, x.ndim)
        rstd = 1 / np.sqrt(_channel(running_var, x.ndim) + x.dtype.type(eps))
        kept = np.empty(0, x.dtype), np.empty(0, x.dtype)
    return _scaled(centred, rstd, _channel(weight, x.ndim), _channel(bias, x.ndim)), *kept


def _batch_standard(
    x: Tensor,
    running_mean: Any,
    running_var: Any,
    training: bool,
    result1: Tensor,
    result2: Tensor,
    eps: float,
) -> tuple[Tensor, Tensor]:
    if training:
        return _standard(x, _not_channel(x.ndim), _channel(result1, x.ndim), _channel(result2, x.ndim), eps)
    rstd = _channel((running_var + eps) ** -0.5, x.ndim)
    return (x - _channel(running_mean, x.ndim)) * rstd, rstd


def _batch_norm_input(
    grads: list[Tensor],
    input: Tensor,
    weight: Any,
    running_mean: Any,
    running_var: Any,
    training: bool,
    result1: Tensor,
    result2: Tensor,
    eps: float,
) -> Tensor:
    standard, rstd = _batch_standard(input, running_mean, running_var, training, result1, result2, eps)
    grad = grads[0] if weight is None else grads[0] * _channel(weight, input.ndim)
    return _through(grad, standard, rstd, _not_channel(input.ndim)) if training else grad * rstd


def _batch_norm_weight(
    grads: list[Tensor],
    input: Tensor,
    running_mean: Any,
    running_var: Any,
    training: bool,
    result1: Tensor,
    result2: Tensor,
    eps: float,
) -> Tensor:
    standard, _ = _batch_standard(input, running_mean, running_var, training, result1, result2, eps)
    return (grads[0] * standard).sum(_not_channel(input.ndim))


native_batch_norm = op(
    "native_batch_norm(input, weight=None, bias=None, running_mean: Tensor=None, running_var: Tensor=None, "
    "training=False, eps=1e-5) -> out, result1, result2",
    rounded_once(_batch_norm), method=False,
    input=_batch_norm_input,
    weight=_batch_norm_weight,
    bias=lambda grads: grads[0].sum(_not_channel(grads[0].ndim)),
    doc="Mean 0 and variance 1 of each channel, or by the running statistics, then times weight, plus bias.",
)  # fmt: skip


def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Mean 0 and variance 1 of each channel (dimension 1) over the batch, then times weight, plus bias.

    training: by the statistics of this batch, which also move the running ones by `momentum`; else by the
    running ones.
    """
    shape = input._array.shape
    if training and len(shape) > 1 and input._array.size == shape[1]:
        raise ValueError(
            f"Expected more than 1 value per channel when training, got input size {input.size()}"
        )
    if training and eps <= 0:
        raise ValueError(f"batch_norm eps must be positive during training, but got {eps}")
    if eps < 0:
        raise ValueError(f"batch_norm eps must be non-negative, but got {eps}")
    channels = shape[1] if len(shape) > 1 else 0
    given = {"running_mean": running_mean, "running_var": running_var, "weight": weight, "bias": bias}
    for name, t in given.items():
        if t is None:
            if name.startswith("running") and not training:
                raise RuntimeError(f"{name} must be defined in evaluation mode")
        elif t.numel() != channels:
            raise RuntimeError(f"{name} should contain {channels} elements not {t.numel()}")
        elif t._array.dtype != input._array.dtype:
            raise RuntimeError("mixed dtype (CPU): all inputs must share same datatype.")
    not_differentiable("native_batch_norm", running_mean=running_mean, running_var=running_var)
    found = native_batch_norm(input, weight, bias, running_mean, running_var, training, eps)
    if training:
        _move(running_mean, running_var, input._array, found[1]._array, momentum)
    return found[0]


def _move(running_mean: Any, running_var: Any, x: np.ndarray, mean: np.ndarray, momentum: float) -> None:
    """The running statistics a step towards those of x. As in torch, no version is counted up."""
    if running_mean is not None:
        array = running_mean._array
        array += (mean - array) * momentum
    if running_var is not None:
        array = running_var._array
        dims = _not_channel(x.ndim)
        array += (x.var(dims, ddof=1, dtype=np.promote_types(x.dtype, np.float32)) - array) * momentum


def instance_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """batch_norm of each sample by itself: as many channels as samples times channels."""
    shape = input._array.shape
    if use_input_stats and int(np.prod(shape[2:])) == 1:
        raise ValueError(f"Expected more than 1 spatial element when training, got input size {input.size()}")
    n, c = shape[:2]
    stats = [None if t is None else t.detach().repeat(n) for t in (running_mean, running_var)]
    scale, shift = (None if t is None else t.repeat(n) for t in (weight, bias))
    flat = input.contiguous().view((1, n * c, *shape[2:]))
    out = batch_norm(flat, *stats, scale, shift, use_input_stats, momentum, eps)
    if use_input_stats:
        for t, moved in zip((running_mean, running_var), stats, strict=True):
            if t is not None:
                t._array[...] = moved._array.reshape(n, c).mean(0)
    return out.view(shape)


# ------------------------------------------------------------------ group_norm


def _group_norm(x: np.ndarray, weight: Any, bias: Any, group: int, eps: float) -> tuple[np.ndarray, ...]:
    floating(x, "GroupNormKernelImpl")
    grouped = x.reshape(x.shape[0], group, int(np.prod(x.shape[1:])) // group)
    centred, mean, rstd = _statistics(grouped, (2,), eps)
    out = (centred * rstd).reshape(x.shape)
    if weight is not None:
        out = out * _channel(weight, x.ndim)
    if bias is not None:
        out = out + _channel(bias, x.ndim)
    return out, mean[..., 0], rstd[..., 0]


def _group_standard(
    x: Tensor, group: int, result1: Tensor, result2: Tensor, eps: float
) -> tuple[Tensor, Tensor]:
    grouped = x.reshape((x._array.shape[0], group, x.numel() // max(x._array.shape[0], 1) // group))
    return _standard(grouped, (2,), result1.unsqueeze(-1), result2.unsqueeze(-1), eps)


def _group_norm_input(
    grads: list[Tensor], input: Tensor, weight: Any, group: int, result1: Tensor, result2: Tensor, eps: float
) -> Tensor:
    standard, rstd = _group_standard(input, group, result1, result2, eps)
    grad = grads[0] if weight is None else grads[0] * _channel(weight, input.ndim)
    return _through(grad.reshape(standard.shape), standard, rstd, (2,)).reshape(input.shape)


def _group_norm_weight(
    grads: list[Tensor], input: Tensor, group: int, result1: Tensor, result2: Tensor, eps: float
) -> Tensor:
    standard, _ = _group_standard(input, group, result1, result2, eps)
    return (grads[0] * standard.reshape(input.shape)).sum(_not_channel(input.ndim))


native_group_norm = op(
    "native_group_norm(input, weight=None, bias=None, group=1, eps=1e-5) -> out, result1, result2",
    rounded_once(_group_norm), method=False,
    input=_group_norm_input,
    weight=_group_norm_weight,
    bias=lambda grads: grads[0].sum(_not_channel(grads[0].ndim)),
    doc="Mean 0 and variance 1 of each group of channels of each sample, then times weight, plus bias.",
)  # fmt: skip


def group_norm(
    input: Tensor,
    num_groups: int,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Mean 0 and variance 1 of each group of channels of each sample, then times weight, plus bias."""
    shape = input._array.shape
    if len(shape) < 2:
        raise RuntimeError(f"Expected at least 2 dimensions for input tensor but received {len(shape)}")
    if shape[1] % num_groups:
        raise RuntimeError(
            "Expected number of channels in input to be divisible by num_groups, but got input of shape "
            f"{list(shape)} and num_groups={num_groups}"
        )
    if input.numel() and input.numel() // num_groups == 1:
        sizes = [shape[0] * shape[1] // num_groups, num_groups, *shape[2:]]
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {sizes}")
    for name, t in (("weight", weight), ("bias", bias)):
        if t is not None and t._array.shape != (shape[1],):
            raise RuntimeError(
                f"Expected {name} to be a vector of size equal to the number of channels in input, but got {name} of "
                f"shape {list(t.shape)} and input of shape {list(shape)}"
            )
    return native_group_norm(input, weight, bias, num_groups, eps)[0]


# ------------------------------------------------------------------ rms_norm


def rms_norm(
    input: Tensor, normalized_shape: Any, weight: Tensor | None = None, eps: float | None = None
) -> Tensor:
    """Divided by the root of the mean square over the last dimensions, then times weight."""
    shape = _checked_shape(input, normalized_shape)
    if eps is None:
        eps = float(np.finfo(input._array.dtype).eps)
    kind = input.dtype
    if kind is float16:  # in float32, and rounded at the end
        input = input.to(float32)
    out = input * plus(input.pow(2).mean(_last(shape, input.ndim), keepdim=True), eps).rsqrt()
    return (out if weight is None else out * weight).to(kind)

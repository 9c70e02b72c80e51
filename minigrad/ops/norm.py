"""Layer, group and RMS normalisation, and what batch_norm.py shares with them.

Counterpart in PyTorch: aten/src/ATen/native/layer_norm.cpp, group_norm.cpp. Each
op keeps the mean and 1 / sqrt(variance + eps) that it found. A backward that is itself recorded works them
out again from the input, since they depend on it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..dtypes import float16, float32
from ..op import op
from ..strides import by_rows
from ..tensor import Tensor
from .norm_backward import (
    How,
    channel,
    layer_norm_bias,
    layer_norm_input,
    layer_norm_weight,
    not_channel,
    standardized,
    through,
)
from .precision import floating, rounded_once
from .public import of_tensors
from .scalars import plus
from .sizes import checked_sizes

Dims = tuple[int, ...]


def statistics(x: np.ndarray, dims: Dims, eps: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x less its mean over `dims`, that mean, and 1 / sqrt(variance + eps)."""
    mean = x.mean(dims, keepdims=True)
    centred = x - mean
    return centred, mean, 1 / np.sqrt(np.mean(centred * centred, dims, keepdims=True) + x.dtype.type(eps))


def scaled(centred: np.ndarray, rstd: np.ndarray, weight: Any, bias: Any) -> np.ndarray:
    out = np.multiply(centred, rstd, out=...)
    if weight is not None:
        out *= weight
    if bias is not None:
        out += bias
    return out


# ------------------------------------------------------------------ layer_norm


def _last(normalized_shape: Dims, ndim: int) -> Dims:
    return tuple(range(ndim - len(normalized_shape), ndim))


def _layer_norm(
    x: np.ndarray, normalized_shape: Dims, weight: Any, bias: Any, eps: float
) -> tuple[np.ndarray, ...]:
    floating(x, "LayerNormKernelImpl")
    centred, mean, rstd = statistics(x, _last(normalized_shape, x.ndim), eps)
    return scaled(centred, rstd, weight, bias), mean, rstd


def _layer_how(x: Tensor, normalized_shape: Dims, eps: float) -> How:
    return How(_last(normalized_shape, x.ndim), channels=False, fixed=False, eps=eps)


native_layer_norm = op(
    "native_layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-5) -> out, result1, result2",
    by_rows(rounded_once(_layer_norm)), method=False,
    # torch keeps the bias as well.
    input=lambda grads, input, normalized_shape, weight, bias, result1, result2, eps: layer_norm_input(
        grads[0], input, result1, result2, _layer_how(input, normalized_shape, eps), weight
    ),
    weight=lambda grads, input, normalized_shape, weight, bias, result1, result2, eps: layer_norm_weight(
        grads[0], input, result1, result2, _layer_how(input, normalized_shape, eps), weight
    ),
    bias=lambda grads, input, normalized_shape, weight, bias, result1, result2, eps: layer_norm_bias(
        grads[0], input, result1, result2, _layer_how(input, normalized_shape, eps), weight
    ),
    doc="Mean 0 and variance 1 over the last dimensions, then times weight, plus bias; the mean and 1 / deviation.",
)  # fmt: skip


def check_mixed(input: Tensor, *parameters: Tensor | None) -> None:
    """RuntimeError, in torch's words, for parameters of another dtype; float16 may have float32 ones."""
    kinds = [t.dtype for t in parameters if t is not None]
    if kinds and kinds[0] is not input.dtype:
        if any(kind is not float32 for kind in kinds):
            raise RuntimeError("mixed dtype (CPU): expect parameter to have scalar type of Float")
        if input.dtype is not float16:
            raise RuntimeError("mixed dtype (CPU): all inputs must share same datatype.")
    elif other := next((kind for kind in kinds if kind is not input.dtype), None):
        names = (kind.scalar_type for kind in (input.dtype, other))
        raise RuntimeError("expected scalar type {} but found {}".format(*names))


@of_tensors("layer_norm")
def layer_norm(
    input: Tensor,
    normalized_shape: Any,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Mean 0 and variance 1 over the last dimensions, of normalized_shape, then times weight, plus bias."""
    shape = _checked_shape(input, checked_sizes("layer_norm", normalized_shape, "normalized_shape", 2))
    for name, t in (("weight", weight), ("bias", bias)):
        if t is not None and t._array.shape != shape:
            raise RuntimeError(
                f"Expected {name} to be of same shape as normalized_shape, but got {name} of shape {list(t.shape)} and "
                f"normalized_shape = {list(shape)}"
            )
    floating(input._array, "LayerNormKernelImpl")
    check_mixed(input, weight, bias)
    return native_layer_norm(input, shape, weight, bias, eps)[0]


def _checked_shape(input: Tensor, shape: Dims, first: str = "*, ") -> Dims:
    if not shape:
        raise RuntimeError(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got "
            "normalized_shape = []"
        )
    if input._array.shape[-len(shape) :] != shape:
        sizes = ", ".join(map(str, shape))
        raise RuntimeError(
            f"Given normalized_shape={list(shape)}, expected input with shape [{first}{sizes}], but got input of "
            f"size{list(input.shape)}"
        )
    return shape


# ------------------------------------------------------------------ group_norm


def _group_norm(x: np.ndarray, weight: Any, bias: Any, group: int, eps: float) -> tuple[np.ndarray, ...]:
    floating(x, "GroupNormKernelImpl")
    grouped = x.reshape(x.shape[0], group, math.prod(x.shape[1:]) // group)
    centred, mean, rstd = statistics(grouped, (2,), eps)
    out = (centred * rstd).reshape(x.shape)
    if weight is not None:
        out = out * channel(weight, x.ndim)
    if bias is not None:
        out = out + channel(bias, x.ndim)
    return out, mean[..., 0], rstd[..., 0]


def _group_standard(
    x: Tensor, group: int, result1: Tensor, result2: Tensor, eps: float
) -> tuple[Tensor, Tensor]:
    grouped = x.reshape((x._array.shape[0], group, x.numel() // max(x._array.shape[0], 1) // group))
    return standardized(grouped, (2,), result1.unsqueeze(-1), result2.unsqueeze(-1), eps)


def _group_norm_input(
    grads: list[Tensor], input: Tensor, weight: Any, group: int, result1: Tensor, result2: Tensor, eps: float
) -> Tensor:
    standard, rstd = _group_standard(input, group, result1, result2, eps)
    grad = grads[0] if weight is None else grads[0] * channel(weight, input.ndim)
    return through(grad.reshape(standard.shape), standard, rstd, (2,)).reshape(input.shape)


def _group_norm_weight(
    grads: list[Tensor], input: Tensor, group: int, result1: Tensor, result2: Tensor, eps: float
) -> Tensor:
    standard, _ = _group_standard(input, group, result1, result2, eps)
    return (grads[0] * standard.reshape(input.shape)).sum(not_channel(input.ndim))


native_group_norm = op(
    "native_group_norm(input, weight=None, bias=None, group=1, eps=1e-5) -> out, result1, result2",
    rounded_once(_group_norm), method=False,
    input=_group_norm_input,
    weight=_group_norm_weight,
    bias=lambda grads: grads[0].sum(not_channel(grads[0].ndim)),
    doc="Mean 0 and variance 1 of each group of channels of each sample, then times weight, plus bias.",
)  # fmt: skip


def check_more_than_one(shape: Dims) -> None:
    """ValueError where there is one value a channel (dimension 1): its variance would be 0."""
    if shape[0] * math.prod(shape[2:]) == 1:
        raise ValueError(
            f"Expected more than 1 value per channel when training, got input size {list(shape)}"
        )


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
    check_more_than_one((shape[0] * shape[1] // num_groups, num_groups, *shape[2:]))
    if num_groups <= 0:
        raise RuntimeError(f"Expected num groups to be greater than 0, got {num_groups}")
    if shape[1] % num_groups:
        raise RuntimeError(
            "Expected number of channels in input to be divisible by num_groups, but got input of shape "
            f"{list(shape)} and num_groups={num_groups}"
        )
    for name, t in (("weight", weight), ("bias", bias)):
        if t is not None and t._array.shape != (shape[1],):
            raise RuntimeError(
                f"Expected {name} to be a vector of size equal to the number of channels in input, but got {name} of "
                f"shape {list(t.shape)} and input of shape {list(shape)}"
            )
    floating(input._array, "GroupNormKernelImpl")
    check_mixed(input, weight, bias)
    return native_group_norm(input, weight, bias, num_groups, eps)[0]


# ------------------------------------------------------------------ rms_norm


def rms_norm(
    input: Tensor, normalized_shape: Any, weight: Tensor | None = None, eps: float | None = None
) -> Tensor:
    """Divided by the root of the mean square over the last dimensions, then times weight."""
    shape = _checked_shape(input, checked_sizes("rms_norm", normalized_shape, "normalized_shape", 2), "*")
    if weight is not None and weight._array.shape != shape:
        raise RuntimeError(
            f"Expected weight to be of same shape as normalized_shape, but got weight of shape {list(weight.shape)} and "
            f"normalized_shape = {list(shape)}"
        )
    floating(input._array, "rms_norm")
    if eps is None:
        eps = float(np.finfo(input._array.dtype).eps)
    kind = input.dtype
    if kind is float16:  # in float32, and rounded at the end
        input = input.to(float32)
    out = input * plus(input.pow(2).mean(_last(shape, input.ndim), keepdim=True), eps).rsqrt()
    return (out if weight is None else out * weight).to(kind)

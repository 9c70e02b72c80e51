"""Batch normalisation and instance normalisation: each channel by itself.

Counterpart in PyTorch: aten/src/ATen/native/Normalization.cpp.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..memory_format import as_suggested
from ..op import op
from ..tensor import Tensor
from .norm import check_mixed, scaled, statistics
from .norm_backward import How, batch_norm_bias, batch_norm_input, batch_norm_weight, channel, not_channel
from .precision import floating, not_differentiable, rounded_once


def _batch_norm(
    x: np.ndarray, weight: Any, bias: Any, running_mean: Any, running_var: Any, training: bool, eps: float
) -> tuple[np.ndarray, ...]:
    floating(x, "batch_norm")
    if training:
        centred, mean, rstd = statistics(x, not_channel(x.ndim), eps)
        kept = mean.reshape(-1), rstd.reshape(-1)
    else:
        centred = x - channel(running_mean, x.ndim)
        rstd = 1 / np.sqrt(channel(running_var, x.ndim) + x.dtype.type(eps))
        kept = np.empty(0, x.dtype), np.empty(0, x.dtype)
    return scaled(centred, rstd, channel(weight, x.ndim), channel(bias, x.ndim)), *kept


def _gradient(
    part: Any,
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
    """What `part`, an op of norm_backward.py, makes of the statistics of the batch or of the running ones."""
    mean, rstd = (result1, result2) if training else (running_mean, (running_var + eps) ** -0.5)
    how = How(not_channel(input.ndim), channels=True, fixed=not training, eps=eps)
    return part(grads[0], input, channel(mean, input.ndim), channel(rstd, input.ndim), how, weight)


def _formula(part: Any) -> Any:
    return lambda grads, input, weight, running_mean, running_var, training, result1, result2, eps: _gradient(
        part, grads, input, weight, running_mean, running_var, training, result1, result2, eps
    )


native_batch_norm = op(
    "native_batch_norm(input, weight=None, bias=None, running_mean: Tensor=None, running_var: Tensor=None, "
    "training=False, eps=1e-5) -> out, result1, result2",
    as_suggested(rounded_once(_batch_norm)), method=False,
    input=_formula(batch_norm_input),
    weight=_formula(batch_norm_weight),
    bias=_formula(batch_norm_bias),
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
    if training:
        if input.ndim > 1 and input._array.size == input._array.shape[1]:
            raise ValueError(
                f"Expected more than 1 value per channel when training, got input size {input.size()}"
            )
        if eps <= 0:
            raise ValueError(f"batch_norm eps must be positive during training, but got {eps}")
    if eps < 0:
        raise ValueError(f"batch_norm eps must be non-negative, but got {eps}")
    return _normalized(input, running_mean, running_var, weight, bias, training, momentum, eps)


def _normalized(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None,
    bias: Tensor | None,
    training: bool,
    momentum: float,
    eps: float,
) -> Tensor:
    if momentum is None:
        raise TypeError("batch_norm(): argument 'momentum' (position 7) must be float, not NoneType")
    channels = input._array.shape[1] if input.ndim > 1 else 0
    given = {"running_mean": running_mean, "running_var": running_var, "weight": weight, "bias": bias}
    for name, t in given.items():
        if t is None:
            if name.startswith("running") and not training:
                raise RuntimeError(f"{name} must be defined in evaluation mode")
        elif t.numel() != channels:
            raise RuntimeError(f"{name} should contain {channels} elements not {t.numel()}")
    if not input.numel():  # there is nothing to normalise
        out = input.clone()
        out = out if weight is None else out * weight[0]
        return out if bias is None else out + bias[0]
    floating(input._array, "batch_norm")
    check_mixed(input, weight, bias, running_mean, running_var)
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
        dims = not_channel(x.ndim)
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
    if use_input_stats and math.prod(shape[2:]) == 1:
        raise ValueError(f"Expected more than 1 spatial element when training, got input size {input.size()}")
    if not use_input_stats and (running_mean is None or running_var is None):
        raise RuntimeError(
            "Expected running_mean and running_var to be defined when use_input_stats is false"
        )
    n, c = shape[:2]
    stats = [None if t is None else t.detach().repeat(n) for t in (running_mean, running_var)]
    scale, shift = (None if t is None else t.repeat(n) for t in (weight, bias))
    flat = input.contiguous().view((1, n * c, *shape[2:]))
    out = _normalized(flat, *stats, scale, shift, use_input_stats, momentum, eps)
    if use_input_stats:
        for t, moved in zip((running_mean, running_var), stats, strict=True):
            if t is not None:
                t._array[...] = moved._array.reshape(n, c).mean(0)
    return out.view(shape)

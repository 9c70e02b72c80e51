"""Losses that compare two tensors of one shape, element by element, and reduce what comes out.

Counterpart in PyTorch: aten/src/ATen/native/Loss.cpp. `reduction` is "none", "mean" or "sum"; inside of the ops
it is torch's number for it, 0, 1 or 2. Those of classes stand in loss_classes.py, those that are made of other ops
in loss_made.py.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ..broadcast import broadcast_shape
from ..op import op
from ..tensor import Tensor
from .precision import floating, not_differentiable, rounded_once

REDUCTIONS = {"none": 0, "mean": 1, "sum": 2}


def number(reduction: str, size_average: bool | None = None, reduce: bool | None = None) -> int:
    """The number of a reduction. ValueError for an unknown one. The old pair of flags wins, with a warning."""
    if size_average is not None or reduce is not None:
        mean = size_average is None or size_average
        reduction = "none" if reduce is not None and not reduce else "mean" if mean else "sum"
        warnings.warn(
            f"size_average and reduce args will be deprecated, please use reduction='{reduction}' instead.",
            UserWarning,
            stacklevel=3,
        )
    if reduction not in REDUCTIONS:
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return REDUCTIONS[reduction]


def reduced(loss: Any, reduction: int) -> Any:
    """The mean or sum of an array or a tensor, or all of it."""
    return loss.mean() if reduction == 1 else loss.sum() if reduction == 2 else loss


def _share(grad: Any, reduction: int, size: int) -> Any:
    """What of the loss's gradient belongs to one of `size` elements."""
    return grad / size if reduction == 1 else grad


# ------------------------------------------------------------------ of the difference alone


def _mse(x: np.ndarray, target: np.ndarray, reduction: int) -> np.ndarray:
    difference = floating(x, "mse_cpu") - target
    return reduced(np.multiply(difference, difference, out=...), reduction)


def _smooth_l1(x: np.ndarray, target: np.ndarray, reduction: int, beta: float) -> np.ndarray:
    if beta < 0:
        raise RuntimeError("smooth_l1_loss does not support negative values for beta.")
    size = np.abs(floating(x, "smooth_l1_cpu") - target)
    return reduced(np.where(size < beta, 0.5 * size * size / beta, size - 0.5 * beta), reduction)


def _huber(x: np.ndarray, target: np.ndarray, reduction: int, delta: float) -> np.ndarray:
    if delta <= 0:
        raise RuntimeError("huber_loss does not support non-positive values for delta.")
    size = np.abs(floating(x, "huber_cpu") - target)
    return reduced(np.where(size < delta, 0.5 * size * size, delta * (size - 0.5 * delta)), reduction)


_mse_loss = op(
    "mse_loss(self, target, reduction)", rounded_once(_mse), promotes="common", method=False,
    self=lambda grad, self, target, reduction: mse_loss_backward(grad, self, target, reduction),
    target=lambda grad, self, target, reduction: mse_loss_backward(grad, target, self, reduction),
    doc="(self - target) squared.",
)  # fmt: skip
mse_loss_backward = op(
    "mse_loss_backward(grad_output, self, target, reduction)",
    rounded_once(lambda g, x, y, reduction: (x - y) * _share(2 * g, reduction, x.size)), method=False,
    node="MseLossBackwardBackward0",
    grad_output=lambda grad, self, target, reduction: mse_loss_backward(grad, self, target, reduction),
    self=lambda grad, grad_output, reduction: _share(2 * grad * grad_output, reduction, grad.numel()),
    target=lambda grad, grad_output, reduction: _share(-2 * grad * grad_output, reduction, grad.numel()),
    doc="The gradient of mse_loss: twice the difference.",
)  # fmt: skip

_smooth_l1_loss = op(
    "smooth_l1_loss(self, target, reduction, beta)", rounded_once(_smooth_l1), method=False,
    self=lambda grad, self, target, reduction, beta: pull(grad, self, target, reduction, 1 / beta, 1.0),
    target=lambda grad, self, target, reduction, beta: pull(grad, target, self, reduction, 1 / beta, 1.0),
    doc="The square of the difference below beta, its size above, joined smoothly.",
)  # fmt: skip
_huber_loss = op(
    "huber_loss(self, target, reduction, delta)", rounded_once(_huber), method=False,
    self=lambda grad, self, target, reduction, delta: pull(grad, self, target, reduction, 1.0, delta),
    target=lambda grad, self, target, reduction, delta: pull(grad, target, self, reduction, 1.0, delta),
    doc="Half the square of the difference below delta, delta times its size above.",
)  # fmt: skip


def _pull(
    g: np.ndarray, x: np.ndarray, y: np.ndarray, reduction: int, slope: float, most: float
) -> np.ndarray:
    return np.clip((x - y) * slope, -most, most) * _share(g, reduction, x.size)


def _pull_slope(
    grad: Tensor, grad_output: Tensor, self: Tensor, target: Tensor, reduction: int, slope: float, most: float
) -> Tensor:
    outside = (self - target).detach().abs() * slope >= most
    return _share((grad * grad_output * slope).masked_fill(outside, 0.0), reduction, grad.numel())


pull = op(
    "pull(grad_output, self, target, reduction, slope, most)", rounded_once(_pull), method=False,
    of="huber_loss_backward", node="HuberLossBackwardBackward0",
    grad_output=lambda grad, self, target, reduction, slope, most: pull(
        grad, self, target, reduction, slope, most
    ),
    self=_pull_slope,
    target=lambda grad, grad_output, self, target, reduction, slope, most: (
        -_pull_slope(grad, grad_output, self, target, reduction, slope, most)
    ),
    doc="The gradient of smooth_l1_loss and huber_loss: slope times the difference, at most `most`.",
)  # fmt: skip


# ------------------------------------------------------------------ of probabilities


def _bce(x: np.ndarray, target: np.ndarray, weight: np.ndarray | None, reduction: int) -> np.ndarray:
    floating(x, "binary_cross_entropy")
    if ((x < 0) | (x > 1)).any():
        raise RuntimeError("all elements of input should be between 0 and 1")
    loss = (target - 1) * np.maximum(np.log1p(-x), -100) - target * np.maximum(np.log(x), -100)
    return reduced(loss if weight is None else loss * weight, reduction)


def _weighted(value: Tensor, weight: Any, reduction: int, size: int) -> Tensor:
    return _share(value if weight is None else value * weight, reduction, size)


def _bce_self(grad: Tensor, self: Tensor, target: Tensor, weight: Any, reduction: int) -> Tensor:
    slope = (self - target) / ((1 - self) * self).clamp(min=1e-12)
    return _weighted(grad * slope, weight, reduction, self.numel())


_bce_loss = op(
    "binary_cross_entropy(self, target, weight: Tensor=None, reduction=1)", rounded_once(_bce), method=False,
    self=_bce_self,
    target=lambda grad, self, target, weight, reduction: _weighted(
        grad * ((-self).log1p() - self.log()), weight, reduction, self.numel()
    ),
    doc="-(target * log(self) + (1 - target) * log(1 - self)), the logarithms not below -100.",
)  # fmt: skip


def _log_sigmoid(x: np.ndarray) -> np.ndarray:
    return np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x)))


def _bce_logits(
    x: np.ndarray, target: np.ndarray, weight: Any, pos_weight: Any, reduction: int
) -> np.ndarray:
    log = _log_sigmoid(floating(x, "log_sigmoid_cpu"))
    factor = 1 if pos_weight is None else (pos_weight - 1) * target + 1
    loss = (1 - target) * x - factor * log
    return reduced(loss if weight is None else loss * weight, reduction)


def _bce_logits_self(
    grad: Tensor, self: Tensor, target: Tensor, weight: Any, pos_weight: Any, reduction: int
) -> Tensor:
    if pos_weight is None:
        slope = self.sigmoid() - target
    else:
        share = pos_weight * target
        slope = (share + 1 - target) * self.sigmoid() - share
    return _weighted(grad * slope, weight, reduction, self.numel())


def _bce_logits_target(
    grad: Tensor, self: Tensor, target: Tensor, weight: Any, pos_weight: Any, reduction: int
) -> Tensor:
    from .activations import logsigmoid

    slope = -self if pos_weight is None else logsigmoid(-self) - pos_weight * logsigmoid(self)
    return _weighted(grad * slope, weight, reduction, target.numel())


_bce_logits_loss = op(
    "binary_cross_entropy_with_logits(self, target, weight: Tensor=None, pos_weight: Tensor=None, reduction=1)",
    rounded_once(_bce_logits), method=False,
    self=_bce_logits_self,
    target=_bce_logits_target,
    doc="binary_cross_entropy of sigmoid(self), without its overflows.",
)  # fmt: skip


def _soft_margin_self(grad: Tensor, self: Tensor, target: Tensor, reduction: int) -> Tensor:
    return _share(-target * grad * (-target * self).sigmoid(), reduction, self.numel())


_soft_margin = op(
    "soft_margin_loss(self, target: Tensor, reduction)",
    rounded_once(lambda x, y, reduction: reduced(np.logaddexp(0, -y * floating(x, "soft_margin_loss")), reduction)),
    method=False,
    self=_soft_margin_self,
    doc="log(1 + exp(-target * self)), for targets 1 and -1.",
)  # fmt: skip


# ------------------------------------------------------------------ the public functions


def expanded(input: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Both in their common shape. UserWarning where their shapes differ."""
    if input._array.shape == target._array.shape:
        return input, target
    warnings.warn(
        f"Using a target size ({target.size()}) that is different to the input size ({input.size()}). This will "
        "likely lead to incorrect results due to broadcasting. Please ensure they have the same size.",
        UserWarning,
        stacklevel=3,
    )
    shape = broadcast_shape((input._array, target._array))
    return tuple(t if t._array.shape == shape else t.expand(shape) for t in (input, target))


def _with_weight(
    function: Callable[[Tensor, Tensor], Tensor], x: Tensor, y: Tensor, weight: Tensor, reduction: int
) -> Tensor:
    """The weighted mean or sum of function(x, y)."""
    if weight._array.shape != x._array.shape:
        raise ValueError("Weights and input must have the same size.")
    loss = function(*expanded(x, y)) * weight
    return loss.sum() / weight.sum() if reduction == 1 else reduced(loss, reduction)


def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """The squared difference."""
    how = number(reduction, size_average, reduce)
    if weight is not None:
        return _with_weight(lambda x, y: (x - y).pow(2), input, target, weight, how)
    return _mse_loss(*expanded(input, target), how)


def l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """The size of the difference."""
    how = number(reduction, size_average, reduce)
    if weight is not None:
        return _with_weight(lambda x, y: (x - y).abs(), input, target, weight, how)
    input, target = expanded(input, target)
    return reduced((input - target).abs(), how)


def _common_dtype(input: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    from ..dtypes import result_type

    kind = result_type((input._array, target._array))
    return input.to(kind), target.to(kind)


def smooth_l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Tensor:
    """Half the squared difference over beta where it is below beta, else its size minus beta / 2."""
    how = number(reduction, size_average, reduce)
    input, target = _common_dtype(*expanded(input, target))
    if beta == 0:
        return reduced((input - target).abs(), how)
    return _smooth_l1_loss(input, target, how, beta)


def huber_loss(
    input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0, weight: Tensor | None = None
) -> Tensor:
    """Half the squared difference where it is below delta, else delta * (its size - delta / 2)."""
    how = number(reduction)
    input_, target_ = _common_dtype(*expanded(input, target))
    if weight is None:
        return _huber_loss(input_, target_, how, delta)
    if weight._array.shape != input._array.shape:
        raise ValueError("Weights and input must have the same size.")
    return reduced(_huber_loss(input_, target_, 0, delta) * weight, how)


def binary_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The cross entropy of probabilities, input, and what was observed, target."""
    how = number(reduction, size_average, reduce)
    if target._array.shape != input._array.shape:
        raise ValueError(
            f"Using a target size ({target.size()}) that is different to the input size ({input.size()}) is "
            "deprecated. Please ensure they have the same size."
        )
    if weight is not None:
        shape = broadcast_shape((target._array, weight._array))
        weight = weight.expand(shape)
    not_differentiable("binary_cross_entropy", weight=weight)
    return _bce_loss(input, target, weight, how)


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """binary_cross_entropy of sigmoid(input). pos_weight: how much more the target's ones count."""
    how = number(reduction, size_average, reduce)
    if target._array.shape != input._array.shape:
        raise ValueError(f"Target size ({target.size()}) must be the same as input size ({input.size()})")
    not_differentiable("binary_cross_entropy_with_logits", weight=weight, pos_weight=pos_weight)
    return _bce_logits_loss(input, target, weight, pos_weight, how)


def soft_margin_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """log(1 + exp(-target * input)), for targets 1 and -1."""
    not_differentiable("soft_margin_loss", target=target)
    return _soft_margin(input, target, number(reduction, size_average, reduce))

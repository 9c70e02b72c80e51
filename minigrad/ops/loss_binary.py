"""Losses of yes and no: binary cross entropy, of probabilities and of logits, and the soft margin.

Counterpart in PyTorch: aten/src/ATen/native/Loss.cpp.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..broadcast import broadcast_shape
from ..op import op
from ..tensor import Tensor
from .activations import logsigmoid
from .loss import number, reduced, share
from .precision import floating, not_differentiable, rounded_once


def _bce(x: np.ndarray, target: np.ndarray, weight: np.ndarray | None, reduction: int) -> np.ndarray:
    floating(x, "binary_cross_entropy")
    if ((x < 0) | (x > 1)).any():
        raise RuntimeError("all elements of input should be between 0 and 1")
    loss = (target - 1) * np.maximum(np.log1p(-x), -100) - target * np.maximum(np.log(x), -100)
    return reduced(loss if weight is None else loss * weight, reduction)


def _weighted(value: Any, weight: Any, reduction: int, size: int) -> Any:
    return share(value if weight is None else value * weight, reduction, size)


def _bce_backward(
    g: np.ndarray, x: np.ndarray, target: np.ndarray, weight: Any, reduction: int
) -> np.ndarray:
    slope = (x - target) / np.maximum((1 - x) * x, 1e-12)
    return _weighted(g * slope, weight, reduction, x.size)


def _bce_curve(
    grad: Tensor, grad_output: Tensor, self: Tensor, target: Tensor, weight: Any, reduction: int
) -> Tensor:
    bend = (self * self - 2 * self * target + target) / ((self + 1e-12) * (1 - self + 1e-12)) ** 2
    return _weighted(bend * grad * grad_output, weight, reduction, self.numel())


_bce_loss = op(
    "binary_cross_entropy(self, target, weight: Tensor=None, reduction=1)", rounded_once(_bce), method=False,
    self=lambda grad, self, target, weight, reduction: bce_backward(grad, self, target, weight, reduction),
    target=lambda grad, self, target, weight, reduction: _weighted(
        grad * ((-self).log1p() - self.log()), weight, reduction, self.numel()
    ),
    doc="-(target * log(self) + (1 - target) * log(1 - self)), the logarithms not below -100.",
)  # fmt: skip
bce_backward = op(
    "binary_cross_entropy_backward(grad_output, self, target, weight: Tensor=None, reduction=1)",
    rounded_once(_bce_backward), method=False, node="BinaryCrossEntropyBackwardBackward0",
    grad_output=lambda grad, self, target, weight, reduction: bce_backward(grad, self, target, weight, reduction),
    self=_bce_curve,
    target=lambda grad, grad_output, self, weight, reduction: _weighted(
        -grad * grad_output / ((1 - self) * self).clamp(min=1e-12), weight, reduction, self.numel()
    ),
    doc="The gradient of binary_cross_entropy.",
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
    slope = -self if pos_weight is None else logsigmoid(-self) - pos_weight * logsigmoid(self)
    return _weighted(grad * slope, weight, reduction, target.numel())


_bce_logits_loss = op(
    "binary_cross_entropy_with_logits(self, target, weight: Tensor=None, pos_weight: Tensor=None, reduction=1)",
    rounded_once(_bce_logits), method=False,
    self=_bce_logits_self,
    target=_bce_logits_target,
    doc="binary_cross_entropy of sigmoid(self), without its overflows.",
)  # fmt: skip


def _soft_margin(x: np.ndarray, target: np.ndarray, reduction: int) -> np.ndarray:
    floating(x, "soft_margin_loss")
    broadcast_shape((x, target))
    return reduced(np.log1p(np.exp(-x * target)), reduction)  # in torch as well it overflows


def _soft_margin_backward(g: np.ndarray, x: np.ndarray, target: np.ndarray, reduction: int) -> np.ndarray:
    size = np.exp(-target * x)
    return -share(target * size, reduction, x.size) / (size + 1) * g


def _soft_margin_curve(
    grad: Tensor, grad_output: Tensor, self: Tensor, target: Tensor, reduction: int
) -> Tensor:
    size = (-target * self).exp()
    return share(grad * grad_output * target * target * size / (size + 1) ** 2, reduction, self.numel())


_soft_margin_loss = op(
    "soft_margin_loss(self, target: Tensor, reduction)", _soft_margin, method=False,
    self=lambda grad, self, target, reduction: soft_margin_backward(grad, self, target, reduction),
    doc="log(1 + exp(-target * self)), for targets 1 and -1.",
)  # fmt: skip
soft_margin_backward = op(
    "soft_margin_loss_backward(grad_output, self, target: Tensor, reduction)", _soft_margin_backward, method=False,
    node="SoftMarginLossBackwardBackward0",
    grad_output=lambda grad, self, target, reduction: soft_margin_backward(grad, self, target, reduction),
    self=_soft_margin_curve,
    doc="The gradient of soft_margin_loss.",
)  # fmt: skip


# ------------------------------------------------------------------ the public functions


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
    return _soft_margin_loss(input, target, number(reduction, size_average, reduce))

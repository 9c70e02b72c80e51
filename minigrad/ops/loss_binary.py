"""Losses of yes and no: binary cross entropy, of probabilities and of logits, and the soft margin.

Counterpart in PyTorch: aten/src/ATen/native/Loss.cpp.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from ..broadcast import broadcast_shape
from ..op import op
from ..size import Size
from ..strides import pointwise
from ..tensor import Tensor
from .activations import logsigmoid
from .loss import common_dtype, number, reduced, share
from .precision import floating, not_differentiable, rounded_once
from .public import told


def _bce(x: np.ndarray, target: np.ndarray, weight: np.ndarray | None, reduction: int) -> np.ndarray:
    if target.dtype != x.dtype:
        found, wanted = (dtypes.scalar_type(a) for a in (target, x))
        raise RuntimeError(f"Found dtype {found} but expected {wanted}")
    floating(x, "binary_cross_entropy")
    for name, a in (("input", x), ("target", target)):
        if not ((a >= 0) & (a <= 1)).all():  # nan is not
            raise RuntimeError(f"all elements of {name} should be between 0 and 1")
    loss = (target - 1) * np.maximum(np.log1p(-x), -100) - target * np.maximum(np.log(x), -100)
    return reduced(pointwise(_times_weight(loss, weight), [x, target]), reduction)


def _times_weight(loss: np.ndarray, weight: np.ndarray | None) -> np.ndarray:
    """The loss times weight, in the dtype and the shape of the loss; torch multiplies in place."""
    if weight is None:
        return loss
    shape = broadcast_shape((loss, weight))
    if shape != loss.shape:
        raise RuntimeError(
            f"output with shape {list(loss.shape)} doesn't match the broadcast shape {list(shape)}"
        )
    return (loss * weight).astype(loss.dtype, copy=False)


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
    if target.dtype.kind == "b":
        raise RuntimeError(
            "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` "
            "operator instead."
        )
    if target.dtype.kind != "f":
        kinds = (dtypes.scalar_type(a) for a in (x, target))
        raise RuntimeError("result type {} can't be cast to the desired output type {}".format(*kinds))
    if pos_weight is not None:
        broadcast_shape((pos_weight, target))
        log = ((pos_weight - 1) * target + 1).astype(target.dtype, copy=False) * log
    return reduced(_times_weight((1 - target) * x - log, weight), reduction)


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
    if x.dtype.kind == "b":
        raise RuntimeError(
            "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use the "
            "`~` or `logical_not()` operator instead."
        )
    if x.dtype.kind != "f":
        kind = dtypes.scalar_type(x)
        raise RuntimeError(f"result type Float can't be cast to the desired output type {kind}")
    product = _times_weight(-x, target)
    return reduced(
        pointwise(np.log1p(np.exp(product)), [x, target]), reduction
    )  # where the product is large, inf, in torch too


def _soft_margin_backward(g: np.ndarray, x: np.ndarray, target: np.ndarray, reduction: int) -> np.ndarray:
    target = target.astype(x.dtype, copy=False)
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


def _common_shape(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    """The shape that two have in common. RuntimeError, as torch's Python code words it, if there is none."""
    found = list(a)
    for back in range(1, len(b) + 1):
        if back > len(a):
            found.insert(0, b[-back])
        elif a[-back] == 1:
            found[-back] = b[-back]
        elif b[-back] not in (1, a[-back]):
            raise RuntimeError(
                f"Attempting to broadcast a dimension of length {b[-back]} at {-back}! Mismatching argument at index 1 had "
                f"{Size(b)}; but expected shape should be broadcastable to {found}"
            )
    return tuple(found)


@told
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
        weight = weight.expand(_common_shape(target._array.shape, weight._array.shape))
    not_differentiable("binary_cross_entropy", weight=weight)
    return _bce_loss(input, target, weight, how)


@told
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
    if input.dtype is not target.dtype and target.is_floating_point():
        input, target = common_dtype(input, target)
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

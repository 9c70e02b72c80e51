"""Losses that compare two tensors of one shape, element by element, and reduce what comes out.

Counterpart in PyTorch: aten/src/ATen/native/Loss.cpp. `reduction` is "none", "mean" or "sum"; inside of the
ops it is torch's number for it, 0, 1 or 2. Those of probabilities stand in loss_binary.py, those of classes
in loss_classes.py, those that are made of other ops in loss_made.py.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import errors
from ..broadcast import broadcast_shape
from ..dtypes import result_type
from ..op import op
from ..strides import pointwise
from ..tensor import Tensor
from .precision import floating, rounded_once
from .public import told
from .scalars import over

REDUCTIONS = {"none": 0, "mean": 1, "sum": 2}


def number(reduction: str, size_average: bool | None = None, reduce: bool | None = None) -> int:
    """The number of a reduction. ValueError for an unknown one. The deprecated flags win, with a warning."""
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


def share(grad: Any, reduction: int, size: int) -> Any:
    """What of the loss's gradient, an array or a tensor, belongs to one of `size` elements."""
    if reduction != 1:
        return grad
    return over(grad, size) if isinstance(grad, Tensor) else grad / size


# ------------------------------------------------------------------ of the difference alone


def _mse(x: np.ndarray, target: np.ndarray, reduction: int) -> np.ndarray:
    difference = floating(x, "mse_cpu") - target
    return reduced(np.multiply(difference, difference, out=...), reduction)


def _smooth_l1(x: np.ndarray, target: np.ndarray, reduction: int, beta: float) -> np.ndarray:
    if beta < 0:
        raise RuntimeError("smooth_l1_loss does not support negative values for beta.")
    size = np.abs(floating(x, "smooth_l1_cpu") - target)
    loss = np.where(size < beta, 0.5 * size * size / beta, size - 0.5 * beta)
    return reduced(pointwise(loss, [x, target]), reduction)


def _huber(x: np.ndarray, target: np.ndarray, reduction: int, delta: float) -> np.ndarray:
    if delta <= 0:
        raise RuntimeError("huber_loss does not support non-positive values for delta.")
    size = np.abs(floating(x, "huber_cpu") - target)
    loss = np.where(size < delta, 0.5 * size * size, delta * (size - 0.5 * delta))
    return reduced(pointwise(loss, [x, target]), reduction)


_mse_loss = op(
    "mse_loss(self, target, reduction)", rounded_once(_mse), promotes="common", method=False,
    number_operands=False,
    self=lambda grad, self, target, reduction: mse_loss_backward(grad, self, target, reduction),
    target=lambda grad, self, target, reduction: mse_loss_backward(grad, target, self, reduction),
    doc="(self - target) squared.",
)  # fmt: skip
mse_loss_backward = op(
    "mse_loss_backward(grad_output, self, target, reduction)",
    rounded_once(lambda g, x, y, reduction: (x - y) * share(2 * g, reduction, x.size)), method=False,
    node="MseLossBackwardBackward0",
    grad_output=lambda grad, self, target, reduction: mse_loss_backward(grad, self, target, reduction),
    self=lambda grad, grad_output, reduction: share(2 * grad * grad_output, reduction, grad.numel()),
    target=lambda grad, grad_output, reduction: share(-2 * grad * grad_output, reduction, grad.numel()),
    doc="The gradient of mse_loss: twice the difference.",
)  # fmt: skip


def _pull(
    g: np.ndarray, x: np.ndarray, y: np.ndarray, reduction: int, slope: float, most: float
) -> np.ndarray:
    return np.clip((x - y) * slope, -most, most) * share(g, reduction, x.size)


def _pull_slope(
    grad: Tensor, grad_output: Tensor, self: Tensor, target: Tensor, reduction: int, slope: float, most: float
) -> Tensor:
    outside = (self - target).detach().abs() * slope >= most
    return share((grad * grad_output * slope).masked_fill(outside, 0.0), reduction, grad.numel())


def _pull_op(loss: str, node: str) -> Callable[..., Tensor]:
    """The backward of smooth_l1_loss and of huber_loss, which are the same with other numbers."""
    pull = op(
        f"{loss}_backward(grad_output, self, target, reduction, slope, most)", rounded_once(_pull), method=False,
        node=node,
        grad_output=lambda grad, self, target, reduction, slope, most: pull(
            grad, self, target, reduction, slope, most
        ),
        self=_pull_slope,
        target=lambda grad, grad_output, self, target, reduction, slope, most: (
            -_pull_slope(grad, grad_output, self, target, reduction, slope, most)
        ),
        doc=f"The gradient of {loss}: slope times the difference, at most `most`.",
    )  # fmt: skip
    return pull


smooth_l1_backward = _pull_op("smooth_l1_loss", "SmoothL1LossBackwardBackward0")
huber_backward = _pull_op("huber_loss", "HuberLossBackwardBackward0")

_smooth_l1_loss = op(
    "smooth_l1_loss(self, target, reduction, beta)", rounded_once(_smooth_l1), method=False,
    self=lambda grad, self, target, reduction, beta: smooth_l1_backward(
        grad, self, target, reduction, 1 / beta, 1.0
    ),
    target=lambda grad, self, target, reduction, beta: smooth_l1_backward(
        grad, target, self, reduction, 1 / beta, 1.0
    ),
    doc="The square of the difference below beta, its size above, joined smoothly.",
)  # fmt: skip
_huber_loss = op(
    "huber_loss(self, target, reduction, delta)", rounded_once(_huber), method=False,
    self=lambda grad, self, target, reduction, delta: huber_backward(grad, self, target, reduction, 1.0, delta),
    target=lambda grad, self, target, reduction, delta: huber_backward(grad, target, self, reduction, 1.0, delta),
    doc="Half the square of the difference below delta, delta times its size above.",
)  # fmt: skip


# ------------------------------------------------------------------ the public functions


def expanded(input: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Both in their common shape. UserWarning where their shapes differ."""
    if input._array.shape == target._array.shape:
        return input, target
    warning = UserWarning(
        f"Using a target size ({target.size()}) that is different to the input size ({input.size()}). This will "
        "likely lead to incorrect results due to broadcasting. Please ensure they have the same size."
    )
    warnings.warn(errors.about(warning, "target shape", input, target), stacklevel=4)
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


@told
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


@told
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


def common_dtype(input: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Both in the dtype that an op of both would answer in."""
    kind = result_type((input._array, target._array))
    return input.to(kind), target.to(kind)


@told
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
    input, target = common_dtype(*expanded(input, target))
    if beta == 0:
        return reduced((input - target).abs(), how)
    return _smooth_l1_loss(input, target, how, beta)


@told
def huber_loss(
    input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0, weight: Tensor | None = None
) -> Tensor:
    """Half the squared difference where it is below delta, else delta * (its size - delta / 2)."""
    how = number(reduction)
    input_, target_ = common_dtype(*expanded(input, target))
    if weight is None:
        return _huber_loss(input_, target_, how, delta)
    if weight._array.shape != input._array.shape:
        raise ValueError("Weights and input must have the same size.")
    return reduced(_huber_loss(input_, target_, 0, delta) * weight, how)

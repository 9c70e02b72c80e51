"""Functions of one tensor, element by element."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..op import op
from ..tensor import Tensor


def _relu(x: np.ndarray, **out: Any) -> np.ndarray:
    return np.maximum(x, 0, **out)


def _tanh_backward(grad: np.ndarray, output: np.ndarray, **out: Any) -> np.ndarray:
    slope = np.multiply(output, output, out=...)
    np.subtract(1, slope, out=slope)
    return np.multiply(grad, slope, out=slope)


def _sigmoid_backward(grad: np.ndarray, output: np.ndarray, **out: Any) -> np.ndarray:
    slope = np.subtract(1, output, out=...)
    np.multiply(slope, output, out=slope)
    return np.multiply(grad, slope, out=slope)


def _gated(grad: np.ndarray, output: np.ndarray, **out: Any) -> np.ndarray:
    return np.multiply(grad, np.greater(output, 0, out=...), **out)


def _sigmoid(x: np.ndarray, **out: Any) -> np.ndarray:
    # tanh does not overflow where exp(-x) would.
    half = np.asarray(0.5, x.dtype)
    return np.multiply(np.tanh(x * half) + 1, half, **out)


exp = op(
    "exp(self)", np.exp, promotes="float", inplace=True,
    self=lambda grad, result: grad * result,
    doc="Elementwise exponential.",
)  # fmt: skip

log = op(
    "log(self)", np.log, promotes="float", inplace=True,
    self=lambda grad, self: grad / self,
    doc="Elementwise natural logarithm.",
)  # fmt: skip

sin = op(
    "sin(self)", np.sin, promotes="float", inplace=True,
    self=lambda grad, self: grad * self.cos(),
    doc="Elementwise sine.",
)  # fmt: skip

cos = op(
    "cos(self)", np.cos, promotes="float", inplace=True,
    self=lambda grad, self: grad * -self.sin(),
    doc="Elementwise cosine.",
)  # fmt: skip

tanh = op(
    "tanh(self)", np.tanh, promotes="float", inplace=True,
    self=lambda grad, result: tanh_backward(grad, result),
    doc="Elementwise hyperbolic tangent.",
)  # fmt: skip

sigmoid = op(
    "sigmoid(self)", _sigmoid, promotes="float", inplace=True,
    self=lambda grad, result: sigmoid_backward(grad, result),
    doc="Elementwise logistic function, 1 / (1 + exp(-x)).",
)  # fmt: skip

sqrt = op(
    "sqrt(self)", np.sqrt, promotes="float", inplace=True,
    self=lambda grad, result: grad / (2 * result),
    doc="Elementwise square root.",
)  # fmt: skip

reciprocal = op(
    "reciprocal(self)", lambda x: np.true_divide(1, x), promotes="float", inplace=True,
    self=lambda grad, result: -grad * (result * result),
    doc="Elementwise 1 / x.",
)  # fmt: skip

abs = op(
    "abs(self)", np.absolute, inplace=True, dunder="__abs__",
    self=lambda grad, self: grad * self.sgn(),
    doc="Elementwise absolute value.",
)  # fmt: skip

sgn = op(
    "sgn(self)", np.sign, inplace=True,
    self=lambda grad: grad * 0,
    doc="Elementwise sign: -1, 0 or 1.",
)  # fmt: skip

sign = op(
    "sign(self)", np.sign, inplace=True,
    self=lambda grad: grad * 0,
    doc="Elementwise sign: -1, 0 or 1.",
)  # fmt: skip

relu = op(
    "relu(self)", _relu, inplace=True,
    self=lambda grad, result: threshold_backward(grad, result),
    doc="Elementwise max(x, 0).",
)  # fmt: skip


tanh_backward = op(
    "tanh_backward(self, output)", _tanh_backward, method=False, node="TanhBackwardBackward0",
    self=lambda grad, output: tanh_backward(grad, output),
    output=lambda grad, self, output: grad * self * output * -2,
    doc="The gradient times 1 - output^2.",
)  # fmt: skip

sigmoid_backward = op(
    "sigmoid_backward(self, output)", _sigmoid_backward, method=False, node="SigmoidBackwardBackward0",
    self=lambda grad, output: sigmoid_backward(grad, output),
    output=lambda grad, self, output: grad * self * (1 - 2 * output),
    doc="The gradient times output * (1 - output).",
)  # fmt: skip

threshold_backward = op(
    "threshold_backward(self, output)", _gated, method=False,
    self=lambda grad, output: threshold_backward(grad, output),
    output=lambda grad: grad * 0,
    doc="The gradient where the result is above 0, else 0.",
)  # fmt: skip


def _clamp(x: np.ndarray, min: Any, max: Any) -> np.ndarray:
    if min is None and max is None:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    if min is not None:
        x = np.maximum(x, np.asarray(min, x.dtype))
    return x if max is None else np.minimum(x, np.asarray(max, x.dtype))


def _clamp_self(grad: Tensor, self: Tensor, min: Any, max: Any) -> Tensor:
    """The gradient passes where min <= self <= max."""
    inside = self == self if min is None else self >= min
    return grad * (inside if max is None else inside & (self <= max))


clamp = op(
    "clamp(self, min=None, max=None)", _clamp, inplace=True, node="ClampBackward1",
    self=_clamp_self,
    doc="Elementwise: not below min, not above max; either may be None.",
)  # fmt: skip

masked_fill = op(
    "masked_fill(self, mask: Tensor, value)",
    lambda x, mask, value: np.where(mask, np.asarray(value, x.dtype), x),
    inplace=True,
    self=lambda grad, mask: grad.masked_fill(mask, 0.0),
    doc="A copy of self with `value`, a number, where the mask is True.",
)  # fmt: skip

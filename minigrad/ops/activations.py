"""Smooth activations: elu, gelu, silu, mish, softplus, log_sigmoid and what is made of them.

Counterpart in PyTorch: aten/src/ATen/native/Activation.cpp. torch computes float16 in float32 and rounds
once; so do these.
"""

from __future__ import annotations

import math

import numpy as np

from ..op import op, table
from ..strides import by_rows
from ..tensor import Tensor
from .errorfunction import erf
from .precision import floating, rounded_once

# ------------------------------------------------------------------ elu


def _elu(x: np.ndarray, alpha: float, scale: float, input_scale: float) -> np.ndarray:
    floating(x, "elu_cpu")
    below = np.expm1(np.minimum(x, 0) * input_scale) * (alpha * scale)
    return np.where(x > 0, x * scale, below)


def _celu(x: np.ndarray, alpha: float) -> np.ndarray:
    if alpha == 0:
        raise RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU")
    return _elu(x, alpha, 1.0, 1 / alpha)


def _inverse(alpha: float) -> float:
    return 1 / float(np.float32(alpha))  # as torch's formula has it, and only there


def _elu_backward(
    g: np.ndarray, x: np.ndarray, alpha: float, scale: float, input_scale: float, is_result: bool
) -> np.ndarray:
    if is_result:
        below = g * input_scale * (x + alpha * scale)
    else:
        below = g * (input_scale * alpha * scale) * np.exp(np.minimum(x, 0) * input_scale)
    return np.where(x <= 0, below, g * scale)  # that way round for nan, as torch


def _elu_curve(
    grad: Tensor,
    grad_output: Tensor,
    self: Tensor,
    alpha: float,
    scale: float,
    input_scale: float,
    is_result: bool,
) -> Tensor:
    """elu's second derivative is 0 above 0."""
    product = grad * grad_output
    if is_result:
        return (product * input_scale).masked_fill(self > 0, 0.0)
    bend = (self.clamp(max=0) * input_scale).exp() * (alpha * scale * input_scale * input_scale)
    return (product * bend).masked_fill(self > 0, 0.0)


def _elu_from_result(grad: Tensor, result: Tensor, alpha: float, scale: float, input_scale: float) -> Tensor:
    if alpha < 0:
        raise RuntimeError(
            "In-place elu backward calculation is triggered with a negative slope which is not supported. This "
            "is caused by calling in-place forward function with a negative slope, please call out-of-place "
            "version instead."
        )
    return elu_backward(grad, result, alpha, scale, input_scale, True)


_elu_out = op(
    "elu(self, alpha=1.0, scale=1.0, input_scale=1.0)", rounded_once(_elu), method=False,
    self=lambda grad, self, alpha, scale, input_scale: elu_backward(
        grad, self, alpha, scale, input_scale, False
    ),
    doc="Elementwise scale * x above 0, else scale * alpha * (exp(input_scale * x) - 1).",
)  # fmt: skip
_elu_ = op(
    "elu_(self, alpha=1.0, scale=1.0, input_scale=1.0)", rounded_once(_elu), method=False, node="EluBackward1",
    self=_elu_from_result,
    doc="elu written into self; the gradient is worked out from the result.",
)  # fmt: skip
_celu_out = op(
    "celu(self, alpha=1.0)", rounded_once(_celu), method=False,
    self=lambda grad, self, alpha: elu_backward(grad, self, alpha, 1.0, _inverse(alpha), False),
    doc="Elementwise x above 0, else alpha * (exp(x / alpha) - 1).",
)  # fmt: skip
_celu_ = op(
    "celu_(self, alpha=1.0)", rounded_once(_celu), method=False,
    node="CeluBackward1",
    self=lambda grad, result, alpha: elu_backward(grad, result, alpha, 1.0, _inverse(alpha), True),
    doc="celu written into self.",
)  # fmt: skip
elu_backward = op(
    "elu_backward(grad_output, self, alpha, scale, input_scale, is_result)", rounded_once(_elu_backward),
    method=False, node="EluBackwardBackward0",
    grad_output=lambda grad, self, alpha, scale, input_scale, is_result: elu_backward(
        grad, self, alpha, scale, input_scale, is_result
    ),
    self=_elu_curve,
    doc="The gradient of elu, from its input or, where is_result, from its result.",
)  # fmt: skip


# ------------------------------------------------------------------ gelu

_ROOT = math.sqrt(2 / math.pi)
_CUBE = 0.044715


def _gelu(x: np.ndarray, approximate: str) -> np.ndarray:
    floating(x, "GeluKernelImpl")
    if approximate == "tanh":
        return 0.5 * x * (1 + np.tanh(_ROOT * (x + _CUBE * x * x * x)))
    if approximate != "none":
        raise RuntimeError("approximate argument must be either none or tanh.")
    return x * (0.5 * (1 + erf(x * math.sqrt(0.5))))


def _gelu_slope(x: np.ndarray, approximate: str) -> np.ndarray:
    if approximate == "tanh":
        t = np.tanh(_ROOT * (x + _CUBE * x * x * x))
        return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * (_ROOT * (1 + 3 * _CUBE * x * x))
    density = np.exp(-0.5 * x * x) * (1 / math.sqrt(2 * math.pi))
    return 0.5 * (1 + erf(x * math.sqrt(0.5))) + x * density


def _gelu_curve(grad: Tensor, grad_output: Tensor, self: Tensor, approximate: str) -> Tensor:
    x = self
    if approximate == "tanh":
        t = (_ROOT * (x + _CUBE * x * x * x)).tanh()
        slope = _ROOT * (1 + 3 * _CUBE * x * x)
        bend = _ROOT * 6 * _CUBE * x
        second = (1 - t * t) * (slope + 0.5 * x * (bend - 2 * t * slope * slope))
    else:
        second = (-0.5 * x * x).exp() * (1 / math.sqrt(2 * math.pi)) * (2 - x * x)
    return grad * grad_output * second


gelu = op(
    "gelu(self, *, approximate='none')", rounded_once(_gelu), method=False,
    self=lambda grad, self, approximate: gelu_backward(grad, self, approximate),
    doc="Elementwise x times the normal distribution function of x; approximate='tanh' for the usual shortcut.",
)  # fmt: skip
gelu_backward = op(
    "gelu_backward(grad_output, self, approximate)",
    rounded_once(lambda g, x, approximate: g * _gelu_slope(x, approximate)),
    method=False, node="GeluBackwardBackward0",
    grad_output=lambda grad, self, approximate: gelu_backward(grad, self, approximate),
    self=_gelu_curve,
    doc="The gradient of gelu.",
)  # fmt: skip


# ------------------------------------------------------------------ silu, mish


def _logistic(x: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(0.5 * x))


def _silu_self(grad: Tensor, self: Tensor) -> Tensor:
    sigmoid = self.sigmoid()
    return grad * sigmoid * (1 + self * (1 - sigmoid))


def _mish_self(grad: Tensor, self: Tensor) -> Tensor:
    t = softplus(self).tanh()
    return grad * (t + self * self.sigmoid() * (1 - t * t))


_silu = op(
    "silu(self)", rounded_once(lambda x: x * _logistic(floating(x, "silu_cpu"))), method=False,
    self=_silu_self,
    doc="Elementwise x * sigmoid(x).",
)  # fmt: skip
_mish = op(
    "mish(self)", rounded_once(lambda x: x * np.tanh(np.logaddexp(0, floating(x, "mish_cpu")))), method=False,
    self=_mish_self,
    doc="Elementwise x * tanh(softplus(x)).",
)  # fmt: skip


# ------------------------------------------------------------------ softplus, log_sigmoid


def _softplus(x: np.ndarray, beta: float, threshold: float) -> np.ndarray:
    floating(x, "softplus_cpu")
    scaled = x * beta
    return np.where(scaled > threshold, x, np.log1p(np.exp(np.minimum(scaled, threshold))) / beta)


def _softplus_backward(g: np.ndarray, x: np.ndarray, beta: float, threshold: float) -> np.ndarray:
    scaled = x * beta
    return np.where(scaled > threshold, g, g * _logistic(scaled))


def _softplus_curve(grad: Tensor, grad_output: Tensor, self: Tensor, beta: float, threshold: float) -> Tensor:
    s = (self * beta).sigmoid()
    return (grad * grad_output * (s * (1 - s) * beta)).masked_fill(self * beta > threshold, 0.0)


softplus = op(
    "softplus(self, beta=1, threshold=20)", rounded_once(_softplus), method=False,
    self=lambda grad, self, beta, threshold: softplus_backward(grad, self, beta, threshold),
    doc="Elementwise log(1 + exp(beta * x)) / beta, and x itself where beta * x is above the threshold.",
)  # fmt: skip
softplus_backward = op(
    "softplus_backward(grad_output, self, beta, threshold)", rounded_once(_softplus_backward), method=False,
    node="SoftplusBackwardBackward0",
    grad_output=lambda grad, self, beta, threshold: softplus_backward(grad, self, beta, threshold),
    self=_softplus_curve,
    doc="The gradient of softplus.",
)  # fmt: skip


def _log_sigmoid(x: np.ndarray) -> np.ndarray:
    floating(x, "log_sigmoid_cpu")
    return np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x)))


def _log_sigmoid_curve(grad: Tensor, grad_output: Tensor, self: Tensor) -> Tensor:
    s = self.sigmoid()
    return -(grad * grad_output) * (s * (1 - s))


logsigmoid = op(
    "log_sigmoid(self)", by_rows(rounded_once(_log_sigmoid)), method=False,
    self=lambda grad, self: log_sigmoid_backward(grad, self),
    doc="Elementwise log(sigmoid(x)), without its overflows.",
)  # fmt: skip
log_sigmoid_backward = op(
    "log_sigmoid_backward(grad_output, self)", rounded_once(lambda g, x: g * _logistic(-x)), method=False,
    node="LogSigmoidBackwardBackward0",
    grad_output=lambda grad, self: log_sigmoid_backward(grad, self),
    self=_log_sigmoid_curve,
    doc="The gradient of log_sigmoid.",
)  # fmt: skip


# ------------------------------------------------------------------ the public functions


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """x above 0, else alpha * (exp(x) - 1)."""
    return (_elu_ if inplace else _elu_out)(input, alpha)


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """elu with the constants that keep mean 0 and variance 1 (Klambauer et al., 2017)."""
    return (_elu_ if inplace else _elu_out)(input, 1.6732632423543772, 1.0507009873554805)


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """x above 0, else alpha * (exp(x / alpha) - 1)."""
    return (_celu_ if inplace else _celu_out)(input, alpha)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """x * sigmoid(x)."""
    return table["silu"].call_inplace(input) if inplace else _silu(input)


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """x * tanh(softplus(x))."""
    return table["mish"].call_inplace(input) if inplace else _mish(input)


def softsign(input: Tensor) -> Tensor:
    """x / (1 + |x|)."""
    return input / (input.abs() + 1)


def tanhshrink(input: Tensor) -> Tensor:
    """x - tanh(x)."""
    return input - input.tanh()

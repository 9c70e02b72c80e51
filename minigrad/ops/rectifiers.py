"""Activations made of straight pieces: leaky_relu, hardtanh, the shrinks, prelu and their kin.

Counterpart in PyTorch: aten/src/ATen/native/Activation.cpp. Each has a backward op of its own, as there,
which chooses where NumPy's product with a slope of 0 would turn an infinite gradient into nan.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..op import op, table
from ..tensor import Tensor, zeros_for
from .masks import where
from .precision import floating, rounded_once
from .public import not_implemented

_SIXTH = float(np.float32(1) / np.float32(6))  # torch has this factor in float32, whatever the dtype

# ------------------------------------------------------------------ leaky_relu


def _leaky(x: np.ndarray, negative_slope: float) -> np.ndarray:
    floating(x, "leaky_relu_cpu")
    return np.where(x > 0, x, x * negative_slope)


def _leaky_from_result(grad: Tensor, result: Tensor, negative_slope: float) -> Tensor:
    if negative_slope < 0:
        raise RuntimeError(
            "In-place leakyReLu backward calculation is triggered with a negative slope which is not supported. "
            "This is caused by calling in-place forward function with a negative slope, please call out-of-place "
            "version instead."
        )
    return leaky_relu_backward(grad, result, negative_slope)


_leaky_relu = op(
    "leaky_relu(self, negative_slope=0.01)", _leaky, method=False,
    self=lambda grad, self, negative_slope: leaky_relu_backward(grad, self, negative_slope),
    doc="Elementwise x where it is above 0, else negative_slope * x.",
)  # fmt: skip
_leaky_relu_ = op(
    "leaky_relu_(self, negative_slope=0.01)", _leaky, method=False, node="LeakyReluBackward1",
    self=_leaky_from_result,
    doc="leaky_relu written into self; the gradient asks the result for the sign.",
)  # fmt: skip
leaky_relu_backward = op(
    "leaky_relu_backward(grad_output, self, negative_slope)",
    lambda g, x, negative_slope: np.where(x > 0, g, g * negative_slope),
    method=False, node="LeakyReluBackwardBackward0",
    grad_output=lambda grad, self, negative_slope: leaky_relu_backward(grad, self, negative_slope),
    self=zeros_for,
    doc="The gradient of leaky_relu.",
)  # fmt: skip


# ------------------------------------------------------------------ between two bounds


def _hardtanh(x: np.ndarray, min_val: float, max_val: float) -> np.ndarray:
    if x.dtype.kind == "b":
        raise RuntimeError("Bool inputs not supported for hardtanh")
    if min_val > max_val:
        raise ValueError("min_val cannot be greater than max_val")
    return np.clip(x, np.asarray(min_val).astype(x.dtype), np.asarray(max_val).astype(x.dtype))


_hardtanh_out = op(
    "hardtanh(self, min_val=-1.0, max_val=1.0)", _hardtanh, method=False,
    self=lambda grad, self, min_val, max_val: hardtanh_backward(grad, self, min_val, max_val),
    doc="Elementwise: not below min_val, not above max_val.",
)  # fmt: skip
hardtanh_backward = op(
    "hardtanh_backward(grad_output, self, min_val, max_val)",
    lambda g, x, low, high: np.where((x <= low) | (x >= high), g.dtype.type(0), g),
    method=False, node="HardtanhBackwardBackward0",
    grad_output=lambda grad, self, min_val, max_val: hardtanh_backward(grad, self, min_val, max_val),
    self=zeros_for,
    doc="The gradient of hardtanh: 0 at the bounds and outside of them.",
)  # fmt: skip

_hardsigmoid = op(
    "hardsigmoid(self)",
    rounded_once(lambda x: np.clip(floating(x, "hardsigmoid_cpu") + 3, 0, 6) / 6), method=False,
    self=lambda grad, self: hardsigmoid_backward(grad, self),
    doc="Elementwise clamp(x + 3, 0, 6) / 6.",
)  # fmt: skip
_no_second = not_implemented("derivative for aten::hardsigmoid_backward is not implemented", RuntimeError)
hardsigmoid_backward = op(
    "hardsigmoid_backward(grad_output, self)",
    rounded_once(lambda g, x: np.where((x > -3) & (x < 3), g * g.dtype.type(_SIXTH), g.dtype.type(0))),
    method=False, node="NotImplemented",
    grad_output=_no_second,
    self=_no_second,
    doc="The gradient of hardsigmoid, of which torch has no gradient.",
)  # fmt: skip

_hardswish = op(
    "hardswish(self)",
    rounded_once(lambda x: x * np.clip(floating(x, "hardswish_cpu") + 3, 0, 6) / 6), method=False,
    self=lambda grad, self: hardswish_backward(grad, self),
    doc="Elementwise x * clamp(x + 3, 0, 6) / 6.",
)  # fmt: skip
hardswish_backward = op(
    "hardswish_backward(grad_output, self)",
    rounded_once(
        lambda g, x: np.where(x <= -3, g.dtype.type(0), np.where(x < 3, g * (x / 3 + g.dtype.type(0.5)), g))
    ),
    method=False, node="HardswishBackwardBackward0",
    grad_output=lambda grad, self: hardswish_backward(grad, self),
    self=lambda grad, grad_output, self: hardtanh_backward(grad * grad_output, self, -3.0, 3.0) / 3,
    doc="The gradient of hardswish.",
)  # fmt: skip


# ------------------------------------------------------------------ one number in a part of the line


def _threshold(x: np.ndarray, threshold: float, value: float) -> np.ndarray:
    return np.where(x <= threshold, np.asarray(value).astype(x.dtype), x)


_threshold_out = op(
    "threshold(self, threshold, value)", _threshold, method=False,
    self=lambda grad, self, threshold: above(grad, self, threshold),
    doc="Elementwise x where it is above the threshold, else `value`.",
)  # fmt: skip
_threshold_ = op(
    "threshold_(self, threshold, value)", _threshold, method=False, node="ThresholdBackward1",
    self=lambda grad, self, threshold: above(grad, self, threshold),
    doc="threshold written into self.",
)  # fmt: skip
above = op(
    "above(grad_output, self, threshold)",
    lambda g, x, threshold: np.where(x <= threshold, g.dtype.type(0), g),
    method=False, of="threshold_backward", node="ThresholdBackwardBackward0",
    grad_output=lambda grad, self, threshold: above(grad, self, threshold),
    self=zeros_for,
    doc="The gradient of threshold.",
)  # fmt: skip


def _softshrink(x: np.ndarray, lambd: float) -> np.ndarray:
    floating(x, "softshrink_check")
    if lambd < 0:
        raise RuntimeError(
            f"lambda must be in range [0, {np.finfo(x.dtype).max:g}] for input dtype "
            f"{ {2: 'Half', 4: 'Float', 8: 'Double'}[x.itemsize] }, but found {lambd:g}"
        )
    zero = x * 0  # nan stays nan
    return np.where(x > lambd, x - x.dtype.type(lambd), np.where(x < -lambd, x + x.dtype.type(lambd), zero))


def _shrink_backward(name: str, node: str) -> Callable[..., Tensor]:
    """The backward of softshrink and of hardshrink, which are alike."""
    backward = op(
        f"{name}_backward(grad_output, self, lambd)",
        lambda g, x, lambd: np.where(abs(x) <= lambd, g.dtype.type(0), g), method=False, node=node,
        grad_output=lambda grad, self, lambd: backward(grad, self, lambd),
        self=zeros_for,
        doc=f"The gradient of {name}.",
    )  # fmt: skip
    return backward


softshrink_backward = _shrink_backward("softshrink", "SoftshrinkBackwardBackward0")
hardshrink_backward = _shrink_backward("hardshrink", "HardshrinkBackwardBackward0")

softshrink = op(
    "softshrink(self, lambd=0.5)", _softshrink, method=False,
    self=lambda grad, self, lambd: softshrink_backward(grad, self, lambd),
    doc="Elementwise x moved towards 0 by lambd; 0 between -lambd and lambd.",
)  # fmt: skip
hardshrink = op(
    "hardshrink(self, lambd=0.5)",
    lambda x, lambd: np.where(abs(floating(x, "hardshrink_cpu")) <= lambd, x.dtype.type(0), x),
    self=lambda grad, self, lambd: hardshrink_backward(grad, self, lambd),
    doc="Elementwise x, but 0 between -lambd and lambd.",
)  # fmt: skip


# ------------------------------------------------------------------ prelu

_prelu_kernel = op(
    "prelu_kernel(self, weight)", lambda x, weight: np.where(x > 0, x, weight * x), method=False, of="prelu",
    self=lambda grad, self, weight: prelu_self(grad, self, weight),
    weight=lambda grad, self, weight: prelu_weight(grad, self, weight),
    doc="Elementwise x where it is above 0, else weight * x.",
)  # fmt: skip

# In torch one node with two outputs.
prelu_self = op(
    "prelu_self(grad_output, self, weight)", lambda g, x, weight: np.where(x > 0, g, weight * g), method=False,
    of="prelu_backward", node="PreluKernelBackwardBackward0",
    grad_output=lambda grad, self, weight: where(self >= 0, grad, grad * weight),
    self=zeros_for,
    weight=lambda grad, grad_output, self: (grad_output * grad).masked_fill(self >= 0, 0.0),
    doc="The gradient of prelu with respect to its input.",
)  # fmt: skip
prelu_weight = op(
    "prelu_weight(grad_output, self, weight)", lambda g, x, weight: np.where(x > 0, x.dtype.type(0), x * g),
    method=False, of="prelu_backward", node="PreluKernelBackwardBackward0",
    grad_output=lambda grad, self: (grad * self).masked_fill(self >= 0, 0.0),
    self=lambda grad, grad_output, self: (grad_output * grad).masked_fill(self >= 0, 0.0),
    weight=lambda grad, weight: zeros_for(weight),
    doc="The gradient of prelu with respect to its weight.",
)  # fmt: skip


def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """x where it is above 0, else weight * x; one weight for all, or one for each channel (dimension 1)."""
    if input.dtype is not weight.dtype:
        names = (t.dtype.scalar_type for t in (input, weight))
        raise RuntimeError(f"prelu: Type promoting not supported. Got {' and '.join(names)}")
    if weight.ndim > 1:
        raise RuntimeError(
            f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {weight.ndim}"
        )
    if weight.numel() != 1:
        if not input.ndim:
            raise RuntimeError("Not allow zero-dim input tensor.")
        channels = input._array.shape[1] if input.ndim > 1 else 1
        if channels != weight.numel():
            raise RuntimeError(
                "Mismatch of parameter numbers and input channel size. Found parameter numbers = "
                f"{weight.numel()} and channel size = {channels}."
            )
    shape = tuple(weight.numel() if d == (input.ndim > 1) else 1 for d in range(input.ndim))
    return _prelu_kernel(input, weight.view(shape) if weight._array.shape != shape else weight)


# ------------------------------------------------------------------ the public functions


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """x where it is above 0, else negative_slope * x."""
    return (_leaky_relu_ if inplace else _leaky_relu)(input, negative_slope)


def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    """x, but not below min_val and not above max_val."""
    if inplace:
        return table["hardtanh"].call_inplace(input, min_val, max_val)
    return _hardtanh_out(input, min_val, max_val)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """x, but not below 0 and not above 6."""
    return hardtanh(input, 0, 6, inplace)


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """x where it is above the threshold, else `value`."""
    return (_threshold_ if inplace else _threshold_out)(input, threshold, value)


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """clamp(x + 3, 0, 6) / 6."""
    return table["hardsigmoid"].call_inplace(input) if inplace else _hardsigmoid(input)


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """x * clamp(x + 3, 0, 6) / 6."""
    return table["hardswish"].call_inplace(input) if inplace else _hardswish(input)

"""Functions of one tensor, element by element: exponentials, logarithms, trigonometry, relu and sigmoid.

The formulas are written as torch's derivatives.yaml has them, so that a recorded gradient has its nodes.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..op import op
from ..tensor import Tensor, zeros_for
from .arithmetic import minus, plus, times
from .filled import zeros_in
from .masks import where
from .precision import rounded_once
from .public import in_place, not_implemented

LN2, LN10 = math.log(2), math.log(10)


def _no_bools_in_relu(x: np.ndarray) -> None:
    if x.dtype.kind == "b":
        raise RuntimeError("Boolean inputs not supported for relu")


# NumPy takes a 0-d array quicker than a Python number, which costs as much as the rest of a small op.
_ZERO = {kind: np.zeros((), kind) for kind in "?bhilqBefd"}
_ONE = {kind: np.ones((), kind) for kind in "efdhilq"}


def _relu(x: np.ndarray, out: Any = None) -> np.ndarray:
    return np.maximum(_ZERO[x.dtype.char], x, out=out)  # in this order -0.0 stays


def _tanh_backward(grad: np.ndarray, output: np.ndarray, out: Any = None) -> np.ndarray:
    slope = np.multiply(output, output, out=...)
    np.subtract(_ONE[output.dtype.char], slope, slope)
    return np.multiply(grad, slope, slope)


def _sigmoid_backward(grad: np.ndarray, output: np.ndarray, out: Any = None) -> np.ndarray:
    slope = np.subtract(_ONE[output.dtype.char], output, out=...)
    np.multiply(slope, output, slope)
    return np.multiply(grad, slope, slope)


_BITS = {size: np.dtype(f"i{size}") for size in (2, 4, 8)}
_FEW = 1024  # elements, for which fewer calls matter more than quick ones


def _gated(grad: np.ndarray, output: np.ndarray, out: Any = ...) -> np.ndarray:
    """0 where the output is 0 or less, else grad. Not times 0: that is nan where grad is infinite."""
    if not output.ndim and not grad.ndim and out is ...:
        return np.array(0 if output.item() <= 0 else grad, grad.dtype)
    if grad.size <= _FEW and out is ... and grad.shape == output.shape:
        found = grad.copy()
        np.putmask(found, np.less_equal(output, _ZERO[output.dtype.char]), 0)
        return found
    bits = _BITS[grad.itemsize]
    keep = np.less_equal(output, _ZERO[output.dtype.char], out=...).astype(bits)
    np.subtract(keep, _ONE[keep.dtype.char], keep)  # 0 becomes all bits, 1 none
    if out is ...:
        return np.bitwise_and(grad.view(bits), keep, out=keep).view(grad.dtype)
    np.bitwise_and(grad.view(bits), keep, out=out.view(bits))
    return out


def _sigmoid(x: np.ndarray, **out: Any) -> np.ndarray:
    # tanh does not overflow where exp(-x) would.
    half = np.asarray(0.5, x.dtype)
    return np.multiply(np.tanh(x * half) + 1, half, **out)


# ------------------------------------------------------------------ exponentials and logarithms

exp = op(
    "exp(self)", np.exp, promotes="float", inplace=True,
    self=lambda grad, result: grad * result,
    doc="Elementwise exponential.",
)  # fmt: skip

exp2 = op(
    "exp2(self)", np.exp2, promotes="float", inplace=True,
    self=lambda grad, result: times(grad * result, LN2),
    doc="Elementwise 2 ** x.",
)  # fmt: skip

expm1 = op(
    "expm1(self)", np.expm1, promotes="float", inplace=True,
    self=lambda grad, result: grad * plus(result, 1),
    doc="Elementwise exp(x) - 1, exact near 0.",
)  # fmt: skip

log = op(
    "log(self)", np.log, promotes="float", inplace=True,
    self=lambda grad, self: grad / self,
    doc="Elementwise natural logarithm.",
)  # fmt: skip

log2 = op(
    "log2(self)", np.log2, promotes="float", inplace=True,
    self=lambda grad, self: grad / times(self, LN2),
    doc="Elementwise logarithm to base 2.",
)  # fmt: skip

log10 = op(
    "log10(self)", np.log10, promotes="float", inplace=True,
    self=lambda grad, self: grad / times(self, LN10),
    doc="Elementwise logarithm to base 10.",
)  # fmt: skip

log1p = op(
    "log1p(self)", np.log1p, promotes="float", inplace=True, node="Log1PBackward0",
    self=lambda grad, self: grad / plus(self, 1),
    doc="Elementwise log(1 + x), exact near 0.",
)  # fmt: skip

# ------------------------------------------------------------------ trigonometry

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

tan = op(
    "tan(self)", np.tan, promotes="float", inplace=True,
    self=lambda grad, result: grad * plus(result.pow(2), 1),
    doc="Elementwise tangent.",
)  # fmt: skip

asin = op(
    "asin(self)", np.arcsin, promotes="float", inplace=True,
    self=lambda grad, self: grad * plus(-self * self, 1).rsqrt(),
    doc="Elementwise inverse sine, nan outside of [-1, 1].",
)  # fmt: skip

acos = op(
    "acos(self)", np.arccos, promotes="float", inplace=True,
    self=lambda grad, self: grad * -plus(-self * self, 1).rsqrt(),
    doc="Elementwise inverse cosine, nan outside of [-1, 1].",
)  # fmt: skip

atan = op(
    "atan(self)", np.arctan, promotes="float", inplace=True,
    self=lambda grad, self: grad / plus(self * self, 1),
    doc="Elementwise inverse tangent.",
)  # fmt: skip

sinh = op(
    "sinh(self)", np.sinh, promotes="float", inplace=True,
    self=lambda grad, self: grad * self.cosh(),
    doc="Elementwise hyperbolic sine.",
)  # fmt: skip

cosh = op(
    "cosh(self)", np.cosh, promotes="float", inplace=True,
    self=lambda grad, self: grad * self.sinh(),
    doc="Elementwise hyperbolic cosine.",
)  # fmt: skip

asinh = op(
    "asinh(self)", np.arcsinh, promotes="float",
    self=lambda grad, self: grad * plus(self.pow(2), 1).rsqrt(),
    doc="Elementwise inverse hyperbolic sine.",
)  # fmt: skip

acosh = op(
    "acosh(self)", np.arccosh, promotes="float",
    self=lambda grad, self: grad * minus(self * self, 1).rsqrt(),
    doc="Elementwise inverse hyperbolic cosine, nan below 1.",
)  # fmt: skip

atanh = op(
    "atanh(self)", np.arctanh, promotes="float",
    self=lambda grad, self: grad / (1 - self.pow(2)),
    doc="Elementwise inverse hyperbolic tangent, nan outside of [-1, 1].",
)  # fmt: skip

# In place torch has no derivative for these three.
for _name, _ufunc in {"asinh": np.arcsinh, "acosh": np.arccosh, "atanh": np.arctanh}.items():
    op(
        f"{_name}_inplace(self)", _ufunc, promotes="float", method=False, of=_name,
        node=f"{_name.capitalize()}Backward1",
        self=not_implemented(f"the derivative for 'inplace version of {_name}' is not implemented."),
        doc=f"{_name}, in place. It has no gradient: backward through it raises NotImplementedError.",
    )  # fmt: skip
    in_place(f"{_name}_inplace", f"{_name}_")

deg2rad = op(
    "deg2rad(self)", lambda x, **out: np.multiply(x, x.dtype.type(math.pi / 180), **out), promotes="float",
    inplace=True, node="Deg2RadBackward0",
    self=lambda grad: times(grad, math.pi / 180),
    doc="Degrees as radians.",
)  # fmt: skip

rad2deg = op(
    "rad2deg(self)", lambda x, **out: np.multiply(x, x.dtype.type(180 / math.pi), **out), promotes="float",
    inplace=True, node="Rad2DegBackward0",
    self=lambda grad: times(grad, 180 / math.pi),
    doc="Radians as degrees.",
)  # fmt: skip


def _sinc_self(grad: Tensor, self: Tensor) -> Tensor:
    """(x cos(x) - sin(x)) / (pi x^2) with x = pi * self; 0 at 0, and where the square is 0."""
    x, square = times(self, math.pi), times(self * self, math.pi)
    slope = (x * x.cos() - x.sin()) / square
    return where(square == 0, zeros_in((), grad), grad * slope)


sinc = op(
    "sinc(self)", rounded_once(np.sinc), promotes="float", inplace=True,
    self=_sinc_self,
    doc="Elementwise sin(pi x) / (pi x), 1 at 0.",
)  # fmt: skip

# ------------------------------------------------------------------ activations

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

relu = op(
    "relu(self)", _relu, inplace=True, promotes="common", check=_no_bools_in_relu,
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
    "threshold_backward(self, output)", _gated, method=False, node="ThresholdBackwardBackward0",
    self=lambda grad, output: threshold_backward(grad, output),
    output=zeros_for,
    doc="The gradient where the result is above 0, else 0.",
)  # fmt: skip

for _name in ["asin", "acos", "atan", "asinh", "acosh", "atanh"]:
    setattr(Tensor, f"arc{_name[1:]}", getattr(Tensor, _name))
    setattr(Tensor, f"arc{_name[1:]}_", getattr(Tensor, f"{_name}_"))
arcsin, arccos, arctan, arcsinh, arccosh, arctanh = asin, acos, atan, asinh, acosh, atanh

"""Sums, products, quotients and powers of two tensors, or of a tensor and a number."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..op import op, table
from ..tensor import Tensor

add = op(
    "add(self, other)", np.add, promotes="common", inplace=True, dunder="__add__ __radd__",
    self=lambda grad: grad,
    other=lambda grad: grad,
    doc="Elementwise sum, broadcasting like NumPy.",
)  # fmt: skip


sub = op(
    "sub(self, other)", np.subtract, promotes="common", inplace=True, dunder="__sub__",
    self=lambda grad: grad,
    other=lambda grad: -grad,
    doc="Elementwise difference, broadcasting like NumPy.",
)  # fmt: skip

rsub = op(
    "rsub(self, other)", lambda x, other, **out: np.subtract(other, x, **out), promotes="common", method=False, dunder="__rsub__", node="RsubBackward1",
    self=lambda grad: -grad,
    doc="other - self, for a number `other`.",
)  # fmt: skip

mul = op(
    "mul(self, other)", np.multiply, promotes="common", inplace=True, dunder="__mul__ __rmul__",
    self=lambda grad, other: grad * other,
    other=lambda grad, self: grad * self,
    doc="Elementwise product, broadcasting like NumPy.",
)  # fmt: skip

div = op(
    "div(self, other)", np.true_divide, promotes="float", inplace=True, dunder="__truediv__",
    self=lambda grad, other: grad / other,
    other=lambda grad, self, other: -grad * ((self / other) / other),
    doc="Elementwise quotient; of integers it is a float.",
)  # fmt: skip

neg = op(
    "neg(self)", np.negative, inplace=True, dunder="__neg__",
    self=lambda grad: -grad,
    doc="Elementwise negation.",
)  # fmt: skip


# ------------------------------------------------------------------ powers


def _pow_self(grad: Tensor, self: Tensor, exponent: float) -> Tensor:
    """exponent * self^(exponent - 1)"""
    if exponent == 0:
        return grad * 0
    return grad * (exponent * self ** (exponent - 1))


def _pow_tensor_self(grad: Tensor, self: Tensor, exponent: Tensor) -> Tensor:
    # 0 where the exponent is 0: there the base's derivative is 0 * base^-1, which is nan for base 0.
    power = exponent * self ** (exponent - 1)
    return grad * power.masked_fill(exponent == 0, 0.0)


def _pow_exponent(grad: Tensor, self: Any, exponent: Tensor, result: Tensor) -> Tensor:
    """result * log(self), and 0 where self is 0 and the exponent is not negative."""
    if not isinstance(self, Tensor):
        return (
            grad * (result * float(np.log(self))) if self else (grad * result).masked_fill(exponent >= 0, 0.0)
        )
    return grad * (result * self.log()).masked_fill((self == 0) & (exponent >= 0), 0.0)


_pow_number = op(
    "pow_number(self, exponent)", np.power, promotes="common", method=False,
    of="pow", node="PowBackward0",
    self=_pow_self,
    doc="self raised to a number.",
)  # fmt: skip
_pow_tensor = op(
    "pow_tensor(self, exponent)", np.power, promotes="common", method=False, of="pow", node="PowBackward1",
    self=_pow_tensor_self,
    exponent=_pow_exponent,
    doc="self raised to a tensor, elementwise.",
)  # fmt: skip
_number_pow = op(
    "number_pow(exponent, self)", lambda exponent, x: np.power(x, exponent), method=False,
    of="pow", node="PowBackward2",
    exponent=_pow_exponent,
    doc="A number raised to a tensor.",
)  # fmt: skip


def pow(self: Tensor | float, exponent: Tensor | float) -> Tensor:
    """self raised to `exponent`, elementwise; one of the two may be a number."""
    if not isinstance(self, Tensor):
        return _number_pow(exponent, self)
    return _pow_tensor(self, exponent) if isinstance(exponent, Tensor) else _pow_number(self, exponent)


def pow_(self: Tensor, exponent: Tensor | float) -> Tensor:
    """self raised to `exponent`, in place."""
    name = "pow_tensor" if isinstance(exponent, Tensor) else "pow_number"
    return table[name].call_inplace(self, exponent)


def square(self: Tensor) -> Tensor:
    """self ** 2."""
    return _pow_number(self, 2)


def _operand(value: object) -> bool:
    return isinstance(value, (Tensor, int, float, np.number, np.bool_))


def _checked(function):
    """An operator's method: NotImplemented for what is no operand, so that Python says what went wrong."""

    def method(self: Tensor, other: Any) -> Any:
        return function(self, other) if _operand(other) else NotImplemented

    return method


Tensor.pow, Tensor.pow_, Tensor.square = pow, pow_, square
Tensor.__pow__ = _checked(pow)
Tensor.__ipow__ = _checked(pow_)
Tensor.__rpow__ = _checked(lambda self, other: pow(other, self))
Tensor.__rtruediv__ = _checked(lambda self, other: self.reciprocal() * other)
Tensor.__pos__ = lambda self: self

"""Sums, products and quotients of two tensors, or of a tensor and a number."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from ..op import op, table
from ..tensor import Tensor, wrap
from .public import must_be_tensor, public

# ------------------------------------------------------------------ what is refused


def no_bools_in_sub(x: Any, other: Any) -> None:
    found = [dtypes.of(a.dtype) if isinstance(a, np.ndarray) else dtypes.of_number(a) for a in (x, other)]
    bools = [d is dtypes.boolean for d in found]
    if all(bools):
        raise RuntimeError(
            "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or "
            "`logical_xor()` operator instead."
        )
    if any(bools):
        raise RuntimeError(
            "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a "
            "mask, use the `~` or `logical_not()` operator instead."
        )


def _no_bools_in_neg(x: np.ndarray) -> None:
    if x.dtype.kind == "b":
        raise RuntimeError(
            "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, "
            "use the `~` or `logical_not()` operator instead."
        )


# ------------------------------------------------------------------ the operators

add = op(
    "add(self, other)", np.add, promotes="common", dunder="__add__ __radd__", method=False, inplace=True,
    self=lambda grad: grad,
    other=lambda grad: grad,
    doc="Elementwise sum, broadcasting like NumPy.",
)  # fmt: skip

sub = op(
    "sub(self, other)", np.subtract, promotes="common", dunder="__sub__", method=False, inplace=True,
    check=no_bools_in_sub,
    self=lambda grad: grad,
    other=lambda grad: -grad,
    doc="Elementwise difference, broadcasting like NumPy.",
)  # fmt: skip

_rsub = op(
    "rsub_number(self, other)", lambda x, other, **out: np.subtract(other, x, **out), promotes="common",
    method=False, of="rsub", dunder="__rsub__", node="RsubBackward1", check=no_bools_in_sub,
    self=lambda grad: -grad,
    doc="other - self, for a number `other`.",
)  # fmt: skip

mul = op(
    "mul(self, other)", np.multiply, promotes="common", dunder="__mul__ __rmul__", method=False, inplace=True,
    self=lambda grad, other: grad * other,
    other=lambda grad, self: grad * self,
    doc="Elementwise product, broadcasting like NumPy.",
)  # fmt: skip

div = op(
    "div(self, other)", np.true_divide, promotes="float", dunder="__truediv__", method=False, inplace=True,
    self=lambda grad, other: grad / other,
    other=lambda grad, self, other: -grad * ((self / other) / other),
    doc="Elementwise quotient; of integers it is a float.",
)  # fmt: skip

neg = op(
    "neg(self)", np.negative, inplace=True, promotes="common", dunder="__neg__", check=_no_bools_in_neg,
    self=lambda grad: -grad,
    doc="Elementwise negation.",
)  # fmt: skip

reciprocal = op(
    "reciprocal(self)", lambda x, **out: np.true_divide(x.dtype.type(1), x, **out), promotes="float", inplace=True,
    self=lambda grad, result: -grad * (result * result),
    doc="Elementwise 1 / x.",
)  # fmt: skip

# torch's own formulas multiply and add numbers by overloads that record no edge for the number.
times = op(
    "times(self, number)", lambda x, number, **out: np.multiply(x, number, **out), method=False, of="mul",
    node="MulBackward1",
    self=lambda grad, number: times(grad, number),
    doc="self times a number, inside of formulas.",
)  # fmt: skip
plus = op(
    "plus(self, number)", lambda x, number, **out: np.add(x, number, **out), method=False, of="add",
    node="AddBackward1",
    self=lambda grad: grad,
    doc="self plus a number, inside of formulas.",
)  # fmt: skip


minus = op(
    "minus(self, number)", lambda x, number, **out: np.subtract(x, number, **out), method=False, of="sub",
    node="SubBackward1",
    self=lambda grad: grad,
    doc="self minus a number, inside of formulas.",
)  # fmt: skip


# ------------------------------------------------------------------ with alpha


def _checked_alpha(x: np.ndarray, alpha: Any) -> Any:
    """alpha in x's dtype. RuntimeError, in torch's words, where it does not fit."""
    if isinstance(alpha, bool) and x.dtype.kind != "b":
        raise RuntimeError("Boolean alpha only supported for Boolean results.")
    if isinstance(alpha, float) and x.dtype.kind != "f":
        raise RuntimeError("For integral input tensors, argument alpha must not be a floating point number.")
    return np.asarray(alpha).astype(x.dtype)


_add_alpha = op(
    "add_alpha(self, other, *, alpha=1)", lambda x, other, alpha: x + other * _checked_alpha(x, alpha),
    promotes="common", method=False, inplace=True, of="add", node="AddBackward0",
    self=lambda grad: grad,
    other=lambda grad, alpha: grad * alpha,
    doc="self + alpha * other.",
)  # fmt: skip
_sub_alpha = op(
    "sub_alpha(self, other, *, alpha=1)", lambda x, other, alpha: x - other * _checked_alpha(x, alpha),
    promotes="common", method=False, inplace=True, of="sub", node="SubBackward0", check=no_bools_in_sub,
    self=lambda grad: grad,
    other=lambda grad, alpha: grad * -alpha,
    doc="self - alpha * other.",
)  # fmt: skip
_rsub_tensor = op(
    "rsub_tensor(self, other, *, alpha=1)", lambda x, other, alpha: other - x * _checked_alpha(x, alpha),
    promotes="common", method=False, of="rsub", node="RsubBackward0", check=no_bools_in_sub,
    self=lambda grad, alpha: grad * -alpha,
    other=lambda grad: grad,
    doc="other - alpha * self, for a tensor `other`.",
)  # fmt: skip


def _is_one(alpha: Any) -> bool:
    return type(alpha) is int and alpha == 1


_plain_add, _plain_sub, _plain_mul, _plain_div = add, sub, mul, div


def first_tensor(self: Any, other: Any, name: str, floating: bool = False) -> Tensor:
    """self, or where it is a number before a tensor, the number as a tensor that promotes like one.

    floating: as a float, for an op that answers in floats.
    """
    if not isinstance(self, Tensor) and isinstance(other, Tensor) and is_number(self):
        dtype = dtypes.result_type([other._array, self])
        if floating and not dtype.is_floating_point:
            dtype = dtypes.get_default_dtype()
        return wrap(np.array(self).astype(dtype.numpy))
    return must_be_tensor(self, name)


def is_number(value: object) -> bool:
    """Whether it counts as a number: Python's or NumPy's, bools included."""
    return isinstance(value, (bool, int, float, np.number, np.bool_))


@public
def add(self: Tensor | float, other: Tensor | float, *, alpha: float = 1) -> Tensor:
    """self + alpha * other, elementwise, broadcasting like NumPy. RuntimeError where shapes do not fit."""
    self = first_tensor(self, other, "add")
    return _plain_add(self, other) if _is_one(alpha) else _add_alpha(self, other, alpha=alpha)


@public
def sub(self: Tensor | float, other: Tensor | float, *, alpha: float = 1) -> Tensor:
    """self - alpha * other, elementwise, broadcasting like NumPy. RuntimeError for bools."""
    if isinstance(self, bool) and isinstance(other, Tensor):
        no_bools_in_sub(self, other._array)
    self = first_tensor(self, other, "sub")
    return _plain_sub(self, other) if _is_one(alpha) else _sub_alpha(self, other, alpha=alpha)


@public
def mul(self: Tensor | float, other: Tensor | float) -> Tensor:
    """self * other, elementwise, broadcasting like NumPy. RuntimeError where shapes do not fit."""
    return _plain_mul(first_tensor(self, other, "mul"), other)


@public
def rsub(self: Tensor, other: Tensor | float, *, alpha: float = 1) -> Tensor:
    """other - alpha * self. RuntimeError for bools."""
    if isinstance(other, Tensor):
        return _rsub_tensor(self, other, alpha=alpha)
    return _rsub(self if alpha == 1 else _plain_mul(self, alpha), other)


@public
def div(self: Tensor | float, other: Tensor | float, *, rounding_mode: str | None = None) -> Tensor:
    """self / other, elementwise; rounding_mode "trunc" rounds towards 0, "floor" down, None not at all."""
    from .division import rounded

    self = first_tensor(self, other, "div", floating=rounding_mode is None)
    return _plain_div(self, other) if rounding_mode is None else rounded(self, other, rounding_mode)


@public
def true_divide(self: Tensor | float, other: Tensor | float) -> Tensor:
    """self / other."""
    return div(self, other)


@public
def add_(self: Tensor, other: Tensor | float, *, alpha: float = 1) -> Tensor:
    """self + alpha * other, written into self."""
    if _is_one(alpha):
        return table["add"].call_inplace(self, other)
    return table["add_alpha"].call_inplace(self, other, alpha=alpha)


@public
def sub_(self: Tensor, other: Tensor | float, *, alpha: float = 1) -> Tensor:
    """self - alpha * other, written into self."""
    if _is_one(alpha):
        return table["sub"].call_inplace(self, other)
    return table["sub_alpha"].call_inplace(self, other, alpha=alpha)


@public
def div_(self: Tensor, other: Tensor | float, *, rounding_mode: str | None = None) -> Tensor:
    """self / other, written into self. RuntimeError for integers without a rounding mode."""
    if rounding_mode is None:
        return table["div"].call_inplace(self, other)
    return table["div_rounded"].call_inplace(self, other, rounding_mode=rounding_mode)


@public
def positive(self: Tensor) -> Tensor:
    """self as it is. RuntimeError for bools."""
    if self._array.dtype.kind == "b":
        raise RuntimeError("The `+` operator, on a bool tensor is not supported.")
    return self


subtract, multiply, divide, negative = sub, mul, div, neg
Tensor.subtract, Tensor.multiply, Tensor.divide, Tensor.negative = sub, mul, div, neg
Tensor.subtract_, Tensor.multiply_, Tensor.divide_ = sub_, Tensor.mul_, div_
Tensor.true_divide_, Tensor.negative_ = div_, Tensor.neg_
Tensor.__pos__ = positive


def reflected(function: Any) -> Any:
    """An operator's method: NotImplemented for what is no operand, so that Python says what went wrong."""

    def method(self: Tensor, other: Any) -> Any:
        return function(self, other) if isinstance(other, Tensor) or is_number(other) else NotImplemented

    return method


Tensor.__rtruediv__ = reflected(lambda self, other: self.reciprocal() * other)

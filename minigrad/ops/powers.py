"""Powers and roots."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from ..op import op, table
from ..strides import by_rows
from ..tensor import Tensor, zeros_for
from .arithmetic import is_number, minus, reflected, times
from .dims import check_fits
from .filled import zeros_in
from .masks import where
from .precision import no_bools
from .public import public


def _power(x: np.ndarray, exponent: Any, **out: Any) -> np.ndarray:
    """x ** exponent for a number; the frequent ones the quick way, as torch takes it."""
    if exponent == 2:
        return np.multiply(x, x, **out)
    if x.dtype.kind == "f":
        if exponent == 0.5:
            return np.sqrt(x, **out)
        if exponent == 3:
            return np.multiply(np.multiply(x, x), x, **out)
        if exponent in (-0.5, -1, -2):  # -0.5 of -0.0 is -inf this way
            root = np.sqrt(x) if exponent == -0.5 else x if exponent == -1 else np.multiply(x, x)
            return np.true_divide(x.dtype.type(1), root, **out)
        return np.power(x, exponent, **out)
    return np.power(x, np.asarray(exponent, x.dtype), **out).astype(x.dtype, copy=False)


def _check_exponent(x: np.ndarray, exponent: Any) -> None:
    if x.dtype.kind in "iub" and type(exponent) is int and exponent < 0:
        raise RuntimeError("Integers to negative integer powers are not allowed.")
    check_fits(x, exponent)


def _tensor_power(x: np.ndarray, exponent: np.ndarray) -> np.ndarray:
    no_bools(x, "pow")
    if x.dtype.kind == "f":
        return np.power(x, exponent)
    # Integers: 1 / x^n, cut off, is 0 except for 1 and -1.
    found = np.power(x, np.maximum(exponent, 0))
    sign = np.where(exponent % 2 == 0, 1, -1)
    below = np.where(x == 1, 1, np.where(x == -1, sign, 0)).astype(x.dtype)
    return np.where(exponent < 0, below, found)


def _pow_self(grad: Tensor, self: Tensor, exponent: float) -> Tensor:
    """exponent * self^(exponent - 1)"""
    if exponent == 0:
        return zeros_for(grad)
    return grad * times(_pow_number(self, exponent - 1), exponent)


def _pow_tensor_self(grad: Tensor, self: Tensor, exponent: Tensor, result: Tensor) -> Tensor:
    # torch saves the result whoever asks for a gradient. 0 where the exponent is 0: there the base's
    # derivative is 0 * base^-1, which is nan for base 0.
    slope = exponent * self ** minus(exponent, 1)
    return where(exponent == 0, zeros_in((), grad), grad * slope)


def _pow_exponent(grad: Tensor, self: Any, exponent: Tensor, result: Tensor) -> Tensor:
    """result * log(self), and 0 where self is 0 and the exponent is not negative."""
    if not isinstance(self, Tensor):
        if self == 0:
            return where(exponent >= 0, zeros_in((), grad), grad * times(result, -np.inf))
        return grad * times(result, float(np.log(self)) if self > 0 else float("nan"))
    return grad * where((self == 0) & (exponent >= 0), zeros_in((), grad), result * self.log())


_pow_number = op(
    "pow_number(self, exponent)", _power, promotes="common", method=False, check=_check_exponent, inplace=True,
    of="pow", node="PowBackward0", number_operands=False,
    self=_pow_self,
    doc="self raised to a number.",
)  # fmt: skip
_pow_tensor = op(
    "pow_tensor(self, exponent)", _tensor_power, promotes="common", method=False, inplace=True,
    of="pow", node="PowBackward1",
    self=_pow_tensor_self,
    exponent=_pow_exponent,
    doc="self raised to a tensor, elementwise.",
)  # fmt: skip
_number_pow = op(
    "number_pow(exponent, self)",
    by_rows(lambda exponent, x: _tensor_power(np.broadcast_to(x, exponent.shape), exponent)), promotes="common",
    pointwise=False, method=False, of="rpow", node="PowBackward2",
    exponent=_pow_exponent,
    doc="A number raised to a tensor.",
)  # fmt: skip


@public
def pow(self: Tensor | float, exponent: Tensor | float) -> Tensor:
    """self raised to `exponent`, elementwise; one of the two may be a number."""
    if isinstance(self, Tensor):
        return _pow_tensor(self, exponent) if isinstance(exponent, Tensor) else _pow_number(self, exponent)
    if isinstance(exponent, Tensor) and is_number(self):
        return _number_pow(exponent, self)
    raise TypeError(
        f"pow(): one of base and exponent must be a Tensor, not {type(self).__name__} and "
        f"{type(exponent).__name__}"
    )


@public
def pow_(self: Tensor, exponent: Tensor | float) -> Tensor:
    """self raised to `exponent`, in place."""
    name = "pow_tensor" if isinstance(exponent, Tensor) else "pow_number"
    return table[name].call_inplace(self, exponent)


@public
def square(self: Tensor) -> Tensor:
    """self ** 2."""
    return _pow_number(self, 2)


@public
def square_(self: Tensor) -> Tensor:
    """self ** 2, in place."""
    return table["pow_number"].call_inplace(self, 2)


@public
def float_power(self: Tensor | float, exponent: Tensor | float) -> Tensor:
    """self raised to `exponent` in float64, whatever their dtypes."""
    wide = [v.to(dtypes.float64) if isinstance(v, Tensor) else v for v in (self, exponent)]
    return pow(*wide)


sqrt = op(
    "sqrt(self)", np.sqrt, promotes="float", inplace=True,
    self=lambda grad, result: grad / times(result, 2),
    doc="Elementwise square root.",
)  # fmt: skip

rsqrt = op(
    "rsqrt(self)", lambda x, **out: np.true_divide(x.dtype.type(1), np.sqrt(x), **out), promotes="float",
    inplace=True,
    self=lambda grad, result: times(grad, -0.5) * result.pow(3),
    doc="Elementwise 1 / sqrt(x).",
)  # fmt: skip

Tensor.__pow__ = reflected(pow)
Tensor.__ipow__ = reflected(pow_)
Tensor.__rpow__ = reflected(lambda self, other: pow(other, self))

"""Functions of two tensors, element by element: the larger one, angles, signs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import dtypes
from ..op import op, table
from ..tensor import Tensor, wrap, zeros_for
from .arithmetic import is_number, plus, times
from .precision import floating
from .public import not_implemented, public, tensors_only


def _larger_self(grad: Tensor, self: Tensor, other: Tensor) -> Tensor:
    """Half each where both are equal, as torch does it."""
    return (grad / _ones_or_twos(self, other)).masked_fill(self < other, 0.0)


def _smaller_self(grad: Tensor, self: Tensor, other: Tensor) -> Tensor:
    return (grad / _ones_or_twos(self, other)).masked_fill(self > other, 0.0)


def _ones_or_twos(self: Tensor, other: Tensor) -> Tensor:
    return wrap(np.asarray(1 + (self._array == other._array), dtypes.get_default_dtype().numpy)).to(
        self.dtype
    )


# Of equal numbers the first counts, 0.0 and -0.0 being equal. NumPy answers with the second, or with either.


def _first_max(x: np.ndarray, other: np.ndarray, **out: Any) -> np.ndarray:
    return np.maximum(other, x, **out)


def _first_min(x: np.ndarray, other: np.ndarray, **out: Any) -> np.ndarray:
    return np.minimum(other, x, **out)


def _first_fmax(x: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.where(x == other, x, np.fmax(x, other))


def _first_fmin(x: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.where(x == other, x, np.fmin(x, other))


maximum = op(
    "maximum(self, other)", _first_max, promotes="common", method=False,
    self=_larger_self,
    other=lambda grad, self, other: _larger_self(grad, other, self),
    doc="The larger of two tensors, elementwise; nan where one is nan.",
)  # fmt: skip

minimum = op(
    "minimum(self, other)", _first_min, promotes="common", method=False,
    self=_smaller_self,
    other=lambda grad, self, other: _smaller_self(grad, other, self),
    doc="The smaller of two tensors, elementwise; nan where one is nan.",
)  # fmt: skip

fmax = op(
    "fmax(self, other)", _first_fmax, promotes="common", method=False,
    self=lambda grad, self, other: grad.masked_fill(~((self >= other) | other.isnan()), 0.0),
    other=lambda grad, self, other: grad.masked_fill((self >= other) | other.isnan(), 0.0),
    doc="The larger of two tensors, elementwise; a number wins over nan.",
)  # fmt: skip

fmin = op(
    "fmin(self, other)", _first_fmin, promotes="common", method=False,
    self=lambda grad, self, other: grad.masked_fill(~((self <= other) | other.isnan()), 0.0),
    other=lambda grad, self, other: grad.masked_fill((self <= other) | other.isnan(), 0.0),
    doc="The smaller of two tensors, elementwise; a number wins over nan.",
)  # fmt: skip


def _inverse_square(self: Tensor, other: Tensor) -> Tensor:
    """1 / (self^2 + other^2), 0 at the origin and so near to it that the squares are 0."""
    square = self * self + other * other
    return square.reciprocal().masked_fill(square == 0, 0.0)


atan2 = op(
    "atan2(self, other)", np.arctan2, promotes="float", inplace=True, method=False,
    self=lambda grad, self, other: grad * other * _inverse_square(self, other),
    other=lambda grad, self, other: grad * -self * _inverse_square(self, other),
    doc="The angle of the point (other, self), elementwise, from -pi to pi.",
)  # fmt: skip

hypot = op(
    "hypot(self, other)", lambda x, other: np.hypot(floating(x, "hypot_cpu"), other), promotes="common", inplace=True, method=False,
    self=lambda grad, self, result: grad * self / result,
    other=lambda grad, other, result: grad * other / result,
    doc="sqrt(self^2 + other^2), elementwise.",
)  # fmt: skip


def _logaddexp_self(grad: Tensor, self: Tensor, other: Tensor) -> Tensor:
    return grad / plus((other - self).exp(), 1)


def _logaddexp2_self(grad: Tensor, self: Tensor, other: Tensor) -> Tensor:
    return grad / plus(2 ** (other - self), 1)


logaddexp = op(
    "logaddexp(self, other)", lambda x, other: np.logaddexp(floating(x, "logaddexp_cpu"), other), promotes="common", method=False,
    self=_logaddexp_self,
    other=lambda grad, self, other: _logaddexp_self(grad, other, self),
    doc="log(exp(self) + exp(other)), elementwise, without overflow.",
)  # fmt: skip

logaddexp2 = op(
    "logaddexp2(self, other)", lambda x, other: np.logaddexp2(floating(x, "logaddexp2_cpu"), other), promotes="common", method=False,
    self=_logaddexp2_self,
    other=lambda grad, self, other: _logaddexp2_self(grad, other, self),
    doc="log2(2^self + 2^other), elementwise, without overflow.",
)  # fmt: skip


def _copysign_self(grad: Tensor, self: Tensor, result: Tensor) -> Tensor:
    return grad * (result / self).masked_fill(self == 0, 0.0)


_copysign_tensor = op(
    "copysign_tensor(self, other)", np.copysign, promotes="float", inplace=True, method=False, of="copysign",
    node="CopysignBackward0",
    self=_copysign_self,
    other=zeros_for,
    doc="The size of self with the sign of another tensor.",
)  # fmt: skip
_copysign_number = op(
    "copysign_number(self, other)", np.copysign, promotes="float", inplace=True, method=False, of="copysign",
    node="CopysignBackward1",
    self=_copysign_self,
    doc="The size of self with the sign of a number.",
)  # fmt: skip


def _xlogy(x: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(other), other, np.where(x == 0, np.zeros((), x.dtype), x * np.log(other)))


def _xlogy_self(grad: Tensor, self: Tensor, other: Any) -> Tensor:
    """grad * log(other), 0 where self is 0 and other is not above 0."""
    if not isinstance(other, Tensor):
        found = times(grad, math.log(other)) if other > 0 else grad * (-math.inf if other == 0 else math.nan)
        return found.masked_fill(self == 0, 0.0) if other <= 0 else found
    return xlogy(grad, other).masked_fill((self == 0) & (other <= 0), 0.0)


_xlogy_tensors = op(
    "xlogy_tensors(self, other)", _xlogy, promotes="float", inplace=True, method=False, of="xlogy",
    node="XlogyBackward0",
    self=_xlogy_self,
    other=lambda grad, self, other: grad * self / other,
    doc="self * log(other), 0 where self is 0.",
)  # fmt: skip
_xlogy_number = op(
    "xlogy_number(self, other)", _xlogy, promotes="float", inplace=True, method=False, of="xlogy",
    node="XlogyBackward2",
    self=_xlogy_self,
    doc="self * log(number), 0 where self is 0.",
)  # fmt: skip
_number_xlogy = op(
    "number_xlogy(other, self)", lambda other, x: _xlogy(x, other), promotes="float", method=False, of="xlogy",
    node="XlogyBackward1",
    other=lambda grad, self, other: grad * self / other,
    doc="number * log(other), 0 where the number is 0.",
)  # fmt: skip


def _heaviside(x: np.ndarray, values: np.ndarray) -> np.ndarray:
    return np.where(x == 0, values, x > 0).astype(x.dtype)


def _same_dtypes(x: np.ndarray, values: np.ndarray) -> None:
    if x.dtype != values.dtype:
        raise RuntimeError("heaviside is not yet implemented for tensors with different dtypes.")


heaviside = op(
    "heaviside(self, values)", _heaviside, check=_same_dtypes, promotes="common", inplace=True, method=False, node="NotImplemented",
    self=not_implemented("derivative for aten::heaviside is not implemented", RuntimeError),
    values=not_implemented("derivative for aten::heaviside is not implemented", RuntimeError),
    doc="0 below 0, 1 above, `values` at 0. It has no gradient: backward through it raises RuntimeError.",
)  # fmt: skip


# ------------------------------------------------------------------ under one name


maximum, minimum, fmax, fmin, atan2, hypot, logaddexp, logaddexp2, heaviside = map(
    tensors_only,
    (maximum, minimum, fmax, fmin, atan2, hypot, logaddexp, logaddexp2, heaviside),
)
arctan2, Tensor.arctan2, Tensor.arctan2_ = atan2, atan2, Tensor.atan2_


@public
def copysign(self: Tensor, other: Tensor | float) -> Tensor:
    """The size of self with the sign of `other`, a tensor or a number."""
    return (_copysign_tensor if isinstance(other, Tensor) else _copysign_number)(self, other)


@public
def copysign_(self: Tensor, other: Tensor | float) -> Tensor:
    """copysign, in place."""
    return table["copysign_tensor" if isinstance(other, Tensor) else "copysign_number"].call_inplace(
        self, other
    )


@public
def xlogy(self: Tensor | float, other: Tensor | float) -> Tensor:
    """self * log(other), 0 where self is 0; one of the two may be a number."""
    if not isinstance(self, Tensor) and isinstance(other, Tensor) and is_number(self):
        return _number_xlogy(other, self)
    return (_xlogy_tensors if isinstance(other, Tensor) else _xlogy_number)(self, other)


@public
def xlogy_(self: Tensor, other: Tensor | float) -> Tensor:
    """xlogy, in place."""
    return table["xlogy_tensors" if isinstance(other, Tensor) else "xlogy_number"].call_inplace(self, other)

"""What numbers are made of: divisors of whole ones, mantissas and exponents of floats."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import return_types
from ..op import op
from ..tensor import Tensor, zeros_for
from .arithmetic import times
from .masks import where
from .precision import floating, unsupported
from .public import public, tensors_only


def _whole(function: np.ufunc, kernel: str) -> Callable[..., np.ndarray]:
    def forward(x: np.ndarray, other: np.ndarray) -> np.ndarray:
        if x.dtype.kind not in "iu":
            raise unsupported(x, kernel)
        return function(x, other)

    return forward


gcd = op(
    "gcd(self, other)", _whole(np.gcd, "gcd_cpu"), promotes="common", inplace=True, method=False,
    doc="Elementwise greatest common divisor of whole numbers.",
)  # fmt: skip

lcm = op(
    "lcm(self, other)", _whole(np.lcm, "lcm_cpu"), promotes="common", inplace=True, method=False,
    doc="Elementwise least common multiple of whole numbers.",
)  # fmt: skip

nextafter = op(
    "nextafter(self, other)", lambda x, other: np.nextafter(floating(x, "nextafter_cpu"), other),
    promotes="common", inplace=True, method=False,
    self=lambda grad, self, other: where(self != other, grad, 0),
    other=zeros_for,
    doc="Elementwise: the next float after self in the direction of other.",
)  # fmt: skip

ldexp = op(
    "ldexp(self, other)", lambda x, other: x * np.power(x.dtype.type(2), other), promotes="float", inplace=True,
    method=False,
    self=lambda grad, other: grad * 2.0**other,
    other=lambda grad, result: times(grad * result, math.log(2)),
    doc="Elementwise self * 2^other.",
)  # fmt: skip

gcd, lcm, nextafter, ldexp = map(tensors_only, (gcd, lcm, nextafter, ldexp))


def _frexp(x: np.ndarray) -> tuple[np.ndarray, ...]:
    if x.dtype.kind != "f":
        raise RuntimeError("torch.frexp() only supports floating-point dtypes")
    mantissa, exponent = np.frexp(x)
    return mantissa, exponent.astype(np.int32)


_frexp_op = op(
    "frexp(self) -> mantissa, exponent", _frexp, method=False,
    self=lambda grads, exponent: grads[0] / exponent.exp2(),
    doc="Mantissas, from 1/2 to 1, and exponents.",
)  # fmt: skip


@public
def frexp(self: Tensor) -> Any:
    """The (mantissa, exponent) of each element: mantissa * 2^exponent, with mantissas from 1/2 to 1."""
    return return_types.frexp(_frexp_op(self))


# ------------------------------------------------------------------ what only complex numbers need


def _angle(x: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(x), x, np.where(x < 0, x.dtype.type(math.pi), x.dtype.type(0)))


angle = op(
    "angle(self)", _angle, promotes="float",
    self=lambda grad, self: zeros_for(grad),  # torch keeps self all the same
    doc="Elementwise angle of a real number: 0, or pi where it is negative.",
)  # fmt: skip


def _same(name: str, doc: str) -> Callable[[Tensor], Tensor]:
    def function(self: Tensor) -> Tensor:
        return self

    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    return public(function)


real = _same("real", "self: there are no complex numbers here.")
Tensor.real = property(real)
conj = _same("conj", "self, which is its own conjugate.")
conj_physical = _same("conj_physical", "self, which is its own conjugate.")
resolve_conj = _same("resolve_conj", "self, which is nothing's conjugate.")
resolve_neg = _same("resolve_neg", "self, which is nothing's negative.")

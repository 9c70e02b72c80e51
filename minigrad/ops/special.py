"""The error function, its complement, and the inverse of the logistic function."""

from __future__ import annotations

import math

import numpy as np

from ..op import op
from ..tensor import Tensor, wrap
from .arithmetic import times
from .errorfunction import erf as _erf
from .masks import where
from .precision import rounded_once

_complement = np.frompyfunc(math.erfc, 1, 1)


def _erfc(x: np.ndarray) -> np.ndarray:
    # Not 1 - erf(x), whose digits are gone where it is small.
    return np.asarray(_complement(x)).astype(x.dtype)


def _bell(grad: Tensor, self: Tensor, factor: float) -> Tensor:
    """factor * exp(-self^2) * grad"""
    return times((-self.pow(2)).exp(), factor) * grad


erf = op(
    "erf(self)", rounded_once(_erf), promotes="float", inplace=True,
    self=lambda grad, self: _bell(grad, self, 2 / math.sqrt(math.pi)),
    doc="Elementwise error function, 2/sqrt(pi) times the integral of exp(-t^2) from 0 to x.",
)  # fmt: skip

erfc = op(
    "erfc(self)", rounded_once(_erfc), promotes="float", inplace=True,
    self=lambda grad, self: _bell(grad, self, -2 / math.sqrt(math.pi)),
    doc="Elementwise 1 - erf(x), exact where it is small.",
)  # fmt: skip


def _logit(x: np.ndarray, eps: float | None) -> np.ndarray:
    if eps is not None:
        x = np.minimum(np.maximum(x, x.dtype.type(eps)), x.dtype.type(1 - eps))
    return np.log(x / (1 - x))


def _logit_self(grad: Tensor, self: Tensor, eps: float | None) -> Tensor:
    """1 / (x (1 - x)); outside of [eps, 1 - eps] 0, or without eps outside of [0, 1] nan."""
    low, high, outside = (0.0, 1.0, math.nan) if eps is None else (eps, 1 - eps, 0.0)
    inside = (self >= low) & (self <= high)
    return where(inside, grad / (self * (1 - self)), wrap(np.asarray(outside, grad._array.dtype)))


logit = op(
    "logit(self, eps=None)", rounded_once(_logit), promotes="float", inplace=True, number_operands=False,
    self=_logit_self,
    doc="Elementwise log(x / (1 - x)), of x brought into [eps, 1 - eps] first.",
)  # fmt: skip

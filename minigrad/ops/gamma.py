"""The gamma function's logarithm and its derivatives, and the inverse of the error function."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..op import op, table
from ..strides import by_rows
from ..tensor import Tensor, wrap
from . import gammafunctions as exact
from .arithmetic import times
from .public import must_be_tensor, public


def _in_float64(function: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    """The function, computed in float64 and rounded to the argument's dtype."""

    def forward(x: np.ndarray, *args: Any) -> np.ndarray:
        return np.asarray(function(x.astype(np.float64), *args)).astype(x.dtype)

    return forward


lgamma = op(
    "lgamma(self)", _in_float64(exact.log_gamma), promotes="float", inplace=True,
    self=lambda grad, self: grad * digamma(self),
    doc="Elementwise log |gamma(x)|.",
)  # fmt: skip

digamma = op(
    "digamma(self)", _in_float64(exact.digamma), promotes="float", inplace=True,
    self=lambda grad, self: grad * _polygamma(self, n=1),
    doc="Elementwise derivative of log gamma.",
)  # fmt: skip

_polygamma, _ = (
    op(
        f"{name}(self, *, n)", _in_float64(lambda x, n: exact.polygamma(n, x)), promotes="float", inplace=True,
        method=False, of="polygamma", node=node,
        self=lambda grad, self, n: grad * _polygamma(self, n=n + 1),
        doc="Elementwise n-th derivative of digamma.",
    )
    for name, node in (("polygamma_of", "PolygammaBackward0"), ("polygamma_inplace", "PolygammaBackward1"))
)  # fmt: skip

erfinv = op(
    "erfinv(self)", _in_float64(exact.erfinv), promotes="float", inplace=True,
    self=lambda grad, self: times(self.erfinv().pow(2).exp(), math.sqrt(math.pi) / 2) * grad,
    doc="Elementwise inverse of erf; inf at 1, nan beyond.",
)  # fmt: skip


def _order(n: Any) -> int:
    if n < 0:
        raise RuntimeError("polygamma(n, x) does not support negative n.")
    return n


@public(method=False)
def polygamma(n: int, self: Tensor) -> Tensor:
    """The n-th derivative of digamma, elementwise; n may be 0, 1 ..."""
    return _polygamma(must_be_tensor(self, "polygamma", position=2), n=_order(n))


def _method(self: Tensor, n: int) -> Tensor:
    """The n-th derivative of digamma, elementwise; n may be 0, 1 ..."""
    return _polygamma(self, n=_order(n))


def _method_(self: Tensor, n: int) -> Tensor:
    """polygamma, in place."""
    return table["polygamma_inplace"].call_inplace(self, n=_order(n))


Tensor.polygamma, Tensor.polygamma_ = _method, _method_


# ------------------------------------------------------------------ of several dimensions


def _halves(p: int) -> np.ndarray:
    """-(p - 1)/2 ... -1/2, 0"""
    return np.arange(1 - p, 1) / 2


def _mvlgamma(x: np.ndarray, p: int) -> np.ndarray:
    if p < 1:
        raise RuntimeError("p has to be greater than or equal to 1")
    return exact.log_gamma(x[..., None] + _halves(p)).sum(-1) + p * (p - 1) / 4 * math.log(math.pi)


def _mvlgamma_self(grad: Tensor, self: Tensor, p: int) -> Tensor:
    moved = self.unsqueeze(-1) + wrap(_halves(p).astype(self._array.dtype))
    return grad * digamma(moved).sum(-1)


_mvlgamma_op = op(
    "mvlgamma_of(self, *, p)", by_rows(_in_float64(_mvlgamma)), promotes="float", pointwise=False, inplace=True,
    method=False, of="mvlgamma", node="MvlgammaBackward0",
    self=_mvlgamma_self,
    doc="Elementwise log of the gamma function of p dimensions.",
)  # fmt: skip


@public
def mvlgamma(self: Tensor, p: int) -> Tensor:
    """The log of the gamma function of p dimensions, elementwise. RuntimeError for p < 1."""
    return _mvlgamma_op(self, p=p)


@public
def mvlgamma_(self: Tensor, p: int) -> Tensor:
    """mvlgamma, in place."""
    return table["mvlgamma_of"].call_inplace(self, p=p)

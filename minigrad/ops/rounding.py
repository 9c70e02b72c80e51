"""Size and sign, rounding, and numbers that are none."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from ..op import op, table
from ..strides import empty_like
from ..tensor import Tensor, zeros_for
from .precision import floating, no_bools
from .public import must_be_tensor, public


def _refuses_bool(kernel: str) -> Callable[..., None]:
    def check(x: np.ndarray, *others: Any) -> None:
        no_bools(x, kernel)

    return check


def _same_for_integers(rounding: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    """Integers are rounded already, and stay what they are."""

    @functools.wraps(rounding, updated=())
    def forward(x: np.ndarray, **out: Any) -> np.ndarray:
        return rounding(x, **out) if x.dtype.kind == "f" else x.copy()

    return forward


def _zero(grad: Tensor) -> Tensor:
    return zeros_for(grad)


abs = op(
    "abs(self)", np.absolute, inplace=True, dunder="__abs__", promotes="common", check=_refuses_bool("abs_cpu"),
    self=lambda grad, self: grad * self.sgn(),
    doc="Elementwise absolute value.",
)  # fmt: skip


def _sign(x: np.ndarray) -> np.ndarray:
    if x.dtype.kind == "b":
        return x.copy()
    found = np.sign(x)
    return np.where(np.isnan(x), np.zeros((), x.dtype), found) if x.dtype.kind == "f" else found


sgn = op(
    "sgn(self)", _sign, inplace=True, pointwise=True,
    self=_zero,
    doc="Elementwise sign: -1, 0 or 1; 0 for nan.",
)  # fmt: skip

sign = op(
    "sign(self)", _sign, inplace=True, pointwise=True,
    self=_zero,
    doc="Elementwise sign: -1, 0 or 1; 0 for nan.",
)  # fmt: skip

floor = op(
    "floor(self)", _same_for_integers(np.floor), inplace=True, promotes="common",
    check=_refuses_bool("floor_vml_cpu"),
    self=_zero,
    doc="Elementwise: rounded down.",
)  # fmt: skip

ceil = op(
    "ceil(self)", _same_for_integers(np.ceil), inplace=True, promotes="common",
    check=_refuses_bool("ceil_vml_cpu"),
    self=_zero,
    doc="Elementwise: rounded up.",
)  # fmt: skip

trunc = op(
    "trunc(self)", _same_for_integers(np.trunc), inplace=True, promotes="common",
    check=_refuses_bool("trunc_vml_cpu"),
    self=_zero,
    doc="Elementwise: rounded towards 0.",
)  # fmt: skip


def _frac(x: np.ndarray) -> np.ndarray:
    return x - np.trunc(floating(x, "frac_cpu"))


frac = op(
    "frac(self)", _frac, inplace=True, pointwise=True,
    self=lambda grad: grad,
    doc="Elementwise x - trunc(x).",
)  # fmt: skip


def _round_decimals(x: np.ndarray, decimals: int) -> np.ndarray:
    """Times 10^decimals, rounded to even, and back: as torch does it, its float errors included."""
    floating(x, "round_cpu")
    scale = np.asarray(10.0 ** np.abs(decimals)).astype(x.dtype)
    return np.rint(x * scale) / scale if decimals > 0 else np.rint(x / scale) * scale


_round = op(
    "round(self)", _same_for_integers(np.rint), inplace=True, promotes="common", method=False,
    check=_refuses_bool("round_vml_cpu"),
    self=_zero,
    doc="Elementwise: to the nearest whole number, halves to the even one.",
)  # fmt: skip
_round_to = op(
    "round_decimals(self, *, decimals)", _round_decimals, inplace=True, method=False, of="round",
    node="RoundBackward1",
    self=_zero,
    doc="Elementwise: to so many decimals.",
)  # fmt: skip


@public
def round(self: Tensor, *, decimals: int | None = None) -> Tensor:
    """To the nearest number of so many decimals, halves to the even one."""
    return _round(self) if decimals is None else _round_to(self, decimals=decimals)


@public
def round_(self: Tensor, *, decimals: int | None = None) -> Tensor:
    """round, in place."""
    if decimals is not None:
        return table["round_decimals"].call_inplace(self, decimals=decimals)
    return table["round"].call_inplace(self)


def _nan_to_num(x: np.ndarray, nan: float | None, posinf: float | None, neginf: float | None) -> np.ndarray:
    found = empty_like(x)
    found[...] = np.nan_to_num(x, nan=nan or 0.0, posinf=posinf, neginf=neginf) if x.dtype.kind == "f" else x
    return found


nan_to_num = op(
    "nan_to_num(self, nan=None, posinf=None, neginf=None)", _nan_to_num, inplace=True,
    self=lambda grad, self: grad * isfinite(self),
    doc="nan, inf and -inf replaced; by default with 0, the largest and the smallest number of the dtype.",
)  # fmt: skip


# ------------------------------------------------------------------ questions, answered in bools


def _question(forward: Callable[[np.ndarray], np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
    return lambda x: np.asarray(forward(x), np.bool_)


isnan = op("isnan(self)", np.isnan, doc="Where the elements are nan.")
isinf = op("isinf(self)", np.isinf, doc="Where the elements are inf or -inf.")
isfinite = op("isfinite(self)", np.isfinite, doc="Where the elements are neither nan nor infinite.")
isposinf = op("isposinf(self)", _question(lambda x: x == np.inf), doc="Where the elements are inf.")
isneginf = op("isneginf(self)", _question(lambda x: x == -np.inf), doc="Where the elements are -inf.")
signbit = op(
    "signbit(self)", _question(lambda x: np.signbit(x) if x.dtype.kind == "f" else x < 0),
    doc="Where the elements are negative, -0.0 included.",
)  # fmt: skip


@public
def isreal(self: Tensor) -> Tensor:
    """True everywhere: there are no complex numbers here."""
    return isnan(must_be_tensor(self, "isreal")) | True


Tensor.absolute, Tensor.absolute_, Tensor.fix, Tensor.fix_ = (
    Tensor.abs,
    Tensor.abs_,
    Tensor.trunc,
    Tensor.trunc_,
)
absolute, fix = abs, trunc

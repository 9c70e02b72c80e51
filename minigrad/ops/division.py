"""Division that rounds, and its remainders."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..op import op, table
from ..tensor import Tensor, zeros_for
from .arithmetic import first_tensor, is_number, reflected
from .precision import no_bools
from .public import not_implemented, public


def _no_zero(x: np.ndarray, other: np.ndarray) -> None:
    if x.dtype.kind != "f" and not np.all(other):
        raise RuntimeError("ZeroDivisionError")


def _floored(x: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The quotient rounded down; where the divisor is 0 it is that of the division, as in torch."""
    no_bools(x, "div_floor_cpu")
    _no_zero(x, other)
    found = np.floor_divide(x, other)
    return np.where(other == 0, np.true_divide(x, other), found) if x.dtype.kind == "f" else found


def _truncated(x: np.ndarray, other: np.ndarray) -> np.ndarray:
    no_bools(x, "div_trunc_cpu")
    _no_zero(x, other)
    if x.dtype.kind == "f":
        return np.trunc(np.true_divide(x, other))
    quotient = np.abs(x) // np.abs(other) if x.dtype.kind == "i" else x // other
    return np.where((x < 0) ^ (other < 0), -quotient, quotient).astype(x.dtype)


def _rounded(x: np.ndarray, other: np.ndarray, rounding_mode: str) -> np.ndarray:
    if rounding_mode not in ("floor", "trunc"):
        raise RuntimeError(
            f"div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '{rounding_mode}'"
        )
    return _floored(x, other) if rounding_mode == "floor" else _truncated(x, other)


def _remainder(x: np.ndarray, other: np.ndarray) -> np.ndarray:
    """What is left by division that rounds down: it has the divisor's sign."""
    no_bools(x, "remainder_cpu")
    _no_zero(x, other)
    if x.dtype.kind != "f":
        return np.remainder(x, other)
    rest = np.fmod(x, other)  # NumPy's remainder gives a rest of 0 another sign
    return np.where((rest != 0) & ((other < 0) != (rest < 0)), rest + other, rest)


def _fmod(x: np.ndarray, other: np.ndarray) -> np.ndarray:
    """What is left by division that rounds towards 0: it has the dividend's sign."""
    no_bools(x, "fmod_cpu")
    _no_zero(x, other)
    return np.fmod(x, other)


_div_rounded = op(
    "div_rounded(self, other, *, rounding_mode)", _rounded, promotes="common", method=False, inplace=True,
    of="div", node="DivBackward2",
    self=zeros_for,
    other=zeros_for,
    doc="self / other, rounded.",
)  # fmt: skip
_div_tensor_mode = op(
    "floor_divide(self, other)", _floored, promotes="common", inplace=True, node="NotImplemented", method=False,
    self=not_implemented("derivative for aten::floor_divide is not implemented", RuntimeError),
    other=not_implemented("derivative for aten::floor_divide is not implemented", RuntimeError),
    doc="self / other, rounded down. It has no gradient: backward through it raises RuntimeError.",
)  # fmt: skip
_remainder_number = op(
    "remainder_number(self, other)", _remainder, promotes="common", method=False, inplace=True,
    of="remainder", node="RemainderBackward0",
    self=lambda grad: grad,
    doc="What is left of self by division by a number, with the number's sign.",
)  # fmt: skip
_remainder_tensor = op(
    "remainder_tensor(self, other)", _remainder, promotes="common", method=False, inplace=True,
    of="remainder", node="RemainderBackward1",
    self=lambda grad: grad,
    other=lambda grad, self, other: -grad * self.div(other, rounding_mode="floor"),
    doc="What is left of self by division, with the divisor's sign.",
)  # fmt: skip
_number_remainder = op(
    "number_remainder(other, self)", lambda other, x: _remainder(x, other), promotes="common", method=False,
    of="remainder", node="NotImplemented",
    other=not_implemented("derivative for aten::remainder is not implemented", RuntimeError),
    doc="What is left of a number by division by a tensor.",
)  # fmt: skip
_fmod_number = op(
    "fmod_number(self, other)", _fmod, promotes="common", method=False, inplace=True,
    of="fmod", node="FmodBackward0",
    self=lambda grad: grad,
    doc="What is left of self by division by a number, with self's sign.",
)  # fmt: skip
_fmod_tensor = op(
    "fmod_tensor(self, other)", _fmod, promotes="common", method=False, inplace=True,
    of="fmod", node="FmodBackward1",
    self=lambda grad: grad,
    other=lambda grad, self, other: -grad * self.div(other, rounding_mode="trunc"),
    doc="What is left of self by division, with self's sign.",
)  # fmt: skip


def rounded(self: Tensor, other: Tensor | float, rounding_mode: str) -> Tensor:
    """self / other, rounded as the mode says."""
    return _div_rounded(self, other, rounding_mode=rounding_mode)


@public
def floor_divide(self: Tensor | float, other: Tensor | float) -> Tensor:
    """self / other, rounded down. It has no gradient: backward through it raises RuntimeError."""
    return _div_tensor_mode(first_tensor(self, other, "floor_divide"), other)


@public
def remainder(self: Tensor | float, other: Tensor | float) -> Tensor:
    """What division that rounds down leaves of self; it has the sign of `other`."""
    if not isinstance(self, Tensor) and isinstance(other, Tensor) and is_number(self):
        return _number_remainder(other, self)
    return (_remainder_tensor if isinstance(other, Tensor) else _remainder_number)(self, other)


@public
def fmod(self: Tensor, other: Tensor | float) -> Tensor:
    """What division that rounds towards 0 leaves of self; it has the sign of self."""
    return (_fmod_tensor if isinstance(other, Tensor) else _fmod_number)(self, other)


@public
def remainder_(self: Tensor, other: Tensor | float) -> Tensor:
    """remainder, in place."""
    return table["remainder_" + ("tensor" if isinstance(other, Tensor) else "number")].call_inplace(
        self, other
    )


@public
def fmod_(self: Tensor, other: Tensor | float) -> Tensor:
    """fmod, in place."""
    return table["fmod_" + ("tensor" if isinstance(other, Tensor) else "number")].call_inplace(self, other)


def _attach(name: str, function: Any, twin: Any) -> None:
    setattr(Tensor, f"__{name}__", reflected(function))
    setattr(Tensor, f"__r{name}__", reflected(lambda self, other: function(other, self)))
    setattr(Tensor, f"__i{name}__", reflected(twin))


_attach("floordiv", floor_divide, Tensor.floor_divide_)
_attach("mod", remainder, remainder_)

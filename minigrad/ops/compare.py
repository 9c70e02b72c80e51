"""Comparisons and logic: results are bool, so no gradient goes through them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..broadcast import broadcast_shape
from ..op import op
from ..tensor import Tensor, zeros_for
from .arithmetic import first_tensor, reflected
from .precision import unsupported
from .public import in_place, must_be_tensor, public, tensors_only

eq = op("eq(self, other)", np.equal, promotes="common", dunder="__eq__", doc="Elementwise self == other.")
ne = op("ne(self, other)", np.not_equal, promotes="common", dunder="__ne__", doc="Elementwise self != other.")
lt = op("lt(self, other)", np.less, promotes="common", dunder="__lt__", doc="Elementwise self < other.")
le = op(
    "le(self, other)", np.less_equal, promotes="common", dunder="__le__", doc="Elementwise self <= other."
)
gt = op("gt(self, other)", np.greater, promotes="common", dunder="__gt__", doc="Elementwise self > other.")
ge = op(
    "ge(self, other)", np.greater_equal, promotes="common", dunder="__ge__", doc="Elementwise self >= other."
)

# In place the answers, 1 and 0, have self's dtype, and its gradient ends here.
for _name, _ufunc in {
    "eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal, "gt": np.greater,
    "ge": np.greater_equal,
}.items():  # fmt: skip
    op(
        f"{_name}_number_inplace(self, other)", _ufunc, promotes="common", method=False, of=_name,
        node=f"{_name.capitalize()}Backward0",
        self=zeros_for,
        doc=f"{_name}, written into self as ones and zeros.",
    )  # fmt: skip
    op(
        f"{_name}_inplace(self, other)", _ufunc, promotes="common", method=False, of=_name,
        node=f"{_name.capitalize()}Backward1",
        self=zeros_for,
        other=zeros_for,
        doc=f"{_name}, written into self as ones and zeros.",
    )  # fmt: skip
    in_place(f"{_name}_inplace", f"{_name}_", number=f"{_name}_number_inplace")


# ------------------------------------------------------------------ bits


def _bitwise(forward: Callable[..., np.ndarray], kernel: str) -> Callable[..., np.ndarray]:
    def on_integers(x: np.ndarray, *other: np.ndarray) -> np.ndarray:
        if x.dtype.kind == "f":
            raise unsupported(x, kernel)
        return forward(x, *other)

    return on_integers


def _invert(x: np.ndarray) -> np.ndarray:
    if x.dtype.kind == "f":
        raise TypeError("~ (operator.invert) is only implemented on integer and Boolean-type tensors")
    return np.invert(x)


bitwise_and = op(
    "bitwise_and(self, other)", _bitwise(np.bitwise_and, "bitwise_and_cpu"), promotes="common", inplace=True,
    dunder="__and__ __rand__",
    doc="Elementwise and: of bools logical, of integers bit by bit.",
)  # fmt: skip
bitwise_or = op(
    "bitwise_or(self, other)", _bitwise(np.bitwise_or, "bitwise_or_cpu"), promotes="common", inplace=True,
    dunder="__or__ __ror__",
    doc="Elementwise or: of bools logical, of integers bit by bit.",
)  # fmt: skip
bitwise_xor = op(
    "bitwise_xor(self, other)", _bitwise(np.bitwise_xor, "bitwise_xor_cpu"), promotes="common", inplace=True,
    dunder="__xor__ __rxor__",
    doc="Elementwise exclusive or: of bools logical, of integers bit by bit.",
)  # fmt: skip
bitwise_not = op(
    "bitwise_not(self)", _invert, inplace=True, pointwise=True, dunder="__invert__",
    doc="Elementwise not: of bools logical, of integers bit by bit.",
)  # fmt: skip


def _shifted(forward: Callable[..., np.ndarray], kernel: str) -> Callable[..., np.ndarray]:
    def shift(x: np.ndarray, other: np.ndarray) -> np.ndarray:
        if x.dtype.kind in "fb":
            raise unsupported(x, kernel)
        return forward(x, other)

    return shift


bitwise_left_shift = op(
    "bitwise_left_shift(self, other)", _shifted(np.left_shift, "lshift_cpu"), promotes="common", inplace=True,
    doc="Elementwise: the bits of self moved up by `other` places.",
)  # fmt: skip
bitwise_right_shift = op(
    "bitwise_right_shift(self, other)", _shifted(np.right_shift, "rshift_cpu"), promotes="common", inplace=True,
    doc="Elementwise: the bits of self moved down by `other` places.",
)  # fmt: skip


# ------------------------------------------------------------------ logic of any dtype


logical_and = op(
    "logical_and(self, other)", np.logical_and, promotes="common", inplace=True,
    doc="Elementwise: both are not 0.",
)  # fmt: skip
logical_or = op(
    "logical_or(self, other)", np.logical_or, promotes="common", inplace=True,
    doc="Elementwise: one of them is not 0.",
)  # fmt: skip
logical_xor = op(
    "logical_xor(self, other)", np.logical_xor, promotes="common", inplace=True,
    doc="Elementwise: exactly one of them is not 0.",
)  # fmt: skip
# A number is refused as the second operand, as torch does.
logical_and, logical_or, logical_xor = map(tensors_only, (logical_and, logical_or, logical_xor))

logical_not = op(
    "logical_not(self)", np.logical_not, inplace=True, pointwise=True, doc="Elementwise: it is 0."
)


# ------------------------------------------------------------------ nearly equal


def _same_dtype(self: Tensor, other: Tensor) -> None:
    if self.dtype is not other.dtype:
        names = [t.dtype.scalar_type for t in (self, other)]
        raise RuntimeError(f"{names[0]} did not match {names[1]}")


@public
def isclose(
    self: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> Tensor:
    """Where |self - other| <= atol + rtol * |other|. RuntimeError where the dtypes differ."""
    for name, value in (("rtol", rtol), ("atol", atol)):
        if value < 0:
            raise RuntimeError(f"{name} must be greater than or equal to zero, but got {value}")
    return _isclose(self, must_be_tensor(other, "isclose", "other", 2), rtol, atol, equal_nan)


def _close(x: np.ndarray, other: np.ndarray, rtol: float, atol: float, equal_nan: bool) -> np.ndarray:
    broadcast_shape([x, other])
    if x.dtype.kind != "f":
        x, other = x.astype(np.float64), other.astype(np.float64)
    with np.errstate(invalid="ignore"):
        near = np.abs(x - other) <= np.abs(rtol * other) + atol
    found = (x == other) | (np.isfinite(x) & np.isfinite(other) & near)
    return found | (np.isnan(x) & np.isnan(other)) if equal_nan else found


_isclose_op = op(
    "isclose(self, other: Tensor, rtol, atol, equal_nan)", _close, method=False, pointwise=True,
    doc="Where |self - other| <= atol + rtol * |other|.",
)  # fmt: skip


def _isclose(self: Tensor, other: Tensor, rtol: float, atol: float, equal_nan: bool) -> Tensor:
    _same_dtype(must_be_tensor(self, "isclose"), other)
    return _isclose_op(self, other, rtol, atol, equal_nan)


@public
def allclose(
    self: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> bool:
    """Whether |self - other| <= atol + rtol * |other| everywhere. RuntimeError where the dtypes differ."""
    return bool(isclose(self, other, rtol, atol, equal_nan)._array.all())


@public
def equal(self: Tensor, other: Tensor) -> bool:
    """Whether both have the same shape and the same elements; nan is not equal to itself."""
    a, b = must_be_tensor(self, "equal")._array, must_be_tensor(other, "equal", "other", 2)._array
    return a.shape == b.shape and bool((a == b).all())


@public
def is_nonzero(self: Tensor) -> bool:
    """Whether the one element is not 0. RuntimeError where there is not exactly one."""
    return bool(self)


def _either_way(entry: Any) -> Any:
    """The function also takes a number first."""
    name = entry.__name__

    def function(self: Tensor | float, other: Tensor | float) -> Tensor:
        return entry(first_tensor(self, other, name), other)

    function.__name__, function.__doc__ = name, entry.__doc__
    return public(function, method=False)


bitwise_and, bitwise_or, bitwise_xor = map(_either_way, (bitwise_and, bitwise_or, bitwise_xor))
bitwise_left_shift, bitwise_right_shift = map(_either_way, (bitwise_left_shift, bitwise_right_shift))
Tensor.__rlshift__ = reflected(lambda self, other: bitwise_left_shift(other, self))
Tensor.__rrshift__ = reflected(lambda self, other: bitwise_right_shift(other, self))
Tensor.__lshift__, Tensor.__rshift__ = reflected(bitwise_left_shift), reflected(bitwise_right_shift)
Tensor.__ilshift__ = reflected(Tensor.bitwise_left_shift_)
Tensor.__irshift__ = reflected(Tensor.bitwise_right_shift_)

for _name, _other in {
    "greater": "gt", "greater_equal": "ge", "less": "lt", "less_equal": "le", "not_equal": "ne",
}.items():  # fmt: skip
    setattr(Tensor, _name, getattr(Tensor, _other))
    setattr(Tensor, _name + "_", getattr(Tensor, _other + "_"))
greater, greater_equal, less, less_equal, not_equal = gt, ge, lt, le, ne

"""Comparisons and logic: results are bool, so no gradient goes through them."""

from __future__ import annotations

import numpy as np

from ..op import op

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

bitwise_and = op(
    "bitwise_and(self, other)", np.bitwise_and, promotes="common", inplace=True, dunder="__and__ __rand__",
    doc="Elementwise and: of bools logical, of integers bit by bit.",
)  # fmt: skip
bitwise_or = op(
    "bitwise_or(self, other)", np.bitwise_or, promotes="common", inplace=True, dunder="__or__ __ror__",
    doc="Elementwise or: of bools logical, of integers bit by bit.",
)  # fmt: skip
bitwise_not = op(
    "bitwise_not(self)", np.invert, inplace=True, dunder="__invert__",
    doc="Elementwise not: of bools logical, of integers bit by bit.",
)  # fmt: skip

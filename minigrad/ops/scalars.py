"""Arithmetic with a number as torch's own C++ writes it, in the losses and norms that are made of other ops.

Counterpart in PyTorch: add.Scalar, mul.Scalar ... of native_functions.yaml. From Python `x + 1` is
AddBackward0, the 1 being a tensor to torch; inside of torch it is AddBackward1, with one edge. So a learner
who looks at the graph of a loss sees which steps torch took in C++.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from ..dtypes import result_type
from ..op import op


def _with_number(function: Callable[[Any, Any], Any]) -> Callable[[np.ndarray, float], np.ndarray]:
    """function(array, number) in the dtype that they have in common."""

    def call(x: np.ndarray, number: float) -> np.ndarray:
        x = np.asarray(x)  # in a formula on arrays it may be one of NumPy's numbers
        kind = result_type((x, number)).numpy
        found = function(x if x.dtype == kind else x.astype(kind), np.asarray(number).astype(kind))
        return np.asarray(found)

    return call


plus = op(
    "add_number(self, number)", _with_number(operator.add), method=False, of="add",
    node="AddBackward1",
    self=lambda grad: grad,
    doc="self + number.",
)  # fmt: skip

minus = op(
    "sub_number(self, number)", _with_number(operator.sub), method=False, of="sub",
    node="SubBackward1",
    self=lambda grad: grad,
    doc="self - number.",
)  # fmt: skip

times = op(
    "mul_number(self, number)", _with_number(operator.mul), method=False, of="mul",
    node="MulBackward1",
    self=lambda grad, number: times(grad, number),
    doc="self * number.",
)  # fmt: skip

over = op(
    "div_number(self, number)", _with_number(operator.truediv), method=False, of="div",
    node="DivBackward1",
    self=lambda grad, number: over(grad, number),
    doc="self / number.",
)  # fmt: skip

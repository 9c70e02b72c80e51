"""entr, xlog1py and ndtr, which torch has in torch.special alone."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import dtypes
from ..op import op
from ..tensor import Tensor
from .arithmetic import is_number, plus, times
from .precision import rounded_once
from .public import must_be_tensor, public
from .special import erf


def _entr(x: np.ndarray) -> np.ndarray:
    zero = np.zeros((), x.dtype)
    return np.where(np.isnan(x), x, np.where(x > 0, -x * np.log(x), np.where(x == 0, zero, -np.inf))).astype(
        x.dtype
    )


entr = op(
    "special_entr(self)", rounded_once(_entr), promotes="float", method=False,
    self=lambda grad, self: grad * -plus(self.log(), 1),
    doc="Elementwise -x log(x), 0 at 0, -inf below.",
)  # fmt: skip


def _xlog1py(x: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(other), other, np.where(x == 0, np.zeros((), x.dtype), x * np.log1p(other)))


def _xlog1py_self(grad: Tensor, self: Tensor, other: Any) -> Tensor:
    """grad * log1p(other), 0 where self is 0 and other is not above -1."""
    found = xlog1py(grad, other)
    if isinstance(other, Tensor):
        return found.masked_fill((self == 0) & (other <= -1), 0.0)
    return found.masked_fill(self == 0, 0.0) if other <= -1 else found


_tensors = op(
    "special_xlog1py_tensors(self, other)", _xlog1py, promotes="float", method=False, of="special_xlog1py",
    node="SpecialXlog1PyBackward0",
    self=_xlog1py_self,
    other=lambda grad, self, other: grad * self / plus(other, 1),
    doc="self * log1p(other), 0 where self is 0.",
)  # fmt: skip
_with_number = op(
    "special_xlog1py_number(self, other)", _xlog1py, promotes="float", method=False, of="special_xlog1py",
    node="SpecialXlog1PyBackward2",
    self=_xlog1py_self,
    doc="self * log1p(number), 0 where self is 0.",
)  # fmt: skip
_of_number = op(
    "special_number_xlog1py(other, self)", lambda other, x: _xlog1py(x, other), promotes="float", method=False,
    of="special_xlog1py", node="SpecialXlog1PyBackward1",
    other=lambda grad, self, other: times(grad, self) / plus(other, 1),
    doc="number * log1p(other), 0 where the number is 0.",
)  # fmt: skip


@public(method=False, name="special_xlog1py")
def xlog1py(self: Tensor | float, other: Tensor | float) -> Tensor:
    """self * log1p(other), 0 where self is 0; one of the two may be a number."""
    if not isinstance(self, Tensor) and isinstance(other, Tensor) and is_number(self):
        return _of_number(other, self)
    return (_tensors if isinstance(other, Tensor) else _with_number)(self, other)


@public(method=False, name="special_ndtr")
def ndtr(self: Tensor) -> Tensor:
    """The area under the bell curve up to each element: (1 + erf(x / sqrt(2))) / 2."""
    if not must_be_tensor(self, "special_ndtr").is_floating_point():
        self = self.to(dtypes.get_default_dtype())
    return times(plus(erf(times(self, math.sqrt(0.5))), 1), 0.5)

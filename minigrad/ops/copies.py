"""Copies: in the same order, in row-major order, in another dtype.

Counterpart in PyTorch: clone, contiguous and to in aten/src/ATen/native/TensorConversions.cpp and
TensorFactories.cpp.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from ..op import op
from ..strides import empty_like
from ..tensor import Tensor
from .shape import view


def copied(x: np.ndarray, dtype: np.dtype | None = None) -> np.ndarray:
    """A copy, perhaps in another dtype, that keeps the order of the dimensions in memory."""
    found = empty_like(x, dtype)
    np.copyto(found, x, casting="unsafe")
    return found


clone = op(
    "clone(self)", copied,
    self=lambda grad: grad,
    doc="A copy with memory of its own; the gradient goes through.",
)  # fmt: skip

contiguous_copy = op(
    "clone_contiguous(self)", lambda x: x.copy("C"), method=False, of="clone", node="CloneBackward0",
    self=lambda grad: grad,
    doc="A copy in row-major order.",
)  # fmt: skip

_to_copy = op(
    "to_copy(self, dtype)", lambda x, dtype: copied(x, dtype.numpy), method=False, of="to",
    self=lambda grad: grad,
    doc="A copy in another dtype.",
)  # fmt: skip


def contiguous(self: Tensor) -> Tensor:
    """self where its memory is in row-major order without gaps, else a copy that is."""
    return self if self.is_contiguous() else contiguous_copy(self)


def ravel(self: Tensor) -> Tensor:
    """All elements in one dimension: a view of self where it is contiguous, of a copy where not."""
    return view(contiguous(self), (-1,))


def to(self: Tensor, *args: Any, dtype: dtypes.dtype | None = None, copy: bool = False) -> Tensor:
    """self in another dtype; self itself where it has it already. The device can only be "cpu"."""
    for arg in args:
        if isinstance(arg, dtypes.dtype):
            dtype = arg
        elif isinstance(arg, np.dtype):
            dtype = dtypes.of(arg)
        elif isinstance(arg, Tensor):
            dtype = arg.dtype
        elif arg != "cpu":
            raise NotImplementedError(f"to(): {arg!r} is neither a dtype nor the device 'cpu', the only one")
    if (dtype is None or dtype is self.dtype) and not copy:
        return self
    return clone(self) if dtype in (None, self.dtype) else _to_copy(self, dtype)


for _method in (contiguous, ravel, to):
    setattr(Tensor, _method.__name__, _method)
for _name, _dtype in {
    "half": dtypes.float16, "float": dtypes.float32, "double": dtypes.float64, "short": dtypes.int16,
    "int": dtypes.int32, "long": dtypes.int64, "bool": dtypes.boolean,
}.items():  # fmt: skip
    setattr(Tensor, _name, lambda self, _dtype=_dtype: to(self, _dtype))

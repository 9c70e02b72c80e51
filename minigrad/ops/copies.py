"""Copies: in the same order, in row-major order, in another dtype.

Counterpart in PyTorch: clone, contiguous and to in aten/src/ATen/native/TensorConversions.cpp and
TensorFactories.cpp.
"""

from __future__ import annotations

import numpy as np

from ..memory_format import (
    checked_format,
    contiguous_format,
    empty_in,
    lies_in,
    memory_format,
    preserve_format,
)
from ..op import op
from ..strides import empty_like
from ..tensor import Tensor
from .public import public
from .shape import view


def copied(x: np.ndarray, dtype: np.dtype | None = None) -> np.ndarray:
    """A copy, perhaps in another dtype, that keeps the order of the dimensions in memory."""
    found = empty_like(x, dtype)
    np.copyto(found, x, casting="unsafe")
    return found


_clone = op(
    "clone(self)", copied, method=False,
    self=lambda grad: grad,
    doc="A copy with memory of its own; the gradient goes through.",
)  # fmt: skip

contiguous_copy = op(
    "clone_contiguous(self)", lambda x: x.copy("C"), method=False, of="clone", node="CloneBackward0",
    self=lambda grad: grad,
    doc="A copy in row-major order.",
)  # fmt: skip

_clone_in = op(
    "clone_in(self, memory_format)", lambda x, memory_format: copied_in(x, memory_format), method=False, of="clone",
    node="CloneBackward0",
    self=lambda grad: grad,
    doc="A copy in a memory format.",
)  # fmt: skip

to_copy = op(
    "to_copy(self, dtype, memory_format)",
    lambda x, dtype, memory_format: copied_in(x, memory_format, dtype.numpy), method=False, of="to",
    self=lambda grad: grad,
    doc="A copy in another dtype.",
)  # fmt: skip


def copied_in(x: np.ndarray, format: memory_format, dtype: np.dtype | None = None) -> np.ndarray:
    """A copy in a memory format, perhaps in another dtype."""
    if format is preserve_format:
        return copied(x, dtype)
    found = empty_in(x.shape, x.dtype if dtype is None else dtype, format)
    np.copyto(found, x, casting="unsafe")
    return found


@public(quick=True)
def clone(self: Tensor, *, memory_format: memory_format | None = None) -> Tensor:
    """A copy with memory of its own, in the order that self has, or in another; the gradient goes through."""
    if memory_format is None or memory_format is preserve_format:
        return _clone(self)
    return _clone_in(self, checked_format(memory_format, "clone"))


@public(quick=True)
def contiguous(self: Tensor, *, memory_format: memory_format = contiguous_format) -> Tensor:
    """self where it lies in row-major order (or that of the format) without gaps, else a copy that does."""
    if memory_format is contiguous_format:
        return self if self._array.flags.c_contiguous else contiguous_copy(self)
    if lies_in(self._array, checked_format(memory_format, "contiguous", None)):
        return self
    if memory_format is preserve_format:
        raise RuntimeError("preserve memory format is unsupported by the contiguous operator")
    return _clone_in(self, memory_format)


@public
def ravel(self: Tensor) -> Tensor:
    """All elements in one dimension: a view of self where it is contiguous, of a copy where not."""
    return view(contiguous(self), (-1,))

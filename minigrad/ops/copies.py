"""Copies: in the same order, in row-major order, in another dtype.

Counterpart in PyTorch: clone, contiguous and to in aten/src/ATen/native/TensorConversions.cpp and
TensorFactories.cpp.
"""

from __future__ import annotations

import numpy as np

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

to_copy = op(
    "to_copy(self, dtype)", lambda x, dtype: copied(x, dtype.numpy), method=False, of="to",
    self=lambda grad: grad,
    doc="A copy in another dtype.",
)  # fmt: skip


@public
def contiguous(self: Tensor) -> Tensor:
    """self where its memory is in row-major order without gaps, else a copy that is."""
    return self if self.is_contiguous() else contiguous_copy(self)


@public
def ravel(self: Tensor) -> Tensor:
    """All elements in one dimension: a view of self where it is contiguous, of a copy where not."""
    return view(contiguous(self), (-1,))

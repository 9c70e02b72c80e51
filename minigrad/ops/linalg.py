"""Products of vectors and matrices.

Counterpart in PyTorch: aten/src/ATen/native/LinearAlgebra.cpp. matmul is taken apart as there, so that its
grad_fn shows the same products; what is made of products stands in products.py.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import dtypes
from ..bare import helper
from ..broadcast import broadcast_shape
from ..dtypes import scalar_type
from ..op import op
from ..tensor import Tensor
from .copies import contiguous
from .precision import no_bools, rounded_once
from .public import public
from .shape import t, transpose, unsafe_view
from .sizes import real_dim


@rounded_once
def product(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The product of two matrices, of stacks of them, or with a vector."""
    return np.matmul(a, b)


def _dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    if a.ndim != 1 or b.ndim != 1:
        raise RuntimeError(f"1D tensors expected, but got {a.ndim}D and {b.ndim}D tensors")
    if a.dtype != b.dtype:
        raise RuntimeError(
            f"dot : expected both vectors to have same dtype, but found {scalar_type(a)} and {scalar_type(b)}"
        )
    if a.shape != b.shape:
        raise RuntimeError(
            f"inconsistent tensor size, expected tensor [{a.size}] and src [{b.size}] to have the same number "
            f"of elements, but got {a.size} and {b.size} elements respectively"
        )
    no_bools(a, "dot")
    return product(a, b)


def _mv(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    check_mv(np.empty(size_of(a, 0), b.dtype), a, b)
    return product(a, b)


def size_of(x: np.ndarray, dim: int) -> int:
    """The length of a dimension. IndexError where there is none."""
    return x.shape[real_dim(dim, x.ndim)]


def check_mv(out: np.ndarray, a: np.ndarray, b: np.ndarray) -> None:
    """Raise, in torch's words, unless the matrix a, the vector b and `out`, which is added, fit together."""
    if a.ndim != 2 or b.ndim != 1 or out.ndim > 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got {out.ndim}, {a.ndim}, {b.ndim}")
    if a.shape[1] != b.shape[0] or (out.ndim and out.shape[0] not in (1, a.shape[0])):
        raise RuntimeError(
            f"size mismatch, got input ({size_of(out, 0)}), mat ({a.shape[0]}x{a.shape[1]}), vec ({b.shape[0]})"
        )
    if not out.dtype == a.dtype == b.dtype:
        raise RuntimeError(
            f"addmv input tensors must have the same dtype, but got {scalar_type(out)}, {scalar_type(a)}, and {scalar_type(b)}"
        )
    no_bools(a, "addmv_impl_cpu")


def _mm(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    if a.ndim == 2 == b.ndim and a.dtype is b.dtype and a.dtype.char in "fd":
        try:
            return a.dot(b)  # of all ways the one with the fewest questions
        except ValueError:  # their sizes do not fit
            pass
    if a.ndim != 2 or b.ndim != 2:
        raise RuntimeError(f"{'self' if a.ndim != 2 else 'mat2'} must be a matrix")
    check_mm(a, b)
    return product(a, b)


def check_mm(a: np.ndarray, b: np.ndarray) -> None:
    """Raise, in torch's words, unless the two matrices can be multiplied."""
    if a.shape[1] != b.shape[0]:
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({a.shape[0]}x{a.shape[1]} and "
            f"{b.shape[0]}x{b.shape[1]})"
        )
    if a.dtype != b.dtype:
        raise RuntimeError(
            "expected m1 and m2 to have the same dtype, but got: "
            f"{dtypes.of(a.dtype).c_name} != {dtypes.of(b.dtype).c_name}"
        )
    if a.dtype.kind == "b" and a.size and b.size:
        no_bools(a, "addmm_impl_cpu_")


def _bmm(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    check_bmm(a, b)
    return product(a, b) if a.size and b.size else np.zeros((a.shape[0], a.shape[1], b.shape[2]), a.dtype)


def check_bmm(a: np.ndarray, b: np.ndarray, kernel: str = "bmm") -> None:
    """Raise, in torch's words, unless the two stacks of matrices can be multiplied."""
    for name, x in (("batch1", a), ("batch2", b)):
        if x.ndim != 3:
            raise RuntimeError(f"{name} must be a 3D tensor")
    if a.shape[0] != b.shape[0] or a.shape[2] != b.shape[1]:
        raise RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: [{a.shape[0]}, {a.shape[2]}] but "
            f"got: [{b.shape[0]}, {b.shape[1]}]."
        )
    if a.size and b.size:
        if a.dtype != b.dtype:
            raise RuntimeError(f"expected scalar type {scalar_type(a)} but found {scalar_type(b)}")
        no_bools(a, kernel if a.shape[1] * a.shape[2] * b.shape[2] < 400 else "baddbmm_with_gemm")


dot = op(
    "dot(self, tensor)", _dot,
    self=lambda grad, tensor: grad * tensor,
    tensor=lambda grad, self: grad * self,
    doc="The inner product of two vectors.",
)  # fmt: skip

vdot = op(
    "vdot(self, other)", _dot,
    self=lambda grad, other: grad * other,
    other=lambda grad, self: grad * self,
    doc="The inner product of two vectors; there are no complex numbers here.",
)  # fmt: skip

mv = op(
    "mv(self, vec)", _mv,
    self=lambda grad, vec: outer(grad, vec),
    vec=lambda grad, self: mv(t(self), grad),
    doc="A matrix times a vector.",
)  # fmt: skip

mm = op(
    "mm(self, mat2)", _mm,
    self=lambda grad, mat2: mm(grad, t(mat2)),
    mat2=lambda grad, self: mm(t(self), grad),
    doc="The product of two matrices.",
)  # fmt: skip

bmm = op(
    "bmm(self, mat2)", _bmm,
    self=lambda grad, mat2: bmm(grad, transpose(mat2, 1, 2)),
    mat2=lambda grad, self: bmm(transpose(self, 1, 2), grad),
    doc="The products of two stacks of matrices, pair by pair.",
)  # fmt: skip


# ------------------------------------------------------------------ matmul


@public(quick=True)
def matmul(self: Tensor, other: Tensor) -> Tensor:
    """self @ other: vectors, matrices, and stacks of them, whose first dimensions are broadcast.

    RuntimeError for numbers of no dimension and for shapes that do not fit.
    """
    if not isinstance(other, Tensor):
        raise TypeError(f"matmul(): argument 'other' (position 2) must be Tensor, not {type(other).__name__}")
    a, b = self._array.ndim, other._array.ndim
    if a == 2 and b == 2:
        return mm(self, other)
    if not a or not b:
        raise RuntimeError(f"both arguments to matmul need to be at least 1D, but they are {a}D and {b}D")
    if a == 1 and b == 1:
        return dot(self, other)
    if a == 2 and b == 1:
        return mv(self, other)
    if a == 1 and b == 2:
        return mm(self.unsqueeze(0), other).squeeze_(0)
    return _folded(self, other) if _folds(self, other) else _batched(self, other)


def _folds(self: Tensor, other: Tensor) -> bool:
    """Whether a stack times a matrix or vector is computed as one product of matrices."""
    a, b = self._array.ndim, other._array.ndim
    large, small = (self, other) if a >= b else (other, self)
    if large._array.ndim < 3 or small._array.ndim > 2:
        return False
    if small.requires_grad:
        return True
    if a == 2:
        return False
    x = large._array
    if not x.size:
        return True
    return all(x.strides[i] == x.strides[i + 1] * x.shape[i + 1] for i in range(x.ndim - 2))


def _folded(self: Tensor, other: Tensor) -> Tensor:
    turned = self._array.ndim < other._array.ndim
    large = other.mT if turned else self
    small = self if turned and self._array.ndim == 1 else self.t() if turned else other
    *outside, inner = large._array.shape
    rows = large.reshape((math.prod(outside), inner))
    if small._array.ndim == 1:
        return unsafe_view(rows.mv(small), tuple(outside))
    found = unsafe_view(rows.mm(small), (*outside, small._array.shape[1]))
    return contiguous(found.mT) if turned else found


def _batched(self: Tensor, other: Tensor) -> Tensor:
    a, b = self._array.shape, other._array.shape
    if len(a) == len(b) == 3 and a[0] != b[0]:
        if a[0] == 1 and self.requires_grad:
            return matmul(self.squeeze(0), other)
        if b[0] == 1 and other.requires_grad:
            return matmul(self, other.squeeze(0))
    n = a[-2] if len(a) > 1 else 1
    batch = broadcast_shape([_Shape(a[:-2]), _Shape(b[:-2])])
    count = math.prod(batch)
    left = self.expand((*batch, n, a[-1])).reshape((count, n, a[-1]))
    if len(b) == 1:
        right = other.expand((*batch, b[0])).reshape((count, b[0])).unsqueeze(2)
        return unsafe_view(left.bmm(right).squeeze(-1), (*batch, *[n] * (len(a) > 1)))
    right = other.expand((*batch, *b[-2:])).reshape((count, *b[-2:]))
    return unsafe_view(left.bmm(right), (*batch, *[n] * (len(a) > 1), b[-1]))


class _Shape:
    """Something with a shape, for broadcast_shape."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.shape = shape


@helper(np.outer)
@public
def outer(self: Tensor, vec2: Tensor) -> Tensor:
    """All products of an element of one vector with one of another, as a matrix."""
    for name, v in (("self", self), ("vec2", vec2)):
        if v._array.ndim != 1:
            raise RuntimeError(f"outer: Expected 1-D argument {name}, but got {v._array.ndim}-D")
    return self.reshape((self._array.size, 1)) * vec2


Tensor.ger = outer


def _operator(self: Tensor, other: Any) -> Tensor:
    if not isinstance(other, Tensor):
        return NotImplemented
    if self._array.ndim == 2 == other._array.ndim:
        try:
            return mm(self, other)
        except Exception:  # of which matmul speaks as of its own
            pass
    return matmul(self, other)


Tensor.__matmul__ = _operator

"""Products of vectors and matrices."""

from __future__ import annotations

import numpy as np

from .. import dtypes
from ..op import op
from ..tensor import Tensor


def _same_dtype(a: np.ndarray, b: np.ndarray, name: str) -> None:
    if a.dtype != b.dtype:
        first, second = (dtypes.of(x.dtype).tensor_type.removesuffix("Tensor").lower() for x in (a, b))
        raise RuntimeError(f"{name} expected both to have the same dtype, but got {first} and {second}")


def _dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    _same_dtype(a, b, "dot :")
    if a.ndim != 1 or b.ndim != 1:
        raise RuntimeError(f"1D tensors expected, but got {a.ndim}D and {b.ndim}D tensors")
    if a.shape != b.shape:
        raise RuntimeError(
            f"inconsistent tensor size, expected tensor [{a.size}] and src [{b.size}] to have the same number "
            f"of elements, but got {a.size} and {b.size} elements respectively"
        )
    return np.dot(a, b)


def _mv(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    _same_dtype(a, b, "mv :")
    if a.shape[1] != b.shape[0]:
        raise RuntimeError(
            f"size mismatch, got input ({a.shape[0]}), mat ({a.shape[0]}x{a.shape[1]}), vec ({b.shape[0]})"
        )
    return np.matmul(a, b)


def _mm(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    _same_dtype(a, b, "mm :")
    if a.shape[1] != b.shape[0]:
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({a.shape[0]}x{a.shape[1]} and "
            f"{b.shape[0]}x{b.shape[1]})"
        )
    return np.matmul(a, b)


dot = op(
    "dot(self, tensor)", _dot,
    self=lambda grad, tensor: grad * tensor,
    tensor=lambda grad, self: grad * self,
    doc="The inner product of two vectors.",
)  # fmt: skip

mv = op(
    "mv(self, vec)", _mv,
    self=lambda grad, vec: grad.unsqueeze(1) * vec,
    vec=lambda grad, self: self.t().mv(grad),
    doc="A matrix times a vector.",
)  # fmt: skip

mm = op(
    "mm(self, mat2)", _mm,
    self=lambda grad, mat2: grad.mm(mat2.t()),
    mat2=lambda grad, self: self.t().mm(grad),
    doc="The product of two matrices.",
)  # fmt: skip


def matmul(self: Tensor, other: Tensor) -> Tensor:
    """self @ other for vectors and matrices. NotImplementedError for more dimensions, for now."""
    a, b = self._array.ndim, other._array.ndim
    if a == 1 and b == 1:
        return dot(self, other)
    if a == 2 and b == 1:
        return mv(self, other)
    if a == 1 and b == 2:
        return mm(self.unsqueeze(0), other).squeeze(0)
    if a == 2 and b == 2:
        return mm(self, other)
    if 0 in (a, b):
        raise RuntimeError(f"both arguments to matmul need to be at least 1D, but they are {a}D and {b}D")
    raise NotImplementedError(f"matmul of tensors of {a} and {b} dimensions")


Tensor.matmul = matmul
Tensor.__matmul__ = lambda self, other: matmul(self, other) if isinstance(other, Tensor) else NotImplemented

"""A product added to something: addmm, addmv, addr, baddbmm, addbmm.

Counterpart in PyTorch: aten/src/ATen/native/LinearAlgebra.cpp.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from ..bare import helper
from ..dtypes import scalar_type
from ..op import op
from ..strides import empty_like
from ..tensor import Tensor
from .linalg import (
    bmm,
    check_bmm,
    check_mm,
    check_mv,
    mm,
    mv,
    outer,
    product,
    size_of,
)
from .precision import no_bools, rounded_once
from .scalars import times
from .shape import expand_array, t, transpose


@helper(lambda x, factor: x if factor == 1 else x * factor)
def _scaled(x: Tensor, factor: Any) -> Tensor:
    return x if factor == 1 else times(x, factor)


@rounded_once
def _sum(x: np.ndarray, product: np.ndarray, beta: Any, alpha: Any) -> np.ndarray:
    """beta * x + alpha * product; torch does not read x where beta is 0, so nan in it goes unseen."""
    if x.dtype.kind in "iu":
        beta, alpha = int(beta), int(alpha)
    product = product if alpha == 1 else product * np.asarray(alpha, product.dtype)
    if beta == 0:
        return np.broadcast_to(product, np.broadcast_shapes(x.shape, product.shape)).copy()
    return np.add(x if beta == 1 else x * np.asarray(beta, x.dtype), product)


def _addmm(x: np.ndarray, a: np.ndarray, b: np.ndarray, beta: Any, alpha: Any) -> np.ndarray:
    for name, m in (("mat1", a), ("mat2", b)):
        if m.ndim != 2:
            raise RuntimeError(f"{name} must be a matrix, got {m.ndim}-D tensor")
    if a.shape[1] == b.shape[0]:
        _same(x, b, "self and mat2 must have the same dtype, but got {0} and {1}")
        _same(a, b, "mat1 and mat2 must have the same dtype, but got {0} and {1}")
    check_mm(a, b)
    expand_array(x, (a.shape[0], b.shape[1]))
    return _sum(x, product(a, b), beta, alpha)


def _same(x: np.ndarray, y: np.ndarray, words: str) -> None:
    if x.dtype != y.dtype:
        raise RuntimeError(words.format(scalar_type(x), scalar_type(y)))


def _addmv(x: np.ndarray, a: np.ndarray, b: np.ndarray, beta: Any, alpha: Any) -> np.ndarray:
    check_mv(x, a, b)
    return _sum(x, product(a, b), beta, alpha)


def _addr(x: np.ndarray, a: np.ndarray, b: np.ndarray, beta: Any, alpha: Any) -> np.ndarray:
    for name, v in (("vec1", a), ("vec2", b)):
        if v.ndim != 1:
            raise RuntimeError(f"addr: Expected 1-D argument {name}, but got {v.ndim}-D")
    expand_array(x, (a.size, b.size))
    dtype = dtypes.result_type([x, a, b]).numpy
    for name, factor in (("beta", beta), ("alpha", alpha)):
        if isinstance(factor, bool) and dtype != np.bool_:
            raise RuntimeError(f"Boolean {name} only supported for Boolean results.")
        if isinstance(factor, float) and dtype.kind != "f":
            raise RuntimeError(
                f"For integral input tensors, argument {name} must not be a floating point number."
            )
    found = _sum(x.astype(dtype, copy=False), np.outer(a, b).astype(dtype, copy=False), beta, alpha)
    if x.shape == found.shape:
        result = empty_like(x, dtype)  # in the order of x
        result[...] = found
        return result
    return found


def _baddbmm(x: np.ndarray, a: np.ndarray, b: np.ndarray, beta: Any, alpha: Any) -> np.ndarray:
    expand_array(x, (size_of(a, 0), size_of(a, 1), size_of(b, 2)))
    if not x.dtype == a.dtype == b.dtype:
        kinds = [dtypes.of(m.dtype).c_name for m in (x, a, b)]
        raise RuntimeError(
            f"Input dtypes must be the same, got: input {kinds[0]}, batch1: {kinds[1]}, batch2: {kinds[2]}"
        )
    check_bmm(a, b, "baddbmm")
    return _sum(x, product(a, b), beta, alpha)


def _addbmm(x: np.ndarray, a: np.ndarray, b: np.ndarray, beta: Any, alpha: Any) -> np.ndarray:
    expand_array(x, (size_of(a, 1), size_of(b, 2)))
    for name, m in (("batch1", a), ("batch2", b)):
        if m.ndim != 3:
            raise RuntimeError(f"{name} must be a 3D tensor")
    if a.shape[0] != b.shape[0]:
        raise RuntimeError(
            f"batch1 and batch2 must have same number of batches, got {a.shape[0]} and {b.shape[0]}"
        )
    if a.shape[2] != b.shape[1]:
        raise RuntimeError(
            f"Incompatible matrix sizes for bmm ({a.shape[1]}x{a.shape[2]} and {b.shape[1]}x{b.shape[2]})"
        )
    if a.size and b.size:
        _same(x, b, "self and mat2 must have the same dtype, but got {0} and {1}")
        _same(a, b, "mat1 and mat2 must have the same dtype, but got {0} and {1}")
        no_bools(a, "addmm_impl_cpu_")
    total = product(a.transpose(1, 0, 2).reshape(a.shape[1], -1), b.reshape(-1, b.shape[2]))
    return _sum(x, total, beta, alpha)


def _stretched(grad: Tensor, a_shape: tuple[int, ...], b_shape: tuple[int, ...]) -> Tensor:
    return grad.unsqueeze(0).expand((a_shape[0], a_shape[1], b_shape[2]))


addmm = op(
    "addmm(self, mat1, mat2, *, beta=1, alpha=1)", _addmm, inplace=True, twin="stepwise sized",
    self=lambda grad, beta: _scaled(grad, beta),
    mat1=lambda grad, mat2, alpha: _scaled(mm(grad, t(mat2)), alpha),
    mat2=lambda grad, mat1, alpha: _scaled(mm(t(mat1), grad), alpha),
    doc="beta * self + alpha * (mat1 @ mat2).",
)  # fmt: skip

addmv = op(
    "addmv(self, mat, vec, *, beta=1, alpha=1)", _addmv, inplace=True, twin="stepwise sized",
    self=lambda grad, beta: _scaled(grad, beta),
    mat=lambda grad, vec, alpha: _scaled(outer(grad, vec), alpha),
    vec=lambda grad, mat, alpha: _scaled(mv(t(mat), grad), alpha),
    doc="beta * self + alpha * (mat @ vec).",
)  # fmt: skip

addr = op(
    "addr(self, vec1, vec2, *, beta=1, alpha=1)", _addr, inplace=True, twin="stepwise",
    self=lambda grad, beta: _scaled(grad, beta),
    vec1=lambda grad, vec2, alpha: _scaled(mv(grad, vec2), alpha),
    vec2=lambda grad, vec1, alpha: _scaled(mv(t(grad), vec1), alpha),
    doc="beta * self + alpha * outer(vec1, vec2).",
)  # fmt: skip

baddbmm = op(
    "baddbmm(self, batch1, batch2, *, beta=1, alpha=1)", _baddbmm, inplace=True, twin="stepwise sized",
    self=lambda grad, beta: _scaled(grad, beta),
    batch1=lambda grad, batch2, alpha: _scaled(bmm(grad, transpose(batch2, 1, 2)), alpha),
    batch2=lambda grad, batch1, alpha: _scaled(bmm(transpose(batch1, 1, 2), grad), alpha),
    doc="beta * self + alpha * (batch1 @ batch2), for stacks of matrices.",
)  # fmt: skip

addbmm = op(
    "addbmm(self, batch1, batch2, *, beta=1, alpha=1)", _addbmm, inplace=True, twin="stepwise",
    self=lambda grad, beta: _scaled(grad, beta),
    batch1=lambda grad, batch1_shape, batch2, alpha: _scaled(
        _stretched(grad, batch1_shape, batch2.shape).bmm(batch2.transpose(1, 2)), alpha
    ),
    batch2=lambda grad, batch1, batch2_shape, alpha: _scaled(
        batch1.transpose(1, 2).bmm(_stretched(grad, batch1.shape, batch2_shape)), alpha
    ),
    doc="beta * self + alpha * the sum of the products of two stacks of matrices.",
)  # fmt: skip

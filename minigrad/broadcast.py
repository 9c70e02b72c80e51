"""Broadcasting: which shape several operands have in common, and how a gradient gets back to one.

Counterpart in PyTorch: aten/src/ATen/ExpandUtils.h (infer_size, sum_to).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .dtypes import HALF
from .mode import local
from .tensor import Tensor, wrap


def broadcast_shape(operands: Sequence[Any]) -> tuple[int, ...]:
    """The common shape of arrays (and numbers). RuntimeError, in torch's words, where there is none."""
    shape: tuple[int, ...] = ()
    for operand in operands:
        other = getattr(operand, "shape", ())
        ndim = max(len(shape), len(other))
        a, b = (1,) * (ndim - len(shape)) + shape, (1,) * (ndim - len(other)) + tuple(other)
        for dim in range(ndim - 1, -1, -1):
            if a[dim] != b[dim] and 1 not in (a[dim], b[dim]):
                raise RuntimeError(
                    f"The size of tensor a ({a[dim]}) must match the size of tensor b ({b[dim]}) at "
                    f"non-singleton dimension {dim}"
                )
        shape = tuple(n if m == 1 else m for m, n in zip(a, b, strict=True))
    return shape


def array_sum_to(array: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """sum_to for an array that nobody records."""
    if array.dtype is HALF:
        return sum_to(wrap(array), shape)._array  # which sums in a wider dtype
    lead = array.ndim - len(shape)
    if array.shape == shape:
        return array
    if array.shape[lead:] == shape:
        return np.asarray(np.add.reduce(array, tuple(range(lead))))
    dims = (*range(lead), *[lead + i for i, n in enumerate(shape) if n == 1])
    return np.add.reduce(array, dims, keepdims=True).reshape(shape)


def sum_to(gradient: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Sum `gradient` over the dimensions that broadcasting a tensor of `shape` added or stretched."""
    if not shape:
        return gradient.sum()
    have = gradient._array.shape
    lead = len(have) - len(shape)
    if lead and have[lead:] == shape and not local.grad:
        return gradient.sum(tuple(range(lead)))  # the same in one op, where nobody sees the graph
    dims = (*range(lead), *[lead + i for i, n in enumerate(shape) if n == 1 and have[lead + i] != 1])
    if dims:
        gradient = gradient.sum(dims, True)
    return gradient.view(shape) if lead else gradient


sum_to.forward = array_sum_to  # type: ignore[attr-defined]  # what it is on arrays, see bare.py

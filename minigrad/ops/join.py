"""Several tensors as one.

Counterpart in PyTorch: aten/src/ATen/native/TensorShape.cpp (cat, stack, hstack ...). split.py takes apart.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from ..memory_format import contiguous_format, empty_in, suggested
from ..op import op
from ..tensor import Tensor, checked_dim, wrap
from .public import public
from .reshape import atleast_1d, atleast_2d, atleast_3d, reshape
from .shape import viewed
from .sizes import listed


def _cat(tensors: list[np.ndarray], dim: int) -> np.ndarray:
    if not tensors:
        raise ValueError("torch.cat(): expected a non-empty list of Tensors")
    for i, part in enumerate(tensors):
        if not part.ndim:
            raise RuntimeError(f"zero-dimensional tensor (at position {i}) cannot be concatenated")
    # Vectors of no elements are skipped, whatever the others' shape: an old habit of torch.
    parts = [a for a in tensors if a.shape != (0,)]
    dtype = dtypes.result_type(tensors).numpy
    if not parts:
        checked_dim(dim, 1)
        return np.empty(0, dtype)
    first = parts[0]
    dim = checked_dim(dim, first.ndim)
    for i, part in enumerate(tensors):
        if part.shape == (0,):
            continue
        if part.ndim != first.ndim:
            raise RuntimeError(
                f"Tensors must have same number of dimensions: got {first.ndim} and {part.ndim}"
            )
        for d, (n, m) in enumerate(zip(first.shape, part.shape, strict=True)):
            if d != dim and n != m:
                raise RuntimeError(
                    f"Sizes of tensors must match except in dimension {dim}. Expected size {n} but got size "
                    f"{m} for tensor number {i} in the list."
                )
    shape = (*first.shape[:dim], sum(a.shape[dim] for a in parts), *first.shape[dim + 1 :])
    formats = {suggested(a) for a in tensors}
    out = empty_in(shape, dtype, formats.pop() if len(formats) == 1 else contiguous_format)
    return np.concatenate(parts, axis=dim, out=out, casting="unsafe")


def _cat_tensors(grad: Tensor, tensors_shape: list[tuple[int, ...]], dim: int) -> list[Tensor]:
    """Each tensor gets the part of the gradient that is its own."""
    dim = checked_dim(dim, grad._array.ndim)
    parts, start = [], 0
    for shape in tensors_shape:
        if shape == (0,):
            parts.append(wrap(np.zeros(0, grad._array.dtype)))
            continue
        parts.append(grad.narrow(dim, start, shape[dim]))
        start += shape[dim]
    return parts


def _stack(tensors: list[np.ndarray], dim: int) -> np.ndarray:
    if not tensors:
        raise RuntimeError("stack expects a non-empty TensorList")
    first = tensors[0].shape
    dim = checked_dim(dim, len(first) + 1)
    for i, part in enumerate(tensors):
        if part.shape != first:
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {listed(first)} at entry 0 and "
                f"{listed(part.shape)} at entry {i}"
            )
    shape = (*first[:dim], len(tensors), *first[dim:])
    if dim < len(first):
        return viewed(_cat(tensors, dim), shape)
    return np.stack(tensors, dim, out=np.empty(shape, dtypes.result_type(tensors).numpy), casting="unsafe")


cat = op(
    "cat(tensors, dim=0)", _cat, method=False,
    tensors=_cat_tensors,
    doc="Tensors one after the other along an existing dimension.",
)  # fmt: skip

stack = op(
    "stack(tensors, dim=0)", _stack, method=False,
    tensors=lambda grad, dim: [grad.select(dim, i) for i in range(grad.size(dim))],
    doc="Tensors of one shape, one after the other along a new dimension.",
)  # fmt: skip

concat = cat


def _parts(tensors: Any, name: str) -> tuple[Tensor, ...]:
    if not isinstance(tensors, (tuple, list)):
        raise TypeError(
            f"{name}(): argument 'tensors' (position 1) must be tuple of Tensors, not {type(tensors).__name__}"
        )
    if not tensors:
        raise RuntimeError(f"{name} expects a non-empty TensorList")
    return tuple(tensors)


@public(method=False)
def hstack(tensors: Any) -> Tensor:
    """Tensors side by side: along the second dimension, vectors along their only one."""
    parts = atleast_1d(_parts(tensors, "hstack"))
    return cat(parts, 0 if parts[0]._array.ndim == 1 else 1)


@public(method=False)
def vstack(tensors: Any) -> Tensor:
    """Tensors below each other: along the first dimension; vectors become rows."""
    return cat(atleast_2d(_parts(tensors, "vstack")), 0)


@public(method=False)
def dstack(tensors: Any) -> Tensor:
    """Tensors behind each other: along the third dimension."""
    return cat(atleast_3d(_parts(tensors, "dstack")), 2)


@public(method=False)
def column_stack(tensors: Any) -> Tensor:
    """Vectors as columns, matrices as they are, side by side."""
    parts = _parts(tensors, "column_stack")
    return hstack([reshape(t, t._array.size, 1) if t._array.ndim <= 1 else t for t in parts])

"""Broadcasting: which shape several operands have in common, and how a gradient gets back to one.

Counterpart in PyTorch: aten/src/ATen/ExpandUtils.h (infer_size, sum_to).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from . import dtypes, errors
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
    if array.shape[lead:] == shape:
        if lead == 1 and shape:
            return np.add.reduce(array)  # its first dimension: a bias's gradient
        return np.asarray(np.add.reduce(array, tuple(range(lead)))) if lead else array
    dims = (*range(lead), *[lead + i for i, n in enumerate(shape) if n == 1])
    found = np.add.reduce(array, dims, keepdims=True)
    return found.reshape(shape) if lead else found


def sum_to(gradient: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Sum `gradient` over the dimensions that broadcasting a tensor of `shape` added or stretched."""
    if not shape:
        return gradient.sum()
    have = gradient._array.shape
    lead = len(have) - len(shape)
    if lead and have[lead:] == shape and not local.grad:
        return gradient.sum(tuple(range(lead)))  # the same in one op, where nobody sees the graph
    dims = tuple(range(lead))
    if have[lead:] != shape:
        dims += tuple([lead + i for i, n in enumerate(shape) if n == 1 and have[lead + i] != 1])
    if dims:
        gradient = gradient.sum(dims, True)
    return gradient.view(shape) if lead else gradient


sum_to.forward = array_sum_to  # type: ignore[attr-defined]  # what it is on arrays, see bare.py


# ------------------------------------------------------------------ a gradient and the node that it goes to


def array_of(gradient: Any) -> np.ndarray:
    """The array of a gradient, which is one or a tensor."""
    return gradient._array if isinstance(gradient, Tensor) else gradient


def fitted(gradient: Any, node: Any, number: int, source: Any = None, results: Any = ()) -> Any:
    """The gradient in the shape and dtype of the node's output: broadcasting undone, promotion too.

    source, results: where it comes from, for the error. RuntimeError where its shape is no broadcast one.
    """
    shape, dtype = node.shape, node.dtype
    if node.outputs > 1:
        shape, dtype = shape[number], dtype[number]
    array = array_of(gradient)
    if array.shape != shape:
        if array.shape[-len(shape) :] != shape and not _can_sum_to(array.shape, shape):
            raise _invalid(gradient, shape, node, number, source, results)
        gradient = sum_to(gradient, shape) if gradient is not array else array_sum_to(array, shape)
        array = array_of(gradient)
    if array.dtype is not dtype:
        gradient = gradient.to(dtypes.of(dtype)) if gradient is not array else array.astype(dtype)
    return gradient


def _can_sum_to(shape: tuple[int, ...], target: tuple[int, ...]) -> bool:
    if len(shape) < len(target):
        return False
    return all(n in (1, m) for n, m in zip(target[::-1], shape[::-1], strict=False))


def _invalid(
    gradient: Any, shape: tuple[int, ...], node: Any, number: int, source: Any, results: Any
) -> RuntimeError:
    index, function = number, ""
    if source is not None:
        edges = enumerate(zip(results, source.next, source.numbers, strict=True))
        index = next(i for i, (r, n, k) in edges if r is gradient and n is node and k == number)
        function = f"Function {source.name()} returned an "
    found = array_of(gradient).shape
    error = RuntimeError(
        f"{function}invalid gradient at index {index} - got {list(found)} but expected "
        f"shape compatible with {list(shape)}"
    )
    return errors.about(error, "gradient shape", node=source, index=index, got=found, expected=shape)

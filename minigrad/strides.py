"""Windows into memory: arrays made of an address, a shape and strides.

Counterpart in PyTorch: aten/src/ATen/TensorUtils.cpp (computeStride) and native/TensorShape.cpp. NumPy's own
reshape, newaxis and broadcast_to agree on which element comes where, but not on the strides of dimensions
of length 1, which torch shows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def window(
    x: np.ndarray,
    shape: tuple[int, ...],
    strides: tuple[int, ...],
    offset: int = 0,
    dtype: np.dtype | None = None,
) -> np.ndarray:
    """The elements `offset + sum(index * stride)` bytes from the first one of `x`. Nothing is checked."""
    dtype = x.dtype if dtype is None else dtype
    try:
        return np.ndarray(shape, dtype, x, offset, strides)  # the quick way, where x is one block
    except (ValueError, TypeError):
        return np.asarray(_Window(x, shape, strides, offset, dtype))


class _Window:
    """What NumPy asks of an object that offers it memory; holds on to the array whose memory it is."""

    def __init__(
        self, x: np.ndarray, shape: tuple[int, ...], strides: tuple[int, ...], offset: int, dtype: np.dtype
    ) -> None:
        address, readonly = x.__array_interface__["data"]
        self.x = x
        self.__array_interface__ = {
            "shape": shape,
            "strides": strides,
            "typestr": dtype.str,
            "data": (address + offset, readonly),
            "version": 3,
        }


def empty_strided(shape: tuple[int, ...], stride: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """New memory for an array whose neighbours lie `stride` elements apart, in each dimension."""
    size = 0 if 0 in shape else 1 + sum((n - 1) * s for n, s in zip(shape, stride, strict=True))
    return np.ndarray(shape, dtype, np.empty(size, dtype), 0, tuple([s * dtype.itemsize for s in stride]))


def strides_of(x: np.ndarray) -> tuple[int, ...]:
    """The strides of x, in bytes. NumPy gives new arrays without elements strides of 0, torch does not."""
    return x.strides if x.size or any(x.strides) else row_major(x.shape, x.itemsize)


def row_major(shape: tuple[int, ...], itemsize: int) -> tuple[int, ...]:
    """The strides, in bytes, of a contiguous array."""
    strides = []
    step = itemsize
    for n in reversed(shape):
        strides.append(step)
        step *= max(n, 1)
    return tuple(reversed(strides))


def laid_out_alike(x: np.ndarray, like: np.ndarray) -> bool:
    """Whether x may be the gradient of `like` as it lies: in the same order, or row-major if that has gaps.

    Of a dimension of length 1 only 0 is no stride.
    """
    if x.strides == like.strides:
        return True
    if not is_dense(like):
        return x.flags.c_contiguous
    return all(s == r if n != 1 else s for n, s, r in zip(x.shape, x.strides, like.strides, strict=True))


def view_strides(x: np.ndarray, shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """The strides, in bytes, with which `x` has another shape; None where it has to be copied for that.

    From the last dimension on, dimensions of x that lie one after the other without gaps form a chunk;
    each chunk has to be filled by whole dimensions of the new shape.
    """
    if not x.size:
        return strides_of(x) if shape == x.shape else row_major(shape, x.itemsize)
    if not x.ndim:
        return (x.itemsize,) * len(shape)
    strides = [0] * len(shape)
    d = len(shape) - 1
    base, have, filled = x.strides[-1], 1, 1
    for dim in range(x.ndim - 1, -1, -1):
        have *= x.shape[dim]
        if dim and (x.shape[dim - 1] == 1 or x.strides[dim - 1] == have * base):
            continue
        while d >= 0 and (filled < have or shape[d] == 1):
            strides[d] = filled * base
            filled *= shape[d]
            d -= 1
        if filled != have:
            return None
        if dim:
            base, have, filled = x.strides[dim - 1], 1, 1
    return tuple(strides) if d == -1 else None


def is_dense(x: np.ndarray) -> bool:
    """Whether the elements fill one block of memory, each place once, in some order of the dimensions."""
    if not x.size:
        return True
    step = x.itemsize
    for n, stride in sorted(zip(x.shape, x.strides, strict=True), key=lambda pair: (pair[0] < 2, pair[1])):
        if n < 2:
            return True
        if stride != step:
            return False
        step *= n
    return True


def may_overlap(x: np.ndarray) -> bool:
    """Whether several elements may lie in one place of the memory."""
    reach = 0
    for stride, n in sorted(zip(x.strides, x.shape, strict=True), key=lambda pair: abs(pair[0])):
        if n > 1:
            if abs(stride) <= reach:
                return x.size > 0
            reach += (n - 1) * abs(stride)
    return False


def dense_strides(shape: tuple[int, ...], itemsize: int, *operands: tuple[int, ...]) -> tuple[int, ...]:
    """Strides, in bytes, without gaps, with the dimensions in the order that they have in the operands."""
    order = order_of(shape, *operands)
    if order == list(range(len(shape)))[::-1]:
        return row_major(shape, itemsize)
    strides = [0] * len(shape)
    step = itemsize
    for d in order:
        strides[d] = step
        step *= shape[d]
    return tuple(strides)


def order_of(shape: tuple[int, ...], *operands: tuple[int, ...]) -> list[int]:
    """The dimensions, the innermost first, in the order in which an elementwise op goes over its operands.

    The first operand decides; where it has a stride of 0 there is no order to keep, and the next one does.
    The comparisons are those of torch's TensorIterator (reorder_dimensions).
    """
    order = list(range(len(shape)))[::-1]
    for i in range(1, len(shape)):
        upper = i
        for lower in range(i - 1, -1, -1):
            swap = _swapped(order[lower], order[upper], shape, operands)
            if swap > 0:
                order[lower], order[upper] = order[upper], order[lower]
                upper = lower
            elif swap < 0:
                break
    return order


def _swapped(a: int, b: int, shape: tuple[int, ...], operands: tuple[tuple[int, ...], ...]) -> int:
    """1 where dimension a has to be outside of b, -1 where inside, 0 where nothing says so."""
    for strides in operands:
        s, r = strides[a], strides[b]
        if s and r:
            if s != r:
                return 1 if s > r else -1
            if shape[a] > shape[b]:
                return 1
    return 0


# Whether there has been an array whose dimensions are not in the usual order. Until then no result has to be
# laid out otherwise.
turned = False


def note_order(array: np.ndarray) -> None:
    """Take note of an array whose dimensions are not in the usual order."""
    global turned
    if is_turned(array):
        turned = True


def is_turned(x: np.ndarray) -> bool:
    """Whether the dimensions of x are in another order than the usual one; those of length 1 count, too."""
    shape = x.shape
    if len(shape) < 2 or (x.flags.c_contiguous and 1 not in shape and 0 not in shape):
        return False
    outer, length = 0, 0
    for n, stride in zip(shape, x.strides, strict=True):
        if stride:
            if outer and (stride > outer or (stride == outer and n > length)):
                return True
            outer, length = stride, n
    return False


def pointwise(found: np.ndarray, operands: list[np.ndarray | None]) -> np.ndarray:
    """The result of an elementwise op, with its dimensions in the operands' order, as torch lays it out.

    Where they contradict each other, the first one has its way. None stands for an operand that is a number.
    """
    shape = found.shape
    if len(shape) < 2:
        return found
    if all(x is not None and x.shape == shape for x in operands):
        if all(x.flags.c_contiguous for x in operands):
            return _with_strides(found, row_major(shape, found.itemsize))
        first = _steps(operands[0])
        if is_dense(operands[0]) and all(_steps(x) == first for x in operands):
            return _with_strides(found, tuple([s * found.itemsize for s in first]))
    steps = [stretched(x, shape) for x in operands if x is not None]
    return _with_strides(found, dense_strides(shape, found.itemsize, *steps))


def by_rows(forward: Callable[..., Any]) -> Callable[..., Any]:
    """`forward` with results that lie row by row. NumPy keeps the argument's order of dimensions."""

    def call(x: np.ndarray, *args: Any) -> Any:
        found = forward(x, *args)
        if x.flags.c_contiguous and 1 not in x.shape:
            return found
        return tuple(map(_in_rows, found)) if type(found) is tuple else _in_rows(found)

    return call


def _in_rows(found: np.ndarray) -> np.ndarray:
    found = np.asarray(found)
    return _with_strides(found, row_major(found.shape, found.itemsize))


def _with_strides(found: np.ndarray, strides: tuple[int, ...]) -> np.ndarray:
    if found.strides == strides:
        return found
    made = np.ndarray(found.shape, found.dtype, np.empty(found.size, found.dtype), 0, strides)
    made[...] = found
    return made


def _steps(x: np.ndarray) -> tuple[int, ...]:
    """The strides in elements."""
    return tuple([s // x.itemsize for s in x.strides])


def stretched(x: np.ndarray, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The strides of x broadcast to `shape`: 0 along the dimensions that it does not have."""
    missing = len(shape) - x.ndim
    own = [s if n == m else 0 for s, n, m in zip(strides_of(x), x.shape, shape[missing:], strict=True)]
    return (*[0] * missing, *own)


def empty_like(x: np.ndarray, dtype: np.dtype | None = None) -> np.ndarray:
    """New memory for an array of x's shape, its dimensions in the order that they have in x."""
    dtype = x.dtype if dtype is None else dtype
    if x.flags.c_contiguous and 1 not in x.shape and x.size:
        return np.empty(x.shape, dtype)
    strides = strides_of(x) if is_dense(x) else dense_strides(x.shape, x.itemsize, x.strides)
    if dtype.itemsize != x.itemsize:
        strides = tuple([s // x.itemsize * dtype.itemsize for s in strides])
    return np.ndarray(x.shape, dtype, np.empty(x.size, dtype), 0, strides)

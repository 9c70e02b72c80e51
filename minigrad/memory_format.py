"""memory_format: in which order the dimensions of a new tensor lie in memory.

Counterpart in PyTorch: c10/core/MemoryFormat.h. channels_last is the order of images that many programs use:
shape (N, C, H, W), but the numbers of one pixel side by side.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from .strides import strides_of


class memory_format:
    """One of contiguous_format, preserve_format, channels_last and channels_last_3d."""

    __slots__ = ("name", "order")

    def __init__(self, name: str, order: tuple[int, ...] = ()) -> None:
        self.name = name
        self.order = order  # of the channels_last formats: the dimensions, the innermost first

    def __repr__(self) -> str:
        return f"minigrad.{self.name}"

    def __reduce__(self) -> str:
        return self.name


contiguous_format = memory_format("contiguous_format")
preserve_format = memory_format("preserve_format")
channels_last = memory_format("channels_last", (1, 3, 2, 0))
channels_last_3d = memory_format("channels_last_3d", (1, 4, 3, 2, 0))


def checked_format(value: Any, name: str, default: memory_format | None = preserve_format) -> memory_format:
    """A memory format, the default for None. TypeError for anything else."""
    if value is None and default is not None:
        return default
    if not isinstance(value, memory_format):
        raise TypeError(
            f"{name}(): argument 'memory_format' must be minigrad.memory_format, not {type(value).__name__}"
        )
    return value


def empty_in(shape: tuple[int, ...], dtype: np.dtype, format: memory_format) -> np.ndarray:
    """New memory for an array, in a format. RuntimeError where the shape has not its number of dimensions."""
    if not format.order:
        return np.empty(shape, dtype)
    rank = len(format.order)
    if len(shape) != rank:
        raise RuntimeError(f"required rank {rank} tensor to use {format.name} format")
    strides, step = [0] * rank, dtype.itemsize
    for d in format.order:
        strides[d] = step
        step *= max(shape[d], 1)
    size = int(np.prod(shape))
    return np.ndarray(shape, dtype, np.empty(size, dtype), 0, tuple(strides))


def lies_in(x: np.ndarray, format: memory_format) -> bool:
    """Whether the elements lie in memory in this order, without gaps."""
    if not format.order:
        return x.flags.c_contiguous
    if x.ndim != len(format.order):
        return False
    step, strides = x.itemsize, strides_of(x)
    for d in format.order:
        if x.shape[d] != 1:
            if strides[d] != step:
                return False
            step *= x.shape[d]
    return True


def suggested(x: np.ndarray) -> memory_format:
    """The format that the strides look like: what torch goes by where it has to choose one."""
    for format in (channels_last, channels_last_3d):
        if x.ndim == len(format.order) and _looks_like(x, format):
            return format
    return contiguous_format


def _looks_like(x: np.ndarray, format: memory_format) -> bool:
    least, strides = 0, strides_of(x)
    if not strides[1] or not x.size:
        return False
    for d in format.order:
        if strides[d] < least or (d == 0 and least == strides[1]):
            return False  # the last: all of it could be in either order
        least = strides[d] * max(x.shape[d], 1)
    return True


def as_suggested(forward: Callable[..., Any], *, likewise: int = 0) -> Callable[..., Any]:
    """`forward` with results in the format that its first argument looks like, as torch's kernels for images.

    likewise: the position of another argument that may ask for a format, the weight of a convolution.
    """

    @functools.wraps(forward)
    def call(*args: Any) -> Any:
        found = forward(*args)
        if all(args[i].flags.c_contiguous for i in (0, likewise)):
            return found
        formats = [suggested(args[i]) for i in (0, likewise)]
        format = next((f for f in formats if f is not contiguous_format), contiguous_format)
        ndim = args[0].ndim
        if type(found) is tuple:
            return tuple([_laid_out(a, format) if a.ndim == ndim else a for a in found])
        return _laid_out(found, format)

    return call


def _laid_out(x: np.ndarray, format: memory_format) -> np.ndarray:
    if lies_in(x, format):
        return x
    made = empty_in(x.shape, x.dtype, format)
    made[...] = x
    return made

"""One tensor as several, which are views of it.

Counterpart in PyTorch: aten/src/ATen/native/TensorShape.cpp (split, chunk, unbind, tensor_split).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..op import op
from ..tensor import Tensor, checked_dim
from .join import cat, stack
from .public import public
from .sizes import is_int, real_dim
from .slices import slice_, sliced


def _unbind(x: np.ndarray, dim: int) -> tuple[np.ndarray, ...]:
    if not x.ndim:
        real_dim(checked_dim(dim, 0), 0)
    before = (slice(None),) * checked_dim(dim, x.ndim)
    return tuple([x[(*before, i, ...)] for i in range(x.shape[len(before)])])


def _split(x: np.ndarray, split_size: int, dim: int) -> tuple[np.ndarray, ...]:
    if not x.ndim:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    if split_size < 0:
        raise RuntimeError(f"split expects split_size be non-negative, but got split_size={split_size}")
    n = x.shape[checked_dim(dim, x.ndim)]
    if not split_size and n:
        raise RuntimeError(f"split_size can only be 0 if dimension size is 0, but got dimension size of {n}")
    count = max((n + split_size - 1) // split_size, 1) if split_size else 1
    sizes = [split_size] * (count - 1) + [n - split_size * (count - 1)]
    return _pieces(x, sizes, dim)


def _split_with_sizes(x: np.ndarray, split_sizes: tuple[int, ...], dim: int) -> tuple[np.ndarray, ...]:
    if not x.ndim:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    n = x.shape[checked_dim(dim, x.ndim)]
    if any(size < 0 for size in split_sizes):
        raise RuntimeError(
            "split_with_sizes expects split_sizes have only non-negative entries, but got "
            f"split_sizes={list(split_sizes)}"
        )
    if sum(split_sizes) != n:
        raise RuntimeError(
            f"split_with_sizes expects split_sizes to sum exactly to {n} (input tensor's size at dimension "
            f"{dim}), but got split_sizes={list(split_sizes)}"
        )
    return _pieces(x, split_sizes, dim)


def _pieces(x: np.ndarray, sizes: Any, dim: int) -> tuple[np.ndarray, ...]:
    found, start = [], 0
    for size in sizes:
        found.append(sliced(x, dim, start, start + size, 1))
        start += size
    return tuple(found)


unbind = op(
    "unbind(self, dim=0) -> outputs", _unbind, view="many",
    self=lambda grads, dim: stack(grads, dim),
    doc="All parts along `dim`, which they lose, as a tuple.",
)  # fmt: skip

_split_evenly = op(
    "split_evenly(self, split_size, dim) -> outputs", _split, view="many", method=False, of="split",
    node="SplitBackward0",
    self=lambda grads, dim: cat(grads, dim),
    doc="Parts of `split_size` along `dim`, the last one perhaps shorter.",
)  # fmt: skip

split_with_sizes = op(
    "split_with_sizes(self, split_sizes, dim=0) -> outputs", _split_with_sizes, view="many",
    self=lambda grads, dim: cat(grads, dim),
    doc="Parts of these sizes along `dim`.",
)  # fmt: skip


@public(method=False)
def split(tensor: Tensor, split_size_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Parts along `dim` as views: all of one size (the last perhaps shorter), or of a list of sizes."""
    if isinstance(split_size_or_sections, (tuple, list)):
        return split_with_sizes(tensor, tuple(split_size_or_sections), dim)
    return _split_evenly(tensor, split_size_or_sections.__index__(), dim)


def _split_method(self: Tensor, split_size: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Parts along `dim` as views: of `split_size` each (the last perhaps shorter), or of a list of sizes."""
    return split(self, split_size, dim)


@public
def chunk(self: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """At most `chunks` parts along `dim`, all but the last of one size."""
    if not self._array.ndim:
        raise RuntimeError("chunk expects at least a 1-dimensional tensor")
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    n = self._array.shape[checked_dim(dim, self._array.ndim)]
    size = (n + chunks - 1) // chunks
    if not n:
        return split_with_sizes(self, (0,) * chunks, dim)
    return _split_evenly(self, size, dim)


@public
def tensor_split(
    self: Tensor,
    sections: Any = None,
    dim: int = 0,
    *,
    indices: Any = None,
    tensor_indices_or_sections: Any = None,
) -> tuple[Tensor, ...]:
    """As many parts along `dim` as `sections` says, of nearly one size; or parts that begin at `indices`.

    By position both are the second argument: an int, or a list; a tensor stands for either.
    """
    given = _given(sections, indices, tensor_indices_or_sections)
    if not self._array.ndim:
        raise RuntimeError(
            "tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims"
        )
    n = self._array.shape[checked_dim(dim, self._array.ndim)]
    if isinstance(given, Tensor):
        given = given.tolist()
    if isinstance(given, (tuple, list)):
        starts = [i.__index__() for i in given]
        return tuple([slice_(self, dim, a, b, 1) for a, b in zip([0, *starts], [*starts, n], strict=True)])
    count = given.__index__()
    if count <= 0:
        raise RuntimeError(f"number of sections must be larger than 0, got {count}")
    sizes = [n // count + (i < n % count) for i in range(count)]
    starts = [sum(sizes[:i]) for i in range(count)]
    return tuple([slice_(self, dim, a, a + size, 1) for a, size in zip(starts, sizes, strict=True)])


def _given(*choices: Any) -> Any:
    """The one of the arguments that is given. TypeError unless it is an int, a list of them, or a tensor."""
    given = [v for v in choices if v is not None]
    if len(given) != 1 or not (isinstance(given[0], (tuple, list, Tensor)) or is_int(given[0])):
        raise TypeError("expected either sections or indices")
    return given[0]


def _split_along(
    self: Tensor, sections: Any, indices: Any, dim: int, name: str, least: int
) -> tuple[Tensor, ...]:
    given = _given(sections, indices)
    ndim = self._array.ndim
    if ndim < least:
        raise RuntimeError(
            f"torch.{name} requires a tensor with at least {least} dimension, but got a tensor with {ndim} "
            "dimensions!"
        )
    if is_int(given):
        n = self._array.shape[dim]
        if given == 0 or n % given:
            raise RuntimeError(
                f"torch.{name} attempted to split along dimension {dim}, but the size of the dimension {n} is "
                f"not divisible by the split_size {given}!"
            )
    return tensor_split(self, given, dim)


@public
def hsplit(self: Tensor, sections: Any = None, *, indices: Any = None) -> tuple[Tensor, ...]:
    """tensor_split along the second dimension, of a vector along its only one."""
    return _split_along(self, sections, indices, 0 if self._array.ndim == 1 else 1, "hsplit", 1)


@public
def vsplit(self: Tensor, sections: Any = None, *, indices: Any = None) -> tuple[Tensor, ...]:
    """tensor_split along the first dimension."""
    return _split_along(self, sections, indices, 0, "vsplit", 2)


@public
def dsplit(self: Tensor, sections: Any = None, *, indices: Any = None) -> tuple[Tensor, ...]:
    """tensor_split along the third dimension."""
    return _split_along(self, sections, indices, 2, "dsplit", 3)


_split_method.__name__ = _split_method.__qualname__ = "split"
Tensor.split = _split_method

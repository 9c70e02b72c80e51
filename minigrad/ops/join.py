"""Several tensors as one, and one as several.

Counterpart in PyTorch: aten/src/ATen/native/TensorShape.cpp (cat, stack, split, chunk, unbind).
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
from .sizes import is_int, listed, real_dim
from .slices import slice_, sliced

# ------------------------------------------------------------------ joining


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


# ------------------------------------------------------------------ taking apart


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

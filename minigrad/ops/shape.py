"""Other shapes of the same elements: views where the strides allow it, copies where not."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from ..op import op
from ..tensor import Tensor, checked_dim


def _listed(shape: tuple[int, ...]) -> str:
    return f"[{', '.join(map(str, shape))}]"


def _full_shape(shape: tuple[int, ...], size: int) -> tuple[int, ...]:
    """`shape` with its -1 worked out. RuntimeError, in torch's words, where `size` elements do not fit."""
    shape = tuple(int(n) for n in shape)
    if shape.count(-1) > 1:
        raise RuntimeError("only one dimension can be inferred")
    if any(n < -1 for n in shape):
        raise RuntimeError(f"invalid shape dimension {min(shape)}")
    known = int(np.prod([n for n in shape if n != -1]))
    if -1 in shape:
        if not known:
            raise RuntimeError(
                f"cannot reshape tensor of 0 elements into shape {_listed(shape)} because the unspecified "
                "dimension size -1 can be any value and is ambiguous"
            )
        if size % known:
            raise RuntimeError(f"shape '{_listed(shape)}' is invalid for input of size {size}")
        return tuple(size // known if n == -1 else n for n in shape)
    if known != size:
        raise RuntimeError(f"shape '{_listed(shape)}' is invalid for input of size {size}")
    return shape


def _viewed(x: np.ndarray, shape: tuple[int, ...]) -> np.ndarray | None:
    """x in another shape over the same memory, or None where the strides do not allow it."""
    try:
        return x.reshape(shape, copy=False)
    except ValueError:
        return None


def _view(x: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    found = _viewed(x, _full_shape(shape, x.size))
    if found is None:
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one dimension spans "
            "across two contiguous subspaces). Use .reshape(...) instead."
        )
    return found


def _expand(x: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    lead = len(shape) - x.ndim
    if lead < 0:
        raise RuntimeError(
            f"expand({dtypes.of(x.dtype).tensor_type}{{{list(x.shape)}}}, size={list(shape)}): the number of "
            f"sizes provided ({len(shape)}) must be greater or equal to the number of dimensions in the "
            f"tensor ({x.ndim})"
        )
    full = []
    for i, n in enumerate(shape):
        have = x.shape[i - lead] if i >= lead else 1
        n = have if n == -1 else n
        if have not in (1, n):
            raise RuntimeError(
                f"The expanded size of the tensor ({n}) must match the existing size ({have}) at "
                f"non-singleton dimension {i}.  Target sizes: {list(shape)}.  Tensor sizes: {list(x.shape)}"
            )
        full.append(n)
    strides = [0] * lead + [
        0 if n != m else s for n, m, s in zip(full[lead:], x.shape, x.strides, strict=True)
    ]
    return np.lib.stride_tricks.as_strided(x, full, strides)


def _transpose(x: np.ndarray, dim0: int, dim1: int) -> np.ndarray:
    dim0, dim1 = checked_dim(dim0, x.ndim), checked_dim(dim1, x.ndim)
    return x.swapaxes(dim0, dim1) if x.ndim else x[...]


def _permute(x: np.ndarray, dims: tuple[int, ...]) -> np.ndarray:
    if len(dims) != x.ndim:
        raise RuntimeError(
            f"permute(sparse_coo): number of dimensions in the tensor input does not match the length of the "
            f"desired ordering of dimensions i.e. input.dim() = {x.ndim} is not equal to len(dims) = {len(dims)}"
        )
    full = [checked_dim(d, x.ndim) for d in dims]
    if len(set(full)) < len(full):
        raise RuntimeError("permute(): duplicate dims are not allowed.")
    return x.transpose(full)


def _inverse(dims: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(int(i) for i in np.argsort([d % max(len(dims), 1) for d in dims]))


view = op(
    "view(self, *shape)", _view, view="one",
    self=lambda grad, self_shape: grad.reshape(self_shape),
    doc="The same memory in another shape; RuntimeError where the strides do not allow it.",
)  # fmt: skip

alias = op(
    "alias(self)", lambda x: x[...], view="one", method=False,
    self=lambda grad: grad,
    doc="The same memory in the same shape: what x[...] gives.",
)  # fmt: skip

expand = op(
    "expand(self, *shape)", _expand, view="one",
    self=lambda grad, self_shape: _sum_to(grad, self_shape),
    doc="Dimensions of length 1 stretched, without copying; -1 leaves a length as it is.",
)  # fmt: skip

transpose = op(
    "transpose(self, dim0, dim1)", _transpose, view="one",
    self=lambda grad, dim0, dim1: grad.transpose(dim0, dim1),
    doc="Two dimensions exchanged.",
)  # fmt: skip

t = op(
    "t(self)", lambda x: _two_dimensional(x).T, view="one",
    self=lambda grad: grad.t(),
    doc="The transpose of a matrix; a vector or scalar as it is.",
)  # fmt: skip

permute = op(
    "permute(self, *dims)", _permute, view="one",
    self=lambda grad, dims: grad.permute(_inverse(dims)),
    doc="The dimensions in another order.",
)  # fmt: skip

unsqueeze = op(
    "unsqueeze(self, dim)", lambda x, dim: np.expand_dims(x, checked_dim(dim, x.ndim + 1)), view="one",
    self=lambda grad, dim: grad.squeeze(dim),
    doc="A new dimension of length 1 at position `dim`.",
)  # fmt: skip

_squeeze_all = op(
    "squeeze_all(self)", np.squeeze, view="one", method=False, of="squeeze", node="SqueezeBackward0",
    self=lambda grad, self_shape: grad.reshape(self_shape),
    doc="All dimensions of length 1 dropped.",
)  # fmt: skip
_squeeze_dim = op(
    "squeeze_dim(self, dim)", lambda x, dim: _squeeze(x, dim), view="one", method=False, of="squeeze",
    node="SqueezeBackward1",
    self=lambda grad, self_shape: grad.reshape(self_shape),
    doc="The dimension `dim` dropped, where its length is 1.",
)  # fmt: skip

clone = op(
    "clone(self)", lambda x: x.copy("K"),
    self=lambda grad: grad,
    doc="A copy with memory of its own; the gradient goes through.",
)  # fmt: skip

_to_copy = op(
    "to_copy(self, dtype)", lambda x, dtype: x.astype(dtype.numpy), method=False, of="to",
    self=lambda grad: grad,
    doc="A copy in another dtype.",
)  # fmt: skip

_unsafe_view = op(
    "unsafe_view(self, shape)", _view, method=False,
    self=lambda grad, self_shape: grad.reshape(self_shape),
    doc="view of a copy that nobody else sees, so that it need not count as one.",
)  # fmt: skip


def _cat(tensors: list[np.ndarray], dim: int) -> np.ndarray:
    if not tensors:
        raise ValueError("torch.cat(): expected a non-empty list of Tensors")
    # Vectors of no elements are skipped, whatever the others' shape: an old habit of torch.
    parts = [a for a in tensors if a.shape != (0,)] or tensors
    dtype = dtypes.result_type(tensors).numpy
    first = parts[0]
    if any(not a.ndim for a in parts):
        raise RuntimeError("zero-dimensional tensor (at position 0) cannot be concatenated")
    dim = checked_dim(dim, first.ndim)
    for i, part in enumerate(parts):
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
    return np.concatenate(parts, axis=dim, dtype=dtype)


def _cat_tensors(grad: Tensor, tensors_shape: list[tuple[int, ...]], dim: int) -> list[Tensor]:
    """Each tensor gets the part of the gradient that is its own."""
    dim = checked_dim(dim, grad._array.ndim)
    parts, start = [], 0
    for shape in tensors_shape:
        length = 0 if shape == (0,) else shape[dim]
        parts.append(grad.narrow(dim, start, length).reshape(shape))
        start += length
    return parts


cat = op(
    "cat(tensors, dim=0)", _cat, method=False,
    tensors=_cat_tensors,
    doc="Tensors one after the other along an existing dimension.",
)  # fmt: skip


def _two_dimensional(x: np.ndarray) -> np.ndarray:
    if x.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {x.ndim}D")
    return x


def _squeeze(x: np.ndarray, dim: Any) -> np.ndarray:
    dims = [checked_dim(d, x.ndim) for d in (dim if isinstance(dim, (tuple, list)) else (dim,))]
    return np.squeeze(x, axis=tuple(d for d in dims if x.ndim and x.shape[d] == 1))


def _sum_to(grad: Tensor, shape: tuple[int, ...]) -> Tensor:
    from ..broadcast import sum_to

    return sum_to(grad, shape)


# ------------------------------------------------------------------ made of the above


def reshape(self: Tensor, *shape: Any) -> Tensor:
    """The elements in another shape: a view where the strides allow it, else a copy."""
    shape = tuple(shape[0]) if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape
    full = _full_shape(shape, self._array.size)
    if _viewed(self._array, full) is not None:
        return view(self, full)
    return _unsafe_view(contiguous_copy(self), full)


def contiguous_copy(self: Tensor) -> Tensor:
    """A copy in row-major order."""
    return _clone_contiguous(self)


_clone_contiguous = op(
    "clone_contiguous(self)", lambda x: x.copy("C"), method=False, of="clone", node="CloneBackward0",
    self=lambda grad: grad,
    doc="A copy in row-major order.",
)  # fmt: skip


def contiguous(self: Tensor) -> Tensor:
    """self where its memory is in row-major order without gaps, else a copy that is."""
    return self if self.is_contiguous() else contiguous_copy(self)


def view_as(self: Tensor, other: Tensor) -> Tensor:
    """view in the shape of `other`."""
    return view(self, other._array.shape)


def expand_as(self: Tensor, other: Tensor) -> Tensor:
    """expand to the shape of `other`."""
    return expand(self, other._array.shape)


def squeeze(self: Tensor, dim: Any = None) -> Tensor:
    """Dimensions of length 1 dropped: all, or `dim`."""
    return _squeeze_all(self) if dim is None else _squeeze_dim(self, dim)


def flatten(self: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """The dimensions from start_dim to end_dim as one."""
    shape = self._array.shape
    if not shape:
        return reshape(self, 1)
    start, end = checked_dim(start_dim, len(shape)), checked_dim(end_dim, len(shape))
    if start > end:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    if start == end:
        return self
    return reshape(self, (*shape[:start], int(np.prod(shape[start : end + 1])), *shape[end + 1 :]))


def to(self: Tensor, *args: Any, dtype: dtypes.dtype | None = None, copy: bool = False) -> Tensor:
    """self in another dtype; self itself where it has it already. The device can only be "cpu"."""
    for arg in args:
        if isinstance(arg, dtypes.dtype):
            dtype = arg
        elif isinstance(arg, np.dtype):
            dtype = dtypes.of(arg)
        elif isinstance(arg, Tensor):
            dtype = arg.dtype
        elif arg != "cpu":
            raise NotImplementedError(f"to(): {arg!r} is neither a dtype nor the device 'cpu', the only one")
    if (dtype is None or dtype is self.dtype) and not copy:
        return self
    return clone(self) if dtype in (None, self.dtype) else _to_copy(self, dtype)


for _method in (reshape, contiguous, view_as, expand_as, squeeze, flatten, to):
    setattr(Tensor, _method.__name__, _method)
for _name, _dtype in {
    "half": dtypes.float16, "float": dtypes.float32, "double": dtypes.float64, "short": dtypes.int16,
    "int": dtypes.int32, "long": dtypes.int64, "bool": dtypes.boolean,
}.items():  # fmt: skip
    setattr(Tensor, _name, lambda self, _dtype=_dtype: to(self, _dtype))
Tensor.T = property(lambda self: permute(self, tuple(range(self._array.ndim))[::-1]))
Tensor.mT = property(lambda self: transpose(self, -2, -1))

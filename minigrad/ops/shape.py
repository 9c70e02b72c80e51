"""Views: the same memory in another shape, another order, or in part.

Counterpart in PyTorch: aten/src/ATen/native/TensorShape.cpp. What is made of these by plain functions
stands in reshape.py; copies in copies.py.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from ..bare import helper
from ..broadcast import sum_to
from ..op import op
from ..strides import strides_of, view_strides, window
from ..tensor import Tensor, checked_dim
from .public import public
from .sizes import checked_dims, infer_size, is_int

# ------------------------------------------------------------------ another shape


def viewed(x: np.ndarray, shape: tuple[int, ...]) -> np.ndarray | None:
    """x in another shape over the same memory, or None where the strides do not allow it."""
    if x.flags.c_contiguous and x.size and (1 not in x.shape or 1 not in shape):
        return x.reshape(shape)  # NumPy and torch agree on the strides
    strides = view_strides(x, shape)
    return None if strides is None else window(x, shape, strides)


def _view(x: np.ndarray, shape: tuple[Any, ...]) -> np.ndarray:
    try:
        if x.flags.c_contiguous and x.size and min(shape, default=2) > 1:
            return x.reshape(shape)  # the strides are clear, which those of length 1 are not
    except (TypeError, ValueError):  # for which torch has other words
        pass
    if not all(map(is_int, shape)):
        refuse_view(shape)
    found = viewed(x, infer_size([n.__index__() for n in shape], x.size))
    if found is None:
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one dimension spans "
            "across two contiguous subspaces). Use .reshape(...) instead."
        )
    return found


def refuse_view(arguments: tuple[Any, ...]) -> None:
    """Raise for arguments that are no sizes."""
    kinds = ", ".join(type(n).__name__.replace("dtype", "minigrad.dtype") for n in arguments)
    raise TypeError(
        f"view() received an invalid combination of arguments - got ({kinds}), but expected one of:\n"
        " * (minigrad.dtype dtype)\n * (tuple of ints size)"
    )


def _reshape_alias(x: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    found = viewed(x, shape)
    assert found is not None, "reshape asks first"
    return found


def expand_array(x: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """x stretched along dimensions of length 1, by strides of 0. RuntimeError where the sizes do not fit."""
    lead = len(shape) - x.ndim
    if lead < 0:
        raise RuntimeError(
            f"expand({dtypes.of(x.dtype).qualified_type}{{{list(x.shape)}}}, size={list(shape)}): the number of "
            f"sizes provided ({len(shape)}) must be greater or equal to the number of dimensions in the "
            f"tensor ({x.ndim})"
        )
    if not x.ndim and min(shape, default=0) >= 0:
        return window(x, shape, (0,) * lead)  # a number, spread out
    own = strides_of(x)
    sizes, strides = list(shape), [0] * len(shape)
    for i in range(len(shape) - 1, -1, -1):
        n = shape[i]
        if i >= lead:
            have, stride = x.shape[i - lead], own[i - lead]
        else:
            have = 1
            stride = sizes[i + 1] * strides[i + 1] if i + 1 < len(shape) else x.itemsize
            if n == -1:
                raise RuntimeError(
                    f"The expanded size of the tensor ({n}) isn't allowed in a leading, non-existing "
                    f"dimension {i}"
                )
        if n == -1:
            n = have
        if n != have:
            if have != 1 or n < 0:
                raise RuntimeError(
                    f"The expanded size of the tensor ({n}) must match the existing size ({have}) at "
                    f"non-singleton dimension {i}.  Target sizes: {list(shape)}.  Tensor sizes: "
                    f"{list(x.shape)}"
                )
            stride = 0
        sizes[i], strides[i] = n, stride
    return window(x, tuple(sizes), tuple(strides))


def _reshaped_array(x: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    found = viewed(x, shape)
    return np.ascontiguousarray(x).reshape(shape) if found is None else found


@helper(_reshaped_array)
def _reshaped(grad: Tensor, shape: tuple[int, ...]) -> Tensor:
    return grad.reshape(shape)


view = op(
    "view(self, *size)", _view, view="one", method=False,
    self=lambda grad, self_shape: _reshaped(grad, self_shape),
    doc="The same memory in another shape; RuntimeError where the strides do not allow it.",
)  # fmt: skip

reshape_alias = op(
    "reshape_alias(self, shape)", _reshape_alias, view="one", method=False, of="reshape",
    self=lambda grad, self_shape: _reshaped(grad, self_shape),
    doc="What reshape gives where the memory is no single block, but a view is possible.",
)  # fmt: skip

unsafe_view = op(
    "unsafe_view(self, shape)", _view, method=False, of="view",
    self=lambda grad, self_shape: _reshaped(grad, self_shape),
    doc="view of a copy that nobody else sees, so that it need not count as one.",
)  # fmt: skip

alias = op(
    "alias(self)", lambda x: x[...], view="one", method=False,
    self=lambda grad: grad,
    doc="The same memory in the same shape: what x[...] gives.",
)  # fmt: skip

expand = op(
    "expand(self, *size)", expand_array, view="one",
    self=lambda grad, self_shape: sum_to(grad, self_shape),
    doc="Dimensions of length 1 stretched, without copying; -1 leaves a length as it is.",
)  # fmt: skip


# ------------------------------------------------------------------ another order


def transpose_array(x: np.ndarray, dim0: int, dim1: int) -> np.ndarray:
    """x with two dimensions exchanged."""
    dim0, dim1 = checked_dim(dim0, x.ndim), checked_dim(dim1, x.ndim)
    return x.swapaxes(dim0, dim1) if x.ndim else x[...]


def t_array(x: np.ndarray, name: str = "t") -> np.ndarray:
    """The transpose of a matrix. RuntimeError, which names the function, for more dimensions."""
    if x.ndim > 2:
        raise RuntimeError(f"{name}() expects a tensor with <= 2 dimensions, but self is {x.ndim}D")
    return x.T


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


transpose = op(
    "transpose(self, dim0, dim1)", transpose_array, view="one",
    self=lambda grad, dim0, dim1: transpose(grad, dim0, dim1),
    doc="Two dimensions exchanged.",
)  # fmt: skip

t = op(
    "t(self)", t_array, view="one",
    self=lambda grad: t(grad),
    doc="The transpose of a matrix; a vector or scalar as it is.",
)  # fmt: skip

permute = op(
    "permute(self, *dims)", _permute, view="one",
    self=lambda grad, dims: grad.permute(_inverse(dims)),
    doc="The dimensions in another order.",
)  # fmt: skip


# ------------------------------------------------------------------ dimensions of length 1


def unsqueeze_array(x: np.ndarray, dim: int) -> np.ndarray:
    """x with a new dimension of length 1."""
    dim = checked_dim(dim, x.ndim + 1)
    own = strides_of(x)
    stride = x.shape[dim] * own[dim] if dim < x.ndim else x.itemsize
    return window(x, (*x.shape[:dim], 1, *x.shape[dim:]), (*own[:dim], stride, *own[dim:]))


def squeezed(x: np.ndarray, dims: tuple[int, ...]) -> np.ndarray:
    """x without those of `dims` that have length 1."""
    return np.squeeze(x, axis=tuple([d for d in dims if x.shape[d] == 1])) if x.ndim else x[...]


def unsqueezed(grad: Tensor, shape: tuple[int, ...], dims: Any) -> Tensor:
    """The gradient with the dimensions back that were dropped of a tensor of `shape`."""
    dims = (dims,) if not isinstance(dims, (tuple, list)) else dims
    for d in sorted([checked_dim(d, len(shape)) for d in dims]) if shape else ():
        if shape[d] == 1:
            grad = grad.unsqueeze(d)
    return grad


unsqueeze = op(
    "unsqueeze(self, dim)", unsqueeze_array, view="one",
    self=lambda grad, dim: grad.squeeze(dim),
    doc="A new dimension of length 1 at position `dim`.",
)  # fmt: skip

_squeeze_all = op(
    "squeeze_all(self)", lambda x: squeezed(x, tuple(range(x.ndim))), view="one", method=False, of="squeeze",
    node="SqueezeBackward0",
    self=lambda grad, self_shape: unsqueezed(grad, self_shape, tuple(range(len(self_shape)))),
    doc="All dimensions of length 1 dropped.",
)  # fmt: skip
_squeeze_dim = op(
    "squeeze_dim(self, dim)", lambda x, dim: squeezed(x, checked_dims(dim, x.ndim)), view="one", method=False,
    of="squeeze", node="SqueezeBackward1",
    self=lambda grad, self_shape, dim: unsqueezed(grad, self_shape, dim),
    doc="The dimension `dim` dropped, where its length is 1.",
)  # fmt: skip
_squeeze_dims = op(
    "squeeze_dims(self, dim)", lambda x, dim: squeezed(x, checked_dims(dim, x.ndim)), view="one", method=False,
    of="squeeze", node="SqueezeBackward2",
    self=lambda grad, self_shape, dim: unsqueezed(grad, self_shape, dim),
    doc="Those of several dimensions dropped whose length is 1.",
)  # fmt: skip


@public
def squeeze(self: Tensor, dim: Any = None) -> Tensor:
    """Dimensions of length 1 dropped: all, `dim`, or those of a tuple."""
    if dim is None:
        return _squeeze_all(self)
    return _squeeze_dims(self, tuple(dim)) if isinstance(dim, (tuple, list)) else _squeeze_dim(self, dim)

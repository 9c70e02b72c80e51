"""Copies in another arrangement: repeated, rolled, flipped, turned.

Counterpart in PyTorch: aten/src/ATen/native/TensorTransformations.cpp, Repeat.cpp and TensorShape.cpp.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..op import Op, op
from ..strides import empty_like
from ..tensor import Tensor, checked_dim, wrap
from .along import index_select
from .copies import contiguous_copy
from .filled import zeros_in
from .precision import unsupported
from .public import public
from .reshape import flatten, reshape
from .sizes import checked_dims, checked_sizes, is_int, real_dim

# ------------------------------------------------------------------ repeating


def _repeat(x: np.ndarray, repeats: tuple[int, ...]) -> np.ndarray:
    repeats = checked_sizes("repeat", repeats, "repeats")
    if len(repeats) < x.ndim:
        raise RuntimeError(
            "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor"
        )
    shape = (1,) * (len(repeats) - x.ndim) + x.shape
    target = [n * r for n, r in zip(shape, repeats, strict=True)]
    for n in target:
        if n < 0:
            raise RuntimeError(f"Trying to create tensor with negative dimension {n}: {target}")
    return np.ascontiguousarray(np.tile(x.reshape(shape), np.maximum(repeats, 0))).reshape(target)


def _repeat_self(grad: Tensor, self_shape: tuple[int, ...], repeats: tuple[int, ...]) -> Tensor:
    """The sum of the copies' gradients."""
    if 0 in repeats:
        return zeros_in(self_shape, grad)
    lead = len(repeats) - len(self_shape)
    shape, dims = list(repeats[:lead]), list(range(lead))
    for n, times in zip(self_shape, repeats[lead:], strict=True):
        if times != 1:
            dims.append(len(shape))
            shape.append(times)
        shape.append(n)
    grad = reshape(grad, tuple(shape)) if shape else grad
    return grad.sum(tuple(dims)) if dims else grad


repeat = op(
    "repeat(self, *repeats)", _repeat,
    self=_repeat_self,
    doc="The tensor repeated along each dimension; new dimensions come in front.",
)  # fmt: skip


@public
def tile(self: Tensor, *dims: Any) -> Tensor:
    """repeat, with 1 for the first dimensions where fewer numbers than dimensions are given."""
    one = Op.star_value(dims[0]) if len(dims) == 1 else dims
    times = checked_sizes("tile", one, "dims")
    return repeat(self, (1,) * (self._array.ndim - len(times)) + times)


@public
def repeat_interleave(
    self: Tensor, repeats: Any = None, dim: int | None = None, *, output_size: Any = None
) -> Tensor:
    """Each element (or part along `dim`) several times, one after the other.

    repeats: a number, or a tensor with one for each part. Alone, self is such a tensor: the positions are
    repeated. output_size: how many there will be; RuntimeError where there are not.
    """
    if repeats is None:
        return _repeated_positions(self, output_size)
    if is_int(repeats) and not isinstance(repeats, Tensor):
        source = flatten(self) if dim is None else self
        if repeats < 0:
            raise RuntimeError("Repeats must be non-negative")
        dim = checked_dim(-1 if dim is None else dim, source._array.ndim)
        shape = source._array.shape or (1,)
        if output_size is not None and output_size != shape[dim] * repeats:
            raise RuntimeError(
                f"repeat_interleave: Invalid output_size, expected {shape[dim] * repeats} but got {output_size}"
            )
        spread = source.unsqueeze(dim + 1).expand((*shape[: dim + 1], repeats, *shape[dim + 1 :]))
        return flatten(contiguous_copy(spread), dim, dim + 1)
    if not isinstance(repeats, Tensor):
        raise TypeError(
            f"repeat_interleave(): argument 'repeats' must be Tensor or int, not {type(repeats).__name__}"
        )
    source, given = (flatten(self), 0) if dim is None else (self, dim)
    dim = real_dim(given, source._array.ndim)
    n = source._array.shape[dim]
    if repeats._array.ndim == 0 or repeats._array.shape == (1,):
        repeats = wrap(np.broadcast_to(repeats._array.reshape(-1), (n,)).copy())
    elif repeats._array.ndim > 1:
        raise RuntimeError("repeats must be 0-dim or 1-dim tensor")
    if repeats._array.size != n:
        raise RuntimeError(
            "repeats must have the same size as input along dim, but got repeats.size(0) = "
            f"{repeats._array.size} and input.size({given}) = {n}"
        )
    return index_select(source, dim, _repeated_positions(repeats, output_size))


def _repeated_positions(repeats: Tensor, output_size: int | None) -> Tensor:
    times = repeats._array
    if times.dtype not in (np.int64, np.int32):
        raise unsupported(times, "repeat_interleave_cpu")
    if times.ndim != 1:
        raise RuntimeError("repeat_interleave only accept 1D vector as repeat")
    if (times < 0).any():
        raise RuntimeError("repeats can not be negative")
    if output_size is not None and output_size != times.sum():
        raise RuntimeError("allocated size does not match required size")
    return wrap(np.repeat(np.arange(times.size, dtype=times.dtype), times))


# ------------------------------------------------------------------ rolling, flipping, turning


def _roll(x: np.ndarray, shifts: tuple[int, ...], dims: tuple[int, ...]) -> np.ndarray:
    if not shifts:
        raise RuntimeError("`shifts` required")
    if len(shifts) != len(dims) and not (len(shifts) == 1 and not dims):
        raise RuntimeError(f"shifts and dimensions must align. shifts: {len(shifts)}, dims:{len(dims)}")
    if not x.size:
        return x.copy()
    if not dims:
        return np.roll(x, shifts[0]).copy()
    for d in dims:
        real_dim(d, x.ndim)
    return np.ascontiguousarray(np.roll(x, shifts, dims))


def _flip(x: np.ndarray, dims: tuple[int, ...]) -> np.ndarray:
    flipped = np.flip(x, checked_dims(dims, x.ndim)) if x.ndim or not dims else _flip_scalar(x, dims)
    found = empty_like(x)
    found[...] = flipped
    return found


def _flip_scalar(x: np.ndarray, dims: tuple[int, ...]) -> np.ndarray:
    checked_dims(dims, 0)
    return x


def _rot90(x: np.ndarray, k: int, dims: tuple[int, ...]) -> np.ndarray:
    if len(dims) != 2:
        raise RuntimeError(f"expected total rotation dims == 2, but got dims = {len(dims)}")
    if x.ndim < 2:
        raise RuntimeError(f"expected total dims >= 2, but got total dims = {x.ndim}")
    if dims[0] == dims[1] or abs(dims[0] - dims[1]) == x.ndim:
        raise RuntimeError(
            f"expected rotation dims to be different, but got dim0 = {dims[0]} and dim1 = {dims[1]}"
        )
    for name, d in zip(("dim0", "dim1"), dims, strict=True):
        if not -x.ndim <= d < x.ndim:
            raise RuntimeError(f"Rotation {name} out of range, {name} = {d}")
    k %= 4
    if k == 1:
        return _flip(x, (dims[1],)).swapaxes(*dims)
    if k == 3:
        return _flip(x, (dims[0],)).swapaxes(*dims)
    return _flip(x, dims) if k else np.ascontiguousarray(x.copy())


roll = op(
    "roll(self, shifts, dims=())",
    lambda x, shifts, dims: _roll(x, Op.star_value(shifts), Op.star_value(dims)),
    self=lambda grad, shifts, dims: grad.roll(tuple([-s for s in Op.star_value(shifts)][::-1]), Op.star_value(dims)[::-1]),
    doc="The elements shifted along dimensions; what leaves at the end comes in at the front.",
)  # fmt: skip

flip = op(
    "flip(self, *dims)", _flip,
    self=lambda grad, dims: grad.flip(dims),
    doc="A copy with the order of the elements reversed along dimensions.",
)  # fmt: skip

rot90 = op(
    "rot90(self, k=1, dims=(0, 1))", lambda x, k, dims: _rot90(x, k, tuple(dims)),
    self=lambda grad, k, dims: grad.rot90(-k, dims),
    doc="Turned k times by 90 degrees in the plane of two dimensions.",
)  # fmt: skip


@public
def fliplr(self: Tensor) -> Tensor:
    """The second dimension reversed."""
    if self._array.ndim < 2:
        raise RuntimeError("Input must be >= 2-d.")
    return flip(self, (1,))


@public
def flipud(self: Tensor) -> Tensor:
    """The first dimension reversed."""
    if self._array.ndim < 1:
        raise RuntimeError("Input must be >= 1-d.")
    return flip(self, (0,))


def _reversed(self: Tensor) -> Tensor:
    return flip(self, (0,)) if self._array.ndim else self


Tensor.__reversed__ = _reversed

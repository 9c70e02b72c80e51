"""Indexing: reading gives views where the index is plain, copies where it is a list; and writing.

Counterpart in PyTorch: torch/csrc/autograd/python_variable_indexing.cpp. As there, `x[0, 1:3]` is taken
apart into select and slice, each with a node of its own, and what is left goes to `index`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import mode, record
from ..mode import local
from ..op import op, table
from ..tensor import Tensor, checked_dim, wrap

# ------------------------------------------------------------------ parts of a tensor, as views


def _select(x: np.ndarray, dim: int, index: int) -> np.ndarray:
    if not x.ndim:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    dim = checked_dim(dim, x.ndim)
    if not -x.shape[dim] <= index < x.shape[dim]:
        raise IndexError(
            f"select(): index {index} out of range for tensor of size {list(x.shape)} at dimension {dim}"
        )
    return x[(slice(None),) * dim + (index, ...)]


def _slice(x: np.ndarray, dim: int, start: Any, end: Any, step: int) -> np.ndarray:
    return x[(slice(None),) * checked_dim(dim, x.ndim) + (slice(start, end, step),)]


def _select_self(grad: Tensor, self_shape: tuple[int, ...], dim: int, index: int) -> Tensor:
    """Zeros, with the gradient at the place that was selected."""
    full = _zeros(self_shape, grad)
    full.select(dim, index).copy_(grad)
    return full


def _slice_self(
    grad: Tensor, self_shape: tuple[int, ...], dim: int, start: Any, end: Any, step: int
) -> Tensor:
    full = _zeros(self_shape, grad)
    slice_(full, dim, start, end, step).copy_(grad)
    return full


def _zeros(shape: tuple[int, ...], like: Tensor) -> Tensor:
    return wrap(np.zeros(shape, like._array.dtype))


select = op(
    "select(self, dim, index)", _select, view="one",
    self=_select_self,
    doc="The part at position `index` of dimension `dim`, which is dropped.",
)  # fmt: skip

slice_ = op(
    "slice(self, dim, start, end, step)", _slice, view="one", method=False,
    self=_slice_self,
    doc="Every step-th part of dimension `dim` from start to end.",
)  # fmt: skip

unbind = op(
    "unbind(self, dim=0) -> outputs", lambda x, dim: tuple(np.moveaxis(x, checked_dim(dim, x.ndim), 0)[..., None][i][..., 0] for i in range(x.shape[dim])),
    view="many",
    self=lambda grads, dim: _stack(grads, dim),
    doc="All parts along `dim`, as a tuple.",
)  # fmt: skip


def _stack(grads: list[Tensor], dim: int) -> Tensor:
    from .shape import cat

    return cat([g.unsqueeze(dim) for g in grads], dim)


def narrow(self: Tensor, dim: int, start: int, length: int) -> Tensor:
    """The part of dimension `dim` from `start` on, `length` long."""
    dim = checked_dim(dim, self._array.ndim)
    n = self._array.shape[dim]
    if not -n <= start <= n:
        raise IndexError(f"start out of range (expected to be in range of [-{n}, {n}], but got {start})")
    start = start + n if start < 0 else start
    if length < 0 or start + length > n:
        raise RuntimeError(f"start ({start}) + length ({length}) exceeds dimension size ({n}).")
    return slice_(self, dim, start, start + length, 1)


# ------------------------------------------------------------------ by lists of positions


def _index(x: np.ndarray, indices: list[Any]) -> np.ndarray:
    key = tuple(slice(None) if i is None else i for i in indices)
    try:
        return x[key].copy() if all(isinstance(k, slice) for k in key) else x[key]
    except IndexError:
        raise _index_error(x, key) from None


def _index_error(x: np.ndarray, key: tuple[Any, ...]) -> IndexError:
    dim = 0
    for k in key:
        if isinstance(k, slice):
            dim += 1
            continue
        if k.dtype.kind == "b":
            for i, n in enumerate(k.shape):
                if dim + i >= x.ndim or x.shape[dim + i] != n:
                    return IndexError(
                        f"The shape of the mask {list(k.shape)} at index {i} does not match the shape of the "
                        f"indexed tensor {list(x.shape)} at index {dim + i}"
                    )
            dim += k.ndim
            continue
        n = x.shape[dim]
        bad = k[(k < -n) | (k >= n)]
        if bad.size:
            return IndexError(f"index {bad.flat[0]} is out of bounds for dimension {dim} with size {n}")
        dim += 1
    shapes = ", ".join(str(list(k.shape)) for k in key if not isinstance(k, slice))
    return IndexError(
        f"shape mismatch: indexing tensors could not be broadcast together with shapes {shapes}"
    )


def _index_put(x: np.ndarray, indices: list[Any], values: np.ndarray, accumulate: bool) -> np.ndarray:
    key = tuple(slice(None) if i is None else i for i in indices)
    out = x.copy()
    try:
        if accumulate:
            np.add.at(out, key, values)
        else:
            out[key] = values
    except IndexError:
        raise _index_error(x, key) from None
    except ValueError:
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {list(np.shape(values))} cannot be broadcast to indexing "
            f"result of shape {list(x[key].shape)}"
        ) from None
    return out


def _index_self(grad: Tensor, self_shape: tuple[int, ...], indices: list[Any]) -> Tensor:
    """Zeros, with the gradient added at each place as often as it was read."""
    return index_put(_zeros(self_shape, grad), indices, grad, True)


index = op(
    "index(self, indices: list)", _index, method=False,
    self=_index_self,
    doc="The elements at lists of positions (or masks), one a dimension, None for all of it; a copy.",
)  # fmt: skip

index_put = op(
    "index_put(self, indices: list, values, accumulate=False)", _index_put, inplace=True,
    self=lambda grad, indices, accumulate: grad if accumulate else index_put(grad, indices, _zeros((), grad)),
    values=lambda grad, indices: index(grad, indices),
    doc="self with `values` at lists of positions, or added there where accumulate is True.",
)  # fmt: skip


# ------------------------------------------------------------------ x[key] and x[key] = value


def _whole(key: slice, n: int) -> bool:
    return key.step in (None, 1) and key.indices(n)[:2] == (0, n) and key.start in (None, 0)


def _plain_parts(x: Tensor, key: Any) -> tuple[Tensor, list[Any]]:
    """Apply the plain part of a key: ints, slices, None and `...`; what is left are lists for `index`."""
    keys = list(key) if isinstance(key, tuple) else [key]
    keys = [_as_index(k) for k in keys]
    _check_count(x, keys)
    single = len(keys) == 1
    dim, lists = 0, []
    for k in keys:
        if k is Ellipsis:
            after = keys[keys.index(k) + 1 :]
            skip = x._array.ndim - dim - sum(_width(a) for a in after)
            lists += [None] * skip
            dim += skip
        elif k is None:
            x = x.unsqueeze(dim)
            dim += 1
            lists.append(None)
        elif isinstance(k, bool):
            x = x.unsqueeze(dim)
            dim += 1
            lists.append(np.array([0] if k else [], np.int64))
        elif isinstance(k, int):
            x = _selected(x, dim, k)
        elif isinstance(k, slice):
            n = x._array.shape[dim]
            if k.step is not None and k.step <= 0:
                raise ValueError("step must be greater than zero")
            if single or not _whole(k, n):
                start, end, step = k.indices(n)
                x = slice_(x, dim, start, max(start, end), step)
            dim += 1
            lists.append(None)
        else:
            lists.append(k)
            dim += _width(k)
    return x, lists


def _selected(x: Tensor, dim: int, index: int) -> Tensor:
    n = x._array.shape[dim]
    if not -n <= index < n:
        raise IndexError(f"index {index} is out of bounds for dimension {dim} with size {n}")
    return select(x, dim, index)


def _as_index(k: Any) -> Any:
    """A part of a key as an int, slice, None, `...`, bool or an array of positions or of bools."""
    if k is None or k is Ellipsis or isinstance(k, (bool, int)):
        return k
    if isinstance(k, np.bool_):
        return bool(k)
    if isinstance(k, slice):
        return slice(*(None if v is None else v.__index__() for v in (k.start, k.stop, k.step)))
    array = k._array if isinstance(k, Tensor) else k
    if isinstance(array, (list, tuple, range)):
        array = np.array([i._array if isinstance(i, Tensor) else i for i in array])
        array = array.astype(np.int64) if not array.size else array
    if not isinstance(array, (np.ndarray, np.integer)):
        raise IndexError(
            "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices "
            f"(got {type(k).__name__})"
        )
    if array.dtype.kind not in "iub":
        raise IndexError("tensors used as indices must be long, int, byte or bool tensors")
    if not array.ndim and array.dtype.kind in "iu":
        return int(array)
    return array


def _width(k: Any) -> int:
    """How many dimensions of the tensor this part of a key speaks of."""
    if k is None or isinstance(k, bool):
        return 0
    return k.ndim if isinstance(k, np.ndarray) and k.dtype.kind == "b" else 1


def _check_count(x: Tensor, keys: list[Any]) -> None:
    dims = sum(_width(k) for k in keys if k is not Ellipsis)
    if dims > x._array.ndim:
        if not x._array.ndim:
            raise IndexError(
                "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to "
                "convert a 0-dim tensor to a number"
            )
        raise IndexError(f"too many indices for tensor of dimension {x._array.ndim}")


def getitem(self: Tensor, key: Any) -> Tensor:
    """x[key]: a view for ints, slices, None and `...`; a copy where the key has a list or a mask."""
    part, lists = _plain_parts(self, key)
    if any(k is not None for k in lists):
        return index(part, _tensors(lists))
    return table_alias(part) if part is self else part


def _tensors(lists: list[Any]) -> list[Any]:
    """The lists as tensors, so that they count as saved."""
    return [None if k is None else wrap(np.asarray(k)) for k in lists]


def setitem(self: Tensor, key: Any, value: Any) -> None:
    """x[key] = value, in place. For the graph it is one op, whatever the key."""
    before, place = self._version, self._node
    quiet, local.quiet = local.quiet, True
    try:
        target, lists = _setitem_target(self, key)
        source = value if isinstance(value, Tensor) else wrap(np.asarray(value))
        if any(k is not None for k in lists):
            table["index_put"].call_inplace(target, _tensors(lists), _fitting(source, target))
        elif isinstance(value, Tensor) and source._array.ndim:
            copy_(target, _without_leading_ones(source, target))
        else:
            _fill_tensor(target, _fitting(source, target))
    finally:
        local.quiet = quiet
    if mode.observer is not None:
        node = self.grad_fn if self._node is not place else None
        record.report("__setitem__", (self, key, value), (self,), node, before)


def _setitem_target(x: Tensor, key: Any) -> tuple[Tensor, list[Any]]:
    # Writing all of x writes x itself, not a view of it; in the era of 1.4 it was a view.
    whole = isinstance(key, slice) and _whole(key, len(x)) if x._array.ndim else False
    if whole and mode.era != "1.4":
        return x, []
    return _plain_parts(x, key)


def _fitting(source: Tensor, target: Tensor) -> Tensor:
    """The value in the target's dtype, as a write takes it."""
    return source if source._array.dtype == target._array.dtype else source.to(target.dtype)


def _without_leading_ones(source: Tensor, target: Tensor) -> Tensor:
    """torch drops leading dimensions of length 1 of a value that has more dimensions than its place."""
    shape = source._array.shape
    while len(shape) > target._array.ndim and shape[0] == 1:
        shape = shape[1:]
    if len(shape) > target._array.ndim:
        raise RuntimeError(
            f"expand({source.dtype.tensor_type}{{{list(source.shape)}}}, size={list(target.shape)}): the number "
            f"of sizes provided ({target._array.ndim}) must be greater or equal to the number of dimensions in "
            f"the tensor ({source._array.ndim})"
        )
    return source if shape == source._array.shape else source.reshape(shape)


# ------------------------------------------------------------------ whole writes

_zero = op(
    "zero_(self)", lambda x: np.zeros_like(x), node="ZeroBackward0",
    self=lambda grad: grad * 0,
    doc="Write 0 into every element.",
)  # fmt: skip

_fill_number = op(
    "fill_number_(self, value)", lambda x, value: value, method=False, node="FillBackward2", of="fill_",
    self=lambda grad: grad * 0,
    doc="Write a number into every element.",
)  # fmt: skip

_fill_tensor = op(
    "fill_tensor_(self, value)", lambda x, value: value, method=False, node="FillBackward3", of="fill_",
    self=lambda grad: grad * 0,
    value=lambda grad: grad.sum(),
    doc="Write a 0-d tensor into every element.",
)  # fmt: skip

_copy = op(
    "copy_(self, src)", lambda x, src: _copied(x, src), node="CopyBackwards",
    self=lambda grad: grad * 0,
    src=lambda grad: grad,
    doc="Write the elements of `src`, broadcast to self's shape and in its dtype.",
)  # fmt: skip


def _copied(x: np.ndarray, src: np.ndarray) -> np.ndarray:
    for dim in range(1, min(x.ndim, src.ndim) + 1):
        if src.shape[-dim] not in (1, x.shape[-dim]):
            raise RuntimeError(
                f"The expanded size of the tensor ({x.shape[-dim]}) must match the existing size "
                f"({src.shape[-dim]}) at non-singleton dimension {x.ndim - dim}.  Target sizes: "
                f"{list(x.shape)}.  Tensor sizes: {list(src.shape)}"
            )
    return np.broadcast_to(src, x.shape)


def copy_(self: Tensor, src: Tensor, non_blocking: bool = False) -> Tensor:
    """Write the elements of `src`, broadcast to self's shape and in its dtype."""
    return _copy(self, src)


def fill_(self: Tensor, value: Any) -> Tensor:
    """Write a number, or a 0-d tensor, into every element."""
    if not isinstance(value, Tensor):
        return _fill_number(self, value)
    if value._array.ndim:
        raise RuntimeError(
            f"fill_ only supports 0-dimension value tensor but got tensor with {value._array.ndim} dimensions."
        )
    return _fill_tensor(self, value)


def table_alias(x: Tensor) -> Tensor:
    """All of x, as a view."""
    return table["alias"].call(x)


def _iterate(self: Tensor):
    if not self._array.ndim:
        raise TypeError("iteration over a 0-d tensor")
    return iter(unbind(self, 0))


Tensor.narrow, Tensor.copy_, Tensor.fill_ = narrow, copy_, fill_
Tensor.__getitem__, Tensor.__setitem__, Tensor.__iter__ = getitem, setitem, _iterate

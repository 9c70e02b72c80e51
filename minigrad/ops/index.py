"""Reading and writing at lists of positions: `index` and `index_put`.

Counterpart in PyTorch: aten/src/ATen/native/TensorAdvancedIndexing.cpp. What a key in brackets means is
worked out in subscript.py.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes, errors
from ..op import op, table
from ..strides import dense_strides, row_major, view_strides
from ..tensor import Tensor
from .filled import zeros_in
from .public import public


def as_key(indices: list[Any]) -> tuple[Any, ...]:
    """The indices as NumPy takes them: a slice for None, a mask for uint8. IndexError for other dtypes."""
    key = []
    for i in indices:
        if i is None:
            key.append(slice(None))
            continue
        if i.dtype not in (np.int64, np.int32, np.bool_, np.uint8):
            raise IndexError("tensors used as indices must be long, int, byte or bool tensors")
        key.append(i.astype(bool) if i.dtype == np.uint8 else i)
    return tuple(key)


def _index(x: np.ndarray, indices: list[Any]) -> np.ndarray:
    key = as_key(indices)
    _check_masks(x, key)
    try:
        found = x[key]
    except IndexError:
        shape, error = _shape_of_index(x, key)
        if 0 not in shape:
            raise error from None
        found = np.empty(shape, x.dtype)  # nothing is read, so it does not matter where
    if found.ndim < 2:
        return np.array(found)
    order = _order(x, key, found)
    if order == found.strides and not np.may_share_memory(found, x):
        return found
    result = np.ndarray(found.shape, found.dtype, np.empty(found.size, found.dtype), 0, order)
    result[...] = found
    return result


def _order(x: np.ndarray, key: tuple[Any, ...], found: np.ndarray) -> tuple[int, ...]:
    """The strides that torch's result has: its dimensions in the order that they have in x and the indices.

    x counts with strides of 0 where the lists are, and each list, broadcast to the others, with strides of 0
    elsewhere.
    """
    places, dim = [], 0
    for k in key:
        width = k.ndim if isinstance(k, np.ndarray) and k.dtype == np.bool_ else 1
        if isinstance(k, np.ndarray):
            places += range(dim, dim + width)
        dim += width
    rest = [d for d in range(x.ndim) if d not in places]
    listed = found.ndim - len(rest)  # how many dimensions the lists have together
    adjacent = places == list(range(places[0], places[-1] + 1)) if places else True
    first = places[0] if places and adjacent else 0
    source = [x.strides[d] for d in rest]
    operands = [(*source[:first], *[0] * listed, *source[first:])]
    lists = found.shape[first : first + listed]
    shape = (*[1] * first, *lists, *[1] * (found.ndim - first - listed))
    for k in key:
        if isinstance(k, np.ndarray):
            k = np.broadcast_to(np.flatnonzero(k) if k.dtype == np.bool_ else k, lists)
            strides = view_strides(k, shape) or row_major(shape, 8)
            operands.append(
                tuple([s if n == m else 0 for s, n, m in zip(strides, shape, found.shape, strict=True)])
            )
    return dense_strides(found.shape, found.itemsize, *operands)


def _check_masks(x: np.ndarray, key: tuple[Any, ...]) -> None:
    dim = 0
    for k in key:
        if isinstance(k, slice) or k.dtype != np.bool_:
            dim += 1
            continue
        for i, n in enumerate(k.shape):
            if dim + i >= x.ndim or x.shape[dim + i] != n:
                raise IndexError(
                    f"The shape of the mask {list(k.shape)} at index {i} does not match the shape of the "
                    f"indexed tensor {list(x.shape)} at index {dim + i}"
                )
        dim += k.ndim


def _index_error(x: np.ndarray, key: tuple[Any, ...]) -> IndexError:
    """Why x[key] is impossible, in torch's words and in the order in which torch asks."""
    lists: list[tuple[int, np.ndarray | None]] = []  # the dimension, and the positions in it
    shapes: list[tuple[int, ...]] = []
    dim = 0
    for k in key:
        if isinstance(k, slice):
            dim += 1
        elif k.dtype == np.bool_:
            lists += [(dim + i, None) for i in range(k.ndim)]
            shapes += [(int(k.sum()),)] * k.ndim
            dim += k.ndim
        else:
            lists.append((dim, k))
            shapes.append(k.shape)
            dim += 1
    if dim > x.ndim:
        return IndexError(f"too many indices for tensor of dimension {x.ndim} (got {len(key)})")
    try:
        together = np.broadcast_shapes(*shapes)
    except ValueError:
        listed = ", ".join(str(list(s)) for s in shapes)
        return IndexError(
            f"shape mismatch: indexing tensors could not be broadcast together with shapes {listed}"
        )
    if 0 not in together and any(x.shape[d] == 0 for d, _ in lists):
        return IndexError("index is out of bounds for dimension with size 0")
    for number, (d, k) in enumerate(lists):
        n = x.shape[d]
        outside = k[(k < -n) | (k >= n)] if k is not None else np.empty(0)
        if outside.size:
            return IndexError(
                f"index {outside.flat[0]} is out of bounds for dimension {number} with size {n}"
            )
    raise AssertionError("NumPy refuses a key that torch takes")


def _index_put(x: np.ndarray, indices: list[Any], values: np.ndarray, accumulate: bool) -> np.ndarray:
    key = as_key(indices)
    _check_masks(x, key)
    found, error = _shape_of_index(x, key)
    fits = values.ndim <= len(found) and all(
        n in (1, m) for n, m in zip(values.shape[::-1], found[::-1], strict=False)
    )
    if not fits:
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {list(values.shape)} cannot be broadcast to indexing "
            f"result of shape {list(found)}"
        )
    fills = values.size == 1 and not accumulate and _is_one_mask(key)
    if fills and any(i is not None and i.dtype == np.uint8 for i in indices):
        raise RuntimeError("masked_fill_ only supports boolean masks, but got mask with dtype unsigned char")
    if values.dtype != x.dtype and not fills:
        into, source = (dtypes.scalar_type(a) for a in (x, values))
        raise RuntimeError(
            "Index put requires the source and destination dtypes match, got "
            f"{into} for the destination and {source} for the source."
        )
    if error is not None and 0 not in found:
        raise error
    out = x.copy("K")
    if 0 in found:
        return out
    if accumulate:
        np.add.at(out, key, values)
    else:
        out[key] = values
    return out


def _shape_of_index(x: np.ndarray, key: tuple[Any, ...]) -> tuple[tuple[int, ...], IndexError | None]:
    """The shape of x[key], and the error for a position that does not exist. IndexError for other keys."""
    places = np.broadcast_to(np.empty((), np.bool_), x.shape)
    try:
        return places[key].shape, None
    except IndexError:
        error = _index_error(x, key)
    if not str(error).startswith("index") or "with size 0" in str(error):
        raise error
    inside = tuple([k if isinstance(k, slice) or k.dtype == np.bool_ else np.zeros_like(k) for k in key])
    return places[inside].shape, error


def _is_one_mask(key: tuple[Any, ...]) -> bool:
    """Whether the key is a single mask: then torch fills, and takes one number of any dtype."""
    lists = [k for k in key if not isinstance(k, slice)]
    return len(lists) == 1 and lists[0].dtype == np.bool_


def check_unchanged(indices: list[Any], versions: tuple[Any, ...]) -> list[Any]:
    """`indices`, if none was written since it had its version. RuntimeError, in torch's words, otherwise."""
    for i, version in zip(indices, versions, strict=True):
        if i is not None and i.storage.version != version:
            raise errors.modified_inplace(errors.Modified(None, "indices", i, version, i.storage.version))
    return indices


# torch's backward of an index has a node of its own, _index_put_impl_.
_index_put_zeros = op(
    "index_put_impl(self, indices: list, shape)",
    lambda x, indices, shape: _index_put(np.zeros(shape, x.dtype), indices, x, True), method=False,
    of="index_put", node="IndexPutImplBackward0",
    self=lambda grad, indices: index(grad, indices),
    doc="Zeros, with self added at lists of positions.",
)  # fmt: skip

_index_op = op(
    "index(self, indices: list, versions)", lambda x, indices, versions: _index(x, indices), method=False,
    self=lambda grad, self_shape, indices, versions: _index_put_zeros(
        grad, check_unchanged(indices, versions), self_shape
    ),
    written=1,
    doc="The elements at lists of positions (or masks), one a dimension, None for all of it; a copy.",
)  # fmt: skip

_put_op = op(
    "index_put(self, indices: list, values, accumulate, versions)",
    lambda x, indices, values, accumulate, versions: _index_put(x, indices, values, accumulate),
    inplace=True, twin="tolerated", method=False,
    self=lambda grad, indices, values_shape, accumulate, versions: (
        grad if accumulate
        else index_put(grad, check_unchanged(indices, versions), zeros_in(values_shape, grad))
    ),
    values=lambda grad, indices, versions: index(grad, check_unchanged(indices, versions)),
    doc="self with `values` at lists of positions, or added there where accumulate is True.",
)  # fmt: skip
_put_inplace = table["index_put"].call_inplace


def _versions(indices: Any) -> tuple[Any, ...]:
    return tuple([None if i is None else i.storage.version for i in indices])


def index(self: Tensor, indices: Any) -> Tensor:
    """The elements at lists of positions (or masks), one a dimension, None for all of it; a copy."""
    return _index_op(self, list(indices), _versions(indices))


@public
def index_put(self: Tensor, indices: Any, values: Tensor, accumulate: bool = False) -> Tensor:
    """A copy of self with `values` at lists of positions, or added there where accumulate is True."""
    return _put_op(self, _listed(indices), values, accumulate, _versions(indices))


@public
def index_put_(self: Tensor, indices: Any, values: Tensor, accumulate: bool = False) -> Tensor:
    """index_put in place."""
    return _put_inplace(self, _listed(indices), values, accumulate, _versions(indices))


def write_at(self: Tensor, indices: list[Any], values: Tensor) -> Tensor:
    """index_put_ for a key in brackets: None for a dimension that it takes whole."""
    return _put_inplace(self, indices, values, False, _versions(indices))


def _listed(indices: Any) -> list[Any]:
    if not isinstance(indices, (tuple, list)):
        raise TypeError(
            "index_put(): argument 'indices' (position 1) must be tuple of Tensors, "
            f"not {type(indices).__name__}"
        )
    return list(indices)

"""What a mask says: where, masked_select, masked_scatter, nonzero.

Counterpart in PyTorch: where in aten/src/ATen/native/TensorCompare.cpp, the others in
TensorAdvancedIndexing.cpp.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import dtypes
from ..broadcast import broadcast_shape
from ..op import op
from ..tensor import Tensor
from .filled import zeros_in
from .join import cat
from .public import explained, public
from .split import unbind


def _where(condition: np.ndarray, x: Any, y: Any) -> np.ndarray:
    if condition.dtype not in (np.bool_, np.uint8):
        kind = dtypes.scalar_type(condition)
        raise RuntimeError(
            f"where expected condition to be a boolean tensor, but got a tensor with dtype {kind}"
        )
    broadcast_shape([condition, x, y])
    dtype = dtypes.result_type([x, y]).numpy
    x, y = (np.asarray(v).astype(dtype, copy=False) for v in (x, y))
    return np.where(condition.astype(np.bool_, copy=False), x, y)


_where_op = op(
    "where(condition: Tensor, self, other)", _where, method=False, pointwise=True,
    self=lambda grad, condition: where(condition, grad, 0),
    other=lambda grad, condition: where(condition, 0, grad),
    doc="The elements of self where the condition holds, those of other where not.",
)  # fmt: skip


@explained
def where(condition: Tensor, self: Any = None, other: Any = None, **kwargs: Any) -> Any:
    """The elements of `self` where the condition holds, of `other` elsewhere; alone, nonzero(as_tuple=True).

    self, other: tensors or numbers, which are broadcast to each other and promoted to a common dtype.
    """
    self = kwargs.pop("input", self)
    if kwargs:
        raise TypeError(f"where() got an unexpected keyword argument '{next(iter(kwargs))}'")
    if self is None and other is None:
        return nonzero(condition, as_tuple=True)
    if not isinstance(condition, Tensor) or self is None or other is None:
        raise TypeError("where() takes a condition, and both or none of input and other")
    return _where_op(condition, self, other)


def _mask(x: np.ndarray, mask: np.ndarray, name: str) -> None:
    if mask.dtype != np.bool_:
        raise RuntimeError(f"{name}: expected BoolTensor for mask")
    broadcast_shape([mask, x])


def _masked_select(x: np.ndarray, mask: np.ndarray) -> np.ndarray:
    _mask(x, mask, "masked_select")
    x, mask = np.broadcast_arrays(x, mask)
    return x[mask]


def _masked_scatter(x: np.ndarray, mask: np.ndarray, source: np.ndarray) -> np.ndarray:
    if source.dtype != x.dtype:
        kinds = [dtypes.scalar_type(a) for a in (x, source)]
        raise RuntimeError(
            f"masked_scatter: expected self and source to have same dtypes but got{kinds[0]} and {kinds[1]}"
        )
    if mask.dtype != np.bool_:
        raise RuntimeError(
            "masked_scatter_ only supports boolean masks, but got mask with dtype " + dtypes.scalar_type(mask)
        )
    shape = broadcast_shape([mask, x])
    found = np.broadcast_to(x, shape).copy()
    places = np.broadcast_to(mask, shape)
    count = int(places.sum())
    if count > source.size:
        raise RuntimeError("Number of elements of source < number of ones in mask")
    found[places] = source.ravel()[:count]
    return found


def _masked_source(grad: Tensor, mask: Tensor, shape: tuple[int, ...]) -> Tensor:
    """The gradient at the mask's places, for the first elements of the source; the others had no part."""
    picked = grad.masked_select(mask)
    missing = math.prod(shape) - picked._array.size
    if missing > 0:
        picked = cat([picked, zeros_in(missing, picked)])
    return picked.view(shape)


def _unselected(grad: Tensor, shape: tuple[int, ...], mask: Tensor) -> Tensor:
    full = broadcast_shape([np.broadcast_to(np.bool_(0), shape), mask._array])
    return masked_scatter(zeros_in(full, grad), mask, grad)


masked_select = op(
    "masked_select(self, mask: Tensor)", _masked_select,
    self=lambda grad, self_shape, mask: _unselected(grad, self_shape, mask),
    doc="The elements where the mask is true, as a vector.",
)  # fmt: skip

masked_scatter = op(
    "masked_scatter(self, mask: Tensor, source)", _masked_scatter, inplace=True, twin="stepwise",
    self=lambda grad, mask: grad.masked_fill(mask, 0),
    source=lambda grad, mask, source_shape: _masked_source(grad, mask, source_shape),
    doc="A copy with the elements of `source`, one after the other, where the mask is true.",
)  # fmt: skip


def _nonzero(x: np.ndarray) -> np.ndarray:
    # torch lays the positions out one dimension after the other.
    return np.stack(np.nonzero(x)).T if x.ndim else np.empty((int(bool(x)), 0), np.int64)


_nonzero_op = op(
    "nonzero(self)", _nonzero, method=False,
    doc="The positions of the elements that are not 0, one a row.",
)  # fmt: skip


@public
def nonzero(self: Tensor, *, as_tuple: bool = False) -> Any:
    """The positions of the elements that are not 0: one a row; as_tuple: one tensor a dimension."""
    if as_tuple:
        return unbind(_nonzero_op(self if self._array.ndim else self.reshape(1)), 1)
    return _nonzero_op(self)


@public
def argwhere(self: Tensor) -> Tensor:
    """The positions of the elements that are not 0, one a row."""
    return _nonzero_op(self)


Tensor.where = lambda self, condition, other: where(condition, self, other)

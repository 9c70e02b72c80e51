"""Several values brought to one position: scatter_reduce, index_reduce, and scatter with `reduce`.

Counterpart in PyTorch: aten/src/ATen/native/TensorAdvancedIndexing.cpp and, in FunctionsManual.cpp,
scatter_reduce_backward and index_reduce_backward. The two differ in how a position is named, so the gradients
are written once, for `Places`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ..op import op
from ..tensor import Tensor
from .along import check_added, check_added_at, index_add, index_fill, index_select, key_along
from .filled import filled
from .gather import checked_index, gather, key_at, scatter, scatter_add
from .masks import where
from .precision import no_bools
from .public import not_implemented

_UFUNCS = {
    "sum": np.add, "mean": np.add, "prod": np.multiply, "amax": np.maximum, "amin": np.minimum,
    "add": np.add, "multiply": np.multiply,
}  # fmt: skip


def _reduced(
    x: np.ndarray, key: tuple[Any, ...], values: np.ndarray, reduce: str, include_self: bool
) -> np.ndarray:
    """x with `values` reduced into the places of `key`; without include_self what stood there has no part."""
    found = x.copy()
    target = found if x.ndim else found.reshape(1)
    if not include_self:
        target[key] = _neutral(reduce, x.dtype)
    _UFUNCS[reduce].at(target, key, values)
    if reduce == "mean":
        counts = (np.ones_like if include_self else np.zeros_like)(target, np.int64)
        np.add.at(counts, key, 1)
        divide = np.true_divide if x.dtype.kind == "f" else np.floor_divide
        target[...] = divide(target, np.maximum(counts, 1)).astype(x.dtype)
    return found


def _neutral(reduce: str, dtype: np.dtype) -> Any:
    """What leaves the others as they are."""
    if reduce in ("amax", "amin"):
        if dtype.kind == "f":
            return -np.inf if reduce == "amax" else np.inf
        if dtype.kind == "b":
            return reduce == "amin"
        return getattr(np.iinfo(dtype), "min" if reduce == "amax" else "max")
    return 1 if reduce == "prod" else 0


def _scatter_reduce(
    x: np.ndarray, dim: int, index: np.ndarray, src: Any, reduce: str, include_self: bool
) -> np.ndarray:
    given = src if isinstance(src, np.ndarray) else None
    dim, _, index1 = checked_index(x, dim, index, "scatter", given)
    if reduce not in ("sum", "prod", "mean", "amax", "amin"):
        raise RuntimeError(f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}")
    return _scattered(x, dim, index1, src, reduce, include_self)


def _scattered(
    x: np.ndarray, dim: int, index: np.ndarray, src: Any, reduce: str, include_self: bool
) -> np.ndarray:
    if not index.size:
        return x.copy()
    values = np.asarray(src).astype(x.dtype, copy=False)
    if values.ndim:
        values = values[tuple([slice(n) for n in index.shape])]
    return _reduced(x, key_at(index, dim), values, reduce, include_self)


def _scatter_or(x: np.ndarray, dim: int, index: np.ndarray, src: Any, reduce: str) -> np.ndarray:
    given = src if isinstance(src, np.ndarray) else None
    dim, _, index1 = checked_index(x, dim, index, "scatter", given)
    if reduce not in ("add", "multiply"):
        raise RuntimeError("reduce argument must be either add or multiply.")
    return _scattered(x, dim, index1, src, reduce, True)


def _index_reduce(
    x: np.ndarray, dim: int, index: np.ndarray, source: np.ndarray, reduce: str, include_self: bool
) -> np.ndarray:
    if reduce not in ("prod", "mean", "amax", "amin"):
        raise RuntimeError(
            f"index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got {reduce}."
        )
    dim = check_added(x, dim, index, source, "index_reduce_")
    no_bools(x, "index_func_")
    flat = index.reshape(-1)
    check_added_at(x, dim, flat)
    if not x.size:
        return x.copy()
    target = x if x.ndim else x.reshape(1)
    values = source if source.ndim else source.reshape(1)
    return _reduced(target, key_along(dim, flat), values, reduce, include_self).reshape(x.shape)


# ------------------------------------------------------------------ gradients


class Places(NamedTuple):
    """How values reach a position, and how they are read and blanked there."""

    pick: Callable[[Tensor, int, Tensor], Tensor]
    add: Callable[[Tensor, int, Tensor, Tensor], Tensor]
    blank: Callable[[Tensor, int, Tensor, int], Tensor]
    again: Callable[..., Tensor]  # the op itself


def _to_self(
    places: Places, grad: Tensor, self: Tensor, dim: int, index: Tensor, src: Tensor, reduce: str,
    include_self: bool, result: Tensor,
) -> Tensor:  # fmt: skip
    if reduce == "prod":
        ones = self.masked_fill(self == 0, 1)
        grad = grad * places.again(ones, dim, index, src, reduce, include_self=include_self) / ones
    elif reduce == "mean":
        grad = grad / _counts(places, grad, dim, index, src, include_self)
    elif reduce in ("amax", "amin"):
        hit, _, share = _shares(places, grad, self, dim, index, src, result)
        grad = hit * share
    return grad if include_self else places.blank(grad, dim, index, 0)


def _to_src(
    places: Places, grad: Tensor, self: Tensor, dim: int, index: Tensor, src: Tensor, reduce: str,
    include_self: bool, result: Tensor,
) -> Tensor:  # fmt: skip
    if reduce == "prod":
        zero = src == 0
        many = places.pick(places.add(filled(0, self), dim, index, zero.to(self.dtype)), dim, index)
        single = zero & (many == 1)
        # The only zero of a product: the others' product is its slope, but the result is 0.
        without = places.again(
            self, dim, index, src.masked_fill(single, 1), reduce, include_self=include_self
        )
        found = where(
            single,
            places.pick(grad * without, dim, index),
            places.pick(grad * result, dim, index) / src.masked_fill(zero, 1),
        )
        return _once(found) if (many > 1).any() else found
    if reduce == "mean":
        counts = _counts(places, grad, dim, index, src, include_self)
        return places.pick(grad, dim, index) / places.pick(counts, dim, index)
    if reduce in ("amax", "amin"):
        _, hit, share = _shares(places, grad, self, dim, index, src, result)
        return hit * places.pick(share, dim, index)
    return places.pick(grad, dim, index)


def _counts(places: Places, grad: Tensor, dim: int, index: Tensor, src: Tensor, include_self: bool) -> Tensor:
    """How many values each place is the mean of; 1 where there are none."""
    counts = places.add(filled(int(include_self), grad), dim, index, filled(1, src))
    return counts.masked_fill(counts == 0, 1)


def _shares(
    places: Places, grad: Tensor, self: Tensor, dim: int, index: Tensor, src: Tensor, result: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Where self and src are the extreme, as ones and zeros, and what each of the equals gets."""
    own = (self == result).to(self.dtype)
    others = (src == places.pick(result, dim, index)).to(self.dtype)
    return own, others, grad / places.add(own, dim, index, others)


_once = op(
    "delayed_error(self)", lambda x: x.copy(), method=False, of="scatter_reduce", node="Error",
    self=not_implemented(
        "scatter_reduce(): Double backward is unsupported for src when >1 zeros in src are scattered to the same "
        "position in self", RuntimeError,
    ),
    doc="A copy that cannot be differentiated.",
)  # fmt: skip

scatter_reduce = op(
    "scatter_reduce(self, dim, index: Tensor, src, reduce, *, include_self=True)", _scatter_reduce,
    inplace=True, twin="stepwise",
    self=lambda grad, self, dim, index, src, reduce, include_self, result: _to_self(
        _SCATTER, grad, self, dim, index, src, reduce, include_self, result
    ),
    src=lambda grad, self, dim, index, src, reduce, include_self, result: _to_src(
        _SCATTER, grad, self, dim, index, src, reduce, include_self, result
    ),
    doc="A copy with the sum, prod, mean, amax or amin of the elements of `src` where gather would read them.",
)  # fmt: skip

index_reduce = op(
    "index_reduce(self, dim, index: Tensor, source, reduce, *, include_self=True)", _index_reduce,
    inplace=True, twin="stepwise",
    self=lambda grad, self, dim, index, source, reduce, include_self, result: _to_self(
        _INDEX, grad, self, dim, index, source, reduce, include_self, result
    ),
    source=lambda grad, self, dim, index, source, reduce, include_self, result: _to_src(
        _INDEX, grad, self, dim, index, source, reduce, include_self, result
    ),
    doc="A copy with the prod, mean, amax or amin of the parts of `source` at the positions that a vector lists.",
)  # fmt: skip

_SCATTER = Places(gather, scatter_add, scatter, scatter_reduce)
_INDEX = Places(index_select, index_add, index_fill, index_reduce)

# Of scatter with `reduce` torch has no derivative.
scatter_or = op(
    "scatter_or(self, dim, index: Tensor, src, reduce)", _scatter_or, inplace=True, method=False, of="scatter",
    node="NotImplemented",
    self=not_implemented("derivative for aten::scatter is not implemented", RuntimeError),
    src=not_implemented("derivative for aten::scatter is not implemented", RuntimeError),
    doc="A copy with the elements of `src` added or multiplied where gather would read with this index.",
)  # fmt: skip

"""unique and unique_consecutive: the different elements, or parts along a dimension.

Counterpart in PyTorch: aten/src/ATen/native/Unique.cpp. Neither has a gradient.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..op import op
from ..tensor import Tensor
from .public import not_implemented, public
from .sizes import real_dim


def _unique(x: np.ndarray, dim: int | None) -> tuple[np.ndarray, ...]:
    found = np.unique(x, return_inverse=True, return_counts=True, axis=_parts_along(x, dim), equal_nan=False)
    return _laid_out(x, dim, *found)


def _unique_consecutive(x: np.ndarray, dim: int | None) -> tuple[np.ndarray, ...]:
    axis = _parts_along(x, dim)
    parts = x.ravel() if axis is None else np.moveaxis(x, axis, 0)
    differs = (parts[1:] != parts[:-1]).any(axis=tuple(range(1, parts.ndim)))
    fresh = np.concatenate([np.ones(min(len(parts), 1), bool), differs])
    counts = np.diff(np.append(np.flatnonzero(fresh), len(parts)))
    values = parts[fresh] if axis is None else np.moveaxis(parts[fresh], 0, axis)
    return _laid_out(x, dim, values, np.cumsum(fresh) - 1, counts)


def _parts_along(x: np.ndarray, dim: int | None) -> int | None:
    """The dimension, counted from the front. RuntimeError where the parts along it hold no elements."""
    if dim is None:
        return None
    dim = real_dim(dim, x.ndim)
    if not x.size:
        if x.shape.count(0) > 1:
            raise RuntimeError(
                "Number of zero sized dimensions is more than one, so unique cannot be applied "
            )
        if x.shape[dim]:
            raise RuntimeError(
                "There are 0 sized dimensions, and they aren't selected, so unique cannot be applied"
            )
    return dim


def _laid_out(
    x: np.ndarray, dim: int | None, values: np.ndarray, inverse: np.ndarray, counts: np.ndarray
) -> tuple[np.ndarray, ...]:
    if dim is None:
        return np.ascontiguousarray(values), inverse.reshape(x.shape), counts
    # torch lays the parts out one after the other
    return np.moveaxis(np.ascontiguousarray(np.moveaxis(values, dim, 0)), 0, dim), inverse.reshape(-1), counts


def _differing(forward: Any, name: str, called: str, doc: str) -> Any:
    return op(
        f"{name}(self, dim) -> values, inverse, counts", forward, method=False, of=called,
        self=not_implemented(f"the derivative for '{name}' is not implemented."),
        doc=doc,
    )  # fmt: skip


_all_different = _differing(_unique, "_unique2", "unique", "The different elements, in order.")
_parts_different = _differing(_unique, "unique_dim", "unique", "The different parts, in order.")
_changes = _differing(
    _unique_consecutive,
    "unique_consecutive",
    "unique_consecutive",
    "The elements or parts that differ from the last.",
)


@public
def unique(
    self: Tensor,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    """The different elements (or parts along `dim`) in order; also where each went, and how often it was."""
    found = (_all_different if dim is None else _parts_different)(self, dim)
    return _chosen(found, return_inverse, return_counts)


@public
def unique_consecutive(
    self: Tensor, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """The elements (or parts along `dim`) without those that equal the one before."""
    return _chosen(_changes(self, dim), return_inverse, return_counts)


def _chosen(found: tuple[Tensor, ...], with_inverse: bool, with_counts: bool) -> Any:
    values, inverse, counts = found
    tensors = (values, *[inverse] * with_inverse, *[counts] * with_counts)
    return tensors if len(tensors) > 1 else values

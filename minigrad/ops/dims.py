"""Dimensions to reduce: how they are given, and how a gradient gets back over them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import dtypes
from ..bare import helper
from ..dtypes import HALF
from ..tensor import Tensor, checked_dim
from .shape import expand_array
from .sizes import distinct

Dims = tuple[int, ...]


def one_dim(dim: Any, ndim: int, name: str = "dim") -> int:
    """`dim` counted from the front. TypeError where it is no int, IndexError where there is none such."""
    if isinstance(dim, bool) or not hasattr(dim, "__index__"):
        raise TypeError(f"argument '{name}' must be int, not {type(dim).__name__}")
    return checked_dim(dim.__index__(), ndim)


def normal_dims(dim: Any, ndim: int) -> Dims | None:
    """The dimensions to reduce, counted from the front; None for all. IndexError, RuntimeError as torch."""
    if type(dim) is tuple and len(dim) == 1 and type(dim[0]) is int and 0 <= dim[0] < ndim:
        return dim  # as most are
    if dim is None or (isinstance(dim, (tuple, list)) and not dim):
        return None
    dims = distinct(tuple(one_dim(d, ndim) for d in (dim if isinstance(dim, (tuple, list)) else (dim,))))
    return None if not ndim else dims


def saved_dims(dim: Any) -> Dims | None:
    """The dimensions as torch saves them: a tuple, None as it is."""
    return tuple(dim) if isinstance(dim, (tuple, list)) else None if dim is None else (dim,)


def count(shape: Dims, dims: Dims | None) -> int:
    """How many elements become one."""
    return math.prod([shape[d] for d in (range(len(shape)) if dims is None else dims)])


def restored(value: Tensor, shape: Dims, dim: Any, keepdim: bool) -> Tensor:
    """`value`, which a reduction of a tensor of `shape` gave, with the lost dimensions as ones."""
    dims = normal_dims(dim, len(shape))
    if dims is not None and not keepdim:
        for d in sorted(dims):
            value = value.unsqueeze(d)
    return value


def _expanded_array(value: np.ndarray, shape: Dims, dim: Any, keepdim: bool) -> np.ndarray:
    dims = normal_dims(dim, len(shape))
    return expand_array(value if dims is None or keepdim else np.expand_dims(value, dims), shape)


@helper(_expanded_array)
def expanded(value: Tensor, shape: Dims, dim: Any, keepdim: bool) -> Tensor:
    """`value`, which a reduction of a tensor of `shape` gave, stretched back over that shape."""
    return restored(value, shape, dim, keepdim).expand(shape)


def flag(value: Any, name: str, function: str) -> bool:
    """`value` itself. TypeError where it is no bool."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{function}(): argument '{name}' must be bool, not {type(value).__name__}")
    return bool(value)


def cast(x: np.ndarray, dtype: dtypes.dtype | None) -> np.ndarray:
    """x in the dtype that the caller asked for."""
    return x if dtype is None or x.dtype == dtype.numpy else x.astype(dtype.numpy)


_C_NAMES = {"uint8": "uint8_t", "int8": "int8_t", "int16": "int16_t", "int32": "int", "int64": "int64_t"}


def check_fits(x: np.ndarray, *numbers: Any) -> None:
    """RuntimeError, in torch's words, for a whole number that does not fit into x's dtype of integers."""
    if x.dtype.kind not in "iu":
        return
    limits = np.iinfo(x.dtype)
    low = limits.min or -limits.max  # -1 becomes 255, as in torch
    for number in numbers:
        if type(number) is int and not low <= number <= limits.max:
            raise RuntimeError(
                f"value cannot be converted to type {_C_NAMES[x.dtype.name]} without overflow: {number}"
            )


def wide(x: np.ndarray) -> np.ndarray:
    """x as it is summed: float16 in float32, small integers and bools in int64, as torch does."""
    if x.dtype.kind in "iub":
        return x.astype(np.int64, copy=False)
    return x.astype(np.float32) if x.dtype is HALF else x

"""Arguments that are sizes or dimensions, checked in torch's words.

Counterpart in PyTorch: torch/csrc/utils/python_arg_parser.cpp and c10/core/WrapDimMinimal.h.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..tensor import checked_dim


def listed(values: Sequence[int]) -> str:
    """How torch prints sizes: [2, 3]."""
    return f"[{', '.join(map(str, values))}]"


def checked_sizes(function: str, values: Any, name: str = "size", position: int = 1) -> tuple[int, ...]:
    """A list or tuple of ints as a tuple. TypeError that names the function and the argument otherwise."""
    if not isinstance(values, (tuple, list)):
        raise TypeError(
            f"{function}(): argument '{name}' (position {position}) must be tuple of ints, "
            f"not {type(values).__name__}"
        )
    for i, value in enumerate(values):
        if not is_int(value):
            raise TypeError(
                f"{function}(): argument '{name}' (position {position}) must be tuple of ints, but found "
                f"element of type {type(value).__name__} at pos {i}"
            )
    return tuple([value.__index__() for value in values])


def is_int(value: Any) -> bool:
    """Whether torch takes it for an int: ints, NumPy's, tensors of one; a float is none."""
    try:
        value.__index__()
    except (AttributeError, TypeError):
        return False
    return not isinstance(value, bool)


def real_dim(dim: int, ndim: int) -> int:
    """checked_dim where a tensor of no dimensions has none to speak of: IndexError then."""
    if not ndim:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    return checked_dim(dim, ndim)


def checked_dims(dims: Any, ndim: int) -> tuple[int, ...]:
    """Dimensions counted from the front. RuntimeError where one is named twice, IndexError as checked_dim."""
    return distinct(
        tuple([checked_dim(d, ndim) for d in (dims if isinstance(dims, (tuple, list)) else (dims,))])
    )


def distinct(dims: tuple[int, ...]) -> tuple[int, ...]:
    """`dims` itself. RuntimeError where one is named twice."""
    if len(set(dims)) < len(dims):
        twice = next(d for d in dims if dims.count(d) > 1)
        raise RuntimeError(f"dim {twice} appears multiple times in the list of dims")
    return dims


def infer_size(shape: Sequence[int], size: int) -> tuple[int, ...]:
    """`shape` with its -1 worked out. RuntimeError, in torch's words, where `size` elements do not fit."""
    shape = tuple(shape)
    known, inferred = 1, -1
    for i, n in enumerate(shape):
        if n == -1:
            if inferred >= 0:
                raise RuntimeError("only one dimension can be inferred")
            inferred = i
        elif n < 0:
            raise RuntimeError(f"invalid shape dimension {n} at index {i} of shape {listed(shape)}")
        else:
            known *= n
    if inferred < 0:
        if known != size:
            raise RuntimeError(f"shape '{listed(shape)}' is invalid for input of size {size}")
        return shape
    if not known and not size:
        raise RuntimeError(
            f"cannot reshape tensor of 0 elements into shape {listed(shape)} because the unspecified "
            "dimension size -1 can be any value and is ambiguous"
        )
    if not known or size % known:
        raise RuntimeError(f"shape '{listed(shape)}' is invalid for input of size {size}")
    return (*shape[:inferred], size // known, *shape[inferred + 1 :])

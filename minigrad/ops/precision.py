"""What a forward function asks of its arrays' dtype, and float16's way of rounding.

Counterpart in PyTorch: AT_DISPATCH_FLOATING_TYPES and `opmath_t` in aten/src/ATen.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import dtypes, mode
from ..dtypes import HALF


def floating(x: np.ndarray, name: str) -> np.ndarray:
    """x itself. NotImplementedError, in torch's words, where its dtype is not a float."""
    if x.dtype.kind != "f":
        raise unsupported(x, name)
    return x


def no_bools(x: np.ndarray, name: str) -> np.ndarray:
    """x itself. NotImplementedError, in torch's words, where it is of bools."""
    if x.dtype.kind == "b":
        raise unsupported(x, name)
    return x


def unsupported(x: np.ndarray, name: str) -> NotImplementedError:
    """That torch's kernel of this name does not take x's dtype."""
    return NotImplementedError(f"\"{name}\" not implemented for '{dtypes.scalar_type(x)}'")


def not_differentiable(function: str, **tensors: Any) -> None:
    """RuntimeError, in torch's words, where an argument that has no derivative requires grad."""
    for name, tensor in tensors.items():
        if tensor is not None and tensor.requires_grad and mode.local.grad:
            raise RuntimeError(
                f"The function '{function}' is not differentiable with respect to argument '{name}'. This input cannot "
                "have requires_grad True."
            )


def rounded_once(forward: Callable[..., Any]) -> Callable[..., Any]:
    """`forward`, which computes float16 in float32 and rounds its results alone, as torch does."""

    @functools.wraps(forward)
    def wide(*args: Any) -> Any:
        if args[0].dtype is not HALF:
            return forward(*args)
        found = forward(*(_widened(a) for a in args))
        return tuple(map(_narrowed, found)) if type(found) is tuple else _narrowed(found)

    return wide


def _widened(value: Any) -> Any:
    return value.astype(np.float32) if isinstance(value, np.ndarray) and value.dtype is HALF else value


def _narrowed(array: Any) -> Any:
    return np.asarray(array).astype(np.float16) if array.dtype == np.float32 else array

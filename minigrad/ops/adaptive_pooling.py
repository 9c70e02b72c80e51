"""adaptive_avg_pool and adaptive_max_pool: into a given number of windows, on the ops of pool.py.

Counterpart in PyTorch: aten/src/ATen/native/AdaptiveAveragePooling.cpp, AdaptiveMaxPooling2d.cpp.
"""

from __future__ import annotations

from typing import Any

from ..tensor import Tensor
from . import pool
from .pooling import check_1d, one_int
from .precision import floating
from .sizes import checked_sizes, is_int

Ints = tuple[int, ...]


def _output_size(x: Tensor, output_size: Any, function: str, wrong: str) -> Ints:
    """output_size as two numbers, None being the length that x has."""
    if isinstance(output_size, (tuple, list)):
        if x.ndim <= len(output_size):
            raise ValueError(f"Input dimension should be at least {len(output_size) + 1}")
        ends = x._array.shape[x.ndim - len(output_size) :]
        output_size = [n if m is None else m for n, m in zip(ends, output_size, strict=True)]
    elif output_size is None or isinstance(output_size, float):
        raise TypeError(f"object of type '{type(output_size).__name__}' has no len()")
    size = (output_size,) * 2 if is_int(output_size) else output_size
    size = checked_sizes(function, size, "output_size", 2)
    if len(size) != 2:
        raise RuntimeError(wrong)
    return size


def _check_adaptive(x: Tensor, function: str, colon: str, first: int) -> None:
    if x.ndim not in (3, 4):
        raise RuntimeError(f"{function}(): Expected 3D or 4D tensor, but got{colon} {list(x.shape)}")
    _check_not_empty(x, function, first)


def _check_not_empty(x: Tensor, function: str, first: int) -> None:
    for dim, n in enumerate(x._array.shape):
        if dim >= x.ndim - first and n == 0:
            raise RuntimeError(
                f"{function}(): Expected input to have non-zero size for non-batch dimensions, but input has sizes "
                f"{list(x.shape)} with dimension {dim} being empty"
            )


def adaptive_avg_pool2d(input: Tensor, output_size: Any) -> Tensor:
    """The means of output_size evenly spread windows; None for a dimension that stays as it is."""
    name = "adaptive_avg_pool2d"
    size = _output_size(input, output_size, name, f"{name}: output_size must be 2")
    if min(size) < 0:
        raise RuntimeError(
            f"{name}: elements of output_size must be greater than or equal to 0 but received "
            f"{{{size[0]}, {size[1]}}}"
        )
    if size == (1, 1):
        return input.mean((-1, -2), keepdim=True)
    _check_adaptive(input, name, "", 2)
    floating(input._array, name)
    return pool.adaptive_avg_pool2d_out(input, size)


def adaptive_avg_pool1d(input: Tensor, output_size: Any) -> Tensor:
    """adaptive_avg_pool2d of (N, C, L) or (C, L)."""
    check_1d(input, "adaptive_avg_pool1d")
    size = one_int(output_size, "output_size", "adaptive_avg_pool1d", 2)
    return adaptive_avg_pool2d(input.unsqueeze(-2), (1, size)).squeeze(-2)


def adaptive_max_pool2d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """The largest elements of output_size evenly spread windows; return_indices: also their places."""
    name = "adaptive_max_pool2d"
    size = _output_size(input, output_size, name, f"{name}(): internal error: output_size.size() must be 2")
    _check_adaptive(input, name, ":", 3)
    if min(size) < 0:
        shape = [*input.shape[:-2], *size]
        raise RuntimeError(f"Trying to create tensor with negative dimension {min(size)}: {shape}")
    floating(input._array, name)
    found = pool.adaptive_max_pool2d_out(input, size)
    return found if return_indices else found[0]


def adaptive_max_pool1d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """adaptive_max_pool2d of (N, C, L) or (C, L)."""
    check_1d(input, "adaptive_max_pool1d")
    size = one_int(output_size, "output_size", "adaptive_max_pool1d", 2)
    _check_not_empty(input, "adaptive_max_pool1d", 2)
    values, indices = adaptive_max_pool2d(input.unsqueeze(-2), (1, size), True)
    values = values.squeeze(-2)
    return (values, indices.squeeze(-2)) if return_indices else values

"""max_pool, avg_pool and their kin: what a user writes, checked, on the ops of pool.py.

Counterpart in PyTorch: aten/src/ATen/native/Pool.h, Pooling.cpp. One dimension is two with a height of 1.
"""

from __future__ import annotations

from typing import Any

from ..tensor import Tensor
from . import pool
from .precision import floating

Ints = tuple[int, ...]


def _two(value: Any, name: str, function: str) -> Ints:
    listed = tuple(value) if isinstance(value, (tuple, list)) else (value,)
    if any(isinstance(n, (bool, float, str)) or not hasattr(n, "__index__") for n in listed):
        raise TypeError(f"{function}(): argument '{name}' must be tuple of ints, not {value!r}")
    if len(listed) not in (1, 2):
        either = "either be omitted, a single int," if name == "stride" else "either be a single int,"
        raise RuntimeError(f"{function}: {name} must {either} or a tuple of two ints")
    return (int(listed[0]), int(listed[-1]))


def _checked(
    x: Tensor, function: str, kernel: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> tuple[Ints, Ints, Ints, Ints]:
    kernel = _two(kernel, "kernel_size", function)
    stride = kernel if stride is None or stride == [] or stride == () else _two(stride, "stride", function)
    padding, dilation = _two(padding, "padding", function), _two(dilation, "dilation", function)
    if min(stride) == 0:
        raise RuntimeError("stride should not be zero")
    if min(kernel) <= 0 or min(stride) < 0:
        raise RuntimeError(
            f"kernel size and stride should be greater than zero, but got {kernel} and {stride}"
        )
    if min(dilation) <= 0:
        raise RuntimeError(
            f"dilation should be greater than zero, but got dilationH: {dilation[0]} dilationW: {dilation[1]}"
        )
    for k, p, d in zip(kernel, padding, dilation, strict=True):
        if p < 0:
            raise RuntimeError(f"pad must be non-negative, but got pad: {p}")
        if p > (d * (k - 1) + 1) // 2:
            raise RuntimeError(
                f"pad should be at most half of effective kernel size, but got pad={p}, kernel_size={k} and "
                f"dilation={d}"
            )
    if x.ndim not in (3, 4):
        raise RuntimeError("non-empty 3D or 4D (batch mode) tensor expected for input")
    shape = x._array.shape
    if 0 in shape[-3:]:
        raise RuntimeError(
            "Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, but got:"
            f"{list(shape)}"
        )
    sizes = tuple(map(pool.pooled_length, shape[-2:], kernel, stride, padding, dilation, (ceil_mode,) * 2))
    if min(sizes) < 1:
        c = shape[-3]
        shown = [max(n, 0) for n in sizes]
        raise RuntimeError(
            f"Given input size: ({c}x{shape[-2]}x{shape[-1]}). Calculated output size: ({c}x{shown[0]}x{shown[1]}). "
            "Output size is too small"
        )
    return kernel, stride, padding, dilation


def max_pool2d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest element of each window; input: (N, C, H, W) or (C, H, W).

    stride: the kernel's size by default. padding is as if of minus infinity. return_indices: also where the
    largest stands in its plane, counted row by row. RuntimeError, in torch's words, for what does not fit.
    """
    options = _checked(input, "max_pool2d", kernel_size, stride, padding, dilation, ceil_mode)
    found = pool.max_pool2d_with_indices(input, *options, ceil_mode)
    return found if return_indices else found[0]


def avg_pool2d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """The mean of each window; input: (N, C, H, W) or (C, H, W).

    count_include_pad: whether the zeros of the padding count. divisor_override: divide by this number.
    """
    if divisor_override == 0:
        raise RuntimeError("divisor must be not zero")
    kernel, stride, padding, _ = _checked(input, "avg_pool2d", kernel_size, stride, padding, 1, ceil_mode)
    return pool.avg_pool2d_out(input, kernel, stride, padding, ceil_mode, count_include_pad, divisor_override)


# ------------------------------------------------------------------ one dimension


def _one(value: Any, name: str, function: str) -> Any:
    if isinstance(value, (tuple, list)):
        if len(value) != 1:
            raise RuntimeError(
                f"{function}() {name} must be an int or a list of 1 int, but got {list(value)}"
            )
        return value[0]
    return value


def max_pool1d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """max_pool2d of (N, C, L) or (C, L)."""
    if input.ndim not in (2, 3):
        raise RuntimeError(
            "max_pool1d: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for input, but got:"
            f"{list(input.shape)}"
        )
    k, p, d = (
        _one(v, n, "max_pool1d")
        for v, n in ((kernel_size, "kernel_size"), (padding, "padding"), (dilation, "dilation"))
    )
    s = _one(stride, "stride", "max_pool1d") if stride not in (None, [], ()) else k
    if s > 0 and k > 0 and d > 0:
        length = pool.pooled_length(input._array.shape[-1], k, s, p, d, ceil_mode)
        if length < 1:
            raise RuntimeError(f"max_pool1d() Invalid computed output size: {length if length < 0 else 0}")
    values, indices = max_pool2d(input.unsqueeze(-2), (1, k), (1, s), (0, p), (1, d), ceil_mode, True)
    values = values.squeeze(-2)
    return (values, indices.squeeze(-2)) if return_indices else values


def avg_pool1d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """avg_pool2d of (N, C, L) or (C, L)."""
    if input.ndim not in (2, 3):
        raise RuntimeError(
            f"Expected 2 to 3 dimensions, but got {input.ndim}-dimensional tensor for argument #1 'self' (while "
            "checking arguments for avg_pool1d)"
        )
    k, p = (_one(v, n, "avg_pool1d") for v, n in ((kernel_size, "kernel_size"), (padding, "padding")))
    s = _one(stride, "stride", "avg_pool1d") if stride not in (None, [], ()) else k
    found = avg_pool2d(input.unsqueeze(-2), (1, k), (1, s), (0, p), ceil_mode, count_include_pad)
    return found.squeeze(-2)


# ------------------------------------------------------------------ a given number of windows


def _output_size(x: Tensor, output_size: Any, count: int) -> Ints:
    listed = list(output_size) if isinstance(output_size, (tuple, list)) else [output_size] * count
    if len(listed) != count:
        raise RuntimeError(f"output_size must be an int or {count} of them, but got {output_size!r}")
    return tuple(n if m is None else int(m) for n, m in zip(x._array.shape[-count:], listed, strict=True))


def _planes(x: Tensor, name: str) -> None:
    if x.ndim not in (3, 4):
        raise RuntimeError(f"{name}(): Expected 3D or 4D tensor, but got {list(x.shape)}")


def adaptive_avg_pool2d(input: Tensor, output_size: Any) -> Tensor:
    """The means of output_size evenly spread windows; None for a dimension that stays as it is."""
    _planes(input, "adaptive_avg_pool2d")
    size = _output_size(input, output_size, 2)
    floating(input._array, "adaptive_avg_pool2d_cpu")
    return input.mean((-1, -2), keepdim=True) if size == (1, 1) else pool.adaptive_avg_pool2d_out(input, size)


def adaptive_avg_pool1d(input: Tensor, output_size: Any) -> Tensor:
    """adaptive_avg_pool2d of (N, C, L) or (C, L)."""
    size = _output_size(input, output_size, 1)
    return adaptive_avg_pool2d(input.unsqueeze(-2), (1, *size)).squeeze(-2)


def adaptive_max_pool2d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """The largest elements of output_size evenly spread windows; return_indices: also their places."""
    _planes(input, "adaptive_max_pool2d")
    found = pool.adaptive_max_pool2d_out(input, _output_size(input, output_size, 2))
    return found if return_indices else found[0]


def adaptive_max_pool1d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """adaptive_max_pool2d of (N, C, L) or (C, L)."""
    size = _output_size(input, output_size, 1)
    values, indices = adaptive_max_pool2d(input.unsqueeze(-2), (1, *size), True)
    values = values.squeeze(-2)
    return (values, indices.squeeze(-2)) if return_indices else values

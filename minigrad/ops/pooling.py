"""max_pool and avg_pool: what a user writes, checked, on the ops of pool.py.

Counterpart in PyTorch: aten/src/ATen/native/Pool.h, Pooling.cpp. One dimension is two with a height of 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..mode import is_grad_enabled
from ..tensor import Tensor, checked_dim
from . import pool
from .precision import floating, unsupported
from .public import of_tensors
from .sizes import checked_sizes, is_int

Ints = tuple[int, ...]


def _ints(value: Any, name: str, function: str, position: int) -> Ints:
    """An int or several as a tuple. TypeError where it is neither."""
    return (value.__index__(),) if is_int(value) else checked_sizes(function, value, name, position)


_EITHER = {
    "stride": "must either be omitted, a single int, or a tuple of two ints",
    "dilation": "must be either a single int, or a tuple of two ints",
}


def _two(value: Any, name: str, function: str, position: int) -> Ints:
    listed = _ints(value, name, function, position)
    if len(listed) not in (1, 2):
        raise RuntimeError(
            f"{function}: {name} {_EITHER.get(name, 'must either be a single int, or a tuple of two ints')}"
        )
    return (listed[0], listed[-1])


def _omitted(stride: Any) -> bool:
    return stride is None or (isinstance(stride, (tuple, list)) and not stride)


def _checked(
    x: Tensor, function: str, kernel: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> tuple[Ints, Ints, Ints, Ints]:
    """The options as two numbers each. RuntimeError for what does not fit."""
    kernel = _two(kernel, "kernel_size", function, 2)
    stride = kernel if _omitted(stride) else _two(stride, "stride", function, 3)
    padding, dilation = _two(padding, "padding", function, 4), _two(dilation, "dilation", function, 5)
    if x.ndim not in (3, 4):
        if function == "avg_pool2d":
            checked_dim(-3, x.ndim)
        raise RuntimeError("non-empty 3D or 4D (batch mode) tensor expected for input")
    for k, s, p, d in zip(kernel, stride, padding, dilation, strict=True):
        if s == 0:
            raise RuntimeError("stride should not be zero")
        if p < 0:
            raise RuntimeError(f"pad must be non-negative, but got pad: {p}")
        if p > int((d * (k - 1) + 1) / 2):
            raise RuntimeError(
                f"pad should be at most half of effective kernel size, but got pad={p}, kernel_size={k} and "
                f"dilation={d}"
            )
    for name, letters, lengths in (
        ("kernel size", ("kH", "kW"), kernel),
        ("stride", ("dH", "dW"), stride),
        ("dilation", ("dilationH", "dilationW"), dilation),
    ):
        if min(lengths) <= 0:
            shown = " ".join(f"{letter}: {n}" for letter, n in zip(letters, lengths, strict=True))
            raise RuntimeError(f"{name} should be greater than zero, but got {shown}")
    _check_shape(x._array.shape, kernel, stride, padding, dilation, ceil_mode)
    return kernel, stride, padding, dilation


def _check_shape(
    shape: Ints, kernel: Ints, stride: Ints, padding: Ints, dilation: Ints, ceil_mode: bool
) -> None:
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


@of_tensors("max_pool2d")
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
    if input._array.dtype == np.bool_:
        raise unsupported(input._array, "max_pool2d")
    found = pool.max_pool2d_with_indices(input, *options, ceil_mode)
    return found if return_indices else found[0]


@of_tensors("avg_pool2d")
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
    if input._array.dtype != np.int64:
        floating(input._array, "avg_pool2d")
    return pool.avg_pool2d_out(input, kernel, stride, padding, ceil_mode, count_include_pad, divisor_override)


# ------------------------------------------------------------------ one dimension


def check_1d(x: Tensor, function: str) -> None:
    """RuntimeError where x is neither (N, C, L) nor (C, L)."""
    if x.ndim not in (2, 3):
        raise RuntimeError(
            f"Expected 2 to 3 dimensions, but got {x.ndim}-dimensional tensor for argument #1 'self' (while checking "
            f"arguments for {function})"
        )


_LISTS = {
    "kernel_size": "an int, list of ints or tuple of ints",
    "stride": "None, an int, list of ints, or tuple of ints",
    "padding": "an int, list of ints, or tuple of ints",
    "dilation": "an int, list of ints or tuple of ints",
}


def _check_max1d(k: int, s: int, p: int, d: int) -> None:
    for name, n in (("kernel_size", k), ("stride", s)):
        if n <= 0:
            raise RuntimeError(f"max_pool1d() {name} must be greater than zero, but got {n}")
    if p < 0:
        raise RuntimeError(f"max_pool1d() padding must be non-negative, but got {p}")
    if p > k // 2:
        raise RuntimeError(
            f"max_pool1d() padding should be at most half of kernel size, but got padding={p} and kernel_size={k}"
        )
    if d <= 0:
        raise RuntimeError(f"max_pool1d() dilation must be greater than zero, but got {d}")


@of_tensors("max_pool1d")
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
    shape = input._array.shape
    if return_indices:
        check_1d(input, "max_pool1d")
    elif len(shape) not in (2, 3) or 0 in shape[-2:]:
        raise RuntimeError(
            "max_pool1d: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for input, but got:"
            f"{list(shape)}"
        )
    options = {"kernel_size": kernel_size, "stride": stride, "padding": padding, "dilation": dilation}
    if _omitted(stride):
        options["stride"] = kernel_size
    one = []
    for position, (name, value) in enumerate(options.items(), 2):
        listed = _ints(value, name, "max_pool1d", position)
        if len(listed) != 1:
            raise RuntimeError(
                f"max_pool1d() {name} must be {_LISTS[name]} of size 1 but got size {len(listed)}"
            )
        one += listed
    k, s, p, d = one
    if not return_indices:
        _check_max1d(k, s, p, d)
        length = pool.pooled_length(shape[-1], k, s, p, d, ceil_mode)
        if length < 1:
            raise RuntimeError(f"max_pool1d() Invalid computed output size: {length}")
        if not (input.requires_grad and is_grad_enabled()):  # torch has a kernel of its own for this
            floating(input._array, "max_pool1d_impl")
            input = input.contiguous()
    values, indices = max_pool2d(input.unsqueeze(-2), (1, k), (1, s), (0, p), (1, d), ceil_mode, True)
    values = values.squeeze(-2)
    return (values, indices.squeeze(-2)) if return_indices else values


def one_int(value: Any, name: str, function: str, position: int) -> int:
    """An int, given as one or as a list of one. RuntimeError for more."""
    listed = _ints(value, name, function, position)
    if len(listed) != 1:
        raise RuntimeError(f"{function}() argument '{name}' should contain one int (got {len(listed)})")
    return listed[0]


@of_tensors("avg_pool1d")
def avg_pool1d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """avg_pool2d of (N, C, L) or (C, L)."""
    k = one_int(kernel_size, "kernel_size", "avg_pool1d", 2)
    s = k if _omitted(stride) else one_int(stride, "stride", "avg_pool1d", 3)
    p = one_int(padding, "padding", "avg_pool1d", 4)
    check_1d(input, "avg_pool1d")
    found = avg_pool2d(input.unsqueeze(-2), (1, k), (1, s), (0, p), ceil_mode, count_include_pad)
    return found.squeeze(-2)

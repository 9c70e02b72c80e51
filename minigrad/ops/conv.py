"""Convolutions of one, two and three dimensions, and their transposes.

Counterpart in PyTorch: aten/src/ATen/native/Convolution.cpp. The windows of the input are copied side by side
(im2col), so that one product of matrices is the whole convolution; its memory order keeps rows of pixels
together, which copies fast and leaves the result in its final order.

There are three arrays, input, weight and output, and `conv_input`, `conv_weight` and `conv_output` each
compute one from the others: so the gradient of each op is made of the other two, and can be differentiated as
often as one likes.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..memory_format import as_suggested
from ..op import op
from ..tensor import Tensor
from .precision import rounded_once

Ints = tuple[int, ...]


# ------------------------------------------------------------------ arrays


def windows(x: np.ndarray, kernel: Ints, counts: Ints, stride: Ints, dilation: Ints) -> np.ndarray:
    """`counts` windows of x (N, C, pixels...), not copied: (N, C, place in kernel..., which window...)."""
    steps = [b * d for b, d in zip(x.strides[2:], dilation, strict=True)]
    jumps = [b * s for b, s in zip(x.strides[2:], stride, strict=True)]
    return np.lib.stride_tricks.as_strided(
        x, (*x.shape[:2], *kernel, *counts), (*x.strides[:2], *steps, *jumps), writeable=False
    )


def padded(x: np.ndarray, padding: Ints, value: float = 0) -> np.ndarray:
    """x with `padding` more pixels at both ends of each spatial dimension."""
    if not any(padding):
        return x
    out = np.full(
        (*x.shape[:2], *[n + 2 * p for n, p in zip(x.shape[2:], padding, strict=True)]), value, x.dtype
    )
    out[_inner(x.shape, padding)] = x
    return out


def _inner(shape: Ints, padding: Ints) -> tuple[slice, ...]:
    return (..., *[slice(p, p + n) for n, p in zip(shape[2:], padding, strict=True)])


def _columns(
    x: np.ndarray, kernel: Ints, counts: Ints, stride: Ints, padding: Ints, dilation: Ints, groups: int
) -> np.ndarray:
    """The first `counts` windows of x as matrices: (N, groups, C / groups * kernel, windows)."""
    found = windows(padded(x, padding), kernel, counts, stride, dilation)
    n, c = x.shape[:2]
    return found.reshape(n, groups, c // groups * math.prod(kernel), math.prod(counts))


def _conv(
    x: np.ndarray, weight: np.ndarray, counts: Ints, stride: Ints, padding: Ints, dilation: Ints, groups: int
) -> np.ndarray:
    out, kernel = weight.shape[0], weight.shape[2:]
    columns = _columns(x, kernel, counts, stride, padding, dilation, groups)
    product = np.matmul(weight.reshape(groups, out // groups, columns.shape[2]), columns)
    return product.reshape(x.shape[0], out, *counts)


def _conv_input(
    grad: np.ndarray,
    weight: np.ndarray,
    shape: Ints,
    stride: Ints,
    padding: Ints,
    dilation: Ints,
    groups: int,
) -> np.ndarray:
    """What each pixel of the input contributed to: the products go back to the pixels that they came from."""
    n, out, kernel = grad.shape[0], weight.shape[0], weight.shape[2:]
    matrix = weight.reshape(groups, out // groups, -1).swapaxes(1, 2)
    columns = np.matmul(matrix, grad.reshape(n, groups, out // groups, math.prod(grad.shape[2:])))
    columns = columns.reshape(n, shape[1], *kernel, *grad.shape[2:])
    wide = np.zeros((*shape[:2], *[m + 2 * p for m, p in zip(shape[2:], padding, strict=True)]), grad.dtype)
    counts = grad.shape[2:]
    for place in np.ndindex(*kernel):
        part = [
            slice(i * d, i * d + (m - 1) * s + 1, s)
            for i, d, m, s in zip(place, dilation, counts, stride, strict=True)
        ]
        wide[(..., *part)] += columns[(slice(None), slice(None), *place)]
    return wide[_inner(shape, padding)].copy() if any(padding) else wide


def _conv_weight(
    grad: np.ndarray, x: np.ndarray, shape: Ints, stride: Ints, padding: Ints, dilation: Ints, groups: int
) -> np.ndarray:
    """For each place of the kernel, the product of the gradient with the pixels that it met there."""
    kernel = shape[2:]
    columns = _columns(x, kernel, grad.shape[2:], stride, padding, dilation, groups)
    n = grad.shape[0]
    rows = grad.reshape(n, groups, grad.shape[1] // groups, math.prod(grad.shape[2:]))
    return np.matmul(rows, columns.swapaxes(2, 3)).sum(0).reshape(shape)


def output_shape(size: Ints, kernel: Ints, stride: Ints, padding: Ints, dilation: Ints) -> Ints:
    """How many windows there are in each spatial dimension."""
    return tuple(
        (n + 2 * p - d * (k - 1) - 1) // s + 1
        for n, k, s, p, d in zip(size, kernel, stride, padding, dilation, strict=True)
    )


def transposed_shape(
    size: Ints, kernel: Ints, stride: Ints, padding: Ints, dilation: Ints, output_padding: Ints
) -> Ints:
    """The spatial shape whose convolution has the shape `size`."""
    return tuple(
        (n - 1) * s - 2 * p + d * (k - 1) + o + 1
        for n, k, s, p, d, o in zip(size, kernel, stride, padding, dilation, output_padding, strict=True)
    )


# ------------------------------------------------------------------ ops


def _convolution(
    x: np.ndarray,
    weight: np.ndarray,
    bias: Any,
    stride: Ints,
    padding: Ints,
    dilation: Ints,
    transposed: bool,
    output_padding: Ints,
    groups: int,
) -> np.ndarray:
    size, kernel = x.shape[2:], weight.shape[2:]
    if transposed:
        size = transposed_shape(size, kernel, stride, padding, dilation, output_padding)
        shape = (x.shape[0], weight.shape[1] * groups, *size)
        found = _conv_input(x, weight, shape, stride, padding, dilation, groups)
    else:
        counts = output_shape(size, kernel, stride, padding, dilation)
        found = _conv(x, weight, counts, stride, padding, dilation, groups)
    if bias is not None:
        found += bias.reshape(-1, *[1] * len(size))
    return found


def _input_formula(
    grad: Tensor, input: Tensor, weight: Tensor, stride: Ints, padding: Ints, dilation: Ints, transposed: bool, groups: int
) -> Tensor:  # fmt: skip
    if transposed:
        return conv_output(input, grad, weight, stride, padding, dilation, groups)
    return conv_input(grad, input, weight, stride, padding, dilation, groups)


def _weight_formula(
    grad: Tensor, input: Tensor, weight: Tensor, stride: Ints, padding: Ints, dilation: Ints, transposed: bool, groups: int
) -> Tensor:  # fmt: skip
    if transposed:
        return conv_weight(input, grad, weight, stride, padding, dilation, groups)
    return conv_weight(grad, input, weight, stride, padding, dilation, groups)


convolution = op(
    "convolution(input, weight, bias=None, stride=(), padding=(), dilation=(), transposed=False, "
    "output_padding=(), groups=1)",
    as_suggested(rounded_once(_convolution), likewise=1), method=False,
    input=_input_formula,
    weight=_weight_formula,
    bias=lambda grad, input, weight: conv_bias(grad, input, weight),
    doc="The products of a kernel with every window of the input, or the transpose of that map.",
)  # fmt: skip

# Each takes all three arrays, computes one from the other two, and needs of its own nothing but the shape. In
# torch they are one node with several outputs, of which all inputs are edges: hence the formulas that give
# nothing.
_one_of_three = {"method": False, "of": "convolution_backward", "node": "ConvolutionBackwardBackward0"}


def _nothing(grad: Tensor) -> None:
    """What is computed does not depend on this argument."""


conv_output = op(
    "conv_output(output, input, weight, stride, padding, dilation, groups)",
    rounded_once(lambda out, x, weight, *options: _conv(x, weight, out.shape[2:], *options)), **_one_of_three,
    output=_nothing,
    input=lambda grad, input, weight, stride, padding, dilation, groups: conv_input(
        grad, input, weight, stride, padding, dilation, groups
    ),
    weight=lambda grad, input, weight, stride, padding, dilation, groups: conv_weight(
        grad, input, weight, stride, padding, dilation, groups
    ),
    doc="The result of a convolution, as many windows as `output` has.",
)  # fmt: skip

conv_input = op(
    "conv_input(output, input, weight, stride, padding, dilation, groups)",
    rounded_once(lambda out, x, weight, *options: _conv_input(out, weight, x.shape, *options)), **_one_of_three,
    output=lambda grad, output, weight, stride, padding, dilation, groups: conv_output(
        output, grad, weight, stride, padding, dilation, groups
    ),
    input=_nothing,
    weight=lambda grad, output, weight, stride, padding, dilation, groups: conv_weight(
        output, grad, weight, stride, padding, dilation, groups
    ),
    doc="The gradient of a convolution with respect to its input, given that of its output.",
)  # fmt: skip

conv_weight = op(
    "conv_weight(output, input, weight, stride, padding, dilation, groups)",
    rounded_once(lambda out, x, weight, *options: _conv_weight(out, x, weight.shape, *options)), **_one_of_three,
    output=lambda grad, output, input, stride, padding, dilation, groups: conv_output(
        output, input, grad, stride, padding, dilation, groups
    ),
    input=lambda grad, output, input, stride, padding, dilation, groups: conv_input(
        output, input, grad, stride, padding, dilation, groups
    ),
    weight=_nothing,
    doc="The gradient of a convolution with respect to its weight, given that of its output.",
)  # fmt: skip

conv_bias = op(
    "conv_bias(output, input, weight)",
    rounded_once(lambda out, x, weight: out.sum((0, *range(2, out.ndim)))), **_one_of_three,
    output=lambda grad, output_shape: grad.view((-1, *[1] * (len(output_shape) - 2))).expand(output_shape),
    input=_nothing,
    weight=_nothing,
    doc="The gradient of a convolution with respect to its bias, given that of its output.",
)  # fmt: skip

"""Images taken apart and put together: pixel_shuffle, unfold and fold, and interpolation.

Counterpart in PyTorch: aten/src/ATen/native/PixelShuffle.cpp, Im2Col.cpp, Col2Im.cpp. All are linear, and the
gradient of each of a pair is the other.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..memory_format import as_suggested
from ..op import op
from ..tensor import Tensor, checked_dim
from .conv import output_shape, padded, windows
from .precision import rounded_once
from .sizes import checked_sizes, is_int

Ints = tuple[int, ...]


# ------------------------------------------------------------------ pixel_shuffle


def _check_shuffle(x: np.ndarray, name: str, option: str, factor: int) -> None:
    if x.ndim < 3:
        raise RuntimeError(
            f"{name} expects input to have at least 3 dimensions, but got input with {x.ndim} dimension(s)"
        )
    if factor <= 0:
        raise RuntimeError(f"{name} expects a positive {option}, but got {factor}")


def _shuffled(x: np.ndarray, upscale_factor: int) -> np.ndarray:
    r = upscale_factor
    _check_shuffle(x, "pixel_shuffle", "upscale_factor", r)
    *batch, c, h, w = x.shape
    if c % (r * r):
        raise RuntimeError(
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, but "
            f"input.size(-3)={c} is not divisible by {r * r}"
        )
    parts = x.reshape(math.prod(batch), c // (r * r), r, r, h, w).transpose(0, 1, 4, 2, 5, 3)
    return np.ascontiguousarray(parts).reshape(*batch, c // (r * r), h * r, w * r)


def _unshuffled(x: np.ndarray, downscale_factor: int) -> np.ndarray:
    r = downscale_factor
    _check_shuffle(x, "pixel_unshuffle", "downscale_factor", r)
    *batch, c, h, w = x.shape
    for name, n, dim in (("height", h, -2), ("width", w, -1)):
        if n % r:
            raise RuntimeError(
                f"pixel_unshuffle expects {name} to be divisible by downscale_factor, but input.size({dim})={n} is not "
                f"divisible by {r}"
            )
    parts = x.reshape(math.prod(batch), c, h // r, r, w // r, r).transpose(0, 1, 3, 5, 2, 4)
    return np.ascontiguousarray(parts).reshape(*batch, c * r * r, h // r, w // r)


pixel_shuffle = op(
    "pixel_shuffle(self, upscale_factor)", as_suggested(_shuffled), method=False,
    self=lambda grad, upscale_factor: pixel_unshuffle(grad, upscale_factor),
    doc="(..., C * r * r, H, W) as (..., C, H * r, W * r): channels become pixels.",
)  # fmt: skip

pixel_unshuffle = op(
    "pixel_unshuffle(self, downscale_factor)", as_suggested(_unshuffled), method=False,
    self=lambda grad, downscale_factor: pixel_shuffle(grad, downscale_factor),
    doc="(..., C, H * r, W * r) as (..., C * r * r, H, W): pixels become channels.",
)  # fmt: skip


# ------------------------------------------------------------------ unfold, fold


def _unfolded(x: np.ndarray, kernel: Ints, dilation: Ints, padding: Ints, stride: Ints) -> np.ndarray:
    counts = output_shape(x.shape[2:], kernel, stride, padding, dilation)
    found = windows(padded(x, padding), kernel, counts, stride, dilation)
    return found.reshape(x.shape[0], x.shape[1] * math.prod(kernel), math.prod(counts))


def _folded(
    x: np.ndarray, size: Ints, kernel: Ints, dilation: Ints, padding: Ints, stride: Ints
) -> np.ndarray:
    counts = output_shape(size, kernel, stride, padding, dilation)
    columns = x.reshape(x.shape[0], x.shape[1] // math.prod(kernel), *kernel, *counts)
    wide = np.zeros((*columns.shape[:2], *[n + 2 * p for n, p in zip(size, padding, strict=True)]), x.dtype)
    for place in np.ndindex(*kernel):
        part = [
            slice(i * d, i * d + (m - 1) * s + 1, s)
            for i, d, m, s in zip(place, dilation, counts, stride, strict=True)
        ]
        wide[(..., *part)] += columns[(slice(None), slice(None), *place)]
    return wide[(..., *[slice(p, p + n) for n, p in zip(size, padding, strict=True)])].copy()


_unfold = op(
    "im2col(self, kernel_size, dilation, padding, stride)", _unfolded, method=False, node="Im2ColBackward0",
    self=lambda grad, self_shape, kernel_size, dilation, padding, stride: _fold(
        grad, self_shape[2:], kernel_size, dilation, padding, stride
    ),
    doc="All windows of an image, each as a column.",
)  # fmt: skip

_fold = op(
    "col2im(self, output_size, kernel_size, dilation, padding, stride)", rounded_once(_folded), method=False,
    node="Col2ImBackward0",
    self=lambda grad, kernel_size, dilation, padding, stride: _unfold(grad, kernel_size, dilation, padding, stride),
    doc="An image of windows, which are added where they overlap.",
)  # fmt: skip


def _two(value: Any, name: str, function: str) -> Ints:
    listed = (value, value) if is_int(value) else checked_sizes(function, value, name)
    if len(listed) == 1:
        listed *= 2
    if len(listed) != 2:
        raise RuntimeError(f"It is expected {name} equals to 2, but got size {len(listed)}")
    return tuple(int(n) for n in listed)


def _checked(kernel_size: Any, dilation: Any, padding: Any, stride: Any, function: str) -> tuple[Ints, ...]:
    given = {"kernel_size": kernel_size, "dilation": dilation, "padding": padding, "stride": stride}
    found = {name: _two(value, name, function) for name, value in given.items()}
    for name, least in (("kernel", 1), ("dilation", 1), ("padding", 0), ("stride", 1)):
        height, width = found.get(name, found["kernel_size"])
        if min(height, width) < least:
            short = {"padding": "pad"}.get(name, name)
            what = {"kernel": "kernel size", "padding": "padding"}.get(name, name)
            rule = "greater than zero" if least else "non-negative"
            raise RuntimeError(
                f"{what} should be {rule}, but got {short}_height: {height} {short}_width: {width}"
            )
    return tuple(found.values())


def unfold(input: Tensor, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Tensor:
    """All windows of (N, C, H, W) or (C, H, W) as columns: (N, C * kernel, windows)."""
    options = _checked(kernel_size, dilation, padding, stride, "im2col")
    shape = input._array.shape
    if len(shape) not in (3, 4) or 0 in shape[-3:]:
        checked_dim(2, len(shape))
        raise RuntimeError(
            "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, but "
            f"got: {list(shape)}"
        )
    kernel, steps, edges, jumps = options
    counts = output_shape(shape[-2:], kernel, jumps, edges, steps)
    if min(counts) < 1:
        raise RuntimeError(
            f"Given input with spatial size {shape[-2:]}, kernel_size={kernel}, dilation={steps}, padding={edges}, "
            f"calculated shape of the array of sliding blocks as {counts}, but its components must be at least one."
        )
    return _unfold(input, *options) if len(shape) == 4 else _unfold(input.unsqueeze(0), *options).squeeze(0)


def fold(
    input: Tensor, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Tensor:
    """(N, C, *output_size) of windows (N, C * kernel, windows), added where they overlap; or without N."""
    size = _two(output_size, "output_size", "col2im")
    options = _checked(kernel_size, dilation, padding, stride, "col2im")
    shape = input._array.shape
    if len(shape) not in (2, 3) or 0 in shape[-2:]:
        raise RuntimeError(
            "Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero dimensions for input, "
            f"but got: {list(shape)}"
        )
    kernel, steps, edges, jumps = options
    if shape[-2] % math.prod(kernel):
        raise RuntimeError(
            "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got input.size(1)="
            f"{shape[-2]} and kernel_size={kernel}."
        )
    counts = output_shape(size, kernel, jumps, edges, steps)
    if math.prod(counts) != shape[-1]:
        raise RuntimeError(
            f"Given output_size={size}, kernel_size={kernel}, dilation={steps}, padding={edges}, stride={jumps}, expected "
            f"size of input's dimension 2 to match the calculated number of sliding blocks {counts[0]} * {counts[1]} = "
            f"{math.prod(counts)}, but got input.size(2)={shape[-1]}."
        )
    if len(shape) == 3:
        return _fold(input, size, *options)
    return _fold(input.unsqueeze(0), size, *options).squeeze(0)

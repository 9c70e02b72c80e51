"""interpolate: images with more pixels or fewer, by the nearest pixel or along lines between pixels.

Counterpart in PyTorch: aten/src/ATen/native/UpSample.h, UpSampleNearest2d.cpp, UpSampleBilinear2d.cpp. Both
kinds go along one dimension after the other: each new pixel is a weighted sum of two old ones, or one of
them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..memory_format import as_suggested
from ..op import op
from ..tensor import Tensor
from .adaptive_pooling import adaptive_avg_pool1d, adaptive_avg_pool2d
from .precision import floating, rounded_once

Ints = tuple[int, ...]
Parts = list[tuple[np.ndarray, np.ndarray]]  # which old pixels, and how much of each


def _nearest(n: int, m: int, scale: float | None, shift: float) -> Parts:
    ratio = np.float32(n / m if scale is None else 1 / scale)
    at = np.floor((np.arange(m, dtype=np.float32) + np.float32(shift)) * ratio).astype(np.int64)
    return [(at.clip(0, n - 1), np.ones(m))]


def _linear(n: int, m: int, scale: float | None, align_corners: bool, kind: np.dtype) -> Parts:
    new = np.arange(m, dtype=kind)
    if align_corners:
        at = new * kind.type((n - 1) / (m - 1) if m > 1 else 0)
    else:
        ratio = kind.type(n / m if scale is None else 1 / scale)
        at = np.maximum(ratio * (new + kind.type(0.5)) - kind.type(0.5), 0)
    first = np.minimum(at.astype(np.int64), n - 1)
    share = np.clip(at - first, 0, 1)
    return [(first, 1 - share), (np.minimum(first + 1, n - 1), share)]


def _parts(n: int, m: int, scale: float | None, mode: str, align_corners: bool, kind: np.dtype) -> Parts:
    if mode.startswith("nearest"):
        return _nearest(n, m, scale, 0.5 if mode == "nearest-exact" else 0.0)
    return _linear(n, m, scale, align_corners, kind)


def _along(weights: np.ndarray, dim: int, x: np.ndarray) -> np.ndarray:
    return weights.astype(x.dtype).reshape(-1, *[1] * (x.ndim - dim - 1))


def _upsampled(
    x: np.ndarray, size: Ints, scales: tuple[float | None, ...], mode: str, align_corners: bool
) -> np.ndarray:
    for dim, (m, scale) in enumerate(zip(size, scales, strict=True), x.ndim - len(size)):
        parts = _parts(x.shape[dim], m, scale, mode, align_corners, x.dtype)
        taken = [(x.take(at, dim), share) for at, share in parts]
        x = taken[0][0] if len(taken) == 1 else sum(part * _along(share, dim, x) for part, share in taken)
    return np.ascontiguousarray(x)


def _upsampled_backward(
    g: np.ndarray, shape: Ints, scales: tuple[float | None, ...], mode: str, align_corners: bool
) -> np.ndarray:
    """Each old pixel gets its share of the gradients of the new ones that were made of it."""
    for dim in reversed(range(2, len(shape))):
        n, m = shape[dim], g.shape[dim]
        found = np.zeros((*g.shape[:dim], n, *g.shape[dim + 1 :]), g.dtype)
        into = np.moveaxis(found, dim, 0)
        for at, share in _parts(n, m, scales[dim - 2], mode, align_corners, g.dtype):
            np.add.at(into, at, np.moveaxis(g * _along(share, dim, g), dim, 0))
        g = found
    return np.ascontiguousarray(g)


def _entry(name: str, node: str) -> Callable[..., Tensor]:
    """The op of one mode and number of dimensions, as torch tells them apart."""
    forward = op(
        f"{name}(self, output_size, scales, how, align_corners)", as_suggested(rounded_once(_upsampled)), method=False,
        node=f"{node}Backward0",
        self=lambda grad, self_shape, scales, how, align_corners: backward(
            grad, self_shape, scales, how, align_corners
        ),
        doc=f"An image with another number of pixels: {name}.",
    )  # fmt: skip
    backward = op(
        f"{name}_backward(grad_output, input_size, scales, how, align_corners)", rounded_once(_upsampled_backward),
        method=False, node=f"{node}BackwardBackward0",
        grad_output=lambda grad, grad_output_shape, scales, how, align_corners: forward(
            grad, grad_output_shape[2:], scales, how, align_corners
        ),
        doc=f"The gradient of {name}.",
    )  # fmt: skip
    return forward


_LINEAR = {1: "linear", 2: "bilinear", 3: "trilinear"}
_ops = {
    ("nearest", n): _entry(f"upsample_nearest{n}d", f"UpsampleNearest{n}D") for n in (1, 2, 3)
} | {
    ("nearest-exact", n): _entry(f"upsample_nearest_exact{n}d", f"UpsampleNearestExact{n}D") for n in (1, 2, 3)
} | {
    (name, n): _entry(f"upsample_{name}{n}d", f"Upsample{name.capitalize()}{n}D") for n, name in _LINEAR.items()
}  # fmt: skip


def interpolate(
    input: Tensor,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    """(N, C, pixels...) with `size` pixels, or scale_factor times as many, in each spatial dimension.

    mode: "nearest", "nearest-exact", "linear", "bilinear", "trilinear" or "area". align_corners: the pixels
    at the corners stay where they are. Raises as torch does; NotImplementedError for other modes and for
    antialias.
    """
    if antialias:
        raise NotImplementedError("interpolate(): antialias=True is not supported")
    linear = mode in _LINEAR.values()
    if not linear and align_corners is not None and mode != "bicubic":
        raise ValueError(
            "align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear"
        )
    dims = input.ndim - 2
    size, scales = _sizes(input, size, scale_factor, dims)
    if recompute_scale_factor or scales is None:
        scales = (None,) * dims
    if mode == "area" and dims in (1, 2):
        return (adaptive_avg_pool1d if dims == 1 else adaptive_avg_pool2d)(input, size)
    if (found := _ops.get((mode, dims))) is not None:
        if linear or input._array.dtype != np.uint8:  # torch rounds bilinear bytes in a way of its own
            floating(input._array, f"upsample_{mode.replace('-', '_')}{dims}d")
        return found(input, size, scales, mode, bool(align_corners))
    if linear and dims in _LINEAR:
        needed = 2 + next(n for n, name in _LINEAR.items() if name == mode)
        raise NotImplementedError(f"Got {input.ndim}D input, but {mode} mode needs {needed}D input")
    raise NotImplementedError(
        f"Input Error: Only 3D, 4D and 5D input Tensors supported (got {input.ndim}D) for the modes: nearest | linear | "
        f"bilinear | trilinear | area | nearest-exact (got {mode})"
    )


def _sizes(input: Tensor, size: Any, scale_factor: Any, dims: int) -> tuple[Ints, tuple[float, ...] | None]:
    if size is not None and scale_factor is not None:
        raise ValueError("only one of size or scale_factor should be defined")
    given = size if size is not None else scale_factor
    if given is None:
        raise ValueError("either size or scale_factor should be defined")
    listed = tuple(given) if isinstance(given, (tuple, list)) else (given,) * dims
    if len(listed) != dims:
        name = "output" if size is not None else "scale_factor"
        raise ValueError(
            f"Input and {name} must have the same number of spatial dimensions, but got input with spatial dimensions of "
            f"{list(input.shape[2:])} and {'output size of' if size is not None else 'scale_factor of shape'} {given}. "
            "Please provide input tensor in (N, C, d1, d2, ...,dK) format."
        )
    if size is not None:
        return tuple(int(n) for n in listed), None
    scales = tuple(float(s) for s in listed)
    return tuple(math.floor(n * s) for n, s in zip(input._array.shape[2:], scales, strict=True)), scales

"""Pooling: the largest element of each window, or the mean.

Counterpart in PyTorch: aten/src/ATen/native/DilatedMaxPool2d.cpp, AveragePool2d.cpp. The loops here go over
the places of the kernel, each time for all windows at once.
"""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np

from ..memory_format import as_suggested
from ..op import op
from ..tensor import zeros_for
from .precision import rounded_once

Ints = tuple[int, ...]


def pooled_length(n: int, kernel: int, stride: int, padding: int, dilation: int, ceil_mode: bool) -> int:
    """The number of windows along one dimension; ceil_mode: the last may reach over the end."""
    room = n + 2 * padding - dilation * (kernel - 1) - 1
    count = (room + (stride - 1 if ceil_mode else 0)) // stride + 1
    if ceil_mode and (count - 1) * stride >= n + padding:
        count -= 1  # every window begins inside of the input or of the padding before it
    return count


def _places(
    size: Ints, counts: Ints, kernel: Ints, stride: Ints, padding: Ints, dilation: Ints
) -> list[tuple[tuple[slice, ...], tuple[slice, ...], list[int]]]:
    """For each place of the kernel: which windows have a pixel there, these pixels, and the first of them."""
    along = []
    for n, m, k, s, p, d in zip(size, counts, kernel, stride, padding, dilation, strict=True):
        found = []
        for i in range(k):
            start = i * d - p  # the pixel that the first window has at this place
            first = max(0, -(start // s))
            last = min(m, (n - 1 - start) // s + 1)
            if first < last:
                begin = start + first * s
                found.append((slice(first, last), slice(begin, begin + (last - first - 1) * s + 1, s), start))
        along.append(found)
    return [
        ((..., *[p[0] for p in places]), (..., *[p[1] for p in places]), [p[2] for p in places])
        for places in product(*along)
    ]


# ------------------------------------------------------------------ maximum


def _is_full(windows: tuple[slice, ...], counts: Ints) -> bool:
    return all(w.stop - w.start == n for w, n in zip(windows[1:], counts, strict=True))


def _max_of_full(
    x: np.ndarray, places: list[Any], first_pixels: np.ndarray
) -> tuple[np.ndarray, np.ndarray] | None:
    """_max_pool where every window is full; None where there is a nan, which compares otherwise."""
    values = x[places[0][1]].copy()
    which = np.zeros(values.shape, np.uint16)  # the place of the largest so far; small, so that it is fast
    for number, (_, pixels, _) in enumerate(places[1:], 1):
        candidates = np.ascontiguousarray(x[pixels])
        np.copyto(which, number, where=candidates > values)
        np.maximum(values, candidates, out=values)
    if x.dtype.kind == "f" and np.isnan(values).any():
        return None
    width = x.shape[-1]
    offsets = np.array([row * width + column for _, _, (row, column) in places])
    indices = offsets[which]
    indices += first_pixels
    return values, indices


def _max_pool(
    x: np.ndarray, kernel: Ints, stride: Ints, padding: Ints, dilation: Ints, ceil_mode: bool
) -> tuple[np.ndarray, np.ndarray]:
    """The largest element of each window and where it stands in its plane; nan counts as larger than all."""
    size = x.shape[-2:]
    counts = tuple(map(pooled_length, size, kernel, stride, padding, dilation, (ceil_mode,) * 2))
    places = _places(size, counts, kernel, stride, padding, dilation)
    first_pixels = np.add.outer(
        np.arange(counts[0]) * (stride[0] * size[1]), np.arange(counts[1]) * stride[1]
    )
    if len(places) == kernel[0] * kernel[1] and all(_is_full(windows, counts) for windows, _, _ in places):
        found = _max_of_full(x, places, first_pixels)
        if found is not None:
            return found
    kind = x.dtype
    floats = kind.kind == "f"
    values = np.full((*x.shape[:-2], *counts), -np.inf if floats else np.iinfo(kind).min, kind)
    indices = np.empty(values.shape, np.int64)
    seen = np.zeros(counts, bool)
    for windows, pixels, (row, column) in places:
        candidates, best = x[pixels], values[windows]
        larger = candidates > best
        if floats:
            larger |= candidates != candidates
        larger |= ~seen[windows[1:]]  # the first candidate counts, were it -inf
        seen[windows[1:]] = True
        np.copyto(best, candidates, where=larger)
        np.copyto(indices[windows], first_pixels[windows[1:]] + (row * size[1] + column), where=larger)
    return values, indices


def _max_pool_backward(g: np.ndarray, x: np.ndarray, indices: np.ndarray) -> np.ndarray:
    """Each gradient at the place of its window's largest element."""
    planes = math.prod(x.shape[:-2])
    pixels = x.shape[-2] * x.shape[-1]
    found = np.zeros(planes * pixels, g.dtype)
    places = (np.arange(planes)[:, None] * pixels + indices.reshape(planes, -1)).reshape(-1)
    np.add.at(found, places, g.reshape(-1))
    return found.reshape(x.shape)


def _picked(g: np.ndarray, indices: np.ndarray) -> np.ndarray:
    flat = g.reshape(*g.shape[:-2], -1)
    return np.take_along_axis(flat, indices.reshape(*indices.shape[:-2], -1), -1).reshape(indices.shape)


def _max_backward(name: str, node: str) -> Any:
    """The backward of one kind of max pooling, given the places of the largest elements."""
    return op(
        f"{name}_backward(grad_output, self, indices: Tensor)", _max_pool_backward, method=False, node=node,
        grad_output=lambda grad, indices: picked(grad, indices),
        self=zeros_for,
        doc=f"The gradient of {name}: it goes to the elements that were the largest.",
    )  # fmt: skip


max_pool2d_backward = _max_backward("max_pool2d", "MaxPool2DWithIndicesBackwardBackward0")
adaptive_max_pool2d_backward = _max_backward("adaptive_max_pool2d", "AdaptiveMaxPool2DBackwardBackward0")

max_pool2d_with_indices = op(
    "max_pool2d_with_indices(self, kernel_size, stride, padding, dilation, ceil_mode) -> values, result1",
    as_suggested(_max_pool), method=False, node="MaxPool2DWithIndicesBackward0",
    self=lambda grads, self, result1: max_pool2d_backward(grads[0], self, result1),
    doc="The largest element of each window, and its place in the plane.",
)  # fmt: skip

picked = op(
    "max_pool2d_picked(self, indices: Tensor)", _picked, method=False, node="GatherBackward0",
    self=lambda grad, self, indices: max_pool2d_backward(grad, self, indices),
    doc="The elements at these places of each plane.",
)  # fmt: skip


# ------------------------------------------------------------------ mean


def _divisors(
    size: Ints,
    counts: Ints,
    kernel: Ints,
    stride: Ints,
    padding: Ints,
    include_pad: bool,
    override: int | None,
) -> np.ndarray | int:
    """By what each window's sum is divided: the number of its elements."""
    if override is not None:
        return override
    lengths = []
    for n, m, k, s, p in zip(size, counts, kernel, stride, padding, strict=True):
        start = np.arange(m) * s - p
        end = np.minimum(start + k, n + p)  # a window that ceil_mode added may reach over the padding
        lengths.append(end - start if include_pad else np.minimum(end, n) - np.maximum(start, 0))
    return np.multiply.outer(*lengths)


def _avg_counts(size: Ints, kernel: Ints, stride: Ints, padding: Ints, ceil_mode: bool) -> Ints:
    return tuple(map(pooled_length, size, kernel, stride, padding, (1, 1), (ceil_mode,) * 2))


def _avg_pool(
    x: np.ndarray,
    kernel: Ints,
    stride: Ints,
    padding: Ints,
    ceil_mode: bool,
    include_pad: bool,
    override: int | None,
) -> np.ndarray:
    size = x.shape[-2:]
    counts = _avg_counts(size, kernel, stride, padding, ceil_mode)
    total = np.zeros((*x.shape[:-2], *counts), x.dtype)
    for windows, pixels, _ in _places(size, counts, kernel, stride, padding, (1, 1)):
        total[windows] += x[pixels]
    divisors = _divisors(size, counts, kernel, stride, padding, include_pad, override)
    if x.dtype.kind != "f":
        return np.trunc(total / divisors).astype(x.dtype)
    return total / np.asarray(divisors).astype(x.dtype)


def _avg_pool_backward(
    g: np.ndarray, x: np.ndarray, kernel: Ints, stride: Ints, padding: Ints, ceil_mode: bool, include_pad: bool,
    override: int | None,
) -> np.ndarray:  # fmt: skip
    size = x.shape[-2:]
    counts = g.shape[-2:]
    share = g / np.asarray(_divisors(size, counts, kernel, stride, padding, include_pad, override)).astype(
        g.dtype
    )
    found = np.zeros(x.shape, g.dtype)
    for windows, pixels, _ in _places(size, counts, kernel, stride, padding, (1, 1)):
        found[pixels] += share[windows]
    return found


avg_pool2d_out = op(
    "avg_pool2d(self, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)",
    as_suggested(rounded_once(_avg_pool)), method=False, node="AvgPool2DBackward0",
    self=lambda grad, self, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override: (
        avg_pool2d_backward(
            grad, self, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
        )
    ),
    doc="The mean of each window.",
)  # fmt: skip

avg_pool2d_backward = op(
    "avg_pool2d_backward(grad_output, self, kernel_size, stride, padding, ceil_mode, count_include_pad, "
    "divisor_override)",
    rounded_once(_avg_pool_backward), method=False, node="AvgPool2DBackwardBackward0",
    grad_output=lambda grad, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override: (
        avg_pool2d_out(grad, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)
    ),
    self=zeros_for,
    doc="The gradient of avg_pool2d: each pixel gets its share from the windows that it was in.",
)  # fmt: skip


# ------------------------------------------------------------------ a given number of windows


def _spans(n: int, count: int) -> list[tuple[int, int]]:
    """Where `count` windows that cover n elements begin and end; they may overlap."""
    return [(i * n // count, -(-(i + 1) * n // count)) for i in range(count)]


def _mean_matrix(n: int, count: int, dtype: np.dtype) -> np.ndarray:
    """(count, n): each row takes the mean of its window."""
    found = np.zeros((count, n), dtype)
    for i, (start, end) in enumerate(_spans(n, count)):
        found[i, start:end] = 1 / (end - start)
    return found


def _adaptive_avg(x: np.ndarray, output_size: Ints) -> np.ndarray:
    rows, columns = (_mean_matrix(n, m, x.dtype) for n, m in zip(x.shape[-2:], output_size, strict=True))
    return rows @ x @ columns.T


def _adaptive_avg_backward(g: np.ndarray, x: np.ndarray) -> np.ndarray:
    rows, columns = (_mean_matrix(n, m, g.dtype) for n, m in zip(x.shape[-2:], g.shape[-2:], strict=True))
    return rows.T @ g @ columns


adaptive_avg_pool2d_out = op(
    "adaptive_avg_pool2d(self, output_size)", as_suggested(rounded_once(_adaptive_avg)), method=False,
    node="AdaptiveAvgPool2DBackward0",
    self=lambda grad, self: adaptive_avg_pool2d_backward(grad, self),
    doc="The means of as many windows as output_size says, evenly spread.",
)  # fmt: skip

adaptive_avg_pool2d_backward = op(
    "adaptive_avg_pool2d_backward(grad_output, self)", rounded_once(_adaptive_avg_backward), method=False,
    node="AdaptiveAvgPool2DBackwardBackward0",
    grad_output=lambda grad, grad_output_shape: adaptive_avg_pool2d_out(grad, grad_output_shape[-2:]),
    self=zeros_for,
    doc="The gradient of adaptive_avg_pool2d.",
)  # fmt: skip


def _adaptive_max(x: np.ndarray, output_size: Ints) -> tuple[np.ndarray, np.ndarray]:
    values = np.empty((*x.shape[:-2], *output_size), x.dtype)
    indices = np.empty(values.shape, np.int64)
    width = x.shape[-1]
    spans = [_spans(n, m) for n, m in zip(x.shape[-2:], output_size, strict=True)]
    for (i, (top, bottom)), (j, (left, right)) in product(*map(enumerate, spans)):
        window = x[..., top:bottom, left:right]
        flat = window.reshape(*x.shape[:-2], (bottom - top) * (right - left))
        at = flat.argmax(-1)
        values[..., i, j] = np.take_along_axis(flat, at[..., None], -1)[..., 0]
        indices[..., i, j] = (top + at // (right - left)) * width + left + at % (right - left)
    return values, indices


adaptive_max_pool2d_out = op(
    "adaptive_max_pool2d(self, output_size) -> values, result1", as_suggested(_adaptive_max), method=False,
    node="AdaptiveMaxPool2DBackward0",
    self=lambda grads, self, result1: adaptive_max_pool2d_backward(grads[0], self, result1),
    doc="The largest elements of as many windows as output_size says, and their places.",
)  # fmt: skip

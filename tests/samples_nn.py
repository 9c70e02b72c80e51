"""Samples of convolutions, pooling, padding, normalisation and embedding; the references are plain loops."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.nn import functional as F
from op_samples import OpSamples, bad, case, real


def both(value: Any, count: int) -> tuple[int, ...]:
    return tuple(value) if isinstance(value, tuple) else (value,) * count


# ------------------------------------------------------------------ convolution


def conv(
    x: Any, w: Any, b: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> np.ndarray:
    """One sum for each pixel of the result."""
    dims = w.ndim - 2
    if x.ndim == dims + 1:
        return conv(x[None], w, b, stride, padding, dilation, groups)[0]
    stride, padding, dilation = (both(v, dims) for v in (stride, padding, dilation))
    x = np.pad(x, [(0, 0), (0, 0), *[(p, p) for p in padding]])
    size = [(n - d * (k - 1) - 1) // s + 1
            for n, k, s, d in zip(x.shape[2:], w.shape[2:], stride, dilation, strict=True)]  # fmt: skip
    out = np.zeros((x.shape[0], w.shape[0], *size))
    per = w.shape[0] // groups
    for n, o, *place in np.ndindex(out.shape):
        window = tuple(slice(i * s, i * s + d * (k - 1) + 1, d)
                       for i, s, d, k in zip(place, stride, dilation, w.shape[2:], strict=True))  # fmt: skip
        first = o // per * w.shape[1]
        out[(n, o, *place)] = (x[(n, slice(first, first + w.shape[1]), *window)] * w[o]).sum() + (
            0 if b is None else b[o]
        )
    return out


def conv_transpose(
    x: Any,
    w: Any,
    b: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> np.ndarray:
    """Each pixel of the input lays the kernel down, times itself."""
    dims = w.ndim - 2
    stride, padding, extra, dilation = (both(v, dims) for v in (stride, padding, output_padding, dilation))
    size = [(n - 1) * s + d * (k - 1) + 1 + e
            for n, s, d, k, e in zip(x.shape[2:], stride, dilation, w.shape[2:], extra, strict=True)]  # fmt: skip
    per = w.shape[1]
    out = np.zeros((x.shape[0], per * groups, *size))
    for n, c, *place in np.ndindex(x.shape):
        window = tuple(slice(i * s, i * s + d * (k - 1) + 1, d)
                       for i, s, d, k in zip(place, stride, dilation, w.shape[2:], strict=True))  # fmt: skip
        first = c // (x.shape[1] // groups) * per
        out[(n, slice(first, first + per), *window)] += x[(n, c, *place)] * w[c]
    out = out[(..., *[slice(p, m - p) for p, m in zip(padding, size, strict=True)])]
    return out if b is None else out + b.reshape(-1, *[1] * dims)


# ------------------------------------------------------------------ pooling


def windows(
    x: np.ndarray, kernel: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> tuple[tuple[int, ...], list[tuple[tuple[int, ...], list[tuple[int, int]], int]]]:
    """For each window: its place, the pixels of x in it, and how many there are with the padding."""
    kernel, stride, padding, dilation = (both(v, 2) for v in (kernel, stride or kernel, padding, dilation))
    counts = []
    for n, k, s, p, d in zip(x.shape[-2:], kernel, stride, padding, dilation, strict=True):
        room = n + 2 * p - d * (k - 1) - 1
        m = (-(-room // s) if ceil_mode else room // s) + 1
        counts.append(m - 1 if ceil_mode and (m - 1) * s >= n + p else m)
    found = []
    for i, j in np.ndindex(*counts):
        rows = [i * stride[0] - padding[0] + a * dilation[0] for a in range(kernel[0])]
        columns = [j * stride[1] - padding[1] + a * dilation[1] for a in range(kernel[1])]
        size = sum(r < x.shape[-2] + padding[0] for r in rows) * sum(
            c < x.shape[-1] + padding[1] for c in columns
        )
        pixels = [(r, c) for r in rows for c in columns if 0 <= r < x.shape[-2] and 0 <= c < x.shape[-1]]
        found.append(((i, j), pixels, size))
    return tuple(counts), found


def max_pool(
    x: Any, kernel: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False
) -> Any:
    counts, found = windows(x, kernel, stride, padding, dilation, ceil_mode)
    values, indices = np.zeros((*x.shape[:-2], *counts)), np.zeros((*x.shape[:-2], *counts), np.int64)
    for (i, j), pixels, _ in found:
        for plane in np.ndindex(x.shape[:-2]):
            r, c = max(pixels, key=lambda at: x[(*plane, *at)])
            values[(*plane, i, j)], indices[(*plane, i, j)] = x[(*plane, r, c)], r * x.shape[-1] + c
    return values, indices


def avg_pool(
    x: Any, kernel: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False, count_include_pad: bool = True,
    divisor_override: Any = None,
) -> np.ndarray:  # fmt: skip
    counts, found = windows(x, kernel, stride, padding, 1, ceil_mode)
    values = np.zeros((*x.shape[:-2], *counts))
    for (i, j), pixels, size in found:
        divisor = divisor_override or (size if count_include_pad else len(pixels))
        values[..., i, j] = sum(x[..., r, c] for r, c in pixels) / divisor
    return values


def adaptive(x: np.ndarray, size: tuple[int, int], function: Any) -> np.ndarray:
    values = np.zeros((*x.shape[:-2], *size))
    for i, j in np.ndindex(*size):
        (top, bottom), (left, right) = (
            (k * n // m, -(-(k + 1) * n // m)) for k, n, m in zip((i, j), x.shape[-2:], size, strict=True)
        )
        values[..., i, j] = function(x[..., top:bottom, left:right], axis=(-2, -1))
    return values


# ------------------------------------------------------------------ padding, norms, embedding


def pad(x: np.ndarray, pads: tuple[int, ...], mode: str = "constant", value: float = 0) -> np.ndarray:
    widths = [(0, 0)] * (x.ndim - len(pads) // 2) + [tuple(pads[i : i + 2]) for i in range(0, len(pads), 2)][
        ::-1
    ]
    cut = tuple(slice(max(-a, 0), n - max(-b, 0)) for n, (a, b) in zip(x.shape, widths, strict=True))
    widths = [(max(a, 0), max(b, 0)) for a, b in widths]
    how = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}
    options = {"constant_values": value} if mode == "constant" else {}
    return np.pad(x[cut], widths, how.get(mode, mode), **options)


def standard(x: np.ndarray, dims: tuple[int, ...], eps: float) -> np.ndarray:
    return (x - x.mean(dims, keepdims=True)) / np.sqrt(x.var(dims, keepdims=True) + eps)


def layer_norm(
    x: Any, shape: tuple[int, ...], weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> np.ndarray:
    y = standard(x, tuple(range(x.ndim - len(shape), x.ndim)), eps)
    return y * (1 if weight is None else weight) + (0 if bias is None else bias)


def along_channels(a: Any, x: np.ndarray, default: float) -> Any:
    return default if a is None else a.reshape(1, -1, *[1] * (x.ndim - 2))


def batch_norm(x: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> np.ndarray:
    y = standard(x, (0, *range(2, x.ndim)), eps)
    return y * along_channels(weight, x, 1) + along_channels(bias, x, 0)


def batch_norm_running(x: Any, mean: Any, var: Any, weight: Any = None) -> np.ndarray:
    y = (x - along_channels(mean, x, 0)) / np.sqrt(along_channels(var, x, 0) + 1e-5)
    return y * along_channels(weight, x, 1)


def group_norm(x: Any, groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> np.ndarray:
    y = standard(x.reshape(x.shape[0], groups, -1), (2,), eps).reshape(x.shape)
    return y * along_channels(weight, x, 1) + along_channels(bias, x, 0)


def bent(function: Any) -> Any:
    """x -> f(x)^2 + f(x): so that the gradient of the gradient of a linear function is not 0."""

    def call(*args: Any, **options: Any) -> Any:
        found = function(*args, **options)
        return (
            tuple(v * v + v if i == 0 else v for i, v in enumerate(found))
            if isinstance(found, tuple)
            else found * found + found
        )

    return call


def shuffled(x: np.ndarray, r: int) -> np.ndarray:
    *batch, c, h, w = x.shape
    out = np.zeros((*batch, c // (r * r), h * r, w * r))
    for i, j in np.ndindex(r, r):
        out[..., i::r, j::r] = x[..., i * r + j :: r * r, :, :]
    return out


def unfolded(x: np.ndarray, kernel: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> np.ndarray:
    if x.ndim == 3:
        return unfolded(x[None], kernel, dilation, padding, stride)[0]
    (kh, kw), (dh, dw), (p, q), (s, t) = (both(v, 2) for v in (kernel, dilation, padding, stride))
    x = np.pad(x, [(0, 0), (0, 0), (p, p), (q, q)])
    rows, columns = (
        (n - d * (k - 1) - 1) // s + 1
        for n, k, d, s in zip(x.shape[2:], (kh, kw), (dh, dw), (s, t), strict=True)
    )
    found = [x[:, c, i * dh : i * dh + (rows - 1) * s + 1 : s, j * dw : j * dw + (columns - 1) * t + 1 : t]
             for c in range(x.shape[1]) for i in range(kh) for j in range(kw)]  # fmt: skip
    return np.stack(found, 1).reshape(x.shape[0], x.shape[1] * kh * kw, rows * columns)


def folded(x: np.ndarray, size: Any, kernel: Any, **options: Any) -> np.ndarray:
    """The transpose of unfolded, as a matrix."""
    if x.ndim == 2:
        return folded(x[None], size, kernel, **options)[0]
    kernel, size = both(kernel, 2), both(size, 2)
    channels = x.shape[1] // (kernel[0] * kernel[1])
    pixels = np.eye(channels * size[0] * size[1]).reshape(-1, channels, *size)
    matrix = unfolded(pixels, kernel, **options).reshape(len(pixels), -1)
    return (x.reshape(len(x), -1) @ matrix.T).reshape(len(x), channels, *size)


def interpolated(x: np.ndarray, size: tuple[int, ...], mode: str, align_corners: bool = False) -> np.ndarray:
    for dim, m in enumerate(size, 2):
        n, at = x.shape[dim], np.arange(m)
        if mode == "nearest":
            places = np.floor(at * n / m)
        elif mode == "nearest-exact":
            places = np.floor((at + 0.5) * n / m)
        else:
            places = at * (n - 1) / (m - 1) if align_corners else ((at + 0.5) * n / m - 0.5).clip(0, n - 1)
        x = np.apply_along_axis(lambda v, p=places, n=n: np.interp(p, np.arange(n), v), dim, x)
    return x


PLACES = np.array([[1, 3, 1], [0, 1, 2]])
IMAGE = real(2, 2, 5, 6)
WRONG_CHANNELS = bad(RuntimeError, "to have 3 channels, but got 2 channels instead", IMAGE, real(1, 3, 2, 2))

SAMPLES = [
    OpSamples("convolution conv_input conv_weight conv_bias", F.conv2d, conv,
              [case(real(2, 2, 4, 4), real(2, 2, 2, 3), real(2)), case(real(1, 1, 5, 4), real(1, 1, 2, 2), stride=(2, 1), padding=(1, 0)),
               case(real(1, 1, 5, 5), real(1, 1, 2, 2), dilation=2), case(real(1, 2, 3, 3), real(4, 1, 2, 2), groups=2),
               case(real(2, 3, 3), real(1, 2, 2, 2), real(1), padding=1), case(real(0, 1, 3, 3), real(2, 1, 2, 2))],
              bad=[WRONG_CHANNELS, bad(RuntimeError, "Kernel size can't be greater", IMAGE, real(1, 2, 9, 9)),
                   bad(RuntimeError, "non-positive stride", IMAGE, real(1, 2, 2, 2), stride=0),
                   bad(RuntimeError, "negative padding", IMAGE, real(1, 2, 2, 2), padding=-1),
                   bad(RuntimeError, "expected bias to be 1-dimensional with 1 elements", IMAGE, real(1, 2, 2, 2), real(3)),
                   bad(RuntimeError, "dilation should be greater than zero, but got [0, 0]", IMAGE, real(1, 2, 2, 2), dilation=0),
                   bad(RuntimeError, "at least three dimensions", IMAGE, real(2, 2)),
                   bad(RuntimeError, "a list of 1 values to match", IMAGE, real(1, 2, 2)),
                   bad(RuntimeError, "expected weight to be at least 3 at dimension 0", IMAGE, real(2, 2, 2, 2), groups=3),
                   bad(RuntimeError, "got kernel_height: 0 kernel_width: 2", IMAGE, real(1, 2, 0, 2)),
                   bad(RuntimeError, "Input type (double) and bias type (long int)", IMAGE, real(1, 2, 2, 2), np.ones(1, int)),
                   bad(NotImplementedError, "\"slow_conv2d_cpu\" not implemented for 'Bool'", IMAGE > 0, IMAGE[:1, :, :2, :2] > 0),
                   bad(TypeError, "stride must be an int", IMAGE, real(1, 2, 2, 2), stride="2")]),
    OpSamples("convolution", F.conv1d, conv, [case(real(2, 2, 5), real(3, 2, 2), real(3)), case(real(1, 6), real(1, 1, 3), padding=2)]),
    OpSamples("convolution", F.conv3d, conv, [case(real(1, 1, 3, 3, 2), real(2, 1, 2, 2, 2), real(2))], second=False),
    OpSamples("convolution conv_output conv_weight", F.conv_transpose2d, conv_transpose,
              [case(real(1, 2, 3, 2), real(2, 1, 2, 2), real(1)), case(real(1, 1, 2, 2), real(1, 2, 3, 2), stride=2, padding=1, output_padding=1),
               case(real(1, 2, 2, 2), real(2, 1, 2, 2), groups=2, dilation=2), case(real(1, 1, 2, 2), real(1, 1, 2, 2), dilation=3, output_padding=2)],
              bad=[bad(RuntimeError, "to have 3 channels", IMAGE, real(3, 1, 2, 2)),
                   bad(RuntimeError, "output padding must be smaller than either stride or dilation, but got output_padding_height: 1",
                       IMAGE, real(2, 1, 2, 2), output_padding=1),
                   bad(RuntimeError, "Calculated output size per channel: (1 x -2)", IMAGE, real(2, 1, 3, 3), padding=(3, 5)),
                   bad(RuntimeError, "negative output_padding", IMAGE, real(2, 1, 2, 2), output_padding=-1)]),
    OpSamples("max_pool2d_with_indices max_pool2d_backward max_pool2d_picked",
              bent(lambda x, *a, **k: F.max_pool2d(x, *a, **k, return_indices=True)), bent(max_pool),
              [case(IMAGE, 2), case(IMAGE, (3, 2), 1), case(IMAGE, 3, 2, 1), case(IMAGE, 2, 2, 0, 2), case(IMAGE[0], 3, 2, 1, 1, True)],
              bad=[bad(RuntimeError, "Output size is too small", IMAGE, 7), bad(RuntimeError, "non-empty 3D or 4D", real(5, 5), 2),
                   bad(RuntimeError, "at most half of effective kernel size", IMAGE, 2, padding=2),
                   bad(RuntimeError, "stride should not be zero", IMAGE, 2, 0),
                   bad(RuntimeError, "stride should be greater than zero, but got dH: -1 dW: -1", IMAGE, 2, -1),
                   bad(RuntimeError, "dilation must be either a single int", IMAGE, 2, dilation=(1, 2, 3)),
                   bad(TypeError, "'kernel_size' (position 2) must be tuple of ints, not float", IMAGE, 2.5),
                   bad(NotImplementedError, "\"max_pool2d\" not implemented for 'Bool'", IMAGE > 0, 2)]),
    OpSamples("max_pool2d_with_indices", lambda x, *a, **k: F.max_pool1d(x, *a, **k, return_indices=True),
              lambda x, *a: tuple(v[:, 0] for v in max_pool(x[:, None], *[(1, n) for n in a])), [case(real(2, 6), 3, 1)],
              bad=[bad(RuntimeError, "argument #1 'self' (while checking arguments for max_pool1d)", real(5), 2)]),
    OpSamples("max_pool2d_with_indices", F.max_pool1d, lambda x, k: max_pool(x[:, None], (1, k))[0][:, 0], [case(real(2, 6), 3)],
              bad=[bad(RuntimeError, "max_pool1d() padding should be at most half of kernel size", real(2, 5), 2, 1, 2),
                   bad(RuntimeError, "max_pool1d() Invalid computed output size: 0", real(2, 5), 6),
                   bad(RuntimeError, "max_pool1d() stride must be greater than zero, but got 0", real(2, 5), 2, 0),
                   bad(RuntimeError, "kernel_size must be an int, list of ints or tuple of ints of size 1 but got size 2", real(2, 5), (2, 3)),
                   bad(NotImplementedError, "\"max_pool1d_impl\" not implemented for 'Long'", PLACES, 2)], second=False),
    OpSamples("avg_pool2d", F.avg_pool1d, lambda x, k: avg_pool(x[:, None], (1, k))[:, 0], [case(real(2, 6), 3)], second=False,
              bad=[bad(RuntimeError, "avg_pool1d() argument 'stride' should contain one int (got 2)", real(2, 5), 2, (2, 3)),
                   bad(NotImplementedError, "\"avg_pool2d\" not implemented for 'Int'", PLACES.astype("int32"), 2)]),
    OpSamples("avg_pool2d avg_pool2d_backward", bent(F.avg_pool2d), bent(avg_pool),
              [case(IMAGE, 2), case(IMAGE, (3, 2), 1), case(IMAGE, 3, 2, 1), case(IMAGE, 3, 2, 1, True, False), case(IMAGE[0], 3, 2, 1, True),
               case(IMAGE, 2, divisor_override=3)],
              bad=[bad(RuntimeError, "divisor must be not zero", IMAGE, 2, divisor_override=0)]),
    OpSamples("adaptive_avg_pool2d adaptive_avg_pool2d_backward", bent(F.adaptive_avg_pool2d), bent(lambda x, size: adaptive(x, size, np.mean)),
              [case(IMAGE, (3, 4)), case(IMAGE[0], (5, 2))],
              bad=[bad(RuntimeError, "Expected 3D or 4D tensor, but got [5, 5]", real(5, 5), 2),
                   bad(ValueError, "Input dimension should be at least 3", real(5, 5), (2, 2)),
                   bad(RuntimeError, "adaptive_avg_pool2d: output_size must be 2", IMAGE, (2,)),
                   bad(RuntimeError, "greater than or equal to 0 but received {-1, 2}", IMAGE, (-1, 2)),
                   bad(RuntimeError, "with dimension 2 being empty", IMAGE[:, :, :0], 2)]),
    OpSamples("adaptive_max_pool2d adaptive_max_pool2d_backward max_pool2d_picked", bent(F.adaptive_max_pool2d), bent(lambda x, size: adaptive(x, size, np.max)),
              [case(IMAGE, (3, 4)), case(IMAGE[0], (5, 2))],
              bad=[bad(RuntimeError, "negative dimension -1: [2, 2, -1, 2]", IMAGE, (-1, 2)),
                   bad(NotImplementedError, "\"adaptive_max_pool2d\" not implemented for 'Long'", PLACES[None], 2)]),
    OpSamples("constant_pad_nd", bent(F.pad), bent(pad),
              [case(real(2, 3), (1, 2)), case(real(2, 3), (-1, 2, 1, 0), value=2.5), case(real(2, 3), ()), case(real(0), (1, 1))],
              bad=[bad(RuntimeError, "must be divisible by 2", real(2), (1,)), bad(RuntimeError, "two times the input dimension", real(2), (1, 1, 1, 1)),
                   bad(NotImplementedError, "Unrecognised padding mode mirror", real(2, 2), (1, 1), mode="mirror")]),
    *[OpSamples(" ".join(f"{op}_pad{n}d {op}_pad{n}d_backward" for n in (1, 2, 3)), bent(F.pad), bent(pad),
                [case(real(2, 4), (1, 2), mode=mode), case(real(1, 2, 3, 4), (1, 2, 2, 0), mode=mode), case(real(1, 2, 3, 2), (0, 1, 2, 0, 1, 1), mode=mode),
                 case(real(2, 4), (-1, 2), mode=mode), case(real(1, 2, 3, 4), (2, -1, -1, 1), mode=mode)],
                bad=[bad(RuntimeError, "input (W: 3) is too small. Calculated output W: -1", real(2, 3), (-2, -2), mode=mode),
                     bad(RuntimeError, "2D or 3D (batch mode) tensor with possibly 0 batch size", real(2, 0), (1, 1), mode=mode),
                     bad(NotImplementedError, f"\"{op}_pad1d\" not implemented for 'Bool'", real(2, 3) > 0, (1, 1), mode=mode),
                     bad(NotImplementedError, "is not supported for 1D input", real(3), (1, 1), mode=mode),
                     bad(RuntimeError, "doesn't take in value argument", real(2, 3), (1, 1), mode=mode, value=1.0)])
      for mode, op in (("reflect", "reflection"), ("replicate", "replication"))],
    OpSamples("copy_", bent(F.pad), bent(pad), [case(real(2, 4), (1, 2), mode="circular"), case(real(1, 2, 3, 4), (1, 2, 2, 0), mode="circular"),
                                                    case(real(1, 2, 3, 4), (-1, 2, 2, -1), mode="circular")],
              bad=[bad(RuntimeError, "resulting in an empty dimension", real(2, 3), (-2, -2), mode="circular"),
                   bad(NotImplementedError, "cuts off what it would repeat", real(2, 3), (-1, 3), mode="circular"),
                   bad(RuntimeError, "wrapping around more than once", real(2, 3), (4, 0), mode="circular")]),
    OpSamples("native_layer_norm layer_norm_input layer_norm_weight layer_norm_bias", F.layer_norm, layer_norm,
              [case(real(2, 3), (3,)), case(real(2, 3), (3,), real(3), real(3) + 1), case(real(2, 3, 2), (3, 2), real(3, 2), eps=0.1), case(real(0, 3), (3,))],
              bad=[bad(RuntimeError, "expected input with shape [*, 2], but got input of size[2, 3]", real(2, 3), (2,)),
                   bad(RuntimeError, "Expected weight to be of same shape", real(2, 3), (3,), real(2)),
                   bad(RuntimeError, "expect parameter to have scalar type of Float", real(2, 3), (3,), np.ones(3, int)),
                   bad(RuntimeError, "all inputs must share same datatype", real(2, 3), (3,), real(3).astype("float32")),
                   bad(TypeError, "argument 'normalized_shape' (position 2) must be tuple of ints, not int", real(2, 3), 3),
                   bad(TypeError, "layer_norm(): argument 'input' (position 1) must be Tensor, not list", [1.0], (1,)),
                   bad(NotImplementedError, "not implemented for 'Long'", np.ones((2, 3), int), (3,))]),
    OpSamples("native_batch_norm batch_norm_input batch_norm_weight batch_norm_bias", lambda x, w=None, b=None, **k: F.batch_norm(x, None, None, w, b, True, **k), batch_norm,
              [case(real(4, 3)), case(real(2, 2, 3), real(2), real(2) + 1), case(real(2, 2, 2, 2), real(2), eps=0.1)],
              bad=[bad(ValueError, "Expected more than 1 value per channel", real(1, 3)),
                   bad(RuntimeError, "weight should contain 3 elements not 2", real(2, 3), real(2))]),
    OpSamples("native_batch_norm", lambda x, m, v, w=None: F.batch_norm(x, m.detach(), v.detach(), w), batch_norm_running,
              [case(real(2, 2, 3), real(2), real(2, low=0.5, high=2.0), real(2))], gradients=False),
    OpSamples("native_group_norm", F.group_norm, group_norm,
              [case(real(2, 4), 2), case(real(2, 4, 3), 2, real(4), real(4) + 1), case(real(1, 2, 2, 2), 1, real(2), eps=0.1)],
              bad=[bad(RuntimeError, "divisible by num_groups", real(2, 4), 3), bad(RuntimeError, "at least 2 dimensions", real(4), 2),
                   bad(RuntimeError, "Expected num groups to be greater than 0, got -2", real(2, 4), -2),
                   bad(ValueError, "Expected more than 1 value per channel when training, got input size [1, 2]", real(1, 2), 2)]),
    OpSamples("pixel_shuffle pixel_unshuffle", bent(F.pixel_shuffle), bent(shuffled), [case(real(2, 4, 2, 3), 2), case(real(9, 1, 2), 3), case(real(0, 4, 2, 2), 2)],
              bad=[bad(RuntimeError, "input.size(-3)=3 is not divisible by 4", real(3, 2, 2), 2), bad(RuntimeError, "at least 3 dimensions", real(4, 2), 2),
                   bad(RuntimeError, "expects a positive upscale_factor, but got 0", real(4, 2, 2), 0)]),
    OpSamples("pixel_unshuffle pixel_shuffle", bent(F.pixel_unshuffle), bent(lambda x, r: np.stack([x[..., i::r, j::r] for i in range(r) for j in range(r)], -3).reshape(
        *x.shape[:-3], -1, x.shape[-2] // r, x.shape[-1] // r)), [case(real(1, 4, 2), 2)],
              bad=[bad(RuntimeError, "expects width to be divisible by downscale_factor, but input.size(-1)=3", real(1, 4, 3), 2)]),
    OpSamples("im2col col2im", bent(F.unfold), bent(unfolded), [case(IMAGE, 2), case(IMAGE[0], (3, 2), padding=1, stride=2), case(IMAGE[:1], 2, dilation=2), case(IMAGE[:0], 2)],
              bad=[bad(RuntimeError, "calculated shape of the array of sliding blocks as (0, 1)", IMAGE, 6),
                   bad(RuntimeError, "kernel size should be greater than zero, but got kernel_height: 0", IMAGE, 0),
                   bad(IndexError, "expected to be in range of [-2, 1], but got 2", real(4, 4), 2)]),
    OpSamples("col2im im2col", bent(F.fold), bent(folded), [case(real(2, 4, 9), 4, 2), case(real(8, 4), (4, 3), 2, padding=1, stride=2, dilation=2)],
              bad=[bad(RuntimeError, "calculated number of sliding blocks 3 * 3 = 9, but got input.size(2)=8", real(1, 4, 8), 4, 2),
                   bad(RuntimeError, "divisible by the product of kernel_size, but got input.size(1)=3", real(1, 3, 9), 4, 2)]),
    *[OpSamples(f"upsample_{name}{n}d upsample_{name}{n}d_backward", bent(F.interpolate), bent(interpolated),
                [case(real(1, 2, *[3, 2, 2][:n]), (4, 3, 3)[:n], mode=mode), case(real(2, 1, *[4, 3, 2][:n]), (2, 2, 5)[:n], mode=mode)])
      for n, linear in ((1, "linear"), (2, "bilinear"), (3, "trilinear"))
      for name, mode in (("nearest", "nearest"), ("nearest_exact", "nearest-exact"), (linear, linear))],
    OpSamples("upsample_bilinear2d", bent(F.interpolate), bent(interpolated), [case(real(1, 1, 2, 3), (3, 5), mode="bilinear", align_corners=True)],
              bad=[bad(ValueError, "either size or scale_factor should be defined", IMAGE), bad(ValueError, "only one of size or scale_factor", IMAGE, 2, 2),
                   bad(ValueError, "align_corners option can only be set", IMAGE, 2, align_corners=True),
                   bad(NotImplementedError, "Got 4D input, but linear mode needs 3D input", IMAGE, 2, mode="linear"),
                   bad(NotImplementedError, "(got bicubic)", IMAGE, 2, mode="bicubic"),
                   bad(NotImplementedError, "\"upsample_bilinear2d\" not implemented for 'Byte'", IMAGE.astype("uint8"), 2, mode="bilinear"),
                   bad(ValueError, "Input and output must have the same number of spatial dimensions", IMAGE, (1, 2, 3))]),
    OpSamples("trilinear", F.bilinear, lambda a, b, w, bias=0: np.einsum("...i,kij,...j->...k", a, w, b) + bias,
              [case(real(2, 3), real(2, 2), real(4, 3, 2), real(4)), case(real(3), real(2), real(1, 3, 2)), case(real(0, 3), real(0, 2), real(2, 3, 2))],
              bad=[bad(RuntimeError, "input2 size does not match weight size: got 2 but expected 3", real(2, 3), real(2, 2), real(4, 3, 3)),
                   bad(RuntimeError, "input dimensions do not match: got 2 and 1", real(2, 3), real(2), real(4, 3, 2)),
                   bad(RuntimeError, "bias size does not match weight size: got 3 but expected 4", real(2, 3), real(2, 2), real(4, 3, 2), real(3)),
                   bad(RuntimeError, "got input1: double, input2: double, weight: long int", real(2, 3), real(2, 2), np.ones((4, 3, 2), int))]),
    OpSamples("embedding embedding_dense_backward", bent(lambda table, places, **k: F.embedding(places, table, **k)),
              bent(lambda table, places: table[places]), [case(real(4, 3), PLACES), case(real(4, 2), np.array(3)), case(real(4, 2), PLACES[:0])],
              bad=[bad(IndexError, "index out of range in self", real(2, 2), PLACES),
                   bad(RuntimeError, "scalar types: Long, Int", real(2, 2), real(2)),
                   bad(AssertionError, "within num_embeddings", real(2, 2), PLACES, padding_idx=2)]),
]  # fmt: skip

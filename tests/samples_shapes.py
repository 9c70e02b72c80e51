"""Samples of views and copies: shape.py, reshape.py, slices.py, join.py, split.py and their like."""

from __future__ import annotations

from typing import Any

import numpy as np

import minigrad
from minigrad import Tensor
from op_samples import OpSamples, bad, case, real, whole

SMALL = [case(real(2, 3)), case(real(3, 1, 2)), case(real(4)), case(real()), case(real(0, 2))]
MATRICES = [case(real(2, 3)), case(real(3, 3)), case(real(2, 3, 2)), case(real(0, 2))]


def windowed(x: np.ndarray, size: Any, stride: Any, offset: int = 0) -> np.ndarray:
    flat = x.ravel()
    return np.array([flat[offset + np.dot(i, stride)] for i in np.ndindex(*size)]).reshape(size)


def embedded(x: np.ndarray, offset: int = 0) -> np.ndarray:
    n = x.shape[-1] + abs(offset)
    out = np.zeros((*x.shape[:-1], n, n), x.dtype)
    for i in range(x.shape[-1]):
        out[..., i + max(-offset, 0), i + max(offset, 0)] = x[..., i]
    return out


def unfolded(x: np.ndarray, dim: int, size: int, step: int) -> np.ndarray:
    windows = np.lib.stride_tricks.sliding_window_view(x, size, dim)
    return np.take(windows, np.arange(0, windows.shape[dim], step), dim)


def placed(x: np.ndarray, src: np.ndarray, key: Any) -> np.ndarray:
    out = x.copy()
    out[key] = src
    return out


def diagonal_placed(x: np.ndarray, src: np.ndarray, offset: int = 0) -> np.ndarray:
    out = x.copy()
    for i, value in enumerate(src):
        out[i + max(-offset, 0), i + max(offset, 0)] = value
    return out


SAMPLES = [
    OpSamples("reshape_alias unsafe_view clone_contiguous",
              lambda x, dims, s: x.permute(dims).reshape(s), lambda x, dims, s: x.transpose(dims).reshape(s),
              [case(real(2, 3), (1, 0), (6,)), case(real(2, 3, 2), (2, 0, 1), (2, 6)),
               case(real(2, 3, 4), (1, 2, 0), (12, 2))],
              bad=[bad(RuntimeError, "shape '[5]' is invalid for input of size 6", real(2, 3), (1, 0), (5,))]),
    OpSamples("view", lambda x, *s: x.contiguous().view(*s), lambda x, *s: x.reshape(*s),
              [case(real(2, 3), 3, 2), case(real(4), (2, -1)), case(real(), (1, 1)), case(real(0, 2), (2, 0))],
              bad=[bad(RuntimeError, "shape '[4]' is invalid for input of size 6", real(2, 3), 4),
                   bad(RuntimeError, "only one dimension can be inferred", real(4), -1, -1),
                   bad(TypeError, "invalid combination of arguments - got (float)", real(4), 2.0)]),
    OpSamples("alias", lambda x: x[...], lambda x: x, SMALL),
    OpSamples("expand", Tensor.expand, lambda x, *s: np.broadcast_to(x, s),
              [case(real(2, 1), 2, 3), case(real(3), 2, 3), case(real(), 2, 2), case(real(1, 0), 2, 0)],
              bad=[bad(RuntimeError, "The expanded size of the tensor (4) must match", real(2, 3), 2, 4)]),
    OpSamples("transpose", minigrad.transpose, np.swapaxes,
              [case(real(2, 3), 0, 1), case(real(2, 3, 2), -1, 0), case(real(0, 2), 0, 1)],
              bad=[bad(IndexError, "Dimension out of range", real(2, 3), 0, 2)]),
    OpSamples("t", minigrad.t, np.transpose, [case(real(2, 3)), case(real(3)), case(real())],
              bad=[bad(RuntimeError, "but self is 3D", real(1, 2, 3))]),
    OpSamples("permute", minigrad.permute, np.transpose, [case(real(2, 3, 2), (2, 0, 1)), case(real(2, 3), (-1, 0))],
              bad=[bad(RuntimeError, "duplicate dims are not allowed", real(2, 2), (0, 0))]),
    OpSamples("unsqueeze", minigrad.unsqueeze, np.expand_dims,
              [case(real(2, 3), d) for d in (0, 1, -1)] + [case(real(), 0), case(real(0, 2), 1)],
              bad=[bad(IndexError, "Dimension out of range", real(2), 3)]),
    OpSamples("squeeze_all", minigrad.squeeze, np.squeeze, [case(real(1, 3, 1)), *SMALL]),
    OpSamples("squeeze_dim squeeze_dims", minigrad.squeeze,
              lambda x, d: np.squeeze(x, tuple(e for e in np.atleast_1d(d) if x.shape[e] == 1)),
              [case(real(1, 3, 1), 0), case(real(1, 3), 1), case(real(1, 3, 1), (0, -1))],
              bad=[bad(RuntimeError, "dim 0 appears multiple times", real(1, 1), (0, 0))]),
    OpSamples("t_inplace", lambda x: (x * 1).t_(), np.transpose, [case(real(2, 3)), case(real(3))],
              bad=[bad(RuntimeError, "but self is 3D", real(1, 2, 3))]),
    OpSamples("transpose_inplace", lambda x, a, b: (x * 1).transpose_(a, b), np.swapaxes, [case(real(2, 3), 0, -1)]),
    OpSamples("unsqueeze_inplace", lambda x, d: (x * 1).unsqueeze_(d), np.expand_dims, [case(real(2, 3), 1)]),
    OpSamples("squeeze_all_inplace", lambda x: (x * 1).squeeze_(), np.squeeze, [case(real(1, 3, 1))]),
    OpSamples("squeeze_dim_inplace squeeze_dims_inplace", lambda x, d: (x * 1).squeeze_(d), np.squeeze,
              [case(real(1, 3, 1), 0), case(real(1, 3, 1), (0, 2))]),
    OpSamples("diagonal diagonal_backward", minigrad.diagonal, np.diagonal,
              [case(real(3, 3)), case(real(2, 3), 1), case(real(3, 2), -1), case(real(2, 3, 2), 0, 0, 2),
               case(real(2, 2), 5)],
              bad=[bad(RuntimeError, "cannot be identical 1, 1", real(2, 2), 0, 1, 1)]),
    OpSamples("unfold unfold_backward", Tensor.unfold, unfolded,
              [case(real(5), 0, 3, 1), case(real(2, 5), 1, 2, 2), case(real(4, 2), 0, 2, 1)],
              bad=[bad(RuntimeError, "maximum size for tensor at dimension 0 is 2 but size is 3", real(2), 0, 3, 1)]),
    OpSamples("select select_backward", minigrad.select, lambda x, d, i: np.take(x, i, d),
              [case(real(2, 3), 0, 1), case(real(2, 3, 2), 1, -1)],
              bad=[bad(IndexError, "select(): index 3 out of range", real(2, 3), 0, 3)]),
    OpSamples("slice slice_backward", lambda x, k: x[k], lambda x, k: x[k],
              [case(real(5), slice(1, 4, 2)), case(real(4, 2), slice(-3, None)), case(real(3), slice(5, 9)),
               case(real(2, 4), (slice(None), slice(None, None, 3)))],
              bad=[bad(ValueError, "step must be greater than zero", real(3), slice(None, None, -1))]),
    OpSamples("to_copy", lambda x: x.to(minigrad.float32), lambda x: x.astype(np.float32), SMALL, gradients=False),
    OpSamples("clone_in", lambda x: minigrad.clone(x, memory_format=minigrad.contiguous_format), np.copy, SMALL),
    OpSamples("clone", minigrad.clone, np.copy, SMALL, dtypes="float32 float16"),
    OpSamples("as_strided", lambda x, *how: minigrad.as_strided(x.contiguous(), *how), windowed,
              [case(real(6), (2, 2), (2, 1)), case(real(6), (3, 2), (1, 1), 1), case(real(2, 3), (2, 3), (0, 1)),
               case(real(4), (0,), (1,))],
              bad=[bad(RuntimeError, "are out of bounds for storage of size 48", real(6), (7,), (1,)),
                   bad(RuntimeError, "Negative strides are not supported", real(6), (2,), (-1,)),
                   bad(RuntimeError, "mismatch in length of strides and shape", real(6), (2,), (1, 1))]),
    OpSamples("cat", lambda *t, dim=0: minigrad.cat(t, dim), lambda *t, dim=0: np.concatenate(t, dim),
              [case(real(2, 3), real(1, 3)), case(real(2, 1), real(2, 3), dim=1), case(real(2), real(2), real(0))],
              bad=[bad(RuntimeError, "Expected size 3 but got size 2 for tensor number 1", real(2, 3), real(2, 2)),
                   bad(RuntimeError, "zero-dimensional tensor", real(), real())]),
    OpSamples("stack", lambda *t, dim=0: minigrad.stack(t, dim), lambda *t, dim=0: np.stack(t, dim),
              [case(real(2, 3), real(2, 3)), case(real(2), real(2), dim=-1), case(real(), real())],
              bad=[bad(RuntimeError, "stack expects each tensor to be equal size", real(2), real(3))]),
    OpSamples("unbind", minigrad.unbind, lambda x, d=0: [np.take(x, i, d) for i in range(x.shape[d])],
              [case(real(2, 3)), case(real(2, 3), 1)],
              bad=[bad(IndexError, "tensor has no dimensions", real())]),
    OpSamples("split_evenly", minigrad.split, lambda x, n, d=0: np.split(x, range(n, x.shape[d], n), d),
              [case(real(5), 2), case(real(2, 4), 2, 1)],
              bad=[bad(RuntimeError, "split_size can only be 0", real(2), 0)]),
    OpSamples("split_with_sizes", minigrad.split, lambda x, s, d=0: np.split(x, np.cumsum(s)[:-1], d),
              [case(real(5), (2, 0, 3)), case(real(2, 4), (1, 3), 1)],
              bad=[bad(RuntimeError, "to sum exactly to 5", real(5), (2, 2))]),
    OpSamples("repeat", Tensor.repeat, lambda x, *r: np.tile(x, r),
              [case(real(2, 3), 2, 1), case(real(2), 2, 1, 2), case(real(), 3), case(real(2), 0)],
              bad=[bad(RuntimeError, "Number of dimensions of repeat dims", real(2, 3), 2)]),
    OpSamples("roll", minigrad.roll, lambda x, s, d=None: np.roll(x, s, d),
              [case(real(2, 3), 1), case(real(2, 3), 2, 1), case(real(2, 3), (1, -1), (0, 1))],
              bad=[bad(RuntimeError, "shifts and dimensions must align", real(2, 3), (1, 2), (0,))]),
    OpSamples("flip", minigrad.flip, np.flip, [case(real(2, 3), (0,)), case(real(2, 3, 2), (0, -1))],
              bad=[bad(RuntimeError, "dim 0 appears multiple times", real(2), (0, 0))]),
    OpSamples("rot90", minigrad.rot90, np.rot90, [case(real(2, 3), k) for k in range(4)]
              + [case(real(2, 3, 2), -1, (0, 2))],
              bad=[bad(RuntimeError, "expected rotation dims to be different", real(2, 2), 1, (0, 0))]),
    OpSamples("tril", minigrad.tril, np.tril, [*MATRICES, case(real(3, 3), 1)], inplace=Tensor.tril_,
              bad=[bad(RuntimeError, "at least 2 dimensions", real(3))]),
    OpSamples("triu", minigrad.triu, np.triu, [*MATRICES, case(real(3, 3), -1)], inplace=Tensor.triu_,
              bad=[bad(RuntimeError, "at least 2 dimensions", real(3))]),
    OpSamples("block_diag", minigrad.block_diag,
              lambda a, b: np.block([[np.atleast_2d(a), np.zeros((1, 2))], [np.zeros((len(b), 3)), b]]),
              [case(real(3), real(2, 2))],
              bad=[bad(RuntimeError, "Input 1 has 3 dimensions", real(2), real(1, 1, 1))]),
    OpSamples("alias_copy", minigrad.alias_copy, np.copy, SMALL),
    OpSamples("expand_copy", minigrad.expand_copy, np.broadcast_to, [case(real(3, 1), (2, 3, 2))]),
    OpSamples("permute_copy", minigrad.permute_copy, np.transpose, [case(real(2, 3, 1), (2, 0, 1))]),
    OpSamples("view_copy", minigrad.view_copy, np.reshape, [case(real(2, 3), (3, 2))]),
    OpSamples("t_copy", minigrad.t_copy, np.transpose, [case(real(2, 3))]),
    OpSamples("transpose_copy", minigrad.transpose_copy, np.swapaxes, [case(real(2, 3, 2), 0, 1)]),
    OpSamples("unsqueeze_copy", minigrad.unsqueeze_copy, np.expand_dims, [case(real(2, 3), 1)]),
    OpSamples("select_copy", minigrad.select_copy, lambda x, d, i: np.take(x, i, d), [case(real(2, 3), 1, -1)]),
    OpSamples("unfold_copy", minigrad.unfold_copy, lambda x, d, n, s: np.stack([x[:, :2], x[:, 1:]], 1),
              [case(real(2, 3), 1, 2, 1)]),
    OpSamples("split_with_sizes_copy", minigrad.split_with_sizes_copy, lambda x, n, d: (x[:, :1], x[:, 1:]),
              [case(real(2, 3), (1, 2), 1)]),
    OpSamples("unbind_copy", minigrad.unbind_copy, lambda x: tuple(x), [case(real(2, 3))]),
    OpSamples("squeeze_all_copy", minigrad.squeeze_copy, np.squeeze, [case(real(2, 1, 3))]),
    OpSamples("squeeze_dim_copy", minigrad.squeeze_copy, np.squeeze, [case(real(2, 1, 3), 1)]),
    OpSamples("squeeze_dims_copy", minigrad.squeeze_copy, np.squeeze, [case(real(1, 1, 3), (0, 1))]),
    OpSamples("diagonal_copy", minigrad.diag, np.diag, [case(real(3, 3)), case(real(2, 3), 1)],
              bad=[bad(RuntimeError, "Supports 1D or 2D tensors. Got 3D", real(1, 2, 3))]),
    OpSamples("diag_embed", minigrad.diag_embed, embedded, [case(real(3)), case(real(2, 3), 1), case(real(2), -1)]),
    OpSamples("select_scatter", lambda x, s, d, i: minigrad.select_scatter(x, s, d, i),
              lambda x, s, d, i: placed(x, s, (slice(None),) * d + (i,)),
              [case(real(2, 3), real(3, low=3, high=4), 0, 1), case(real(2, 3), real(2, low=3, high=4), 1, 0)],
              bad=[bad(RuntimeError, "expected src to have a size equal", real(2, 3), real(2), 0, 1)]),
    OpSamples("slice_scatter", lambda x, s, *k: minigrad.slice_scatter(x, s, *k),
              lambda x, s, d, a, b, c: placed(x, s, (slice(None),) * d + (slice(a, b, c),)),
              [case(real(4), real(2, low=3, high=4), 0, 0, 4, 2)]),
    OpSamples("diagonal_scatter", minigrad.diagonal_scatter, diagonal_placed,
              [case(real(3, 3), real(3, low=3, high=4)), case(real(2, 3), real(2, low=3, high=4), 1)]),
    OpSamples("index_select unsqueeze expand clone_contiguous view", minigrad.repeat_interleave, np.repeat,
              [case(real(2, 3), 2, 1), case(real(2, 3), whole(2, low=0, high=3), 0), case(real(3), 2)],
              bad=[bad(RuntimeError, "Repeats must be non-negative", real(2), -1)]),
]  # fmt: skip

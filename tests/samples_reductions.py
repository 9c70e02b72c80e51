"""Samples of reductions, extremes.py, ranks.py, running.py, vector_norm.py and the writers of draw.py."""

from __future__ import annotations

import math

import numpy as np

import minigrad
from op_samples import OpSamples, bad, case, real, truth, whole

ZEROS = np.array([[0.0, 1.5, -2.0], [0.7, 0.3, 0.9]])
TWO_ZEROS = np.array([0.0, 1.5, 0.0, 2.0])
TIES = np.array([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]])
NAN = np.array([[np.nan, 1.5, -0.5], [0.3, 0.9, 0.1]])
DIMS = [(), (0,), (-1,), ((0, 1),), (0, True), ((-1,), True)]


def over_dims(*, empty=True, ints=False):
    """All ways to say the dimensions, of a matrix, a scalar and of nothing."""
    found = [case(real(2, 3), *d) for d in DIMS] + [
        case(real()),
        case(real(), 0),
        case(real(2, 1, 3), (0, 2)),
    ]
    found += [case(real(0)), case(real(2, 0), 0)] if empty else []
    return found + ([case(whole(2, 3)), case(whole(2, 3), 1), case(truth(4))] if ints else [])


def axis(reference):
    """A NumPy reduction called with (dim, keepdim)."""

    def call(x, dim=None, keepdim=False):
        return reference(x, axis=None if not x.ndim else dim, keepdims=keepdim and x.ndim > 0)

    return call


def along(positions):
    """(values, indices) of what `positions` picks along a dimension."""

    def call(x, dim, keepdim=False):
        if not x.ndim:
            return x, np.int64(0)
        where = np.expand_dims(positions(x, dim), dim)
        found = np.take_along_axis(x, where, dim)
        return (found, where) if keepdim else (found.squeeze(dim), where.squeeze(dim))

    return call


def middle(x, dim):
    return np.take(np.argsort(x, axis=dim, kind="stable"), (x.shape[dim] - 1) // 2, axis=dim)


def shared(x):
    """Cases of a reduction along one dimension that gives values and indices."""
    return [case(x, 0), case(x, 1), case(x, -1, True), case(real(), 0)]


def spread(reference):
    def call(x, dim=None, correction=1, keepdim=False):
        return reference(x, axis=dim, ddof=correction, keepdims=keepdim)

    return call


def uneven(*shape):
    """Numbers no two sums of which are alike."""
    return np.exp(real(*shape)) - 1.2


def vector_norm(x, ord=2, dim=None, keepdim=False):
    size = np.abs(x)
    if ord == 0:
        return (size != 0).sum(axis=dim, keepdims=keepdim).astype(float)
    if math.isinf(ord):
        return (size.max if ord > 0 else size.min)(axis=dim, keepdims=keepdim)
    return (size**ord).sum(axis=dim, keepdims=keepdim) ** (1 / ord)


def softmax(x, dim):
    e = np.exp(x - x.max(axis=dim if x.ndim else None, keepdims=True, initial=-np.inf))
    return e / e.sum(axis=dim if x.ndim else None, keepdims=True)


def logsumexp(x, dim, keepdim=False):
    return np.log(np.exp(x).sum(axis=dim if x.ndim else None, keepdims=keepdim and x.ndim > 0))


def best_so_far(ufunc):
    def call(x, dim):
        values = ufunc.accumulate(x, axis=dim)
        places = np.where(x == values, np.arange(x.shape[dim]).reshape(-1, *[1] * (x.ndim - dim - 1)), 0)
        return values, np.maximum.accumulate(places, axis=dim)

    return call


def accumulated(ufunc):
    return lambda x, dim: ufunc.accumulate(x, axis=dim) if x.ndim else x


ALONG = [case(real(2, 3), 0), case(real(2, 3), -1), case(real(), 0), case(real(0), 0), case(real(2, 0), 1)]
WRONG_DIM = bad(IndexError, "expected to be in range of [-2, 1], but got 2", real(2, 3), 2)

SAMPLES = [
    OpSamples("sum_all", minigrad.sum, lambda x: np.sum(x),
              [case(real(2, 3)), case(real()), case(real(0)), case(whole(3)), case(truth(4)), case(whole(3).astype(np.int8))],
              dtypes="float32 float16"),
    OpSamples("sum_dims", minigrad.sum, axis(np.sum), [c for c in over_dims() if len(c.args) > 1] + [case(whole(2, 3), 1)],
              bad=[WRONG_DIM, bad(RuntimeError, "dim 0 appears multiple times", real(2, 3), (0, 0)),
                   bad(TypeError, "got (Tensor, float), but expected one of", real(2), 1.5),
                   bad(TypeError, "argument 'keepdim' (position 3) must be bool, not int", real(2), 0, 1)]),
    OpSamples("sum_dims", minigrad.sum, lambda x, axis, keepdims: np.sum(x, axis=axis, keepdims=keepdims),
              [case(real(2, 3), axis=1, keepdims=True)]),
    OpSamples("sum_all", lambda x: minigrad.sum(x, dtype=minigrad.float64), lambda x: x.sum().astype(np.float64),
              [case(whole(3))], dtypes="", bad=[bad(TypeError, "takes 1 positional", real(2), 1)]),
    OpSamples("mean_all", minigrad.mean, lambda x: np.mean(x), [case(real(2, 3)), case(real()), case(real(1))],
              dtypes="float32 float16", bad=[bad(RuntimeError, "could not infer output dtype. Input dtype must", whole(2))]),
    OpSamples("mean_dims", minigrad.mean, axis(np.mean), [c for c in over_dims(empty=False) if len(c.args) > 1],
              bad=[WRONG_DIM]),
    OpSamples("nansum", minigrad.nansum, axis(np.nansum), over_dims()),
    OpSamples("nansum", minigrad.nansum, axis(np.nansum), [case(NAN), case(NAN, 1)], gradients=False),
    OpSamples("prod_all", minigrad.prod, lambda x: np.prod(x),
              [case(real(2, 3)), case(real()), case(real(0)), case(ZEROS), case(TWO_ZEROS), case(whole(3)), case(truth(2))]),
    OpSamples("prod_dim", minigrad.prod, axis(np.prod),
              [case(real(2, 3), 0), case(real(2, 3), 1, True), case(ZEROS, 0), case(ZEROS, 1), case(TWO_ZEROS, 0),
               case(real(), 0), case(real(2, 1), 1), case(whole(2, 3), 1)], bad=[WRONG_DIM]),
    OpSamples("trace", minigrad.trace, np.trace, [case(real(2, 3)), case(real(3, 3)), case(whole(2, 2))],
              bad=[bad(RuntimeError, "expected a matrix", real(3))]),
    OpSamples("all", minigrad.all, axis(np.all), over_dims(ints=True), bad=[WRONG_DIM]),
    OpSamples("any", minigrad.any, axis(np.any), over_dims(ints=True), bad=[WRONG_DIM]),
    OpSamples("count_nonzero", minigrad.count_nonzero, lambda x, dim=None: np.asarray(np.count_nonzero(x, axis=dim)),
              [case(ZEROS), case(ZEROS, 0), case(ZEROS, (0, 1)), case(truth(4))]),
    # ------------------------------------------------------------------ extremes
    OpSamples("max_all", minigrad.max, lambda x: x.max(), [case(real(2, 3)), case(real()), case(whole(4)), case(truth(3))],
              bad=[bad(RuntimeError, "max(): Expected reduction dim to be specified", real(0)),
                   bad(TypeError, "argument 'input' (position 1) must be Tensor, not list", [1.0])]),
    OpSamples("min_all", minigrad.min, lambda x: x.min(), [case(real(2, 3)), case(real()), case(whole(4))]),
    OpSamples("median_all", minigrad.median, lambda x: np.sort(x, axis=None)[(x.size - 1) // 2],
              [case(real(2, 3)), case(real(5)), case(real()), case(whole(4))]),
    OpSamples("nanmedian_all", minigrad.nanmedian, lambda x: np.sort(x[~np.isnan(x)])[(np.sum(~np.isnan(x)) - 1) // 2],
              [case(real(2, 3)), case(real(5))]),
    OpSamples("median_all", minigrad.median, lambda x: np.nan, [case(NAN)], gradients=False),
    OpSamples("max_dim", minigrad.max, along(np.argmax), [*shared(real(2, 3)), case(whole(2, 3), 1)],
              bad=[WRONG_DIM, bad(IndexError, "max(): Expected reduction dim 1 to have non-zero size", real(2, 0), 1),
                   bad(TypeError, "got (Tensor, float), but expected one of", real(2), 1.5)]),
    OpSamples("min_dim", minigrad.min, along(np.argmin), [*shared(real(2, 3)), case(whole(2, 3), 1)]),
    OpSamples("max_dim", minigrad.max, along(np.argmax), [case(TIES, 1), case(NAN, 1)], gradients=False),
    OpSamples("median_dim", minigrad.median, along(middle), [*shared(real(2, 3)), case(whole(2, 4), 1)]),
    OpSamples("nanmedian_dim", minigrad.nanmedian, along(middle), shared(real(2, 3))),
    OpSamples("mode_dim", minigrad.Tensor.mode, lambda x, dim=-1: (x[..., 2], np.full(x.shape[:-1], 2)),
              [case(np.array([[1.0, 2.0, 1.0], [5.0, 0.0, 0.0]]), -1), case(np.array([3, 1, 1]))], gradients=False),
    OpSamples("kthvalue", minigrad.kthvalue, lambda x, k, dim=-1, keepdim=False: along(
              lambda y, d: np.take(np.argsort(y, axis=d, kind="stable"), k - 1, axis=d))(x, dim, keepdim),
              [case(real(2, 3), 2), case(real(2, 3), 1, 0, True), case(real(), 1)],
              bad=[bad(RuntimeError, "selected number k out of range for dimension 1", real(2, 3), 4)]),
    OpSamples("amax", minigrad.amax, axis(np.max), over_dims(empty=False), bad=[WRONG_DIM,
              bad(IndexError, "amax(): Expected reduction dim 1 to have non-zero size", real(2, 0), 1)]),
    OpSamples("amin", minigrad.amin, axis(np.min), over_dims(empty=False)),
    OpSamples("aminmax", minigrad.aminmax, lambda x, dim=None, keepdim=False: (
              np.min(x, axis=dim, keepdims=keepdim), np.max(x, axis=dim, keepdims=keepdim)),
              [case(real(2, 3)), case(real(2, 3), dim=1), case(real(2, 3), dim=0, keepdim=True)],
              bad=[bad(RuntimeError, "as the operation has no identity", real(0))]),
    OpSamples("argmax", minigrad.argmax, lambda x, dim=None, keepdim=False: np.argmax(x, axis=dim, keepdims=keepdim),
              [case(real(2, 3)), case(real(2, 3), 0), case(TIES, 1, True), case(NAN, 1), case(whole(4))],
              bad=[bad(IndexError, "argmax(): Expected reduction dim to be specified", real(0)), WRONG_DIM,
                   bad(RuntimeError, "does not support bool input", truth(2))]),
    OpSamples("argmin", minigrad.argmin, lambda x, dim=None, keepdim=False: np.argmin(x, axis=dim, keepdims=keepdim),
              [case(real(2, 3)), case(real(2, 3), 0), case(TIES, 1, True), case(whole(4))]),
    # ------------------------------------------------------------------ spread and norms
    OpSamples("var", minigrad.var, spread(np.var), [case(real(2, 3)), case(real(2, 3), 0), case(real(2, 3), (0, 1), correction=2),
              case(real(2, 3), 1, keepdim=True, correction=0), case(real(4), correction=0.5)],
              bad=[bad(RuntimeError, "std and var only support floating point", whole(2)), WRONG_DIM,
                   bad(TypeError, "got (Tensor, int, bool, correction=int), but expected", real(2), 0, True, correction=1)]),
    OpSamples("var", minigrad.var, lambda x, *a, **k: np.var(x, axis=1 if a[0] == 1 else None), [case(real(2, 3), 1, False),
              case(real(2, 3), False)]),
    OpSamples("std", minigrad.std, spread(np.std), [case(real(2, 3)), case(real(2, 3), 0), case(real(2, 3), 1, keepdim=True)]),
    OpSamples("var_mean", minigrad.var_mean, lambda x, dim=None: (np.var(x, axis=dim, ddof=1), np.mean(x, axis=dim)),
              [case(real(2, 3)), case(real(2, 3), 1)]),
    OpSamples("std_mean", minigrad.std_mean, lambda x, dim=None: (np.std(x, axis=dim, ddof=1), np.mean(x, axis=dim)),
              [case(real(2, 3)), case(real(2, 3), 1)]),
    *(OpSamples("linalg_vector_norm", minigrad.norm, lambda x, p=2, *a, **k: vector_norm(x, p, *a, **k),
                [case(real(2, 3), p), case(real(2, 3), p, 1), case(real(2, 3), p, (0, 1), True), case(real(), p)])
      for p in (1, 2, 3, 1.5, 0.5, -1.5, math.inf, -math.inf)),
    OpSamples("linalg_vector_norm", minigrad.norm, vector_norm, [case(real(2, 3)), case(real(4))],
              bad=[bad(RuntimeError, "Expected a floating point or complex tensor as input. Got Long", whole(2)),
                   bad(NotImplementedError, "'nuc'", real(2, 2), "nuc")]),
    OpSamples("linalg_vector_norm", minigrad.norm, vector_norm, [case(ZEROS, 0), case(ZEROS, 0, 1)], gradients=False),
    OpSamples("dist", minigrad.dist, lambda a, b, p=2: vector_norm(a - b, p),
              [case(real(2, 3), real(3) + 0.1), case(real(4), -real(4), 3), case(real(4), -real(4), 1)]),
    *(
        OpSamples(
            "linalg_vector_norm" if ord in (None, "fro") else "abs sum_dims",
            minigrad.linalg.norm,
            lambda x, ord=None, dim=None, keepdim=False: np.linalg.norm(x, ord, dim, keepdim),
            [case(uneven(2, 3), ord), case(uneven(2, 3, 2), ord, (2, 0)), case(uneven(2, 3), ord, (0, 1), True)],
            bad=[bad(NotImplementedError, "needs singular values", real(2, 2), "nuc")],
        )
        for ord in ("fro", 1, -1, math.inf, -math.inf)
    ),
    # ------------------------------------------------------------------ along one dimension
    OpSamples("cumsum", minigrad.cumsum, accumulated(np.add), [*ALONG, case(whole(4), 0)],
              bad=[WRONG_DIM]),
    OpSamples("cumsum", minigrad.cumsum, accumulated(np.add), [case(real(2, 3), 1)], inplace=minigrad.Tensor.cumsum_),
    OpSamples("cumprod", minigrad.cumprod, accumulated(np.multiply), [*ALONG, case(ZEROS, 0), case(ZEROS, 1), case(TWO_ZEROS, 0)],
              inplace=minigrad.Tensor.cumprod_, bad=[WRONG_DIM]),
    OpSamples("cummax", minigrad.cummax, best_so_far(np.maximum), [case(real(2, 3), 0), case(real(2, 3), 1)]),
    OpSamples("cummin", minigrad.cummin, best_so_far(np.minimum), [case(real(2, 3), 0), case(real(2, 3), 1)]),
    OpSamples("logcumsumexp", minigrad.logcumsumexp, accumulated(np.logaddexp), [case(real(2, 3), 0), case(real(2, 3), 1),
              case(real(), 0)]),
    OpSamples("softmax softmax_backward", minigrad.softmax, softmax, ALONG, dtypes="float32 float16",
              bad=[WRONG_DIM, bad(NotImplementedError, "\"softmax_lastdim_kernel_impl\" not implemented for 'Long'", whole(2), 0),
                   bad(TypeError, "must be int, not NoneType", real(2), None)]),
    OpSamples("log_softmax log_softmax_backward", minigrad.log_softmax, lambda x, dim: np.log(softmax(x, dim)), ALONG,
              bad=[bad(NotImplementedError, "\"log_softmax_lastdim_kernel_impl\" not implemented for 'Long'", whole(2), 0)]),
    OpSamples("log_softmax", minigrad.log_softmax, lambda x, dim: np.array([0.0, -1000.0]),
              [case(np.array([1000.0, 0.0]), 0)], second=False),
    OpSamples("logsumexp", minigrad.logsumexp, logsumexp, [case(real(2, 3), 0), case(real(2, 3), (0, 1)),
              case(real(2, 3), 1, True), case(real(), 0)], bad=[WRONG_DIM]),
    OpSamples("logsumexp", minigrad.logsumexp, lambda x, dim: np.array([1000.0 + np.log(2), -np.inf]),
              [case(np.array([[1000.0, 1000.0], [-np.inf, -np.inf]]), 1)], gradients=False),
    # ------------------------------------------------------------------ random numbers, where they are certain
    OpSamples("uniform_", lambda x: (x * 1).uniform_(2, 2), lambda x: np.full_like(x, 2), [case(real(2, 3))], gradients=False),
    OpSamples("normal_", lambda x: (x * 1).normal_(3, 0), lambda x: np.full_like(x, 3), [case(real(2, 3))], gradients=False),
    OpSamples("random_", lambda x: (x * 1).random_(4, 5), lambda x: np.full_like(x, 4), [case(real(2, 3)), case(whole(3))],
              gradients=False),
    OpSamples("bernoulli_", lambda x: (x * 1).bernoulli_(1), np.ones_like, [case(real(2, 3))], gradients=False),
    OpSamples("exponential_", lambda x: (x * 1).exponential_() >= 0, lambda x: x == x, [case(real(2, 3))], gradients=False),
    OpSamples("bernoulli", minigrad.bernoulli, lambda x: x, [case(np.array([0.0, 1.0, 1.0]))], gradients=False,
              bad=[bad(RuntimeError, "Expected p_in >= 0 && p_in <= 1", np.array([1.5]))]),
]  # fmt: skip

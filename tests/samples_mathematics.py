"""Samples of gamma.py, entropy.py, representation.py and statistics.py, and of renorm."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np

import minigrad
from minigrad import Tensor
from op_samples import OpSamples, bad, case, each_shape, pairs, real, whole

log_gamma = np.vectorize(math.lgamma, otypes=[float])
inverse_erf = np.vectorize(lambda y: NormalDist().inv_cdf((y + 1) / 2) / math.sqrt(2), otypes=[float])
POSITIVE = each_shape(0.3, 4.0)


def polygamma(n, x):
    """By a long sum and the first terms of what is left of it."""
    k = np.arange(400).reshape((-1, *[1] * np.ndim(x)))
    y = x + 400.0
    if n == 0:
        return np.log(y) - 1 / (2 * y) - 1 / (12 * y**2) - (1 / (x + k)).sum(0)
    s = n + 1
    tail = y ** (1 - s) / (s - 1) + y**-s / 2 + s * y ** (-s - 1) / 12
    return (-1.0) ** s * math.factorial(n) * (((x + k) ** -s).sum(0) + tail)


def several(x, p):
    moved = log_gamma(np.asarray(x)[..., None] - np.arange(p) / 2)
    return moved.sum(-1) + p * (p - 1) / 4 * math.log(math.pi)


def renormed(x, p, dim, maxnorm):
    others = tuple(d for d in range(x.ndim) if d != dim)
    norm = (np.abs(x) ** p).sum(axis=others, keepdims=True) ** (1 / p)
    return x * np.where(norm > maxnorm, maxnorm / (norm + 1e-7), 1)


def xlog1py(x, y):
    return x * np.log1p(y)


SAMPLES = [
    # ------------------------------------------------------------------ gamma and erfinv
    OpSamples("lgamma", minigrad.lgamma, log_gamma, POSITIVE, inplace=Tensor.lgamma_),
    OpSamples("lgamma", minigrad.lgamma, log_gamma, [case(real(4, low=-1.9, high=-1.1))]),
    OpSamples("digamma", minigrad.digamma, lambda x: polygamma(0, x), POSITIVE, inplace=Tensor.digamma_),
    OpSamples("polygamma_of", minigrad.polygamma, polygamma, [case(0, real(3, low=0.5)), case(1, real(2, 3, low=0.5)),
                                                              case(3, real(3, low=0.5))],
              bad=[bad(RuntimeError, "does not support negative n", -1, real(2))]),
    OpSamples("polygamma_inplace polygamma_of", lambda x, n: (x * 1).polygamma_(n), lambda x, n: polygamma(n, x),
              [case(real(3, low=0.5), 1)]),
    OpSamples("mvlgamma_of", minigrad.mvlgamma, several, [case(real(2, 3, low=2.2, high=5), 3), case(real(3, low=0.5), 1)],
              inplace=Tensor.mvlgamma_, bad=[bad(RuntimeError, "p has to be greater", real(2), 0)]),
    OpSamples("erfinv times", minigrad.erfinv, inverse_erf, each_shape(-0.9, 0.9), inplace=Tensor.erfinv_),
    # ------------------------------------------------------------------ torch.special alone
    OpSamples("special_entr plus", minigrad.special.entr, lambda x: -x * np.log(x), POSITIVE),
    OpSamples("special_entr", minigrad.special.entr, lambda x: np.array([0.0, -np.inf]), [case(np.array([0.0, -1.0]))],
              gradients=False),
    OpSamples("special_xlog1py_tensors plus", minigrad.special.xlog1py, xlog1py, [case(real(2, 3), real(3, low=-0.5))]),
    OpSamples("special_xlog1py_number", minigrad.special.xlog1py, xlog1py, [case(real(4), 2.5)]),
    OpSamples("special_number_xlog1py times plus", minigrad.special.xlog1py, xlog1py, [case(2.5, real(4, low=-0.5))]),
    OpSamples("erf plus times", minigrad.special.ndtr, np.vectorize(NormalDist().cdf, otypes=[float]), each_shape()),
    # ------------------------------------------------------------------ what numbers are made of
    *(OpSamples(name, getattr(minigrad, name), reference, [case(whole(2, 3), whole(3)), case(whole(4), whole(4)[::-1].copy())],
                bad=[bad(NotImplementedError, f"\"{name}_cpu\" not implemented for 'Double'", real(2), real(2))])
      for name, reference in {"gcd": np.gcd, "lcm": np.lcm}.items()),
    OpSamples("nextafter", minigrad.nextafter, np.nextafter, [case(real(3), real(3)[::-1].copy())], gradients=False,
              dtypes="", bad=[bad(NotImplementedError, "\"nextafter_cpu\" not implemented for 'Long'", whole(2), whole(2))]),
    OpSamples("ldexp number_pow times", minigrad.ldexp, lambda x, n: x * 2.0**n, pairs(), inplace=Tensor.ldexp_),
    OpSamples("frexp", minigrad.frexp, np.frexp, [case(real(2, 3))], gradients=True,
              bad=[bad(RuntimeError, "only supports floating-point dtypes", whole(2))]),
    OpSamples("angle", minigrad.angle, np.angle, each_shape()),
    # ------------------------------------------------------------------ statistics
    OpSamples("histc", minigrad.histc, lambda x, bins, low, high: np.histogram(x, bins, (low, high))[0].astype(float),
              [case(real(9), 4, -1.5, 1.5)], gradients=False,
              bad=[bad(NotImplementedError, "\"histogram_cpu\" not implemented for 'Long'", whole(2)),
                   bad(RuntimeError, "bins must be > 0, but got 0", real(2), 0)]),
    OpSamples("mm t", minigrad.cov, np.cov, [case(real(3, 4))]),
    OpSamples("mm t", minigrad.corrcoef, np.corrcoef, [case(real(3, 4))]),
    OpSamples("renorm plus times", minigrad.renorm, renormed, [case(real(2, 3), 2, 0, 1.0), case(real(3, 2), 3, 1, 2.0)],
              inplace=Tensor.renorm_, bad=[bad(RuntimeError, "input needs at least 2 dimensions", real(2), 2, 0, 1)]),
]  # fmt: skip

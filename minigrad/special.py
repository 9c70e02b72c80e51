"""minigrad.special: functions of mathematics under the names that torch.special has for them.

Bessel functions, polynomials and zeta are not here.
"""

from __future__ import annotations

from .ops.entropy import entr, ndtr, xlog1py
from .ops.gamma import digamma, erfinv, lgamma, mvlgamma, polygamma
from .ops.pairs import xlogy
from .ops.pointwise import exp2, expm1, log1p, sigmoid, sinc
from .ops.rounding import round as _round
from .ops.running import log_softmax, logsumexp, softmax
from .ops.special import erf, erfc, logit
from .tensor import Tensor

expit, gammaln, psi, multigammaln = sigmoid, lgamma, digamma, mvlgamma


def round(input: Tensor, *, decimals: int = 0) -> Tensor:
    """To the nearest number of so many decimals, halves to the even one. NotImplementedError for integers."""
    return _round(input, decimals=decimals)


__all__ = [
    "digamma", "entr", "erf", "erfc", "erfinv", "exp2", "expit", "expm1", "gammaln", "log1p", "log_softmax",
    "logit", "logsumexp", "multigammaln", "ndtr", "polygamma", "psi", "round", "sinc", "softmax", "xlog1py",
    "xlogy",
]  # fmt: skip

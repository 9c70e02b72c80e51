"""erf for arrays, which NumPy lacks.

Rational approximations of the Cephes library (S. L. Moshier, ndtr.c), good to the last digits of float64.
"""

from __future__ import annotations

import numpy as np

_T = (9.60497373987051638749, 90.0260197203842689217, 2232.00534594684319226, 7003.32514112805075473,
      55592.3013010394962768)  # fmt: skip
_U = (1.0, 33.5617141647503099647, 521.357949780152679795, 4594.32382970980127987, 22629.0000613890934246,
      49267.3942608635921086)  # fmt: skip
_P = (2.46196981473530512524e-10, 0.564189564831068821977, 7.46321056442269912687, 48.6371970985681366614,
      196.520832956077098242, 526.445194995477358631, 934.528527171957607540, 1027.55188689515710272,
      557.535335369399327526)  # fmt: skip
_Q = (1.0, 13.2281951154744992508, 86.7072140885989742329, 354.937778887819891062, 975.708501743205489753,
      1823.90916687909736289, 2246.33760818710981792, 1656.66309194161350182, 557.535340817727675546)  # fmt: skip


def _polynomial(coefficients: tuple[float, ...], x: np.ndarray) -> np.ndarray:
    total = np.full_like(x, coefficients[0])
    for c in coefficients[1:]:
        total *= x
        total += c
    return total


def erf(x: np.ndarray) -> np.ndarray:
    """The error function, 2/sqrt(pi) times the integral of exp(-t^2) from 0 to x, in x's float dtype."""
    x = np.asarray(x)
    size = np.minimum(np.abs(x), 7.0)  # from 6 on it is 1
    square = size * size
    inner = size * _polynomial(_T, square) / _polynomial(_U, square)
    if np.all(size <= 1):
        found = inner
    else:
        outer = 1 - np.exp(-square) * _polynomial(_P, size) / _polynomial(_Q, size)
        found = np.where(size > 1, outer, inner)
    return np.copysign(found, x).astype(x.dtype, copy=False)

"""What NumPy lacks: the logarithm of the gamma function, its derivatives, and the inverse of erf.

All in float64 and good to its last digits: an argument is moved up by the recurrence of the function until an
asymptotic series holds. B(2), B(4) ... are the Bernoulli numbers of these series.
"""

from __future__ import annotations

import math

import numpy as np

from .errorfunction import erf

_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)
_FAR = 10.0  # from here on the series are exact


def _log_gamma_of_one(x: float) -> float:
    try:
        return math.lgamma(x)
    except (ValueError, OverflowError):  # 0, -1, -2 ... and what is too large
        return math.inf


_log_gamma = np.frompyfunc(_log_gamma_of_one, 1, 1)
_erfc = np.frompyfunc(math.erfc, 1, 1)


def log_gamma(x: np.ndarray) -> np.ndarray:
    """log |gamma(x)|; inf at 0, -1, -2 ..."""
    return np.asarray(_log_gamma(x), np.float64)


def _up(x: np.ndarray, term: object) -> tuple[np.ndarray, np.ndarray]:
    """x moved up by ones to _FAR or beyond, and the sum of term(x) over the steps that were taken."""
    x, total = x.copy(), np.zeros_like(x)
    while (below := x < _FAR).any():
        total[below] += term(x[below])
        x[below] += 1
    return x, total


def digamma(x: np.ndarray) -> np.ndarray:
    """The derivative of log gamma: log x - 1/2x - sum B(2k) / (2k x^2k). -inf at 0, nan at -1, -2 ..."""
    flat = np.asarray(x, np.float64).ravel()
    found = np.full_like(flat, np.nan)
    whole = (flat == np.floor(flat)) & (flat <= 0)
    found[flat == 0] = np.copysign(np.inf, -flat[flat == 0])
    found[flat == np.inf] = np.inf
    regular = np.isfinite(flat) & ~whole
    y = flat[regular]
    below = y < 0
    far, steps = _up(np.where(below, 1 - y, y), lambda v: 1 / v)
    value = np.log(far) - 0.5 / far - steps
    for k, b in enumerate(_BERNOULLI, start=1):
        value -= b / (2 * k * far ** (2 * k))
    turn = math.pi / np.tan(math.pi * (y[below] - np.floor(y[below])))
    value[below] -= turn  # psi(1 - x) - psi(x) = pi / tan(pi x)
    found[regular] = value
    return found.reshape(np.shape(x))


def zeta(s: float, q: np.ndarray) -> np.ndarray:
    """The sum of (q + k)^-s over k = 0, 1 ..., for whole s > 1, by the formula of Euler and Maclaurin."""
    flat = np.asarray(q, np.float64).ravel()
    found = np.where(flat == np.inf, 0.0, np.nan)
    regular = np.isfinite(flat)
    far, total = _up(flat[regular], lambda v: v**-s)
    total += far ** (1 - s) / (s - 1) + far**-s / 2
    rising = s
    for k, b in enumerate(_BERNOULLI, start=1):
        total += b / math.factorial(2 * k) * rising * far ** (1 - s - 2 * k)
        rising *= (s + 2 * k - 1) * (s + 2 * k)
    found[regular] = total
    return found.reshape(np.shape(q))


def polygamma(n: int, x: np.ndarray) -> np.ndarray:
    """The n-th derivative of digamma: (-1)^(n + 1) n! zeta(n + 1, x)."""
    return digamma(x) if n == 0 else (-1.0) ** (n + 1) * math.factorial(n) * zeta(n + 1, x)


def erfinv(y: np.ndarray) -> np.ndarray:
    """The x whose erf is y: Newton's steps (of third order) from Winitzki's approximation."""
    y = np.asarray(y, np.float64)
    size = np.abs(y)
    inside = size < 1
    z = np.where(inside, size, 0.0)
    log = np.log1p(-z * z)
    half = 2 / (math.pi * 0.147) + log / 2
    x = np.sqrt(np.sqrt(half * half - log / 0.147) - half)
    for _ in range(3):
        # 1 - z is exact where z is near 1, and so is erfc there.
        miss = np.where(z > 0.5, (1 - z) - np.asarray(_erfc(x), np.float64), erf(x) - z)
        step = miss * np.exp(x * x) * (math.sqrt(math.pi) / 2)
        x = x - step / (1 + x * step)
    found = np.where(inside, x, np.where(size == 1, np.inf, np.nan))
    return np.copysign(found, y)

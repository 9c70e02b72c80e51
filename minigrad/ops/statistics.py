"""Covariance, correlation and histograms.

Counterpart in PyTorch: aten/src/ATen/native/Correlation.cpp, HistogramKernel.cpp.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ..op import op
from ..tensor import Tensor, wrap
from .linalg import mm, t
from .precision import floating
from .public import public
from .shape import view


def _check_dims(self: Tensor, name: str) -> None:
    if self.ndim > 2:
        raise RuntimeError(
            f"{name}(): expected input to have two or fewer dimensions but got an input with {self.ndim} dimensions"
        )


def _check_weights(self: Tensor, weights: Tensor, name: str, integral: bool) -> None:
    what = "integral" if integral else "floating point"
    observations = self.shape[-1] if self.ndim else 1
    if weights.ndim > 1:
        raise RuntimeError(
            f"cov(): expected {name} to have one or fewer dimensions but got {name} with {weights.ndim} dimensions"
        )
    if (weights._array.dtype.kind in "iu") is not integral or weights._array.dtype.kind == "b":
        kind = weights.dtype.scalar_type
        raise RuntimeError(f"cov(): expected {name} to have {what} dtype but got {name} with {kind} dtype")
    if weights._array.size != observations:
        raise RuntimeError(
            f"cov(): expected {name} to have the same numel as there are observations in the input but got "
            f"{weights._array.size} != {observations}"
        )
    if (weights._array < 0).any():
        raise RuntimeError(f"cov(): {name} cannot be negative")


@public
def cov(
    self: Tensor, *, correction: int = 1, fweights: Tensor | None = None, aweights: Tensor | None = None
) -> Tensor:
    """The covariances of the rows, each a variable, its elements the observations.

    correction: 1 divides by n - 1. fweights, aweights: how often an observation was made, and its weight.
    """
    _check_dims(self, "cov")
    if self._array.dtype.kind == "b":
        raise RuntimeError("cov(): bool dtype is not supported for input")
    rows = view(self, (1, -1)) if self.ndim < 2 else self
    for name, given in (("fweights", fweights), ("aweights", aweights)):
        if given is not None:
            _check_weights(self, given, name, integral=name == "fweights")
    weights = fweights if aweights is None else aweights if fweights is None else fweights * aweights
    total = wrap(np.asarray(rows.shape[1])) if weights is None else weights.sum()
    if weights is not None and not total.item():
        raise RuntimeError("cov(): weights sum to zero, can't be normalized")
    mean = (rows if weights is None else rows * weights).sum(1) / total
    free = total - correction
    if weights is not None and aweights is not None and correction:
        free = total - correction * (weights * aweights).sum() / total
    if free.item() <= 0:
        warnings.warn(
            "cov(): degrees of freedom is <= 0. Correction should be strictly less than the number of observations.",
            stacklevel=3,
        )
        free = free * 0
    rows = rows - mean.unsqueeze(1)
    return (mm(rows, t(rows if weights is None else rows * weights)) / free).squeeze()


@public
def corrcoef(self: Tensor) -> Tensor:
    """The correlations of the rows: their covariances over the products of their deviations, from -1 to 1."""
    _check_dims(self, "corrcoef")
    found = cov(self)
    if not found.ndim:
        return found / found
    deviation = found.diagonal().sqrt()
    found = found / view(deviation, (-1, 1))
    return (found / view(deviation, (1, -1))).clip(-1, 1)


# ------------------------------------------------------------------ histograms


def _histc(x: np.ndarray, bins: int, min: float, max: float) -> np.ndarray:
    floating(x, "histogram_cpu")
    if bins <= 0:
        raise RuntimeError(f"torch.histogram(): bins must be > 0, but got {bins} for dimension 0")
    if min == max and x.size:
        min, max = float(x.min()), float(x.max())
    if min == max:
        min, max = min - 1, max + 1
    if not np.isfinite([min, max]).all():
        raise RuntimeError(f"torch.histc: range of [{min}, {max}] is not finite")
    if min > max:
        raise RuntimeError("torch.histc: max must be larger than min")
    flat = x.ravel()
    low, high = x.dtype.type(min), x.dtype.type(max)
    flat = flat[(flat >= low) & (flat <= high)]
    places = np.minimum(((flat - low) * x.dtype.type(bins) / (high - low)).astype(np.int64), bins - 1)
    return np.bincount(places, minlength=bins).astype(x.dtype)


_histc_op = op(
    "histc(self, bins=100, min=0, max=0)", _histc, method=False,
    doc="How many elements fall into each of equal bins.",
)  # fmt: skip


@public
def histc(self: Tensor, bins: int = 100, min: Any = 0, max: Any = 0) -> Tensor:
    """How many elements fall into each of `bins` equal intervals from min to max; others are not counted.

    Where min equals max they are those of the data. NotImplementedError for integers.
    """
    return _histc_op(self, bins, min, max)

"""glu: one half of a tensor, let through as far as the other half says.

Counterpart in PyTorch: aten/src/ATen/native/GatedLinearUnit.cpp.
"""

from __future__ import annotations

import numpy as np

from ..op import op
from ..tensor import Tensor, checked_dim
from .join import cat
from .precision import floating, rounded_once


def _glu(x: np.ndarray, dim: int) -> np.ndarray:
    floating(x, "glu_cpu")
    if not x.ndim:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    dim = checked_dim(dim, x.ndim)
    if x.shape[dim] % 2:
        raise RuntimeError(f"Halving dimension must be even, but dimension {dim} is size {x.shape[dim]}")
    a, b = np.split(x, 2, axis=dim)
    return a / (1 + np.exp(-b))


def _glu_backward(g: np.ndarray, x: np.ndarray, dim: int) -> np.ndarray:
    a, b = np.split(x, 2, axis=dim)
    share = 1 / (1 + np.exp(-b))
    return np.concatenate((share * g, (1 - share) * share * g * a), axis=dim)


def _glu_halves(self: Tensor, dim: int) -> tuple[Tensor, Tensor]:
    n = self._array.shape[dim] // 2
    return self.narrow(dim, 0, n), self.narrow(dim, n, n).sigmoid()


def _glu_slope(grad: Tensor, self: Tensor, dim: int) -> Tensor:
    a, s = _glu_halves(self, dim)
    first, second = grad.chunk(2, dim)
    return first * s + second * a * s * (1 - s)


def _glu_curve(grad: Tensor, grad_output: Tensor, self: Tensor, dim: int) -> Tensor:
    a, s = _glu_halves(self, dim)
    first, second = grad.chunk(2, dim)
    bend = s * (1 - s)
    return cat([second * bend * grad_output, (first + second * a * (1 - 2 * s)) * bend * grad_output], dim)


glu = op(
    "glu(self, dim=-1)", rounded_once(_glu), method=False,
    self=lambda grad, self, dim: glu_backward(grad, self, dim),
    doc="The first half along `dim` times the sigmoid of the second.",
)  # fmt: skip
glu_backward = op(
    "glu_backward(grad_output, self, dim)", rounded_once(_glu_backward), method=False, node="GluBackwardBackward0",
    grad_output=_glu_slope,
    self=_glu_curve,
    doc="The gradient of glu.",
)  # fmt: skip

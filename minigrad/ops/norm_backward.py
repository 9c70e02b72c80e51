"""The gradients of layer_norm and batch_norm: ops, as in torch, that can be differentiated again.

Counterpart in PyTorch: native_layer_norm_backward and native_batch_norm_backward. Both kinds of layer make x
standard (less its mean, times 1 / deviation) and scale it, over other dimensions. Their second derivatives
are long; here the engine finds them: it differentiates the first ones, written with ops that it knows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from .. import mode
from ..differentiate import grad as gradient
from ..op import op
from ..tensor import Tensor
from .precision import rounded_once

Dims = tuple[int, ...]


class How(NamedTuple):
    """What is made standard: over which dimensions, with weights by channel or not, fixed statistics, eps."""

    dims: Dims
    channels: bool
    fixed: bool
    eps: float

    def stretched(self, weight: Any, ndim: int) -> Any:
        """A weight in the shape that stretches over x."""
        return channel(weight, ndim) if self.channels else weight

    def summed(self, ndim: int) -> Dims:
        """The dimensions over which weights are alike."""
        return not_channel(ndim) if self.channels else tuple(d for d in range(ndim) if d not in self.dims)


def channel(value: Any, ndim: int) -> Any:
    """One value a channel, in the shape that stretches over the other dimensions."""
    return value if value is None else value.reshape((1, -1, *[1] * (ndim - 2)))


def not_channel(ndim: int) -> Dims:
    return (0, *range(2, ndim))


def standardized(x: Tensor, dims: Dims, mean: Tensor, rstd: Tensor, eps: float) -> tuple[Tensor, Tensor]:
    """The normalised x, and 1 / sqrt(variance + eps); mean and rstd as the forward found them."""
    if mode.local.grad:  # recorded, they depend on x
        mean = x.mean(dims, keepdim=True)
        rstd = (((x - mean) ** 2).mean(dims, keepdim=True) + eps) ** -0.5
    return (x - mean) * rstd, rstd


def through(grad: Tensor, standard: Tensor, rstd: Tensor, dims: Dims) -> Tensor:
    """The gradient of x from that of its normalised form: less its mean, less its part along x."""
    mean = grad.mean(dims, keepdim=True)
    along = (grad * standard).mean(dims, keepdim=True)
    return (grad - mean - standard * along) * rstd


# ------------------------------------------------------------------ on arrays


def _input(
    g: np.ndarray, x: np.ndarray, mean: np.ndarray, rstd: np.ndarray, how: How, weight: Any
) -> np.ndarray:
    if weight is not None:
        g = g * how.stretched(weight, x.ndim)
    if how.fixed:
        return g * rstd
    standard = (x - mean) * rstd
    along = (g * standard).mean(how.dims, keepdims=True)
    return (g - g.mean(how.dims, keepdims=True) - standard * along) * rstd


def _weight(
    g: np.ndarray, x: np.ndarray, mean: np.ndarray, rstd: np.ndarray, how: How, weight: Any
) -> np.ndarray:
    return (g * ((x - mean) * rstd)).sum(how.summed(x.ndim))


def _bias(
    g: np.ndarray, x: np.ndarray, mean: np.ndarray, rstd: np.ndarray, how: How, weight: Any
) -> np.ndarray:
    return g.sum(how.summed(x.ndim))


# ------------------------------------------------------------------ the same on tensors, to be differentiated


def _standard(x: Tensor, mean: Tensor, rstd: Tensor, how: How) -> tuple[Tensor, Tensor]:
    return ((x - mean) * rstd, rstd) if how.fixed else standardized(x, how.dims, mean, rstd, how.eps)


def _input_again(g: Tensor, x: Tensor, mean: Tensor, rstd: Tensor, how: How, weight: Any) -> Tensor:
    standard, rstd = _standard(x, mean, rstd, how)
    if weight is not None:
        g = g * how.stretched(weight, x.ndim)
    return g * rstd if how.fixed else through(g, standard, rstd, how.dims)


def _weight_again(g: Tensor, x: Tensor, mean: Tensor, rstd: Tensor, how: How, weight: Any) -> Tensor:
    product = g * _standard(x, mean, rstd, how)[0]
    over = how.summed(x.ndim)
    return product.sum(over) if over else product


def _bias_again(g: Tensor, x: Tensor, mean: Tensor, rstd: Tensor, how: How, weight: Any) -> Tensor:
    over = how.summed(x.ndim)
    return g.sum(over) if over else g.clone()


def _of(function: Callable[..., Tensor], position: int) -> Callable[..., Any]:
    """The formula for an argument of an op that `function` says on tensors; None where it has no part."""

    def formula(
        grad: Tensor, grad_output: Tensor, input: Tensor, mean: Tensor, rstd: Tensor, how: How, weight: Any
    ) -> Any:
        args: list[Any] = [grad_output, input, mean, rstd, how, weight]
        recorded = mode.local.grad
        if not recorded:
            args = [a.detach() if isinstance(a, Tensor) else a for a in args]
            args[position].requires_grad_()
        with mode.enable_grad():
            found = function(*args)
        if not found.requires_grad:
            return None
        return gradient(found, args[position], grad, create_graph=recorded, allow_unused=True)[0]

    return formula


def _entries(name: str, node: str) -> list[Callable[..., Tensor]]:
    """The three gradients of one kind of layer, which are one node with three outputs in torch."""
    parts = {
        "input": (_input, _input_again),
        "weight": (_weight, _weight_again),
        "bias": (_bias, _bias_again),
    }
    return [
        op(
            f"{name}_{part}(grad_output, input, mean: Tensor, rstd: Tensor, how, weight=None)",
            rounded_once(forward),
            method=False,
            of=f"native_{name}_backward",
            node=node,
            doc=f"The gradient of {name} with respect to its {part}.",
            grad_output=_of(again, 0),
            input=_of(again, 1),
            weight=_of(again, 5),
        )
        for part, (forward, again) in parts.items()
    ]


layer_norm_input, layer_norm_weight, layer_norm_bias = _entries(
    "layer_norm", "NativeLayerNormBackwardBackward0"
)
batch_norm_input, batch_norm_weight, batch_norm_bias = _entries(
    "batch_norm", "NativeBatchNormBackwardBackward0"
)

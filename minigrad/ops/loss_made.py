"""Losses made of other ops, whose nodes grad_fn shows.

Counterpart in PyTorch: aten/src/ATen/native/Loss.cpp and Distance.cpp, torch/nn/functional.py.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from ..broadcast import broadcast_shape
from ..dtypes import result_type
from ..mode import no_grad
from ..op import op
from ..tensor import Tensor
from .activations import logsigmoid
from .create import ones_like, zeros_like
from .filled import filled
from .loss import number, reduced
from .precision import rounded_once
from .scalars import minus, plus, times


def _broadcast(*tensors: Tensor) -> list[Tensor]:
    shape = broadcast_shape([t._array for t in tensors])
    return [t if t._array.shape == shape else t.expand(shape) for t in tensors]


# ------------------------------------------------------------------ of distributions


def kl_div(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Tensor:
    """The Kullback-Leibler divergence of target from input, which holds logarithms of probabilities.

    "batchmean" divides the sum by the length of dimension 0, as the mathematical definition asks; "mean" by
    the number of elements, with a warning.
    """
    if reduction == "mean" and size_average is None and reduce is None:
        warnings.warn(
            "reduction: 'mean' divides the total loss by both the batch size and the support size.'batchmean' "
            "divides only by the batch size, and aligns with the KL div math definition.'mean' will be changed "
            "to behave the same as 'batchmean' in the next major release.",
            UserWarning,
            stacklevel=2,
        )
    batch = reduction == "batchmean"
    how = number("sum" if batch else reduction, size_average, reduce)
    if not (input.is_floating_point() and target.is_floating_point()):
        raise RuntimeError("kl_div: Integral inputs not supported.")
    loss = target.exp() * (target - input) if log_target else target.xlogy(target) - target * input
    found = reduced(loss, how)
    return found / input._array.shape[0] if batch and input.ndim else found


def poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    size_average: bool | None = None,
    eps: float = 1e-8,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Minus the log-likelihood of counts, target, under the rate input, or exp(input) where log_input.

    full: with Stirling's approximation of the term that does not depend on input, for targets above 1.
    """
    how = number(reduction, size_average, reduce)
    loss = input.exp() - target * input if log_input else input - target * plus(input, eps).log()
    if full:
        stirling = target * target.log() - target + times(times(target, 2 * math.pi).log(), 0.5)
        loss = loss + stirling.masked_fill(target <= 1, 0.0)
    return reduced(loss, how)


def gaussian_nll_loss(
    input: Tensor, target: Tensor, var: Any, full: bool = False, eps: float = 1e-6, reduction: str = "mean"
) -> Tensor:
    """Minus the log-likelihood of target under normal distributions of means input and variances var.

    var: like input, or without its last dimension, or with one dimension of length 1, or a number.
    """
    if isinstance(var, float):
        if var < 0:
            raise ValueError("var has negative entry/entries")
        var = var * ones_like(input)
    elif (var._array < 0).any():
        raise ValueError("var has negative entry/entries")
    shape, other = input._array.shape, var._array.shape
    if other != shape:
        if other == shape[:-1]:
            var = var.unsqueeze(-1)
        elif len(other) != len(shape) or sum(m for n, m in zip(shape, other, strict=True) if n != m) != 1:
            raise ValueError("var is of incorrect size")
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not valid")
    var = var.clone()
    with no_grad():
        var.clamp_(min=eps)
    loss = 0.5 * (var.log() + (input - target) ** 2 / var)
    if full:
        loss = loss + 0.5 * math.log(2 * math.pi)
    return reduced(loss, number(reduction))


# ------------------------------------------------------------------ of margins


def hinge_embedding_loss(
    input: Tensor,
    target: Tensor,
    margin: float = 1.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """input where the target is 1, max(0, margin - input) where it is -1."""
    how = number(reduction, size_average, reduce)
    far = (filled(margin, input) - input).clamp_min(0)
    zeros = zeros_like(input)
    return reduced(far.where(target != 1, zeros) + input.where(target != -1, zeros), how)


def margin_ranking_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """max(0, -target * (input1 - input2) + margin): target 1 ranks input1 higher, -1 input2."""
    how = number(reduction, size_average, reduce)
    if not input1.ndim == input2.ndim == target.ndim:
        raise RuntimeError(
            "margin_ranking_loss : All input tensors should have same dimension but got sizes: input1: "
            f"{input1.size()}, input2: {input2.size()}, target: {target.size()} "
        )
    return reduced(plus(-target * (input1 - input2), margin).clamp_min(0), how)


def multilabel_soft_margin_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The mean over the classes, the last dimension, of binary_cross_entropy_with_logits."""
    how = number(reduction, size_average, reduce)
    loss = -(target * logsigmoid(input) + (1 - target) * logsigmoid(-input))
    if weight is not None:
        loss = loss * weight
    return reduced(loss.sum(-1) / input._array.shape[-1], how)


# ------------------------------------------------------------------ of distances


def _p_norm_self(grad: Tensor, self: Tensor, p: float, dim: int, keepdim: bool, result: Tensor) -> Tensor:
    if not keepdim:
        grad, result = grad.unsqueeze(dim), result.unsqueeze(dim)
    if p == 0:
        return self * 0
    if p == 1:
        return self.sgn() * grad
    if p == 2:
        return self * (grad / result).masked_fill(result == 0, 0.0)
    if math.isinf(p):
        hit = self.abs() == result
        return self.sgn() * (grad / hit.sum(dim, keepdim=True)).masked_fill(~hit, 0.0)
    size = self.abs()
    slope = self.sgn() * size.pow(p - 1) if p < 2 else self * size.pow(p - 2)
    return slope.masked_fill(self == 0, 0.0) * (grad / result.pow(p - 1)).masked_fill(result == 0, 0.0)


p_norm = op(
    "p_norm(self, p, dim, keepdim)",
    rounded_once(lambda x, p, dim, keepdim: np.linalg.norm(x, p, axis=dim, keepdims=keepdim)),
    method=False, of="norm", node="NormBackward1",
    self=_p_norm_self,
    doc="The p-norm along one dimension, as the distances of torch's C++ have it.",
)  # fmt: skip


def pairwise_distance(
    x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False
) -> Tensor:
    """The p-norm of x1 - x2 + eps along the last dimension."""
    difference = plus(x1 - x2, eps)
    if not difference.ndim:
        return p_norm(difference.unsqueeze(0), p, 0, False)
    return p_norm(difference, p, difference.ndim - 1, keepdim)


def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """x1 . x2 / (max(|x1|, eps) * max(|x2|, eps)) along `dim`."""
    kind = result_type((x1._array, x2._array))
    if not kind.is_floating_point:
        raise RuntimeError(
            f"expected common dtype to be floating point, yet common dtype is {kind.scalar_type}"
        )
    a, b = (t.to(kind) for t in _broadcast(x1, x2))
    return (_unit(a, dim, eps) * _unit(b, dim, eps)).sum(dim)


def _unit(x: Tensor, dim: int, eps: float) -> Tensor:
    size = x.norm(2, dim, True).clone()
    with no_grad():
        size.clamp_min_(eps)
    return x / size


def cosine_embedding_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """1 - cos where the target is 1, max(0, cos - margin) where it is -1."""
    how = number(reduction, size_average, reduce)
    if target.ndim > 1:
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    if input1.ndim not in (1, 2) or target.ndim != input1.ndim - 1:
        raise RuntimeError(
            f"{target.ndim}D target tensor expects {target.ndim + 1}D input tensors, but found inputs with sizes "
            f"{list(input1.shape)} and {list(input2.shape)}."
        )
    dim = target.ndim
    product = (input1 * input2).sum(dim)
    square1 = plus((input1 * input1).sum(dim), 1e-12)
    square2 = plus((input2 * input2).sum(dim), 1e-12)
    cos = product / (square1 * square2).sqrt()
    zeros = zeros_like(cos)
    near = (filled(1, cos) - cos).where(target == 1, zeros)
    far = minus(cos, margin).clamp_min(0).where(target == -1, zeros)
    return reduced(near + far, how)


def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """max(0, margin + |anchor - positive| - |anchor - negative|), distances along the last dimension."""
    how = number(reduction, size_average, reduce)
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    if not anchor.ndim == positive.ndim == negative.ndim:
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: "
            f"anchor {anchor.ndim}D, positive {positive.ndim}D, and negative {negative.ndim}D inputs"
        )
    near = pairwise_distance(anchor, positive, p, eps)
    far = pairwise_distance(anchor, negative, p, eps)
    if swap:
        far = far.minimum(pairwise_distance(positive, negative, p, eps))
    return reduced((plus(near, margin) - far).clamp_min(0), how)

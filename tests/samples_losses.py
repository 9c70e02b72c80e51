"""Samples of ops/loss.py, loss_classes.py and loss_made.py."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

import minigrad
from minigrad.nn import functional as F
from op_samples import Case, OpSamples, bad, case, real

REDUCTIONS = ("none", "mean", "sum")


def reduce(loss: np.ndarray, reduction: str) -> np.ndarray:
    return {"none": loss, "mean": np.mean(loss), "sum": np.sum(loss)}[reduction]


def of_pairs(function: Callable[..., float]) -> Callable[..., np.ndarray]:
    """A loss of two numbers, for arrays."""

    def reference(
        x: np.ndarray, y: np.ndarray, *, reduction: str = "mean", weight: Any = None, **options: Any
    ) -> Any:
        loss = np.array(
            [function(float(a), float(b), **options) for a, b in zip(x.ravel(), y.ravel(), strict=True)]
        )
        loss = loss.reshape(x.shape)
        return reduce(loss if weight is None else loss * weight, reduction)

    return reference


def pairs(low: float = -2.0, high: float = 2.0, **options: Any) -> list[Case]:
    cases = [case(real(2, 3, low=low, high=high), real(2, 3, low=low, high=high)[::-1].copy(), reduction=r, **options)
             for r in REDUCTIONS]  # fmt: skip
    return [*cases, case(real(low=low, high=high), real(low=low / 2, high=high), **options)]


def bce(x: float, y: float) -> float:
    return -(y * max(math.log(x), -100) + (1 - y) * max(math.log1p(-x), -100))


def bce_logits(
    x: np.ndarray, y: np.ndarray, *, weight: Any = None, pos_weight: Any = None, reduction: str = "mean"
) -> Any:
    p = 1 / (1 + np.exp(-x))
    loss = -((1 if pos_weight is None else pos_weight) * y * np.log(p) + (1 - y) * np.log(1 - p))
    return reduce(loss if weight is None else loss * weight, reduction)


def nll(
    x: np.ndarray,
    target: np.ndarray,
    *,
    weight: Any = None,
    ignore_index: int = -100,
    reduction: str = "mean",
) -> Any:
    if x.ndim == 1:
        loss = nll(x[None], target[None], weight=weight, ignore_index=ignore_index, reduction=reduction)
        return loss[0] if reduction == "none" else loss
    loss, total = np.zeros(target.shape), 0.0
    for place in np.ndindex(target.shape):
        label = target[place]
        if label != ignore_index:
            w = 1.0 if weight is None else weight[label]
            loss[place] = -w * x[(place[0], label, *place[1:])]
            total += w
    return loss.sum() / total if reduction == "mean" else reduce(loss, reduction)


def fixed_weight(function: Any) -> Any:
    """The loss with weights that require no grad, which torch forbids them."""

    def call(x: Any, y: Any, **options: Any) -> Any:
        kept = {k: v.detach() if k.endswith("weight") else v for k, v in options.items()}
        return function(x, y, **kept)

    return call


LABELS = np.array([2, 0])
SIGNS = minigrad.tensor([[1.0, -1.0, 1.0], [-1.0, 1.0, -1.0]], dtype=minigrad.float64)
PLANE = (np.arange(8).reshape(2, 2, 2) * 5) % 3
FLOATS_ONLY = bad(NotImplementedError, "not implemented for 'Long'", np.array([1]), np.array([2]))
UNKNOWN = bad(ValueError, "average is not a valid value for reduction", real(2), real(2), reduction="average")
P = {"low": 0.05, "high": 0.95}

SAMPLES = [
    OpSamples("mse_loss mse_loss_backward", F.mse_loss, of_pairs(lambda x, y: (x - y) ** 2), pairs(),
              bad=[FLOATS_ONLY, UNKNOWN]),
    OpSamples("abs mean_all", F.l1_loss, of_pairs(lambda x, y: abs(x - y)), pairs(), bad=[UNKNOWN]),
    OpSamples("smooth_l1_loss smooth_l1_loss_backward", F.smooth_l1_loss,
              of_pairs(lambda x, y, beta=1.0: (x - y) ** 2 / (2 * beta) if abs(x - y) < beta else abs(x - y) - beta / 2),
              [*pairs(), *pairs(beta=0.7)],
              bad=[FLOATS_ONLY, UNKNOWN, bad(RuntimeError, "negative values for beta", real(2), real(2), beta=-1.0)]),
    OpSamples("huber_loss huber_loss_backward", F.huber_loss,
              of_pairs(lambda x, y, delta=1.0: (x - y) ** 2 / 2 if abs(x - y) < delta else delta * (abs(x - y) - delta / 2)),
              [*pairs(), *pairs(delta=0.7)],
              bad=[FLOATS_ONLY, UNKNOWN, bad(RuntimeError, "non-positive values for delta", real(2), real(2), delta=0.0)]),
    OpSamples("binary_cross_entropy binary_cross_entropy_backward", F.binary_cross_entropy, of_pairs(bce), pairs(**P),
              bad=[bad(RuntimeError, "all elements of input should be between 0 and 1", real(2) * 9, real(2)),
                   bad(RuntimeError, "all elements of target should be between 0 and 1", real(2, **P), real(2, **P) * 9),
                   bad(RuntimeError, "Found dtype Long but expected Double", real(2, **P), np.ones(2, int)),
                   bad(RuntimeError, "Attempting to broadcast a dimension of length 3 at -1! Mismatching argument at index 1 had",
                       real(2, **P), real(2, **P), weight=real(3)),
                   bad(ValueError, "different to the input size (minigrad.Size([2]))", real(2), real(3))]),
    OpSamples("binary_cross_entropy_with_logits", F.binary_cross_entropy_with_logits, bce_logits,
              [case(real(2, 3), real(2, 3, **P), reduction=r) for r in REDUCTIONS],
              bad=[bad(ValueError, "must be the same as input size", real(2), real(3)),
                   bad(RuntimeError, "result type Double can't be cast to the desired output type Long", real(2), np.ones(2, int)),
                   bad(RuntimeError, "size of tensor a (3) must match the size of tensor b (2)", real(2), real(2), pos_weight=real(3)),
                   bad(RuntimeError, "output with shape [2] doesn't match the broadcast shape [3, 2]", real(2), real(2), weight=real(3, 2))]),
    OpSamples("soft_margin_loss soft_margin_loss_backward", lambda x, **options: F.soft_margin_loss(x, SIGNS.to(x.dtype), **options),
              lambda x, reduction="mean": reduce(np.log1p(np.exp(-SIGNS.numpy() * x)), reduction),
              [case(real(2, 3), reduction=r) for r in REDUCTIONS],
              bad=[bad(RuntimeError, "The size of tensor a (4) must match the size of tensor b (3)", real(4))]),
    OpSamples("nll_loss nll_loss_backward", fixed_weight(F.nll_loss), nll,
              [*[case(real(2, 3), LABELS, reduction=r) for r in REDUCTIONS],
               *[case(real(2, 3), LABELS, ignore_index=2, reduction=r) for r in REDUCTIONS],
               case(real(2, 3), np.array([1, -100])), case(real(3), np.array(1)), case(real(3), np.array(1), reduction="none")],
              bad=[bad(IndexError, "Target 3 is out of bounds", real(1, 3), np.array([3])),
                   bad(IndexError, "Target -1 is out of bounds", real(1, 3), np.array([-1])),
                   bad(ValueError, "Expected input batch_size (2) to match target batch_size (1)", real(2, 3), np.array([1])),
                   bad(RuntimeError, "expected target dtype to be Long or Byte, but got Double", real(2, 3), real(2)),
                   bad(RuntimeError, "Expected target size [2, 4], got [2, 3]", real(2, 3, 4), np.zeros((2, 3), int)),
                   bad(RuntimeError, "all 3 classes", real(2, 3), LABELS, weight=real(2)),
                   bad(RuntimeError, "expected scalar type Double but found Long", real(2, 3), LABELS, weight=np.ones(3, int)),
                   bad(TypeError, "nll_loss_nd(): argument 'target' (position 2) must be Tensor, not list", real(2, 3), [0, 1])]),
    OpSamples("nll_loss2d nll_loss2d_backward", F.nll_loss, nll,
              [*[case(real(2, 3, 2, 2), PLANE, reduction=r) for r in REDUCTIONS],
               case(real(2, 3, 2, 2), PLANE, ignore_index=1), case(real(2, 3, 2), PLANE[:, 0], reduction="none"),
               case(real(2, 3, 2), PLANE[:, 0])],
              bad=[bad(RuntimeError, "only batches of spatial targets", real(2, 3, 2, 2), LABELS),
                   bad(RuntimeError, "size mismatch (got input: [2, 3, 2, 2] , target: [2, 2, 1]", real(2, 3, 2, 2), PLANE[:, :, :1])]),
    OpSamples("p_norm", F.pairwise_distance,
              lambda x, y, p=2.0, keepdim=False: np.linalg.norm(x - y + 1e-6, p, axis=-1, keepdims=keepdim),
              [case(real(2, 3), real(2, 3)[::-1].copy()), case(real(2, 3), real(3) + 5, p=3.0),
               case(real(2, 3), real(3) + 5, p=1.0, keepdim=True), case(real(2, 3), real(3) + 5, p=math.inf),
               case(real(2, 3), real(3) + 5, p=1.5)]),
]  # fmt: skip

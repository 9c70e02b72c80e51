"""Losses as modules.

Counterpart in PyTorch: torch/nn/modules/loss.py.
"""

from __future__ import annotations

import inspect
from typing import Any

from ..ops.loss import REDUCTIONS, number
from ..tensor import Tensor
from . import functional as F
from .making import REQUIRED, arguments_of, signature_of
from .module import Module


class _Loss(Module):
    """A loss with options, which are the arguments of its function after the tensors.

    Tensors among them, the weights, are buffers. size_average and reduce, of old, work with a warning.
    """

    function: Any = None
    tensors = 2  # how many tensors forward takes
    left_out: tuple[str, ...] = ()  # options of the function that the class does not have

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.__doc__ = f"functional.{cls.function.__name__} as a module."
        parameters = list(inspect.signature(cls.function).parameters.values())
        cls.inputs = {p.name: REQUIRED for p in parameters[: cls.tensors]}
        cls.options = {p.name: p.default for p in parameters[cls.tensors :] if p.name not in cls.left_out}
        if "__init__" not in cls.__dict__:
            cls.__signature__ = signature_of(cls.options)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        found = arguments_of(f"{type(self).__name__}.__init__", self.options, args, kwargs)
        old = found.pop("size_average", None), found.pop("reduce", None)
        if old != (None, None):
            number_of = number(found["reduction"], *old)
            found["reduction"] = next(n for n, i in REDUCTIONS.items() if i == number_of)
        for key, value in found.items():
            if key in ("weight", "pos_weight"):
                self.register_buffer(key, value)
            else:
                setattr(self, key, value)
        self.names = tuple(found)

    def forward(self, *tensors: Tensor, **named: Tensor) -> Tensor:
        """The loss of these tensors, in the order of the function's or by its names."""
        if named or len(tensors) != self.tensors:
            tensors = tuple(
                arguments_of(f"{type(self).__name__}.forward", self.inputs, tensors, named).values()
            )
        return type(self).function(*tensors, **{name: getattr(self, name) for name in self.names})


class L1Loss(_Loss):
    function, left_out = F.l1_loss, ("weight",)


class MSELoss(_Loss):
    function, left_out = F.mse_loss, ("weight",)


class SmoothL1Loss(_Loss):
    function = F.smooth_l1_loss


class HuberLoss(_Loss):
    function, left_out = F.huber_loss, ("weight",)


class NLLLoss(_Loss):
    function = F.nll_loss


class CrossEntropyLoss(_Loss):
    function = F.cross_entropy


class BCELoss(_Loss):
    function = F.binary_cross_entropy


class BCEWithLogitsLoss(_Loss):
    function = F.binary_cross_entropy_with_logits


class KLDivLoss(_Loss):
    function = F.kl_div


class PoissonNLLLoss(_Loss):
    function = F.poisson_nll_loss


class GaussianNLLLoss(_Loss):
    function, tensors = F.gaussian_nll_loss, 3


class SoftMarginLoss(_Loss):
    function = F.soft_margin_loss


class MultiLabelSoftMarginLoss(_Loss):
    function = F.multilabel_soft_margin_loss


class HingeEmbeddingLoss(_Loss):
    function = F.hinge_embedding_loss


class MarginRankingLoss(_Loss):
    function, tensors = F.margin_ranking_loss, 3


class CosineEmbeddingLoss(_Loss):
    function, tensors = F.cosine_embedding_loss, 3


class TripletMarginLoss(_Loss):
    function, tensors = F.triplet_margin_loss, 3

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.margin <= 0:
            raise ValueError(
                f"TripletMarginLoss: expected margin to be greater than 0, got {self.margin} instead"
            )


class CosineSimilarity(Module):
    """functional.cosine_similarity as a module."""

    def __init__(self, dim: int = 1, eps: float = 1e-8) -> None:
        super().__init__()
        self.dim, self.eps = dim, eps

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        """The cosine of the angle between x1 and x2 along `dim`."""
        return F.cosine_similarity(x1, x2, self.dim, self.eps)


class PairwiseDistance(Module):
    """functional.pairwise_distance as a module."""

    def __init__(self, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> None:
        super().__init__()
        self.norm, self.eps, self.keepdim = p, eps, keepdim

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        """The p-norm of the difference along the last dimension."""
        return F.pairwise_distance(x1, x2, self.norm, self.eps, self.keepdim)

"""Dropout layers.

Counterpart in PyTorch: torch/nn/modules/dropout.py.
"""

from __future__ import annotations

from ..tensor import Tensor
from . import functional as F
from .module import Module


class _Dropout(Module):
    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        if p < 0 or p > 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
        self.p, self.inplace = p, inplace

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(_Dropout):
    """In training each element is 0 with probability p, else divided by 1 - p."""

    def forward(self, input: Tensor) -> Tensor:
        """input, with some elements dropped."""
        return F.dropout(input, self.p, self.training, self.inplace)


class Dropout1d(_Dropout):
    """Dropout of whole channels of (N, C, L)."""

    def forward(self, input: Tensor) -> Tensor:
        """input, with some channels dropped."""
        return F.dropout1d(input, self.p, self.training, self.inplace)


class AlphaDropout(_Dropout):
    """functional.alpha_dropout as a module: dropout for networks of SELU."""

    def forward(self, input: Tensor) -> Tensor:
        """input, with some elements far below 0, scaled and shifted."""
        return F.alpha_dropout(input, self.p, self.training, self.inplace)


class Dropout3d(_Dropout):
    """Dropout of whole channels of (N, C, D, H, W)."""

    def forward(self, input: Tensor) -> Tensor:
        """input, with some channels dropped."""
        return F.dropout3d(input, self.p, self.training, self.inplace)


class Dropout2d(_Dropout):
    """Dropout of whole channels of (N, C, H, W)."""

    def forward(self, input: Tensor) -> Tensor:
        """input, with some channels dropped."""
        return F.dropout2d(input, self.p, self.training, self.inplace)

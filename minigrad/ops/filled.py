"""Tensors of one value, for formulas: of a dtype that is there already, and no leaf that a user made."""

from __future__ import annotations

import numpy as np

from ..tensor import Tensor, wrap


def zeros_in(shape: tuple[int, ...], like: Tensor) -> Tensor:
    """Zeros in a shape, of another tensor's dtype."""
    return wrap(np.zeros(shape, like._array.dtype))


def filled(value: float, like: Tensor) -> Tensor:
    """One value in the shape and dtype of another tensor."""
    return wrap(np.full(like._array.shape, value, like._array.dtype))

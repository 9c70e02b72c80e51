"""Dropout: some elements, chosen by chance, become 0, and the others grow so that the mean stays.

Counterpart in PyTorch: aten/src/ATen/native/Dropout.cpp. It is a product with a mask, as there: grad_fn is
MulBackward0. The random numbers are those of random.py, not torch's.
"""

from __future__ import annotations

import numpy as np

from ..random import generator
from ..tensor import Tensor, wrap


def _mask(shape: tuple[int, ...], p: float, like: Tensor) -> Tensor:
    """1 / (1 - p) where an element stays, else 0."""
    kept = generator.random(shape) >= p
    return wrap((kept / (1 - p)).astype(like._array.dtype))


def _dropped(input: Tensor, shape: tuple[int, ...], p: float, training: bool, inplace: bool) -> Tensor:
    if p < 0 or p > 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if p == 0 or not training or not input.numel():
        return input
    if input._array.dtype.kind != "f":
        kind = input.dtype.tensor_type.removesuffix("Tensor")
        raise RuntimeError(f"result type Float can't be cast to the desired output type {kind}")
    mask = wrap(np.zeros((), input._array.dtype)) if p == 1 else _mask(shape, p, input)
    return input.mul_(mask) if inplace else input * mask


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Each element is 0 with probability p, else divided by 1 - p; input itself where not training."""
    return _dropped(input, input._array.shape, p, training, inplace)


def _whole_channels(input: Tensor, p: float, training: bool, inplace: bool) -> Tensor:
    shape = input._array.shape
    return _dropped(input, (*shape[:2], *[1] * (len(shape) - 2)), p, training, inplace)


def dropout1d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """dropout of whole channels of (N, C, L) or (C, L)."""
    if p < 0 or p > 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if input.ndim not in (2, 3):
        raise RuntimeError(
            f"dropout1d: Expected 2D or 3D input, but received a {input.ndim}D input. Note that dropout1d exists to "
            "provide channel-wise dropout on inputs with 1 spatial dimension, a channel dimension, and an optional "
            "batch dimension (i.e. 2D or 3D inputs)."
        )
    if input.ndim == 3:
        return _whole_channels(input, p, training, inplace)
    batch = input.unsqueeze_(0) if inplace else input.unsqueeze(0)
    found = _whole_channels(batch, p, training, inplace)
    return found.squeeze_(0) if inplace else found.squeeze(0)


def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """dropout of whole channels of (N, C, H, W). NotImplementedError for other numbers of dimensions."""
    if input.ndim != 4:
        raise NotImplementedError(
            f"dropout2d(): an input of {input.ndim} dimensions is not supported, only (N, C, H, W)"
        )
    return _whole_channels(input, p, training, inplace)

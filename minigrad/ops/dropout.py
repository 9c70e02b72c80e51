"""Dropout: some elements, chosen by chance, become 0, and the others grow so that the mean stays.

Counterpart in PyTorch: aten/src/ATen/native/Dropout.cpp. It is a product with a mask, as there: grad_fn is
MulBackward0.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ..tensor import Tensor, wrap
from .draw import chosen
from .filled import zeros_in
from .public import of_tensors


def _mask(shape: tuple[int, ...], p: float, like: Tensor) -> Tensor:
    """1 / (1 - p) where an element stays, else 0."""
    array = like._array if like._array.shape == shape else np.empty(shape)
    return wrap((chosen(1 - p, array) / (1 - p)).astype(like._array.dtype))


def _dropped(input: Tensor, shape: tuple[int, ...], p: float, training: bool, inplace: bool) -> Tensor:
    _refuse(p)
    if p == 0 or not training or not input.numel():
        return input
    if input._array.dtype.kind != "f":
        kind = input.dtype.scalar_type
        raise RuntimeError(f"result type Float can't be cast to the desired output type {kind}")
    mask = zeros_in((), input) if p == 1 else _mask(shape, p, input)
    return input.mul_(mask) if inplace else input * mask


@of_tensors("dropout")
def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Each element is 0 with probability p, else divided by 1 - p; input itself where not training."""
    return _dropped(input, input._array.shape, p, training, inplace)


def _whole_channels(input: Tensor, p: float, training: bool, inplace: bool) -> Tensor:
    shape = input._array.shape
    if len(shape) < 2 and p > 0 and training and input.numel():
        raise RuntimeError("Feature dropout requires at least 2 dimensions in the input")
    return _dropped(input, (*shape[:2], *[1] * (len(shape) - 2)), p, training, inplace)


def _refuse(p: float) -> None:
    if p < 0 or p > 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def _of_one(function: Callable[..., Tensor], input: Tensor, inplace: bool, *options: Any) -> Tensor:
    """`function` for a sample without a batch."""
    found = function(input.unsqueeze_(0) if inplace else input.unsqueeze(0), *options, inplace)
    return found.squeeze_(0) if inplace else found.squeeze(0)


def dropout1d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """dropout of whole channels of (N, C, L) or (C, L)."""
    _refuse(p)
    if input.ndim not in (2, 3):
        raise RuntimeError(
            f"dropout1d: Expected 2D or 3D input, but received a {input.ndim}D input. Note that dropout1d exists to "
            "provide channel-wise dropout on inputs with 1 spatial dimension, a channel dimension, and an optional "
            "batch dimension (i.e. 2D or 3D inputs)."
        )
    if input.ndim == 2:
        return _of_one(_whole_channels, input, inplace, p, training)
    return _whole_channels(input, p, training, inplace)


def _warn(name: str, input: Tensor, spatial: int) -> None:
    dims = spatial + 1, spatial + 2
    if input.ndim not in dims:
        warnings.warn(
            f"{name}: Received a {input.ndim}-D input to {name}, which is deprecated and will result in an error in a "
            "future release. To retain the behavior and silence this warning, please use dropout instead. Note that "
            f"{name} exists to provide channel-wise dropout on inputs with {spatial} spatial dimensions, a channel "
            f"dimension, and an optional batch dimension (i.e. {dims[0]}D or {dims[1]}D inputs).",
            UserWarning,
            stacklevel=3,
        )


def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """dropout of whole channels of (N, C, H, W). As in torch, (N, C, L) and others give a warning."""
    _refuse(p)
    _warn("dropout2d", input, 2)
    if input.ndim == 3:
        warnings.warn(
            "dropout2d: Received a 3-D input to dropout2d and assuming that channel-wise 1-D dropout behavior is desired "
            "- input is interpreted as shape (N, C, L), where C is the channel dim. This behavior will change in a future "
            "release to interpret the input as one without a batch dimension, i.e. shape (C, H, W).",
            UserWarning,
            stacklevel=2,
        )
    return _whole_channels(input, p, training, inplace)


def dropout3d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """dropout of whole channels of (N, C, D, H, W) or (C, D, H, W)."""
    _refuse(p)
    _warn("dropout3d", input, 3)
    if input.ndim == 4:
        return _of_one(_whole_channels, input, inplace, p, training)
    return _whole_channels(input, p, training, inplace)


_ALPHA = 1.7580993408473766  # where selu ends far below 0, with the sign changed


def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Dropout that keeps mean and variance: what is dropped becomes selu's lowest value (Klambauer, 2017)."""
    _refuse(p)
    if p == 0 or not training or not input.numel():
        return input
    if p == 1:
        zero = zeros_in((), input)
        return input.mul_(zero) if inplace else input * zero
    kept = chosen(1 - p, input._array)
    a = 1 / math.sqrt((_ALPHA * _ALPHA * p + 1) * (1 - p))
    shift = wrap((np.where(kept, 0.0, -_ALPHA * a) + _ALPHA * a * p).astype(input._array.dtype))
    scale = wrap((kept * a).astype(input._array.dtype))
    return input.mul_(scale).add_(shift) if inplace else input * scale + shift

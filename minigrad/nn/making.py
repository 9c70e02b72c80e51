"""What all layers need when they are made."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from ..tensor import wrap
from .parameter import Parameter


def parameter(shape: tuple[int, ...], dtype: dtypes.dtype | None = None) -> Parameter:
    """A parameter that waits for its initial values."""
    return Parameter(wrap(np.zeros(shape, (dtype or dtypes.get_default_dtype()).numpy)))


def checked_device(device: Any, layer: str) -> None:
    """NotImplementedError for a device other than the CPU."""
    if device is not None and str(device) != "cpu":
        raise NotImplementedError(f"{layer}(): the device {device!r} is not supported, only 'cpu'")


def numbers(value: Any, count: int) -> tuple[int, ...]:
    """An int for each of `count` dimensions."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * count

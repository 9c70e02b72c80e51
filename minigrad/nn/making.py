"""What all layers need when they are made."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from .. import dtypes
from ..tensor import wrap
from .parameter import Parameter


def parameter(shape: tuple[int, ...], dtype: dtypes.dtype | None = None) -> Parameter:
    """A parameter that waits for its initial values. RuntimeError for a negative length."""
    if negative := next((n for n in shape if n < 0), 0):
        raise RuntimeError(f"Trying to create tensor with negative dimension {negative}: {list(shape)}")
    return Parameter(wrap(np.zeros(shape, (dtype or dtypes.get_default_dtype()).numpy)))


def checked_device(device: Any, layer: str) -> None:
    """NotImplementedError for a device other than the CPU."""
    if device is not None and str(device) != "cpu":
        raise NotImplementedError(f"{layer}(): the device {device!r} is not supported, only 'cpu'")


REQUIRED = inspect.Parameter.empty


def arguments_of(
    method: str, options: dict[str, Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """All of a method's arguments by name, those left out as in `options`. TypeError as Python's own."""
    required = [key for key, default in options.items() if default is REQUIRED]
    if len(args) > len(options):
        least, most = 1 + len(required), 1 + len(options)
        takes = f"from {least} to {most}" if least < most else str(most)
        raise TypeError(
            f"{method}() takes {takes} positional argument{'s' * (most > 1)} but {len(args) + 1} were given"
        )
    given = dict(zip(options, args, strict=False))
    for key in kwargs:
        if key not in options:
            raise TypeError(f"{method}() got an unexpected keyword argument '{key}'")
        if key in given:
            raise TypeError(f"{method}() got multiple values for argument '{key}'")
    found = {**options, **given, **kwargs}
    if missing := [repr(key) for key in required if found[key] is REQUIRED]:
        several = "s" * (len(missing) > 1)
        raise TypeError(
            f"{method}() missing {len(missing)} required positional argument{several}: {' and '.join(missing)}"
        )
    return found


def signature_of(options: dict[str, Any]) -> inspect.Signature:
    """What help() and editors show of a class that takes these options."""
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Signature(
        [inspect.Parameter(name, kind, default=value) for name, value in options.items()]
    )


def numbers(value: Any, count: int) -> tuple[int, ...]:
    """An int for each of `count` dimensions."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * count

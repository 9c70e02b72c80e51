"""finfo and iinfo: the limits of a dtype.

Counterpart in PyTorch: torch/csrc/TypeInfo.cpp.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from . import dtypes


class finfo:
    """Limits of a floating point dtype: eps, min, max, tiny, resolution, bits. TypeError for another."""

    __slots__ = ("bits", "dtype", "eps", "max", "min", "resolution", "smallest_normal", "tiny")

    def __init__(self, type: dtypes.dtype | None = None) -> None:
        found = dtypes.get_default_dtype() if type is None else _checked(type, "finfo")
        if not found.is_floating_point:
            raise TypeError(
                "minigrad.finfo() requires a floating point input type. Use minigrad.iinfo to handle "
                f"'{found!r}'"
            )
        info = np.finfo(found.numpy)
        self.dtype = found.name
        self.bits = info.bits
        self.eps, self.max, self.min = float(info.eps), float(info.max), float(info.min)
        self.smallest_normal = self.tiny = float(info.smallest_normal)
        self.resolution = 10.0**-info.precision

    def __repr__(self) -> str:
        numbers = ", ".join(
            f"{name}={getattr(self, name):.6g}"
            for name in ("resolution", "min", "max", "eps", "smallest_normal", "tiny")
        )
        return f"finfo({numbers}, dtype={self.dtype})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, finfo) and other.dtype == self.dtype

    def __hash__(self) -> int:
        return hash(self.dtype)


class iinfo:
    """Limits of a dtype of integers: min, max, bits. TypeError for another dtype."""

    __slots__ = ("bits", "dtype", "max", "min")

    def __init__(self, type: dtypes.dtype) -> None:
        found = _checked(type, "iinfo")
        if found.numpy.kind not in "iu":
            raise TypeError(
                f"minigrad.iinfo() requires an integer input type. Use minigrad.finfo to handle '{found!r}'"
            )
        info = np.iinfo(found.numpy)
        self.dtype, self.bits, self.min, self.max = found.name, info.bits, info.min, info.max

    def __repr__(self) -> str:
        return f"iinfo(min={self.min}, max={self.max}, dtype={self.dtype})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, iinfo) and other.dtype == self.dtype

    def __hash__(self) -> int:
        return hash(self.dtype)


def _checked(dtype: Any, name: str) -> dtypes.dtype:
    if not isinstance(dtype, dtypes.dtype):
        raise TypeError(
            f"{name}(): argument 'type' (position 1) must be minigrad.dtype, not {type(dtype).__name__}"
        )
    return dtype

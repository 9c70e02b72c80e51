"""Numbers at equal distances.

Counterpart in PyTorch: aten/src/ATen/native/RangeFactories.cpp.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from ..dtypes import dtype as Dtype
from ..tensor import Tensor
from .create import check_rest, checked_dtype, checked_number, leaf
from .public import explained


@explained
def arange(*bounds: Any, dtype: Any = None, requires_grad: bool = False, **rest: Any) -> Tensor:
    """arange(end), arange(start, end, step): from start (0) up to but without `end`, `step` (1) apart.

    int64 where all three are ints, else the default dtype. RuntimeError where `end` lies on the wrong side.
    """
    given = dict(zip(("start", "end", "step"), bounds, strict=False))
    given |= {name: rest.pop(name) for name in ("start", "end", "step") if name in rest}
    check_rest("arange", rest)
    if len(bounds) == 1 and "end" not in given:
        given = {**given, "start": 0, "end": bounds[0]}
    if len(bounds) > 3 or "end" not in given:
        raise TypeError("arange() takes (end), (start, end) or (start, end, step)")
    start = checked_number(given.get("start", 0), "arange", "start", 1)
    end = checked_number(given["end"], "arange", "end", min(len(bounds), 2) or 1)
    step = checked_number(given.get("step", 1), "arange", "step", 3)
    if not step:
        raise RuntimeError("step must be nonzero")
    if (end - start) * step < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    kind = checked_dtype(dtype, "arange")
    if kind is None:
        floating = any(isinstance(v, float) for v in (start, end, step))
        kind = dtypes.get_default_dtype() if floating else dtypes.int64
    if not np.isfinite([start, end]).all():
        raise RuntimeError(f"unsupported range: {start} -> {end}")
    if kind is dtypes.int64:
        start, end, step = int(start), int(end), int(step)
    count = int(np.ceil((end - start) / step))
    if not kind.is_floating_point:
        start, step = int(start), int(step)
    return leaf((start + step * np.arange(count)).astype(kind.numpy), requires_grad)


def _check_0d(name: str, start: Any, end: Any) -> None:
    given = {n: v.ndim for n, v in (("start", start), ("end", end)) if isinstance(v, Tensor)}
    if any(given.values()):
        tensors = "start and end tensors" if len(given) == 2 else f"{next(iter(given))} tensor"
        dims = " and ".join(f"{n} with {ndim} dimension(s)" for n, ndim in given.items())
        raise RuntimeError(f"{name} only supports 0-dimensional {tensors}, but got {dims}.")


def _spaced(start: Any, end: Any, steps: int, kind: Dtype, name: str) -> np.ndarray:
    """From both ends towards the middle, as torch computes it, so that it is symmetric."""
    if not hasattr(steps, "__index__"):
        raise TypeError(f"{name}(): argument 'steps' (position 3) must be int, not {type(steps).__name__}")
    _check_0d(name, start, end)
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    start, end = checked_number(start, name, "start", 1), checked_number(end, name, "end", 2)
    if not kind.is_floating_point:
        start, end = int(start), int(end)
    float_kind = np.dtype(np.float32 if kind.numpy in (np.float32, np.float16) else np.float64)
    if steps < 2:
        return np.full(steps, start, float_kind)
    first, last = float_kind.type(start), float_kind.type(end)
    step = (last - first) / float_kind.type(steps - 1)
    i = np.arange(steps)
    return np.where(
        i < steps // 2, first + step * i.astype(float_kind), last - step * (steps - 1 - i).astype(float_kind)
    )


@explained
def linspace(
    start: Any, end: Any, steps: int, *, dtype: Any = None, requires_grad: bool = False, **rest: Any
) -> Tensor:
    """`steps` numbers from `start` to `end`, both included, at equal distances."""
    check_rest("linspace", rest)
    kind = checked_dtype(dtype, "linspace") or dtypes.get_default_dtype()
    return leaf(_spaced(start, end, steps, kind, "linspace").astype(kind.numpy), requires_grad)


@explained
def logspace(
    start: Any, end: Any, steps: int, base: float = 10.0, *, dtype: Any = None, requires_grad: bool = False,
    **rest: Any,
) -> Tensor:  # fmt: skip
    """base ** linspace(start, end, steps)."""
    check_rest("logspace", rest)
    kind = checked_dtype(dtype, "logspace") or dtypes.get_default_dtype()
    if not kind.is_floating_point:
        start, end = int(start), int(end)
    powers = _spaced(start, end, steps, dtypes.float64, "logspace")
    return leaf((base**powers).astype(kind.numpy), requires_grad)

"""Making tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes, mode
from ..dtypes import dtype as Dtype
from ..tensor import Tensor, mark_inference, wrap


def leaf(array: np.ndarray, requires_grad: bool = False) -> Tensor:
    """A new leaf around `array`. RuntimeError where a dtype of integers is asked to require grad."""
    dtypes.of(array.dtype)
    made = wrap(array)
    if requires_grad:
        if array.dtype.kind != "f":
            raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
        made._requires_grad = True
    if mode.local.inference:
        mark_inference(made)
    return made


def tensor(data: Any, *, dtype: Dtype | None = None, requires_grad: bool = False) -> Tensor:
    """A tensor with a copy of `data`: a number, nested lists, a NumPy array, a tensor.

    Python floats become the default dtype, ints int64; a NumPy array keeps its dtype. ValueError for
    nested lists of unequal lengths, TypeError for what is no number.
    """
    return leaf(_array(data, dtype), requires_grad)


def _array(data: Any, dtype: Dtype | None) -> np.ndarray:
    if isinstance(data, Tensor):
        array = data._array
    elif isinstance(data, (np.ndarray, np.generic)):
        array = np.asarray(data)
    else:
        array = _from_python(data)
    return np.array(array, dtype=None if dtype is None else dtype.numpy, copy=True)


def _from_python(data: Any) -> np.ndarray:
    numbers: list[Any] = []
    shape = _walk(data, numbers, 0)
    if not numbers:
        return np.zeros(shape, dtypes.get_default_dtype().numpy)
    kinds = [dtypes.of(n.dtype) if isinstance(n, np.generic) else dtypes.of_number(n) for n in numbers]
    kind = kinds[0]
    for other in kinds[1:]:
        kind = dtypes.promote(kind, other)
    try:
        return np.array(numbers, dtype=kind.numpy).reshape(shape)
    except OverflowError:
        raise RuntimeError("value cannot be converted to type int64_t without overflow") from None


def _walk(data: Any, numbers: list[Any], dim: int) -> tuple[int, ...]:
    """Collect the numbers in nested sequences; their shape."""
    if isinstance(data, Tensor) and data._array.ndim == 0:
        data = data._array[()]
    if isinstance(data, (bool, int, float, np.generic)):
        numbers.append(data)
        return ()
    if isinstance(data, str):
        raise ValueError(f"too many dimensions '{type(data).__name__}'")
    if isinstance(data, complex):
        raise NotImplementedError(f"tensor({data!r}): complex numbers are not supported")
    try:
        items = list(data)
    except TypeError:
        raise RuntimeError(f"Could not infer dtype of {type(data).__name__}") from None
    first: tuple[int, ...] | None = None
    for item in items:
        shape = _walk(item, numbers, dim + 1)
        if first is None:
            first = shape
        elif shape != first:
            if not shape or not first:
                raise TypeError(f"expected a sequence at dim {dim + 1} (got {type(item).__name__})")
            raise ValueError(f"expected sequence of length {first[0]} at dim {dim + 1} (got {shape[0]})")
    return (len(items), *(first or ()))


def _size(size: tuple[Any, ...], name: str) -> tuple[int, ...]:
    if len(size) == 1 and isinstance(size[0], (tuple, list)):
        size = tuple(size[0])
    for i, n in enumerate(size):
        if isinstance(n, bool) or not hasattr(n, "__index__"):
            raise TypeError(
                f"{name}(): argument 'size' (position {i + 1}) must be tuple of ints, not {type(n).__name__}"
            )
        if n.__index__() < 0:
            raise RuntimeError(f"{name}: Dimension size must be non-negative, but got {n} at position {i}.")
    return tuple(int(n) for n in size)


def _filled(size: tuple[Any, ...], value: Any, dtype: Dtype | None, requires_grad: bool, name: str) -> Tensor:
    kind = dtype or dtypes.get_default_dtype()
    return leaf(np.full(_size(size, name), value, kind.numpy), requires_grad)


def zeros(*size: Any, dtype: Dtype | None = None, requires_grad: bool = False) -> Tensor:
    """A tensor of zeros; `size` as ints or as one tuple."""
    return _filled(size, 0, dtype, requires_grad, "zeros")


def ones(*size: Any, dtype: Dtype | None = None, requires_grad: bool = False) -> Tensor:
    """A tensor of ones; `size` as ints or as one tuple."""
    return _filled(size, 1, dtype, requires_grad, "ones")


def full(size: Any, fill_value: Any, *, dtype: Dtype | None = None, requires_grad: bool = False) -> Tensor:
    """A tensor of one value, whose dtype it has where none is given."""
    return _filled((size,), fill_value, dtype or dtypes.of_number(fill_value), requires_grad, "full")


def arange(
    start: Any, end: Any = None, step: Any = 1, *, dtype: Dtype | None = None, requires_grad: bool = False
) -> Tensor:
    """The numbers from `start` (0 where only the end is given) up to but without `end`, `step` apart."""
    if end is None:
        start, end = 0, start
    if not step:
        raise RuntimeError("step must be nonzero")
    if (end - start) * step < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    if dtype is None:
        floating = any(isinstance(v, (float, np.floating)) for v in (start, end, step))
        dtype = dtypes.get_default_dtype() if floating else dtypes.int64
    count = int(np.ceil((end - start) / step))
    return leaf((start + step * np.arange(count)).astype(dtype.numpy), requires_grad)


def zeros_like(input: Tensor, *, dtype: Dtype | None = None, requires_grad: bool = False) -> Tensor:
    """Zeros in the shape and dtype of another tensor."""
    return zeros(input._array.shape, dtype=dtype or input.dtype, requires_grad=requires_grad)


def ones_like(input: Tensor, *, dtype: Dtype | None = None, requires_grad: bool = False) -> Tensor:
    """Ones in the shape and dtype of another tensor."""
    return ones(input._array.shape, dtype=dtype or input.dtype, requires_grad=requires_grad)

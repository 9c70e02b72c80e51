"""tensor(): a new tensor from Python values, arrays and tensors.

Counterpart in PyTorch: torch/csrc/utils/tensor_new.cpp.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from .. import dtypes
from ..dtypes import dtype as Dtype
from ..errors import type_name
from ..strides import empty_like
from ..tensor import Tensor
from .create import check_rest, checked_dtype, leaf


def tensor(data: Any, *, dtype: Any = None, requires_grad: bool = False, **rest: Any) -> Tensor:
    """A tensor with a copy of `data`: a number, nested sequences, a NumPy array, a tensor.

    Python floats become the default dtype, ints int64; a NumPy array keeps its dtype. ValueError for
    nested lists of unequal lengths, TypeError for what is no number.
    """
    check_rest("tensor", rest)
    if isinstance(data, Tensor):
        warnings.warn(
            "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
            "sourceTensor.detach().clone().requires_grad_(True), rather than minigrad.tensor(sourceTensor).",
            stacklevel=2,
        )
    return leaf(array_of(data, checked_dtype(dtype, "tensor"), copy=True), requires_grad)


def array_of(data: Any, dtype: Dtype | None, copy: bool) -> np.ndarray:
    """`data` as an array of one of minigrad's dtypes; a copy of an array where asked for or needed."""
    if isinstance(data, Tensor):
        array = data._array
    elif isinstance(data, (np.ndarray, np.generic)):
        array = np.asarray(data)
        dtypes.of(array.dtype.newbyteorder("="))
        check_strides(array)
    else:
        return _from_python(data, dtype)
    kind = array.dtype.newbyteorder("=") if dtype is None else dtype.numpy
    if copy and isinstance(data, Tensor):
        made = empty_like(array, kind)
        made[...] = array
        return made
    return np.array(array, dtype=kind, copy=True if copy else None)


def check_strides(array: np.ndarray) -> None:
    """ValueError for negative strides, which no tensor has."""
    if any(s < 0 for s in array.strides):
        raise ValueError(
            "At least one stride in the given numpy array is negative, and tensors with negative strides are not "
            "currently supported. (You can probably work around this by making a copy of your array  with "
            "array.copy().) "
        )


def _from_python(data: Any, dtype: Dtype | None) -> np.ndarray:
    numbers: list[Any] = []
    shape = _walk(data, numbers, 0)
    if isinstance(data, (list, tuple)) and data and isinstance(data[0], np.ndarray):
        warnings.warn(
            "Creating a tensor from a list of numpy.ndarrays is extremely slow. Please consider converting the "
            "list to a single numpy.ndarray with numpy.array() before converting to a tensor.",
            stacklevel=4,
        )
    if 0 in shape:
        return np.zeros(shape, (dtype or dtypes.get_default_dtype()).numpy)
    if dtype is None:
        kinds = {dtypes.of(n.dtype) if isinstance(n, np.generic) else dtypes.of_number(n) for n in numbers}
        first, *others = kinds
        for other in others:
            first = dtypes.promote(first, other)
        dtype = first
    try:
        return np.array(_whole(numbers, dtype)).astype(dtype.numpy).reshape(shape)
    except OverflowError:
        raise ValueError(f"Overflow when unpacking long long. A number does not fit into {dtype!r}") from None


def _whole(numbers: list[Any], dtype: Dtype) -> np.ndarray:
    """The numbers before they are cast. RuntimeError for an int that does not fit."""
    kind = {"b": bool, "f": np.float64}.get(dtype.numpy.kind, np.int64)
    if kind is np.int64:
        numbers = [int(n) for n in numbers]
    found = np.array(numbers, kind)
    if dtype.category == dtypes.int64.category and found.dtype == np.int64:
        limits = np.iinfo(dtype.numpy)
        low = limits.min if limits.min else -limits.max  # -1 becomes 255, as in torch
        if found.size and (found.max() > limits.max or found.min() < low):
            raise RuntimeError(f"value cannot be converted to type {dtype.name} without overflow")
    return found


def _walk(data: Any, numbers: list[Any], dim: int) -> tuple[int, ...]:
    """Collect the numbers in nested sequences; their shape."""
    if isinstance(data, Tensor):
        if data._array.size != 1:
            raise ValueError("only one element tensors can be converted to Python scalars")
        data = data._array.reshape(())[()]
    if isinstance(data, (bool, int, float, np.generic)) and not isinstance(
        data, (np.str_, np.complexfloating)
    ):
        numbers.append(data)
        return ()
    if isinstance(data, (str, bytes)):
        if dim and not numbers:
            raise ValueError(f"too many dimensions '{type(data).__name__}'")
        raise TypeError(f"new(): invalid data type '{type(data).__name__}'")
    if isinstance(data, (complex, np.complexfloating)):
        raise NotImplementedError(f"tensor({data!r}): complex numbers are not supported")
    if isinstance(data, dict) or not (hasattr(data, "__len__") and hasattr(data, "__getitem__")):
        raise RuntimeError(f"Could not infer dtype of {type_name(data)}")
    items = [data[i] for i in range(len(data))]
    first: tuple[int, ...] | None = None
    for item in items:
        shape = _walk(item, numbers, dim + 1)
        if first is None:
            first = shape
        elif shape != first and 0 not in first:
            for place, (expected, got) in enumerate(zip(first, shape, strict=False), dim + 1):
                if expected != got:
                    raise ValueError(f"expected sequence of length {expected} at dim {place} (got {got})")
            if len(shape) < len(first):
                raise TypeError("not a sequence")
            if any(isinstance(n, float) for n in numbers):
                raise TypeError("must be real number, not list")
            raise TypeError("'list' object cannot be interpreted as an integer")
    return (len(items), *(first or ()))


def _new_tensor(self: Tensor, data: Any, **options: Any) -> Tensor:
    """A copy of `data` in self's dtype."""
    return tensor(data, **{"dtype": self.dtype, **options})


Tensor.new_tensor = _new_tensor

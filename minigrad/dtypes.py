"""dtypes, and which one an op of two dtypes answers in.

Counterpart in PyTorch: c10/core/ScalarType.h and aten/src/ATen/native/TypeProperties.cpp.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

_BOOL, _INT, _FLOAT = range(3)  # the categories, weakest first


class dtype:
    """The type of a tensor's elements, printed as torch prints it: `minigrad.float32`."""

    __slots__ = ("name", "numpy", "tensor_type", "scalar_type", "category", "itemsize")
    name: str
    numpy: np.dtype[Any]

    def __init__(self, name: str, tensor_type: str) -> None:
        self.name = name
        self.numpy = np.dtype(name)
        self.tensor_type = tensor_type  # "FloatTensor", as error texts name it,
        self.scalar_type = tensor_type.removesuffix("Tensor")  # or "Float"
        self.category = {"b": _BOOL, "i": _INT, "u": _INT, "f": _FLOAT}[self.numpy.kind]
        self.itemsize = self.numpy.itemsize

    @property
    def is_floating_point(self) -> bool:
        return self.category == _FLOAT

    @property
    def is_complex(self) -> bool:
        return False

    @property
    def is_signed(self) -> bool:
        return self.numpy.kind in "if"

    @property
    def qualified_type(self) -> str:
        """What some error texts call tensors of this dtype: "minigrad.FloatTensor"."""
        return "CPUBoolType" if self is boolean else f"minigrad.{self.tensor_type}"

    @property
    def c_name(self) -> str:
        """The type of C++, which some error texts name: "double"."""
        return _IN_C[self.name]

    def __repr__(self) -> str:
        return f"minigrad.{self.name}"

    def __reduce__(self):
        return of, (self.numpy,)  # there is one object a dtype, in a copy as well


_IN_C = {
    "float16": "c10::Half", "float32": "float", "float64": "double", "uint8": "unsigned char", "int8": "signed char",
    "int16": "short int", "int32": "int", "int64": "long int", "bool": "bool",
}  # fmt: skip

float16 = dtype("float16", "HalfTensor")
float32 = dtype("float32", "FloatTensor")
float64 = dtype("float64", "DoubleTensor")
uint8 = dtype("uint8", "ByteTensor")
int8 = dtype("int8", "CharTensor")
int16 = dtype("int16", "ShortTensor")
int32 = dtype("int32", "IntTensor")
int64 = dtype("int64", "LongTensor")
boolean = dtype("bool", "BoolTensor")  # public as `minigrad.bool`

HALF = float16.numpy  # NumPy has one object for it: `is` is the quick way to ask

ALL = (float16, float32, float64, uint8, int8, int16, int32, int64, boolean)
_BY_NUMPY = {t.numpy: t for t in ALL}
_default = float32


def of(array_dtype: np.dtype) -> dtype:
    """The dtype of a NumPy dtype. TypeError where minigrad has none (complex, text, objects ...)."""
    found = _BY_NUMPY.get(array_dtype)
    if found is None:
        names = ", ".join(t.name for t in ALL)
        raise TypeError(
            f"can't convert np.ndarray of type numpy.{array_dtype.type.__name__}. The only supported types are: {names}."
        )
    return found


def scalar_type(x: np.ndarray) -> str:
    """How error texts name the dtype of an array: "Float"."""
    return of(x.dtype).scalar_type


def get_default_dtype() -> dtype:
    """The dtype of Python floats, and of what a division of integers gives."""
    return _default


def set_default_dtype(d: dtype) -> None:
    """Set the default dtype. TypeError where `d` is not a floating point dtype."""
    global _default
    if not (isinstance(d, dtype) and d.is_floating_point):
        raise TypeError(f"only floating-point types are supported as the default type. This one is {d!r}")
    _default = d


def of_number(value: object) -> dtype:
    """The dtype that `tensor(value)` has for a Python number."""
    if isinstance(value, (bool, np.bool_)):
        return boolean
    return int64 if isinstance(value, (int, np.integer)) else _default


def promote(a: dtype, b: dtype) -> dtype:
    """The smallest dtype that both convert to, in torch's order: bool < integers < floats."""
    if a is b:
        return a
    if a.category != b.category:
        return a if a.category > b.category else b
    if a.category == _INT:
        return of(np.promote_types(a.numpy, b.numpy))  # uint8 with int8 is int16, as in torch
    return a if a.itemsize >= b.itemsize else b


def result_type(operands: Iterable[Any]) -> dtype:
    """The dtype in which an op computes on arrays and Python numbers.

    Arrays with dimensions decide; a 0-d array, and then a number, counts only where its category is
    higher: `int tensor * 2.5` is a float, `float16 tensor * 2.5` stays float16.
    """
    dims = zeros = numbers = None
    for operand in operands:
        if isinstance(operand, np.ndarray):
            d = of(operand.dtype)
            if operand.ndim:
                dims = d if dims is None else promote(dims, d)
            else:
                zeros = d if zeros is None else promote(zeros, d)
        else:
            d = of_number(operand)
            numbers = d if numbers is None else promote(numbers, d)
    result = dims
    for weaker in (zeros, numbers):
        if weaker is not None and (result is None or weaker.category > result.category):
            result = weaker
    assert result is not None, "an op has operands"
    return result

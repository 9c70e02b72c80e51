"""How tensors were made before `tensor()` was: Tensor(2, 3), Tensor([1, 2]), FloatTensor, LongTensor ...

    Tensor(2, 3)            two rows of three, of the default dtype; the values do not matter
    Tensor([2, 3])          the numbers 2 and 3
    LongTensor([2, 3])      the same as int64; isinstance(x, LongTensor) asks for the dtype

Counterpart in PyTorch: legacy_tensor_ctor in torch/csrc/utils/tensor_new.cpp.
"""

from __future__ import annotations

from numbers import Integral
from typing import Any

from .. import dtypes
from ..dtypes import dtype as Dtype
from ..size import Size
from ..tensor import Tensor, new
from .create import leaf, zeros
from .from_python import array_of


def _made(args: tuple[Any, ...], dtype: Dtype) -> Tensor:
    if len(args) != 1 or isinstance(args[0], Integral):
        return zeros(args or 0, dtype=dtype)
    (data,) = args
    if isinstance(data, Size):
        return zeros(data, dtype=dtype)
    if isinstance(data, (str, bytes)):
        raise TypeError(f"new(): invalid data type '{type(data).__name__}'")
    if not (hasattr(data, "__len__") and hasattr(data, "__getitem__")):
        raise TypeError(f"new(): data must be a sequence (got {type(data).__name__})")
    return leaf(array_of(data, dtype, copy=True))


def _tensor_new(cls: type[Tensor], *args: Any, **kwargs: Any) -> Tensor:
    if cls is not Tensor:
        return new(cls)
    if set(kwargs) - {"device"}:
        raise TypeError(
            f"new() received an invalid combination of arguments: {', '.join(sorted(kwargs))}. To make a tensor "
            "with options call minigrad.tensor(data, ...)"
        )
    if len(args) == 1 and isinstance(args[0], Tensor):
        return args[0].view_as(args[0])
    return _made(args, dtypes.get_default_dtype())


Tensor.__new__ = _tensor_new  # type: ignore[method-assign]


class tensortype(type):
    """What FloatTensor and the others are: callable, and asked by isinstance."""

    dtype: Dtype

    def __call__(cls, *args: Any) -> Tensor:
        if len(args) == 1 and isinstance(args[0], Tensor):
            if args[0].dtype is not cls.dtype:
                raise TypeError(f"expected a tensor of {cls.dtype!r} (got one of {args[0].dtype!r})")
            return args[0].view_as(args[0])
        return _made(args, cls.dtype)

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor) and instance.dtype is cls.dtype


def _type_of(dtype: Dtype) -> tensortype:
    return tensortype(dtype.tensor_type, (), {"dtype": dtype, "__module__": "minigrad"})


HalfTensor, FloatTensor, DoubleTensor = map(_type_of, (dtypes.float16, dtypes.float32, dtypes.float64))
CharTensor, ShortTensor, IntTensor, LongTensor = map(
    _type_of, (dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64)
)
ByteTensor, BoolTensor = _type_of(dtypes.uint8), _type_of(dtypes.boolean)

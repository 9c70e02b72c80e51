"""Between dtypes, between tensors and arrays, and NumPy's protocols.

Counterpart in PyTorch: torch/csrc/utils/tensor_numpy.cpp, tensor_types.cpp, and Tensor.__array_wrap__.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from .. import dtypes
from ..detach import numpy as tensor_to_numpy
from ..device import device as Device
from ..dtypes import dtype as Dtype
from ..memory_format import checked_format, lies_in, preserve_format
from ..tensor import Tensor
from .copies import clone, to_copy
from .create import check_rest, checked_dtype, leaf
from .from_python import array_of, check_strides, tensor
from .public import must_be_tensor

# ------------------------------------------------------------------ to


def to(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """self in another dtype; self itself where it has it already.

    to(dtype), to(other tensor), to("cpu"), to("cpu", dtype), each with non_blocking=False, copy=False; `copy`
    makes a copy in any case. NotImplementedError for another device.
    """
    dtype, flags = None, []
    for arg in args:
        if isinstance(arg, (Dtype, type)):
            dtype = checked_dtype(arg, "to")
        elif isinstance(arg, np.dtype):
            dtype = dtypes.of(arg)
        elif isinstance(arg, Tensor):
            dtype = arg.dtype
        elif isinstance(arg, bool):
            flags.append(arg)
        elif isinstance(arg, (str, Device)):
            Device(arg)
        elif arg is not None:
            raise TypeError(f"to(): {arg!r} is neither a dtype nor a tensor nor the device 'cpu'")
    if "dtype" in kwargs:
        dtype = checked_dtype(kwargs.pop("dtype"), "to")
    kwargs.pop("non_blocking", None)
    copy = kwargs.pop("copy", len(flags) > 1 and flags[1])
    format = checked_format(kwargs.pop("memory_format", None), "to")
    check_rest("to", kwargs)
    same = dtype is None or dtype is self.dtype
    if same and not copy and (format is preserve_format or lies_in(self._array, format)):
        return self
    if same and copy and format is preserve_format:
        return clone(self)
    return to_copy(self, dtype or self.dtype, format)


def _type(self: Tensor, dtype: Any = None, non_blocking: bool = False) -> Any:
    """Without a dtype the tensor type's name, "minigrad.FloatTensor"; else self in that dtype."""
    if dtype is None:
        return f"minigrad.{self.dtype.tensor_type}"
    if isinstance(dtype, Dtype):
        return to(self, dtype)
    name = str(getattr(dtype, "__name__", dtype))
    for kind in dtypes.ALL:
        if name.rpartition(".")[2] == kind.tensor_type:
            return to(self, kind)
    raise ValueError(f"invalid type: '{name}'")


def _type_as(self: Tensor, other: Tensor) -> Tensor:
    """self in the dtype of another tensor."""
    return to(self, must_be_tensor(other, "type_as", "other").dtype)


def _conversion(name: str, dtype: Dtype) -> Any:
    def method(self: Tensor) -> Tensor:
        return self if self._array.dtype is dtype.numpy else to(self, dtype)

    method.__name__ = method.__qualname__ = name
    method.__doc__ = f"self as {dtype.name}."
    return method


for _name, _dtype in {
    "half": dtypes.float16, "float": dtypes.float32, "double": dtypes.float64, "byte": dtypes.uint8,
    "char": dtypes.int8, "short": dtypes.int16, "int": dtypes.int32, "long": dtypes.int64, "bool": dtypes.boolean,
}.items():  # fmt: skip
    setattr(Tensor, _name, _conversion(_name, _dtype))


def _cpu(self: Tensor) -> Tensor:
    """self: it is on the CPU."""
    return self


def _cuda(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """NotImplementedError: there is no other device than the CPU."""
    raise NotImplementedError("device 'cuda' is not supported: minigrad has only 'cpu'")


Tensor.to, Tensor.type, Tensor.type_as, Tensor.cpu, Tensor.cuda = to, _type, _type_as, _cpu, _cuda
Tensor.is_signed = lambda self: self.dtype.is_signed
Tensor.is_complex = lambda self: False


# ------------------------------------------------------------------ arrays


def from_numpy(ndarray: np.ndarray) -> Tensor:
    """A tensor over the memory of `ndarray`: a write into one is seen in the other.

    TypeError for anything but an array of one of minigrad's dtypes; ValueError for negative strides.
    """
    if not isinstance(ndarray, np.ndarray):
        name = type(ndarray).__name__
        raise TypeError(f"expected np.ndarray (got {'numpy.' * isinstance(ndarray, np.generic)}{name})")
    if not ndarray.dtype.isnative:
        raise ValueError(
            "given numpy array has byte order different from the native byte order. Conversion between byte "
            "orders is currently not supported."
        )
    dtypes.of(ndarray.dtype)
    check_strides(ndarray)
    if not ndarray.flags.writeable:
        warnings.warn(
            "The given NumPy array is not writable, and PyTorch does not support non-writable tensors. Here a "
            "write into this tensor raises a ValueError; array.copy() gives one that can be written.",
            stacklevel=2,
        )
    return leaf(ndarray.view(np.ndarray))  # an array of its own over the memory: its shape can be set


def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """`data` as a tensor: a tensor itself, an array's memory shared if the dtype allows it; else a copy."""
    check_rest("as_tensor", {"device": device})
    dtype = checked_dtype(dtype, "as_tensor")
    if isinstance(data, Tensor):
        return data if dtype is None else to(data, dtype)
    if isinstance(data, np.ndarray) and (dtype is None or data.dtype == dtype.numpy):
        return from_numpy(data)
    return leaf(array_of(data, dtype, copy=False))


def asarray(
    obj: Any, *, dtype: Any = None, device: Any = None, copy: bool | None = None, requires_grad: bool = False
) -> Tensor:
    """`obj` as a tensor, sharing its memory where that is possible; `copy=True` never shares.

    ValueError where `copy=False` and the dtype or a Python value makes a copy necessary.
    """
    if copy:
        made = tensor(obj, dtype=dtype)
    else:
        made = as_tensor(obj, dtype, device)
        shared = isinstance(obj, (Tensor, np.ndarray)) and np.shares_memory(
            made._array, obj._array if isinstance(obj, Tensor) else obj
        )
        if copy is False and made._array.size and not shared:
            if isinstance(obj, np.ndarray):
                raise ValueError(f"can't alias an array of {obj.dtype} into a tensor of {made.dtype!r}.")
            raise ValueError("can't alias arbitrary sequence into a tensor.")
    if requires_grad and not made.requires_grad:
        made = made.detach().requires_grad_()
    return made


def _wrapped(self: Tensor, array: np.ndarray, context: Any = None, return_scalar: bool = False) -> Tensor:
    """What a NumPy function makes of its result when a tensor went in: a tensor."""
    return from_numpy(np.asarray(array))


def _array(self: Tensor, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
    """What np.asarray(tensor) asks: the memory itself where it can be shared."""
    array = tensor_to_numpy(self)
    if dtype is not None and array.dtype != dtype:
        if copy is False:
            raise ValueError("Unable to avoid copy while creating an array as requested.")
        return array.astype(dtype)
    return array.copy() if copy else array


Tensor.__array_wrap__, Tensor.__array__ = _wrapped, _array


# ------------------------------------------------------------------ questions about dtypes


def is_tensor(obj: Any) -> bool:
    """Whether it is a tensor."""
    return isinstance(obj, Tensor)


def is_floating_point(input: Tensor) -> bool:
    """Whether the dtype is a floating point dtype."""
    return must_be_tensor(input, "is_floating_point").is_floating_point()


def is_complex(input: Tensor) -> bool:
    """False: there are no complex numbers here."""
    must_be_tensor(input, "is_complex")
    return False


def numel(input: Tensor) -> int:
    """The number of elements."""
    return must_be_tensor(input, "numel").numel()


def result_type(tensor1: Any, tensor2: Any) -> Dtype:
    """The dtype in which an op on the two, tensors or numbers, computes."""
    return dtypes.result_type([v._array if isinstance(v, Tensor) else v for v in (tensor1, tensor2)])


def can_cast(from_: Dtype, to: Dtype) -> bool:
    """Whether an op that computes in `from_` may write into a tensor of `to`."""
    return from_.category <= to.category

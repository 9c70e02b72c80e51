"""Making tensors filled with one value, and what all that make tensors ask of their options.

Counterpart in PyTorch: aten/src/ATen/native/TensorFactories.cpp.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes, errors, mode, strides
from ..device import device as Device
from ..dtypes import dtype as Dtype
from ..memory_format import checked_format, contiguous_format, empty_in, preserve_format
from ..record import report
from ..strides import empty_like as _like
from ..tensor import Tensor, mark_inference, mark_wanted, wrap
from .dims import check_fits
from .public import must_be_tensor


def leaf(array: np.ndarray, requires_grad: bool = False) -> Tensor:
    """A new leaf around `array`. RuntimeError where a dtype of integers is asked to require grad."""
    dtypes.of(array.dtype)
    strides.note_order(array)
    made = wrap(array)
    if not (requires_grad is None or isinstance(requires_grad, bool)):
        raise TypeError(f"argument 'requires_grad' must be bool, not {type(requires_grad).__name__}")
    if requires_grad:
        if array.dtype.kind != "f":
            error = RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
            raise errors.about(error, "integers", made)
        made._requires_grad = True
    if mode.local.inference:
        mark_inference(made)
        if requires_grad:
            mark_wanted(made)
    if mode.observer is not None:
        report("tensor", (), (made,), None)
    return made


def checked_dtype(dtype: Any, name: str) -> Dtype | None:
    """A dtype, or Python's float, int or bool as one. TypeError for anything else but None."""
    if dtype is None or isinstance(dtype, Dtype):
        return dtype
    if isinstance(dtype, type) and dtype in (float, int, bool):
        return {float: dtypes.float64, int: dtypes.int64, bool: dtypes.boolean}[dtype]
    raise TypeError(f"{name}(): argument 'dtype' must be minigrad.dtype, not {type(dtype).__name__}")


def check_rest(name: str, rest: dict[str, Any]) -> None:
    """Refuse what is not supported of torch's other arguments: only the device "cpu", and the defaults."""
    for key, value in rest.items():
        if key == "device":
            if value is not None:
                Device(value)
        elif key in ("out", "layout", "names", "memory_format"):
            if value is not None and value is not contiguous_format:
                raise NotImplementedError(f"{name}(): the argument '{key}' is not supported")
        elif key == "pin_memory":
            if value:
                raise NotImplementedError(f"{name}(): the argument 'pin_memory' is not supported")
        else:
            raise TypeError(f"{name}() got an unexpected keyword argument '{key}'")


# ------------------------------------------------------------------ filled


def checked_size(size: tuple[Any, ...], name: str) -> tuple[int, ...]:
    """A size given as ints or as one sequence. TypeError, RuntimeError in torch's words."""
    if len(size) == 1 and isinstance(size[0], (tuple, list)):
        size = tuple(size[0])
    for i, n in enumerate(size):
        if isinstance(n, bool) or not hasattr(n, "__index__"):
            if not i:
                raise TypeError(
                    f"{name}(): argument 'size' (position 1) must be tuple of ints, not {type(n).__name__}"
                )
            raise TypeError(
                f"{name}(): argument 'size' failed to unpack the object at pos {i + 1} with error \"type must be "
                f'tuple of ints,but got {type(n).__name__}"'
            )
        if n.__index__() < 0:
            raise RuntimeError(
                f"{name}: Dimension size must be non-negative. Got {n.__index__()} at position {i}."
            )
    return tuple(n.__index__() for n in size)


def given_size(name: str, size: tuple[Any, ...], options: dict[str, Any]) -> tuple[Any, ...]:
    """The sizes, given one by one, as a tuple or as the option `size`. TypeError where there are none."""
    if "size" in options:
        size = (options.pop("size"),)
    if not size:
        raise TypeError(f'{name}() missing 1 required positional arguments: "size"')
    return size


def _filled(name: str, value: Any, size: tuple[Any, ...], options: dict[str, Any]) -> Tensor:
    size = given_size(name, size, options)
    dtype = checked_dtype(options.pop("dtype", None), name) or dtypes.get_default_dtype()
    requires_grad = options.pop("requires_grad", False)
    check_rest(name, options)
    return leaf(np.full(checked_size(size, name), value, dtype.numpy), requires_grad)


def zeros(*size: Any, **options: Any) -> Tensor:
    """A tensor of zeros; `size` as ints or as one tuple. Options: dtype, requires_grad, device."""
    return _filled("zeros", 0, size, options)


def ones(*size: Any, **options: Any) -> Tensor:
    """A tensor of ones; `size` as ints or as one tuple. Options: dtype, requires_grad, device."""
    return _filled("ones", 1, size, options)


def empty(*size: Any, **options: Any) -> Tensor:
    """A tensor whose values do not matter: zeros here, so that programs repeat. Options as for zeros."""
    return _filled("empty", 0, size, options)


def full(
    size: Any, fill_value: Any, *, dtype: Any = None, requires_grad: bool = False, **rest: Any
) -> Tensor:
    """A tensor of one value, whose dtype it has where none is given."""
    check_rest("full", rest)
    if not isinstance(size, (tuple, list)):
        raise TypeError(
            f"full(): argument 'size' (position 1) must be tuple of ints, not {type(size).__name__}"
        )
    value = checked_number(fill_value, "full", "fill_value", 2)
    kind = checked_dtype(dtype, "full") or dtypes.of_number(value)
    check_fits(np.empty(0, kind.numpy), value)
    return leaf(np.full(checked_size((size,), "full"), np.asarray(value).astype(kind.numpy)), requires_grad)


def checked_number(value: Any, name: str, argument: str, position: int) -> Any:
    """A number, or the one in a tensor of one element. TypeError for anything else."""
    if isinstance(value, (Tensor, np.generic)) and getattr(value, "_array", value).size == 1:
        return value.item()
    if not isinstance(value, (bool, int, float)):
        raise TypeError(
            f"{name}(): argument '{argument}' (position {position}) must be Number, not {type(value).__name__}"
        )
    return value


def _filled_like(name: str, value: Any, input: Any, options: dict[str, Any]) -> Tensor:
    array = must_be_tensor(input, name)._array
    dtype = checked_dtype(options.pop("dtype", None), name)
    requires_grad = options.pop("requires_grad", False)
    format = checked_format(options.pop("memory_format", None), name)
    check_rest(name, options)
    kind = array.dtype if dtype is None else dtype.numpy
    made = _like(array, kind) if format is preserve_format else empty_in(array.shape, kind, format)
    made[...] = np.asarray(value).astype(made.dtype)
    return leaf(made, requires_grad)


def zeros_like(input: Tensor, **options: Any) -> Tensor:
    """Zeros in the shape, order of memory and dtype of another tensor. Options: dtype, requires_grad."""
    return _filled_like("zeros_like", 0, input, options)


def ones_like(input: Tensor, **options: Any) -> Tensor:
    """Ones in the shape, order of memory and dtype of another tensor. Options: dtype, requires_grad."""
    return _filled_like("ones_like", 1, input, options)


def empty_like(input: Tensor, **options: Any) -> Tensor:
    """A tensor like another, whose values do not matter; zeros here. Options: dtype, requires_grad."""
    return _filled_like("empty_like", 0, input, options)


def full_like(input: Tensor, fill_value: Any, **options: Any) -> Tensor:
    """One value in the shape, order of memory and dtype of another tensor. Options: dtype, requires_grad."""
    return _filled_like("full_like", checked_number(fill_value, "full_like", "fill_value", 2), input, options)


def eye(
    n: int, m: int | None = None, *, dtype: Any = None, requires_grad: bool = False, **rest: Any
) -> Tensor:
    """Ones on the diagonal of an n x m matrix of zeros; m is n by default."""
    check_rest("eye", rest)
    for name, value in (("n", n), ("m", m)):
        if value is not None and value < 0:
            raise RuntimeError(f"{name} must be greater or equal to 0, got {value}")
    kind = checked_dtype(dtype, "eye") or dtypes.get_default_dtype()
    return leaf(np.eye(n, m, dtype=kind.numpy), requires_grad)


def scalar_tensor(s: Any, *, dtype: Any = None, requires_grad: bool = False, **rest: Any) -> Tensor:
    """A 0-d tensor of a number, of the default dtype where none is given."""
    return full((), s, dtype=dtype or dtypes.get_default_dtype(), requires_grad=requires_grad, **rest)


# ------------------------------------------------------------------ x.new_...


def _new(name: str, value: Any) -> Any:
    def method(self: Tensor, *size: Any, **options: Any) -> Tensor:
        return _filled(name, value, size, {"dtype": self.dtype, **options})

    method.__name__ = name
    method.__doc__ = f"A tensor of self's dtype, as {name.removeprefix('new_')}() makes it."
    return method


def _new_full(self: Tensor, size: Any, fill_value: Any, **options: Any) -> Tensor:
    """A tensor of one value and of self's dtype."""
    return full(size, fill_value, **{"dtype": self.dtype, **options})


Tensor.new_zeros, Tensor.new_ones = _new("new_zeros", 0), _new("new_ones", 1)
Tensor.new_empty, Tensor.new_full = _new("new_empty", 0), _new_full

"""x[key] and x[key] = value.

Counterpart in PyTorch: torch/csrc/autograd/python_variable_indexing.cpp. As there, `x[0, 1:3]` is taken
apart into select and slice, each with a node of its own, and what is left goes to `index`.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from .. import errors, mode, record
from ..mode import local
from ..tensor import Tensor, wrap
from .index import index, write_at
from .shape import alias, expand, view
from .slices import select, slice_
from .split import unbind
from .write import copy_, fill_


def _whole(key: slice, n: int) -> bool:
    return key.step in (None, 1) and key.start in (None, 0) and (key.stop is None or key.stop >= n)


def _as_tuple(key: Any) -> tuple[Any, ...]:
    """The parts of a key. A list that holds more than numbers stands for a tuple: an old habit of NumPy."""
    if isinstance(key, tuple):
        return key
    if isinstance(key, (list, range)) and len(key) < 32:
        for part in key:
            if isinstance(part, (Tensor, np.ndarray, list, tuple, str, slice)) or part is None or part is ...:
                warnings.warn(
                    "Using a non-tuple sequence for multidimensional indexing is deprecated and will be changed in "
                    "pytorch 2.9; use x[tuple(seq)] instead of x[seq].",
                    stacklevel=3,
                )
                return tuple(key)
    return (key,)


def _part(k: Any) -> Any:
    """A part of a key as an int, slice, None, `...`, bool or a tensor of positions or of bools."""
    if k is None or k is Ellipsis or isinstance(k, (bool, int)):
        return k
    if isinstance(k, slice):
        return _plain_slice(k)
    if isinstance(k, np.integer):
        return k.item()
    if isinstance(k, str):
        raise TypeError("new(): invalid data type 'str'")
    if isinstance(k, (list, tuple, range, np.ndarray)):
        k = _listed(k)
    if not isinstance(k, Tensor):
        kind = type(k)
        name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
        raise IndexError(
            "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices "
            f"(got {name})"
        )
    if not k._array.ndim and k._array.dtype.kind in "iub":
        # A single bool or byte is a mask of no dimensions; an int is an int.
        return bool(k._array) if k._array.dtype.kind in "bu" and k._array.itemsize == 1 else int(k._array)
    if k._array.dtype == np.uint8:
        warnings.warn(
            "indexing with dtype minigrad.uint8 is now deprecated, please use a dtype minigrad.bool instead.",
            stacklevel=4,
        )
    return k


def _listed(values: Any) -> Tensor:
    from .from_python import tensor

    """A sequence of positions or bools as a tensor: what is no mask becomes whole numbers, floats as well."""
    array = values if isinstance(values, np.ndarray) else tensor(list(values))._array
    return wrap(array if array.dtype in (np.bool_, np.uint8) else array.astype(np.int64))


def _plain_slice(k: slice) -> slice:
    try:
        bounds = [None if v is None else v.__index__() for v in (k.start, k.stop, k.step)]
    except (AttributeError, TypeError):
        raise TypeError("slice indices must be integers or None or have an __index__ method") from None
    if bounds[2] == 0:
        raise ValueError("slice step cannot be zero")
    if bounds[2] is not None and bounds[2] < 0:
        raise ValueError("step must be greater than zero")
    return slice(*bounds)


def _width(k: Any) -> int:
    """How many dimensions of the tensor this part of a key speaks of."""
    if k is None or k is Ellipsis or isinstance(k, bool):
        return 0
    return k._array.ndim if isinstance(k, Tensor) and k._array.dtype in (np.bool_, np.uint8) else 1


def _plain_parts(x: Tensor, keys: tuple[Any, ...], single: bool) -> tuple[Tensor, list[Any]]:
    """Apply the plain parts of a key: ints, slices, None and `...`; what is left are lists for `index`.

    single: the key is one slice, which is a view of its own even where it takes all, or one int.
    """
    ndim = x._array.ndim
    given = sum(map(_width, keys))
    if given > ndim:
        if single and not ndim and isinstance(keys[0], slice):
            raise IndexError("slice() cannot be applied to a 0-dim tensor.")
        if not (single and not ndim and type(keys[0]) is int):
            raise IndexError(f"too many indices for tensor of dimension {ndim}")
        if keys[0] == 0:
            raise IndexError(
                "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to "
                "convert a 0-dim tensor to a number"
            )
    dim = 0
    lists: list[Any] = []
    for position, k in enumerate(keys):
        if k is Ellipsis:
            lists += [None] * (ndim - given)
            dim += ndim - given
        elif k is None:
            x = x.unsqueeze(dim)
            dim += 1
            lists.append(None)
        elif isinstance(k, bool):
            x = x.unsqueeze(dim)
            dim += 1
            lists.append(wrap(np.array([0] if k else [], np.int64)))
        elif isinstance(k, int):
            n = x._array.shape[dim] if dim < x._array.ndim else 0
            if not -n <= k < n:
                # torch names the place in the key, not the dimension.
                raise IndexError(f"index {k} is out of bounds for dimension {position} with size {n}")
            x = select(x, dim, k)
        elif isinstance(k, slice):
            n = x._array.shape[dim]
            if single or not _whole(k, n):
                start, end, step = k.indices(n)
                x = slice_(x, dim, start, end, step)
            dim += 1
            lists.append(None)
        else:
            lists.append(k)
            dim += _width(k)
    return x, lists


def getitem(self: Tensor, key: Any) -> Tensor:
    """x[key]: a view for ints, slices, None and `...`; a copy where the key has a list or a mask."""
    try:
        keys = tuple([_part(k) for k in _as_tuple(key)])
        part, lists = _plain_parts(self, keys, isinstance(key, (slice, int)))
        if any(k is not None for k in lists):
            return index(part, lists)
        return alias(part) if part is self else part
    except Exception as error:
        errors.refused(error, "__getitem__", (self, key), {})
        raise


def setitem(self: Tensor, key: Any, value: Any) -> None:
    """x[key] = value, in place. For the graph it is one op, whatever the key.

    value: a number, or a tensor that can be expanded to the place; TypeError for anything else.
    """
    before, place = self.storage.version, self._node
    quiet, local.quiet = local.quiet, True
    try:
        _write(self, key, value)
    except Exception as error:
        errors.refused(error, "__setitem__", (self, key, value), {})
        raise
    finally:
        local.quiet = quiet
    if mode.observer is not None:
        node = self.grad_fn if self._node is not place else None
        record.report("__setitem__", (self, key, value), (self,), node, before)


def _write(self: Tensor, key: Any, value: Any) -> None:
    source = _value(self, value)
    if key is False:
        return
    if isinstance(key, slice):
        # Writing all of x writes x itself, not a view of it; in the era of 1.4 it was a view.
        part = self if self._array.ndim and _whole(key, len(self)) and mode.era != "1.4" else None
        if part is not None:
            _copy_to(part, source)
            return
    if key is True:
        _copy_to(self.unsqueeze(0), source)
        return
    keys = tuple([_part(k) for k in _as_tuple(key)])
    target, lists = _plain_parts(self, keys, isinstance(key, (slice, int)))
    if any(k is not None for k in lists):
        shape = _unpadded(source._array.shape)
        write_at(target, lists, source if shape == source._array.shape else view(source, shape))
    else:
        _copy_to(target, source)


def _value(self: Tensor, value: Any) -> Tensor:
    if isinstance(value, Tensor):
        return value
    if not isinstance(value, (bool, int, float)):  # a numpy.float64 is a float, other scalars are not
        kind = type(value)
        name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
        raise TypeError(f"can't assign a {name} to a minigrad.{self.dtype.tensor_type}")
    return wrap(np.array(value).astype(self._array.dtype))


def _copy_to(target: Tensor, source: Tensor) -> None:
    """Write `source`, expanded to the shape of `target`."""
    if source._array.shape == target._array.shape:
        copy_(target, source)
    elif not source._array.ndim:
        fill_(target, source)
    else:
        source = view(source, _unpadded(source._array.shape))
        fits = source._array.shape == target._array.shape
        copy_(target, source if fits else expand(source, target._array.shape))


def _unpadded(shape: tuple[int, ...]) -> tuple[int, ...]:
    """A shape without its leading dimensions of length 1, which torch drops before it expands a value."""
    while shape and shape[0] == 1:
        shape = shape[1:]
    return shape


def _iterate(self: Tensor) -> Iterator[Tensor]:
    if not self._array.ndim:
        raise TypeError("iteration over a 0-d tensor")
    return iter(unbind(self, 0))


Tensor.__getitem__, Tensor.__setitem__, Tensor.__iter__ = getitem, setitem, _iterate

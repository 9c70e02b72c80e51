"""Ways out of the graph: detach, data, and the conversions to Python and NumPy.

Counterpart in PyTorch: detach and data in torch/csrc/autograd/variable.cpp,
torch/csrc/utils/tensor_numpy.cpp.

`x.detach()` shares memory *and* version counter with x: a write through it is noticed. `x.data` shares the
memory only: a write through it is not, and a gradient may be silently wrong.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from . import errors, mode
from .node import alias
from .record import report
from .storage import Storage
from .tensor import Tensor, mark_inference, mark_wanted, wrap


def detach(self: Tensor) -> Tensor:
    """The same memory, outside of the graph; writes through it count as writes into self."""
    found = alias(self)
    if self.is_inference():
        mark_inference(found, detached=True)
    _tell("detach", self, (found,))
    return found


def detach_(self: Tensor) -> Tensor:
    """Take self itself out of the graph, as a leaf that does not require grad. RuntimeError for a view."""
    if mode.local.inference:
        return self  # where there is no graph
    if self._view is not None:
        raise RuntimeError(
            "Can't detach views in-place. Use detach() instead. If you are using DistributedDataParallel (DDP) "
            "for training, and gradient_as_bucket_view is set as True, gradients are views of DDP buckets, and "
            "hence detach_() cannot be called on these gradients. To fix this error, please refer to the "
            "Optimizer.zero_grad() function in torch/optim/optimizer.py as the solution."
        )
    _ = self.storage  # which its node may share
    self._node, self._output_nr = None, 0
    self._requires_grad = False
    _tell("detach_", self, ())
    return self


def _get_data(self: Tensor) -> Tensor:
    """The same memory, outside of the graph, with a version counter of its own."""
    found = wrap(self._array)
    found._storage = Storage(self.storage.memory)
    if self.is_inference():
        mark_inference(found, detached=True)
    _tell("data", self, (found,))
    return found


def _set_data(self: Tensor, value: Tensor) -> None:
    """Take over the memory of `value`, keeping place in the graph and version."""
    if not isinstance(value, Tensor):
        raise TypeError(f"Variable data has to be a tensor, but got {type(value).__name__}")
    if value._array.dtype.kind != "f" and self.requires_grad:
        raise RuntimeError(
            "data set to a tensor that requires gradients must be floating point or complex dtype"
        )
    self._array = value._array
    if value.is_inference() != self.is_inference():
        self._more.inference = value.is_inference()
        if self.is_inference() and self._requires_grad:
            mark_wanted(self)
    self._storage = Storage(value.storage.memory, self.storage.version)
    self._accumulator = None  # it was made for the old shape and dtype


def _delete_data(self: Tensor) -> None:
    raise RuntimeError("Deleting tensor data is not allowed. Delete tensor instead!")


def numpy(self: Tensor, *, force: bool = False) -> np.ndarray:
    """The array itself, sharing memory. RuntimeError where ops on it are recorded now, unless `force`."""
    if self.requires_grad and mode.local.enabled and not force:
        error = RuntimeError(
            "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead."
        )
        raise errors.about(error, "numpy", self)
    _tell("numpy", self, ())
    return self._array.view()  # an array of its own over the memory: its shape can be set


def item(self: Tensor) -> Any:
    """The one element as a Python number. RuntimeError where there is not exactly one."""
    if self._array.size != 1:
        error = RuntimeError(f"a Tensor with {self._array.size} elements cannot be converted to Scalar")
        raise errors.about(error, "item", self)
    _tell("item", self, ())
    return self._array.item()


def tolist(self: Tensor) -> Any:
    """The elements as nested lists of Python numbers; of a 0-d tensor the number."""
    return self._array.tolist()


def _tell(name: str, tensor: Tensor, outputs: tuple[Tensor, ...]) -> None:
    if mode.observer is not None:
        report(name, (tensor,), outputs, None)


def _bool(self: Tensor) -> bool:
    if self._array.size != 1:
        kind = "no values" if not self._array.size else "more than one value"
        error = RuntimeError(f"Boolean value of Tensor with {kind} is ambiguous")
        raise errors.about(error, "truth", self)
    return bool(self._array.item())


def _one(self: Tensor) -> Any:
    if self._array.size != 1:
        error = ValueError("only one element tensors can be converted to Python scalars")
        raise errors.about(error, "item", self)
    return item(self)


def _float(self: Tensor) -> float:
    found = item(self) if self._array.size == 1 else None
    if self.requires_grad and mode.local.enabled:
        warnings.warn(
            "Converting a tensor with requires_grad=True to a scalar may lead to unexpected behavior.\n"
            "Consider using tensor.detach() first.",
            UserWarning,
            stacklevel=2,
        )
    return float(_one(self) if found is None else found)


def _index(self: Tensor) -> int:
    if self._array.size != 1 or self._array.dtype.kind not in "iub":
        raise TypeError("only integer tensors of a single element can be converted to an index")
    return int(self._array.item())


def _array(self: Tensor, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
    array = numpy(self)
    if dtype is not None and array.dtype != dtype:
        return array.astype(dtype)
    return array.copy() if copy else array


def _contains(self: Tensor, element: Any) -> bool:
    if not isinstance(element, (Tensor, bool, int, float)):
        raise RuntimeError(
            f"Tensor.__contains__ only supports Tensor or scalar, but you passed in a {type(element)}."
        )
    return bool((self == element)._array.any())


for _method in (detach, detach_, numpy, item, tolist):
    setattr(Tensor, _method.__name__, _method)
Tensor.data = property(_get_data, _set_data, _delete_data)
Tensor.__bool__, Tensor.__index__, Tensor.__array__ = _bool, _index, _array
Tensor.__float__ = _float
Tensor.__int__ = lambda self: int(_one(self))
Tensor.__contains__ = _contains
Tensor.__hash__ = object.__hash__

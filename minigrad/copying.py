"""Copies of tensors: copy.copy, copy.deepcopy and pickle.

Counterpart in PyTorch: __deepcopy__ and __reduce_ex__ in torch/_tensor.py, _rebuild_tensor_v2 in
torch/_utils.py.

A copy is a leaf. It keeps requires_grad and the attributes that a user set, and how its elements lie in
memory; a deep copy keeps .grad as well. copy.copy shares the memory, and deep copies of several tensors at
once share theirs where the originals do. Nodes cannot be copied: a graph belongs to the run that made it.
"""

from __future__ import annotations

import copy
import warnings
from typing import Any

import numpy as np

from . import errors, mode
from .node import Node
from .storage import Storage, address, bounds
from .strides import window
from .tensor import Tensor, mark_inference, mark_wanted, new

# The memory of a tensor as one block, and where in it the tensor's elements are.
Parts = tuple[np.ndarray, tuple[int, ...], tuple[int, ...], int]


def parts(tensor: Tensor) -> Parts:
    """Memory, shape, strides and offset, the last two in bytes."""
    array, memory = tensor._array, tensor.storage.memory
    if bounds(memory) == (0, memory.nbytes):
        block = memory if memory.ndim == 1 else memory.ravel("K")
        return block, array.shape, array.strides, address(array) - address(memory)
    own = np.ascontiguousarray(array)  # an array with holes, as from_numpy takes it
    return own.ravel(), array.shape, own.strides, 0


def rebuilt(
    kind: type[Tensor], array: np.ndarray, block: np.ndarray, requires_grad: bool, version: int
) -> Tensor:
    made = new(kind)
    made._array = array
    made._storage = Storage(block, version)
    made._node = made._grad = made._view = made._meta = made._accumulator = None
    made._output_nr = 0
    made._requires_grad = requires_grad
    if mode.local.inference:
        mark_inference(made)
        if requires_grad:
            mark_wanted(made)
    return made


def rebuilt_version(tensor: Tensor) -> int:
    """torch makes a copy and then sets its memory, which counts as a write; but not of a Parameter."""
    return int(type(tensor) is Tensor)


def _warn_of_hooks(tensor: Tensor) -> None:
    """Say of each hook that the copy does not have it; not of a Parameter's, as in torch."""
    hooks = tensor._meta.hooks if tensor._meta is not None and tensor._meta.hooks else {}
    for hook in hooks.values() if type(tensor) is Tensor else ():
        warnings.warn(
            f"backward hook {hook!r} on tensor will not be serialized.  If this is expected, remove it before.",
            stacklevel=4,
        )


def _copy(self: Tensor) -> Tensor:
    _warn_of_hooks(self)
    made = rebuilt(type(self), self._array, self.storage.memory, self.requires_grad, rebuilt_version(self))
    made.__dict__.update(self.__dict__)
    return made


def _deepcopy(self: Tensor, memo: dict[int, Any]) -> Tensor:
    if not self.is_leaf:
        error = RuntimeError(
            "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the "
            "moment.  If you were attempting to deepcopy a module, this may be because of a torch.nn.utils."
            "weight_norm usage, see https://github.com/pytorch/pytorch/pull/103001"
        )
        raise errors.about(error, "deepcopy", self)
    block, shape, strides, offset = parts(self)
    copied = memo.get(id(self.storage))
    if copied is None:
        copied = memo[id(self.storage)] = block.copy()
    array = window(copied, shape, strides, offset)
    made = rebuilt(type(self), array, copied, self.requires_grad, rebuilt_version(self))
    memo[id(self)] = made
    made._grad = copy.deepcopy(self._grad, memo)
    made.__dict__.update(copy.deepcopy(self.__dict__, memo))
    return made


def _reduce(self: Tensor, protocol: Any = None) -> tuple[Any, ...]:
    _warn_of_hooks(self)
    block, shape, strides, offset = parts(self)
    where = shape, strides, offset
    return (
        _rebuild,
        (type(self), block.tobytes(), block.dtype, where, self.requires_grad),
        self.__dict__ or None,
    )


def _rebuild(kind: type[Tensor], data: bytes, dtype: Any, where: Any, requires_grad: bool) -> Tensor:
    block = np.frombuffer(data, dtype).copy()
    return rebuilt(kind, window(block, *where), block, requires_grad, 1)


def _refuse(self: Node, protocol: Any = None) -> Any:
    raise TypeError(f"cannot pickle '{type(self).__name__}' object")


Tensor.__copy__ = _copy  # type: ignore[attr-defined]
Tensor.__deepcopy__ = _deepcopy  # type: ignore[attr-defined]
Tensor.__reduce_ex__ = _reduce  # type: ignore[assignment, method-assign]
Node.__reduce_ex__ = _refuse  # type: ignore[assignment, method-assign]

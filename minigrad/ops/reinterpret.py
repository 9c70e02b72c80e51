"""view: the same memory in another shape, or its bytes read as another dtype.

Counterpart in PyTorch: view_dtype in aten/src/ATen/native/TensorConversions.cpp. In another dtype the tensor
is outside of the graph: bits have no gradient.
"""

from __future__ import annotations

from typing import Any

from .. import mode
from ..dtypes import dtype as Dtype
from ..dtypes import of
from ..record import report
from ..strides import strides_of, window
from ..tensor import Tensor, mark_inference, wrap
from .create import checked_dtype
from .shape import refuse_view
from .shape import view as _view


def view(self: Tensor, *shape: Any, size: Any = None, dtype: Any = None) -> Tensor:
    """The same memory in another shape; RuntimeError where the strides do not allow it.

    view(dtype): the same bytes as numbers of another dtype. RuntimeError where the last dimension does not
    come out even.
    """
    if dtype is None and len(shape) == 1 and isinstance(shape[0], (Dtype, type)):
        shape, dtype = (), shape[0]
    if size is not None and not shape:
        shape = (size,)
    if dtype is None and shape:
        return _view(self, *shape)
    if shape or not isinstance(dtype, (Dtype, type)):
        refuse_view((*shape, *[dtype] * (dtype is not None)))
    return _reinterpreted(self, checked_dtype(dtype, "view"))


def _reinterpreted(self: Tensor, dtype: Dtype) -> Tensor:
    x, kind = self._array, dtype.numpy
    shape = x.shape
    if kind.itemsize != x.itemsize:
        shape = (*shape[:-1], _last(self, dtype))
    strides = (*strides_of(x)[:-1], kind.itemsize) if kind.itemsize != x.itemsize else strides_of(x)
    found = wrap(window(x, shape, strides, dtype=kind))
    found._storage = self.storage
    if self.is_inference():
        mark_inference(found)
    if mode.observer is not None:
        report("view", (self, dtype), (found,), None)
    return found


def _last(self: Tensor, dtype: Dtype) -> int:
    """The length of the last dimension in the other dtype. RuntimeError, in torch's words, for odd ends."""
    x = self._array
    names = [d.scalar_type for d in (of(x.dtype), dtype)]
    words = f"to view {names[0]} as {names[1]} (different element sizes)"
    if not x.ndim:
        raise RuntimeError(f"self.dim() cannot be 0 {words}")
    stride = self.stride()
    ratio = max(dtype.itemsize // x.itemsize, 1)
    for name, n in (("size(-1)", x.shape[-1]), ("storage_offset()", self.storage_offset())):
        if n % ratio:
            raise RuntimeError(f"self.{name} must be divisible by {ratio} {words}, but got {n}")
    if stride[-1] != 1:
        raise RuntimeError(f"self.stride(-1) must be 1 {words}, but got {stride[-1]}")
    for d, n in enumerate(stride[:-1]):
        if n % ratio:
            raise RuntimeError(f"self.stride({d}) must be divisible by {ratio} {words}, but got {n}")
    return x.shape[-1] * x.itemsize // dtype.itemsize


Tensor.view = view

"""as_strided: a window into the memory by shape, strides and offset; what a stale view is rebuilt with.

Counterpart in PyTorch: as_strided_backward in torch/csrc/autograd/FunctionsManual.cpp, whose comment
describes the general case.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import record, views
from ..node import Node
from ..op import op, table
from ..storage import as_strided as window
from ..tensor import Tensor, wrap

Geometry = tuple[tuple[int, ...], tuple[int, ...], int]  # shape, strides, offset; in elements


def geometry(tensor: Tensor) -> Geometry:
    """Where in its storage the elements of a tensor lie."""
    return tensor._array.shape, tensor.stride(), tensor.storage_offset()


def _places(g: Geometry) -> np.ndarray:
    """The position in the storage of each element."""
    shape, strides, offset = g
    places = np.full(shape, offset, np.intp)
    for dim, (n, s) in enumerate(zip(shape, strides, strict=True)):
        places += (np.arange(n) * s).reshape((n,) + (1,) * (len(shape) - dim - 1))
    return places


def _moved(x: np.ndarray, source: Geometry, target: Geometry) -> np.ndarray:
    """Gradients from the places of `source` to those of `target`: summed where places coincide.

    Where several elements of the target share a place, each gets an equal part.
    """
    into = _places(target)
    found = _places(source)
    size = 1 + int(max(into.max(initial=0), found.max(initial=0)))
    memory = np.zeros(size, x.dtype)
    np.add.at(memory, found, x)
    counts = np.bincount(into.ravel(), minlength=size)
    if (counts > 1).any():
        memory /= np.maximum(counts, 1)
    return memory[into]


# The gradient of a window, moved back to where the input's elements lie; and, differentiated again, there.
_move = op(
    "move_strided(self, source, target)", _moved, method=False, of="as_strided",
    self=lambda grad, source, target: _move(grad, target, source),
    doc="Gradients moved from one geometry of a storage to another.",
)  # fmt: skip


def _as_strided(self: Tensor, size: Any, stride: Any, storage_offset: int | None = None) -> Tensor:
    """A view of the same storage by size, strides and offset, counted in elements."""
    offset = self.storage_offset() if storage_offset is None else storage_offset
    target = (tuple(size), tuple(stride), offset)
    if len(target[0]) != len(target[1]):
        raise RuntimeError(f"mismatch in length of strides and shape: {len(target[1])} and {len(target[0])}")
    return _strided(self, self.storage.memory, geometry(self), target)


_strided = op(
    "as_strided(self, memory, source, target)", lambda x, memory, source, target: window(memory, *target),
    view="one", method=False,
    self=lambda grad, source, target: _move(grad, target, source),
    doc="A window into the memory.",
)  # fmt: skip
Tensor.as_strided = _as_strided
as_strided = _as_strided


def _strided_node(base: Tensor, view: Tensor) -> Node:
    """A node that sees `view` as a window into `base` as it is now."""
    entry = table["as_strided"]
    args = [base, base.storage.memory, geometry(base), geometry(view)]
    return record.make_node(entry, record.kinds_of(entry, args), args, [wrap(view._array)])


views.strided_node = _strided_node

"""Parameter: a leaf that requires grad unless told otherwise, and says so when printed.

Counterpart in PyTorch: torch/nn/parameter.py.
"""

from __future__ import annotations

from ..printing import text
from ..storage import Storage
from ..tensor import Tensor, new


class Parameter(Tensor):
    """A tensor that a module learns, over the memory of `data`."""

    __slots__ = ()

    def __new__(cls, data: Tensor, requires_grad: bool = True) -> Parameter:
        if not isinstance(data, Tensor):
            raise TypeError(f"Parameter data has to be a tensor, but got {type(data).__name__}")
        made = new(cls)
        made._array = data._array
        made._storage = Storage(data.storage.memory, data.storage.version)
        made._node = made._grad = made._view = made._meta = None
        made._output_nr = 0
        made._requires_grad = False
        made.requires_grad = requires_grad
        return made

    def __repr__(self) -> str:
        return "Parameter containing:\n" + text(self)

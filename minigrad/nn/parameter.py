"""Parameter: a leaf that requires grad unless told otherwise, and says so when printed.

Counterpart in PyTorch: torch/nn/parameter.py.
"""

from __future__ import annotations

from typing import Any

from .. import errors
from ..ops.create import zeros
from ..printing import text
from ..tensor import Tensor, mark_inference, new


class Parameter(Tensor):
    """A tensor that a module learns, over the memory of `data`."""

    __slots__ = ()

    def __new__(cls, data: Tensor | None = None, requires_grad: bool = True) -> Parameter:
        if data is None:
            data = zeros(0)
        if not isinstance(data, Tensor):
            raise AttributeError(
                f"'{type(data).__name__}' object has no attribute 'detach'. A Parameter is made of a tensor."
            )
        if requires_grad and not data.is_floating_point():
            error = RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
            raise errors.about(error, "integers", data)
        made = new(cls)
        made._array = data._array
        made._storage = data.storage
        made._node = made._grad = made._view = made._meta = made._accumulator = None
        made._output_nr = 0
        made._requires_grad = False
        if data.is_inference():
            mark_inference(made, detached=True)
        made.requires_grad = requires_grad
        return made

    def __deepcopy__(self, memo: dict[int, Any]) -> Parameter:
        """Its values and requires_grad; unlike a tensor's copy without .grad and other attributes."""
        if id(self) not in memo:
            memo[id(self)] = type(self)(self.detach().clone(), self.requires_grad)
        return memo[id(self)]

    def __format__(self, spec: str) -> str:
        return object.__format__(self, spec)

    def __repr__(self) -> str:
        return "Parameter containing:\n" + text(self)


class _IsBuffer(type):
    """`isinstance(tensor, Buffer)` asks whether the tensor was marked as one."""

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, Tensor) and getattr(value, "_is_buffer", False)


class Buffer(metaclass=_IsBuffer):
    """A tensor that becomes a buffer of the module it is assigned to. persistent: state_dict has it."""

    def __new__(cls, data: Tensor | None = None, *, persistent: bool = True) -> Tensor:  # type: ignore[misc]
        made = zeros(0) if data is None else data.detach().requires_grad_(data.requires_grad)
        made._is_buffer, made.persistent = True, persistent  # type: ignore[attr-defined]
        return made

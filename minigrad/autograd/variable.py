"""Variable: what a tensor that knows its graph was called before PyTorch 0.4.

The wallet round the coin, as it was once put: a tensor held numbers, a Variable held a tensor, its gradient
and its history. Today a tensor is all of it, and `Variable(t)` gives a tensor.

Counterpart in PyTorch: torch/autograd/variable.py.
"""

from __future__ import annotations

from typing import Any

from ..node import alias
from ..tensor import Tensor, mark_inference


class _VariableMeta(type):
    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor)


class Variable(metaclass=_VariableMeta):
    """`Variable(tensor, requires_grad=False)` gives a leaf tensor over the same memory."""

    def __new__(cls, data: Tensor, requires_grad: bool = False) -> Tensor:  # type: ignore[misc]
        if not isinstance(data, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(data).__name__}")
        found = alias(data)
        if data.is_inference():
            mark_inference(found, detached=True)
        if requires_grad:
            found.requires_grad = True
        return found

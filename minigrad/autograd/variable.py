"""Variable: what a tensor that knows its graph was called before PyTorch 0.4.

The wallet round the coin, as it was once put: a tensor held numbers, a Variable held a tensor, its gradient
and its history. Today a tensor is all of it, and `Variable(t)` gives a tensor.

Counterpart in PyTorch: torch/autograd/variable.py.
"""

from __future__ import annotations

import warnings
from typing import Any

from ..errors import type_name
from ..node import alias
from ..ops.create import zeros
from ..tensor import Tensor, mark_inference


class _VariableMeta(type):
    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor)


class Variable(metaclass=_VariableMeta):
    """`Variable(tensor, requires_grad=False)` gives a leaf tensor over the same memory."""

    def __new__(  # type: ignore[misc]
        cls, data: Tensor | None = None, requires_grad: bool = False, volatile: bool | None = None
    ) -> Tensor:
        if volatile is not None:
            warnings.warn(
                "volatile was removed and now has no effect. Use `with minigrad.no_grad():` instead.",
                stacklevel=2,
            )
        if data is None:
            data = zeros(0)
        if not isinstance(data, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type_name(data)}")
        found = alias(data)
        if data.is_inference():
            mark_inference(found, detached=True)
        if requires_grad:
            if not data.is_floating_point():
                raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
            found.requires_grad = True
        return found

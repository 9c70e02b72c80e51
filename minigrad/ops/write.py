"""Writes into all of a tensor: zero_, fill_, copy_.

Counterpart in PyTorch: aten/src/ATen/native/Fill.cpp and Copy.cpp.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..inplace import check_writable
from ..mode import local
from ..op import op
from ..tensor import Tensor, zeros_for

zero_ = op(
    "zero_(self)", lambda x: np.zeros_like(x), node="ZeroBackward0", twin="uniform",
    self=zeros_for,
    doc="Write 0 into every element.",
)  # fmt: skip

_fill_number = op(
    "fill_number_(self, value)", lambda x, value: np.broadcast_to(value, x.shape), method=False,
    node="FillBackward2", of="fill_", twin="uniform filling",
    self=zeros_for,
    doc="Write a number into every element.",
)  # fmt: skip

_fill_tensor = op(
    "fill_tensor_(self, value)", lambda x, value: np.broadcast_to(value, x.shape), method=False,
    node="FillBackward3", of="fill_", twin="filling",
    self=zeros_for,
    value=lambda grad: grad.sum(),
    doc="Write a 0-d tensor into every element.",
)  # fmt: skip

_copy = op(
    "copy_(self, src)", lambda x, src: _copied(x, src), node="CopyBackwards", twin="copying",
    self=zeros_for,
    src=lambda grad: grad,
    doc="Write the elements of `src`, broadcast to self's shape and in its dtype.",
)  # fmt: skip


def _copied(x: np.ndarray, src: np.ndarray) -> np.ndarray:
    for dim in range(1, min(x.ndim, src.ndim) + 1):
        n, m = x.shape[-dim], src.shape[-dim]
        if n != m and 1 not in (n, m):
            raise RuntimeError(
                f"The size of tensor a ({n}) must match the size of tensor b ({m}) at non-singleton dimension "
                f"{max(x.ndim, src.ndim) - dim}"
            )
    shape = np.broadcast_shapes(x.shape, src.shape)
    if shape != x.shape:
        raise RuntimeError(
            f"output with shape {list(x.shape)} doesn't match the broadcast shape {list(shape)}"
        )
    return np.broadcast_to(src, x.shape)


def copy_(self: Tensor, src: Tensor, non_blocking: bool = False) -> Tensor:
    """Write the elements of `src`, broadcast to self's shape and in its dtype."""
    if isinstance(src, Tensor) and self._array.dtype.kind != "f":
        src = src.detach()  # integers take no part in gradients
    return _copy(self, src)


def fill_(self: Tensor, value: Any) -> Tensor:
    """Write a number, or a 0-d tensor, into every element."""
    if not isinstance(value, Tensor):
        return _fill_number(self, value)
    if value._array.ndim:
        if local.grad and (self.requires_grad or value.requires_grad):
            check_writable(self, "fill_")
        raise RuntimeError(
            f"fill_ only supports 0-dimension value tensor but got tensor with {value._array.ndim} dimensions."
        )
    return _fill_tensor(self, value)


Tensor.copy_, Tensor.fill_ = copy_, fill_

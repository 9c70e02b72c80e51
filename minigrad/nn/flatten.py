"""Modules that change the shape or pad.

Counterpart in PyTorch: torch/nn/modules/flatten.py, padding.py.
"""

from __future__ import annotations

from typing import Any

from ..tensor import Tensor
from . import functional as F
from .module import Module


class Flatten(Module):
    """The dimensions from start_dim to end_dim as one; by default all but the batch."""

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, input: Tensor) -> Tensor:
        """input, flattened."""
        return input.flatten(self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Unflatten(Module):
    """The dimension `dim` as several, of lengths unflattened_size."""

    def __init__(self, dim: int, unflattened_size: tuple[int, ...]) -> None:
        super().__init__()
        if not isinstance(dim, int):
            raise NotImplementedError("Unflatten(): dimensions by name are not supported; dim is an int")
        if not isinstance(unflattened_size, (tuple, list)):
            raise TypeError(
                f"unflattened_size must be a tuple of ints, but found type {type(unflattened_size).__name__}"
            )
        for i, n in enumerate(unflattened_size):
            if not isinstance(n, int):
                raise TypeError(
                    f"unflattened_size must be tuple of ints, but found element of type {type(n).__name__} at pos {i}"
                )
        self.dim, self.unflattened_size = dim, tuple(unflattened_size)

    def forward(self, input: Tensor) -> Tensor:
        """input, unflattened."""
        return input.unflatten(self.dim, self.unflattened_size)

    def extra_repr(self) -> str:
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"


class _Pad(Module):
    dims = 0
    mode = "constant"

    def __init__(self, padding: Any) -> None:
        super().__init__()
        self.padding = tuple(padding) if isinstance(padding, (tuple, list)) else (padding,) * (2 * self.dims)

    def forward(self, input: Tensor) -> Tensor:
        """input, with more elements at its ends."""
        return F.pad(input, self.padding, self.mode)

    def extra_repr(self) -> str:
        return str(self.padding)


class _ConstantPad(_Pad):
    def __init__(self, padding: Any, value: float) -> None:
        super().__init__(padding)
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        """input, with `value` at its ends."""
        return F.pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"


def _of(base: type[_Pad], name: str, dims: int, mode: str, what: str) -> Any:
    doc = f"{what} at the ends of the last {dims} dimension{'s' * (dims > 1)}."
    return type(name, (base,), {"dims": dims, "mode": mode, "__doc__": doc, "__module__": __name__})


ConstantPad1d, ConstantPad2d, ConstantPad3d = (
    _of(_ConstantPad, f"ConstantPad{n}d", n, "constant", "A number") for n in (1, 2, 3)
)
ZeroPad1d, ZeroPad2d, ZeroPad3d = (_of(_Pad, f"ZeroPad{n}d", n, "constant", "Zeros") for n in (1, 2, 3))
ReflectionPad1d, ReflectionPad2d, ReflectionPad3d = (
    _of(_Pad, f"ReflectionPad{n}d", n, "reflect", "The mirror image") for n in (1, 2, 3)
)
ReplicationPad1d, ReplicationPad2d, ReplicationPad3d = (
    _of(_Pad, f"ReplicationPad{n}d", n, "replicate", "The last element, again and again,") for n in (1, 2, 3)
)
CircularPad1d, CircularPad2d, CircularPad3d = (
    _of(_Pad, f"CircularPad{n}d", n, "circular", "What is at the other end,") for n in (1, 2, 3)
)

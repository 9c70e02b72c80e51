"""What a module does to all of its tree at once: modes, gradients, dtypes.

Counterpart in PyTorch: torch/nn/modules/module.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from .. import dtypes
from ..mode import no_grad
from ..ops.create import empty_like
from ..tensor import Tensor


class Whole:
    """The part of Module that walks over it from the leaves up."""

    training: bool
    _parameters: dict[str, Any]
    _buffers: dict[str, Any]
    children: Callable[[], Iterator[Any]]
    parameters: Callable[[], Iterator[Any]]

    def apply(self, fn: Callable[[Any], Any]) -> Any:
        """Call fn with every module, from the leaves up; returns self."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def train(self, mode: bool = True) -> Any:
        """Set `training` everywhere: dropout and batch norm behave otherwise in training; returns self."""
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        self.training = mode
        for module in self.children():
            module.train(mode)
        return self

    def eval(self) -> Any:
        """train(False)."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Any:
        """Set requires_grad of every parameter: False freezes them; returns self."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters, or fill them with zeros."""
        for parameter in self.parameters():
            if parameter.grad is not None:
                if set_to_none:
                    parameter.grad = None
                else:
                    parameter.grad.detach_().zero_()

    def to(self, *args: Any, dtype: dtypes.dtype | None = None, device: Any = None) -> Any:
        """Convert all floating point parameters and buffers, in place; the device can only be "cpu"."""
        for arg in args:
            if isinstance(arg, dtypes.dtype):
                dtype = arg
            elif isinstance(arg, Tensor):
                dtype = arg.dtype
            elif arg is not None and str(arg) != "cpu":
                device = arg
        if device is not None and str(device) != "cpu":
            raise NotImplementedError(
                f"Module.to(): {device!r} is neither a dtype nor the device 'cpu', the only one"
            )
        if dtype is None:
            return self
        if not dtype.is_floating_point:
            raise TypeError(
                f"nn.Module.to only accepts floating point or complex dtypes, but got desired dtype={dtype}"
            )
        return self._apply(lambda t: t.to(dtype) if t.is_floating_point() else t)

    def type(self, dst_type: dtypes.dtype) -> Any:
        """Convert all parameters and buffers to one dtype."""
        return self._apply(lambda t: t.to(dst_type))

    def to_empty(self, *, device: Any, recurse: bool = True) -> Any:
        """All parameters and buffers with new memory, of any content; returns self."""
        if str(device) != "cpu":
            raise NotImplementedError(
                f"Module.to_empty(): the device {device!r} is not supported, only 'cpu'"
            )
        return self._apply(empty_like, recurse)

    def cpu(self) -> Any:
        """self: the only device is the CPU."""
        return self

    def double(self) -> Any:
        """to(float64)."""
        return self.to(dtypes.float64)

    def float(self) -> Any:
        """to(float32)."""
        return self.to(dtypes.float32)

    def half(self) -> Any:
        """to(float16)."""
        return self.to(dtypes.float16)

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Any:
        """Replace what every parameter, gradient and buffer holds; the parameters stay the same objects."""
        for module in self.children() if recurse else ():
            module._apply(fn)
        with no_grad():
            for parameter in self._parameters.values():
                if parameter is not None:
                    grad, parameter.grad = parameter.grad, None
                    parameter.data = fn(parameter.detach())
                    if grad is not None:
                        parameter.grad = fn(grad)
            for name, buffer in self._buffers.items():
                if buffer is not None:
                    self._buffers[name] = fn(buffer)
        return self

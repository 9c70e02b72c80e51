"""Activation functions as modules.

Counterpart in PyTorch: torch/nn/modules/activation.py.
"""

from __future__ import annotations

from typing import Any, ClassVar

from ..ops.create import full
from ..tensor import Tensor
from . import functional as F
from .making import REQUIRED, arguments_of, signature_of
from .module import Module
from .parameter import Parameter


class _Activation(Module):
    """A function with options. `options`: name and default of each, in the order of the arguments.

    An option `inplace` is shown by repr only where it is True.
    """

    options: ClassVar[dict[str, Any]] = {}
    function: Any = None

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if cls.function is not None and not cls.__doc__:
            cls.__doc__ = f"functional.{cls.function.__name__} as a module."
        if "__init__" not in cls.__dict__:
            cls.__signature__ = signature_of(cls.options)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        for key, value in arguments_of(f"{type(self).__name__}.__init__", self.options, args, kwargs).items():
            setattr(self, key, value)

    def forward(self, input: Tensor) -> Tensor:
        """The function of input."""
        return type(self).function(input, **{name: getattr(self, name) for name in self.options})

    def extra_repr(self) -> str:
        shown = {name: getattr(self, name) for name in self.options}
        if shown.get("inplace") is not True:
            shown.pop("inplace", None)
        return ", ".join(f"{name}={value!r}" for name, value in shown.items())


class ReLU(_Activation):
    options, function = {"inplace": False}, F.relu


class ReLU6(_Activation):
    options, function = {"inplace": False}, F.relu6


class LeakyReLU(_Activation):
    options, function = {"negative_slope": 1e-2, "inplace": False}, F.leaky_relu


class ELU(_Activation):
    options, function = {"alpha": 1.0, "inplace": False}, F.elu


class SELU(_Activation):
    options, function = {"inplace": False}, F.selu


class CELU(_Activation):
    options, function = {"alpha": 1.0, "inplace": False}, F.celu


class GELU(_Activation):
    options, function = {"approximate": "none"}, F.gelu


class SiLU(_Activation):
    options, function = {"inplace": False}, F.silu


class Mish(_Activation):
    options, function = {"inplace": False}, F.mish


class Sigmoid(_Activation):
    function = F.sigmoid


class Tanh(_Activation):
    function = F.tanh


class LogSigmoid(_Activation):
    function = F.logsigmoid


class Softsign(_Activation):
    function = F.softsign


class Tanhshrink(_Activation):
    function = F.tanhshrink


class Softplus(_Activation):
    options, function = {"beta": 1.0, "threshold": 20.0}, F.softplus


class Hardtanh(_Activation):
    options, function = {"min_val": -1.0, "max_val": 1.0, "inplace": False}, F.hardtanh

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.max_val > self.min_val:
            raise AssertionError(f"max_val ({self.max_val}) must be greater than min_val ({self.min_val})")


class Hardsigmoid(_Activation):
    options, function = {"inplace": False}, F.hardsigmoid

    def extra_repr(self) -> str:
        return ""


class Hardswish(Hardsigmoid):
    function = F.hardswish


class Threshold(_Activation):
    options, function = {"threshold": REQUIRED, "value": REQUIRED, "inplace": False}, F.threshold


class GLU(_Activation):
    options, function = {"dim": -1}, F.glu


class Softmax(_Activation):
    options, function = {"dim": None}, F.softmax


class Softmax2d(Module):
    """softmax over the channels of (N, C, H, W) or (C, H, W), for each pixel by itself."""

    def forward(self, input: Tensor) -> Tensor:
        """input: (N, C, H, W) or (C, H, W)."""
        if input.ndim not in (3, 4):
            raise ValueError(f"Softmax2d: expected input to be 3D or 4D, got {input.ndim}D instead")
        return input.softmax(-3)


class LogSoftmax(_Activation):
    options, function = {"dim": None}, F.log_softmax


class Softmin(_Activation):
    options, function = {"dim": None}, F.softmin


class Softshrink(_Activation):
    options, function = {"lambd": 0.5}, F.softshrink

    def extra_repr(self) -> str:
        return str(self.lambd)


class Hardshrink(Softshrink):
    function = F.hardshrink


class PReLU(Module):
    """x above 0, else weight * x; one weight for all or one a channel, which are learned."""

    def __init__(
        self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        self.num_parameters, self.init = num_parameters, init
        self.weight = Parameter(full((num_parameters,), float(init), dtype=dtype))

    def forward(self, input: Tensor) -> Tensor:
        """input: (N, channels, ...)."""
        return F.prelu(input, self.weight)

    def extra_repr(self) -> str:
        return f"num_parameters={self.num_parameters}"

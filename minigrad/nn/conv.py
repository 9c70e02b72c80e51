"""Convolutional layers.

Counterpart in PyTorch: torch/nn/modules/conv.py.
"""

from __future__ import annotations

import math
from typing import Any

from ..dtypes import dtype as Dtype
from ..ops.conv import transposed_shape
from ..size import Size
from ..tensor import Tensor
from . import functional as F
from . import init
from .making import checked_device, numbers, parameter
from .module import Module

_MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "replicate", "circular": "circular"}


class _Conv(Module):
    """What the layers share. `dims` and `transposed` are those of the class."""

    dims = 0
    transposed = False

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any,
        padding: Any,
        dilation: Any,
        output_padding: Any,
        groups: int,
        bias: bool,
        padding_mode: str,
        device: Any,
        dtype: Dtype | None,
    ) -> None:
        super().__init__()
        checked_device(device, type(self).__name__)
        if groups <= 0:
            raise ValueError("groups must be a positive integer")
        if in_channels % groups:
            raise ValueError("in_channels must be divisible by groups")
        if out_channels % groups:
            raise ValueError("out_channels must be divisible by groups")
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.kernel_size, self.stride, self.dilation, self.output_padding = (
            numbers(value, self.dims) for value in (kernel_size, stride, dilation, output_padding)
        )
        self.padding = padding if isinstance(padding, str) else numbers(padding, self.dims)
        if isinstance(padding, str):
            if padding not in ("same", "valid"):
                raise ValueError(f"Invalid padding string {padding!r}, should be one of {{'same', 'valid'}}")
            if padding == "same" and any(s != 1 for s in self.stride):
                raise ValueError("padding='same' is not supported for strided convolutions")
        if padding_mode not in _MODES:
            raise ValueError(
                f"padding_mode must be one of {set(_MODES)}, but got padding_mode='{padding_mode}'"
            )
        self.padding_mode = padding_mode
        first, second = (in_channels, out_channels) if self.transposed else (out_channels, in_channels)
        self.weight = parameter((first, second // groups, *self.kernel_size), dtype)
        self.register_parameter("bias", parameter((out_channels,), dtype) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """New initial values, evenly distributed within 1 / sqrt(fan_in) of 0."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in, _ = init._calculate_fan_in_and_fan_out(self.weight)
            bound = 1 / math.sqrt(fan_in) if fan_in else 0
            init.uniform_(self.bias, -bound, bound)

    def _ends(self) -> tuple[int, ...]:
        """The padding of each end, the last dimension first, as `pad` takes it."""
        if self.padding == "valid":
            return (0,) * (2 * self.dims)
        if self.padding == "same":
            total = [d * (k - 1) for d, k in zip(self.dilation, self.kernel_size, strict=True)]
            pairs = [(n // 2, n - n // 2) for n in total]
        else:
            pairs = [(n, n) for n in self.padding]
        return tuple(n for pair in reversed(pairs) for n in pair)

    def extra_repr(self) -> str:
        text = (
            f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        )
        none = (0,) * self.dims
        if self.padding != none:
            text += f", padding={self.padding}"
        if self.dilation != (1,) * self.dims:
            text += f", dilation={self.dilation}"
        if self.output_padding != none:
            text += f", output_padding={self.output_padding}"
        if self.groups != 1:
            text += f", groups={self.groups}"
        if self.bias is None:
            text += ", bias=False"
        if self.padding_mode != "zeros":
            text += f", padding_mode={self.padding_mode}"
        return text


class _ConvN(_Conv):
    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Dtype | None = None,
    ) -> None:
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, 0, groups, bias, padding_mode, device, dtype
        )  # fmt: skip

    def forward(self, input: Tensor) -> Tensor:
        """input: (N, in_channels, pixels...), or without N; the result: (N, out_channels, windows...)."""
        padding = self.padding
        if self.padding_mode != "zeros":
            input, padding = F.pad(input, self._ends(), mode=_MODES[self.padding_mode]), 0
        conv = getattr(F, f"conv{self.dims}d")
        return conv(input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)


class _ConvTransposeN(_Conv):
    transposed = True

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Any = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Dtype | None = None,
    ) -> None:
        if padding_mode != "zeros":
            raise ValueError(f'Only "zeros" padding mode is supported for {type(self).__name__}')
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, output_padding, groups, bias,
            padding_mode, device, dtype,
        )  # fmt: skip

    def forward(self, input: Tensor, output_size: Any = None) -> Tensor:
        """input: (N, in_channels, windows...), or without N. output_size: one of the shapes possible."""
        extra = self.output_padding if output_size is None else self._extra(input, list(output_size))
        conv = getattr(F, f"conv_transpose{self.dims}d")
        return conv(
            input,
            self.weight,
            self.bias,
            self.stride,
            self.padding,
            extra,
            self.groups,
            self.dilation,
        )

    def _extra(self, input: Tensor, output_size: list[int]) -> tuple[int, ...]:
        """The output_padding that gives output_size. ValueError where there is none."""
        batch = input.ndim - self.dims  # 2 with a batch, 1 without
        if len(output_size) == input.ndim:
            output_size = output_size[batch:]
        if len(output_size) != self.dims:
            raise ValueError(
                f"ConvTranspose{self.dims}D: for {input.ndim}D input, output_size must have {self.dims} or {input.ndim} "
                f"elements (got {len(output_size)})"
            )
        size = input._array.shape[batch:]
        least = transposed_shape(
            size, self.kernel_size, self.stride, self.padding, self.dilation, (0,) * self.dims
        )
        most = [n + s - 1 for n, s in zip(least, self.stride, strict=True)]
        if any(not a <= n <= b for a, n, b in zip(least, output_size, most, strict=True)):
            raise ValueError(
                f"requested an output size of {tuple(output_size)}, but valid sizes range from {list(least)} to {most} "
                f"(for an input of {Size(size)})"
            )
        return tuple(n - m for n, m in zip(output_size, least, strict=True))


class Conv1d(_ConvN):
    """Products of a kernel with all windows of (N, C, L)."""

    dims = 1


class Conv2d(_ConvN):
    """Products of a kernel with all windows of (N, C, H, W)."""

    dims = 2


class Conv3d(_ConvN):
    """Products of a kernel with all windows of (N, C, D, H, W)."""

    dims = 3


class ConvTranspose1d(_ConvTransposeN):
    """The transpose of Conv1d, as a linear map."""

    dims = 1


class ConvTranspose2d(_ConvTransposeN):
    """The transpose of Conv2d, as a linear map."""

    dims = 2


class ConvTranspose3d(_ConvTransposeN):
    """The transpose of Conv3d, as a linear map."""

    dims = 3

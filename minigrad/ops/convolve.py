"""conv1d, conv2d, conv3d and their transposes: what a user writes, checked, on the op `convolution`.

Counterpart in PyTorch: aten/src/ATen/native/Convolution.cpp.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..tensor import Tensor
from .conv import convolution
from .conv_checks import checked, lengths
from .padding import pad
from .public import of_tensors


def _batched(x: Tensor, count: int, name: str) -> tuple[Tensor, bool]:
    if x.ndim not in (count + 1, count + 2):
        raise RuntimeError(
            f"Expected {count + 1}D (unbatched) or {count + 2}D (batched) input to {name}, but got input of size: "
            f"{list(x.shape)}"
        )
    return (x, True) if x.ndim == count + 2 else (x.unsqueeze(0), False)


def _same(
    x: Tensor, weight: Tensor, stride: Any, dilation: Any, count: int
) -> tuple[Tensor, tuple[int, ...]]:
    """For padding="same": x, padded at one end where both ends cannot have the same, and the padding."""
    if max(lengths(stride, count, "stride")) > 1:
        raise RuntimeError("padding='same' is not supported for strided convolutions")
    if weight.ndim != count + 2:
        return x, (0,) * count  # refused later
    total = [
        d * (k - 1)
        for d, k in zip(lengths(dilation, count, "dilation"), weight._array.shape[2:], strict=True)
    ]
    if any(n % 2 for n in total):
        ends = [(0, n % 2) for n in reversed(total)]
        x = pad(x, tuple(n for pair in ends for n in pair))
    return x, tuple(n // 2 for n in total)


def _conv(count: int) -> Callable[..., Tensor]:
    name = f"conv{count}d"

    def conv(
        input: Tensor,
        weight: Tensor,
        bias: Tensor | None = None,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
    ) -> Tensor:
        x, batched = _batched(input, count, name)
        if isinstance(padding, str):
            if padding not in ("same", "valid"):
                raise RuntimeError(f"Invalid padding string: '{padding}'")
            if padding == "same":
                x, padding = _same(x, weight, stride, dilation, count)
            else:
                padding = 0
        options = checked(
            x, weight, bias, count, groups, False, stride=stride, padding=padding, dilation=dilation
        )
        found = convolution(
            x,
            weight,
            bias,
            options["stride"],
            options["padding"],
            options["dilation"],
            False,
            (0,) * count,
            groups,
        )
        return found if batched else found.squeeze(0)

    return _named(conv, name, "Products of a kernel with all windows", count, "(out, C / groups, kernel...)")


def _conv_transpose(count: int) -> Callable[..., Tensor]:
    name = f"conv_transpose{count}d"

    def conv(
        input: Tensor,
        weight: Tensor,
        bias: Tensor | None = None,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        dilation: Any = 1,
    ) -> Tensor:
        x, batched = _batched(input, count, name)
        o = checked(
            x, weight, bias, count, groups, True,
            stride=stride, padding=padding, dilation=dilation, output_padding=output_padding,
        )  # fmt: skip
        found = convolution(
            x, weight, bias, o["stride"], o["padding"], o["dilation"], True, o["output_padding"], groups
        )
        return found if batched else found.squeeze(0)

    return _named(
        conv, name, "The transpose of a convolution, as a linear map,", count, "(C, out / groups, kernel...)"
    )


def _named(
    function: Callable[..., Tensor], name: str, what: str, count: int, weight: str
) -> Callable[..., Tensor]:
    function.__name__ = function.__qualname__ = name
    pixels = {1: "L", 2: "H, W", 3: "D, H, W"}[count]
    function = of_tensors(name)(function)
    function.__doc__ = (
        f"{what} over {count} dimension{'s' * (count > 1)}.\n\n"
        f"    input: (N, C, {pixels}), or without N; weight: {weight}; bias: (out,). stride, padding and dilation\n"
        "    are ints, or one int a dimension. RuntimeError, in torch's words, for shapes that do not fit.\n    "
    )
    return function


conv1d, conv2d, conv3d = (_conv(n) for n in (1, 2, 3))
conv_transpose1d, conv_transpose2d, conv_transpose3d = (_conv_transpose(n) for n in (1, 2, 3))

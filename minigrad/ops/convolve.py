"""conv1d, conv2d, conv3d and their transposes: what a user writes, checked, on the op `convolution`.

Counterpart in PyTorch: aten/src/ATen/native/Convolution.cpp (check_shape_forward).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..tensor import Tensor
from .conv import convolution
from .padding import pad


def lengths(value: Any, count: int, name: str) -> tuple[int, ...]:
    """An int, or one for each of `count` dimensions, as a tuple. TypeError and RuntimeError where it is neither."""
    listed = tuple(value) if isinstance(value, (tuple, list)) else (value,)
    for n in listed:
        if isinstance(n, (bool, float, str)) or not hasattr(n, "__index__"):
            raise TypeError(f"{name} must be an int or a tuple of ints, not {value!r}")
    if len(listed) == 1:
        return (int(listed[0]),) * count
    if len(listed) != count:
        raise RuntimeError(
            f"expected {name} to be a single integer value or a list of {count} values to match the convolution "
            f"dimensions, but got {name}={list(listed)}"
        )
    return tuple(int(n) for n in listed)


def _checked(
    x: Tensor, weight: Tensor, bias: Tensor | None, count: int, groups: int, transposed: bool, **options: Any
) -> dict[str, tuple[int, ...]]:
    """The options, one number a dimension. RuntimeError, in torch's words, for what does not fit."""
    found = {name: lengths(value, count, name) for name, value in options.items()}
    for name in ("stride", "dilation"):
        if min(found[name]) <= 0:
            raise RuntimeError(f"non-positive {name} is not supported")
    if min(found["padding"]) < 0:
        raise RuntimeError("negative padding is not supported")
    if groups <= 0:
        raise RuntimeError("non-positive groups is not supported")
    shape, size = list(weight.shape), list(x.shape)
    if weight.ndim != count + 2:
        raise RuntimeError(
            f"Expected {count + 2}-dimensional weight for a convolution of {count} dimensions, but got weight of "
            f"size {shape} instead"
        )
    if shape[0] == 0 or 0 in shape[2:]:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be at least 1 at dimension 0, but got weight of size {shape} "
            "instead"
        )
    if shape[0] % groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be divisible by {groups} at dimension 0, but got weight of "
            f"size [{shape}] instead"
        )
    channels = shape[0] if transposed else shape[1] * groups
    if size[1] != channels:
        given = f"transposed={int(transposed)}" if transposed else f"groups={groups}"
        raise RuntimeError(
            f"Given {given}, weight of size {shape}, expected input{size} to have {channels} channels, but got "
            f"{size[1]} channels instead"
        )
    out = shape[1] * groups if transposed else shape[0]
    if bias is not None and bias._array.shape != (out,):
        raise RuntimeError(
            f"Given {'transposed=1, ' if transposed else ''}weight of size {shape}, expected bias to be "
            f"1-dimensional with {out} elements, but got bias of size {list(bias.shape)} instead"
        )
    if x._array.dtype != weight._array.dtype:
        names = [t.dtype.tensor_type.removesuffix("Tensor") for t in (x, weight)]
        raise RuntimeError(f"expected scalar type {names[0]} but found {names[1]}")
    if bias is not None and x._array.dtype != bias._array.dtype:
        names = [t.dtype.tensor_type.removesuffix("Tensor").lower() for t in (x, bias)]
        raise RuntimeError(f"Input type ({names[0]}) and bias type ({names[1]}) should be the same")
    if not transposed:
        _check_kernel(size[2:], shape[2:], found["padding"], found["dilation"])
    return found


def _check_kernel(size: list[int], kernel: list[int], padding: Any, dilation: Any) -> None:
    wide = [n + 2 * p for n, p in zip(size, padding, strict=True)]
    reach = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    if any(n < k for n, k in zip(wide, reach, strict=True)):
        shown = (" x ".join(map(str, v)) for v in (wide, reach))
        raise RuntimeError(
            "Calculated padded input size per channel: ({}). Kernel size: ({}). Kernel size can't be greater than "
            "actual input size".format(*shown)
        )


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
        options = _checked(
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
        o = _checked(
            x, weight, bias, count, groups, True,
            stride=stride, padding=padding, dilation=dilation, output_padding=output_padding,
        )  # fmt: skip
        if any(
            p >= max(s, d) for p, s, d in zip(o["output_padding"], o["stride"], o["dilation"], strict=True)
        ):
            raise RuntimeError(
                f"output padding must be smaller than either stride or dilation, but got output_padding: "
                f"{list(o['output_padding'])} stride: {list(o['stride'])} dilation: {list(o['dilation'])}"
            )
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
    function.__doc__ = (
        f"{what} over {count} dimension{'s' * (count > 1)}.\n\n"
        f"    input: (N, C, {pixels}), or without N; weight: {weight}; bias: (out,). stride, padding and dilation\n"
        "    are ints, or one int a dimension. RuntimeError, in torch's words, for shapes that do not fit.\n    "
    )
    return function


conv1d, conv2d, conv3d = (_conv(n) for n in (1, 2, 3))
conv_transpose1d, conv_transpose2d, conv_transpose3d = (_conv_transpose(n) for n in (1, 2, 3))

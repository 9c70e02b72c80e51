"""Whether the arguments of a convolution fit together, and torch's words where they do not.

Counterpart in PyTorch: check_shape_forward in aten/src/ATen/native/Convolution.cpp, and the checks of the
kernels below it, for which a convolution of one dimension is one of two dimensions with a height of 1.
"""

from __future__ import annotations

from typing import Any

from ..tensor import Tensor
from .conv import transposed_shape
from .precision import unsupported

Ints = tuple[int, ...]


def lengths(value: Any, count: int, name: str) -> Ints:
    """An int, or one for each of `count` dimensions, as a tuple. TypeError, RuntimeError for any other."""
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


def checked(
    x: Tensor, weight: Tensor, bias: Tensor | None, count: int, groups: int, transposed: bool, **options: Any
) -> dict[str, Ints]:
    """The options, one number a dimension. RuntimeError for what does not fit."""
    found = {name: lengths(value, count, name) for name, value in options.items()}
    _check_weight(list(x.shape), list(weight.shape), count, groups, found)
    _check_channels(list(x.shape), list(weight.shape), bias, groups, transposed)
    _check_dtypes(x, weight, bias, count, transposed)
    size, kernel = x._array.shape[2:], weight._array.shape[2:]
    _check_lengths(kernel, found["dilation"], transposed)
    if transposed:
        _check_output(size, kernel, found)
    else:
        _check_kernel(size, kernel, found["padding"], found["dilation"])
    return found


def _check_weight(size: list[int], shape: list[int], count: int, groups: int, found: dict[str, Ints]) -> None:
    if len(shape) < 3:
        raise RuntimeError("weight should have at least three dimensions")
    if groups <= 0:
        raise RuntimeError("non-positive groups is not supported")
    for name in ("padding", "output_padding"):
        if min(found.get(name, (0,))) < 0:
            raise RuntimeError(f"negative {name} is not supported")
    if min(found["stride"]) <= 0:
        raise RuntimeError("non-positive stride is not supported")
    if min(found["dilation"]) < 0:
        raise RuntimeError("dilation should be greater than zero")
    if len(shape) != count + 2:
        lengths(found["stride"], len(shape) - 2, "stride")
        raise RuntimeError(
            f"Expected {len(shape)}-dimensional input for {len(shape)}-dimensional weight {shape}, but got "
            f"{len(size)}-dimensional input of size {size} instead"
        )
    if shape[0] < groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be at least {groups} at dimension 0, but got weight of size "
            f"{shape} instead"
        )
    if shape[0] % groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be divisible by {groups} at dimension 0, but got weight of "
            f"size [{shape}] instead"
        )


def _check_channels(
    size: list[int], shape: list[int], bias: Tensor | None, groups: int, transposed: bool
) -> None:
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


def _check_dtypes(x: Tensor, weight: Tensor, bias: Tensor | None, count: int, transposed: bool) -> None:
    kinds = [t.dtype.scalar_type for t in (x, weight, bias) if t is not None]
    if bias is not None and kinds[0] != kinds[2]:
        raise RuntimeError(
            f"Input type ({x.dtype.c_name}) and bias type ({bias.dtype.c_name}) should be the same"
        )
    if kinds[0] == "Bool":
        two = max(count, 2)
        plain = "slow_conv2d_cpu" if count < 3 else "compute_columns3d"
        kernel = f"slow_conv_transpose{two}d_out_cpu" if transposed else plain
        raise unsupported(x._array, kernel)
    if kinds[0] != kinds[1]:
        raise RuntimeError(f"expected scalar type {kinds[0]} but found {kinds[1]}")


def _inside(lengths: Ints, one: int = 1) -> Ints:
    """The lengths as torch's kernels have them: at least two, the first of them `one`."""
    return (one, *lengths) if len(lengths) == 1 else lengths


def _axes(lengths: Ints) -> tuple[str, ...]:
    return ("depth", "height", "width")[-len(_inside(lengths)) :]


def _named(name: str, lengths: Ints, between: str = " ", one: int = 1) -> str:
    pairs = zip(_axes(lengths), _inside(lengths, one), strict=True)
    return between.join(f"{name}_{axis}: {n}" for axis, n in pairs)


def _times(lengths: Ints) -> str:
    return " x ".join(map(str, lengths))


def _check_lengths(kernel: Ints, dilation: Ints, transposed: bool) -> None:
    if 0 in kernel:
        shown = f" {_named('kernel', kernel)}" if len(kernel) < 3 else f": {_times(kernel)} (TxHxW)"
        raise RuntimeError(f"kernel size should be greater than zero, but got{shown}")
    if 0 in dilation:
        shown = _named("dilation", dilation, ", ") if transposed else str(list(_inside(dilation)))
        raise RuntimeError(f"dilation should be greater than zero, but got {shown}")


def _check_output(size: Ints, kernel: Ints, found: dict[str, Ints]) -> None:
    extra, stride, dilation = found["output_padding"], found["stride"], found["dilation"]
    if any(p >= max(s, d) for p, s, d in zip(extra, stride, dilation, strict=True)):
        raise RuntimeError(
            "output padding must be smaller than either stride or dilation, but got "
            f"{_named('output_padding', extra, one=0)} {_named('stride', stride)} {_named('dilation', dilation)}"
        )
    out = transposed_shape(size, kernel, stride, found["padding"], dilation, extra)
    if min(out) < 1:
        raise RuntimeError(
            f"Given input size per channel: ({_times(_inside(size))}). Calculated output size per channel: "
            f"({_times(_inside(out))}). Output size is too small"
        )


def _check_kernel(size: Ints, kernel: Ints, padding: Ints, dilation: Ints) -> None:
    wide = tuple(n + 2 * p for n, p in zip(size, padding, strict=True))
    reach = tuple(d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True))
    if any(n < k for n, k in zip(wide, reach, strict=True)):
        raise RuntimeError(
            f"Calculated padded input size per channel: ({_times(wide)}). Kernel size: ({_times(reach)}). Kernel size "
            "can't be greater than actual input size"
        )

"""Initial values of parameters, written into them without recording.

Counterpart in PyTorch: torch/nn/init.py. The random numbers are those of minigrad.manual_seed, not torch's.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from ..mode import no_grad
from ..ops.draw import randperm
from ..random import Generator
from ..tensor import Tensor, wrap

_GAINS = {
    **dict.fromkeys(["linear", *[f"conv{kind}{n}d" for kind in ("", "_transpose") for n in (1, 2, 3)]], 1),
    "sigmoid": 1, "tanh": 5 / 3, "relu": math.sqrt(2.0), "selu": 3 / 4,
}  # fmt: skip


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """By what a layer's weights are scaled for the function after it; param: leaky_relu's slope.

    ValueError for a function without such a number.
    """
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, (int, float)):
            raise ValueError(f"negative_slope {param} not a valid number")
        return math.sqrt(2.0 / (1 + slope**2))
    if nonlinearity not in _GAINS:
        raise ValueError(f"Unsupported nonlinearity {nonlinearity}")
    return _GAINS[nonlinearity]


def _write(tensor: Tensor, values: Any) -> Tensor:
    with no_grad():
        return tensor.copy_(wrap(np.asarray(values, tensor._array.dtype)))


def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Evenly distributed between a and b."""
    with no_grad():
        return tensor.uniform_(a, b, generator=generator)


def normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None
) -> Tensor:
    """Normally distributed."""
    with no_grad():
        return tensor.normal_(mean, std, generator=generator)


def trunc_normal_(
    tensor: Tensor,
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    generator: Generator | None = None,
) -> Tensor:
    """Normally distributed, but drawn again until it is between a and b.

    Where the normal numbers seldom are, even ones are drawn, and kept in proportion to the density there.
    """
    if mean < a - 2 * std or mean > b + 2 * std:
        warnings.warn(
            "mean is more than 2 std from [a, b] in nn.init.trunc_normal_. The distribution of values may be incorrect.",
            UserWarning,
            stacklevel=2,
        )
    low, high = (float(tensor._array.dtype.type(end)) for end in (a, b))
    inside = _below((b - mean) / std) - _below((a - mean) / std)
    peak = -0.5 * ((max(a, min(mean, b)) - mean) / std) ** 2

    def draw() -> tuple[np.ndarray, np.ndarray]:
        """Numbers, and which of them are refused."""
        drawn = tensor.new_empty(tensor.shape)
        if inside > 0.3:
            values = drawn.normal_(mean, std, generator=generator)._array
            return values, (values < low) | (values > high)
        values = drawn.uniform_(a, b, generator=generator)._array
        density = -0.5 * ((values - mean) / std) ** 2 - peak
        return values, np.log(tensor.new_empty(tensor.shape).uniform_(generator=generator)._array) > density

    values, refused = draw()
    while refused.any():
        again, wrong = draw()
        values = np.where(refused, again, values)
        refused &= wrong
    return _write(tensor, values)


def _below(x: float) -> float:
    """The share of normal numbers that are below x."""
    return (1 + math.erf(x / math.sqrt(2))) / 2


def constant_(tensor: Tensor, val: float) -> Tensor:
    """One value everywhere."""
    with no_grad():
        return tensor.fill_(val)


def ones_(tensor: Tensor) -> Tensor:
    """1 everywhere."""
    return constant_(tensor, 1.0)


def zeros_(tensor: Tensor) -> Tensor:
    """0 everywhere."""
    with no_grad():
        return tensor.zero_()


def eye_(tensor: Tensor) -> Tensor:
    """The identity. ValueError where it is no matrix."""
    if tensor.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    return _write(tensor, np.eye(*tensor._array.shape))


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """The kernel of a convolution that hands its input on. ValueError for other than 3 to 5 dimensions."""
    shape = tensor._array.shape
    if len(shape) not in (3, 4, 5):
        raise ValueError("Only tensors with 3, 4, or 5 dimensions are supported")
    if shape[0] % groups:
        raise ValueError("dim 0 must be divisible by groups")
    values = np.zeros(shape)
    middle = tuple(n // 2 for n in shape[2:])
    out = shape[0] // groups
    for group in range(groups):
        for i in range(min(out, shape[1])):
            values[(group * out + i, i, *middle)] = 1
    return _write(tensor, values)


def _calculate_fan_in_and_fan_out(tensor: Tensor) -> tuple[int, int]:
    """How many inputs one element of the output has, and how many outputs one element of the input."""
    shape = tensor._array.shape
    if len(shape) < 2:
        raise ValueError("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions")
    field = int(np.prod(shape[2:]))
    return shape[1] * field, shape[0] * field


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Evenly distributed with variance 2 / (fan_in + fan_out) (Glorot and Bengio, 2010)."""
    bound = math.sqrt(3.0) * gain * math.sqrt(2.0 / sum(_calculate_fan_in_and_fan_out(tensor)))
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Normally distributed with variance 2 / (fan_in + fan_out)."""
    std = gain * math.sqrt(2.0 / sum(_calculate_fan_in_and_fan_out(tensor)))
    return normal_(tensor, 0.0, std, generator)


def _calculate_correct_fan(tensor: Tensor, mode: str) -> int:
    """The fan that `mode` names."""
    mode = mode.lower()
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"Mode {mode} not supported, please use one of ['fan_in', 'fan_out']")
    fan_in, fan_out = _calculate_fan_in_and_fan_out(tensor)
    return fan_in if mode == "fan_in" else fan_out


def _kaiming_std(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    fan = _calculate_correct_fan(tensor, mode)
    return calculate_gain(nonlinearity, a) / math.sqrt(fan)


def _empty(tensor: Tensor) -> bool:
    if 0 not in tensor._array.shape:
        return False
    warnings.warn("Initializing zero-element tensors is a no-op", UserWarning, stacklevel=3)
    return True


def kaiming_uniform_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Evenly distributed with variance gain^2 / fan (He et al., 2015)."""
    if _empty(tensor):
        return tensor
    bound = math.sqrt(3.0) * _kaiming_std(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Normally distributed with variance gain^2 / fan."""
    if _empty(tensor):
        return tensor
    return normal_(tensor, 0.0, _kaiming_std(tensor, a, mode, nonlinearity), generator)


def orthogonal_(tensor: Tensor, gain: float = 1, generator: Generator | None = None) -> Tensor:
    """A matrix whose rows (or columns, if these are fewer) are orthogonal, times gain (Saxe et al., 2013)."""
    if tensor.ndim < 2:
        raise ValueError("Only tensors with 2 or more dimensions are supported")
    if not tensor.numel():
        return tensor
    rows = tensor._array.shape[0]
    flat = tensor.new_empty(rows, tensor.numel() // rows).normal_(generator=generator)._array
    q, r = np.linalg.qr(flat.T if flat.shape[0] < flat.shape[1] else flat)
    q *= np.sign(np.diag(r))
    return _write(tensor, gain * (q.T if flat.shape[0] < flat.shape[1] else q).reshape(tensor._array.shape))


def sparse_(tensor: Tensor, sparsity: float, std: float = 0.01, generator: Generator | None = None) -> Tensor:
    """Normally distributed, but this share of each column 0 (Martens, 2010). ValueError for no matrix."""
    if tensor.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    rows, columns = tensor._array.shape
    values = tensor.new_empty(rows, columns).normal_(0, std, generator=generator)._array
    for column in range(columns):
        values[randperm(rows)._array[: math.ceil(sparsity * rows)], column] = 0
    return _write(tensor, values)

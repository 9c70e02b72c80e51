"""pad: more elements at the ends of dimensions, or, where the numbers are negative, fewer.

Counterpart in PyTorch: aten/src/ATen/native/PadNd.cpp, ReflectionPad.cpp, ReplicationPadding.cpp.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..memory_format import as_suggested
from ..op import op
from ..tensor import Tensor, zeros_for
from .filled import zeros_in
from .precision import unsupported
from .sizes import checked_sizes


def _pairs(pad: tuple[int, ...], ndim: int) -> list[tuple[int, int]]:
    """(before, after) of each dimension; `pad` begins with the last dimension."""
    if len(pad) % 2:
        raise RuntimeError("Padding length must be divisible by 2")
    if len(pad) > 2 * ndim:
        raise RuntimeError(
            "Padding length should be less than or equal to two times the input dimension but got padding length "
            f"{len(pad)} and input of dimension {ndim}"
        )
    given = [(int(pad[i]), int(pad[i + 1])) for i in range(0, len(pad), 2)][::-1]
    return [(0, 0)] * (ndim - len(given)) + given


def _constant_pad(x: np.ndarray, pad: tuple[int, ...], value: Any) -> np.ndarray:
    pairs = _pairs(pad, x.ndim)
    shape = tuple(n + a + b for n, (a, b) in zip(x.shape, pairs, strict=True))
    if max(pad, default=0) <= 0 and min(shape, default=0) < 0:
        raise RuntimeError("narrow(): length must be non-negative.")
    for dim, (n, (a, b)) in enumerate(zip(shape, pairs, strict=True)):
        if n < 0 or min(a, 0) + min(b, 0) + x.shape[dim] < 0:
            raise RuntimeError(
                f"The input size {x.shape[dim]}, plus negative padding {a} and {b}, resulted in a negative output size, "
                f"which is invalid. Check dimension {dim} of your input."
            )
    out = np.full(shape, value, x.dtype)
    into = tuple(slice(max(a, 0), n - max(b, 0)) for n, (a, b) in zip(shape, pairs, strict=True))
    source = tuple(slice(max(-a, 0), n - max(-b, 0)) for n, (a, b) in zip(x.shape, pairs, strict=True))
    out[into] = x[source]
    return out


constant_pad_nd = op(
    "constant_pad_nd(self, pad, value=0)", as_suggested(_constant_pad), method=False,
    self=lambda grad, pad: constant_pad_nd(grad, tuple(-n for n in pad), 0),
    doc="`value` at the ends of dimensions; pad: (before, after) of the last one, of the one before it, ...",
)  # fmt: skip


def _places(shape: tuple[int, ...], pad: tuple[int, ...], mode: str) -> tuple[np.ndarray, ...]:
    """For each dimension which element stands at each position of the result."""
    found = []
    for n, (a, b) in zip(shape, _pairs(pad, len(shape)), strict=True):
        at = np.arange(-a, n + b)
        if mode == "replicate":
            at = at.clip(0, n - 1)
        else:
            at = np.abs(at)
            at = np.where(at >= n, 2 * (n - 1) - at, at)
        found.append(at)
    return np.ix_(*found)


def _spread(grad: np.ndarray, shape: tuple[int, ...], pad: tuple[int, ...], mode: str) -> np.ndarray:
    found = np.zeros(shape, grad.dtype)
    np.add.at(found, _places(shape, pad, mode), grad)
    return found


def _entries(mode: str, name: str) -> Any:
    """The op of one mode and one number of dimensions, as torch tells them apart."""
    forward = op(
        f"{name}(self, pad)", as_suggested(lambda x, pad: x[_places(x.shape, pad, mode)]), method=False, node=_node(name),
        self=lambda grad, self, pad: backward(grad, self, pad),
        doc=f"Padding by elements of the tensor itself: {mode}.",
    )  # fmt: skip
    backward = op(
        f"{name}_backward(grad_output, self, pad)",
        lambda g, x, pad: _spread(g, x.shape, pad, mode), method=False,
        node=_node(name).replace("Backward0", "BackwardBackward0"),
        grad_output=lambda grad, pad: forward(grad, pad),
        self=zeros_for,
        doc="The gradient of the padding: each element gets those of all of its places.",
    )  # fmt: skip
    return forward


def _node(name: str) -> str:
    mode, _, dims = name.rpartition("_pad")
    return f"{mode.capitalize()}Pad{dims[0]}DBackward0"


_by_mode = {
    "reflect": [_entries("reflect", f"reflection_pad{n}d") for n in (1, 2, 3)],
    "replicate": [_entries("replicate", f"replication_pad{n}d") for n in (1, 2, 3)],
}


def pad(input: Tensor, pad: Any, mode: str = "constant", value: float | None = None) -> Tensor:
    """input with pad[0] more elements before and pad[1] after those of the last dimension, and so on.

    mode: "constant" (of `value`, 0 by default), "reflect", "replicate" or "circular". Raises RuntimeError and
    NotImplementedError as torch does.
    """
    pad = checked_sizes("pad", pad, "pad", 2)
    if mode == "constant":
        return constant_pad_nd(input, pad, 0 if value is None else value)
    if value not in (None, 0):
        raise RuntimeError(f'Padding mode "{mode}" doesn\'t take in value argument')
    if mode != "circular" and mode not in _by_mode:
        raise NotImplementedError(f"Unrecognised padding mode {mode}")
    dims = len(pad) // 2
    if len(pad) not in (2, 4, 6) or input.ndim not in (dims + 1, dims + 2):
        raise NotImplementedError(f"Padding size {len(pad)} is not supported for {input.ndim}D input tensor.")
    if mode == "circular":
        return _circular(input, pad)
    _check_ends(input, pad, mode)
    return _by_mode[mode][dims - 1](input, pad)


def _check_ends(x: Tensor, pad: tuple[int, ...], mode: str) -> None:
    dims = len(pad) // 2
    shape = list(x.shape)
    if 0 in shape[-dims - 1 :]:
        raise RuntimeError(
            f"Expected {dims + 1}D or {dims + 2}D (batch mode) tensor with possibly 0 batch size and other non-zero "
            f"dimensions for input, but got: {shape}"
        )
    ends = [(shape[-1 - i], pad[2 * i], pad[2 * i + 1]) for i in range(dims)]
    for i, (n, before, after) in enumerate(ends):
        if mode == "reflect" and max(before, after) >= n:
            raise RuntimeError(
                f"Argument #{4 + 2 * i}: Padding size should be less than the corresponding input dimension, but got: "
                f"padding ({before}, {after}) at dimension {x.ndim - 1 - i} of input {shape}"
            )
    sizes = [n + before + after for n, before, after in reversed(ends)]
    if min(sizes) < 1:
        names = ("D", "H", "W")[-dims:]
        given = ", ".join(f"{name}: {n}" for name, n in zip(names, shape[-dims:], strict=True))
        found = " ".join(f"{name}: {n}" for name, n in zip(names, sizes, strict=True))
        raise RuntimeError(f"input ({given}) is too small. Calculated output {found}")
    if x._array.dtype == np.bool_:
        raise unsupported(x._array, f"{'reflection' if mode == 'reflect' else 'replication'}_pad{dims}d")


def _circular(x: Tensor, pad: tuple[int, ...]) -> Tensor:
    """Each end gets elements from the other, written into the result one dimension after the other."""
    pairs = _pairs(pad, x.ndim)
    shape = tuple(n + a + b for n, (a, b) in zip(x._array.shape, pairs, strict=True))
    for n, m, (before, after) in zip(x._array.shape, shape, pairs, strict=True):
        if max(before, after) > n:
            raise RuntimeError("Padding value causes wrapping around more than once.")
        if m < 0:
            raise RuntimeError("Negative padding value is resulting in an empty dimension")
        if max(before, after) > n + min(before, 0) + min(after, 0):
            raise NotImplementedError(
                f"pad(): padding {pad} cuts off what it would repeat, which is not supported"
            )
    out = zeros_in(shape, x)
    middle = out
    padded = [d for d in range(x.ndim) if d >= x.ndim - len(pad) // 2]
    for d in padded:
        before, after = pairs[d]
        kept = x._array.shape[d] + min(before, 0) + min(after, 0)
        middle = middle.narrow(d, max(before, 0), kept)
        x = x.narrow(d, max(-before, 0), kept)
    middle.copy_(x)
    for d in reversed(padded):
        before, after = (max(n, 0) for n in pairs[d])
        if before:
            out.narrow(d, 0, before).copy_(out.narrow(d, shape[d] - before - after, before))
        if after:
            out.narrow(d, shape[d] - after, after).copy_(out.narrow(d, before, after))
    return out

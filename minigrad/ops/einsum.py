"""einsum: products and sums by subscripts.

Counterpart in PyTorch: einsum and sumproduct_pair in aten/src/ATen/native/Linear.cpp, taken apart as there.
"""

from __future__ import annotations

import math
from typing import Any

from ..tensor import Tensor
from .linalg import bmm

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_REST = "..."


def _subscripts(text: str, where: str) -> list[str]:
    """The subscripts of one operand: letters, and "..." at most once."""
    found, i = [], 0
    while i < len(text):
        if text[i] == " ":
            i += 1
        elif text[i] == ".":
            if text[i : i + 3] != "..." or _REST in found:
                raise RuntimeError(f"einsum(): found '.' {where} that is not part of any ellipsis")
            found.append(_REST)
            i += 3
        elif text[i].isascii() and text[i].isalpha():
            found.append(text[i])
            i += 1
        else:
            raise RuntimeError(
                f"einsum(): invalid subscript given at index {i} in the equation string, subscripts must be in "
                "[a-zA-Z]"
            )
    return found


def _arguments(equation: Any, operands: tuple[Any, ...]) -> tuple[str, list[Tensor]]:
    """The equation as a string and the operands, from either form of call."""
    if isinstance(equation, Tensor):
        # einsum(a, [0, 1], b, [1, 2], [0, 2]): letters by number.
        flat = [equation, *operands]
        named = lambda s: "".join("..." if n is Ellipsis else _LETTERS[n] for n in s)  # noqa: E731
        parts, tensors = [], flat[0 : len(flat) // 2 * 2 : 2]
        parts = [named(s) for s in flat[1::2]]
        output = f"->{named(flat[-1])}" if len(flat) % 2 else ""
        return ",".join(parts) + output, list(tensors)
    if len(operands) == 1 and isinstance(operands[0], (tuple, list)):
        operands = tuple(operands[0])
    if not operands:
        raise ValueError(
            "einsum(): must specify the equation string and at least one operand, or at least one operand and its "
            "subscripts list"
        )
    return equation, list(operands)


def einsum(equation: Any, *operands: Any) -> Tensor:
    """Products summed as the equation says: "ij,jk->ik" is the product of matrices.

    Letters that the output lacks are summed over; without "->" the output has those that occur once, in
    alphabetical order. "..." stands for any dimensions, which are broadcast. RuntimeError, in torch's words,
    for what is no equation or does not fit the operands.
    """
    equation, tensors = _arguments(equation, operands)
    left, arrow, right = equation.partition("->")
    inputs = [_subscripts(part, f"for operand {i}") for i, part in enumerate(left.split(","))]
    if len(inputs) < len(tensors):
        raise RuntimeError("einsum(): more operands were provided than specified in the equation")
    if len(inputs) > len(tensors):
        raise RuntimeError("einsum(): fewer operands were provided than specified in the equation")
    rest = _check_inputs(inputs, tensors)
    labels = _order(inputs, right if arrow else None)
    kept = next(i for i, label in enumerate([*labels, None]) if label is None)
    labels.remove(None)
    places: dict[str, int] = {}
    position = 0
    for i, label in enumerate(labels):
        if i == kept:
            kept_dims = position
        places[label] = position
        position += rest if label == _REST else 1
    kept_dims = position if kept == len(labels) else kept_dims
    aligned = [
        _aligned(t, labels_of, places, rest, position) for t, labels_of in zip(tensors, inputs, strict=True)
    ]
    _check_sizes(aligned, places)
    return _contracted(aligned, kept_dims, position)


def _check_inputs(inputs: list[list[str]], tensors: list[Tensor]) -> int:
    """How many dimensions "..." stands for, at most."""
    rest = 0
    for i, (labels, tensor) in enumerate(zip(inputs, tensors, strict=True)):
        named, ndim = sum(label != _REST for label in labels), tensor._array.ndim
        if _REST in labels:
            if named > ndim:
                raise RuntimeError(
                    f"einsum(): the number of subscripts in the equation ({named}) is more than the number of "
                    f"dimensions ({ndim}) for operand {i}"
                )
            rest = max(rest, ndim - named)
        elif named != ndim:
            raise RuntimeError(
                f"einsum(): the number of subscripts in the equation ({named}) does not match the number of "
                f"dimensions ({ndim}) for operand {i} and no ellipsis was given"
            )
    return rest


def _order(inputs: list[list[str]], output: str | None) -> list[str | None]:
    """All labels: those of the output in its order, None, those that are summed over."""
    every = [label for labels in inputs for label in labels]
    if output is None:
        kept = [_REST] * (_REST in every)
        kept += [label for label in sorted(set(every) - {_REST}) if every.count(label) == 1]
    else:
        kept = _subscripts(output, "for the output")
        for label in kept:
            if kept.count(label) > 1:
                raise RuntimeError(f"einsum(): output subscript {label} appears more than once in the output")
            if label != _REST and label not in every:
                raise RuntimeError(
                    f"einsum(): output subscript {label} does not appear in the equation for any input operand"
                )
    summed = [label for label in _LETTERS if label in every and label not in kept]
    if _REST in every and _REST not in kept:
        summed = [_REST, *summed]
    return [*kept, None, *summed]


def _aligned(t: Tensor, labels: list[str], places: dict[str, int], rest: int, ndim: int) -> Tensor:
    """The operand with all dimensions in the common order, of length 1 where it lacks one."""
    order = [-1] * ndim
    dims: dict[str, int] = {}
    original = t._array.ndim
    j = 0
    for label in labels:
        if label == _REST:
            have = original - (len(labels) - 1)
            for _ in range(rest - have):
                t = t.unsqueeze(j)
            for k in range(rest):
                order[places[_REST] + k] = j
                j += 1
        elif label in dims:
            first = dims[label]
            n, m = t._array.shape[j], t._array.shape[first]
            if n != m:
                raise RuntimeError(
                    f"einsum(): subscript {label} is repeated for operand 0 but the sizes don't match, {n} != {m}"
                )
            t = t.diagonal(0, first, j).movedim(-1, first)
        else:
            dims[label] = j
            order[places[label]] = j
            j += 1
    for i, dim in enumerate(order):
        if dim < 0:
            t = t.unsqueeze(-1)
            order[i] = j
            j += 1
    return t.permute(tuple(order))


def _check_sizes(aligned: list[Tensor], places: dict[str, int]) -> None:
    seen: dict[int, int] = {}
    names = {place: label for label, place in places.items()}
    for i, t in enumerate(aligned):
        for d, n in enumerate(t._array.shape):
            before = seen.get(d, 1)
            if before != 1 and n not in (1, before):
                label = names.get(d, _REST)
                raise RuntimeError(
                    f"einsum(): subscript {label} has size {n} for operand {i} which does not broadcast with "
                    f"previously seen size {before}"
                )
            if n != 1:
                seen[d] = n


def _contracted(tensors: list[Tensor], kept: int, ndim: int) -> Tensor:
    """The product of all, from left to right, with the dimensions from `kept` on summed away."""
    several = len(tensors) > 1
    counts = [sum(t._array.shape[d] != 1 for t in tensors) for d in range(ndim)]
    while len(tensors) > 1:
        a, b = tensors[:2]
        both, only_a, only_b = [], [], []
        for d in range(kept, ndim):
            n, m = a._array.shape[d], b._array.shape[d]
            if n != 1 and m != 1:
                counts[d] -= 1
                if counts[d] == 1:
                    both.append(d)
                    counts[d] = 0
            elif counts[d] == 1 and (n != 1 or m != 1):
                (only_a if n != 1 else only_b).append(d)
                counts[d] = 0
        a = a.sum(tuple(only_a), True) if only_a else a
        b = b.sum(tuple(only_b), True) if only_b else b
        tensors[:2] = [_pair(a, b, both) if both else a * b]
    (found,) = tensors
    if ndim == kept:
        return found
    if several:
        return found.view(found._array.shape[:kept])
    return found.sum(tuple(range(kept, ndim)))


def _pair(left: Tensor, right: Tensor, summed: list[int]) -> Tensor:
    """left * right summed over some dimensions, which stay with length 1: one product of matrices."""
    shared, ours, theirs = [], [], []
    for d, (n, m) in enumerate(zip(left._array.shape, right._array.shape, strict=True)):
        if d not in summed:
            (shared if n != 1 and m != 1 else ours if n != 1 else theirs).append(d)
    a, b = left._array.shape, right._array.shape

    def length(shape: tuple[int, ...], dims: list[int]) -> int:
        return math.prod([shape[d] for d in dims])

    size = [*[a[d] for d in shared + ours], *[1] * len(summed), *[b[d] for d in theirs]]
    order = [*shared, *ours, *summed, *theirs]
    x = left.permute((*shared, *ours, *summed, *theirs))
    x = x.reshape((length(a, shared), length(a, ours), length(a, summed)))
    y = right.permute((*shared, *summed, *theirs, *ours))
    y = y.reshape((length(a, shared), length(a, summed), length(b, theirs)))
    back = tuple([order.index(d) for d in range(len(order))])
    return bmm(x, y).view(tuple(size)).permute(back)

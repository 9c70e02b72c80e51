"""einsum, tensordot, inner, kron, cross: what is made of products.

Counterpart in PyTorch: einsum, sumproduct_pair and tensordot in aten/src/ATen/native/Linear.cpp, taken apart
as there.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..op import op
from ..tensor import Tensor, checked_dim
from .copies import contiguous
from .linalg import bmm, dot, matmul, mm
from .shape import unsafe_view, viewed

# ------------------------------------------------------------------ einsum

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
    _check_sizes(aligned, inputs, places)
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


def _check_sizes(aligned: list[Tensor], inputs: list[list[str]], places: dict[str, int]) -> None:
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
        return int(np.prod([shape[d] for d in dims]))

    size = [*[a[d] for d in shared + ours], *[1] * len(summed), *[b[d] for d in theirs]]
    order = [*shared, *ours, *summed, *theirs]
    x = left.permute((*shared, *ours, *summed, *theirs))
    x = x.reshape((length(a, shared), length(a, ours), length(a, summed)))
    y = right.permute((*shared, *summed, *theirs, *ours))
    y = y.reshape((length(a, shared), length(a, summed), length(b, theirs)))
    back = tuple([order.index(d) for d in range(len(order))])
    return bmm(x, y).view(tuple(size)).permute(back)


# ------------------------------------------------------------------ tensordot and others


def tensordot(a: Tensor, b: Tensor, dims: Any = 2) -> Tensor:
    """Products summed over the last `dims` dimensions of a and the first of b, or over two lists of them."""
    if isinstance(dims, (tuple, list)):
        first, second = (list(d) if isinstance(d, (tuple, list)) else [d] for d in dims)
    else:
        dims = dims.item() if isinstance(dims, Tensor) else dims
        if dims < 0:
            raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
        if dims > min(a._array.ndim, b._array.ndim):
            raise RuntimeError(f"tensordot expects dims < ndim_a or ndim_b, but got dims={dims}")
        first, second = list(range(a._array.ndim - dims, a._array.ndim)), list(range(dims))
    if len(first) != len(second):
        raise RuntimeError("both dimension lists should have same length")
    first = [checked_dim(d, a._array.ndim) for d in first]
    second = [checked_dim(d, b._array.ndim) for d in second]
    if a.dtype is not b.dtype:
        raise RuntimeError("both inputs should have same dtype")
    left, right, inner = a, b, 1
    for i, (d, e) in enumerate(zip(first, second, strict=True)):
        n, m = a._array.shape[d], b._array.shape[e]
        if m == 1:
            left = left.sum((d,), True)
        elif n == 1:
            right = right.sum((e,), True)
        elif n != m:
            raise RuntimeError(
                f"contracted dimensions need to match, but first has size {n} in dim {first[i]} and second has "
                f"size {m} in dim {second[i]}"
            )
        else:
            inner *= n
    ours = [d for d in range(a._array.ndim) if d not in first]
    theirs = [d for d in range(b._array.ndim) if d not in second]
    shape = (*[a._array.shape[d] for d in ours], *[b._array.shape[d] for d in theirs])
    rows = int(np.prod([a._array.shape[d] for d in ours]))
    columns = int(np.prod([b._array.shape[d] for d in theirs]))
    if not ours and not theirs:
        # Everything is summed: one inner product.
        x = left.permute(tuple(first))
        y = right.permute(tuple(second))
        return _as(dot(_as(x, (inner,)), _as(y, (inner,))), shape, always=True)
    x = left.permute((*ours, *first)).reshape((rows, inner))
    y = right.permute((*second, *theirs)).reshape((inner, columns))
    return mm(x, y).reshape(shape)


def _as(t: Tensor, shape: tuple[int, ...], always: bool = False) -> Tensor:
    return t.reshape(shape) if always or t._array.shape != shape else t


def inner(self: Tensor, other: Tensor) -> Tensor:
    """The sum of products over the last dimensions."""
    if not self._array.ndim or not other._array.ndim:
        return self * other
    if self._array.shape[-1] != other._array.shape[-1]:
        raise RuntimeError(
            "inner() the last dimension must match on both input tensors but got shapes "
            f"{list(self._array.shape)} and {list(other._array.shape)}"
        )
    return tensordot(self, other, ([-1], [-1]))


def kron(self: Tensor, other: Tensor) -> Tensor:
    """Each element of self times all of other, as blocks."""
    ndim = max(self._array.ndim, other._array.ndim)
    a = (1,) * (ndim - self._array.ndim) + self._array.shape
    b = (1,) * (ndim - other._array.ndim) + other._array.shape
    left = unsafe_view(self, tuple([n for pair in zip(a, (1,) * ndim, strict=True) for n in pair]))
    right = unsafe_view(other, tuple([n for pair in zip((1,) * ndim, b, strict=True) for n in pair]))
    shape = tuple([n * m for n, m in zip(a, b, strict=True)])
    product = left * right
    if viewed(product._array, shape) is None:
        product = contiguous(product)  # torch refuses here
    return unsafe_view(product, shape)


def chain_matmul(*matrices: Tensor) -> Tensor:
    """The product of several matrices, from left to right."""
    found = matrices[0]
    for other in matrices[1:]:
        found = matmul(found, other)
    return found


def _cross(x: np.ndarray, y: np.ndarray, dim: int) -> np.ndarray:
    if x.ndim != y.ndim:
        raise RuntimeError("linalg.cross: inputs must have the same number of dimensions.")
    dim = checked_dim(dim, x.ndim)
    if x.shape[dim] != 3 or y.shape[dim] != 3:
        raise RuntimeError(
            f"linalg.cross: inputs dimension {dim} must have length 3. Got {x.shape[dim]} and {y.shape[dim]}"
        )
    return np.ascontiguousarray(np.cross(x, y, axis=dim))


linalg_cross = op(
    "linalg_cross(self, other, *, dim=-1)", _cross, method=False,
    self=lambda grad, other, dim: linalg_cross(other, grad, dim=dim),
    other=lambda grad, self, dim: linalg_cross(grad, self, dim=dim),
    doc="The vectors at right angles to pairs of vectors of three elements.",
)  # fmt: skip


def cross(self: Tensor, other: Tensor, dim: int | None = None) -> Tensor:
    """linalg.cross along `dim`, by default the first dimension of length 3."""
    if dim is None:
        dim = next((d for d, n in enumerate(self._array.shape) if n == 3), None)
        if dim is None:
            raise RuntimeError("no dimension of size 3 in input")
    return linalg_cross(self, other, dim=dim)


def cartesian_prod(*tensors: Tensor) -> Tensor:
    """All combinations of an element of each vector, one a row."""
    from .join import stack
    from .reshape import meshgrid

    if len(tensors) == 1:
        return tensors[0]
    return stack([g.flatten() for g in meshgrid(*tensors, indexing="ij")], 1)


Tensor.inner, Tensor.kron, Tensor.cross = inner, kron, cross

"""Products of three tensors: bilinear, and attention.

Counterpart in PyTorch: aten/src/ATen/native/Linear.cpp, transformers/attention.cpp.
"""

from __future__ import annotations

import math

import numpy as np

from ..op import op
from ..tensor import Tensor
from .clamp import masked_fill
from .create import ones
from .dropout import dropout
from .precision import rounded_once
from .running import softmax
from .scalars import times


def _mixed(grad: Tensor, weight: Tensor) -> Tensor:
    """For each row the matrix that weighs products of the two inputs: (N, I, J)."""
    k, i, j = weight._array.shape
    return grad.mm(weight.reshape((k, i * j))).view((-1, i, j))


def _weight_formula(grad: Tensor, self: Tensor, other: Tensor) -> Tensor:
    products = (grad.unsqueeze(-1) * self.unsqueeze(1)).permute((1, 2, 0))
    return products.matmul(other)


_trilinear = op(
    "trilinear(self, weight, other)",
    rounded_once(lambda a, weight, b: np.einsum("ni,kij,nj->nk", a, weight, b, optimize=True)), method=False,
    self=lambda grad, weight, other: _mixed(grad, weight).bmm(other.unsqueeze(-1)).squeeze(-1),
    weight=_weight_formula,
    other=lambda grad, weight, self: _mixed(grad, weight).transpose(1, 2).bmm(self.unsqueeze(-1)).squeeze(-1),
    doc="The sum over i and j of self[n, i] * weight[k, i, j] * other[n, j].",
)  # fmt: skip


def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """The sum over i and j of input1[..., i] * weight[k, i, j] * input2[..., j], for each k; plus bias."""
    a, b, w = input1._array.shape, input2._array.shape, weight._array.shape
    if len(a) != len(b):
        raise RuntimeError(f"bilinear(): input dimensions do not match: got {len(a)} and {len(b)}")
    for dim, (n, m) in enumerate(zip(a[:-1], b[:-1], strict=True)):
        if n != m:
            raise RuntimeError(
                f"bilinear(): input batch dimensions do not match at dim {dim}: got {n} and {m}"
            )
    for name, have, want in (("input1", a[-1], w[1]), ("input2", b[-1], w[2])):
        if have != want:
            raise RuntimeError(
                f"bilinear(): {name} size does not match weight size: got {have} but expected {want}"
            )
    if bias is not None and bias._array.shape != (w[0],):
        raise RuntimeError(
            f"bilinear(): bias size does not match weight size: got {bias._array.shape[0]} but expected {w[0]}"
        )
    if len({input1.dtype, input2.dtype, weight.dtype}) > 1:
        raise RuntimeError(
            f"All tensors must have the same dtype, got input1: {input1.dtype.c_name}, input2: {input2.dtype.c_name}, weight: "
            f"{weight.dtype.c_name}"
        )
    rows = math.prod(a[:-1])
    found = _trilinear(input1.reshape((rows, a[-1])), weight, input2.reshape((rows, b[-1])))
    found = found.view((*a[:-1], w[0]))
    return found if bias is None else found + bias


def scaled_dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """softmax(query @ key.T * scale + mask) @ value; query: (..., L, E), key and value: (..., S, E).

    attn_mask: numbers to add, or bools, False for what must not be looked at; a row that may look at nothing
    gives zeros. is_causal: nothing after itself. scale: 1 / sqrt(E) by default. enable_gqa is not supported.
    """
    if enable_gqa:
        raise NotImplementedError("scaled_dot_product_attention(): enable_gqa=True is not supported")
    _check(query, key, value, attn_mask)
    length = query._array.shape[-1]
    root = math.sqrt(1 / math.sqrt(length) if scale is None else scale)
    if is_causal:
        if attn_mask is not None:
            raise RuntimeError(
                "_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True"
            )
        size = query._array.shape[-2], key._array.shape[-2]
        attn_mask = ones(size).tril() > 0
    scores = times(query, root).matmul(times(key.transpose(-2, -1), root))
    if attn_mask is not None:
        if attn_mask._array.dtype.kind == "b":
            attn_mask = masked_fill(query.new_zeros(attn_mask._array.shape), ~attn_mask, -math.inf)
        scores = scores + attn_mask
    weights = softmax(scores, -1)
    blind = (scores._array == -np.inf).all(-1, keepdims=True)
    if attn_mask is not None and blind.any():
        weights = masked_fill(weights, (scores == -math.inf).all(-1, keepdim=True), 0.0)
    return dropout(weights, dropout_p, dropout_p > 0).matmul(value)


def _check(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> None:
    three = {"query": query, "key": key, "value": value}
    if len({t.dtype for t in three.values()}) > 1:
        shown = " ".join(f"{name}.dtype: {t.dtype.c_name}" for name, t in three.items())
        raise RuntimeError(
            "Expected query, key, and value to have the same dtype, but got "
            f"{shown.replace(' value', ' and value')} instead."
        )
    if min(t.ndim for t in three.values()) < 2:
        shown = " ".join(f"{name}.dim: {t.ndim}" for name, t in three.items())
        raise RuntimeError(
            "Expected query, key, and value to all be  at least 2 dimensional, but got "
            f"{shown.replace(' value', ' and value')} instead."
        )
    if mask is not None and mask._array.dtype.kind not in "bf":
        raise RuntimeError(
            "Expected attn_mask dtype to be bool or float or to match query dtype, but got attn_mask.dtype: "
            f"{mask.dtype.c_name} and  query.dtype: {query.dtype.c_name} instead."
        )

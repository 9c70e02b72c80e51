"""MultiheadAttention.

Counterpart in PyTorch: torch/nn/modules/activation.py, multi_head_attention_forward in
torch/nn/functional.py.
"""

from __future__ import annotations

import math
from typing import Any

from ..dtypes import dtype as Dtype
from ..tensor import Tensor
from . import functional as F
from . import init
from .linear import Linear
from .making import checked_device, parameter
from .module import Module


class NonDynamicallyQuantizableLinear(Linear):
    """Linear, under the name that torch prints for the last step of attention."""


class MultiheadAttention(Module):
    """softmax(q @ k.T / sqrt(head)) @ v in num_heads parts at once, of projections of query, key and value.

    dropout: of the weights. kdim, vdim, add_bias_kv and add_zero_attn are not supported.
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        device: Any = None,
        dtype: Dtype | None = None,
    ) -> None:
        super().__init__()
        checked_device(device, "MultiheadAttention")
        if embed_dim <= 0 or num_heads <= 0:
            raise ValueError(
                f"embed_dim and num_heads must be greater than 0, got embed_dim={embed_dim} and num_heads={num_heads} "
                "instead"
            )
        given = {"add_bias_kv": add_bias_kv, "add_zero_attn": add_zero_attn, "kdim": kdim, "vdim": vdim}
        for name, value in given.items():
            if value and value != embed_dim:
                raise NotImplementedError(f"MultiheadAttention(): {name}={value} is not supported")
        self.embed_dim, self.num_heads, self.dropout, self.batch_first = (
            embed_dim,
            num_heads,
            dropout,
            batch_first,
        )
        self.head_dim = embed_dim // num_heads
        if self.head_dim * num_heads != embed_dim:
            raise AssertionError("embed_dim must be divisible by num_heads")
        self.in_proj_weight = parameter((3 * embed_dim, embed_dim), dtype)
        self.register_parameter("in_proj_bias", parameter((3 * embed_dim,), dtype) if bias else None)
        self.out_proj = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias=bias, dtype=dtype)
        init.xavier_uniform_(self.in_proj_weight)
        if bias:
            init.zeros_(self.in_proj_bias)
            init.zeros_(self.out_proj.bias)

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None = None,
        need_weights: bool = True,
        attn_mask: Tensor | None = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        """query: (L, N, E), key and value: (S, N, E); (N, L, E) with batch_first, or all without N.

        key_padding_mask: (N, S), attn_mask: (L, S) or (N * num_heads, L, S); True for what must not be looked
        at, or numbers to add. is_causal says what attn_mask is, and needs it. Returns the output, like query,
        and the weights (N, L, S), of each head by itself unless average_attn_weights; None where need_weights
        is False.
        """
        if is_causal and attn_mask is None:
            raise RuntimeError("Need attn_mask if specifying the is_causal hint.")
        batched = query.ndim == 3
        given = [query, key, value]
        if not batched:
            given = [t.unsqueeze(1) for t in given]
        elif self.batch_first:
            given = [t.transpose(0, 1) for t in given]
        length, batch, width = given[0]._array.shape
        if width != self.embed_dim:
            raise AssertionError(f"was expecting embedding dimension of {self.embed_dim}, but got {width}")
        q, k, v = (self._heads(t, i) for i, t in enumerate(given))
        mask = self._mask(key_padding_mask, attn_mask, q, k, batch)
        scores = q * math.sqrt(1 / self.head_dim)
        scores = (
            scores.bmm(k.transpose(-2, -1)) if mask is None else mask.baddbmm(scores, k.transpose(-2, -1))
        )
        weights = F.dropout(scores.softmax(-1), self.dropout, self.training)
        out = weights.bmm(v).transpose(0, 1).contiguous().view((length * batch, width))
        out = self.out_proj(out).view((length, batch, width))
        shown = None
        if need_weights:
            shown = weights.view((batch, self.num_heads, length, -1))
            shown = shown.mean(1) if average_attn_weights else shown
        if not batched:
            return out.squeeze(1), None if shown is None else shown.squeeze(0)
        return (out.transpose(0, 1) if self.batch_first else out), shown

    def _heads(self, x: Tensor, part: int) -> Tensor:
        """One of the three projections of (L, N, E), as (N * heads, L, head)."""
        rows = slice(part * self.embed_dim, (part + 1) * self.embed_dim)
        bias = None if self.in_proj_bias is None else self.in_proj_bias[rows]
        found = F.linear(x, self.in_proj_weight[rows], bias).contiguous()
        length, batch = x._array.shape[:2]
        return found.view((length, batch * self.num_heads, self.head_dim)).transpose(0, 1)

    def _mask(
        self, padding: Tensor | None, mask: Tensor | None, q: Tensor, k: Tensor, batch: int
    ) -> Tensor | None:
        """Both masks as numbers to add to the scores, (N * heads, L, S); None where there is neither."""
        many, length, size = q._array.shape[0], q._array.shape[1], k._array.shape[1]
        found = None
        if mask is not None:
            shape = (length, size) if mask.ndim == 2 else (many, length, size)
            if mask._array.shape != shape:
                raise RuntimeError(
                    f"The shape of the {mask.ndim}D attn_mask is {mask.shape}, but should be {shape}."
                )
            found = _to_add(mask, q)
        if padding is not None:
            padding = padding if padding.ndim == 2 else padding.unsqueeze(0)
            for dim, (want, have) in enumerate(zip((batch, size), padding._array.shape, strict=True)):
                if want != have:
                    raise AssertionError(
                        f"Expected key_padded_mask.shape[{dim}] to be {want}, but got {have}"
                    )
            added = _to_add(padding, q).view((batch, 1, 1, size)).expand((-1, self.num_heads, -1, -1))
            added = added.reshape((many, 1, size))
            found = added if found is None else found + added
        return found


def _to_add(mask: Tensor, like: Tensor) -> Tensor:
    if mask._array.dtype.kind != "b":
        return mask
    return like.new_zeros(mask._array.shape).masked_fill(mask, -math.inf)

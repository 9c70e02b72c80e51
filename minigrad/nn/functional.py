"""nn.functional: every function of the layers, by torch's names. The work is in minigrad/ops.

Counterpart in PyTorch: torch/nn/functional.py.
"""

from __future__ import annotations

import warnings

from ..dtypes import dtype as Dtype
from ..ops.activations import celu, elu, gelu, logsigmoid, mish, selu, silu, softplus, softsign, tanhshrink
from ..ops.batch_norm import batch_norm, instance_norm
from ..ops.convolve import conv1d, conv2d, conv3d, conv_transpose1d, conv_transpose2d, conv_transpose3d
from ..ops.dropout import dropout, dropout1d, dropout2d
from ..ops.embedding import embedding, one_hot
from ..ops.loss import huber_loss, l1_loss, mse_loss, smooth_l1_loss
from ..ops.loss_binary import binary_cross_entropy, binary_cross_entropy_with_logits, soft_margin_loss
from ..ops.loss_classes import cross_entropy, nll_loss
from ..ops.loss_made import (
    cosine_embedding_loss,
    cosine_similarity,
    gaussian_nll_loss,
    hinge_embedding_loss,
    kl_div,
    margin_ranking_loss,
    multilabel_soft_margin_loss,
    pairwise_distance,
    poisson_nll_loss,
    triplet_margin_loss,
)  # fmt: skip
from ..ops.norm import group_norm, layer_norm, rms_norm
from ..ops.padding import pad
from ..ops.pooling import (
    adaptive_avg_pool1d,
    adaptive_avg_pool2d,
    adaptive_max_pool1d,
    adaptive_max_pool2d,
    avg_pool1d,
    avg_pool2d,
    max_pool1d,
    max_pool2d,
)  # fmt: skip
from ..ops.rectifiers import (
    glu,
    hardshrink,
    hardsigmoid,
    hardswish,
    hardtanh,
    leaky_relu,
    prelu,
    relu6,
    softshrink,
    threshold,
)  # fmt: skip
from ..tensor import Tensor

__all__ = [
    "linear", "bilinear", "relu", "sigmoid", "tanh", "softmax", "log_softmax", "softmin", "normalize",
    "scaled_dot_product_attention", "pad", "one_hot", "embedding", "dropout", "dropout1d", "dropout2d",
    "celu", "elu", "gelu", "glu", "hardshrink", "hardsigmoid", "hardswish", "hardtanh", "leaky_relu",
    "logsigmoid", "mish", "prelu", "relu6", "selu", "silu", "softplus", "softshrink", "softsign", "tanhshrink",
    "threshold",
    "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d",
    "adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_max_pool1d", "adaptive_max_pool2d", "avg_pool1d",
    "avg_pool2d", "max_pool1d", "max_pool2d",
    "batch_norm", "group_norm", "instance_norm", "layer_norm", "rms_norm",
    "binary_cross_entropy", "binary_cross_entropy_with_logits", "cosine_embedding_loss", "cosine_similarity",
    "cross_entropy", "gaussian_nll_loss", "hinge_embedding_loss", "huber_loss", "kl_div", "l1_loss",
    "margin_ranking_loss", "mse_loss", "multilabel_soft_margin_loss", "nll_loss", "pairwise_distance",
    "poisson_nll_loss", "smooth_l1_loss", "soft_margin_loss", "triplet_margin_loss",
]  # fmt: skip


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """input @ weight.T + bias; input: (..., in), weight: (out, in) or (in,), bias: (out,)."""
    if bias is None:
        return input.matmul(weight.t())
    if weight.ndim != 2:
        raise RuntimeError(f"mat2 must be a matrix, got {weight.ndim}-D tensor")
    shape = input._array.shape
    if len(shape) == 2:
        return bias.addmm(input, weight.t())
    if input.is_contiguous() and shape:
        flat = bias.addmm(
            input.view((-1, shape[-1])) if input.numel() else input.reshape((0, shape[-1])), weight.t()
        )
        return flat.view((*shape[:-1], flat._array.shape[-1]))
    return input.matmul(weight.t()) + bias


def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """The sum over i and j of input1[..., i] * weight[k, i, j] * input2[..., j], for each k; plus bias."""
    found = ((input1.unsqueeze(-2).unsqueeze(-2) @ weight).squeeze(-2) * input2.unsqueeze(-2)).sum(-1)
    return found if bias is None else found + bias


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """max(x, 0)."""
    return input.relu_() if inplace else input.relu()


def sigmoid(input: Tensor) -> Tensor:
    """1 / (1 + exp(-x))."""
    return input.sigmoid()


def tanh(input: Tensor) -> Tensor:
    """The hyperbolic tangent."""
    return input.tanh()


def _softmax_dim(name: str, ndim: int, dim: int | None) -> int:
    if dim is not None:
        return dim
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.",
        UserWarning,
        stacklevel=3,
    )
    return 0 if ndim in (0, 1, 3) else 1


def softmax(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Dtype | None = None
) -> Tensor:
    """exp(x) scaled to sum to 1 along `dim`; computed in `dtype`, where it is given."""
    dim = _softmax_dim("softmax", input.ndim, dim)
    return (input if dtype is None else input.to(dtype)).softmax(dim)


def log_softmax(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Dtype | None = None
) -> Tensor:
    """The logarithm of softmax, without its overflows."""
    dim = _softmax_dim("log_softmax", input.ndim, dim)
    return (input if dtype is None else input.to(dtype)).log_softmax(dim)


def softmin(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Dtype | None = None
) -> Tensor:
    """softmax of -x."""
    dim = _softmax_dim("softmin", input.ndim, dim)
    return (-input if dtype is None else (-input).to(dtype)).softmax(dim)


def normalize(input: Tensor, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Tensor:
    """input divided by its p-norm along `dim`, or by eps where that is larger."""
    return input / input.norm(p, dim, keepdim=True).clamp_min(eps).expand_as(input)


def scaled_dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
) -> Tensor:
    """softmax(query @ key.T * scale + mask) @ value; query: (..., L, E), key and value: (..., S, E).

    attn_mask: numbers to add, or bools, False for what must not be looked at. is_causal: nothing after itself.
    scale: 1 / sqrt(E) by default.
    """
    from ..ops.create import ones

    scores = query @ key.transpose(-2, -1) * (query._array.shape[-1] ** -0.5 if scale is None else scale)
    if is_causal:
        if attn_mask is not None:
            raise RuntimeError(
                "_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True"
            )
        attn_mask = ones(scores._array.shape[-2:]).tril() > 0
    if attn_mask is not None:
        if attn_mask._array.dtype.kind == "b":
            scores = scores.masked_fill(~attn_mask, float("-inf"))
        else:
            scores = scores + attn_mask
    return dropout(scores.softmax(-1), dropout_p, dropout_p > 0) @ value

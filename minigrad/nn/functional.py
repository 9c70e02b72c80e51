"""nn.functional: every function of the layers, by torch's names. The work is in minigrad/ops.

Counterpart in PyTorch: torch/nn/functional.py.
"""

from __future__ import annotations

import warnings

from ..dtypes import dtype as Dtype
from ..ops.activations import celu, elu, gelu, logsigmoid, mish, selu, silu, softplus, softsign, tanhshrink
from ..ops.adaptive_pooling import (
    adaptive_avg_pool1d,
    adaptive_avg_pool2d,
    adaptive_max_pool1d,
    adaptive_max_pool2d,
)  # fmt: skip
from ..ops.attention import bilinear, scaled_dot_product_attention
from ..ops.batch_norm import batch_norm, instance_norm
from ..ops.convolve import conv1d, conv2d, conv3d, conv_transpose1d, conv_transpose2d, conv_transpose3d
from ..ops.dropout import alpha_dropout, dropout, dropout1d, dropout2d, dropout3d
from ..ops.embedding import embedding, one_hot
from ..ops.glu import glu
from ..ops.interpolate import interpolate
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
from ..ops.pixels import fold, pixel_shuffle, pixel_unshuffle, unfold
from ..ops.pointwise import relu as _relu
from ..ops.pooling import avg_pool1d, avg_pool2d, max_pool1d, max_pool2d
from ..ops.public import of_tensors
from ..ops.rectifiers import (
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
    "scaled_dot_product_attention", "fold", "interpolate", "pixel_shuffle", "pixel_unshuffle", "unfold", "pad", "one_hot", "embedding", "alpha_dropout", "dropout",
    "dropout1d", "dropout2d", "dropout3d",
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


@of_tensors("linear")
def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """input @ weight.T + bias; input: (..., in), weight: (out, in) or (in,), bias: (out,)."""
    shape, columns = input._array.shape, weight._array.ndim
    if not shape or not columns:
        raise RuntimeError(
            f"both arguments to linear need to be at least 1D, but they are {len(shape)}D and {columns}D"
        )
    if bias is None:
        return input.matmul(weight.t())
    if columns != 2:
        raise RuntimeError(f"mat2 must be a matrix, got {columns}-D tensor")
    if len(shape) == 2:
        return bias.addmm(input, weight.t())
    if input.is_contiguous():
        flat = input.view((-1, shape[-1])) if input.numel() else input.reshape((0, shape[-1]))
        found = bias.addmm(flat, weight.t())
        return found.view((*shape[:-1], found._array.shape[-1]))
    return input.matmul(weight.t()) + bias


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """max(x, 0)."""
    return input.relu_() if inplace else _relu(input)


def sigmoid(input: Tensor) -> Tensor:
    """1 / (1 + exp(-x))."""
    return input.sigmoid()


def tanh(input: Tensor) -> Tensor:
    """The hyperbolic tangent."""
    return input.tanh()


def _softmax_dim(name: str, input: Tensor) -> int:
    """The dimension where none is given: as it was before there was one to give."""
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.",
        UserWarning,
        stacklevel=3,
    )
    return 0 if input.ndim in (0, 1, 3) else 1


def softmax(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Dtype | None = None
) -> Tensor:
    """exp(x) scaled to sum to 1 along `dim`; computed in `dtype`, where it is given."""
    dim = _softmax_dim("softmax", input) if dim is None else dim
    return (input if dtype is None else input.to(dtype)).softmax(dim)


def log_softmax(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Dtype | None = None
) -> Tensor:
    """The logarithm of softmax, without its overflows."""
    dim = _softmax_dim("log_softmax", input) if dim is None else dim
    return (input if dtype is None else input.to(dtype)).log_softmax(dim)


def softmin(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Dtype | None = None
) -> Tensor:
    """softmax of -x."""
    dim = _softmax_dim("softmin", input) if dim is None else dim
    return (-input if dtype is None else (-input).to(dtype)).softmax(dim)


def normalize(input: Tensor, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Tensor:
    """input divided by its p-norm along `dim`, or by eps where that is larger."""
    return input / input.norm(p, dim, keepdim=True).clamp_min(eps).expand_as(input)

"""MultiheadAttention. The numbers are PyTorch 2.13's, recorded."""

from __future__ import annotations

import numpy as np
import pytest

import minigrad as T
from minigrad import nn

F64 = T.float64


def attention(**options):
    module = nn.MultiheadAttention(4, 2, dtype=F64, **options)
    with T.no_grad():
        for k, p in enumerate(module.parameters()):
            p.copy_(((T.arange(p.numel(), dtype=F64) * 7 + k) % 5 - 2).reshape(p.shape) / 5)
    return module


def inputs():
    q = ((T.arange(16.0, dtype=F64) % 7) / 5 - 0.5).reshape(2, 2, 4).requires_grad_()
    k = ((T.arange(24.0, dtype=F64) % 9) / 6 - 0.6).reshape(3, 2, 4).requires_grad_()
    return q, k


def close(tensor, expected):
    np.testing.assert_allclose(tensor.detach().numpy().reshape(-1), expected, atol=2e-8)


def test_values_and_gradients():
    module, (q, k) = attention(), inputs()
    y, w = module(q, k, k * 2)
    close(
        y[0],
        [0.50367899, -0.7785646, -0.04432074, 0.67774655, 0.51164811, -0.38847867, -0.10478767, 0.60753917],
    )
    close(w[0], [0.3435695, 0.32187416, 0.33455635, 0.34558528, 0.31897303, 0.33544169])
    (y.sin().sum() + (w**2).sum()).backward()
    close(q.grad[0, 0], [-0.01832387, 0.0056509, -0.01669192, 0.01508773])
    close(k.grad[2, 1], [-0.00140937, -0.06087784, -0.19210974, 0.46051238])
    assert module.in_proj_weight.grad.abs().sum().item() == pytest.approx(2.2364024)


def test_masks():
    module, (q, k) = attention(), inputs()
    padding = T.tensor([[False, True, False], [False, False, False]])
    mask = T.tensor([[False, False, True], [False, False, False]])
    y, w = module(q, k, k, key_padding_mask=padding, attn_mask=mask, average_attn_weights=False)
    close(y[0], [0.356, -0.39466667, -0.052, 0.504, 0.49593401, -0.4645064, -0.09881436, 0.59724692])
    close(w[0, :, 0], [1, 0, 0, 1, 0, 0])
    numbers = T.zeros(4, 2, 3, dtype=F64).masked_fill(mask, float("-inf"))
    close(
        module(q, k, k, attn_mask=numbers)[0], module(q, k, k, attn_mask=mask)[0].detach().numpy().reshape(-1)
    )


def test_other_shapes():
    module, (q, k) = attention(), inputs()
    y, w = module(q, k, k)
    turned = attention(batch_first=True)(q.transpose(0, 1), k.transpose(0, 1), k.transpose(0, 1))[0]
    close(turned.transpose(0, 1), y.detach().numpy().reshape(-1))
    single, its_weights = module(q[:, 1], k[:, 1], k[:, 1])
    close(single, y[:, 1].detach().numpy().reshape(-1))
    close(its_weights, w[1].detach().numpy().reshape(-1))
    assert module(q, k, k, need_weights=False)[1] is None
    assert repr(module) == (
        "MultiheadAttention(\n  (out_proj): NonDynamicallyQuantizableLinear(in_features=4, out_features=4, bias=True)\n)"
    )
    names = ["in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"]
    assert [name for name, _ in module.named_parameters()] == names


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda m, q, k: nn.MultiheadAttention(4, 3), AssertionError, "embed_dim must be divisible by num_heads"),
        (lambda m, q, k: nn.MultiheadAttention(0, 3), ValueError, "embed_dim and num_heads must be greater than 0"),
        (lambda m, q, k: nn.MultiheadAttention(4, 2, kdim=3), NotImplementedError, "kdim=3 is not supported"),
        (lambda m, q, k: m(q[..., :3], k, k), AssertionError, "was expecting embedding dimension of 4, but got 3"),
        (lambda m, q, k: m(q, k, k, is_causal=True), RuntimeError, "Need attn_mask if specifying the is_causal hint"),
        (lambda m, q, k: m(q, k, k, attn_mask=T.ones(3, 3)), RuntimeError, r"2D attn_mask is .*, but should be \(2, 3\)"),
        (lambda m, q, k: m(q, k, k, key_padding_mask=T.ones(3, 3)), AssertionError, r"key_padded_mask.shape\[0\] to be 2, but got 3"),
    ],
)  # fmt: skip
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call(attention(), *inputs())

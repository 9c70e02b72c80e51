"""What nn.functional answers in the corners: errors, empty batches, dtypes. Recorded from PyTorch 2.13."""

from __future__ import annotations

import math

import numpy as np
import pytest

import minigrad as T
from minigrad.nn import functional as F

# minigrad silences NumPy's warnings of overflows when it is imported, but pytest's filters come after.
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

BAD = [
    (lambda: F.linear([1.0], T.ones(4, 3)), TypeError, r"linear\(\): argument 'input' \(position 1\) must be Tensor, not list"),
    (lambda: F.linear(T.ones(2, 3), T.ones(4, 3), [1]), TypeError, r"argument 'bias' \(position 3\) must be Tensor"),
    (lambda: F.linear(T.tensor(1.0), T.ones(4, 3)), RuntimeError, "both arguments to linear need to be at least 1D"),
    (lambda: F.cross_entropy([[1.0]], T.tensor([0])), TypeError, r"cross_entropy_loss\(\): argument 'input' \(position 1\)"),
    (lambda: F.cross_entropy(T.ones(1), T.tensor([0])), RuntimeError, "class probabilities, got Long"),
    (lambda: F.cross_entropy(T.ones(2, 3), T.ones(2, 3), weight=T.ones(2)), RuntimeError, "all 3 classes or no classes"),
    (lambda: F.cross_entropy(T.ones(2, 3), T.ones(2, 3), label_smoothing=2.0), RuntimeError, "between 0.0 and 1.0. Got: 2"),
    (lambda: F.embedding([1], T.ones(3, 2)), TypeError, r"embedding\(\): argument 'indices' \(position 2\) must be Tensor"),
    (lambda: F.softmax(T.ones(2, 3, dtype=T.int64), 1), NotImplementedError, '"softmax_lastdim_kernel_impl"'),
    (lambda: F.softmax(T.ones(2, 3, dtype=T.int64), 0), NotImplementedError, '"softmax_kernel_impl"'),
    (lambda: F.relu("a"), TypeError, r"relu\(\): argument 'input' \(position 1\) must be Tensor, not str"),
    (lambda: F.kl_div(T.ones(2), T.ones(2, dtype=T.int64)), RuntimeError, "kl_div: Integral inputs not supported"),
    (lambda: F.triplet_margin_loss(*[T.ones(2)] * 3, margin=0), ValueError, "margin must be greater than 0, got 0"),
    (lambda: F.triplet_margin_loss(T.ones(2), T.ones(2, 2), T.ones(2, 2)), RuntimeError, "anchor 1D, positive 2D, and"),
    (lambda: F.cosine_embedding_loss(*[T.ones(2, 2)] * 3), RuntimeError, "0D or 1D target tensor expected"),
    (lambda: F.cosine_similarity(*[T.ones(2, 2, dtype=T.int64)] * 2), RuntimeError, "yet common dtype is Long"),
    (lambda: F.rms_norm(T.ones(2, 3), (2,)), RuntimeError, r"input with shape \[\*2\], but got input of size\[2, 3\]"),
    (lambda: F.rms_norm(T.ones(2, 3), (3,), T.ones(2)), RuntimeError, "Expected weight to be of same shape"),
    (lambda: F.batch_norm(T.ones(2, 3), None, None, training=True, momentum=None), TypeError, "must be float, not NoneType"),
    (lambda: F.instance_norm(T.ones(2, 3, 4), use_input_stats=False), RuntimeError, "Expected running_mean and running_var"),
    (lambda: F.scaled_dot_product_attention(*[T.ones(3)] * 3), RuntimeError, "at least 2 dimensional, but got query.dim: 1"),
    (lambda: F.scaled_dot_product_attention(*[T.ones(2, 2)] * 2, T.ones(2, 2).double()), RuntimeError,
     "key.dtype: float and value.dtype: double instead"),
    (lambda: F.scaled_dot_product_attention(*[T.ones(2, 2)] * 3, T.ones(2, 2, dtype=T.int64)), RuntimeError,
     "got attn_mask.dtype: long int and  query.dtype: float"),
    (lambda: F.dropout2d(T.ones(3), 0.5), RuntimeError, "Feature dropout requires at least 2 dimensions"),
    (lambda: F.glu(T.tensor(1.0)), RuntimeError, "glu does not support scalars because halving size must be even"),
    (lambda: F.one_hot(T.tensor([1]), 0), RuntimeError, "Class values must be smaller than num_classes"),
]  # fmt: skip


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(("call", "error", "message"), BAD)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_row_that_may_look_at_nothing_gives_zeros():
    mask = T.tensor([[True, False], [False, False]])
    value = T.tensor([[1.0, 2.0], [3.0, 4.0]])
    found = F.scaled_dot_product_attention(T.ones(2, 2), T.ones(2, 2), value, mask)
    assert found.tolist() == [[1, 2], [0, 0]]


def test_attention_that_looks_back_alone():
    x = T.tensor([[[1.0, 0.0], [0.0, 1.0]]], requires_grad=True)
    found = F.scaled_dot_product_attention(x, x, x, is_causal=True)
    a = 1 / (1 + math.exp(math.sqrt(0.5)))
    np.testing.assert_allclose(found.detach().numpy(), [[[1, 0], [a, 1 - a]]], rtol=1e-6)
    assert found.grad_fn.name() == "UnsafeViewBackward0"


def test_losses_of_whole_numbers_are_floats():
    x, y = T.tensor([1, 3]), T.tensor([2, 1])
    found = F.poisson_nll_loss(x, y, log_input=False, full=True, reduction="none")
    np.testing.assert_allclose(found.numpy(), [1.6518065, 1.9013882], rtol=1e-6)
    assert F.pairwise_distance(x, y).dtype is T.float32
    assert F.margin_ranking_loss(x, y, T.tensor([1, -1]), margin=0.5).item() == 2.0


def test_a_soft_margin_overflows_as_in_torch():
    x = T.tensor([-100.0], requires_grad=True)
    assert F.soft_margin_loss(x, T.ones(1)).item() == math.inf
    assert F.soft_margin_loss(T.ones(2).half(), T.ones(2)).dtype is T.float16


def test_empty_batches():
    assert (
        F.batch_norm(T.ones(0, 3, requires_grad=True), None, None, training=True).grad_fn.name()
        == "CloneBackward0"
    )
    assert F.batch_norm(T.ones(0), T.zeros(0), T.ones(0)).shape == (0,)
    assert F.instance_norm(T.ones(0, 3, 4)).shape == (0, 3, 4)


def test_half_precision_with_weights_in_single():
    x = T.tensor([[1.0, 2.0, 4.0]]).half()
    found = F.layer_norm(x, (3,), T.ones(3), T.zeros(3))
    assert found.dtype is T.float16
    np.testing.assert_allclose(found.numpy(), [[-1.069, -0.2673, 1.336]], rtol=1e-3)
    assert F.batch_norm(x.t(), T.zeros(1), T.ones(1)).dtype is T.float16


def test_what_torch_has_under_two_names():
    x = T.arange(16.0).reshape(1, 1, 4, 4)
    assert T.conv2d(x, T.ones(1, 1, 2, 2)).shape == (1, 1, 3, 3)
    assert T.max_pool2d(x, 2).flatten().tolist() == [5, 7, 13, 15]
    assert T.prelu(T.tensor([-2.0]), T.tensor([0.5])).item() == -1
    assert T.dropout(x, 0.5, False) is x


def image():
    """Channels last, as a photograph comes."""
    return T.arange(96.0).reshape(2, 4, 4, 3).permute(0, 3, 1, 2)


STRIDES = [
    (lambda: F.conv2d(image(), T.ones(2, 3, 2, 2)), (18, 1, 6, 2)),
    (lambda: F.conv2d(T.ones(2, 3, 4, 4), T.ones(2, 2, 2, 3).permute(0, 3, 1, 2)), (18, 1, 6, 2)),
    (lambda: F.conv2d(image()[0], T.ones(2, 3, 2, 2)), (9, 3, 1)),
    (lambda: F.conv_transpose2d(image(), T.ones(3, 2, 2, 2)), (50, 1, 10, 2)),
    (lambda: F.max_pool2d(image(), 2), (12, 1, 6, 3)),
    (lambda: F.avg_pool2d(image(), 2), (12, 1, 6, 3)),
    (lambda: F.adaptive_avg_pool2d(image(), 2), (12, 1, 6, 3)),
    (lambda: F.adaptive_max_pool2d(image(), 2), (12, 1, 6, 3)),
    (lambda: F.max_pool1d(image()[0].flatten(1), 2), (8, 1)),
    (lambda: F.pad(image(), (1, 1)), (72, 1, 18, 3)),
    (lambda: F.pad(image(), (1, 1, 1, 1), mode="reflect"), (108, 1, 18, 3)),
    (lambda: F.interpolate(image(), size=2, mode="bilinear"), (12, 1, 6, 3)),
    (lambda: F.pixel_unshuffle(image(), 2), (48, 1, 24, 12)),
    (lambda: F.batch_norm(image(), None, None, training=True), (48, 1, 12, 3)),
    (lambda: F.batch_norm(T.arange(6.0).reshape(2, 3).t(), None, None, training=True), (2, 1)),
    (lambda: F.layer_norm(image(), (4,)), (48, 16, 4, 1)),
    (lambda: F.one_hot(T.tensor([[1, 0], [2, 1]]).t()), (6, 3, 1)),
    *[(lambda f=f: f(T.arange(6.0).reshape(2, 3).t() / 6, T.zeros(3, 2), reduction="none"), (1, 3))
      for f in (F.huber_loss, F.smooth_l1_loss, F.binary_cross_entropy, F.soft_margin_loss)],
]  # fmt: skip


@pytest.mark.parametrize(("call", "strides"), STRIDES)
def test_results_lie_in_memory_as_torchs_do(call, strides):
    assert call().stride() == strides

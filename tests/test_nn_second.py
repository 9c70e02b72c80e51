"""The recorded gradients of nn.functional: their nodes, and that each can be differentiated again.

What torch answers stands in the table. A gradient that does not depend on the input (of a mean, say) has a
node all the same, so that a penalty on it gives zeros and no error.
"""

from __future__ import annotations

import numpy as np
import pytest

import minigrad as T
from minigrad.nn import functional as F

IMAGE, ROWS, LABELS = (1, 2, 4, 4), (2, 4), np.array([2, 0])


def tensor(*shape: int) -> T.Tensor:
    values = np.sin(np.arange(int(np.prod(shape))) * 1.7).reshape(shape)
    return T.tensor(values, requires_grad=True)


NODES = {
    "MaxPool2DWithIndicesBackwardBackward0": (lambda x: F.max_pool2d(x, 2), IMAGE),
    "AdaptiveMaxPool2DBackwardBackward0": (lambda x: F.adaptive_max_pool2d(x, 2), IMAGE),
    "AvgPool2DBackwardBackward0": (lambda x: F.avg_pool2d(x, 2), IMAGE),
    "AdaptiveAvgPool2DBackwardBackward0": (lambda x: F.adaptive_avg_pool2d(x, 2), IMAGE),
    "ReflectionPad2DBackwardBackward0": (lambda x: F.pad(x, (1, 1, 0, 0), mode="reflect"), IMAGE),
    "ReplicationPad2DBackwardBackward0": (lambda x: F.pad(x, (1, 1, 0, 0), mode="replicate"), IMAGE),
    "ConvolutionBackwardBackward0": (lambda x: F.conv_transpose2d(x, tensor(2, 1, 2, 2)), IMAGE),
    "NllLossBackwardBackward0": (lambda x: F.nll_loss(x, T.tensor(LABELS)), ROWS),
    "GluBackwardBackward0": (F.glu, ROWS),
    "PreluKernelBackwardBackward0": (lambda x: F.prelu(x, tensor(4)), ROWS),
    "SoftshrinkBackwardBackward0": (F.softshrink, ROWS),
    "HardshrinkBackwardBackward0": (F.hardshrink, ROWS),
    "SmoothL1LossBackwardBackward0": (lambda x: F.smooth_l1_loss(x, x.detach() + 1), ROWS),
    "HuberLossBackwardBackward0": (lambda x: F.huber_loss(x, x.detach() + 1), ROWS),
    "SoftMarginLossBackwardBackward0": (lambda x: F.soft_margin_loss(x, x.detach().sign()), ROWS),
    "NativeLayerNormBackwardBackward0": (lambda x: F.layer_norm(x, (4,), tensor(4)).sin(), ROWS),
    "NativeBatchNormBackwardBackward0": (lambda x: F.batch_norm(x, None, None, tensor(4), None, True).sin(), ROWS),
    "DivBackward1": (lambda x: F.binary_cross_entropy_with_logits(x, x.detach().abs()), ROWS),
}  # fmt: skip


@pytest.mark.parametrize("name", NODES)
def test_a_recorded_gradient_has_torchs_node(name):
    function, shape = NODES[name]
    x = tensor(*shape)
    (grad,) = T.autograd.grad(function(x).sum(), x, create_graph=True)
    assert grad.grad_fn.name() == name
    (second,) = T.autograd.grad((grad * grad).sum(), x, materialize_grads=True)
    assert second.shape == x.shape


def test_a_recorded_gradient_of_binary_cross_entropy():
    x = T.tensor([0.2, 0.6], dtype=T.float64, requires_grad=True)
    loss = F.binary_cross_entropy(x, T.tensor([0.0, 1.0], dtype=T.float64))
    (grad,) = T.autograd.grad(loss, x, create_graph=True)
    assert grad.grad_fn.name() == "BinaryCrossEntropyBackwardBackward0"
    (second,) = T.autograd.grad(grad.sum(), x)
    np.testing.assert_allclose(second.numpy(), [0.5 / 0.8**2, 0.5 / 0.6**2])


def test_the_gradients_of_a_convolution_are_one_node_of_all_that_went_in():
    x, weight, bias = tensor(*IMAGE), tensor(3, 2, 2, 2), tensor(3)
    grads = T.autograd.grad(F.conv2d(x, weight.detach(), bias).sum(), (x, bias), create_graph=True)
    for grad in grads:  # of neither does the other's gradient depend on x
        assert grad.grad_fn.name() == "ConvolutionBackwardBackward0"
        assert T.autograd.grad(grad.sum(), x, allow_unused=True) == (None,)


def test_the_gradients_of_a_norm_are_one_node_of_all_that_went_in():
    x, weight, bias = tensor(*ROWS), tensor(4), tensor(4)
    for found in (F.layer_norm(x, (4,), weight, bias), F.batch_norm(x, None, None, weight, bias, True)):
        for grad in T.autograd.grad(found.sum(), (x, weight, bias), create_graph=True):
            assert grad.requires_grad
            assert grad.grad_fn.name().startswith("Native")


def test_a_norm_can_be_differentiated_three_times():
    x = tensor(*ROWS)
    assert T.autograd.gradgradcheck(
        lambda x: T.autograd.grad(F.layer_norm(x, (4,)).sin().sum(), x, create_graph=True)[0], x
    )


def test_hardsigmoid_has_no_second_gradient():
    x = tensor(3)
    (grad,) = T.autograd.grad(F.hardsigmoid(x).sum(), x, create_graph=True)
    assert grad.grad_fn.name() == "NotImplemented"
    with pytest.raises(RuntimeError, match="derivative for aten::hardsigmoid_backward is not implemented"):
        grad.sum().backward()

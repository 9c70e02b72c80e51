"""Recurrent layers. The numbers are PyTorch 2.13's, recorded."""

from __future__ import annotations

import numpy as np
import pytest

import minigrad as T
from minigrad import nn

F64 = T.float64


def filled(module):
    with T.no_grad():
        for k, p in enumerate(module.parameters()):
            p.copy_(((T.arange(p.numel(), dtype=F64) * 7 + k) % 5 - 2).reshape(p.shape) / 5)
    return module


def sequence():
    return (T.arange(12.0, dtype=F64).reshape(3, 2, 2) % 5 / 4 - 0.5).requires_grad_()


# After two layers in both directions: the second output of the first sequence, the sums of the last states,
# the gradient of the first input of the second sequence, and the sum of that of a weight.
SEQUENCES = {
    "RNN": ([-0.52442569, 0.02851928, 0.32439674, -0.35596211], [-0.72915498], [0.1254073, 0.0148818], -0.74836521),
    "GRU": ([0.36562941, -0.41337214, -0.04044175, 0.16095223], [-0.24502162], [-0.08264879, -0.00634234], -0.0119868),
    "LSTM": ([0.16563141, -0.19649304, 0.03375324, 0.01616045], [-0.27593581, -0.91234133], [-0.00816453, 0.00275549], 0.00115736),
}  # fmt: skip


@pytest.mark.parametrize("name", SEQUENCES)
def test_sequences_through_two_layers_both_ways(name):
    output, sums, grad, weight = SEQUENCES[name]
    module, x = filled(getattr(nn, name)(2, 2, 2, bidirectional=True, dtype=F64)), sequence()
    y, state = module(x)
    states = state if name == "LSTM" else (state,)
    np.testing.assert_allclose(y[1, 0].detach().numpy(), output, atol=1e-8)
    np.testing.assert_allclose([s.sum().item() for s in states], sums, atol=1e-8)
    (y**2).sum().backward()
    np.testing.assert_allclose(x.grad[0, 1].numpy(), grad, atol=1e-8)
    assert module.weight_hh_l0_reverse.grad.sum().item() == pytest.approx(weight, abs=1e-8)


CELLS = {
    "RNNCell": ([[-0.10537417, 0.14694876, 0.24541987, -0.1770641]], "TanhBackward0"),
    "GRUCell": ([[-0.41814222, 0.04550054, -0.35466241, 0.10294936]], "AddBackward0"),
    "LSTMCell": (
        [[-0.26316267, 0.06449995, -0.18583656, 0.09100064], [-0.48206896, 0.12775318, -0.4009279, 0.21855149]],
        "MulBackward0",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CELLS)
def test_two_steps_of_a_cell(name):
    values, node = CELLS[name]
    cell, x = filled(getattr(nn, name)(2, 2, dtype=F64)), sequence()
    found = cell(x[1], cell(x[0]))
    found = found if name == "LSTMCell" else (found,)
    for state, expected in zip(found, values, strict=True):
        np.testing.assert_allclose(state.detach().numpy().reshape(-1), expected, atol=1e-8)
    assert found[0].grad_fn.name() == node


@pytest.mark.parametrize("name", SEQUENCES)
def test_a_layer_is_its_cell_step_by_step(name):
    layer, cell = filled(getattr(nn, name)(2, 3)), filled(getattr(nn, f"{name}Cell")(2, 3))
    x = T.randn(4, 2)
    state = None
    for step in x:
        state = cell(step, state)
    state = state if name == "LSTM" else (state,)
    y, last = layer(x)  # one sequence, without a batch
    last = last if name == "LSTM" else (last,)
    assert y.shape == (4, 3)
    for a, b in zip(last, state, strict=True):
        np.testing.assert_allclose(a[0].detach().numpy(), b.detach().numpy(), rtol=1e-5)
    layer.batch_first = True
    assert layer(x.unsqueeze(0))[0].shape == (1, 4, 3)


def test_between_layers_there_is_dropout_and_a_state_may_be_given():
    layer = nn.GRU(2, 2, num_layers=2, dropout=1.0, bias=False)
    assert [n for n, _ in layer.named_parameters()] == [
        "weight_ih_l0",
        "weight_hh_l0",
        "weight_ih_l1",
        "weight_hh_l1",
    ]
    y, _ = layer(T.randn(3, 1, 2))
    assert not y.any()  # the second layer sees nothing but zeros
    _, last = layer.eval()(T.randn(3, 1, 2), T.ones(2, 1, 2))
    assert last.shape == (2, 1, 2)


PRINTED = {
    "LSTM(2, 3)": lambda: nn.LSTM(2, 3),
    "GRU(2, 3, num_layers=2, batch_first=True, dropout=0.5, bidirectional=True)":
        lambda: nn.GRU(2, 3, 2, batch_first=True, dropout=0.5, bidirectional=True),
    "RNN(2, 3, bias=False)": lambda: nn.RNN(2, 3, 1, "relu", False),
    "RNNCell(2, 3, bias=False, nonlinearity=relu)": lambda: nn.RNNCell(2, 3, False, "relu"),
}  # fmt: skip


@pytest.mark.parametrize("text", PRINTED)
def test_printed_as_torch_does(text):
    assert repr(PRINTED[text]()) == text


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: nn.RNN(2, 3)(T.ones(2)), ValueError, "RNN: Expected input to be 2D or 3D, got 1D tensor instead"),
        (lambda: nn.LSTM(2, 3)(T.ones(2)), ValueError, "LSTM: Expected input to be 2D or 3D, got 1D instead"),
        (lambda: nn.GRU(2, 3)(T.ones(4, 2, 5)), RuntimeError, "must be equal to input_size. Expected 2, got 5"),
        (lambda: nn.GRU(2, 3)(T.ones(4, 2, 2), T.ones(1, 1, 3)), RuntimeError, r"Expected hidden size \(1, 2, 3\), got \[1, 1, 3\]"),
        (lambda: nn.GRU(2, 0), ValueError, "hidden_size must be greater than zero"),
        (lambda: nn.GRU(2, "a"), TypeError, "hidden_size should be of type int, got: str"),
        (lambda: nn.GRU(2, 3, dropout=2), ValueError, r"dropout should be a number in range \[0, 1\]"),
        (lambda: nn.RNN(2, 3, 1, "gelu"), ValueError, "Unknown nonlinearity 'gelu'. Select from 'tanh' or 'relu'"),
        (lambda: nn.LSTM(2, 3, proj_size=1), NotImplementedError, "proj_size is not supported"),
        (lambda: nn.GRUCell(2, 3)(T.ones(1, 4)), RuntimeError, "input has inconsistent input_size: got 4 expected 2"),
        (lambda: nn.GRUCell(2, 3)(T.ones(1, 1, 2)), ValueError, "GRUCell: Expected input to be 1D or 2D, got 3D instead"),
    ],
)  # fmt: skip
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_dropout_of_one_layer_warns():
    with pytest.warns(UserWarning, match="dropout option adds dropout after all but last recurrent layer"):
        nn.LSTM(2, 3, dropout=0.5)

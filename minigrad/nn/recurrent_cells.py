"""One step of a recurrent network: RNNCell, LSTMCell, GRUCell, and what RNN, LSTM and GRU repeat.

Counterpart in PyTorch: torch/nn/modules/rnn.py, aten/src/ATen/native/RNN.cpp.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ..dtypes import dtype as Dtype
from ..ops.create import zeros
from ..tensor import Tensor
from . import functional as F
from . import init
from .making import checked_device, parameter
from .module import Module

# One step: (what the input gives, what the state gives, the state) -> the new state. Each adds up its gates.
Step = Callable[[Tensor, Tensor, Any], Any]


def _tanh_step(of_input: Tensor, of_state: Tensor, state: Tensor) -> Tensor:
    return (of_input + of_state).tanh()


def _relu_step(of_input: Tensor, of_state: Tensor, state: Tensor) -> Tensor:
    return (of_input + of_state).relu()


def _lstm_step(of_input: Tensor, of_state: Tensor, state: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
    """i, f, g, o: what is let in, what is kept, what is new, what is shown."""
    i, f, g, o = (of_input + of_state).chunk(4, 1)
    cell = f.sigmoid() * state[1] + i.sigmoid() * g.tanh()
    return o.sigmoid() * cell.tanh(), cell


def _gru_step(of_input: Tensor, of_state: Tensor, state: Tensor) -> Tensor:
    """r, z, n: how much of the state is seen, how much of it is kept, what is new."""
    r1, z1, n1 = of_input.chunk(3, 1)
    r2, z2, n2 = of_state.chunk(3, 1)
    new = (n1 + (r1 + r2).sigmoid() * n2).tanh()
    return (state - new) * (z1 + z2).sigmoid() + new


STEPS: dict[str, tuple[int, Step]] = {  # the number of gates, and the step
    "RNN_TANH": (1, _tanh_step),
    "RNN_RELU": (1, _relu_step),
    "LSTM": (4, _lstm_step),
    "GRU": (3, _gru_step),
}


def hidden_of(state: Any) -> Tensor:
    """What a state shows; that of an LSTM has a second part."""
    return state[0] if isinstance(state, tuple) else state


def spread(module: Module, hidden_size: int) -> None:
    """Initial weights, evenly distributed within 1 / sqrt(hidden_size) of 0."""
    bound = 1 / math.sqrt(hidden_size) if hidden_size > 0 else 0
    for weight in module.parameters():
        init.uniform_(weight, -bound, bound)


class RNNCellBase(Module):
    """What the cells share: weights of one layer."""

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool, mode: str, device: Any = None, dtype: Dtype | None = None
    ) -> None:  # fmt: skip
        super().__init__()
        checked_device(device, type(self).__name__)
        self.input_size, self.hidden_size, self.bias = input_size, hidden_size, bias
        gates, self._step = STEPS[mode]
        gates *= hidden_size
        self.weight_ih = parameter((gates, input_size), dtype)
        self.weight_hh = parameter((gates, hidden_size), dtype)
        for name in ("bias_ih", "bias_hh"):
            self.register_parameter(name, parameter((gates,), dtype) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """New initial values, evenly distributed within 1 / sqrt(hidden_size) of 0."""
        spread(self, self.hidden_size)

    def forward(self, input: Tensor, hx: Any = None) -> Any:
        """input: (N, input_size) or (input_size,); the new state, from the state hx or zeros."""
        name = type(self).__name__
        if input.ndim not in (1, 2):
            raise ValueError(f"{name}: Expected input to be 1D or 2D, got {input.ndim}D instead")
        single = input.ndim == 1
        several = isinstance(self, LSTMCell)
        if hx is None:
            first = zeros(*input._array.shape[:-1], self.hidden_size, dtype=input.dtype)
            hx = (first, first) if several else first
        states = hx if several else (hx,)
        if single:
            input, states = input.unsqueeze(0), tuple(s.unsqueeze(0) for s in states)
        if input._array.shape[1] != self.input_size:
            raise RuntimeError(
                f"input has inconsistent input_size: got {input._array.shape[1]} expected {self.input_size}"
            )
        of_input = F.linear(input, self.weight_ih, self.bias_ih)
        of_state = F.linear(states[0], self.weight_hh, self.bias_hh)
        found = self._step(of_input, of_state, states if several else states[0])
        if single:
            return tuple(s.squeeze(0) for s in found) if several else found.squeeze(0)
        return found

    def extra_repr(self) -> str:
        text = f"{self.input_size}, {self.hidden_size}" + ("" if self.bias else ", bias=False")
        nonlinearity = getattr(self, "nonlinearity", "tanh")
        return text if nonlinearity == "tanh" else f"{text}, nonlinearity={nonlinearity}"


class RNNCell(RNNCellBase):
    """One step of RNN."""

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, nonlinearity: str = "tanh", device: Any = None,
        dtype: Dtype | None = None,
    ) -> None:  # fmt: skip
        if nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"Unknown nonlinearity: {nonlinearity}")
        super().__init__(input_size, hidden_size, bias, f"RNN_{nonlinearity.upper()}", device, dtype)
        self.nonlinearity = nonlinearity


class LSTMCell(RNNCellBase):
    """One step of LSTM: (h, c) from (h, c)."""

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Dtype | None = None
    ) -> None:  # fmt: skip
        super().__init__(input_size, hidden_size, bias, "LSTM", device, dtype)


class GRUCell(RNNCellBase):
    """One step of GRU."""

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Dtype | None = None
    ) -> None:  # fmt: skip
        super().__init__(input_size, hidden_size, bias, "GRU", device, dtype)

"""Recurrent layers: RNN, LSTM and GRU, which repeat the steps of recurrent_cells.py.

Counterpart in PyTorch: torch/nn/modules/rnn.py, aten/src/ATen/native/RNN.cpp. They are made of other ops,
step by step, so that a graph shows how the gradient goes back through time.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from ..dtypes import dtype as Dtype
from ..ops.create import zeros
from ..ops.join import cat, stack
from ..tensor import Tensor
from . import functional as F
from .making import checked_device, parameter
from .module import Module
from .recurrent_cells import STEPS, hidden_of, spread


class RNNBase(Module):
    """What RNN, LSTM and GRU share: weights of all layers, and the way through them."""

    def __init__(
        self,
        mode: str,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Dtype | None = None,
    ) -> None:
        super().__init__()
        checked_device(device, type(self).__name__)
        if isinstance(dropout, bool) or not isinstance(dropout, (int, float)) or not 0 <= dropout <= 1:
            raise ValueError(
                "dropout should be a number in range [0, 1] representing the probability of an element being zeroed"
            )
        if dropout > 0 and num_layers == 1:
            warnings.warn(
                "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers "
                f"greater than 1, but got dropout={dropout} and num_layers={num_layers}",
                UserWarning,
                stacklevel=3,
            )
        if not isinstance(hidden_size, int):
            raise TypeError(f"hidden_size should be of type int, got: {type(hidden_size).__name__}")
        for name, value in (("hidden_size", hidden_size), ("num_layers", num_layers)):
            if value <= 0:
                raise ValueError(f"{name} must be greater than zero")
        if proj_size:
            raise NotImplementedError(f"{type(self).__name__}(): proj_size is not supported")
        self.mode, self.input_size, self.hidden_size, self.num_layers = (
            mode,
            input_size,
            hidden_size,
            num_layers,
        )
        self.bias, self.batch_first, self.dropout = bias, batch_first, float(dropout)
        self.bidirectional, self.proj_size = bidirectional, proj_size
        gates = STEPS[mode][0] * hidden_size
        for layer, suffix in self._passes():
            inputs = input_size if layer == 0 else hidden_size * (2 if bidirectional else 1)
            setattr(self, f"weight_ih_{suffix}", parameter((gates, inputs), dtype))
            setattr(self, f"weight_hh_{suffix}", parameter((gates, hidden_size), dtype))
            if bias:
                setattr(self, f"bias_ih_{suffix}", parameter((gates,), dtype))
                setattr(self, f"bias_hh_{suffix}", parameter((gates,), dtype))
        self.reset_parameters()

    def _passes(self) -> list[tuple[int, str]]:
        """(layer, suffix of its weights) of each way through the sequence."""
        ends = ("", "_reverse") if self.bidirectional else ("",)
        return [(layer, f"l{layer}{end}") for layer in range(self.num_layers) for end in ends]

    def reset_parameters(self) -> None:
        """New initial values, evenly distributed within 1 / sqrt(hidden_size) of 0."""
        spread(self, self.hidden_size)

    def flatten_parameters(self) -> None:
        """Nothing: torch brings the weights together for CUDA here."""

    @property
    def all_weights(self) -> list[list[Tensor]]:
        """The weights of each way through the sequence."""
        kinds = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")[: 4 if self.bias else 2]
        return [[getattr(self, f"{kind}_{suffix}") for kind in kinds] for _, suffix in self._passes()]

    def _run(self, steps: list[Tensor], suffix: str, state: Any) -> tuple[list[Tensor], Any]:
        """One way through the sequence: the hidden state after each step, and the last state."""
        step = STEPS[self.mode][1]
        weights = [
            getattr(self, f"{kind}_{suffix}", None)
            for kind in ("weight_ih", "bias_ih", "weight_hh", "bias_hh")
        ]
        back = suffix.endswith("_reverse")
        found = []
        for x in reversed(steps) if back else steps:
            state = step(F.linear(x, *weights[:2]), F.linear(hidden_of(state), *weights[2:]), state)
            found.append(hidden_of(state))
        return (found[::-1] if back else found), state

    def _begin(self, input: Tensor, hx: Any, batch: int) -> list[Tensor]:
        """The states (passes, N, hidden_size): one, of an LSTM two. RuntimeError where they do not fit."""
        shape = (len(self._passes()), batch, self.hidden_size)
        if hx is None:
            return [zeros(*shape, dtype=input.dtype)] * (2 if self.mode == "LSTM" else 1)
        given = list(hx) if self.mode == "LSTM" else [hx]
        names = ("hidden[0]", "hidden[1]") if self.mode == "LSTM" else ("hidden",)
        for name, state in zip(names, given, strict=True):
            if state._array.shape != shape:
                raise RuntimeError(f"Expected {name} size {shape}, got {list(state.shape)}")
        return given

    def forward(self, input: Tensor, hx: Any = None) -> tuple[Tensor, Any]:
        """input: (L, N, input_size), or (N, L, input_size) with batch_first, or without N.

        Returns the hidden states of the last layer, (L, N, directions * hidden_size), and the last state of
        every layer and direction, (layers * directions, N, hidden_size); of an LSTM a pair of these.
        """
        name = "RNN" if self.mode.startswith("RNN") else self.mode
        if input.ndim not in (2, 3):
            what = f"{input.ndim}D tensor" if name == "RNN" else f"{input.ndim}D"
            raise ValueError(f"{name}: Expected input to be 2D or 3D, got {what} instead")
        batched = input.ndim == 3
        if not batched:
            input = input.unsqueeze(1)
            if hx is not None:
                hx = tuple(s.unsqueeze(1) for s in hx) if isinstance(hx, tuple) else hx.unsqueeze(1)
        elif self.batch_first:
            input = input.transpose(0, 1)
        if input._array.shape[-1] != self.input_size:
            raise RuntimeError(
                f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {input._array.shape[-1]}"
            )
        states = self._begin(input, hx, input._array.shape[1])
        output, last = self._through_layers(input, states)
        if not batched:
            return output.squeeze(1), _each(last, lambda t: t.squeeze(1))
        return (output.transpose(0, 1) if self.batch_first else output), _each(last, lambda t: t)

    def _through_layers(self, input: Tensor, states: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        steps, ends = list(input.unbind(0)), []
        ways = 2 if self.bidirectional else 1
        for layer in range(self.num_layers):
            found = []
            for way, (_, suffix) in enumerate(
                self._passes()[layer * ways : (layer + 1) * ways], layer * ways
            ):
                first = tuple(state[way] for state in states)
                hidden, end = self._run(steps, suffix, first if self.mode == "LSTM" else first[0])
                found.append(hidden)
                ends.append(end if isinstance(end, tuple) else (end,))
            steps = [cat(list(both), -1) for both in zip(*found, strict=True)] if ways == 2 else found[0]
            if self.dropout and layer < self.num_layers - 1:
                steps = list(F.dropout(stack(steps), self.dropout, self.training).unbind(0))
        return stack(steps), [stack(list(part)) for part in zip(*ends, strict=True)]

    def extra_repr(self) -> str:
        text = f"{self.input_size}, {self.hidden_size}"
        plain = {"num_layers": 1, "bias": True, "batch_first": False, "dropout": 0.0, "bidirectional": False}
        given = {name: getattr(self, name) for name in plain}
        return text + "".join(f", {name}={v}" for name, v in given.items() if v != plain[name])


def _each(states: list[Tensor], function: Callable[[Tensor], Tensor]) -> Any:
    found = tuple(map(function, states))
    return found if len(found) > 1 else found[0]


class RNN(RNNBase):
    """h = tanh(x @ weight_ih.T + bias_ih + h @ weight_hh.T + bias_hh) at every step, in num_layers layers."""

    def __init__(
        self, input_size: int, hidden_size: int, num_layers: int = 1, nonlinearity: str = "tanh", *args: Any, **kwargs: Any
    ) -> None:  # fmt: skip
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'.")
        super().__init__(f"RNN_{nonlinearity.upper()}", input_size, hidden_size, num_layers, *args, **kwargs)
        self.nonlinearity = nonlinearity


class LSTM(RNNBase):
    """A state of two parts; gates say what is kept, added and shown (Hochreiter and Schmidhuber, 1997)."""

    def __init__(self, input_size: int, hidden_size: int, *args: Any, **kwargs: Any) -> None:
        super().__init__("LSTM", input_size, hidden_size, *args, **kwargs)


class GRU(RNNBase):
    """A state of which gates say how much is kept (Cho et al., 2014)."""

    def __init__(self, input_size: int, hidden_size: int, *args: Any, **kwargs: Any) -> None:
        super().__init__("GRU", input_size, hidden_size, *args, **kwargs)

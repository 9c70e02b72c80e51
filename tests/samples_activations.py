"""Samples of ops/activations.py, rectifiers.py and glu.py."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

import minigrad
from minigrad.nn import functional as F
from op_samples import Case, OpSamples, bad, case, each_shape, real


def each(function: Callable[..., float]) -> Callable[..., np.ndarray]:
    """A function of one number, and options, for arrays."""

    def reference(x: np.ndarray, *options: Any, **named: Any) -> np.ndarray:
        return np.array([function(float(v), *options, **named) for v in x.ravel()], x.dtype).reshape(x.shape)

    return reference


def written(function: Any) -> Callable[..., Any]:
    """The twin of a function that writes its input."""
    return lambda x, *options, **named: function(x, *options, **named, inplace=True)


def with_options(*options: Any, **named: Any) -> list[Case]:
    return [*each_shape(), case(real(2, 3, low=-4, high=4), *options, **named)]


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def gelu(x: float, approximate: str = "none") -> float:
    if approximate == "tanh":
        return 0.5 * x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    return x * 0.5 * (1 + math.erf(x / math.sqrt(2)))


def prelu(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    shape = [1, -1, *[1] * (x.ndim - 2)] if x.ndim > 1 else [-1] * x.ndim
    return np.where(x > 0, x, x * weight.reshape(shape))


def glu(x: np.ndarray, dim: int = -1) -> np.ndarray:
    a, b = np.split(x, 2, axis=dim)
    return a / (1 + np.exp(-b))


FLOATS_ONLY = [bad(NotImplementedError, "not implemented for 'Long'", np.array([1, 2]))]

SAMPLES = [
    OpSamples("leaky_relu leaky_relu_ leaky_relu_backward", F.leaky_relu,
              each(lambda x, slope=0.01: x if x > 0 else slope * x),
              with_options(0.3), inplace=written(F.leaky_relu), bad=FLOATS_ONLY),
    OpSamples("hardtanh hardtanh_backward", F.hardtanh,
              each(lambda x, low=-1.0, high=1.0: min(max(x, low), high)),
              with_options(-0.3, 2.5), inplace=written(F.hardtanh),
              bad=[bad(ValueError, "min_val cannot be greater than max_val", real(2), 2.0, 1.0)]),
    OpSamples("hardsigmoid hardsigmoid_backward", F.hardsigmoid, each(lambda x: min(max(x + 3, 0), 6) / 6),
              with_options(), inplace=written(F.hardsigmoid), second=False, bad=FLOATS_ONLY),
    OpSamples("hardswish hardswish_backward", F.hardswish, each(lambda x: x * min(max(x + 3, 0), 6) / 6),
              with_options(), inplace=written(F.hardswish), bad=FLOATS_ONLY),
    OpSamples("threshold threshold_ above", F.threshold, each(lambda x, at, value: x if x > at else value),
              [case(real(2, 3), 0.4, 7.0), case(real(), 0.1, -1.0), case(real(0), 0.0, 1.0)],
              inplace=written(F.threshold)),
    OpSamples("softshrink softshrink_backward", F.softshrink,
              each(lambda x, lambd=0.5: math.copysign(max(abs(x) - lambd, 0), x)), with_options(0.2),
              bad=[*FLOATS_ONLY, bad(RuntimeError, "lambda must be in range", real(2), -1.0)]),
    OpSamples("hardshrink hardshrink_backward", F.hardshrink, each(lambda x, lambd=0.5: x if abs(x) > lambd else 0.0),
              with_options(0.2), bad=FLOATS_ONLY),
    OpSamples("prelu_kernel prelu_self prelu_weight", F.prelu, prelu,
              [case(real(2, 3), real(3)), case(real(2, 3, 2), real(1)), case(real(4), real(1)), case(real(), real(1))],
              bad=[bad(RuntimeError, "Found parameter numbers = 2 and channel size = 3", real(2, 3), real(2)),
                   bad(RuntimeError, "Type promoting not supported. Got Long and Double", np.array([1]), real(1))]),
    OpSamples("glu glu_backward", F.glu, glu, [case(real(2, 4)), case(real(4, 3), 0), case(real(0, 2))],
              bad=[bad(RuntimeError, "Halving dimension must be even, but dimension 0 is size 3", real(3))]),
    OpSamples("elu elu_ elu_backward", F.elu, each(lambda x, alpha=1.0: x if x > 0 else alpha * math.expm1(x)),
              with_options(0.7), inplace=written(F.elu), bad=FLOATS_ONLY),
    OpSamples("elu elu_", F.selu, each(lambda x: 1.0507009873554805 * (x if x > 0 else 1.6732632423543772 * math.expm1(x))),
              with_options(), inplace=written(F.selu)),
    OpSamples("celu celu_ elu_backward", F.celu, each(lambda x, alpha=1.0: x if x > 0 else alpha * math.expm1(x / alpha)),
              with_options(0.5), inplace=written(F.celu), bad=[bad(RuntimeError, "alpha cannot be 0", real(2), 0.0)]),
    OpSamples("gelu gelu_backward", F.gelu, each(gelu), with_options(approximate="tanh"),
              bad=[*FLOATS_ONLY, bad(RuntimeError, "must be either none or tanh", real(2), approximate="exact")]),
    OpSamples("silu", F.silu, each(lambda x: x * sigmoid(x)), with_options(), inplace=written(F.silu), bad=FLOATS_ONLY),
    OpSamples("mish softplus", F.mish, each(lambda x: x * math.tanh(math.log1p(math.exp(x)))), with_options(),
              inplace=written(F.mish), bad=FLOATS_ONLY),
    OpSamples("softplus softplus_backward", F.softplus,
              each(lambda x, beta=1, most=20: x if x * beta > most else math.log1p(math.exp(x * beta)) / beta),
              with_options(2, 3), bad=FLOATS_ONLY),
    OpSamples("log_sigmoid log_sigmoid_backward", F.logsigmoid, each(lambda x: math.log(sigmoid(x))), with_options(),
              bad=FLOATS_ONLY),
    OpSamples("abs add div", F.softsign, each(lambda x: x / (1 + abs(x))), with_options()),
    OpSamples("tanh sub", F.tanhshrink, each(lambda x: x - math.tanh(x)), with_options()),
    OpSamples("add_number", minigrad.ops.scalars.plus, np.add, [case(real(2, 3), 1.5), case(real(), 2), case(np.array([1, 2]), 3)]),
    OpSamples("sub_number", minigrad.ops.scalars.minus, np.subtract, [case(real(2, 3), 1.5)]),
    OpSamples("mul_number", minigrad.ops.scalars.times, np.multiply, [case(real(2, 3), 1.5)]),
    OpSamples("div_number", minigrad.ops.scalars.over, np.divide, [case(real(2, 3), 1.5)]),
]  # fmt: skip

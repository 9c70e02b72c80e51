"""Samples of ops/arithmetic.py."""

from __future__ import annotations

import numpy as np

import minigrad
from minigrad import Tensor
from op_samples import OpSamples, bad, case, pairs, real

SAMPLES = [
    OpSamples("add", minigrad.add, np.add, [*pairs(), case(real(2), 2.5)], inplace=Tensor.add_,
              bad=[bad(RuntimeError, "must match the size of tensor b (3)", real(2), real(3))]),
    OpSamples("sub", minigrad.sub, np.subtract, [*pairs(), case(real(2), 2.5)], inplace=Tensor.sub_),
    OpSamples("mul", minigrad.mul, np.multiply, [*pairs(), case(real(2), 2.5)], inplace=Tensor.mul_),
    OpSamples("div", minigrad.div, np.true_divide, [*pairs(0.5, 2.0), case(real(2), 2.5)], inplace=Tensor.div_),
]  # fmt: skip

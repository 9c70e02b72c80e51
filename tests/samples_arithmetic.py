"""Samples of functions of two and three tensors: arithmetic, division, powers, pairs and mixtures.py."""

from __future__ import annotations

import numpy as np

import minigrad
from minigrad import Tensor
from op_samples import OpSamples, bad, case, each_shape, pairs, real, truth, whole

POSITIVE = pairs(0.5, 2.0)
INTEGERS = [case(whole(2, 3), whole(3)), case(whole(3), 2), case(whole(3), 2.5), case(truth(3), 2)]
NAN = np.array([np.nan, 1.5, -0.5])


def lerp(a, b, w):
    return a + w * (b - a)


def xlogy(a, b):
    a, b = np.broadcast_arrays(np.asarray(a, float), np.asarray(b, float))
    return np.where(a == 0, 0.0, a * np.log(np.where(a == 0, 1.0, b)))


def doubles(*args):
    """Integers and bools divide to the default dtype."""
    return np.true_divide(*args).astype(np.float32)


SAMPLES = [
    OpSamples(
        "add", minigrad.add, np.add,
        [*pairs(), case(real(2), 2.5), case(whole(2, 3), whole(3)), case(whole(3), 2), case(truth(4), truth(1))],
        inplace=Tensor.add_, dtypes="float32 float16",
        bad=[
            bad(RuntimeError, "must match the size of tensor b (3)", real(2), real(3)),
            bad(TypeError, "add(): argument 'other' (position 2) must be Tensor, not str", real(2), "a"),
            bad(TypeError, "must be Tensor, not NoneType", real(2), None),
            bad(NotImplementedError, "the argument 'out'", real(2), 1, out=real(2)),
        ],
    ),
    OpSamples(
        "add_alpha", minigrad.add, lambda a, b, alpha: a + alpha * b,
        [case(real(2, 3), real(3), alpha=2.5), case(real(2), 2.0, alpha=2), case(whole(3), whole(3), alpha=3)],
        inplace=Tensor.add_,
        bad=[
            bad(RuntimeError, "argument alpha must not be a floating point number", whole(2), whole(2), alpha=1.5),
            bad(RuntimeError, "Boolean alpha only supported", real(2), real(2), alpha=True),
        ],
    ),
    OpSamples(
        "sub", minigrad.sub, np.subtract, [*pairs(), case(real(2), 2.5), case(whole(3), 2)], inplace=Tensor.sub_,
        bad=[
            bad(RuntimeError, "with two bool tensors is not supported", truth(2), truth(2)),
            bad(RuntimeError, "with a bool tensor is not supported", truth(2), 1),
        ],
    ),
    OpSamples(
        "sub_alpha", minigrad.sub, lambda a, b, alpha: a - alpha * b,
        [case(real(2, 3), real(3), alpha=2.5), case(whole(3), whole(3), alpha=3)], inplace=Tensor.sub_,
        bad=[bad(RuntimeError, "with two bool tensors", truth(2), truth(2), alpha=True)],
    ),
    OpSamples(
        "rsub_number", minigrad.rsub, lambda a, b, alpha=1: b - alpha * a,
        [case(real(3), 2.5), case(real(2, 3), 1, alpha=3)],
    ),
    OpSamples(
        "rsub_tensor", minigrad.rsub, lambda a, b, alpha=1: b - alpha * a,
        [case(real(2, 3), real(3)), case(real(3), real(3), alpha=2)],
    ),
    OpSamples(
        "mul", minigrad.mul, np.multiply, [*pairs(), case(real(2), 2.5), case(whole(2, 3), whole(3))],
        inplace=Tensor.mul_, dtypes="float32 float16",
    ),
    OpSamples(
        "div", minigrad.div, np.true_divide, [*POSITIVE, case(real(2), 2.5)], inplace=Tensor.div_,
        bad=[bad(RuntimeError, "to be one of None, 'trunc', or 'floor' but found 'up'", real(2), 1, rounding_mode="up")],
    ),
    OpSamples("div", minigrad.true_divide, doubles, INTEGERS, gradients=False),
    OpSamples(
        "div_rounded", lambda a, b: minigrad.div(a, b, rounding_mode="floor"), lambda a, b: np.floor(a / b),
        [*POSITIVE, case(real(4), -0.75)], inplace=lambda a, b: a.div_(b, rounding_mode="floor"),
    ),
    OpSamples(
        "div_rounded", lambda a, b: minigrad.div(a, b, rounding_mode="trunc"),
        lambda a, b: np.trunc(a / b).astype(np.result_type(a, b)),
        [*POSITIVE, case(real(4), -0.75), case(whole(5), 3), case(whole(5), np.array([3, -3, 2, -2, 1]))],
        bad=[bad(RuntimeError, "ZeroDivisionError", whole(2), 0)],
    ),
    OpSamples(
        "floor_divide", minigrad.floor_divide, np.floor_divide, [*POSITIVE, case(whole(5), 3), case(whole(5), -3)],
        gradients=False,
        bad=[bad(RuntimeError, "ZeroDivisionError", whole(2), 0)],
    ),
    OpSamples(
        "remainder_tensor div_rounded", minigrad.remainder, np.remainder,
        [*POSITIVE, case(real(4), np.array([0.7, -0.7, 0.3, -0.3])), case(whole(4), whole(4, low=1))],
        inplace=Tensor.remainder_,
    ),
    OpSamples(
        "remainder_number", minigrad.remainder, np.remainder,
        [case(real(4), 0.7), case(real(4), -0.7), case(whole(5), 3), case(whole(5), -3)], inplace=Tensor.remainder_,
        bad=[bad(RuntimeError, "ZeroDivisionError", whole(2), 0)],
    ),
    OpSamples(
        "number_remainder", minigrad.remainder, np.remainder, [case(2.5, real(4)), case(7, whole(3, low=1))],
        gradients=False,
    ),
    OpSamples(
        "fmod_tensor div_rounded", minigrad.fmod, np.fmod,
        [*POSITIVE, case(real(4), np.array([0.7, -0.7, 0.3, -0.3])), case(whole(4), whole(4, low=1))],
        inplace=Tensor.fmod_,
    ),
    OpSamples(
        "fmod_number", minigrad.fmod, np.fmod, [case(real(4), 0.7), case(real(4), -0.7), case(whole(5), -3)],
        inplace=Tensor.fmod_,
    ),
    # ------------------------------------------------------------------ powers
    OpSamples(
        "pow_number times", minigrad.pow, np.power,
        [case(real(2, 3, low=0.5), e) for e in (2, 3, 0.5, -0.5, -1, -2, 2.7, 0, 1)]
        + [case(real(4), 2), case(real(4), 3), case(whole(4), 3)],
        inplace=Tensor.pow_,
        bad=[bad(RuntimeError, "Integers to negative integer powers", whole(2), -1)],
    ),
    OpSamples(
        "pow_tensor minus", minigrad.pow, np.power,
        [*POSITIVE, case(whole(4), whole(4, low=0))], inplace=Tensor.pow_,
        bad=[bad(NotImplementedError, "\"pow\" not implemented for 'Bool'", truth(2), truth(2))],
    ),
    OpSamples(
        "pow_tensor", minigrad.pow, lambda a, b: np.array([1, 0, 1, -1]),
        [case(np.array([1, 3, -1, -1]), np.array([-2, -1, -2, -3]))],
    ),
    OpSamples("number_pow times", minigrad.pow, np.power, [case(2.5, real(2, 3)), case(2, whole(3, low=0))]),
    OpSamples("sqrt times", minigrad.sqrt, np.sqrt, each_shape(0.3, 3), inplace=Tensor.sqrt_, dtypes="float32 float16"),
    OpSamples("rsqrt", minigrad.rsqrt, lambda a: 1 / np.sqrt(a), each_shape(0.3, 3), inplace=Tensor.rsqrt_),
    OpSamples("pow_number", minigrad.square, np.square, each_shape(), inplace=Tensor.square_),
    OpSamples(
        "pow_number", minigrad.float_power, np.float_power, [case(real(3, low=0.5), 2.5), case(whole(3), 2)],
        dtypes="", bad=[bad(TypeError, "received an invalid combination of arguments - got (int, int)", 2, 3)],
    ),
    # ------------------------------------------------------------------ of two tensors
    OpSamples("maximum", minigrad.maximum, np.maximum, [*pairs(), case(whole(2, 3), whole(3))],
              bad=[bad(TypeError, "argument 'other' (position 2) must be Tensor, not int", real(2), 2)]),
    OpSamples("minimum", minigrad.minimum, np.minimum, [*pairs(), case(whole(2, 3), whole(3))]),
    OpSamples("maximum", minigrad.maximum, np.maximum, [case(NAN, real(3))], gradients=False),
    OpSamples("minimum", minigrad.minimum, np.minimum, [case(NAN, real(3))], gradients=False),
    OpSamples("fmax", minigrad.fmax, np.fmax, [case(NAN, real(3))], gradients=False),
    OpSamples("fmin", minigrad.fmin, np.fmin, [case(NAN, real(3))], gradients=False),
    OpSamples("fmax", minigrad.fmax, np.fmax, [*pairs(), case(whole(3), whole(3))]),
    OpSamples("fmin", minigrad.fmin, np.fmin, [*pairs(), case(whole(3), whole(3))]),
    OpSamples("atan2", minigrad.atan2, np.arctan2, pairs(), inplace=Tensor.atan2_),
    OpSamples("hypot", minigrad.hypot, np.hypot, pairs(), inplace=Tensor.hypot_),
    OpSamples("logaddexp", minigrad.logaddexp, np.logaddexp, pairs()),
    OpSamples("logaddexp", minigrad.logaddexp, np.logaddexp, [case(real(2, low=900, high=990), real(2))], second=False),
    OpSamples("logaddexp2", minigrad.logaddexp2, np.logaddexp2, pairs()),
    OpSamples("copysign_tensor", minigrad.copysign, np.copysign, pairs(), inplace=Tensor.copysign_),
    OpSamples("copysign_number", minigrad.copysign, np.copysign, [case(real(4), -1.5), case(real(4), 2)],
              inplace=Tensor.copysign_),
    OpSamples("xlogy_tensors", minigrad.xlogy, xlogy, POSITIVE, inplace=Tensor.xlogy_),
    OpSamples("xlogy_number times", minigrad.xlogy, xlogy, [case(real(4), 2.5)], inplace=Tensor.xlogy_),
    OpSamples("number_xlogy", minigrad.xlogy, xlogy, [case(2.5, real(4, low=0.5)), case(0.0, real(4))], gradients=True),
    OpSamples("heaviside", minigrad.heaviside, np.heaviside, [case(np.array([-1.0, 0.0, 2.0]), real(3))],
              gradients=False, inplace=None),
    # ------------------------------------------------------------------ mixtures
    OpSamples("lerp_number", minigrad.lerp, lerp, [case(real(2, 3), real(3), 0.25), case(real(3), real(3), 0.75)],
              inplace=Tensor.lerp_, bad=[bad(TypeError, "got (Tensor, float, float), but expected one of", real(2), 1.0, 0.5)]),
    OpSamples("lerp_tensor", minigrad.lerp, lerp, [case(real(2, 3), real(3), real(1, low=0.1, high=0.4)),
                                                   case(real(3), real(3), real(3))], inplace=Tensor.lerp_),
    OpSamples(
        "addcmul times", minigrad.addcmul, lambda a, b, c, value=1: a + value * b * c,
        [case(real(2, 3), real(3), real(2, 1)), case(real(3), real(3), real(3), value=2.5),
         case(whole(3), whole(3), whole(3), value=2)],
        inplace=Tensor.addcmul_,
        bad=[bad(TypeError, "argument 'tensor1' (position 2) must be Tensor", real(2), 1.0, real(2))],
    ),
    OpSamples(
        "addcdiv times", minigrad.addcdiv, lambda a, b, c, value=1: a + value * b / c,
        [case(real(2, 3), real(3), real(2, 1, low=0.5)), case(real(3), real(3), real(3, low=0.5), value=2.5)],
        inplace=Tensor.addcdiv_,
        bad=[bad(RuntimeError, "Integer division with addcdiv", whole(2), whole(2), whole(2))],
    ),
]  # fmt: skip

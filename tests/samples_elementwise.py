"""Samples of pointwise.py, special.py, rounding.py, clamp.py and compare.py: element by element."""

from __future__ import annotations

import math

import numpy as np

import minigrad
from minigrad import Tensor
from op_samples import OpSamples, bad, case, each_shape, pairs, real, truth, whole

FLOATS = "float32 float16"
INTEGERS = [case(whole(4)), case(truth(3))]


def single(x):
    """What float functions of integers give: the default dtype."""
    return x.astype(np.float32) if x.dtype.kind != "f" else x


def unary(name, reference, low=-2.0, high=2.0, ops="", integers=True, gradients=True, **more):
    """Samples of a function of one tensor that is float for integers."""
    tame = low <= -2.0
    return OpSamples(
        ops or name, getattr(minigrad, name), lambda x: reference(single(x)),
        each_shape(low, high) + (INTEGERS if integers and tame else []),
        inplace=None if integers and tame else getattr(Tensor, f"{name}_"), gradients=gradients, **more,
    )  # fmt: skip


def twin(name, reference, **more):
    """The in-place twin of a function, where it cannot be told from integers."""
    return OpSamples(
        name, getattr(minigrad, name), reference, each_shape(), inplace=getattr(Tensor, f"{name}_"), **more
    )


def kept(reference):
    """Rounding leaves integers what they are."""
    return lambda x: reference(x) if x.dtype.kind == "f" else x


SPECIAL = np.array([np.nan, np.inf, -np.inf, 1.5, -0.0, 0.0])
erf, erfc = np.vectorize(math.erf, otypes=[float]), np.vectorize(math.erfc, otypes=[float])
COMPARED = [*pairs(), case(whole(4), 1), case(real(4), 0.5), case(SPECIAL, SPECIAL[::-1].copy())]
BITS = [case(whole(2, 3), whole(3)), case(whole(4), 3), case(truth(4), truth(4)), case(truth(4), True)]


def clamped(x, min=None, max=None):
    x = x if min is None else np.maximum(x, min)
    return x if max is None else np.minimum(x, max)


def no_grad_pair(name, reference, cases, message):
    """An op on integers, and in place, with a bad input."""
    return OpSamples(
        name, getattr(minigrad, name), reference, cases, inplace=getattr(Tensor, f"{name}_", None),
        bad=[bad(NotImplementedError, message, real(2), real(2))],
    )  # fmt: skip


SAMPLES = [
    unary("exp", np.exp), twin("exp", np.exp, dtypes=FLOATS),
    unary("exp2", np.exp2, ops="exp2 times"), twin("exp2", np.exp2),
    unary("expm1", np.expm1, ops="expm1 plus"), twin("expm1", np.expm1),
    unary("log", np.log, 0.3, 3.0, dtypes=FLOATS),
    unary("log2", np.log2, 0.3, 3.0, ops="log2 times"),
    unary("log10", np.log10, 0.3, 3.0, ops="log10 times"),
    unary("log1p", np.log1p, -0.7, 3.0, ops="log1p plus"),
    unary("sin", np.sin), twin("sin", np.sin),
    unary("cos", np.cos), twin("cos", np.cos),
    unary("tan", np.tan, -1.3, 1.3, ops="tan plus"),
    unary("asin", np.arcsin, -0.9, 0.9, ops="asin plus"),
    unary("acos", np.arccos, -0.9, 0.9, ops="acos plus"),
    unary("atan", np.arctan, ops="atan plus"), twin("atan", np.arctan),
    unary("sinh", np.sinh), twin("sinh", np.sinh),
    unary("cosh", np.cosh), twin("cosh", np.cosh),
    unary("tanh", np.tanh, ops="tanh tanh_backward"), twin("tanh", np.tanh),
    OpSamples("asinh plus", minigrad.asinh, np.arcsinh, each_shape()),
    OpSamples("acosh minus", minigrad.acosh, np.arccosh, each_shape(1.3, 3.0)),
    OpSamples("atanh", minigrad.atanh, np.arctanh, each_shape(-0.9, 0.9)),
    OpSamples("asinh_inplace", lambda x: x.clone().asinh_(), np.arcsinh, each_shape(), gradients=False),
    OpSamples("acosh_inplace", lambda x: x.clone().acosh_(), np.arccosh, each_shape(1.3, 3.0), gradients=False),
    OpSamples("atanh_inplace", lambda x: x.clone().atanh_(), np.arctanh, each_shape(-0.9, 0.9), gradients=False),
    unary("deg2rad", np.deg2rad, ops="deg2rad times"), twin("deg2rad", np.deg2rad),
    unary("rad2deg", np.rad2deg, ops="rad2deg times"), twin("rad2deg", np.rad2deg),
    unary("sinc", np.sinc, 0.3, 2.0, ops="sinc times", dtypes=FLOATS),
    unary("sigmoid", lambda x: (1 / (1 + np.exp(-x.astype(float)))).astype(x.dtype), ops="sigmoid sigmoid_backward",
          integers=False),
    OpSamples("relu threshold_backward", minigrad.relu, lambda x: np.maximum(x, 0), [*each_shape(), case(whole(4))],
              inplace=Tensor.relu_, bad=[bad(RuntimeError, "Boolean inputs not supported for relu", truth(2))]),
    OpSamples("erf times", minigrad.erf, erf, each_shape(), inplace=Tensor.erf_),
    OpSamples("erf", minigrad.erf, erf, [case(np.array([-9.0, -3.0, 1.0, 4.5, 1e-9]))]),
    OpSamples("erfc times", minigrad.erfc, erfc, [*each_shape(), case(np.array([3.0, 6.0, 9.0]))], inplace=Tensor.erfc_),
    OpSamples("logit", minigrad.logit, lambda x: np.log(x / (1 - x)), each_shape(0.1, 0.9), inplace=Tensor.logit_),
    OpSamples("logit", minigrad.logit, lambda x, eps: np.log(np.clip(x, eps, 1 - eps) / (1 - np.clip(x, eps, 1 - eps))),
              [case(real(5, low=-0.2, high=1.2), eps=0.2)]),
    OpSamples("reciprocal", minigrad.reciprocal, lambda x: (1 / single(x)).astype(single(x).dtype),
              each_shape(0.4, 2.0), inplace=Tensor.reciprocal_),
    OpSamples("neg", minigrad.neg, np.negative, [*each_shape(), case(whole(3))], inplace=Tensor.neg_,
              bad=[bad(RuntimeError, "Negation, the `-` operator, on a bool tensor", truth(2)),
                   bad(TypeError, "argument 'input' (position 1) must be Tensor, not float", 2.0)]),
    # ------------------------------------------------------------------ size, sign, rounding
    OpSamples("abs", minigrad.abs, np.abs, [*each_shape(), case(whole(4))], inplace=Tensor.abs_,
              bad=[bad(NotImplementedError, "\"abs_cpu\" not implemented for 'Bool'", truth(2))]),
    OpSamples("sgn", minigrad.sgn, np.sign, [*each_shape(), case(whole(4))], inplace=Tensor.sgn_),
    OpSamples("sign", minigrad.sign, np.sign, [*each_shape(), case(whole(4))], inplace=Tensor.sign_),
    OpSamples("floor", minigrad.floor, kept(np.floor), [*each_shape(), case(whole(4))], inplace=Tensor.floor_,
              bad=[bad(NotImplementedError, "not implemented for 'Bool'", truth(2))]),
    OpSamples("ceil", minigrad.ceil, kept(np.ceil), [*each_shape(), case(whole(4))], inplace=Tensor.ceil_),
    OpSamples("trunc", minigrad.trunc, kept(np.trunc), [*each_shape(), case(whole(4))], inplace=Tensor.trunc_),
    OpSamples("frac", minigrad.frac, lambda x: x - np.trunc(x), each_shape(), inplace=Tensor.frac_,
              bad=[bad(NotImplementedError, "\"frac_cpu\" not implemented for 'Long'", whole(2))]),
    OpSamples("round", minigrad.round, kept(np.rint), [*each_shape(), case(whole(4)), case(np.array([0.5, 1.5, -2.5]))],
              inplace=Tensor.round_, gradients=False),
    OpSamples("round_decimals", minigrad.round, lambda x, decimals: np.round(x, decimals),
              [case(real(5), decimals=1), case(real(5) * 100, decimals=-1), case(real(5), decimals=0)],
              inplace=Tensor.round_),
    OpSamples("nan_to_num", minigrad.nan_to_num, lambda x, nan=None, posinf=None, neginf=None: np.nan_to_num(
              x, nan=nan or 0.0, posinf=posinf, neginf=neginf),
              [case(real(4)), case(SPECIAL, nan=2.0, posinf=3.0, neginf=-3.0)], inplace=Tensor.nan_to_num_,
              gradients=False),
    OpSamples("isnan", minigrad.isnan, np.isnan, [case(SPECIAL), case(whole(3))]),
    OpSamples("isinf", minigrad.isinf, np.isinf, [case(SPECIAL), case(whole(3))]),
    OpSamples("isfinite", minigrad.isfinite, np.isfinite, [case(SPECIAL), case(whole(3))]),
    OpSamples("isposinf", minigrad.isposinf, np.isposinf, [case(SPECIAL)]),
    OpSamples("isneginf", minigrad.isneginf, np.isneginf, [case(SPECIAL)]),
    OpSamples("signbit", minigrad.signbit, lambda x: np.signbit(x) if x.dtype.kind == "f" else x < 0,
              [case(SPECIAL), case(whole(4))]),
    # ------------------------------------------------------------------ limits and masks
    OpSamples("clamp_number", minigrad.clamp, clamped,
              [case(real(2, 3), -1.0, 1.0), case(real(3), min=0.25), case(real(3), max=0.25), case(real(), 0.25),
               case(whole(4), 0, 2)],
              bad=[bad(RuntimeError, "At least one of 'min' or 'max'", real(2)),
                   bad(TypeError, "got (Tensor, int, Tensor), but expected one of", real(2), 0, real(2))]),
    OpSamples("clamp_number", minigrad.clamp, lambda x, low: np.maximum(x, low).astype(np.float32), [case(whole(4), 0.5)]),
    OpSamples("clamp_number", minigrad.clip, clamped, [case(real(2, 3), -1.0, 1.0)], inplace=Tensor.clip_),
    OpSamples("clamp_tensor", minigrad.clamp, clamped,
              [case(real(2, 3), real(3, low=-1, high=-0.3), real(3, low=0.2, high=0.9)), case(real(3), min=real(1)),
               case(real(3), max=real(3, low=-1, high=1)), case(real(4), real(4) + 0.1, real(4)[::-1].copy())], inplace=Tensor.clamp_),
    OpSamples("clamp_min_number", minigrad.clamp_min, np.maximum, [case(real(4), 0.25), case(real(2, 3), -1)],
              inplace=Tensor.clamp_min_),
    OpSamples("clamp_min_tensor", minigrad.clamp_min, np.maximum, pairs(), inplace=Tensor.clamp_min_),
    OpSamples("clamp_max_number", minigrad.clamp_max, np.minimum, [case(real(4), 0.25), case(real(2, 3), -1)],
              inplace=Tensor.clamp_max_),
    OpSamples("clamp_max_tensor", minigrad.clamp_max, np.minimum, pairs(), inplace=Tensor.clamp_max_),
    OpSamples("masked_fill_number", minigrad.masked_fill, lambda x, m, v: np.where(m, np.asarray(v).astype(x.dtype), x),
              [case(real(2, 3), truth(3), 2.5), case(real(2, 3), truth(2, 3), 1), case(whole(4), truth(4), 1.5),
               case(real(3), truth(2, 3), 0.0)], inplace=Tensor.masked_fill_,
              bad=[bad(RuntimeError, "only supports boolean masks", real(2), whole(2), 1.0),
                   bad(TypeError, "got (Tensor, list, float), but expected one of", real(2), [True, False], 1.0)]),
    OpSamples("masked_fill_tensor", minigrad.masked_fill, lambda x, m, v: np.where(m, v, x),
              [case(real(2, 3), truth(3), real()), case(real(4), truth(4), real())], inplace=Tensor.masked_fill_,
              bad=[bad(RuntimeError, "0-dimensional value tensor, but got tensor with 1 dim", real(2), truth(2), real(2))]),
    # ------------------------------------------------------------------ comparison and logic
    *(OpSamples(name, getattr(minigrad, name), reference, COMPARED) for name, reference in {
        "eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal, "gt": np.greater,
        "ge": np.greater_equal}.items()),
    *(OpSamples(f"{name}_inplace {name}_number_inplace", lambda x, y, n=name: getattr(x * 1, f"{n}_")(y),
                lambda x, y, r=reference: r(x, y).astype(x.dtype),
                [case(real(2, 3), real(3)), case(real(4), 0.25), case(whole(4), 1)]) for name, reference in {
        "eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal, "gt": np.greater,
        "ge": np.greater_equal}.items()),
    no_grad_pair("bitwise_and", np.bitwise_and, BITS, "\"bitwise_and_cpu\" not implemented for 'Double'"),
    no_grad_pair("bitwise_or", np.bitwise_or, BITS, "\"bitwise_or_cpu\" not implemented for 'Double'"),
    no_grad_pair("bitwise_xor", np.bitwise_xor, BITS, "\"bitwise_xor_cpu\" not implemented for 'Double'"),
    OpSamples("bitwise_not", minigrad.bitwise_not, np.invert, [case(whole(4)), case(truth(4))], inplace=Tensor.bitwise_not_,
              bad=[bad(TypeError, "only implemented on integer and Boolean-type tensors", real(2))]),
    no_grad_pair("bitwise_left_shift", np.left_shift, [case(whole(4), 2), case(whole(4), whole(4, low=0))],
                 "\"lshift_cpu\" not implemented for 'Double'"),
    no_grad_pair("bitwise_right_shift", np.right_shift, [case(whole(4), 2), case(whole(4), whole(4, low=0))],
                 "\"rshift_cpu\" not implemented for 'Double'"),
    *(OpSamples(name, getattr(minigrad, name), reference,
                [case(real(2, 3), truth(3)), case(whole(4), whole(4)), case(truth(3), truth(3))],
                bad=[bad(TypeError, "argument 'other' (position 2) must be Tensor, not int", real(2), 1)])
      for name, reference in {"logical_and": np.logical_and, "logical_or": np.logical_or,
                              "logical_xor": np.logical_xor}.items()),
    OpSamples("logical_not", minigrad.logical_not, np.logical_not, [case(SPECIAL), case(whole(4)), case(truth(3))]),
    OpSamples("isclose", minigrad.isclose, np.isclose,
              [case(real(3), real(3) + 1e-9), case(real(3), real(3) + 0.1, atol=0.2), case(SPECIAL, SPECIAL),
               case(SPECIAL, SPECIAL, equal_nan=True), case(whole(3), whole(3))],
              bad=[bad(RuntimeError, "Double did not match Long", real(2), whole(2)),
                   bad(RuntimeError, "rtol must be greater than or equal to zero", real(2), real(2), rtol=-1.0)]),
]  # fmt: skip

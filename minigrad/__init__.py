"""minigrad: automatic differentiation small enough to read, and as PyTorch does it.

The order to read it in stands in README.md beside this file.
"""

import warnings as _warnings

from . import copying as _copying
from . import detach as _detach
from . import dtypes as _dtypes
from . import hooks as _hooks
from . import ops as _ops
from . import printing as _printing

# Making tensors
from .ops.ranges import arange, linspace, logspace
from .ops.create import (
    empty, empty_like, eye, full, full_like, ones, ones_like, scalar_tensor, zeros, zeros_like,
)  # fmt: skip
from .ops.from_python import tensor
from .ops.convert import (
    as_tensor, asarray, can_cast, from_numpy, is_complex, is_floating_point, is_tensor, numel, result_type,
)  # fmt: skip
from .ops.draw import (
    Generator, bernoulli, multinomial, normal, rand, rand_like, randint, randint_like, randn, randn_like, randperm,
)  # fmt: skip
from .ops.legacy import (
    BoolTensor, ByteTensor, CharTensor, DoubleTensor, FloatTensor, HalfTensor, IntTensor, LongTensor, ShortTensor,
)  # fmt: skip
from .random import initial_seed, manual_seed
from . import return_types

# Ops
from .ops.arithmetic import (
    add, div, divide, mul, multiply, neg, negative, positive, reciprocal, rsub, sub, subtract, true_divide,
)  # fmt: skip
from .ops.clamp import clamp, clamp_max, clamp_min, clip, masked_fill
from .ops.compare import (
    allclose, bitwise_and, bitwise_left_shift, bitwise_not, bitwise_or, bitwise_right_shift, bitwise_xor, eq,
    equal, ge, greater, greater_equal, gt, is_nonzero, isclose, le, less, less_equal, logical_and, logical_not,
    logical_or, logical_xor, lt, ne, not_equal,
)  # fmt: skip
from .ops.copies import clone, ravel
from .ops.along import index_add, index_copy, index_fill, index_select
from .ops.gather import (
    gather, put, scatter, scatter_add, take, take_along_dim,
)  # fmt: skip
from .ops.index import index_put
from .ops.join import cat, column_stack, concat, dstack, hstack, stack, vstack
from .ops.split import chunk, dsplit, hsplit, split, split_with_sizes, tensor_split, unbind, vsplit
from .ops.division import floor_divide, fmod, remainder
from .ops.extremes import amax, amin, aminmax, argmax, argmin, max, min
from .ops.ranks import kthvalue, median, nanmedian
from .ops.addmm import addbmm, addmm, addmv, addr, baddbmm
from .ops.linalg import (
    bmm, dot, matmul, mm, mv, outer, vdot,
)  # fmt: skip
from .ops.masks import argwhere, masked_scatter, masked_select, nonzero, where
from .ops.gamma import digamma, erfinv, lgamma, mvlgamma, polygamma
from .ops.representation import (
    angle, conj, conj_physical, frexp, gcd, lcm, ldexp, nextafter, real, resolve_conj, resolve_neg,
)  # fmt: skip
from .ops.statistics import corrcoef, cov, histc
from .ops.pairs import (
    arctan2, atan2, copysign, fmax, fmin, heaviside, hypot, logaddexp, logaddexp2, maximum, minimum, xlogy,
)  # fmt: skip
from .ops.mixtures import addcdiv, addcmul, lerp
from .ops.pointwise import (
    acos, acosh, arccos, arccosh, arcsin, arcsinh, arctan, arctanh, asin, asinh, atan, atanh, cos, cosh,
    deg2rad, exp, exp2, expm1, log, log10, log1p, log2, rad2deg, relu, sigmoid, sin, sinc, sinh, tan, tanh,
)  # fmt: skip
from .ops.einsum import einsum
from .ops.products import (
    cartesian_prod, chain_matmul, cross, inner, kron, tensordot,
)  # fmt: skip
from .ops.rearrange import flip, fliplr, flipud, repeat_interleave, roll, rot90, tile
from .ops.powers import float_power, pow, rsqrt, sqrt, square
from .ops.reduce import all, any, count_nonzero, mean, nanmean, nansum, prod, sum, trace
from .ops.reshape import (
    adjoint, atleast_1d, atleast_2d, atleast_3d, broadcast_shapes, broadcast_tensors, broadcast_to, flatten,
    meshgrid, moveaxis, movedim, reshape, swapaxes, swapdims, unflatten,
)  # fmt: skip
from .ops.rounding import (
    abs, absolute, ceil, fix, floor, frac, isfinite, isinf, isnan, isneginf, isposinf, isreal, nan_to_num, round,
    sgn, sign, signbit, trunc,
)  # fmt: skip
from .ops.running import (
    cummax, cummin, cumprod, cumsum, log_softmax, logcumsumexp, logsumexp, softmax,
)  # fmt: skip
from .ops.shape import permute, squeeze, t, transpose, unsqueeze
from .ops.scatter_reduce import index_reduce, scatter_reduce
from .ops.sort import argsort, bincount, bucketize, isin, msort, searchsorted, sort, topk
from .ops.unique import unique, unique_consecutive
from .ops.triangles import (
    diag, diag_embed, diagflat, diagonal_scatter, select_scatter, slice_scatter, tril, tril_indices,
    triu, triu_indices,
)  # fmt: skip
from .ops.slices import diagonal, narrow, select
from .ops.special import erf, erfc, logit
from .ops.spread import std, std_mean, var, var_mean
from .ops.vector_norm import dist, norm, renorm
from .ops.combine import block_diag, combinations, cumulative_trapezoid, diff, trapezoid, trapz
from .ops.strided import as_strided
from .ops.view_copies import (
    alias_copy, diagonal_copy, expand_copy, permute_copy, select_copy, split_with_sizes_copy, squeeze_copy, t_copy,
    transpose_copy, unbind_copy, unfold_copy, unsqueeze_copy, view_copy,
)  # fmt: skip

# dtypes
from .dtypes import boolean as bool
from .dtypes import dtype, float16, float32, float64, get_default_dtype, int8, int16, int32, int64
from .dtypes import promote as promote_types
from .dtypes import set_default_dtype, uint8
from .limits import finfo, iinfo
from .memory_format import channels_last, channels_last_3d, contiguous_format, preserve_format

# Modes
from .mode import enable_grad, inference_mode, is_grad_enabled, is_inference_mode_enabled, no_grad
from .mode import set_grad_enabled

from .anomaly import is_anomaly_check_nan_enabled, is_anomaly_enabled, set_anomaly_enabled

# The rest
from . import autograd, linalg, nn, optim, special, static, utils

# What torch has under two names
from .nn.functional import (
    adaptive_avg_pool1d, avg_pool1d, bilinear, celu, conv1d, conv2d, conv3d, conv_transpose1d, conv_transpose2d,
    conv_transpose3d, cosine_similarity, dropout, group_norm, hardshrink, layer_norm, max_pool1d, max_pool2d,
    pairwise_distance, pixel_shuffle, pixel_unshuffle, prelu, rms_norm, selu, threshold,
)  # fmt: skip

from .serialize import load, save
from .detach import detach
from .events import Observer, watch
from .printing import set_printoptions
from .device import device
from .size import Size
from .tensor import Tensor

concatenate, row_stack, ger = concat, vstack, outer
mode = _ops.ranks.mode  # from here on the op; the module of that name is imported by whoever needs it
memory_format = type(contiguous_format)
half, float, double = float16, float32, float64
short, int, long = int16, int32, int64

__version__ = "0.1.0"

# NumPy warns of overflows and divisions by zero; torch answers inf and nan without a word, and so do ops.
_warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"minigrad\.")

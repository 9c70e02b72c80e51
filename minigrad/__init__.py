"""minigrad: automatic differentiation small enough to read, and as PyTorch does it.

The order to read it in stands in README.md beside this file.
"""

import warnings as _warnings

from . import detach as _detach
from . import dtypes as _dtypes
from . import hooks as _hooks
from . import ops as _ops
from . import printing as _printing

# Making tensors
from .ops.create import arange, full, ones, ones_like, tensor, zeros, zeros_like

# Ops
from .ops.arithmetic import add, div, mul, neg, pow, rsub, square, sub
from .ops.compare import eq, ge, gt, le, lt, ne
from .ops.index import narrow, select, unbind
from .ops.linalg import dot, matmul, mm, mv
from .ops.pointwise import (
    abs, clamp, cos, exp, log, masked_fill, reciprocal, relu, sigmoid, sign, sin, sqrt, tanh,
)  # fmt: skip
from .ops.reduce import (
    all, any, argmax, argsort, cumsum, log_softmax, max, mean, min, norm, prod, softmax, sum,
)  # fmt: skip
from .ops.shape import cat, clone, flatten, permute, reshape, squeeze, t, transpose, unsqueeze
from .ops.strided import as_strided

# dtypes
from .dtypes import boolean as bool
from .dtypes import dtype, float16, float32, float64, get_default_dtype, int8, int16, int32, int64
from .dtypes import set_default_dtype, uint8

# Modes
from .mode import enable_grad, inference_mode, is_grad_enabled, is_inference_mode_enabled, no_grad
from .mode import set_grad_enabled

# The rest
from . import autograd, nn
from .detach import detach
from .events import Observer, watch
from .printing import set_printoptions
from .device import device
from .size import Size
from .tensor import Tensor

half, float, double = float16, float32, float64
short, int, long = int16, int32, int64

__version__ = "0.1.0"

# NumPy warns of overflows and divisions by zero; torch answers inf and nan without a word, and so do ops.
_warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"minigrad\.")

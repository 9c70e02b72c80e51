"""Random tensors. The numbers are NumPy's, only their distributions are torch's.

Counterpart in PyTorch: aten/src/ATen/native/TensorFactories.cpp and Distributions.cpp.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from ..memory_format import checked_format, empty_in, memory_format, preserve_format
from ..op import op
from ..random import generator
from ..strides import empty_like
from ..tensor import Tensor, zeros_for
from .create import check_rest, checked_dtype, checked_size, given_size, leaf
from .public import explained, must_be_tensor


class Generator:
    """A source of random numbers of its own: `rand(3, generator=g)`."""

    def __init__(self, device: Any = "cpu") -> None:
        check_rest("Generator", {"device": device})
        self.source = np.random.default_rng()

    def manual_seed(self, seed: int) -> Generator:
        """Start anew from `seed`; returns self."""
        self.source = np.random.Generator(np.random.PCG64(int(seed) % 2**64))
        return self


def _source(options: dict[str, Any], name: str) -> np.random.Generator:
    given = options.pop("generator", None)
    if given is None or isinstance(given, np.random.Generator):
        return generator if given is None else given
    if not isinstance(given, Generator):
        raise TypeError(f"{name}(): argument 'generator' must be Generator, not {type(given).__name__}")
    return given.source


def _floating(dtype: dtypes.dtype, kernel: str) -> np.dtype:
    if not dtype.is_floating_point:
        kind = dtype.scalar_type
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{kind}'")
    return dtype.numpy


def _uniform(source: np.random.Generator, shape: tuple[int, ...], dtype: dtypes.dtype) -> np.ndarray:
    kind = _floating(dtype, "check_uniform_bounds")
    if kind == np.float16:  # eleven bits, so that rounding does not make a 1
        return (source.integers(0, 2**11, shape) / 2**11).astype(kind)
    return np.asarray(source.random(shape, kind))


def _normal(source: np.random.Generator, shape: tuple[int, ...], dtype: dtypes.dtype) -> np.ndarray:
    kind = _floating(dtype, "normal_kernel_cpu")
    return np.asarray(source.standard_normal(shape, np.float32 if kind == np.float16 else kind)).astype(kind)


def _drawn(name: str, draw: Any, size: tuple[Any, ...], options: dict[str, Any]) -> Tensor:
    size = given_size(name, size, options)
    dtype = checked_dtype(options.pop("dtype", None), name) or dtypes.get_default_dtype()
    requires_grad, source = options.pop("requires_grad", False), _source(options, name)
    check_rest(name, options)
    return leaf(draw(source, checked_size(size, name), dtype), requires_grad)


def rand(*size: Any, **options: Any) -> Tensor:
    """Numbers from [0, 1), all alike likely. Options: dtype, requires_grad, generator."""
    return _drawn("rand", _uniform, size, options)


def randn(*size: Any, **options: Any) -> Tensor:
    """Numbers of the normal distribution with mean 0 and variance 1. Options as for rand."""
    return _drawn("randn", _normal, size, options)


def rand_like(input: Tensor, **options: Any) -> Tensor:
    """rand in the shape and dtype of another tensor."""
    format = checked_format(options.pop("memory_format", None), "rand_like")
    drawn = rand(must_be_tensor(input, "rand_like").shape, **{"dtype": input.dtype, **options})
    return _laid_out_like(input, drawn, format)


def randn_like(input: Tensor, **options: Any) -> Tensor:
    """randn in the shape and dtype of another tensor."""
    format = checked_format(options.pop("memory_format", None), "randn_like")
    drawn = randn(must_be_tensor(input, "randn_like").shape, **{"dtype": input.dtype, **options})
    return _laid_out_like(input, drawn, format)


def _laid_out_like(input: Tensor, drawn: Tensor, format: memory_format) -> Tensor:
    """The order of dimensions in memory is that of the input, too, or that of the format."""
    x, kind = input._array, drawn._array.dtype
    array = empty_like(x, kind) if format is preserve_format else empty_in(x.shape, kind, format)
    array[...] = drawn._array
    drawn._array = array
    return drawn


def _bounds(low: int, high: int) -> tuple[int, int]:
    for value in (low, high):
        if isinstance(value, bool) or not hasattr(value, "__index__"):
            raise TypeError(f"randint(): the bounds must be int, not {type(value).__name__}")
    if low >= high:
        raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
    return low, high


def randint(*args: Any, **options: Any) -> Tensor:
    """randint(high, size) or randint(low, high, size): whole numbers from low (0) up to but without high."""
    given = dict(
        zip(
            ("high", "size") if len(args) == 2 and "high" not in options else ("low", "high", "size"),
            args,
            strict=False,
        )
    )
    for name in ("low", "high", "size"):
        if name in options:
            given[name] = options.pop(name)
    if not {"high", "size"} <= given.keys() or not isinstance(given["size"], (tuple, list)):
        raise TypeError("randint(): takes (high, size) or (low, high, size), with a tuple of ints as size")
    low, high = _bounds(given.get("low", 0), given["high"])
    dtype = checked_dtype(options.pop("dtype", None), "randint") or dtypes.int64
    requires_grad, source = options.pop("requires_grad", False), _source(options, "randint")
    check_rest("randint", options)
    drawn = source.integers(low, high, checked_size((given["size"],), "randint"))
    return leaf(np.asarray(drawn).astype(dtype.numpy), requires_grad)


def randint_like(input: Tensor, *bounds: int, **options: Any) -> Tensor:
    """randint in the shape and dtype of another tensor: (input, high) or (input, low, high)."""
    format = checked_format(options.pop("memory_format", None), "randint_like")
    shape = tuple(must_be_tensor(input, "randint_like").shape)
    return _laid_out_like(input, randint(*bounds, shape, **{"dtype": input.dtype, **options}), format)


def randperm(n: int, **options: Any) -> Tensor:
    """The numbers from 0 up to but without n, in a random order. Options: dtype (int64), generator."""
    if n < 0:
        raise RuntimeError(f"Trying to create tensor with negative dimension {n}: [{n}]")
    dtype = checked_dtype(options.pop("dtype", None), "randperm") or dtypes.int64
    requires_grad, source = options.pop("requires_grad", False), _source(options, "randperm")
    check_rest("randperm", options)
    return leaf(source.permutation(n).astype(dtype.numpy), requires_grad)


@explained
def normal(mean: Any, std: Any = 1.0, size: Any = None, **options: Any) -> Tensor:
    """Numbers of the normal distribution with these means and standard deviations, numbers or tensors."""
    if size is None:
        shapes = [v._array.shape for v in (mean, std) if isinstance(v, Tensor)]
        if not shapes:
            raise TypeError("normal(): give tensors as mean or std, or a size")
        first = mean if isinstance(mean, Tensor) else std
        options, size = {"dtype": first.dtype, **options}, np.broadcast_shapes(*shapes)
    if not isinstance(std, Tensor) and std < 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std:g}")
    requires_grad = options.pop("requires_grad", False)
    made = (randn(tuple(size), **options) * std + mean).detach()
    return made.requires_grad_() if requires_grad else made


def bernoulli(input: Tensor, *, generator: Any = None) -> Tensor:
    """1 with the probability that stands in `input`, else 0. RuntimeError for what is no probability."""
    p = must_be_tensor(input, "bernoulli")._array
    if ((p < 0) | (p > 1)).any():
        raise RuntimeError("Expected p_in >= 0 && p_in <= 1 to be true, but got false.")
    drawn = _source({"generator": generator}, "bernoulli").random(p.shape)
    return _bernoulli(input, drawn < p)


_bernoulli = op(
    "bernoulli(self, drawn)", lambda x, drawn: np.asarray(drawn).astype(x.dtype), method=False,
    self=zeros_for,
    doc="1 where it was drawn, else 0; no gradient goes through.",
)  # fmt: skip


def multinomial(
    input: Tensor, num_samples: int, replacement: bool = False, *, generator: Any = None
) -> Tensor:
    """Positions drawn with probabilities proportional to `input`, of a vector or of each row of a matrix."""
    weights = must_be_tensor(input, "multinomial")._array.astype(np.float64)
    source = _source({"generator": generator}, "multinomial")
    if weights.ndim not in (1, 2):
        raise RuntimeError("prob_dist must be 1 or 2 dim")
    if (weights < 0).any() or not np.isfinite(weights).all():
        raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0")
    rows = weights.reshape(-1, weights.shape[-1])
    if (rows.sum(axis=1) <= 0).any():
        raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")
    if not replacement and num_samples > rows.shape[1]:
        raise RuntimeError("cannot sample n_sample > prob_dist.size(-1) samples without replacement")
    drawn = [source.choice(rows.shape[1], num_samples, replacement, row / row.sum()) for row in rows]
    return leaf(np.asarray(drawn, np.int64).reshape(*weights.shape[:-1], num_samples))


# ------------------------------------------------------------------ written into a tensor


def _filled(x: np.ndarray, values: np.ndarray) -> np.ndarray:
    return values


def _writer(name: str, node: str) -> Any:
    return op(
        f"{name}(self, values)", _filled, method=False, node=node,
        self=zeros_for,
        doc=f"{name}: random numbers written into self.",
    )  # fmt: skip


_write_uniform = _writer("uniform_", "UniformBackward0")
_write_normal = _writer("normal_", "NormalBackward0")
_write_random = _writer("random_", "RandomBackward0")
_write_bernoulli = _writer("bernoulli_", "BernoulliBackward0")
_write_exponential = _writer("exponential_", "ExponentialBackward0")


def uniform_(
    self: Tensor, low: float = 0, high: float = 1, *, generator: Any = None, **bounds: Any
) -> Tensor:
    """Write numbers from [low, high) into self; torch calls the bounds `from` and `to`."""
    low, high = bounds.pop("from", low), bounds.pop("to", high)
    check_rest("uniform_", bounds)
    if low > high:
        raise RuntimeError(f"uniform_ expects to return a [from, to) range, but found from={low} > to={high}")
    drawn = _uniform(_source({"generator": generator}, "uniform_"), self._array.shape, self.dtype)
    return _write_uniform(self, drawn * self._array.dtype.type(high - low) + self._array.dtype.type(low))


def normal_(self: Tensor, mean: float = 0, std: float = 1, *, generator: Any = None) -> Tensor:
    """Write numbers of the normal distribution into self. RuntimeError for a negative std."""
    if std < 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std:g}")
    drawn = _normal(_source({"generator": generator}, "normal_"), self._array.shape, self.dtype)
    return _write_normal(self, drawn * self._array.dtype.type(std) + self._array.dtype.type(mean))


def random_(self: Tensor, *bounds: int, generator: Any = None) -> Tensor:
    """random_(to) or random_(from, to): write whole numbers into self."""
    if not 1 <= len(bounds) <= 2:
        raise NotImplementedError("random_(): give the bounds, (to) or (from, to)")
    low, high = _bounds(*((0, *bounds) if len(bounds) == 1 else bounds))
    drawn = _source({"generator": generator}, "random_").integers(low, high, self._array.shape)
    return _write_random(self, np.asarray(drawn))


def bernoulli_(self: Tensor, p: Any = 0.5, *, generator: Any = None) -> Tensor:
    """Write 1 with probability p, a number or a tensor, else 0."""
    chance = p._array if isinstance(p, Tensor) else p
    drawn = _source({"generator": generator}, "bernoulli_").random(self._array.shape)
    return _write_bernoulli(self, drawn < chance)


def exponential_(self: Tensor, lambd: float = 1, *, generator: Any = None) -> Tensor:
    """Write numbers of the exponential distribution with rate `lambd` into self."""
    if lambd <= 0:
        raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={lambd}")
    _floating(self.dtype, "exponential")
    drawn = _source({"generator": generator}, "exponential_").exponential(1 / lambd, self._array.shape)
    return _write_exponential(self, np.asarray(drawn))


for _function in (uniform_, normal_, random_, bernoulli_, exponential_):
    setattr(Tensor, _function.__name__, _function)
Tensor.bernoulli = bernoulli
Tensor.multinomial = multinomial

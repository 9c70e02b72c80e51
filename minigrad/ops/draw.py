"""Random tensors, with torch's numbers (see random.py).

Counterpart in PyTorch: aten/src/ATen/native/TensorFactories.cpp and Distributions.cpp.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from ..memory_format import checked_format, empty_in, preserve_format
from ..op import op
from ..random import Generator, generator
from ..strides import empty_like
from ..tensor import Tensor, zeros_for
from .create import check_rest, checked_dtype, checked_size, given_size, leaf
from .public import explained, must_be_tensor


def source(given: Any, name: str) -> Generator:
    """The generator that an argument names, else the one that all share."""
    if given is not None and not isinstance(given, Generator):
        raise TypeError(f"{name}(): argument 'generator' must be Generator, not {type(given).__name__}")
    return generator if given is None else given


def _check_floating(kind: np.dtype, kernel: str) -> None:
    if kind.kind != "f":
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{dtypes.of(kind).scalar_type}'")


def _placed(numbers: np.ndarray, like: np.ndarray) -> np.ndarray:
    """Numbers in the shape of an array, in the order in which its elements stand in memory."""
    axes = sorted(range(like.ndim), key=lambda axis: -abs(like.strides[axis]))
    placed = numbers.reshape([like.shape[axis] for axis in axes])
    return placed.transpose(np.argsort(axes)) if axes else placed


def _uniform(bits: Generator, like: np.ndarray, low: float = 0, high: float = 1) -> np.ndarray:
    kind = like.dtype
    _check_floating(kind, "check_uniform_bounds")
    numbers = bits.uniform(like.size, kind)
    if (low, high) != (0, 1):
        numbers = numbers * kind.type(high - low) + kind.type(low)
    return _placed(numbers, like)


def _normal(bits: Generator, like: np.ndarray, mean: float = 0, std: float = 1) -> np.ndarray:
    _check_floating(like.dtype, "normal_kernel_cpu")
    numbers = bits.normal(like.size, like.dtype, like.flags.c_contiguous)
    if (mean, std) != (0, 1):
        numbers = numbers * numbers.dtype.type(std) + numbers.dtype.type(mean)
    return _placed(numbers.astype(like.dtype), like)


def chosen(chance: Any, like: np.ndarray, bits: Generator = generator) -> np.ndarray:
    """True with the probability `chance`, a number or an array, in the shape of an array."""
    kind = chance.dtype if isinstance(chance, np.ndarray) else np.dtype(np.float64)
    return _placed(bits.uniform(like.size, kind), like) < chance


def _drawn(name: str, draw: Any, size: tuple[Any, ...], options: dict[str, Any]) -> Tensor:
    size = given_size(name, size, options)
    dtype = checked_dtype(options.pop("dtype", None), name) or dtypes.get_default_dtype()
    requires_grad, bits = options.pop("requires_grad", False), source(options.pop("generator", None), name)
    check_rest(name, options)
    return leaf(draw(bits, np.empty(checked_size(size, name), dtype.numpy)), requires_grad)


def rand(*size: Any, **options: Any) -> Tensor:
    """Numbers from [0, 1), all alike likely. Options: dtype, requires_grad, generator."""
    return _drawn("rand", _uniform, size, options)


def randn(*size: Any, **options: Any) -> Tensor:
    """Numbers of the normal distribution with mean 0 and variance 1. Options as for rand."""
    return _drawn("randn", _normal, size, options)


def rand_like(input: Tensor, **options: Any) -> Tensor:
    """rand in the shape and dtype of another tensor."""
    return _drawn_like("rand_like", _uniform, input, options)


def randn_like(input: Tensor, **options: Any) -> Tensor:
    """randn in the shape and dtype of another tensor."""
    return _drawn_like("randn_like", _normal, input, options)


def _drawn_like(name: str, draw: Any, input: Tensor, options: dict[str, Any]) -> Tensor:
    """The order of dimensions in memory is that of the input, too, or that of the memory format."""
    x = must_be_tensor(input, name)._array
    format = checked_format(options.pop("memory_format", None), name)
    kind = (checked_dtype(options.pop("dtype", None), name) or input.dtype).numpy
    requires_grad, bits = options.pop("requires_grad", False), source(options.pop("generator", None), name)
    check_rest(name, options)
    array = empty_like(x, kind) if format is preserve_format else empty_in(x.shape, kind, format)
    array[...] = draw(bits, array)
    return leaf(array, requires_grad)


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
    requires_grad, bits = (
        options.pop("requires_grad", False),
        source(options.pop("generator", None), "randint"),
    )
    check_rest("randint", options)
    like = np.empty(checked_size((given["size"],), "randint"), dtype.numpy)
    return leaf(_integers(bits, like, low, high), requires_grad)


def _integers(bits: Generator, like: np.ndarray, low: int, high: int) -> np.ndarray:
    return _placed(bits.integers(low, high, like.size, high - low >= 2**28).astype(like.dtype), like)


def randint_like(input: Tensor, *bounds: int, **options: Any) -> Tensor:
    """randint in the shape and dtype of another tensor: (input, high) or (input, low, high)."""
    if not 1 <= len(bounds) <= 2:
        raise TypeError("randint_like(): takes (input, high) or (input, low, high)")
    low, high = _bounds(*((0, *bounds) if len(bounds) == 1 else bounds))
    return _drawn_like("randint_like", lambda bits, like: _integers(bits, like, low, high), input, options)


def randperm(n: int, **options: Any) -> Tensor:
    """The numbers from 0 up to but without n, in a random order. Options: dtype (int64), generator."""
    if n < 0:
        raise RuntimeError(f"Trying to create tensor with negative dimension {n}: [{n}]")
    dtype = checked_dtype(options.pop("dtype", None), "randperm") or dtypes.int64
    requires_grad, bits = (
        options.pop("requires_grad", False),
        source(options.pop("generator", None), "randperm"),
    )
    check_rest("randperm", options)
    return leaf(bits.permutation(n).astype(dtype.numpy), requires_grad)


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
    return _bernoulli(input, chosen(p, p, source(generator, "bernoulli")))


_bernoulli = op(
    "bernoulli(self, drawn)", lambda x, drawn: np.asarray(drawn).astype(x.dtype), method=False,
    self=zeros_for,
    doc="1 where it was drawn, else 0; no gradient goes through.",
)  # fmt: skip


def multinomial(
    input: Tensor, num_samples: int, replacement: bool = False, *, generator: Any = None
) -> Tensor:
    """Positions drawn with probabilities proportional to `input`, of a vector or of each row of a matrix."""
    weights = must_be_tensor(input, "multinomial")._array
    if weights.dtype.kind != "f":
        kind = input.dtype.scalar_type
        raise RuntimeError(f"multinomial only supports floating-point dtypes for input, got: {kind}")
    bits = source(generator, "multinomial")
    if weights.ndim not in (1, 2):
        raise RuntimeError("prob_dist must be 1 or 2 dim")
    if (weights < 0).any() or not np.isfinite(weights).all():
        raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0")
    rows = weights.reshape(-1, weights.shape[-1])
    if (rows.sum(axis=1) <= 0).any():
        raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")
    if not replacement and num_samples > rows.shape[1]:
        raise RuntimeError("cannot sample n_sample > prob_dist.size(-1) samples without replacement")
    if replacement and num_samples > 1:
        drawn = [_by_share(row, bits.uniform(num_samples, np.dtype(np.float64))) for row in rows]
    else:  # the largest of weight / waiting time: the races of Efraimidis and Spirakis (2006)
        races = rows / bits.exponential(rows.size).reshape(rows.shape).astype(rows.dtype)
        drawn = np.argsort(-races, axis=1, kind="stable")[:, :num_samples]
    return leaf(np.asarray(drawn, np.int64).reshape(*weights.shape[:-1], num_samples))


def _by_share(weights: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """For each number from [0, 1) the position on whose share of the whole it falls."""
    shares = np.cumsum(weights)
    return np.minimum(np.searchsorted(shares / shares[-1], numbers, side="right"), len(weights) - 1)


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
    return _write_uniform(self, _uniform(source(generator, "uniform_"), self._array, low, high))


def normal_(self: Tensor, mean: float = 0, std: float = 1, *, generator: Any = None) -> Tensor:
    """Write numbers of the normal distribution into self. RuntimeError for a negative std."""
    if std < 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std:g}")
    return _write_normal(self, _normal(source(generator, "normal_"), self._array, mean, std))


def random_(self: Tensor, *bounds: int, generator: Any = None) -> Tensor:
    """random_(to) or random_(from, to): write whole numbers into self. Without bounds, from 0 to the largest."""
    if len(bounds) > 2:
        raise TypeError(f"random_(): takes (), (to) or (from, to), and got {len(bounds)} numbers")
    x, bits = self._array, source(generator, "random_")
    if bounds:
        low, high = _bounds(*bounds) if len(bounds) == 2 else _bounds(0, *bounds)
        return _write_random(self, _integers(bits, x, low, high))
    drawn = bits.integers(0, _above(self), x.size, x.dtype in (np.int64, np.float64))
    return _write_random(self, _placed(drawn.astype(x.dtype), x))


def _above(x: Tensor) -> int:
    """One more than the largest whole number up to which its dtype has all."""
    kind = x._array.dtype
    if kind.kind == "f":
        return 2 ** (np.finfo(kind).nmant + 1) + 1
    return 2 if kind.kind == "b" else int(np.iinfo(kind).max) + 1


def bernoulli_(self: Tensor, p: Any = 0.5, *, generator: Any = None) -> Tensor:
    """Write 1 with probability p, a number or a tensor, else 0."""
    chance = p._array if isinstance(p, Tensor) else p
    return _write_bernoulli(self, chosen(chance, self._array, source(generator, "bernoulli_")))


def exponential_(self: Tensor, lambd: float = 1, *, generator: Any = None) -> Tensor:
    """Write numbers of the exponential distribution with rate `lambd` into self."""
    if lambd <= 0:
        raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={lambd}")
    _check_floating(self._array.dtype, "exponential")
    drawn = source(generator, "exponential_").exponential(self._array.size) / lambd
    return _write_exponential(self, _placed(drawn.astype(self._array.dtype), self._array))


for _function in (uniform_, normal_, random_, bernoulli_, exponential_):
    setattr(Tensor, _function.__name__, _function)
Tensor.bernoulli = bernoulli
Tensor.multinomial = multinomial

"""Samples of ops: what an op is called with, and a NumPy function that says what must come out.

test_ops.py runs every set of samples through the same tests. A family's samples stand in a file of their own,
`samples_<family>.py`, in a list named SAMPLES:

    SAMPLES = [
        OpSamples("mul", minigrad.mul, np.multiply, [case(real(2, 3), real(3)), case(real(2), 2.5)],
                  inplace=minigrad.Tensor.mul_),
    ]

The first word names the entries of the op table that the samples run, those behind the public function and
those in its formulas; every entry must be named somewhere, and must really run there.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import minigrad


@dataclass
class Case:
    """The arguments of one call: arrays, which become tensors, lists of arrays, and all else as it is."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def __repr__(self) -> str:
        shown = [_shown(a) for a in self.args] + [f"{k}={_shown(v)}" for k, v in self.kwargs.items()]
        return f"({', '.join(shown)})"


def case(*args: Any, **kwargs: Any) -> Case:
    """The arguments of one call."""
    return Case(args, kwargs)


@dataclass
class Bad:
    """A call that must raise `error`, with `message` in its text."""

    error: type[Exception]
    message: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


def bad(error: type[Exception], message: str, *args: Any, **kwargs: Any) -> Bad:
    """A call that must raise `error`, with `message` in its text."""
    return Bad(error, message, args, kwargs)


@dataclass
class OpSamples:
    """One public function, its reference, and what to call both with.

    ops: names of the table's entries, separated by spaces. call: gets tensors; its answer is a tensor or a
    tuple of them. reference: gets arrays and the same other arguments. inplace: the twin that writes its
    first argument. gradients: False where finite differences cannot say it (random numbers, steps).
    dtypes: those of the first argument, besides float64, that the op takes.
    """

    ops: str
    call: Callable[..., Any]
    reference: Callable[..., Any]
    cases: list[Case]
    inplace: Callable[..., Any] | None = None
    gradients: bool = True
    second: bool = True
    bad: list[Bad] = field(default_factory=list)
    dtypes: str = "float32"

    @property
    def id(self) -> str:
        return self.ops.split()[0]


# ------------------------------------------------------------------ values


def real(*shape: int, low: float = -2.0, high: float = 2.0) -> np.ndarray:
    """Different numbers between low and high in a mixed order, none of them 0, 1 or a tie."""
    n = int(np.prod(shape))
    numbers = np.linspace(low, high, n + 2)[1:-1] + (high - low) * 0.0137 / (n + 1)
    step = next(s for s in (7, 5, 3, 11, 1) if np.gcd(s, max(n, 1)) == 1)
    return numbers[(np.arange(n) * step) % max(n, 1)].reshape(shape)


def whole(*shape: int, low: int = -4, high: int = 5) -> np.ndarray:
    """int64 numbers from low up to but without high, in a mixed order."""
    n = int(np.prod(shape))
    return (low + (np.arange(n) * 5 + 3) % (high - low)).reshape(shape)


def truth(*shape: int) -> np.ndarray:
    """Bools, some of each."""
    return (np.arange(int(np.prod(shape))) * 5 % 3 == 1).reshape(shape)


SHAPES = [(3,), (2, 3), (), (0,), (2, 0)]


def each_shape(low: float = -2.0, high: float = 2.0) -> list[Case]:
    """Cases for an elementwise function of one tensor."""
    return [case(real(*shape, low=low, high=high)) for shape in SHAPES]


def pairs(low: float = -2.0, high: float = 2.0) -> list[Case]:
    """Cases for an elementwise function of two tensors: equal shapes, broadcasting, 0-d, empty."""
    shapes = [
        ((2, 3), (2, 3)),
        ((2, 3), (3,)),
        ((2, 1), (1, 3)),
        ((), (2,)),
        ((3,), ()),
        ((), ()),
        ((0,), (1,)),
    ]
    span = high - low
    return [
        case(real(*a, low=low, high=high - span / 9), real(*b, low=low + span / 9, high=high))
        for a, b in shapes
    ]


# ------------------------------------------------------------------ tensors from them


def tensors(value: Any, requires_grad: bool = False, dtype: Any = None, strided: bool = False) -> Any:
    """Arrays as tensors, in lists, tuples and dictionaries as well; the rest as it is.

    dtype: for the float arrays. strided: with gaps or a turned order in memory.
    """
    if isinstance(value, (list, tuple)):
        return type(value)(tensors(v, requires_grad, dtype, strided) for v in value)
    if isinstance(value, dict):
        return {k: tensors(v, requires_grad, dtype, strided) for k, v in value.items()}
    if not isinstance(value, np.ndarray):
        return value
    floating = value.dtype.kind == "f"
    made = minigrad.tensor(value.astype(dtype) if dtype and floating else value)
    if strided and made.ndim:
        made = minigrad.tensor(np.repeat(made._array, 2, axis=-1))
        made = made.transpose(0, -1).contiguous().transpose(0, -1)[..., ::2]
    return made.requires_grad_() if requires_grad and floating else made


def flat(value: Any) -> list[Any]:
    """The tensors in an answer, or among arguments, one after the other."""
    if isinstance(value, (minigrad.Tensor, np.ndarray, np.generic)):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [t for v in value for t in flat(v)] if isinstance(value, (list, tuple)) else []


def _shown(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{list(value.shape)}"
    return f"[{', '.join(map(_shown, value))}]" if isinstance(value, list) else repr(value)


def collect() -> list[OpSamples]:
    """The samples of all families."""
    found: list[OpSamples] = []
    for path in sorted(Path(__file__).parent.glob("samples_*.py")):
        found += importlib.import_module(path.stem).SAMPLES
    return found


def parameters(sets: Iterable[OpSamples]) -> list[tuple[str, OpSamples, Case]]:
    """(id, samples, case) for each case."""
    return [(f"{s.id}-{i}", s, c) for s in sets for i, c in enumerate(s.cases)]

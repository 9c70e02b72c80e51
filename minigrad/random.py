"""Random numbers: for `rand`, `randn`, the initial weights of layers, dropout.

Counterpart in PyTorch: torch/random.py, and of its numbers aten/src/ATen/core/DistributionsHelper.h. Both draw from
the Mersenne Twister, and what is made of its 32-bit words here is what torch makes of them on a CPU: a program
that begins with `manual_seed(0)` has the same numbers with both.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .device import device as Device

_FIRST_SEED = 67280421310721  # torch's: a program that sets no seed has the same numbers each time
_BLOCK = 16  # from so many normal numbers on they are made in blocks, and not one by one


class Generator:
    """A source of random numbers of its own: `rand(3, generator=g)`."""

    def __init__(self, device: Any = "cpu") -> None:
        self.device = Device(device)
        self._twister = np.random.MT19937()
        self._seeding = np.random.RandomState(self._twister)  # seeds it as the reference implementation does
        self.manual_seed(_FIRST_SEED)

    def manual_seed(self, seed: int) -> Generator:
        """Start anew from `seed`, any int; returns self. TypeError for what is no int."""
        if isinstance(seed, bool) or not hasattr(seed, "__index__"):
            raise TypeError(f"manual_seed(): the seed must be an int, not {type(seed).__name__}")
        self._seed = seed.__index__() % 2**64
        self._seeding.seed(self._seed % 2**32)
        self._spare: float | None = None  # normal numbers come in pairs: the second, until it is asked for
        return self

    def initial_seed(self) -> int:
        """The seed from which the numbers were last started."""
        return self._seed

    @property
    def state(self) -> tuple[Any, ...]:
        """Where the numbers are, to be set again; equal to another state where the next numbers are the same."""
        twister = self._twister.state["state"]
        return self._seed, twister["key"].tobytes(), twister["pos"], self._spare

    @state.setter
    def state(self, state: tuple[Any, ...]) -> None:
        self._seed, key, position, self._spare = state
        words = {"key": np.frombuffer(key, np.uint32), "pos": position}
        self._twister.state = {"bit_generator": "MT19937", "state": words}

    # ------------------------------------------------------------------ bits

    def _words(self, count: int) -> np.ndarray:
        """Numbers of 32 bits, as uint64."""
        return self._twister.random_raw(count)

    def _long_words(self, count: int) -> np.ndarray:
        """Numbers of 64 bits: two words each, the high one first."""
        words = self._words(2 * count)
        return words[::2] << np.uint64(32) | words[1::2]

    # ------------------------------------------------------------------ distributions, `count` numbers each

    def uniform(self, count: int, kind: np.dtype) -> np.ndarray:
        """From [0, 1): 53 random bits for a float64, else 24; a float16 that this rounds to 1 becomes 0."""
        if kind == np.float64:
            return (self._long_words(count) & np.uint64(2**53 - 1)) / 2.0**53
        numbers = ((self._words(count) & np.uint64(2**24 - 1)) / 2.0**24).astype(kind)
        if kind == np.float16:
            numbers[numbers == 1] = 0
        return numbers

    def normal(self, count: int, kind: np.dtype, blocks: bool = True) -> np.ndarray:
        """With mean 0 and variance 1 (Box and Muller, 1958). blocks: many are made sixteen at a time."""
        if count < _BLOCK or not blocks:
            return self._normal_pairs(count)
        drawn = np.float64 if kind == np.float64 else np.float32
        numbers = self.uniform(count, drawn)
        whole = count - count % _BLOCK
        numbers[:whole] = _normal_block(numbers[:whole].reshape(-1, _BLOCK)).reshape(-1)
        if whole < count:  # the last ones are a block, too, drawn again
            numbers[-_BLOCK:] = _normal_block(self.uniform(_BLOCK, drawn).reshape(1, _BLOCK))
        return numbers

    def _normal_pairs(self, count: int) -> np.ndarray:
        """One by one; of each pair the second waits."""
        numbers = [] if self._spare is None or not count else [self._spare]
        while len(numbers) < count:
            turn, radius = self.uniform(2, np.dtype(np.float64)).tolist()
            radius = math.sqrt(-2 * math.log1p(-radius))
            numbers += [radius * math.cos(2 * math.pi * turn), radius * math.sin(2 * math.pi * turn)]
        if count:
            self._spare = numbers[count] if len(numbers) > count else None
        return np.array(numbers[:count])

    def exponential(self, count: int) -> np.ndarray:
        """With mean 1, as float64."""
        return -np.log1p(-self.uniform(count, np.dtype(np.float64)))

    def integers(self, low: int, high: int, count: int, long: bool = False) -> np.ndarray:
        """Whole numbers from low up to but without high, as int64. long: made of 64 bits and not of 32."""
        span = high - low
        words = self._long_words(count) if long else self._words(count)
        return (words % np.uint64(span)).view(np.int64) + low

    def permutation(self, n: int) -> np.ndarray:
        """The numbers below n in a random order (Fisher and Yates)."""
        order = list(range(n))
        for i, word in enumerate(self._words(max(n - 1, 0)).tolist()):
            other = i + word % (n - i)
            order[i], order[other] = order[other], order[i]
        return np.array(order, np.int64)


def _normal_block(numbers: np.ndarray) -> np.ndarray:
    """Normal numbers of even ones, in rows of sixteen: the first eight are radii, the others angles."""
    half = _BLOCK // 2
    radius = np.sqrt(-2 * np.log(1 - numbers[:, :half]))
    angle = numbers.dtype.type(2 * math.pi) * numbers[:, half:]
    return np.concatenate([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


generator = Generator()
initial_seed = generator.initial_seed


def manual_seed(seed: int) -> Generator:
    """Start the random numbers anew from `seed`, any int; returns the generator.

    TypeError for what is no int.
    """
    return generator.manual_seed(seed)

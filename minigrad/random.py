"""The one source of random numbers: for `rand`, `randn`, the initial weights of layers, dropout.

Counterpart in PyTorch: torch/random.py. The numbers are not torch's, only their distributions are.
"""

from __future__ import annotations

import numpy as np

_FIRST_SEED = 67280421310721  # torch's: a program that sets no seed has the same numbers each time

generator = np.random.Generator(np.random.PCG64(_FIRST_SEED))


_seed = _FIRST_SEED


def initial_seed() -> int:
    """The seed from which the random numbers were last started."""
    return _seed


def manual_seed(seed: int) -> np.random.Generator:
    """Start the random numbers anew from `seed`, any int; returns the generator.

    TypeError for what is no int.
    """
    if isinstance(seed, bool) or not hasattr(seed, "__index__"):
        raise TypeError(f"manual_seed(): the seed must be an int, not {type(seed).__name__}")
    global _seed
    _seed = seed.__index__() % 2**64
    generator.bit_generator.state = np.random.PCG64(_seed).state
    return generator

"""What the kinds of statements have in common: names, numbers, shapes and indices, chosen at random."""

from __future__ import annotations

import random
from typing import Any

# Of each tensor, by its name, its shape and whether it is of a floating point dtype.
Known = dict[str, tuple[tuple[int, ...], bool]]


class Parts:
    """Chooses the parts that statements are put together from. `known`: the tensors that there are so far."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.known: Known = {}
        self.made = 0
        self.handles = 0
        self.create_graph = True

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def one_of(self, *options: str) -> str:
        return self.random.choice(options)

    def choose(self, weights: dict[str, int]) -> str:
        return self.random.choices(list(weights), list(weights.values()))[0]

    # Names.

    def new(self) -> str:
        """A name that nothing has yet."""
        self.made += 1
        return "abcdefghijklmnopqrstuvwxyz"[(self.made - 1) % 26] + str((self.made - 1) // 26 or "")

    def target(self) -> str:
        """A name to assign to: mostly a new one, sometimes one that is taken."""
        return self.any() if self.chance(0.1) else self.new()

    def any(self, floating: bool = False) -> str:
        """The name of a tensor; the younger, the likelier, so that programs grow deep."""
        names = [name for name, (_, is_floating) in self.known.items() if is_floating or not floating]
        return self.random.choice(names[-4:] if self.chance(0.6) else names) if names else "a"

    def alike(self, name: str) -> str:
        """Another tensor of the same shape; perhaps the same one."""
        shape = self.shape(name)
        return self.random.choice([n for n, (other, _) in self.known.items() if other == shape] or [name])

    def fitting(self, name: str) -> str:
        """A tensor that broadcasts to the shape of this one, or a number."""
        shape = self.shape(name)
        names = [n for n, (other, _) in self.known.items() if _broadcasts(other, shape)]
        return self.random.choice(names) if names and self.chance(0.7) else self.number()

    # Shapes.

    def shape(self, name: str) -> tuple[int, ...]:
        return self.known[name][0] if name in self.known else ()

    def dim(self, name: str) -> int:
        ndim = len(self.shape(name))
        return self.random.randint(-ndim, ndim - 1) if ndim else 0

    def length(self, name: str, dim: int) -> int:
        shape = self.shape(name)
        return shape[dim] if shape else 1

    def permuted(self, name: str) -> str:
        ndim = len(self.shape(name))
        return ", ".join(map(str, self.random.sample(range(ndim), ndim)))

    # Numbers and indices.

    def number(self) -> str:
        return self.one_of("2", "0.5", "-1.5", "3", "0", "1", "True")

    def data(self, shape: tuple[int, ...], dtype: str) -> Any:
        if shape:
            return [self.data(shape[1:], dtype) for _ in range(shape[0])]
        if dtype == "int64":
            return self.random.randint(-3, 3)
        return self.chance(0.5) if dtype == "bool" else self.random.randint(-8, 8) / 4

    def positions(self, name: str, dim: int, count: int) -> list[int]:
        """Positions along a dimension; rarely one that does not exist."""
        n = self.length(name, dim)
        return [self.random.randrange(n + self.chance(0.02)) for _ in range(count)] if n else []

    def index(self, name: str) -> str:
        """A key in brackets."""
        if not self.shape(name):
            return self.one_of("...", "None", "...", "()")
        return self.one_of(
            "0", "-1", "1:", ":1", "::2", "...", "None", "[0, 0]", ":, None", "..., 0", "..., 1:", ":",
            f"{name} > 0", "T.tensor([0])", "[0]", "True", "0, ...", "None, 0", "..., [0]",
        )  # fmt: skip


def _broadcasts(shape: tuple[int, ...], to: tuple[int, ...]) -> bool:
    return len(shape) <= len(to) and all(n in (1, m) for n, m in zip(shape[::-1], to[::-1], strict=False))

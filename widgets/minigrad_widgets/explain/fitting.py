"""Which shapes fit each other, and what makes one fit that does not: arithmetic on tuples, nothing else."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import zip_longest

from ..drafts import Entity

Shape = tuple[int, ...]


def broadcast(a: Shape, b: Shape) -> Shape | None:
    """The shape that two have in common, as elementwise ops stretch them; None where there is none."""
    if unmet_elementwise(a, b)[0]:
        return None
    pairs = zip_longest(reversed(a), reversed(b), fillvalue=1)
    return tuple(reversed([n if m == 1 else m for m, n in pairs]))


def unmet_elementwise(a: Shape, b: Shape) -> tuple[Shape, Shape]:
    """The dimensions of each, counted from the front, that can neither be equal nor be stretched."""
    pairs = enumerate(zip(reversed(a), reversed(b), strict=False), 1)
    back = [i for i, (m, n) in pairs if m != n and 1 not in (m, n)]
    return tuple(len(a) - i for i in back), tuple(len(b) - i for i in back)


def product(a: Shape, b: Shape) -> Shape | None:
    """The shape of a @ b; None where it has none."""
    if not a or not b or any(unmet_in_product(a, b)):
        return None
    outside = broadcast(a[:-2], b[:-2]) or ()
    return (*outside, *a[-2:-1], *(b[-1:] if len(b) > 1 else ()))


def unmet_in_product(a: Shape, b: Shape) -> tuple[Shape, Shape]:
    """The dimensions that keep a and b from being multiplied."""
    inner = len(b) - 2 if len(b) > 1 else 0
    first, second = unmet_elementwise(a[:-2], b[:-2])
    if a and b and a[-1] != b[inner]:
        first, second = (*first, len(a) - 1), (*second, inner)
    return first, second


def linear(x: Shape, weight: Shape) -> Shape | None:
    return product(x, weight[::-1])


def unmet_in_linear(x: Shape, weight: Shape) -> tuple[Shape, Shape]:
    return ((len(x) - 1,), (1,)) if x and x[-1] != weight[-1] else ((), ())


def changes(shape: Shape, wanted: Shape | None = None) -> Iterator[tuple[str, Shape]]:
    """What can be done to a tensor without touching its numbers: code for "{}", and the shape that comes of it.

    wanted: a shape with as many elements that it could be given.
    """
    if len(shape) == 2:
        yield "{}.t()", shape[::-1]
    elif len(shape) > 2:
        yield "{}.transpose(-2, -1)", (*shape[:-2], shape[-1], shape[-2])
    for dim, n in enumerate(shape):
        if n == 1:
            yield f"{{}}.squeeze({dim})", shape[:dim] + shape[dim + 1 :]
    for dim in range(len(shape) + 1):
        yield f"{{}}.unsqueeze({dim})", (*shape[:dim], 1, *shape[dim:])
    if wanted is not None and wanted != shape and math.prod(wanted) == math.prod(shape):
        yield f"{{}}.reshape({', '.join(map(str, wanted))})", wanted


def turned_into(shape: Shape, wanted: Shape) -> str | None:
    """The first change that gives a tensor the wanted shape."""
    return next((code for code, found in changes(shape, wanted) if found == wanted), None)


def into(card: Entity, target: Entity, name: str) -> list[str]:
    """Code for "{}" that gives a tensor the shape of another, which is called `name`."""
    shape, wanted = card.now["shape"], target.now["shape"]
    if broadcast(shape, wanted) == wanted:
        return [f"{{}}.expand_as({name})"]
    turned = turned_into(shape, wanted)
    return [turned] if turned else []

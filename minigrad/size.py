"""Size: a shape, a tuple that prints as torch prints it."""

from __future__ import annotations

import math
from typing import SupportsIndex


class Size(tuple[int, ...]):
    """The shape of a tensor: a tuple of ints with `numel()`."""

    __slots__ = ()

    def numel(self) -> int:
        """The number of elements of a tensor of this shape."""
        return math.prod(self)

    def __repr__(self) -> str:
        return f"minigrad.Size([{', '.join(map(repr, self))}])"

    __str__ = __repr__

    def __add__(self, other) -> Size:
        return Size(tuple.__add__(self, other))

    def __mul__(self, times: SupportsIndex) -> Size:
        return Size(tuple.__mul__(self, times))

    __rmul__ = __mul__

    def __getitem__(self, index):
        found = tuple.__getitem__(self, index)
        return Size(found) if isinstance(index, slice) else found

    def __reduce__(self):
        return Size, (tuple(self),)

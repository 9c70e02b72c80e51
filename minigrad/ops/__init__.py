"""The op table, family by family. Importing this package attaches every op to Tensor."""

from . import arithmetic, clamp, compare, create, division, pairs, pointwise, powers, rounding  # elementwise
from . import extremes, linalg, reduce, running, spread  # many to one, and along one dimension
from . import copies, index, join, reshape, shape, slices, strided, subscript, write  # shapes and indexing

__all__ = [
    "arithmetic", "clamp", "compare", "create", "division", "pairs", "pointwise", "powers", "rounding",
    "extremes", "linalg", "reduce", "running", "spread",
    "copies", "index", "join", "reshape", "shape", "slices", "strided", "subscript", "write",
]  # fmt: skip

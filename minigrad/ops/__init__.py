"""The op table, family by family. Importing this package attaches every op to Tensor."""

from . import arithmetic, clamp, compare, division, pairs, pointwise, powers, rounding, special  # elementwise
from . import entropy, gamma, representation
from . import convert, create, draw, legacy, ranges  # new tensors
from . import extremes, linalg, reduce, running, spread, statistics  # many to one, and along one dimension
from . import (
    copies,
    join,
    rearrange,
    reinterpret,
    reshape,
    shape,
    slices,
    strided,
    triangles,
    turned,
)  # shapes
from . import along, gather, index, masks, scatter_reduce, sort, subscript, write  # indexing
from . import addmm, combine, einsum, products, view_copies

__all__ = [
    "arithmetic", "clamp", "compare", "division", "pairs", "pointwise", "powers", "rounding", "special",
    "entropy", "gamma", "representation",
    "convert", "create", "draw", "legacy", "ranges",
    "extremes", "linalg", "reduce", "running", "spread", "statistics",
    "copies", "join", "rearrange", "reinterpret", "reshape", "shape", "slices", "strided", "triangles", "turned",
    "along", "gather", "index", "masks", "scatter_reduce", "sort", "subscript", "write",
    "addmm", "combine", "einsum", "products", "view_copies",
]  # fmt: skip

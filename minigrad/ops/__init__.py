"""The op table, family by family. Importing this package attaches every op to Tensor."""

# Elementwise
from . import arithmetic, clamp, compare, division, mixtures, pairs, pointwise, powers, rounding, special
from . import entropy, gamma, representation

# New tensors
from . import convert, create, draw, from_python, legacy, ranges

# Many to one, and along one dimension
from . import extremes, linalg, ranks, reduce, running, spread, statistics, vector_norm

# Shapes
from . import copies, join, rearrange, reinterpret, reshape, shape, slices, split, strided, triangles, turned

# Indexing
from . import along, gather, index, masks, scatter_reduce, sort, subscript, unique, write

# What is made of these
from . import addmm, combine, einsum, products, view_copies

__all__ = [
    "arithmetic", "clamp", "compare", "division", "mixtures", "pairs", "pointwise", "powers", "rounding", "special",
    "entropy", "gamma", "representation",
    "convert", "create", "draw", "from_python", "legacy", "ranges",
    "extremes", "linalg", "ranks", "reduce", "running", "spread", "statistics", "vector_norm",
    "copies", "join", "rearrange", "reinterpret", "reshape", "shape", "slices", "split", "strided", "triangles", "turned",
    "along", "gather", "index", "masks", "scatter_reduce", "sort", "subscript", "unique", "write",
    "addmm", "combine", "einsum", "products", "view_copies",
]  # fmt: skip

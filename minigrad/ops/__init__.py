"""The op table, family by family. Importing this package attaches every op to Tensor."""

from . import arithmetic, compare, create, index, linalg, pointwise, reduce, shape, strided

__all__ = ["arithmetic", "compare", "create", "index", "linalg", "pointwise", "reduce", "shape", "strided"]

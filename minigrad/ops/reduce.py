"""Sums and what is like them: many elements become one, of the whole tensor or along dimensions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import arguments, dtypes
from ..bare import helper
from ..dtypes import HALF
from ..op import op, table
from ..strides import by_rows
from ..tensor import Tensor, wrap
from .dims import Dims, cast, count, expanded, flag, normal_dims, one_dim, restored, saved_dims, wide
from .precision import no_bools
from .public import must_be_tensor, public, renamed
from .shape import expand

_UNSET: Any = object()


def _sum(x: np.ndarray, dim: Any, keepdim: bool, dtype: dtypes.dtype | None) -> np.ndarray:
    x = cast(x, dtype)
    dims = normal_dims(dim, x.ndim)
    if x.dtype.kind == "f" and x.dtype is not HALF:
        return np.add.reduce(x, axis=dims, keepdims=keepdim)
    return _back(np.add.reduce(wide(x), axis=dims, keepdims=keepdim), x, dtype)


def _back(found: Any, x: np.ndarray, dtype: dtypes.dtype | None) -> np.ndarray:
    """A result in the dtype that torch gives it: x's, but int64 for integers unless asked for."""
    if x.dtype.kind == "f" or dtype is not None:
        return np.asarray(found).astype(x.dtype, copy=False)
    return np.asarray(found)


def _mean(x: np.ndarray, dim: Any, keepdim: bool, dtype: dtypes.dtype | None) -> np.ndarray:
    kind = dtypes.of(x.dtype) if dtype is None else dtype
    if not kind.is_floating_point:
        what = "Input" if dtype is None else "Optional"
        name = kind.scalar_type
        raise RuntimeError(
            f"mean(): could not infer output dtype. {what} dtype must be either a floating point or complex "
            f"dtype. Got: {name}"
        )
    x = cast(x, dtype)
    dims = normal_dims(dim, x.ndim)
    total = np.add.reduce(wide(x), axis=dims, keepdims=keepdim)
    return np.true_divide(total, total.dtype.type(count(x.shape, dims)), out=...).astype(x.dtype, copy=False)


def _mean_array(grad: np.ndarray, self_shape: Dims, dim: Any, keepdim: bool) -> np.ndarray:
    spread = expanded.forward(grad, self_shape, dim, keepdim)
    return spread / count(self_shape, normal_dims(dim, len(self_shape)))


@helper(_mean_array)
def _mean_self(grad: Tensor, self_shape: Dims, dim: Any, keepdim: bool) -> Tensor:
    """Each of n elements has 1/n of the gradient."""
    return expanded(grad, self_shape, dim, keepdim) / count(self_shape, normal_dims(dim, len(self_shape)))


def _sum_of_all(x: np.ndarray, dtype: dtypes.dtype | None) -> np.ndarray:
    if dtype is None and x.dtype.char in "fd":
        return np.add.reduce(x, None)
    return _sum(x, None, False, dtype)


_sum_all = op(
    "sum_all(self, dtype=None)", _sum_of_all, method=False,
    of="sum", node="SumBackward0",
    self=lambda grad, self_shape: expand(grad, self_shape),
    doc="The sum of all elements.",
)  # fmt: skip
_sum_dims = op(
    "sum_dims(self, dim, keepdim=False, dtype=None)", by_rows(_sum), method=False, of="sum", node="SumBackward1",
    self=lambda grad, self_shape, dim, keepdim: expanded(grad, self_shape, dim, keepdim),
    doc="The sum along dimensions.",
)  # fmt: skip
_mean_all = op(
    "mean_all(self, dtype=None)", lambda x, dtype: _mean(x, None, False, dtype), method=False,
    of="mean", node="MeanBackward0",
    self=lambda grad, self_shape: _mean_self(grad, self_shape, None, False),
    doc="The mean of all elements.",
)  # fmt: skip
_mean_dims = op(
    "mean_dims(self, dim, keepdim=False, dtype=None)", by_rows(_mean), method=False, of="mean", node="MeanBackward1",
    self=_mean_self,
    doc="The mean along dimensions.",
)  # fmt: skip
_nansum = op(
    "nansum(self, dim=None, keepdim=False, *, dtype=None)",
    by_rows(lambda x, dim, keepdim, dtype: _sum(np.where(np.isnan(x), 0, x).astype(x.dtype), dim, keepdim, dtype)),
    method=False,
    self=lambda grad, self, dim, keepdim: expanded(grad, self.shape, dim, keepdim) * ~self.isnan(),
    doc="The sum of the elements that are not nan.",
)  # fmt: skip


# The sum and the mean are the end of most graphs, so they do without the decorator.


def _reducer(
    name: str, whole: Callable[..., Tensor], along: Callable[..., Tensor], doc: str
) -> Callable[..., Tensor]:
    """The public function made of two entries; also a method."""

    def made(method: bool) -> Callable[..., Tensor]:
        def reduce(
            self: Any = _UNSET, dim: Any = _UNSET, keepdim: Any = False, *, dtype: Any = None, **more: Any
        ) -> Tensor:
            try:
                if more or self is _UNSET:
                    return reduce(**_given(more, name, self=self, dim=dim, keepdim=keepdim, dtype=dtype))
                if dim is _UNSET and keepdim is False:
                    return whole(self, dtype) if dtype is not None else whole(self)
                return along(self, _dims(dim, name), flag(keepdim, "keepdim", name), dtype)
            except Exception:
                by_name = {} if keepdim is False or dim is not _UNSET else {"keepdim": keepdim}
                given = (self, dim, keepdim)[: 3 if keepdim is not False and not by_name else 2]
                arguments.check(name, tuple([v for v in given if v is not _UNSET]), by_name | more, method)
                raise

        reduce.__name__ = reduce.__qualname__ = name
        reduce.__doc__ = doc
        return reduce

    setattr(Tensor, name, made(True))
    return made(False)


sum = _reducer(
    "sum", _sum_all, _sum_dims,
    "The sum of all elements, or along `dim` (an int or several); keepdim keeps these with length 1.",
)  # fmt: skip
mean = _reducer(
    "mean", _mean_all, _mean_dims, "The mean of all elements, or along `dim`. RuntimeError for integers."
)


_NAMES = frozenset(("self", "dim", "keepdim", "dtype"))


def _given(more: dict[str, Any], name: str, **known: Any) -> dict[str, Any]:
    found = renamed(more, _NAMES, name)
    known = {k: v for k, v in known.items() if v is not _UNSET}
    if "self" not in known | found:
        raise TypeError(f'{name}() missing 1 required positional arguments: "input"')
    return known | found


def _dims(dim: Any, name: str) -> tuple[Any, ...]:
    if dim is _UNSET:
        raise TypeError(f"{name}(): argument 'keepdim' needs the argument 'dim'")
    return tuple(dim) if isinstance(dim, (tuple, list)) else () if dim is None else (dim,)


@public
def nansum(self: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The sum of the elements that are not nan."""
    return _nansum(self, saved_dims(dim), flag(keepdim, "keepdim", "nansum"), dtype=dtype)


@public
def nanmean(self: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The mean of the elements that are not nan."""
    present = (~must_be_tensor(self, "nanmean").isnan()).sum(dim, keepdim)
    return nansum(self, dim, keepdim, dtype=dtype) / present


# ------------------------------------------------------------------ products


def _prod(x: np.ndarray, dim: Any, keepdim: bool, dtype: dtypes.dtype | None) -> np.ndarray:
    x = cast(x, dtype)
    axis = None if dim is None else normal_dims(one_dim(dim, x.ndim), x.ndim)
    return _back(np.multiply.reduce(wide(x), axis=axis, keepdims=keepdim), x, dtype)


def _prod_self(grad: Tensor, self: Tensor, result: Tensor) -> Tensor:
    """result / self; where an element is 0, the product of all the others."""
    if not self._array.ndim:
        return grad.clone()
    if self._array.all():
        return grad * (result / self)
    flat = self.reshape(-1)
    return _prod_dim_self(grad, flat, result, 0, False).reshape(self.shape)


def _prod_dim_self(grad: Tensor, self: Tensor, result: Tensor, dim: int, keepdim: bool) -> Tensor:
    if not self._array.ndim:
        return grad.clone()
    shape = self._array.shape
    grad, result = restored(grad, shape, dim, keepdim), restored(result, shape, dim, keepdim)
    if self._array.all():
        return grad * (result / self)
    return grad * others_product(self, dim)


def others_product(x: Tensor, dim: int) -> Tensor:
    """For each element the product of all others along `dim`: of those before it and of those after it."""
    from .join import cat

    n = x._array.shape[dim]
    one = wrap(np.ones_like(np.take(x._array, [0], axis=dim)))
    if n == 1:
        return one
    before = cat([one, x.narrow(dim, 0, n - 1)], dim).cumprod(dim)
    after = cat([one, x.narrow(dim, 1, n - 1).flip((dim,))], dim).cumprod(dim).flip((dim,))
    return before * after


_prod_all = op(
    "prod_all(self, dtype=None)", lambda x, dtype: _prod(x, None, False, dtype), method=False, of="prod",
    node="ProdBackward0",
    self=_prod_self,
    doc="The product of all elements.",
)  # fmt: skip
_prod_dim = op(
    "prod_dim(self, dim, keepdim=False, dtype=None)", by_rows(_prod), method=False, of="prod", node="ProdBackward1",
    self=_prod_dim_self,
    doc="The product along a dimension.",
)  # fmt: skip


@public
def prod(self: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The product of all elements, or along one dimension."""
    if dim is None:
        return _prod_all(self, dtype)
    return _prod_dim(self, dim, flag(keepdim, "keepdim", "prod"), dtype)


def _trace(x: np.ndarray) -> np.ndarray:
    no_bools(x, "trace")
    if x.ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {x.ndim}")
    return _back(np.trace(wide(x)), x, None)


def _trace_self(grad: Tensor, self_shape: Dims) -> Tensor:
    return grad * wrap(np.eye(*self_shape, dtype=grad._array.dtype))


trace = op(
    "trace(self)", _trace,
    self=_trace_self,
    doc="The sum of the diagonal of a matrix.",
)  # fmt: skip


# ------------------------------------------------------------------ counts and truth


def _truth(found: Any, x: np.ndarray) -> np.ndarray:
    """Answers are bools, but uint8 for uint8, an old habit of torch."""
    return np.asarray(found, np.uint8 if x.dtype == np.uint8 else np.bool_)


_all = op(
    "all(self, dim=None, keepdim=False)",
    by_rows(lambda x, dim, keepdim: _truth(np.all(x, axis=normal_dims(dim, x.ndim), keepdims=keepdim), x)),
    method=False,
    doc="Whether every element is true, of the tensor or along dimensions.",
)  # fmt: skip
_any = op(
    "any(self, dim=None, keepdim=False)",
    by_rows(lambda x, dim, keepdim: _truth(np.any(x, axis=normal_dims(dim, x.ndim), keepdims=keepdim), x)),
    method=False,
    doc="Whether some element is true, of the tensor or along dimensions.",
)  # fmt: skip
_count_nonzero = op(
    "count_nonzero(self, dim=None)",
    by_rows(lambda x, dim: np.asarray(np.count_nonzero(x, axis=normal_dims(dim, x.ndim)), np.int64)), method=False,
    doc="How many elements are not 0, of the tensor or along dimensions.",
)  # fmt: skip


@public
def all(self: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
    """Whether every element is true, of the tensor or along `dim` (an int or several)."""
    return table["all"].call(self, saved_dims(dim), flag(keepdim, "keepdim", "all"))


@public
def any(self: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
    """Whether some element is true, of the tensor or along `dim` (an int or several)."""
    return table["any"].call(self, saved_dims(dim), flag(keepdim, "keepdim", "any"))


@public
def count_nonzero(self: Tensor, dim: Any = None) -> Tensor:
    """How many elements are not 0, of the tensor or along `dim` (an int or several)."""
    return table["count_nonzero"].call(self, saved_dims(dim))

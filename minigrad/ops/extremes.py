"""The largest and the smallest element, and where they are; ranks.py has the middle one and its kin."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import return_types
from ..op import op
from ..strides import by_rows
from ..tensor import Tensor, wrap
from .dims import Dims, flag, normal_dims, one_dim, restored
from .filled import zeros_in
from .pairs import maximum, minimum
from .precision import no_bools
from .public import must_be_tensor, public

UNSET: Any = object()


def _not_empty(x: np.ndarray, name: str, advice: bool = True) -> np.ndarray:
    if not x.size:
        more = " Specify the reduction dim with the 'dim' argument." if advice else ""
        message = f"{name}(): Expected reduction dim to be specified for input.numel() == 0.{more}"
        raise RuntimeError(message) if advice else IndexError(message)
    return x


def check_not_empty(x: np.ndarray, dims: Dims | None, name: str, brackets: str = "()") -> None:
    """IndexError, in torch's words, where one of the dimensions has length 0."""
    for d in dims or () if x.ndim else ():
        if not x.shape[d]:
            raise IndexError(f"{name}{brackets}: Expected reduction dim {d} to have non-zero size.")


# ------------------------------------------------------------------ of the whole tensor


def shared(grad: Tensor, self: Tensor, result: Tensor) -> Tensor:
    """The gradient, shared evenly among the elements that are the result."""
    hit = wrap(np.isnan(self._array) if np.isnan(result._array) else self._array == result._array)
    return (grad / hit.sum()).expand(self.shape).masked_fill(~hit, 0.0)


_max_all = op(
    "max_all(self)", lambda x: _not_empty(x, "max").max(), method=False, of="max", node="MaxBackward1",
    self=shared, written=1,
    doc="The largest element.",
)  # fmt: skip
_min_all = op(
    "min_all(self)", lambda x: _not_empty(x, "min").min(), method=False, of="min", node="MinBackward1",
    self=shared, written=1,
    doc="The smallest element.",
)  # fmt: skip


# ------------------------------------------------------------------ along one dimension, with positions


def picked(
    x: np.ndarray, dim: Any, keepdim: bool, name: str, positions: Any
) -> tuple[np.ndarray, np.ndarray]:
    """The elements at positions(x, axis), which keeps the dimension, and the positions."""
    dim = one_dim(dim, x.ndim)
    if name in ("median", "nanmedian"):
        name = "median"  # torch has one function for both
        no_bools(x, "median_out")
    if not x.ndim:
        return x.copy(), np.zeros((), np.int64)
    check_not_empty(x, (dim,), name)
    where = np.asarray(positions(x, dim), np.int64)
    found = np.take_along_axis(x, where, dim)
    return (found, where) if keepdim else (found.squeeze(dim), where.squeeze(dim))


def put_back(grads: list[Tensor], self_shape: Dims, indices: Tensor, dim: int, keepdim: bool) -> Tensor:
    """Zeros, with the gradient at the places that were picked."""
    grad = grads[0]
    if not self_shape:
        return grad
    full = zeros_in(self_shape, grad)
    if not keepdim:
        grad, indices = grad.unsqueeze(dim), indices.unsqueeze(dim)
    return full.scatter(dim, indices, grad)


def with_positions(name: str, node: str, positions: Any, doc: str) -> Any:
    """The entry of an op that gives the elements at positions(x, axis), and the positions."""
    return op(
        f"{name}_dim(self, dim, keepdim=False) -> values, indices",
        by_rows(lambda x, dim, keepdim: picked(x, dim, keepdim, name, positions)), method=False, of=name, node=node,
        self=put_back, written=2,
        doc=doc,
    )  # fmt: skip


_max_dim = with_positions(
    "max", "MaxBackward0", lambda x, axis: np.argmax(x, axis=axis, keepdims=True),
    "The largest elements along a dimension, and their positions.",
)  # fmt: skip
_min_dim = with_positions(
    "min", "MinBackward0", lambda x, axis: np.argmin(x, axis=axis, keepdims=True),
    "The smallest elements along a dimension, and their positions.",
)  # fmt: skip


def along_dim(self: Any, name: str, along: Any, dim: Any, keepdim: Any) -> Any:
    """The (values, indices) of the entry `along`, under their names. TypeError for other arguments."""
    must_be_tensor(self, name)
    one_dim(dim, 9**9)
    return getattr(return_types, name)(along(self, dim, flag(keepdim, "keepdim", name)))


@public
def max(self: Tensor, dim: Any = UNSET, keepdim: bool = False, *, other: Any = UNSET) -> Any:
    """The largest element; with `dim` the (values, indices) along it; with a tensor the larger of both.

    The gradient of the whole tensor's maximum is shared among equals; along a dimension the first has it.
    """
    other = dim if isinstance(dim, Tensor) else other
    if other is not UNSET:
        return maximum(self, other)
    return _max_all(self) if dim is UNSET else along_dim(self, "max", _max_dim, dim, keepdim)


@public
def min(self: Tensor, dim: Any = UNSET, keepdim: bool = False, *, other: Any = UNSET) -> Any:
    """The smallest element; with `dim` the (values, indices) along it; with a tensor the smaller of both."""
    other = dim if isinstance(dim, Tensor) else other
    if other is not UNSET:
        return minimum(self, other)
    return _min_all(self) if dim is UNSET else along_dim(self, "min", _min_dim, dim, keepdim)


# ------------------------------------------------------------------ along several dimensions


def _ties_shared(grad: Tensor, self: Tensor, result: Tensor, dim: Any, keepdim: bool) -> Tensor:
    """Shared evenly among equals along the dimensions."""
    shape = self._array.shape
    grad, result = restored(grad, shape, dim, keepdim), restored(result, shape, dim, keepdim)
    hit = self._array == result._array
    counts = hit.sum(axis=normal_dims(dim, len(shape)), keepdims=bool(shape) and grad._array.ndim > 0)
    return grad * wrap(hit.astype(grad._array.dtype)) / wrap(np.asarray(counts).astype(grad._array.dtype))


def _extreme(x: np.ndarray, dim: Any, keepdim: bool, ufunc: np.ufunc, name: str) -> np.ndarray:
    dims = normal_dims(dim, x.ndim)
    if dims is None and x.ndim:
        _not_empty(x, name)
    check_not_empty(x, (dim,) if isinstance(dim, int) else dim, name)  # named as it was given
    return ufunc.reduce(x, axis=dims, keepdims=keepdim)


amax = op(
    "amax(self, dim=(), keepdim=False)", by_rows(lambda x, dim, keepdim: _extreme(x, dim, keepdim, np.maximum, "amax")),
    self=_ties_shared,
    doc="The largest elements along dimensions, of the whole tensor by default. Equals share the gradient.",
)  # fmt: skip
amin = op(
    "amin(self, dim=(), keepdim=False)", by_rows(lambda x, dim, keepdim: _extreme(x, dim, keepdim, np.minimum, "amin")),
    self=_ties_shared,
    doc="The smallest elements along dimensions, of the whole tensor by default. Equals share the gradient.",
)  # fmt: skip


def _aminmax(x: np.ndarray, dim: Any, keepdim: bool) -> tuple[np.ndarray, np.ndarray]:
    dims = None if dim is None else normal_dims(one_dim(dim, x.ndim), x.ndim)
    if dims is None and not x.size:
        raise RuntimeError(
            "aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity."
        )
    check_not_empty(x, dims, "aminmax", brackets="")
    return np.asarray(x.min(axis=dims, keepdims=keepdim)), np.asarray(x.max(axis=dims, keepdims=keepdim))


def _aminmax_self(
    grads: list[Tensor], self: Tensor, low: Tensor, high: Tensor, dim: Any, keepdim: bool
) -> Tensor:
    return _ties_shared(grads[0], self, low, dim, keepdim) + _ties_shared(grads[1], self, high, dim, keepdim)


_aminmax_op = op(
    "aminmax(self, *, dim=None, keepdim=False) -> low, high", by_rows(_aminmax), method=False,
    self=_aminmax_self,
    doc="The smallest and the largest elements, of the tensor or along a dimension.",
)  # fmt: skip


@public
def aminmax(self: Tensor, *, dim: Any = None, keepdim: bool = False) -> Any:
    """The (min, max) of the tensor, or along one dimension."""
    return return_types.aminmax(_aminmax_op(self, dim=dim, keepdim=keepdim))


# ------------------------------------------------------------------ positions alone


def _position(x: np.ndarray, dim: Any, keepdim: bool, pick: Any, name: str) -> np.ndarray:
    if x.dtype.kind == "b":
        raise RuntimeError(f"{name}(): does not support bool input")
    if dim is None:
        _not_empty(x, name, advice=False)
        return np.asarray(pick(x, keepdims=keepdim), np.int64)
    dim = one_dim(dim, x.ndim)
    if not x.ndim:
        return np.zeros((), np.int64)
    check_not_empty(x, (dim,), name)
    return np.asarray(pick(x, axis=dim, keepdims=keepdim), np.int64)


argmax = op(
    "argmax(self, dim=None, keepdim=False)",
    lambda x, dim, keepdim: _position(x, dim, keepdim, np.argmax, "argmax"),
    doc="The position of the largest element, in the flattened tensor or along `dim`; the first of equals.",
)  # fmt: skip
argmin = op(
    "argmin(self, dim=None, keepdim=False)",
    lambda x, dim, keepdim: _position(x, dim, keepdim, np.argmin, "argmin"),
    doc="The position of the smallest element, in the flattened tensor or along `dim`; the first of equals.",
)  # fmt: skip

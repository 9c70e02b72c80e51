"""Shapes made of the views: reshape, flatten, movedim, meshgrid and their like.

Counterpart in PyTorch: the composite functions of aten/src/ATen/native/TensorShape.cpp. None of these has a
node of its own: what they record is what they are made of.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from ..broadcast import broadcast_shape
from ..op import Op
from ..tensor import Tensor, checked_dim
from .copies import contiguous_copy
from .public import public
from .shape import alias, expand, permute, reshape_alias, transpose, unsafe_view, view, viewed
from .sizes import checked_sizes, infer_size, listed


def _star(name: str, sizes: tuple[Any, ...], argument: str) -> tuple[int, ...]:
    """The sizes of a function that takes them one by one or as one tuple."""
    if not sizes:
        raise TypeError(f'{name}() missing 1 required positional arguments: "{argument}"')
    one = Op.star_value(sizes[0]) if len(sizes) == 1 else sizes
    return checked_sizes(name, one, argument)


@public
def reshape(self: Tensor, *shape: Any) -> Tensor:
    """The elements in another shape: a view where the strides allow it, else a copy."""
    full = infer_size(_star("reshape", shape, "shape"), self._array.size)
    if self._array.flags.c_contiguous:
        return view(self, full)
    if viewed(self._array, full) is not None:
        return reshape_alias(self, full)
    return unsafe_view(contiguous_copy(self), full)


@public
def reshape_as(self: Tensor, other: Tensor) -> Tensor:
    """reshape to the shape of `other`."""
    return reshape(self, other._array.shape)


@public
def view_as(self: Tensor, other: Tensor) -> Tensor:
    """view in the shape of `other`."""
    return view(self, other._array.shape)


@public
def expand_as(self: Tensor, other: Tensor) -> Tensor:
    """expand to the shape of `other`."""
    return expand(self, other._array.shape)


@public
def broadcast_to(self: Tensor, size: Sequence[int]) -> Tensor:
    """expand to `size`."""
    return expand(self, checked_sizes("broadcast_to", size))


def broadcast_tensors(*tensors: Tensor) -> tuple[Tensor, ...]:
    """The tensors, expanded to their common shape. RuntimeError where there is none."""
    shape = broadcast_shape([t._array for t in tensors])
    return tuple([t if t._array.shape == shape else expand(t, shape) for t in tensors])


@public(quick=True)
def flatten(self: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """The dimensions from start_dim to end_dim as one."""
    shape = self._array.shape
    start, end = checked_dim(start_dim, len(shape)), checked_dim(end_dim, len(shape))
    if start > end:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    if not shape:
        return reshape(self, 1)
    if start == end:
        return self
    length = 1
    for n in shape[start : end + 1]:
        length *= n
    return reshape(self, (*shape[:start], length, *shape[end + 1 :]))


@public
def unflatten(self: Tensor, dim: int, sizes: Sequence[int]) -> Tensor:
    """The dimension `dim` as several, of `sizes`, one of which may be -1."""
    shape = self._array.shape
    dim = checked_dim(dim, len(shape))
    sizes = checked_sizes("unflatten", sizes, "sizes", 2)
    if not sizes:
        raise RuntimeError("unflatten: sizes must be non-empty")
    if not shape:
        raise RuntimeError("unflatten got an unexpected error:\na 0-dim tensor has no dimension to unflatten")
    try:
        full = infer_size(sizes, shape[dim])
    except RuntimeError as error:
        if "inferred" in str(error):
            raise RuntimeError(f"unflatten got an unexpected error:\n{error}") from None
        raise RuntimeError(
            f"unflatten: Provided sizes {listed(sizes)} don't multiply up to the size of dim {dim} "
            f"({shape[dim]}) in the input tensor"
        ) from None
    return view(self, (*shape[:dim], *full, *shape[dim + 1 :]))


@public
def movedim(self: Tensor, source: Any, destination: Any) -> Tensor:
    """The dimensions `source` moved to the places `destination`, the others in their order."""
    ndim = self._array.ndim
    sources = Op.star_value(source)
    targets = Op.star_value(destination)
    if len(sources) != len(targets):
        raise RuntimeError(
            f"movedim: Invalid source or destination dims: source ({listed(sources)} dims) should contain the "
            f"same number of dims as destination ({listed(targets)} dims)"
        )
    src = [checked_dim(d, ndim) for d in sources]
    dst = [checked_dim(d, ndim) for d in targets]
    for name, dims, given in (("source", src, sources), ("destination", dst, targets)):
        if len(set(dims)) < len(dims):
            raise RuntimeError(f"movedim: repeated dim in `{name}` ({listed(given)})")
    if not ndim:
        return alias(self)
    order = [-1] * ndim
    for s, d in zip(src, dst, strict=True):
        order[d] = s
    rest = iter([d for d in range(ndim) if d not in src])
    return permute(self, tuple([next(rest) if d < 0 else d for d in order]))


@public(method=False)
def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple[Tensor, ...]:
    """For vectors of lengths n, m ...: their elements as grids of shape (n, m ...), as views.

    indexing: "ij", or "xy" for grids whose first two dimensions are exchanged.
    """
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        tensors = tuple(tensors[0])
    if not tensors:
        raise ValueError("meshgrid expects a non-empty TensorList")
    for t in tensors:
        if t._array.ndim > 1:
            dims = "".join(f"  {i}" for i in range(t._array.ndim + 1))
            raise RuntimeError(f"torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got:{dims}")
    if indexing not in ("ij", "xy"):
        raise RuntimeError(f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    if len({t.dtype for t in tensors}) > 1:
        raise RuntimeError("torch.meshgrid expects all tensors to have the same dtype")
    swapped = indexing == "xy" and len(tensors) > 1
    order = [1, 0, *range(2, len(tensors))] if swapped else list(range(len(tensors)))
    shape = tuple([tensors[i]._array.size for i in order])
    grids = {}
    for place, i in enumerate(order):
        ones = [1] * len(order)
        ones[place] = shape[place]
        grids[i] = expand(view(tensors[i], tuple(ones)), shape)
    return tuple([grids[i] for i in range(len(tensors))])


def _at_least(tensors: tuple[Any, ...], raised: Any) -> Any:
    if len(tensors) == 1 and isinstance(tensors[0], Tensor):
        return raised(tensors[0])
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        tensors = tuple(tensors[0])
    return tuple([raised(t) for t in tensors])


def atleast_1d(*tensors: Any) -> Any:
    """Tensors of no dimension with one; the others as they are."""
    return _at_least(tensors, lambda t: t if t._array.ndim else reshape(t, 1))


def atleast_2d(*tensors: Any) -> Any:
    """Tensors with two dimensions at least, new ones in front."""
    return _at_least(tensors, _two)


def _two(t: Tensor) -> Tensor:
    return reshape(t, 1, 1) if not t._array.ndim else t.unsqueeze(0) if t._array.ndim == 1 else t


def atleast_3d(*tensors: Any) -> Any:
    """Tensors with three dimensions at least: one in front of a vector, else behind."""
    return _at_least(tensors, _three)


def _three(t: Tensor) -> Tensor:
    if not t._array.ndim:
        return reshape(t, 1, 1, 1)
    if t._array.ndim == 1:
        return t.unsqueeze(0).unsqueeze(-1)
    return t.unsqueeze(-1) if t._array.ndim == 2 else t


def broadcast_shapes(*shapes: Any) -> Any:
    """The shape that tensors of these shapes have in common. RuntimeError where there is none."""
    from ..size import Size

    full = [Op.star_value(s) for s in shapes]
    length = max(map(len, full), default=0)
    common = [1] * length
    for number, shape in enumerate(full):
        for i in range(-1, -1 - len(shape), -1):
            if shape[i] < 0:
                raise RuntimeError(
                    f"Trying to create tensor with negative dimension ({shape[i]}): ({shape[i]})"
                )
            if shape[i] in (1, common[i]):
                continue
            if common[i] != 1:
                raise RuntimeError(
                    f"Attempting to broadcast a dimension of length {shape[i]} at {i}! Mismatching argument at "
                    f"index {number} had {tuple(shape)}; but expected shape should be broadcastable to "
                    f"{common}"
                )
            common[i] = shape[i]
    return Size(common)


def _matrix_transpose(self: Tensor, name: str) -> Tensor:
    ndim = self._array.ndim
    if name == "H" and ndim not in (0, 2):
        raise RuntimeError(f"tensor.H is only supported on matrices (2-D tensors). Got {ndim}-D tensor.")
    if ndim == 1:
        raise RuntimeError(
            f"tensor.{name} is only supported on matrices or batches of matrices. Got 1-D tensor."
        )
    return transpose(self, -2, -1) if ndim else self


@public
def adjoint(self: Tensor) -> Tensor:
    """The matrices transposed; there are no complex numbers here."""
    if self._array.ndim == 1:
        raise RuntimeError(
            "tensor.adjoint() is only supported on matrices or batches of matrices. Got 1-D tensor."
        )
    return transpose(self, -2, -1) if self._array.ndim else self


@public
def swapaxes(self: Tensor, axis0: int, axis1: int) -> Tensor:
    """Two dimensions exchanged: transpose, with NumPy's name."""
    return transpose(self, axis0, axis1)


@public
def swapdims(self: Tensor, dim0: int, dim1: int) -> Tensor:
    """Two dimensions exchanged: transpose, under another name."""
    return transpose(self, dim0, dim1)


def _reversed(self: Tensor) -> Tensor:
    """The dimensions in reverse order; a matrix transposed."""
    ndim = self._array.ndim
    if not ndim:
        warnings.warn(
            "Tensor.T is deprecated on 0-D tensors. This function is the identity in these cases.",
            UserWarning,
            stacklevel=2,
        )
    elif ndim != 2:
        warnings.warn(
            "The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated and it will "
            "throw an error in a future release. `x.mT` transposes matrices, `x.permute(...)` reorders any dimensions.",
            UserWarning,
            stacklevel=2,
        )
    return permute(self, tuple(range(ndim))[::-1])


moveaxis = movedim
Tensor.moveaxis = movedim
Tensor.T = property(_reversed)
Tensor.mT = property(lambda self: _matrix_transpose(self, "mT"))
Tensor.mH = property(lambda self: _matrix_transpose(self, "mH"))
Tensor.H = property(lambda self: _matrix_transpose(self, "H"))

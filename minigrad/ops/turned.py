"""Views in place: t_, transpose_, unsqueeze_, squeeze_ change how a tensor lies over its memory.

Counterpart in PyTorch: ADInplaceOrViewTypeEverything.cpp, where these are in-place and view ops at once. No
element is written; but the tensor is another one afterwards, and so its version counts up and its place in
the graph moves. A view's base stays where it is.
"""

from __future__ import annotations

from typing import Any

from .. import mode, record
from ..inplace import check_writable
from ..mode import local
from ..op import op, table
from ..tensor import Tensor, count_write
from .public import public
from .shape import squeezed, t_array, transpose_array, unsqueeze_array, unsqueezed
from .sizes import checked_dims

_t_op = op(
    "t_inplace(self)", lambda x: t_array(x, "t_"), method=False, of="t_", node="TBackward1",
    self=lambda grad: grad.t(),
    doc="The transpose of a matrix, in place.",
)  # fmt: skip
_transpose_op = op(
    "transpose_inplace(self, dim0, dim1)", transpose_array, method=False, of="transpose_", node="TransposeBackward1",
    self=lambda grad, dim0, dim1: grad.transpose(dim0, dim1),
    doc="Two dimensions exchanged, in place.",
)  # fmt: skip
_unsqueeze_op = op(
    "unsqueeze_inplace(self, dim)", unsqueeze_array, method=False, of="unsqueeze_", node="UnsqueezeBackward1",
    self=lambda grad, dim: grad.squeeze(dim),
    doc="A new dimension of length 1, in place.",
)  # fmt: skip
_squeeze_all = op(
    "squeeze_all_inplace(self)", lambda x: squeezed(x, tuple(range(x.ndim))), method=False, of="squeeze_",
    node="SqueezeBackward3",
    self=lambda grad, self_shape: unsqueezed(grad, self_shape, tuple(range(len(self_shape)))),
    doc="All dimensions of length 1 dropped, in place.",
)  # fmt: skip
_squeeze_dim = op(
    "squeeze_dim_inplace(self, dim)", lambda x, dim: squeezed(x, checked_dims(dim, x.ndim)), method=False,
    of="squeeze_", node="SqueezeBackward4",
    self=lambda grad, self_shape, dim: unsqueezed(grad, self_shape, dim),
    doc="A dimension dropped, where its length is 1, in place.",
)  # fmt: skip
_squeeze_dims = op(
    "squeeze_dims_inplace(self, dim)", lambda x, dim: squeezed(x, checked_dims(dim, x.ndim)), method=False,
    of="squeeze_", node="SqueezeBackward5",
    self=lambda grad, self_shape, dim: unsqueezed(grad, self_shape, dim),
    doc="Those of several dimensions dropped whose length is 1, in place.",
)  # fmt: skip


def _turn(name: str, self: Tensor, *args: Any) -> Tensor:
    """Give `self` the array that the op makes of its own, and record it; returns self."""
    entry = table[name]
    if local.grad and self.requires_grad:
        check_writable(self, entry.shown)
    storage = self.storage
    before = storage.version
    quiet, local.quiet = local.quiet, True
    try:
        made = record.run(entry, [self, *args])
    finally:
        local.quiet = quiet
    self._array = made._array
    count_write(self)
    if made._node is not None:
        self._node, self._output_nr, self._requires_grad = made._node, 0, True
        if (
            self._view is not None
        ):  # where nothing was recorded it is a window into its base when next asked for
            self._view.version = storage.version
    if mode.observer is not None:
        record.report(entry.shown, [self, *args], (self,), made._node, before)
    return self


@public
def t_(self: Tensor) -> Tensor:
    """Transpose the matrix in place."""
    return _turn("t_inplace", self)


@public
def transpose_(self: Tensor, dim0: int, dim1: int) -> Tensor:
    """Exchange two dimensions in place."""
    return _turn("transpose_inplace", self, dim0, dim1)


@public
def unsqueeze_(self: Tensor, dim: int) -> Tensor:
    """Add a dimension of length 1 in place."""
    return _turn("unsqueeze_inplace", self, dim)


@public
def squeeze_(self: Tensor, dim: Any = None) -> Tensor:
    """Drop dimensions of length 1 in place: all, `dim`, or those of a tuple."""
    if dim is None:
        return _turn("squeeze_all_inplace", self)
    if isinstance(dim, (tuple, list)):
        return _turn("squeeze_dims_inplace", self, tuple(dim))
    return _turn("squeeze_dim_inplace", self, dim)


Tensor.swapaxes_ = Tensor.swapdims_ = Tensor.transpose_

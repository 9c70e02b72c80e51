"""permute_copy, unbind_copy and their like: what a view shows, in memory of its own.

Counterpart in PyTorch: the `_copy` functions that torchgen makes of every view in native_functions.yaml. Here
as there they are made of the views: the same arguments, the same gradient, and a copy of the forward's
result.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..op import op, table
from ..tensor import Tensor
from . import shape, slices, split, strided  # noqa: F401 - they enter the views into the table
from .public import public
from .sizes import infer_size


def _copying(forward: Callable[..., Any]) -> Callable[..., Any]:
    def copying(x: np.ndarray, *args: Any) -> Any:
        found = forward(x, *args)
        return tuple([a.copy() for a in found]) if isinstance(found, tuple) else found.copy()

    return copying


def _copy_of(name: str, of: str = "", forward: Callable[..., Any] | None = None) -> Callable[..., Any]:
    """The entry of a view as one that copies. forward: where it can do more than the view."""
    entry = table[name]
    signature = entry.signature.replace(f"{name}(", f"{name}_copy(", 1)
    if entry.results != ["result"]:
        signature += f" -> {', '.join(entry.results)}"
    return op(
        signature, _copying(forward or entry.forward), method=False, of=of and f"{of}_copy",
        node=f"{entry.node_class.__name__}_copy",
        doc=f"A copy of what {of or name} shows.",
        **{argument: formula for argument, (formula, _) in entry.formulas.items()},
    )  # fmt: skip


alias_copy, expand_copy, permute_copy = map(_copy_of, ("alias", "expand", "permute"))
view_copy = _copy_of("view", forward=lambda x, size: x.reshape(infer_size(size, x.size)))
t_copy, transpose_copy, unsqueeze_copy = map(_copy_of, ("t", "transpose", "unsqueeze"))
diagonal_copy, select_copy, unfold_copy = map(_copy_of, ("diagonal", "select", "unfold"))
split_with_sizes_copy, unbind_copy = map(_copy_of, ("split_with_sizes", "unbind"))
_squeeze_all, _squeeze_dim, _squeeze_dims = (
    _copy_of(f"squeeze_{k}", "squeeze") for k in ("all", "dim", "dims")
)


@public(method=False)
def squeeze_copy(self: Tensor, dim: Any = None) -> Tensor:
    """A copy of what squeeze shows."""
    if dim is None:
        return _squeeze_all(self)
    return _squeeze_dims(self, tuple(dim)) if isinstance(dim, (tuple, list)) else _squeeze_dim(self, dim)

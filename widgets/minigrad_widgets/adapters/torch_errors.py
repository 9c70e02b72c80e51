"""An error of torch as facts. torch raises a text and nothing more, so it is read here, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from torch import Tensor

from ..facts import Failed
from ..places import Spot, place_of
from .torch_looking import FREED, VERSIONS, key_of, name_of, saved_by
from .torch_tensors import Tensors

# A piece of the text -> its kind, as minigrad's errors.py has them.
_KINDS = (
    ("modified by an inplace operation", "version"),
    ("a view of a leaf Variable that requires grad is being used in an in-place operation", "view of leaf"),
    ("a leaf Variable that requires grad is being used in an in-place operation", "leaf"),
    (FREED, "freed"),
    ("does not require grad and does not have a grad_fn", "no graph"),
    ("grad can be implicitly created only for scalar outputs", "no seed"),
    ("Mismatch in shape: grad_output", "wrong seed"),
    ("appears to not have been used in the graph", "unused"),
    ("One of the differentiated Tensors does not require grad", "input is a constant"),
    ("Inplace update to inference tensor", "inference written"),
    ("Inference tensors cannot be saved for backward", "inference saved"),
    ("cannot register a hook on a tensor that doesn't require gradient", "hook on a constant"),
    ("can't retain_grad on Tensor that has requires_grad=False", "hook on a constant"),
    ("you can only change requires_grad flags of leaf variables", "flag of no leaf"),
    ("Only Tensors of floating point and complex dtype can require gradients", "integers"),
    ("Can't call numpy() on Tensor that requires grad", "numpy"),
    ("cannot be converted to Scalar", "item"),
    ("Boolean value of Tensor with more than one value is ambiguous", "truth"),
    ("is a view and is being modified inplace", "other"),
    ("was created inside a custom Function", "other"),
)


def failed_of(
    error: Exception, tensors: Tensors, args: Sequence[Any], node: Any, spot: Spot
) -> Failed | None:
    """The facts of an error of autograd, None of any other. args: of the call that raised it.

    node: the one that ran, where it came up in a backward.
    """
    message = str(error)
    if not isinstance(error, RuntimeError):
        return None
    kind = next((kind for piece, kind in _KINDS if piece in message), None)
    if kind is None:
        return None
    about = _about(kind, message, args)
    key = tensors.key(about, spot) if about is not None else None
    slot, versions = None, VERSIONS.search(message)
    if kind in ("version", "freed"):
        key = None  # it is the node that knows of which tensor
        if kind == "version" and node is not None:
            broken = next((s for s in saved_by(node) if s.state == "broken"), None)
            if broken is not None:
                slot, key = broken.name, tensors.find(broken.tensor)
    return Failed(
        kind, message, "", None if node is None else key_of(node), "" if node is None else name_of(node), slot, key,
        int(versions[2]) if versions else None, int(versions[1]) if versions else None, place_of(spot),
    )  # fmt: skip


def _about(kind: str, message: str, args: Sequence[Any]) -> Tensor | None:
    """The tensor that an error is about: the first argument, or one of the inputs of grad()."""
    first, *rest = args or (None,)
    if kind in ("unused", "input is a constant") and rest:
        inputs = [rest[0]] if isinstance(rest[0], Tensor) else list(rest[0])
        at = re.search(r"at index (\d+)", message)
        first = inputs[int(at[1])] if at else next((x for x in inputs if not x.requires_grad), None)
    elif isinstance(first, (list, tuple)) and first:
        first = first[0]
    return first if isinstance(first, Tensor) else None

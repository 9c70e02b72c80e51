"""An error of torch as facts. torch raises a text and nothing more, so it is read here, and nowhere else."""

from __future__ import annotations

from typing import Any

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
    ("is a view and is being modified inplace", "other"),
    ("was created inside a custom Function", "other"),
)


def failed_of(error: Exception, tensors: Tensors, about: Any, node: Any, spot: Spot) -> Failed | None:
    """The facts of an error of autograd, None of any other. about: the tensor that the call was about.

    node: the one that ran, where it came up in a backward.
    """
    message = str(error)
    if not isinstance(error, RuntimeError):
        return None
    kind = next((kind for piece, kind in _KINDS if piece in message), None)
    if kind is None:
        return None
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

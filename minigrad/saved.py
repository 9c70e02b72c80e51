"""What a node keeps for backward, and the check that it is still what it was.

Counterpart in PyTorch: torch/csrc/autograd/saved_variable.h.

An *input* is kept as the tensor itself, with its version at that moment. No copy is made: that is why a
later write must be noticed, and why it can be. An op's own *result* is kept as an alias without a place in
the graph, because result -> node -> result would be a cycle that only the garbage collector can free; the
alias gets its place back when it is unpacked. An in-place op that needs the value it overwrites keeps a
copy (see inplace.py).

With `saved_tensors_hooks` a node keeps what the pack hook answered, in a `Packed`, and no version.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import errors
from .node import Node, alias
from .tensor import Tensor


class Packed:
    """The answer of a pack hook, and the unpack hook that makes a tensor of it."""

    __slots__ = ("content", "unpack", "is_result")
    _storage, _version = None, 0  # nothing to check

    def __init__(self, tensor: Tensor, hooks: tuple[Callable, Callable], is_result: bool) -> None:
        pack, self.unpack = hooks
        self.content: Any = pack(tensor)
        self.is_result = is_result


def check_savable(tensor: Tensor) -> None:
    """RuntimeError where the tensor must not be kept for backward."""
    if tensor._meta is not None and tensor._meta.inference:
        raise errors.reported(errors.inference_saved(tensor))


def modified(node: Node, slot: int) -> errors.AutogradError:
    """The error for a saved tensor that was written since."""
    tensor, version = node.saved[slot], node.versions[slot]
    if slot == node.plan.result:
        tensor = alias(tensor, node)  # so that the text can say whose output it is
    facts = errors.Modified(node, node.plan.slots[slot], tensor, version, tensor._version)
    return errors.modified_inplace(facts)

"""What a node keeps for backward, and the check that it is still what it was.

Counterpart in PyTorch: torch/csrc/autograd/saved_variable.h.

An *input* is kept as the tensor itself, with its version at that moment. No copy is made: that is why a
later write must be noticed, and why it can be. An op's own *result* is kept without a place in the graph,
because result -> node -> result would be a cycle that only the garbage collector can free: as a bare array
until somebody shares its memory, then as an alias, which gets its place back when it is unpacked. An in-place
op that needs the value it overwrites keeps a copy (see inplace.py).

With `saved_tensors_hooks` a node keeps what the pack hook answered, in a `Packed`, and no version.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from . import errors
from .mode import local, no_grad
from .node import AccumulateGrad, Node, alias, gradient_edge
from .tensor import Tensor


class Packed:
    """The answer of a pack hook, and the unpack hook that makes a tensor of it.

    The place in the graph is not the hooks' business: what unpack answers gets that of the saved tensor.
    """

    __slots__ = ("content", "hook", "node", "number", "is_result")
    _storage, _version = None, 0  # nothing to check

    def __init__(
        self, tensor: Tensor, hooks: tuple[Callable, Callable], owner: Node, output: int | None = None
    ) -> None:
        """owner: the node that saves. output: which of its own results it is; None for any other tensor."""
        pack, self.hook = hooks
        self.is_result = output is not None
        if output is None:
            self.node, self.number = gradient_edge(tensor)
            given = tensor
        else:
            self.node, self.number = None, output  # the owner: known when it is unpacked
            given = alias(tensor, owner, output) if tensor._array.dtype.kind == "f" else tensor
        version = given._version
        with no_grad():
            content = pack(given)
        if given._version != version:
            raise RuntimeError(
                "A saved tensor pack hook is modifying its input in place. Tensors provided as input to pack "
                "hook cannot be modified by in-place operations as this can lead to unexpected side-effects."
            )
        # The result itself would keep its node alive, and be kept alive by it.
        self.content: Any = tensor if content is given and self.is_result else content

    def unpack(self, owner: Node) -> Tensor:
        """The tensor, in its place in the graph. TypeError where the unpack hook answers anything else."""
        content = self.content
        if self.is_result and isinstance(content, Tensor) and content._node is None:
            content = self._placed(content, owner)
        tensor = self.hook(content)
        if not isinstance(tensor, Tensor):
            raise TypeError(
                "Output of saved tensor unpack_hook expected to be a Tensor but got result of type "
                + errors.type_name(tensor)
            )
        return self._placed(tensor, owner)

    def _placed(self, tensor: Tensor, owner: Node) -> Tensor:
        node = owner if self.is_result else self.node
        if node is None or tensor._array.dtype.kind != "f":
            return alias(tensor)
        if not isinstance(node, AccumulateGrad):
            return alias(tensor, node, self.number)
        leaf = alias(tensor)
        leaf._requires_grad = True
        leaf._accumulator = weakref.ref(node)
        return leaf


class Kept:
    """A tensor that a custom Function keeps, with its version, or what a pack hook made of it."""

    __slots__ = ("content", "version", "output")

    def __init__(self, tensor: Tensor, owner: Node) -> None:
        check_savable(tensor)
        node, self.output = gradient_edge(tensor)
        if node is not owner:
            self.output = None
        self.version = tensor._version
        self.content: Any = tensor if self.output is None else alias(tensor)
        if local.saved_hooks:
            self.pack(local.saved_hooks[-1], owner)

    def pack(self, hooks: tuple[Callable, Callable], owner: Node) -> None:
        """Let the hooks keep it instead."""
        self.content = Packed(self.content, hooks, owner, self.output)

    def unpack(self, owner: Node, slot: str) -> Tensor:
        """The tensor. RuntimeError where it was written since it was saved."""
        content = self.content
        if isinstance(content, Packed):
            return content.unpack(owner)
        tensor = content if self.output is None else alias(content, owner, self.output)
        if tensor._version != self.version:
            facts = errors.Modified(owner, slot, tensor, self.version, tensor._version)
            raise errors.modified_inplace(facts)
        return tensor


class SavedTensor:
    """A handle on one saved tensor, as `_raw_saved_self` of a node gives it."""

    def __init__(self, node: Any, read: Callable[[], Any], pack: Callable[[Any], None]) -> None:
        self._node, self._read, self._pack = node, read, pack

    def register_hooks(self, pack_hook: Callable, unpack_hook: Callable) -> None:
        """Keep what pack_hook answers in place of the tensor. RuntimeError a second time, or once freed."""
        if not (callable(pack_hook) and callable(unpack_hook)):
            raise TypeError("register_hooks(): incompatible function arguments. Both have to be callable.")
        if self._node.freed:
            raise RuntimeError(
                "Calling register_hooks on a saved tensor after it has been freed. Saved intermediate values of "
                "the graph are freed when you call .backward() or autograd.grad(). Specify retain_graph=True if "
                "you need to backward through the graph a second time or if you need to access saved variables "
                "after calling backward."
            )
        content = self._read()
        if not isinstance(content, Tensor):
            raise RuntimeError(
                "Calling register_hooks on a saved tensor "
                + ("whose hooks have already been set. Hint: only one pair of hooks is allowed at a time."
                   if isinstance(content, Packed)
                   else "with value None is forbidden")
            )  # fmt: skip
        self._pack((pack_hook, unpack_hook))

    @property
    def data(self) -> Any:
        """What is kept: the tensor, or the answer of the pack hook."""
        content = self._read()
        return content.content if isinstance(content, Packed) else content


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

"""The graph as an object: hooks on what it saves, its nodes, and the places where gradients arise.

    with saved_tensors_hooks(pack, unpack):     # what ops save goes through pack, and comes back
        y = model(x)                            # through unpack when backward needs it

Public as `minigrad.autograd.graph`. Counterpart in PyTorch: torch/autograd/graph.py.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from . import errors, mode
from .device import device
from .hooks import RemovableHandle
from .mode import local
from .node import AccumulateGrad, GradientEdge, Node, gradient_edge
from .tensor import Tensor

__all__ = [
    "GradientEdge", "Node", "allow_mutation_on_saved_tensors", "disable_saved_tensors_hooks", "get_gradient_edge", "increment_version",
    "register_multi_grad_hook", "save_on_cpu", "saved_tensors_hooks",
]  # fmt: skip


class saved_tensors_hooks:
    """Context in which an op keeps pack_hook(tensor) in place of each tensor that it saves.

    unpack_hook makes a tensor of that again when backward needs it. Of nested contexts the innermost holds.
    A tensor that went through hooks is not checked for later writes.
    """

    def __init__(self, pack_hook: Callable[[Tensor], Any], unpack_hook: Callable[[Any], Tensor]) -> None:
        self.pack_hook = pack_hook
        self.unpack_hook = unpack_hook

    def __enter__(self) -> None:
        if local.hooks_disabled is not None:
            raise RuntimeError(local.hooks_disabled)
        for hook in (self.pack_hook, self.unpack_hook):
            if not callable(hook):
                raise TypeError(
                    "_push_saved_tensors_default_hooks(): incompatible function arguments. A hook has to be "
                    f"callable, not {hook!r}"
                )
        mode.open_special()
        local.saved_hooks = (*local.saved_hooks, (self.pack_hook, self.unpack_hook))

    def __exit__(self, *error: object) -> None:
        local.saved_hooks = local.saved_hooks[:-1]
        mode.close_special()


class save_on_cpu(saved_tensors_hooks):
    """Context in which saved tensors wait in the main memory, where all of minigrad's are anyway."""

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda") -> None:
        if pin_memory:
            raise NotImplementedError("save_on_cpu(): pin_memory=True is for memory that a GPU reads")
        super().__init__(_to_cpu, _from_cpu)


def _to_cpu(tensor: Tensor) -> tuple[device, Tensor]:
    return tensor.device, tensor


def _from_cpu(packed: tuple[device, Tensor]) -> Tensor:
    return packed[1]


class _AllowMutationOnSavedContext:
    """The copies that nodes recorded in one allow_mutation_on_saved_tensors keep."""

    def __init__(self) -> None:
        self._copies: weakref.WeakKeyDictionary[_Handle, Tensor] = weakref.WeakKeyDictionary()

    def clear(self) -> None:
        """Let the copies go: no backward through these graphs any more."""
        self._copies.clear()

    def keep(self, tensor: Tensor) -> _Handle:
        handle = _Handle()
        self._copies[handle] = tensor.clone()
        return handle

    def kept(self, handle: _Handle) -> Tensor:
        if handle not in self._copies:
            raise AssertionError(
                "Trying to backward outside of the 'allow_mutation_on_saved_tensors' contextin which the graph "
                "was originally recorded."
            )
        return self._copies[handle]


class _Handle:
    """Stands in a node for a tensor that was copied."""


@contextmanager
def allow_mutation_on_saved_tensors() -> Iterator[_AllowMutationOnSavedContext]:
    """Context in which what an op saves may be written afterwards: a copy is saved, and backward sees that.

    The backward has to run inside, too. RuntimeError where such contexts are nested. PyTorch copies when the
    first write comes, here each saved tensor is copied at once: the same numbers, for more memory.
    """
    if any(
        isinstance(getattr(pack, "__self__", None), _AllowMutationOnSavedContext)
        for pack, _ in local.saved_hooks
    ):
        raise RuntimeError("allow_mutation_on_saved_tensors contexts cannot be nested")
    context = _AllowMutationOnSavedContext()
    try:
        with saved_tensors_hooks(context.keep, context.kept):
            yield context
    finally:
        context.clear()


@contextmanager
def disable_saved_tensors_hooks(error_message: str) -> Iterator[None]:
    """Context in which opening saved_tensors_hooks raises a RuntimeError with this message."""
    if local.saved_hooks:
        raise RuntimeError(error_message)
    before, local.hooks_disabled = local.hooks_disabled, error_message
    try:
        yield
    finally:
        local.hooks_disabled = before


def get_gradient_edge(tensor: Tensor) -> GradientEdge:
    """Where the gradient of `tensor` is computed. RuntimeError where it does not require grad."""
    if not tensor.requires_grad:
        error = RuntimeError(
            "It is not possible to get the gradient edge for a Tensor that does not require gradients"
        )
        raise errors.about(error, "hook on a constant", tensor)
    node, number = gradient_edge(tensor)
    if node is None:  # a view that was made without grad says that it requires grad
        raise AssertionError("Expected gradient function to be set")
    return GradientEdge(node, number)


def increment_version(tensor: Tensor | Iterable[Tensor]) -> None:
    """Count a write that minigrad could not see, for instance one into `tensor.numpy()`."""
    if not isinstance(tensor, (Tensor, Iterable)):
        raise RuntimeError("increment_version expect a Iterable[Tensor] as input")
    tensors = (tensor,) if isinstance(tensor, Tensor) else tuple(tensor)
    for t in tensors:
        if not isinstance(t, Tensor):
            raise RuntimeError("increment_version expects each element of the iterable to be a tensor")
        if t.is_inference() and not local.inference:
            raise errors.reported(errors.inference_written(t))
        t.storage.version += 1


class _unsafe_preserve_version_counter:
    """Context whose writes into these tensors do not count. Backward may then be silently wrong."""

    def __init__(self, tensors: Tensor | Sequence[Tensor]) -> None:
        self._tensors = (tensors,) if isinstance(tensors, Tensor) else tuple(tensors)
        self._versions = [t._version for t in self._tensors]

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        for tensor, version in zip(self._tensors, self._versions, strict=True):
            tensor.storage.version = version


class _Handles:
    """Several hooks that are removed together."""

    def __init__(self, handles: Iterable[RemovableHandle]) -> None:
        self._handles = tuple(handles)

    def remove(self) -> None:
        """Take the hooks off."""
        for handle in self._handles:
            handle.remove()

    def __enter__(self) -> _Handles:
        return self

    def __exit__(self, *error: object) -> None:
        self.remove()


def register_multi_grad_hook(
    tensors: Sequence[Tensor], fn: Callable[..., None], *, mode: str = "all"
) -> _Handles:
    """Call fn once in each backward, with the gradients of several tensors.

    mode "all": with the list of all gradients, when the last of those that this backward computes is there;
    None stands for the others. mode "any": with the first gradient alone. ValueError for another mode.
    """
    if mode not in ("all", "any"):
        raise ValueError(f"Expects mode to be one of ('all', 'any') but got {mode}")
    if mode == "any":
        told: weakref.WeakSet[Any] = weakref.WeakSet()

        def first(gradient: Tensor) -> None:
            if local.run not in told:
                told.add(local.run)
                fn(gradient)

        return _Handles([t.register_hook(first) for t in tensors if t.requires_grad])
    nodes = [gradient_edge(t)[0] for t in tensors]
    if None in nodes:
        raise AssertionError("Expected gradient function to be set")
    # By backward: the gradients so far, by position.
    arrived: weakref.WeakKeyDictionary[Any, dict[int, Tensor]] = weakref.WeakKeyDictionary()

    def hook(position: int) -> Callable[[Tensor], None]:
        def note(gradient: Tensor) -> None:
            run = local.run
            found = arrived.setdefault(run, {})
            found[position] = gradient
            if run.capturing and any(isinstance(node, AccumulateGrad) for node in nodes):
                raise RuntimeError(
                    "A leaf node was passed to _will_engine_execute_node but we are currently running "
                    "autograd.grad(). This is currently not supported."
                )
            if len(found) == sum(run.comes_to(node) for node in nodes):
                del arrived[run]
                fn([found.get(i) for i in range(len(nodes))])

        return note

    return _Handles([t.register_hook(hook(i)) for i, t in enumerate(tensors)])

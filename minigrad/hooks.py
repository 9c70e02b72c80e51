"""Hooks: functions that backward calls, on tensors and on nodes.

Counterpart in PyTorch: torch/csrc/autograd/function_hook.h, torch/utils/hooks.py.

In backward, for one node, the order is: the hooks of its output tensor (`Tensor.register_hook`, in order
of registration), then the gradient that `retain_grad()` keeps, then the node's prehooks, the node itself,
its hooks. A tensor's hook stays with the place in the graph where it was registered; `retain_grad` follows
the tensor when an in-place write moves it.
"""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Callable
from typing import Any

from . import errors
from .memory_format import contiguous_format
from .mode import local
from .node import Node, accumulator
from .tensor import Tensor, wrap

_next_id = itertools.count().__next__


class RemovableHandle:
    """What registering a hook returns: `remove()` takes the hook off again. Also a context manager."""

    def __init__(self, hooks: dict[int, Any], hook: Callable[..., Any]) -> None:
        self.id = _next_id()
        hooks[self.id] = hook
        self._hooks = hooks

    def remove(self) -> None:
        """Take the hook off; a second time does nothing."""
        self._hooks.pop(self.id, None)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *error: object) -> None:
        self.remove()


# ------------------------------------------------------------------ registering


def register_hook(self: Tensor, hook: Callable[[Tensor], Tensor | None]) -> RemovableHandle:
    """Call hook(gradient) whenever the gradient of this tensor is computed; what it returns replaces it."""
    if not self.requires_grad:
        error = RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        raise errors.about(error, "hook on a constant", self)
    if self.is_leaf:
        meta = self._more
        if meta.hooks is None:
            meta.hooks = {}
        return RemovableHandle(meta.hooks, hook)
    node, number = self._node, self._output_nr
    return RemovableHandle(node._more.tensor_hooks.setdefault(number, {}), hook)


def register_post_accumulate_grad_hook(self: Tensor, hook: Callable[[Tensor], None]) -> RemovableHandle:
    """Call hook(tensor) after a gradient was added to the .grad of this leaf."""
    if not self.requires_grad:
        raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
    if not self.is_leaf:
        raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors")
    meta = self._more
    if meta.post_hooks is None:
        meta.post_hooks = {}
    return RemovableHandle(meta.post_hooks, hook)


def retain_grad(self: Tensor) -> None:
    """Keep the gradient of this non-leaf in its .grad; on a leaf it is kept anyway."""
    if not self.requires_grad:
        error = RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
        raise errors.about(error, "hook on a constant", self)
    if self.is_leaf or self.retains_grad:
        return
    self._more.retains_grad = True
    node, number = self._node, self._output_nr
    node._more.retains[number] = weakref.ref(self)


def node_register_hook(self: Node, hook: Callable[..., Any]) -> RemovableHandle:
    """Call hook(grad_inputs, grad_outputs) after the node ran; what it returns replaces grad_inputs."""
    return RemovableHandle(self._more.hooks, hook)


def node_register_prehook(self: Node, hook: Callable[..., Any]) -> RemovableHandle:
    """Call hook(grad_outputs) before the node runs; what it returns replaces grad_outputs."""
    return RemovableHandle(self._more.prehooks, hook)


def _backward_hooks(self: Tensor) -> dict[int, Any] | None:
    """The hooks by the ids of their handles; None where none was ever registered."""
    if self.is_leaf:
        return None if self._meta is None else self._meta.hooks
    meta = self._node.meta
    return None if meta is None else meta.tensor_hooks.get(self._output_nr)


for _method in (register_hook, register_post_accumulate_grad_hook, retain_grad):
    setattr(Tensor, _method.__name__, _method)
Tensor._backward_hooks = property(_backward_hooks)
Node.register_hook = node_register_hook  # type: ignore[attr-defined]
Node.register_prehook = node_register_prehook  # type: ignore[attr-defined]


# ------------------------------------------------------------------ running


def run_tensor_hooks(node: Node, gradient: Any, watcher: Any) -> Any:
    """The hooks of the tensors that are the node's outputs, then retain_grad's."""
    meta = node.meta
    if not meta.tensor_hooks and not meta.retains:
        return gradient
    # Hooks are told of an output without a gradient, too: they get None.
    parts = list(gradient) if node.outputs > 1 and gradient is not None else [gradient] * node.outputs
    for number, hooks in meta.tensor_hooks.items():
        parts[number] = _run_all(hooks, parts[number], node, number)
    for number, reference in meta.retains.items():
        tensor, part = reference(), parts[number]
        if tensor is None or part is None:
            continue
        before = tensor._grad
        tensor._grad = part.clone(memory_format=contiguous_format) if before is None else before + part
        if watcher is not None:
            watcher.accumulated(tensor, part, before)
    if gradient is None:
        return None
    return parts if node.outputs > 1 else parts[0]


def run_leaf_hooks(leaf: Tensor, gradient: Tensor | None) -> Tensor | None:
    """The hooks of a leaf, before its gradient is accumulated."""
    if leaf._meta is None or not leaf._meta.hooks:
        return gradient
    return _run_all(leaf._meta.hooks, gradient, accumulator(leaf), 0)


def run_post_accumulate_hooks(leaf: Tensor) -> None:
    """The hooks of a leaf whose gradient was accumulated. RuntimeError where one answers with anything."""
    for hook in list(leaf._meta.post_hooks.values()):
        result = hook(leaf)
        if result is not None:
            _checked(hook, result, leaf)
            raise RuntimeError("Tensor post accumulate grad hooks should return None.")
        if (watcher := _watcher()) is not None:
            watcher.hooked("post accumulate", accumulator(leaf), None, hook, (), ())


def _run_all(hooks: dict[int, Any], gradient: Tensor | None, node: Node, number: int) -> Tensor | None:
    watcher = _watcher()
    for hook in list(hooks.values()):
        before = () if watcher is None else _copies((gradient,))
        result = hook(gradient)
        if result is not None:
            gradient = _checked(hook, result, gradient)
        if watcher is not None:
            watcher.hooked("tensor", node, number, hook, before, (gradient,))
    return gradient


def _watcher() -> Any:
    """Who is told of the backward that runs."""
    return None if local.run is None else local.run.watcher


def _copies(gradients: tuple[Any, ...]) -> tuple[Any, ...]:
    """As they are before a hook sees them, which may write into them."""
    return tuple([None if g is None else wrap(g._array.copy()) for g in gradients])


def _checked(hook: Any, result: Any, gradient: Tensor | None) -> Tensor:
    name = getattr(hook, "__name__", repr(hook))
    if gradient is None:
        raise RuntimeError("can't replace a None gradient with a non-None value")
    if not isinstance(result, Tensor):
        raise TypeError(f"expected Variable, but hook returned '{type(result).__name__}'")
    if result._array.shape != gradient._array.shape:
        error = RuntimeError(f"hook '{name}' has changed the size of value")
        shapes = {"got": result._array.shape, "expected": gradient._array.shape}
        raise errors.about(error, "hook's shape", name=name, **shapes)
    if result._array.dtype != gradient._array.dtype:
        raise RuntimeError(
            f"hook '{name}' has changed the type of value (was minigrad.{gradient.dtype.tensor_type} got minigrad.{result.dtype.tensor_type})"
        )
    return result


def run_prehooks(node: Node, gradients: tuple[Any, ...]) -> tuple[Any, ...]:
    """The node's prehooks."""
    watcher = _watcher()
    for hook in list(node.meta.prehooks.values()):
        before = () if watcher is None else _copies(gradients)
        result = hook(gradients)
        if result is not None:
            gradients = _replaced(hook, result, gradients)
        if watcher is not None:
            watcher.hooked("prehook", node, None, hook, before, gradients)
    return gradients


def run_posthooks(node: Node, results: tuple[Any, ...], gradients: tuple[Any, ...]) -> tuple[Any, ...]:
    """The node's hooks."""
    watcher = _watcher()
    for hook in list(node.meta.hooks.values()):
        before = () if watcher is None else _copies(results)
        result = hook(results, gradients)
        if result is not None:
            results = _replaced(hook, result, results)
        if watcher is not None:
            watcher.hooked("hook", node, None, hook, before, results)
    return results


def _replaced(hook: Any, result: Any, values: tuple[Any, ...]) -> tuple[Any, ...]:
    if not isinstance(result, tuple):
        raise TypeError(f"expected tuple, but hook returned '{type(result).__name__}'")
    if len(result) != len(values):
        name = getattr(hook, "__name__", repr(hook))
        raise RuntimeError(
            f"hook '{name}' has returned an incorrect number of values (got {len(result)}, but expected {len(values)})"
        )
    pairs = zip(result, values, strict=True)
    return tuple([None if new is None else _checked(hook, new, value) for new, value in pairs])

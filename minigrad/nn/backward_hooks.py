"""Hooks around the backward of a whole module.

Counterpart in PyTorch: BackwardHook in torch/utils/hooks.py.

The tensors that go into the module, and those that come out, pass a node that changes nothing. The gradients
of the outputs arrive at the second, those of the inputs leave from the first: there the hooks are called.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from ..function import Function
from ..mode import is_grad_enabled
from ..node import Node
from ..tensor import Tensor


class BackwardHookFunction(Function):
    """Hands its inputs on."""

    @staticmethod
    def forward(ctx: Any, *args: Tensor) -> tuple[Tensor, ...]:
        ctx.mark_non_differentiable(*[t for t in args if not t.requires_grad])
        return args

    @staticmethod
    def backward(ctx: Any, *grads: Tensor | None) -> tuple[Tensor | None, ...]:
        return grads


class BackwardHooks:
    """The hooks of one call of a module."""

    def __init__(self, module: Any, hooks: dict[int, Any], prehooks: dict[int, Any]) -> None:
        self.module = module
        self.hooks = list(hooks.values())
        self.prehooks = list(prehooks.values())
        self.places: list[int] | None = None  # which inputs are tensors; None where none requires grad
        self.count = 0
        self.grad_outputs: tuple[Any, ...] | None = None

    def inputs(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The inputs, behind a node that calls the hooks with their gradients."""

        def register(node: Node) -> None:
            node.register_hook(lambda grad_inputs, _: self._leave(grad_inputs))  # type: ignore[attr-defined]

        args, self.places = _behind_a_node(args, register)
        self.count = len(args)
        return args

    def outputs(self, result: Any) -> Any:
        """What came out, behind a node that takes note of its gradients."""
        if not isinstance(result, (Tensor, tuple)):
            warnings.warn(
                "For backward hooks to be called, module output should be a Tensor or a tuple of Tensors but received "
                f"{type(result)}",
                UserWarning,
                stacklevel=4,
            )
        several = isinstance(result, tuple)
        args = result if several else (result,)
        places: list[int] | None = None

        def register(node: Node) -> None:
            node.register_prehook(lambda grads: self._enter(grads, places, len(args)))  # type: ignore[attr-defined]

        found, places = _behind_a_node(args, register)
        return found if several else found[0]

    def _enter(self, grads: tuple[Any, ...], places: list[int] | None, count: int) -> tuple[Any, ...] | None:
        assert places is not None
        self.grad_outputs = _spread(grads, places, count)
        changed = None
        for hook in self.prehooks:
            found = hook(self.module, self.grad_outputs)
            if found is None:
                continue
            if len(found) != count:
                raise RuntimeError(
                    f"Backward pre hook returned an invalid number of grad_output, got {len(found)}, but expected {count}"
                )
            self.grad_outputs = changed = found
        if self.places is None:  # no input requires grad: nothing will leave
            nothing = (None,) * self.count
            for hook in self.hooks:
                found = hook(self.module, nothing, self.grad_outputs)
                if found is not None and not (isinstance(found, tuple) and all(g is None for g in found)):
                    raise RuntimeError(
                        "Backward hook for Modules where no input requires gradient should always return None or None "
                        "for all gradients."
                    )
            self.grad_outputs = None
        return None if changed is None else tuple(changed[i] for i in places)

    def _leave(self, grad_inputs: tuple[Any, ...]) -> tuple[Any, ...] | None:
        if self.grad_outputs is None or self.places is None:
            return None
        given = _spread(grad_inputs, self.places, self.count)
        for hook in self.hooks:
            found = hook(self.module, given, self.grad_outputs)
            if found is None:
                continue
            if len(found) != len(given):
                raise RuntimeError(
                    f"Backward hook returned an invalid number of grad_input, got {len(found)}, but expected {len(given)}"
                )
            given = found
        self.grad_outputs = None
        return tuple(given[i] for i in self.places)


def _behind_a_node(
    args: tuple[Any, ...], register: Callable[[Node], None]
) -> tuple[tuple[Any, ...], list[int] | None]:
    """args, their tensors behind a BackwardHookFunction, and where these stand; None without a gradient."""
    places = [i for i, arg in enumerate(args) if isinstance(arg, Tensor)]
    if not is_grad_enabled() or not any(args[i].requires_grad for i in places):
        return args, None
    passed = BackwardHookFunction.apply(*[args[i] for i in places])
    register(next(t.grad_fn for t in passed if t.grad_fn is not None))
    found = list(args)
    for i, tensor in zip(places, passed, strict=True):
        found[i] = tensor
    return tuple(found), places


def _spread(values: tuple[Any, ...], places: list[int], count: int) -> tuple[Any, ...]:
    """The values at their places among `count`, None elsewhere."""
    found = [None] * count
    for i, value in zip(places, values, strict=True):
        found[i] = value
    return tuple(found)


# ------------------------------------------------------------------ the old kind


def old_hooks(module: Any, hooks: dict[int, Any], args: tuple[Any, ...], result: Any) -> None:
    """Call hooks with the gradients of the node that made the result: what they were before PyTorch 1.8."""
    tensor = result
    while not isinstance(tensor, Tensor):
        tensor = next(iter(tensor.values())) if isinstance(tensor, dict) else tensor[0]
    node = tensor.grad_fn
    if node is None:
        return
    for hook in hooks.values():
        node.register_hook(lambda grad_inputs, grads, hook=hook: hook(module, grad_inputs, grads))
    if text := _misses(node, args, result):
        warnings.warn(text, FutureWarning, stacklevel=4)


def _misses(node: Node, args: tuple[Any, ...], result: Any) -> str:
    """What an old hook does not see; empty where the module is one node."""
    ends = " is deprecated and will be removed in future versions. This hook will be missing some {}. Please use register_full_backward_hook to get the documented behavior."
    results = result if isinstance(result, tuple) else (result,)
    if not all(isinstance(t, Tensor) for t in results):
        start = "Using non-full backward hooks on a Module that does not return a single Tensor or a tuple of Tensors"
        return start + ends.format("of the grad_output")
    if not all(isinstance(t, Tensor) for t in args):
        start = "Using non-full backward hooks on a Module that does not take as input a single Tensor or a tuple of Tensors"
        return start + ends.format("of the grad_input")
    if len({id(t.grad_fn) for t in results if t.grad_fn is not None}) > 1:
        start = "Using a non-full backward hook when outputs are generated by different autograd Nodes"
        return start + ends.format("grad_output")
    if {t.grad_fn for t in args if t.grad_fn is not None} != {n for n, _ in node.next_functions}:
        start = "Using a non-full backward hook when the forward contains multiple autograd Nodes"
        return start + ends.format("grad_input")
    return ""

"""Calling a module: its hooks before and after forward, and around its backward.

Counterpart in PyTorch: _call_impl in torch/nn/modules/module.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..hooks import RemovableHandle
from .backward_hooks import BackwardHooks

_KINDS = (
    "_forward_pre_hooks",
    "_forward_hooks",
    "_backward_pre_hooks",
    "_backward_hooks",
    "_state_dict_hooks",
    "_load_state_dict_pre_hooks",
    "_load_state_dict_post_hooks",
)


def no_hooks(fields: dict[str, Any]) -> None:
    """Give a new module its empty dictionaries of hooks."""
    for kind in _KINDS:
        fields[kind] = {}


class Calls:
    """What a module does when it is called."""

    forward: Callable[..., Any]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        fields = self.__dict__
        if "_forward_hooks" not in fields:
            raise AttributeError(
                f"{type(self).__name__}: call super().__init__() in __init__() before anything else"
            )
        if not (
            fields["_forward_pre_hooks"]
            or fields["_forward_hooks"]
            or fields["_backward_hooks"]
            or fields["_backward_pre_hooks"]
        ):
            return self.forward(*args, **kwargs)
        return self._call_with_hooks(args, kwargs)

    def _call_with_hooks(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        for hook, with_kwargs in list(self._forward_pre_hooks.values()):
            found = hook(self, args, kwargs) if with_kwargs else hook(self, args)
            if found is None:
                continue
            if with_kwargs:
                if not (isinstance(found, tuple) and len(found) == 2):
                    raise RuntimeError(
                        f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got {found}."
                    )
                args, kwargs = found
            else:
                args = found if isinstance(found, tuple) else (found,)
        around = None
        if self._backward_hooks or self._backward_pre_hooks:
            around = BackwardHooks(self, self._backward_hooks, self._backward_pre_hooks)
            args = around.inputs(args)
        pending = list(self._forward_hooks.items())
        try:
            result = self.forward(*args, **kwargs)
            while pending:
                _, (hook, with_kwargs, _) = pending.pop(0)
                found = hook(self, args, kwargs, result) if with_kwargs else hook(self, args, result)
                result = result if found is None else found
        except BaseException:
            for _, (hook, with_kwargs, always) in pending:
                if always:
                    hook(self, args, kwargs, None) if with_kwargs else hook(self, args, None)
            raise
        return result if around is None else around.outputs(result)

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call hook(module, args) before forward; what it returns replaces args."""
        return _added(self._forward_pre_hooks, (hook, with_kwargs), prepend)

    def register_forward_hook(
        self,
        hook: Callable[..., Any],
        *,
        prepend: bool = False,
        with_kwargs: bool = False,
        always_call: bool = False,
    ) -> RemovableHandle:
        """Call hook(module, args, output) after forward; what it returns replaces the output.

        always_call: even where forward raised, with None for the output.
        """
        return _added(self._forward_hooks, (hook, with_kwargs, always_call), prepend)

    def register_full_backward_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call hook(module, grad_input, grad_output) when the gradients of the inputs are computed."""
        return _added(self._backward_hooks, hook, prepend)

    def register_full_backward_pre_hook(
        self, hook: Callable[..., Any], prepend: bool = False
    ) -> RemovableHandle:
        """Call hook(module, grad_output) before the module's backward; what it returns replaces grad_output."""
        return _added(self._backward_pre_hooks, hook, prepend)

    def register_load_state_dict_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call hook(module, incompatible_keys) after load_state_dict; it may change the lists in these."""
        return RemovableHandle(self._load_state_dict_post_hooks, hook)


def _added(hooks: dict[int, Any], hook: Any, prepend: bool) -> RemovableHandle:
    handle = RemovableHandle(hooks, hook)
    if prepend:
        last = list(hooks)[-1]
        first = {last: hooks.pop(last), **hooks}
        hooks.clear()
        hooks.update(first)
    return handle

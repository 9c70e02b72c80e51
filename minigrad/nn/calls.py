"""Calling a module: its hooks before and after forward, and around its backward.

Counterpart in PyTorch: _call_impl in torch/nn/modules/module.py.
"""

from __future__ import annotations

import warnings
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from .. import mode
from ..hooks import RemovableHandle
from .backward_hooks import BackwardHooks, old_hooks

_KINDS = (
    "_forward_pre_hooks",
    "_forward_hooks",
    "_backward_pre_hooks",
    "_backward_hooks",
    "_state_dict_hooks",
    "_state_dict_pre_hooks",
    "_load_state_dict_pre_hooks",
    "_load_state_dict_post_hooks",
)


def no_hooks(fields: dict[str, Any]) -> None:
    """Give a new module its empty dictionaries of hooks."""
    for kind in _KINDS:
        fields[kind] = OrderedDict()
    fields["_is_full_backward_hook"] = None


class Calls:
    """What a module does when it is called."""

    forward: Callable[..., Any]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        fields = self.__dict__
        if "_forward_hooks" not in fields:
            raise AttributeError(
                f"'{type(self).__name__}' object has no attribute '_backward_hooks'. Call super().__init__() in "
                "__init__() before anything else."
            )
        if mode.observer is not None:
            return self._call_watched(args, kwargs)
        if not (
            fields["_forward_pre_hooks"]
            or fields["_forward_hooks"]
            or fields["_backward_hooks"]
            or fields["_backward_pre_hooks"]
        ):
            return self.forward(*args, **kwargs)
        return self._call_with_hooks(args, kwargs)

    def _call_watched(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        observer = mode.observer
        observer.module_begins(self)
        try:
            return self._call_with_hooks(args, kwargs)
        finally:
            observer.module_ends(self)

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
        full = self._is_full_backward_hook is not False
        if self._backward_pre_hooks or (full and self._backward_hooks):
            around = BackwardHooks(self, self._backward_hooks if full else {}, self._backward_pre_hooks)
            args = around.inputs(args)
        result, pending = None, dict(self._forward_hooks)
        try:
            result = self.forward(*args, **kwargs)
            for key in list(pending):
                hook, with_kwargs, _ = pending.pop(key)
                found = hook(self, args, kwargs, result) if with_kwargs else hook(self, args, result)
                result = result if found is None else found
        except Exception:
            for hook, with_kwargs, always in pending.values():
                if always:
                    result = self._called_after_failure(hook, with_kwargs, args, kwargs, result)
            raise
        if around is not None:
            result = around.outputs(result)
        if not full:
            old_hooks(self, self._backward_hooks, args, result)
        return result

    def _called_after_failure(
        self, hook: Any, with_kwargs: bool, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any
    ) -> Any:
        try:
            found = hook(self, args, kwargs, result) if with_kwargs else hook(self, args, result)
        except Exception as error:
            warnings.warn(
                "module forward hook with ``always_call=True`` raised an exception that was silenced as another error was "
                f"raised in forward: {error}",
                UserWarning,
                stacklevel=4,
            )
            return result
        return result if found is None else found

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
        self._set_kind(full=True)
        return _added(self._backward_hooks, hook, prepend)

    def register_backward_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """The hook of old, on the last node of forward alone: use register_full_backward_hook."""
        self._set_kind(full=False)
        return _added(self._backward_hooks, hook, prepend=False)

    def _set_kind(self, full: bool) -> None:
        if self._is_full_backward_hook is (not full):
            raise RuntimeError(
                "Cannot use both regular backward hooks and full backward hooks on a single Module. Please use only one of "
                "them."
            )
        self.__dict__["_is_full_backward_hook"] = full

    def register_full_backward_pre_hook(
        self, hook: Callable[..., Any], prepend: bool = False
    ) -> RemovableHandle:
        """Call hook(module, grad_output) before the module's backward; its answer replaces grad_output."""
        return _added(self._backward_pre_hooks, hook, prepend)


def _added(hooks: OrderedDict[int, Any], hook: Any, prepend: bool) -> RemovableHandle:
    handle = RemovableHandle(hooks, hook)
    if prepend:
        hooks.move_to_end(handle.id, last=False)
    return handle

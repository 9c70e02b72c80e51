"""The hooks of an optimizer: around its steps, and around saving and loading its state.

Counterpart in PyTorch: torch/optim/optimizer.py.
"""

from __future__ import annotations

import functools
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from ..hooks import RemovableHandle

_KINDS = (
    "step_pre",
    "step_post",
    "state_dict_pre",
    "state_dict_post",
    "load_state_dict_pre",
    "load_state_dict_post",
)


class Hooks:
    """The part of Optimizer that keeps hooks and calls them, those of a step around `step` of a subclass."""

    _opt_called: bool | None = None  # whether there was a step since a scheduler was made; None before that

    def __init__(self) -> None:
        self._hooks: dict[str, OrderedDict[int, Any]] = {kind: OrderedDict() for kind in _KINDS}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "step" in cls.__dict__:
            cls.step = _with_hooks(cls.step)  # type: ignore[attr-defined, method-assign]

    def _register(self, kind: str, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        handle = RemovableHandle(self._hooks[kind], hook)
        if prepend:
            self._hooks[kind].move_to_end(handle.id, last=False)
        return handle

    def register_step_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call hook(optimizer, args, kwargs) before a step; what it returns replaces args and kwargs."""
        return self._register("step_pre", hook)

    def register_step_post_hook(self, hook: Callable[..., None]) -> RemovableHandle:
        """Call hook(optimizer, args, kwargs) after a step."""
        return self._register("step_post", hook)

    def register_state_dict_pre_hook(
        self, hook: Callable[..., None], prepend: bool = False
    ) -> RemovableHandle:
        """Call hook(optimizer) before state_dict()."""
        return self._register("state_dict_pre", hook, prepend)

    def register_state_dict_post_hook(
        self, hook: Callable[..., Any], prepend: bool = False
    ) -> RemovableHandle:
        """Call hook(optimizer, state_dict) after state_dict(); what it returns replaces the dictionary."""
        return self._register("state_dict_post", hook, prepend)

    def register_load_state_dict_pre_hook(
        self, hook: Callable[..., Any], prepend: bool = False
    ) -> RemovableHandle:
        """Call hook(optimizer, state_dict) before load_state_dict(); its answer replaces the dictionary."""
        return self._register("load_state_dict_pre", hook, prepend)

    def register_load_state_dict_post_hook(
        self, hook: Callable[..., None], prepend: bool = False
    ) -> RemovableHandle:
        """Call hook(optimizer) after load_state_dict()."""
        return self._register("load_state_dict_post", hook, prepend)

    def _run_hooks(self, kind: str, value: Any = None) -> Any:
        """Call the hooks of a kind; `value` goes through them, where there is one."""
        for hook in self._hooks[kind].values():
            found = hook(self) if value is None else hook(self, value)
            value = value if found is None else found
        return value


def _with_hooks(step: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(step)
    def call(*args: Any, **kwargs: Any) -> Any:
        self = args[0]
        for hook in self._hooks["step_pre"].values():
            found = hook(self, args, kwargs)
            if isinstance(found, tuple) and len(found) == 2:
                args, kwargs = found
            elif found is not None:
                name = f"<function {type(self).__name__}.step at {id(step):#x}>"
                raise RuntimeError(
                    f"{name} must return None or a tuple of (new_args, new_kwargs), but got {found}."
                )
        result = step(*args, **kwargs)
        for hook in self._hooks["step_post"].values():
            hook(self, args, kwargs)
        if self._opt_called is not None:
            self._opt_called = True
        return result

    return call

"""Module: parameters, buffers and other modules under names, and a forward function.

Counterpart in PyTorch: torch/nn/modules/module.py.

What is assigned to an attribute goes where it belongs: a Parameter to `_parameters`, a Module to `_modules`,
a tensor under the name of a buffer to `_buffers`. These three dictionaries are the tree that `parameters()`,
`state_dict()`, `to()` and `repr()` walk.
"""

from __future__ import annotations

from typing import Any

from ..tensor import Tensor
from . import calls, state, tree, whole
from .parameter import Buffer, Parameter


class Module(calls.Calls, tree.Tree, whole.Whole, state.States):
    """The base of all layers and models: give it an __init__ that makes its parts, and a forward.

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(2, 1)

        def forward(self, x):
            return self.layer(x)
    """

    training: bool

    def __init__(self) -> None:
        put = self.__dict__.__setitem__
        put("training", True)
        put("_parameters", {})
        put("_buffers", {})
        put("_non_persistent_buffers_set", set())
        put("_modules", {})
        calls.no_hooks(self.__dict__)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the module computes. Subclasses say it."""
        raise NotImplementedError(
            f'Module [{type(self).__name__}] is missing the required "forward" function'
        )

    # ------------------------------------------------------------------ attributes

    def __setattr__(self, name: str, value: Any) -> None:
        fields = self.__dict__
        kind = "parameters" if isinstance(value, Parameter) else "module" if isinstance(value, Module) else ""
        if isinstance(value, Buffer) and not kind:
            kind = "buffer"
        if "_modules" not in fields:
            if kind:
                raise AttributeError(f"cannot assign {kind} before Module.__init__() call")
            object.__setattr__(self, name, value)
            return
        if kind == "parameters":
            _forget(fields, name, "_parameters")
            self.register_parameter(name, value)
        elif name in fields["_parameters"]:
            if value is not None:
                raise TypeError(
                    f"cannot assign '{_kind(value)}' as parameter '{name}' (minigrad.nn.Parameter or None expected)"
                )
            self.register_parameter(name, None)
        elif kind == "module":
            _forget(fields, name, "_modules")
            fields["_modules"][name] = value
        elif name in fields["_modules"]:
            if value is not None:
                raise TypeError(
                    f"cannot assign '{_kind(value)}' as child module '{name}' (minigrad.nn.Module or None expected)"
                )
            fields["_modules"][name] = None
        elif kind == "buffer" or name in fields["_buffers"]:
            if value is not None and not isinstance(value, Tensor):
                raise TypeError(
                    f"cannot assign '{_kind(value)}' as buffer '{name}' (minigrad.nn.Buffer, minigrad.Tensor or None expected)"
                )
            if name not in fields["_buffers"]:
                _forget(fields, name, "_buffers")
                self.register_buffer(name, value, value.persistent)
            fields["_buffers"][name] = value
        else:
            object.__setattr__(self, name, value)

    def __getattr__(self, name: str) -> Any:
        fields = self.__dict__
        for kind in ("_parameters", "_buffers", "_modules"):
            if name in fields.get(kind, ()):
                return fields[kind][name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'", name=name, obj=self)

    def __delattr__(self, name: str) -> None:
        for kind in ("_parameters", "_buffers", "_modules"):
            if name in self.__dict__.get(kind, ()):
                del self.__dict__[kind][name]
                self._non_persistent_buffers_set.discard(name)
                return
        object.__delattr__(self, name)

    def __dir__(self) -> list[str]:
        names = [*object.__dir__(self), *self._parameters, *self._buffers, *self._modules]
        return sorted({n for n in names if not n[0].isdigit()})

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter under a name; None keeps the name free for later. KeyError for a name in use."""
        if "_parameters" not in self.__dict__:
            raise AttributeError("cannot assign parameter before Module.__init__() call")
        _check_name("parameter", name)
        if hasattr(self, name) and name not in self._parameters:
            raise KeyError(f"attribute '{name}' already exists")
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"cannot assign '{_kind(param)}' object to parameter '{name}' (minigrad.nn.Parameter or None required)"
            )
        self._parameters[name] = param

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a tensor of the module's that is not learned. persistent: whether state_dict has it."""
        if "_buffers" not in self.__dict__:
            raise AttributeError("cannot assign buffer before Module.__init__() call")
        _check_name("buffer", name)
        if hasattr(self, name) and name not in self._buffers:
            raise KeyError(f"attribute '{name}' already exists")
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(
                f"cannot assign '{_kind(tensor)}' object to buffer '{name}' (minigrad Tensor or None required)"
            )
        self._buffers[name] = tensor
        if persistent:
            self._non_persistent_buffers_set.discard(name)
        else:
            self._non_persistent_buffers_set.add(name)

    def add_module(self, name: str, module: Module | None) -> None:
        """Add a module under a name. KeyError for a name in use."""
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"{type(module).__name__} is not a Module subclass")
        if not isinstance(name, str):
            raise TypeError(f"module name should be a string. Got {type(name).__name__}")
        if hasattr(self, name) and name not in self._modules:
            raise KeyError(f"attribute '{name}' already exists")
        if "." in name:
            raise KeyError(f'module name can\'t contain ".", got: {name}')
        if not name:
            raise KeyError('module name can\'t be empty string ""')
        self._modules[name] = module

    register_module = add_module

    # ------------------------------------------------------------------ printing

    def _get_name(self) -> str:
        """The name that repr() shows; subclasses may say another."""
        return type(self).__name__

    def extra_repr(self) -> str:
        """What repr() shows in the parentheses; subclasses say it."""
        return ""

    def __repr__(self) -> str:
        extra = self.extra_repr()
        lines = extra.split("\n") if extra else []
        inner = [
            f"({name}): " + "\n  ".join(repr(module).split("\n")) for name, module in self._modules.items()
        ]
        if len(lines) == 1 and not inner:
            return f"{self._get_name()}({extra})"
        parts = lines + inner
        return f"{self._get_name()}(" + ("\n  " + "\n  ".join(parts) + "\n" if parts else "") + ")"


def _forget(fields: dict[str, Any], name: str, kept: str) -> None:
    """Take `name` away from wherever else it was."""
    fields.pop(name, None)
    for kind in ("_parameters", "_buffers", "_modules"):
        if kind != kept:
            fields[kind].pop(name, None)
    fields["_non_persistent_buffers_set"].discard(name)


def _check_name(what: str, name: str) -> None:
    if not isinstance(name, str):
        raise TypeError(f"{what} name should be a string. Got {type(name).__name__}")
    if "." in name:
        raise KeyError(f'{what} name can\'t contain "."')
    if not name:
        raise KeyError(f'{what} name can\'t be empty string ""')


def _kind(value: Any) -> str:
    return value.type() if isinstance(value, Tensor) else type(value).__name__

"""Signature: which arguments an op takes, and how a call's arguments become all of them, in order.

Counterpart in PyTorch: torch/csrc/utils/python_arg_parser.cpp, whose error texts these are.
"""

from __future__ import annotations

import ast
import inspect
from typing import Any

import numpy as np

from .tensor import Tensor

NO_DEFAULT = inspect.Parameter.empty
_NUMPY_NAMES = {
    "self": "input",
    "dim": "axis",
    "keepdim": "keepdims",
}  # what NumPy, and torch's functions, call them


class Signature:
    """A signature, read from text like "sum(self, dim, keepdim=False)".

    `params`: names with defaults. `star`: the position of `*size`. `positional`: how many may be given by
    position. `tensor_args`: those annotated as tensors or lists of them, `lists`: the lists. `operands`,
    `edges`: set by Op.
    """

    operands: tuple[int, ...] = ()
    edges: tuple[int, ...] = ()

    def __init__(self, text: str, shown: str = "") -> None:
        self.name, self.params, self.star, self.positional, self.tensor_args, self.lists = _parse(text)
        self.names = [name for name, _ in self.params]
        self.shown = shown or self.name  # what a user calls it

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any], name: str = "") -> list[Any]:
        """All arguments in the signature's order. TypeError, in torch's words, where they do not fit."""
        name = name or self.shown
        bound = list(args)
        if self.star is not None and len(bound) > self.star:
            rest = bound[self.star :]
            one = len(rest) == 1 and isinstance(rest[0], (tuple, list))
            bound[self.star :] = [tuple(rest[0]) if one else tuple(rest)]
        elif len(bound) > self.positional:
            most = self.positional - 1
            raise TypeError(
                f"{name}() takes {most} positional argument{'s' * (most != 1)} but {len(bound) - 1} were given"
            )
        for parameter, default in self.params[len(bound) :]:
            value = kwargs.pop(parameter, NO_DEFAULT) if kwargs else NO_DEFAULT
            if value is NO_DEFAULT and kwargs:
                value = kwargs.pop(_NUMPY_NAMES.get(parameter, ""), NO_DEFAULT)
            bound.append(default if value is NO_DEFAULT else value)
        if any(value is NO_DEFAULT for value in bound):
            missing = [n for n, v in zip(self.names, bound, strict=True) if v is NO_DEFAULT]
            listed = ", ".join(f'"{n}"' for n in missing)
            plural = "s" * (len(missing) == 1)  # so it is in torch: one has the plural, two have not
            raise TypeError(f"{name}() missing {len(missing)} required positional argument{plural}: {listed}")
        if kwargs.pop("out", None) is not None:
            raise NotImplementedError(f"{name}(): the argument 'out' is not supported; use the result")
        if kwargs:
            unknown = next(iter(kwargs))
            word = "multiple values for" if unknown in self.names else "an unexpected keyword"
            raise TypeError(f"{name}() got {word} argument '{unknown}'")
        self._check_types(bound, name)
        return bound

    def checked(self, bound: list[Any]) -> list[Any]:
        """The same arguments, all of them and in order. TypeError where a tensor is missing."""
        self._check_types(bound, self.shown)
        return bound

    @staticmethod
    def star_value(value: Any) -> tuple[Any, ...]:
        """What `*size` stands for when it is given one value: an int or a sequence."""
        return tuple(value) if isinstance(value, (tuple, list)) else (value,)

    def _check_types(self, bound: list[Any], name: str) -> None:
        for i, value in enumerate(bound):
            needs_tensor = i == 0 or i in self.operands or i in self.edges or i in self.tensor_args
            parameter, default = self.params[i]
            if parameter == "tensors":
                _check_tensors(value, name)
                continue
            if not needs_tensor or isinstance(value, Tensor):
                continue
            if i in self.tensor_args and isinstance(value, (list, tuple)):
                continue
            if isinstance(value, (bool, int, float, np.number, np.bool_)) and i > 0:
                bound[i] = value.item() if isinstance(value, np.generic) else value
            elif not (value is None and default is None):
                shown = "input" if parameter == "self" else parameter
                raise TypeError(
                    f"{name}(): argument '{shown}' (position {max(i, 1)}) must be Tensor, "
                    f"not {type(value).__name__}"
                )


def _check_tensors(value: Any, name: str) -> None:
    if not isinstance(value, (list, tuple)):
        raise TypeError(
            f"{name}(): argument 'tensors' (position 1) must be tuple of Tensors, not {type(value).__name__}"
        )
    for i, item in enumerate(value):
        if not isinstance(item, Tensor):
            raise TypeError(f"expected Tensor as element {i} in argument 0, but got {type(item).__name__}")


def _parse(
    signature: str,
) -> tuple[str, list[tuple[str, Any]], int | None, int, tuple[int, ...], tuple[int, ...]]:
    """Name, parameters, position of `*size`, how many may be positional, annotated ones, lists."""
    definition = ast.parse(f"def {signature}: pass").body[0]
    assert isinstance(definition, ast.FunctionDef)
    a = definition.args
    defaults = [NO_DEFAULT] * (len(a.args) - len(a.defaults)) + [ast.literal_eval(d) for d in a.defaults]
    params = [(arg.arg, default) for arg, default in zip(a.args, defaults, strict=True)]
    star = None
    if a.vararg is not None:
        star = len(params)
        params.append((a.vararg.arg, NO_DEFAULT))
    positional = len(params)
    for arg, default in zip(a.kwonlyargs, a.kw_defaults, strict=True):
        params.append((arg.arg, NO_DEFAULT if default is None else ast.literal_eval(default)))
    annotated = tuple(i for i, arg in enumerate(a.args) if arg.annotation is not None)
    lists = tuple(
        i for i, arg in enumerate(a.args)
        if arg.arg == "tensors" or (isinstance(arg.annotation, ast.Name) and arg.annotation.id == "list")
    )  # fmt: skip
    return definition.name, params, star, positional, annotated, lists

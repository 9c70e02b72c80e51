"""public(): a Python function made of table entries, under one name for users.

For ops that torch overloads (`sum()` and `sum(dim)` are two entries) or builds of others. It accepts what the
entries accept: NumPy's names for arguments, and `input` for the first.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from ..tensor import Tensor

_NAMES = {"input": "self", "axis": "dim", "keepdims": "keepdim"}


def public(
    function: Callable[..., Any] | None = None, *, method: bool = True, name: str = ""
) -> Callable[..., Any]:
    """`function` with torch's aliases of arguments; also a method of Tensor. Decorates.

    TypeError for an argument that it does not have; NotImplementedError for `out`.
    """
    if function is None:
        return functools.partial(public, method=method, name=name)
    name = name or function.__name__
    names = frozenset(inspect.signature(function).parameters)

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **(renamed(kwargs, names, name) if kwargs else kwargs))

    call.__name__ = call.__qualname__ = name
    if method:
        setattr(Tensor, name, call)
    return call


def renamed(kwargs: dict[str, Any], names: frozenset[str], function: str) -> dict[str, Any]:
    """`kwargs` under the names that the function has."""
    found = {}
    for key, value in kwargs.items():
        other = _NAMES.get(key, key)
        if key in names:
            found[key] = value
        elif other in names and other not in kwargs:
            found[other] = value
        elif key == "out":
            if value is not None:
                raise NotImplementedError(
                    f"{function}(): the argument 'out' is not supported; use the result"
                )
        else:
            raise TypeError(f"{function}() got an unexpected keyword argument '{key}'")
    return found


def must_be_tensor(value: Any, name: str, argument: str = "input", position: int = 1) -> Tensor:
    """`value` itself. TypeError, in torch's words, where it is no tensor."""
    if not isinstance(value, Tensor):
        raise TypeError(
            f"{name}(): argument '{argument}' (position {position}) must be Tensor, not {type(value).__name__}"
        )
    return value

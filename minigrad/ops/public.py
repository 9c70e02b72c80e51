"""public(): a Python function made of table entries, under one name for users.

For ops that torch overloads (`sum()` and `sum(dim)` are two entries) or builds of others. It accepts what the
entries accept: NumPy's names for arguments, and `input` for the first.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from .. import arguments, errors
from ..op import table
from ..signature import NO_DEFAULT
from ..tensor import Tensor

_NAMES = {"input": "self", "axis": "dim", "keepdims": "keepdim"}


def public(
    function: Callable[..., Any] | None = None, *, method: bool = True, name: str = "", quick: bool = False
) -> Callable[..., Any]:
    """`function` with torch's aliases of arguments; also a method of Tensor. Decorates.

    A parameter `*shape` takes ints, one tuple of them, or the keyword `shape`. TypeError for an argument that
    it does not have; NotImplementedError for `out`. quick: the method is the function itself, without aliases
    and torch's words for arguments that do not fit; for what is called most.
    """
    if function is None:
        return functools.partial(public, method=method, name=name, quick=quick)
    name = name or function.__name__
    parameters = inspect.signature(function).parameters
    names = frozenset(parameters)
    star = next((n for n, p in parameters.items() if p.kind is inspect.Parameter.VAR_POSITIONAL), "")

    def translating(as_method: bool) -> Callable[..., Any]:
        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            try:
                if not kwargs:
                    return function(*args)
                known = renamed(kwargs, names, name)
                if star in known:
                    first = (known.pop("self"),) if "self" in known else ()
                    return function(*first, *args, known.pop(star), **known)
                return function(*args, **known)
            except Exception as error:
                arguments.check(name, args, kwargs, as_method)
                errors.refused(error, name, args, kwargs)
                raise

        call.__name__ = call.__qualname__ = name
        return call

    if method:
        setattr(Tensor, name, function if quick else translating(True))
    return translating(False)


def told(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, of whose errors the observer is told. Decorates what users call and is made of ops."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            errors.refused(error, function.__name__, args, kwargs)
            raise

    return call


def explained(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, with torch's errors for wrong arguments. Decorates what reads its arguments itself."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            arguments.check(function.__name__, args, kwargs)
            errors.refused(error, function.__name__, args, kwargs)
            raise

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


def of_tensors(name: str, **renamed: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A function whose errors name an argument that is no tensor, where torch's C++ would; decorates.

    name: what torch calls the function there. renamed: its names of arguments, where they are others.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        signature = inspect.signature(function)
        tensors = {
            n: i for i, (n, p) in enumerate(signature.parameters.items(), 1) if "Tensor" in str(p.annotation)
        }

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            try:
                return function(*args, **kwargs)
            except AttributeError:  # what is no tensor lacks something
                for argument, value in signature.bind(*args, **kwargs).arguments.items():
                    optional = signature.parameters[argument].default is None
                    if argument in tensors and not (value is None and optional):
                        must_be_tensor(value, name, renamed.get(argument, argument), tensors[argument])
                raise
            except Exception as error:
                errors.refused(error, function.__name__, args, kwargs)
                raise

        return call

    return decorate


def not_implemented(message: str, error: type[Exception] = NotImplementedError) -> Callable[..., Any]:
    """A formula for what torch has none for: the op is recorded, and its formula raises."""

    def formula(grad: Tensor) -> Tensor:
        raise error(message)

    return formula


def in_place(entry: str, name: str, number: str = "") -> Any:
    """A method that runs a table entry in place, under a name of its own; `number` where it gets one."""

    def method(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        plain = number and not any(isinstance(arg, Tensor) for arg in (*args, *kwargs.values()))
        return table[number if plain else entry].call_inplace(self, *args, **kwargs)

    method.__name__ = method.__qualname__ = name
    method.__doc__ = table[entry].doc
    setattr(Tensor, name, method)
    return method


def tensors_only(entry: Any) -> Any:
    """These take tensors alone: a number in their place is refused, as torch refuses it."""
    name = entry.__name__
    setattr(Tensor, name, _checking(entry, name, method=True))
    twin = getattr(Tensor, f"{name}_", None)
    if twin is not None:
        setattr(Tensor, f"{name}_", _checking(twin, f"{name}_", method=True))
    return _checking(entry, name, method=False)


def _is_tensor(value: Any) -> bool:
    return isinstance(value, Tensor)


def _checking(entry: Any, name: str, method: bool) -> Any:
    needed = sum(default is NO_DEFAULT for _, default in table[name.removesuffix("_")].params)

    def function(*args: Any, **kwargs: Any) -> Tensor:
        if kwargs or len(args) != needed or not all(map(_is_tensor, args)):
            arguments.check(name, args, kwargs, method)
        return entry(*args, **kwargs)

    function.__name__ = function.__qualname__ = name
    function.__doc__, function.__signature__ = entry.__doc__, entry.__signature__
    return function

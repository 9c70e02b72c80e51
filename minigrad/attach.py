"""From an entry of the table to what users call: function, method, in-place twin, operators.

Counterpart in PyTorch: tools/autograd/gen_python_functions.py.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .inplace import binary as binary_inplace
from .recorders import recorder
from .tensor import Tensor

if TYPE_CHECKING:
    from .op import Op

# The operators that Python writes as symbols; most of them can be augmented, as `+=`.
_SYMBOLS = frozenset(
    ["add", "sub", "mul", "truediv", "pow", "matmul", "mod", "floordiv", "and", "or", "xor", "lt", "gt"]
)


def attach(entry: Op, inplace: bool, method: bool, dunder: str) -> Callable[..., Any]:
    """Attach an entry to Tensor as op() was told, and return its function."""
    if entry.writes_self:
        function = _public(entry, entry.call_inplace, entry.name)
        if method:
            setattr(Tensor, entry.name, function)
        return function
    fast = recorder(entry)
    function = _public(entry, fast, entry.name)
    entry.public = method
    if method:
        setattr(Tensor, entry.name, function)
        function = _public(entry, recorder(entry, entry.call_function, method=False), entry.name)
    if inplace:
        setattr(Tensor, entry.written_name, _public(entry, _inplace_recorder(entry), entry.written_name))
    for name in dunder.split():
        _attach_operator(entry, name, fast)
    return function


def _inplace_recorder(entry: Op) -> Callable[..., Any]:
    """The quickest way to run the op in place."""
    two = entry.accepts_out and len(entry.params) == 2 and len(entry.operands) == 2
    return binary_inplace(entry) if two else entry.call_inplace


def _attach_operator(entry: Op, name: str, fast: Callable[..., Any]) -> None:
    if len(entry.params) == 1:
        setattr(Tensor, name, lambda self: fast(self))
        return

    def general(self: Tensor, other: Any) -> Any:
        if entry.shown != entry.name and isinstance(other, Tensor):
            return getattr(Tensor, entry.shown)(self, other)  # the entry is the overload for numbers
        if isinstance(other, (Tensor, int, float, np.number, np.bool_)):
            return entry.call(self, other)
        return NotImplemented

    operator = recorder(entry, general)
    bare = name.strip("_")
    if bare[0] == "r" and bare[1:] in _SYMBOLS:
        # `2 * x`: Python asks x. Only operators that commute are written this way.
        setattr(Tensor, name, operator)
        return
    setattr(Tensor, name, operator)
    if hasattr(Tensor, entry.written_name) and bare in _SYMBOLS:
        inplace = getattr(Tensor, entry.written_name)

        def augmented(self: Tensor, other: Any) -> Any:
            if isinstance(other, (Tensor, int, float, np.number, np.bool_)):
                return inplace(self, other)
            return NotImplemented

        setattr(Tensor, f"__i{bare}__", augmented)


def _public(entry: Op, function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """`function` under the op's name, with its signature and doc, for help() and for editors."""
    positional = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = []
    for i, (parameter, default) in enumerate(entry.params):
        kind = (
            inspect.Parameter.VAR_POSITIONAL
            if i == entry.star
            else positional
            if i < entry.positional
            else inspect.Parameter.KEYWORD_ONLY
        )
        parameters.append(inspect.Parameter(parameter, kind, default=default))

    if inspect.ismethod(function):

        def public(*args: Any, **kwargs: Any) -> Any:
            return function(*args, **kwargs)

    else:
        public = function
    public.__name__ = name
    public.__qualname__ = name
    if name == entry.name and entry.results == ["result"] and not entry.writes_self:
        public.forward = entry.forward  # type: ignore[attr-defined]  # what it is on arrays, see bare.py
    public.__doc__ = entry.doc
    public.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return public

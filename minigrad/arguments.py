"""What is wrong with the arguments of a call, in torch's words.

Counterpart in PyTorch: torch/csrc/utils/python_arg_parser.cpp and invalid_arguments.cpp.

A call that fails is held against torch's signatures of the function (signatures.txt). Where it fits none, the
arguments were wrong, and the error says so as torch does; where it fits one, the error stands. Calls that
succeed never come here.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from .dtypes import dtype as Dtype
from .tensor import Tensor

_NUMPY_NAMES = {"input": "self", "dim": "axis", "keepdim": "keepdims", "other": "x2"}
# torch takes a number for a tensor in these.
_NUMBERS_AS_TENSORS = {
    "add",
    "sub",
    "subtract",
    "mul",
    "multiply",
    "div",
    "divide",
    "true_divide",
    "floor_divide",
}


class Parameter(NamedTuple):
    """One parameter of a signature. `listed`: one int may stand for a list of them."""

    kind: str
    name: str
    optional: bool
    none: bool
    listed: bool
    keyword: bool


class Parsed(NamedTuple):
    """One signature of a function: its text, for messages, and its parameters."""

    text: str
    parameters: tuple[Parameter, ...]


# ------------------------------------------------------------------ the signatures


@functools.cache
def _lines() -> dict[str, list[str]]:
    """All signatures by the name of the function."""
    found: dict[str, list[str]] = {}
    for line in Path(__file__).with_name("signatures.txt").read_text().splitlines():
        if not line.startswith("#"):
            name, _, rest = line.partition("(")
            found.setdefault(name, []).append(rest.removesuffix(")"))
    return found


@functools.cache
def signatures(name: str, method: bool) -> tuple[Parsed, ...]:
    """The signatures of a function; of a method, those that begin with the tensor, without it."""
    lines = [_parsed(line) for line in _lines().get(name.removesuffix("_") if method else name, ())]
    return tuple(
        [_as_method(s) for s in lines if s.parameters[:1] and _is_self(s.parameters[0])] if method else lines
    )


_PARAMETER = re.compile(
    r"(?P<kind>[\w. ]+?)(?P<size>\[\d+\])? (?P<name>\w+)(?P<none>\??)(?P<default> = .*)?$"
)


def _parsed(text: str) -> Parsed:
    parameters, keyword = [], False
    for part in re.split(r", (?![^\[]*\])", text) if text else ():
        if part == "*":
            keyword = True
            continue
        found = _PARAMETER.match(part)
        assert found is not None, part
        kind, name = found["kind"], found["name"]
        dims = (
            name == "dim" and kind == "tuple of ints"
        )  # to reduce: torch's text does not say that None is all
        parameters.append(
            Parameter(
                kind.replace("torch.", "minigrad."),
                name,
                optional=bool(found["default"]),
                none=bool(found["none"]) or found["default"] == " = None" or dims,
                listed=bool(found["size"]) or dims,
                keyword=keyword,
            )
        )
    return Parsed(text, tuple(parameters))


def _is_self(p: Parameter) -> bool:
    return p.kind == "Tensor" and p.name in ("input", "self")


def _as_method(signature: Parsed) -> Parsed:
    text = re.sub(r"^Tensor (input|self)(, |$)", "", signature.text)
    text = re.sub(r"(, |^)\*$", "", re.sub(r"(, )?(tuple of Tensors|Tensor) out = None", "", text))
    return Parsed(text, tuple(p for p in signature.parameters[1:] if p.name != "out"))


# ------------------------------------------------------------------ does it fit


def _is_int(value: Any) -> bool:
    if isinstance(value, Tensor):
        return not value.ndim and value._array.dtype.kind in "iu"
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    if isinstance(value, Tensor):
        return not value.ndim and not value.requires_grad
    return isinstance(value, (int, float, complex, np.number, np.bool_))


def _is_list(of: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, (tuple, list)) and (not len(value) or of(value[0]))


_FITS: dict[str, Callable[[Any], bool]] = {
    "Tensor": lambda v: isinstance(v, Tensor),
    "Number": _is_number,
    "int": _is_int,
    "float": lambda v: _is_number(v) and not isinstance(v, complex),
    "bool": lambda v: isinstance(v, (bool, np.bool_)),
    "str": lambda v: isinstance(v, str),
    "tuple of ints": _is_list(_is_int),
    "tuple of floats": _is_list(_is_number),
    "tuple of bools": _is_list(lambda v: isinstance(v, bool)),
    "tuple of Tensors": _is_list(lambda v: isinstance(v, Tensor)),
    "minigrad.dtype": lambda v: isinstance(v, Dtype) or v in (int, float, bool),
}


def _fits(p: Parameter, value: Any, name: str) -> bool:
    if value is None and p.none:
        return True
    if p.kind == "Tensor" and name.removesuffix("_") in _NUMBERS_AS_TENSORS and _is_number(value):
        return True
    if p.kind == "tuple of ints" and p.listed and _is_int(value):
        return True
    return _FITS.get(p.kind, lambda v: True)(value)


def _misfit(signature: Parsed, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """What is wrong with a call of this signature; nothing where it fits."""
    parameters = signature.parameters
    most = sum(not p.keyword for p in parameters)
    least = sum(not p.optional for p in parameters)
    several = most == 1 and parameters[0].kind == "tuple of ints"  # x.view(2, 3)
    if len(args) > most and not several:
        return _too_many(name, len(args), least, most)
    rest = dict(kwargs)
    position = 0
    for i, p in enumerate(parameters):
        value: Any = _MISSING
        by_name = position >= len(args)
        if not by_name:
            if p.keyword:
                return _too_many(name, len(args), least, most)
            value = args[position]
        elif p.name in rest:
            value = rest.pop(p.name)
        else:
            value = rest.pop(_NUMPY_NAMES.get(p.name, ""), _MISSING)
        if value is _MISSING:
            if p.optional:
                continue
            missing = [f'"{q.name}"' for q in parameters[i:] if not q.optional]
            s = "s" * (len(missing) == 1)  # as torch has it
            return f"{name}() missing {len(missing)} required positional argument{s}: {', '.join(missing)}"
        if not _fits(p, value, name):
            if several and not by_name and _is_int(value):
                position = len(args)
                continue
            where = "" if by_name else f" (position {position + 1})"
            return f"{name}(): argument '{p.name}'{where} must be {p.kind}, not {_type(value)}"
        position += not by_name
    for key in rest:
        known = any(key == p.name for p in parameters)
        return f"{name}() got {'multiple values for' if known else 'an unexpected keyword'} argument '{key}'"
    return ""


_MISSING = object()


def _too_many(name: str, given: int, least: int, most: int) -> str:
    verb = "was" if given == 1 else "were"
    if least != most:
        return f"{name}() takes from {least} to {most} positional arguments but {given} were given"
    return f"{name}() takes {most} positional argument{'s' * (most != 1)} but {given} {verb} given"


def _type(value: Any) -> str:
    return "minigrad.dtype" if isinstance(value, Dtype) else type(value).__name__


# ------------------------------------------------------------------ the error


def check(name: str, args: tuple[Any, ...], kwargs: dict[str, Any], method: bool = False) -> None:
    """TypeError, in torch's words, where the arguments fit no signature that torch has for this function.

    method: it was called as one, so that the first argument is not among those that are counted.
    """
    method = method and bool(args) and isinstance(args[0], Tensor)
    found = signatures(name, method)
    if not found or any(isinstance(a, np.ndarray) for a in args[:1]):
        return
    if method:
        args = args[1:]
        if not any(s.parameters for s in found):
            _check_none_given(name, args, kwargs)
            return
    misfits = [_misfit(s, name, args, kwargs) for s in found]
    if not all(misfits):
        return
    if len(found) > 1:
        given = len(args) + len(kwargs)
        plausible = [
            m for s, m in zip(found, misfits, strict=True)
            if sum(not p.optional for p in s.parameters) <= given <= len(s.parameters)
        ]  # fmt: skip
        misfits = plausible if len(plausible) == 1 else [_none_fits(name, found, args, kwargs)]
    raise TypeError(misfits[0]) from None


def _check_none_given(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    if kwargs:
        raise TypeError(f"TensorBase.{name}() takes no keyword arguments") from None
    if args:
        raise TypeError(f"TensorBase.{name}() takes no arguments ({len(args)} given)") from None


def _none_fits(name: str, found: tuple[Parsed, ...], args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    given = [_type(a) for a in args]
    named = [f"{key}={_type(value)}" for key, value in kwargs.items()]
    got = ", ".join(given + named) + ", " * (bool(named) and not given)
    expected = "".join(f" * ({s.text.replace('torch.', 'minigrad.')})\n" for s in found)
    return f"{name}() received an invalid combination of arguments - got ({got}), but expected one of:\n{expected}"

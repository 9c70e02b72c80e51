"""JSON text -> Trace: every field is checked against the type that trace.py gives it.

A file that was damaged, or written by another release, is refused with the place in it that is wrong:
"steps[3].changes[0].field: ...". Standard library only, as trace.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from .say import Say, phrase_of, render
from .trace import FORMAT, Change, EdgeView, NodeView, Place, TensorView, Trace

Reader = Callable[[Any], Any]


class _Wrong(Exception):
    """What is wrong, and on the way out where: the parts of the path, the innermost first."""

    def __init__(self, what: str, *path: str) -> None:
        super().__init__(what)
        self.path = list(path)

    def __str__(self) -> str:
        where = "".join(reversed(self.path)).lstrip(".")
        return f"{where}: {self.args[0]}" if where else self.args[0]


def read(text: str) -> Trace:
    """The trace that `Trace.to_json` wrote. ValueError names what is wrong with any other text."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise ValueError(f"this is no trace: {error}; is the file complete?") from None
    if not isinstance(data, dict) or "format" not in data:
        found = f"an object with {', '.join(data) or 'nothing'}" if isinstance(data, dict) else _kind(data)
        raise ValueError(f"this is no trace but {found[:80]}: a trace is what Trace.to_json() wrote")
    if data["format"] != FORMAT:
        later = isinstance(data["format"], int) and data["format"] > FORMAT
        cure = "update minigrad-lab, or record it again" if later else "record it again"
        raise ValueError(
            f"this trace has format {data['format']!r}, and this release reads format {FORMAT}: {cure}"
        )
    try:
        trace = _reader(Trace)(data)
        _check_references(trace)
    except _Wrong as wrong:
        raise ValueError(f"this trace is damaged: {wrong}") from None
    return trace


# ------------------------------------------------------------------ by type


@cache
def _reader(hint: Any) -> Reader:
    """What reads data of a type: a class of trace.py, tuple[X, ...], X | None, a plain type."""
    if hint is Change:
        return _change
    if hint is Say:
        return _phrase
    if is_dataclass(hint):
        return _object(hint)
    if get_origin(hint) is tuple:
        return _list(_reader(get_args(hint)[0]))
    if isinstance(hint, UnionType):
        return _one_of(hint)
    if hint is Any:
        return lambda data: tuple(data) if isinstance(data, list) else data
    return _plain(hint)


def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind, localns={"Phrase": Say})  # a Phrase is no class; what reads it reads any


def _object(kind: type) -> Reader:
    hints = _hints(kind)
    needed = [f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING]

    def reader(data: Any) -> Any:
        if not isinstance(data, dict):
            raise _Wrong(f"{_kind(data)} in the place of a {kind.__name__}")
        missing = [name for name in needed if name not in data]
        if missing:
            raise _Wrong(f"a {kind.__name__} without {', '.join(missing)}")
        made = {}
        for name, value in data.items():
            if name not in hints:
                raise _Wrong(f"a {kind.__name__} has no {name!r}")
            try:
                made[name] = _reader(hints[name])(value)
            except _Wrong as wrong:
                wrong.path.append(f".{name}")
                raise
        return kind(**made)

    return reader


def _list(item: Reader) -> Reader:
    def reader(data: Any) -> tuple:
        if not isinstance(data, list):
            raise _Wrong(f"{_kind(data)} in the place of a list")
        made = []
        for i, value in enumerate(data):
            try:
                made.append(item(value))
            except _Wrong as wrong:
                wrong.path.append(f"[{i}]")
                raise
        return tuple(made)

    return reader


def _one_of(hint: Any) -> Reader:
    options = get_args(hint)
    structured = [option for option in options if is_dataclass(option) or get_origin(option) is tuple]
    if not structured:
        return _plain(*options)
    (option,) = structured
    inner = _reader(option)
    return lambda data: None if data is None and NoneType in options else inner(data)


def _plain(*kinds: type) -> Reader:
    def reader(data: Any) -> Any:
        if type(data) not in kinds and not (float in kinds and type(data) is int):
            wanted = " or ".join(_NAMES.get(kind, kind.__name__) for kind in kinds)
            raise _Wrong(f"{_kind(data)} in the place of {wanted}")
        return data

    return reader


def _phrase(data: Any) -> Any:
    try:
        phrase = phrase_of(data)
        render(phrase)  # whether its messages are in the table, with all their parts
    except ValueError as error:
        raise _Wrong(f"{error}") from None
    return phrase


_NAMES = {
    NoneType: "null", bool: "true or false", int: "a whole number", float: "a number", str: "a text",
    list: "a list", dict: "an object",
}  # fmt: skip


def _kind(data: Any) -> str:
    name = _NAMES.get(type(data), type(data).__name__)
    return name if isinstance(data, (list, dict)) else f"{data!r:.40}"


# What a Change holds follows from the field that it changes.
_CHANGED = {name: hint for kind in (EdgeView, NodeView, TensorView) for name, hint in _hints(kind).items()}


def _change(data: Any) -> Change:
    change = _object(Change)(data)
    hint = _CHANGED.get(change.field)
    if hint is None:
        raise _Wrong(f"nothing has a field {change.field!r} that could change", ".field")
    values = {}
    for name in ("before", "after"):
        try:
            values[name] = _reader(hint)(data[name])
        except _Wrong as wrong:
            wrong.path.append(f".{name}")
            raise
    return Change(change.id, change.field, **values)


# ------------------------------------------------------------------ what refers to what


def _check_references(trace: Trace) -> None:
    """Every id and every cell that something refers to is there."""
    there = trace.by_id()
    for i, edge in enumerate(trace.edges):
        for name in ("source", "target"):
            if (id := getattr(edge, name)) not in there:
                raise _Wrong(f"there is no {id!r}", f".{name}", f"edges[{i}]")
    for i, step in enumerate(trace.steps):
        for k, change in enumerate(step.changes):
            if change.id not in there:
                raise _Wrong(f"there is no {change.id!r}", ".id", f".changes[{k}]", f"steps[{i}]")
            if not hasattr(there[change.id], change.field):
                what = type(there[change.id]).__name__
                raise _Wrong(f"a {what} has no {change.field!r}", ".field", f".changes[{k}]", f"steps[{i}]")
        places = [(".place", step.place)]
        if step.error is not None:
            places += [(".error.saved_at", step.error.saved_at), (".error.changed_at", step.error.changed_at)]
        for name, place in places:
            _check_place(trace, place, name, f"steps[{i}]")
        if step.cell is not None and not 0 <= step.cell < len(trace.cells):
            raise _Wrong(f"there is no cell {step.cell}", ".cell", f"steps[{i}]")
    for part in ("tensors", "functions"):
        for i, entity in enumerate(getattr(trace, part)):
            _check_place(trace, entity.place, ".place", f"{part}[{i}]")


def _check_place(trace: Trace, place: Place | None, *path: str) -> None:
    if place is not None and not 0 <= place.cell < len(trace.cells):
        raise _Wrong(f"there is no cell {place.cell}", *path)

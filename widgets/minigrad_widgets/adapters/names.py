"""What the learner's names mean, whatever engine their tensors are of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

_DEEPEST, _MOST_HELD = 3, 10_000  # how far structures of the learner's are searched for tensors


def named(names: Mapping[str, Any], kind: type) -> dict[str, Any]:
    """The names whose value is of this kind; those that begin with "_" are IPython's.

    Nothing in there is asked for more than its type: it is the learner's, and may do anything when it is asked.
    """
    return {name: value for name, value in _given(names) if issubclass(type(value), kind)}


def held(names: Mapping[str, Any], tensor: type) -> list[Any]:
    """The tensors that names hold, in lists, tuples, sets and dictionaries too."""
    found: list[Any] = []
    structures: list[tuple[Any, int]] = []
    items: Iterable[Any] = (value for _, value in _given(names))
    room, depth = _MOST_HELD, 0
    while True:
        for item in items:
            if issubclass(type(item), tensor):
                found.append(item)
            elif depth < _DEEPEST and issubclass(type(item), tuple(_ITEMS)):
                structures.append((item, depth + 1))
        if not structures or room <= 0:
            return found
        structure, depth = structures.pop()
        items = list(islice(_items(structure), room))
        room -= len(items)


def _given(names: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in list(names.items()) if type(name) is str and name[:1] != "_"]


# How to ask for what they hold, past what a class of the learner's makes of it.
_ITEMS: dict[type, Callable[[Any], Iterable[Any]]] = {
    dict: dict.values, list: list.__iter__, tuple: tuple.__iter__, set: set.__iter__,
}  # fmt: skip


def _items(structure: Any) -> Iterable[Any]:
    return next(ask for kind, ask in _ITEMS.items() if issubclass(type(structure), kind))(structure)


def parameters(names: Mapping[str, Any], module: type) -> Iterator[tuple[str, Any]]:
    """ "model.weight" and its tensor, for the parameters of modules that have a name."""
    for name, model in named(names, module).items():
        for inner, parameter in model.named_parameters():
            yield f"{name}.{inner}", parameter

"""What the learner's names mean, whatever engine their tensors are of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_DEEPEST, _MOST_HELD = 3, 10_000  # how far structures of the learner's are searched for tensors


def named(names: Mapping[str, Any], kind: type) -> dict[str, Any]:
    """The names whose value is of this kind; those that begin with "_" are IPython's."""
    return {name: value for name, value in list(names.items()) if isinstance(value, kind) and name[:1] != "_"}


def held(names: Mapping[str, Any], tensor: type) -> list[Any]:
    """The tensors that names hold, in lists, tuples and dictionaries too."""
    found: list[Any] = []
    stack = [(value, 0) for name, value in list(names.items()) if name[:1] != "_"]
    while stack:
        value, depth = stack.pop()
        if isinstance(value, tensor):
            found.append(value)
        elif depth < _DEEPEST and len(found) + len(stack) < _MOST_HELD:
            if isinstance(value, dict):
                stack += [(item, depth + 1) for item in value.values()]
            elif isinstance(value, (list, tuple, set)):
                stack += [(item, depth + 1) for item in value]
    return found


def parameters(names: Mapping[str, Any], module: type) -> Iterator[tuple[str, Any]]:
    """ "model.weight" and its tensor, for the parameters of modules that have a name."""
    for name, model in named(names, module).items():
        for inner, parameter in model.named_parameters():
            yield f"{name}.{inner}", parameter

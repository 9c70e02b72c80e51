"""The learner's hooks: what to call them, and where they hang."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any

from minigrad.node import AccumulateGrad, Node
from minigrad.tensor import Tensor

from ..places import Spot

if TYPE_CHECKING:
    from .notes import Notes


def name_of(notes: Notes, hook: Callable[..., Any]) -> str:
    """ "double [2]:3" for a function of the learner's, by cell and line; else its name alone."""
    function = hook.__func__ if type(hook) is MethodType else hook
    if type(function) is not FunctionType:
        return type(function).__name__
    name, code = function.__name__.strip("<>"), function.__code__
    if function.__globals__ is not notes.places.namespace:
        return name
    cell, line = notes.places.of_code(code) or (0, 0)
    return f"{name} {notes.recorder.drafts.cells[cell].label}:{line}"


def note_tensor(notes: Notes, tensor: Tensor, key: int, place: Spot) -> None:
    """Note the hooks of a tensor."""
    node, meta = tensor._node, tensor._meta
    if node is not None:
        if node.meta is not None:
            notes.note(
                "hooks", key, None, _names(notes, "", node.meta.tensor_hooks.get(tensor._output_nr)), place
            )
        return
    accumulator = tensor._accumulator and tensor._accumulator()
    own = _of_node(notes, accumulator) if accumulator is not None and accumulator.meta is not None else ()
    if meta is not None or own:
        leaf = _names(notes, "", meta and meta.hooks), _names(notes, "post ", meta and meta.post_hooks)
        notes.note("hooks", key, None, (*leaf[0], *leaf[1], *own), place)


def note_node(notes: Notes, node: Node, place: Spot) -> None:
    """Note the hooks of a node, and of the tensors that it made."""
    if node.meta is None or isinstance(node, AccumulateGrad):
        return
    notes.note("hooks", None, node.seq, _of_node(notes, node), place)
    for number, hooks in node.meta.tensor_hooks.items():
        notes.note("output_hooks", node.seq, number, _names(notes, "", hooks), place)


def _of_node(notes: Notes, node: Node) -> tuple[str, ...]:
    return (*_names(notes, "pre ", node.meta.prehooks), *_names(notes, "", node.meta.hooks))


def _names(notes: Notes, kind: str, hooks: dict[int, Any] | None) -> tuple[str, ...]:
    return tuple(kind + name_of(notes, hook) for hook in (hooks or {}).values())

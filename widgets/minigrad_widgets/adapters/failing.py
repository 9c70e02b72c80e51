"""An error of the engine as facts: which tensors and which node it is about, and where the learner wrote what."""

from __future__ import annotations

import inspect
from inspect import CO_OPTIMIZED
from types import FrameType
from typing import TYPE_CHECKING, Any

from minigrad import errors
from minigrad.function import BackwardCFunction, Function
from minigrad.node import Node
from minigrad.op import table
from minigrad.tensor import Tensor

from ..facts import Failed
from .looking import is_list

if TYPE_CHECKING:
    from .notes import Notes


def note(notes: Notes, error: Exception) -> None:
    """Note an error that is about to be raised. Told again from further out, it keeps its innermost place."""
    facts = getattr(error, "facts", None)
    place = notes.places.here()
    last = notes.log.last("failed")
    again = last is not None and last[1].message == str(error)
    if again:
        place = last[-2]
        if facts is None:
            return
    own = _own_line(notes, error) if facts is None else None
    place = own or place
    given = _given(facts)
    frame = notes.places.innermost()
    _name_locals(notes, frame, [x for _, x in given], place)
    key = None
    if not isinstance(facts, errors.Refused):
        about = [getattr(facts, "tensor", None), *(x for _, x in given)]
        tensor = next((x for x in about if x is not None), None)
        key = None if tensor is None else _key(notes, tensor, facts, place)
    args = [notes.arg(x, place) for _, x in given]
    slots = [slot for slot, _ in given]
    node = getattr(facts, "node", None) or _running(error)
    details = {"own": type(error).__name__} if own else getattr(facts, "details", {})
    event = ("failed", _failed(error, facts, details, node, key), args, slots, place, _backward(notes, node))
    if again and notes.log.last("failed") is last:
        notes.log.replace_last(event)
    else:
        notes.note(*event)


def _failed(
    error: Exception, facts: Any, details: dict[str, Any], node: Node | None, key: int | None
) -> Failed:
    return Failed(
        getattr(facts, "kind", "other"), str(error), getattr(facts, "op", ""), node and node.seq,
        node.name() if node else "", getattr(facts, "slot", None), key, getattr(facts, "saved_version", None),
        getattr(facts, "now_version", None), details=details,
        warning=isinstance(error, Warning),
    )  # fmt: skip


def _given(facts: Any) -> list[tuple[str, Any]]:
    """What an op was called with, lists taken apart, or the tensors that an error is about; with their slots."""
    if not isinstance(facts, errors.Refused):
        return [("", tensor) for tensor in getattr(facts, "tensors", ())]
    names = _parameters(facts.op, facts.args)
    pairs = [(names[min(i, len(names) - 1)] if names else "", x) for i, x in enumerate(facts.args)]
    pairs += facts.kwargs.items()
    return [(slot, item) for slot, x in pairs for item in (x if is_list(x) else (x,))]


def _parameters(op: str, args: tuple[Any, ...]) -> list[str]:
    """What the arguments of an op are called."""
    entry = table.get(op) or table.get(op.removesuffix("_"))
    if entry is not None and len(args) <= len(entry.names):
        return list(entry.names)
    function = getattr(Tensor, op, None)
    return list(inspect.signature(function).parameters) if inspect.isfunction(function) else []


def _key(notes: Notes, tensor: Tensor, facts: Any, place: Any) -> int | None:
    """The key of the tensor that an error is about."""
    key = notes.tensors.find(tensor)
    if key is None and tensor._view is not None:
        # a[0] = 1 makes a view that nobody ever sees.
        tensor = tensor._view.base
        key = notes.tensors.find(tensor)
    # That of a version error may be a stand-in made for its text; then the slot says which it is.
    if key is None and facts.kind != "version":
        key = notes.tensors.meet(tensor, place)
    return key


def _running(error: Exception) -> Node | None:
    """The custom Function whose backward() the error came out of."""
    found, step = None, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code is BackwardCFunction.apply.__code__:
            found = step.tb_frame.f_locals["self"]
        step = step.tb_next
    return found if hasattr(found, "seq") else None  # while the learner's code runs, it has lent its fields


def _own_line(notes: Notes, error: Exception) -> Any:
    """The line of the learner's, in a hook or a backward(), that an error came from; None where it came from none."""
    found, step = None, error.__traceback__
    while step is not None:
        found = notes.places.line_in(step.tb_frame, step.tb_lineno) or found
        step = step.tb_next
    return found


def _name_locals(notes: Notes, frame: FrameType | None, given: list[Any], place: Any) -> None:
    """In a function of the learner's a tensor is called what it is called there."""
    if frame is None or not frame.f_code.co_flags & CO_OPTIMIZED:
        return
    known = {id(value): name for name, value in frame.f_locals.items() if isinstance(value, Tensor)}
    for x in given:
        if id(x) in known:
            notes.local_names[notes.tensors.key(x, place)] = known[id(x)]


def _backward(notes: Notes, node: Node | None) -> Any:
    """Where the learner's own backward() begins, of a node that has one."""
    if not isinstance(node, BackwardCFunction):
        return None
    cls = node._forward_cls
    return notes.places.start_of(
        inspect.unwrap(cls.vjp if cls.backward is Function.backward else cls.backward)
    )

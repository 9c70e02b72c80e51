"""The trace: what autograd did, as plain frozen data that needs no engine and no kernel to be read.

A trace is one graph and the steps that made it.

* **Cards** (`TensorView`). One card is one tensor at one stretch of its life. An in-place write ends a
  stretch: the tensor goes on in a new card, the old card stays where the graph refers to it.
* **Functions** (`NodeView`). One op that ran, together with the backward node that it recorded, if any.
* **Edges** (`EdgeView`). Card to function (an input) or function to card (an output). The backward
  drawing uses the same edges turned round, those along which a gradient can flow.
* **Steps** (`Step`). Each says in one sentence what happened and lists the fields that it changed, with
  their values before and after. The entities hold their state *after the last step*: to show an earlier
  moment apply the `before` values backwards, to go on apply the `after` values. That is all a stepper is.

Every id is a short string (`t3`, `f2`, `e7`), unique within its trace. What is said is data, too (say.py):
no text is in any language before somebody reads it. Standard library only.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any

from .say import Phrase, Say, phrase_of, plain_phrase, render, sentences

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Value:
    """The contents of a tensor, short enough for a card and exact enough for a table.

    `said` is what a card shows; `numbers` the first entries in row-major order (at most
    `values.MOST_NUMBERS`), "nan", "inf" and "-inf" as strings because JSON has no such numbers;
    `complete` says whether these are all.
    """

    said: Phrase
    shape: tuple[int, ...] = ()
    numbers: tuple[float | int | bool | str, ...] = ()
    complete: bool = True

    @property
    def text(self) -> str:
        """In English."""
        return render(self.said)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the learner's code something happened: index into `Trace.cells`, 1-based line."""

    cell: int
    line: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of the learner's code: `label` as the notebook shows it ("[3]"), or a file's name."""

    label: str
    source: str


@dataclass(frozen=True, slots=True)
class TensorView:
    """One tensor at one stretch of its life.

    `tensor` is shared by all cards of one tensor object, `storage` by all tensors that share memory.
    `current` is False on a card that an in-place write has superseded; `alive` is False once the
    Python object is gone. `ghosts` are names that were this tensor's and moved to another.
    `grad_state`: "none" (no gradient so far), "kept" (in `grad`), "let go" (it passed through).
    """

    id: str
    tensor: str
    storage: str
    shape: tuple[int, ...]
    dtype: str
    base: str | None = None  # the card that this one is a view of
    made_by: str | None = None  # the function whose output it is
    output_nr: int = 0
    place: Place | None = None
    shown: bool = True
    names: tuple[str, ...] = ()
    ghosts: tuple[str, ...] = ()
    label: str = ""  # what to call it where it has no name: "b * b"
    value: Value | None = None  # None: nobody keeps it any more
    version: int = 0
    is_leaf: bool = True
    requires_grad: bool = False
    grad_fn: str | None = None  # the node's name
    grad: Value | None = None
    grad_state: str = "none"
    retains_grad: bool = False
    current: bool = True
    alive: bool = True


@dataclass(frozen=True, slots=True)
class SavedView:
    """One thing that a node keeps for backward.

    `state`: "intact", "freed" (backward used it and let it go) or "broken" (the memory was written
    after it was saved: `now` differs from `version`). `card` is None for a plain number. `text` is what
    to call it: the number, or the title of the card.
    """

    slot: str
    card: str | None = None
    version: int = 0
    now: int = 0
    state: str = "intact"
    text: str = ""


@dataclass(frozen=True, slots=True)
class NodeView:
    """One op that ran, and the backward node that it recorded.

    `node` is the node's name ("MulBackward0"), None where nothing was recorded. `cut` says why a
    gradient ends here although an input asks for one: "detach", "no_grad", "inference_mode", "item", "numpy",
    "data", "not differentiable"; None where it does not. `text` is the learner's own expression where it is
    short ("b[0] = 1000").
    """

    id: str
    op: str
    node: str | None = None
    text: str = ""
    inplace: bool = False
    cut: str | None = None
    place: Place | None = None
    shown: bool = True
    saved: tuple[SavedView, ...] = ()
    runs: int = 0  # how often backward ran it


@dataclass(frozen=True, slots=True)
class EdgeView:
    """`source` -> `target` in the direction of the data: card to function, or function to card.

    `tracked`: a gradient can flow back along it. `gradient` is the last one that did.
    """

    id: str
    source: str
    target: str
    slot: str = ""  # the argument's name, for an input
    tracked: bool = False
    shown: bool = True
    gradient: Value | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one entity, before and after a step."""

    id: str
    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class ErrorView:
    """An error of autograd, as facts to draw and to say.

    `kind`: "version" (a saved tensor was written), "leaf", "view of leaf", "freed", "no graph", "other".
    `message` is the engine's own. `cures` are code: lines to write in place of the learner's.
    """

    kind: str
    title: Phrase
    message: str
    why: Phrase = ""
    function: str | None = None
    slot: str | None = None
    card: str | None = None
    saved_version: int | None = None
    now_version: int | None = None
    saved_at: Place | None = None
    changed_at: Place | None = None
    cures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened, in sentences that can be read aloud.

    `kind`: "tensor", "op", "write", "name", "backward", "run", "accumulate", "let go", "free", "error".
    `about` are the ids to light up. `cell` is the cell that ran, which need not be the one of `place`: a
    function stands where it was written.
    """

    kind: str
    said: tuple[Phrase, ...]
    about: tuple[str, ...] = ()
    place: Place | None = None
    changes: tuple[Change, ...] = ()
    error: ErrorView | None = None
    cell: int | None = None

    @property
    def text(self) -> str:
        """In English."""
        return sentences(self.said)


@dataclass(frozen=True, slots=True)
class Trace:
    """One graph and the steps that made it. `dropped` counts the steps that were let go."""

    cells: tuple[Cell, ...] = ()
    tensors: tuple[TensorView, ...] = ()
    functions: tuple[NodeView, ...] = ()
    edges: tuple[EdgeView, ...] = ()
    steps: tuple[Step, ...] = ()
    dropped: int = 0
    format: int = FORMAT

    def to_json(self) -> str:
        return json.dumps(plain(self), allow_nan=False, separators=(",", ":"))

    @staticmethod
    def from_json(text: str) -> Trace:
        """Raises ValueError where the text is no trace or of a format that this release cannot read."""
        data = json.loads(text)
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            found = data.get("format") if isinstance(data, dict) else type(data).__name__
            raise ValueError(f"not a trace of format {FORMAT}: found {found!r}; record it again")
        return _trace(data)

    def by_id(self) -> dict[str, TensorView | NodeView | EdgeView]:
        """Every entity by its id."""
        return {entity.id: entity for part in (self.tensors, self.functions, self.edges) for entity in part}

    def at(self, moment: int) -> Trace:
        """The trace as it was after its first `moment` steps. ValueError where it has not so many.

        The steps stay; the entities go back, those that did not exist yet have `shown` False.
        """
        if not 0 <= moment <= len(self.steps):
            raise ValueError(f"moment {moment}: this trace has the moments 0 to {len(self.steps)}")
        earlier: dict[str, dict[str, Any]] = {}
        for step in reversed(self.steps[moment:]):
            for change in reversed(step.changes):
                earlier.setdefault(change.id, {})[change.field] = change.before

        def back(entities: tuple) -> tuple:
            return tuple(replace(e, **earlier[e.id]) if e.id in earlier else e for e in entities)

        return replace(
            self, tensors=back(self.tensors), functions=back(self.functions), edges=back(self.edges)
        )


def title(card: TensorView) -> str:
    """What to call a card: its names, else the names that it had, else the expression that made it."""
    return ", ".join(card.names or card.ghosts) or card.label or "tensor"


# ------------------------------------------------------------------ plain data and back


@cache
def _fields(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def plain(thing: Any) -> Any:
    """Dictionaries, lists, texts and numbers in place of the classes above."""
    if thing is None or isinstance(thing, (str, int, float)):
        return thing
    if isinstance(thing, Say):
        return plain_phrase(thing)
    if isinstance(thing, (tuple, list)):
        return [plain(item) for item in thing]
    return {name: plain(getattr(thing, name)) for name in _fields(type(thing))}


def _tuple(data: Any) -> Any:
    return tuple(data) if isinstance(data, list) else data


def _make(kind: type, data: Any, **readers: Any) -> Any:
    """A `kind` from its plain data. ValueError where the data is of something else."""
    if not isinstance(data, dict) or not data.keys() <= set(_fields(kind)):
        raise ValueError(f"not the data of a {kind.__name__}: {str(data)[:80]}; record the trace again")
    try:
        return kind(**{name: readers.get(name, _tuple)(value) for name, value in data.items()})
    except TypeError as error:
        raise ValueError(f"not the data of a {kind.__name__}: {error}; record the trace again") from None


def _all(reader: Any) -> Any:
    return lambda data: tuple(reader(item) for item in data)


def _value(data: Any) -> Value | None:
    return None if data is None else _make(Value, data, said=phrase_of)


def _place(data: Any) -> Place | None:
    return None if data is None else _make(Place, data)


def _saved(data: Any) -> SavedView:
    return _make(SavedView, data)


def _error(data: Any) -> ErrorView | None:
    readers = {"title": phrase_of, "why": phrase_of, "saved_at": _place, "changed_at": _place}
    return None if data is None else _make(ErrorView, data, **readers)


# What a Change holds follows from the field that it changes.
_READERS = {"value": _value, "grad": _value, "gradient": _value, "place": _place, "saved": _all(_saved)}


def _change(data: Any) -> Change:
    reader = _READERS.get(data.get("field"), _tuple) if isinstance(data, dict) else _tuple
    return _make(Change, data, before=reader, after=reader)


def _step(data: Any) -> Step:
    return _make(Step, data, said=phrase_of, place=_place, changes=_all(_change), error=_error)


def _trace(data: dict[str, Any]) -> Trace:
    return _make(
        Trace,
        data,
        cells=_all(lambda d: _make(Cell, d)),
        tensors=_all(lambda d: _make(TensorView, d, place=_place, value=_value, grad=_value)),
        functions=_all(lambda d: _make(NodeView, d, place=_place, saved=_all(_saved))),
        edges=_all(lambda d: _make(EdgeView, d, gradient=_value)),
        steps=_all(_step),
    )

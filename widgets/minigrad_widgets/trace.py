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

Every id is a short string (`t3`, `f2`, `e7`), unique within its trace. Standard library only.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from typing import Any

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Value:
    """The contents of a tensor, short enough for a card and exact enough for a table.

    `text` is what a card shows; `numbers` the first entries in row-major order (at most
    `values.MOST_NUMBERS`), "nan", "inf" and "-inf" as strings because JSON has no such numbers;
    `complete` says whether these are all.
    """

    text: str
    shape: tuple[int, ...] = ()
    numbers: tuple[float | int | bool | str, ...] = ()
    complete: bool = True


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
    after it was saved: `now` differs from `version`). `card` is None for a plain number, in `text`.
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
    gradient ends here although an input asks for one: "detach", "no_grad", "item", "numpy", "data",
    "not differentiable"; None where it does not. `text` is the learner's own expression where it is
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

    `kind`: "version" (a saved tensor was written), "leaf", "freed", "no graph", "other".
    """

    kind: str
    title: str
    message: str
    why: str = ""
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
    """One thing that happened, in one sentence that can be read aloud.

    `kind`: "tensor", "op", "write", "name", "backward", "run", "accumulate", "let go", "free", "error".
    `about` are the ids to light up.
    """

    kind: str
    text: str
    about: tuple[str, ...] = ()
    place: Place | None = None
    changes: tuple[Change, ...] = ()
    error: ErrorView | None = None


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

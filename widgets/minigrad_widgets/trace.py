"""The trace: what autograd did, as plain frozen data that needs no engine and no kernel to be read.

A trace is one graph and the steps that made it.

* **Cards** (`TensorView`). One card is one tensor at one stretch of its life. An in-place write ends a
  stretch: the tensor goes on in a new card, the old card stays where the graph refers to it.
* **Functions** (`NodeView`). One op that ran, together with the backward node that it recorded, if any.
* **Edges** (`EdgeView`). Card to function (an input) or function to card (an output). The backward
  drawing uses the same edges turned round, those along which a gradient can flow.
* **Calls** (`CallView`). One call of a module; functions that ran in it name it.
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
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graphviz import Source

from .say import Phrase, Say, plain_phrase, render, sentences

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
        """In the language that is spoken (say.speaking), which is English by default."""
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
    unseen: bool = False  # its contents changed and its version did not
    hooks: tuple[str, ...] = ()  # what backward calls with its gradient: "double [2]:3", by cell and line


@dataclass(frozen=True, slots=True)
class SavedView:
    """One thing that a node keeps for backward.

    `state`: "intact", "freed" (backward used it and let it go), "broken" (the memory was written after it was
    saved: `now` differs from `version`) or "unseen" (it was written and no version moved: backward will use it
    all the same). `card` is None for a plain number. `text` is what to call it: the number, or the title of the
    card.
    """

    slot: str
    card: str | None = None
    version: int = 0
    now: int = 0
    state: str = "intact"
    text: str = ""


@dataclass(frozen=True, slots=True)
class NodeView:
    """One op that ran, and the backward node that it recorded; with `refused` one that did not take its inputs.

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
    refused: bool = False
    hooks: tuple[str, ...] = ()  # of the node itself, see TensorView
    call: str | None = None  # the innermost call of a module that it ran in


@dataclass(frozen=True, slots=True)
class CallView:
    """One call of a module: `name` is where the notebook has it ("net.0"), `kind` its class ("Linear")."""

    id: str
    kind: str
    name: str = ""
    parent: str | None = None  # the call that it was made in


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
class Operand:
    """A tensor that an op refused. `unmet`: its dimensions that do not fit those of the others."""

    card: str | None
    name: str
    shape: tuple[int, ...]
    dtype: str
    unmet: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ErrorView:
    """An error of autograd or of an op, as facts to draw and to say; with `warning` one that stopped nothing.

    `kind`: "version" (a saved tensor was written), "leaf", "view of leaf", "freed", "no graph", "refused" (an op
    did not take its `operands`), "other", and those of `Other` in minigrad's errors.py.
    `message` is the engine's own. `cures` are code: lines to write in place of the learner's. `path`: the ids
    from where it was noticed to where it began.
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
    happened: tuple[str, ...] = ("made", "refused")  # what, at these two places: a word of "place." messages
    path: tuple[str, ...] = ()
    operands: tuple[Operand, ...] = ()
    warning: bool = False


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
        """In the language that is spoken (say.speaking), which is English by default."""
        return sentences(self.said)


@dataclass(frozen=True, slots=True)
class Trace:
    """One graph and the steps that made it.

    `dropped` counts the steps that were let go, `elsewhere` the ops of the last cell that ran in other threads
    than its own: they have no steps.
    """

    cells: tuple[Cell, ...] = ()
    tensors: tuple[TensorView, ...] = ()
    functions: tuple[NodeView, ...] = ()
    edges: tuple[EdgeView, ...] = ()
    steps: tuple[Step, ...] = ()
    dropped: int = 0
    elsewhere: int = 0
    format: int = FORMAT
    calls: tuple[CallView, ...] = ()

    # ---- ways out; each is written in a module of its own, which is loaded when it is asked for

    def to_html(self, path: str | Path | None = None, *, title: str = "") -> str | None:
        """A page of its own with the drawings and the steps, for any browser; it needs no network and no kernel.

        Like the other `to_...` it returns the text, or writes it to a file and returns None where a path is
        given; raises IsADirectoryError or FileNotFoundError where no file can be there.
        """
        from .html import page

        return _out(page(self, title), path)

    def to_svg(
        self,
        path: str | Path | None = None,
        *,
        step: int | None = None,
        side: str = "both",
        theme: str = "auto",
        language: str = "en",
    ) -> str | None:
        """A picture of the moment after `step` steps, by default the last.

        side: "both" drawings, "forward" or "backward". theme: "light", "dark", or "auto", which follows the
        reader's. language: "en" or "zh". Raises ValueError for any other, and for a moment that there is not.
        """
        from .svg import picture

        return _out(picture(self, step, side, theme, language), path)

    def to_text(
        self, path: str | Path | None = None, *, step: int | None = None, language: str = "en"
    ) -> str | None:
        """The graph after `step` steps as an indented tree, by default the last, and the steps so far.

        language: "en" or "zh". Raises ValueError for any other, and for a moment that there is not.
        """
        from .text import text

        return _out(text(self, step, language), path)

    def to_dot(self, *, step: int | None = None, side: str = "backward") -> Source:
        """The graph in Graphviz's language, of the `graphviz` package: to edit, to save, to render with `dot`."""
        from .dot import source

        return source(self, step, side)

    def to_json(self, path: str | Path | None = None) -> str | None:
        """All of it as text; `from_json` reads it again."""
        return _out(json.dumps(plain(self), allow_nan=False, separators=(",", ":")), path)

    @staticmethod
    def from_json(text: str) -> Trace:
        """The trace that `to_json` wrote, exactly. Raises ValueError, which names what is wrong with the text."""
        from .reading import read

        return read(text)

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


def _out(text: str, path: str | Path | None) -> str | None:
    """The text itself, or None when it is in the file."""
    if path is None:
        return text
    path = Path(path)
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder: name a file in it")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {path.parent} for {path.name}: make it first")
    path.write_text(text, encoding="utf-8", newline="\n")
    return None


def title(card: TensorView) -> str:
    """What to call a card: its names, else the names that it had, else the expression that made it."""
    return ", ".join(card.names or card.ghosts) or card.label or "tensor"


# ------------------------------------------------------------------ plain data


@cache
def _fields(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


_ATOMS = frozenset((str, int, float, bool, type(None)))


def plain(thing: Any) -> Any:
    """Dictionaries, lists, texts and numbers in place of the classes above."""
    # A large trace has half a million values, nearly all of them atoms: those are not asked twice.
    kind = type(thing)
    if kind is tuple or kind is list:
        return [item if type(item) in _ATOMS else plain(item) for item in thing]
    if kind in _ATOMS or isinstance(thing, (str, int, float)):
        return thing
    if kind is Say:
        return plain_phrase(thing)
    found = {}
    for name in _fields(kind):
        value = getattr(thing, name)
        found[name] = value if type(value) in _ATOMS else plain(value)
    return found

"""What an adapter tells the recorder: neutral facts, no tensor of any engine in them.

A tensor is known by a *key*, a node by another; both are integers that are never used twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from .trace import Place, Value

# Arguments that tell a reader nothing: their text is left out.
UNSAID = frozenset((
    "reduction", "versions", "half_to_float", "layout", "device", "pin_memory", "memory_format", "non_blocking",
))  # fmt: skip


class Seen(NamedTuple):
    """A tensor as it was at one moment."""

    key: int
    memory: int  # the same number for all tensors that share memory
    counter: int  # the same number for all tensors that share a version counter
    shape: tuple[int, ...]
    dtype: str
    version: int = 0
    value: Value | None = None
    is_leaf: bool = True
    requires_grad: bool = False
    grad_fn: str | None = None
    node: int | None = None  # the key of its grad_fn
    output_nr: int = 0
    base: int | None = None  # the key of the tensor that it is a view of
    grad: Value | None = None
    retains_grad: bool = False
    label: str = ""  # what to call it where it has no name: "w.grad"
    mark: int | None = None  # stays the same as long as the contents do; None: nobody knows


class Arg(NamedTuple):
    """One argument of an op: a tensor by its key, or anything else by its text.

    `node`: the key of the node that the tensor had, where it may have been written since.
    """

    slot: str
    key: int | None = None
    node: int | None = None
    text: str = ""
    tracked: bool = False


class Kept(NamedTuple):
    """One thing that a node saved.

    `source`: the position of the argument that it is, or -1 - i for output i; None for anything else, in
    `text`. `copied`: it is a copy of its own, which nobody else can write. `freed`: backward has let it go.
    """

    slot: str
    source: int | None = None
    version: int = 0
    text: str = ""
    copied: bool = False
    freed: bool = False


class Recorded(NamedTuple):
    """The node that an op recorded. `edges`: for each edge the position of its argument, or None."""

    key: int
    name: str
    edges: tuple[int | None, ...]
    saved: tuple[Kept, ...] = ()


class Ran(NamedTuple):
    """An op that ran.

    Where `written` is True `outputs[0]` is the tensor that was written, as it is now, and `others` are all
    living tensors that share its memory, as they are now. `cut`: see NodeView.
    """

    op: str
    args: tuple[Arg, ...]
    outputs: tuple[Seen, ...]
    node: Recorded | None = None
    place: Place | None = None
    written: bool = False
    others: tuple[Seen, ...] = ()
    cut: str | None = None


class Failed(NamedTuple):
    """An error of autograd or of an op, or a warning. `kind`: see ErrorView.

    `args`: of a "refused" op what it was called with, else the tensors that it is about. `details`: plain facts
    of this kind. `backward`: where the learner's own backward() of the node begins.
    """

    kind: str
    message: str
    op: str = ""
    node: int | None = None
    node_name: str = ""
    slot: str | None = None
    key: int | None = None
    saved_version: int | None = None
    now_version: int | None = None
    place: Place | None = None
    args: tuple[Arg, ...] = ()
    details: Mapping[str, Any] = MappingProxyType({})
    backward: Place | None = None
    warning: bool = False

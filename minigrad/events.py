"""Who may watch the engine, and what it tells them.

The engine calls whoever is set in `mode.observer` and knows nobody. When nobody is set, an op pays one
attribute test. An observer gets the engine's own objects: it must not write to them, and should keep
none of them alive (`weakref` them, copy the numbers).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from . import mode

if TYPE_CHECKING:
    from .node import Node
    from .tensor import Tensor


class Observer:
    """What a watcher may override; every method does nothing by default."""

    def op(
        self,
        name: str,
        inputs: tuple[Any, ...],
        outputs: tuple[Tensor, ...],
        node: Node | None,
        before: int | None,
    ) -> None:
        """An op ran. `inputs`: its arguments in order, tensors and others, defaults included.

        `node` is what it recorded, None where it recorded nothing. For an in-place op `outputs[0]` is
        the tensor that was written and `before` its version before the write; else `before` is None. A
        write into a view records a CopySlices, whose output is the view's base.
        A tensor that was made from numbers is the op "tensor", without inputs.
        `x[index] = value` is one op, "__setitem__", with these three as inputs.
        Ops that formulas call during a backward without create_graph are not reported.
        """

    def module_begins(self, module: Any) -> None:
        """A module is called: ops that run until it ends are its own, or those of modules that it calls."""

    def module_ends(self, module: Any) -> None:
        """The call is over, with an error or without."""

    def backward_begins(self, roots: tuple[Tensor, ...], seeds: tuple[Tensor, ...]) -> None:
        """backward() or grad() starts; the seeds are the gradients of the roots."""

    def node_ran(
        self, node: Node, gradients: tuple[Tensor | None, ...], results: tuple[Tensor | None, ...]
    ) -> None:
        """A node ran: the gradients of its outputs came in, `results[i]` goes along its i-th edge."""

    def accumulated(self, leaf: Tensor, gradient: Tensor, before: Tensor | None) -> None:
        """A gradient reached a tensor that keeps it; `before`: a copy of its .grad until then."""

    def hooked(
        self,
        kind: str,
        node: Node,
        number: int | None,
        hook: Callable[..., Any],
        before: tuple[Tensor | None, ...],
        after: tuple[Tensor | None, ...],
    ) -> None:
        """A hook was called, and the gradients were `before` (copies) and are `after`.

        `kind`: "tensor", then it is that of the node's output `number`, a leaf's where the node is its
        AccumulateGrad; "prehook" or "hook" of the node itself; "post accumulate" of the leaf, which has no gradients.
        """

    def freed(self, node: Node) -> None:
        """Backward let go what the node had saved."""

    def backward_ends(self) -> None:
        """backward() or grad() is over, with an error or without."""

    def error(self, error: Exception) -> None:
        """An error of autograd or of an op is about to be raised, or a warning given; see errors.py for its facts.

        An error that passes several of ours, ops made of ops for instance, is told again each time; what its
        facts say last is what the user called.
        """


class _Several(Observer):
    """Hands every event on to several observers, in the order in which they came."""

    def __init__(self, observers: tuple[Observer, ...]) -> None:
        self.observers = observers


def _fan_out(name: str) -> Callable[..., None]:
    def tell_all(self: _Several, *event: Any) -> None:
        for observer in self.observers:
            getattr(observer, name)(*event)

    return tell_all


for _name, _method in list(vars(Observer).items()):
    if callable(_method) and not _name.startswith("_"):
        setattr(_Several, _name, _fan_out(_name))

_watching: list[Observer] = []


def watch(observer: Observer) -> Callable[[], None]:
    """Let `observer` be told of everything from now on; returns the function that ends it."""
    _watching.append(observer)
    _set()

    def unwatch() -> None:
        if observer in _watching:
            _watching.remove(observer)
            _set()

    return unwatch


def _set() -> None:
    if len(_watching) > 1:
        mode.observer = _Several(tuple(_watching))
    else:
        mode.observer = _watching[0] if _watching else None

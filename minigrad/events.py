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
        the tensor that was written and `before` its version before the write; else `before` is None.
        Ops that formulas call during a backward without create_graph are not reported.
        """

    def backward_begins(self, roots: tuple[Tensor, ...], seeds: tuple[Tensor, ...]) -> None:
        """backward() or grad() starts; the seeds are the gradients of the roots."""

    def node_ran(
        self, node: Node, gradients: tuple[Tensor | None, ...], results: tuple[Tensor | None, ...]
    ) -> None:
        """A node ran: the gradients of its outputs came in, `results[i]` goes along its i-th edge."""

    def accumulated(self, leaf: Tensor, gradient: Tensor, before: Tensor | None) -> None:
        """A gradient reached a tensor that keeps it; `before`: a copy of its .grad until then."""

    def freed(self, node: Node) -> None:
        """Backward let go what the node had saved."""

    def backward_ends(self) -> None:
        """backward() or grad() is over, with an error or without."""

    def error(self, error: Exception) -> None:
        """An error of autograd is about to be raised; its facts are in `error.facts` (errors.py)."""


def watch(observer: Observer) -> Callable[[], None]:
    """Let `observer` be told of everything from now on; returns the function that ends it."""
    ...

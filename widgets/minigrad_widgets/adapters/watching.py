"""What is noted of a backward and of errors; and that no failure of ours, and no other thread, comes in the way."""

from __future__ import annotations

import functools
from collections.abc import Callable
from threading import get_ident
from typing import Any

from minigrad.events import Observer
from minigrad.node import AccumulateGrad, Node
from minigrad.tensor import Tensor

from ..places import Spot
from . import failing, hooks
from .looking import copy_of, fitted, kept_now
from .notes import Notes


def guarded(method: Callable[..., None]) -> Callable[..., None]:
    """A watcher must never break what it watches: its own failure ends the watching, and is kept.

    An interrupt is the learner's and goes on. What other threads do is not noted.
    """

    @functools.wraps(method)
    def guarded(self: Watching, *args: Any, **kwargs: Any) -> None:
        if get_ident() != self._thread:
            return
        try:
            method(self, *args, **kwargs)
        except Exception as error:
            self._fail(error)

    return guarded


class Watching(Notes, Observer):
    """The part of MinigradAdapter that is not about ops."""

    def __init__(self, namespace: dict[str, Any] | None = None) -> None:
        super().__init__(namespace)
        self.failure: str | None = None
        self._during: Spot = None  # the line of the backward that runs
        self._hooked = False  # whether it has called hooks
        self._thread = get_ident()  # that of the cells

    def stop(self) -> None:
        """Watch no more. What was recorded stays."""
        raise NotImplementedError

    def _fail(self, error: Exception) -> None:
        self.failure = f"the recording stopped by a fault of its own: {type(error).__name__}: {error}"
        self.stop()

    @guarded
    def backward_begins(self, roots: tuple[Tensor, ...], seeds: tuple[Tensor, ...]) -> None:
        self._during = place = self.places.here()
        keys = [self.tensors.key(root, place) for root in roots]
        self.note("backward", keys, [copy_of(seed._array) for seed in seeds], place)

    @guarded
    def node_ran(self, node: Node, gradients: tuple, results: tuple) -> None:
        if node.meta is not None:
            hooks.note_node(self, node, self._during)
        kept = kept_now(node)
        if kept:
            self.note("keeps", node.seq, kept, self._during)
        came = [None if g is None else copy_of(g._array) for g in gradients]
        went: list[tuple | None] = []
        for target, number, result in zip(node.next, node.numbers, results, strict=False):
            if result is None or target is None:
                went.append(None)
                continue
            raw = result._array
            on = fitted(raw, target, number)
            went.append((copy_of(raw), None if on is raw else copy_of(on)))
        self.note("ran", node.seq, came, went, self._during)

    @guarded
    def accumulated(self, leaf: Tensor, gradient: Tensor, before: Tensor | None) -> None:
        key = self.tensors.key(leaf, self._during)
        hooks.note_tensor(self, leaf, key, self._during)
        grad = leaf._grad
        if grad is not None:
            self.tensors.own(grad, key)
        copies = [None if t is None else copy_of(t._array) for t in (gradient, before, grad)]
        self.note("accumulated", key, *copies, self._during)

    @guarded
    def hooked(
        self, kind: str, node: Node, number: int | None, hook: Callable, before: tuple, after: tuple
    ) -> None:
        key = self.tensors.key(node.variable, self._during) if isinstance(node, AccumulateGrad) else None
        if kind == "post accumulate":
            self.note("changed", self.tensors.look(node.variable, key), self._during)
            return
        pairs = [
            tuple(None if g is None else copy_of(g._array) for g in pair)
            for pair in zip(before, after, strict=True)
        ]
        self._hooked = True
        self.note("hooked", kind, node.seq, key, number, hooks.name_of(self, hook), pairs)

    @guarded
    def freed(self, node: Node) -> None:
        self.note("freed", node.seq, self._during)

    @guarded
    def backward_ends(self) -> None:
        if self._hooked:
            self.note("ended", self._during)
            self._hooked = False
        self._during = None

    @guarded
    def error(self, error: Exception) -> None:
        failing.note(self, error)

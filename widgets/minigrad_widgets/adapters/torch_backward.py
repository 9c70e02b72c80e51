"""One backward() or grad() of torch, seen by hooks on its nodes, which are taken off when it is over.

Ours come after the learner's own, so gradients are told as the learner's hooks left them. Between the two hooks
of a node the ops of its formula come by; from them it is known what was summed over a broadcast.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from ..places import Spot, place_of
from ..trace import Value
from .torch_looking import is_accumulator, is_freed, key_of, value

if TYPE_CHECKING:
    from .torch_notes import Notes
    from .torch_ops import Call

_OWN_SUMS = frozenset(("ExpandBackward0",))  # whose formula is a sum: there is nothing to undo after it


class Backward:
    """Notes what one backward does. `node` is the one that runs: where an error comes up, it is its."""

    def __init__(
        self,
        notes: Notes,
        call: Call | None,
        roots: list[Tensor],
        seeds: list[Tensor | None],
        spot: Spot,
        guard: Any,
    ) -> None:
        """call: notes the ops, where they are recorded. guard(function): the function, whose failure is ours alone."""
        self.call = call
        self.notes, self.tensors, self.place = notes, notes.tensors, place_of(spot)
        self.guard = guard
        self.node: Any = None
        self._starts: list[tuple[int, Value | None]] | None = []
        self._ran: list[
            Any
        ] = []  # nodes that ran, of which it is not known yet whether they keep what they saved
        self._came: tuple[Any, ...] = ()
        self._raw: dict[int, Tensor] = {}  # id of a sum, or of a view of it -> what was summed
        self._alive: list[Any] = []  # so that these ids are nobody else's
        self._handles: list[Any] = []
        for root, seed in zip(roots, seeds, strict=True):
            key = self.tensors.key(root, spot)
            if seed is None and root.numel() == 1:
                seed = torch.ones_like(root)  # as backward() does
            self._starts.append((key, value(seed)))
        self._retained = self._retaining()
        for node in _nodes(roots):
            self._watch(node)

    def _retaining(self) -> dict[tuple[int, int], tuple[Tensor, int, Value | None]]:
        """The tensors that keep their gradient although they are no leaves, with what they have so far."""
        found = {}
        for reference, key in self.tensors.known.values():
            tensor = reference()
            if tensor is not None and tensor.retains_grad and not self.tensors.is_stale(tensor, key):
                end = self.tensors.node(tensor)
                if end is not None:
                    found[end] = tensor, key, value(tensor.grad)
        return found

    def _watch(self, node: Any) -> None:
        if is_accumulator(node):
            before, after = _Accumulation(self, node.variable).hooks()
        else:
            before, after = self._hooks(node)
        self._handles += [node.register_prehook(self.guard(before)), node.register_hook(self.guard(after))]

    def _hooks(self, node: Any) -> tuple[Callable[..., None], Callable[..., None]]:
        return lambda came: self._before(node, came), lambda went, came: self._after(node, went)

    # ------------------------------------------------------------------ as it goes on

    @property
    def has_begun(self) -> bool:
        return self._starts is None

    def begin(self) -> None:
        if self._starts is not None:
            self.notes.note("backprop", "begins", self._starts, self.place)
            self._starts = None

    def op(self, overload: Any, args: Sequence[Any], out: Any) -> None:
        """An op ran."""
        if overload.overloadpacket is torch.ops.aten.sum and self._came:
            shapes = {tuple(g.shape) for g in self._came if g is not None}
            if tuple(args[0].shape) in shapes:
                self._raw[id(out)] = args[0]
                self._alive += [out, args[0]]
        elif overload is torch.ops.aten.view.default and id(args[0]) in self._raw:
            self._raw[id(out)] = self._raw[id(args[0])]
            self._alive.append(out)

    def _before(self, node: Any, came: tuple) -> None:
        self.begin()
        self.freed()
        self.node, self._came = node, came
        for number, gradient in enumerate(came):
            kept = self._retained.get((key_of(node), number))
            if kept is not None and gradient is not None:
                tensor, key, before = kept
                self.tensors.own(tensor.grad, key)
                self.notes.note(
                    "backprop", "accumulated", key, value(gradient), before, value(tensor.grad), self.place
                )

    def _after(self, node: Any, went: tuple) -> None:
        if self.call is not None:
            self.call.flush()
        results: list[tuple[Value | None, Value | None]] = []
        for (target, _), gradient in zip(node.next_functions, went, strict=False):
            if target is None or gradient is None:
                results.append((None, None))
                continue
            raw = None if type(node).__name__ in _OWN_SUMS else self._raw.get(id(gradient))
            on = value(gradient)
            results.append((on if raw is None else value(raw), on))
        self.notes.note("backprop", "ran", key_of(node), [value(g) for g in self._came], results, self.place)
        self._ran.append(node)
        self._rest()

    def _rest(self) -> None:
        self.node, self._came = None, ()
        self._raw.clear()
        self._alive.clear()

    def freed(self) -> None:
        """Note of the nodes that ran which have let go of what they saved."""
        for node in self._ran:
            if is_freed(node):
                self.notes.note("backprop", "freed", key_of(node), self.place)
        self._ran.clear()

    def end(self) -> None:
        for handle in self._handles:
            handle.remove()
        self.freed()
        self._rest()


class _Accumulation:
    """The hooks of the AccumulateGrad of a leaf."""

    def __init__(self, backward: Backward, leaf: Tensor) -> None:
        self.backward, self.leaf = backward, leaf
        self.gradient: Value | None = None
        self.before: Value | None = None

    def hooks(self) -> tuple[Callable[..., None], Callable[..., None]]:
        return self._before, self._after

    def _before(self, came: tuple) -> None:
        self.backward.begin()
        self.backward.freed()
        self.gradient, self.before = value(came[0]), value(self.leaf.grad)

    def _after(self, went: tuple, came: tuple) -> None:
        backward, leaf = self.backward, self.leaf
        key = backward.tensors.key(leaf, None)
        if leaf.grad is not None:
            backward.tensors.own(leaf.grad, key)
        event = (key, self.gradient, self.before, value(leaf.grad), backward.place)
        backward.notes.note("backprop", "accumulated", *event)


def _nodes(roots: list[Tensor]) -> list[Any]:
    """All nodes that a gradient of these tensors may come to."""
    found: dict[Any, None] = {}
    stack = [torch.autograd.graph.get_gradient_edge(root).node for root in roots if root.requires_grad]
    while stack:
        node = stack.pop()
        if node is not None and node not in found:
            found[node] = None
            stack += [target for target, _ in node.next_functions]
    return list(found)


# ------------------------------------------------------------------ who starts one


def arguments(
    func: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any]
) -> tuple[list, list, bool] | None:
    """The roots of a call that starts a backward, their gradients, and whether it is recorded; else None."""
    if func is torch.Tensor.backward:
        names = ("self", "gradient", "retain_graph", "create_graph")
    elif func is torch.autograd.backward:
        names = ("tensors", "grad_tensors", "retain_graph", "create_graph")
    elif func is torch.autograd.grad:
        names = ("outputs", "inputs", "grad_outputs", "retain_graph", "create_graph")
    else:
        return None
    given = {**dict(zip(names, args, strict=False)), **kwargs}
    roots = _list(given.get(names[0]))
    seeds = _list(given.get("gradient", given.get("grad_tensors", given.get("grad_outputs"))))
    if not all(isinstance(root, Tensor) for root in roots):
        return None  # gradient edges
    seeds = [seed if isinstance(seed, Tensor) else None for seed in seeds]
    return roots, (seeds + [None] * len(roots))[: len(roots)], bool(given.get("create_graph"))


def _list(x: Any) -> list[Any]:
    return [] if x is None else [x] if isinstance(x, Tensor) else list(x)

"""Nodes that ask for more than their formulas: leaves, hooks, custom Functions, gradients that are captured.

The loop of engine.py runs plain nodes itself and calls `visit` for all others. The order of hooks is torch's,
see hooks.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import anomaly, hooks, mode
from .broadcast import array_of, fitted
from .mode import local
from .node import AccumulateGrad, Node
from .seen import Seen
from .tensor import Tensor, wrap
from .walk import NOT_ASKED

MOST_LOOKED_AT = 64  # waiting gradients, to find out whether one of them is the same


class Visits:
    """The part of a backward that is not hot. Its fields are set by Run (engine.py)."""

    seeds: list[Any]
    retain_graph: bool
    create_graph: bool
    selective: bool  # only what leads to the inputs is run
    only_root: Node | None
    watcher: Any
    dependencies: dict[Node, int]
    buffers: dict[Node, Any]
    own: dict[Node, int]
    wanted: frozenset[tuple[Node, int]]
    capturing: frozenset[Node]
    stops: set[Node]
    captured: dict[tuple[Node, int], Tensor]
    seen: Seen
    views: list[Tensor | None]

    def comes_to(self, node: Node | None) -> bool:
        """Whether an edge of the graph leads this backward to `node`: none leads to an only root."""
        return self.will_run(node) and (self.selective or node is not self.only_root)

    def will_run(self, node: Node | None) -> bool:
        """Whether this backward runs `node`."""
        return self.dependencies.get(node, NOT_ASKED) > NOT_ASKED

    def visit(self, node: Node, gradient: Any) -> Sequence[Any] | None:
        """Run a node with everything that may be there to be done; None where the gradient ends."""
        stops = node in self.stops
        if not stops and node in self.capturing:
            self._capture(node, gradient)  # in torch from before the hooks, where the node runs, too
        if node.meta is not None:
            gradient = hooks.run_tensor_hooks(node, self._as_tensors(node, gradient), self.watcher)
        if stops:
            self._capture(node, gradient)
            return None
        if type(node) is AccumulateGrad:
            self._accumulate(node, gradient)
            return None
        results = self._run(node, gradient)
        if not self.retain_graph and node.release() and self.watcher is not None:
            self.watcher.freed(node)
        return results

    def _run(self, node: Node, gradient: Any) -> Sequence[Any]:
        gradient = self._as_tensors(node, gradient)
        given = tuple(gradient) if node.outputs > 1 and gradient is not None else (gradient,) * node.outputs
        if node.meta is not None:
            given = hooks.run_prehooks(node, given)
        if all(g is None for g in given) and not getattr(node, "takes_none", False):
            if node.plan is not None:
                node.unpack()  # torch looks at what was saved first: it may be freed, or written
            results: Sequence[Any] = (None,) * len(node.next)
        else:
            around, local.evaluating = local.evaluating, node
            try:
                results = node.apply(*given)
            finally:
                local.evaluating = around
        if self.selective and not getattr(
            node, "takes_none", False
        ):  # a Function computes all, wanted or not
            asked = [self.will_run(n) for n in node.next]
            results = [r if ask else None for r, ask in zip(results, asked, strict=True)]
        if node.meta is not None and node.meta.hooks:
            edges = zip(results, node.next, node.numbers, strict=True)
            going = [r if r is None or n is None else fitted(r, n, k, node, results) for r, n, k in edges]
            results = hooks.run_posthooks(node, tuple(going), given)
        if self.capturing:
            self.views += results
        if mode.anomaly and mode.check_nan:
            anomaly.check(node, results)
        if self.watcher is not None:
            self.watcher.node_ran(node, given, tuple(results))
        return results if self.create_graph else [self.seen.array(r) for r in results]

    def _tell(self, node: Node, gradient: Any, results: Sequence[Any]) -> None:
        """Tell the watcher of a node that ran on bare arrays."""
        given = self._as_tensors(node, gradient)
        given = tuple(given) if node.outputs > 1 else (given,)
        self.watcher.node_ran(node, given, tuple([self.seen.tensor(r) for r in results]))
        if not self.retain_graph and node.plan.releasable:
            self.watcher.freed(node)

    def _as_tensors(self, node: Node, gradient: Any) -> Any:
        """The gradient of a node's output as a tensor, those of several outputs in a list."""
        if isinstance(gradient, list):
            return [self.seen.tensor(part) for part in gradient]
        return self.seen.tensor(gradient, self.own.get(node, 0))

    def _accumulate(self, node: AccumulateGrad, gradient: Any) -> None:
        leaf, watcher = node.variable, self.watcher
        meta = leaf._meta
        count = self.own.get(node)
        fresh = count is not None
        if meta is None and node.meta is None and watcher is None:
            if gradient is not None:
                node.accumulate(gradient, fresh, fresh or not self._is_held(gradient), count or 0)
            return
        alone = fresh or not self._is_held(gradient)
        gradient = came = self._as_tensors(node, gradient)
        if meta is not None and meta.hooks:
            gradient = hooks.run_leaf_hooks(leaf, gradient)
            fresh = False  # a hook may have kept it
        if node.meta is not None and node.meta.prehooks:
            (gradient,) = hooks.run_prehooks(node, (gradient,))
        if gradient is not None:
            before = None
            if watcher is not None and leaf._grad is not None:
                before = wrap(leaf._grad._array.copy())
            if gradient is not came:
                alone = not gradient.requires_grad  # else a hook answered with a tensor that others have
            node.accumulate(gradient, fresh, alone, count or 0)
            if watcher is not None:
                watcher.accumulated(leaf, gradient, before)
        if meta is not None and meta.post_hooks:
            hooks.run_post_accumulate_hooks(leaf)
        if node.meta is not None:
            hooks.run_posthooks(node, (), (gradient,))

    def settle(self, leaf: AccumulateGrad, gradient: Any, fresh: bool, source: Node) -> bool:
        """Capture or accumulate what `source` gives a leaf, if there is nothing else to it; whether it was.

        fresh: it is an array that nobody else has. Only such a one can be accumulated here.
        """
        if leaf.meta is not None or leaf.variable._meta is not None or self.watcher is not None:
            return False
        if mode.anomaly:
            return False
        if not self.capturing:
            leaf.accumulate(gradient, True, True, source.op.written)
        elif fresh and not source.op.written:
            self.captured[leaf, 0] = wrap(gradient)
        else:
            self.captured[leaf, 0] = self.seen.tensor(gradient, source.op.written if fresh else 0)
        return True

    def _is_held(self, gradient: Any) -> bool:
        """Whether another than the leaf is to get this gradient, or has it.

        Where many gradients wait this is taken as no, or it would take as long as there are gradients, for
        each.
        """
        array = array_of(gradient)
        if self.seen.has(array) or any(array_of(seed) is array for seed in self.seeds):
            return True
        return len(self.buffers) <= MOST_LOOKED_AT and any(g is array for g in self.buffers.values())

    def _pass_by(self, node: Node, number: int, seed: Tensor) -> None:
        """The only root, from which no way leads to the inputs: torch comes there, and its hooks run."""
        if isinstance(node, AccumulateGrad):
            hooks.run_leaf_hooks(node.variable, seed)
        elif node.meta is not None:
            seeds = [seed if i == number else None for i in range(node.outputs)]
            hooks.run_tensor_hooks(node, seeds if node.outputs > 1 else seed, self.watcher)

    def _capture(self, node: Node, gradient: Any) -> None:
        gradient = self._as_tensors(node, gradient)
        if isinstance(node, AccumulateGrad):
            gradient = hooks.run_leaf_hooks(node.variable, gradient)
        for number in range(node.outputs):
            if (node, number) in self.wanted:
                part = gradient[number] if node.outputs > 1 and gradient is not None else gradient
                if part is not None:
                    self.captured[node, number] = part

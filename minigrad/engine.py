"""The engine: runs a graph in reverse, without recursion.

Counterpart in PyTorch: torch/csrc/autograd/engine.cpp.

1. Walk from the roots and count, for each node, how many edges lead to it: its dependencies.
2. A node is ready when that many gradients have arrived and were summed. Of the ready nodes the youngest
   runs first (the highest sequence number), an AccumulateGrad before any other.
3. Running a node turns the gradient of its output into those of its inputs and sends them along its edges.
   Then what it saved is let go, unless the graph is to be kept.
"""

from __future__ import annotations

import heapq
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from . import anomaly, dtypes, errors, hooks, mode
from .broadcast import sum_to
from .mode import local
from .node import AccumulateGrad, Node, gradient_edge
from .opnode import OpNode
from .tensor import Tensor, wrap


class Run:
    """One backward through one graph."""

    def __init__(
        self, roots: tuple[Tensor, ...], seeds: list[Tensor], retain_graph: bool, create_graph: bool
    ) -> None:
        self.roots = roots
        self.seeds = seeds
        self.retain_graph = retain_graph
        self.create_graph = create_graph
        self.buffers: dict[Node, Any] = {}  # the gradients that arrived, summed
        self.dependencies: dict[Node, int] = {}
        self.own: set[Node] = set()  # nodes whose buffer is a sum made here, which may be added to in place
        self.ready: list[tuple[int, int, Node]] = []  # a heap, the youngest first
        self.captured: dict[tuple[Node, int], Tensor] = {}

    def execute(self, inputs: tuple[Tensor, ...] | None, accumulate: bool) -> tuple[Tensor | None, ...]:
        """Run it, for all leaves or for `inputs` alone; the gradients of `inputs` if not accumulated."""
        if accumulate and local.tape is not None:
            raise RuntimeError(
                "backward() fills .grad, and a static graph has no values while it is defined: take "
                "graph.gradients(loss, tensors)"
            )
        edges = []
        for i, root in enumerate(self.roots):
            edge = gradient_edge(root)
            if edge[0] is None:
                raise errors.reported(errors.no_graph(root, i))
            edges.append(edge)
        wanted = [] if inputs is None else [self._wanted_edge(t, accumulate) for t in inputs]
        if accumulate and self.create_graph:
            _warn_of_cycle()
        targets = {node for node, _ in wanted}
        # backward() goes on into its inputs, which keep what arrives; grad() stops there and captures it.
        self.wanted = frozenset() if accumulate else frozenset(wanted)
        self.capturing = frozenset() if accumulate else frozenset(targets)
        self._count_dependencies([node for node, _ in edges])
        self.needed = None
        if inputs is not None:
            self.needed = self._leading_to(targets) | (targets if accumulate else set())

        watcher = None if local.quiet else mode.observer
        before = local.grad, local.quiet, local.run
        local.grad, local.run = self.create_graph, self
        if watcher is not None:
            watcher.backward_begins(self.roots, tuple(self.seeds))
            local.quiet = local.quiet or not self.create_graph
        try:
            self._loop(edges, watcher)
            return tuple(self.captured.get(edge) for edge in wanted)
        except Exception as error:
            if watcher is not None:
                watcher.error(error)
            raise
        finally:
            local.grad, local.quiet, local.run = before
            if watcher is not None:
                watcher.backward_ends()

    def _count_dependencies(self, roots: list[Node]) -> None:
        counts = self.dependencies
        stack = list(dict.fromkeys(roots))
        counts.update(dict.fromkeys(stack, 0))
        while stack:
            for node in stack.pop().next:
                if node is not None:
                    if node in counts:
                        counts[node] += 1
                    else:
                        counts[node] = 1
                        stack.append(node)

    def _leading_to(self, targets: set[Node | None]) -> set[Node | None]:
        """The nodes from which an edge or a path of edges leads to one of `targets`."""
        leads: dict[Node, bool] = {}  # to a target, or is one
        run: set[Node | None] = set()
        stack = [(node, False) for node in self.dependencies]
        while stack:
            node, children_done = stack.pop()
            if children_done:
                below = any(leads[n] for n in node.next if n is not None)
                leads[node] = below or node in targets
                if below:
                    run.add(node)
            elif node not in leads:
                leads[node] = False  # a graph has no cycle: nobody asks before it is known
                stack.append((node, True))
                stack.extend((n, False) for n in node.next if n is not None and n not in leads)
        return run

    def will_run(self, node: Node) -> bool:
        """Whether this backward comes to `node`."""
        if self.needed is None:
            return node in self.dependencies
        return node in self.needed or node in self.capturing

    def _wanted_edge(self, tensor: Tensor, keep: bool) -> tuple[Node | None, int]:
        """Where the gradient of an input arrives; `keep`: the tensor is to keep it."""
        if keep and not (tensor.is_leaf and tensor.requires_grad):
            hooks.retain_grad(tensor)
        elif not tensor.requires_grad:
            raise errors.reported(RuntimeError("One of the differentiated Tensors does not require grad"))
        return gradient_edge(tensor)

    # ------------------------------------------------------------------ the loop

    def _loop(self, edges: list[tuple[Node, int]], watcher: Any) -> None:
        """Send the seeds, then run one ready node after the other, the youngest first.

        In short: take a node from the heap `ready`, run it on what `buffers` holds for it, deliver the results
        along its edges. The shortcut: of the nodes that get ready by this, one goes on at once, without a way
        through buffers and heap. In a chain of nodes that is every one.
        """
        needed, capturing = self.needed, self.capturing
        release = not self.retain_graph
        plainly = needed is None and not mode.anomaly
        for (node, number), seed in zip(edges, self.seeds, strict=True):
            self._add(node, number, self._fitted(seed, node, number))
        for node in dict.fromkeys(node for node, _ in edges):
            if not self.dependencies[node]:
                self._push(node)
        try:
            while self.ready:
                node = heapq.heappop(self.ready)[2]
                gradient = self.buffers.pop(node, None)
                while node is not None:
                    if node.meta is not None:
                        gradient = hooks.run_tensor_hooks(node, gradient, watcher)
                    if capturing and node in capturing:
                        self._capture(node, gradient)
                    if needed is not None and node not in needed:
                        break  # from here no path leads to what is wanted
                    if type(node) is AccumulateGrad:
                        self._accumulate(node, gradient, watcher)
                        break
                    if plainly and node.meta is None and node.outputs == 1 and gradient is not None:
                        results = node.apply(gradient)
                        if watcher is not None:
                            watcher.node_ran(node, (gradient,), tuple(results))
                    else:
                        results = self._run(node, gradient, watcher)
                    if release and node.release() and watcher is not None:
                        watcher.freed(node)
                    node, gradient = self._deliver(node, gradient, results)
        except Exception:
            if mode.anomaly:
                anomaly.explain(node)
            raise

    def _push(self, node: Node) -> None:
        heapq.heappush(self.ready, (-node.seq, id(node), node))

    def _deliver(
        self, node: Node, gradient: Any, results: Sequence[Tensor | None]
    ) -> tuple[Node | None, Tensor | None]:
        """Send `results` along the edges of `node`. Returns what is to run at once, and its gradient.

        That is the youngest of the nodes that get ready here, if no older one waits in the heap; None where
        the heap has to be asked.
        """
        buffers, dependencies = self.buffers, self.dependencies
        following = arrived = None
        for target, number, result in zip(node.next, node.numbers, results):  # noqa: B905 (this is hot)
            if target is None:
                continue
            waiting = dependencies[target] - 1
            dependencies[target] = waiting
            if result is not None:
                array = result._array
                if array.shape != target.shape or array.dtype is not target.dtype or target.outputs > 1:
                    result = self._fitted(result, target, number, node, results)
                if target in buffers or target.outputs > 1:
                    self._add(target, number, result)
                    result = None if waiting else buffers.pop(target)
                else:
                    if waiting:
                        buffers[target] = result
                    if (waiting or type(target) is AccumulateGrad) and is_fresh(result, node, gradient):
                        self.own.add(target)
            elif not waiting:
                result = buffers.pop(target, None)
            if waiting:
                continue
            if following is not None:
                if target.seq > following.seq:
                    following, arrived, target, result = target, result, following, arrived
                buffers[target] = result
                self._push(target)
            else:
                following, arrived = target, result
        if following is not None and self.ready and -following.seq > self.ready[0][0]:
            buffers[following] = arrived
            self._push(following)
            return None, None
        return following, arrived

    def _add(self, node: Node, number: int, gradient: Tensor) -> None:
        """Add to what has arrived at the node's output `number`."""
        buffers = self.buffers
        if node.outputs > 1:
            slots = buffers.setdefault(node, [None] * node.outputs)
            slots[number] = gradient if slots[number] is None else slots[number] + gradient
        elif node not in buffers:
            buffers[node] = gradient
        elif node in self.own and not self.create_graph:
            total = buffers[node]
            np.add(total._array, gradient._array, total._array)
            total.storage.version += 1
        else:
            buffers[node] = buffers[node] + gradient
            self.own.add(node)  # the sum is this run's: what comes next is added in place

    def _fitted(
        self, gradient: Tensor, node: Node, number: int, source: Node | None = None, results: Any = ()
    ) -> Tensor:
        """The gradient in the shape and dtype of the node's output: broadcasting undone, promotion too."""
        shape, dtype = node.shape, node.dtype
        if node.outputs > 1:
            shape, dtype = shape[number], dtype[number]
        if gradient._array.shape != shape:
            if not _can_sum_to(gradient._array.shape, shape):
                if source is None:
                    raise RuntimeError(
                        f"invalid gradient at index {number} - got {list(gradient._array.shape)} but expected "
                        f"shape compatible with {list(shape)}"
                    )
                edges = enumerate(zip(results, source.next, source.numbers, strict=True))
                index = next(i for i, (r, n, k) in edges if r is gradient and n is node and k == number)
                raise RuntimeError(
                    f"Function {source.name()} returned an invalid gradient at index {index} - got "
                    f"{list(gradient._array.shape)} but expected shape compatible with {list(shape)}"
                )
            gradient = sum_to(gradient, shape)
        if gradient._array.dtype != dtype:
            gradient = gradient.to(dtypes.of(dtype))
        return gradient

    def _run(self, node: Node, gradient: Any, watcher: Any) -> Sequence[Tensor | None]:
        given = tuple(gradient) if node.outputs > 1 and gradient is not None else (gradient,)
        if gradient is None and not getattr(node, "takes_none", False):
            return (None,) * len(node.next)
        if node.meta is not None:
            given = hooks.run_prehooks(node, given)
        around, local.evaluating = local.evaluating, node
        try:
            results = node.apply(*given)
        finally:
            local.evaluating = around
        if self.needed is not None:
            asked = [n in self.needed or n in self.capturing for n in node.next]
            results = [r if ask else None for r, ask in zip(results, asked, strict=True)]
        if node.meta is not None:
            results = hooks.run_posthooks(node, tuple(results), given)
        if mode.anomaly and mode.check_nan:
            anomaly.check(node, results)
        if watcher is not None:
            watcher.node_ran(node, given, tuple(results))
        return results

    def _accumulate(self, node: AccumulateGrad, gradient: Tensor | None, watcher: Any) -> None:
        leaf = node.variable
        meta = leaf._meta
        if gradient is None:
            return
        fresh = node in self.own
        if meta is not None and meta.hooks:
            gradient = hooks.run_leaf_hooks(leaf, gradient)
            fresh = False  # a hook may have kept it
        if node.meta is not None and node.meta.prehooks:
            (gradient,) = hooks.run_prehooks(node, (gradient,))
        before = None
        if watcher is not None and leaf._grad is not None:
            before = wrap(leaf._grad._array.copy())
        node.accumulate(gradient, fresh)
        if watcher is not None:
            watcher.accumulated(leaf, gradient, before)
        if meta is not None and meta.post_hooks:
            for hook in list(meta.post_hooks.values()):
                hook(leaf)
        if node.meta is not None:
            hooks.run_posthooks(node, (), (gradient,))

    def _capture(self, node: Node, gradient: Any) -> None:
        if isinstance(node, AccumulateGrad) and gradient is not None:
            gradient = hooks.run_leaf_hooks(node.variable, gradient)
        for number in range(node.outputs):
            if (node, number) in self.wanted:
                part = gradient[number] if node.outputs > 1 and gradient is not None else gradient
                if part is not None:
                    self.captured[node, number] = part


def is_fresh(result: Tensor, node: Node, gradient: Tensor) -> bool:
    """Whether nobody else holds `result`: a table op makes new tensors, unless it hands its gradient on."""
    return result is not gradient and result._view is None and node.meta is None and isinstance(node, OpNode)


def _warn_of_cycle() -> None:
    warnings.warn(
        "Using backward() with create_graph=True will create a reference cycle between the parameter and "
        "its gradient which can cause a memory leak. We recommend using autograd.grad when creating the "
        "graph to avoid this. If you have to use this function, make sure to reset the .grad fields of "
        "your parameters to None after use to break the cycle and avoid the leak.",
        UserWarning,
        stacklevel=5,
    )


def _can_sum_to(shape: tuple[int, ...], target: tuple[int, ...]) -> bool:
    if len(shape) < len(target):
        return False
    return all(n in (1, m) for n, m in zip(target[::-1], shape[::-1], strict=False))

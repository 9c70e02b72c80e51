"""The engine: runs a graph in reverse, without recursion.

Counterpart in PyTorch: torch/csrc/autograd/engine.cpp.

1. Walk from the roots and count, for each node, how many edges lead to it: its dependencies.
2. A node is ready when that many gradients have arrived and were summed. Of the ready nodes the youngest
   runs first (the highest sequence number), an AccumulateGrad before any other.
3. Running a node turns the gradient of its output into those of its inputs and sends them along its edges.
   Then what it saved is let go, unless the graph is to be kept.

Gradients on their way are tensors where this backward is recorded itself (create_graph). Else they are bare
arrays (of no dimensions also NumPy's scalars), nodes run the short form of their formulas (bare.py), and a
tensor is made where somebody looks: a hook, a custom Function, who asked for the gradient.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from heapq import heappop, heappush
from typing import Any

import numpy as np
from numpy import ndarray

from . import anomaly, errors, hooks, mode
from .broadcast import fitted
from .mode import local
from .node import AccumulateGrad, Node, gradient_edge
from .seen import Seen
from .strides import is_dense
from .tensor import Tensor, wrap
from .views import make_views
from .visits import Visits
from .walk import dependencies, dependencies_towards


class LeafKey(int):
    """The key of a leaf in the heap: one number for all of them, as in torch, whose heap decides as this one."""

    leaf: AccumulateGrad


class Run(Visits):
    """One backward through one graph."""

    def __init__(
        self, roots: tuple[Tensor, ...], seeds: list[Tensor], retain_graph: bool, create_graph: bool
    ) -> None:
        self.roots = roots
        self.seeds = seeds
        self.retain_graph = retain_graph
        self.create_graph = create_graph
        self.buffers: dict[Node, Any] = {}  # the gradients that arrived, summed
        self.dependencies: dict[Node, int] = {}  # how many gradients are still to arrive (walk.py)
        # Nodes whose buffer is an array made here, to be added to in place, and how often that was done.
        self.own: dict[Node, int] = {}
        # A heap of keys, the youngest first, and the nodes by their keys. (Tuples of both would be as many
        # objects for the garbage collector to look through.)
        self.ready: list[int] = []
        self.by_key: dict[int, Node] = {}
        self.captured: dict[tuple[Node, int], Tensor] = {}
        self.seen = Seen()
        self.views: list[Tensor | None] = []  # tensors to be captured, or that came with them

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
        # backward() goes on into its inputs, which keep what arrives; grad() stops there and captures it.
        self.wanted = frozenset() if accumulate else frozenset(wanted)
        self.capturing = frozenset([node for node, _ in self.wanted])
        self.stops: set[Node] = set()  # they capture, and are not run
        self.selective = inputs is not None
        starts = [node for node, _ in edges]
        self.only_root = starts[0] if len(starts) == 1 else None
        if inputs is None:
            self.dependencies = dependencies(starts)
        else:
            targets = [node for node, _ in wanted]
            self.dependencies, self.stops = dependencies_towards(starts, targets, run_them=accumulate)

        watcher = None if local.quiet else mode.observer
        self.watcher = watcher
        enabled, *before = local.enabled, local.quiet, local.run
        try:
            mode.set_grad(self.create_graph)
            local.run = self
            if watcher is not None:
                watcher.backward_begins(self.roots, tuple([self.seen.tensor(seed) for seed in self.seeds]))
                local.quiet = local.quiet or not self.create_graph
            self._loop(edges)
            return tuple([self.captured.get(edge) for edge in wanted])
        except Exception as error:
            if watcher is not None:
                watcher.error(error)
            raise
        finally:
            local.quiet, local.run = before
            mode.set_grad(enabled)
            if watcher is not None:
                watcher.backward_ends()

    def _wanted_edge(self, tensor: Tensor, keep: bool) -> tuple[Node | None, int]:
        """Where the gradient of an input arrives; `keep`: the tensor is to keep it."""
        if keep and not (tensor.is_leaf and tensor.requires_grad):
            hooks.retain_grad(tensor)
        elif not tensor.requires_grad:
            error = RuntimeError("One of the differentiated Tensors does not require grad")
            raise errors.about(error, "input is a constant", tensor)
        return gradient_edge(tensor)

    # ------------------------------------------------------------------ the loop

    def _loop(self, edges: list[tuple[Node, int]]) -> None:
        """Send the seeds, then run one ready node after the other, the youngest first.

        In short: take a node from the heap `ready`, run it on what `buffers` holds for it, send the results
        along its edges. The shortcut: of the nodes that get ready by this, the youngest goes on at once, without a
        way through buffers and heap, unless an even younger one waits there. In a chain that is every one.
        A leaf that nobody watches gets its gradient on the spot (`settle`): it would be the next one anyway.
        """
        buffers, dependencies, own = self.buffers, self.dependencies, self.own
        ready, by_key = self.ready, self.by_key
        capturing, release, add = self.capturing, not self.retain_graph, np.add
        recorded, watcher, plainly = self.create_graph, self.watcher, not mode.anomaly
        for (node, number), seed in zip(edges, self.seeds, strict=True):
            if self.will_run(node):
                seed = fitted(seed, node, number)
                self._add(node, number, seed if self.create_graph else self.seen.array(seed))
            elif len(edges) == 1:
                self._pass_by(node, number, self.seen.tensor(seed))
        for node in dict.fromkeys(node for node, _ in edges):
            if dependencies.get(node) == 0:
                self._push(node)
        try:
            while ready:
                key = heappop(ready)
                node = by_key.pop(key) if type(key) is int else key.leaf
                gradient = buffers.pop(node, None)
                while node is not None:
                    plan = node.plan
                    if (
                        plainly
                        and plan is not None
                        and gradient is not None
                        and node.meta is None
                        and (not capturing or node not in capturing)
                    ):
                        compute = plan.on_tensors if recorded else plan.on_arrays
                        if compute is None:
                            compute = node.compile(plan, recorded)
                        captured = capturing and not capturing.isdisjoint(node.next)
                        results = compute(node, gradient, release and not captured and watcher is None)
                        if captured and not recorded:
                            results = self._with_views(node, gradient, results)
                        private = not recorded  # nobody else has them
                        if watcher is not None:
                            self._tell(node, gradient, results)
                        if release and (captured or watcher is not None):
                            node.release()
                    else:
                        results = self.visit(node, gradient)
                        if results is None:
                            break
                        # Nobody else has them, unless a hook saw them, or gave what the node handed on.
                        private = not recorded and plan is not None and not (node.meta and node.meta.hooked)
                    following = arrived = None
                    for target, number, result in zip(node.next, node.numbers, results):  # noqa: B905 (hot)
                        if target is None:
                            continue
                        waiting = dependencies[target] - 1
                        if waiting:
                            if waiting < 0:
                                continue  # nobody asks for it
                            dependencies[target] = waiting
                        if result is not None:
                            array = result._array if recorded else result
                            several = (
                                False  # whether the target has a list of outputs; then its shape is one, too
                            )
                            if array.shape != target.shape or array.dtype is not target.dtype:
                                result = fitted(result, target, number, node, results)
                                several = target.outputs > 1
                            if target in own:
                                total = buffers[target]
                                if type(total) is ndarray:
                                    add(total, result, total)
                                else:
                                    buffers[target] = total + result
                                own[target] += 1
                                if waiting:
                                    continue
                                result = buffers.pop(target)
                            elif several or target in buffers:
                                self._add(target, number, result)
                                if waiting:
                                    continue
                                result = buffers.pop(target)
                            elif waiting:
                                if private and result.base is None and result is not gradient:
                                    own[target] = node.op.written
                                buffers[target] = result
                                continue
                            elif type(target) is AccumulateGrad and type(following) is not AccumulateGrad:
                                fresh = private and result.base is None and result is not gradient
                                if (fresh or capturing) and self.settle(target, result, fresh, node):
                                    continue
                                if fresh:
                                    own[target] = node.op.written
                        elif waiting:
                            continue
                        else:
                            result = buffers.pop(target, None)
                        if following is not None:
                            if target.seq >= following.seq:
                                following, arrived, target, result = target, result, following, arrived
                            buffers[target] = result
                            self._push(target)
                        else:
                            following, arrived = target, result
                    if following is not None and ready and -following.seq >= ready[0]:
                        buffers[following] = arrived
                        self._push(following)
                        break
                    node, gradient = following, arrived
        except Exception:
            if mode.anomaly:
                anomaly.explain(node)
            raise

    def _with_views(self, node: Node, gradient: Any, results: Sequence[Any]) -> Sequence[Any]:
        """What `node` answered on arrays; where one is captured that is a view, it is noted whose."""
        for target, result in zip(node.next, results):  # noqa: B905 (hot)
            if result is None or result.base is None or result is gradient or target not in self.capturing:
                continue
            if self.dependencies[target] != 1 or target in self.buffers:
                continue  # it becomes a part of a sum
            given = self._as_tensors(node, gradient)
            if node.outputs > 1 or not _looks_into(result, given._array):
                # Of something in between: the formulas for tensors know.
                tensors = node.apply(*given) if node.outputs > 1 else node.apply(given)
                self.views += tensors
                return [self.seen.array(t) for t in tensors]
            view = wrap(result)
            make_views(given, [view], many=False)
            self.views.append(view)
            self.seen.array(view)
        return results

    def _push(self, node: Node) -> None:
        if type(node) is AccumulateGrad:
            key = LeafKey(-node.seq)
            key.leaf = node
        else:
            key = -node.seq
            self.by_key[key] = node
        heappush(self.ready, key)

    def _add(self, node: Node, number: int, gradient: Any) -> None:
        """Add to what has arrived at the node's output `number`."""
        buffers = self.buffers
        if node.outputs > 1:
            slots = buffers.setdefault(node, [None] * node.outputs)
            slots[number] = gradient if slots[number] is None else self._sum(slots[number], gradient)
        elif node not in buffers:
            buffers[node] = gradient
        else:
            before = buffers.pop(node)
            buffers[node] = self._sum(before, gradient)
            if self.create_graph:
                return
            # The sum is this run's: what comes next is added in place.
            self.own[node] = 0
            if (
                node.plan is None
                or node.meta is not None
                or self.watcher is not None
                or node in self.capturing
            ):
                # Somebody may see how often. torch adds to the first one in place, too, if nobody else has it.
                dense = type(before) is ndarray and (before.flags.c_contiguous or is_dense(before))
                alone = dense and not self._is_held(before)
                self.own[node] = int(before is not gradient and alone)

    def _sum(self, one: Any, other: Any) -> Any:
        return one + other if self.create_graph else np.add(one, other, out=...)


def _looks_into(view: ndarray, array: ndarray) -> bool:
    return view.base is array or (array.base is not None and view.base is array.base)


def _warn_of_cycle() -> None:
    warnings.warn(
        "Using backward() with create_graph=True will create a reference cycle between the parameter and "
        "its gradient which can cause a memory leak. We recommend using autograd.grad when creating the "
        "graph to avoid this. If you have to use this function, make sure to reset the .grad fields of "
        "your parameters to None after use to break the cycle and avoid the leak.",
        UserWarning,
        stacklevel=5,
    )

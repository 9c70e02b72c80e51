"""MinigradAdapter: watches minigrad and tells a Recorder what it sees.

    adapter = MinigradAdapter(namespace)        the notebook's names
    adapter.start()
    adapter.begin_cell("[1]", source, filename)
    ...                                         the cell runs
    adapter.end_cell()
    adapter.trace()

While a cell runs it notes small tuples, each with the method that will make facts of it (telling.py). No
tensor and no node is kept alive: a tensor is known by its id and a weak reference, a node by its sequence
number, numbers are copied. Of a long run only the last MOST_EVENTS stay, the others are counted.

The modules of this folder are the only ones that know the engine and the model.
"""

from __future__ import annotations

import functools
import weakref
from collections import deque
from collections.abc import Callable
from sys import _getframe
from typing import Any

from minigrad import mode
from minigrad.events import Observer, watch
from minigrad.inplace import CopySlices
from minigrad.node import Node, next_sequence_nr
from minigrad.opnode import OpNode
from minigrad.tensor import Tensor

from ..recorder import Recorder
from ..trace import Trace
from ..values import MOST_NUMBERS
from . import graph
from .looking import copy_of, failed_of, fitted, is_list, recording_of, text_of
from .telling import Telling
from .tensors import Entry, Tensors
from .whereabouts import Spot, Whereabouts

MOST_EVENTS = 3000
_PLAIN = frozenset((int, float, bool, str, type(None)))  # arguments that can be kept as they are
_ALIASING = frozenset(("detach", "data"))  # ops whose output shares memory and is nobody's view
_LEAVING = frozenset(("detach", "data", "item", "numpy"))  # ops that leave the graph by their nature


def _guarded(method: Callable[..., None]) -> Callable[..., None]:
    """A watcher must never break what it watches: its own failure ends the watching, and is kept."""

    @functools.wraps(method)
    def guarded(self: MinigradAdapter, *args: Any, **kwargs: Any) -> None:
        try:
            method(self, *args, **kwargs)
        except Exception as error:
            self._fail(error)

    return guarded


class MinigradAdapter(Observer):
    """Watches minigrad while the cells of a notebook run.

    namespace: the dictionary of the learner's names; code whose globals it is counts as the learner's.
    `failure` is None, or one line about why it had to stop watching.
    """

    def __init__(self, namespace: dict[str, Any] | None = None) -> None:
        self.recorder = Recorder()
        self.failure: str | None = None
        self.tensors = Tensors(self._met)
        self.graph_told: set[int] = set()  # the nodes that graph.py told
        self._where = Whereabouts({} if namespace is None else namespace, self.recorder.code, self._assigned)
        self._telling = Telling(self.recorder)
        self._events: deque[tuple] = deque(maxlen=MOST_EVENTS)
        self._count = 0  # of all events since the last telling
        self._unwatch: Callable[[], None] | None = None
        self._first_seq = 0  # nodes from this number on were made while watching
        self._copies: set[int] = set()  # the CopySlices nodes that were told
        self._names: dict[str, int | None] = {}  # as they were told
        self._overwritten: int | None = None  # the version before the write that is being told
        self._during: Spot = None  # the line of the backward that runs

    # ------------------------------------------------------------------ the live view's side

    def start(self) -> None:
        """Watch from now on."""
        if self._unwatch is None:
            self._first_seq = next_sequence_nr()
            self._unwatch = watch(self)
            self.failure = None

    def stop(self) -> None:
        """Watch no more. What was recorded stays."""
        if self._unwatch is not None:
            self._unwatch()
            self._unwatch = None

    def _fail(self, error: Exception) -> None:
        self.failure = f"the recording stopped by a fault of its own: {type(error).__name__}: {error}"
        self.stop()

    def begin_cell(self, label: str, source: str, filename: str) -> None:
        """A cell is about to run. filename: that of its code objects."""
        self._tell()
        self._where.begin(self.recorder.begin(label, source), source, filename)

    def end_cell(self, namespace: dict[str, Any] | None = None, error: BaseException | None = None) -> None:
        """The cell has run, or stopped with an error. namespace: the names, where they moved elsewhere.

        Errors of autograd were told when they were raised; any other is nobody's business here. Raises
        RuntimeError where the watching failed while the cell ran.
        """
        if self.failure is not None:
            raise RuntimeError(self.failure)
        if namespace is not None:
            self._where.namespace = namespace
        self._scan()
        self._tell()
        self.recorder.settle(self.tensors.forget())

    def trace(self) -> Trace:
        """What was recorded of everything that hangs together with the notebook's tensors."""
        return self.recorder.trace()

    def read(self, tensors: tuple[Tensor, ...]) -> Trace:
        """The graph of these tensors, as it is, with the names of what is in it; no watching, no steps."""
        self._first_seq = next_sequence_nr()
        for tensor in tensors:
            self.tensors.entry(tensor, None)
        for name, value in self._where.namespace.items():
            if isinstance(value, Tensor) and self.tensors.find(value) is not None:
                self._assigned(name, value, None)
        self._tell()
        drafts = self.recorder.drafts
        self.recorder.settle(self.tensors.forget())
        drafts.steps.clear()
        return drafts.freeze(set(drafts.entities))

    def _scan(self) -> None:
        """All names as they are now, and what changed of their tensors without an op."""
        places = self._where.places
        named = {
            name: value
            for name, value in list(self._where.namespace.items())
            if isinstance(value, Tensor) and name[:1] != "_"
        }
        for name in self._names.keys() - named.keys():
            self._assigned(name, None, places.line_of(""))
        for name, value in named.items():
            self._assigned(name, value, places.line_of(name))
        for tensor in {id(value): value for value in named.values()}.values():
            entry = self.tensors.entry(tensor, None)
            self.note(Telling.changed, self.tensors.look(tensor, entry[1]), places.line_of(""))

    def _tell(self) -> None:
        """Make facts of what was noted."""
        events, self._events = self._events, deque(maxlen=MOST_EVENTS)
        self.recorder.drafts.dropped += self._count - len(events)
        self._count = 0
        self._telling.tensors = {key: ref for ref, key in self.tensors.known.values()}
        for tell, *event in events:
            tell(self._telling, *event)

    def note(self, *event: Any) -> None:
        """Keep an event: a method of Telling and its arguments."""
        self._events.append(event)
        self._count += 1

    # ------------------------------------------------------------------ names and tensors that come up

    def _assigned(self, name: str, value: Any, place: Spot) -> None:
        """A name may mean another tensor than before."""
        if isinstance(value, Tensor):
            if name[:1] == "_":  # IPython's own: _, __, _1
                return
            key = self.tensors.entry(value, place)[1]
        elif name in self._names:
            key = None
        else:
            return
        if self._names.get(name) != key:
            self._names[name] = key
            self.note(Telling.name, name, key, place)

    def _met(self, tensor: Tensor, entry: Entry, place: Spot) -> None:
        """A tensor that no op is known to have made."""
        node = tensor._node
        if node is not None and node.seq < self._first_seq and graph.tell(self, node, place):
            return  # it was told with its graph
        look = self.tensors.look(tensor, entry[1])
        if self._overwritten is not None:
            look = look._replace(version=self._overwritten, copy=(None, *look.copy[1:3]))
        self.note(Telling.meet, look, place)

    def arg(self, x: Any, place: Spot) -> Any:
        """An argument as it is noted: a tensor by its key, anything else in a tuple."""
        if not isinstance(x, Tensor):
            return (x if type(x) in _PLAIN else text_of(x),)
        key = self.tensors.entry(x, place)[1]
        if x._view is not None:
            self._use_view(x, key, place)
        return key

    def _use_view(self, view: Tensor, key: int, place: Spot) -> None:
        if self.tensors.moved(view, key):
            self.note(Telling.renewed, self.tensors.look(view, key), place)

    # ------------------------------------------------------------------ ops

    def op(self, name: str, inputs: tuple, outputs: tuple, node: Node | None, before: int | None) -> None:
        try:
            # The learner's innermost frame; between it and this one are at least the op's and `report`.
            frame, where = _getframe(3), self._where
            namespace = where.namespace
            while frame is not None and frame.f_globals is not namespace:
                frame = frame.f_back
            place = None if frame is None else where.at(frame)
            # The short way: plain arguments, one output that shares no memory, a node of the op table.
            if before is None and len(outputs) == 1 and name not in _ALIASING:
                out = outputs[0]
                if out._view is None and (node is None or isinstance(node, OpNode) and node.meta is None):
                    tensors = self.tensors
                    known = tensors.known
                    args: list[Any] = []
                    for x in inputs:
                        if type(x) is Tensor:
                            entry = known.get(id(x))
                            if entry is None or entry[0]() is not x:
                                entry = tensors.meet(x, place)
                            elif x._view is not None:
                                self._use_view(x, entry[1], place)
                            args.append(entry[1])
                        elif type(x) in _PLAIN:
                            args.append((x,))
                        else:
                            break
                    else:
                        tensors.last_key = key = tensors.last_key + 1
                        known[id(out)] = (weakref.ref(out), key)
                        array = out._array
                        if array.size <= MOST_NUMBERS:
                            copy = (array.tobytes(), array.dtype, array.shape)
                        else:
                            copy = copy_of(array)
                        if node is None:
                            event = (Telling.op, name, args, key, copy, None, _cut(name, inputs), place)
                        else:
                            recorded = (node.seq, node.__class__, node.plan, node.versions)
                            event = (Telling.op, name, args, key, copy, recorded, None, place)
                        self._events.append(event)
                        self._count += 1
                        return
            self._any_op(name, inputs, outputs, node, before, place)
        except Exception as error:
            self._fail(error)

    def _any_op(
        self, name: str, inputs: tuple, outputs: tuple, node: Node | None, before: int | None, place: Spot
    ) -> None:
        cut = None if node is not None else _cut(name, inputs)
        if not outputs and not cut:
            return
        tensors = self.tensors
        if before is not None:
            self._overwritten = before
            try:
                tensors.entry(outputs[0], place)
            finally:
                self._overwritten = None
        args = [self.arg(item, place) for x in inputs for item in (x if is_list(x) else (x,))]
        if before is not None:
            self._write(name, inputs, outputs[0], node, args, cut, place)
            return
        recording = None if node is None else recording_of(node, inputs, name)
        entries = [tensors.new(out) for out in outputs]
        for out, entry in zip(outputs, entries, strict=True):
            if out._view is not None or name in _ALIASING:
                tensors.share(tensors.entry(inputs[0], place), entry)
        looks = [tensors.look(out, entry[1]) for out, entry in zip(outputs, entries, strict=True)]
        self.note(Telling.any_op, name, args, looks, recording, cut, place)

    def _write(
        self,
        name: str,
        inputs: tuple,
        target: Tensor,
        node: Node | None,
        args: list,
        cut: str | None,
        place: Spot,
    ) -> None:
        """An in-place op. For the graph a write into a view is one into its base."""
        tensors = self.tensors
        if target._view is not None:
            base = target._view.base
            node = base._node
            if not isinstance(node, CopySlices) or node.seq in self._copies:
                node = None
            args.append(tensors.entry(base, place)[1])
        if node is not None:
            self._copies.add(node.seq)
        recording = None if node is None else recording_of(node, inputs, name)
        key = tensors.entry(target, place)[1]
        others = [tensors.look(other, k) for other, k in tensors.sharing(target, key)]
        self.note(
            Telling.any_op, name, args, [tensors.look(target, key)], recording, cut, place, True, others
        )

    # ------------------------------------------------------------------ backward

    @_guarded
    def backward_begins(self, roots: tuple[Tensor, ...], seeds: tuple[Tensor, ...]) -> None:
        self._during = place = self._where.here()
        keys = [self.tensors.entry(root, place)[1] for root in roots]
        self.note(Telling.backward, keys, [copy_of(seed._array) for seed in seeds], place)

    @_guarded
    def node_ran(self, node: Node, gradients: tuple, results: tuple) -> None:
        came = [None if g is None else copy_of(g._array) for g in gradients]
        went: list[tuple | None] = []
        for target, number, result in zip(node.next, node.numbers, results, strict=False):
            if result is None or target is None:
                went.append(None)
                continue
            raw = result._array
            on = fitted(raw, target, number)
            went.append((copy_of(raw), None if on is raw else copy_of(on)))
        self.note(Telling.ran, node.seq, came, went, self._during)

    @_guarded
    def accumulated(self, leaf: Tensor, gradient: Tensor, before: Tensor | None) -> None:
        key = self.tensors.entry(leaf, self._during)[1]
        grad = leaf._grad
        if grad is not None:
            self.tensors.own(grad, key)
        copies = [None if t is None else copy_of(t._array) for t in (gradient, before, grad)]
        self.note(Telling.accumulated, key, *copies, self._during)

    @_guarded
    def freed(self, node: Node) -> None:
        self.note(Telling.freed, node.seq, self._during)

    @_guarded
    def backward_ends(self) -> None:
        self._during = None

    @_guarded
    def error(self, error: Exception) -> None:
        place = self._where.here()
        facts = getattr(error, "facts", None)
        tensor = getattr(facts, "tensor", None)
        if tensor is None:
            tensor = next(iter(getattr(facts, "tensors", ())), None)
        key = None
        if tensor is not None:
            entry = self.tensors.find(tensor)
            if entry is None and facts.kind != "version":
                entry = self.tensors.meet(tensor, place)
            # The tensor of a version error may be a stand-in made for its text; then the slot says which it is.
            key = entry and entry[1]
        self.note(Telling.failed, failed_of(error, facts, key), place)


def _cut(name: str, inputs: tuple) -> str | None:
    """Why no gradient comes back through an op that recorded nothing; None where nobody asked for one."""
    for x in inputs:
        for item in x if type(x) in (list, tuple) else (x,):
            if isinstance(item, Tensor) and item._requires_grad:
                if name in _LEAVING:
                    return name
                if mode.local.grad:
                    return "not differentiable"
                return "inference_mode" if mode.local.inference else "no_grad"
    return None

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
from collections.abc import Callable, Iterable
from sys import _getframe
from typing import Any
from weakref import ref

from minigrad import mode
from minigrad.events import Observer, watch
from minigrad.inplace import CopySlices
from minigrad.node import AccumulateGrad, Node, next_sequence_nr
from minigrad.opnode import OpNode
from minigrad.tensor import Tensor

from ..places import Places, Spot
from ..recorder import Recorder
from ..trace import Trace
from ..values import MOST_NUMBERS
from . import graph
from .looking import copy_of, failed_of, fitted, is_list, recording_of, text_of
from .telling import Telling
from .tensors import Key, Tensors

MOST_EVENTS = 3000
_PLAIN = frozenset((int, float, bool, str, type(None)))  # arguments that can be kept as they are
_ALIASING = frozenset(("detach", "data"))  # ops whose output shares memory and is nobody's view
_DEEPEST, _MOST_HELD = 3, 10_000  # how far structures of the learner's are searched for tensors
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
        self.tensors = Tensors(self._met, lambda key: key in self.recorder.drafts.cards_of)
        self.graph_told: set[int] = set()  # the nodes that graph.py told
        self._places = Places({} if namespace is None else namespace, self.recorder.code, self.tell_names)
        self._telling = Telling(self.recorder)
        self._events: list[tuple] = []  # since the last telling
        self._unwatch: Callable[[], None] | None = None
        self._first_seq = self.tensors.first_seq  # here too, for the hot path
        self._known = self.tensors.known
        self._copies: set[int] = set()  # the CopySlices nodes that were told
        self._names: dict[str, int | None] = {}  # name -> key, as they were told
        self._overwritten: int | None = None  # the version before the write that is being told
        self._during: Spot = None  # the line of the backward that runs

    # ------------------------------------------------------------------ the live view's side

    def start(self) -> None:
        """Watch from now on."""
        if self._unwatch is None:
            self._first_seq = self.tensors.first_seq = next_sequence_nr()
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
        self._places.begin(self.recorder.begin(label, source), source, filename)

    def end_cell(self, namespace: dict[str, Any] | None = None, error: BaseException | None = None) -> None:
        """The cell has run, or stopped with an error. namespace: the names, where they moved elsewhere.

        Errors of autograd were told when they were raised; any other is nobody's business here. Raises
        RuntimeError where the watching failed while the cell ran.
        """
        if self.failure is not None:
            raise RuntimeError(self.failure)
        if namespace is not None:
            self._places.namespace = namespace
        self._scan()
        self._tell()
        self._tell_lost()
        self.recorder.settle(self.tensors.living(_held(self._places.namespace)))

    def trace(self) -> Trace:
        """What was recorded of everything that hangs together with the notebook's tensors."""
        return self.recorder.trace()

    def read(self, tensors: tuple[Tensor, ...]) -> Trace:
        """The graph of these tensors, as it is, with the names of what is in it; no watching, no steps."""
        for tensor in tensors:
            self.tensors.key(tensor, None)
        self.tell_names(
            [(n, None) for n, value in self.named().items() if self.tensors.find(value) is not None]
        )
        self._tell()
        drafts = self.recorder.drafts
        self.recorder.settle(self.tensors.living(list(tensors)))
        drafts.steps.clear()
        return drafts.freeze(set(drafts.entities))

    def named(self) -> dict[str, Tensor]:
        """The tensors that have a name now; names that begin with "_" are IPython's."""
        namespace = list(self._places.namespace.items())
        return {name: value for name, value in namespace if isinstance(value, Tensor) and name[:1] != "_"}

    def _scan(self) -> None:
        """All names as they are now, and what changed of their tensors without an op."""
        places, named = self._places, self.named()
        there = [(name, places.line_of(name)) for name in named]
        there.sort(key=lambda entry: entry[1] or (0, 0))
        self.tell_names([(name, places.line_of("")) for name in self._names if name not in named])
        self.tell_names(there)
        for tensor in {id(value): value for value in named.values()}.values():
            key = self.tensors.key(tensor, None)
            if tensor._view is not None:
                self._use_view(tensor, key, places.line_of(""))
            self.note("changed", self.tensors.look(tensor, key), places.line_of(""))

    def _tell_lost(self) -> None:
        """Tensors that have a name and no card, because the event that made them was let go."""
        for name, tensor in self.named().items():
            key = self._names.get(name)
            if key is not None and key not in self.recorder.drafts.cards_of:
                if tensor._node is None or not graph.tell(self, tensor, None):
                    self.note("meet", self.tensors.look(tensor, key), None, True)
                self.note("name", name, key, None)
                self._tell()

    def _tell(self) -> None:
        """Make facts of what was noted."""
        self._trim()
        events, self._events = self._events, []
        self._telling.tensors = self.tensors.large
        self._telling.aliases = self.tensors.aliases
        self._telling.read_plans()
        for what, *event in events:
            getattr(self._telling, what)(*event)
        self.tensors.large.clear()
        self.graph_told.clear()

    def note(self, *event: Any) -> None:
        """Keep an event: the name of a method of Telling, and its arguments."""
        self._events.append(event)

    def _trim(self) -> None:
        """Keep the last events only, and count the others."""
        extra = len(self._events) - MOST_EVENTS
        if extra > 0:
            self.recorder.drafts.dropped += extra
            del self._events[:extra]

    # ------------------------------------------------------------------ names and tensors that come up

    def tell_names(self, names: Iterable[tuple[str, Spot]]) -> None:
        """These names may mean other tensors than before."""
        get, told = self._places.namespace.get, self._names
        for name, place in names:
            value = get(name)
            if isinstance(value, Tensor):
                node = value._node
                if node is None or node.seq < self._first_seq or value._output_nr or value._view is not None:
                    key = self.tensors.key(value, place)
                else:
                    key = self.tensors.aliases.get(node.seq, -1 - node.seq)
            elif name in told:
                key = None
            else:
                continue
            if told.get(name) != key:
                told[name] = key
                self._events.append(("name", name, key, place))

    def _met(self, tensor: Tensor, key: int, place: Spot) -> None:
        """A tensor that no op is known to have made."""
        node = tensor._node
        if node is not None and node.seq < self.tensors.first_seq and graph.tell(self, tensor, place):
            return  # it was told with its graph
        look = self.tensors.look(tensor, key)
        if self._overwritten is not None:
            look = look._replace(version=self._overwritten, copy=(None, *look.copy[1:3]))
        self.note("meet", look, place)

    def arg(self, x: Any, place: Spot) -> Any:
        """An argument as it is noted: a tensor by its key, anything else in a tuple."""
        if not isinstance(x, Tensor):
            return (x if type(x) in _PLAIN else text_of(x),)
        key = self.tensors.key(x, place)
        if x._view is not None:
            self._use_view(x, key, place)
        elif x._node is not None and not x._output_nr and x._node.seq >= self._first_seq:
            return -1 - x._node.seq  # as that node left it: it may be a stand-in for what was overwritten
        return Key(key)

    def _use_view(self, view: Tensor, key: int, place: Spot) -> None:
        if self.tensors.renewed(view, key):
            self.note("renewed", self.tensors.look(view, key), place)

    # ------------------------------------------------------------------ ops

    def op(self, name: str, inputs: tuple, outputs: tuple, node: Node | None, before: int | None) -> None:
        # The hot path. An op takes little more than a microsecond, and this should not double it: so it is one
        # piece, and asks for nothing twice.
        try:
            places = self._places
            # The learner's innermost frame; between it and this one are at least the op's and `report`.
            frame, namespace = _getframe(3), places.namespace
            while frame is not None and frame.f_globals is not namespace:
                frame = frame.f_back
            if frame is None:
                place = None
            elif frame.f_code is places.code:
                offset = frame.f_lasti
                place = places.spots[offset >> 1]
                if places.looking or id(frame) != places.frame or offset > places.furthest:
                    places.come_to(frame, offset)
            else:
                place = places.at(frame)
            # The short way: one small output that is no view, recorded by a node of the op table or not at all.
            if before is None and len(outputs) == 1:
                out = outputs[0]
                array = out._array
                if (
                    out._view is None
                    and array.size <= MOST_NUMBERS
                    and (
                        name not in _ALIASING
                        if node is None
                        else node.meta is None and isinstance(node, OpNode)
                    )
                ):
                    args: list[Any] = []
                    for x in inputs:
                        if type(x) is Tensor and x._view is None:
                            made_by = x._node
                            if made_by is not None and made_by.seq >= self._first_seq and not x._output_nr:
                                args.append(-1 - made_by.seq)  # its key, see tensors.py
                                continue
                            entry = self._known.get(id(x))
                            if entry is not None and entry[0]() is x:
                                args.append(entry[1])
                            else:
                                args.append(self.tensors.key(x, place))
                        elif type(x) in _PLAIN:
                            args.append((x,))
                        else:
                            break
                    else:
                        events = self._events
                        if node is not None:
                            # Atoms, and tuples of atoms, are no work for the garbage collector.
                            events.append((
                                "op", name, tuple(args), array.tobytes(), node.dtype, node.shape, node.seq,
                                id(node.plan), node.versions, place,
                            ))  # fmt: skip
                        else:
                            self.tensors.last_key = key = self.tensors.last_key + 1
                            self._known[id(out)] = (ref(out), key)
                            events.append((
                                "untracked", name, tuple(args), array.tobytes(), array.dtype, array.shape, key,
                                _cut(name, inputs), place,
                            ))  # fmt: skip
                        if len(events) > 2 * MOST_EVENTS:
                            self._trim()
                        return
            self._any_op(name, inputs, outputs, node, before, place)
        except Exception as error:
            self._fail(error)

    def _any_op(
        self, name: str, inputs: tuple, outputs: tuple, node: Node | None, before: int | None, place: Spot
    ) -> None:
        if name == "detach_":
            self._detach(inputs[0], place)
            return
        cut = None if node is not None else _cut(name, inputs)
        if not outputs and not cut:
            return
        if before is not None:
            self._write(name, inputs, outputs[0], node, before, cut, place)
            return
        tensors = self.tensors
        args = [self.arg(item, place) for x in inputs for item in (x if is_list(x) else (x,))]
        recording = None if node is None else recording_of(node, inputs, name)
        keys = [tensors.new(out) for out in outputs]
        for out, key in zip(outputs, keys, strict=True):
            if out._view is not None or name in _ALIASING:
                tensors.share(inputs[0], tensors.key(inputs[0], place), out, key)
        looks = [tensors.look(out, key) for out, key in zip(outputs, keys, strict=True)]
        self.note("any_op", name, args, looks, recording, cut, place)
        if len(self._events) > 2 * MOST_EVENTS:
            self._trim()

    def _write(
        self,
        name: str,
        inputs: tuple,
        target: Tensor,
        node: Node | None,
        before: int,
        cut: str | None,
        place: Spot,
    ) -> None:
        """An in-place op. For the graph a write into a view is one into its base."""
        tensors = self.tensors
        whole = target if target._view is None else target._view.base
        if whole is not target:
            node = whole._node
            if not isinstance(node, CopySlices) or node.seq in self._copies:
                node = None
        self._overwritten = before
        try:
            # Their nodes are new because of this write: they are known as they were.
            keys = {id(whole): self._key_before(whole, node, place)}
            tensors.moved(whole, keys[id(whole)])
            keys[id(target)] = key = tensors.key(target, place) if whole is not target else keys[id(whole)]
        finally:
            self._overwritten = None
        args = [
            Key(keys[id(item)]) if id(item) in keys else self.arg(item, place)
            for x in inputs
            for item in (x if is_list(x) else (x,))
        ]
        if whole is not target:
            args.append(Key(keys[id(whole)]))
        recording = None
        if node is not None:
            self._copies.add(node.seq)
            recording = recording_of(node, inputs, name)
        others = [tensors.look(other, k) for other, k in tensors.sharing(target, key)]
        self.note("any_op", name, args, [tensors.look(target, key)], recording, cut, place, True, others)
        if len(self._events) > 2 * MOST_EVENTS:
            self._trim()

    def _detach(self, tensor: Tensor, place: Spot) -> None:
        """It has just lost its node, by which it was known; then its names say which tensor it is."""
        key = self.tensors.find(tensor)
        if key is None:
            held = (self._names.get(name) for name, value in self.named().items() if value is tensor)
            key = next((key for key in held if key is not None), None)
            key = self.tensors.key(tensor, place) if key is None else self.tensors.aliases.get(-1 - key, key)
            self.tensors.adopt(tensor, key)
        looks = [self.tensors.look(tensor, key)]
        self.note("any_op", "detach_", [Key(key)], looks, None, "detach", place, True, ())

    def _key_before(self, tensor: Tensor, node: Node | None, place: Spot) -> int:
        """The key of a tensor that was just written; by its node it is known no more."""
        entry = self._known.get(id(tensor))
        if entry is not None and entry[0]() is tensor:
            return entry[1]
        written_by = tensor._node
        if node is None or written_by is None or tensor._view is not None:
            return self.tensors.key(tensor, place)
        # The node of the write leads to the one that the tensor had; to none where it was a leaf.
        plan = None if isinstance(written_by, CopySlices) else getattr(written_by, "plan", None)
        at = 0 if plan is None else plan.edges.index(0)
        old, number = written_by.next[at], written_by.numbers[at]
        if old is None or number or old.seq < self._first_seq or type(old) is AccumulateGrad:
            return self.tensors.meet(tensor, place)
        return self.tensors.aliases.get(old.seq, -1 - old.seq)

    # ------------------------------------------------------------------ backward

    @_guarded
    def backward_begins(self, roots: tuple[Tensor, ...], seeds: tuple[Tensor, ...]) -> None:
        self._during = place = self._places.here()
        keys = [self.tensors.key(root, place) for root in roots]
        self.note("backward", keys, [copy_of(seed._array) for seed in seeds], place)

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
        self.note("ran", node.seq, came, went, self._during)

    @_guarded
    def accumulated(self, leaf: Tensor, gradient: Tensor, before: Tensor | None) -> None:
        key = self.tensors.key(leaf, self._during)
        grad = leaf._grad
        if grad is not None:
            self.tensors.own(grad, key)
        copies = [None if t is None else copy_of(t._array) for t in (gradient, before, grad)]
        self.note("accumulated", key, *copies, self._during)

    @_guarded
    def freed(self, node: Node) -> None:
        self.note("freed", node.seq, self._during)

    @_guarded
    def backward_ends(self) -> None:
        self._during = None

    @_guarded
    def error(self, error: Exception) -> None:
        place = self._places.here()
        facts = getattr(error, "facts", None)
        tensor = getattr(facts, "tensor", None)
        if tensor is None:
            tensor = next(iter(getattr(facts, "tensors", ())), None)
        key = None
        if tensor is not None:
            key = self.tensors.find(tensor)
            if key is None and tensor._view is not None:
                # a[0] = 1 makes a view that nobody ever sees.
                tensor = tensor._view.base
                key = self.tensors.find(tensor)
            # That of a version error may be a stand-in made for its text; then the slot says which it is.
            if key is None and facts.kind != "version":
                key = self.tensors.meet(tensor, place)
        self.note("failed", failed_of(error, facts, key), place)


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


def _held(namespace: dict[str, Any]) -> list[Tensor]:
    """The tensors that names hold, in lists, tuples, dictionaries and objects' attributes too."""
    found: list[Tensor] = []
    stack = [(value, 0) for name, value in list(namespace.items()) if name[:1] != "_"]
    while stack:
        value, depth = stack.pop()
        if isinstance(value, Tensor):
            found.append(value)
        elif depth < _DEEPEST and len(found) + len(stack) < _MOST_HELD:
            if isinstance(value, dict):
                stack += [(item, depth + 1) for item in value.values()]
            elif isinstance(value, (list, tuple, set)):
                stack += [(item, depth + 1) for item in value]
    return found

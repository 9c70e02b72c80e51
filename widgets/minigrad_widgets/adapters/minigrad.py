"""MinigradAdapter: watches minigrad and tells a Recorder what it sees.

    adapter = MinigradAdapter(namespace)        the notebook's names
    adapter.start()
    adapter.begin_cell("[1]", source, filename)
    ...                                         the cell runs
    adapter.end_cell()
    adapter.trace()

The modules of this folder are the only ones that know the engine and the model.
"""

from __future__ import annotations

from collections.abc import Callable
from sys import _getframe
from threading import get_ident
from typing import Any
from weakref import ref

from minigrad.events import watch
from minigrad.nn import Module, Parameter
from minigrad.node import Node, next_sequence_nr
from minigrad.record import mode
from minigrad.tensor import Tensor

from ..places import Spot
from ..trace import Trace
from ..values import MOST_NUMBERS
from .looking import is_list, recording_of
from .notes import PLAIN
from .watching import Watching, guarded
from .writing import Writes

_ALIASING = frozenset(("detach", "data"))  # ops whose output shares memory and is nobody's view
_NEVER = 2**64  # more than any node's number
_LEAVING = frozenset(("detach", "data", "item", "numpy"))  # ops that leave the graph by their nature


class MinigradAdapter(Watching):
    """Watches minigrad while the cells of a notebook run.

    namespace: the dictionary of the learner's names; code whose globals it is counts as the learner's.
    `failure` is None, or one line about why it had to stop watching.
    """

    def __init__(self, namespace: dict[str, Any] | None = None) -> None:
        super().__init__(namespace)
        self._writes = Writes(self)
        self._unwatch: Callable[[], None] | None = None
        self._first_seq, self._known = self.tensors.first_seq, self.tensors.known  # for the hot path

    # ------------------------------------------------------------------ the live view's side

    def start(self) -> None:
        """Watch from now on."""
        if self._unwatch is None or self not in getattr(mode.observer, "observers", (mode.observer,)):
            # Or the engine was imported anew, and has forgotten who watches.
            self._first_seq = self.tensors.first_seq = next_sequence_nr()
            self._unwatch = watch(self)
            self.failure = None
        self._thread = get_ident()

    def stop(self) -> None:
        """Watch no more. What was recorded stays."""
        if self._unwatch is not None:
            self._unwatch()
            self._unwatch = None

    def begin_cell(self, label: str, source: str, filename: str) -> None:
        """A cell is about to run. filename: that of its code objects."""
        self.tell()
        self.calls.forget()
        self.note("running", None)
        self.places.begin(self.recorder.begin(label, source), source, filename)

    def end_cell(self, namespace: dict[str, Any] | None = None, error: BaseException | None = None) -> None:
        """The cell has run, or stopped with an error. namespace: the names, where they moved elsewhere.

        Errors of autograd were told when they were raised; any other is nobody's business here. Raises
        RuntimeError where the watching failed while the cell ran.
        """
        if self.failure is not None:
            raise RuntimeError(self.failure)
        if namespace is not None:
            self.places.namespace = self.places.names = namespace
        self.scan()
        self.tell()
        self.tell_lost()
        self.recorder.drafts.elsewhere, self.elsewhere = self.elsewhere, 0
        self.tensors.catch_up()
        self._first_seq = self.tensors.first_seq
        self.recorder.settle(self.living())

    def renewed(self) -> MinigradAdapter:
        """Another in its place, which knows nothing yet. This one ends."""
        self.stop()
        new = type(self)(self.places.namespace)
        drafts = self.recorder.drafts
        new.recorder.drafts.dropped = drafts.dropped + len(drafts.steps) + self.log.dropped
        return new

    def trace(self) -> Trace:
        """What was recorded of everything that hangs together with the notebook's tensors."""
        return self.recorder.trace()

    # ------------------------------------------------------------------ ops

    def op(self, name: str, inputs: tuple, outputs: tuple, node: Node | None, before: int | None) -> None:
        # The hot path. An op takes little more than a microsecond, and this should not double it: so it is one
        # piece, and asks for nothing twice.
        if get_ident() != self._thread:
            self._op_elsewhere(node)
            return
        if before is not None or not inputs:
            self._rare_op(name, inputs, outputs, node, before)
            return
        try:
            places = self.places
            # The learner's innermost frame; between it and this one is at least the op's own.
            frame, code = _getframe(2), places.code
            while frame is not None:
                if frame.f_code is code:
                    offset = frame.f_lasti
                    if places.looking or offset > places.furthest or id(frame) != places.frame:
                        places.come_to(frame, offset)
                    place = places.spots[offset >> 1]
                    break
                if frame.f_globals is places.namespace:
                    place = places.at(frame)
                    break
                frame = frame.f_back
            else:
                place = None
            # The short way: one small output that is no view, recorded by a node of the op table or not at all.
            if len(outputs) == 1:
                (out,) = outputs
                array = out._array
                if (
                    out._view is None
                    and array.size <= MOST_NUMBERS
                    and (
                        name not in _ALIASING if node is None else node.meta is None and node.plan is not None
                    )
                ):
                    # What is noted of it, flat (see log.py), and then its arguments.
                    if node is not None:
                        event: list[Any] = [
                            len(inputs), name, array.tobytes(), node.dtype, node.shape, node.seq, id(node.plan),
                            node.versions, place,
                        ]  # fmt: skip
                    else:
                        event = [
                            len(inputs), name, array.tobytes(), array.dtype, array.shape, 0, 0, None, place,
                        ]  # fmt: skip
                    asks = False
                    for x in inputs:
                        kind = type(x)
                        if (kind is Tensor or kind is Parameter) and x._view is None:
                            made_by = x._node
                            if made_by is not None and made_by.seq >= self._first_seq and not x._output_nr:
                                event.append(-1 - made_by.seq)  # its key, see tensors.py
                                asks = True
                                continue
                            entry = self._known.get(id(x))
                            if entry is not None and entry[0]() is x:
                                event.append(entry[1])
                            else:
                                event.append(self.tensors.key(x, place))
                            if x._requires_grad:
                                asks = True
                        elif kind in PLAIN:
                            event.append((x,))
                        else:
                            break
                    else:
                        if node is None:
                            self.tensors.last_key = event[5] = key = self.tensors.last_key + 1
                            self._known[id(out)] = (ref(out), key)
                            if asks:
                                event[7] = _cut(name, inputs)
                        log = self.log
                        log.flat += event
                        if len(log.flat) > log.long:
                            log.trim()
                        return
            self._any_op(name, inputs, outputs, node, place)
        except Exception as error:
            self._fail(error)

    def _op_elsewhere(self, node: Node | None) -> None:
        """An op of another thread: in which order it ran with the cell's own nobody can say."""
        self.elsewhere += 1
        if node is not None:
            self._first_seq = _NEVER  # from now on tensors.py has to be asked
            self.tensors.miss(node)

    @guarded
    def _rare_op(
        self, name: str, inputs: tuple, outputs: tuple, node: Node | None, before: int | None
    ) -> None:
        """An in-place op, or the making of a tensor."""
        if before is None:
            place = self.places.here()
            for out in outputs:
                self.tensors.key(out, place)
            return
        self.written = outputs[0], before
        try:
            place = self.places.here()
            cut = None if node is not None else _cut(name, inputs)
            self._writes.note(name, inputs, outputs[0], node, cut, place)
        finally:
            self.written = None

    def _any_op(self, name: str, inputs: tuple, outputs: tuple, node: Node | None, place: Spot) -> None:
        if name == "detach_":
            self._writes.note_detach(inputs[0], place)
            return
        cut = None if node is not None else _cut(name, inputs)
        if not outputs and not cut:
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

    @guarded
    def module_begins(self, module: Module) -> None:
        self.note("running", self.calls.begins(module, self.places.names))

    @guarded
    def module_ends(self, module: Module) -> None:
        self.note("running", self.calls.ends(module))


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

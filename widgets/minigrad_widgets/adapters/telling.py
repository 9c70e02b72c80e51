"""What was noted while a cell ran -> facts for the Recorder, once the cell has ended."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import Any

import numpy as np

from minigrad import dtypes
from minigrad.op import Op, table

from ..facts import UNSAID, Arg, Failed, Kept, Ran, Recorded, Seen
from ..places import Spot, place_of
from ..recorder import Recorder
from ..trace import Value
from ..values import number_text, sampled, value_of
from .calls import Call
from .looking import Copy, Look, Planned, Recording, copy_of, mark_of, slots_of, version_of

MOST_VALUES = 1000  # of how many the text is remembered


class Telling:
    """One method for each kind of event that an adapter notes; each tells the recorder."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.tensors: dict[int, Any] = {}  # key -> weak reference, for what was too large to be copied
        self.aliases: dict[int, int] = {}  # see tensors.py
        self.labels: dict[int, str] = {}  # key -> what to call a tensor where it has no name
        self._plans: dict[int, tuple[Op, Any]] = {}
        self._values: dict[Copy, Value] = {}
        self._entries: dict[str, list[Op]] = defaultdict(list)
        for op in table.values():
            for name in {op.name, op.shown, op.written_name}:
                self._entries[name].append(op)

    # ------------------------------------------------------------------ values and tensors

    def value(self, copy: Copy | None, key: int | None = None, version: int = 0) -> Value | None:
        """The Value of a copied array. key, version: of a living tensor that may still hold it whole."""
        if copy is None or copy[0] is None:
            return None
        data, dtype, shape, *sample = copy
        if sample:
            reference = self.tensors.get(key)
            tensor = reference() if reference is not None else None
            # It may have been written since, unseen.
            if tensor is not None and version_of(tensor) == version and copy_of(tensor._array) == copy:
                return value_of(tensor._array)
            return sampled(np.frombuffer(data, dtype), np.frombuffer(sample[0], dtype), shape)
        found = self._values.get(copy)
        if found is None:
            if len(self._values) > MOST_VALUES:
                self._values.clear()
            found = self._values[copy] = value_of(np.frombuffer(data, dtype).reshape(shape))
        return found

    def seen(self, look: Look) -> Seen:
        _, dtype, shape, *_ = look.copy
        return Seen(
            look.key, look.memory, look.counter, shape, dtypes.of(dtype).name, look.version,
            self.value(look.copy, look.key, look.version), look.is_leaf, look.requires_grad, look.grad_fn,
            look.node, look.output_nr, look.base, self.value(look.grad), look.retains_grad, self._label(look), mark_of(look.copy),
        )  # fmt: skip

    def _label(self, look: Look) -> str:
        """What to call a tensor where it has no name."""
        owner = self.recorder.drafts.card(look.owner)
        return f"{owner.title}.grad" if owner is not None else self.labels.get(look.key, "")

    def meet(self, look: Look, spot: Spot, quiet: bool = False) -> None:
        self.recorder.meet(self.seen(look), place_of(spot), quiet)

    def renewed(self, look: Look, spot: Spot) -> None:
        self.recorder.renewed(self.seen(look), place_of(spot))

    def changed(self, look: Look, spot: Spot) -> None:
        self.recorder.changed(self.seen(look), place_of(spot))

    def now(self, key: int, version: int) -> None:
        """The version of a tensor that was saved before anybody watched."""
        card = self.recorder.drafts.card(key)
        if card is not None:
            self.recorder.writes.compare(None, {card.counter: version})

    def name(self, name: str, key: int | None, spot: Spot) -> None:
        self.recorder.name({name: None if key is None else self.key(key)}, place_of(spot))

    # ------------------------------------------------------------------ ops

    def running(self, call: Call | None) -> None:
        """In which call of a module what comes next runs."""
        chain = []
        while call is not None:
            chain.append(call)
            call = call.outer
        self.recorder.running([(c.number, c.kind, c.name) for c in reversed(chain)])

    def _plan(self, plan_id: int) -> tuple[Op, Any]:
        """A plan by its id, and its op: there are few, and an op never forgets one."""
        if plan_id not in self._plans:
            self._plans = {id(plan): (op, plan) for op in table.values() for plan in op._plans.values()}
        return self._plans[plan_id]

    def _planned(
        self, number: int, plan_id: int, versions: Any, args: list | tuple, written: bool = False
    ) -> tuple[Recorded, set[int], Op]:
        """A node of the op table, the positions of the arguments from which its edges lead on, and its op."""
        entry, plan = self._plan(plan_id)
        saved = _kept(slots_of(plan, versions), args, written)
        node = Recorded(number, entry.node_class.__name__, plan.edges, saved)
        tracked = {p for p, formula in zip(plan.edges, plan.formulas, strict=True) if formula is not None}
        return node, tracked, entry

    def op(
        self,
        name: str,
        data: bytes,
        dtype: Any,
        shape: tuple,
        number: int,
        plan_id: int,
        versions: Any,
        spot: Spot,
        args: tuple,
    ) -> None:
        """A plain op: one output that is no view; it recorded a node of the op table, or nothing (see log.py)."""
        value, mark, dtype = self.value((data, dtype, shape)), hash((data,)), dtypes.of(dtype).name
        if not plan_id:
            seen = Seen(number, number, number, shape, dtype, 0, value, mark=mark)
            fact_args = self._args(name, args, frozenset())
            self.recorder.ran(Ran(name, fact_args, (seen,), None, place_of(spot), cut=versions))
            return
        node, tracked, entry = self._planned(number, plan_id, versions, args)
        key = -1 - number
        seen = Seen(key, key, key, shape, dtype, 0, value, False, True, node.name, number, mark=mark)
        self.recorder.ran(Ran(name, self._args(name, args, tracked, entry), (seen,), node, place_of(spot)))

    def any_op(
        self,
        name: str,
        args: list,
        looks: list[Look],
        recording: Recording | Planned | None,
        cut: str | None,
        spot: Spot,
        written: bool = False,
        others: list[Look] | tuple[()] = (),
        quiet: bool = False,
    ) -> None:
        node, tracked = None, frozenset()
        if type(recording) is tuple:
            node, tracked, _ = self._planned(*recording, args, written)
        elif recording is not None:
            saved = _kept(recording.saved, args, written)
            node = Recorded(recording.seq, recording.name, recording.edges, saved)
            tracked = recording.tracked
        # After the arguments of a write into a view comes the view's base.
        count = len(args) - 1 if written and looks[0].base is not None else len(args)
        fact_args = self._args(name, args[:count], tracked)
        fact_args += tuple(
            Arg("base", self.key(key), tracked=i + count in tracked) for i, key in enumerate(args[count:])
        )
        self.recorder.ran(
            Ran(
                name, fact_args, tuple(map(self.seen, looks)), node, place_of(spot), written,
                tuple(map(self.seen, others)), cut,
            ),
            quiet,
        )  # fmt: skip

    def key(self, noted: int) -> int:
        """The key of a tensor that may have been noted by the number of its node."""
        return self.aliases.get(-1 - noted, noted) if noted < 0 and type(noted) is int else int(noted)

    def _args(self, name: str, args: list | tuple, tracked: Any, entry: Op | None = None) -> tuple[Arg, ...]:
        if entry is None:
            entries = self._entries.get(name, ())
            entry = next((e for e in entries if len(e.params) == len(args)), entries[0] if entries else None)
        # A list of tensors has been taken apart: how many there are says nothing about the parameters.
        fits = entry is not None and len(entry.params) == len(args) and entry.params[0][0] != "tensors"
        params = entry.params if fits else None
        found = []
        for i, x in enumerate(args):
            slot, default = params[i] if params else (f"input {i}", None)
            if isinstance(x, tuple):
                unsaid = slot in UNSAID or x[0] is default or x[0] == default
                found.append(Arg(slot, text="" if unsaid else _text(x[0])))
            else:
                node = -1 - x if x < 0 and type(x) is int else None
                found.append(Arg(slot, self.key(x), node, tracked=i in tracked))
        return tuple(found)

    # ------------------------------------------------------------------ backward

    def backward(self, keys: list[int], seeds: list[Copy], spot: Spot) -> None:
        roots = [(key, self.value(seed)) for key, seed in zip(keys, seeds, strict=True)]
        self.recorder.backprop.begins(roots, place_of(spot))

    def hooks(self, key: int | None, node: int | None, names: tuple[str, ...], spot: Spot) -> None:
        self.recorder.hooks(None if key is None else self.key(key), node, names, place_of(spot))

    def output_hooks(self, node: int, number: int, names: tuple[str, ...], spot: Spot) -> None:
        self.recorder.output_hooks(node, number, names, place_of(spot))

    def hooked(
        self, kind: str, node: int, key: int | None, number: int | None, hook: str, pairs: list[tuple]
    ) -> None:
        changed = [
            None if before == after else (self.value(before), self.value(after)) for before, after in pairs
        ]
        self.recorder.backprop.hooked(kind, node, key, number, hook, changed)

    def ended(self, spot: Spot) -> None:
        self.recorder.backprop.ended(place_of(spot))

    def keeps(self, node: int, kept: tuple[tuple[str, int, Copy], ...], spot: Spot) -> None:
        """What a node keeps, as it is now."""
        for slot, version, copy in kept:
            self.recorder.keeps(node, slot, version, mark_of(copy), partial(self.value, copy), place_of(spot))

    def ran(self, node: int, came: list[Copy | None], went: list[tuple | None], spot: Spot) -> None:
        results = []
        for pair in went:
            raw = self.value(pair[0]) if pair else None
            results.append((raw, raw if pair is None or pair[1] is None else self.value(pair[1])))
        self.recorder.backprop.ran(node, [self.value(c) for c in came], results, place_of(spot))

    def accumulated(
        self, key: int, gradient: Copy | None, before: Copy | None, after: Copy | None, spot: Spot
    ) -> None:
        self.recorder.backprop.accumulated(
            key, self.value(gradient), self.value(before), self.value(after), place_of(spot)
        )

    def freed(self, node: int, spot: Spot) -> None:
        self.recorder.backprop.freed(node, place_of(spot))

    def failed(self, fact: Failed, args: list, slots: list[str], spot: Spot, backward: Spot) -> None:
        found = [arg._replace(slot=slot) for arg, slot in zip(self._args("", args, ()), slots, strict=True)]
        fact = fact._replace(place=place_of(spot), backward=place_of(backward), args=tuple(found))
        self.recorder.failed(fact)


def _text(x: Any) -> str:
    return number_text(x, trim=True) if isinstance(x, float) else str(x)


def _kept(saved: Any, args: list | tuple, written: bool) -> tuple[Kept, ...]:
    """What a node saved. An in-place op that needs what it overwrites keeps a copy of it."""
    found = []
    # In the order of the arguments, the op's own results last.
    for slot, source, version, freed in sorted(
        saved, key=lambda s: (s[1] is None or s[1] < 0, abs(s[1] or 0))
    ):
        text = (
            _text(args[source][0])
            if source is not None and source >= 0 and isinstance(args[source], tuple)
            else ""
        )
        found.append(Kept(slot, source, version, text, written and source == 0, freed))
    return tuple(found)

"""What one call into torch did, op by op: noted as facts.

A call such as F.cross_entropy() runs several ops. Each comes by between autograd, which collects its inputs
before, and the kernel; its node is there once the next op begins or the call is over. So an op is noted then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from ..facts import UNSAID, Arg, Kept, Ran, Recorded
from ..places import Spot, place_of
from .torch_looking import Slot, is_accumulator, key_of, name_of, saved_by, storage_of, text_of

if TYPE_CHECKING:
    from .torch_notes import Notes

_LEAVING = frozenset(("detach", "data", "item", "numpy"))  # ops that leave the graph by their nature
_SHOWN = {"local_scalar_dense": "item", "to_copy": "to", "nll_loss_forward": "nll_loss"}
_CONSTANTS = frozenset(("lift_fresh", "scalar_tensor"))  # numbers in an expression, made tensors
_SETITEM = torch.Tensor.__setitem__
_NAMES: dict[Callable[..., Any], str] = {torch.Tensor.data.__get__: "data", torch.Tensor.detach: "detach"}

Item = tuple[str, Any, str]  # an argument: its slot, what it is, and its text where it is no tensor
Edge = tuple[int, int]  # the key of a node, or of a leaf, and the number of its output


class Op:
    """An op that ran within a call."""

    def __init__(
        self, overload: Any, items: list[Item], targets: list[Tensor], edges: dict[int, Edge]
    ) -> None:
        self.overload, self.items, self.targets, self.edges = overload, items, targets, edges
        self.records, self.infers = torch.is_grad_enabled(), torch.is_inference_mode_enabled()
        self.outputs: list[Tensor] = []

    @property
    def tensors(self) -> list[Tensor]:
        return [x for _, x, _ in self.items if isinstance(x, Tensor)]


class Call:
    """One call of the learner's into torch, as it goes on."""

    def __init__(self, notes: Notes, func: Callable[..., Any], args: Sequence[Any], place: Spot) -> None:
        self.notes, self.tensors = notes, notes.tensors
        self.func, self.args, self.place = func, args, place
        self.pending: list[Op] = []  # ran, but not noted yet
        # By id, what is no tensor of the learner's: numbers made tensors, the part that x[key] = value writes into.
        self.inner: dict[int, Tensor] = {}

    # ------------------------------------------------------------------ as it goes on

    def before(self, overload: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Op:
        """An op is about to run."""
        items = _items(overload, args, kwargs)
        if not _is_aside(overload):
            self.flush([x for _, x, _ in items if isinstance(x, Tensor)])
        op = Op(overload, items, _targets(overload, args, kwargs), {})
        for tensor in op.tensors:
            if id(tensor) not in self.inner and _name(overload) not in _CONSTANTS and not _is_aside(overload):
                self._edge(op, tensor)
        for target in op.targets:
            if target._is_view():
                self._edge(op, target._base)
        return op

    def _edge(self, op: Op, tensor: Tensor) -> None:
        """Know a tensor, and where its gradient goes while the op runs."""
        key = self.tensors.key(tensor, self.place)
        if op.records and tensor.requires_grad:
            node = tensor.grad_fn
            op.edges[id(tensor)] = (key, 0) if node is None else (key_of(node), tensor.output_nr)
            if self.tensors.renewed(tensor, key):
                self.notes.note("renewed", self.tensors.look(tensor, key, used=True), place_of(self.place))

    def after(self, op: Op, out: Any) -> None:
        """The op has run; autograd has not recorded it yet."""
        op.outputs = _tensors(out)
        name = _name(op.overload)
        if name in _CONSTANTS:
            self.inner |= {id(tensor): tensor for tensor in op.outputs if not tensor.dim()}
        elif not op.tensors:
            if name.startswith("empty"):
                self.tensors.empty |= {storage_of(tensor) for tensor in op.outputs} - {None}
        else:
            self.pending.append(op)

    def finish(self, returned: Any) -> None:
        """The call is over."""
        tensors = _tensors(returned)
        self.flush(tensors, True)
        for tensor in tensors:
            # What nobody saw run, a Function of the learner's for one, is found in the graph.
            # What was made of numbers alone comes about now.
            made = tensor.grad_fn is not None or not any(map(_tensors, self.args))
            if made and storage_of(tensor) not in self.tensors.empty:
                self.tensors.key(tensor, self.place)
        if self.func is torch.Tensor.detach_:
            self._detached(self.args[0])
        elif self.func is torch.Tensor.numpy and self.args[0].requires_grad:
            key = self.tensors.key(self.args[0], self.place)
            self.notes.note(
                "ran", Ran("numpy", (Arg("input 0", key),), (), None, place_of(self.place), cut="numpy")
            )

    def flush(self, used: Iterable[Tensor] = (), over: bool = False) -> None:
        """Note the ops that ran last. used: what the next one takes, or what the call returns."""
        ops, self.pending = self.pending, []
        for op in ops:
            if op.targets:
                for target in {id(t): t for t in op.targets}.values():
                    self._write(op, target)
            elif self.func is _SETITEM and any(out._is_view() for out in op.outputs):
                self.inner |= {id(out): out for out in op.outputs}
            elif not _is_aside(op.overload) or any(o is t for o in op.outputs for t in used):
                self._plain(op, used if over else None)

    # ------------------------------------------------------------------ what an op did

    def _plain(self, op: Op, returned: Iterable[Tensor] | None) -> None:
        """An op that wrote nothing. returned: by the call, where it is over."""
        name = _shown(op.overload)
        if _is_aside(op.overload):
            name = _NAMES.get(self.func, name)
            self._edge(op, op.tensors[0])
        node = next((out.grad_fn for out in op.outputs if op.records and out.requires_grad), None)
        if node is not None and not self.notes.is_new(node):
            node = None
        outputs = op.outputs
        if returned is not None and len(outputs) > 1:
            # A second result that only backward needs is nobody's tensor.
            outputs = [o for o in outputs if o.requires_grad or any(o is t for t in returned)] or outputs[:1]
        cut = None if node is not None else self._cut(op, name)
        if not outputs and not cut:
            return
        source = op.tensors[0] if name == "detach" else None
        keys = [self.tensors.new(out, source) for out in outputs]
        looks = tuple(self.tensors.look(o, key, used=True) for o, key in zip(outputs, keys, strict=True))
        items = (
            [(f"input {i}", *item[1:]) for i, item in enumerate(op.items)] if name in _LEAVING else op.items
        )
        self._note(Ran(name, (), looks, place=place_of(self.place), cut=cut), items, op, node, outputs)

    def _write(self, op: Op, target: Tensor) -> None:
        """An op that wrote `target`. For the graph a write into a view is one into its base."""
        name, items = _shown(op.overload), op.items
        if len(op.targets) > 1:  # one op on many tensors
            items = [("self", target, ""), *[item for item in items if not isinstance(item[1], Tensor)]]
        if self.func is _SETITEM:
            name = "__setitem__"
            target, items = self.args[0], [(f"input {i}", x, _text(x)) for i, x in enumerate(self.args)]
        whole = target._base if target._is_view() else target
        self.tensors.empty.discard(storage_of(target))
        key = self.tensors.key(target, self.place)
        node = whole.grad_fn if op.records else None
        node = node if node is not None and self.notes.is_new(node) else None
        cut = None if node is not None else self._cut(op, name)
        items = items if whole is target else [*items, ("base", whole, "")]
        look = self.tensors.look(target, key, used=node is not None or not target._is_view())
        others = tuple(self.tensors.look(other, k) for other, k in self.tensors.sharing(target))
        fact = Ran(name, (), (look,), None, place_of(self.place), True, others, cut)
        self._note(fact, items, op, node, [target])

    def _detached(self, tensor: Tensor) -> None:
        """detach_() has run, which is no op: it takes a tensor out of the graph."""
        key = self.tensors.key(tensor, self.place)
        look = self.tensors.look(tensor, key, used=True)
        fact = Ran("detach_", (Arg("input 0", key),), (look,), None, place_of(self.place), True, (), "detach")
        self.notes.note("ran", fact)

    def _note(self, fact: Ran, items: list[Item], op: Op, node: Any, outputs: list[Tensor]) -> None:
        targets, recorded = [], None
        if node is not None:
            targets = edges_of(node, [op.edges.get(id(x)) for _, x, _ in items], self.tensors.find)
            recorded = Recorded(
                key_of(node),
                name_of(node),
                tuple(targets),
                saved_of(saved_by(node), items, outputs, fact.written),
            )
        args = tuple(self._arg(item, i in targets) for i, item in enumerate(items))
        self.notes.note("ran", fact._replace(args=args, node=recorded))

    def _arg(self, item: Item, tracked: bool) -> Arg:
        slot, x, text = item
        key = self.tensors.find(x) if isinstance(x, Tensor) else None
        if isinstance(x, Tensor) and key is None:
            text = text_of(x)
        return Arg(slot, key, None, text, tracked)

    def _cut(self, op: Op, name: str) -> str | None:
        """Why no gradient comes back through an op that recorded nothing; None where nobody asked for one."""
        if not any(tensor.requires_grad for tensor in op.tensors):
            return None
        if name in _LEAVING:
            return name
        if op.records:
            return "not differentiable"
        return "inference_mode" if op.infers else "no_grad"


# ------------------------------------------------------------------ edges and saved tensors


def edges_of(node: Any, ends: list[Edge | None], find: Callable[[Tensor], int | None]) -> list[int | None]:
    """For each edge of a node the position of the argument that it leads to. ends: where those of the arguments go."""
    found: list[int | None] = []
    for target, number in node.next_functions:
        end = None
        if target is not None:
            end = (find(target.variable), 0) if is_accumulator(target) else (key_of(target), number)
        left = (i for i, other in enumerate(ends) if other == end and i not in found)
        found.append(None if end is None else next(left, None))
    return found


def saved_of(
    saved: list[Slot], items: Sequence[Item], outputs: Sequence[Tensor | None], written: bool = False
) -> tuple[Kept, ...]:
    """What a node saved, in the order of the arguments, the op's own results last."""
    found = []
    for name, tensor, version, _, state in saved:
        slot = name.partition("[")[0]
        same = [i for i, (_, x, _) in enumerate(items) if x is tensor]
        named = [i for i, item in enumerate(items) if item[0] == slot]
        output = next(
            (
                i
                for i, out in enumerate(outputs)
                if tensor is not None and out is not None and _is_same(tensor, out)
            ),
            None,
        )
        if state == "freed":
            result = -1 if name == "result" else None
            found.append(Kept(name, named[0] if named else result, text="…", freed=True))
        elif state == "sealed":
            found.append(Kept(name, text="…", copied=True))
        elif written and named == [0] and not any(tensor is out for out in outputs):
            found.append(Kept(name, 0, version, copied=True))  # what it overwrites it keeps a copy of
        elif same:
            found.append(Kept(name, next((i for i in named if i in same), same[0]), version))
        elif output is not None:
            found.append(Kept(name, -1 - output, version))
        elif named and isinstance(items[named[0]][1], Tensor):
            found.append(Kept(name, named[0], version, copied=True))  # converted to what the op can use
        elif tensor is not None:
            found.append(Kept(name, named[0] if named else None, version, text_of(tensor)))
    return tuple(sorted(found, key=lambda k: (k.source is None or k.source < 0, abs(k.source or 0))))


def _is_same(saved: Tensor, output: Tensor) -> bool:
    """Whether a saved tensor is this result of its node, of which a node keeps an alias."""
    return saved is output or (
        saved.shape == output.shape
        and storage_of(saved) is not None
        and saved.data_ptr() == output.data_ptr()
    )


# ------------------------------------------------------------------ arguments


def _name(overload: Any) -> str:
    return overload._schema.name.partition("::")[2]


def _shown(overload: Any) -> str:
    name = _name(overload).lstrip("_")
    return _SHOWN.get(name, name)


def _is_aside(overload: Any) -> bool:
    """Whether autograd runs it too, before it saves: a result detached, what is about to be written cloned."""
    return overload in (torch.ops.aten.detach.default, torch.ops.aten.clone.default)


def _tensors(out: Any) -> list[Tensor]:
    """The tensors in what a call gave back."""
    if isinstance(out, Tensor):
        return [out]
    if isinstance(out, (list, tuple)):
        return [tensor for item in out for tensor in _tensors(item)]
    return []


def _has_tensors(x: Any) -> bool:
    return isinstance(x, (list, tuple)) and any(isinstance(item, Tensor) for item in x)


def _items(overload: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> list[Item]:
    """The arguments of an op with their names; a list of tensors is taken apart."""
    params = overload._schema.arguments
    several = any(_has_tensors(x) and len(x) > 1 for x in args)
    found: list[Item] = []
    for i, param in enumerate(params):
        if i < len(args):
            x = args[i]
        elif param.name in kwargs and param.name not in UNSAID:
            x = kwargs[param.name]
        elif several and not param.kwarg_only and param.has_default_value():
            x = param.default_value
        else:
            continue
        for item in x if _has_tensors(x) else (x,):
            slot = f"input {len(found)}" if several else param.name
            found.append((slot, item, "" if param.name in UNSAID else _text(item)))
    return found


def _text(x: Any) -> str:
    if isinstance(x, Tensor) or x is None:
        return ""
    return text_of(tuple(x) if isinstance(x, list) else x)


def _targets(overload: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> list[Tensor]:
    """The tensors that an op writes."""
    found: list[Tensor] = []
    for i, param in enumerate(overload._schema.arguments):
        if param.alias_info is not None and param.alias_info.is_write:
            found += _tensors(args[i] if i < len(args) else kwargs.get(param.name))
    return found

"""OpNode: the node that an op of the table records.

Counterpart in PyTorch: the generated `struct MulBackward0 : public TraceableFunction` and its `apply`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from . import dtypes, errors, mode
from .bare import compiled, opened
from .node import Node, alias
from .plan import RESULT, Plan
from .saved import Packed, SavedTensor, modified
from .storage import Storage
from .tensor import Tensor, wrap


class OpNode(Node):
    """Runs the formulas of its plan on the gradient and on what was saved.

    `saved` holds the values of `plan.slots`, tensors first; `versions` the version of each of these
    tensors when it was saved, None once they are freed. The op's own result is kept as a bare array until
    somebody shares its memory: till then nobody can have written it.
    """

    __slots__ = ("plan", "saved", "versions")

    plan: Plan
    saved: tuple[Any, ...]
    versions: tuple[int, ...] | None

    def apply(self, gradient: Any) -> tuple[Tensor | None, ...]:  # type: ignore[override]
        values = self.unpack() if self.plan.releasable else self.saved
        return tuple([f and f[0](gradient, *[values[i] for i in f[1]]) for f in self.plan.formulas])

    @classmethod
    def compile(cls, plan: Plan, recorded: bool) -> Any:
        """Write one of the plan's functions, and return it.

        The engine asks for it when it needs it: a formula may call ops that come after its own in the table.
        """
        function = compiled(plan, cls.__name__, recorded)
        if recorded:
            plan.on_tensors = function
        else:
            plan.on_arrays = function
        return function

    def unpack(self) -> tuple[Any, ...]:
        """What was saved. RuntimeError where it was freed, or written since it was saved."""
        saved, versions = self.saved, self.versions
        if versions is None:
            raise errors.freed(self)
        for slot, version in enumerate(versions):
            value = saved[slot]
            if not isinstance(value, np.ndarray) and value._storage is not None and value._version != version:
                raise modified(self, slot)
        if self.meta is not None and self.meta.packed:
            return tuple([v.unpack(self) if isinstance(v, Packed) else v for v in saved])
        result = self.plan.result
        if result < 0:
            return saved
        value = self.in_graph(result) if mode.local.grad else self.tensor(result)
        return (*saved[:result], value, *saved[result + 1 :])

    def in_graph(self, slot: int) -> Tensor:
        """The op's own result, as a tensor that knows where it came from, for a formula that is recorded."""
        value = self.tensor(slot)
        return alias(value, self) if value._array.dtype.kind == "f" else value

    def tensor(self, slot: int) -> Any:
        """What is kept in a slot; the op's own result as a tensor, which it becomes when first asked for."""
        value = self.saved[slot]
        if isinstance(value, np.ndarray) and slot == self.plan.result:
            value = alias(wrap(value))
            self.saved = (*self.saved[:slot], value, *self.saved[slot + 1 :])
        return value

    def storage_of(self, output: Tensor) -> Storage:
        slot = self.plan.result
        if slot >= 0 and self.versions is not None:
            kept = self.tensor(slot)
            if isinstance(kept, Tensor) and kept._array is output._array:
                return kept.storage
        return super().storage_of(output)

    def pack(self, hooks: tuple[Any, Any], slots: Iterable[int] | None = None) -> None:
        """Let saved_tensors_hooks keep the saved tensors, or those in `slots`, and stop watching versions."""
        values, versions = list(self.saved), list(self.versions or ())
        for slot in range(self.plan.tensors) if slots is None else slots:
            position = self.plan.sources[slot].position
            values[slot] = Packed(
                self.tensor(slot), hooks, self, None if position >= 0 else RESULT - position
            )
            versions[slot] = 0
            self._more.packed = True
        self.saved, self.versions = tuple(values), tuple(versions)

    def release(self) -> bool:
        k = self.plan.releasable
        if not k or self.versions is None:
            return False
        self.saved = self.plan.released + self.saved[k:]
        self.versions = None
        return True

    @property
    def freed(self) -> bool:
        return self.versions is None and self.plan.releasable > 0

    def saved_slots(self) -> list[tuple[str, Any, int | None]]:
        k = self.plan.releasable
        if not k or self.versions is None:
            return []
        versions = (*self.versions, *[None] * (k - len(self.versions)))
        values = [self.tensor(slot) for slot in range(k)]
        return list(zip(self.plan.slots, values, versions, strict=False))

    def _value_of(self, slot: str) -> Any:
        """What was saved in `slot`, unpacked and checked; None where nobody has needed it."""
        plan = self.plan
        if slot not in plan.slots:
            return None
        position = plan.slots.index(slot)
        if position >= plan.releasable:
            return self.saved[position]
        with mode.enable_grad():  # so that a saved result comes back with its grad_fn
            value = self.unpack()[position]
        if isinstance(value, (tuple, list)):
            return tuple(value)
        return value if isinstance(value, Tensor) else wrap(_zero_dim(value))

    def _handle_of(self, slot: str) -> Any:
        """A handle on the tensor in `slot`; what was saved there where it is no tensor."""
        slots = self.plan.slots
        if slot not in slots:
            return SavedTensor(self, lambda: None, lambda hooks: None)
        position = slots.index(slot)
        if position >= self.plan.tensors:
            return self._value_of(slot)
        return SavedTensor(self, lambda: self.tensor(position), lambda hooks: self.pack(hooks, [position]))

    def __dir__(self) -> list[str]:
        kept = self.plan.slots[: self.plan.tensors]
        unkept = {f"_raw_saved_{shown(n)}" for n in type(self).names if n not in kept}
        return [name for name in super().__dir__() if name not in unkept]

    # The names that the op's formulas can ask for; set by op().
    names: tuple[str, ...] = ()


class _Attribute:
    """`_saved_self` or `_raw_saved_self` of a node class: what `read` makes of the slot."""

    __slots__ = ("slot", "read")

    def __init__(self, slot: str, read: Callable[[OpNode, str], Any]) -> None:
        self.slot, self.read = slot, read

    def __get__(self, node: OpNode | None, owner: Any = None) -> Any:
        return self if node is None else self.read(node, self.slot)


def saved_attributes(names: tuple[str, ...]) -> dict[str, Any]:
    """The attributes of a node class whose formulas can ask for `names`.

    Each stands in the class: a __getattr__ there would slow down every look at any field of a node.
    """
    values = {f"_saved_{shown(name)}": _Attribute(name, OpNode._value_of) for name in names}
    return values | {f"_raw_saved_{shown(name)}": _Attribute(name, OpNode._handle_of) for name in names}


def shown(name: str) -> str:
    """How torch calls a slot: `self_sym_sizes` for self_shape."""
    return name.replace("_shape", "_sym_sizes")


def _zero_dim(number: Any) -> np.ndarray:
    return np.array(number, dtypes.of_number(number).numpy)


def _on_tensors(node: OpNode, gradient: Any, release: bool) -> Any:
    results = node.apply(*gradient) if type(gradient) is list else node.apply(gradient)
    if release:
        node.release()
    return results


def _on_arrays(node: OpNode, gradient: Any, release: bool) -> list[np.ndarray | None]:
    gradients = gradient if type(gradient) is list else [gradient]
    given = [None if g is None else wrap(np.asarray(g)) for g in gradients]
    return [opened(result) for result in _on_tensors(node, given, release)]


class ListOpNode(OpNode):
    """The node of an op on a list of tensors: its one formula answers with a list of gradients."""

    __slots__ = ()

    @classmethod
    def compile(cls, plan: Plan, recorded: bool) -> Any:
        plan.on_arrays, plan.on_tensors = _on_arrays, _on_tensors
        return _on_tensors if recorded else _on_arrays

    def apply(self, gradient: Any) -> tuple[Tensor | None, ...]:  # type: ignore[override]
        (listed,) = super().apply(gradient)
        return tuple(listed)


class ManyOpNode(OpNode):
    """The node of an op with several outputs, whose formulas get all of their gradients in a list."""

    __slots__ = ()

    compile = ListOpNode.compile

    @property
    def outputs(self) -> int:  # type: ignore[override]
        return len(self.shape) if isinstance(self.dtype, tuple) else 1  # chunk(2) of one element has one

    def apply(self, *gradients: Tensor | None) -> tuple[Tensor | None, ...]:  # type: ignore[override]
        several = isinstance(self.dtype, tuple)
        shapes, kinds = (self.shape, self.dtype) if several else ((self.shape,), (self.dtype,))
        given = [
            wrap(np.zeros(shape, dtype)) if grad is None else grad
            for grad, shape, dtype in zip(gradients, shapes, kinds, strict=True)
        ]
        return super().apply(given)

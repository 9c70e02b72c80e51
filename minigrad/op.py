"""op(): one table entry becomes a function, a method, its in-place twin, a node class and a doc.

Counterpart in PyTorch: tools/autograd/derivatives.yaml and native_functions.yaml, and the code
generators that read them. An entry here reads like a line there:

    mul = op("mul(self, other)", np.multiply,
        self=lambda grad, other: grad * other,
        other=lambda grad, self: grad * self,
        inplace=True, dunder="__mul__ __rmul__", doc="Elementwise product.")

* The signature is Python's. `*size` takes ints or one tuple of them. An argument that is a tensor without a
  formula, or a list of tensors, is annotated: `mask: Tensor`, `indices: list`.
* The forward function gets arrays for tensors, everything else as it is, and answers with an array, or a
  tuple of arrays where the op has several outputs; "-> values, indices" names them for the formulas.
* A formula is named after the argument whose gradient it gives. Its first parameter is `grad` (or `grads`,
  all gradients of an op with several outputs); the others say what it needs and so what is saved: an
  argument, `result` or an output's name, or an argument's shape as `self_shape`. Any other name is refused.
* A formula runs on tensors, so it can be recorded and differentiated again.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from . import arguments, dtypes, errors, record
from .attach import attach
from .broadcast import broadcast_shape
from .inplace import TRAITS, run_inplace
from .opnode import ListOpNode, ManyOpNode, OpNode, saved_attributes
from .plan import RESULT, Plan, Source
from .signature import NO_DEFAULT, Signature
from .strides import pointwise
from .tensor import Tensor

table: dict[str, Op] = {}  # every op by name, for tests and docs


class Op(Signature):
    """One entry of the table: a signature, what runs forward, and the formulas."""

    def __init__(
        self,
        signature: str,
        forward: Callable[..., Any],
        formulas: dict[str, Callable[..., Any]],
        *,
        node: str,
        promotes: str,
        pointwise: bool | None,
        view: str,
        doc: str,
        of: str,
        check: Callable[..., None] | None,
        written: int,
        twin: str,
        number_operands: bool,
    ) -> None:
        self.signature, _, named = signature.partition(" -> ")
        super().__init__(self.signature, of)
        self.results = [name.strip() for name in named.split(",")] if named else ["result"]
        if clash := set(self.names) & set(self.results):
            raise TypeError(f"op {self.name}: {clash.pop()!r} names both an argument and a result")
        self.forward = forward
        self.promotes = promotes
        self.pointwise = bool(promotes) if pointwise is None else pointwise
        self.view = view
        self.doc = doc
        self.check = check
        self.written = written
        self.twin = frozenset(twin.split())
        if unknown := self.twin - TRAITS.keys():
            raise TypeError(f"op {self.name}: twin={unknown.pop()!r} is none of {', '.join(TRAITS)}")
        self.formulas = {name: self._checked(name, f) for name, f in formulas.items()}
        self.edges = tuple(self.names.index(name) for name in self.formulas)
        self.differentiable = bool(self.formulas)
        self.accepts_out = isinstance(forward, np.ufunc) or "out" in _own_parameters(forward)
        self.operands = self._operands()
        self.operand_numbers = self.operands if number_operands else ()  # where a number is an operand
        self.written_name = self.shown if self.name.endswith("_") else self.shown + "_"
        self.writes_self = self.name.endswith("_")
        self.public = True  # whether users call it, or it is a part of what they call
        self._plans: dict[tuple[int, ...], Plan] = {}
        self.node_class = self._node_class(node or f"{_camel(self.name)}Backward0")

    def _node_class(self, name: str) -> type[OpNode]:
        listed = any(self.params[i][1] is NO_DEFAULT and self.names[i] == "tensors" for i in self.edges)
        base = ListOpNode if listed else ManyOpNode if self.results != ["result"] else OpNode
        mentioned = tuple(dict.fromkeys(n for _, names in self.formulas.values() for n in names))
        own = {"__slots__": (), "__doc__": self.doc, "names": mentioned, "op": self}
        return type(name, (base,), own | saved_attributes(mentioned))

    def _operands(self) -> tuple[int, ...]:
        """The arguments that are promoted to a common dtype: those without a default, or with None."""
        if not self.promotes:
            return ()
        candidates = enumerate(self.params[: self.positional])
        return tuple(i for i, (_, default) in candidates if default in (NO_DEFAULT, None))

    def _checked(
        self, argument: str, formula: Callable[..., Any]
    ) -> tuple[Callable[..., Any], tuple[str, ...]]:
        if argument not in self.names:
            raise TypeError(
                f"op {self.name}: formula for {argument!r}, which is no argument of {self.signature}"
            )
        first, *names = inspect.signature(formula).parameters
        if first not in ("grad", "grads"):
            raise TypeError(
                f"op {self.name}: the first parameter of a formula is grad or grads, not {first!r}"
            )
        for name in names:
            self.source_of(name)
        return formula, tuple(names)

    def source_of(self, name: str) -> Source:
        """Where the value comes from that a formula asks for by `name`."""
        if name in self.results:
            return Source(RESULT - self.results.index(name))
        if name in self.names:
            return Source(self.names.index(name))
        argument, _, part = name.rpartition("_")
        if part == "shape" and argument in self.names:
            return Source(self.names.index(argument), part)
        raise TypeError(
            f"op {self.name}: a formula asks for {name!r}, which is neither an argument of {self.signature}, nor "
            "<argument>_shape, nor a result"
        )

    def plan(self, kinds: tuple[int, ...]) -> Plan:
        """The plan for arguments of these kinds (record.py)."""
        found = self._plans.get(kinds)
        if found is None:
            kinds_at = dict(enumerate(kinds))
            lists = record.TENSORS, record.WANTED_LIST
            wanted = [i for i in self.edges if kinds[i] in (record.WANTED, record.WANTED_LIST)]
            # torch's NotImplemented has edges only where they are wanted, all others have them everywhere.
            edges = tuple(wanted) if self.node_class.__name__ == "NotImplemented" else self.edges
            found = Plan(
                edges,
                tuple(self.formulas[self.names[i]] if i in wanted else None for i in edges),
                self.source_of,
                lambda s: (
                    not s.part
                    and (s.position < 0 or kinds_at.get(s.position) in (record.TENSOR, record.WANTED))
                ),
                lambda s: not s.part and kinds_at.get(s.position) in (record.NUMBER, *lists),
                lambda s: kinds_at.get(s.position) in lists,
            )
            found.bare = kinds[-1] != record.MIXED
            self._plans[kinds] = found
        return found

    # ------------------------------------------------------------------ calling

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Run the op. TypeError, in torch's words for a method, where it fails over its arguments."""
        try:
            return record.run(self, self.bind(args, dict(kwargs)))
        except Exception as error:
            self.explain(error, args, kwargs)
            raise

    def call_function(self, *args: Any, **kwargs: Any) -> Any:
        """call(), with an error in the words for a function, which counts the tensor among its arguments."""
        try:
            return record.run(self, self.bind(args, dict(kwargs)))
        except Exception as error:
            self.explain(error, args, kwargs, method=False)
            raise

    def call_inplace(self, *args: Any, **kwargs: Any) -> Tensor:
        """Run the op and write the result into its first argument."""
        try:
            return run_inplace(self, self.bind(args, dict(kwargs), self.written_name))
        except Exception as error:
            self.explain(error, args, kwargs, name=self.written_name)
            raise

    def explain(
        self,
        error: Exception,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        method: bool = True,
        name: str = "",
    ) -> None:
        """TypeError where the arguments that the op failed over were wrong for what users call.

        Else the error stays, and the observer is told of it.
        """
        overload = not self.public and self.shown != self.name and isinstance(error, TypeError)
        while overload and args and args[-1] is None:
            args = args[:-1]  # an overload is given all arguments
        if self.public or overload:  # else they are not the user's own
            arguments.check(name or self.shown, args, kwargs, method)
        errors.refused(error, name or self.shown, args, kwargs)

    def arrays(self, args: list[Any]) -> list[Any]:
        """The arguments as the forward function wants them: arrays, promoted where the op says so."""
        arrays = [
            a._array
            if isinstance(a, Tensor)
            else [t._array if isinstance(t, Tensor) else t for t in a]
            if isinstance(a, (list, tuple)) and any(isinstance(t, Tensor) for t in a)
            else a
            for a in args
        ]
        operands = [i for i in self.operands if arrays[i] is not None]
        if operands:
            found = [arrays[i] for i in operands]
            if self.check is not None:
                self.check(*found)
            if len(found) > 1:
                broadcast_shape(found)
            target = dtypes.result_type(found)
            if self.promotes == "float" and not target.is_floating_point:
                target = dtypes.get_default_dtype()
            for i in operands:
                array = arrays[i]
                if not isinstance(array, np.ndarray):
                    arrays[i] = np.array(array).astype(target.numpy)
                elif array.dtype is not target.numpy:
                    arrays[i] = array.astype(target.numpy)
        return arrays

    def laid_out(self, found: np.ndarray, args: list[Any]) -> np.ndarray:
        """The result of an elementwise op as it lies in torch (strides.pointwise)."""
        operands = [
            a._array if isinstance(a, Tensor) else None
            for i, a in enumerate(args)
            if isinstance(a, Tensor) or i in self.operand_numbers
        ]
        return pointwise(found, operands)

    def check_cast(self, found: np.ndarray, target: Tensor) -> None:
        """RuntimeError where the result's dtype is of a higher category than that of the written tensor."""
        source, into = dtypes.of(np.asarray(found).dtype), target.dtype
        if source.category > into.category and not self.writes_self:
            name = into.c_name if self.shown.startswith("clamp") else into.scalar_type
            raise RuntimeError(
                f"result type {source.scalar_type} can't be cast to the desired output type {name}"
            )


def op(
    signature: str,
    forward: Callable[..., Any],
    *,
    doc: str,
    inplace: bool = False,
    method: bool = True,
    dunder: str = "",
    view: str = "",
    promotes: str = "",
    pointwise: bool | None = None,
    node: str = "",
    of: str = "",
    check: Callable[..., None] | None = None,
    written: int = 0,
    twin: str = "",
    number_operands: bool = True,
    **formulas: Callable[..., Any],
) -> Callable[..., Any]:
    """Enter an op into the table, attach it to Tensor, and return its function.

    An op whose name ends in "_" has no out-of-place form. TypeError where the name is in the table already.

    doc: its docstring, and its node class's.
    inplace: also `name_` (of an overload the public function sees to it).
    method: also a method of Tensor; without, it is a part of what users call.
    dunder: the operators it implements, separated by spaces.
    view: "one" or "many" where its outputs share memory with the first argument.
    promotes: "common" where its operands are brought to a common dtype first, "float" where integers become
        floats as well.
    pointwise: whether it works element by element, and so has its operands' order of dimensions in memory; by
        default where it promotes.
    node: the node's name, where it is not `<Name>Backward0`.
    of: the function that users call, where this entry is one of its overloads.
    check: called with the operands (arrays and numbers) before they are promoted, unless all are of one float
        dtype; it raises where torch does.
    written: how often torch writes the gradient while it makes it, to be seen in its _version.
    twin: what sets the in-place form apart, in the words of inplace.TRAITS.
    number_operands: whether a number in an operand's place is one, or a parameter.
    formulas: the derivatives, each under the name of its argument.
    """
    entry = Op(
        signature,
        forward,
        formulas,
        node=node,
        promotes=promotes,
        pointwise=pointwise,
        view=view,
        doc=doc,
        of=of,
        check=check,
        written=written,
        twin=twin,
        number_operands=number_operands,
    )
    if entry.name in table:
        raise TypeError(f"op {entry.name} is in the table already")
    table[entry.name] = entry
    return attach(entry, inplace=inplace and not of, method=method, dunder=dunder)


def _own_parameters(function: Callable[..., Any]) -> Any:
    """The parameters that the function itself takes; not those of one that it wraps."""
    return inspect.signature(function, follow_wrapped=False).parameters


def _camel(name: str) -> str:
    """ "log_softmax" -> "LogSoftmax": how torch's generator names the nodes."""
    return "".join(part[:1].upper() + part[1:] for part in name.strip("_").split("_"))

"""The short way through an op: recorders written out for one op each.

`record.run` tells what happens to any op with any arguments. Most calls are plainer: tensors of one dtype,
nothing special going on. For these `recorder` writes a function that has no questions left whose answer the
table knows. This is the one for `x.exp()`:

    def exp(input):
        try:
            a0 = input._array
        except AttributeError:
            return general(input)
        if mode.special or a0.dtype.kind != 'f' or input._view is not None and unfit(input): return general(input)
        array = forward(a0, out=...)
        out = new(Tensor)
        out._array = array
        out._storage = out._grad = out._view = out._meta = out._accumulator = node = None
        out._output_nr = 0
        if input._requires_grad and local.grad:
            node = Node()
            node.plan = plan0
            node.saved = array,
            node.versions = plan0.zeros
            node.next = input._node or input._accumulator and input._accumulator() or accumulator(input),
            node.numbers = (input._output_nr,) if input._output_nr else NUMBERS
            node.shape, node.dtype, node.seq, node.meta = array.shape, array.dtype, next_sequence_nr(), None
            out._node, out._requires_grad = node, True
        else: out._node, out._requires_grad = None, False
        if mode.observer is not None and not local.quiet: mode.observer.op('exp', (input,), (out,), node, None)
        return out

What does not fit goes to `general`, which is `run`; a test takes every op both ways. Counterpart in PyTorch:
the generated functions of VariableType.cpp.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from . import mode, record, strides
from .mode import local
from .node import accumulator, next_sequence_nr
from .plan import RESULT, Plan
from .record import NUMBER, PLAIN, TENSOR, WANTED
from .saved import check_savable
from .signature import NO_DEFAULT
from .tensor import Tensor, new
from .views import make_view, out_of_date
from .written import Lines, written_when_called

if TYPE_CHECKING:
    from .op import Op


def recorder(op: Op, general: Callable[..., Any] | None = None, method: bool = True) -> Callable[..., Any]:
    """The short way to run `op`, or `general` where it has none.

    general: for what does not fit. method: whether an error speaks of a method or of a function.
    """
    if not _is_plain(op):
        return general or op.call
    return _recorder(op, general, method)


def _recorder(op: Op, general: Callable[..., Any] | None, method: bool, number: bool = False) -> Any:
    title = f"{op.name} with a number" if number else op.name
    return written_when_called(op.name, title, lambda: _Writer(op, general, method, number).written())


def _is_plain(op: Op) -> bool:
    """Whether there are one result, no lists of tensors, and at most two arguments that have a gradient."""
    if op.results != ["result"] or op.view == "many" or op.lists or len(op.edges) > 2:
        return False
    if op.view and any("result" in names for _, names in op.formulas.values()):
        return False
    if op.promotes:
        return _by_elements(op)
    return all(op.params[i][1] is NO_DEFAULT for i in (0, *op.edges))


def _by_elements(op: Op) -> bool:
    """Whether its forward takes `out` and its operands, one or two, are all of its arguments."""
    return op.accepts_out and not op.view and len(op.params) < 3 and op.edges in ((), (0,), (0, 1))


class _Writer:
    """Writes the recorder of one op, line by line."""

    def __init__(self, op: Op, general: Callable[..., Any] | None, method: bool, number: bool) -> None:
        """number: the second operand is a number, not a tensor."""
        self.op = op
        self.method = method
        self.number = number
        self.names = ["input" if name == "self" else name for name in op.names]
        self.elementwise = _by_elements(op)
        # The arguments that have to be tensors, and those of them that may be None.
        self.tensors = sorted({0, *op.edges, *op.tensor_args})
        if self.elementwise:
            self.tensors = [0] if number else list(range(len(op.params)))
        self.known: dict[str, Any] = {
            "forward": op.forward, "Node": op.node_class, "NUMBERS": (0,) * len(op.edges), "new": new,
            "Tensor": Tensor, "mode": mode, "local": local, "strides": strides, "ndarray": np.ndarray,
            "asarray": np.asarray, "accumulator": accumulator, "next_sequence_nr": next_sequence_nr,
            "unfit": _unfit_by_elements if op.pointwise else out_of_date,
            "make_view": make_view, "check_savable": check_savable, "bind": op.bind, "general": general or op.call,
        }  # fmt: skip
        # Tensors alone are a signature that Python reads quickest; for the rest bind() knows torch's errors.
        self.listed = not self.elementwise and len(self.tensors) < len(op.params)
        if self.listed:
            self.known["general"], self.known["bind"] = _in_full(op, method), _binding(op, method)
            self.known["defaults"] = tuple(default for _, default in op.params)

    def written(self) -> Lines:
        """The lines, and what they know."""
        edges = [i for i in self.op.edges if i in self.tensors]
        plans: dict[tuple[int, ...], Plan] = {}
        for wanted in itertools.product((True, False), repeat=len(edges)):
            if any(wanted):
                asking = tuple(i for i, w in zip(edges, wanted, strict=True) if w)
                plans[asking] = self.op.plan(tuple(self._kind(i, asking) for i in range(len(self.op.params))))
        lines = [*self._arguments(), *self._forward(), *self._output(), *self._record(plans), *self._end()]
        return [lines[0], *["    " + line for line in lines[1:]]], self.known

    def _kind(self, i: int, asking: tuple[int, ...]) -> int:
        if i in asking:
            return WANTED
        if i in self.tensors and not self._optional(i):
            return TENSOR
        return NUMBER if self.number and i in self.op.edges else PLAIN

    def _optional(self, i: int) -> bool:
        return self.op.params[i][1] is None

    # ------------------------------------------------------------------ the lines

    def _arguments(self) -> list[str]:
        op, names = self.op, self.names
        call = f"return general({', '.join(names)})"
        if not self.listed:
            lines = [f"def {op.name}({', '.join(names)}):"]
        else:
            required = sum(default is NO_DEFAULT for _, default in op.params)
            odd = f"kwargs or not {required} <= len(args) <= {op.positional}"
            if op.star is not None:
                odd += f" or type(args[{op.star}]) is not tuple"
            lines = [
                f"def {op.name}(*args, **kwargs):",
                f"if {odd}: args = bind(args, kwargs)",
                f"elif len(args) < {len(names)}: args += defaults[len(args):]",
                f"{_tuple(names)} = args",
            ]
        if self.elementwise and len(names) == 2 and not self.number:
            self.known["with_number"] = _recorder(op, self.known["general"], self.method, number=True)
            lines.append(
                f"if type({names[1]}) is float or type({names[1]}) is int: return with_number({', '.join(names)})"
            )
            if op.edges == (0,):  # the other is always a number
                lines.append(call)
                self.tensors = [0]
        lines.append("try:")
        for i in self.tensors:
            if self._optional(i):
                lines.append(f"    if {names[i]} is not None: {call}")
            else:
                lines.append(f"    a{i} = {names[i]}._array")
        lines += ["except AttributeError:", f"    {call}"]
        present = [i for i in self.tensors if not self._optional(i)]
        unfit = ["mode.special"]
        if self.elementwise:
            unfit += [f"a0.dtype is not a{i}.dtype" for i in present[1:]]
            if self.number or op.promotes == "float" or op.check is not None:
                unfit.append("a0.dtype.kind != 'f'")
            if len(present) > 1:
                whole = " and ".join(f"a{i}.flags.c_contiguous" for i in present)
                unfit.append(f"strides.turned and not ({whole})")
        unfit += [f"{names[i]}._view is not None and unfit({names[i]})" for i in present]
        lines.append(f"if {' or '.join(unfit)}: {call}")
        return lines

    def _forward(self) -> list[str]:
        given = [
            f"a{i}" if i in self.tensors and not self._optional(i) else name
            for i, name in enumerate(self.names)
        ]
        if self.elementwise and len(given) == 1:
            return ["array = forward(a0, out=...)"]
        if self.elementwise:
            return [
                "try:",
                f"    array = forward({', '.join(given)}, out=...)",
                "except ValueError:",
                f"    return general({', '.join(self.names)})  # which says in torch's words what does not fit",
            ]
        return [
            "try:",
            f"    array = forward({', '.join(given)})",
            "except Exception:",
            f"    return general({', '.join(self.names)})  # which says in torch's words what is wrong",
            "if type(array) is not ndarray: array = asarray(array)",
        ]

    def _output(self) -> list[str]:
        lines = [
            "out = new(Tensor)",
            "out._array = array",
            "out._storage = out._grad = out._view = out._meta = out._accumulator = node = None",
            "out._output_nr = 0",
        ]
        if self.op.view:
            lines.append("make_view(input, out)")
        return lines

    def _record(self, plans: dict[tuple[int, ...], Plan]) -> list[str]:
        lines = ["out._node, out._requires_grad = None, False"]
        if not plans:
            return lines
        edges = self.op.edges
        asks = [f"{self.names[i]}._requires_grad" for i in edges if i in self.tensors]
        condition = (asks[0] if len(asks) == 1 else f"({' or '.join(asks)})") + " and local.grad"
        if not self.op.promotes:
            condition += " and array.dtype.kind == 'f'"  # a result of integers carries no gradient
        found = []
        for number, (asking, plan) in enumerate(plans.items()):
            self.known[f"plan{number}"] = plan
            rest = len(plans) - 1 - number
            exact = " and ".join(f"{self.names[i]}._requires_grad" for i in asking)
            word = "" if len(plans) == 1 else "else:" if not rest else f"{'el' if number else ''}if {exact}:"
            body = self._node(f"plan{number}", plan, asking)
            found += body if not word else [word, *["    " + line for line in body]]
        return [
            f"if {condition}:",
            "    node = Node()",
            *["    " + line for line in found],
            "    node.shape, node.dtype, node.seq, node.meta = array.shape, array.dtype, next_sequence_nr(), None",
            "    out._node, out._requires_grad = node, True",
            "else: out._node, out._requires_grad = None, False",
        ]

    def _node(self, plan_name: str, plan: Plan, asking: tuple[int, ...]) -> list[str]:
        saved, kept, versions = [], [], []
        for slot, (position, part) in enumerate(plan.sources):
            name = "array" if position == RESULT else self.names[position]
            if part:
                name = f"a{position}.shape" if position in self.tensors else "()"
            elif slot < plan.tensors and position != RESULT:
                kept.append(name)
                versions.append(f"0 if {name}._storage is None else {name}._storage.version")
            if slot < plan.tensors and position == RESULT:
                versions.append("0")
            saved.append(name)
        lines = [f"node.plan = {plan_name}", f"node.saved = {_tuple(saved)}"]
        lines.append(f"node.versions = {plan_name}.zeros")
        if kept:
            noted = " or ".join(f"{t}._storage is not None or {t}._meta is not None" for t in kept)
            lines.append(f"if {noted}:")
            lines += [f"    if {t}._meta is not None: check_savable({t})" for t in kept]
            lines.append(f"    node.versions = {_tuple(versions)}")
        into, numbers = [], []
        for i in self.op.edges:
            t = self.names[i]
            into.append(
                f"{t}._node or {t}._accumulator and {t}._accumulator() or accumulator({t})"
                if i in asking
                else "None"
            )
            numbers.append(f"{t}._output_nr" if i in asking else "0")
        lines.append(f"node.next = {_tuple(into)}")
        several = " or ".join(n for n in numbers if n != "0")
        lines.append(f"node.numbers = ({_tuple(numbers)}) if {several} else NUMBERS")
        return lines

    def _end(self) -> list[str]:
        told = "tuple(args)" if self.listed else f"({_tuple(self.names)})"
        return [
            "if mode.observer is not None and not local.quiet: "
            f"mode.observer.op({self.op.shown!r}, {told}, (out,), node, None)",
            "return out",
        ]


def _in_full(op: Op, method: bool) -> Callable[..., Any]:
    """run() for all arguments of the op, in order."""

    def general(*args: Any) -> Any:
        try:
            return record.run(op, op.checked(list(args)))
        except Exception as error:
            pairs = list(zip(op.params, args, strict=True))
            given = [value for _, value in pairs[: op.positional]]
            while given and given[-1] is op.params[len(given) - 1][1]:
                given.pop()  # a default, or as good as one
            named = {name: value for (name, default), value in pairs[op.positional :] if value is not default}
            op.explain(error, tuple(given), named, method)
            raise

    return general


def _binding(op: Op, method: bool) -> Callable[..., Any]:
    def bind(args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
        try:
            return op.bind(args, dict(kwargs))
        except Exception as error:
            op.explain(error, args, kwargs, method)
            raise

    return bind


def _tuple(parts: list[str]) -> str:
    return ", ".join(parts) + "," * (len(parts) == 1) or "()"


def _unfit_by_elements(view: Tensor) -> bool:
    """Whether its dimensions are in an order that the result takes over, or it is out of date."""
    return view._view.turned or out_of_date(view)

"""Formulas on bare arrays: how backward computes while nobody records it.

A formula is written once, for tensors, so that it can be recorded and differentiated again. Most of the time
nobody does; then making tensors of what comes and goes costs more than a small array's arithmetic. A formula
that is made of operators and of ops called by name means the same on arrays, when each of these ops stands for
its forward function:

    self=lambda grad, other: grad * other                          runs on arrays as it is
    self=lambda grad, mat2: mm(grad, t(mat2))                      runs with the forwards of mm and t
    self=lambda grad, self: grad.masked_fill(self < 0, 0.0)        calls a method: needs tensors, and gets them

A helper that formulas call can say what it is on arrays, too: see `helper`.

`compiled` puts the formulas of a plan and the version checks of saved.py into one function, written out for
this plan: that saves every question whose answer is known. Counterpart in PyTorch: the generated Functions.cpp.
"""

from __future__ import annotations

import dis
from collections.abc import Callable
from types import CellType, FunctionType
from typing import TYPE_CHECKING, Any

import numpy as np

from . import errors
from .saved import modified
from .tensor import Tensor, wrap
from .written import written

if TYPE_CHECKING:
    from .opnode import OpNode
    from .plan import Plan

# Attributes, methods, indexing, keyword and star arguments, in the instructions' names.
_MORE = ("ATTR", "METHOD", "SUBSCR", "SLICE", "IMPORT", "FUNCTION", "KW")

_AS_IT_IS = (lambda grad: grad).__code__.co_code

Compute = Callable[["OpNode", Any], Any]


def helper(on_arrays: Callable[..., Any]) -> Callable[[Any], Any]:
    """Decorates a function of formulas with what stands for it where they run on arrays."""

    def mark(function: Any) -> Any:
        function.forward = on_arrays
        return function

    return mark


def on_arrays(formula: Callable[..., Any]) -> Callable[..., Any] | None:
    """The formula for arrays; None where it asks for more than operators and ops by their names.

    One difference is the author's business: a number / a tensor is torch's reciprocal times the number, and
    rounds twice.
    """
    if hasattr(formula, "forward"):
        return formula.forward
    if not isinstance(formula, FunctionType) or formula.__defaults__:
        return None
    cells = [getattr(cell.cell_contents, "forward", None) for cell in formula.__closure__ or ()]
    if None in cells:
        return None
    forwards: dict[str, Any] = {"__name__": formula.__module__}  # where NumPy's warnings come from
    for step in dis.get_instructions(formula):
        if step.opname == "LOAD_GLOBAL":
            forward = getattr(formula.__globals__.get(step.argval), "forward", None)
            if forward is None:
                return None
            forwards[step.argval] = forward
        elif any(word in step.opname for word in _MORE):
            return None
        elif step.opname == "BINARY_OP" and step.argrepr in ("**", "[]"):
            return None  # a power has other special cases in NumPy
    closure = tuple([CellType(forward) for forward in cells])
    return FunctionType(formula.__code__, forwards, formula.__name__, None, closure)


def compiled(plan: Plan, name: str, recorded: bool) -> Compute:
    """The function that runs the plan's formulas on a gradient.

    recorded: the gradient is a tensor, and the formulas get tensors. Else it is an array, and formulas that can
    run on arrays do.
    """
    known: dict[str, Any] = {
        "freed": errors.freed, "modified": modified, "wrap": wrap, "opened": opened, "ndarray": np.ndarray,
        "asarray": np.asarray,
    }  # fmt: skip
    results: list[str] = []
    on_array: set[int] = set()  # the slots whose array is asked for
    numbers = not recorded  # whether a gradient of no dimensions may stay NumPy's scalar
    for k, entry in enumerate(plan.formulas):
        if entry is None:
            results.append("None")
            continue
        formula, slots = entry
        quick = (
            on_arrays(formula)
            if plan.bare and not recorded and all(plan.has_array[i] for i in slots)
            else None
        )
        if isinstance(formula, FunctionType) and formula.__code__.co_code == _AS_IT_IS and not slots:
            results.append("grad")
            continue
        known[f"f{k}"] = quick or formula
        numbers = numbers and quick is not None and _only_operators(quick)
        if quick is not None:
            on_array.update(i for i in slots if i < plan.tensors)
            values = [f"a{i}" if i < plan.tensors else f"s{i}" for i in slots]
        else:
            kept = "node.in_graph({})" if recorded else "node.tensor({})"
            values = [kept.format(i) if i == plan.result else f"s{i}" for i in slots]
        gradient = "grad" if recorded or quick is not None else "wrap(grad)"
        call = f"f{k}({', '.join([gradient, *values])})"
        results.append(call if recorded or quick is not None else f"opened({call})")
    lines = [f"def {name}(node, grad, release):"]
    if plan.releasable:
        lines += ["    versions = node.versions", "    if versions is None: raise freed(node)"]
    if plan.slots:
        lines.append(f"    {', '.join(f's{i}' for i in range(len(plan.slots)))}, = node.saved")
    for i in range(plan.tensors):
        # The op's own result may have been kept as a bare array, which nobody can have written.
        is_array = f"isinstance(s{i}, ndarray)" if i == plan.result else ""
        written_since = f"s{i}._storage is not None and s{i}._storage.version != versions[{i}]"
        lines.append(
            f"    if {is_array and f'not {is_array} and '}{written_since}: raise modified(node, {i})"
        )
        if i in on_array:
            lines.append(f"    a{i} = {is_array and f's{i} if {is_array} else '}s{i}._array")
    if numbers and on_array:
        scalars = "; ".join(f"a{i} = a{i}[()]" for i in sorted(on_array))
        lines.append(f"    if type(grad) is not ndarray: {scalars}")
    elif not (numbers or recorded):
        lines.append("    if type(grad) is not ndarray: grad = asarray(grad)")
    if not plan.releasable:
        lines.append(f"    return {', '.join(results)},")
    else:
        kept = [f"s{i}" for i in range(plan.releasable, len(plan.slots))]
        lines.append(f"    results = {', '.join(results)},")
        lines.append(
            f"    if release: node.saved, node.versions = ({', '.join(['None'] * plan.releasable + kept)},), None"
        )
        lines.append("    return results")
    return written(name, lines, known)


def _only_operators(function: Callable[..., Any]) -> bool:
    return isinstance(function, FunctionType) and not (function.__code__.co_names or function.__closure__)


def opened(result: Tensor | None) -> np.ndarray | None:
    """The array of what a formula on tensors answered."""
    return None if result is None else result._array

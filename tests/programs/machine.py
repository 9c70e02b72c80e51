"""Runs the statements of a program with one package as `T`, and tells what can be seen afterwards.

Texts are compared by the rules of conformance/run.py: the class of an error and its first sentence.
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from conformance.run import first_sentence, normalise_text

from .parts import Known

# What a program finds beside `T` and `log`: Functions, hooks and the like, written against `T`.
PRELUDE = compile((Path(__file__).parent / "prelude.py").read_text(encoding="utf-8"), "prelude.py", "exec")

DEPTH = 4  # how many nodes deep a graph is told

Looks = dict[str, Any]  # what can be seen of one tensor

# What most tensors look like: left out of what is told.
USUAL: Looks = {
    "requires_grad": False, "grad_fn": None, "is_leaf": True, "output_nr": 0, "offset": 0, "version": 0,
    "is_view": False, "base": None, "inference": False, "retains_grad": False, "contiguous": True,
    "memory": None, "grad": None,
}  # fmt: skip


class Machine:
    """One package and the names of one program."""

    def __init__(self, T: Any) -> None:
        self.T = T
        self.names: dict[str, Any] = {"T": T, "log": self.note}
        exec(PRELUDE, self.names)
        self.log: list[Any] = []

    def note(self, *values: Any) -> None:
        """`log(...)` in a program: what a hook saw, in the order in which the hooks ran."""
        self.log += [self.plain(value) for value in values]

    def tensors(self) -> dict[str, Any]:
        """The tensors that have a name, by their names."""
        return {name: value for name, value in self.names.items() if isinstance(value, self.T.Tensor)}

    def run(self, statement: str) -> dict[str, Any]:
        """Run it. What it raised, warned of and logged, as far as it did."""
        self.log = []
        found: dict[str, Any] = {}
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            warnings.filterwarnings("ignore", category=RuntimeWarning, module="minigrad")  # as it does itself
            try:
                exec(statement, self.names)
            except Exception as error:
                found["error"] = [type(error).__name__, self.sentence(error)]
                del error
        told = [[w.category.__name__, self.sentence(w.message)] for w in caught]
        if told:
            found["warnings"] = told
        if self.log:
            found["log"] = self.log
        return found

    def known(self) -> Known:
        """The shapes of the tensors, which one may ask for without looking at anything else."""
        return {name: (tuple(t.shape), t.is_floating_point()) for name, t in self.tensors().items()}

    def look(self) -> dict[str, Looks]:
        """How each tensor looks now."""
        return {name: self.looks(tensor) for name, tensor in self.tensors().items()}

    def looks(self, t: Any) -> Looks:
        """All that can be seen of a tensor, in plain data, but for what is usual."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            asked: dict[str, Callable[[], Any]] = {
                "value": lambda: self.plain(t),
                "requires_grad": lambda: t.requires_grad,
                "grad_fn": lambda: self.graph(t.grad_fn, DEPTH),
                "is_leaf": lambda: t.is_leaf,
                "output_nr": lambda: t.output_nr,
                # Without elements it is an ordinary one's, even where torch expanded it.
                "stride": lambda: list(t.stride()) if t.numel() else None,
                "offset": t.storage_offset,
                "contiguous": t.is_contiguous,
                "version": lambda: t._version,
                "is_view": t._is_view,
                "base": lambda: self.name_of(t._base),
                "memory": lambda: self.memory(t),
                "inference": t.is_inference,
                "retains_grad": lambda: t.retains_grad,
                "grad": lambda: self.gradient(t.grad),
                "repr": lambda: normalise_text(repr(t), self.T.__name__),
            }
            found = {what: self.attempt(look) for what, look in asked.items()}
        return {what: value for what, value in found.items() if what not in USUAL or value != USUAL[what]}

    def gradient(self, grad: Any) -> Any:
        """How the .grad of a tensor looks: its values and its place in memory and graph."""
        if grad is None:
            return None
        found = {"value": self.plain(grad)}
        if not grad.numel():
            return found
        found["stride"] = list(grad.stride())
        for what, value in (
            ("version", self.attempt(lambda: grad._version)),
            ("grad_fn", self.graph(grad.grad_fn, DEPTH - 1)),
            ("inference", grad.is_inference()),
            ("is_view", grad._is_view()),
            ("memory", self.memory(grad)),
        ):
            if value != USUAL[what]:
                found[what] = value
        return found

    def plain(self, value: Any) -> Any:
        """A value in plain data: a tensor as {dtype: numbers}, a float with nine digits."""
        if isinstance(value, self.T.Tensor):
            value = value.detach()
            numbers = (value.clone() if getattr(value, "_is_zerotensor", bool)() else value).tolist()
            found = {str(value.dtype).rpartition(".")[2]: self.plain(numbers)}
            return found if value.numel() else {**found, "shape": list(value.shape)}
        if isinstance(value, (list, tuple)):
            return [self.plain(item) for item in value]
        if isinstance(value, float):
            return float(f"{value:.9g}") if math.isfinite(value) else str(value)
        if value is None or isinstance(value, (bool, int)):
            return value
        if isinstance(value, np.ndarray):
            return self.plain(value.tolist())
        return normalise_text(str(value), self.T.__name__)

    def attempt(self, look: Callable[[], Any]) -> Any:
        try:
            return look()
        except Exception as error:
            return {"raises": type(error).__name__, "message": self.sentence(error)}

    def sentence(self, message: object) -> str:
        return first_sentence(normalise_text(str(message), self.T.__name__))[0]

    def name_of(self, tensor: Any) -> str | None:
        if tensor is None:
            return None
        return next((name for name, other in self.tensors().items() if other is tensor), "?")

    def memory(self, tensor: Any) -> str | None:
        """The first name, or .grad of a name, that shares the tensor's memory; None where that is itself."""
        if not tensor.numel():
            return None
        address = tensor.untyped_storage().data_ptr()
        for name, other in self.tensors().items():
            if other is tensor:
                return None
            if other.numel() and other.untyped_storage().data_ptr() == address:
                return name
        return None

    def graph(self, node: Any, depth: int) -> Any:
        """The names of the nodes behind this one, as a tree: [name, [following, number] ...]."""
        if node is None:
            return None
        if hasattr(node, "variable"):
            return f"AccumulateGrad of {self.name_of(node.variable)}"
        name = re.sub(r"^.*::", "", node.name())
        if not depth:
            return name
        edges = [[self.graph(after, depth - 1), number] for after, number in node.next_functions]
        return [name, *edges]

"""Plan: what one op saves and computes, given which of its inputs ask for a gradient.

An op's formulas name what they need (`other=lambda grad, self: grad * self`). If only `other` asks for a
gradient, only `self` is saved. There are few such combinations, so each is worked out once, when it first
comes up, and every node points to its plan.

Counterpart in PyTorch: the generated code of VariableType.cpp and Functions.cpp.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

RESULT = -1  # the source of a slot that holds the op's own result


class Source(NamedTuple):
    """Where a slot's value comes from: argument number (or RESULT), and "shape" for its shape alone."""

    position: int
    part: str = ""


class Plan:
    """`slots` name the saved values, tensors first; `formulas` has one entry for each edge."""

    __slots__ = (
        "edges",
        "slots",
        "sources",
        "tensors",
        "releasable",
        "released",
        "formulas",
        "result",
        "zeros",
        "has_array",
        "bare",
        "on_arrays",
        "on_tensors",
    )

    bare: bool  # formulas that can run on arrays may
    # The formulas as one function of a node and its gradient, an array or a tensor; None until it is written
    # (bare.py).
    on_arrays: Callable[..., Any] | None
    on_tensors: Callable[..., Any] | None

    def __init__(
        self,
        edges: tuple[int, ...],
        formulas: tuple[tuple[Callable[..., Any], tuple[str, ...]] | None, ...],
        source_of: Callable[[str], Source],
        is_tensor: Callable[[Source], bool],
        is_wrapped: Callable[[Source], bool],
        is_list: Callable[[Source], bool],
    ) -> None:
        """edges: the arguments with an edge. formulas: for each edge (formula, names), None if not wanted.

        is_tensor: whether the source holds a tensor. is_wrapped: whether it is a number in a tensor's place,
        which is let go by backward as a tensor is. is_list: whether it holds a list of tensors.
        """
        names = dict.fromkeys(name for entry in formulas if entry for name in entry[1])

        def place(name: str) -> tuple[int, bool, str]:
            """Tensors first, arguments before results, and then by name, as torch saves and unpacks them."""
            source = source_of(name)
            kind = 0 if is_tensor(source) else 1 if is_wrapped(source) else 2
            return kind, source.position < 0, name

        order = sorted(names, key=place)
        self.edges = edges
        self.slots = tuple(order)
        self.sources = tuple(source_of(name) for name in order)
        self.tensors = sum(map(is_tensor, self.sources))
        self.releasable = self.tensors + sum(map(is_wrapped, self.sources))
        self.released = (None,) * self.releasable
        self.formulas = tuple(
            entry and (entry[0], tuple(order.index(name) for name in entry[1])) for entry in formulas
        )
        self.result = next((i for i, s in enumerate(self.sources) if s == Source(RESULT)), -1)
        self.zeros = (0,) * self.tensors  # shared by all nodes whose tensors were never written
        self.on_arrays = self.on_tensors = None
        self.has_array = tuple(not is_list(s) for s in self.sources)

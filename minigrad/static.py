"""Static graphs: define once, run often, as TensorFlow 1 had it; to hold against the dynamic ones.

    graph = static.Graph()
    with graph:                                     # define: nothing has a value yet
        x = graph.placeholder((2,))
        loss = (x * x).mean()
        (slope,) = graph.gradients(loss, [x])

    with graph.session() as session:                # run: the same graph, with new inputs each time
        session.run([loss, slope], {x: [3.0, 1.0]})
        session.run([loss, slope], {x: [5.0, 2.0]})

A dynamic graph is built anew by every forward and gone after backward. This one stays until its session
closes. What it gives away: `if`, `print` and NumPy cannot ask a tensor for its value while the graph is
defined, because there is none. What it wins: when a run begins, everything is known. Each op has become one
call of a NumPy function on memory that was reserved when the graph was defined, and a run is a loop over
these calls.

tape.py is how the calls are found. Variables are tensors from outside of the graph: every run reads what
they are at that moment, and `graph.assign` lets a run change them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from . import differentiate, dtypes, mode
from .mode import local
from .random import generator
from .tape import Tape, Unknown, memory_of, needed_steps, write_directly
from .tensor import Tensor, wrap

__all__ = ["Graph", "Session", "Update"]


class Update(NamedTuple):
    """What assign() answers: variables, and the values that they get when a run fetches this."""

    pairs: tuple[tuple[Tensor, Tensor], ...]


# ------------------------------------------------------------------ what users see


class Graph:
    """A graph that is defined once, in a `with` block, and run by its session."""

    def __init__(self) -> None:
        self._tape = Tape()
        self._placeholders: list[Tensor] = []
        self._closed = False

    def __enter__(self) -> Graph:
        self._check_open()
        if local.tape is not None:
            raise RuntimeError("a static graph is being defined already: one at a time")
        mode.open_special()
        local.tape = self._tape
        self._random = generator.state
        return self

    def __exit__(self, kind: Any, *error: object) -> None:
        local.tape = None
        mode.close_special()
        if kind is None and generator.state != self._random:
            raise RuntimeError(
                "random numbers were drawn while a static graph was defined, and would be the same in each run: "
                "make random tensors before, or feed them to a placeholder"
            )

    def placeholder(self, shape: Sequence[int], dtype: dtypes.dtype | None = None) -> Tensor:
        """A tensor whose value is given to each run; gradients() can be taken for it if it is of floats."""
        self._check_defining("placeholder")
        dtype = dtype or dtypes.get_default_dtype()
        memory = np.full(tuple(shape), dtype.is_floating_point, dtype.numpy)
        self._tape.known[id(memory)] = memory
        made = wrap(memory.view(Unknown))
        made._requires_grad = dtype.is_floating_point
        self._placeholders.append(made)
        return made

    def gradients(self, loss: Tensor, tensors: Sequence[Tensor]) -> tuple[Tensor, ...]:
        """The gradients of `loss`, a single value, by each of `tensors`: these are part of the graph, too."""
        self._check_defining("gradients")
        self._tape.backward = True
        try:
            found = differentiate.grad(loss, tensors, create_graph=True)
        finally:
            self._tape.backward = False
        return tuple([t.detach() for t in found])

    def assign(self, variables: Tensor | Sequence[Tensor], values: Tensor | Sequence[Tensor]) -> Update:
        """A step that gives tensors from outside new values at the end of each run that fetches it."""
        self._check_defining("assign")
        pairs = list(zip(_listed(variables), _listed(values), strict=True))
        for variable, value in pairs:
            if isinstance(variable._array, Unknown):
                raise ValueError(
                    "assign() sets tensors that were made before the graph; this one is part of it"
                )
            if not isinstance(value._array, Unknown):
                raise ValueError(
                    "assign() takes values that the graph computes; this tensor is from outside: clone() it"
                )
            if variable.shape != value.shape or variable.dtype is not value.dtype:
                raise ValueError(
                    f"assign(): a variable of shape {list(variable.shape)} and {variable.dtype} cannot take a "
                    f"value of shape {list(value.shape)} and {value.dtype}"
                )
        return Update(tuple(pairs))

    def session(self) -> Session:
        """What runs the graph. Closing it lets the graph's memory go, and the graph cannot be run again."""
        self._check_open()
        if local.tape is self._tape:
            raise RuntimeError("the graph is still being defined: open its session after the `with` block")
        return Session(self)

    def __len__(self) -> int:
        """The number of NumPy calls that have been noted."""
        return len(self._tape.steps)

    def _check_open(self) -> None:
        if self._closed:
            raise RuntimeError("this static graph is gone: its session was closed")

    def _check_defining(self, name: str) -> None:
        if local.tape is not self._tape:
            raise RuntimeError(f"{name}() is part of the definition: call it inside `with graph:`")


def _listed(tensors: Tensor | Sequence[Tensor]) -> Sequence[Tensor]:
    return [tensors] if isinstance(tensors, Tensor) else tensors


class Session:
    """Runs a static graph, as often as you like, until it is closed. Also a context manager."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._programs: dict[tuple[int, ...], _Program] = {}

    def run(self, fetches: Any, feed: Mapping[Tensor, Any] | None = None) -> Any:
        """The values of `fetches`, a tensor or Update or a list of them, for the placeholders in `feed`.

        Only what they need is computed. An Update's value is None. ValueError for a value that does not fit
        its placeholder or a placeholder without one, RuntimeError once the session is closed.
        """
        self._graph._check_open()
        several = isinstance(fetches, (list, tuple)) and not isinstance(fetches, Update)
        wanted = fetches if several else [fetches]
        key = tuple([id(f) for f in wanted])
        program = self._programs.get(key)
        if program is None:
            program = self._programs[key] = _Program(self._graph, list(wanted))
        values = program(feed or {})
        return values if several else values[0]

    def close(self) -> None:
        """Let the graph and its memory go."""
        self._graph._closed = True
        self._graph._tape = Tape()
        self._graph._placeholders = []
        self._programs.clear()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class _Program:
    """The calls that certain fetches need, in order."""

    def __init__(self, graph: Graph, fetches: list[Tensor | Update]) -> None:
        self.fetches = fetches  # and so their ids stay theirs
        self.updates = [pair for f in fetches if isinstance(f, Update) for pair in f.pairs]
        if len({id(variable) for variable, _ in self.updates}) < len(self.updates):
            raise ValueError("run(): a variable would be assigned twice")
        tensors = [f for f in fetches if isinstance(f, Tensor)]
        steps, needed = needed_steps(graph._tape.steps, [*tensors, *[value for _, value in self.updates]])
        self.holes = [p for p in graph._placeholders if id(memory_of(p._array)) in needed]
        kept = {id(memory_of(t._array)) for t in tensors}
        copies = []
        for variable, value in self.updates:
            if not write_directly(steps, variable._array, value._array, kept):
                copies.append(partial(np.copyto, variable._array, value._array.view(np.ndarray)))
        self.calls = [step.call for step in steps] + copies
        self.outside = list(graph._tape.outside.values())
        self.results = [f._array.view(np.ndarray) if isinstance(f, Tensor) else None for f in fetches]

    def __call__(self, feed: Mapping[Tensor, Any]) -> list[Tensor | None]:
        for hole in self.holes:
            if hole not in feed:
                raise ValueError(f"run() needs a value for the placeholder of shape {list(hole.shape)}")
        for hole, value in feed.items():
            _feed(hole, value)
        for tensor, array in self.outside:
            if tensor._array is not array:
                raise RuntimeError(
                    f"a tensor of shape {list(tensor.shape)} that the static graph reads has other memory now "
                    "(.data was set): define the graph anew, or write the values in place with copy_()"
                )
        for call in self.calls:
            call()
        for variable, _ in self.updates:
            variable.storage.version += 1
        return [None if array is None else wrap(array.copy()) for array in self.results]


def _feed(hole: Tensor, value: Any) -> None:
    if not isinstance(hole, Tensor) or not isinstance(hole._array, Unknown):
        raise ValueError(f"run(): only placeholders can be fed, not {hole!r}")
    array = value._array if isinstance(value, Tensor) else np.asarray(value)
    if array.shape != hole._array.shape:
        raise ValueError(
            f"run(): a placeholder of shape {list(hole.shape)} got a value of shape {list(array.shape)}"
        )
    if array.dtype.kind == "f" and hole._array.dtype.kind != "f":
        raise ValueError(f"run(): a placeholder of {hole.dtype} got a value of {dtypes.of(array.dtype)}")
    hole._array[...] = array

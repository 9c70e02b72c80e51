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

How it is made: within `with graph` ops compute once, on ones and zeros, to find shapes and to reserve the
memory of their results; a `_Tape` notes the call that fills it. The arrays that tensors carry then are of
the class `Unknown`, which refuses every use but by an op, so that no value of this rehearsal gets out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from . import dtypes, engine, mode
from .mode import local
from .random import generator
from .tensor import Tensor, wrap

if TYPE_CHECKING:
    from .op import Op

__all__ = ["Graph", "Session", "Update"]


class Unknown(np.ndarray):
    """The memory of a value that is not known while a static graph is defined."""

    def _refuse(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(
            "a tensor of a static graph has no value outside of a run: compute with ops while the graph is "
            "defined, and get values with session.run(tensor, {placeholder: value})"
        )

    __array_ufunc__ = __array_function__ = _refuse
    __bool__ = __int__ = __float__ = __index__ = __iter__ = __contains__ = _refuse
    item = tolist = all = any = sum = max = min = argmax = argmin = nonzero = _refuse


class _Step(NamedTuple):
    """One call. `reads` and `writes` are the ids of whole blocks of memory, `out` the array it fills."""

    call: Callable[[], Any]
    reads: frozenset[int]
    writes: int
    out: np.ndarray | None = None  # the array that a ufunc is given to write into


class Update(NamedTuple):
    """What assign() answers: variables, and the values that they get when a run fetches this."""

    pairs: tuple[tuple[Tensor, Tensor], ...]


# Ops whose forward takes no `out`, and the NumPy function that does the same and takes it.
_KERNELS = {"mm": np.matmul, "mv": np.matmul}


class _Tape:
    """What the ops of a static graph are, in the order in which they were called."""

    def __init__(self) -> None:
        self.steps: list[_Step] = []
        self.known: dict[int, np.ndarray] = {}  # the memory of placeholders and results, by id
        self.backward = False  # while the formulas of gradients() run

    def compute(self, op: Op, args: list[Any]) -> Any:
        """Run `op` for its shapes, note the call, and give back its results as unknown."""
        arrays, exact = self._plain(op, args)
        found = op.forward(*arrays)
        several = type(found) is tuple
        outs = [a if isinstance(a, np.ndarray) else np.asarray(a) for a in (found if several else (found,))]
        reads = self._reads(args)
        if all(id(_memory(out)) in reads for out in outs):  # views: nothing to compute
            if id(_memory(outs[0])) not in self.known:
                return found  # of a tensor from outside, whose value is there
        else:
            self._note(op, arrays if exact else self._again(op, args), outs, reads)
        unknown = tuple([out.view(Unknown) for out in outs])
        return unknown if several else unknown[0]

    def _note(self, op: Op, arrays: Any, outs: list[np.ndarray], reads: frozenset[int]) -> None:
        for out in outs:
            self.known[id(_memory(out))] = _memory(out)
        whole = id(_memory(outs[0]))
        if isinstance(arrays, list) and len(outs) == 1:
            out = outs[0]
            if isinstance(op.forward, np.ufunc):
                self.steps.append(_Step(partial(op.forward, *arrays, out), reads, whole, out))
                return
            if op.accepts_out:
                self.steps.append(_Step(partial(op.forward, *arrays, out=out), reads, whole))
                return
            if op.name in _KERNELS:
                self.steps.append(_Step(partial(_KERNELS[op.name], *arrays[:2], out=out), reads, whole))
                return
        for i, out in enumerate(outs):  # several: the first call fills them all
            self.steps.append(
                _Step(partial(_fill, op, arrays, outs) if i == 0 else _nothing, reads, id(_memory(out)))
            )

    def rewrite(self, op: Op, args: list[Any]) -> list[Any]:
        """Note that `op` writes into args[0]; the arrays to do it with."""
        arrays, exact = self._plain(op, args)
        target = args[0]._array
        memory = _memory(target)
        if id(memory) not in self.known:
            if not self.backward:
                raise RuntimeError(
                    f"{op.written_name}() writes into a tensor from outside of the static graph. Let "
                    "graph.assign(variable, value) change it in every run that fetches the assignment."
                )
            # A formula fills memory of its own: in each run from the same beginning.
            self.known[id(memory)] = memory
            start = partial(np.copyto, memory, memory.copy())
            self.steps.append(_Step(start, frozenset(), id(memory)))
        out = target.view(np.ndarray)
        call = partial(_rewrite, op, arrays if exact else self._again(op, args), out)
        self.steps.append(_Step(call, self._reads(args), id(memory)))
        return arrays

    # ------------------------------------------------------------------ arguments

    def _plain(self, op: Op, args: list[Any]) -> tuple[list[Any], bool]:
        """The arguments as arrays, and whether these are the tensors' own, so that they hold in each run."""
        given = [_opened(a) for a in args]
        arrays = op.arrays(given)
        exact = all(
            (array is tensor._array)
            if isinstance(tensor, Tensor)
            else not _tensors([tensor])
            or all(a is t._array for a, t in zip(array, tensor, strict=True) if isinstance(t, Tensor))
            for array, tensor in zip(arrays, given, strict=True)
        )
        return arrays, exact

    def _again(self, op: Op, args: list[Any]) -> Callable[[], list[Any]]:
        """A function that converts the arguments anew, in each run."""
        return partial(op.arrays, [_opened(a) for a in args])

    def _reads(self, args: Iterable[Any]) -> frozenset[int]:
        found = set()
        for tensor in _tensors(args):
            memory = _memory(tensor._array)
            if isinstance(tensor._array, Unknown) and id(memory) not in self.known:
                raise NotImplementedError(
                    "static graph: a value was copied outside of the ops, as an in-place op does that needs what "
                    "it overwrites for its gradient; use the op that is not in place"
                )
            found.add(id(memory))
        return frozenset(found)


def _tensors(args: Iterable[Any]) -> list[Tensor]:
    found: list[Tensor] = []
    for arg in args:
        if isinstance(arg, Tensor):
            found.append(arg)
        elif isinstance(arg, (list, tuple)):
            found += [t for t in arg if isinstance(t, Tensor)]
    return found


def _opened(arg: Any) -> Any:
    """An argument with plain arrays in place of unknown ones."""
    if isinstance(arg, Tensor):
        return wrap(arg._array.view(np.ndarray)) if isinstance(arg._array, Unknown) else arg
    if isinstance(arg, (list, tuple)) and _tensors([arg]):
        return type(arg)([_opened(a) for a in arg])
    return arg


def _memory(array: np.ndarray) -> np.ndarray:
    """The array that owns the memory of this one."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def _fill(op: Op, arrays: Any, outs: list[np.ndarray]) -> None:
    """Compute and copy to the reserved memory. RuntimeError where the shape depends on the values."""
    found = op.forward(*(arrays if isinstance(arrays, list) else arrays()))
    for out, new in zip(outs, found if type(found) is tuple else (found,), strict=True):
        if np.shape(new) != out.shape:
            raise RuntimeError(
                f"static graph: {op.shown}() gave shape {list(np.shape(new))} where the graph was defined with "
                f"{list(out.shape)}; its shape depends on values"
            )
        np.copyto(out, new)


def _rewrite(op: Op, arrays: Any, out: np.ndarray) -> None:
    out[...] = op.forward(*(arrays if isinstance(arrays, list) else arrays()))


def _nothing() -> None:
    pass


# ------------------------------------------------------------------ what users see


class Graph:
    """A graph that is defined once, in a `with` block, and run by its session."""

    def __init__(self) -> None:
        self._tape = _Tape()
        self._placeholders: list[Tensor] = []
        self._closed = False

    def __enter__(self) -> Graph:
        self._check_open()
        if local.tape is not None:
            raise RuntimeError("a static graph is being defined already: one at a time")
        mode.open_special()
        local.tape = self._tape
        self._random = generator.bit_generator.state
        return self

    def __exit__(self, kind: Any, *error: object) -> None:
        local.tape = None
        mode.close_special()
        if kind is None and generator.bit_generator.state != self._random:
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
            found = engine.grad(loss, tensors, create_graph=True)
        finally:
            self._tape.backward = False
        return tuple([t.detach() for t in found])

    def assign(self, variables: Tensor | Sequence[Tensor], values: Tensor | Sequence[Tensor]) -> Update:
        """A step that gives variables, tensors from outside, new values at the end of each run that fetches it."""
        self._check_defining("assign")
        pairs = list(zip(_listed(variables), _listed(values), strict=True))
        for variable, value in pairs:
            if isinstance(variable._array, Unknown):
                raise ValueError(
                    "assign() sets tensors that were made before the graph; this one is part of it"
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
        self._graph._tape = _Tape()
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
        tensors = [f for f in fetches if isinstance(f, Tensor)]
        steps, needed = _needed(graph._tape.steps, [*tensors, *[value for _, value in self.updates]])
        self.holes = [p for p in graph._placeholders if id(_memory(p._array)) in needed]
        kept = {id(_memory(t._array)) for t in tensors}
        copies = []
        for variable, value in self.updates:
            if not _write_directly(steps, variable._array, value._array, kept):
                copies.append(partial(np.copyto, variable._array, value._array.view(np.ndarray)))
        self.calls = [step.call for step in steps] + copies
        self.results = [f._array.view(np.ndarray) if isinstance(f, Tensor) else None for f in fetches]

    def __call__(self, feed: Mapping[Tensor, Any]) -> list[Tensor | None]:
        for hole in self.holes:
            if hole not in feed:
                raise ValueError(f"run() needs a value for the placeholder of shape {list(hole.shape)}")
        for hole, value in feed.items():
            _feed(hole, value)
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


def _needed(steps: list[_Step], tensors: list[Tensor]) -> tuple[list[_Step], set[int]]:
    """The steps that these tensors depend on, in order, and all memory that they read or write."""
    needed = {id(_memory(t._array)) for t in tensors}
    kept = []
    for step in reversed(steps):
        if step.writes in needed:
            needed |= step.reads
            kept.append(step)
    return kept[::-1], needed


def _write_directly(steps: list[_Step], variable: np.ndarray, value: np.ndarray, fetched: set[int]) -> bool:
    """Let the call that computes `value` write into the variable at once, where nobody would notice."""
    memory, target = id(_memory(value)), id(_memory(variable))
    writers = [i for i, step in enumerate(steps) if step.writes == memory]
    if len(writers) != 1 or memory in fetched or target in fetched:
        return False
    (i,) = writers
    step = steps[i]
    later = steps[i + 1 :]
    if (
        step.out is None
        or step.out.shape != value.shape
        or any(target in s.reads or memory in s.reads for s in later)
    ):
        return False
    function, arrays = step.call.func, step.call.args
    if any(
        _memory(a) is _memory(variable) and a is not variable
        for a in arrays[:-1]
        if isinstance(a, np.ndarray)
    ):
        return False  # it reads other elements of the variable than it writes
    steps[i] = step._replace(call=partial(function, *arrays[:-1], variable), writes=target)
    return True

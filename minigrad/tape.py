"""The tape of a static graph: which NumPy calls its ops are, and on which memory.

While a graph is defined (static.py) every op goes through `Tape.compute`: it computes once, to find shapes
and to reserve memory, and notes the call that fills this memory again in each run. A view costs no call: it
looks into memory that is there. What tensors carry meanwhile is of the class `Unknown`, which refuses every
use but by an op, so that no value of this rehearsal can get into a condition, a print or a constant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .tensor import Tensor, wrap

if TYPE_CHECKING:
    from .op import Op


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


class Step(NamedTuple):
    """One call. `reads` and `writes` are the ids of whole blocks of memory, `out` the array it fills."""

    call: Callable[[], Any]
    reads: frozenset[int]
    writes: frozenset[int]
    out: np.ndarray | None = None  # the array that a ufunc is given to write into


class Tape:
    """What the ops of a static graph are, in the order in which they were called."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.known: dict[int, np.ndarray] = {}  # the memory of placeholders and results, by id
        self.outside: dict[int, tuple[Tensor, np.ndarray]] = {}  # tensors from outside, with their arrays
        self.backward = False  # while the formulas of gradients() run

    def compute(self, op: Op, args: list[Any]) -> Any:
        """Run `op` for its shapes, note the call, and give back its results as unknown."""
        arrays, exact = self._plain(op, args)
        found = op.forward(*arrays)
        several = type(found) is tuple
        outs = [a if isinstance(a, np.ndarray) else np.asarray(a) for a in (found if several else (found,))]
        reads = self._reads(args)
        if all(id(memory_of(out)) in reads for out in outs):  # views: nothing to compute
            if id(memory_of(outs[0])) not in self.known:
                return found  # of a tensor from outside, whose value is there
        else:
            self._note(op, arrays if exact else self._again(op, args), outs, reads)
        unknown = tuple([out.view(Unknown) for out in outs])
        return unknown if several else unknown[0]

    def _note(self, op: Op, arrays: Any, outs: list[np.ndarray], reads: frozenset[int]) -> None:
        for out in outs:
            self.known[id(memory_of(out))] = memory_of(out)
        writes = frozenset([id(memory_of(out)) for out in outs])
        call = _direct(op, arrays, outs[0]) if isinstance(arrays, list) and len(outs) == 1 else None
        if call is None:
            self.steps.append(Step(partial(_fill, op, arrays, outs), reads, writes))
        else:
            self.steps.append(
                Step(call, reads, writes, outs[0] if isinstance(op.forward, np.ufunc) else None)
            )

    def rewrite(self, op: Op, args: list[Any]) -> list[Any]:
        """Note that `op` writes into args[0]; the arrays to do it with."""
        arrays, exact = self._plain(op, args)
        target = args[0]._array
        memory = memory_of(target)
        if id(memory) not in self.known:
            if not self.backward:
                raise RuntimeError(
                    f"{op.written_name}() writes into a tensor from outside of the static graph. Let "
                    "graph.assign(variable, value) change it in every run that fetches the assignment."
                )
            # A formula fills memory of its own: in each run from the same beginning.
            self.known[id(memory)] = memory
            start = partial(np.copyto, memory, memory.copy())
            self.steps.append(Step(start, frozenset(), frozenset([id(memory)])))
        out = target.view(np.ndarray)
        call = partial(_rewrite, op, arrays if exact else self._again(op, args), out)
        self.steps.append(Step(call, self._reads(args), frozenset([id(memory)])))
        return arrays

    # ------------------------------------------------------------------ arguments

    def _plain(self, op: Op, args: list[Any]) -> tuple[list[Any], bool]:
        """The arguments as arrays, and whether these are the tensors' own, so that they hold in each run."""
        given = [opened(a) for a in args]
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
        return partial(op.arrays, [opened(a) for a in args])

    def _reads(self, args: Iterable[Any]) -> frozenset[int]:
        found = set()
        for tensor in _tensors(args):
            memory = memory_of(tensor._array)
            if isinstance(tensor._array, Unknown) and id(memory) not in self.known:
                raise NotImplementedError(
                    "static graph: a value was copied outside of the ops, as an in-place op does that needs what "
                    "it overwrites for its gradient; use the op that is not in place"
                )
            if not isinstance(tensor._array, Unknown):
                self.outside[id(tensor)] = tensor, tensor._array
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


def opened(arg: Any) -> Any:
    """An argument with plain arrays in place of unknown ones."""
    if isinstance(arg, Tensor):
        return wrap(arg._array.view(np.ndarray)) if isinstance(arg._array, Unknown) else arg
    if isinstance(arg, (list, tuple)) and _tensors([arg]):
        return type(arg)([opened(a) for a in arg])
    return arg


def memory_of(array: np.ndarray) -> np.ndarray:
    """The array that owns the memory of this one."""
    while True:
        base = array.base
        if not isinstance(base, np.ndarray):
            base = getattr(base, "x", None)  # a window (strides.py) holds on to its array by this name
        if base is None:
            return array
        array = base


def _direct(op: Op, arrays: list[Any], out: np.ndarray) -> Callable[[], Any] | None:
    """The call of one NumPy function that writes its result where it is told, where the op is that."""
    if isinstance(op.forward, np.ufunc):
        return partial(op.forward, *arrays, out)
    if op.accepts_out and op.forward(*arrays, out=out) is out:  # some take `out` and leave it
        return partial(op.forward, *arrays, out=out)
    if out.dtype in (np.float32, np.float64):  # float16 is summed in a wider dtype
        if op.name in ("mm", "bmm", "mv"):
            return partial(np.matmul, *arrays, out)
        if op.name == "sum_dims" and arrays[3] is None:
            return partial(np.add.reduce, arrays[0], arrays[1] or None, None, out, arrays[2])
    return None


def _fill(op: Op, arrays: Any, outs: list[np.ndarray]) -> None:
    """Compute and copy to the reserved memory. RuntimeError where the shape depends on the values."""
    found = op.forward(*(arrays if isinstance(arrays, list) else arrays()))
    for out, new in zip(outs, found if type(found) is tuple else (found,), strict=True):
        if np.shape(new) != out.shape:
            raise RuntimeError(
                f"static graph: {op.shown}() gave shape {list(np.shape(new))} where the graph was defined with "
                f"{list(out.shape)}; its shape depends on values"
            )
        out[...] = new


def _rewrite(op: Op, arrays: Any, out: np.ndarray) -> None:
    out[...] = op.forward(*(arrays if isinstance(arrays, list) else arrays()))


# ------------------------------------------------------------------ which steps a run needs


def needed_steps(steps: list[Step], tensors: list[Tensor]) -> tuple[list[Step], set[int]]:
    """The steps that these tensors depend on, in order, and all memory that they read or write."""
    needed = {id(memory_of(t._array)) for t in tensors}
    kept = []
    for step in reversed(steps):
        if not step.writes.isdisjoint(needed):
            needed |= step.reads
            kept.append(step)
    return kept[::-1], needed


def _same_places(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two arrays are the same elements of memory in the same order."""
    return a.ctypes.data == b.ctypes.data and a.shape == b.shape and a.strides == b.strides


def write_directly(steps: list[Step], variable: np.ndarray, value: np.ndarray, fetched: set[int]) -> bool:
    """Let the call that computes `value` write into the variable at once, where nobody would notice."""
    memory, target = id(memory_of(value)), id(memory_of(variable))
    writers = [i for i, step in enumerate(steps) if memory in step.writes]
    if len(writers) != 1 or memory in fetched or target in fetched:
        return False
    (i,) = writers
    step = steps[i]
    later = steps[i + 1 :]
    if (
        step.out is None
        or not _same_places(step.out, value)
        or any(target in s.reads or memory in s.reads for s in later)
    ):
        return False
    function, arrays = step.call.func, step.call.args
    if any(
        memory_of(a) is memory_of(variable) and a is not variable
        for a in arrays[:-1]
        if isinstance(a, np.ndarray)
    ):
        return False  # it reads other elements of the variable than it writes
    steps[i] = step._replace(call=partial(function, *arrays[:-1], variable), writes=frozenset([target]))
    return True

"""ctx: what the forward and the backward of a Function share, and the node that is recorded for it.

Counterpart in PyTorch: FunctionCtx in torch/autograd/function.py; THPFunction and PyNode in
torch/csrc/autograd/python_function.cpp.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from . import errors
from .node import Node, next_sequence_nr
from .saved import Kept, SavedTensor
from .tensor import Tensor, wrap

if TYPE_CHECKING:
    from .function import FunctionMeta


class FunctionCtx:
    """What forward and backward share. Forward notes here what backward will need."""

    to_save: tuple[Any, ...] | None = None
    dirty_tensors: tuple[Any, ...] | None = None
    non_differentiable: tuple[Any, ...] | None = None
    saved_for_forward: tuple[Any, ...] | None = None
    materialize_grads = True
    needs_input_grad: tuple[bool, ...] = ()  # for each argument of forward, whether it requires grad

    if TYPE_CHECKING:  # what a type checker shall know: the node has it, and users keep on it what they want
        saved_tensors: tuple[Tensor, ...]

        def __getattr__(self, name: str) -> Any: ...

        def __setattr__(self, name: str, value: Any) -> None: ...

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Keep tensors for backward, which finds them in `ctx.saved_tensors`, checked for later writes."""
        self.to_save = tensors

    def save_for_forward(self, *tensors: Tensor | None) -> None:
        """What jvp would need. Accepted so that code written for PyTorch runs; there is no forward mode."""
        for tensor in tensors:
            if not (tensor is None or isinstance(tensor, Tensor)):
                raise AssertionError(
                    "save_for_forward expects all arguments to be tensors; you should save non-tensors as "
                    "attributes on ctx."
                )
        self.saved_for_forward = tensors

    def mark_dirty(self, *args: Tensor) -> None:
        """Name the inputs that forward writes in place. Forward has to return them."""
        self.dirty_tensors = args

    def mark_non_differentiable(self, *args: Tensor) -> None:
        """Name the outputs that carry no gradient."""
        self.non_differentiable = args

    def set_materialize_grads(self, value: bool) -> None:
        """Whether backward gets zeros (True, the default) or None for an output that nobody used."""
        self.materialize_grads = value


# The fields of a node, which are attributes of ctx as are those a user keeps there: `ctx.shape = x.shape`.
_FIELDS = ("next", "numbers", "shape", "dtype", "seq", "meta", "plan", "outputs")


class lent:
    """Context for the code of a user: on ctx is what the user put there, and not the fields of the node."""

    def __init__(self, ctx: BackwardCFunction) -> None:
        self._ctx = ctx

    def __enter__(self) -> None:
        self._own = _exchanged(self._ctx, self._ctx._theirs)

    def __exit__(self, *error: object) -> None:
        self._ctx._theirs = _exchanged(self._ctx, self._own)


def _exchanged(ctx: BackwardCFunction, values: dict[str, Any]) -> dict[str, Any]:
    """Put `values` into the fields, and take out what was there."""
    found = {}
    for name in _FIELDS:
        own = ctx.__dict__ if name in ctx.__dict__ or name in ("plan", "outputs") else None
        if own is not None:
            if name in own:
                found[name] = own.pop(name)
        elif hasattr(ctx, name):
            found[name] = getattr(ctx, name)
            delattr(ctx, name)
        if name in values:
            setattr(ctx, name, values[name])
    return found


class BackwardCFunction(FunctionCtx, Node):
    """The node that `Function.apply` records; the ctx of forward and backward."""

    takes_none = True  # backward runs even where no gradient came, with zeros or None
    _forward_cls: FunctionMeta

    def __init__(self) -> None:
        self.seq = next_sequence_nr()
        self.meta = None
        self.next = self.numbers = ()
        self.shape, self.dtype = (), None
        self._theirs: dict[str, Any] = {}
        self._kept: tuple[Kept | None, ...] = ()
        self._was_released = False
        self._takes_tensor: tuple[bool, ...] = ()

    def apply(self, *gradients: Tensor | None) -> tuple[Tensor | None, ...]:
        """Run backward: one gradient for each tensor among forward's arguments."""
        if self.materialize_grads:
            gradients = tuple([self._zeros(i) if g is None else g for i, g in enumerate(gradients)])
        with lent(self):
            results = self._forward_cls._user_backward()(self, *gradients)
        results = results if isinstance(results, tuple) else (results,)
        count = len(self._takes_tensor)
        if len(results) > count and all(r is None for r in results[count:]):
            results = results[:count]
        if len(results) != count:
            error = RuntimeError(
                f"function {self.name()} returned an incorrect number of gradients (expected {count}, got "
                f"{len(results)})"
            )
            raise errors.about(error, "gradient count", node=self, expected=count, got=len(results))
        return tuple(self._checked(results))

    def __call__(self, *gradients: Any) -> Any:
        raise TypeError(f"'{self.name()}' object is not callable")  # as in torch: only the nodes of ops are

    def _checked(self, results: tuple[Any, ...]) -> list[Tensor | None]:
        found = []
        for i, (result, takes_tensor) in enumerate(zip(results, self._takes_tensor, strict=True)):
            if takes_tensor:
                if not (result is None or isinstance(result, Tensor)):
                    error = RuntimeError(f"expected Variable or None (got {errors.type_name(result)})")
                    raise errors.about(
                        error, "gradient type", node=self, index=i, got=errors.type_name(result)
                    )
                found.append(result)
            elif result is not None:
                error = RuntimeError(
                    f"function {self.name()} returned a gradient different than None at position {i + 1}, but "
                    "the corresponding forward input was not a Variable"
                )
                raise errors.about(error, "gradient of no tensor", node=self, index=i)
        return found

    def _zeros(self, number: int) -> Tensor | None:
        shape, dtype = (
            (self.shape, self.dtype) if self.outputs == 1 else (self.shape[number], self.dtype[number])
        )
        return None if dtype is None else wrap(np.zeros(shape, dtype))

    # ------------------------------------------------------------------ what was saved

    @property
    def saved_tensors(self) -> tuple[Tensor | None, ...]:
        """The tensors of save_for_backward. RuntimeError where one was written since, or all were freed."""
        if self._was_released:
            raise errors.reported(errors.freed(self))
        return tuple(
            [None if kept is None else kept.unpack(self, _slot(i)) for i, kept in enumerate(self._kept)]
        )

    @property
    def saved_variables(self) -> tuple[Tensor | None, ...]:
        """The old name of saved_tensors."""
        warnings.warn(
            "'saved_variables' is deprecated; use 'saved_tensors'", DeprecationWarning, stacklevel=2
        )
        return self.saved_tensors

    @property
    def _raw_saved_tensors(self) -> tuple[SavedTensor | None, ...]:
        if self._was_released:
            raise errors.freed(self)
        return tuple([None if kept is None else self._handle(kept) for kept in self._kept])

    def _handle(self, kept: Kept) -> SavedTensor:
        return SavedTensor(self, lambda: kept.content, lambda hooks: kept.pack(hooks, self))

    def _keep(self) -> None:
        """Save what save_for_backward named; the outputs are in the graph by now."""
        kept: list[Kept | None] = []
        for i, tensor in enumerate(self.to_save or ()):
            if not (tensor is None or isinstance(tensor, Tensor)):
                raise TypeError(
                    f"save_for_backward can only save variables, but argument {i} is of type "
                    + type(tensor).__name__
                )
            kept.append(None if tensor is None else Kept(tensor, self))
        self._kept = tuple(kept)

    def __repr__(self) -> str:
        return f"<minigrad.autograd.function.{self.name()} object at {id(self):#x}>"

    def release(self) -> bool:
        had = bool(self._kept)
        self._kept = ()
        self._was_released = True
        return had

    @property
    def freed(self) -> bool:
        return self._was_released

    def saved_slots(self) -> list[tuple[str, Any, int | None]]:
        return [(_slot(i), k.content, k.version) for i, k in enumerate(self._kept) if k is not None]


def _slot(i: int) -> str:
    return f"saved_tensors[{i}]"

"""Function: an op of one's own, with a forward and a backward written by hand.

    class Square(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, grad):
            (x,) = ctx.saved_tensors
            return 2 * x * grad

    y = Square.apply(x)         # y.grad_fn is SquareBackward

Counterpart in PyTorch: torch/autograd/function.py, torch/csrc/autograd/python_function.cpp and
custom_function.cpp.

`ctx` is the node itself. Forward runs without recording; what it returns is then put into the graph behind
the node. An input that is returned as it is becomes a view of itself, so that input and output have each
their own place in the graph; an input that was written, and was named to `mark_dirty`, moves there itself.
"""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from . import anomaly, errors, mode
from .mode import local, no_grad
from .node import Node, accumulator, alias, gradient_edge, next_sequence_nr
from .outputs import place
from .record import report
from .saved import Kept, SavedTensor
from .tensor import Tensor, wrap

__all__ = [
    "BackwardCFunction", "Function", "FunctionCtx", "FunctionMeta", "InplaceFunction", "once_differentiable",
]  # fmt: skip


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


class _lent:
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
    _forward_cls: type[Function]

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
        with _lent(self):
            results = self._user_backward()(self, *gradients)
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

    def _user_backward(self) -> Callable[..., Any]:
        backward, vjp = self._forward_cls.backward, self._forward_cls.vjp
        if backward is not Function.backward and vjp is not Function.vjp:
            raise RuntimeError(
                "Implementing both 'backward' and 'vjp' for a custom Function is not allowed. You should only "
                "implement one of them."
            )
        return vjp if vjp is not Function.vjp else backward

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


class FunctionMeta(type):
    """Gives each Function the class of its nodes: SquareBackward to Square."""

    _backward_cls: type[BackwardCFunction]

    def __init__(cls, name: str, bases: tuple[type, ...], names: dict[str, Any]) -> None:
        super().__init__(name, bases, names)
        cls._backward_cls = type(name + "Backward", (BackwardCFunction,), {"_forward_cls": cls})


class Function(metaclass=FunctionMeta):
    """Base class of ops of one's own: override forward and backward as static methods, call apply.

    forward(ctx, *args) computes; or, split in two, forward(*args) and setup_context(ctx, inputs, output).
    backward(ctx, *grads) gets one gradient for each output and returns one for each argument of forward,
    None where there is none. Functions have no forward mode and no vmap.
    """

    generate_vmap_rule = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        warnings.warn(
            f"{type(self)} should not be instantiated. Methods on autograd functions are all static, so you "
            "should invoke them on the class itself. Instantiating an autograd function will raise an error in "
            "a future version of PyTorch.",
            DeprecationWarning,
            stacklevel=2,
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(
            "Legacy autograd function with non-static forward method is deprecated. Please use new-style "
            "autograd function with static forward method."
        )

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """Compute the outputs: a tensor, or a tuple of tensors and others."""
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> Any:
        """Note in ctx what backward will need, where forward does not take ctx."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """The gradients of forward's arguments, from those of its outputs."""
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom autograd.Function to use it "
            "with backward mode AD."
        )

    vjp = backward

    @staticmethod
    def jvp(ctx: Any, *grad_inputs: Any) -> Any:
        """Forward mode, which minigrad does not have: NotImplementedError."""
        raise NotImplementedError(
            "You must implement the jvp function for custom autograd.Function to use it with forward mode AD."
        )

    @staticmethod
    def vmap(info: Any, in_dims: Any, *args: Any) -> Any:
        """Vectorisation, which minigrad does not have: NotImplementedError."""
        raise NotImplementedError(
            "To use autograd.Function with vmap, you must either override the vmap staticmethod or set "
            "generate_vmap_rule=True."
        )

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Run forward and put what it returns into the graph."""
        separate = cls.setup_context is not Function.setup_context
        if separate:
            bound = inspect.signature(cls.forward).bind(*args, **kwargs)
            bound.apply_defaults()
            args, kwargs = bound.args, bound.kwargs
        ctx = cls._backward_cls()
        tensors = tuple([a for a in args if isinstance(a, Tensor)])
        ctx.needs_input_grad = tuple([isinstance(a, Tensor) and a.requires_grad for a in args])
        recording = local.enabled and any(ctx.needs_input_grad)  # in inference mode, too, as in torch
        if recording:
            ctx._takes_tensor = tuple([isinstance(a, Tensor) for a in args])
            edges = [gradient_edge(t) for t in tensors]
            ctx.next, ctx.numbers = tuple([e[0] for e in edges]), tuple([e[1] for e in edges])
            anomaly.note(ctx)
        watching = mode.observer is not None and not local.quiet
        versions = {id(t): t._version for t in tensors} if watching else {}
        with no_grad(), _quietly(), _lent(ctx):
            if separate:
                output = cls.forward(*args, **kwargs)
                cls.setup_context(ctx, args, output)
            else:
                output = cls.forward(ctx, *args, **kwargs)
        outputs = output if isinstance(output, tuple) else (output,)
        # setup_context saw the outputs before they had their places in the graph.
        early = ctx.to_save or () if separate else ()
        placed, node = place(ctx, tensors, outputs, recording, early)
        if recording:
            ctx._keep()
        ctx.to_save = ctx.dirty_tensors = ctx.non_differentiable = None  # they would keep the outputs alive
        shown = [t for t in placed if isinstance(t, Tensor)]
        if watching and shown:
            report(cls.__name__, args, shown, node, versions.get(id(shown[0])))
        return placed if isinstance(output, tuple) else placed[0]


class _quietly:
    """Context in which ops are not reported: the Function reports itself, as one op."""

    def __enter__(self) -> None:
        self._before, local.quiet = local.quiet, True

    def __exit__(self, *error: object) -> None:
        local.quiet = self._before


# ------------------------------------------------------------------ differentiable once


class Error(Node):
    """Stands behind gradients that cannot be differentiated again, and says so when backward comes."""

    __slots__ = ("message", "outputs")

    def __init__(self, message: str, outputs: list[Tensor | None]) -> None:
        self.message = message
        self.seq = next_sequence_nr()
        self.meta = None
        self.outputs = len(outputs)
        self.next = tuple([None if t is None else accumulator(t) for t in outputs])
        self.numbers = (0,) * len(outputs)
        shapes = tuple([None if t is None else t._array.shape for t in outputs])
        kinds = tuple([None if t is None else t._array.dtype for t in outputs])
        self.shape, self.dtype = (shapes[0], kinds[0]) if len(outputs) == 1 else (shapes, kinds)

    def apply(self, *gradients: Tensor | None) -> tuple[Tensor | None, ...]:
        raise errors.about(RuntimeError(self.message), "once differentiable", node=self)


def once_differentiable(backward: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator of a Function's backward that is not made of ops: it runs unrecorded, and differentiating
    what it returns raises a RuntimeError."""

    @functools.wraps(backward)
    def run(ctx: Any, *args: Any, **kwargs: Any) -> Any:
        with no_grad():
            outputs = backward(ctx, *args, **kwargs)
        if not local.grad or not any(isinstance(a, Tensor) and a.requires_grad for a in args):
            return outputs
        several = outputs if isinstance(outputs, tuple) else (outputs,)
        fakes = [None if t is None else alias(t) for t in several]
        for fake in fakes:
            if fake is not None:
                fake._requires_grad = True
        node = Error(
            "trying to differentiate twice a function that was marked with @once_differentiable", fakes
        )
        found = tuple([None if t is None else alias(t, node, i) for i, t in enumerate(fakes)])
        return found if isinstance(outputs, tuple) else found[0]

    return run


InplaceFunction = Function

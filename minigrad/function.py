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
from typing import Any

from . import anomaly, errors, mode
from .ctx import BackwardCFunction, FunctionCtx, lent
from .mode import local, no_grad
from .node import Node, accumulator, alias, gradient_edge, next_sequence_nr
from .outputs import place
from .record import report
from .tensor import Tensor

__all__ = [
    "BackwardCFunction", "Function", "FunctionCtx", "FunctionMeta", "InplaceFunction", "once_differentiable",
]  # fmt: skip


class FunctionMeta(type):
    """Gives each Function the class of its nodes: SquareBackward to Square."""

    _backward_cls: type[BackwardCFunction]

    def __init__(cls, name: str, bases: tuple[type, ...], names: dict[str, Any]) -> None:
        super().__init__(name, bases, names)
        cls._backward_cls = type(name + "Backward", (BackwardCFunction,), {"_forward_cls": cls})

    def _user_backward(cls) -> Callable[..., Any]:
        """What its author wrote: backward, or vjp, which is another name for it. RuntimeError for both."""
        backward, vjp = cls.backward, cls.vjp
        if backward is not Function.backward and vjp is not Function.vjp:
            raise RuntimeError(
                "Implementing both 'backward' and 'vjp' for a custom Function is not allowed. You should only "
                "implement one of them."
            )
        return vjp if vjp is not Function.vjp else backward


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
        with no_grad(), _quietly(), lent(ctx):
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

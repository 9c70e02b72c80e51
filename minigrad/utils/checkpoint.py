"""checkpoint: keep the inputs of a part of a model in place of what its ops save, and compute that again.

    y = checkpoint(block, x, use_reentrant=False)       # as block(x), with less memory and more work

Counterpart in PyTorch: torch/utils/checkpoint.py.

Without reentrance, the kind to use, this is nothing but a pair of saved_tensors_hooks. The pack hook keeps a
number in place of each tensor. The first unpack of a backward runs the function again, under hooks that
collect what its ops save, in the same order, so that the numbers tell which is which.
"""

from __future__ import annotations

import contextlib
import warnings
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..differentiate import backward
from ..function import Function
from ..graph import saved_tensors_hooks
from ..mode import enable_grad, local, no_grad
from ..random import generator
from ..tensor import Tensor, wrap

__all__ = [
    "CheckpointError", "CheckpointFunction", "checkpoint", "checkpoint_sequential", "set_checkpoint_early_stop",
]  # fmt: skip

_early_stop: list[bool] = []  # what the open set_checkpoint_early_stop contexts say


class CheckpointError(RuntimeError):
    """The function did not compute the same the second time."""


def checkpoint(
    function: Callable[..., Any],
    *args: Any,
    use_reentrant: bool | None = None,
    preserve_rng_state: bool = True,
    determinism_check: str = "default",
    early_stop: bool = True,
    **kwargs: Any,
) -> Any:
    """function(*args, **kwargs), whose saved tensors are not kept but computed again in backward.

    use_reentrant: False is the kind described above; True, which is the default for now and warns, runs a
    backward of its own within backward: it takes no kwargs, needs an input that requires grad, and does not
    work with grad(). preserve_rng_state: draw the same random numbers again. determinism_check: "default"
    compares shapes and dtypes, "none" nothing. early_stop: end the second run once all is there.
    """
    if use_reentrant is None:
        use_reentrant = _default("minigrad.utils.checkpoint")
    for name in ("context_fn", "debug"):
        if kwargs.pop(name, None):
            raise NotImplementedError(f"checkpoint(): {name} is not supported")
    if determinism_check not in ("default", "none"):
        raise ValueError(
            f"determinism_check should be one of ['default', 'none'], but got {determinism_check}"
        )
    if use_reentrant:
        if kwargs:
            raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
        return CheckpointFunction.apply(function, preserve_rng_state, *args)
    if not local.grad:
        return function(*args, **kwargs)
    if _early_stop:
        early_stop = _early_stop[-1]
    frame = _Frame(function, args, kwargs, preserve_rng_state, determinism_check == "default", early_stop)
    with saved_tensors_hooks(frame.pack, frame.unpack):
        found = function(*args, **kwargs)
    frame.complete = True
    return found


def _default(name: str) -> bool:
    warnings.warn(
        f"{name}: the use_reentrant parameter should be passed explicitly. use_reentrant=False is recommended, but "
        "if you need to preserve the current default behavior, you can pass use_reentrant=True.",
        stacklevel=3,
    )
    return True


def checkpoint_sequential(
    functions: Any, segments: int, input: Any, use_reentrant: bool | None = None, **kwargs: Any
) -> Any:
    """The functions one after the other, in `segments` parts that are checkpointed, except for the last.

    functions: a Sequential, or a list. The other arguments are those of checkpoint().
    """
    if use_reentrant is None:
        use_reentrant = _default("minigrad.utils.checkpoint.checkpoint_sequential")
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    functions = list(functions)
    size = len(functions) // segments
    last = size * (segments - 1)
    for start in range(0, last, size):
        part = _chain(functions[start : start + size])
        input = checkpoint(part, input, use_reentrant=use_reentrant, preserve_rng_state=preserve)
    return _chain(functions[last:])(input)


def _chain(functions: list[Callable[..., Any]]) -> Callable[[Any], Any]:
    def run(value: Any) -> Any:
        for function in functions:
            value = function(value)
        return value

    return run


@contextlib.contextmanager
def set_checkpoint_early_stop(enable: bool) -> Iterator[None]:
    """Context whose checkpoints all stop their second run once all is there, or run to the end."""
    _early_stop.append(enable)
    try:
        yield
    finally:
        _early_stop.pop()


class _Keep(Function):
    """Saves tensors as any op does: with their versions, and through the hooks around the checkpoint."""

    @staticmethod
    def forward(ctx: Any, one: Tensor, *tensors: Tensor) -> Tensor:
        ctx.save_for_backward(*tensors)
        return one.clone()

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        raise AssertionError("only saves; nobody runs it backward")


class _Holder:
    """Stands in a node for the tensor number `number`."""

    __slots__ = ("number", "__weakref__")

    def __init__(self, number: int) -> None:
        self.number = number


class _Outside:
    """In place of a backward, where a saved tensor is looked at without one."""


class _Stop(Exception):
    """All tensors are there: the rest of the function need not run."""


class _Frame:
    """One checkpointed call: how to make it again, and what came of that."""

    def __init__(
        self,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        preserve_rng_state: bool,
        check: bool,
        early_stop: bool,
    ) -> None:
        self.function, self.kwargs = function, kwargs
        self.is_tensor = [isinstance(a, Tensor) for a in args]
        self.others = [None if isinstance(a, Tensor) else a for a in args]
        one = wrap(np.empty(0)).requires_grad_()
        self.inputs = _Keep.apply(one, *[a for a in args if isinstance(a, Tensor)]).grad_fn
        self.random = generator.state if preserve_rng_state else None
        self.check, self.early_stop = check, early_stop
        self.complete = False
        self.seen: list[tuple[Any, Any]] = []  # shape and dtype of each tensor that was saved
        self.holders: list[weakref.ref[_Holder]] = []
        # By backward: the tensors that the second run saved, by number. They go with that backward.
        self.made: weakref.WeakKeyDictionary[Any, dict[int, Tensor]] = weakref.WeakKeyDictionary()

    def pack(self, tensor: Tensor) -> _Holder:
        holder = _Holder(len(self.holders))
        self.holders.append(weakref.ref(holder))
        self.seen.append((tensor._array.shape, tensor.dtype))
        return holder

    def unpack(self, holder: _Holder) -> Tensor:
        run = local.run or _Outside()
        if run not in self.made:
            self.made[run] = self._again()
        tensor = self.made[run].pop(holder.number, None)
        if tensor is None:
            raise CheckpointError(
                "minigrad.utils.checkpoint: Unpack is being triggered for a tensor that was already unpacked "
                "once. If you are calling ctx.saved_tensors in backward, make sure to do so only once."
            )
        return tensor

    def _again(self) -> dict[int, Tensor]:
        """Run the function again; what its ops save."""
        made: dict[int, Tensor] = {}
        count = 0

        def pack(tensor: Tensor) -> Tensor:
            nonlocal count
            tensor = tensor.detach() if tensor.requires_grad else tensor
            number, count = count, count + 1
            if number >= len(self.holders):
                if not self.complete:  # a backward within the function: the rest was not saved yet
                    return tensor
                raise CheckpointError(
                    "minigrad.utils.checkpoint: trying to save more tensors during recomputation than during "
                    "the original forward pass."
                )
            if self.holders[number]() is not None:
                made[number] = tensor
            if self.early_stop and count == len(self.holders):
                raise _Stop
            return tensor

        tensors = iter(self.inputs.saved_tensors)
        args = [
            next(tensors) if is_tensor else other
            for is_tensor, other in zip(self.is_tensor, self.others, strict=True)
        ]
        with (
            contextlib.suppress(_Stop),
            _random_numbers(self.random),
            enable_grad(),
            saved_tensors_hooks(pack, _as_it_is),
        ):
            self.function(*args, **self.kwargs)
        self._compare(made, count)
        return made

    def _compare(self, made: dict[int, Tensor], count: int) -> None:
        if self.complete and count != len(self.holders):
            raise CheckpointError(
                "minigrad.utils.checkpoint: A different number of tensors was saved during the original forward "
                f"and recomputation.\nNumber of tensors saved during forward: {len(self.holders)}\nNumber of "
                f"tensors saved during recomputation: {count}."
            )
        different = [
            f"tensor at position {i}:\nsaved metadata: {_shown(*self.seen[i])}\n"
            f"recomputed metadata: {_shown(tensor._array.shape, tensor.dtype)}\n"
            for i, tensor in made.items()
            if self.seen[i] != (tensor._array.shape, tensor.dtype)
        ]
        if different and self.check:
            raise CheckpointError(
                "minigrad.utils.checkpoint: Recomputed values for the following tensors have different metadata "
                f"than during the forward pass.\n{''.join(different)}"
            )


def _as_it_is(tensor: Tensor) -> Tensor:
    return tensor


def _shown(shape: tuple[int, ...], dtype: Any) -> str:
    return f"{{'shape': {list(shape)}, 'dtype': {dtype}}}"


@contextlib.contextmanager
def _random_numbers(state: Any) -> Iterator[None]:
    """Context in which the random numbers come from `state` on; afterwards from where they were."""
    if state is None:
        yield
        return
    before, generator.state = generator.state, state
    try:
        yield
    finally:
        generator.state = before


class CheckpointFunction(Function):
    """The reentrant kind: its backward runs the function, and a backward through it."""

    @staticmethod
    def forward(ctx: Any, function: Callable[..., Any], preserve_rng_state: bool, *args: Any) -> Any:
        if not any(isinstance(a, Tensor) and a.requires_grad for a in args):
            warnings.warn("None of the inputs have requires_grad=True. Gradients will be None", stacklevel=4)
        ctx.function = function
        ctx.random = generator.state if preserve_rng_state else None
        ctx.others = [None if isinstance(a, Tensor) else a for a in args]
        ctx.is_tensor = [isinstance(a, Tensor) for a in args]
        ctx.save_for_backward(*[a for a in args if isinstance(a, Tensor)])
        with no_grad():
            return function(*args)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        if local.run is not None and local.run.selective:
            raise RuntimeError(
                "When use_reentrant=True, minigrad.utils.checkpoint is incompatible with .grad() or passing an "
                "`inputs` parameter to .backward(). To resolve this error, you can either set "
                "use_reentrant=False, or call .backward() without passing the `inputs` argument."
            )
        tensors = iter(ctx.saved_tensors)
        args: list[Any] = []
        for is_tensor, other in zip(ctx.is_tensor, ctx.others, strict=True):
            arg = other
            if is_tensor:
                tensor = next(tensors)
                arg = tensor.detach()
                arg._requires_grad = tensor.requires_grad
            args.append(arg)
        with _random_numbers(ctx.random), enable_grad():
            outputs = ctx.function(*args)
        pairs = [
            (out, gradient)
            for out, gradient in zip(
                outputs if isinstance(outputs, tuple) else (outputs,), gradients, strict=True
            )
            if isinstance(out, Tensor) and out.requires_grad
        ]
        if not pairs:
            raise RuntimeError("none of output has requires_grad=True, this checkpoint() is not necessary")
        backward([out for out, _ in pairs], [gradient for _, gradient in pairs])
        return (None, None, *[a._grad if isinstance(a, Tensor) else None for a in args])

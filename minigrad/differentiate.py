"""backward() and grad(): what they are given, checked; the engine does the rest.

Counterpart in PyTorch: torch/autograd/__init__.py.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from . import errors
from .engine import Run
from .node import GradientEdge, alias
from .strides import empty_like
from .tensor import Tensor, wrap

Tensors = Tensor | GradientEdge | Sequence[Tensor | GradientEdge]


def backward(
    tensors: Tensors,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    grad_variables: Any = None,
    inputs: Tensors | Mapping[Any, Tensor] | None = None,
) -> None:
    """Sum the gradients of `tensors` into the .grad of the leaves (or of `inputs`).

    grad_tensors: for each tensor the gradient to start from, None for a scalar's 1. The other arguments
    are those of Tensor.backward. grad_variables: the old name of grad_tensors.
    """
    if grad_variables is not None:
        warnings.warn(
            "`grad_variables` is deprecated. Use `grad_tensors` instead.", FutureWarning, stacklevel=2
        )
        if grad_tensors is not None:
            raise RuntimeError(
                "`grad_tensors` and `grad_variables` (deprecated) arguments both passed to `backward()`. Please "
                "only use `grad_tensors`."
            )
        grad_tensors = grad_variables
    roots = _roots(tensors)
    seeds = _seeds(roots, grad_tensors, create_graph)
    wanted = None
    if inputs is not None:
        wanted = _wanted(inputs)
        if not wanted:
            raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    run = Run(roots, seeds, create_graph if retain_graph is None else retain_graph, create_graph)
    run.execute(wanted, accumulate=True)


def _tensor_backward(
    self: Tensor,
    gradient: Tensor | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Tensors | Mapping[Any, Tensor] | None = None,
) -> None:
    """Compute the gradients of the leaves that it was computed from and add them to their .grad.

    gradient: the gradient of what follows with respect to this tensor, of its shape; only a tensor
    of one element has one by default, 1. retain_graph: keep what was saved, for another backward.
    create_graph: record this backward, so that it can be differentiated. inputs: accumulate into
    these tensors only. Raises RuntimeError as torch does (errors.py).
    """
    backward(self, gradient, retain_graph, create_graph, inputs=inputs)


_tensor_backward.__name__, _tensor_backward.__qualname__ = "backward", "Tensor.backward"
Tensor.backward = _tensor_backward  # type: ignore[attr-defined]


def grad(
    outputs: Tensors,
    inputs: Tensors | Mapping[Any, Tensor],
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> Any:
    """The gradients of the sum of `outputs` with respect to `inputs`, as a tuple; no .grad is touched.

    For a dict of inputs they are a dict, too.
    grad_outputs: as grad_tensors of backward(). allow_unused: None for an input that the outputs do not
    depend on, in place of a RuntimeError; materialize_grads: zeros for it. only_inputs does nothing.
    """
    if not only_inputs:
        warnings.warn(
            "only_inputs argument is deprecated and is ignored now (defaults to True). To accumulate gradient "
            "for other parts of the graph, please use minigrad.autograd.backward.",
            FutureWarning,
            stacklevel=2,
        )
    if is_grads_batched:
        raise NotImplementedError(
            "grad(): is_grads_batched=True is not supported; call grad() once for each gradient"
        )
    if materialize_grads and allow_unused is False:
        raise ValueError(
            "Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False."
        )
    roots, wanted = _roots(outputs), _wanted(inputs)
    if not wanted:
        raise RuntimeError("`inputs` argument to `grad()` cannot be empty.")
    seeds = _seeds(roots, grad_outputs, create_graph)
    run = Run(roots, seeds, create_graph if retain_graph is None else retain_graph, create_graph)
    found = run.execute(wanted, accumulate=False)
    if materialize_grads:
        given = _several(inputs)
        if any(g is None and isinstance(t, GradientEdge) for t, g in zip(given, found, strict=True)):
            raise RuntimeError("materialize_grads cannot be used when the given input is a GradientEdge")
        found = tuple(
            _zeros_like(t, create_graph) if g is None else g for t, g in zip(wanted, found, strict=True)
        )
    if not allow_unused:
        for position, gradient in enumerate(found):
            if gradient is None:
                raise errors.reported(errors.unused(wanted[position], position))
    return dict(zip(inputs, found, strict=True)) if isinstance(inputs, Mapping) else found


def _zeros_like(tensor: Tensor, requires_grad: bool) -> Tensor:
    zeros = wrap(empty_like(tensor._array))
    zeros._array.fill(0)
    zeros._requires_grad = requires_grad
    return zeros


def _several(tensors: Any) -> tuple[Any, ...]:
    if isinstance(tensors, (Tensor, GradientEdge)):
        return (tensors,)
    return tuple(tensors.values() if isinstance(tensors, Mapping) else tensors)


def _roots(tensors: Tensors) -> tuple[Tensor, ...]:
    if type(tensors) is Tensor:  # as it is most often
        return (tensors,)
    found = tuple([_stand_in(t) if isinstance(t, GradientEdge) else t for t in _several(tensors)])
    if not all(isinstance(t, Tensor) for t in found):
        raise AssertionError("Expected output to be a minigrad.Tensor")
    return found


def _wanted(tensors: Tensors | Mapping[Any, Tensor]) -> tuple[Tensor, ...]:
    found = tuple([_stand_in(t) if isinstance(t, GradientEdge) else t for t in _several(tensors)])
    for tensor in found:
        if not isinstance(tensor, Tensor):
            raise RuntimeError(
                f"all inputs have to be Tensors or GradientEdges, but got {type(tensor).__name__}"
            )
    return found


def _stand_in(edge: GradientEdge) -> Tensor:
    """A tensor at this place in the graph, with the shape and dtype of the one that was there, and no values."""
    node, number, _ = edge
    shape, dtype = node.shape, node.dtype
    if node.outputs > 1:
        shape, dtype = shape[number], dtype[number]
    return alias(wrap(np.broadcast_to(np.zeros((), dtype), shape)), node, number)


def _seeds(roots: tuple[Tensor, ...], given: Any, create_graph: bool) -> list[Any]:
    """The gradient that each root starts from, checked: the caller's tensor, or an array of ones."""
    if given is None:
        given = (None,) * len(roots)
    elif isinstance(given, Tensor):
        given = (given,)
    else:
        given = tuple(given)
    for seed in given:
        if seed is not None and not isinstance(seed, Tensor):
            raise TypeError(f"gradients can be either Tensors or None, but got {type(seed).__name__}")
    if len(given) < len(roots):  # more are ignored, as in torch
        raise RuntimeError(f"got {len(roots)} tensors and {len(given)} gradients")
    seeds = []
    for i, (root, seed) in enumerate(zip(roots, given, strict=False)):
        if seed is None:
            if root.requires_grad and root._array.size != 1:
                raise errors.reported(errors.not_a_scalar(root))
            shape, dtype = root._array.shape, root._array.dtype
            seed = np.ones(shape, dtype) if shape else np.array(1, dtype)
            seed = wrap(seed) if create_graph else seed
        elif seed._array.shape != root._array.shape:
            raise errors.reported(errors.wrong_seed(root, seed, i))
        seeds.append(seed)
    return seeds

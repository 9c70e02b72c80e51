"""Node: one step of backward, and the edges to the steps after it.

Counterpart in PyTorch: torch/csrc/autograd/function.h (Node), edge.h, functions/accumulate_grad.h.

Words, as torch uses them:

* A *node* turns the gradients of one op's outputs into the gradients of its inputs. It has one *edge*
  for each input that can have a gradient: the pair (node to hand it to, which of that node's outputs),
  or (None, 0) where nobody asks for it.
* The *output* of a node is that of the op: gradients come in at the outputs and leave along the edges.
* `AccumulateGrad` stands where a leaf is. It has no edges: it adds what comes in to the leaf's `.grad`.
* The *sequence number* counts nodes as they are made. Backward runs the youngest ready node first.
"""

from __future__ import annotations

import itertools
import weakref
from typing import Any, NamedTuple

import numpy as np

from . import dtypes, errors, mode
from .device import device
from .size import Size
from .storage import Storage
from .strides import empty_like, laid_out_alike
from .tensor import Tensor, count_write, mark_inference, new, wrap

Edge = tuple["Node | None", int]
NO_EDGE: Edge = (None, 0)


class GradientEdge(NamedTuple):
    """Where a tensor's gradient is computed, in place of the tensor: backward() and grad() take it too."""

    node: Node
    output_nr: int
    ownership_token: Any = None


class InputMetadata(NamedTuple):
    """What a gradient that comes to a node has to be like."""

    shape: Size
    dtype: dtypes.dtype
    device: device = device("cpu")


next_sequence_nr = itertools.count().__next__


class NodeMeta:
    """What few nodes have: hooks, metadata, the tensors that asked to keep their gradient."""

    __slots__ = ("tensor_hooks", "retains", "prehooks", "hooks", "metadata", "packed", "traceback")

    def __init__(self) -> None:
        self.tensor_hooks: dict[int, dict[int, Any]] = {}  # by output number
        self.retains: dict[int, weakref.ref[Tensor]] = {}  # by output number
        self.prehooks: dict[int, Any] = {}
        self.hooks: dict[int, Any] = {}
        self.metadata: dict[Any, Any] = {}
        self.packed = False  # the saved tensors went through a pack hook
        self.traceback: str | None = None  # where it was made, in anomaly mode

    @property
    def hooked(self) -> bool:
        """Whether somebody sees the gradients that come in or go out."""
        return bool(self.tensor_hooks or self.prehooks or self.hooks)


class Node:
    """One step of backward. `shape`, `dtype`: what the gradient of its output has to be like."""

    __slots__ = ("next", "numbers", "shape", "dtype", "seq", "meta", "__weakref__")

    next: tuple[Node | None, ...]  # for each input: the node to hand its gradient to
    numbers: tuple[int, ...]  # and which of that node's outputs it is
    shape: Any
    dtype: Any
    seq: int
    meta: NodeMeta | None
    plan: Any = None  # the node of an op has one, see plan.py
    outputs = 1

    def name(self) -> str:
        """The name that torch gives it: `MulBackward0`."""
        return type(self).__name__

    @property
    def next_functions(self) -> tuple[Edge, ...]:
        """The edges: for each input (node, output number), or (None, 0)."""
        return tuple(zip(self.next, self.numbers, strict=True))

    @property
    def metadata(self) -> dict[Any, Any]:
        """A dictionary for whatever a user wants to note on the node."""
        return self._more.metadata

    def _sequence_nr(self) -> int:
        return self.seq

    @property
    def requires_grad(self) -> bool:
        """True: there is no node where nobody asks for a gradient."""
        return True

    @property
    def _input_metadata(self) -> tuple[InputMetadata, ...]:
        """For each output of the op what its gradient has to be like."""
        several = isinstance(self.dtype, tuple)
        kinds = zip(self.shape, self.dtype, strict=True) if several else ((self.shape, self.dtype),)
        return tuple([InputMetadata(Size(shape), dtypes.of(dtype)) for shape, dtype in kinds])

    @property
    def _more(self) -> NodeMeta:
        if self.meta is None:
            self.meta = NodeMeta()
        return self.meta

    def apply(self, *gradients: Tensor | None) -> tuple[Tensor | None, ...]:
        """The gradients of the inputs, one for each edge, from those of the outputs."""
        raise NotImplementedError

    def release(self) -> bool:
        """Let go what was saved. Returns whether there was anything."""
        return False

    @property
    def freed(self) -> bool:
        """Whether what was saved has been let go."""
        return False

    def storage_of(self, output: Tensor) -> Storage:
        """The Storage of its output, asked for the first time: shared with what the node itself keeps."""
        return Storage(output._array)

    def saved_slots(self) -> list[tuple[str, Any, int | None]]:
        """What it keeps: (slot, tensor or number, version at which it was saved); [] once freed."""
        return []

    def __call__(self, *gradients: Tensor | None) -> Any:
        """The gradients of the inputs, as backward would compute them; no hook runs."""
        if len(gradients) != self.outputs:
            raise TypeError(f"expected {self.outputs} arguments, got {len(gradients)} instead")
        for i, gradient in enumerate(gradients):
            if not (gradient is None or isinstance(gradient, Tensor)):
                raise TypeError(f"argument {i} is not a Variable")
        if all(gradient is None for gradient in gradients):
            return (None,) * len(self.next) if len(self.next) != 1 else None
        results = self.apply(*gradients)
        return results[0] if len(results) == 1 else tuple(results)

    def __repr__(self) -> str:
        return f"<{self.name()} object at {id(self):#x}>"


class AccumulateGrad(Node):
    """Adds the gradient that reaches a leaf to its `.grad`."""

    __slots__ = ("variable",)
    variable: Tensor
    next, numbers = (), ()  # type: ignore[assignment]  # it ends here
    seq = 2**64 - 1  # before any other that is ready, as in torch

    def __init__(self, variable: Tensor) -> None:
        self.variable = variable
        array = variable._array
        self.shape, self.dtype, self.meta = array.shape, array.dtype, None

    def apply(self, gradient: Tensor | None) -> tuple[()]:  # type: ignore[override]
        if gradient is not None:
            self.accumulate(gradient, fresh=False, alone=False)
        return ()

    def accumulate(self, gradient: Any, fresh: bool, alone: bool, count: int = 0) -> None:
        """Add `gradient`, a tensor or, where nobody records, an array, to variable.grad.

        fresh: nobody else holds its memory, so it may be kept as it is; it was written in place `count` times.
        alone: nobody else holds the gradient itself. Then torch keeps it, even if it shares memory.
        """
        leaf = self.variable
        if leaf._node is not None:
            # Only the rules of old PyTorch let a write turn a leaf into a non-leaf (eras.py).
            raise errors.leaf_moved(leaf)
        if not leaf._requires_grad:
            return  # detach_() since it was used
        grad = leaf._grad
        if grad is None:
            if fresh and type(gradient) is np.ndarray and gradient.strides == leaf._array.strides:
                leaf._grad = grad = wrap(gradient)  # as it is most often
                if count:
                    grad.storage.version = count
            else:
                leaf._grad = grad = self._kept(gradient, fresh, alone, count)
            if mode.special and mode.local.inference:
                mark_inference(grad)
        elif mode.local.grad:
            leaf._grad = grad + gradient
        else:
            np.add(grad._array, gradient._array if isinstance(gradient, Tensor) else gradient, grad._array)
            count_write(grad)

    def _kept(self, gradient: Any, fresh: bool, alone: bool, count: int) -> Tensor:
        """The first gradient as a tensor of the leaf's own, laid out in memory as the leaf is."""
        like = self.variable._array
        if mode.local.grad:
            return wrap(empty_like(like)).copy_(gradient)
        is_tensor = isinstance(gradient, Tensor)
        array = gradient._array if is_tensor else np.asarray(gradient)
        keep = alone and laid_out_alike(array, like)
        if keep and fresh:
            kept = gradient if is_tensor else wrap(array)
        else:
            kept = wrap(empty_like(like))
            np.copyto(kept._array, array)
        version = (
            1 if not keep else gradient._version if is_tensor else count
        )  # a copy is written once; of what is kept torch makes none
        if version:
            kept.storage.version = version
        return kept


def gradient_edge(tensor: Tensor) -> Edge:
    """Where the gradient of `tensor` enters the graph."""
    if tensor._view is not None:
        tensor._view.refresh(tensor)
    if tensor._node is not None:
        return tensor._node, tensor._output_nr
    return (accumulator(tensor), 0) if tensor._requires_grad else NO_EDGE


def accumulator(leaf: Tensor) -> AccumulateGrad:
    """The leaf's AccumulateGrad. The leaf holds it weakly: the graph keeps it alive."""
    node = leaf._accumulator and leaf._accumulator()
    if node is None:
        node = AccumulateGrad(leaf)
        leaf._accumulator = weakref.ref(node)
    return node


def alias(tensor: Tensor, node: Node | None = None, number: int = 0) -> Tensor:
    """Another tensor over the same memory and version counter: output `number` of `node`, or a leaf."""
    t = new(Tensor)
    t._array = tensor._array
    t._storage = tensor.storage
    t._node, t._output_nr = node, number
    t._requires_grad = node is not None
    t._grad = t._view = t._meta = t._accumulator = None
    return t

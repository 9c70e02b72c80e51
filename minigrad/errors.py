"""Every error that autograd raises: torch's wording, and the facts as an attribute.

    error = modified_inplace(...)       the exception to raise, a RuntimeError as in torch
    error.facts                         what it is about, for whoever wants to draw it

The views of a notebook draw `facts`; nobody needs to parse a text. The classes below are the outline,
the functions after them make the exceptions. `reported` tells the observer before the raise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import dtypes, mode

if TYPE_CHECKING:
    from .node import Node
    from .tensor import Tensor


@dataclass(frozen=True)
class Modified:
    """A saved tensor was written between its use and backward."""

    node: Node  # the node that saved it
    slot: str  # as what: "self", "other", "result"
    tensor: Tensor
    saved_version: int
    now_version: int
    kind: str = "version"


@dataclass(frozen=True)
class LeafWritten:
    """An in-place write, while recording, into a leaf that requires grad or into a view of one."""

    tensor: Tensor
    op: str
    kind: str = "leaf"  # or "view of leaf"


@dataclass(frozen=True)
class Freed:
    """Backward came to a node whose saved tensors an earlier backward let go."""

    node: Node
    kind: str = "freed"


@dataclass(frozen=True)
class NoGraph:
    """backward() on a tensor from which no graph hangs."""

    tensor: Tensor
    kind: str = "no graph"


@dataclass(frozen=True)
class Other:
    """Any other error of autograd, or a warning, about these tensors or this node; its kind says which."""

    tensors: tuple[Tensor, ...] = ()
    node: Node | None = None
    kind: str = "other"
    details: dict[str, Any] = field(default_factory=dict)  # plain numbers, shapes and names, no tensors


@dataclass(frozen=True)
class Refused:
    """An op did not take its arguments: their shapes, their dtypes, or what one of them is."""

    op: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    kind: str = "refused"


Facts = Modified | LeafWritten | Freed | NoGraph | Other | Refused


class AutogradError(RuntimeError):
    """A RuntimeError with `facts`. Shown under the name that torch's users know."""

    facts: Facts


AutogradError.__name__ = AutogradError.__qualname__ = "RuntimeError"
AutogradError.__module__ = "builtins"  # so that a traceback ends in "RuntimeError: ..."


def _error(message: str, facts: Facts) -> AutogradError:
    error = AutogradError(message)
    error.facts = facts
    return error


def reported(error: Exception) -> Exception:
    """Tell the observer of `error`, and give it back to be raised."""
    if mode.observer is not None:
        mode.observer.error(error)
    return error


def about(error: Exception, kind: str, *tensors: Tensor, node: Node | None = None, **details: Any) -> Any:
    """Note on an error or a warning what it is about, tell the observer, and give it back."""
    error.facts = Other(tensors, node, kind, details)  # type: ignore[attr-defined]
    return reported(error)


def refused(error: Exception, op: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Note on the error of an op what it was called with, and tell the observer.

    Of ops that are made of others the outermost has the last word: it is the one that was called.
    """
    if isinstance(getattr(error, "facts", None), (Refused, type(None))):
        error.facts = Refused(op, args, kwargs)  # type: ignore[attr-defined]
        reported(error)


def type_name(value: object) -> str:
    """The name of a value's type as torch's messages give it: "float", "numpy.ndarray"."""
    kind = type(value)
    # Py_TPFLAGS_HEAPTYPE, which classes of Python have, and Py_TPFLAGS_IMMUTABLETYPE, which they have not
    is_written_in_c = not kind.__flags__ & (1 << 9) or bool(kind.__flags__ & (1 << 8))
    if is_written_in_c and kind.__module__ != "builtins":
        return f"{kind.__module__}.{kind.__name__}"
    return kind.__name__


def modified_inplace(facts: Modified) -> AutogradError:
    """A saved tensor was written before backward needed it."""
    tensor = facts.tensor
    kind = dtypes.of(tensor._array.dtype).qualified_type
    origin = ""
    if tensor.grad_fn is not None:
        maker = tensor.grad_fn.name().partition("Backward")[0]
        origin = f", which is output {tensor.output_nr} of {maker},"
    return _error(
        "one of the variables needed for gradient computation has been modified by an inplace operation: "
        f"[{kind} {list(tensor._array.shape)}]{origin} is at version {facts.now_version}; "
        f"expected version {facts.saved_version} instead. Hint: "
        + (
            "the backtrace further above shows the operation that failed to compute its gradient. The variable "
            "in question was changed in there or anywhere later. Good luck!"
            if mode.anomaly
            else "enable anomaly detection to find the operation that failed to compute its gradient, with "
            "minigrad.autograd.set_detect_anomaly(True, check_nan=False)."
        ),
        facts,
    )


def leaf_written(tensor: Tensor, op: str, verb: str = "") -> AutogradError:
    """A leaf that requires grad would be written."""
    verb = verb or ("has been" if mode.era == "1.4" else "is being")
    return _error(
        f"a leaf Variable that requires grad {verb} used in an in-place operation.",
        LeafWritten(tensor, op),
    )


def view_of_leaf_written(tensor: Tensor, op: str) -> AutogradError:
    """A leaf that requires grad would be written by one of its views."""
    return _error(
        "a view of a leaf Variable that requires grad is being used in an in-place operation.",
        LeafWritten(tensor, op, "view of leaf"),
    )


def leaf_moved(leaf: Tensor) -> AutogradError:
    """backward comes to a leaf that has become the result of an op."""
    return _error("leaf variable has been moved into the graph interior", Other((leaf,), kind="leaf moved"))


def freed(node: Node) -> AutogradError:
    """backward comes to a node whose saved tensors are gone."""
    return _error(
        "Trying to backward through the graph a second time (or directly access saved tensors after they "
        "have already been freed). Saved intermediate values of the graph are freed when you call "
        ".backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the "
        "graph a second time or if you need to access saved tensors after calling backward.",
        Freed(node),
    )


def no_graph(tensor: Tensor, position: int) -> AutogradError:
    """backward begins at a tensor without a graph."""
    return _error(
        f"element {position} of tensors does not require grad and does not have a grad_fn",
        NoGraph(tensor),
    )


def unused(tensor: Tensor, position: int) -> AutogradError:
    """No way leads from the outputs to an input of grad()."""
    return _error(
        f"The differentiated Tensor at index {position} appears to not have been used in the graph. Set "
        "allow_unused=True if this is the desired behavior.",
        Other((tensor,), kind="unused"),
    )


def not_a_scalar(tensor: Tensor) -> AutogradError:
    """backward begins at several numbers, and no gradient is given for them."""
    return _error("grad can be implicitly created only for scalar outputs", Other((tensor,), kind="no seed"))


def wrong_seed(tensor: Tensor, seed: Tensor, position: int) -> AutogradError:
    """The gradient given to begin with has another shape than its tensor."""
    return _error(
        f"Mismatch in shape: grad_output[{position}] has a shape of {seed.shape} and "
        f"output[{position}] has a shape of {tensor.shape}.",
        Other((tensor, seed), kind="wrong seed"),
    )


def inference_saved(tensor: Tensor) -> AutogradError:
    """A node would keep a tensor of inference mode."""
    return _error(
        "Inference tensors cannot be saved for backward. Please do not use Tensors created in inference "
        "mode in computation tracked by autograd. To work around this, you can make a clone to get a "
        "normal tensor and use it in autograd, or use `minigrad.no_grad()` instead of "
        "`minigrad.inference_mode()`.",
        Other((tensor,), kind="inference saved"),
    )


def inference_written(tensor: Tensor) -> AutogradError:
    """A tensor of inference mode would be written outside of the mode."""
    return _error(
        "Inplace update to inference tensor outside InferenceMode is not allowed. You can make a clone to get "
        "a normal tensor before doing inplace update.",
        Other((tensor,), kind="inference written"),
    )


def view_forbids_write(tensor: Tensor, why: str, made: str, stale: bool) -> AutogradError:
    """A view would be written that must not be, or was it when its base was written.

    why: torch's whole text. made: how the view came about. stale: whether it was the base.
    """
    # grad_fn would ask the same again
    return _error(why, Other((tensor,), tensor._node, "view forbids", {"made": made, "stale": stale}))

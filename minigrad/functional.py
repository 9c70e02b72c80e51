"""Derivatives of functions: jacobian, hessian, and products of these with vectors.

Public as `minigrad.autograd.functional`. Counterpart in PyTorch: torch/autograd/functional.py.

Backward gives products of a vector with the jacobian, v J. The jacobian itself is one such product for each
element of the output. J v, in which the vector stands on the other side, is found by the trick of
differentiating v J, which is linear in v, once more.

All functions here call `func` on tensors of their own, so no .grad is touched. With create_graph the result
can be differentiated; with strict an output or a derivative that does not depend on an input is an error,
where it would else be zeros.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .differentiate import grad
from .mode import enable_grad, local, set_grad_enabled
from .node import alias
from .ops.create import zeros_like
from .ops.join import stack
from .ops.shape import view as view_op
from .tensor import Tensor

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]

Tensors = tuple[Tensor, ...]
Func = Callable[..., Any]


def vjp(func: Func, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> Any:
    """(func(*inputs), v J): the vector on the left, as backward computes it.

    v: as the outputs; only where the output has a single element it may be None, for 1.
    """
    with enable_grad():
        several, inputs = _tensors(inputs, "inputs", "vjp")
        inputs = _own(inputs, create_graph, True)
        several_out, outputs = _tensors(func(*inputs), "outputs of the user-provided function", "vjp")
        _check_outputs(outputs, strict)
        v = _vector(
            v, outputs, several_out, create_graph, "vjp", "user-provided function returns a single Tensor"
        )
    with set_grad_enabled(create_graph or local.enabled):
        found = _grad(outputs, inputs, v, create_graph)
        result = _filled(found, inputs, strict, create_graph, "back")
    return _finished(outputs, several_out, create_graph), _finished(result, several, create_graph)


def jvp(func: Func, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> Any:
    """(func(*inputs), J v): the derivative of the outputs in the direction v.

    v: as the inputs; only where there is one input of a single element it may be None, for 1.
    """
    with enable_grad():
        several, inputs = _tensors(inputs, "inputs", "jvp")
        inputs = _own(inputs, create_graph, True)
        v = _vector(v, inputs, several, create_graph, "jvp", _ONE_INPUT)
        several_out, outputs = _tensors(func(*inputs), "outputs of the user-provided function", "jvp")
        _check_outputs(outputs, strict)
        weights = tuple(zeros_like(out, requires_grad=True) for out in outputs)
        products = _grad(outputs, inputs, weights, True)
        _check_gradients(products, strict)
    with set_grad_enabled(create_graph or local.enabled):
        found = _grad(products, weights, v, create_graph)
        result = _filled(found, outputs, strict, create_graph, "back_trick")
    return _finished(outputs, several_out, create_graph), _finished(result, several_out, create_graph)


def vhp(func: Func, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> Any:
    """(func(*inputs), v H), with H the hessian of a func of a single value."""
    with enable_grad():
        several, inputs = _tensors(inputs, "inputs", "vhp")
        inputs = _own(inputs, create_graph, True)
        v = _vector(v, inputs, several, create_graph, "vhp", _ONE_INPUT)
        outputs = _single_value(func(*inputs), "vhp", strict)
        first = _grad(outputs, inputs, None, True)
        _check_jacobian(first, strict)
    with set_grad_enabled(create_graph or local.enabled):
        found = _grad(first, inputs, v, create_graph)
        result = _filled(found, inputs, strict, create_graph, "double_back")
    return _finished(outputs, False, create_graph), _finished(result, several, create_graph)


def hvp(func: Func, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> Any:
    """(func(*inputs), H v). The hessian is symmetric: `vhp` gives the same with one backward less."""
    with enable_grad():
        several, inputs = _tensors(inputs, "inputs", "hvp")
        inputs = _own(inputs, create_graph, True)
        v = _vector(v, inputs, several, create_graph, "hvp", _ONE_INPUT)
        outputs = _single_value(func(*inputs), "hvp", strict)
        first = _grad(outputs, inputs, None, True)
        _check_jacobian(first, strict)
        weights = tuple(zeros_like(t, requires_grad=True) for t in inputs)
        second = _grad(first, inputs, weights, True)
    with set_grad_enabled(create_graph or local.enabled):
        found = _grad(second, weights, v, create_graph)
        result = _filled(found, inputs, strict, create_graph, "double_back_trick")
    return _finished(outputs, False, create_graph), _finished(result, several, create_graph)


def jacobian(
    func: Func,
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """The derivative of every element of the outputs by every element of the inputs.

    Its shape is that of the output followed by that of the input; with several inputs a tuple over these,
    with several outputs a tuple over those, outermost. vectorize changes nothing but what strict allows.
    NotImplementedError for the strategy "forward-mode".
    """
    _check_strategy(strategy, vectorize, "jacobian", "strategy")
    if vectorize and strict:
        raise RuntimeError(
            "minigrad.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not supported "
            "together. Please either set `strict=False` or `vectorize=False`."
        )
    with enable_grad():
        several, inputs = _tensors(inputs, "inputs", "jacobian")
        inputs = _own(inputs, create_graph, True)
        several_out, outputs = _tensors(func(*inputs), "outputs of the user-provided function", "jacobian")
        _check_outputs(outputs, strict)
        found = tuple(_rows(i, out, inputs, create_graph, strict) for i, out in enumerate(outputs))
        if not create_graph:
            found = tuple(tuple(t.detach() for t in row) for row in found)
    rows = found if several else tuple(row[0] for row in found)
    return rows if several_out else rows[0]


def _rows(number: int, out: Tensor, inputs: Tensors, create_graph: bool, strict: bool) -> Tensors:
    """The jacobian of one output by each input."""
    parts: list[list[Tensor]] = [[] for _ in inputs]
    for j in range(out.numel()):
        found = _grad((out.reshape(-1)[j],), inputs, None, create_graph, retain_graph=True)
        for k, (gradient, x) in enumerate(zip(found, inputs, strict=True)):
            if gradient is None:
                if strict:
                    raise RuntimeError(
                        f"Output {number} of the user-provided function is independent of input {k}. This is "
                        "not allowed in strict mode."
                    )
                gradient = zeros_like(x)
            elif strict and create_graph and not gradient.requires_grad:
                raise RuntimeError(
                    f"The jacobian of the user-provided function is independent of input {number}. This is not "
                    "allowed in strict mode when create_graph=True."
                )
            parts[k].append(gradient)
    return tuple(
        view_op(stack(part, 0), tuple(out.shape) + tuple(x.shape))
        for part, x in zip(parts, inputs, strict=True)
    )


def hessian(
    func: Func,
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """The second derivatives of a func of a single value: the jacobian of its gradient.

    With several inputs a tuple of tuples, by first and by second input.
    """
    several, inputs = _tensors(inputs, "inputs", "hessian")
    _check_strategy(outer_jacobian_strategy, vectorize, "hessian", "outer_jacobian_strategy")

    def value(*inputs: Tensor) -> Tensor:
        return _single_value(func(*inputs), "hessian", strict)[0].squeeze()

    def gradient(*inputs: Tensor) -> Tensors:
        found = jacobian(value, inputs, create_graph=True)
        _check_jacobian(found, strict)
        return found

    found = jacobian(gradient, inputs, create_graph, strict, vectorize)
    return found if several else found[0][0]


# ------------------------------------------------------------------ inputs, outputs, vectors

_ONE_INPUT = "input to the user-provided function is a single Tensor"


def _check_strategy(strategy: str, vectorize: bool, name: str, argument: str) -> None:
    if strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError('Expected strategy to be either "forward-mode" or "reverse-mode".')
    if strategy == "forward-mode" and not vectorize:
        raise NotImplementedError(
            "Computing Jacobian using forward-AD or forward-over-reverse Hessian isonly implemented for "
            "`vectorize=True`."
        )
    if strategy == "forward-mode":
        raise NotImplementedError(f'{name}(): {argument}="forward-mode" is not supported')


def _tensors(given: Any, what: str, name: str) -> tuple[bool, Tensors]:
    """Whether it was a tuple, and it as a tuple. TypeError for what is no tensor."""
    several = isinstance(given, tuple)
    found = given if several else (given,)
    for i, item in enumerate(found):
        if not isinstance(item, Tensor):
            where = f"value at index {i}" if several else f"given {what}"
            raise TypeError(
                f"The {what} given to {name} must be either a Tensor or a tuple of Tensors but the {where} has "
                f"type {type(item)}."
            )
    return several, found


def _own(tensors: Tensors, create_graph: bool, requires_grad: bool) -> Tensors:
    """Other tensors over the same memory, in the graph of the originals where that is wanted.

    So what func does with its arguments is told apart from what it does with the same tensors elsewhere.
    """
    return tuple(
        view_op(t, t._array.shape)
        if create_graph and t.requires_grad
        else alias(t).requires_grad_(requires_grad)
        for t in tensors
    )


def _vector(
    v: Any, like: Tensors, several: bool, create_graph: bool, name: str, condition: str
) -> Tensors | None:
    """v as a tuple, checked against what it is multiplied with."""
    if v is None:
        if len(like) != 1 or like[0].numel() != 1:
            raise RuntimeError(f"The vector v can only be None if the {condition} with a single element.")
        return None
    _, v = _tensors(v, "v", name)
    v = _own(v, create_graph, False)
    if len(v) != len(like):
        raise RuntimeError(
            f"v is a tuple of invalid length: should be {len(like)} but got {len(v)}."
            if several
            else "The given v should contain a single Tensor."
        )
    for i, (part, other) in enumerate(zip(v, like, strict=True)):
        if part.shape != other.shape:
            prefix = f"Entry {i} in " if several else ""
            raise RuntimeError(f"{prefix}v has invalid size: should be {other.shape} but got {part.shape}.")
    return v


def _single_value(out: Any, name: str, strict: bool) -> Tensors:
    several, outputs = _tensors(out, "outputs of the user-provided function", name)
    _check_outputs(outputs, strict)
    if several:
        raise RuntimeError(f"The function given to {name} should return a single Tensor")
    if outputs[0].numel() != 1:
        raise RuntimeError(
            f"The Tensor returned by the function given to {name} should contain a single element"
        )
    return outputs


def _finished(tensors: Tensors, several: bool, create_graph: bool) -> Any:
    found = tensors if create_graph else tuple(t.detach() for t in tensors)
    return found if several else found[0]


# ------------------------------------------------------------------ gradients, and their absence


def _grad(
    outputs: Sequence[Tensor | None],
    inputs: Tensors,
    weights: Sequence[Tensor | None] | None,
    create_graph: bool,
    retain_graph: bool | None = None,
) -> tuple[Tensor | None, ...]:
    """grad(), in which outputs may be None or without a graph."""
    if weights is None:
        weights = (None,) * len(outputs)
    pairs = [
        (out, weight)
        for out, weight in zip(outputs, weights, strict=True)
        if out is not None and out.requires_grad
    ]
    if not pairs:
        return (None,) * len(inputs)
    return grad(
        [out for out, _ in pairs],
        inputs,
        [weight for _, weight in pairs],
        allow_unused=True,
        create_graph=create_graph,
        retain_graph=retain_graph,
    )


_INDEPENDENT = {
    "back": "The output of the user-provided function is independent of input {i}. This is not allowed in "
    "strict mode.",
    "back_trick": "The gradient with respect to the input is independent of entry {i} in the grad_outputs when "
    "using the double backward trick to compute forward mode gradients. This is not allowed in strict mode.",
    "double_back": "The jacobian of the user-provided function is independent of input {i}. This is not "
    "allowed in strict mode.",
    "double_back_trick": "The hessian of the user-provided function is independent of entry {i} in the "
    "grad_jacobian. This is not allowed in strict mode as it prevents from using the double backward trick to "
    "replace forward mode AD.",
}


def _filled(
    gradients: Sequence[Tensor | None], like: Tensors, strict: bool, create_graph: bool, stage: str
) -> Tensors:
    """Zeros where there is no gradient; RuntimeError there if strict."""
    found = []
    for i, (gradient, other) in enumerate(zip(gradients, like, strict=True)):
        if gradient is None:
            if strict:
                raise RuntimeError(_INDEPENDENT[stage].format(i=i))
            gradient = zeros_like(other)
        elif strict and create_graph and not gradient.requires_grad:
            what = "hessian" if "double" in stage else "jacobian"
            raise RuntimeError(
                f"The {what} of the user-provided function is independent of input {i}. This is not allowed in "
                "strict mode when create_graph=True."
            )
        found.append(gradient)
    return tuple(found)


def _check_outputs(outputs: Tensors, strict: bool) -> None:
    for i, out in enumerate(outputs if strict else ()):
        if not out.requires_grad:
            raise RuntimeError(
                f"Output {i} of the user-provided function does not require gradients. The outputs must be "
                "computed in a differentiable manner from the input when running in strict mode."
            )


def _check_used(gradients: Sequence[Tensor | None], strict: bool) -> None:
    if strict and any(g is None for g in gradients):
        i = next(i for i, g in enumerate(gradients) if g is None)
        raise RuntimeError(
            f"The output of the user-provided function is independent of input {i}. This is not allowed in "
            "strict mode."
        )


def _check_gradients(gradients: Sequence[Tensor | None], strict: bool) -> None:
    _check_used(gradients, strict)
    for i, gradient in enumerate(gradients if strict else ()):
        if not gradient.requires_grad:
            raise RuntimeError(
                f"The gradient with respect to input {i} is independent of the inputs of the user-provided "
                "function. This is not allowed in strict mode."
            )


def _check_jacobian(gradients: Sequence[Tensor | None], strict: bool) -> None:
    _check_used(gradients, strict)
    for i, gradient in enumerate(gradients if strict else ()):
        if not gradient.requires_grad:
            raise RuntimeError(
                "While computing the hessian, found that the jacobian of the user-provided function with "
                f"respect to input {i} is independent of the input. This is not allowed in strict mode. You "
                "should ensure that your function is twice differentiable and that the jacobian depends on the "
                "inputs (this would be violated by a linear function for example)."
            )

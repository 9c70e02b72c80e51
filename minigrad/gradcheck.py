"""gradcheck: do the formulas agree with what small steps of the inputs do to the outputs?

Counterpart in PyTorch: torch/autograd/gradcheck.py.

The jacobian is computed twice: *numerically*, by (f(x + eps) - f(x - eps)) / 2 eps for each element of the
inputs, and *analytically*, by one backward for each element of the outputs. float64 leaves half of its
digits to the small steps; float32 leaves almost none.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from .differentiate import grad
from .function import Function
from .ops.create import zeros_like
from .tensor import Tensor, wrap

__all__ = ["GradcheckError", "gradcheck", "gradgradcheck"]


class GradcheckError(RuntimeError):
    """What gradcheck raises where the derivatives do not agree."""


def gradcheck(
    func: Callable[..., Any],
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:
    """Whether the gradients of func(*inputs) are right, for the inputs that require grad.

    Raises GradcheckError where they are not, or returns False with raise_exception=False; ValueError where
    no input requires grad. nondet_tol: by how much two backwards may differ. fast_mode is accepted and the
    full check made all the same. NotImplementedError for forward mode, batched gradients and masked=True.
    """
    _check_supported(
        "gradcheck",
        check_batched_grad=check_batched_grad,
        check_batched_forward_grad=check_batched_forward_grad,
        check_forward_ad=check_forward_ad,
        masked=masked,
    )
    if not check_backward_ad:
        raise AssertionError("Expected at least one of check_forward_ad or check_backward_ad to be True")
    try:
        return _check(
            func, _tuple(inputs), eps, atol, rtol, nondet_tol, check_undefined_grad, check_grad_dtypes
        )
    except GradcheckError:
        if raise_exception:
            raise
        return False


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> bool:
    """gradcheck of the gradients themselves: are the second derivatives of func(*inputs) right?

    grad_outputs: the gradients of the outputs to start from; numbers between -1 and 1 by default. Else as
    gradcheck.
    """
    _check_supported(
        "gradgradcheck",
        check_batched_grad=check_batched_grad,
        check_fwd_over_rev=check_fwd_over_rev,
        masked=masked,
    )
    if not check_rev_over_rev:
        raise AssertionError("Expected at least one of check_fwd_over_rev or check_rev_over_rev to be True")
    inputs = _tuple(inputs)
    if grad_outputs is None:
        random = np.random.default_rng(0)
        seeds = tuple(
            _seed(out, random, gen_non_contig_grad_outputs) for out in _differentiable(func(*inputs))
        )
    else:
        seeds = _tuple(grad_outputs)
    wanted = [isinstance(x, Tensor) and x.requires_grad for x in (*inputs, *seeds)]

    def gradients(*args: Any) -> tuple[Tensor, ...]:
        args = tuple(x.requires_grad_() if want else x for x, want in zip(args, wanted, strict=True))
        given, weights = args[: len(inputs)], args[len(inputs) :]
        found = grad(
            _differentiable(func(*given)),
            [x for x, want in zip(given, wanted, strict=False) if want],
            weights,
            create_graph=True,
            allow_unused=True,
        )
        return tuple(g for g in found if g is not None)

    return gradcheck(
        gradients,
        inputs + seeds,
        eps=eps,
        atol=atol,
        rtol=rtol,
        raise_exception=raise_exception,
        nondet_tol=nondet_tol,
        check_undefined_grad=check_undefined_grad,
        check_grad_dtypes=check_grad_dtypes,
    )


def _check_supported(name: str, **arguments: Any) -> None:
    for argument, value in arguments.items():
        if value:
            raise NotImplementedError(f"{name}(): {argument}=True is not supported")


def _tuple(x: Any) -> tuple[Any, ...]:
    return tuple(x) if isinstance(x, (tuple, list)) else (x,)


def _differentiable(out: Any) -> tuple[Tensor, ...]:
    return tuple(t for t in _tuple(out) if t.requires_grad)


def _seed(out: Tensor, random: np.random.Generator, non_contiguous: bool) -> Tensor:
    shape = out._array.shape
    if non_contiguous and shape:
        array = random.uniform(-1, 1, (*shape[:-1], 2 * shape[-1])).astype(out._array.dtype)[..., ::2]
    else:
        array = np.asarray(random.uniform(-1, 1, shape)).astype(out._array.dtype)
    return wrap(array).requires_grad_()


# ------------------------------------------------------------------ the check


def _check(
    func: Callable[..., Any],
    inputs: tuple[Any, ...],
    eps: float,
    atol: float,
    rtol: float,
    nondet_tol: float,
    check_undefined_grad: bool,
    check_grad_dtypes: bool,
) -> bool:
    wanted = _checked_inputs(inputs)
    all_outputs = _tuple(func(*inputs))
    outputs = _differentiable(all_outputs)
    numerical = [_numerical(func, inputs, x, i, all_outputs, eps) for i, x in wanted]
    if not outputs:
        if any(part.any() for parts in numerical for part in parts):
            raise GradcheckError("Numerical gradient for function expected to be zero")
        return True
    places = [i for i, out in enumerate(all_outputs) if out.requires_grad]
    for i, out in enumerate(outputs):
        analytical = _analytical(out, [x for _, x in wanted], nondet_tol, check_grad_dtypes)
        for j, (a, parts) in enumerate(zip(analytical, numerical, strict=True)):
            n = parts[places[i]]
            if not np.allclose(n, a, rtol, atol):
                raise GradcheckError(
                    f"Jacobian mismatch for output {i} with respect to input {j},\nnumerical:{wrap(n)}\n"
                    f"analytical:{wrap(a)}\n"
                )
    _check_scales(outputs, [x for _, x in wanted])
    if check_undefined_grad:
        _check_undefined(func, inputs, [x for _, x in wanted])
    return True


def _checked_inputs(inputs: tuple[Any, ...]) -> list[tuple[int, Tensor]]:
    """The inputs that require grad, with their positions."""
    wanted = [(i, x) for i, x in enumerate(inputs) if isinstance(x, Tensor) and x.requires_grad]
    for i, x in wanted:
        if x._array.dtype != np.float64:
            warnings.warn(
                f"Input #{i} requires gradient and is not a double precision floating point or complex. This "
                "check will likely fail if all the inputs are not of double precision floating point or "
                "complex. ",
                stacklevel=5,
            )
        if any(s == 0 and n > 1 for s, n in zip(x._array.strides, x._array.shape, strict=True)):
            raise RuntimeError(
                f"The {i}th input has a dimension with stride 0. gradcheck only supports inputs that are "
                "non-overlapping to be able to compute the numerical gradients correctly. You should call "
                ".contiguous on the input before passing it to gradcheck."
            )
    if not wanted:
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of them have "
            "requires_grad=True."
        )
    return wanted


def _numerical(
    func: Callable[..., Any],
    inputs: tuple[Any, ...],
    x: Tensor,
    number: int,
    outputs: tuple[Tensor, ...],
    eps: float,
) -> list[np.ndarray]:
    """For each output the matrix of its changes: a row for each element of x."""
    array = x._array
    jacobians = [np.zeros((array.size, out._array.size), out._array.dtype) for out in outputs]
    for row, place in enumerate(np.ndindex(array.shape)):
        before = array[place]
        try:
            array[place] = before + eps
            above = [out._array.copy() for out in _tuple(func(*inputs))]
            array[place] = before - eps
            below = [out._array.copy() for out in _tuple(func(*inputs))]
        finally:
            array[place] = before
        for jacobian, high, low in zip(jacobians, above, below, strict=True):
            if high.shape != low.shape:
                raise AssertionError(
                    f"Expected `func` to return outputs with the same shape when inputs are perturbed on index "
                    f"{number} by {eps}, but got: shapes {high.shape} and {low.shape}."
                )
            jacobian[row] = ((high - low) / (2 * eps)).ravel() if high.dtype.kind == "f" else 0
    return jacobians


def _analytical(
    out: Tensor, inputs: list[Tensor], nondet_tol: float, check_grad_dtypes: bool
) -> list[np.ndarray]:
    """The same matrices, by backward; twice, because it may not depend on what ran before."""
    first, sizes_right, dtypes_right = _by_backward(out, inputs)
    second, _, _ = _by_backward(out, inputs)
    if check_grad_dtypes and not dtypes_right:
        raise GradcheckError("Gradient has dtype mismatch")
    if not sizes_right:
        raise GradcheckError("Analytical gradient has incorrect size")
    for a, b in zip(first, second, strict=True):
        if a.size and np.abs(a - b).max() > nondet_tol:
            raise GradcheckError(
                "Backward is not reentrant, i.e., running backward with same input and grad_output multiple "
                "times gives different values, although analytical gradient matches numerical gradient.The "
                f"tolerance for nondeterminism was {nondet_tol}."
            )
    return first


def _by_backward(out: Tensor, inputs: list[Tensor]) -> tuple[list[np.ndarray], bool, bool]:
    jacobians = [np.zeros((x._array.size, out._array.size), out._array.dtype) for x in inputs]
    sizes_right = dtypes_right = True
    for column in range(out._array.size):
        seed = np.zeros(out._array.shape, out._array.dtype)
        seed.flat[column] = 1
        found = grad(out, inputs, wrap(seed), retain_graph=True, allow_unused=True)
        for jacobian, gradient, x in zip(jacobians, found, inputs, strict=True):
            if gradient is None:
                continue
            dtypes_right &= gradient._array.dtype == x._array.dtype
            if gradient._array.shape == x._array.shape:
                jacobian[:, column] = gradient._array.ravel()
            else:
                sizes_right = False
    return jacobians, sizes_right, dtypes_right


def _check_scales(outputs: tuple[Tensor, ...], inputs: list[Tensor]) -> None:
    """Zeros as gradients of the outputs have to give zeros."""
    found = grad(outputs, inputs, [zeros_like(out) for out in outputs], retain_graph=True, allow_unused=True)
    for gradient, x in zip(found, inputs, strict=True):
        if gradient is None:
            continue
        if gradient._array.any():
            raise GradcheckError("backward not multiplied by grad_output")
        if gradient._array.dtype != x._array.dtype:
            raise GradcheckError("grad is incorrect type")
        if gradient._array.shape != x._array.shape:
            raise GradcheckError("grad is incorrect size")


class _Undefined(Function):
    """Hands on no gradient."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return x.clone()

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> None:
        return None


def _check_undefined(func: Callable[..., Any], inputs: tuple[Any, ...], wanted: list[Tensor]) -> None:
    """A missing gradient has to count as zeros, of all outputs at once and of each by itself."""
    outputs = _differentiable(func(*inputs))
    _check_one_undefined([_Undefined.apply(out) for out in outputs], wanted)
    for i in range(len(outputs) if len(outputs) > 1 else 0):
        fresh = _differentiable(func(*inputs))
        _check_one_undefined([_Undefined.apply(o) if i == j else o for j, o in enumerate(fresh)], wanted)


def _check_one_undefined(outputs: list[Tensor], wanted: list[Tensor]) -> None:
    try:
        found = grad(outputs, wanted, [zeros_like(out) for out in outputs], allow_unused=True)
    except RuntimeError as error:
        _warn_of_undefined()
        raise GradcheckError(
            "Expected backward function to handle undefined output grads. A gradient that nobody computed comes "
            "as None, or as zeros where ctx materializes gradients."
        ) from error
    if any(gradient is not None and gradient._array.any() for gradient in found):
        _warn_of_undefined()
        raise GradcheckError(
            "Expected all input grads to be undefined or zero when all output grads are undefined or zero."
        )


def _warn_of_undefined() -> None:
    warnings.warn(
        "Backwards compatibility: New undefined gradient support checking feature is enabled by default, but it "
        "may break existing callers of this function. If this is true for you, you can call this function with "
        '"check_undefined_grad=False" to disable the feature',
        stacklevel=6,
    )

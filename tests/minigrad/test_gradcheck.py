"""gradcheck and gradgradcheck accept what is right and find what is wrong."""

from __future__ import annotations

from typing import Any

import pytest

import minigrad as mg
from minigrad import Tensor
from minigrad.autograd import Function, GradcheckError, gradcheck, gradgradcheck


def leaf(*values: float) -> Tensor:
    return mg.tensor(values, dtype=mg.float64, requires_grad=True)


class Wrong(Function):
    """x * x, with a gradient that `scale` spoils and `offset` adds to."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, scale: float, offset: float) -> Tensor:
        ctx.save_for_backward(x)
        ctx.scale, ctx.offset = scale, offset
        return x * x

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Any:
        (x,) = ctx.saved_tensors
        return ctx.scale * x * g + ctx.offset, None, None


def test_right_gradients() -> None:
    x, w = leaf(0.5, 1.5), mg.tensor([[1.0, 2], [3, 4]], dtype=mg.float64, requires_grad=True)
    assert gradcheck(mg.exp, x)
    assert gradcheck(lambda x, w, k: ((w @ x).tanh().sum() * k, x * 1), (x, w, 3))
    assert gradgradcheck(lambda x: x**3, (x,))
    assert gradgradcheck(lambda x: x**3, (x,), (leaf(1.0, 2.0),))
    assert gradgradcheck(lambda x: x.exp(), x, gen_non_contig_grad_outputs=True)


def test_inputs_are_left_as_they_were() -> None:
    x = leaf(0.1, 0.3)
    gradcheck(mg.exp, (x,))
    assert x.tolist() == [0.1, 0.3]
    assert x.grad is None


def test_a_wrong_gradient() -> None:
    x = leaf(0.5, 1.5)
    with pytest.raises(
        GradcheckError, match=r"^Jacobian mismatch for output 0 with respect to input 0,\nnumerical:"
    ):
        gradcheck(Wrong.apply, (x, 3.0, 0.0))
    assert not gradcheck(Wrong.apply, (x, 3.0, 0.0), raise_exception=False)
    assert gradcheck(Wrong.apply, (x, 2.0, 0.0))


def test_a_wrong_second_gradient() -> None:
    class Detached(Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            ctx.x = x.detach()
            return x * x

        @staticmethod
        def backward(ctx: Any, g: Tensor) -> Tensor:
            return 2 * ctx.x * g

    x = leaf(0.5)
    assert gradcheck(Detached.apply, (x,))
    with pytest.raises(GradcheckError, match="Jacobian mismatch"):
        gradgradcheck(Detached.apply, (x,))


def test_a_gradient_that_is_not_multiplied() -> None:
    with pytest.raises(GradcheckError):  # its jacobian is off as well
        gradcheck(Wrong.apply, (leaf(0.5), 2.0, 1.0))
    with pytest.raises(GradcheckError, match="backward not multiplied by grad_output"):
        gradcheck(Wrong.apply, (leaf(0.5), 2.0, 1e-9))


def test_a_backward_that_does_not_repeat() -> None:
    calls = []

    def drifting(g: Tensor) -> Tensor:
        calls.append(0)
        return g * (1 + 1e-9 * len(calls))

    def function(x: Tensor) -> Tensor:
        y = x * 2
        y.register_hook(drifting)
        return y

    with pytest.raises(GradcheckError, match=r"^Backward is not reentrant"):
        gradcheck(function, (leaf(0.5),))
    assert gradcheck(function, (leaf(0.5),), nondet_tol=1e-6, check_undefined_grad=False)


def test_a_missing_gradient_must_count_as_zeros() -> None:
    class Fussy(Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            ctx.set_materialize_grads(False)
            return x * 2

        @staticmethod
        def backward(ctx: Any, g: Tensor | None) -> Tensor:
            if g is None:
                raise RuntimeError("where is it")
            return g * 2

    with (
        pytest.warns(UserWarning, match="New undefined gradient support checking"),
        pytest.raises(GradcheckError, match=r"^Expected backward function to handle undefined output grads"),
    ):
        gradcheck(Fussy.apply, (leaf(0.5),))
    assert gradcheck(Fussy.apply, (leaf(0.5),), check_undefined_grad=False)


def test_outputs_without_a_graph_must_not_depend_on_the_inputs() -> None:
    assert gradcheck(lambda x: mg.ones(2), (leaf(0.5),))
    with pytest.raises(GradcheckError, match=r"^Numerical gradient for function expected to be zero"):
        gradcheck(lambda x: x.detach() * 2, (leaf(0.5),))


def test_inputs_that_cannot_be_checked() -> None:
    with pytest.raises(ValueError, match=r"^gradcheck expects at least one input tensor to require gradient"):
        gradcheck(mg.exp, (mg.ones(1),))
    with (
        pytest.warns(UserWarning, match=r"^Input #0 requires gradient and is not a double precision"),
        pytest.raises(GradcheckError),
    ):
        gradcheck(mg.exp, (mg.ones(1, requires_grad=True),))
    wide = leaf(1.0).detach().expand(3).requires_grad_()
    with pytest.raises(RuntimeError, match=r"^The 0th input has a dimension with stride 0"):
        gradcheck(mg.exp, (wide,))


@pytest.mark.parametrize("argument", ["check_batched_grad", "check_forward_ad", "masked"])
def test_what_is_not_supported_is_named(argument: str) -> None:
    with pytest.raises(NotImplementedError, match=argument):
        gradcheck(mg.exp, (leaf(1.0),), **{argument: True})

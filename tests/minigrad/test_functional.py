"""jacobian, hessian and their products with vectors, against values worked out by hand."""

from __future__ import annotations

import pytest

import minigrad as mg
from minigrad import Tensor
from minigrad.autograd.functional import hessian, hvp, jacobian, jvp, vhp, vjp


def t(*values: float) -> Tensor:
    return mg.tensor(values, dtype=mg.float64)


def cubic(x: Tensor) -> Tensor:
    """Its hessian is [[6 x0, 1], [1, 6 x1]]."""
    return (x**3).sum() + x[0] * x[1]


def test_jacobian_by_kinds_of_inputs_and_outputs() -> None:
    x, y = t(1, 2), t(3, 4)
    assert jacobian(lambda x: x * x, x).tolist() == [[2, 0], [0, 4]]
    assert jacobian(lambda x: (x * x).sum(), x).tolist() == [2, 4]
    by_x, by_y = jacobian(lambda x, y: x * y, (x, y))
    assert (by_x.tolist(), by_y.tolist()) == ([[3, 0], [0, 4]], [[1, 0], [0, 2]])
    one, other = jacobian(lambda x: (x * 2, x.sum()), x)
    assert (one.tolist(), other.tolist()) == ([[2, 0], [0, 2]], [1, 1])
    assert jacobian(lambda x: (x * 2,), (x,))[0][0].tolist() == [[2, 0], [0, 2]]
    assert jacobian(lambda x: mg.ones(2), x).tolist() == [[0, 0], [0, 0]]


def test_jacobian_leaves_its_input_alone() -> None:
    x = t(1, 2).requires_grad_()
    found = jacobian(lambda a: a * x, x)
    assert found.tolist() == [[1, 0], [0, 2]]  # x itself is a constant here
    assert not found.requires_grad
    assert x.grad is None


def test_jacobian_can_be_differentiated() -> None:
    x = t(1, 2).requires_grad_()
    found = jacobian(lambda x: x**3, x, create_graph=True)
    found.sum().backward()
    assert x.grad.tolist() == [6, 12]


def test_hessian() -> None:
    x, y = t(1, 2), t(3, 4)
    assert hessian(cubic, x).tolist() == [[6, 1], [1, 12]]
    (xx, xy), (yx, yy) = hessian(lambda x, y: (x * y * y).sum(), (x, y))
    assert xx.tolist() == [[0, 0], [0, 0]]
    assert xy.tolist() == yx.tolist() == [[6, 0], [0, 8]]
    assert yy.tolist() == [[2, 0], [0, 4]]


def test_products() -> None:
    x, v = t(1, 2), t(1, 10)
    value, product = vjp(lambda x: x[0] * x, x, v)
    assert (value.tolist(), product.tolist()) == ([1, 2], [22, 10])
    value, product = jvp(lambda x: x[0] * x, x, v)
    assert (value.tolist(), product.tolist()) == ([1, 2], [2, 12])
    for function in (hvp, vhp):
        value, product = function(cubic, x, v)
        assert (value.item(), product.tolist()) == (11, [16, 121])
    assert vjp(lambda x: x.sum(), x)[1].tolist() == [1, 1]
    assert jvp(lambda x: x * x, t(3), None)[1].tolist() == [6]
    _, (by_x, by_y) = vjp(lambda x, y: (x * y).sum(), (x, v))
    assert (by_x.tolist(), by_y.tolist()) == ([1, 10], [1, 2])


@pytest.mark.parametrize("function", [vjp, jvp, hvp, vhp])
def test_products_can_be_differentiated(function) -> None:
    x = t(2.0).requires_grad_()
    _, product = function(
        lambda x: (x**4).sum(), x, None if function is not vjp else mg.tensor(1.0).double(), True
    )
    product.sum().backward()
    assert x.grad.tolist() == [48] if function in (vjp, jvp) else [96]


def test_arguments_that_do_not_fit() -> None:
    x = t(1, 2)
    with pytest.raises(
        TypeError, match=r"^The inputs given to jacobian must be either a Tensor or a tuple of"
    ):
        jacobian(mg.exp, 3)
    with pytest.raises(TypeError, match=r"^The outputs of the user-provided function given to vjp must be"):
        vjp(lambda x: 3, x)
    with pytest.raises(
        RuntimeError, match=r"^The vector v can only be None if the user-provided function returns"
    ):
        vjp(mg.exp, x)
    with pytest.raises(
        RuntimeError, match=r"^The vector v can only be None if the input to the user-provided"
    ):
        jvp(mg.exp, x)
    with pytest.raises(RuntimeError, match=r"^v has invalid size: should be"):
        vjp(mg.exp, x, t(1))
    with pytest.raises(RuntimeError, match=r"^The given v should contain a single Tensor"):
        vjp(mg.exp, x, (x, x))
    with pytest.raises(
        RuntimeError, match=r"^The Tensor returned by the function given to hessian should contain"
    ):
        hessian(mg.exp, x)
    with pytest.raises(RuntimeError, match=r"^The function given to hvp should return a single Tensor"):
        hvp(lambda x: (x.sum(),), x, x)
    with pytest.raises(NotImplementedError, match=r"^Computing Jacobian using forward-AD"):
        jacobian(mg.exp, x, strategy="forward-mode")
    with pytest.raises(NotImplementedError, match='strategy="forward-mode" is not supported'):
        jacobian(mg.exp, x, vectorize=True, strategy="forward-mode")


def test_strict() -> None:
    x, y = t(1, 2), t(3, 4)
    with pytest.raises(
        RuntimeError, match=r"^Output 0 of the user-provided function does not require gradients"
    ):
        jacobian(lambda x: mg.ones(2), x, strict=True)
    with pytest.raises(
        RuntimeError, match=r"^Output 0 of the user-provided function is independent of input 1"
    ):
        jacobian(lambda x, y: x * 2, (x, y), strict=True)
    with pytest.raises(
        RuntimeError, match=r"^The output of the user-provided function is independent of input 1"
    ):
        vjp(lambda x, y: x.sum(), (x, y), strict=True)
    with pytest.raises(
        RuntimeError, match=r"^While computing the hessian, found that the jacobian of the user"
    ):
        hessian(lambda x: x.sum(), x, strict=True)
    with pytest.raises(RuntimeError, match="are not supported together"):
        jacobian(mg.exp, x, strict=True, vectorize=True)

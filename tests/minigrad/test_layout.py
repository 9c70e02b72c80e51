"""How results lie in memory: the strides that torch gives them, where the operands do not lie row by row."""

import pytest

import minigrad
from minigrad.nn import functional as F


def turned(kind=minigrad.float32):
    """A 4 x 3 tensor whose columns lie one after the other."""
    return minigrad.arange(12.0).reshape(3, 4).t().to(kind)


POINTWISE = {
    "the first operand decides": (lambda: turned() + minigrad.ones(4, 3), (1, 4)),
    "also where it is row by row": (lambda: minigrad.ones(4, 3) + turned(), (3, 1)),
    "a result that is turned decides as well": (lambda: turned() * 2 + minigrad.ones(4, 3), (1, 4)),
    "an operand that is stretched has no say": (lambda: minigrad.ones(3) + turned(), (1, 4)),
    "one that is stretched in part has": (
        lambda: minigrad.ones(3, 1) + minigrad.ones(3, 1, 4).transpose(0, 2), (1, 4, 12),
    ),
    "alpha": (lambda: turned().add(minigrad.ones(4, 3), alpha=2), (1, 4)),
    "the condition": (lambda: minigrad.where(turned() > 0, minigrad.ones(4, 3), 2), (1, 4)),
    "integers that become floats": (lambda: turned(minigrad.int64).exp(), (1, 4)),
    "integers that stay": (lambda: turned(minigrad.int64).floor(), (1, 4)),
    "lerp": (lambda: minigrad.lerp(turned(), minigrad.ones(4, 3), 0.5), (1, 4)),
    "isclose": (lambda: minigrad.isclose(turned(), minigrad.ones(4, 3)), (1, 4)),
    "a gap": (lambda: minigrad.ones(3, 8)[:, ::2].t() * minigrad.ones(4, 3), (1, 4)),
    "a number raised to a tensor": (lambda: 2 ** turned(), (3, 1)),
}  # fmt: skip


@pytest.mark.parametrize("name", POINTWISE)
def test_an_elementwise_result_has_the_order_of_its_operands(name):
    compute, strides = POINTWISE[name]
    assert compute().stride() == strides


@pytest.mark.parametrize("name", ["sum", "mean", "amax", "amin", "var", "std", "nansum", "all", "any"])
def test_a_reduction_lies_row_by_row(name):
    x = minigrad.arange(24.0).reshape(2, 3, 4).permute(2, 0, 1)
    assert getattr(minigrad, name)(x, 0, keepdim=True).stride() == (6, 3, 1)


@pytest.mark.parametrize(
    "compute",
    [
        lambda x: x.cumsum(0),
        lambda x: x.cumprod(1),
        lambda x: x.cummax(0).indices,
        lambda x: x.logcumsumexp(0),
        lambda x: x.softmax(1),
        lambda x: x.log_softmax(1),
        lambda x: x.tril(),
        F.logsigmoid,
    ],
)
def test_what_goes_along_a_dimension_lies_row_by_row(compute):
    assert compute(turned()).stride() == (3, 1)


@pytest.mark.parametrize("name", ["rand_like", "randn_like", "zeros_like"])
def test_like_another_is_also_its_order(name):
    assert getattr(minigrad, name)(turned()).stride() == (1, 4)


def test_the_short_way_and_the_long_way_agree():
    x, y = turned().requires_grad_(), minigrad.ones(4, 3, requires_grad=True)
    assert (x * y).stride() == x.mul(y).stride() == (1, 4)
    assert (x * y).grad_fn.name() == "MulBackward0"

"""Broadcasting: common shapes, and the way back for gradients."""

from __future__ import annotations

import numpy as np
import pytest

import minigrad as mg
from minigrad.broadcast import broadcast_shape, sum_to

SHAPES = [
    ((), ()),
    ((2,), ()),
    ((2, 3), (3,)),
    ((2, 1), (1, 3)),
    ((1,), (0,)),
    ((4, 1, 2), (3, 1)),
    ((0, 2), (1, 2)),
]


@pytest.mark.parametrize(("a", "b"), SHAPES)
def test_the_common_shape_is_numpys(a: tuple, b: tuple) -> None:
    assert broadcast_shape([np.ones(a), np.ones(b)]) == np.broadcast_shapes(a, b)
    assert broadcast_shape([np.ones(b), 2.0, np.ones(a)]) == np.broadcast_shapes(a, b)


@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        (
            (2,),
            (3,),
            r"size of tensor a \(2\) must match the size of tensor b \(3\) at non-singleton dimension 0",
        ),
        (
            (2, 3),
            (2,),
            r"size of tensor a \(3\) must match the size of tensor b \(2\) at non-singleton dimension 1",
        ),
        (
            (0,),
            (3,),
            r"size of tensor a \(0\) must match the size of tensor b \(3\) at non-singleton dimension 0",
        ),
    ],
)
def test_shapes_without_a_common_one(a: tuple, b: tuple, words: str) -> None:
    with pytest.raises(RuntimeError, match=words):
        broadcast_shape([np.ones(a), np.ones(b)])


@pytest.mark.parametrize(("a", "b"), SHAPES)
def test_the_gradient_of_a_stretched_element_is_the_sum(a: tuple, b: tuple) -> None:
    whole = np.broadcast_shapes(a, b)
    gradient = mg.tensor(np.arange(1.0, 1 + np.prod(whole)).reshape(whole))
    for shape in (a, b):
        found = sum_to(gradient, shape)
        assert found.shape == shape
        x = mg.ones(shape, dtype=mg.float64, requires_grad=True)
        (by_expand,) = mg.autograd.grad(x.expand(whole), x, gradient)
        assert found.tolist() == by_expand.tolist()
        assert found.sum().item() == gradient.sum().item()


def test_a_gradient_that_fits_is_handed_on_as_it_is() -> None:
    gradient = mg.ones(2, 1)
    assert sum_to(gradient, (2, 1)) is gradient

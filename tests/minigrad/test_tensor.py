"""Tensor: leaves, requires_grad, grad, and the facts about its array."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import minigrad as mg
from minigrad import Tensor


def test_leaves() -> None:
    plain, x = mg.ones(2), mg.ones(2, requires_grad=True)
    y, z = x * 2, plain * 2
    assert [t.is_leaf for t in (plain, x, y, z)] == [True, True, False, True]
    assert [t.requires_grad for t in (plain, x, y, z)] == [False, True, True, False]
    assert [t.output_nr for t in (x, x.unbind(0)[1])] == [0, 1]
    assert x.grad_fn is None


def test_how_tensors_were_made_in_old_times() -> None:
    assert Tensor([1, 2]).tolist() == [1.0, 2.0]
    assert Tensor(np.array([1, 2])).dtype is mg.float32
    assert Tensor(2, 3).shape == Tensor(mg.Size([2, 3])).shape == (2, 3)
    assert Tensor().shape == (0,)
    assert Tensor(mg.tensor([1])).dtype is mg.int64
    x = mg.LongTensor([1, 2])
    assert x.dtype is mg.int64
    assert [isinstance(x, kind) for kind in (mg.LongTensor, mg.FloatTensor)] == [True, False]
    assert repr(mg.FloatTensor) == "<class 'minigrad.FloatTensor'>"
    for args, words in (
        ((1.5,), r"new\(\): data must be a sequence \(got float\)"),
        (("a",), r"new\(\): invalid data type 'str'"),
        (([1], [2]), "must be tuple of ints"),
    ):
        with pytest.raises(TypeError, match=words):
            Tensor(*args)
    with pytest.raises(TypeError, match="requires_grad"):
        Tensor([1], requires_grad=True)
    with pytest.raises(TypeError, match=r"expected a tensor of minigrad.int64"):
        mg.LongTensor(mg.ones(1))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda x: setattr(x * 2, "requires_grad", False),
            "you can only change requires_grad flags of leaf variab",
        ),
        (
            lambda x: setattr(x * 2, "requires_grad", True),
            "you can only change requires_grad flags of leaf variab",
        ),
        (
            lambda x: (x * 2).requires_grad_(False),
            "you can only change requires_grad flags of leaf variables",
        ),
        (lambda x: setattr(x, "requires_grad", 1), "requires_grad must be a bool"),
        (
            lambda x: mg.ones(2, dtype=mg.int64).requires_grad_(),
            "only Tensors of floating point dtype can require",
        ),
        (
            lambda x: setattr(mg.arange(2), "requires_grad", True),
            "only Tensors of floating point and complex dtype",
        ),
        (
            lambda x: mg.tensor([1], requires_grad=True),
            "Only Tensors of floating point and complex dtype can require",
        ),
    ],
)
def test_requires_grad_where_it_cannot_be(change: Any, words: str) -> None:
    with pytest.raises(RuntimeError, match=words):
        change(mg.ones(2, requires_grad=True))


def test_requires_grad_where_it_can() -> None:
    x = mg.ones(2)
    assert x.requires_grad_() is x
    assert x.requires_grad
    x.requires_grad = False
    assert not x.requires_grad_(False).requires_grad
    y = x.requires_grad_() * 2
    assert y.requires_grad_() is y  # it does anyway
    with pytest.raises(TypeError, match=r"argument 'requires_grad' .* must be bool, not int"):
        x.requires_grad_(1)


@pytest.mark.parametrize(
    ("grad", "error", "words"),
    [
        (lambda x: [1.0], TypeError, "assigned grad expected to be a Tensor or None but got"),
        (lambda x: x, RuntimeError, "can't assign Variable as its own grad"),
        (
            lambda x: mg.ones(3),
            RuntimeError,
            r"attempting to assign a gradient of size '\[3\]' to a tensor of size",
        ),
        (lambda x: mg.ones(2, dtype=mg.float64), RuntimeError, "attempting to assign a gradient with dtype"),
    ],
)
def test_a_grad_that_does_not_fit(grad: Any, error: type[Exception], words: str) -> None:
    x = mg.ones(2, requires_grad=True)
    with pytest.raises(error, match=words):
        x.grad = grad(x)
    x.grad = mg.ones(2)
    (x * 2).sum().backward()
    assert x.grad.tolist() == [3, 3]
    x.grad = None
    assert x.grad is None


def test_the_grad_of_a_non_leaf_warns_unless_it_is_kept() -> None:
    y = mg.ones(2, requires_grad=True) * 2
    with pytest.warns(UserWarning, match="The .grad attribute of a Tensor that is not a leaf Tensor"):
        assert y.grad is None
    y.retain_grad()
    assert y.grad is None


def test_facts_about_the_array() -> None:
    x = mg.zeros(2, 3, dtype=mg.float64)
    assert (x.shape, x.size(), x.size(-1), x.ndim, x.dim(), x.numel(), x.nelement(), len(x)) == (
        (2, 3), (2, 3), 3, 2, 2, 6, 6, 2,
    )  # fmt: skip
    assert (x.itemsize, x.element_size(), x.nbytes, x.type()) == (8, 8, 48, "minigrad.DoubleTensor")
    assert str(x.device) == "cpu"
    assert x.is_floating_point()
    with pytest.raises(IndexError, match="Dimension out of range"):
        x.size(2)
    with pytest.raises(TypeError, match="len\\(\\) of a 0-d tensor"):
        len(mg.tensor(1.0))

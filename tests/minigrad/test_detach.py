"""Ways out of the graph: detach, data, numpy, item; and what they share."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import minigrad as mg
from minigrad import Tensor


def leaf(*values: float) -> Tensor:
    return mg.tensor(values, dtype=mg.float32, requires_grad=True)


def test_detach_shares_memory_and_version() -> None:
    x = leaf(1, 2) * 1
    d = x.detach()
    d.add_(1)
    assert (d.requires_grad, d.grad_fn, d._is_view()) == (False, None, False)
    assert x.tolist() == [2, 3]
    assert x._version == d._version == 1


def test_data_shares_memory_alone() -> None:
    x = leaf(1, 2)
    x.data.add_(1)
    assert x.tolist() == [2, 3]
    assert x._version == 0


def test_data_can_be_replaced() -> None:
    x = leaf(1, 2)
    x.data = mg.ones(3)
    assert x.tolist() == [1, 1, 1]
    assert x.requires_grad
    (x * 2).sum().backward()
    assert x.grad.tolist() == [2, 2, 2]
    with pytest.raises(
        RuntimeError, match="data set to a tensor that requires gradients must be floating point"
    ):
        x.data = mg.ones(3, dtype=mg.int64)
    with pytest.raises(TypeError, match="Variable data has to be a tensor, but got list"):
        x.data = [1.0]


def test_detach_in_place_makes_a_leaf_and_refuses_views() -> None:
    x = leaf(1, 2)
    y = x * 2
    z = y * 3
    assert y.detach_() is y
    assert (y.is_leaf, y.requires_grad) == (True, False)
    z.sum().backward()  # z's node had its edge already
    assert x.grad.tolist() == [6, 6]
    with pytest.raises(RuntimeError, match="Can't detach views in-place"):
        (x * 1)[0].detach_()


def test_numpy_shares_memory_and_refuses_what_is_recorded() -> None:
    plain, x = mg.ones(2), leaf(1, 2)
    plain.numpy()[0] = 7
    assert plain.tolist() == [7, 1]
    with pytest.raises(RuntimeError, match=r"Can't call numpy\(\) on Tensor that requires grad"):
        x.numpy()
    with mg.no_grad():
        assert x.numpy().tolist() == [1, 2]
    assert np.shares_memory(x.detach().numpy(), x.numpy(force=True))
    assert np.asarray(plain).dtype == np.float32


@pytest.mark.parametrize(
    ("use", "error", "words"),
    [
        (lambda: mg.ones(2).item(), RuntimeError, "a Tensor with 2 elements cannot be converted to Scalar"),
        (
            lambda: bool(mg.ones(2)),
            RuntimeError,
            "Boolean value of Tensor with more than one value is ambiguous",
        ),
        (lambda: bool(mg.ones(0)), RuntimeError, "Boolean value of Tensor with no values is ambiguous"),
        (
            lambda: float(mg.ones(2)),
            ValueError,
            "only one element tensors can be converted to Python scalars",
        ),
        (
            lambda: [1, 2][mg.tensor(1.0)],
            TypeError,
            "only integer tensors of a single element can be converted",
        ),
        (lambda: copy.deepcopy(leaf(1) * 2), RuntimeError, "Only Tensors created explicitly by the user"),
    ],
)
def test_what_cannot_be_converted(use: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        use()


def test_one_element_is_a_number() -> None:
    x = leaf(2.5)
    assert (x.item(), float(x.detach()), int(x), bool(x)) == (2.5, 2.5, 2, True)
    with pytest.warns(UserWarning, match="Converting a tensor with requires_grad=True to a scalar"):
        assert float(x) == 2.5
    assert [10, 20, 30][mg.tensor([2])] == 30
    assert mg.tensor(3).item() == 3


def test_tensors_reversed_and_searched() -> None:
    assert reversed(mg.tensor([1, 2, 3])).tolist() == [3, 2, 1]
    assert 2 in mg.tensor([1, 2])
    with pytest.raises(
        RuntimeError, match=r"^Tensor.__contains__ only supports Tensor or scalar, but you pass"
    ):
        "a" in mg.tensor([1, 2])  # noqa: B015


def test_grad_and_data_are_deleted_differently() -> None:
    x = mg.ones(1, requires_grad=True)
    x.grad = mg.ones(1)
    del x.grad
    assert x.grad is None
    with pytest.raises(RuntimeError, match="Deleting tensor data is not allowed"):
        del x.data


def test_variable_as_old_programs_use_it() -> None:
    Variable = mg.autograd.Variable
    x = Variable(mg.ones(2), requires_grad=True)
    assert (type(x), x.requires_grad, x.is_leaf) == (Tensor, True, True)
    assert isinstance(x, Variable)
    assert Variable().shape == (0,)
    with pytest.warns(UserWarning, match="volatile was removed and now has no effect"):
        Variable(mg.ones(1), volatile=True)
    with pytest.raises(TypeError, match=r"Variable data has to be a tensor, but got numpy.ndarray"):
        Variable(np.ones(1))


def test_deepcopy_is_a_leaf_of_its_own() -> None:
    x = leaf(1, 2)
    x.sum().backward()
    twin = copy.deepcopy(x)
    twin.data.add_(5)
    twin.grad.add_(5)
    assert x.tolist() == [1, 2]
    assert x.grad.tolist() == [1, 1]
    assert twin.requires_grad
    assert twin.is_leaf

"""How arguments are given: by position, by torch's name, by NumPy's name; and too few of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import minigrad as mg

X = mg.arange(6.0).reshape(2, 3)


@pytest.mark.parametrize(
    ("by_name", "by_position"),
    [
        (lambda: mg.exp(input=X), lambda: X.exp()),
        (lambda: mg.mm(input=X, mat2=X.t()), lambda: X.mm(X.t())),
        (lambda: X[0].dot(tensor=X[1]), lambda: mg.dot(X[0], X[1])),
        (lambda: mg.reshape(input=X, shape=(3, 2)), lambda: X.reshape(3, 2)),
        (lambda: X.view(size=(3, 2)), lambda: X.view(3, 2)),
        (lambda: X[:1].expand(size=(2, 3)), lambda: X[:1].expand(2, 3)),
        (lambda: mg.tile(input=X, dims=(2,)), lambda: X.tile(2)),
        (lambda: mg.permute(X, dims=(1, 0)), lambda: X.permute(1, 0)),
        (lambda: mg.squeeze(input=X, axis=0), lambda: X.squeeze(0)),
        (lambda: mg.swapaxes(input=X, axis0=0, axis1=1), lambda: X.t()),
        (lambda: mg.split(tensor=X, split_size_or_sections=1), lambda: X.split(1)),
        (lambda: X.split(split_size=1), lambda: X.split(1)),
        (lambda: X.tensor_split(sections=2), lambda: X.tensor_split(2)),
        (lambda: X.hsplit(indices=(1,)), lambda: X.hsplit((1,))),
        (lambda: mg.sort(input=X, axis=0)[0], lambda: X.sort(0)[0]),
        (lambda: mg.matmul(input=X, other=X.t()), lambda: X @ X.t()),
    ],
)
def test_arguments_by_name(by_name: Callable[[], Any], by_position: Callable[[], Any]) -> None:
    found, expected = by_name(), by_position()
    for a, b in zip(*(v if isinstance(v, tuple) else (v,) for v in (found, expected)), strict=True):
        assert a.shape == b.shape
        assert a.tolist() == b.tolist()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: mg.flatten(X, foo=1), "flatten() got an unexpected keyword argument 'foo'"),
        (lambda: X.transpose(0), 'transpose() missing 1 required positional arguments: "dim1"'),
        (lambda: X.transpose(), 'transpose() missing 2 required positional argument: "dim0", "dim1"'),
        (lambda: mg.diagonal(X, axis1=0), "diagonal() got an unexpected keyword argument 'axis1'"),
        (lambda: X.hsplit("a"), "hsplit() received an invalid combination of arguments - got (str)"),
        (
            lambda: mg.hsplit(X, "a"),
            "hsplit() received an invalid combination of arguments - got (Tensor, str)",
        ),
        (lambda: X.hsplit(), "hsplit() received an invalid combination of arguments - got ()"),
        (
            lambda: X.scatter(0, X.long()),
            "scatter() received an invalid combination of arguments - got (int, Tensor)",
        ),
        (
            lambda: X.movedim("a", 0),
            "movedim() received an invalid combination of arguments - got (str, int)",
        ),
        (lambda: X.transpose_("a", 0), "transpose_(): argument 'dim0' (position 1) must be int, not str"),
        (lambda: X.unfold("a", 1, 1), "unfold(): argument 'dimension' (position 1) must be int, not str"),
        (lambda: mg.sort(X, "a"), "sort() received an invalid combination of arguments - got (Tensor, str)"),
    ],
)
def test_arguments_that_do_not_fit(call: Callable[[], Any], words: str) -> None:
    with pytest.raises(TypeError) as caught:
        call()
    assert str(caught.value).startswith(words)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (
            lambda: mg.ones(1).addmv_(X, X[0]),
            RuntimeError,
            "Bad in-place call: input tensor size [1] and output tensor size [2] should match",
        ),
        (
            lambda: X.index_add(0, mg.tensor([0, 1]), mg.ones(2)),
            RuntimeError,
            "source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = "
            "[2, 3] source.shape = [2]",
        ),
        (
            lambda: X.index_add(0, mg.ones(1, 2), X),
            IndexError,
            "index_add_(): Index is supposed to be a vector, but got dim: 2 with type: Float and size: [1, 2]",
        ),
        (
            lambda: X.index_copy(0, mg.tensor([0, 1]), mg.ones(2)),
            IndexError,
            "index_copy_(): When source and destination are not scalars, their dimensionality must match",
        ),
        (
            lambda: mg.tensor(1.0).index_select(0, mg.tensor([0, 0])),
            RuntimeError,
            "index_select(): Index to scalar can have only 1 value, got 2 value(s)",
        ),
        (
            lambda: X.put(mg.tensor([0]), X[0]),
            IndexError,
            "put_(): Expected source and index to have the same number of elements, but got source.numel() = 3",
        ),
        (
            lambda: mg.addr(X.long(), X[:, 0].long(), X[0].long(), alpha=0.5),
            RuntimeError,
            "For integral input tensors, argument alpha must not be a floating point number.",
        ),
        (
            lambda: mg.addbmm(X, mg.ones(2, 2, 1), mg.ones(3, 1, 3)),
            RuntimeError,
            "batch1 and batch2 must have same number of batches, got 2 and 3",
        ),
        (
            lambda: mg.tensordot(X, X, 1),
            RuntimeError,
            "contracted dimensions need to match, but first has size 3 in dim -1 and second has size 2 in dim 0",
        ),
        (
            lambda: X.masked_select(mg.tensor([True, False])),
            RuntimeError,
            "The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 1",
        ),
        (lambda: mg.cross(X > 0, X > 0), NotImplementedError, "\"cross\" not implemented for 'Bool'"),
        (
            lambda: mg.linalg.vecdot(X.long(), X.long()),
            RuntimeError,
            "linalg.vecdot: Expected a floating point or complex tensor as input. Got Long",
        ),
        (lambda: mg.cartesian_prod(X), RuntimeError, "Expect a 1D vector, but got shape [2, 3]"),
        (
            lambda: mg.bincount(mg.tensor([1]), minlength=-1),
            RuntimeError,
            "minlength should be >= 0",
        ),
        (
            lambda: mg.take_along_dim(X, mg.zeros(2, 3, dtype=mg.int32), 0),
            RuntimeError,
            "torch.take_along_dim(): dtype of indices should be Long but got Int",
        ),
        (
            lambda: X.unsqueeze(0).t_(),
            RuntimeError,
            "t_() expects a tensor with <= 2 dimensions, but self is 3D",
        ),
    ],
)
def test_tensors_that_do_not_fit(call: Callable[[], Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value).startswith(words)


def test_indices_along_a_dimension_count_around() -> None:
    assert mg.take_along_dim(mg.arange(2.0), mg.tensor([2, -3, 5]), 0).tolist() == [0, 1, 1]


def test_different_elements_have_a_node_that_refuses() -> None:
    x = mg.tensor([1.0, 2.0, 1.0], requires_grad=True)
    found = x.unique()
    assert found.grad_fn.name() == "Unique2Backward0"
    with pytest.raises(NotImplementedError, match=r"^the derivative for '_unique2' is not implemented."):
        found.sum().backward()


def test_repeat_interleave_holds_output_size_against_the_repeats() -> None:
    x, times = mg.tensor([1.0, 2.0]), mg.tensor([1, 2])
    assert mg.repeat_interleave(x, times, output_size=3).tolist() == [1, 2, 2]
    assert mg.repeat_interleave(x, 2, output_size=4).tolist() == [1, 1, 2, 2]
    for repeats in (times, mg.tensor(2)):
        with pytest.raises(RuntimeError, match="allocated size does not match required size"):
            mg.repeat_interleave(x, repeats, output_size=5)
    with pytest.raises(RuntimeError, match="Invalid output_size, expected 4 but got 5"):
        mg.repeat_interleave(x, 2, output_size=5)

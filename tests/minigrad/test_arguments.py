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
        (lambda: mg.exp(foo=1), "exp() got an unexpected keyword argument 'foo'"),
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

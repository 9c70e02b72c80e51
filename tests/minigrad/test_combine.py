"""block_diag, combinations, diff, trapezoid: torch's answers, and the nodes they are made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import minigrad as mg

X = mg.tensor([1.0, 4.0, 9.0, 16.0])


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (mg.block_diag(mg.tensor([1, 2]), mg.tensor([[3], [4]])), [[1, 2, 0], [0, 0, 3], [0, 0, 4]]),
        (mg.block_diag(), [[]]),
        (mg.combinations(mg.tensor([1, 2, 3])), [[1, 2], [1, 3], [2, 3]]),
        (mg.combinations(mg.tensor([1, 2]), with_replacement=True), [[1, 1], [1, 2], [2, 2]]),
        (mg.combinations(mg.tensor([1, 2]), 3), []),
        (mg.diff(X), [3, 5, 7]),
        (X.diff(2), [2, 2]),
        (X.diff(9), []),
        (X.diff(prepend=mg.zeros(1)), [1, 3, 5, 7]),
        (mg.diff(mg.tensor([True, True, False])), [False, True]),
        (mg.trapezoid(X), 21.5),
        (mg.trapezoid(X, dx=2), 43),
        (mg.trapezoid(X, mg.tensor([0.0, 1.0, 3.0, 4.0])), 28),
        (mg.trapezoid(mg.tensor([1, 2]), mg.tensor([0, 1])), 1.5),
        (mg.cumulative_trapezoid(X), [2.5, 9, 21.5]),
    ],
)
def test_values(found: mg.Tensor, expected: Any) -> None:
    assert found.tolist() == expected


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda x: mg.block_diag(x, x), "BlockDiagBackward0"),
        (lambda x: mg.combinations(x), "StackBackward0"),
        (lambda x: mg.diff(x), "SubBackward0"),
        (lambda x: mg.diff(x, 0), "CopyBackwards"),
        (lambda x: mg.trapezoid(x), "MulBackward1"),
        (lambda x: mg.trapezoid(x, x), "DivBackward1"),
        (lambda x: mg.cumulative_trapezoid(x), "CumsumBackward0"),
    ],
)
def test_nodes(call: Callable[[mg.Tensor], mg.Tensor], name: str) -> None:
    assert call(mg.ones(3, requires_grad=True)).grad_fn.name() == name


def test_what_does_not_fit() -> None:
    with pytest.raises(RuntimeError, match=r"^Expect a 1D vector, but got shape \[2, 2\]"):
        mg.combinations(mg.ones(2, 2))
    with pytest.raises(RuntimeError, match=r"^order must be non-negative but got -1"):
        mg.diff(X, -1)
    with pytest.raises(RuntimeError, match=r"^diff expects input to be at least one-dimensional"):
        mg.tensor(1.0).diff()
    with pytest.raises(RuntimeError, match=r"^There must be one `x` value for each sample point"):
        mg.trapezoid(X, mg.ones(3))

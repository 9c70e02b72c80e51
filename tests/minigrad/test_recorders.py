"""The recorders that are written out for each op. (test_ops.py runs every op by them and by `record.run`.)"""

from __future__ import annotations

import inspect
import textwrap

import numpy as np
import pytest

import minigrad as mg
from minigrad import Tensor, record, recorders
from minigrad.nn.functional import nll_loss


def test_the_example_is_what_is_written() -> None:
    example = recorders.__doc__.split("x.exp()`:\n")[1].split("What does not fit")[0]
    assert inspect.getsource(Tensor.exp).strip() == textwrap.dedent(example).strip()


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ops that took the long way."""
    found: list[str] = []
    run = record.run

    def noting(op: object, args: list[object]) -> object:
        found.append(op.name)  # type: ignore[attr-defined]
        return run(op, args)  # type: ignore[arg-type]

    monkeypatch.setattr(record, "run", noting)
    return found


def test_plain_calls_take_the_short_way(ran: list[str]) -> None:
    x = mg.ones(2, 3, requires_grad=True)
    w = mg.ones(3, 2, requires_grad=True)
    y = (x * 2.0 + x).exp() @ w
    z = y.view(4).expand(2, 4).t().sum() - nll_loss(y, mg.tensor([0, 1]))
    z.backward()
    assert ran == []
    assert x.grad is not None


def test_the_rest_takes_the_long_way(ran: list[str]) -> None:
    x = mg.ones(2, requires_grad=True)
    x * np.float64(2)  # not a plain number
    x * mg.ones(2, dtype=mg.float64)  # two dtypes
    mg.ones(2, dtype=mg.int64).exp()  # becomes a float
    nll_loss(x.view(1, 2), mg.tensor([0]), weight=mg.ones(2))  # an argument that is None most of the time
    assert ran == ["mul", "mul", "exp", "nll_loss"]


def test_what_does_not_fit_is_said_as_torch_says_it() -> None:
    with pytest.raises(
        RuntimeError, match=r"The size of tensor a \(2\) must match the size of tensor b \(3\)"
    ):
        mg.ones(2) * mg.ones(3)
    with pytest.raises(TypeError, match=r"exp\(\): argument 'input' \(position 1\) must be Tensor, not str"):
        mg.exp("x")


def test_arguments_may_be_given_by_keyword() -> None:
    x = mg.tensor([[1.0, 2.0]])
    assert mg.mm(input=x, mat2=x.t()).tolist() == [[5.0]]
    assert x.transpose(dim0=0, dim1=1).tolist() == [[1.0], [2.0]]
    assert mg.exp(input=mg.zeros(1)).tolist() == [1.0]

"""How tensors print. The texts on the right are torch's, with minigrad for torch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import minigrad as mg
from minigrad import set_printoptions


@pytest.fixture(autouse=True)
def default_options() -> Iterator[None]:
    yield
    set_printoptions(profile="default", sci_mode=None)


INF, NAN = float("inf"), float("nan")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (1, "tensor(1)"),
        (1.0, "tensor(1.)"),
        ([], "tensor([])"),
        ([1.0, 2.5], "tensor([1.0000, 2.5000])"),
        ([1.0, -20.0], "tensor([  1., -20.])"),
        ([True, False], "tensor([ True, False])"),
        ([1, -20, 3], "tensor([  1, -20,   3])"),
        ([1e-5, 1.0], "tensor([1.0000e-05, 1.0000e+00])"),
        ([1e9, 1.0], "tensor([1.0000e+09, 1.0000e+00])"),
        ([1e5, 1.5], "tensor([1.0000e+05, 1.5000e+00])"),
        ([0.001, 0.5], "tensor([0.0010, 0.5000])"),
        ([INF, 1.0, NAN, -INF], "tensor([inf, 1., nan, -inf])"),
        ([0.0, -0.0, NAN], "tensor([0., -0., nan])"),
        ([[1, 2], [3, 4]], "tensor([[1, 2],\n        [3, 4]])"),
        ([[[1], [2]], [[3], [4]]], "tensor([[[1],\n         [2]],\n\n        [[3],\n         [4]]])"),
        ([[], []], "tensor([], size=(2, 0))"),
    ],
)
def test_values(data: Any, text: str) -> None:
    assert repr(mg.tensor(data)) == str(mg.tensor(data)) == text


@pytest.mark.parametrize(
    ("tensor", "text"),
    [
        (lambda: mg.ones(1, dtype=mg.float64), "tensor([1.], dtype=minigrad.float64)"),
        (lambda: mg.ones(1, dtype=mg.int32), "tensor([1], dtype=minigrad.int32)"),
        (lambda: mg.zeros(0, dtype=mg.int64), "tensor([], dtype=minigrad.int64)"),
        (lambda: mg.ones(1, requires_grad=True), "tensor([1.], requires_grad=True)"),
        (lambda: mg.ones(1, requires_grad=True) * 2, "tensor([2.], grad_fn=<MulBackward0>)"),
        (lambda: mg.nn.Parameter(mg.ones(1)), "Parameter containing:\ntensor([1.], requires_grad=True)"),
    ],
)
def test_what_follows_the_values(tensor: Any, text: str) -> None:
    assert repr(tensor()) == text


def test_lines_end_where_torchs_end() -> None:
    """The name of the package is longer; counted as torch's it breaks no line that torch leaves whole."""
    x = mg.tensor([[1.75, -1.5, -2.0]], dtype=mg.float64, requires_grad=True)
    assert repr(x) == "tensor([[ 1.7500, -1.5000, -2.0000]], dtype=minigrad.float64, requires_grad=True)"
    y = mg.tensor([[1.75, -1.5, -2.0, 1.0]], dtype=mg.float64, requires_grad=True)
    assert repr(y).endswith("dtype=minigrad.float64,\n       requires_grad=True)")


def test_long_tensors_show_their_ends() -> None:
    assert repr(mg.arange(1001)) == "tensor([   0,    1,    2,  ...,  998,  999, 1000])"
    assert repr(mg.arange(1000)).count("\n") > 10
    lines = repr(mg.zeros(200, 6)).split("\n")
    assert lines[0] == "tensor([[0., 0., 0., 0., 0., 0.],"
    assert lines[3] == "        ...,"
    assert len(lines) == 7


def test_options() -> None:
    set_printoptions(precision=2, sci_mode=False)
    assert repr(mg.tensor([1e-6, 1.0])) == "tensor([0.00, 1.00])"
    set_printoptions(sci_mode=True)
    assert repr(mg.tensor([1.0])) == "tensor([1.00e+00])"
    assert repr(mg.tensor([0.0])) == "tensor([0.])"
    set_printoptions(profile="default", threshold=4, edgeitems=1, sci_mode=None)
    assert repr(mg.arange(5)) == "tensor([0,  ..., 4])"
    set_printoptions(profile="full")
    assert "..." not in repr(mg.arange(1001))
    set_printoptions(profile="default", linewidth=20)
    assert repr(mg.arange(6)) == "tensor([0, 1, 2, 3,\n        4, 5])"
    with pytest.raises(ValueError, match="no profile 'wide'; there are default, short, full"):
        set_printoptions(profile="wide")


def test_formatting() -> None:
    assert f"{mg.tensor(1.5):.3f} {mg.tensor(7)}" == "1.500 7"
    assert f"{mg.tensor([1.5])}" == "tensor([1.5000])"
    with pytest.raises(TypeError, match="unsupported format string"):
        f"{mg.tensor([1.5]):.3f}"


def test_a_view_that_lost_its_base_still_prints() -> None:
    x = mg.tensor([1.0, 2.0], requires_grad=True) * 1
    part = x.unbind(0)[0]
    x.mul_(2)
    assert repr(part) == "tensor(2., grad_fn=<Invalid>)"
    with pytest.warns(UserWarning, match="The .grad attribute of a Tensor that is not a leaf"):
        assert part.grad is None


def test_strides_do_not_matter() -> None:
    x = mg.tensor(np.arange(6).reshape(2, 3))
    assert repr(x.t()) == "tensor([[0, 3],\n        [1, 4],\n        [2, 5]])"

"""Anomaly mode."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import minigrad as mg
from minigrad import Tensor
from minigrad.autograd import Function, detect_anomaly, grad, set_detect_anomaly

# np.sqrt and others warn of what the tests are about; under pytest's "error" filter that would raise.
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


@pytest.fixture(autouse=True)
def off_again() -> Iterator[None]:
    yield
    mg.set_anomaly_enabled(False)


def leaf(*values: float) -> Tensor:
    return mg.tensor(values, dtype=mg.float32, requires_grad=True)


def explained(function: Any) -> tuple[Exception, list[str]]:
    """The error that function raises, and the warnings before it."""
    with warnings.catch_warnings(record=True) as caught, pytest.raises(Exception) as error:  # noqa: PT011, PT012
        warnings.simplefilter("always", UserWarning)
        function()
    return error.value, [str(w.message) for w in caught if w.category is UserWarning]


def test_flags() -> None:
    with pytest.warns(UserWarning, match="Anomaly Detection has been enabled"):
        mode = detect_anomaly()
    with mode:
        assert mg.is_anomaly_enabled()
        with set_detect_anomaly(False):
            assert not mg.is_anomaly_enabled()
        with set_detect_anomaly(True, check_nan=False):
            assert not mg.is_anomaly_check_nan_enabled()
        assert mg.is_anomaly_enabled()
        assert mg.is_anomaly_check_nan_enabled()
    assert not mg.is_anomaly_enabled()
    set_detect_anomaly(True)
    assert mg.is_anomaly_enabled()


def test_an_error_is_traced_back_to_the_line_of_the_forward() -> None:
    def broken() -> None:
        with set_detect_anomaly(True):
            y = leaf(1).exp()  # the line to find
            y.add_(1)
            y.backward()

    error, (warning,) = explained(broken)
    assert "modified by an inplace operation" in str(error)
    assert "the backtrace further above" in str(error)
    assert warning.startswith(
        "Error detected in ExpBackward0. Traceback of forward call that caused the error:\n"
    )
    assert warning.rstrip().endswith("y = leaf(1).exp()  # the line to find")


def test_without_a_note_from_the_forward() -> None:
    y = leaf(0).sqrt() * 0
    error, (warning,) = explained(lambda: _backward_in_anomaly_mode(y))
    assert str(error) == "Function 'SqrtBackward0' returned nan values in its 0th output."
    assert warning.startswith("Error detected in SqrtBackward0. No forward pass information available.")


def _backward_in_anomaly_mode(y: Tensor) -> None:
    with set_detect_anomaly(True):
        y.sum().backward()


def test_nan_passes_where_nobody_checks() -> None:
    x = leaf(0)
    with set_detect_anomaly(True, check_nan=False):
        (x.sqrt() * 0).sum().backward()
    assert str(x.grad) == "tensor([nan])"


def test_numpy_is_quiet_meanwhile() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with set_detect_anomaly(True, check_nan=False):
            (leaf(0).sqrt() * 0).backward()
    assert np.geterr()["invalid"] == "warn"


def test_errors_of_functions_and_hooks_are_explained_too() -> None:
    class Broken(Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            return x * 1

        @staticmethod
        def backward(ctx: Any, g: Tensor) -> Tensor:
            raise ValueError("stop")

    def in_function() -> None:
        with set_detect_anomaly(True):
            Broken.apply(leaf(1)).backward()

    def in_hook() -> None:
        with set_detect_anomaly(True):
            y = leaf(1) * 2
            y.register_hook(lambda g: 1 / 0)
            y.backward()

    error, (warning,) = explained(in_function)
    assert isinstance(error, ValueError)
    assert warning.startswith("Error detected in BrokenBackward. Traceback")
    assert "Broken.apply(leaf(1)).backward()" in warning
    error, (warning,) = explained(in_hook)
    assert isinstance(error, ZeroDivisionError)
    assert warning.startswith("Error detected in MulBackward0. Traceback")


def test_a_node_made_by_backward_knows_its_parent() -> None:
    with set_detect_anomaly(True):
        x = leaf(2)
        y = x**3
        (g,) = grad(y, x, create_graph=True)
    assert g.grad_fn.metadata["parent_"] is y.grad_fn
    assert "traceback_" in g.grad_fn.metadata
    assert "grad(y, x, create_graph=True)" in g.grad_fn.metadata["traceback_"][-1]


def test_the_calculation_that_induced_the_failing_one_is_named() -> None:
    def broken() -> None:
        with set_detect_anomaly(True):
            x = leaf(0)
            (g,) = grad(x**1.5, x, create_graph=True)
            grad(g * 0, x)

    _, messages = explained(broken)
    assert messages[0].startswith("Error detected in PowBackward0.")
    assert messages[1].startswith(
        "\n\nPrevious calculation was induced by PowBackward0. Traceback of forward call"
    )

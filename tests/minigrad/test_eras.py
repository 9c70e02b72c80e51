"""Eras: what a write into a leaf did in the past."""

from __future__ import annotations

import pytest

import minigrad as mg
from minigrad.autograd import era


def test_a_leaf_once_moved_quietly_into_the_graph() -> None:
    a = mg.tensor([1.0, 2.0, 3.0], requires_grad=True)
    with era("1.4"):
        a[:] = 0
        assert not a.is_leaf
        assert a.grad_fn.name().endswith("CopySlices")
        with pytest.raises(RuntimeError, match="leaf variable has been moved into the graph interior"):
            (a * a).mean().backward()


def test_today_it_raises_at_once() -> None:
    a = mg.tensor([1.0, 2.0, 3.0], requires_grad=True)
    with (
        era("2.13"),
        pytest.raises(RuntimeError, match="leaf Variable that requires grad is being used"),
    ):
        a[:] = 0
    assert a.is_leaf


def test_the_words_of_the_past() -> None:
    a = mg.ones(2, requires_grad=True)
    with (
        era("1.4"),
        pytest.raises(RuntimeError, match="a leaf Variable that requires grad has been used in an in-pl"),
    ):
        a.add_(1)
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad is being used in an in-place"):
        a.add_(1)


def test_without_with_it_holds_until_the_next() -> None:
    era("1.4")
    try:
        with era("2.13"):
            assert mg.record.mode.era == "2.13"
        assert mg.record.mode.era == "1.4"
    finally:
        era("2.13")
    assert mg.record.mode.era == "2.13"


def test_an_era_that_nobody_knows() -> None:
    with pytest.raises(ValueError, match=r"no era '0.3'; there are '1.4' and '2.13'"):
        era("0.3")

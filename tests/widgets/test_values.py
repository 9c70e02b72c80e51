"""Arrays as texts for cards and numbers for tables."""

from __future__ import annotations

import json

import numpy as np
import pytest

from minigrad_widgets.values import MOST_CHARACTERS, MOST_NUMBERS, number_text, sampled, value_of

F = np.float32


@pytest.mark.parametrize(
    ("array", "text"),
    [
        (np.array(2.0), "2.0"),
        (np.array(-0.0), "-0.0"),
        (np.array(7.3890561), "7.389"),
        (np.array(0.1, F), "0.1"),
        (np.array(123456.0), "123456.0"),
        (np.array(1e20), "1e20"),
        (np.array(1.5e-8), "1.5e-8"),
        (np.array(3), "3"),
        (np.array(True), "True"),
        (np.array(np.nan), "nan"),
        (np.array(-np.inf), "-inf"),
        (np.array([3.0, 5.0]), "[3, 5]"),
        (np.array([0.5, 0.5]), "[0.5, 0.5]"),
        (np.array([[1.0, 2.0], [3.0, 4.0]]), "[[1, 2], [3, 4]]"),
        (np.array([True, False]), "[True, False]"),
        (np.array([1.0, np.nan, np.inf]), "[1, nan, inf]"),
        (np.array([0.1, 0.2, 1 / 3], F), "[0.1, 0.2, 0.3333]"),
        (np.array([1 / 3, 2 / 3, 1 / 7, 1 / 9]), "[0.33, 0.67, 0.14, 0.11]"),
        (np.full((2, 2), 2.0), "all 2.0"),
        (np.ones((2, 3), bool), "all True"),
        (np.zeros((0, 3)), "empty"),
        (np.arange(100), "mean 49.5, 0 to 99"),
        (np.arange(40) % 2 == 0, "20 of 40 True"),
        (np.array([np.nan] * 20), "all nan"),
        (np.array([1.0, np.nan] * 20), "20 not finite, 1 to 1"),
    ],
)
def test_what_a_card_says(array: np.ndarray, text: str) -> None:
    assert value_of(array).text == text


@pytest.mark.parametrize("scale", [1e-30, 1e-5, 1.0, 1e6, 1e30])
@pytest.mark.parametrize("shape", [(), (2,), (3, 3), (2, 2, 2), (200,)])
def test_texts_fit_on_a_card(scale: float, shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        text = value_of(rng.normal(size=shape) * scale).text
        assert 0 < len(text) <= MOST_CHARACTERS


def test_a_small_array_is_there_whole() -> None:
    value = value_of(np.arange(6.0).reshape(2, 3))
    assert value.shape == (2, 3)
    assert value.numbers == (0.0, 1.0, 2.0, 3.0, 4.0, 5.0)
    assert value.complete


def test_of_a_large_one_the_first_numbers() -> None:
    value = value_of(np.arange(1000.0))
    assert value.numbers == tuple(range(MOST_NUMBERS))
    assert not value.complete


def test_numbers_are_plain_and_as_short_as_their_dtype() -> None:
    value = value_of(np.array([0.1, np.nan, -np.inf], F))
    assert value.numbers == (0.1, "nan", "-inf")
    assert json.loads(json.dumps(value.numbers, allow_nan=False)) == [0.1, "nan", "-inf"]
    assert value_of(np.array([True])).numbers == (True,)
    assert type(value_of(np.array([3])).numbers[0]) is int


def test_a_view_with_gaps_is_read_in_row_major_order() -> None:
    assert value_of(np.arange(6.0).reshape(2, 3).T[::2]).numbers == (0.0, 3.0, 2.0, 5.0)


def test_a_sample_says_that_it_is_one() -> None:
    array = np.arange(1000.0)
    value = sampled(array[:64], array[::4], array.shape)
    assert value.text == "about 498"
    assert value.numbers[:3] == (0.0, 1.0, 2.0)
    assert not value.complete
    assert sampled(np.ones(64), np.ones(250), (1000,)).text == "all 1.0"


def test_lists_drop_the_point() -> None:
    assert number_text(2.0, trim=True) == "2"
    assert number_text(2.5, trim=True) == "2.5"

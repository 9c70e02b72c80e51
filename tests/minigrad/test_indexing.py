"""Keys in brackets: which ones torch takes, and its words for the others; where the result lies in memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import minigrad as mg


def numbers(*shape: int) -> mg.Tensor:
    return mg.arange(float(np.prod(shape))).reshape(shape)


@pytest.mark.parametrize(
    ("shape", "key", "words"),
    [
        ((2, 3, 4), (..., 7), "index 7 is out of bounds for dimension 1 with size 4"),
        ((2, 3, 4), (0, ..., 7), "index 7 is out of bounds for dimension 2 with size 4"),
        ((2, 3, 4), (None, None, 7), "index 7 is out of bounds for dimension 2 with size 2"),
        ((0, 3), ([0, 0],), "index is out of bounds for dimension with size 0"),
        ((2, 3), ([0, 7], [0, 1, 2]), "shape mismatch: indexing tensors could not be broadcast together"),
        (
            (2,),
            np.bool_(True),
            "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables",
        ),
        ((), 1, "index 1 is out of bounds for dimension 0 with size 0"),
        ((), 0, "invalid index of a 0-dim tensor."),
        ((), (0, None), "too many indices for tensor of dimension 0"),
        ((), slice(None), "slice() cannot be applied to a 0-dim tensor."),
    ],
)
def test_a_key_that_does_not_fit(shape: tuple[int, ...], key: Any, words: str) -> None:
    with pytest.raises(IndexError) as caught:
        mg.ones(shape)[key]
    assert str(caught.value).startswith(words)


@pytest.mark.parametrize("key", [[1.0, 0.0], np.array([1, 0], np.int16), np.array([1.7, 0.2]), (1, 0)])
def test_a_sequence_of_other_numbers_lists_positions(key: Any) -> None:
    assert numbers(2, 2)[key,].tolist() == [[2.0, 3.0], [0.0, 1.0]]


def test_a_position_that_no_element_is_read_from_may_be_anything() -> None:
    x = mg.ones(2, 0)
    assert x[mg.tensor([5, -7])].shape == (2, 0)
    x[mg.tensor([5])] = 1.0


@pytest.mark.parametrize(
    ("x", "key", "strides"),
    [
        (mg.ones(2, 4, 3).transpose(1, 2), (None, mg.tensor([True, True])), (24, 12, 1, 3)),
        (mg.ones(2, 2, 3, 2).permute(3, 2, 1, 0), (1, 1, None, np.array([1, 0, 1])), (6, 2, 1)),
        (mg.ones(3, 2).t(), (slice(None), [0, 1, 1]), (3, 1)),
    ],
)
def test_the_result_has_its_dimensions_in_memory_as_torch_has(x: mg.Tensor, key: Any, strides: Any) -> None:
    assert x[key].stride() == strides


def test_a_slice_that_ends_before_the_end_is_no_whole_one() -> None:
    x = mg.ones(0, requires_grad=True)
    assert x[:-1,].grad_fn.name() == "SliceBackward0"
    assert x[:0,].grad_fn.name() == "AliasBackward0"


BYTES = "ignore:indexing with dtype minigrad.uint8"


@pytest.mark.filterwarnings(BYTES)
def test_what_does_not_fit_is_asked_in_torchs_order() -> None:
    x = mg.ones(3, 4)
    with pytest.raises(RuntimeError, match=r"^shape mismatch: value tensor of shape \[5\]"):
        x[mg.tensor([7])] = mg.ones(5)
    with pytest.raises(RuntimeError, match=r"^Index put requires the source and destination dtypes match"):
        x[mg.tensor([7])] = mg.ones(1, 4, dtype=mg.float64)
    with pytest.raises(IndexError, match=r"^index 7 is out of bounds"):
        x[mg.tensor([7])] = mg.ones(4)
    with pytest.raises(RuntimeError, match=r"^masked_fill_ only supports boolean masks"):
        x[mg.tensor([1, 0, 1], dtype=mg.uint8)] = 1.0


@pytest.mark.filterwarnings(BYTES)
def test_the_gradient_of_a_write_at_a_mask_of_bytes() -> None:
    x = mg.ones(3, requires_grad=True)
    y = x.clone()
    y[mg.tensor([1, 0, 1], dtype=mg.uint8)] = mg.zeros(2)
    y.sum().backward()
    assert x.grad.tolist() == [0.0, 1.0, 0.0]


def test_keys_of_old_times_are_warned_of() -> None:
    x = mg.arange(4).reshape(2, 2)
    with pytest.warns(
        UserWarning, match=r"^Using a non-tuple sequence for multidimensional indexing is deprecat"
    ):
        assert x[[[0, 1], [1, 0]]].tolist() == [1, 2]
    with pytest.warns(UserWarning, match=r"^indexing with dtype minigrad.uint8 is now deprecated"):
        assert x[mg.tensor([1, 0], dtype=mg.uint8)].tolist() == [[0, 1]]


def test_index_select_out_of_bounds_says_what_torch_says_of_that_dimension() -> None:
    x, beyond = mg.ones(2, 3), mg.tensor([5])
    with pytest.raises(IndexError, match=r"^index out of range in self$"):
        x.index_select(0, beyond)
    with pytest.raises(RuntimeError, match=r"^INDICES element is out of DATA bounds, id=5 axis_dim=3$"):
        x.index_select(1, beyond)


def test_copies_with_a_part_replaced_keep_the_strides_of_the_original() -> None:
    gaps = mg.ones(4, 8)[:, ::2]
    assert gaps.select_scatter(mg.zeros(4), 0, 1).stride() == (8, 2)
    assert gaps.diagonal_scatter(mg.zeros(4)).stride() == (8, 2)
    assert gaps.slice_scatter(mg.zeros(1, 4), 0, 0, 1).stride() == (8, 2)
    turned = mg.ones(3, 2).t()
    assert turned.index_fill(0, mg.tensor([0]), 2.0).stride() == (1, 2)
    assert turned.put(mg.tensor([0]), mg.zeros(1)).stride() == (1, 2)
    assert mg.addr(turned, mg.ones(2), mg.ones(3)).stride() == (1, 2)


def test_a_write_speaks_of_the_key_and_not_of_index_put() -> None:
    with pytest.raises(IndexError, match=r"^tensors used as indices must be long, int, byte or bool tensors"):
        mg.ones(2, 3)[mg.tensor([0], dtype=mg.int16)] = 1.0

"""How views, copies and indexed results lie in memory, and what follows from it for gradients."""

from __future__ import annotations

import numpy as np
import pytest

import minigrad
from minigrad import Tensor


def strides(t: Tensor) -> tuple[int, ...]:
    return tuple(t.stride())


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda x: x.unsqueeze(0), (6, 3, 1)),
        (lambda x: x.unsqueeze(1), (3, 3, 1)),
        (lambda x: x.unsqueeze(-1), (3, 1, 1)),
        (lambda x: x.t().unsqueeze(1), (1, 6, 3)),
        (lambda x: x[0].expand(1, 2, 1, 3), (0, 0, 3, 1)),
        (lambda x: x[:, :1].expand(2, 4), (3, 0)),
        (lambda x: x[0:1].view(3, 1), (1, 1)),
        (lambda x: x[5:], (3, 1)),
        (lambda x: x[:, ::2].clone(), (2, 1)),
        (lambda x: x.t().clone(), (1, 3)),
        (lambda x: x.t().contiguous(), (2, 1)),
        (lambda x: x.unfold(1, 2, 1), (3, 1, 1)),
        (lambda x: x.diagonal(1), (4,)),
        (lambda x: x[:, [0, 2]], (2, 1)),
        (lambda x: x.reshape(1, 2, 3).transpose(0, 2)[[0, 1]], (2, 1, 2)),
        (lambda x: x.nonzero(), (1, 5)),
    ],
)
def test_strides_are_those_of_torch(make, expected) -> None:
    assert strides(make(minigrad.arange(6.0).reshape(2, 3))) == expected


def test_an_empty_slice_keeps_where_it_begins() -> None:
    x = minigrad.arange(6.0).reshape(2, 3)
    assert (x[5:].storage_offset(), x[:, 2:2].storage_offset()) == (6, 2)


def test_as_strided_reaches_all_of_the_storage() -> None:
    x = minigrad.arange(6.0)
    part = x[2:3]
    assert part.as_strided((6,), (1,), 0).tolist() == x.tolist()
    assert part.as_strided((2, 2), (1, 1)).tolist() == [[2.0, 3.0], [3.0, 4.0]]
    with pytest.raises(RuntimeError, match="are out of bounds for storage of size 24"):
        part.as_strided((2,), (4,), 2)


def test_as_strided_works_on_memory_with_gaps() -> None:
    array = np.arange(8.0)[1::3]
    t = minigrad.tensor(array)
    t._array = array  # what sharing memory with a slice gives
    assert t.as_strided((2,), (3,), 3).tolist() == [4.0, 7.0]
    with pytest.raises(RuntimeError, match="out of bounds"):
        t.as_strided((8,), (1,))


@pytest.mark.parametrize("turn", [lambda x: x.t().clone(), lambda x: x.t() * 1.0])
def test_a_write_into_a_view_finds_its_place_in_a_turned_tensor(turn) -> None:
    x = minigrad.arange(6.0).reshape(2, 3).requires_grad_()
    b = turn(x)
    b[0].mul_(10.0)
    (b * minigrad.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])).sum().backward()
    assert x.grad.tolist() == [[10.0, 3.0, 5.0], [20.0, 4.0, 6.0]]


def test_an_index_that_was_written_since_is_found_out() -> None:
    x = minigrad.arange(3.0).requires_grad_()
    i = minigrad.tensor([0, 2])
    y = x[i]
    i += 1
    with pytest.raises(RuntimeError, match=r"LongTensor \[2\]\] is at version 1; expected version 0"):
        y.sum().backward()


def test_a_write_at_positions_of_itself_is_refused() -> None:
    x = minigrad.arange(3.0)
    with pytest.raises(RuntimeError, match="some elements of the input tensor and the written-to tensor"):
        x[[0, 1, 2]] = x


def test_the_values_written_are_no_lists() -> None:
    x = minigrad.zeros(2)
    with pytest.raises(TypeError, match=r"can't assign a list to a minigrad\.FloatTensor"):
        x[0:2] = [1.0, 2.0]

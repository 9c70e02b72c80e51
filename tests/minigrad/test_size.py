"""Size: a tuple that prints as torch's."""

from __future__ import annotations

import copy
import pickle

import minigrad as mg
from minigrad import Size


def test_a_size_is_a_tuple_and_stays_a_size() -> None:
    size = mg.ones(2, 3).shape
    assert size == (2, 3)
    assert isinstance(size, tuple)
    assert repr(size) == str(size) == "minigrad.Size([2, 3])"
    assert size.numel() == 6
    assert Size([]).numel() == 1
    assert [type(s) for s in (size[:1], size + (4,), size * 2, 2 * size)] == [Size] * 4  # noqa: RUF005
    assert size[0] == 2
    assert type(size[0]) is int
    assert size + (4,) == (2, 3, 4)  # noqa: RUF005
    for twin in (copy.copy(size), copy.deepcopy(size), pickle.loads(pickle.dumps(size))):
        assert type(twin) is Size
        assert twin == size

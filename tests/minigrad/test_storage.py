"""Storage: one memory and one version for all who share it; windows into it."""

from __future__ import annotations

import pytest

import minigrad as mg


def test_it_is_made_when_it_is_asked_for() -> None:
    x = mg.ones(2)
    assert x._storage is None
    assert x._version == 0
    storage = x.untyped_storage()
    assert x.untyped_storage() is storage
    assert storage.data_ptr() == x.data_ptr()
    assert repr(storage).endswith("of 8 bytes at version 0>")


def test_who_shares_it() -> None:
    x = mg.ones(2, 3)
    assert x.t().untyped_storage() is x[0].untyped_storage() is x.detach().untyped_storage()
    assert x.data.untyped_storage() is not x.untyped_storage()
    assert x.data.data_ptr() == x.data_ptr()
    assert x.clone().data_ptr() != x.data_ptr()
    assert x[1].data_ptr() == x.data_ptr() + 12


def test_strides_and_offsets_count_elements() -> None:
    x = mg.arange(12.0).view(3, 4)
    y = x[1:, ::2].t()
    assert (y.shape, y.stride(), y.storage_offset()) == ((2, 2), (2, 4), 4)
    assert (y.stride(0), y.stride(-1)) == (2, 4)
    assert not y.is_contiguous()
    assert y.contiguous().stride() == (2, 1)
    assert mg.zeros(2, 0, 3).stride() == (3, 3, 1)
    with pytest.raises(
        IndexError, match=r"Dimension out of range \(expected to be in range of \[-2, 1\], but got 2"
    ):
        y.stride(2)


def test_a_window_by_strides() -> None:
    x = mg.arange(6.0)
    assert x.as_strided((2, 3), (1, 2), 0).tolist() == [[0, 2, 4], [1, 3, 5]]
    assert x[2:].as_strided((2,), (1,), 0).tolist() == [0, 1]  # counted from where the storage begins
    assert x.as_strided((3,), (0,), 4).tolist() == [4, 4, 4]
    with pytest.raises(RuntimeError, match="are out of bounds for storage of size 24"):
        x.as_strided((7,), (1,), 0)

"""dtypes: their names, and which one an op of two answers in."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import minigrad as mg
from minigrad import dtypes
from minigrad.dtypes import promote, result_type


def test_a_dtype_prints_as_torchs_and_there_is_one_of_each() -> None:
    assert [repr(d) for d in dtypes.ALL] == [
        "minigrad." + n
        for n in ["float16", "float32", "float64", "uint8", "int8", "int16", "int32", "int64", "bool"]
    ]
    assert copy.deepcopy(mg.float32) is pickle.loads(pickle.dumps(mg.float32)) is mg.float32
    assert (mg.float, mg.double, mg.half, mg.long, mg.int, mg.short) == (
        mg.float32, mg.float64, mg.float16, mg.int64, mg.int32, mg.int16,
    )  # fmt: skip
    assert (mg.float32.itemsize, mg.float32.is_floating_point, mg.uint8.is_signed) == (4, True, False)


# Row by row what torch.promote_types answers, in the order of ALL.
TABLE = """
f16 f32 f64 f16 f16 f16 f16 f16 f16
f32 f32 f64 f32 f32 f32 f32 f32 f32
f64 f64 f64 f64 f64 f64 f64 f64 f64
f16 f32 f64 u8 i16 i16 i32 i64 u8
f16 f32 f64 i16 i8 i16 i32 i64 i8
f16 f32 f64 i16 i16 i16 i32 i64 i16
f16 f32 f64 i32 i32 i32 i32 i64 i32
f16 f32 f64 i64 i64 i64 i64 i64 i64
f16 f32 f64 u8 i8 i16 i32 i64 bool
"""


def test_two_dtypes_meet_as_in_torch() -> None:
    long = {"f": "float", "u": "uint", "i": "int"}
    for a, row in zip(dtypes.ALL, TABLE.split("\n")[1:-1], strict=True):
        for b, name in zip(dtypes.ALL, row.split(), strict=True):
            expected = name if name == "bool" else long[name[0]] + name[1:]
            assert promote(a, b).name == expected, f"{a} with {b}"


@pytest.mark.parametrize(
    ("operands", "expected"),
    [
        ([np.ones(2, np.float16), 2.5], mg.float16),
        ([np.ones(2, np.int32), 2], mg.int32),
        ([np.ones(2, np.int32), 2.5], mg.float32),
        ([np.ones(2, np.float32), np.ones((), np.float64)], mg.float32),
        ([np.ones(2, np.int64), np.ones((), np.float64)], mg.float64),
        ([np.ones((), np.float32), np.ones((), np.float64)], mg.float64),
        ([np.ones(2, bool), 1], mg.int64),
        ([np.ones(2, bool), True], mg.bool),
        ([np.ones((), np.int8), 1], mg.int8),
        ([np.ones((), np.int8), 1.5], mg.float32),
    ],
)
def test_dimensions_count_more_than_none_and_those_more_than_numbers(
    operands: list, expected: mg.dtype
) -> None:
    assert result_type(operands) is result_type(operands[::-1]) is expected


def test_the_default_dtype() -> None:
    mg.set_default_dtype(mg.float64)
    try:
        assert mg.tensor(1.5).dtype is mg.zeros(2).dtype is (mg.tensor([1]) / 2).dtype is mg.float64
        assert mg.tensor(1).dtype is mg.int64
    finally:
        mg.set_default_dtype(mg.float32)
    with pytest.raises(TypeError, match="only floating-point types are supported as the default type"):
        mg.set_default_dtype(mg.int64)


def test_what_numpy_has_and_minigrad_has_not() -> None:
    with pytest.raises(TypeError, match=r"can't convert np.ndarray of type numpy.complex128"):
        mg.tensor(np.ones(2, complex))


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_the_softmax_of_nothing_has_any_dtype(name: str) -> None:
    found = getattr(mg, name)(mg.zeros(2, 0, dtype=mg.int64), 0)
    assert (found.shape, found.dtype) == ((2, 0), mg.int64)

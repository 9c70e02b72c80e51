"""Making tensors: from values, filled, in ranges, at random, from arrays. The answers are torch's."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import minigrad
from minigrad import tensor


@pytest.mark.parametrize(
    ("data", "dtype", "values"),
    [
        (2.5, "float32", 2.5),
        (True, "bool", True),
        ([1, 2.5], "float32", [1.0, 2.5]),
        ([True, 2], "int64", [1, 2]),
        (range(3), "int64", [0, 1, 2]),
        ([[], []], "float32", [[], []]),
        (np.float64(1.5), "float64", 1.5),
        ([np.int32(1), np.int32(2)], "int32", [1, 2]),
        ([tensor(1.0), 2], "float32", [1.0, 2.0]),
        (np.array([1.5]), "float64", [1.5]),
        (-(2**63), "int64", -(2**63)),
    ],
)
def test_values_choose_their_dtype(data: Any, dtype: str, values: Any) -> None:
    made = tensor(data)
    assert (made.dtype, made.tolist()) == (getattr(minigrad, dtype), values)


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        ([[1, 2], [3]], ValueError, "expected sequence of length 2 at dim 1 (got 1)"),
        ([[1], 2], TypeError, "not a sequence"),
        (["a"], ValueError, "too many dimensions 'str'"),
        ([1, "a"], TypeError, "invalid data type 'str'"),
        (None, RuntimeError, "Could not infer dtype of NoneType"),
        ({1: 2}, RuntimeError, "Could not infer dtype of dict"),
        (2**63, ValueError, "Overflow when unpacking long long"),
        ([tensor([1.0, 2.0])], ValueError, "only one element tensors"),
        (1j, NotImplementedError, "complex"),
        (np.zeros(2, complex), TypeError, "can't convert np.ndarray of type numpy.complex128"),
    ],
)
def test_what_is_no_number_is_refused(data: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        tensor(data)
    assert message in str(caught.value)


def test_whole_numbers_must_fit() -> None:
    assert tensor([-1], dtype=minigrad.uint8).item() == 255
    with pytest.raises(RuntimeError, match="cannot be converted to type uint8 without overflow"):
        tensor([300], dtype=minigrad.uint8)
    with pytest.raises(RuntimeError, match="cannot be converted to type int8_t without overflow"):
        minigrad.full((2,), 300, dtype=minigrad.int8)


def test_a_like_tensor_keeps_the_order_of_memory() -> None:
    turned = minigrad.zeros(2, 3, dtype=minigrad.int16).t()
    for make in (minigrad.zeros_like, minigrad.ones_like, minigrad.empty_like):
        assert make(turned).stride() == (1, 3)
        assert make(turned).dtype is minigrad.int16
    assert minigrad.full_like(turned, 2.5, dtype=minigrad.float64).tolist() == [[2.5, 2.5]] * 3
    assert turned.new_ones(2).dtype is minigrad.int16
    assert turned.new_tensor([1.5]).tolist() == [1]


@pytest.mark.parametrize(
    ("args", "values"),
    [
        ((4,), [0, 1, 2, 3]),
        ((1, 3, 0.5), [1.0, 1.5, 2.0, 2.5]),
        ((5, 0, -2), [5, 3, 1]),
        ((0,), []),
        ((tensor(2),), [0, 1]),
    ],
)
def test_arange(args: Any, values: Any) -> None:
    assert minigrad.arange(*args).tolist() == values


def test_ranges_name_what_is_wrong() -> None:
    with pytest.raises(RuntimeError, match="inconsistent with step sign"):
        minigrad.arange(5, 0)
    with pytest.raises(RuntimeError, match="step must be nonzero"):
        minigrad.arange(0, 5, 0)
    with pytest.raises(RuntimeError, match="unsupported range: 0 -> inf"):
        minigrad.arange(0, float("inf"))
    with pytest.raises(TypeError, match=r"argument 'end' \(position 1\) must be Number, not str"):
        minigrad.arange("a")
    with pytest.raises(RuntimeError, match="number of steps must be non-negative"):
        minigrad.linspace(0, 1, -1)


def test_linspace_meets_both_ends() -> None:
    assert minigrad.linspace(0, 1, 7, dtype=minigrad.float64).tolist()[::6] == [0.0, 1.0]
    assert minigrad.linspace(0, 10, 4, dtype=minigrad.int64).tolist() == [0, 3, 6, 10]
    assert minigrad.linspace(0, 1, 1).tolist() == [0.0]
    assert minigrad.logspace(0, 2, 3).tolist() == [1.0, 10.0, 100.0]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: minigrad.zeros(), TypeError, 'missing 1 required positional arguments: "size"'),
        (lambda: minigrad.zeros(-1), RuntimeError, "zeros: Dimension size must be non-negative"),
        (lambda: minigrad.zeros(2.5), TypeError, "argument 'size' (position 1) must be tuple of ints, not float"),
        (lambda: minigrad.ones(2, dtype="float32"), TypeError, "argument 'dtype' must be minigrad.dtype, not str"),
        (lambda: minigrad.ones(2, dtype=minigrad.int64, requires_grad=True), RuntimeError, "Only Tensors of floating"),
        (lambda: minigrad.ones(2, device="cuda"), NotImplementedError, "cuda"),
        (lambda: minigrad.ones(2, names=("a",)), NotImplementedError, "names"),
        (lambda: minigrad.ones(2, colour=1), TypeError, "colour"),
        (lambda: minigrad.full((2,), "a"), TypeError, "argument 'fill_value' (position 2) must be Number, not str"),
        (lambda: minigrad.eye(-1), RuntimeError, "n must be greater or equal to 0, got -1"),
        (lambda: minigrad.rand(2, dtype=minigrad.int64), NotImplementedError, "not implemented for 'Long'"),
        (lambda: minigrad.randint(5, 2, (3,)), RuntimeError, "got from=5 >= to=2"),
        (lambda: minigrad.randperm(-1), RuntimeError, "negative dimension -1"),
        (lambda: minigrad.from_numpy([1]), TypeError, "expected np.ndarray (got list)"),
        (lambda: minigrad.from_numpy(np.arange(3)[::-1]), ValueError, "At least one stride"),
        (lambda: minigrad.iinfo(minigrad.float32), TypeError, "requires an integer input type"),
        (lambda: minigrad.finfo(minigrad.int64), TypeError, "requires a floating point input type"),
    ],
)  # fmt: skip
def test_bad_arguments_are_named(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        call()
    assert message in str(caught.value)


def test_python_types_name_dtypes() -> None:
    assert minigrad.zeros(1, dtype=float).dtype is minigrad.float64
    assert tensor([1.5]).to(int).dtype is minigrad.int64


# ------------------------------------------------------------------ random


def test_a_seed_repeats_the_numbers() -> None:
    def draw() -> Any:
        return [minigrad.rand(2).tolist(), minigrad.randn(2).tolist(), minigrad.randperm(4).tolist()]

    minigrad.manual_seed(1)
    first = draw()
    minigrad.manual_seed(1)
    assert draw() == first
    generator = minigrad.Generator().manual_seed(2)
    one = minigrad.rand(3, generator=generator)
    assert minigrad.rand(3, generator=generator.manual_seed(2)).tolist() == one.tolist()


def test_draws_keep_their_bounds() -> None:
    minigrad.manual_seed(0)
    half = minigrad.rand(5000, dtype=minigrad.float16)
    assert half.dtype is minigrad.float16
    assert bool((half < 1).all())
    whole = minigrad.randint(-2, 3, (500,))
    assert (whole.min().item(), whole.max().item(), whole.dtype) == (-2, 2, minigrad.int64)
    spread = minigrad.randn(20000, dtype=minigrad.float64)
    assert abs(spread.mean().item()) < 0.05
    assert abs(spread.var().item() - 1) < 0.05
    assert set(minigrad.multinomial(tensor([0.0, 1.0, 2.0]), 50, True).tolist()) == {1, 2}
    with pytest.raises(RuntimeError, match="without replacement"):
        minigrad.multinomial(tensor([1.0]), 2)


# ------------------------------------------------------------------ arrays


def test_the_first_elements_tell_the_shape() -> None:
    assert tensor([[], [1]]).shape == (2, 0)
    for data, error, words in (
        ([[1], [[2]]], TypeError, "'list' object cannot be interpreted as an integer"),
        ([3.5, [1]], TypeError, "must be real number, not list"),
        ([[[1], [2]], [[1], [2, 3]]], ValueError, r"expected sequence of length 1 at dim 2 \(got 2\)"),
        ([[1, 2], 3], TypeError, "not a sequence"),
    ):
        with pytest.raises(error, match=words):
            tensor(data)


def test_what_is_slow_or_unclear_is_warned_of() -> None:
    with pytest.warns(UserWarning, match=r"^To copy construct from a tensor, it is recommended to use"):
        tensor(minigrad.ones(1))
    with pytest.warns(
        UserWarning, match=r"^Creating a tensor from a list of numpy.ndarrays is extremely slow"
    ):
        tensor([np.ones(1), np.ones(1)])
    with pytest.warns(UserWarning, match=r"^The given NumPy array is not writable"):
        minigrad.from_numpy(np.broadcast_to(np.ones(1), 3))
    with pytest.raises(ValueError, match="At least one stride in the given numpy array is negative"):
        tensor(np.ones(2)[::-1])


def test_the_seed_is_remembered() -> None:
    minigrad.manual_seed(7)
    assert minigrad.initial_seed() == 7


@pytest.mark.filterwarnings("ignore:Setting the shape on a NumPy array")
def test_from_numpy_shares_memory() -> None:
    array = np.zeros(3)
    shared = minigrad.from_numpy(array)
    array[0] = 5
    shared[1] = 6
    assert (shared.tolist(), array.tolist()) == ([5, 6, 0], [5, 6, 0])
    assert np.shares_memory(minigrad.as_tensor(array)._array, array)
    array.shape = (1, 3)  # of the array alone, as that of shared.numpy() would be
    assert shared.shape == (3,)
    shared.numpy().shape = (3, 1)
    assert shared.shape == (3,)
    array.shape = (3,)
    assert minigrad.as_tensor(shared) is shared
    assert not np.shares_memory(minigrad.as_tensor(array, dtype=minigrad.float32)._array, array)
    assert not np.shares_memory(tensor(array)._array, array)
    assert not np.shares_memory(minigrad.asarray(array, copy=True)._array, array)
    with pytest.raises(ValueError, match="can't alias arbitrary sequence into a tensor"):
        minigrad.asarray([1.0], copy=False)


def test_numpy_meets_tensors_as_in_torch() -> None:
    t, a = tensor([1.0, 2.0]), np.array([1.0, 2.0])
    assert np.shares_memory(np.asarray(t), t._array)
    assert np.asarray(t, dtype=np.float64).dtype == np.float64
    assert type(np.sin(t)) is minigrad.Tensor
    for result in (t * a, t + a, np.add(t, a)):
        assert type(result) is minigrad.Tensor
        assert result.dtype is minigrad.float64
    assert (np.float64(2.5) + t).dtype is minigrad.float32
    assert (np.float32(2.5) * tensor([1, 2])).dtype is minigrad.float32
    for wrong in (lambda: a * t, lambda: a + t, lambda: t.add(a), lambda: t < a):
        with pytest.raises(TypeError):
            wrong()
    assert type(np.concatenate([t, t])) is np.ndarray
    with pytest.raises(RuntimeError, match="Can't call numpy"):
        np.exp(tensor([1.0], requires_grad=True))


# ------------------------------------------------------------------ dtypes


def test_conversions() -> None:
    x = tensor([1.7, -1.7, 0.0])
    assert x.type() == "minigrad.FloatTensor"
    assert x.type("minigrad.IntTensor").tolist() == [1, -1, 0]
    assert x.type(minigrad.bool).tolist() == [True, True, False]
    assert x.to("cpu", minigrad.float64).dtype is minigrad.float64
    assert x.to(tensor(1)).dtype is minigrad.int64
    assert x.to(minigrad.float32) is x.float() is x.cpu() is x
    assert x.to(minigrad.float32, copy=True) is not x
    assert x.char().dtype is minigrad.int8
    assert x.type_as(tensor(True)).dtype is minigrad.bool
    with pytest.raises(ValueError, match=r"invalid type: 'minigrad\.foo'"):
        x.type("minigrad.foo")
    with pytest.raises(NotImplementedError, match="cuda"):
        x.to("cuda")
    with pytest.raises(TypeError, match="colour"):
        x.to(colour=1)


def test_limits() -> None:
    assert minigrad.finfo(minigrad.float16).max == 65504.0
    assert minigrad.finfo() == minigrad.finfo(minigrad.float32)
    assert repr(minigrad.iinfo(minigrad.int8)) == "iinfo(min=-128, max=127, dtype=int8)"
    assert repr(minigrad.finfo(minigrad.float32)) == (
        "finfo(resolution=1e-06, min=-3.40282e+38, max=3.40282e+38, eps=1.19209e-07, "
        "smallest_normal=1.17549e-38, tiny=1.17549e-38, dtype=float32)"
    )
    assert minigrad.result_type(tensor([1]), 2.5) is minigrad.float32
    assert minigrad.promote_types(minigrad.int8, minigrad.uint8) is minigrad.int16
    assert minigrad.can_cast(minigrad.int8, minigrad.float16)
    assert not minigrad.can_cast(minigrad.float32, minigrad.int64)


def test_results_with_names() -> None:
    found = tensor([[1.0, 5.0], [3.0, -2.0]]).max(0)
    values, indices = found
    assert (found.values is values, found.indices is indices, isinstance(found, tuple)) == (True, True, True)
    assert repr(found) == "minigrad.return_types.max(\nvalues=tensor([3., 5.]),\nindices=tensor([1, 0]))"
    again = copy.deepcopy(found)
    assert type(again) is type(found)
    assert again.values.tolist() == [3.0, 5.0]

"""save and load: everything comes back, and nothing runs."""

from __future__ import annotations

import io
import json
import math
import pickle
import zipfile
from collections import Counter, OrderedDict

import numpy as np
import pytest

import minigrad


def round_trip(obj):
    file = io.BytesIO()
    minigrad.save(obj, file)
    file.seek(0)
    return minigrad.load(file)


@pytest.mark.parametrize(
    "value",
    [
        None, True, 0, -7, 2**70, 0.1, math.inf, -math.inf, "text", [], [1, [2.5, None]], (1, "a"), {"a": 1, 2: (3,)},
        OrderedDict(b=1, a=2), Counter({1: 2}), minigrad.float16, minigrad.Size((2, 3)), np.float32(0.1), np.int64(3),
        {"tensor": 1}, {"dict": [1]},
    ],
    ids=repr,
)  # fmt: skip
def test_plain_values_come_back(value):
    found = round_trip({"key": [value]})["key"][0]
    assert found == value
    assert type(found) is type(value)


def test_nan_comes_back():
    assert math.isnan(round_trip(math.nan))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8", "int64", "uint8", "bool"])
@pytest.mark.parametrize("shape", [(), (2, 3), (0, 2)])
def test_tensors_come_back(dtype, shape):
    tensor = minigrad.tensor((np.arange(int(np.prod(shape))) % 2).reshape(shape).astype(dtype))
    found = round_trip(tensor)
    assert found.dtype is tensor.dtype
    assert found.shape == tensor.shape
    np.testing.assert_array_equal(found.numpy(), tensor.numpy())


def test_a_tensor_is_a_leaf_when_it_comes_back_and_one_object_stays_one():
    leaf = minigrad.nn.Parameter(minigrad.ones(2, 3), requires_grad=False)
    product = minigrad.ones(2, requires_grad=True) * 3
    first, again, made, view = round_trip([leaf, leaf, product, leaf.t()])
    assert first is again
    assert type(first) is minigrad.nn.Parameter
    assert not first.requires_grad
    assert made.is_leaf
    assert made.requires_grad
    assert view.shape == (3, 2)
    assert round_trip(minigrad.tensor([1.0], requires_grad=True)).requires_grad


def test_what_shares_memory_does_so_again():
    x = minigrad.arange(6.0).reshape(2, 3)
    whole, turned, part = round_trip([x, x.t(), x[1:, ::2]])
    assert (turned.stride(), part.stride(), part.storage_offset()) == ((1, 3), (3, 2), 3)
    whole[1, 2] = 9.0
    assert turned[2, 1].item() == part[0, 1].item() == 9


def test_where_to_and_how_much_trust():
    file = io.BytesIO()
    minigrad.save(minigrad.ones(2), file)
    assert minigrad.load(file, "cpu", weights_only=True).tolist() == [1, 1]
    with pytest.raises(NotImplementedError, match="map_location='cuda' is not supported"):
        minigrad.load(file, map_location="cuda")


def test_a_state_dict_keeps_its_versions():
    state = minigrad.nn.BatchNorm1d(2).state_dict()
    assert round_trip(state)._metadata == state._metadata == {"": {"version": 2}}


def test_a_model_and_its_optimizer_go_on(tmp_path):
    def trained(model, optimizer, steps):
        for _ in range(steps):
            optimizer.zero_grad()
            minigrad.nn.functional.mse_loss(model(minigrad.ones(4, 2)), minigrad.zeros(4, 1)).backward()
            optimizer.step()

    def fresh():
        model = minigrad.nn.Sequential(
            minigrad.nn.Linear(2, 3), minigrad.nn.BatchNorm1d(3), minigrad.nn.Linear(3, 1)
        )
        return model, minigrad.optim.Adam(model.parameters(), lr=0.1)

    model, optimizer = fresh()
    trained(model, optimizer, 3)
    minigrad.save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, tmp_path / "checkpoint")
    other, its_optimizer = fresh()
    loaded = minigrad.load(tmp_path / "checkpoint")
    other.load_state_dict(loaded["model"])
    its_optimizer.load_state_dict(loaded["optimizer"])
    trained(model, optimizer, 2)
    trained(other, its_optimizer, 2)
    for name, value in model.state_dict().items():
        np.testing.assert_array_equal(value.numpy(), other.state_dict()[name].numpy())


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (minigrad.nn.ReLU(), r"the object is of the type ReLU.*Save its state_dict"),
        ({"a": [1, abs]}, r"the object\['a'\]\[1\] is of the type builtin_function_or_method"),
        (np.ones(2), r"minigrad.from_numpy"),
        ({1, 2}, "of the type set"),
        (1j, "of the type complex"),
    ],
)
def test_what_cannot_be_saved_is_named(value, words):
    with pytest.raises(TypeError, match=words):
        minigrad.save(value, io.BytesIO())


def test_a_list_in_itself_is_refused():
    loop = []
    loop.append(loop)
    with pytest.raises(TypeError, match="contains itself"):
        minigrad.save(loop, io.BytesIO())


class Trap:
    def __reduce__(self):
        return pytest.fail, ("code of the file ran",)


def test_a_pickle_is_not_read():
    with pytest.raises(ValueError, match="no zip file"):
        minigrad.load(io.BytesIO(pickle.dumps(Trap())))


def test_a_zip_with_a_pickle_is_not_read():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(Trap()))
    with pytest.raises(ValueError, match=r"torch\.save hold a pickle"):
        minigrad.load(file)


def test_an_array_of_objects_in_the_file_is_not_read():
    file, part = io.BytesIO(), io.BytesIO()
    np.save(part, np.array([Trap()], object), allow_pickle=True)
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("storages/0.npy", part.getvalue())
        archive.writestr("structure.json", json.dumps(described(offset=0)))
    with pytest.raises(ValueError, match="allow_pickle=False"):
        minigrad.load(file)


@pytest.mark.parametrize("place", [{"offset": 8}, {"shape": [9]}, {"strides": [-8]}, {"offset": -8}])
def test_memory_outside_of_the_file_is_not_read(place):
    file, part = io.BytesIO(), io.BytesIO()
    np.save(part, np.ones(2))
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("storages/0.npy", part.getvalue())
        archive.writestr("structure.json", json.dumps(described(**place)))
    with pytest.raises((ValueError, TypeError)):
        minigrad.load(file)


def described(**place):
    place = {"storage": 0, "shape": [2], "strides": [8], "offset": 0, **place}
    return {"format": "minigrad 1", "object": {"tensor": 0, "requires_grad": False}, "tensors": [place]}

"""copy, deepcopy and pickle of tensors, as torch 2.13 has them."""

from __future__ import annotations

import copy
import pickle
import warnings
from collections.abc import Callable
from typing import Any

import pytest

import minigrad as mg
from minigrad import Tensor


def pickled(x: Any) -> Any:
    return pickle.loads(pickle.dumps(x))


TENSORS: dict[str, Callable[[], Tensor]] = {
    "leaf": lambda: mg.tensor([1.0, 2.0], requires_grad=True),
    "transposed": lambda: mg.arange(6).reshape(2, 3).t(),
    "part": lambda: mg.arange(5)[1:4:2],
    "number": lambda: mg.tensor(3.5, dtype=mg.float16),
    "empty": lambda: mg.zeros(0, 3),
    "parameter": lambda: mg.nn.Parameter(mg.ones(2)),
}


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, pickled])
@pytest.mark.parametrize("kind", TENSORS)
def test_a_copy_is_the_same_tensor_again(kind: str, way: Callable[[Tensor], Tensor]) -> None:
    x = TENSORS[kind]()
    x.note = "kept"
    found = way(x)
    assert type(found) is type(x)
    assert (found.dtype, found.shape, found.stride(), found.storage_offset()) == (
        x.dtype, x.shape, x.stride(), x.storage_offset(),
    )  # fmt: skip
    assert found.tolist() == x.tolist()
    assert (found.is_leaf, found.requires_grad) == (True, x.requires_grad)
    if kind != "parameter" or way is not copy.deepcopy:  # of a parameter that leaves such attributes out
        assert found.note == "kept"
    if x.numel():
        assert (found.data_ptr() == x.data_ptr()) == (way is copy.copy)


@pytest.mark.parametrize("way", [copy.copy, pickled])
def test_a_computed_tensor_becomes_a_leaf(way: Callable[[Tensor], Tensor]) -> None:
    found = way(mg.ones(2, requires_grad=True) * 2)
    assert found.is_leaf
    assert found.requires_grad
    assert found.tolist() == [2, 2]


def test_a_computed_tensor_has_no_deep_copy() -> None:
    with pytest.raises(RuntimeError, match=r"^Only Tensors created explicitly by the user"):
        copy.deepcopy(mg.ones(2, requires_grad=True) * 2)


def test_deep_copies_share_memory_where_the_originals_do() -> None:
    a = mg.arange(4.0)
    a, b = copy.deepcopy((a, a[1:]))
    a[1] = 9
    assert b.tolist() == [9, 2, 3]


def test_only_a_deep_copy_has_the_gradient() -> None:
    x = mg.ones(2, requires_grad=True)
    x.grad = mg.ones(2)
    assert copy.copy(x).grad is None
    assert pickled(x).grad is None
    assert copy.deepcopy(x).grad.tolist() == [1, 1]
    assert copy.deepcopy(x).grad is not x.grad


def test_hooks_are_not_pickled_and_nodes_cannot_be() -> None:
    x = mg.ones(2, requires_grad=True)
    x.register_hook(lambda g: g)
    for way in (pickle.dumps, copy.copy):
        with pytest.warns(UserWarning, match="on tensor will not be serialized"):
            way(x)
    parameter = mg.nn.Parameter(x.detach())
    parameter.register_hook(lambda g: g)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pickle.dumps(parameter)  # a Parameter says nothing, and neither does a deep copy
        copy.deepcopy(x)
    for way in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match=r"^cannot pickle 'MulBackward0' object"):
            way((x * 2).grad_fn)

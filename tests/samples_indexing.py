"""Samples of ops/index.py, subscript.py, write.py, gather.py, masks.py, sort.py."""

from __future__ import annotations

from typing import Any

import numpy as np

import minigrad
from minigrad import Tensor
from op_samples import OpSamples, bad, case, real, truth, whole

ROWS = np.array([2, 0, 0])
PLACES = np.array([[0, 2], [1, 1]])


def written(x: np.ndarray, key: Any, value: Any, add: bool = False) -> np.ndarray:
    out = np.array(x)
    if add:
        np.add.at(out, key, value)
    else:
        out[key] = value
    return out


def along(x: np.ndarray, dim: int, index: np.ndarray) -> tuple[Any, ...]:
    key: list[Any] = list(np.indices(index.shape))
    key[dim] = index
    return tuple(key)


def sliced(dim: int, index: Any) -> tuple[Any, ...]:
    return (*[slice(None)] * dim, index)


def joined(x: np.ndarray, key: Any, values: Any, reduce: str, include_self: bool = True) -> np.ndarray:
    """x with `values` reduced into the places of `key`, one after the other."""
    out, seen = np.array(x), np.zeros(x.shape, int) + include_self
    steps = {"sum": np.add, "mean": np.add, "prod": np.multiply, "amax": np.maximum, "amin": np.minimum}
    places = np.arange(x.size).reshape(x.shape)[key]
    for place, value in zip(places.ravel(), np.broadcast_to(values, places.shape).ravel(), strict=True):
        flat, count = out.reshape(-1), seen.reshape(-1)
        flat[place] = steps[reduce](flat[place], value) if count[place] else value
        count[place] += 1
    return out / np.maximum(seen, 1) if reduce == "mean" else out


def in_place(name: str) -> Any:
    return lambda x, *args, **kwargs: getattr(Tensor, name)(x, *args, **kwargs)


def descending(x: np.ndarray, dim: int) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(-x, dim, kind="stable")
    return np.take_along_axis(x, order, dim), order


def ascending(x: np.ndarray, dim: int = -1) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(x, dim, kind="stable")
    return np.take_along_axis(x, order, dim), order


def filled(out: Tensor, value: Any) -> Tensor:
    return (out * 1).fill_(value)


SAMPLES = [
    OpSamples("index index_put_impl", lambda x, *k: x[k], lambda x, *k: x[k],
              [case(real(3, 2), ROWS), case(real(2, 3), slice(None), np.array([0, 2])),
               case(real(2, 3), np.array([0, 1, 1]), np.array([2, 2, 0])), case(real(2, 3), truth(2, 3)),
               case(real(2, 3, 2), np.array([0, 1]), slice(None), np.array([1, 1])),
               case(real(3), np.zeros(0, np.int64)), case(real(2, 2), PLACES[1])],
              bad=[bad(IndexError, "index 3 is out of bounds for dimension 0 with size 3", real(3), np.array([3])),
                   bad(IndexError, "The shape of the mask [2] at index 0", real(3), truth(2))]),
    OpSamples("index_put index",
              lambda x, v, k, add=False: minigrad.index_put(x, k, v, add),
              lambda x, v, k, add=False: written(x, tuple(k), v, add),
              [case(real(3, 2), real(2, low=3, high=4), (np.array([2, 0]),)),
               case(real(3), real(2, low=3, high=4), (np.array([0, 0]),), add=True),
               case(real(2, 2), real(low=3, high=4), (truth(2, 2),))],
              inplace=lambda x, v, k, add=False: x.index_put_(k, v, add),
              bad=[bad(RuntimeError, "cannot be broadcast to indexing result of shape [1]", real(3), real(2), [np.array([0])])]),
    OpSamples("copy_", lambda x, y: (x * 1).copy_(y), lambda x, y: np.broadcast_to(y, x.shape),
              [case(real(2, 3), real(2, 3, low=3, high=4)), case(real(2, 3), real(3, low=3, high=4))],
              bad=[bad(RuntimeError, "The size of tensor a (3) must match the size of tensor b (2)", real(3), real(2))]),
    OpSamples("zero_", lambda x: (x * 1).zero_(), np.zeros_like, [case(real(2, 3))]),
    OpSamples("fill_number_", filled, lambda x, v: np.full_like(x, v), [case(real(2, 3), 2.5)]),
    OpSamples("fill_tensor_", filled, lambda x, v: np.full_like(x, v), [case(real(2, 3), real(low=3, high=4))],
              bad=[bad(RuntimeError, "fill_ only supports 0-dimension value tensor", real(2), real(2))]),
    OpSamples("gather scatter_add", minigrad.gather, lambda x, d, i: x[along(x, d, i)],
              [case(real(2, 3), 1, PLACES), case(real(3, 2), 0, PLACES), case(real(2, 3), -1, PLACES[:1])],
              bad=[bad(RuntimeError, "index 5 is out of bounds for dimension 0 with size 3", real(3), 0, np.array([5])),
                   bad(RuntimeError, "must have the same number of dimensions", real(2, 3), 0, np.array([1]))]),
    OpSamples("scatter_src scatter_value gather", minigrad.scatter,
              lambda x, d, i, v: written(x, along(x, d, i), v),
              [case(real(2, 3), 1, PLACES[:, ::-1] - [[0, 0], [0, 1]], real(2, 2, low=3, high=4))],
              inplace=Tensor.scatter_,
              bad=[bad(RuntimeError, "to be no larger size than src [1]", real(3), 0, np.array([0, 1]), real(1))]),
    OpSamples("scatter_value", minigrad.scatter, lambda x, d, i, v: written(x, along(x, d, i), v),
              [case(real(2, 3), 1, PLACES, 2.5)], inplace=Tensor.scatter_),
    OpSamples("scatter_add gather", minigrad.scatter_add,
              lambda x, d, i, v: written(x, along(x, d, i), v, True),
              [case(real(2, 3), 1, PLACES, real(2, 2, low=3, high=4)),
               case(real(3), 0, np.array([1, 1]), real(2, low=3, high=4))],
              inplace=Tensor.scatter_add_,
              bad=[bad(RuntimeError, "Expected dtype int32/int64 for index", real(3), 0, real(2), real(2))]),
    OpSamples("scatter_or", lambda x, d, i, v, r: minigrad.scatter(x, d, i, v, reduce=r),
              lambda x, d, i, v, r: joined(x, along(x, d, i), v, {"add": "sum", "multiply": "prod"}[r]),
              [case(real(2, 3), 1, PLACES, real(2, 2), "add"), case(real(2, 3), 1, PLACES, 2.5, "multiply")],
              gradients=False,
              bad=[bad(RuntimeError, "reduce argument must be either add or multiply", real(3), 0, ROWS, real(3), "sum")]),
    OpSamples("scatter_reduce", minigrad.scatter_reduce,
              lambda x, d, i, v, r, include_self=True: joined(x, along(x, d, i), v, r, include_self),
              [case(real(2, 3), 1, PLACES, real(2, 2, low=3, high=4), r, include_self=s)
               for r in ("sum", "prod", "mean", "amax", "amin") for s in (True, False)],
              inplace=Tensor.scatter_reduce_,
              bad=[bad(RuntimeError, "must be either sum, prod, mean, amax or amin, got add",
                       real(3), 0, ROWS, real(3), "add")]),
    OpSamples("index_reduce", minigrad.index_reduce,
              lambda x, d, i, v, r, include_self=True: joined(
                  x, sliced(d, i), v, r, include_self),
              [case(real(3, 2), 0, ROWS, real(3, 2, low=3, high=4), r, include_self=s)
               for r in ("prod", "mean", "amax", "amin") for s in (True, False)],
              inplace=Tensor.index_reduce_,
              bad=[bad(RuntimeError, "Expected reduce to be one of", real(3), 0, ROWS, real(3), "sum")]),
    OpSamples("delayed_error scatter_reduce", lambda x, v: minigrad.scatter_reduce(x, 0, minigrad.tensor(ROWS), v, "prod"),
              lambda x, v: joined(x, ROWS, v, "prod"),
              [case(real(3), np.array([1.0, 0.0, 0.0]))], second=False),
    OpSamples("index_select index_add", minigrad.index_select, lambda x, d, i: np.take(x, i, d),
              [case(real(3, 2), 0, ROWS), case(real(2, 3), 1, ROWS)],
              bad=[bad(IndexError, "Index is supposed to be a vector", real(3), 0, PLACES)]),
    OpSamples("index_add index_select",
              lambda x, d, i, v, alpha=1: minigrad.index_add(x, d, i, v, alpha=alpha),
              lambda x, d, i, v, alpha=1: written(x, sliced(d, i), alpha * v, True),
              [case(real(3, 2), 0, ROWS, real(3, 2, low=3, high=4)),
               case(real(2, 3), 1, ROWS, real(2, 3, low=3, high=4), alpha=2)],
              inplace=in_place("index_add_"),
              bad=[bad(RuntimeError, "Number of indices (3) should be equal", real(3), 0, ROWS, real(2))]),
    OpSamples("index_copy index_fill_number", minigrad.index_copy, lambda x, d, i, v: written(x, sliced(d, i), v),
              [case(real(3, 2), 0, ROWS[:2], real(2, 2, low=3, high=4))], inplace=Tensor.index_copy_),
    OpSamples("index_fill_number", minigrad.index_fill, lambda x, d, i, v: written(x, sliced(d, i), v),
              [case(real(3, 2), 0, ROWS, 2.5)], inplace=Tensor.index_fill_),
    OpSamples("index_fill_tensor", minigrad.index_fill, lambda x, d, i, v: written(x, sliced(d, i), v),
              [case(real(2, 3), 1, ROWS, real(low=3, high=4))], inplace=Tensor.index_fill_,
              bad=[bad(RuntimeError, "0-dimensional value tensor", real(3), 0, ROWS, real(2))]),
    OpSamples("take put", minigrad.take, np.take, [case(real(2, 3), PLACES), case(real(3), ROWS)],
              bad=[bad(IndexError, "tried to access index 9 on a tensor of 3 elements", real(3), np.array([9]))]),
    OpSamples("put take", minigrad.put,
              lambda x, i, v, add=False: written(x.ravel(), i.ravel(), v.ravel(), add).reshape(x.shape),
              [case(real(2, 3), np.array([0, 5]), real(2, low=3, high=4)),
               case(real(3), np.array([1, 1]), real(2, low=3, high=4), True)],
              inplace=Tensor.put_),
    OpSamples("where", minigrad.where, np.where,
              [case(truth(2, 3), real(2, 3), real(3, low=3, high=4)), case(truth(3), real(3), 0.5),
               case(truth(3), 0.5, real(low=3, high=4))],
              bad=[bad(RuntimeError, "expected condition to be a boolean tensor", real(2), real(2), real(2))]),
    OpSamples("masked_select masked_scatter", minigrad.masked_select,
              lambda x, m: np.broadcast_to(x, np.broadcast_shapes(x.shape, m.shape))[
                  np.broadcast_to(m, np.broadcast_shapes(x.shape, m.shape))],
              [case(real(2, 3), truth(2, 3)), case(real(3), truth(2, 3)), case(real(2, 3), truth(3))],
              bad=[bad(RuntimeError, "expected BoolTensor for mask", real(2), real(2))]),
    OpSamples("masked_scatter masked_select", minigrad.masked_scatter,
              lambda x, m, v: written(x, m, v.ravel()[:m.sum()]),
              [case(real(2, 3), truth(2, 3), real(4, low=3, high=4)), case(real(3), truth(3), real(1, low=3, high=4))],
              inplace=Tensor.masked_scatter_,
              bad=[bad(RuntimeError, "Number of elements of source < number of ones", real(5), np.ones(5, bool), real(1))]),
    OpSamples("nonzero", minigrad.nonzero, lambda x: np.argwhere(x), [case(truth(2, 3)), case(whole(4))],
              gradients=False),
    OpSamples("sort", lambda x, d=-1: minigrad.sort(x, d), ascending, [case(real(2, 3)), case(real(3, 2), 0)],
              bad=[bad(IndexError, "Dimension out of range", real(2), 3)]),
    OpSamples("sort_stable", lambda x, d: minigrad.sort(x, d, descending=True, stable=True), descending,
              [case(real(2, 3), 1), case(real(3, 2), 0)]),
    OpSamples("_unique2", minigrad.unique, np.unique, [case(whole(5))], gradients=False),
    OpSamples("unique_dim", lambda x, d: minigrad.unique(x, dim=d), lambda x, d: np.unique(x, axis=d),
              [case(whole(4, 2), 1)], gradients=False,
              bad=[bad(RuntimeError, "There are 0 sized dimensions", real(2, 0), 0)]),
    OpSamples("unique_consecutive", minigrad.unique_consecutive, lambda x: x[np.diff(x, prepend=-9) != 0],
              [case(np.array([1, 1, 2, 1]))], gradients=False),
    OpSamples("topk", lambda x, k, d=-1: minigrad.topk(x, k, d),
              lambda x, k, d=-1: tuple(np.take(a, range(k), d) for a in descending(x, d)),
              [case(real(2, 3), 2), case(real(3, 2), 1, 0)],
              bad=[bad(RuntimeError, "selected index k out of range", real(2), 3)]),
]  # fmt: skip

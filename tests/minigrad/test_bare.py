"""Backward on bare arrays: which formulas can, and that nobody who looks sees anything but tensors."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import minigrad as mg
from minigrad import Tensor
from minigrad.bare import helper, on_arrays
from minigrad.op import table

mm, t, exp = mg.mm, mg.t, mg.exp


def plain(x: Any) -> Any:
    return x


@helper(lambda x: x + 1)
def one_more(x: Tensor) -> Tensor:
    return x.add(1)


def closed_over(function: Any) -> Callable[..., Any]:
    return lambda grad: function(grad)


@pytest.mark.parametrize(
    "formula",
    [
        lambda grad, other: grad * other,
        lambda grad, self, other: -grad * (self / other) / (1 - other),
        lambda grad, mat2: mm(grad, t(mat2)),
        lambda grad, result: grad * exp(result),
        lambda grad: one_more(grad),
        closed_over(exp),
        one_more,
    ],
)
def test_operators_and_ops_by_name_mean_the_same_on_arrays(formula: Callable[..., Any]) -> None:
    names = list(inspect.signature(formula).parameters)
    arrays = [np.arange(1.0, 5.0).reshape(2, 2) + i for i in range(len(names))]
    quick = on_arrays(formula)
    assert quick is not None
    found = quick(*arrays)
    assert type(found) is np.ndarray
    np.testing.assert_array_equal(found, formula(*map(mg.tensor, arrays))._array)


@pytest.mark.parametrize(
    "formula",
    [
        lambda grad: grad.t(),
        lambda grad, self: grad * self.shape[0],
        lambda grads: grads[0],
        lambda grad, self: grad * self**2,  # NumPy's power is not torch's
        lambda grad: plain(grad),
        lambda grad: mg.exp(grad),
        closed_over(plain),
    ],
)
def test_anything_else_gets_tensors(formula: Callable[..., Any]) -> None:
    assert on_arrays(formula) is None


def test_a_node_shows_what_it_runs() -> None:
    x = mg.ones(2, requires_grad=True)
    y = x.exp()
    y.sum().backward()
    assert "results = f0(grad, a0)," in inspect.getsource(y.grad_fn.plan.on_arrays)


def test_mixed_dtypes_get_tensors() -> None:
    # An array of no dimensions counts for NumPy's promotion, a tensor does not for torch's.
    x = mg.ones(2, dtype=mg.float32, requires_grad=True)
    w = mg.tensor(1 / 3, dtype=mg.float64)
    (x * w).sum().backward()
    assert x.grad._array.tolist() == [np.float32(1 / 3)] * 2


# ------------------------------------------------------------------ who looks


def test_what_the_caller_gave_comes_back() -> None:
    x, y, g = mg.ones(3, requires_grad=True), mg.ones(3, requires_grad=True), mg.ones(3)
    assert mg.autograd.grad(x + 1, x, g)[0] is g
    a, b = mg.autograd.grad(x + y, [x, y], g)
    assert a is b is g


def test_hooks_see_one_gradient_as_one_tensor() -> None:
    x, seen = mg.ones(3, requires_grad=True), []
    p = x * 2
    q = p + 1
    for tensor in (p, q):
        tensor.register_hook(seen.append)
    (q * 3).sum().backward()
    assert type(seen[0]) is Tensor
    assert seen[0] is seen[1]


@pytest.mark.parametrize("shape", [(), (3,)])
@pytest.mark.parametrize("watched", [False, True])
def test_sums_in_place_are_counted(shape: tuple[int, ...], watched: bool) -> None:
    # torch: 3 additions after the first product
    unwatch = mg.watch(mg.Observer()) if watched else lambda: None
    try:
        x = mg.ones(shape, requires_grad=True)
        (x * 1 + x * 2 + x * 3 + x * 4).sum().backward()
    finally:
        unwatch()
    assert x.grad._version == 3
    assert x.grad.tolist() == mg.full(shape, 10.0).tolist()


# ------------------------------------------------------------------ results that are kept as arrays


def written_through_detach(y: Tensor) -> None:
    y.detach().add_(1)


def written_without_grad(y: Tensor) -> None:
    with mg.no_grad():
        y.add_(1)


def written_after_detach_(y: Tensor) -> None:
    y.detach_()
    y.add_(1)


@pytest.mark.parametrize("write", [written_through_detach, written_without_grad, written_after_detach_])
@pytest.mark.parametrize("looked", [False, True])
def test_a_write_to_a_kept_result_is_noticed(write: Callable[[Tensor], None], looked: bool) -> None:
    x = mg.ones(3, requires_grad=True)
    y = x.exp()
    z = (y * 1).sum()
    if looked:
        assert y.grad_fn._saved_result.tolist() == y.tolist()
    write(y)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        z.backward()


def test_a_write_through_data_is_not() -> None:
    x = mg.zeros(3, requires_grad=True)
    y = x.exp()
    y.data.add_(1)
    y.sum().backward()
    assert x.grad.tolist() == [2.0, 2.0, 2.0]


def test_a_recorded_gradient_notices_it_too() -> None:
    x = mg.ones(3, requires_grad=True)
    y = x.exp()
    (g,) = mg.autograd.grad(y.sum(), x, create_graph=True)
    y.detach().mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        g.sum().backward()


def test_every_op_by_name_takes_arrays() -> None:
    found = sum(
        on_arrays(formula) is not None for entry in table.values() for formula, _ in entry.formulas.values()
    )
    assert found > 150  # test_ops.py: they say the same as on tensors

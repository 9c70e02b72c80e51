"""Memory returns when the last name goes, with the garbage collector off; and nothing recurses."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import minigrad as mg
from minigrad import Tensor
from minigrad.autograd import Function, grad
from minigrad.autograd.graph import saved_tensors_hooks
from minigrad.utils.checkpoint import checkpoint


@pytest.fixture(autouse=True)
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


class Exp(Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        result = x.exp()
        ctx.save_for_backward(x, result)
        ctx.mark_non_differentiable()
        return result

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Tensor:
        _, result = ctx.saved_tensors
        return g * result


class Double_(Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        x.mul_(2)
        ctx.mark_dirty(x)
        ctx.save_for_backward(x)
        return x

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Tensor:
        _ = ctx.saved_tensors
        return g * 2


def written_view(x: Tensor) -> Tensor:
    y = x * 1
    y[0].exp_()
    return y


def hooked(x: Tensor) -> Tensor:
    y = x.exp()
    y.register_hook(lambda g: g * 2)
    y.retain_grad()
    y.grad_fn.register_hook(lambda inputs, outputs: None)
    y.grad_fn.register_prehook(lambda outputs: None)
    return y


def packed(x: Tensor) -> Tensor:
    with saved_tensors_hooks(lambda t: t, lambda t: t):
        return x.exp() * x


WAYS: dict[str, Callable[[Tensor], Tensor]] = {
    "plain": lambda x: ((x * x).exp() + x).tanh(),
    "softmax": lambda x: x.softmax(0).log(),
    "view": lambda x: x.view(2, 1).t()[0],
    "several views": lambda x: x.exp().unbind(0)[0],
    "several outputs": lambda x: (x * 1).sort().values,
    "in place": lambda x: (x * 1).mul_(x).exp_(),
    "in place through a view": written_view,
    "hooks": hooked,
    "packed": packed,
    "Function": Exp.apply,
    "Function in place": lambda x: Double_.apply(x * 1),
    "checkpoint": lambda x: checkpoint(lambda x: x.exp().exp(), x, use_reentrant=False),
    "second order": lambda x: grad((x**3).sum(), x, create_graph=True)[0],
}


@pytest.mark.parametrize("backward", ["none", "one", "two"])
@pytest.mark.parametrize("way", WAYS)
def test_a_graph_goes_with_its_last_name(way: str, backward: str) -> None:
    x = mg.tensor([1.0, 2.0], requires_grad=True)
    y = WAYS[way](x)
    total = y.sum()
    nodes = [weakref.ref(y.grad_fn), weakref.ref(total.grad_fn)]
    tensor = weakref.ref(y)
    if backward == "two":
        total.backward(retain_graph=True)
    if backward != "none":
        total.backward()
    del y, total
    assert [node() for node in nodes] == [None, None]
    assert tensor() is None
    leaf = weakref.ref(x)
    del x
    assert leaf() is None


def test_an_error_in_backward_keeps_nothing() -> None:
    x = mg.tensor([1.0], requires_grad=True)
    h = x * 1
    y = (h * h).sum()
    h.add_(1)
    node = weakref.ref(y.grad_fn)
    with pytest.raises(RuntimeError):
        y.backward()
    del h, y
    assert node() is None


def test_saved_values_go_with_backward() -> None:
    x = mg.tensor([1.0], requires_grad=True)
    h = x * 1
    saved = weakref.ref(h)
    y = (h * h).sum()
    del h
    assert saved() is not None
    y.backward()
    assert saved() is None


# ------------------------------------------------------------------ depth


@pytest.mark.parametrize(
    ("step", "length"),
    [
        (lambda y: y * 1.0, 100_000),
        (lambda y: y.tanh(), 20_000),
        (lambda y: y.view(1), 20_000),
        (lambda y: Exp.apply(y) * 0, 5_000),
    ],
    ids=["mul", "saves its result", "view", "Function"],
)
def test_a_long_chain_is_built_differentiated_and_freed(
    step: Callable[[Tensor], Tensor], length: int
) -> None:
    x = y = mg.tensor([1.0], requires_grad=True)
    for _ in range(length):
        y = step(y)
    last = weakref.ref(y.grad_fn)
    y.backward()
    assert x.grad is not None
    del y
    assert last() is None


def test_a_long_chain_of_writes_into_parts() -> None:
    x = mg.tensor([1.0, 2.0], requires_grad=True)
    y = x * 1
    for _ in range(2_000):
        y[0] += 1
    y.sum().backward()
    assert x.grad.tolist() == [1, 1]


def test_a_long_chain_twice_differentiated() -> None:
    x = y = mg.tensor([1.0], requires_grad=True)
    for _ in range(5_000):
        y = y * 1.0
    (g,) = grad((y * y).sum(), x, create_graph=True)
    (h,) = grad(g.sum(), x)
    assert h.tolist() == [2]

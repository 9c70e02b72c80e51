"""Threads: modes are each thread's own, and graphs in two threads do not disturb each other."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import minigrad as mg
from minigrad.autograd import Function, grad
from minigrad.autograd.graph import saved_tensors_hooks
from minigrad.utils.checkpoint import checkpoint


def elsewhere(function: Callable[[], object]) -> object:
    """What function() answers in another thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(function).result()


def test_modes_belong_to_a_thread() -> None:
    with mg.no_grad():
        assert elsewhere(mg.is_grad_enabled)
        assert not mg.is_grad_enabled()
    with mg.inference_mode():
        assert not elsewhere(mg.is_inference_mode_enabled)
        assert not elsewhere(lambda: mg.ones(1).is_inference())


def test_hooks_on_saved_tensors_belong_to_a_thread() -> None:
    packed = []
    x = mg.ones(2, requires_grad=True)
    with saved_tensors_hooks(lambda t: packed.append(1) or t, lambda t: t):
        elsewhere(lambda: x.exp())
    assert packed == []


def test_backward_may_run_in_another_thread_than_forward() -> None:
    x = mg.ones(2, requires_grad=True)
    y = (x * 3).sum()
    elsewhere(y.backward)
    assert x.grad.tolist() == [3, 3]


def test_graphs_of_several_threads() -> None:
    """Each thread opens special modes and runs graphs of its own; all start together, many times."""

    class Cube(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return 3 * x * x * g

    workers, rounds = 4, 30
    gate = threading.Barrier(workers)

    def work(k: int) -> list[float]:
        found = []
        for _ in range(rounds):
            gate.wait()
            x = mg.tensor([float(k)], requires_grad=True)
            with mg.inference_mode():
                assert not (x * 2).requires_grad
            with saved_tensors_hooks(lambda t: t.detach(), lambda t: t):
                y = Cube.apply(x) * x.exp().log()
            z = checkpoint(lambda x: x * x * x, x, use_reentrant=False)
            (g,) = grad((y + z).sum(), x, create_graph=True)
            (h,) = grad(g.sum(), x)
            found.append((round(g.item(), 2), round(h.item(), 2)))
        return found

    with ThreadPoolExecutor(workers) as pool:
        results = list(pool.map(work, range(1, workers + 1)))
    for k, found in enumerate(results, 1):
        assert set(found) == {(4 * k**3 + 3 * k**2, 12 * k**2 + 6 * k)}
    assert mg.record.mode.special == 0

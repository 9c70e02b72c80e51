"""What an op costs beyond its arithmetic: python -m benchmarks.ops

Prints, for small tensors of 4 numbers, the time of an op in ns and as a multiple of the bare NumPy ufunc,
measured in turn in one run: not recorded, recorded, its backward, and with an observer that does nothing.
Machines are noisy: compare the ratios, and only those of one run.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np

import minigrad as mg

ROUNDS, CALLS, CHAIN = 15, 2000, 100
Work = Callable[[], object]


def once(work: Work, calls: int) -> float:
    """ns a call."""
    start = time.perf_counter_ns()
    for _ in range(calls):
        work()
    return (time.perf_counter_ns() - start) / calls


def in_turn(works: dict[str, Work], calls: int) -> dict[str, list[float]]:
    """All works in turn, ROUNDS times, so that what slows the machine slows them all."""
    for work in works.values():
        once(work, calls)
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            times[name].append(once(work, calls))
    return times


def backward(step: Callable[[mg.Tensor], mg.Tensor]) -> Work:
    """A backward through CHAIN times the same op."""
    y = mg.tensor([0.5, -0.25, 0.75, -0.5], requires_grad=True)
    for _ in range(CHAIN):
        y = step(y)
    seed = mg.ones(4)
    return lambda: y.backward(seed, retain_graph=True)


def report(title: str, works: dict[str, Work], calls: int = CALLS) -> None:
    times = in_turn(works, calls)
    base = next(iter(times))
    print(f"\n{title}")
    for name, values in times.items():
        ratio = statistics.median(v / b for v, b in zip(values, times[base], strict=True))
        print(f"  {name:<34}{statistics.median(values):>8.0f} ns {ratio:>6.2f} x")


def main() -> None:
    data = np.array([0.5, -0.25, 0.75, -0.5], np.float32)
    x = mg.tensor(data, requires_grad=True) * 1.0
    w = mg.tensor(data, requires_grad=True) * 1.0
    plain = mg.tensor(data)
    out = mg.tensor(data)

    report("x * w", {
        "np.multiply": lambda: np.multiply(data, data),
        "no input requires grad": lambda: plain * plain,
        "recorded": lambda: x * w,
        "recorded, a number": lambda: x * 2.0,
        "in place, nothing recorded": lambda: out.mul_(plain),
    })  # fmt: skip
    report("x + w", {
        "np.add": lambda: np.add(data, data),
        "recorded": lambda: x + w,
    })  # fmt: skip
    report("x.tanh()", {
        "np.tanh": lambda: np.tanh(data),
        "recorded": lambda: x.tanh(),
    })  # fmt: skip
    report("others", {
        "np.add.reduce": lambda: np.add.reduce(data),
        "x.sum()": lambda: x.sum(),
        "x.mean()": lambda: x.mean(),
        "x[0]": lambda: x[0],
        "x.reshape(2, 2)": lambda: x.reshape(2, 2),
        "x[0] = 1 (a plain tensor)": lambda: out.__setitem__(0, 1.0),
    })  # fmt: skip

    report(f"backward through {CHAIN} nodes", {
        f"np.multiply, {CHAIN} times": lambda: [np.multiply(data, data) for _ in range(CHAIN)],
        "MulBackward0, both wanted": backward(lambda y: y * w),
        "MulBackward0, one wanted": backward(lambda y: y * plain),
        "AddBackward0, one wanted": backward(lambda y: y + plain),
        "TanhBackward0": backward(lambda y: y.tanh()),
        "ReluBackward0": backward(lambda y: y.relu()),
    }, calls=CALLS // CHAIN)  # fmt: skip

    unwatch = mg.watch(mg.Observer())
    report("x * w, watched by an observer that does nothing", {
        "np.multiply": lambda: np.multiply(data, data),
        "recorded": lambda: x * w,
    })  # fmt: skip
    unwatch()


if __name__ == "__main__":
    main()

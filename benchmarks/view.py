"""What watching costs, in a real JupyterLab and a real browser: python -m benchmarks.view

Prints the time from the end of a cell (post_run_cell begins) to the painted graph, how long a step and the
opening of a loop take the page, the slow-down of a cell of 1000 ops that is watched, and what an op costs when
nobody watches. The clock of the kernel and that of
the page are the same machine's. Machines are noisy: look at medians, and run it on a quiet one.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import numpy as np
from playwright.sync_api import sync_playwright

import minigrad
from benchmarks.ops import report

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from browser import chromium
from browser.lab import Lab, Server, of_cells, text_of

GOALS = {20: 100, 200: 300, 1000: 1000, 5000: None}  # nodes: ms
STEP_GOALS = {200: 16, 1000: None, 5000: None}
ROUNDS = 5
STEPS = 15
BACK = ".mg-docked [data-do=back]"
LOOP = ".mg-docked [data-toggle^=repeat]"
NODES_A_TURN = 6  # three functions and their results

CLOCK = """\
import time
ended, drawn = [], []
get_ipython().events.register("post_run_cell", lambda result: ended.append(time.time()))"""
LIVE = """\
from minigrad import tensor
from minigrad_widgets import live
live()
get_ipython().events.register("post_run_cell", lambda result: drawn.append(time.time()))"""
GROW = """\
h = last = None
w = tensor([0.5, -0.5], requires_grad=True)
h = tensor([1.0, 2.0])
for _ in range({turns}):
    h = (h * w).tanh() + h"""
ADD = "last = h.exp()"
UNROLLED = """\
w = tensor([0.5, -0.5], requires_grad=True)
h = tensor([1.0, 2.0])
for _ in range(1000):
    h = (h * w).tanh()
loss = h.sum()"""
BACKWARD = "loss.backward()"
OPS = """\
import time
from minigrad import tensor
w, b = tensor([0.5, -0.5], requires_grad=True), tensor([1.0, 1.0], requires_grad=True)
h, c = tensor([1.0, 2.0]), tensor([1.0, 2.0])
start = time.thread_time()
{loop}
print(time.thread_time() - start)"""
LOOPS = {  # each of 1000 ops
    "recorded": "for _ in range(500):\n    h = h * w + b",
    "not recorded": "for _ in range(500):\n    h = c * 0.5 + c",
    "views": "for _ in range(500):\n    v = h[0]\n    h = h.view(2)",
    "in place": "for _ in range(500):\n    c.add_(1.0)\n    c.mul_(0.5)",
    "a mix, with backward": (
        "for _ in range(143):\n    y = ((h * w + b)[0] * 2.0).sum()\n    y.backward()\n    c.add_(1.0)\n    c = c * 0.5"
    ),
}
# What a click takes the page, layout included, ms: the median of some, each in a frame of its own.
CLICKS = """\
async ([selector, rounds]) => {
  const work = () => {
    const before = performance.now();
    document.querySelector(selector).dispatchEvent(new MouseEvent("click", { bubbles: true }));
    document.body.getBoundingClientRect();
    return performance.now() - before;
  };
  const times = [];
  for (let i = 0; i < rounds; i++) {
    times.push(work());
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  }
  return times.sort((a, b) => a - b)[rounds >> 1];
}"""
PAINTED = "performance.getEntriesByName('minigrad:painted').map(e => [e.detail, performance.timeOrigin + e.startTime])"


@contextmanager
def open_lab(folder: Path) -> Iterator[Lab]:
    """An empty notebook in JupyterLab."""
    server = Server(folder)
    try:
        nbformat.write(of_cells(), server.root / "benchmark.ipynb")
        with sync_playwright() as playwright:
            browser = chromium.start(playwright)
            lab = Lab(server, browser, "benchmark.ipynb")
            yield lab
            lab.close()
            browser.close()
    finally:
        server.stop()


def run(lab: Lab, source: str) -> str:
    """Runs a cell; what it printed. RuntimeError where it raised: then the figures would mean nothing."""
    outputs = lab.run_new(source)
    if any(output["output_type"] == "error" for output in outputs):
        raise RuntimeError(f"{source}\n{text_of(outputs)}")
    return text_of(outputs)


def painted(lab: Lab, source: str) -> tuple[float, float]:
    """Runs a cell; ms from its end until the kernel had sent the graph, and until it was painted."""
    before = len(lab.page.evaluate(PAINTED))
    run(lab, source)
    lab.page.wait_for_function(f"{PAINTED}.length > {before}")
    when = lab.page.evaluate(PAINTED)[before][1]
    ended, drawn = map(float, run(lab, "print(ended[-1], drawn[-1])").split())
    lab.page.wait_for_function(f"{PAINTED}.length > {before + 1}")
    return (drawn - ended) * 1000, when - ended * 1000


def to_the_painted_graph(lab: Lab) -> None:
    run(lab, CLOCK)
    run(lab, LIVE)
    lab.page.locator(".mg-docked[data-painted]").wait_for()
    print(f"\nFrom the end of a cell to the painted graph, ms, median of {ROUNDS} (the kernel's part of it)")
    print("   nodes    goal    all of them new    one more added")
    for nodes, goal in GOALS.items():
        grow = GROW.format(turns=(nodes - 2) // NODES_A_TURN)
        rounds = [(*painted(lab, grow), *painted(lab, ADD)) for _ in range(ROUNDS)]
        kernel, total, kernel_more, more = (statistics.median(column) for column in zip(*rounds, strict=True))
        print(f"{nodes:>8}{goal or '':>8}{total:>11.0f} ({kernel:>4.0f}){more:>11.0f} ({kernel_more:>4.0f})")


def a_step(lab: Lab) -> None:
    """A step back, with the loop folded and with it open."""
    run(lab, CLOCK)
    run(lab, LIVE)
    lab.page.locator(".mg-docked[data-painted]").wait_for()
    print(f"\nA step back in the panel, ms, median of {STEPS}")
    print("   nodes    goal      folded    the loop open")
    for nodes, goal in STEP_GOALS.items():
        painted(lab, GROW.format(turns=(nodes - 2) // NODES_A_TURN))
        times = [lab.page.evaluate(CLICKS, [BACK, STEPS])]
        lab.page.evaluate(CLICKS, [LOOP, 1])
        times.append(lab.page.evaluate(CLICKS, [BACK, STEPS]))
        print(f"{nodes:>8}{goal or '':>8}{times[0]:>12.1f}{times[1]:>12.1f}")


def an_unrolled_loop(lab: Lab) -> None:
    run(lab, CLOCK)
    run(lab, LIVE)
    lab.page.locator(".mg-docked[data-painted]").wait_for()
    kernel, total = painted(lab, UNROLLED)
    opened = lab.page.evaluate(CLICKS, [LOOP, 1])
    print("\nAn unrolled loop of 1000 steps with a shared weight, ms (goal: 2000)")
    print(
        f"  from the end of the cell to the painted graph {total:.0f} ({kernel:.0f}), the loop opens in {opened:.0f}"
    )
    kernel, total = painted(lab, BACKWARD)
    print(f"  and after backward() {total:.0f} ({kernel:.0f})")


def watched_against_unwatched(lab: Lab) -> None:
    """The cell alone, by the time of its own thread: the browser is still busy with the cell before."""

    def once(loop: str) -> float:
        before = lab.page.evaluate(f"{PAINTED}.length")
        took = float(run(lab, OPS.format(loop=loop)))
        if before:
            lab.page.wait_for_function(f"{PAINTED}.length > {before}")
        return took * 1000

    def each() -> dict[str, float]:
        return {
            name: statistics.median(once(loop) for _ in range(ROUNDS * 2)) for name, loop in LOOPS.items()
        }

    unwatched = each()
    run(lab, "from minigrad_widgets import live\nlive()")
    lab.page.locator(".mg-docked[data-painted]").wait_for()
    watched = each()
    print(f"\nA cell of 1000 ops, ms, median of {ROUNDS * 2} (goal: 2 x)")
    for name, alone in unwatched.items():
        ratio = watched[name] / alone
        print(f"  {name:<22}unwatched {alone:6.2f}, watched {watched[name]:6.2f}: {ratio:.2f} x")


def main() -> None:
    data = np.array([0.5, -0.25, 0.75, -0.5], np.float32)
    plain, recorded = minigrad.tensor(data), minigrad.tensor(data, requires_grad=True)
    report("An op when nobody watches", {
        "np.multiply": lambda: np.multiply(data, data),
        "plain * plain": lambda: plain * plain,
        "recorded * plain": lambda: recorded * plain,
    })  # fmt: skip
    for part in (watched_against_unwatched, to_the_painted_graph, a_step, an_unrolled_loop):
        with tempfile.TemporaryDirectory() as folder, open_lab(Path(folder) / "jupyter") as lab:
            part(lab)


if __name__ == "__main__":
    main()

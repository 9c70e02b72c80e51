"""live() in a real kernel, where things go wrong: interrupts, forks, threads, reloads, two notebooks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyter_client.blocking import BlockingKernelClient

from widgets.cells import card
from widgets.kernel import Kernel, error_of, starting, texts

START = "import minigrad, os, sys, time\nfrom minigrad import events, tensor\nfrom minigrad_widgets import live\nlive()"
A = "a = tensor([1.0, 3.0], requires_grad=True)"


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    with starting(tmp_path_factory.mktemp("kernel")) as kernel:
        kernel.run(START)
        yield kernel


@pytest.fixture
def kernel(one: Kernel) -> Kernel:
    """As a learner has it who begins anew in the same notebook."""
    one.run("%reset -f\n" + START)
    return one


def works(kernel: Kernel) -> bool:
    """Whether the next cell runs, is drawn, and is told of no problem."""
    kernel.run("last = tensor(5.0) * 2")
    return "last" in kernel.names() and not kernel.state.get("problem")


@pytest.mark.parametrize("wait", ["h = h * 1.0", "time.sleep(60)"])
def test_an_interrupt_ends_the_cell_and_what_ran_is_drawn(kernel: Kernel, wait: str) -> None:
    id = kernel.begin(f"{A}\nh = a * 2\nprint('now', flush=True)\nwhile True:\n    {wait}\nz = a * 3")
    kernel.wait_for(id, "now")
    kernel.manager.interrupt_kernel()
    messages = kernel.finish(id)
    assert error_of(messages) == "KeyboardInterrupt"
    assert not texts(messages)
    assert kernel.names() == {"a", "h"}
    assert works(kernel)
    kernel.run("(h * 2).sum().backward()")
    assert card(kernel.trace, "a").grad is not None


def test_an_interrupt_of_the_drawing_stops_the_cells_that_wait(kernel: Kernel) -> None:
    kernel.run(
        "from minigrad_widgets import graph_view\n"
        "def interrupted(trace):\n    graph_view.layout = real\n    raise KeyboardInterrupt\n"
        "real, graph_view.layout = graph_view.layout, interrupted"
    )
    assert "KeyboardInterrupt" in kernel.state["problem"]
    kernel.client.execute(A)
    assert works(kernel)


def test_a_forked_child_leaves_the_panel_alone(kernel: Kernel) -> None:
    messages = kernel.run(
        f"{A}\npid = os.fork()\nif not pid:\n    try:\n        b = (a * 2).sum()\n        b.backward()\n"
        "        assert not events._watching\n        get_ipython().run_cell('c = a * 3')\n"
        "        os._exit(c.tolist() != [3.0, 9.0])\n    finally:\n        os._exit(2)\n"
        "d = a * 4\nprint(os.waitpid(pid, 0)[1])"
    )
    assert texts(messages) == "0\n"
    assert [m["type"] for m in messages].count("comm_msg") == 1
    assert kernel.names() == {"a", "d"}
    assert works(kernel)


def test_workers_of_multiprocessing_compute_unwatched(kernel: Kernel) -> None:
    messages = kernel.run(
        f"import multiprocessing\n{A}\ndef work(k):\n    return ((a * k).sum().item(), not events._watching)\n"
        "with multiprocessing.get_context('fork').Pool(2) as pool:\n    print(pool.map(work, [1, 2, 3]))\nb = a * 2"
    )
    assert texts(messages) == "[(4.0, True), (8.0, True), (12.0, True)]\n"
    assert kernel.names() == {"a", "b"}
    assert works(kernel)


def test_ops_of_other_threads_are_counted(kernel: Kernel) -> None:
    kernel.run(
        f"import threading\n{A}\nfound = []\n"
        "def work():\n    found.append((a * 2).exp())\n"
        "thread = threading.Thread(target=work)\nthread.start()\nthread.join()\n"
        "h = found[0]\ny = h.sum()\ny.backward()"
    )
    trace = kernel.trace
    assert trace.elsewhere == 2
    assert [f.op for f in trace.functions] == ["mul", "exp", "sum"]
    assert [f.runs for f in trace.functions] == [1, 1, 1]
    kernel.run("b = a * 1")
    assert kernel.trace.elsewhere == 0
    assert works(kernel)


def test_a_thread_that_outlives_its_cell(kernel: Kernel) -> None:
    kernel.run(
        f"import threading\n{A}\nc = tensor([0.0])\ngo, done = threading.Event(), threading.Event()\n"
        "def work():\n    global late\n    go.wait()\n    late = a * 7\n    minigrad.no_grad()(c.add_)(5.0)\n    done.set()\n"
        "threading.Thread(target=work).start()"
    )
    assert kernel.names() == {"a", "c"}
    kernel.run("go.set()\ndone.wait(60)")
    assert kernel.names() == {"a", "c", "late"}
    assert (card(kernel.trace, "c").value.text, card(kernel.trace, "c").version) == ("[5]", 1)
    assert works(kernel)


def test_await_in_a_cell_and_a_task_that_goes_on_after_it(kernel: Kernel) -> None:
    kernel.run(f"import asyncio\n{A}\nb = a * 2\nawait asyncio.sleep(0)\nc = b.exp()")
    trace = kernel.trace
    assert kernel.names() == {"a", "b", "c"}
    assert [trace.cells[f.place.cell].source.splitlines()[f.place.line - 1] for f in trace.functions] == [
        "b = a * 2",
        "c = b.exp()",
    ]
    kernel.run(
        "finished = asyncio.Event()\nasync def later():\n    global d\n    await asyncio.sleep(0)\n"
        "    await asyncio.sleep(0)\n    d = c * 2\n    finished.set()\ntask = asyncio.create_task(later())"
    )
    kernel.run("await finished.wait()")
    assert kernel.names() == {"a", "b", "c", "d"}
    assert works(kernel)


def test_two_notebooks_on_one_kernel_share_the_view(kernel: Kernel) -> None:
    kernel.run(A)
    second = BlockingKernelClient(connection_file=kernel.manager.connection_file)
    second.load_connection_file()
    second.start_channels()
    try:
        second.wait_for_ready(timeout=60)
        other = Kernel(kernel.manager, second)
        messages = other.run("from minigrad_widgets import live\nlive()\nb = a * 2")
        assert error_of(messages) is None
        other.run("c = b * 2")
        assert other.names() == {"a", "b", "c"}
        kernel.run("d = c * 2")
        assert kernel.names() == {"a", "b", "c", "d"}
    finally:
        second.stop_channels()
    assert works(kernel)


def test_a_learners_module_that_autoreload_reads_again(kernel: Kernel, tmp_path: Path) -> None:
    module = tmp_path / "lesson_helper.py"
    module.write_text("def f(x):\n    return x * 2\n")
    kernel.run(
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n%load_ext autoreload\n%autoreload 2\nimport lesson_helper"
    )
    kernel.run(f"{A}\nb = lesson_helper.f(a)")
    module.write_text("def f(x):\n    return (x * 2).exp().sum()\n")
    kernel.run(f"os.utime({str(module)!r}, (time.time() + 5, time.time() + 5))")
    kernel.run("c = lesson_helper.f(a)\nc.backward()")
    trace = kernel.trace
    assert [f.op for f in trace.functions] == ["mul", "mul", "exp", "sum"]
    assert {trace.cells[f.place.cell].source.splitlines()[f.place.line - 1] for f in trace.functions} == {
        "b = lesson_helper.f(a)",
        "c = lesson_helper.f(a)",
    }
    kernel.run("%autoreload 0")
    assert works(kernel)


def test_run_and_exec_are_part_of_their_cell(kernel: Kernel, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from minigrad import tensor\np = tensor(2.0, requires_grad=True)\nq = p * p\nq.backward()\n"
    )
    kernel.run(f"%run {script}")
    assert kernel.names() == {"p", "q"}
    assert card(kernel.trace, "p").grad.text == "4.0"
    kernel.run("exec('r = q * 2')\nfor k in range(300):\n    exec(f's = p * {k}')")
    assert kernel.names() == {"p", "q", "r", "s"}
    assert works(kernel)


def test_a_hook_that_raises(kernel: Kernel) -> None:
    kernel.run(f"{A}\nb = a * 2\nb.register_hook(lambda g: 1 / 0)\ns = b.sum()")
    messages = kernel.run("s.backward()")
    assert error_of(messages) == "ZeroDivisionError"
    assert kernel.trace.steps[-1].kind == "error"
    kernel.run("(a * 3).sum().backward()")
    assert card(kernel.trace, "a").grad.text == "[3, 3]"
    assert works(kernel)


def test_a_cell_that_cannot_be_read_is_no_cell(kernel: Kernel) -> None:
    kernel.run(
        "def refuse(lines):\n    if 'refuse me' in ''.join(lines): raise SyntaxError('no')\n    return lines\n"
        "get_ipython().input_transformers_cleanup.append(refuse)"
    )
    kernel.run("1 + 1  # refuse me")
    assert works(kernel)
    kernel.run("get_ipython().input_transformers_cleanup.remove(refuse)")


def test_a_restarted_kernel_starts_anew(tmp_path: Path) -> None:
    with starting(tmp_path) as kernel:
        kernel.run(START)
        kernel.run(f"{A}\nb = a * 2")
        kernel.manager.restart_kernel(now=True)
        kernel.client.wait_for_ready(timeout=60)
        kernel.state.clear()
        kernel.run(START)
        kernel.run("c = tensor(1.0)")
        assert kernel.names() == {"c"}


@pytest.mark.parametrize("module", ["mode", "events", "hooks"])
def test_parts_of_minigrad_are_read_again(kernel: Kernel, module: str) -> None:
    """As %autoreload does for whoever changes the engine's source. It forgets who watches."""
    kernel.run(f"{A}\nb = a * 2")
    kernel.run(f"import importlib, minigrad.{module}\nimportlib.reload(sys.modules['minigrad.{module}'])")
    kernel.run("c = b * 2\nd = c.sum()\nd.backward()")
    assert kernel.names() == {"a", "b", "c", "d"}
    assert card(kernel.trace, "a").grad.text == "[4, 4]"
    assert works(kernel)

"""Functions from text: when they are written, and how their text is shown."""

from __future__ import annotations

import inspect
import subprocess
import sys
import threading
from typing import Any

from minigrad.written import written, written_when_called


def adder(title: str, number: int, log: list[int]) -> Any:
    def write() -> Any:
        log.append(number)
        return ["def add(x):", "    return x + number"], {"number": number}

    return written_when_called("add", title, write)


def test_a_function_knows_its_globals_and_shows_its_text() -> None:
    double = written("double", ["def double(x):", "    return factor * x"], {"factor": 2})
    assert double(4) == 8
    assert inspect.getsource(double) == "def double(x):\n    return factor * x\n"


def test_it_is_written_at_the_first_call_and_only_then() -> None:
    log: list[int] = []
    add = adder("add in a test", 3, log)
    assert log == []
    assert [add(1), add(x=2)] == [4, 5]
    assert log == [3]


def test_its_text_can_be_read_before_and_after() -> None:
    add = adder("add, read in a test", 3, [])
    before = inspect.getsource(add)
    assert before == "def add(x):\n    return x + number\n"
    assert add(1) == 4
    assert inspect.getsource(add) == before


def test_one_text_serves_several_with_globals_of_their_own() -> None:
    one, two = (adder("add, twice in a test", number, []) for number in (1, 2))
    assert [one(0), two(0), one(0)] == [1, 2, 1]
    assert one.__code__.co_filename == two.__code__.co_filename


def test_threads_may_meet_at_the_first_call() -> None:
    ready, found = threading.Barrier(4), []
    add = adder("add, called by threads", 3, [])

    def call() -> None:
        ready.wait()
        found.append([add(i) for i in range(50)])

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [list(range(3, 53))] * 4


def test_an_op_that_nobody_called_is_not_written_out() -> None:
    counts = "mg.Tensor.exp.__code__.co_argcount, mg.Tensor.cos.__code__.co_argcount"
    program = f"import minigrad as mg; mg.ones(2).exp(); print({counts})"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["1", "0"]  # until its first call it takes whatever there is

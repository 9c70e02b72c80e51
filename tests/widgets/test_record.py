"""record(): a block of plain Python, with the names and lines of the code round it."""

from __future__ import annotations

import gc
import inspect
import subprocess
import sys
import warnings
import weakref
from pathlib import Path

import pytest

import minigrad
from minigrad import events
from minigrad_widgets import record
from minigrad_widgets.recorder import Recorder
from minigrad_widgets.trace import Trace

from .cells import card, step, watched


def line_of(trace: Trace, kind: str, nth: int = 0) -> str:
    """The line of the code at which a step happened."""
    place = step(trace, kind, nth).place
    return trace.cells[place.cell].source.splitlines()[place.line - 1].strip()


def test_names_and_lines_are_those_of_the_function_round_it() -> None:
    with record() as trace:
        a = minigrad.tensor([1.0, 2.0], requires_grad=True)
        b = a * 2
        b = b.exp()
        loss = b.sum()
        loss.backward()
    assert card(trace, "a").grad.text == "[14.78, 109.2]"
    assert [c.ghosts for c in trace.tensors if c.ghosts] == [("b",)]
    assert [line_of(trace, "op", i) for i in range(3)] == ["b = a * 2", "b = b.exp()", "loss = b.sum()"]
    assert line_of(trace, "backward") == "loss.backward()"
    assert trace.cells[0].label == Path(__file__).name


def test_the_trace_is_empty_until_the_block_has_ended() -> None:
    with record() as trace:
        minigrad.tensor(1.0, requires_grad=True).exp()
        assert trace == Trace()
    assert isinstance(trace, Trace)
    assert trace.steps
    assert Trace.from_json(trace.to_json()) == trace


def test_what_was_there_is_there_at_the_start_and_what_had_no_part_is_not() -> None:
    w = minigrad.tensor(3.0, requires_grad=True)
    before = w * 2
    aside = minigrad.tensor(7.0)
    aside_too = aside * 2
    with record() as trace:
        after = before.exp()
    start = trace.at(0)
    assert card(start, "w").shown
    assert card(start, "before").shown
    assert not card(start, "before.exp()").shown
    assert [step.kind for step in trace.steps] == ["op"]
    assert not [c for c in trace.tensors if {"aside", "aside_too"} & set(c.names)]
    assert after is not aside_too


def test_an_error_is_explained_and_goes_on() -> None:
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        version_error(trace := [])
    error = trace[0].steps[-1].error
    assert error.kind == "version"
    source = trace[0].cells[0].source.splitlines()
    lines = [source[place.line - 1].strip() for place in (error.saved_at, error.changed_at)]
    assert lines == ["loss = (b * b).mean()", "b[0] = 1000.0"]


def version_error(kept: list[Trace]) -> None:
    with record() as trace:
        kept.append(trace)
        a = minigrad.tensor([1.0, 3.0], requires_grad=True)
        b = a + 2
        loss = (b * b).mean()
        b[0] = 1000.0
        loss.backward()


def test_an_error_of_another_kind_leaves_what_was_recorded() -> None:
    def divide() -> None:
        with record() as trace:
            kept.append(trace)
            x = minigrad.tensor(2.0, requires_grad=True)
            x.exp()
            raise ZeroDivisionError

    kept: list[Trace] = []
    with pytest.raises(ZeroDivisionError):
        divide()
    assert [f.op for f in kept[0].functions] == ["exp"]


def test_a_variable_that_is_not_bound_yet_is_not_the_modules() -> None:
    with record() as trace:
        named = minigrad.tensor(1.0)
    assert card(trace, "named").ghosts == ()
    assert named is not None


named = minigrad.tensor(5.0)  # the function above has a variable of this name
scale = minigrad.tensor(2.0, requires_grad=True)


def test_a_name_of_the_module_is_seen_from_a_function() -> None:
    with record() as trace:
        twice = scale * 2
    assert twice.item() == 4
    assert card(trace, "scale").is_leaf
    assert card(trace, "twice").label == "scale * 2"


def helper(x: minigrad.Tensor) -> minigrad.Tensor:
    return x.sin()  # the line of a step in the same module


def test_a_step_in_a_function_of_the_same_module_has_its_line() -> None:
    with record() as trace:
        helper(minigrad.tensor(1.0, requires_grad=True))
    assert line_of(trace, "op").startswith("return x.sin()")


def test_blocks_in_each_other_and_beside_a_notebook_see_their_own() -> None:
    with watched() as cells:
        with record() as outer:
            a = minigrad.tensor(1.0, requires_grad=True)
            with record() as inner:
                b = a.exp()
            c = b.sin()
        cells.run("d = tensor(2.0, requires_grad=True).exp()")
        assert [f.op for f in cells.trace().functions] == ["exp"]
    assert [f.op for f in inner.functions] == ["exp"]
    assert [f.op for f in outer.functions] == ["exp", "sin"]
    assert card(outer, "c").label == "b.sin()"
    assert c is not None


def test_it_keeps_nothing_alive() -> None:
    def block() -> weakref.ref:
        with record():
            a = minigrad.tensor(1.0, requires_grad=True)
            b = a.exp()
        return weakref.ref(b)

    gone = block()
    gc.collect()
    assert gone() is None


def test_nobody_watches_afterwards() -> None:
    with record():
        pass
    assert events._watching == []


def test_it_cannot_be_begun_twice() -> None:
    block = record()
    with block:
        pass
    with pytest.raises(RuntimeError, match="this recording has ended"), block:
        pass


def test_a_fault_of_the_recording_is_a_warning_and_breaks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError("on purpose")

    def block() -> Trace:
        with record() as trace:
            done.append(minigrad.tensor(1.0))
        return trace

    done: list[minigrad.Tensor] = []
    monkeypatch.setattr(Recorder, "last_run", fail)
    with pytest.warns(RuntimeWarning, match="nothing was recorded: on purpose"):
        assert block() == Trace()
    assert done
    assert events._watching == []


SCRIPT = """\
import minigrad
from minigrad_widgets import record

w = minigrad.tensor(3.0, requires_grad=True)
with record() as trace:
    loss = w * w
    loss.backward()
    w = w.detach()
trace.to_json("trace.json")
"""


def test_a_script(tmp_path: Path) -> None:
    """Run as a user does, in a fresh interpreter: the names are the module's own."""
    (tmp_path / "train.py").write_text(SCRIPT)
    subprocess.run([sys.executable, "train.py"], cwd=tmp_path, check=True)
    trace = Trace.from_json((tmp_path / "trace.json").read_text())
    assert trace.cells[0].label == "train.py"
    assert [line_of(trace, "op", i) for i in range(2)] == ["loss = w * w", "w = w.detach()"]
    assert [c.ghosts for c in trace.tensors if c.ghosts] == [("w",)]
    assert card(trace, "loss").names == ("loss",)


def test_code_without_a_source_is_recorded_too() -> None:
    namespace = {"record": record, "tensor": minigrad.tensor}
    source = "with record() as trace:\n    a = tensor(1.0, requires_grad=True)\n    b = a.exp()"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        exec(compile(source, "<no file>", "exec"), namespace)
    assert card(namespace["trace"], "b").is_leaf is False
    assert namespace["trace"].cells[0].label == "<no file>"


def test_its_signature_is_that_of_a_function_without_arguments() -> None:
    assert list(inspect.signature(record).parameters) == []

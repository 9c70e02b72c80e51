"""Whatever a learner's cell does: the recording stays truthful or says what it has let go, and breaks nothing."""

from __future__ import annotations

import gc
import sys
import tracemalloc
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest

import minigrad
import minigrad_widgets
from minigrad import is_grad_enabled
from minigrad_widgets import recorder
from minigrad_widgets.adapters import log
from widgets.cells import card, record, watched
from widgets.reality import consistency, differences

A = "a = tensor([1.0, 3.0], requires_grad=True)"
OURS = str(Path(minigrad_widgets.__file__).parent)


# ------------------------------------------------------------------ interrupts


class Interrupt:
    """Ctrl-C at the n-th line of our own that runs inside of the learner's cell."""

    def __init__(self, n: int) -> None:
        self.left = n
        self.came = False

    def __call__(self, frame: FrameType, event: str, arg: Any) -> Any:
        if not frame.f_code.co_filename.startswith(OURS):
            return None
        if event == "line" and not self.came:
            self.left -= 1
            if not self.left:
                self.came = True
                raise KeyboardInterrupt
        return self


BUSY = """\
b = a * 2
v = b[0]
c = b.detach()
with no_grad():
    c.add_(1.0)
    w.mul_(2.0)
b.add_(1.0)
v.mul_(3.0)
s = (b * w).sum()
s.backward()
d = v * 2"""


def interrupted(n: int) -> bool:
    """Whether there was an n-th line; checks what came of it."""
    with watched() as cells:
        cells.run(A + "\nw = tensor([2.0, 2.0], requires_grad=True)")
        cells.adapter.begin_cell("[2]", BUSY, "<busy>")
        interrupt = Interrupt(n)
        code = compile(BUSY, "<busy>", "exec")
        error = None
        try:
            sys.settrace(interrupt)
            exec(code, cells.namespace)
        except KeyboardInterrupt as came:
            error = came
        else:
            assert not interrupt.came, "the learner's interrupt was lost"
        finally:
            sys.settrace(None)
        assert is_grad_enabled(), "the engine is left as it was"
        cells.adapter.end_cell(error=error)
        assert not differences(cells.adapter, cells.namespace)
        cells.run("y = (a * w).sum()\ny.backward()")
        assert not differences(cells.adapter, cells.namespace)
        return interrupt.came


@pytest.mark.filterwarnings("ignore:.*not a leaf")
def test_an_interrupt_in_our_own_code_reaches_the_learner_and_leaves_nothing_half_made() -> None:
    n = 1
    while interrupted(n):
        n += 11
    assert n > 200


# ------------------------------------------------------------------ long runs


def held() -> int:
    """The bytes that our own code has asked for and still holds."""
    gc.collect()
    ours = tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(True, OURS + "/*")])
    return sum(entry.size for entry in ours.statistics("filename"))


@pytest.mark.parametrize(
    "source",
    [
        "h = a\nfor i in range(5):\n    h = h * 1.5\n    v = h[0]\nh.sum().backward()",
        "name% = a * %.0\ndel name%",
        "def f(x):\n    return x * %.0\nb = f(a)",
        "with no_grad():\n    a.add_(1.0)\n    a.sub_(1.0)",
        "c = a.detach().numpy()\nc[0] = %",
    ],
)
def test_memory_does_not_grow_with_the_session(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, most in (("MOST_STEPS", 50), ("MOST_CELLS", 10)):
        monkeypatch.setattr(recorder, name, most)
    monkeypatch.setattr("minigrad_widgets.places._MOST_CELLS", 10)
    monkeypatch.setattr("minigrad_widgets.writes.MOST_WRITES", 10)
    monkeypatch.setattr("minigrad_widgets.adapters.telling.MOST_VALUES", 10)
    tracemalloc.start()
    try:
        with watched() as cells:
            cells.run(A)
            sizes = []
            for i in range(100):
                cells.run(source.replace("%", str(i)))
                if i in (49, 99):
                    sizes.append(held())
            # It breathes, and keeps a number for each cell. One step alone would be 500 bytes and more.
            assert sizes[1] - sizes[0] < 50 * 250
    finally:
        tracemalloc.stop()


def test_cells_of_long_ago_keep_few_steps_and_the_recent_ones_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "MOST_OLDER", 10)
    with watched() as cells:
        cells.run(A)
        for _ in range(30):
            cells.run("(a * 2).sum().backward()")
        trace = cells.trace()
        last = [s for s in trace.steps if "a.grad" in s.text and s.kind == "accumulate"]
        assert 10 <= len(trace.steps) < 10 + 5 * 10
        assert len(last) >= 5
        assert trace.dropped >= 10
        assert not consistency(trace)


def test_a_cell_of_very_many_ops_is_bounded_and_says_what_it_has_let_go(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(log, "MOST_EVENTS", 100)
    with watched() as cells:
        cells.run(A)
        source = "h = a.detach()\nfor i in range({}):\n    h = h * 1.0\n    v = h[0]\n    h.add_(1.0)"
        tracemalloc.start()
        peaks = []
        for many in (300, 6000):
            cells.adapter.begin_cell("[2]", source.format(many), f"<{many}>")
            tracemalloc.reset_peak()
            exec(compile(source.format(many), f"<{many}>", "exec"), cells.namespace)
            peaks.append(tracemalloc.get_traced_memory()[1])
            cells.adapter.end_cell()
        tracemalloc.stop()
        assert peaks[1] < 3 * peaks[0]  # of twenty times as many
        trace = cells.trace()
        assert len(trace.functions) <= 100
        assert trace.dropped > 3 * 6000
        assert not consistency(trace)
        assert not differences(cells.adapter, cells.namespace)


def test_views_of_one_memory_are_looked_through_only_while_they_live() -> None:
    with watched() as cells:
        cells.run("x = zeros(4)\nfor i in range(2000):\n    v = x[i % 4]\n    v.add_(1.0)")
        assert card(cells.trace(), "x").value.text == "all 500.0"
        assert all(len(group) < 200 for group in cells.adapter.tensors._groups.values())


def test_more_living_tensors_than_can_be_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "MOST_CARDS", 100)
    monkeypatch.setattr("minigrad_widgets.adapters.notes.MOST_CARDS", 100)
    with watched() as cells:
        cells.run(
            "many = [tensor([i * 1.0]) for i in range(300)]\nfor i in range(300):\n    globals()[f'n{i}'] = many[i]"
        )
        cells.run(A + "\nb = a * 2")
        assert {"a", "b"} <= {name for t in cells.trace().tensors for name in t.names}
        assert len(cells.adapter.recorder.drafts.entities) < 250
        assert cells.trace().dropped >= 200


# ------------------------------------------------------------------ large and odd tensors


def test_a_huge_tensor_is_sampled_and_not_copied() -> None:
    huge = minigrad.tensor(np.zeros(50_000_000, np.float32), requires_grad=True)
    wide = minigrad.zeros(1).expand(10**9)
    with watched(huge=huge, wide=wide) as cells:
        tracemalloc.start()
        try:
            cells.run("v = huge[5:]\nw = wide.expand(2, 10**9)")
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < 2_000_000
        trace = cells.trace()
        assert card(trace, "huge").value.text == card(trace, "w").value.text == "all 0.0"
        assert card(trace, "v").shape == (49_999_995,)
        assert not card(trace, "huge").value.complete


def test_odd_shapes_and_numbers() -> None:
    trace = record(
        "e = zeros(0, 3)\ns = tensor(1e999 - 1e999)\nh = tensor([1e-8, 1e999, -65504.0], dtype=float16)\n"
        "i = tensor([[-128, 127]], dtype=int8)\nt = ones(2, 3).t()\nd = zeros(1, 1, 1, 1, 1, 1)\n"
        "m = arange(100).reshape(10, 10).t()[1:, ::3]\nz = e * 2\nq = e.sum()"
    )
    said = {name: view.value.text for view in trace.tensors for name in view.names}
    assert said["e"] == said["z"] == "empty"
    assert (said["s"], said["i"], said["q"]) == ("nan", "[[-128, 127]]", "0.0")
    assert card(trace, "m").value.numbers[:3] == (1, 31, 61)


# ------------------------------------------------------------------ the learner's own objects


class Hostile:
    """Refuses everything that can be asked of it."""

    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError(f"hands off my {name}")

    def __repr__(self) -> str:
        raise RuntimeError("hands off")

    __str__ = __eq__ = __len__ = __iter__ = __bool__ = __hash__ = __repr__  # type: ignore[assignment]


class Rude:
    def __repr__(self) -> str:
        raise RuntimeError("hands off")


class Names(dict):
    def values(self) -> Any:
        raise RuntimeError("hands off")


def test_hostile_objects_are_left_alone() -> None:
    with watched() as cells:
        cells.namespace |= {
            "hostile": Hostile(),
            "held": [Hostile(), minigrad.tensor(1.0)],
            7: minigrad.tensor(2.0),
        }
        cells.namespace["names"] = Names(t=minigrad.tensor(3.0))
        cells.namespace["loop"] = loop = []
        loop.append(loop)
        cells.namespace["endless"] = range(10**12)
        cells.run(A + "\nb = a * names['t']")
        assert {name for t in cells.trace().tensors for name in t.names} == {"a", "b"}


def test_an_argument_that_refuses_to_say_what_it_is() -> None:
    with watched(Rude=Rude) as cells:
        cells.run(
            A + "\nclass Double(autograd.Function):\n"
            "    @staticmethod\n    def forward(ctx, x, how):\n        return x * 2\n"
            "    @staticmethod\n    def backward(ctx, g):\n        return g * 2, None\n"
            "b = Double.apply(a, Rude())\nc = Double.apply(a, list(range(100000)))\nb.sum().backward()"
        )
        trace = cells.trace()
        assert card(trace, "a").grad.text == "[2, 2]"
        assert not consistency(trace)


def test_very_many_names() -> None:
    with watched() as cells:
        cells.namespace |= {f"n{i}": i for i in range(100_000)}
        cells.namespace["held"] = [minigrad.tensor([1.0], requires_grad=True)]
        cells.run("b = held[0] * 2\nkeep = [b * 3]")
        cells.run("d = keep[0] * 1")
        assert [f.op for f in cells.trace().functions] == ["mul", "mul", "mul"]
        assert not differences(cells.adapter, cells.namespace)


def test_names_that_come_and_go_within_a_cell() -> None:
    with watched() as cells:
        cells.run(A)
        cells.run("b = a * 2\ndel b\nc = a * 3\nd = c\ndel c\nfor x in [a * 4]:\n    y = x.exp()\ndel x")
        assert {name for t in cells.trace().tensors for name in t.names} == {"a", "d", "y"}
        cells.run("class K:\n    a = a * 2\n[z for z in (a * 5,)]\nif (w := a * 6) is not None: pass")
        assert {name for t in cells.trace().tensors for name in t.names} == {"a", "d", "y", "w"}
        assert not differences(cells.adapter, cells.namespace)
        cells.namespace.clear()
        cells.run("1")
        assert not cells.trace().tensors


def test_code_that_is_made_anew_each_time_is_not_kept() -> None:
    with watched() as cells:
        cells.run(A + "\nfor k in range(1000):\n    exec(f'b = a * {k}')")
        assert len(cells.adapter.places._tables) <= 200
        assert card(cells.trace(), "b").value.text == "[999, 2997]"


def test_a_learners_subclass_of_tensor() -> None:
    with watched() as cells:
        cells.run(
            "class Mine(Tensor): pass\nclass Param(nn.Parameter): pass\nm = Param(tensor([1.0, 2.0]))\n(m * m).sum().backward()"
        )
        assert card(cells.trace(), "m").grad.text == "[2, 4]"

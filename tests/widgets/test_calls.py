"""Calls of modules in the trace: which function ran in which, and what the notebook calls it."""

from __future__ import annotations

import pytest

from minigrad import nn
from minigrad.events import Observer, watch
from minigrad_widgets.adapters import log
from minigrad_widgets.trace import Trace
from widgets.cells import function, record, watched

NET = "net = nn.Sequential(nn.Linear(2, 3), nn.ReLU())\nx = ones(1, 2)\n"


def chain(trace: Trace, op: str, nth: int = 0) -> list[tuple[str, str]]:
    """Name and class of the calls that a function ran in, the innermost first."""
    calls = {call.id: call for call in trace.calls}
    found, id = [], function(trace, op, nth).call
    while id is not None:
        found.append((calls[id].name, calls[id].kind))
        id = calls[id].parent
    return found


def test_a_function_knows_the_calls_that_it_ran_in() -> None:
    trace = record(NET + "y = net(x).sum()")
    assert chain(trace, "relu") == [("net.1", "ReLU"), ("net", "Sequential")]
    assert chain(trace, "addmm") == [("net.0", "Linear"), ("net", "Sequential")]
    assert chain(trace, "sum") == []


def test_two_calls_of_one_module_are_two() -> None:
    trace = record(NET + "y = net[1](x) + net[1](x)")
    first, second = (function(trace, "relu", nth).call for nth in (0, 1))
    assert first != second
    assert chain(trace, "relu") == chain(trace, "relu", 1) == [("net.1", "ReLU")]


def test_a_module_in_a_list_of_another_is_found_by_its_path() -> None:
    source = """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.ReLU(), nn.Tanh()])
    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x
model = Net()
y = model(ones(2))
z = nn.ReLU()(y)"""
    trace = record(source)
    assert chain(trace, "tanh") == [("model.layers.1", "Tanh"), ("model", "Net")]
    assert chain(trace, "relu", 1) == [("", "ReLU")]


def test_after_an_error_in_a_module_nothing_runs_in_it() -> None:
    with watched() as cells:
        error = cells.run(NET + "y = net(ones(5, 5))")
        assert error is not None
        cells.run("z = x.exp()")
        assert chain(cells.trace(), "exp") == []


def test_of_a_long_run_the_last_events_still_know_their_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "MOST_EVENTS", 20)
    source = """\
class Long(nn.Module):
    def forward(self, x):
        for _ in range(100):
            x = x * 1.0
        return x
model = Long()
w = ones(2, requires_grad=True)
y = model(w)"""
    trace = record(source)
    assert trace.dropped
    assert {tuple(chain(trace, "mul", i)) for i in range(len(trace.functions))} == {(("model", "Long"),)}


def test_calls_that_nothing_refers_to_are_forgotten() -> None:
    with watched() as cells:
        cells.run(NET)
        for _ in range(3):
            cells.run("y = net(x)")
        assert len(cells.trace().calls) == 3
        assert len(cells.adapter.recorder.drafts.calls) == 3
        cells.run("del y")
        cells.run("x = 1")
        assert cells.adapter.recorder.drafts.calls == {}


def test_calls_come_back_from_json() -> None:
    trace = record(NET + "y = net(x)")
    assert trace.calls
    assert Trace.from_json(trace.to_json()) == trace


def test_an_observer_is_told_when_a_module_begins_and_ends_even_by_an_error() -> None:
    heard = []

    class Listener(Observer):
        def module_begins(self, module):
            heard.append(("begins", type(module).__name__))

        def module_ends(self, module):
            heard.append(("ends", type(module).__name__))

    class Broken(nn.Module):
        def forward(self):
            raise ValueError("no")

    unwatch = watch(Listener())
    try:
        with pytest.raises(ValueError, match="no"):
            nn.Sequential(Broken())[0]()
    finally:
        unwatch()
    assert heard == [("begins", "Broken"), ("ends", "Broken")]

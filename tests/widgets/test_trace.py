"""The data model: JSON both ways, and moments."""

from __future__ import annotations

import json

import pytest

from minigrad_widgets.trace import Change, Place, SavedView, Step, TensorView, Trace, Value, plain, title
from widgets import sample_traces


@pytest.mark.parametrize(
    "make", [sample_traces.worked, sample_traces.version_error, sample_traces.ghost_and_cuts]
)
def test_a_trace_comes_back_from_json_as_it_was(make) -> None:
    trace = make()
    assert Trace.from_json(trace.to_json()) == trace


def test_numbers_that_json_lacks_are_texts() -> None:
    value = Value("[nan, inf]", (2,), ("nan", "inf"))
    card = TensorView("t1", "x1", "s1", (2,), "float32", value=value)
    trace = Trace(tensors=(card,))
    assert "NaN" not in trace.to_json()
    assert Trace.from_json(trace.to_json()).tensors[0].value == value


@pytest.mark.parametrize("data", ["[]", "{}", '{"format": 99}', '{"format": null}'])
def test_another_format_is_refused(data: str) -> None:
    with pytest.raises(ValueError, match="not a trace of format 1"):
        Trace.from_json(data)


@pytest.mark.parametrize(
    "data",
    [
        {"format": 1, "steps": [{"kind": "op"}]},
        {"format": 1, "tensors": [{"id": "t1", "surprise": 1}]},
        {"format": 1, "edges": ["e1"]},
        {"format": 1, "surprise": 1},
    ],
)
def test_data_that_is_no_trace_says_what_it_is_not(data: dict) -> None:
    with pytest.raises(ValueError, match=r"not the data of a \w+"):
        Trace.from_json(json.dumps(data))


def test_plain_keeps_every_field() -> None:
    saved = plain(SavedView("self", "t1", 0, 1, "broken", "b"))
    assert saved == {"slot": "self", "card": "t1", "version": 0, "now": 1, "state": "broken", "text": "b"}


def test_what_a_change_holds_comes_back_with_its_class() -> None:
    changes = (
        Change("t1", "value", None, Value("2.0", (), (2.0,))),
        Change("t1", "names", (), ("a", "b")),
        Change("f1", "saved", (SavedView("self", "t1"),), (SavedView("self", "t1", state="freed"),)),
        Change("t1", "place", None, Place(0, 3)),
        Change("f1", "runs", 0, 1),
    )
    trace = Trace(steps=(Step("op", ("x.",), changes=changes),))
    assert Trace.from_json(trace.to_json()).steps[0].changes == changes


def test_moments_go_back_to_an_empty_stage() -> None:
    trace = sample_traces.worked()
    assert not any(e.shown for e in trace.at(0).by_id().values())
    assert trace.at(len(trace.steps)) == trace


def test_a_moment_in_the_middle() -> None:
    trace = sample_traces.worked()
    begins = next(i for i, step in enumerate(trace.steps) if step.kind == "backward")
    before = trace.at(begins)
    leaves = [card for card in before.tensors if card.is_leaf]
    assert all(card.shown and card.grad is None for card in leaves)
    assert all(edge.gradient is None for edge in before.edges)


@pytest.mark.parametrize("moment", [-1, 10_000])
def test_there_is_no_such_moment(moment: int) -> None:
    with pytest.raises(ValueError, match=f"moment {moment}: this trace has the moments 0 to"):
        sample_traces.worked().at(moment)


@pytest.mark.parametrize(
    ("names", "ghosts", "label", "called"),
    [
        (("a", "b"), ("c",), "x * y", "a, b"),
        ((), ("c",), "x * y", "c"),
        ((), (), "x * y", "x * y"),
        ((), (), "", "tensor"),
    ],
)
def test_what_a_card_is_called(names, ghosts, label, called) -> None:
    card = TensorView("t1", "x1", "s1", (), "float32", names=names, ghosts=ghosts, label=label)
    assert title(card) == called

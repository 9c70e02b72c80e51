"""The data model: JSON both ways, and moments."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from minigrad_widgets.trace import (
    Cell,
    Change,
    NodeView,
    Place,
    SavedView,
    Step,
    TensorView,
    Trace,
    Value,
    plain,
    title,
)
from widgets import sample_traces


@pytest.mark.parametrize(
    "make", [sample_traces.worked, sample_traces.version_error, sample_traces.ghost_and_cuts]
)
def test_a_trace_comes_back_from_json_as_it_was(make) -> None:
    trace = make()
    assert Trace.from_json(trace.to_json()) == trace


def test_it_goes_into_a_file_and_comes_back(tmp_path: Path) -> None:
    trace, file = sample_traces.version_error(), tmp_path / "trace.json"
    assert trace.to_json(file) is None
    assert Trace.from_json(file.read_text("utf-8")) == trace


@pytest.mark.parametrize("way", ["to_json", "to_text", "to_svg", "to_html"])
def test_where_no_file_can_be_says_so(way: str, tmp_path: Path) -> None:
    write = getattr(sample_traces.version_error(), way)
    with pytest.raises(IsADirectoryError, match=r"is a folder: name a file in it"):
        write(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*nowhere for x\.out: make it first"):
        write(tmp_path / "nowhere" / "x.out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("way", ["to_json", "to_text", "to_svg", "to_html"])
def test_with_a_path_it_writes_what_it_would_return(way: str, tmp_path: Path) -> None:
    trace = sample_traces.version_error()
    assert getattr(trace, way)(str(tmp_path / "x")) is None
    assert (tmp_path / "x").read_text("utf-8") == getattr(trace, way)()


def test_numbers_that_json_lacks_are_texts() -> None:
    value = Value("[nan, inf]", (2,), ("nan", "inf"))
    card = TensorView("t1", "x1", "s1", (2,), "float32", value=value)
    trace = Trace(tensors=(card,))
    assert "NaN" not in trace.to_json()
    assert Trace.from_json(trace.to_json()).tensors[0].value == value


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[]", "no trace but a list"),
        ("{}", "no trace but an object with nothing"),
        ('{"nbformat": 4}', "no trace but an object with nbformat: a trace is what Trace.to_json"),
        ("", "no trace: Expecting value: line 1 column 1.*; is the file complete"),
        ('{"format": 1, "cells": [', "no trace: .* is the file complete"),
        ('{"format": 99}', "has format 99, and this release reads format 1: update minigrad-lab"),
        ('{"format": 0}', "has format 0, and this release reads format 1: record it again"),
        ('{"format": null}', "has format None"),
    ],
)
def test_what_is_no_trace_of_this_format_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Trace.from_json(text)


def _without_words(data: dict) -> None:
    del data["steps"][2]["said"]


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (_without_words, r"steps\[2\]: a Step without said"),
        (lambda d: d["steps"].__setitem__(1, 5), r"steps\[1\]: 5 in the place of a Step"),
        (lambda d: d.update(steps={}), "steps: an object in the place of a list"),
        (lambda d: d.update(surprise=1), "a Trace has no 'surprise'"),
        (lambda d: d["tensors"][0].update(version="0"), r"tensors\[0\].version: '0' in the place of a whole"),
        (lambda d: d["tensors"][0].update(value=7), r"tensors\[0\].value: 7 in the place of a Value"),
        (lambda d: d["tensors"][0].update(names=[1]), r"tensors\[0\].names\[0\]: 1 in the place of a text"),
        (lambda d: d["edges"][0].update(source="t99"), r"edges\[0\].source: there is no 't99'"),
        (lambda d: d["steps"][0]["changes"][0].update(id="t99"), r"steps\[0\].changes\[0\].id: there is no"),
        (
            lambda d: d["steps"][0]["changes"][0].update(field="x"),
            r"changes\[0\].field: nothing has a field 'x'",
        ),
        (
            lambda d: d["steps"][0]["changes"][0].update(field="saved"),
            r"changes\[0\].before: False in the place",
        ),
        (
            lambda d: d["steps"][0]["changes"][0].update(field="runs", before=0, after=1),
            "a TensorView has no 'run",
        ),
        (
            lambda d: d["steps"][0].update(said=[{"say": "no such"}]),
            r"steps\[0\].said\[0\]: no message 'no such'",
        ),
        (lambda d: d["steps"][0]["place"].update(cell=9), r"steps\[0\].place: there is no cell 9"),
        (
            lambda d: d["steps"][-1]["error"]["saved_at"].update(cell=-1),
            r"error.saved_at: there is no cell -1",
        ),
        (lambda d: d["steps"][0].update(cell=9), r"steps\[0\].cell: there is no cell 9"),
    ],
)
def test_a_damaged_trace_says_where(damage, complaint: str) -> None:
    data = json.loads(sample_traces.version_error().to_json())
    damage(data)
    with pytest.raises(ValueError, match=f"this trace is damaged: .*{complaint}"):
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
    card, function = TensorView("t1", "x1", "s1", (), "float32"), NodeView("f1", "mul")
    cells, steps = (Cell("[1]", "x"),), (Step("op", ("x.",), changes=changes),)
    trace = Trace(cells, (card,), (function,), steps=steps)
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

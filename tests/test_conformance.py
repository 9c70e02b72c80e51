"""minigrad answers as PyTorch did: the programs of conformance/cases, against the recorded answers."""

from __future__ import annotations

import json

import pytest

import minigrad
from conformance import run

CASES = run.load_cases(run.HERE)
GOLDEN = json.loads((run.HERE / "golden.json").read_text(encoding="utf-8"))["cases"]

# The topics that do not pass as a whole yet. The list can only shrink: a test fails when a topic could go.
UNFINISHED = {
    "reductions",
}


def topic(case: str) -> str:
    return case.partition(".")[0]


@pytest.mark.parametrize("case", [case for case in CASES if topic(case) not in UNFINISHED])
def test_case(case: str) -> None:
    problems, matched, _ = run.check_case(CASES[case], GOLDEN[case], minigrad)
    assert problems == []
    assert matched == len(GOLDEN[case]) > 0


@pytest.mark.parametrize("name", sorted(UNFINISHED))
def test_unfinished_topic(name: str) -> None:
    found = [run.check_case(CASES[case], GOLDEN[case], minigrad)[0] for case in CASES if topic(case) == name]
    assert found, f"there is no topic {name!r}"
    assert any(found), f"every case of {name!r} passes now: take it off the list"


def test_every_case_has_an_answer() -> None:
    assert CASES.keys() == GOLDEN.keys()

"""minigrad answers as PyTorch did: the programs of conformance/cases, against the recorded answers."""

from __future__ import annotations

import json

import pytest

import minigrad
from conformance import run

CASES = run.load_cases(run.HERE)
GOLDEN = json.loads((run.HERE / "golden.json").read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize("case", CASES)
def test_case(case: str) -> None:
    problems, matched, _ = run.check_case(CASES[case], GOLDEN[case], minigrad)
    assert problems == []
    assert matched == len(GOLDEN[case]) > 0


def test_every_case_has_an_answer() -> None:
    assert CASES.keys() == GOLDEN.keys()

"""minigrad answers as PyTorch did: the programs of conformance/, against the recorded answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import minigrad
from conformance import run

FOLDERS = {"cases": run.HERE, "corners": run.HERE / "corners"}
CASES = {name: run.load_cases(folder) for name, folder in FOLDERS.items()}


def _golden(folder: Path) -> dict[str, dict[str, object]]:
    return json.loads((folder / "golden.json").read_text(encoding="utf-8"))["cases"]


GOLDEN = {name: _golden(folder) for name, folder in FOLDERS.items()}


def _check(name: str, case: str) -> None:
    problems, matched, _ = run.check_case(CASES[name][case], GOLDEN[name][case], minigrad)
    assert problems == []
    assert matched == len(GOLDEN[name][case]) > 0


@pytest.mark.parametrize("case", CASES["cases"])
def test_case(case: str) -> None:
    _check("cases", case)


@pytest.mark.parametrize("case", CASES["corners"])
def test_corner(case: str) -> None:
    _check("corners", case)


@pytest.mark.parametrize("name", FOLDERS)
def test_every_case_has_an_answer(name: str) -> None:
    assert CASES[name].keys() == GOLDEN[name].keys()

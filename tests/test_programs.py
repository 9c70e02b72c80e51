"""minigrad answers to the random programs of programs/ as torch did: against the recorded answers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import minigrad
from programs import compare, recorded
from programs.maker import Maker
from programs.parts import Known

RECORDED = recorded.read()


@pytest.mark.parametrize("entry", RECORDED, ids=lambda entry: f"seed{entry.seed}")
def test_program(entry: recorded.Recorded) -> None:
    found = map(recorded.without_repr, compare.answers(minigrad, entry.program))
    near = compare.nearness(entry.program)
    for number, (expected, got) in enumerate(zip(entry.answers, found, strict=True)):
        wrong = compare.unexplained(entry.program, compare.differences(expected, got, near))
        text = "\n".join(statement for statement, _ in entry.program[: number + 1])
        assert not wrong, f"after\n{text}\n" + "\n".join(wrong)


def test_the_file_has_what_the_generator_makes() -> None:
    for entry in RECORDED:
        known: Iterator[Known] = iter(entry.known)
        made = Maker(entry.seed).program(compare.LENGTH, lambda _, known=known: next(known))
        assert made == entry.program, f"programs/answers.jsonl is out of date: run {recorded.COMMAND}"
    assert [entry.seed for entry in RECORDED] == list(range(recorded.COUNT))

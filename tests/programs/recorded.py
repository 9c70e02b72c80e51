"""Random programs with what torch answered, in a file: so the tests need no torch.

The first line of answers.jsonl says where it comes from; then there is a program a line:

    {"seed": 3, "program": [[statement, look] ...], "shapes": [...], "answers": [...]}

What a statement changed is told, not what stayed as it was: of the shapes, and of how the tensors look. A name
that is null there is gone.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from .compare import LENGTH, Answer, Step, answers
from .machine import Machine
from .maker import Maker
from .parts import Known

FILE = Path(__file__).parent / "answers.jsonl"
COUNT = 300  # programs
COMMAND = "python tests/against_torch/random_programs.py --record"
LEFT_OUT = "repr"  # of how a tensor looks: it says nothing new, and takes the most room


class Recorded(NamedTuple):
    """A program, the tensors that there were after each statement, and what torch answered."""

    seed: int
    program: list[Step]
    known: list[Known]
    answers: list[Answer]


def write(T: Any) -> None:
    """Run the programs of the first seeds with T, which is torch, and write the file anew."""
    head = {
        "generated": f"by {COMMAND}; not to be edited",
        "recorded_from": f"torch {T.__version__.split('+')[0]}",
    }
    lines = [json.dumps(head)]
    for seed in range(COUNT):
        machine, known = Machine(T), []

        def run(statement: str, machine: Machine = machine, known: list[Known] = known) -> Known:
            machine.run(statement)
            known.append(machine.known())
            return known[-1]

        program = Maker(seed).program(LENGTH, run)
        T.set_grad_enabled(True)
        told = [without_repr(answer) for answer in answers(T, program)]
        looks = _changes([answer.get("tensors") for answer in told])
        for answer, changed in zip(told, looks, strict=True):
            if "tensors" in answer:
                answer["tensors"] = changed
        lines.append(
            json.dumps({"seed": seed, "program": program, "shapes": _changes(known), "answers": told})
        )
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read() -> list[Recorded]:
    """The programs of the file."""
    found = []
    for line in FILE.read_text(encoding="utf-8").splitlines()[1:]:
        entry = json.loads(line)
        known = [
            {name: (tuple(shape), floating) for name, (shape, floating) in state.items()}
            for state in _states(entry["shapes"])
        ]
        looks = _states([answer.get("tensors", {}) for answer in entry["answers"]])
        for answer, state in zip(entry["answers"], looks, strict=True):
            if "tensors" in answer:
                answer["tensors"] = state
        program = [(statement, look) for statement, look in entry["program"]]
        found.append(Recorded(entry["seed"], program, known, entry["answers"]))
    return found


def without_repr(answer: Answer) -> Answer:
    """An answer as it is kept in the file."""
    for looks in answer.get("tensors", {}).values():
        looks.pop(LEFT_OUT)
    return answer


def _changes(states: list[dict[str, Any] | None]) -> list[dict[str, Any]]:
    """Of each state what is not as before; None for a state that nobody looked at."""
    found, before = [], {}
    for state in states:
        now = before if state is None else state
        gone = dict.fromkeys(name for name in before if name not in now)
        found.append({**gone, **{name: value for name, value in now.items() if before.get(name) != value}})
        before = now
    return found


def _states(changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The states again, from the first on."""
    found: list[dict[str, Any]] = []
    for changed in changes:
        state = {**(found[-1] if found else {}), **changed}
        found.append({name: value for name, value in state.items() if value is not None})
    return found

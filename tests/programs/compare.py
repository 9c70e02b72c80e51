"""Compares what two packages make of a program, and cuts a program down to what makes the difference."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from .machine import Machine

LENGTH = 10  # statements a program

Step = tuple[str, bool]  # a statement, and whether to look at every tensor after it
Answer = dict[str, Any]  # what a statement told; "tensors" for how each tensor looks then


# What may differ, and why: (in the program, in the difference).
EXPLAINED = (
    # Outside of inference mode torch shows what its kernels do inside to the results of inference tensors.
    (r"inference_mode", r"^\.tensors\.\w+\.(version|is_view|base): expected"),
    # A tensor of inference mode that gets other .data: in torch half of it is of inference mode then.
    (r"inference_mode(.|\n)*\.data = ", r"Inference tensors"),
    # A tensor whose .data is replaced counts its writes alone here; in torch with its views, which it left.
    (r"\.data = ", r"\.version: |is at version"),
    # What a Function's backward answered may be held by others: nothing is added to it in place.
    (r"Both\.apply", r"^\.tensors\.\w+(\.grad)?\.version: "),
    # Nor is it in torch to a part of a gradient whose other parts are on their way.
    (r"(stack|cat|unbind|split|chunk)\(", r"\.grad\.version: expected 1, got 2"),
)


def answers(T: Any, program: list[Step]) -> Iterator[Answer]:
    """What each statement of a program tells."""
    machine = Machine(T)
    for statement, look in program:
        found = machine.run(statement)
        if look:
            found["tensors"] = machine.look()
        yield found
    machine.T.set_grad_enabled(True)  # which a program may have left off


def differences(expected: Any, got: Any, near: float, where: str = "") -> Iterator[str]:
    """One line for each thing in which `got` departs from `expected`. near: how far numbers may be apart."""
    if isinstance(expected, dict) and isinstance(got, dict):
        for key in {**expected, **got}:
            if key in expected and key in got:
                yield from differences(expected[key], got[key], near, f"{where}.{key}")
            else:
                yield f"{where}.{key}: expected {expected.get(key)}, got {got.get(key)}"
    elif isinstance(expected, str) and isinstance(got, str) and where.endswith(".repr"):
        # Digits may differ in the last place; the values themselves are compared as well.
        one, other = (re.sub(r"[-+\d.e]*\d[-+\d.e]*\s*", "#", text) for text in (expected, got))
        if one != other:
            yield f"{where}: expected {expected!r}, got {got!r}"
    elif not _same(expected, got, near):
        yield f"{where}: expected {expected}, got {got}"


def _same(expected: Any, got: Any, near: float) -> bool:
    if isinstance(expected, list) and isinstance(got, list):
        return len(expected) == len(got) and all(
            _same(e, g, near) for e, g in zip(expected, got, strict=True)
        )
    if isinstance(expected, dict) and isinstance(got, dict):
        return next(differences(expected, got, near), None) is None
    if isinstance(expected, float) and isinstance(got, float):
        return abs(expected - got) <= near * max(1.0, abs(expected))
    return type(expected) is type(got) and expected == got


def nearness(program: list[Step]) -> float:
    """How far apart numbers may be: by the least precise dtype that a program names."""
    text = " ".join(statement for statement, _ in program)
    if re.search(r"float16|\.half\(", text):
        return 2e-2
    return 1e-4 if re.search(r"float32|\.float\(|float\(\)", text) else 1e-7


def first_difference(ours: Any, theirs: Any, program: list[Step]) -> tuple[int, list[str]] | None:
    """The number of the first statement after which the two differ, and in what; None where none does."""
    near = nearness(program)
    pairs = zip(answers(theirs, program), answers(ours, program), strict=True)
    for number, (expected, got) in enumerate(pairs):
        found = unexplained(program, differences(expected, got, near))
        if found:
            theirs.set_grad_enabled(True)
            ours.set_grad_enabled(True)
            return number, found
    return None


def unexplained(program: list[Step], found: Iterable[str]) -> list[str]:
    """The differences that are in nobody's list."""
    text = "\n".join(statement for statement, _ in program)
    known = [how for what, how in EXPLAINED if re.search(what, text)]
    return [difference for difference in found if not any(re.search(how, difference) for how in known)]


def shortest(ours: Any, theirs: Any, program: list[Step], number: int) -> list[Step]:
    """The fewest statements of `program`, up to statement `number`, that still make a difference."""
    program = program[: number + 1]
    again = True
    while again:
        again = False
        for i in reversed(range(len(program))):
            shorter = program[:i] + program[i + 1 :]
            if not _misses_a_name(theirs, shorter) and first_difference(ours, theirs, shorter) is not None:
                program, again = shorter, True
                break
    return program


def _misses_a_name(T: Any, program: list[Step]) -> bool:
    return any(found.get("error", [""])[0] == "NameError" for found in answers(T, program))

"""Errors of autograd, explained; and every cure that is offered, run."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from minigrad_widgets.say import render
from minigrad_widgets.trace import ErrorView, Place, Trace
from widgets.cells import card, function, record, watched

A = "a = tensor([1.0, 3.0], requires_grad=True)"


class Program(NamedTuple):
    """A program that an error of this kind stops; its cures, each with the lines (from 0) that it replaces."""

    kind: str
    lines: list[str]
    cures: dict[str, list[int]]


PROGRAMS = {
    "saved, then written": Program(
        "version",
        [A, "b = a + 2", "loss = (b * b).mean()", "b[0] = 1000.", "loss.backward()"],
        {"b[0] = 1000.\nloss = (b * b).mean()": [2, 3], "c = b.clone(); c[0] = 1000.": [3]},
    ),
    "written by a method": Program(
        "version",
        [A, "b = a + 2", "loss = (b * b).mean()", "b.add_(1)", "loss.backward()"],
        {
            "b.add_(1)\nloss = (b * b).mean()": [2, 3],
            "c = b.clone(); c.add_(1)": [3],
            "b = b.add(1)": [3],
        },
    ),
    "written by +=": Program(
        "version",
        [A, "c = a * 1", "y = c.sin().sum()", "c += a - 1", "y.backward()"],
        {
            "c += a - 1\ny = c.sin().sum()": [2, 3],
            "d = c.clone(); d += a - 1": [3],
            "c = c + (a - 1)": [3],
        },
    ),
    "a result that was written": Program(
        "version",
        [A, "e = a.exp()", "e.mul_(2)", "s = e.sum()", "s.backward()"],
        {"c = e.clone(); c.mul_(2)": [2], "e = e.mul(2)": [2]},
    ),
    "written through a view": Program(
        "version",
        [A, "b = a * 1", "s = (b * b).sum()", "v = b[0]", "v.zero_()", "s.backward()"],
        {"c = v.clone(); c.zero_()": [4]},
    ),
    "a leaf": Program(
        "leaf", [A, "a[:] = 0"], {"with no_grad():\n    a[:] = 0": [1], "c = a.clone(); c[:] = 0": [1]}
    ),
    "a leaf by +=": Program(
        "leaf", [A, "a += 10."], {"with no_grad():\n    a += 10.": [1], "c = a.clone(); c += 10.": [1]}
    ),
    "a part of a leaf": Program(
        "view of leaf",
        [A, "a[0] = 1."],
        {"with no_grad():\n    a[0] = 1.": [1], "c = a.clone(); c[0] = 1.": [1]},
    ),
    "a view of a leaf": Program(
        "view of leaf",
        [A, "v = a[0:1]", "v.add_(1)"],
        {"with no_grad():\n    v.add_(1)": [2], "c = v.clone(); c.add_(1)": [2]},
    ),
    "backward twice": Program(
        "freed",
        [A, "b = a * a", "loss = b.mean()", "loss.backward()", "loss.backward()"],
        {"loss.backward(retain_graph=True)": [3], "b = a * a\nloss = b.mean()\nloss.backward()": [4]},
    ),
    "nobody asks": Program(
        "no graph",
        ["a = tensor([1.0, 3.0])", "loss = (a * a).mean()", "loss.backward()"],
        {"a.requires_grad_()\nloss = (a * a).mean()\nloss.backward()": [1, 2]},
    ),
    "two that could ask": Program(
        "no graph",
        ["x = tensor(3.0)", "w = tensor(2.0)", "y = x * w", "y.backward()"],
        {
            "x.requires_grad_()\ny = x * w\ny.backward()": [2, 3],
            "w.requires_grad_()\ny = x * w\ny.backward()": [2, 3],
        },
    ),
    "a leaf alone": Program(
        "no graph", ["a = tensor(3.0)", "a.backward()"], {"a.requires_grad_()\na.backward()": [1]}
    ),
    "detached": Program(
        "no graph",
        [A, "y = (a * a).detach()", "z = y.sum()", "z.backward()"],
        {"y = (a * a)\nz = y.sum()\nz.backward()": [1, 2, 3]},
    ),
    "under no_grad": Program(
        "no graph",
        [A, "with no_grad():", "    y = (a * a).sum()", "y.backward()"],
        {"y = (a * a).sum()\ny.backward()": [1, 2, 3]},
    ),
    "no derivative": Program("no graph", [A, "i = a.argmax()", "i.backward()"], {}),
    "a vector": Program(
        "no seed",
        [A, "y = a * 2", "y.backward()"],
        {"y.sum().backward()": [2], "y.backward(ones_like(y))": [2]},
    ),
}


def error_of(trace: Trace) -> ErrorView:
    (error,) = [step.error for step in trace.steps if step.error]
    return error


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_cures_that_are_offered(name: str) -> None:
    program = PROGRAMS[name]
    error = error_of(record("from minigrad import *", "\n".join(program.lines)))
    assert error.kind == program.kind
    assert set(error.cures) == set(program.cures)
    assert error.title
    assert error.why


@pytest.mark.parametrize(
    ("name", "cure"), [(name, cure) for name, program in PROGRAMS.items() for cure in program.cures]
)
def test_a_cure_cures(name: str, cure: str) -> None:
    lines, replaced = PROGRAMS[name].lines, PROGRAMS[name].cures[cure]
    kept = [line for i, line in enumerate(lines) if i not in replaced]
    kept[replaced[0] : replaced[0]] = cure.split("\n")
    with watched() as cells:
        assert cells.run("\n".join(kept)) is None


def test_a_version_error_knows_where_it_began() -> None:
    trace = record(A + "\nb = a + 2", "loss = (b * b).mean()\nb[0] = 1000.", "loss.backward()")
    error = error_of(trace)
    assert trace.cells[error.saved_at.cell].label == "[2]"
    assert error.saved_at == Place(1, 1)
    assert error.changed_at == Place(1, 2)
    assert (error.saved_version, error.now_version, error.slot) == (0, 1, error.slot)
    assert error.function == function(trace, "mul").id
    assert error.card == card(trace, "b", current=False).id
    assert render(error.title) == "Backward stopped at MulBackward0"
    assert render(error.why) == (
        "The derivative of a product with respect to one factor is the other factor, so MulBackward0 kept b itself, "
        'not a copy. "b[0] = 1000." has overwritten it since, and with the new numbers the gradient would be wrong.'
    )
    assert trace.steps[-1].kind == "error"
    assert (
        trace.steps[-1].text == "MulBackward0 asks for b, saved at version 0. It is at version 1 now: stop."
    )
    assert trace.steps[-1].place == Place(2, 1)


def test_the_first_write_after_the_saving_is_the_one_to_blame() -> None:
    trace = record(A, "b = a + 2\nb[0] = 5.\ns = (b * b).sum()\nb[0] = 6.\nb[0] = 7.\ns.backward()")
    error = error_of(trace)
    assert error.changed_at == Place(1, 4)
    assert (error.saved_version, error.now_version) == (1, 3)


def test_a_write_in_another_cell_is_not_put_before_lines_it_needs() -> None:
    trace = record(A + "\nb = a + 2", "loss = (b * b).mean()", "step = 5.", "b[0] = step\nloss.backward()")
    assert error_of(trace).cures == ("c = b.clone(); c[0] = step",)


def test_the_learners_way_of_saying_no_grad() -> None:
    for first, said in (
        ("import minigrad as mg", "mg.no_grad()"),
        ("import minigrad", "minigrad.no_grad()"),
        ("from minigrad import no_grad, tensor", "no_grad()"),
    ):
        error = error_of(record(first, A, "a[0] = 1."))
        assert error.cures[0] == f"with {said}:\n    a[0] = 1."


def test_a_backward_that_cannot_start_says_why() -> None:
    assert render(error_of(record("a = tensor([1.0, 3.0])\nb = a * a\nb.sum().backward()")).why) == (
        "A graph is recorded only where some tensor requires grad, and a does not."
    )
    assert render(error_of(record(A, "i = a.argmax()\ni.backward()")).why) == (
        "i does not remember how it was computed: the gradient was cut at argmax, which has no derivative."
    )


def test_an_old_rule_that_let_a_leaf_be_written() -> None:
    trace = record(
        "a = tensor([1.0, 3.0], requires_grad=True)",
        "with autograd.era('1.4'):\n    a[:] = 0\n    (a * a).mean().backward()",
    )
    error = error_of(trace)
    assert render(error.title) == "leaf variable has been moved into the graph interior."
    assert error.changed_at == Place(1, 2)
    assert error.cures == ("with minigrad.no_grad():\n    a[:] = 0",)


def test_any_other_error_of_backward_is_told_in_its_own_words() -> None:
    trace = record(
        "x = tensor(2.0, requires_grad=True)\ny = x * 3",
        "y.register_hook(lambda g: 1 / 0)\ntry:\n    y.backward()\nexcept ZeroDivisionError:\n    pass",
    )
    error = error_of(trace)
    assert (error.kind, render(error.title), error.cures) == ("other", "division by zero.", ())

"""What is refused by running a set: in processes of their own, so these tests take a second or two each."""

from __future__ import annotations

import pytest

from exercises.sets import CHECK, EXERCISE, example, made
from minigrad_widgets.exercises.faults import Refused
from minigrad_widgets.exercises.proving import prove
from minigrad_widgets.exercises.running import Limits

SETUP = "```{code-cell} python\nfrom minigrad import tensor\na = tensor(3.0, requires_grad=True)\n```\n"  # 4 lines
LIMITS = Limits(seconds=5)


def faults(text: str) -> list[str]:
    with pytest.raises(Refused) as refused:
        prove(made(text), LIMITS)
    return [f"{fault.line}: {fault.what}" for fault in refused.value.faults]


def test_the_example_holds() -> None:
    prove(example(), LIMITS)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (SETUP + EXERCISE.replace("* 2", "* 3") + CHECK, "11: the solution does not pass: Not yet. Your graph has 3 where 2 is asked for. All of it: you have mul(a, 3), asked for is mul(a, 2)."),
        (SETUP + EXERCISE.replace("a * 2", "c * 2") + CHECK, "5: the solution stops with NameError: name 'c' is not defined"),
        (SETUP + EXERCISE + CHECK.replace("assert", "b.backward()\nassert").replace("matches(\"mul(a, 2)\")", "ops"), "11: the solution does not pass a second time: Not yet. The check stopped with RuntimeError: Trying to backward"),
        (SETUP + EXERCISE + CHECK + "```{wrong} twice\nb = 2 * a\n```\n", "15: this wrong answer passes"),
        (SETUP + "```{code-cell}\nb = a * 1\n```\n" + EXERCISE + CHECK.replace('matches("mul(a, 2)")', "ops"), "14: this check passes before the learner has done anything"),
        (SETUP + "b = a * 3\nd = a * 4\n" + EXERCISE.replace("b = a * 2\n", "b = a * 3\nd = a * 4\n") + CHECK, "7: the learner can read this solution"),
        ("b = a * 2\n\n" + SETUP + EXERCISE + CHECK, "7: the learner can read this solution"),
        (SETUP.replace("3.0", "'x'"), "1: this cell stops with "),
        ("```{code-cell}\n:tags: [raises-exception]\n:raises: ValueError\nx = 1\n```\n", "1: this cell ends without an error, not as :raises: says"),
        ("```{code-cell}\n:predict: {id: v, choices: [5, 6]}\n1 + 1\n```\n", "1: the engine answers 2, which is none of the choices 5, 6"),
        ("```{code-cell}\n:predict: {id: v, choices: [2, 3]}\n1 + {{ choice([1, 2, 3]) }}\n```\n", "1: the engine answers 4, which is none of the choices 2, 3"),
        ("```{code-cell}\n:predict: {id: v}\ntensr(1.)\n```\n", "1: the program stops with NameError: name 'tensr' is not defined"),
        ("```{code-cell}\n:predict: {id: v, ask: leaf, of: b}\na = 1\n```\n", "1: the program has no name 'b'"),
        ("```{code-cell}\n:predict: {id: v, ask: breaks}\nx = tensor(1., requires_grad=True)\ny = x * 1\nz = y.exp() * y\ny.add_(1)\nz = z.exp()\nz.add_(1)\n```\n", "1: more than one saved tensor breaks"),
    ],
)  # fmt: skip
def test_what_does_not_hold_is_refused_with_its_line(text: str, fault: str) -> None:
    found = faults(text)
    assert any(one.startswith(fault) for one in found), found


def test_a_set_that_does_not_end_is_refused() -> None:
    with pytest.raises(Refused, match="the set ran longer than 1 seconds"):
        prove(made("```{code-cell}\nwhile True: pass\n```\n"), Limits(seconds=1))

"""What a text asks for, and everything that is refused by reading it."""

from __future__ import annotations

import pytest

from exercises.sets import CHECK, EXERCISE, example, faults, made
from minigrad_widgets.exercises.problems import Check, Code, Exercise, Predict, Text


def predict(settings: str, program: str = "b._version") -> str:
    return f"```{{code-cell}} python\n:predict: {{{settings}}}\n{program}\n```\n"


def test_the_example_has_every_kind() -> None:
    problems = example()
    assert [type(item) for item in problems.items[:5]] == [Text, Code, Text, Predict, Text]
    assert {item.ask for item in problems.questions if isinstance(item, Predict)} == {
        "value",
        "leaf",
        "raises",
        "breaks",
    }
    assert [item.kind for item in problems.questions if isinstance(item, Exercise)] == ["build", "fix", "bug"]
    assert sum(item.points for item in problems.questions) == 9
    assert [(check.id, check.number, check.points) for check in problems.checks] == [
        ("squares", 1, 1), ("squares", 2, 1), ("fix", 1, 1), ("fix", 2, 1), ("bug", 1, 1),
    ]  # fmt: skip
    assert len(problems.hints["fix"]) == 2
    assert len(problems.wrong["squares"]) == 2
    assert problems.varies


def test_what_a_learner_starts_from() -> None:
    squares, fix, _ = (item for item in example().questions if isinstance(item, Exercise))
    assert squares.start.endswith("b = a + 2\n# YOUR CODE HERE\nraise NotImplementedError()")
    assert squares.solved.endswith("loss = (b * b).mean()")
    assert fix.start.splitlines()[-2:] == ["b[0] = 1000.0", "loss.backward()"]
    assert fix.solved.splitlines()[-2:] == ["loss.backward()", "b[0] = 1000.0"]
    assert fix.answered("other = 1") == "other = 1"


def test_a_solution_inside_a_function_keeps_its_place() -> None:
    text = (
        EXERCISE.replace("### BEGIN", "def f(a):\n    ### BEGIN")
        .replace("b = a", "    return a")
        .replace("### END", "    ### END")
    )
    (exercise,) = made(text + CHECK).questions
    assert exercise.start == "def f(a):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    assert exercise.answered("return 3") == "def f(a):\n    return 3"


def test_hidden_tests_are_told_from_the_visible() -> None:
    check = [item for item in example().items if isinstance(item, Check)][1]
    assert "gradients" in check.whole
    assert "gradients" not in check.visible


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("---\ntitel: x\n---\n", "2: titel means nothing here: did you mean title?"),
        ("---\nlang: fr\n---\n", "2: lang: 'fr': there are en, zh"),
        ("---\ntitle: 3\n---\n", "2: title: 3 is no text: put it in quotes"),
        ("{{ choice([1]) }}\n", "1: {{ choice(…) }} in the text"),
        (predict("id: 3v"), "2: id '3v' is no name"),
        (predict("points: 1"), "2: id None is no name"),
        (predict("id: a, points: many"), "2: points: 'many' is no number of points: write 0 or more"),
        (predict("id: a, points: -1"), "2: points: -1 is no number of points"),
        (predict("id: a, pionts: 1"), "2: pionts means nothing here: did you mean points?"),
        (predict("id: a, ask: size"), "2: ask: 'size': there are value, prints"),
        (predict("id: a, ask: leaf"), "2: ask: leaf asks about a tensor: say of which name"),
        (predict("id: a, of: b"), "2: ask: value asks about no name"),
        (predict("id: a, choices: 3"), "2: choices 3: give a list of two or more"),
        (predict("id: a, choices: [1, 1]"), "2: two choices are the same"),
        (predict("id: a", "a = 1"), "3: the last line has no value to ask for"),
        (predict("id: a", "a = (\n1"), "3: no Python"),
        (predict("id: a", "%time x"), "3: no Python"),
        (predict("id: a", "x\n{{ pick([1]) }}"), "4: {{ pick([1]) }} is no choice"),
        (predict("id: a", "{{ choice([]) }}"), "3: {{ choice([]) }} is no choice"),
        (predict("id: a", ""), "1: this code-cell is empty"),
        (predict("id: a") + predict("id: a"), "6: a second id 'a': line 2 has it already"),
        ("```{code-cell}\n:predict: version\nx\n```\n", "2: :predict: needs its settings"),
        ("```{code-cell}\n:predikt: {id: a}\nx\n```\n", "2: predikt means nothing here"),
        ("```{code-cell}\n:predict: {id: a}\n:check: {for: a}\nx\n```\n", "1: a cell is one thing"),
        ("```{code-cell}\n:tags: [raises-exception]\nx\n```\n", "1: a cell that raises must say so twice"),
        (EXERCISE, "1: nothing checks 'twice': add a cell with :check: {for: twice} below it"),
        (CHECK, "2: no exercise 'twice' above this check"),
        (CHECK + EXERCISE, "2: no exercise 'twice' above this check"),
        (EXERCISE.replace("### BEGIN SOLUTION\n", "") + CHECK, "4: END SOLUTION where none was begun"),
        (EXERCISE.replace("### END SOLUTION\n", "") + CHECK, "3: BEGIN SOLUTION does not end"),
        (EXERCISE.replace("b = a", "### BEGIN START\nb = a") + CHECK, "4: BEGIN START inside SOLUTION"),
        (EXERCISE.replace("SOLUTION", "START") + CHECK, "1: an exercise without a solution"),
        (EXERCISE.replace("points: 1", "points: 1, kind: fix") + CHECK, "1: kind: fix gives the learner nothing"),
        (EXERCISE + CHECK.replace("assert ", "bool("), "9: no Python"),
        (EXERCISE + CHECK.replace("assert ", "x = "), "7: this check cannot fail"),
        (EXERCISE + CHECK.replace("assert", "assert b\nlen"), "10: no Python"),
        (EXERCISE + CHECK.replace("assert", "assert b\nb;"), "10: the check ends in a value"),
        (EXERCISE + CHECK.replace('"mul(a, 2)"', '"""mul(\na, 2)"""'), "9: a text over several lines"),
        (EXERCISE + CHECK + CHECK, "1: 'twice' has several checks: say in each what it is worth"),
        (EXERCISE + CHECK.replace("twice}", "twice, points: 2}") + CHECK.replace("twice}", "twice, points: 0}"), "1: 'twice': 1 points, its checks 2"),
        ("```{hint} nobody\nx\n```\n", "1: {hint} for 'nobody', which is no exercise: name one that there is: none"),
        (predict("id: a") + "```{wrong} a\nx\n```\n", "5: {wrong} for 'a', which is no exercise"),
        (EXERCISE + CHECK + "```{hint} twice\n```\n", "11: this hint is empty"),
    ],
)  # fmt: skip
def test_a_fault_names_its_line_and_its_cure(text: str, fault: str) -> None:
    found = faults(text)
    assert any(one.startswith(fault) for one in found), found


def test_a_sound_text_has_no_fault() -> None:
    assert faults(EXERCISE + CHECK + predict("id: a, ask: shape, of: b")) == []

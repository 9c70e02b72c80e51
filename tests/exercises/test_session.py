"""What the cells of a notebook call, in plain code: questions, answers, checks in words, help when it is due."""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from minigrad import tensor
from minigrad_widgets.exercises import (
    NotYet,
    answer,
    ask_again,
    check,
    choice,
    hint,
    learner,
    question,
    run_check,
    solution,
    start,
)  # fmt: skip
from minigrad_widgets.exercises.sealing import seal
from minigrad_widgets.exercises.variants import WHO

VERSION = """
a = tensor([1.0, 3.0], requires_grad=True)
b = a + 2
loss = (b * b).mean()
b[0] = {{ choice([10., 100.]) }}
"""
NOTES = seal({"hints": {"fix": ["Look.", "Think."]}, "solutions": {"fix": "b = 2"}})


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)
    monkeypatch.setattr(WHO, "typed", "ada")
    start("set", notes=NOTES)
    yield
    start("")


@pytest.mark.parametrize(
    ("tail", "settings", "right", "wrong"),
    [
        ("b._version", {}, 1, 0),
        ("b", {}, [pytest.approx(100.0), 5.0], [3.0, 5.0]),
        ("print(b._version)", {"ask": "prints"}, "1", "0"),
        ("c = b.detach()", {"ask": "leaf", "of": "c"}, True, False),
        ("b.add_(1)", {"ask": "version", "of": "b"}, 2, 1),
        ("loss.backward()", {"ask": "raises"}, "version", "nothing"),
        ("b.sum().backward()", {"ask": "grad", "of": "a"}, [0.0, 1.0], [1.0, 1.0]),
        ("b.sum().backward()", {"ask": "grad", "of": "b"}, None, [1.0, 1.0]),
        ("c = b.reshape(2, 1)", {"ask": "shape", "of": "c"}, [2, 1], [2]),
        ("loss", {"ask": "breaks"}, "MulBackward0: b", "nothing"),
        ("loss.backward()\nb", {}, "raises", [3.0, 5.0]),
    ],
)
def test_each_kind_of_question(tail: str, settings: dict[str, Any], right: Any, wrong: Any) -> None:
    learner("grace")
    question("q", VERSION.replace("[10., 100.]", "[100., 100.]") + tail, **settings)
    answer("q", right if not isinstance(right, list) else [float(getattr(x, "expected", x)) for x in right])
    check("q")
    check("q")
    answer("q", wrong)
    with pytest.raises(NotYet, match=r"^Not yet\. "):
        check("q")


def test_a_question_shows_the_program_with_the_learners_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    question("q", VERSION + "b._version", choices=[0, 1, "raises"])
    shown = capsys.readouterr().out
    assert re.search(r"b\[0\] = 100?\.0\n", shown)
    assert shown.endswith("What does the last line give? Choose one of 0, 1, 'raises'.\n")


def test_true_is_not_one_and_no_answer_is_no_answer(capsys: pytest.CaptureFixture[str]) -> None:
    question("q", "a = tensor(1.)", ask="leaf", of="a")
    with pytest.raises(
        NotYet, match=r'There is no answer yet: write it in place of \.\.\. in answer\("q", \.\.\.\)'
    ):
        check("q")
    answer("q", 1)
    assert "1 is none of True, False." in capsys.readouterr().out
    with pytest.raises(NotYet):
        check("q")
    answer("q")
    with pytest.raises(NotYet, match="no answer yet"):
        check("q")
    with pytest.raises(NameError, match=r"run the cell with question\('other', …\) first"):
        answer("other", 1)


def test_a_wrong_prediction_does_not_give_the_key_away() -> None:
    question("q", VERSION + "b._version")
    answer("q", 12)
    with pytest.raises(NotYet) as refused:
        check("q")
    assert "1" not in str(refused.value).replace("12", "")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("assert b._version == 1", "b._version is 0; it should be 1."),
        ("assert b._version > 1", "b._version > 1 should hold, and b._version is 0."),
        ("assert a.is_leaf and b.is_leaf", "b.is_leaf is False."),
        ("assert not a.is_leaf", "a.is_leaf holds, and should not."),
        ("assert same(b, [3.0, 4.0])", "b is [3.0, 5.0]; it should be [3.0, 4.0]."),
        ("assert gradients(loss, a=a) == {'a': [1.0, 1.0]}", "gradients(loss, a=a) is {'a': [3.0, 5.0]}; it should be {'a': [1.0, 1.0]}."),
        ("assert graph_of(loss).matches('sum(b * b)')", "Your graph has mean(mul(b, b)) where sum(mul(b, b)) is asked for."),
        ("assert b is a, 'Give both one name.'", "Give both one name."),
        ("c", "The check stopped with NameError: name 'c' is not defined"),
        ("raise AssertionError", "The check does not hold, and its author gave no reason."),
        ("for x in [1, 2]:\n    assert x == 1", "x is 2; it should be 1."),
        ("xs = iter([0, 0, 1])\nassert next(xs)", "next(xs) does not hold."),
    ],
)  # fmt: skip
def test_an_assertion_that_fails_says_why(source: str, words: str) -> None:
    a = tensor([1.0, 3.0], requires_grad=True)
    b = a + 2
    loss = (b * b).mean()
    names = {"a": a, "b": b, "loss": loss}
    for _ in range(2):
        with pytest.raises(NotYet) as refused:
            run_check("x", source, names)
        assert str(refused.value) == f"Not yet. {words}"
    assert names == {"a": a, "b": b, "loss": loss}


def test_gradients_are_asked_for_without_touching_any() -> None:
    a = tensor([1.0, 3.0], requires_grad=True)
    loss = (a * a).sum()
    for _ in range(2):
        run_check("x", "assert gradients(loss, a=a) == {'a': [2.0, 6.0]}\nassert a.grad is None", locals())
    loss.backward()


def test_jupyter_shows_the_words_alone() -> None:
    with pytest.raises(NotYet) as refused:
        run_check("x", "assert 1 == 2", {})
    assert refused.value._render_traceback_() == ["Not yet. 1 is 1; it should be 2."]


def test_a_check_writes_nothing_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    """For which nbgrader would give no points."""
    with check("x"):
        warnings.warn("a warning of the learner's code", stacklevel=1)
        print("of the learner's code", file=sys.stderr)
    assert capsys.readouterr() == ("of the learner's code\nPassed, all checks.\n", "")


def test_passing_says_what_it_covers(capsys: pytest.CaptureFixture[str]) -> None:
    with check("x", hidden=2):
        pass
    assert (
        capsys.readouterr().out
        == "Passed what can be checked here; 2 more will be checked when it is graded.\n"
    )


def test_hints_come_one_at_a_time_and_a_solution_after_passing(capsys: pytest.CaptureFixture[str]) -> None:
    def said() -> str:
        return capsys.readouterr().out.strip()

    with pytest.raises(NotYet, match=r'hint\("fix"\) gives a hint'), check("fix"):
        assert said() != ""
    for text in ("Hint 1 of 2: Look.", "Hint 2 of 2: Think.", "Hint 1 of 2: Look."):
        hint("fix")
        assert said() == text
    hint("other")
    assert said() == "There is no hint for other."
    solution("fix")
    assert said() == 'First pass check("fix"), then this opens.'
    with check("fix"):
        pass
    said()
    solution("fix")
    assert said() == "b = 2"
    with check("other"):
        pass
    said()
    solution("other")
    assert said() == "Your teacher keeps the solution."


def test_a_question_that_was_changed_is_put_as_the_author_has_it() -> None:
    question("q", VERSION + "a._version")
    answer("q", 0)
    check("q")
    ask_again("set", "q", VERSION + "b._version")
    with pytest.raises(NotYet, match=r"^Not yet\. 0 is not what the engine finds"):
        check("q")


def test_a_choice_in_a_cell_is_the_learners() -> None:
    options = list(range(100))
    learner("ada")
    first = choice(options, "fix")
    learner("grace")
    assert choice(options, "fix") != first
    learner("ada")
    assert choice(options, "fix") == first


def test_a_learner_without_a_name_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    learner("")
    assert "Write your name or number" in capsys.readouterr().out
    with pytest.raises(TypeError, match=r'as in learner\("ada"\), not 3'):
        learner(3)  # type: ignore[arg-type]


def test_notes_that_were_changed_are_refused() -> None:
    with pytest.raises(ValueError, match="take its first cell from a fresh copy"):
        start("set", notes=NOTES[:-6])


def test_it_speaks_chinese() -> None:
    start("set", lang="zh")
    with pytest.raises(NotYet, match=r"^还不对。"):
        run_check("x", "assert 1 == 2", {})

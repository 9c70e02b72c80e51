"""A learner's numbers: the same again and again, different from learner to learner, found by the grader."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from minigrad_widgets.exercises.variants import Who, called, choices_in, filled, pick

TEXT = "a = {{ choice([10., 100., 1000.]) }}\nb = {{ choice([1, 2], 2) }}"


def who(id: str) -> Who:
    one = Who()
    one.typed = id
    return one


@pytest.fixture(autouse=True)
def no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("JUPYTERHUB_USER", "NBGRADER_EXECUTION"):
        monkeypatch.delenv(name, raising=False)


def test_a_number_follows_from_the_learner_alone() -> None:
    assert filled(TEXT, "set", "v", who("ada")) == filled(TEXT, "set", "v", who("ada"))
    learners = [f"learner {i}" for i in range(300)]
    counts = [sum(pick([1, 2, 3], "set.v", who(id)) == option for id in learners) for option in (1, 2, 3)]
    assert min(counts) > 60


def test_a_known_number_stays_what_it_was() -> None:
    """A course in progress must not change under its learners with a release."""
    assert [pick([1, 2, 3, 4, 5], "set.v", who(id)) for id in ("ada", "grace", "alan", "")] == [2, 2, 5, 2]


def test_the_same_list_in_the_check_gives_the_same_number() -> None:
    text = called("{{ choice([1, 2, 3]) }}", "fix")
    assert text == 'choice([1, 2, 3], "fix")'
    assert called(TEXT, "fix").endswith('b = choice([1, 2], "fix.2")')


def test_an_author_can_go_through_all_of_them() -> None:
    everyone = Who()
    everyone.forced = 4
    assert filled(TEXT, "set", "v", everyone) == "a = 100.0\nb = 1"


def test_the_hub_says_who_it_is_and_nbgrader_the_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    one = who("typed")
    assert one.learner() == "typed"
    monkeypatch.setenv("JUPYTERHUB_USER", "hub")
    assert one.learner() == "hub"
    (tmp_path / "autograded" / "ada" / "set").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "autograded" / "ada" / "set")
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    assert one.learner() == "hub"
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert one.learner() == "ada"


@pytest.mark.parametrize(
    "text", ["{{ pick([1]) }}", "{{ choice(3) }}", "{{ choice([]) }}", "{{ choice([x]) }}", "{{ }}"]
)
def test_what_is_no_choice_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(repr(text))) as refused:
        choices_in(f"a = 1\n{text}")
    assert refused.value.args == (1, text)

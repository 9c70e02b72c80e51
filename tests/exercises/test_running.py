"""One notebook's process: what runs in it, and what ends it."""

from __future__ import annotations

from pathlib import Path

import pytest

from minigrad_widgets.exercises.running import Limits, Process, Stopped

LIMITS = Limits(seconds=3, memory=1024, output=0.5)


def test_cells_and_checks_share_names_and_a_check_leaves_nothing_behind(tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("the hidden tests")
    with Process(LIMITS, learner="ada", protected=[tmp_path]) as process:
        assert (
            process.run("from minigrad import tensor\na = tensor(2.0, requires_grad=True)\nloss = a * a")
            is None
        )
        assert process.run("%time x = 1") is None
        for _ in range(2):
            assert process.check("loss.backward()\nassert same(a.grad, 4.0)\nhidden = 1", "id") is None
        assert process.run("assert a.grad is None and 'hidden' not in globals()") is None
        assert (
            process.check("assert a.is_leaf is False", "id")
            == "Not yet. a.is_leaf is True; it should be False."
        )
        assert process.run("1 / 0") == "ZeroDivisionError: division by zero"
        assert (process.run("(") or "").startswith("SyntaxError")
        assert (
            process.run("from minigrad_widgets.exercises.variants import WHO\nassert WHO.learner() == 'ada'")
            is None
        )
        assert process.run("from minigrad_widgets import live, show\nlive()\nshow(loss)") is None
        assert "MemoryError" in (process.run("'x' * 10**10") or "")
        assert not process.refused
        for attempt in (
            f"open({str(secret)!r})",
            f"import os; os.listdir({str(tmp_path)!r})",
            "!cat secret.md",
        ):
            assert (process.run(attempt) or "").startswith("PermissionError: not while this is graded")
        assert process.refused == [
            "tried to read secret.md, which belongs to the grading",
            f"tried to read {tmp_path.name}, which belongs to the grading",
            "tried to start another program",
        ]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("while True: pass", "ran longer than 3 seconds"),
        ("while True: print('x' * 10000)", "printed more than 0.5 MB"),
        ("import os; os._exit(3)", r"ended its own process \(code 3\)"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", r"ended its own process \(code -9\)"),
    ],
)
def test_what_goes_over_a_limit_is_ended(cell: str, reason: str) -> None:
    with pytest.raises(Stopped, match=reason), Process(LIMITS) as process:
        process.run(cell)


def test_every_option_can_be_asked_for() -> None:
    with Process(LIMITS, forced=1) as process:
        assert (
            process.run("from minigrad_widgets.exercises import choice\nassert choice([1, 2, 3]) == 2")
            is None
        )

"""Exercises: predict, build, fix, find the bug. What notebooks call is here; authors call the command.

python -m minigrad_widgets.exercises        new, check, build, preview, grade
"""

from .graphs import graph_of
from .session import (
    NotYet,
    answer,
    ask_again,
    check,
    choice,
    hint,
    learner,
    look,
    question,
    run_check,
    solution,
    start,
)
from .states import gradients, same

__all__ = [
    "start", "learner", "choice", "question", "answer", "check", "hint", "solution", "look",
    "graph_of", "gradients", "same",
    "NotYet", "ask_again", "run_check",
]  # fmt: skip

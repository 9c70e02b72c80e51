"""Numbers that differ from learner to learner, and are the same whenever that learner comes back.

In the text `{{ choice([10., 100.]) }}` stands for one of the list. Which one follows from the set, the exercise,
the list and the learner's id alone, so whoever grades finds it again, and the same list in the check of an exercise
gives the same number. `{{ choice([10., 100.], 2) }}` draws a second time. The learner's id is,

    while nbgrader grades     the folder: .../autograded/<learner>/<set>
    on a JupyterHub           JUPYTERHUB_USER
    elsewhere                 what was typed: learner("ada")
"""

from __future__ import annotations

import ast
import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_CHOICE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


class Who:
    """Whose numbers are asked for. `forced`: take the option of this number of every list, whoever it is."""

    def __init__(self) -> None:
        self.typed = ""
        self.forced: int | None = None

    def learner(self) -> str:
        """The learner's id; "" where nobody said."""
        if os.environ.get("NBGRADER_EXECUTION") == "autograde":
            return Path.cwd().parent.name
        return os.environ.get("JUPYTERHUB_USER") or self.typed


WHO = Who()


def pick(options: list[Any], key: str, who: Who = WHO) -> Any:
    """The option that is this learner's. key: where it stands; the same list there gives the same option."""
    if who.forced is not None:
        return options[who.forced % len(options)]
    digest = hashlib.sha256(f"{key}\n{options!r}\n{who.learner()}".encode()).digest()
    return options[int.from_bytes(digest[:8]) % len(options)]


@dataclass(frozen=True, slots=True)
class Choice:
    """One `{{ choice([…]) }}`: in which line of the text, from 0 on; which list; which of several draws from it."""

    line: int
    options: list[Any]
    draw: str = ""

    def key(self, place: str) -> str:
        return f"{place}.{self.draw}" if self.draw else place


def choices_in(text: str) -> list[Choice]:
    """The choices in a text. ValueError(line, text) for a wrong one."""
    return [_choice(match, text) for match in _CHOICE.finditer(text)]


def _choice(match: re.Match[str], text: str) -> Choice:
    line = text.count("\n", 0, match.start())
    try:
        call = ast.parse(match[1].strip(), mode="eval").body
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "choice" and not call.keywords:
            options, *draw = map(ast.literal_eval, call.args)
            if isinstance(options, list) and options and len(draw) <= 1:
                return Choice(line, options, "".join(map(str, draw)))
    except (ValueError, SyntaxError):
        pass
    raise ValueError(line, match[0])


def filled(text: str, name: str, place: str, who: Who = WHO) -> str:
    """The text with the learner's own numbers in it. name: of the set; place: the exercise's id."""

    def put(match: re.Match[str]) -> str:
        choice = _choice(match, text)
        return repr(pick(choice.options, f"{name}.{choice.key(place)}", who))

    return _CHOICE.sub(put, text)


def called(text: str, place: str) -> str:
    """The text with calls of choice() in it, which find the learner's numbers when it runs."""

    def put(match: re.Match[str]) -> str:
        choice = _choice(match, text)
        return f'choice({choice.options}, "{choice.key(place)}")'

    return _CHOICE.sub(put, text)

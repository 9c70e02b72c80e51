"""Sentences as data: which message of the table, with which parts. Any language is made of them later.

    Say("let go", {"name": "l1", "gradient": "7.0"})      a phrase
    render(phrase, "en"), render(phrase, "zh")            its text

The texts are in `messages.json`, every message in every language; `{name}` in one is the part of that name. The
browser holds the same table and does the same (`frontend/words.js`), so that a saved trace speaks all of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

LANGUAGES = ("en", "zh")

_spoken: ContextVar[str] = ContextVar("language", default="en")

_TABLE = Path(__file__).parent / "messages.json"
_PART = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Say:
    """One message of the table, by its key, and its parts by name."""

    key: str
    parts: Mapping[str, Phrase] = field(default_factory=dict)


# What can be said: a message; several in a row, "a, b and c"; or what is the same in every language: a name, a number.
Phrase: TypeAlias = "Say | Sequence[Phrase] | str | int"


@cache
def messages() -> dict[str, dict[str, str]]:
    """The table: by key, in each language."""
    return json.loads(_TABLE.read_text("utf-8"))


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """What is rendered inside is in this language where none is named; outside it is English. ValueError for a
    language that there is not."""
    if language not in LANGUAGES:
        raise _no_language(language)
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def render(phrase: Phrase, language: str | None = None) -> str:
    """A phrase as text. ValueError for a language or a message that the table does not have."""
    language = _spoken.get() if language is None else language
    if isinstance(phrase, Say):
        text = template(phrase.key, language)
        return _PART.sub(lambda part: render(_part(phrase, part[1]), language), text)
    if isinstance(phrase, (tuple, list)):
        *first, last = [render(part, language) for part in phrase] or [""]
        if not first:
            return last
        both = {"first": template("list.comma", language).join(first), "last": last}
        return _PART.sub(lambda part: both[part[1]], template("list", language))
    return str(phrase)


def sentences(said: Sequence[Phrase], language: str | None = None) -> str:
    """Whole sentences, one after the other."""
    language = _spoken.get() if language is None else language
    return template("between sentences", language).join(render(phrase, language) for phrase in said)


def template(key: str, language: str) -> str:
    """A message with its parts still to be filled in. ValueError where the table has none."""
    if language not in LANGUAGES:
        raise _no_language(language)
    message = messages().get(key)
    if message is None:
        raise ValueError(f"no message {key!r} in {_TABLE.name}: the trace was written by another release")
    return message[language]


def _no_language(language: str) -> ValueError:
    return ValueError(f"language {language!r}: there are {', '.join(map(repr, LANGUAGES))}")


def part_names(key: str) -> list[str]:
    """The parts that a message names."""
    return list(dict.fromkeys(_PART.findall(template(key, LANGUAGES[0]))))


def _part(say: Say, name: str) -> Phrase:
    try:
        return say.parts[name]
    except KeyError:
        raise ValueError(f"the message {say.key!r} needs {name!r}, and has {sorted(say.parts)}") from None


# ------------------------------------------------------------------ plain data and back


def plain_phrase(phrase: Phrase) -> Any:
    """A phrase as JSON can hold it: {"say": key, part: ...} for a message."""
    if isinstance(phrase, Say):
        return {"say": phrase.key, **{name: plain_phrase(part) for name, part in phrase.parts.items()}}
    if isinstance(phrase, (tuple, list)):
        return [plain_phrase(part) for part in phrase]
    return phrase


def phrase_of(data: Any) -> Phrase:
    """The phrase that `plain_phrase` made this data of. ValueError where it made none."""
    if isinstance(data, dict) and isinstance(data.get("say"), str):
        parts = {name: phrase_of(part) for name, part in data.items() if name != "say"}
        return Say(data["say"], parts)
    if isinstance(data, list):
        return tuple(map(phrase_of, data))
    if isinstance(data, (str, int)):
        return data
    raise ValueError(f"not a phrase: {str(data)[:80]}")

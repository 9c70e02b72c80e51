"""Sentences as data: the table holds every message in every language, and a phrase comes back from JSON."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import minigrad_widgets
from minigrad_widgets.say import (
    LANGUAGES,
    Say,
    messages,
    part_names,
    phrase_of,
    plain_phrase,
    render,
    sentences,
    template,
)
from minigrad_widgets.trace import Trace
from minigrad_widgets.words import expression
from widgets.sample_traces import ghost_and_cuts, version_error, worked

SOURCES = Path(minigrad_widgets.__file__).parent
FRONTEND = SOURCES.parent / "frontend"
STEP = Say("let go", {"name": "l1", "gradient": Say("value.all", {"number": "7.0"})})


def test_a_message_becomes_text_in_each_language() -> None:
    assert render(STEP) == "l1 is no leaf: its gradient, all 7.0, only passed through and is let go."
    assert "l1" in render(STEP, "zh")
    assert "全为 7.0" in render(STEP, "zh")


def test_what_stands_in_a_row_is_joined_as_the_language_does() -> None:
    assert [render(("a", "b", "c"), language) for language in LANGUAGES] == ["a, b and c", "a、b和c"]
    assert [render(("a", 2)), render(("a",)), render(())] == ["a and 2", "a", ""]
    assert sentences((Say("op.unrecorded"), "Two.")) == "Nothing is recorded: no input requires grad. Two."


def test_every_message_has_the_same_parts_in_every_language() -> None:
    for key, texts in messages().items():
        assert set(texts) == set(LANGUAGES), key
        named = {language: set(re.findall(r"\{(\w+)\}", text)) for language, text in texts.items()}
        assert len(set(map(frozenset, named.values()))) == 1, (key, named)
        assert "say" not in part_names(key), key


def test_what_the_table_does_not_have_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no message 'nothing of the kind'"):
        render(Say("nothing of the kind"))
    with pytest.raises(ValueError, match="language 'fr': there are 'en', 'zh'"):
        render(STEP, "fr")
    with pytest.raises(ValueError, match="'let go' needs 'gradient'"):
        render(Say("let go", {"name": "l1"}))


def test_a_phrase_comes_back_from_json() -> None:
    phrase = ("a", 2, STEP)
    assert phrase_of(json.loads(json.dumps(plain_phrase(phrase)))) == phrase
    for wrong in (None, {"key": "let go"}, {"say": 3}, [None]):
        with pytest.raises(ValueError, match="not a phrase"):
            phrase_of(wrong)


def test_every_message_is_used_and_every_key_that_is_used_has_one() -> None:
    """Keys stand in the sources as whole texts, or with a part that is put in: f"cut.{cut}"."""
    python = "\n".join(path.read_text("utf-8") for path in SOURCES.rglob("*.py"))
    script = "\n".join(path.read_text("utf-8") for path in FRONTEND.glob("*.js"))
    whole = set(re.findall(r'"([^"\n]+)"', python + script))
    patterns = [
        re.compile(".+".join(map(re.escape, re.split(r"\{[^}]*\}", text))))
        for text in re.findall(r'f"([^"\n]*\{[^"\n]*)"', python)
        + re.findall(r"`([^`\n]*)`", script.replace("${", "{"))
        if re.match(r"\w+\.", text)
    ]
    for key in messages():
        assert key in whole or any(pattern.fullmatch(key) for pattern in patterns), f"nobody says {key!r}"
    said = {
        node.args[0].value
        for path in SOURCES.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "Say"
        and isinstance(node.args[0], ast.Constant)
    } | set(re.findall(r'\bt\("([^"]+)"', script))
    assert said - messages().keys() == set()


@pytest.mark.parametrize("record", [worked, version_error, ghost_and_cuts])
def test_a_recorded_trace_can_be_said_in_every_language(record: Callable[[], Trace]) -> None:
    trace = Trace.from_json(record().to_json())
    assert trace.steps
    for language in LANGUAGES:
        for step in trace.steps:
            text = sentences(step.said, language)
            assert text
            assert "{" not in text
    assert template("between sentences", "zh") == ""


@pytest.mark.parametrize(
    ("op", "args", "text"),
    [
        ("mul", [("self", "a"), ("other", "2")], "a * 2"),
        ("pow", [("self", "a"), ("exponent", "2")], "a ** 2"),
        ("rpow", [("exponent", "a"), ("self", "2")], "2 ** a"),
        ("rsub", [("self", "a"), ("other", "3")], "3 - a"),
        ("sum", [("self", "a * 2"), ("dim", "0")], "(a * 2).sum(0)"),
    ],
)
def test_an_expression_is_written_as_the_learner_wrote_it(op: str, args: list, text: str) -> None:
    assert expression(op, args) == text

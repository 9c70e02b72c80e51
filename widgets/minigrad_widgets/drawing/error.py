"""An error of autograd, explained (error.js): what was saved where, what changed it where, why it matters, the cures."""

from __future__ import annotations

from typing import NamedTuple

from ..say import Say, render
from ..trace import ErrorView, Place, Trace
from .card import name_of

CURES = ("A cure:", "Either cures it:", "Any of these cures it:")

# What happened at the two places of an error, in a word.
_HAPPENED = {
    "version": ("saved", "changed"),
    "leaf": ("made", "refused"),
    "freed": ("saved", "let go"),
    "no graph": ("cut", "asked"),
}
_OTHER = ("made", "written")


class Row(NamedTuple):
    """One place of an error: what happened, to what, where, and the line."""

    word: str
    what: str
    where: str
    line: str


def standing_error(trace: Trace, step: int) -> ErrorView | None:
    """The error that still stands after `step` steps: the last one, until a later cell changes the graph."""
    latest = -1
    for done in reversed(trace.steps[:step]):
        if done.error is not None:
            return None if done.place is not None and latest > done.place.cell else done.error
        if done.kind != "name" and done.place is not None:
            latest = max(latest, done.place.cell)
    return None


def error_rows(error: ErrorView, moment: Trace) -> list[Row]:
    """Where it was saved and where it was changed, as far as that is known."""
    card = next((card for card in moment.tensors if card.id == error.card), None)
    saved, changed = _HAPPENED.get(error.kind, _OTHER)
    ends = (
        (saved, error.saved_version, error.saved_at),
        (changed, error.now_version, error.changed_at),
    )
    rows = []
    for word, version, place in ends:
        if place is not None:
            name = name_of(card) if card else ""
            what = name if version is None else f"{name} at version {version}".strip()
            rows.append(Row(word, what, place_text(moment, place), source_line(moment, place)))
    return rows


def error_title(error: ErrorView, language: str | None = None) -> str:
    return render(error.title, language)


def error_why(error: ErrorView, language: str | None = None) -> str:
    """Why it had to be raised, else the engine's own message."""
    return render(error.why, language) or error.message


def place_text(trace: Trace, place: Place, language: str | None = None) -> str:
    """ "In [3] line 2", the way the notebook labels it."""
    label = trace.cells[place.cell].label
    key = "place.cell" if label.startswith("[") else "place.file"
    return render(Say(key, {"label": label, "line": place.line}), language)


def source_line(trace: Trace, place: Place) -> str:
    """The learner's own line, or ""."""
    lines = trace.cells[place.cell].source.split("\n")
    return lines[place.line - 1].strip() if 0 < place.line <= len(lines) else ""

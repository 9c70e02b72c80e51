"""An error of autograd, explained (error.js): what was saved where, what changed it where, why it matters, the cures."""

from __future__ import annotations

from typing import NamedTuple

from ..say import Say, render
from ..trace import ErrorView, Operand, Place, Trace
from .card import name_of


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


def error_rows(error: ErrorView, moment: Trace, language: str | None = None) -> list[Row]:
    """What an op was given; where it was saved and where it was changed, as far as that is known."""
    rows = [_operand_row(operand, language) for operand in error.operands]
    card = next((card for card in moment.tensors if card.id == error.card), None)
    saved, changed = error.happened
    ends = (
        (saved, error.saved_version, error.saved_at),
        (changed, error.now_version, error.changed_at),
    )
    for word, version, place in ends:
        if place is not None:
            name = name_of(card) if card else ""
            what = name if version is None else Say("at version", {"name": name, "version": version})
            where = place_text(moment, place, language)
            rows.append(
                Row(
                    render(Say(f"place.{word}"), language),
                    render(what, language),
                    where,
                    source_line(moment, place),
                )
            )
    return rows


def _operand_row(operand: Operand, language: str | None) -> Row:
    """A tensor that an op would not take: its shape, with the dimensions that do not fit in brackets."""
    sizes = ", ".join(f"[{n}]" if dim in operand.unmet else f"{n}" for dim, n in enumerate(operand.shape))
    shape = f"({sizes},)" if len(operand.shape) == 1 else f"({sizes})"
    return Row(render(Say("place.given"), language), operand.name, f"{shape} {operand.dtype}", "")


def error_cures(error: ErrorView, language: str | None = None) -> str:
    """What stands above the cures, "" where there are none."""
    count = len(error.cures)
    key = "error.cure.one" if count == 1 else "error.cure.two" if count == 2 else "error.cure.many"
    return render(Say(key), language) if count else ""


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

"""Fitting text into the room it has (text.js)."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from ..measure import text_width


class Font(NamedTuple):
    """As the style sheet has it: px, 400 or 600."""

    size: float
    weight: int = 400
    mono: bool = False


Measure = Callable[[str, Font], float]

FONTS = {
    "name": Font(13, 600),
    "small": Font(11),
    "value": Font(11, mono=True),
    "badge": Font(10, 600),
    "title": Font(12, 600),
    "slot": Font(10),
    "alarm": Font(10, 600),
}


@lru_cache(4096)
def estimate(text: str, font: Font) -> float:
    """Its width in px, rather too many than too few: which font the reader has is not known here."""
    return text_width(text, font.size, bold=font.weight > 400, mono=font.mono)


def fit(text: str, room: float, font: Font, measure: Measure = estimate) -> str:
    """The text, or as much of it as fits into `room` with an ellipsis; "" where not even that fits."""
    if measure(text, font) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(f"{text[:middle]}…", font) <= room:
            low = middle
        else:
            high = middle - 1
    return f"{text[:low]}…" if low else ""

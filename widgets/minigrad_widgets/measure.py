"""How wide a text will be, without a font: an estimate on the safe side, for DejaVu Sans and narrower."""

from __future__ import annotations

from functools import lru_cache
from unicodedata import combining, east_asian_width

_NARROW, _WIDE = set("iljItf.,:;'!|()[] r1"), set("mwMW@%")


def _ems(character: str) -> float:
    if combining(character):
        return 0.0
    if east_asian_width(character) in "WF":
        return 1.05
    if character in _NARROW:
        return 0.4
    if character in _WIDE:
        return 1.0
    return 0.72 if character.isupper() else 0.64


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, *, bold: bool = False, mono: bool = False) -> float:
    """Pixels that `text` takes at a font size in px, rather too many than too few."""
    if mono:
        ems = sum(1.05 if east_asian_width(c) in "WF" else 0.61 for c in text)
    else:
        ems = sum(map(_ems, text)) * (1.09 if bold else 1.0)
    return ems * size

"""Checks about numbers and states, which can be made any number of times.

assert same(a.grad, [3.0, 5.0])
assert gradients(loss, a=a) == {"a": [3.0, 5.0]}      as backward() would give, without calling it
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..adapters.programs import gradients
from ..say import Phrase
from .predictions import agree, plain

__all__ = ["gradients", "same"]


@dataclass(frozen=True, slots=True)
class Same:
    """Whether two values agree. `parts` are both as text, for a sentence where they do not."""

    holds: bool
    parts: dict[str, Phrase]

    def __bool__(self) -> bool:
        return self.holds


def same(value: Any, wanted: Any) -> Same:
    """Whether a tensor, a number or a list has these numbers, to four digits."""
    return Same(agree(value, wanted), {"value": repr(plain(value)), "wanted": repr(plain(wanted))})

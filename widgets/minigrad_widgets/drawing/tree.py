"""Markup out of plain pieces. Text is escaped here and nowhere else."""

from __future__ import annotations

import html
import re

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_SPECIAL = re.compile(f"[&<>\"']|{_NOT_XML.pattern}")


class Markup(str):
    """A text that is markup already."""

    __slots__ = ()


def escaped(text: str) -> Markup:
    """Text as markup that shows it, in a picture or a page."""
    return Markup(html.escape(_NOT_XML.sub("\ufffd", text)) if _SPECIAL.search(text) else text)


def h(tag: str, attrs: dict[str, object], *children: str | None) -> Markup:
    """An element. Attributes and children that are None are left out; children that are no Markup are text."""
    words = "".join(
        f' {name}="{escaped(_text(value))}"' for name, value in attrs.items() if value is not None
    )
    inner = "".join(c if isinstance(c, Markup) else escaped(c) for c in children if c is not None)
    return Markup(f"<{tag}{words}>{inner}</{tag}>" if inner else f"<{tag}{words}/>")


def _text(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)

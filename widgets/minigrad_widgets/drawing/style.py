"""The look of the drawings for a picture: the panel's own style sheet with its variables worked out.

A picture has no Jupyter round it and is opened by programs that know neither variables nor light-dark().
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

SHEET = Path(__file__).parent.parent / "static" / "graph_view.css"
BEGIN = "/* The drawings */"  # in the style sheet, before the rules that a picture needs
_MOVING = re.compile(r"mg-(lit|near|glide|fresh|note|hit)|:focus|:hover")  # of use to a pointer only
_BESIDE = re.compile(
    r"/\*.*?\*/|@[^{]+\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", re.DOTALL
)  # comments, @media and such
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_VARIABLE = re.compile(r"(--mg-[\w-]+): *([^;]+);")
_USE = re.compile(r"var\((--mg-[\w-]+)\)")
_BOTH = re.compile(r"light-dark\(([^(),]+), *([^(),]+)\)")
_FROM_JUPYTER = re.compile(r"var\(--jp-[\w-]+, *(.*)\)$")


@cache
def style(theme: str, more: str = "") -> str:
    """The rules for "light", "dark" or "auto", which is light unless the reader prefers dark.

    more: rules besides those of the drawings, with the same variables.
    """
    head, _, drawings = SHEET.read_text("utf-8").partition(BEGIN)
    variables: dict[str, str] = {}
    for name, value in _VARIABLE.findall(head):
        variables.setdefault(name, value)
    rules = [
        (" ".join(selector.split()), " ".join(body.split()))
        for selector, body in _RULE.findall(_BESIDE.sub("", drawings) + more)
        if not _MOVING.search(selector)
    ]
    if theme != "auto":
        return _write(rules, variables, theme == "dark")
    coloured = [(selector, ";".join(d for d in body.split(";") if "var(" in d)) for selector, body in rules]
    dark = _write([rule for rule in coloured if rule[1]], variables, True)
    return f"{_write(rules, variables, False)}@media (prefers-color-scheme: dark){{{dark}}}"


def _write(rules: list[tuple[str, str]], variables: dict[str, str], dark: bool) -> str:
    def worked_out(found: re.Match[str]) -> str:
        value = _FROM_JUPYTER.sub(r"\1", variables[found[1]].strip())
        value = _BOTH.sub(lambda both: both[2 if dark else 1].strip(), value)
        return _USE.sub(worked_out, value)

    return "".join(f"{selector}{{{_USE.sub(worked_out, body)}}}" for selector, body in rules)

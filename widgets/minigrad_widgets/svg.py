"""A trace as one picture: the drawings of a moment, its sentence, and the error that stands.

It looks as the panel does (`drawing/` says how), needs nothing beside it, and is plain SVG 1.1 with a style sheet.
"""

from __future__ import annotations

from typing import Any

from .drawing.card import card_tree
from .drawing.edge import edge_tree, pill_tree
from .drawing.error import error_cures, error_rows, error_title, error_why, standing_error
from .drawing.fitting import Font, estimate
from .drawing.function import function_tree
from .drawing.group import Folded, group_tree, hiders
from .drawing.icons import alarm_icon
from .drawing.scene import Scene, build_scene
from .drawing.style import style
from .drawing.tree import Markup, h
from .layout import layout
from .say import Say, render, speaking
from .trace import TensorView, Trace

SIDES = ("forward", "backward")
THEMES = ("auto", "light", "dark")

MARGIN, GAP, PAD = 10, 8, 8  # round everything, between the panes, within one
HEADING = 30
MOST_FLAT = 200  # functions that a picture shows one by one
LEAST = 520  # px, so that sentences have lines of some length
SAY, SMALL, BOLD, CODE = Font(13), Font(12), Font(13, 600), Font(12, mono=True)
LINE = 19

# Beside the rules of the drawings.
MORE = """
.mg-page { fill: var(--mg-bg); }
.mg-frame { fill: none; stroke: var(--mg-line); }
.mg-svg .mg-middle { text-anchor: middle; }
.mg-svg .mg-heading { font-size: 13px; font-weight: 600; }
.mg-svg .mg-small { font-size: 12px; }
.mg-svg .mg-said { font-size: 13px; }
.mg-svg .mg-bold { font-size: 13px; font-weight: 600; }
.mg-svg .mg-code { font: 12px var(--mg-mono); }
.mg-svg .mg-wrong { fill: var(--mg-bad); }
.mg-say { fill: var(--mg-flow-bg); }
.mg-bar { fill: var(--mg-flow); }
.mg-error { fill: var(--mg-bad-bg); stroke: var(--mg-bad); stroke-width: 1.5; }
.mg-stopped .mg-about .mg-body { filter: drop-shadow(0 0 3px var(--mg-bad)); }
.mg-stopped .mg-say { fill: var(--mg-bad-bg); }
.mg-stopped .mg-bar { fill: var(--mg-bad); }
"""


def picture(
    trace: Trace,
    step: int | None = None,
    side: str = "both",
    theme: str = "auto",
    language: str = "en",
    *,
    words: bool = True,
    positions: dict[str, Any] | None = None,
) -> str:
    """The moment after `step` steps, by default the last, as SVG.

    side: "both", "forward", "backward". theme: "auto", "light", "dark". language: "en", "zh". words: with a text for each thing, which
    browsers show on pointing at it. positions: what `layout` gave, where it is known. ValueError for any other side,
    theme, language or moment.
    """
    if side not in ("both", *SIDES):
        raise ValueError(f"side {side!r}: there are 'both', 'forward' and 'backward'")
    if theme not in THEMES:
        raise ValueError(f"theme {theme!r}: there are 'auto', 'light' and 'dark'")
    with speaking(language):
        return _picture(trace, len(trace.steps) if step is None else step, side, theme, words, positions)


def _picture(
    trace: Trace, step: int, side: str, theme: str, words: bool, positions: dict[str, Any] | None
) -> str:
    moment = trace.at(step)
    if positions is None or positions.get("groups"):
        # What is folded in a picture stays so: what can be shown is.
        positions = layout(trace, folds=len(trace.functions) > MOST_FLAT)
    sides = SIDES if side == "both" else (side,)
    width = max(positions["width"] + 2 * PAD, (LEAST - 2 * MARGIN - GAP * (len(sides) - 1)) / len(sides))
    height = positions["height"] + 2 * PAD + HEADING
    whole = 2 * MARGIN + width * len(sides) + GAP * (len(sides) - 1)
    stands_for = hiders(positions)
    about = tuple(stands_for.get(id, id) for id in trace.steps[step - 1].about) if step else ()
    error = standing_error(moment, step)
    path = frozenset(stands_for.get(id, id) for id in error.path) if error else frozenset()
    parts = [
        h(
            "g",
            {"transform": f"translate({MARGIN + i * (width + GAP):g} {MARGIN})"},
            _pane(build_scene(moment, positions, each, error=error), about, path, width, height, words),
        )
        for i, each in enumerate(sides)
    ]
    y = MARGIN + height + GAP
    for block in (_sentence(trace, step, whole - 2 * MARGIN), _error(moment, step, whole - 2 * MARGIN)):
        if block is not None:
            tree, tall = block
            parts.append(h("g", {"transform": f"translate({MARGIN} {y:g})"}, tree))
            y += tall + GAP
    stopped = step and trace.steps[step - 1].error is not None
    kind = "mg-svg mg-stopped" if stopped else "mg-svg"
    return _document(kind, whole, y - GAP + MARGIN, theme, summary(trace, step), parts)


def summary(trace: Trace, step: int | None = None) -> str:
    """The moment in a sentence or two, for those who do not see the picture."""
    step = len(trace.steps) if step is None else step
    moment = trace.at(step)
    tensors = sum(card.shown for card in moment.tensors)
    functions = sum(function.shown for function in moment.functions)
    counted = render((_count(tensors, "tensor"), _count(functions, "function")))
    said = f" {trace.steps[step - 1].text}" if step else ""
    return f"{render(Say('panel'))}: {counted}.{said}"


def _count(count: int, what: str) -> Say:
    return Say(f"count.{what}.{'one' if count == 1 else 'many'}", {"count": count})


def _document(kind: str, width: float, height: float, theme: str, text: str, parts: list[Markup]) -> str:
    return h(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": kind,
            "width": round(width),
            "height": round(height),
            "viewBox": f"0 0 {round(width)} {round(height)}",
            "role": "img",
            "aria-label": text,
        },
        h("style", {}, Markup(style(theme, MORE))),
        h("rect", {"class": "mg-page", "width": "100%", "height": "100%"}),
        *parts,
    )


def _pane(
    scene: Scene, about: tuple[str, ...], path: frozenset[str], width: float, height: float, words: bool
) -> Markup:
    """One drawing in its frame. path: the way to where an error began."""
    name, note = render(Say(f"panel.{scene.side}")), render(Say(f"panel.flows.{scene.side}"))
    lines = [
        h("g", _marked(id, about, path), edge_tree(line.edge, scene.side, line.message, line.points, words))
        for id, line in scene.lines.items()
    ]
    pills = [pill_tree(line.message, line.pill, words=words) for line in scene.lines.values() if line.pill]
    things = []
    for id, (thing, box) in scene.things.items():
        if isinstance(thing, TensorView):
            tree = card_tree(thing, scene.side, box.w, box.h, words=words)
        elif isinstance(thing, Folded):
            tree = group_tree(thing, scene.side, box.w, box.h)
        else:
            tree = function_tree(thing, scene.side, box, words=words)
        at = {"transform": f"translate({box.x:g} {box.y:g})"}
        things.append(h("g", {**_marked(id, about, path, "mg-thing"), **at}, tree))
    left = (width - scene.width) / 2
    return h(
        "g",
        {},
        h("rect", {"class": "mg-frame", "width": width, "height": height, "rx": 8}),
        h("text", {"class": "mg-heading", "x": 10, "y": 20}, name),
        h("text", {"class": "mg-soft mg-small", "x": 18 + estimate(name, BOLD), "y": 20}, note),
        h("g", {"transform": f"translate({left:g} {HEADING + PAD})"}, *lines, *pills, *things),
    )


def _marked(id: str, about: tuple[str, ...], path: frozenset[str], kind: str = "") -> dict[str, Any]:
    marks = (kind, "mg-about" if id in about else "", "mg-path" if id in path else "")
    classes = " ".join(filter(None, marks))
    return {"class": classes or None}


# ------------------------------------------------------------------ below the drawings


def _sentence(trace: Trace, step: int, width: float) -> tuple[Markup, float] | None:
    """The step that led to the moment, and how tall that is."""
    if not step:
        return None
    lines = wrapped(trace.steps[step - 1].text, width - 26, SAY)
    height = LINE * len(lines) + 12
    tree = h(
        "g",
        {},
        h("rect", {"class": "mg-say", "width": width, "height": height, "rx": 5}),
        h("rect", {"class": "mg-bar", "width": 3, "height": height}),
        *(h("text", {"class": "mg-said", "x": 14, "y": 20 + i * LINE}, line) for i, line in enumerate(lines)),
    )
    return tree, height


def _error(moment: Trace, step: int, width: float) -> tuple[Markup, float] | None:
    """The error that stands, explained, and how tall that is."""
    error = standing_error(moment, step)
    if error is None:
        return None
    room = width - 28
    lines: list[tuple[str, str]] = []
    for row in error_rows(error, moment):
        lines += [("mg-said", line) for line in wrapped(f"{row.word}: {row.what}, {row.where}", room, SAY)]
        lines += [("mg-code", line) for line in wrapped(row.line, room - 16, CODE)]
    lines += [("mg-said", line) for line in wrapped(error_why(error), room, SAY)]
    if error.cures:
        lines.append(("mg-bold", error_cures(error)))
    for i, cure in enumerate(error.cures):
        head = f"{i + 1}. " if len(error.cures) > 1 else ""
        for k, text in enumerate(cure.split("\n")):
            lead = head if k == 0 else " " * len(head)
            lines += [("mg-code", line) for line in wrapped(lead + text, room - 16, CODE)]
    height = LINE * (len(lines) + 1) + 16
    tree = h(
        "g",
        {},
        h("rect", {"class": "mg-error", "width": width, "height": height, "rx": 8}),
        h("g", {"transform": "translate(12 9)"}, alarm_icon()),
        h("text", {"class": "mg-bold mg-wrong", "x": 34, "y": 21}, error_title(error)),
        *(
            h(
                "text",
                {
                    "class": kind,
                    "x": 28 if kind == "mg-code" else 14,
                    "y": 22 + (i + 1) * LINE,
                    "xml:space": "preserve",
                },
                line,
            )
            for i, (kind, line) in enumerate(lines)
        ),
    )
    return tree, height


def wrapped(text: str, room: float, font: Font) -> list[str]:
    """The text in lines that fit into `room`; a word that is too long is broken. Leading blanks stay."""
    lines: list[str] = []
    indent = text[: len(text) - len(text.lstrip(" "))]
    line = indent
    for word in text.split():
        longer = f"{line} {word}" if line.strip() else line + word
        if estimate(longer, font) <= room:
            line = longer
            continue
        if line.strip():
            lines.append(line)
        while estimate(word, font) > room and len(word) > 1:
            cut = max(
                1, next((n for n in range(1, len(word)) if estimate(word[: n + 1], font) > room), len(word))
            )
            lines.append(word[:cut])
            word = word[cut:]
        line = word
    return [*lines, line] if line.strip() else lines

"""A function as an oval (function.js): the op in the forward drawing, its node and what it saved in the backward."""

from __future__ import annotations

from ..layout import slot_text
from ..say import Phrase, Say, render
from ..trace import NodeView, SavedView
from .card import joined
from .fitting import FONTS, Measure, estimate, fit
from .geometry import Box
from .icons import alarm_icon, cut_icon, hook_icon
from .tree import Markup, h

PILL = 28
SLOT = 16


def is_broken(function: NodeView) -> bool:
    return any(saved.state == "broken" for saved in function.saved)


def is_misled(function: NodeView) -> bool:
    """Whether what it saved has changed and it cannot know."""
    return any(saved.state == "unseen" for saved in function.saved)


def is_alarmed(function: NodeView) -> bool:
    """Whether an alarm stands on it: something is wrong here."""
    return is_broken(function) or is_misled(function) or function.refused


def function_title(function: NodeView, side: str) -> str:
    """The name on the oval."""
    op = function.text if function.inplace and function.text else function.op
    title = function.node if side == "backward" and function.node else op
    if not function.cut or function.cut == title:
        return title
    return f"{title} · {cut_text(function.cut)}"


def cut_text(cut: str) -> str:
    """Why a gradient ends, in a word: most of these are names."""
    return render(Say("word.not differentiable")) if cut == "not differentiable" else cut


def function_words(function: NodeView) -> str:
    """The whole function in words."""
    words: list[Phrase] = [Say("word.function", {"op": function.op})]
    if function.text:
        words.append(function.text)
    if function.inplace:
        words.append(Say("word.in place"))
    if function.refused:
        words.append(Say("word.refused"))
    else:
        words.append(
            Say("word.recorded", {"node": function.node}) if function.node else Say("word.unrecorded")
        )
    if function.cut:
        words.append(Say("word.cut", {"why": cut_text(function.cut)}))
    words += [slot_text(saved) for saved in function.saved]
    if function.runs:
        often = "once" if function.runs == 1 else "times"
        words.append(Say(f"word.ran.{often}", {"count": function.runs}))
    if function.hooks:
        words.append(Say("word.hooks", {"hooks": function.hooks}))
    return joined(words)


def _draws_slots(function: NodeView, side: str) -> bool:
    """Whether its saved slots are drawn: the forward drawing shows what ran, not what was kept."""
    return side == "backward" and function.node is not None and bool(function.saved)


def _hook_width(function: NodeView, side: str) -> int:
    """The room for the mark of the hooks of its node, which is in the backward drawing."""
    return 16 if side == "backward" and function.hooks else 0


def function_box(function: NodeView, side: str, place: Box, measure: Measure = estimate) -> Box:
    """The box that is drawn in the place that the layout keeps."""
    if _draws_slots(function, side):
        return place
    marks = (17 if function.cut else 0) + (19 if is_alarmed(function) else 0) + _hook_width(function, side)
    wanted = measure(function_title(function, side), FONTS["title"]) + marks + 26
    w, height = min(place.w, max(56, wanted)), min(place.h, PILL)
    return Box(place.x + (place.w - w) / 2, place.y + (place.h - height) / 2, w, height)


def function_class(function: NodeView, side: str) -> str:
    """The marks of its state."""
    classes = ["mg-fn"]
    if is_broken(function):
        classes.append("mg-broken")
    if is_misled(function):
        classes.append("mg-misled")
    if function.refused:
        classes.append("mg-refused")
    if function.cut:
        classes.append("mg-cut")
    if side == "backward" and not function.node:
        classes.append("mg-dim")
    if side == "backward" and function.runs > 0:
        classes.append("mg-ran")
    return " ".join(classes)


def function_tree(
    function: NodeView, side: str, box: Box, measure: Measure = estimate, words: bool = True
) -> Markup:
    """The oval at its own origin; `words`: with a tooltip that says it all."""
    alarmed = is_alarmed(function)
    icon = alarm_icon() if alarmed else cut_icon() if function.cut else None
    icon_width = 18 if icon else 0
    hook = _hook_width(function, side)
    title = fit(function_title(function, side), box.w - 20 - icon_width - hook, FONTS["title"], measure)
    start = (box.w - measure(title, FONTS["title"]) - icon_width - hook) / 2
    mark = f"translate({start - 1:g} {7.5 if alarmed else 8})"
    slots = function.saved if _draws_slots(function, side) else ()
    return h(
        "g",
        {"class": function_class(function, side)},
        h("title", {}, function_words(function)) if words else None,
        h(
            "rect",
            {"class": "mg-body", "width": box.w, "height": box.h, "rx": 4 if function.refused else PILL / 2},
        ),
        h("g", {"transform": mark}, icon) if icon else None,
        # In the middle, because the reader's font is not the one that was measured.
        h("text", {"class": "mg-title mg-middle", "x": (box.w + icon_width - hook) / 2, "y": 18.5}, title),
        h("g", {"transform": f"translate({box.w - start - 9:g} 8)"}, hook_icon()) if hook else None,
        *(_slot(saved, i, box.w, measure) for i, saved in enumerate(slots)),
    )


def _slot(saved: SavedView, i: int, width: float, measure: Measure) -> Markup:
    font = FONTS["alarm"] if saved.state in ("broken", "unseen") else FONTS["slot"]
    return h(
        "g",
        {"class": f"mg-slot mg-{saved.state}", "transform": f"translate(9 {26 + i * SLOT})"},
        h("rect", {"width": width - 18, "height": SLOT - 2, "rx": 4}),
        h("text", {"x": 6, "y": 10.5}, fit(slot_text(saved), width - 30, font, measure)),
    )

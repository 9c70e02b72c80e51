"""A tensor as a card (card.js): what it says, in words and marks, and how it is drawn."""

from __future__ import annotations

from collections.abc import Sequence

from ..layout import has_grad_line, shape_text
from ..say import Phrase, Say, render
from ..trace import TensorView
from .fitting import FONTS, Measure, estimate, fit
from .icons import hook_icon, leaf_icon
from .tree import Markup, h

PAD = 9
ROW = 16
HOOK = 15  # what a hook takes of its row
TOP = 6  # the same whether or not the last row is there yet


def name_of(card: TensorView) -> str:
    """What to call it in a sentence."""
    if card.names:
        return ", ".join(card.names)
    if card.ghosts:
        return render(Say("word.was", {"names": ", ".join(card.ghosts)}))
    return card.label or render(Say("word.nameless"))


def grad_text(card: TensorView) -> str:
    if card.grad is not None:
        return render(card.grad.said)
    return render(Say("card.let go")) if card.grad_state == "let go" else "None"


def autograd_text(card: TensorView, side: str) -> str:
    """The line that says how a tensor stands to autograd."""
    if not card.requires_grad:
        return "requires_grad False"
    if card.grad_fn:
        return card.grad_fn
    return "AccumulateGrad" if side == "backward" else "requires_grad True"


def card_words(card: TensorView) -> str:
    """The whole card in words."""
    words: list[Phrase] = [Say("word.tensor", {"name": name_of(card)})]
    if card.names and card.ghosts:
        words.append(Say("word.was", {"names": ", ".join(card.ghosts)}))
    if not card.current:
        words.append(Say("word.overwritten"))
    elif not card.alive:
        words.append(Say("word.unheld"))
    if card.is_leaf:
        words.append(Say("word.leaf"))
    words += [Say("word.shape", {"shape": str(card.shape)}), card.dtype]
    words.append(Say("word.value", {"value": card.value.said}) if card.value else Say("word.value gone"))
    words += [Say("word.version", {"version": card.version}), f"requires_grad {card.requires_grad}"]
    if card.unseen:
        words.append(Say("word.unseen"))
    if card.grad_fn:
        words.append(f"grad_fn {card.grad_fn}")
    if has_grad_line(card):
        words.append(Say("word.grad", {"gradient": grad_text(card)}))
    if card.retains_grad:
        words.append(Say("word.retains"))
    if card.base:
        words.append(Say("word.view"))
    if card.hooks:
        words.append(Say("word.hooks", {"hooks": card.hooks}))
    return joined(words)


def joined(words: Sequence[Phrase]) -> str:
    """Short descriptions in a row."""
    return render(Say("word.comma")).join(map(render, words))


def card_class(card: TensorView, side: str) -> str:
    """The marks of its state."""
    classes = ["mg-card"]
    if card.is_leaf and card.requires_grad:
        classes.append("mg-grows")
    if not card.current:
        classes.append("mg-old")
    elif not card.alive or not card.names:
        classes.append("mg-unheld")
    if card.current and card.version > 0:
        classes.append("mg-written")
    if card.unseen:
        classes.append("mg-unseen")
    if side == "backward" and not card.requires_grad:
        classes.append("mg-dim")
    return " ".join(classes)


def card_tree(
    card: TensorView, side: str, width: float, height: float, measure: Measure = estimate, words: bool = True
) -> Markup:
    """The card at its own origin; `words`: with a tooltip that says it all."""
    rows = [
        _name_row(card, width, measure),
        _value_row(card, width, measure),
        _autograd_row(card, side, width, measure),
    ]
    if has_grad_line(card):
        rows.append(_grad_row(card, width, measure))
    return h(
        "g",
        {"class": card_class(card, side)},
        h("title", {}, card_words(card)) if words else None,
        h("rect", {"class": "mg-body", "width": width, "height": height, "rx": 8}),
        *(h("g", {"transform": f"translate(0 {TOP + i * ROW})"}, row) for i, row in enumerate(rows)),
    )


def _name_row(card: TensorView, width: float, measure: Measure) -> Markup:
    badge = render(Say("badge.unseen", {"version": card.version})) if card.unseen else f"v{card.version}"
    badge_width = max(24, measure(badge, FONTS["badge"]) + 12)
    left = PAD + (17 if card.is_leaf else 0)
    room = width - left - 6 - badge_width - 6
    parts = []
    own = ", ".join(card.names) or ("" if card.ghosts else name_of(card))
    if own:
        text = fit(own, room, FONTS["name"], measure)
        parts.append(h("tspan", {"class": "mg-name" if card.names else "mg-label"}, text))
        room -= measure(f"{text} ", FONTS["name"])
    if not card.current:
        old = render(Say("card.old"))
        if measure(old, FONTS["small"]) <= room:
            parts.append(h("tspan", {"class": "mg-ghost", "dx": 5}, old))
        room -= measure(f"{old} ", FONTS["small"])
    if card.ghosts and room > 30:
        was = render(Say("card.was"))
        rest = room - measure(f"{was} ", FONTS["small"])
        ghosts = fit(", ".join(card.ghosts), rest, FONTS["small"], measure)
        parts.append(h("tspan", {"class": "mg-ghost", "dx": 5 if own else 0}, was))
        parts.append(h("tspan", {"class": "mg-ghost mg-struck", "dx": 3}, ghosts))
    version = h(
        "g",
        {"class": "mg-version", "transform": f"translate({width - 6 - badge_width:g} 0)"},
        h("rect", {"width": badge_width, "height": 15, "rx": 7.5}),
        h("text", {"x": badge_width / 2, "y": 11}, badge),
    )
    mark = h("g", {"transform": f"translate({PAD - 1} 1.5)"}, leaf_icon(card.requires_grad))
    return h("g", {}, mark if card.is_leaf else None, h("text", {"x": left, "y": 12}, *parts), version)


def _value_row(card: TensorView, width: float, measure: Measure) -> Markup:
    shape = fit(shape_text(card), width - 2 * PAD, FONTS["small"], measure)
    room = width - 2 * PAD - measure(shape, FONTS["small"]) - 8
    value = fit(
        render(card.value.said if card.value else Say("card.not kept")), room, FONTS["value"], measure
    )
    return h(
        "g",
        {},
        h("text", {"class": "mg-soft", "x": PAD, "y": 12}, shape),
        h(
            "text",
            {"class": "mg-value" if card.value else "mg-value mg-soft", "x": width - PAD, "y": 12},
            value,
        ),
    )


def _autograd_row(card: TensorView, side: str, width: float, measure: Measure) -> Markup:
    told = "mg-soft" if card.grad_fn or not card.requires_grad else "mg-asks"
    room = width - 2 * PAD - (HOOK if card.hooks else 0)
    text = fit(autograd_text(card, side), room, FONTS["small"], measure)
    hook = h("g", {"transform": f"translate({width - PAD - 9:g} 2)"}, hook_icon()) if card.hooks else None
    return h("g", {}, h("text", {"class": told, "x": PAD, "y": 12}, text), hook)


def _grad_row(card: TensorView, width: float, measure: Measure) -> Markup:
    label = render(Say("card.retained")) if card.retains_grad and not card.is_leaf else ".grad"
    room = width - 2 * PAD - measure(label, FONTS["small"]) - 8
    if card.grad is not None:
        state = "mg-value mg-got"
    else:
        state = "mg-gone" if card.grad_state == "let go" else "mg-soft mg-end"
    text = fit(grad_text(card), room, FONTS["value"], measure)
    return h(
        "g",
        {},
        h("text", {"class": "mg-got" if card.grad else "mg-soft", "x": PAD, "y": 12}, label),
        h("text", {"class": state, "x": width - PAD, "y": 12}, text),
    )

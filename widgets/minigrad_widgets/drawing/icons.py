"""Small pictures as paths (icons.js): no font is needed, and every one stands beside a word."""

from __future__ import annotations

from .tree import Markup, h


def leaf_icon(filled: bool) -> Markup:
    """A leaf, 12 x 12; `filled` for one that asks for a gradient."""
    return h(
        "g",
        {"class": "mg-leaf" if filled else "mg-leaf mg-hollow"},
        h("path", {"d": "M1.2 11C0.6 4.6 4 1 11.4 1C11.8 7.6 8.6 11 3.4 9.7"}),
        h("path", {"class": "mg-vein", "d": "M1.2 11.6C2.4 8.6 4.4 6.4 7.4 4.8"}),
    )


def cut_icon() -> Markup:
    """Scissors, 12 x 12: the gradient is cut off here."""
    return h(
        "g",
        {"class": "mg-cutmark"},
        h("circle", {"cx": 2.6, "cy": 2.9, "r": 1.8}),
        h("circle", {"cx": 2.6, "cy": 9.1, "r": 1.8}),
        h("path", {"d": "M4.2 3.8L11.4 9M4.2 8.2L11.4 3"}),
    )


def hook_icon() -> Markup:
    """A hook, 10 x 12: backward calls a function of the learner's here."""
    return h(
        "g",
        {"class": "mg-hook"},
        h("path", {"d": "M8 1V7.8A3.1 3.1 0 0 1 1.8 7.8V6M0.4 7.6L1.8 5.6L3.4 7.4"}),
    )


def alarm_icon() -> Markup:
    """An exclamation mark in a triangle, 14 x 13."""
    return h(
        "g",
        {"class": "mg-alarm"},
        h("path", {"class": "mg-sign", "d": "M7 1L13.4 12.2H0.6Z"}),
        h("path", {"d": "M7 4.8V8.4M7 10.1V10.6"}),
    )

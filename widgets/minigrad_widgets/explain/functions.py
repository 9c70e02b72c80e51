"""A learner's own backward(), or a hook, answered with what backward cannot use."""

from __future__ import annotations

from ..drafts import Entity
from ..say import Say
from ..trace import ErrorView, Place
from . import fitting, paths, rewrite
from .case import Case


def gradient_count(case: Case) -> ErrorView:
    """As many gradients as forward has arguments; None for those that need none."""
    expected, got = case.fact.details["expected"], case.fact.details["got"]
    args = case.function.args if case.function else []
    parts = _returned(case)
    cure = None
    if parts is not None and len(parts.elements) == got:
        if got > expected:
            cure = parts.with_elements(parts.elements[:expected])
        elif not any(_wants_gradient(case, arg) for arg in args[got:]):
            cure = parts.with_elements([*parts.elements, *["None"] * (expected - got)])
    return _view(case, cure, {"expected": expected, "got": got}, parts)


def gradient_shape(case: Case) -> ErrorView:
    """A gradient has the shape of what it is a gradient of."""
    index, got, expected = (case.fact.details[k] for k in ("index", "got", "expected"))
    parts, cure = _returned(case), None
    if parts is not None and index < len(parts.elements):
        turned = fitting.turned_into(got, expected)
        if turned:
            new = turned.format(rewrite.operand(parts.elements[index]))
            cure = parts.with_elements([*parts.elements[:index], new, *parts.elements[index + 1 :]])
    args = case.function.args if case.function else []
    name = args[index][2] if index < len(args) else Say("nameless")
    more = {"got": f"{got}", "wanted": f"{expected}", "input": name, "position": index + 1}
    return _view(case, cure, more, parts)


def gradient_of_no_tensor(case: Case) -> ErrorView:
    """An argument that is no tensor has no gradient."""
    index, parts, cure = case.fact.details["index"], _returned(case), None
    if parts is not None and index < len(parts.elements):
        cure = parts.with_elements([*parts.elements[:index], "None", *parts.elements[index + 1 :]])
    return _view(case, cure, {"position": index + 1}, parts)


def gradient_type(case: Case) -> ErrorView:
    details = case.fact.details
    return _view(case, None, {"position": details["index"] + 1, "got": details["got"]}, _returned(case))


def once(case: Case) -> ErrorView:
    """backward through a backward that was marked as not to be differentiated."""
    return case.about([], happened=("made", "asked"), path=())


def hook_shape(case: Case) -> ErrorView:
    details = case.fact.details
    shapes = {"hook": details["name"], "got": f"{details['got']}", "wanted": f"{details['expected']}"}
    return case.about([], shapes, happened=("made", "asked"))


def nan(case: Case) -> ErrorView:
    """Anomaly detection found a gradient that is no number."""
    made_at = case.function and case.function.now["place"]
    return case.about(
        [],
        saved_at=made_at,
        happened=("made", "asked"),
        path=paths.back(case.drafts, _root(case), case.function),
    )


def _view(case: Case, cure: str | None, more: dict, parts: rewrite.Returned | None) -> ErrorView:
    returns_at = None
    if case.fact.backward is not None and parts is not None:
        returns_at = Place(case.fact.backward.cell, parts.line)
    return case.about(
        [cure], more, saved_at=case.function and case.function.now["place"],
        changed_at=returns_at or case.fact.backward or case.fact.place, happened=("made", "returned"),
        path=paths.back(case.drafts, _root(case), case.function),
    )  # fmt: skip


def _root(case: Case) -> Entity | None:
    return case.last_step("backward")[1]


def _returned(case: Case) -> rewrite.Returned | None:
    """What the learner's backward() returns, in its own code."""
    place = case.fact.backward
    return place and rewrite.returned(case.drafts.cells[place.cell].source, place.line)


def _wants_gradient(case: Case, arg: tuple[str, str | None, str]) -> bool:
    card = case.drafts.entities.get(arg[1] or "")
    return card is not None and card.now["requires_grad"]

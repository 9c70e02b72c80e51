"""A tensor was to become something else: a number, a truth value, a NumPy array, a copy."""

from __future__ import annotations

from .. import statements
from ..trace import ErrorView
from . import rewrite
from .case import Case


def numpy(case: Case) -> ErrorView:
    """NumPy does not record: an array that a graph knows would be changed behind its back."""
    names = case.card.now["names"] if case.card else ()
    cure = rewrite.before_method(case.line, "numpy", ".detach()")
    if cure is None and names and statements.is_plain(case.line):
        cure = statements.renamed(case.line, names[0], f"{names[0]}.detach()")
    return case.about([cure])


def item(case: Case) -> ErrorView:
    """Several numbers are not one."""
    cures: list[str | None] = []
    for method in ("sum", "mean"):
        cures.append(rewrite.before_method(case.line, "item", f".{method}()"))
        cures.append(rewrite.around_argument(case.line, ("float", "int"), f"{{}}.{method}()"))
    cures.append(rewrite.other_method(case.line, "item", "tolist"))
    return case.about(cures, _shape(case))


def truth(case: Case) -> ErrorView:
    """Of several numbers some may be true."""
    return case.about([rewrite.condition(case.line, f"{{}}.{how}()") for how in ("any", "all")], _shape(case))


def deepcopy(case: Case) -> ErrorView:
    return case.about([rewrite.in_place_of_call(case.line, "deepcopy", "{}.detach().clone()")])


def _shape(case: Case) -> dict[str, str]:
    return {"shape": f"{case.card.now['shape']}" if case.card else ""}

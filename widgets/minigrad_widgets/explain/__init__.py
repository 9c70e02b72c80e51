"""An error explained: why it had to be raised, where it began, and the cures that apply.

A cure is code. Each was made from the learner's own lines and runs in place of them; where a line is not
one plain statement, there is none to offer.

version.py      what was saved was written since
leaf.py         what must not be written was
graph.py        backward cannot begin, or comes to nothing
functions.py    a learner's own backward() or hook
values.py       a tensor was to become something else
refusal.py      an op did not take its arguments
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .. import words
from ..drafts import Drafts
from ..facts import Failed
from ..say import Phrase, Say
from ..trace import ErrorView
from . import functions, graph, leaf, paths, refusal, values
from .case import Case, Ledger
from .version import version

_EXPLAINED: dict[str, Callable[[Case], ErrorView]] = {
    "version": version,
    "leaf": leaf.leaf,
    "view of leaf": leaf.leaf,
    "leaf moved": leaf.moved,
    "view forbids": leaf.view_forbids,
    "inference written": leaf.inference_written,
    "inference saved": leaf.inference_saved,
    "expanded": leaf.expanded,
    "freed": graph.freed,
    "no graph": graph.no_graph,
    "hook on a constant": graph.hook_on_a_constant,
    "input is a constant": graph.input_is_a_constant,
    "unused": graph.unused,
    "no seed": graph.no_seed,
    "wrong seed": graph.wrong_seed,
    "assigned grad": graph.grad_assigned,
    "flag of no leaf": graph.flag_of_no_leaf,
    "integers": graph.integers,
    "grad of no leaf": graph.grad_of_no_leaf,
    "gradient count": functions.gradient_count,
    "gradient shape": functions.gradient_shape,
    "gradient type": functions.gradient_type,
    "gradient of no tensor": functions.gradient_of_no_tensor,
    "once differentiable": functions.once,
    "hook's shape": functions.hook_shape,
    "nan": functions.nan,
    "numpy": values.numpy,
    "item": values.item,
    "truth": values.truth,
    "deepcopy": values.deepcopy,
    "refused": refusal.refused,
    "target shape": refusal.target_shape,
}


def error_view(fact: Failed, drafts: Drafts, ledger: Ledger, bound: Mapping[str, int]) -> ErrorView:
    """The error as facts to draw. ledger: the writes of each tensor; bound: the learner's names."""
    try:
        return _EXPLAINED.get(fact.kind, _other)(Case(fact, drafts, ledger, bound))
    except Exception:  # what learners write nobody foresees, and the recording has to go on
        return _other(Case(fact, drafts, ledger, bound))


def _other(case: Case) -> ErrorView:
    way = paths.back(case.drafts, case.last_step("backward")[1], case.function)
    own = case.fact.details.get("own")
    if own is None:
        return case.view(words.first_sentence(case.fact.message), "", [], path=way)
    parts = {"error": own, "message": case.fact.message, "line": case.line}
    return case.view(
        Say("title.own", parts), Say("why.own", parts), [], happened=("made", "raised"), path=way
    )


def sentence(error: ErrorView, fact: Failed, drafts: Drafts) -> Phrase:
    """The error as the sentence of its step."""
    card, node = drafts.title(error.card), fact.node_name
    if error.kind == "version":
        versions = {"saved": error.saved_version, "now": error.now_version}
        return Say("stop.version", {"node": node, "name": card, **versions})
    if error.kind in ("leaf", "view of leaf"):
        part, base = leaf.names(drafts, drafts.entities.get(error.card or ""), error.kind)
        if part == base:
            return Say("stop.leaf", {"part": part})
        return Say("stop.view of leaf", {"part": part, "leaf": base})
    if error.kind == "freed":
        return Say("stop.freed", {"node": node})
    if error.kind == "no graph":
        return Say("stop.no graph", {"name": card})
    if isinstance(error.title, str):
        return error.title
    return Say("warn" if error.warning else "stop", {"title": error.title})

"""What a prediction asks, and what the engine answers. No key is ever written down: the program is run."""

from __future__ import annotations

import math
from typing import Any

from ..adapters.programs import Ran, run_program
from ..trace import NodeView, SavedView

ASKS = ("value", "prints", "leaf", "version", "raises", "grad", "shape", "breaks")
NEEDS_NAME = frozenset(("leaf", "version", "grad", "shape"))  # they ask about a tensor: {ask: leaf, of: b}
NEEDS_VALUE = frozenset(("value",))
RAISES = "raises"  # the answer where the program stops with an error
NOTHING = "nothing"  # the answer where no error comes, or no edge breaks

# The errors of autograd by the names that the view has for them (trace.ErrorView.kind).
ERRORS = ("version", "leaf", "view of leaf", "freed", "no graph", "other")


def key_of(program: str, ask: str = "value", of: str | None = None) -> Any:
    """The right answer, as plain data. NameError or TypeError where `of` is no tensor of the program."""
    ran = run_program(program)
    if ask == "raises":
        return error_kind(ran)
    if ask == "breaks":
        return (*broken_slots(ran), NOTHING)[0]
    if ran.error is not None:
        return RAISES
    if ask == "prints":
        return ran.printed.strip()
    if ask == "value":
        return plain(ran.value)
    tensor = ran.tensor(of or "")
    if ask == "leaf":
        return bool(tensor.is_leaf)
    if ask == "version":
        return int(tensor._version)
    if ask == "shape":
        return list(tensor.shape)
    return plain(tensor.grad if tensor.is_leaf or tensor.retains_grad else None)


def choices_of(program: str, ask: str) -> tuple[Any, ...]:
    """The answers to choose from where the author gave none; () where any can be."""
    if ask == "leaf":
        return (True, False)
    if ask == "raises":
        return (NOTHING, *ERRORS[:-1])
    if ask == "breaks":
        return (NOTHING, *saved_slots(run_program(program)))
    return ()


def fault_of(program: str, ask: str, of: str | None, choices: tuple[Any, ...]) -> str | None:
    """Why this question cannot be put, for its author; None if it can."""
    ran = run_program(program)
    if isinstance(ran.error, (NameError, AttributeError, ImportError, SyntaxError)):
        return f"the program stops with {type(ran.error).__name__}: {ran.error}"
    try:
        key = key_of(program, ask, of)
    except (NameError, TypeError) as error:
        return str(error)
    if ask == "breaks" and len(broken_slots(ran)) > 1:
        return f"more than one saved tensor breaks: {', '.join(broken_slots(ran))}"
    choices = choices or choices_of(program, ask)
    if choices and not any(agree(key, choice) for choice in choices):
        return f"the engine answers {key!r}, which is none of the choices {', '.join(map(repr, choices))}"
    return None


def error_kind(ran: Ran) -> str:
    """Which error of autograd stopped the program; an error of another kind by its type's name."""
    if ran.error is None:
        return NOTHING
    told = [step.error.kind for step in ran.trace.steps if step.error is not None]
    return told[-1] if told and told[-1] != "other" else type(ran.error).__name__


def saved_slots(ran: Ran) -> tuple[str, ...]:
    """Every tensor that was saved for backward: "MulBackward0: b"."""
    slots = [_slot(function, saved) for function, saved in _saved(ran) if saved.card is not None]
    return tuple(dict.fromkeys(slots))


def broken_slots(ran: Ran) -> tuple[str, ...]:
    """The saved tensors that a write has broken."""
    broken = [_slot(function, saved) for function, saved in _saved(ran) if saved.state == "broken"]
    return tuple(dict.fromkeys(broken))


def _saved(ran: Ran) -> list[tuple[NodeView, SavedView]]:
    return [(function, saved) for function in ran.trace.functions for saved in function.saved]


def _slot(function: NodeView, saved: SavedView) -> str:
    return f"{function.node}: {saved.text}"


def plain(value: Any) -> Any:
    """Tensors and tuples as lists, so that an answer can be typed."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return repr(value)


def agree(answer: Any, key: Any) -> bool:
    """Whether an answer is the key: numbers to four digits, True is not 1, texts without the space around."""
    answer, key = plain(answer), plain(key)
    if isinstance(answer, list) and isinstance(key, list):
        return len(answer) == len(key) and all(map(agree, answer, key))
    if isinstance(answer, bool) or isinstance(key, bool):
        return answer is key
    if isinstance(answer, (int, float)) and isinstance(key, (int, float)):
        same = math.isclose(answer, key, rel_tol=1e-4, abs_tol=1e-6)
        return same or (math.isnan(answer) and math.isnan(key))
    if isinstance(answer, str) and isinstance(key, str):
        return answer.split() == key.split()
    return answer == key and type(answer) is type(key)

"""What happened, in sentences that a learner can read aloud, with the numbers; and short expressions.

Pure text: names and values come in as texts, sentences go out.
"""

from __future__ import annotations

from collections.abc import Sequence

MOST_LABEL = 24  # characters of an expression that stands for a name

_SIGNS = {
    "add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "**", "matmul": "@", "mm": "@", "remainder": "%",
    "eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=",
    "bitwise_and": "&", "bitwise_or": "|", "bitwise_xor": "^",
}  # fmt: skip
_PASSES = {"add", "clone", "alias", "to", "contiguous"}
_RESHAPES = {
    "view", "reshape", "unsafe_view", "transpose", "t", "permute", "unsqueeze", "squeeze", "flatten",
}  # fmt: skip


# ------------------------------------------------------------------ expressions


def expression(op: str, args: Sequence[tuple[str, str]]) -> str:
    """ "b * b", "x.exp()", "x.sum(dim=0)" from an op and its (slot, text) arguments; too long: "exp".

    Arguments without a text are left out: they have their defaults.
    """
    given = dict(args)
    args = [(slot, text) for slot, text in args if text]
    texts = [_operand(text) for _, text in args]
    if op in _SIGNS and len(texts) == 2:
        text = f"{texts[0]} {_SIGNS[op]} {texts[1]}"
    elif op == "rsub" and len(texts) == 2:
        text = f"{texts[1]} - {texts[0]}"
    elif op == "neg" and len(texts) == 1:
        text = f"-{texts[0]}"
    elif op in ("select", "slice") and given.get("dim") == "0" and len(texts) > 2:
        text = f"{texts[0]}[{_part(op, given)}]"
    elif op == "data":
        text = f"{texts[0]}.data"
    elif not args or args[0][0] == "input 0":  # no op of the table
        text = f"{op}({', '.join(texts)})"
    else:
        rest = [text if i == 0 else f"{slot}={text}" for i, (slot, text) in enumerate(args[1:])]
        text = f"{texts[0]}.{op}({', '.join(rest)})"
    return text if len(text) <= MOST_LABEL else op


def _part(op: str, given: dict[str, str]) -> str:
    """What stands in the brackets of x[...]."""
    if op == "select":
        return given["index"]
    start = "" if given.get("start") == "0" else given.get("start", "")
    step = given.get("step", "1")
    return f"{start}:{given.get('end', '')}" + (f":{step}" if step not in ("", "1") else "")


def _operand(text: str) -> str:
    whole = " " not in text.strip("-") or (text.endswith(")") and text.startswith("("))
    return text if whole and not text.startswith("-") else f"({text})"


def _list(parts: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"; each only once."""
    parts = list(dict.fromkeys(parts))
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def _value(text: str) -> str:
    return text or "a value that nobody kept"


# ------------------------------------------------------------------ forward


def new_tensor(name: str, value: str, shape: tuple[int, ...], requires_grad: bool, is_leaf: bool) -> str:
    size = f", shape {shape}" if shape else ""
    lead = f"{'A tensor without a name' if name == 'tensor' else name} is {_value(value)}{size}"
    if not is_leaf:
        return f"{lead}. It was computed before anybody watched."
    if requires_grad:
        return f"{lead}: a leaf that requires grad, so backward() will fill its .grad."
    return f"{lead}: a leaf that asks for no gradient."


_CUTS = {
    "no_grad": "Under no_grad nothing is recorded: no gradient comes back through here.",
    "inference_mode": "In inference mode nothing is recorded: no gradient comes back through here.",
    "detach": "It shares the memory and is cut from the graph: no gradient comes back through here.",
    "data": "It shares the memory, is cut from the graph, and writes through it are not counted.",
    "item": "That is a plain number: no gradient comes back from it.",
    "numpy": "That is a NumPy array: no gradient comes back from it, and writes into it are not counted.",
    "not differentiable": "It has no derivative: no gradient comes back through here.",
}


def op(
    names: Sequence[str], text: str, value: str, node: str | None, saved: Sequence[str], cut: str | None
) -> str:
    """An op. `names`: of its outputs, where they have some; `saved`: "x at version 0"."""
    lead = f"{', '.join(names)} = {text}" if names else text
    lead = f"{lead} gives {_value(value)}." if value else f"{lead}."
    if cut:
        return f"{lead} {_CUTS.get(cut, f'The gradient is cut here: {cut}.')}"
    if node is None:
        return f"{lead} Nothing is recorded: no input requires grad."
    kept = f"keeps {_list(saved)} for the way back" if saved else "needs to keep nothing for the way back"
    return f"{lead} {node} {kept}."


def view_renewed(name: str, base: str, node: str) -> str:
    return f"{name} is a view of {base}, which was written: {node} leads from the new {base} to it."


def write(text: str, name: str, before: str, after: str, was: int, now: int, node: str | None) -> str:
    """An in-place write into `name`, whose version was `was` and is `now`."""
    lead = f"{text} writes into {name} in place: "
    lead += f"{before} becomes {_value(after)}" if before else f"it is {_value(after)} now"
    lead += f", version {was} becomes {now}." if was != now else "."
    return f"{lead} {node} is recorded for it." if node else lead


def shared(names: Sequence[str], counted: bool) -> str:
    """Which other tensors the write changed."""
    moved = "their version moved too" if counted else "their version did not move, so backward cannot notice"
    if len(names) == 1:
        moved = moved.replace("their", "its")
    return f" {_list(names)} {'share' if len(names) > 1 else 'shares'} the memory: {moved}."


def broken(node: str, name: str, saved: int, now: int) -> str:
    return f" {node} saved {name} at version {saved}; it is at version {now} now, so backward will refuse."


def moved(name: str, what: str) -> str:
    """A name was given to the result of an op: where it was before."""
    if what == name:
        return f" The name {name} moved to this new tensor; the old one is a ghost."
    return f" {name} is no name of {what} any more."


def named(name: str, what: str, before: str | None) -> str:
    if what == name:
        return f"{name} is a name of this tensor again."
    gone = f" Until now it was the name of {before}." if before else ""
    return f"{name} is a name of {what} now.{gone}"


def unnamed(name: str, what: str) -> str:
    return f"{name} is no tensor's name any more: {what} has lost it."


CHANGES = ("requires_grad", "retains_grad", "grad", "value")


def changed(name: str, field: str, before: str, after: str) -> str:
    """Something about `name` that no op reported."""
    if field == "grad":
        return f"{name}.grad is {after or 'None'} now."
    if field == "requires_grad":
        return f"{name} requires grad from now on." if after == "True" else f"{name} requires grad no more."
    if field == "retains_grad":
        return f"{name} will keep its gradient, although it is no leaf: retain_grad() asked for it."
    if field == "value":
        return (
            f"{name} changed unseen from {before or '?'} to {_value(after)}: its version did not move, "
            "so backward cannot notice."
        )
    raise ValueError(f"nothing to say about {field!r}; there are {CHANGES}")


# ------------------------------------------------------------------ backward


def backward(roots: Sequence[tuple[str, str]]) -> str:
    """The start; for each root its name and the gradient that it starts with."""
    starts = [f"{name} starts with the gradient {_value(seed)}" for name, seed in roots]
    return f"backward() begins: {_list(starts)}."


def local(op: str, slot: str, upstream: str, factors: dict[str, str], count: int) -> str:
    """How the gradient for `slot` comes about: "upstream all 7.0 × x all 1.0"; "" where it takes more words.

    factors: for each slot, "result" among them, the name and value of what the op saw. count: how many
    elements the input has for each of the output.
    """
    up = f"upstream {upstream}"
    x, other, result = factors.get("self"), factors.get("other"), factors.get("result")
    power = factors.get("exponent", "")
    table = {
        ("mul", "self"): other and f"{up} × {other}",
        ("mul", "other"): x and f"{up} × {x}",
        ("div", "self"): other and f"{up} ÷ {other}",
        ("div", "other"): x and f"{up} × -({x}) ÷ ({other})²",
        ("pow", "self"): x
        and (f"{up} × 2 × {x}" if power == "2" else f"{up} × {power} × ({x}) ** ({power} - 1)"),
        ("exp", "self"): result and f"{up} × {result}, which exp gave",
        ("log", "self"): x and f"{up} ÷ {x}",
        ("sin", "self"): x and f"{up} × cos({x})",
        ("cos", "self"): x and f"{up} × -sin({x})",
        ("sqrt", "self"): result and f"{up} ÷ (2 × {result})",
        ("tanh", "self"): result and f"{up} × (1 - ({result})²)",
        ("sigmoid", "self"): result and f"{up} × {result} × (1 - {result})",
        ("relu", "self"): result and f"{up} where {result} is positive, else 0",
        ("sub", "self"): f"{up}, passed on",
        ("sub", "other"): f"{up} with its sign turned",
        ("rsub", "self"): f"{up} with its sign turned",
        ("neg", "self"): f"{up} with its sign turned",
        ("mean", "self"): count > 1 and f"{up} ÷ {count}, the same for each of the {count}",
        ("sum", "self"): count > 1 and f"{up}, the same for each of the {count}",
    }
    if op in _PASSES:
        return f"{up}, passed on"
    if op in _RESHAPES:
        return f"{up} in the input's shape"
    return table.get((op, slot)) or ""


def run(node: str, parts: Sequence[tuple[str, str, str, str]], written: str = "") -> str:
    """A node ran: for each gradient the input's name, how it came about, the result, and the sum over a
    broadcast ("" where there was none)."""
    said = []
    for name, how, result, total in parts:
        text = (
            f"gradient of {name} = {how} = {_value(result)}"
            if how
            else f"gradient of {name} = {_value(result)}"
        )
        if how.endswith(("passed on", "shape")) and not total:
            text = f"gradient of {name} = {how}"
        said.append(text + (f", added up over the broadcast to {total}" if total else ""))
    return f"{node}: {'; '.join(said)}." if said else f"{node}: nobody asks for a gradient here."


def met(name: str, arrivals: Sequence[str], total: str) -> str:
    """Gradients of one tensor that came along several paths."""
    return f"{name} gets {' + '.join(arrivals)} = {total}."


def accumulated(name: str, gradient: str, before: str, after: str, is_leaf: bool) -> str:
    why = "" if is_leaf else " It is no leaf, but retain_grad() asked to keep it."
    if before:
        return f"{name}.grad: {before} + {gradient or '?'} = {_value(after)}, added to what was there.{why}"
    return f"{name}.grad was None and is {_value(after)} now.{why}"


def let_go(name: str, gradient: str) -> str:
    return f"{name} is no leaf: its gradient, {_value(gradient)}, only passed through and is let go."


def freed(node: str, saved: Sequence[str]) -> str:
    saved = list(dict.fromkeys(saved))
    miss = "them" if len(saved) > 1 else "it"
    return f"{node} lets go of {_list(saved) or 'what it had saved'}: a second backward() would miss {miss}."


def first_sentence(message: str) -> str:
    """An error's message up to the end of its first sentence."""
    first = message.strip().split("\n")[0]
    end = first.find(". ")
    return first.rstrip(".") + "." if end < 0 else first[: end + 1]

"""What happened, in sentences that a learner can read aloud, with the numbers; and short expressions.

Names and values come in, sentences go out as data (say.py): the texts themselves are in `messages.json`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce

from .say import Phrase, Say, part_names

MOST_SUMMED = 6  # gradients that a sentence adds up one by one
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
    elif op in ("rsub", "rpow") and len(texts) == 2:
        text = f"{texts[1]} {_SIGNS[op[1:]]} {texts[0]}"
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


def _list(parts: Sequence[Phrase]) -> Phrase:
    """Each only once, "a, b and c"."""
    once = [part for i, part in enumerate(parts) if part not in parts[:i]]
    return once[0] if len(once) == 1 else tuple(once)


def _chain(key: str, parts: Sequence[Phrase]) -> Phrase:
    """ "a + b + c", by a message that joins two."""
    return reduce(lambda first, last: Say(key, {"first": first, "last": last}), parts)


def _value(value: Phrase) -> Phrase:
    return value or Say("not kept")


# ------------------------------------------------------------------ forward


def new_tensor(
    name: str, value: Phrase, shape: tuple[int, ...], requires_grad: bool, is_leaf: bool
) -> list[Phrase]:
    size = Say("new.shape", {"shape": f"{shape}"}) if shape else ""
    parts = {"name": name, "value": _value(value), "shape": size}
    what = Say("new", parts) if name != "tensor" else Say("new.nameless", parts)
    kind = "new.before" if not is_leaf else "new.leaf" if requires_grad else "new.constant"
    return [Say(kind, {"what": what})]


_CUTS = {"no_grad", "inference_mode", "detach", "data", "item", "numpy", "not differentiable"}


def op(
    names: Sequence[str], text: str, value: Phrase, node: str | None, saved: Sequence[Phrase], cut: str | None
) -> list[Phrase]:
    """An op. `names`: of its outputs, where they have some; `saved`: "x at version 0"."""
    what: Phrase = Say("assigned", {"names": ", ".join(names), "text": text}) if names else text
    lead = Say("op.gives", {"what": what, "value": value}) if value else Say("op", {"what": what})
    if cut:
        return [lead, Say(f"cut.{cut}") if cut in _CUTS else Say("cut.other", {"why": cut})]
    if node is None:
        return [lead, Say("op.unrecorded")]
    if saved:
        return [lead, Say("op.keeps", {"node": node, "saved": _list(saved)})]
    return [lead, Say("op.keeps nothing", {"node": node})]


def at_version(name: str, version: int) -> Phrase:
    return Say("at version", {"name": name, "version": version})


def view_renewed(name: str, base: str, node: str) -> list[Phrase]:
    return [Say("view renewed", {"name": name, "base": base, "node": node})]


def write(
    text: str, name: str, before: Phrase, after: Phrase, was: int, now: int, node: str | None
) -> list[Phrase]:
    """An in-place write into `name`, whose version was `was` and is `now`."""
    versions = Say("write.versions", {"was": was, "now": now}) if was != now else ""
    parts = {"text": text, "name": name, "after": _value(after), "versions": versions}
    lead = Say("write.becomes", {**parts, "before": before}) if before else Say("write.is", parts)
    return [lead, Say("write.recorded", {"node": node})] if node else [lead]


def shared(names: Sequence[str], counted: bool) -> Phrase:
    """Which other tensors the write changed."""
    many = "many" if len(names) > 1 else "one"
    return Say(f"shared.{many}.{'counted' if counted else 'unseen'}", {"names": _list(names)})


def broken(node: str, name: str, saved: int, now: int) -> Phrase:
    return Say("broken", {"node": node, "name": name, "saved": saved, "now": now})


def written(name: str, before: Phrase, after: Phrase, was: int, now: int) -> Phrase:
    """`name` was written, and counted, but nobody watched."""
    parts = {"name": name, "before": before or "?", "after": _value(after), "was": was, "now": now}
    return Say("changed.counted", parts)


def wrong(node: str, name: str, saved: int) -> Phrase:
    """What a node saved has changed, and nobody counted it."""
    return Say("wrong", {"node": node, "name": name, "saved": saved})


def unseen(name: str, before: Phrase, after: Phrase, between: Sequence[tuple[str, int]]) -> Phrase:
    """The contents of `name` changed and its version did not. between: cell and line, where it was as before and
    where it was found out; () where that is not known."""
    parts = {"name": name, "before": before or "?", "after": _value(after), "when": ""}
    if between:
        (cell, line), (cell_now, line_now) = between
        found = {"cell": cell, "line": line, "cell_now": cell_now, "line_now": line_now}
        parts["when"] = Say("unseen.when", found)
    return Say("changed.value", parts)


def moved(name: str, what: str) -> Phrase:
    """A name was given to the result of an op: where it was before."""
    return Say("moved.same", {"name": name}) if what == name else Say("moved", {"name": name, "what": what})


def named(name: str, what: str, before: Phrase | None) -> list[Phrase]:
    if what == name:
        return [Say("named.again", {"name": name})]
    lead = Say("named", {"name": name, "what": what})
    return [lead, Say("named.before", {"before": before})] if before else [lead]


def unnamed(name: str, what: str) -> list[Phrase]:
    return [Say("unnamed", {"name": name, "what": what})]


CHANGES = ("requires_grad", "retains_grad", "grad")


def changed(name: str, field: str, before: Phrase, after: Phrase) -> Phrase:
    """Something about `name` that no op reported."""
    if field not in CHANGES:
        raise ValueError(f"nothing to say about {field!r}; there are {CHANGES}")
    if field == "requires_grad" and after != "True":
        return Say("changed.requires_no_grad", {"name": name})
    parts: dict[str, Phrase] = {"name": name}
    if field == "grad":
        parts["after"] = after or "None"
    return Say(f"changed.{field}", parts)


def other_changes(name: str, fields: Sequence[str]) -> Phrase:
    return Say("changed.other", {"name": name, "fields": ", ".join(fields)})


# ------------------------------------------------------------------ backward


def backward(roots: Sequence[tuple[str, Phrase]]) -> list[Phrase]:
    """The start; for each root its name and the gradient that it starts with."""
    starts = [Say("backward.start", {"name": name, "seed": _value(seed)}) for name, seed in roots]
    return [Say("backward", {"starts": _list(starts)})]


def factor(name: str, value: Phrase) -> Phrase:
    """What an op saw: "x all 1.0"; of a plain number the number alone."""
    if not value or value == name:
        return name
    return Say("with value", {"name": name, "value": value})


# (op, slot) -> the message about its local derivative, which names the factors that it needs.
_LOCAL = {
    **{(op, "self"): f"local.{op}.self" for op in (
        "mul", "div", "pow", "exp", "log", "sin", "cos", "sqrt", "tanh", "sigmoid", "relu", "mean", "sum",
    )},
    **dict.fromkeys(((op, "self") for op in _PASSES), "local.passed"),
    **dict.fromkeys(((op, "self") for op in _RESHAPES), "local.reshaped"),
    ("add", "other"): "local.passed",
    ("mul", "other"): "local.mul.other", ("div", "other"): "local.div.other",
    ("sub", "self"): "local.passed", ("sub", "other"): "local.turned",
    ("rsub", "self"): "local.turned", ("neg", "self"): "local.turned",
}  # fmt: skip


def local(op: str, slot: str, upstream: Phrase, factors: Mapping[str, Phrase], count: int) -> Phrase:
    """How the gradient for `slot` comes about: "upstream all 7.0 × x all 1.0"; "" where it takes more words.

    factors: for each slot, "result" among them, the name and value of what the op saw. count: how many
    elements the input has for each of the output.
    """
    key = _LOCAL.get((op, slot))
    if key is None:
        return ""
    if key == "local.pow.self" and factors.get("exponent") == "2":
        key = "local.square.self"
    given = {**factors, "up": Say("upstream", {"gradient": upstream}), "count": count if count > 1 else ""}
    wanted = part_names(key)
    if not all(given.get(name) for name in wanted):
        return ""
    return Say(key, {name: given[name] for name in wanted})


_UNCHANGED = ("local.passed", "local.reshaped")  # the numbers are those that came


def run(node: str, parts: Sequence[tuple[Phrase, Phrase, Phrase, Phrase]]) -> list[Phrase]:
    """A node ran: for each gradient the input's name, how it came about, the result, and the sum over a
    broadcast ("" where there was none)."""
    said = []
    for name, how, result, total in parts:
        same = isinstance(how, Say) and how.key in _UNCHANGED and not total
        if how and not same:
            gradient = Say("run.gradient", {"name": name, "how": how, "result": _value(result)})
        else:
            gradient = Say("run.gradient.short", {"name": name, "result": how or _value(result)})
        said.append(Say("run.summed", {"gradient": gradient, "total": total}) if total else gradient)
    if not said:
        return [Say("run.nothing", {"node": node})]
    return [Say("run", {"node": node, "gradients": _chain("run.and", said)})]


def as_slot(name: str, slot: str) -> Phrase:
    """Which of the two, where an op has the same tensor twice."""
    return Say("as slot", {"name": name, "slot": slot})


def met(name: str, arrivals: Sequence[Phrase], total: Phrase) -> Phrase:
    """Gradients of one tensor that came along several paths; of very many, as of a loop's weight, the first."""
    if len(arrivals) > MOST_SUMMED:
        more = Say("met.more", {"count": len(arrivals) - MOST_SUMMED + 1})
        arrivals = [*arrivals[: MOST_SUMMED - 1], more]
    return Say("met", {"name": name, "arrivals": _chain("plus", arrivals), "total": total})


def accumulated(name: str, gradient: Phrase, before: Phrase, after: Phrase, is_leaf: bool) -> list[Phrase]:
    parts = {"name": name, "after": _value(after)}
    if before:
        lead = Say("accumulated.added", {**parts, "before": before, "gradient": gradient or "?"})
    else:
        lead = Say("accumulated.first", parts)
    return [lead] if is_leaf else [lead, Say("accumulated.retained")]


def hooks(name: str, names: Sequence[str]) -> Phrase:
    """Which functions backward calls with a gradient."""
    if not names:
        return Say("hooks.none", {"name": name})
    return Say("hooks", {"name": name, "hooks": _list(names)})


def hooked(hook: str, name: str, before: Phrase, after: Phrase) -> Phrase:
    parts = {"hook": hook, "name": name, "before": before or "None", "after": after or "None"}
    return Say("hooked", parts)


def let_go(name: str, gradient: Phrase) -> list[Phrase]:
    return [Say("let go", {"name": name, "gradient": _value(gradient)})]


def freed(node: str, saved: Sequence[str]) -> list[Phrase]:
    saved = list(dict.fromkeys(filter(None, saved)))
    if not saved:
        return [Say("freed.all", {"node": node})]
    return [Say("freed.many" if len(saved) > 1 else "freed.one", {"node": node, "saved": _list(saved)})]


def first_sentence(message: str) -> str:
    """An error's message up to the end of its first sentence."""
    first = message.strip().split("\n")[0]
    end = first.find(". ")
    return first.rstrip(".") + "." if end < 0 else first[: end + 1]

"""An op did not take its arguments: which of their dimensions do not meet, or which dtype is not what it needs."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from .. import statements, words
from ..drafts import Entity
from ..say import Phrase, Say
from ..trace import ErrorView, Operand
from . import fitting, paths, rewrite
from .case import Case

_PRODUCTS = {"matmul", "mm", "mv", "dot", "bmm", "vdot"}
_ELEMENTWISE = {
    "add", "sub", "rsub", "mul", "div", "pow", "maximum", "minimum", "remainder", "fmod", "floor_divide", "atan2",
    "eq", "ne", "lt", "le", "gt", "ge", "copy_", "masked_fill", "bitwise_and", "bitwise_or", "bitwise_xor",
    "logical_and", "logical_or", "logical_xor",
}  # fmt: skip
_LOSSES = {
    "mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
}  # fmt: skip
_CLASSES = {"cross_entropy", "nll_loss"}
_METHODS = {"float32": "float", "float64": "double", "float16": "half", "int64": "long"}
MOST_CURES = 3


class Reason(NamedTuple):
    """Why an op refuses. unmet: of each of its tensors the dimensions that do not fit."""

    title: Phrase
    why: Phrase
    cures: list[str | None]
    unmet: tuple[tuple[int, ...], ...] = ()


class Call:
    """What an op was called with."""

    def __init__(self, case: Case) -> None:
        self.case, self.line = case, case.line
        self.op = case.fact.op
        self.base = self.op if self.op == "copy_" else self.op.removesuffix("_")
        self.args = case.fact.args
        cards = [(arg, case.drafts.card(arg.key, arg.node)) for arg in self.args]
        self.tensors = [card for _, card in cards if card is not None]
        self.slots = [arg.slot for arg, card in cards if card is not None]
        self.shapes = [card.now["shape"] for card in self.tensors]
        self.dtypes = [card.now["dtype"] for card in self.tensors]
        parts = rewrite.operands(self.line, self.op, len(self.tensors))
        self.names = [card.title for card in self.tensors]
        for i, (name, part) in enumerate(zip(self.names, parts, strict=False)):
            if name == "tensor" and len(part.text) <= words.MOST_LABEL:
                self.names[i] = part.text  # nobody gave it a name: it is called what the line has for it

    def given(self, *slots: str) -> str:
        """The text of the first argument of one of these names that is no tensor."""
        return next((arg.text for arg in self.args if arg.slot in slots and arg.key is None), "")

    def changed(self, i: int, form: str) -> str | None:
        """The line with the i-th tensor as `form` has it."""
        parts = rewrite.operands(self.line, self.op, len(self.tensors))
        names = self.tensors[i].now["names"] or [self.tensors[i].now["label"]]
        part = parts[i] if parts else rewrite.only_use(self.line, names[0])
        return rewrite.replaced(self.line, part, form.format(rewrite.operand(part.text))) if part else None

    @property
    def pair(self) -> dict[str, Phrase]:
        """The first two tensors, for a message."""
        return {
            "a": self.names[0], "b": self.names[1], "shape_a": f"{self.shapes[0]}", "shape_b": f"{self.shapes[1]}",
        }  # fmt: skip


def refused(case: Case) -> ErrorView:
    call = Call(case)
    reason = next((r for rule in _RULES if (r := rule(call)) is not None), None)
    if reason is None:
        reason = Reason(Say("title.refused", {"op": call.op.strip("_")}), "", [])
    function = next((e for e in reversed(case.drafts.entities.values()) if e.now.get("refused")), None)
    # In a backward() of the learner's: the way there as well.
    way = paths.back(case.drafts, case.last_step("backward")[1], case.function)
    case.function = function
    return case.view(
        reason.title, reason.why, reason.cures[:MOST_CURES],
        operands=_operands(call, reason.unmet), path=(*way, *_path(call, function)),
    )  # fmt: skip


def target_shape(case: Case) -> ErrorView:
    """A loss whose target has another shape, and is stretched: torch warns."""
    case.fact = case.fact._replace(op=_loss_in(case.line))
    call = Call(case)
    reason = _loss(call)
    return case.view(
        Say("title.target shape", call.pair), Say("why.target shape", {**call.pair, "shape": _stretched(call)}), reason.cures,
        operands=_operands(call, reason.unmet), happened=("made", "computed"), path=_path(call, None),
    )  # fmt: skip


def _loss_in(line: str) -> str:
    return next((op for op in _LOSSES if rewrite.operands(line, op, 2)), "")


def _stretched(call: Call) -> str:
    return f"{fitting.broadcast(*call.shapes[:2])}"


def _operands(call: Call, unmet: tuple[tuple[int, ...], ...]) -> tuple[Operand, ...]:
    found = []
    for i, card in enumerate(call.tensors):
        dims = unmet[i] if i < len(unmet) else ()
        found.append(Operand(card.id, call.names[i], card.now["shape"], card.now["dtype"], dims))
    return tuple(found)


def _path(call: Call, function: Entity | None) -> tuple[str, ...]:
    cards = tuple(dict.fromkeys(card.id for card in call.tensors))
    return (*cards, *function.ins, function.id) if function else cards


# ------------------------------------------------------------------ the rules


def _product(call: Call) -> Reason | None:
    if call.base not in _PRODUCTS or len(call.tensors) != 2:
        return None
    a, b = call.shapes
    unmet = fitting.unmet_in_product(a, b)
    if not any(unmet) or not a or not b:
        return None
    cures = []
    for i, (mine, other) in enumerate(((a, b), (b, a))):
        for code, shape in list(fitting.changes(mine))[: len(mine) > 1]:  # turned round
            if fitting.product(*((shape, other) if i == 0 else (other, shape))):
                cures.append(call.changed(i, code))
    inner = len(b) - 2 if len(b) > 1 else 0
    if a[-1] != b[inner]:
        key, m, n = "why.product.vector" if len(b) == 1 else "why.product", a[-1], b[inner]
    else:
        key, m, n = "why.product.stacks", a[unmet[0][0]], b[unmet[1][0]]
    parts = {**call.pair, "m": m, "n": n}
    return Reason(Say("title.shapes", call.pair), Say(key, parts), cures, unmet)


def _linear(call: Call) -> Reason | None:
    if call.base != "linear" or len(call.tensors) < 2:
        return None
    x, weight = call.shapes[:2]
    unmet = fitting.unmet_in_linear(x, weight)
    if not any(unmet) or len(weight) != 2:
        return None
    cures = []
    if len(x) == 2 and fitting.linear(x[::-1], weight):
        cures.append(call.changed(0, "{}.t()"))
    path, _, _ = call.names[1].rpartition(".")
    for cell in reversed(call.case.drafts.cells):
        made = rewrite.layer(cell.source, path, x[-1])
        if made is not None:
            cures.append(made[1])
            break
    parts = {
        "x": call.names[0],
        "shape": f"{x}",
        "wanted": weight[1],
        "got": x[-1],
        "layer": path or "linear",
    }
    return Reason(Say("title.linear", parts), Say("why.linear", parts), cures, unmet)


def _in_place(call: Call) -> Reason | None:
    """What an elementwise op computes is written into its first tensor: it has to fit in there."""
    if not call.op.endswith("_") or call.base not in _ELEMENTWISE or call.op == "copy_":
        return None
    cure = statements.out_of_place(call.line)
    parts = {"name": call.names[0], "shape": f"{call.shapes[0]}", "dtype": call.dtypes[0]}
    if len(call.tensors) > 1:
        result = fitting.broadcast(*call.shapes[:2])
        if result is None:
            return None
        if result != call.shapes[0]:
            why = Say("why.no room", {**parts, "result": f"{result}"})
            return Reason(Say("title.no room", parts), why, [cure], ((), ()))
    return Reason(Say("title.no room", parts), Say("why.no room.dtype", parts), [cure])


def _elementwise(call: Call) -> Reason | None:
    if call.base not in _ELEMENTWISE or len(call.tensors) != 2:
        return None
    a, b = call.shapes
    unmet = fitting.unmet_elementwise(a, b)
    if not any(unmet):
        return None
    cures = []
    for i, (mine, other) in enumerate(((b, a), (a, b))):
        fits = [
            code for code, shape in fitting.changes(mine, other) if fitting.broadcast(shape, other) == other
        ]
        if call.op.endswith("_") and i == 1:
            break  # what is written keeps its shape
        cures += [call.changed(1 - i, code) for code in fits[:2]]
    parts = {**call.pair, "m": a[unmet[0][0]], "n": b[unmet[1][0]]}
    return Reason(Say("title.shapes", call.pair), Say("why.elementwise", parts), cures, unmet)


def _loss(call: Call) -> Reason | None:
    if call.base not in _LOSSES | {""} or len(call.tensors) < 2 or call.shapes[0] == call.shapes[1]:
        return None
    a, b = call.shapes[:2]
    cures = [
        call.changed(i, code)
        for i, code in ((0, fitting.turned_into(a, b)), (1, fitting.turned_into(b, a)))
        if code
    ]
    return Reason(Say("title.shapes", call.pair), Say("why.loss", call.pair), cures, _differing(a, b))


def _differing(a: fitting.Shape, b: fitting.Shape) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """All dimensions that are not the same in both."""
    if len(a) != len(b):
        return tuple(range(len(a))), tuple(range(len(b)))
    dims = tuple(i for i, (m, n) in enumerate(zip(a, b, strict=True)) if m != n)
    return dims, dims


def _classes(call: Call) -> Reason | None:
    """Scores of classes, (batch, classes), and for each of the batch the number of the right class."""
    if call.base not in _CLASSES or len(call.tensors) < 2 or not call.shapes[0]:
        return None
    scores, target = call.shapes[:2]
    classes = scores[1] if len(scores) > 1 else scores[0]
    parts = {**call.pair, "classes": classes}
    if "int" not in call.dtypes[1] and scores != target:
        cure = call.changed(1, "{}.long()")
        return Reason(Say("title.classes.dtype", parts), Say("why.classes.dtype", parts), [cure])
    if len(scores) > 1 and target[:1] != scores[:1]:
        why = Say("why.classes.batch", {**parts, "m": scores[0], "n": target[0] if target else 1})
        return Reason(Say("title.shapes", call.pair), why, [], ((0,), (0,)[: len(target)]))
    value = call.tensors[1].now["value"]
    wrong = [n for n in (value.numbers if value else ()) if not 0 <= n < classes and n != -100]
    if wrong:
        why = Say("why.classes.range", {**parts, "last": classes - 1, "wrong": wrong[0]})
        return Reason(Say("title.classes.range", {**parts, "wrong": wrong[0]}), why, [], ((1,), ()))
    return None


def _dtypes(call: Call) -> Reason | None:
    """Products and some losses mix no dtypes."""
    known = _PRODUCTS | _LOSSES | {"linear"}
    if call.base not in known or len(call.tensors) < 2 or call.dtypes[0] == call.dtypes[1]:
        return None
    cures = []
    for i, (mine, other) in enumerate((call.dtypes[:2], call.dtypes[1::-1])):
        if mine in _METHODS and other in _METHODS and not ("float" in mine and "int" in other):
            cures.append(call.changed(i, f"{{}}.{_METHODS[other]}()"))
    parts = {**call.pair, "dtype_a": call.dtypes[0], "dtype_b": call.dtypes[1], "op": call.base}
    return Reason(Say("title.dtypes", parts), Say("why.dtypes", parts), cures)


def _reshape(call: Call) -> Reason | None:
    if call.base not in ("view", "reshape") or len(call.tensors) != 1:
        return None
    sizes = [int(n) for arg in call.args[1:] for n in re.findall(r"-?\d+", arg.text)]
    count, known = math.prod(call.shapes[0]), math.prod(n for n in sizes if n != -1)
    parts = {
        "name": call.names[0], "count": count, "shape": f"{call.shapes[0]}", "wanted": f"{tuple(sizes)}",
        "needed": known,
    }  # fmt: skip
    if known == count or (-1 in sizes and known and count % known == 0):
        cures = [
            rewrite.calling(call.line, "view", "reshape"),
            rewrite.before_method(call.line, "view", ".contiguous()"),
        ]
        return Reason(Say("title.view", parts), Say("why.view", parts), cures)
    cures = []
    if -1 not in sizes:
        for n in dict.fromkeys(sizes):
            if n and known // n and count % (known // n) == 0:
                cures.append(rewrite.with_number(call.line, call.base, n, -1))
    key = "why.reshape" if -1 not in sizes else "why.reshape.rest"
    return Reason(Say("title.reshape", parts), Say(key, parts), cures)


def _join(call: Call) -> Reason | None:
    if call.base not in ("cat", "concat", "stack") or len(call.tensors) < 2:
        return None
    text = call.given("dim", "axis") or "0"
    dim, ndim = int(text), len(call.shapes[0])
    first = call.shapes[0]
    other = next((i for i, s in enumerate(call.shapes) if not _joins(call.base, first, s, dim)), None)
    if other is None or not -ndim <= dim < ndim + (call.base == "stack"):
        return None
    shape = call.shapes[other]
    parts = {
        "a": call.names[0],
        "b": call.names[other],
        "shape_a": f"{first}",
        "shape_b": f"{shape}",
        "dim": dim % ndim,
    }
    unmet: list[tuple[int, ...]] = [()] * len(call.shapes)
    differ = _differing(first, shape)
    kept = [
        tuple(d for d in dims if call.base == "stack" or len(first) != len(shape) or d != dim % ndim)
        for dims in differ
    ]
    unmet[0], unmet[other] = kept
    cures = []
    if call.base != "stack" and len(first) == len(shape):
        for d in range(ndim):
            if d != dim % ndim and all(_joins(call.base, first, s, d) for s in call.shapes):
                cures.append(rewrite.with_dim(call.line, call.op, d))
    key = "why.stack" if call.base == "stack" else "why.cat"
    return Reason(Say("title.shapes", parts), Say(key, parts), cures, tuple(unmet))


def _joins(op: str, a: fitting.Shape, b: fitting.Shape, dim: int) -> bool:
    if op == "stack":
        return a == b
    dim %= len(a) or 1
    return len(a) == len(b) and all(m == n for i, (m, n) in enumerate(zip(a, b, strict=True)) if i != dim)


def _index(call: Call) -> Reason | None:
    if call.op not in ("__getitem__", "__setitem__") or not call.tensors:
        return None
    name, shape = call.names[0], call.shapes[0]
    parts: dict[str, Phrase] = {"name": name, "shape": f"{shape}", "ndim": len(shape)}
    if len(call.args) > 1 and call.args[1].key is not None and "float" in call.dtypes[1]:
        index = call.names[1]
        cure = rewrite.replaced(call.line, rewrite.only_use(call.line, index), f"{index}.long()")
        return Reason(Say("title.index.float", parts), Say("why.index.float", parts), [cure])
    texts = call.args[1].text.split(", ") if len(call.args) > 1 else []
    if len(texts) > len(shape) and "None" not in texts:
        return Reason(
            Say("title.index.many", parts), Say("why.index.many", {**parts, "given": len(texts)}), []
        )
    for dim, text in enumerate(texts):
        if re.fullmatch(r"-?\d+", text) and dim < len(shape):
            n = int(text)
            if not -shape[dim] <= n < shape[dim]:
                more = {**parts, "dim": dim, "index": n, "size": shape[dim], "last": shape[dim] - 1}
                cure = rewrite.with_index(call.line, n, -1) if shape[dim] else None
                return Reason(Say("title.index", more), Say("why.index", more), [cure], ((dim,),))
            whole = rewrite.with_index(call.line, n, n, float)
            if whole:
                return Reason(Say("title.index.float", parts), Say("why.index.float", parts), [whole])
    return None


def _dim(call: Call) -> Reason | None:
    """A dimension that the tensor does not have."""
    text = call.given("dim", "axis", "dim0", "dim1")
    if not call.tensors or not re.fullmatch(r"-?\d+", text):
        return None
    dim, ndim = int(text), len(call.shapes[0])
    if -max(ndim, 1) <= dim < max(ndim, 1):
        return None
    parts = {
        "name": call.names[0],
        "shape": f"{call.shapes[0]}",
        "ndim": ndim,
        "dim": dim,
        "last": max(ndim, 1) - 1,
    }
    cure = rewrite.with_number(call.line, call.op, dim, -1)
    return Reason(Say("title.dim", parts), Say("why.dim", parts), [cure])


_RULES = (
    _product, _linear, _in_place, _elementwise, _loss, _classes, _dtypes, _reshape, _join, _index, _dim,
)  # fmt: skip

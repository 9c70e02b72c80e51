"""The learner's own line with one thing changed. Each answers None where the line is not of its kind."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ..statements import parsed, spliced


class Part(NamedTuple):
    """An expression of a line, and where it stands."""

    text: str
    start: int
    end: int


def operand(text: str) -> str:
    """An expression so that ".t()" can follow it."""
    node = ast.parse(text, mode="eval").body
    plain = (ast.Name, ast.Call, ast.Attribute, ast.Subscript, ast.List, ast.Tuple)
    return text if isinstance(node, plain) or text[:1] in "([" else f"({text})"


def replaced(line: str, part: Part | None, new: str) -> str | None:
    return part and spliced(line, part.start, part.end, new)


# ------------------------------------------------------------------ finding


def statement_of(line: str) -> ast.stmt | None:
    """The statement of a line; of "if x > 0:" and its like the first line."""
    return parsed(line) or parsed(f"{line} pass")


def _only(line: str, wanted: Callable[[ast.AST], ast.expr | None]) -> Part | None:
    """The one expression that is wanted; `wanted` answers with it for the node that tells."""
    statement = statement_of(line)
    found = [e for node in ast.walk(statement) if (e := wanted(node)) is not None] if statement else []
    return part_of(line, found[0]) if len(found) == 1 else None


def part_of(line: str, node: ast.expr) -> Part:
    text = line.encode()[node.col_offset : node.end_col_offset].decode()
    return Part(text, node.col_offset, node.end_col_offset or 0)


def called(node: ast.AST, *names: str) -> bool:
    """Whether a node is a call of a function or a method of one of these names."""
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", None)
    return name in names


def assignment(line: str) -> tuple[str, str] | None:
    """Both sides of "a, b = x"."""
    statement = parsed(line)
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return None
    return part_of(line, statement.targets[0]).text, part_of(line, statement.value).text


def first_argument(line: str) -> str | None:
    """What stands first in grad(...)."""
    part = _only(line, lambda node: node.args[0] if called(node, "grad") and node.args else None)
    return part and part.text


def argument(line: str, *keywords: str) -> Part | None:
    """The gradient that backward() or grad() is given to start from."""

    def seed(node: ast.AST) -> ast.expr | None:
        if not called(node, "backward", "grad"):
            return None
        position = 2 if called(node, "grad") else 0
        given = [k.value for k in node.keywords if k.arg in keywords]
        return given[0] if given else node.args[position] if len(node.args) > position else None

    return _only(line, seed)


def asked_for_grad(line: str) -> str | None:
    """ "x" of "x.requires_grad_()" and "x.requires_grad = True"."""
    statement = parsed(line)
    if isinstance(statement, ast.Expr) and called(statement.value, "requires_grad_"):
        target = statement.value.func
    elif isinstance(statement, ast.Assign):
        target = statement.targets[0]
    else:
        return None
    of = target.value if isinstance(target, ast.Attribute) else None
    return of.id if isinstance(of, ast.Name) else None


# ------------------------------------------------------------------ changing


def with_dtype(line: str, dtype: str) -> str | None:
    """A dtype for the call that asks for requires_grad."""

    def asking(node: ast.AST) -> ast.expr | None:
        keywords = {k.arg: k.value for k in node.keywords} if isinstance(node, ast.Call) else {}
        return keywords.get("requires_grad") if "dtype" not in keywords else None

    part = _only(line, asking)
    return part and spliced(line, part.end, part.end, f", dtype={dtype}")


def of_another(line: str, name: str, attribute: str, other: str) -> str | None:
    """The attribute of another tensor: "b.grad" becomes "a.grad"."""

    def owner(node: ast.AST) -> ast.expr | None:
        of = node.value if isinstance(node, ast.Attribute) and node.attr == attribute else None
        return of if isinstance(of, ast.Name) and of.id == name else None

    return replaced(line, _only(line, owner), other)


def _owner(method: str) -> Callable[[ast.AST], ast.expr | None]:
    def owner(node: ast.AST) -> ast.expr | None:
        return node.func.value if called(node, method) and isinstance(node.func, ast.Attribute) else None

    return owner


def before_method(line: str, method: str, step: str) -> str | None:
    """ "x.numpy()" with ".detach()" before it."""
    part = _only(line, _owner(method))
    return part and spliced(line, part.end, part.end, step)


def other_method(line: str, method: str, new: str) -> str | None:
    part = _only(line, lambda node: node if _owner(method)(node) else None)
    owner = _only(line, _owner(method))
    return part and owner and spliced(line, part.start, part.end, f"{owner.text}.{new}()")


def around_argument(line: str, functions: Sequence[str], form: str) -> str | None:
    """ "float(x)" with form.format("x") for its argument."""

    def given(node: ast.AST) -> ast.expr | None:
        return node.args[0] if called(node, *functions) and len(node.args) == 1 else None

    part = _only(line, given)
    return part and spliced(line, part.start, part.end, form.format(operand(part.text)))


def in_place_of_call(line: str, function: str, form: str) -> str | None:
    """ "copy.deepcopy(x)" as form.format("x")."""
    part = _only(line, lambda node: node if called(node, function) and node.args else None)
    if part is None:
        return None
    call = ast.parse(part.text, mode="eval").body
    return spliced(line, part.start, part.end, form.format(operand(part_of(part.text, call.args[0]).text)))


def condition(line: str, form: str) -> str | None:
    """ "if x > 0:" with form.format("(x > 0)")."""
    statement = statement_of(line)
    if not isinstance(statement, (ast.If, ast.While, ast.Assert)):
        return None
    part = part_of(line, statement.test)
    return spliced(line, part.start, part.end, form.format(operand(part.text)))


# ------------------------------------------------------------------ what a function returns


class Returned(NamedTuple):
    """The return statement of a function: its line, and what it returns, one by one."""

    line: int
    elements: list[str]

    def with_elements(self, elements: Sequence[str]) -> str:
        return f"return {', '.join(elements)}"


def returned(source: str, line: int) -> Returned | None:
    """What the function that begins at a line returns; None where it does so in several places or lines."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return None
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        first = min([function.lineno, *(d.lineno for d in function.decorator_list)])
        if not first <= line <= function.lineno:
            continue
        found = [node for node in ast.walk(function) if isinstance(node, ast.Return) and node.value]
        if len(found) != 1 or found[0].lineno != found[0].end_lineno:
            return None
        value = found[0].value
        elements = value.elts if isinstance(value, ast.Tuple) else [value]
        return Returned(found[0].lineno, [ast.get_source_segment(source, e) or "" for e in elements])
    return None


# ------------------------------------------------------------------ what an op is given

_OPERATORS = {
    "add": ast.Add, "sub": ast.Sub, "mul": ast.Mult, "div": ast.Div, "pow": ast.Pow, "matmul": ast.MatMult,
    "remainder": ast.Mod, "eq": ast.Eq, "ne": ast.NotEq, "lt": ast.Lt, "le": ast.LtE, "gt": ast.Gt, "ge": ast.GtE,
}  # fmt: skip


def operands(line: str, op: str, count: int) -> list[Part]:
    """The first `count` operands of the one use of an op in the line; [] where it is not to be found there."""
    statement = statement_of(line)
    nodes = ast.walk(statement) if statement else ()
    found = [(node, given) for node in nodes if (given := _operands(node, op, count))]
    if len(found) != 1:
        return []
    whole, given = found[0]
    parts = [part_of(line, e) for e in given]
    return parts if isinstance(whole, ast.Call) else [_enclosed(line, part) for part in parts]


def _enclosed(line: str, part: Part) -> Part:
    """An operand of an operator with the parentheses that it stands in."""
    data = line.encode()
    if data[part.start - 1 : part.start] == b"(" and data[part.end : part.end + 1] == b")" and part.start:
        return Part(f"({part.text})", part.start - 1, part.end + 1)
    return part


def _operands(node: ast.AST, op: str, count: int) -> list[ast.expr]:
    kind = _OPERATORS.get(op.removesuffix("_"))
    if kind is not None and isinstance(node, ast.BinOp) and isinstance(node.op, kind):
        return [node.left, node.right]
    if kind is not None and isinstance(node, ast.AugAssign) and isinstance(node.op, kind):
        return [node.target, node.value]
    if (
        kind is not None
        and isinstance(node, ast.Compare)
        and len(node.ops) == 1
        and isinstance(node.ops[0], kind)
    ):
        return [node.left, *node.comparators]
    if not called(node, op):
        return []
    args = list(node.args)
    if args and isinstance(args[0], (ast.List, ast.Tuple)) and len(args[0].elts) == count:
        return list(args[0].elts)
    if len(args) < count and isinstance(node.func, ast.Attribute):
        args = [node.func.value, *args]
    return args[:count] if len(args) >= count else []


def only_use(line: str, name: str) -> Part | None:
    """The one place where a name is read."""
    return _only(
        line,
        lambda n: n if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load) else None,
    )


def calling(line: str, method: str, new: str) -> str | None:
    """The same call of another method: "x.view(6)" as "x.reshape(6)"."""
    owner = _only(line, _owner(method))
    if owner is None:
        return None
    start = line.encode().index(f".{method}".encode(), owner.end)
    return spliced(line, start + 1, start + 1 + len(method), new)


def with_number(line: str, op: str, given: int, new: int) -> str | None:
    """Another number among the arguments of a call."""

    def number(node: ast.AST) -> ast.expr | None:
        values = [*node.args, *(k.value for k in node.keywords)] if called(node, op) else []
        flat = [
            v
            for value in values
            for v in (value.elts if isinstance(value, (ast.Tuple, ast.List)) else [value])
        ]
        return next((v for v in flat if _number(v) == given), None)

    return replaced(line, _only(line, number), str(new))


def with_index(line: str, given: float, new: int, kind: type = int) -> str | None:
    """ "x[7]" with another number in the brackets."""

    def index(node: ast.AST) -> ast.expr | None:
        if not isinstance(node, ast.Subscript):
            return None
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return next((p for p in parts if _number(p) == given and type(_number(p)) is kind), None)

    return replaced(line, _only(line, index), str(new))


def _number(node: ast.expr) -> float | None:
    sign = -1 if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) else 1
    inner = node.operand if sign < 0 else node
    value = inner.value if isinstance(inner, ast.Constant) else None
    return sign * value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def layer(source: str, path: str, first: int) -> tuple[int, str] | None:
    """The line that makes a Linear layer, with another number of inputs: the line's number and the cure.

    path: "net" or "net.0" of a Sequential.
    """
    name, *inner = path.split(".")
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return None
    for node in tree.body:
        if not isinstance(node, ast.Assign) or [getattr(t, "id", None) for t in node.targets] != [name]:
            continue
        call: ast.expr = node.value
        for step in inner:
            if not (called(call, "Sequential") and step.isdigit() and int(step) < len(call.args)):
                return None
            call = call.args[int(step)]
        if (
            called(call, "Linear")
            and call.args
            and call.lineno == call.end_lineno == node.lineno == node.end_lineno
        ):
            line = source.splitlines()[node.lineno - 1]
            return node.lineno, replaced(line, part_of(line, call.args[0]), str(first)) or ""
    return None


def with_dim(line: str, op: str, dim: int) -> str | None:
    """A call of cat() and its like along another dimension."""
    part = _only(line, lambda node: node if called(node, op) else None)
    if part is None:
        return None
    call = ast.parse(part.text, mode="eval").body
    given = [k.value for k in call.keywords if k.arg in ("dim", "axis")] or call.args[1:2]
    if given:
        new = replaced(part.text, part_of(part.text, given[0]), str(dim))
    else:
        new = f"{part.text[:-1]}, {dim})"
    return spliced(line, part.start, part.end, new or part.text)

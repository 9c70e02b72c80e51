"""The learner's code, read as text: which names a line assigns, and how a write is written."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Sequence

MOST_TEXT = 24  # characters of a statement that is shown on a function


def names_by_line(source: str) -> dict[int, tuple[tuple[str, int], ...]]:
    """For each line (1-based) the names that statements ending there assign, and the lines where these
    statements begin; {} where it is no Python.

    Functions and classes are left out: their names are local. IPython's own syntax (%magic, !shell) has to be
    transformed before.
    """
    try:
        stack: list[ast.AST] = [ast.parse(source)]
    except (SyntaxError, ValueError):
        return {}
    found: dict[int, dict[str, int]] = defaultdict(dict)
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        if isinstance(node, ast.stmt) and not hasattr(node, "body"):
            for name in _stored(node):
                found[node.end_lineno or node.lineno][name] = node.lineno
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found[node.lineno][node.id] = node.lineno  # the target of a `for` or `with`
        stack.extend(ast.iter_child_nodes(node))
    return {line: tuple(names.items()) for line, names in found.items()}


def _stored(statement: ast.AST) -> list[str]:
    return [n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]


def write_text(line: str, op: str, args: Sequence[tuple[str, str]]) -> str:
    """An in-place write in few characters: the learner's own line where it is one, else "b.add_(1)"."""
    statement = _only_statement(line)
    if statement is not None and len(statement) <= MOST_TEXT:
        return statement
    texts = [text for _, text in args]
    if op == "__setitem__" and len(texts) >= 3:
        text = f"{texts[0]}[{texts[1]}] = {texts[2]}"
    else:
        text = f"{texts[0]}.{op}({', '.join(texts[1:])})" if texts else op
    return text if len(text) <= MOST_TEXT else op


def _only_statement(line: str) -> str | None:
    """The line without its comment, where it is one assignment or one call."""
    try:
        body = ast.parse(line).body
    except (SyntaxError, ValueError):
        return None
    if len(body) != 1 or not isinstance(body[0], (ast.Assign, ast.AugAssign, ast.Expr)):
        return None
    statement = body[0]
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        return None  # "y = x.add_(1).sum()" says more than the write
    return ast.get_source_segment(line, statement)


# ------------------------------------------------------------------ rewriting, for cures


class _Renamed(ast.NodeTransformer):
    def __init__(self, name: str, new: str) -> None:
        self.name, self.new = name, new

    def visit_Name(self, node: ast.Name) -> ast.Name:
        if node.id == self.name:
            node.id = self.new
        return node


def renamed(line: str, name: str, new: str) -> str | None:
    """The line with one name in place of another; None where it is no statement or does not use the name."""
    try:
        tree = ast.parse(line)
    except (SyntaxError, ValueError):
        return None
    if not any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(tree)):
        return None
    return ast.unparse(_Renamed(name, new).visit(tree))


def out_of_place(line: str) -> str | None:
    """ "b += 1" as "b = b + 1", "b.mul_(2)" as "b = b.mul(2)"; None where it is neither."""
    try:
        (statement,) = ast.parse(line).body
    except (SyntaxError, ValueError):
        return None
    if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
        name = statement.target.id
        value = ast.BinOp(ast.Name(name, ast.Load()), statement.op, statement.value)
        return f"{name} = {ast.unparse(value)}"
    call = statement.value if isinstance(statement, ast.Expr) else None
    if (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
    ):
        name, method = call.func.value.id, call.func.attr
        if method.endswith("_") and not method.endswith("__") and method not in ("copy_", "fill_", "zero_"):
            call.func.attr = method.removesuffix("_")
            return f"{name} = {ast.unparse(call)}"
    return None


def _parsed(line: str) -> ast.stmt | None:
    try:
        body = ast.parse(line).body
    except (SyntaxError, ValueError):
        return None
    return body[0] if len(body) == 1 else None


def is_plain(line: str) -> bool:
    """Whether the line is one whole statement: an assignment or an expression."""
    return isinstance(_parsed(line), (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr))


def written_name(line: str) -> str | None:
    """ "b" of "b[0] = 1", "b += 1", "b.add_(1)"; None where the line is no such write."""
    statement = _parsed(line)
    if isinstance(statement, ast.AugAssign):
        target: ast.AST = statement.target
    elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Subscript):
        target = statement.targets[0]
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        target = statement.value.func
        if not (isinstance(target, ast.Attribute) and target.attr.endswith("_")):
            return None
    else:
        return None
    while isinstance(target, (ast.Subscript, ast.Attribute, ast.Call)):
        target = target.func if isinstance(target, ast.Call) else target.value
    return target.id if isinstance(target, ast.Name) else None


def _names(line: str, context: type) -> set[str]:
    statement = _parsed(line)
    nodes = ast.walk(statement) if statement is not None else ()
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, context)}


def assigned(line: str) -> set[str]:
    """The names that a statement assigns."""
    return _names(line, ast.Store)


def used(line: str) -> set[str]:
    """The names that a statement reads."""
    return _names(line, ast.Load)


def with_argument(line: str, name: str, value: str) -> str | None:
    """The line with one more keyword argument in its call of backward() or grad(); None where it has none."""
    statement = _parsed(line)
    for node in ast.walk(statement) if statement is not None else ():
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("backward", "grad"):
            node.keywords = [k for k in node.keywords if k.arg != name]
            node.keywords.append(ast.keyword(name, ast.Name(value, ast.Load())))
            return ast.unparse(statement)
    return None

"""The learner's code, read as text: which names a line assigns, and how a write is written."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Sequence

# %magic, !shell, help?, x = !shell
_IPYTHON = re.compile(r"^([ \t]*)(?:[%!?].*|.*\?[ \t]*|[\w, \t]+=[ \t]*[%!].*)$", re.MULTILINE)
MOST_TEXT = 24  # characters of a statement that is shown on a function


def names_by_line(source: str) -> dict[int, tuple[tuple[str, int], ...]]:
    """For each line (1-based) the names that statements ending there assign, and the lines where these
    statements begin; {} where it is no Python.

    Functions and classes are left out: their names are local. So are lines in IPython's own syntax.
    """
    try:
        stack: list[ast.AST] = [ast.parse(_IPYTHON.sub(r"\1pass", source))]
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


def block(source: str, line: int) -> str:
    """The body of the `with` statement whose head is on this line, each line at its place in the source; ""
    where there is none. The other lines are empty."""
    try:
        tree = ast.parse(_IPYTHON.sub(r"\1pass", source))
    except (SyntaxError, ValueError):
        return ""
    found = [
        node for node in ast.walk(tree)
        if isinstance(node, (ast.With, ast.AsyncWith)) and node.lineno <= line < node.body[0].lineno
    ]  # fmt: skip
    if not found:
        return ""
    node = max(found, key=lambda node: node.lineno)
    first = node.body[0].lineno
    # An indented block needs a head.
    head = "\n" * (first - 2) + "if True:\n"
    return head + "\n".join(source.splitlines()[first - 1 : node.end_lineno]) + "\n"


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
    statement = parsed(line)
    if not isinstance(statement, (ast.Assign, ast.AugAssign, ast.Expr)):
        return None
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        return None  # "y = x.add_(1).sum()" says more than the write
    return ast.get_source_segment(line, statement)


# ------------------------------------------------------------------ rewriting, for cures


def renamed(line: str, name: str, new: str) -> str | None:
    """The line with one name in place of another; None where it is no statement or does not use the name."""
    statement = parsed(line)
    nodes = ast.walk(statement) if statement is not None else ()
    places = {(n.col_offset, n.end_col_offset) for n in nodes if isinstance(n, ast.Name) and n.id == name}
    for start, end in sorted(places, reverse=True):
        line = spliced(line, start, end, new)
    return line if places else None


def out_of_place(line: str) -> str | None:
    """ "b += 1" as "b = b + 1", "b.mul_(2)" as "b = b.mul(2)"; None where it is neither."""
    statement = parsed(line)
    if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
        name, value = statement.target.id, ast.get_source_segment(line, statement.value) or ""
        if isinstance(statement.value, (ast.BinOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Lambda)):
            value = f"({value})"
        sign = line[: line.index("=")].strip().removeprefix(name).strip()
        return f"{name} = {name} {sign} {value}"
    call = statement.value if isinstance(statement, ast.Expr) else None
    method = call.func if isinstance(call, ast.Call) else None
    if isinstance(method, ast.Attribute) and isinstance(method.value, ast.Name):
        in_place = method.attr.endswith("_") and not method.attr.endswith("__")
        if in_place and method.attr not in ("copy_", "fill_", "zero_"):  # these have no other form
            end = method.end_col_offset or 0
            return f"{method.value.id} = {spliced(line, end - 1, end, '')}"
    return None


def with_argument(line: str, name: str, value: str) -> str | None:
    """The line with one more keyword argument in its call of backward() or grad(); None where it has none."""
    statement = parsed(line)
    for node in ast.walk(statement) if statement is not None else ():
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("backward", "grad"):
            for keyword in node.keywords:
                if keyword.arg == name:
                    return spliced(line, keyword.value.col_offset, keyword.value.end_col_offset, value)
            end = (node.end_col_offset or 0) - 1
            comma = ", " if node.args or node.keywords else ""
            return spliced(line, end, end, f"{comma}{name}={value}")
    return None


def spliced(line: str, start: int, end: int | None, new: str) -> str:
    """The line with something else between two columns, as Python counts them."""
    data = line.encode()  # Python counts columns in bytes
    return (data[:start] + new.encode() + data[end:]).decode()


# ------------------------------------------------------------------ questions about a line


def parsed(line: str) -> ast.stmt | None:
    """The one statement that the line is; None where it is none or several."""
    try:
        body = ast.parse(line).body
    except (SyntaxError, ValueError):
        return None
    return body[0] if len(body) == 1 else None


def is_plain(line: str) -> bool:
    """Whether the line is one whole statement: an assignment or an expression."""
    return isinstance(parsed(line), (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr))


def written_name(line: str) -> str | None:
    """ "b" of "b[0] = 1", "b += 1", "b.add_(1)"; None where the line is no such write."""
    statement = parsed(line)
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
    statement = parsed(line)
    nodes = ast.walk(statement) if statement is not None else ()
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, context)}


def assigned(line: str) -> set[str]:
    """The names that a statement assigns."""
    return _names(line, ast.Store)


def used(line: str) -> set[str]:
    """The names that a statement reads."""
    return _names(line, ast.Load)

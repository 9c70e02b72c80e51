"""Why an assertion does not hold, in words: never "assertion failed" alone.

The line that failed is read again and its parts are worked out once more where it stood: what each side of a
comparison is, what a graph has in place of what was asked for.
"""

from __future__ import annotations

import ast
import linecache
from types import FrameType, TracebackType
from typing import Any

from ..say import Phrase, Say
from .graphs import Match
from .states import Same

_SYMBOLS: dict[type, str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip
_MOST = 200  # characters of a value that are shown


def reasons(error: BaseException) -> tuple[Phrase, ...]:
    """What an error of a check says to the learner."""
    if not isinstance(error, AssertionError):
        return (Say("check.error", {"kind": type(error).__name__, "message": _short(str(error))}),)
    if error.args:
        return error.args[0].words if isinstance(error.args[0], Match) else (str(error.args[0]),)
    frame, test = _where(error.__traceback__)
    if frame is None or test is None:
        return (Say("check.no reason"),)
    return _explain(test, frame)


def falsy(error: BaseException) -> Any:
    """The falsy result that an assertion was about, a Match for instance; None where it cannot be had."""
    if not isinstance(error, AssertionError) or error.args:
        return None
    frame, test = _where(error.__traceback__)
    if frame is None or not isinstance(test, ast.Call):
        return None
    return _value(test, frame)


def _where(traceback: TracebackType | None) -> tuple[FrameType | None, ast.expr | None]:
    """The frame in which an assertion failed, and what it asserts."""
    if traceback is None:
        return None, None
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    frame = traceback.tb_frame
    source = "".join(linecache.getlines(frame.f_code.co_filename, frame.f_globals))
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return frame, None
    line = traceback.tb_lineno
    asserts = [node for node in ast.walk(tree) if isinstance(node, ast.Assert)]
    inside = [node for node in asserts if node.lineno <= line <= (node.end_lineno or node.lineno)]
    return frame, inside[-1].test if inside else None


def _value(node: ast.expr, frame: FrameType) -> Any:
    code = compile(ast.Expression(node), "<the check>", "eval")
    return eval(code, frame.f_globals, {**frame.f_globals, **frame.f_locals})


def _explain(test: ast.expr, frame: FrameType) -> tuple[Phrase, ...]:
    text = ast.unparse(test)
    try:
        if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
            failed = next((part for part in test.values if not _value(part, frame)), test.values[-1])
            return _explain(failed, frame)
        if isinstance(test, ast.Compare) and len(test.ops) == 1:
            return (_compared(test, frame),)
        value = _value(test, frame)
        if isinstance(value, Match):
            return value.words
        if isinstance(value, Same) and isinstance(test, ast.Call):
            return (Say("check.equal", {"name": ast.unparse(test.args[0]), **value.parts}),)
        again = bool(value)
    except Exception:
        again = True
    if again:  # worked out a second time it goes another way: then its text has to do
        return (Say("check.fails", {"test": text}),)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return (Say("check.should not", {"test": ast.unparse(test.operand)}),)
    return (Say("check.value", {"test": text, "value": _short(repr(value))}),)


def _compared(test: ast.Compare, frame: FrameType) -> Phrase:
    left, right = test.left, test.comparators[0]
    parts: dict[str, Phrase] = {
        "name": ast.unparse(left),
        "value": _short(repr(_value(left, frame))),
        "wanted": _short(repr(_value(right, frame))),
    }
    if isinstance(test.ops[0], (ast.Eq, ast.Is)):
        return Say("check.equal", parts)
    return Say("check.compared", {**parts, "symbol": _SYMBOLS[type(test.ops[0])]})


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _MOST else f"{text[: _MOST - 1]}…"

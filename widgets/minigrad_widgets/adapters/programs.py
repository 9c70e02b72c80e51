"""A program of the engine, run on its own and recorded: what an exercise asks about comes from here.

    ran = run_program("a = tensor(2., requires_grad=True)\\na * a")
    ran.value, ran.printed, ran.error, ran.names["a"], ran.trace

The program knows the engine's public names, as after `from minigrad import *`, and nothing else.
"""

from __future__ import annotations

import ast
import contextlib
import io
import linecache
import warnings
from dataclasses import dataclass
from typing import Any

import minigrad
from minigrad.tensor import Tensor

from ..trace import Trace
from .minigrad import MinigradAdapter

_FILE = "<the program>"


@dataclass(frozen=True, slots=True)
class Ran:
    """How a program went. `value` is that of its last line, None where that is no expression."""

    trace: Trace
    names: dict[str, Any]
    value: Any
    printed: str
    error: Exception | None

    def tensor(self, name: str) -> Any:
        """The tensor of that name. NameError or TypeError where there is none."""
        if name not in self.names:
            raise NameError(f"the program has no name {name!r}")
        if not isinstance(self.names[name], Tensor):
            raise TypeError(f"{name!r} is no tensor, it is a {type(self.names[name]).__name__}")
        return self.names[name]


def run_program(source: str) -> Ran:
    """Runs a program from a fresh start. SyntaxError where it is no Python; its own errors are told in `error`."""
    tree = ast.parse(source, _FILE)
    names: dict[str, Any] = {"__name__": "__main__", "minigrad": minigrad}
    names |= {name: value for name, value in vars(minigrad).items() if name[:1] != "_"}
    linecache.cache[_FILE] = (len(source), None, source.splitlines(keepends=True), _FILE)
    adapter = MinigradAdapter(names)
    printed, value, error = io.StringIO(), None, None
    adapter.start()
    adapter.begin_cell("", source, _FILE)
    try:
        with contextlib.redirect_stdout(printed), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for statement in tree.body:
                value = _run(statement, names)
    except Exception as raised:
        error = raised
    finally:
        adapter.end_cell(error=error)
        trace = adapter.trace()
        adapter.stop()
    return Ran(trace, names, value, printed.getvalue(), error)


def _run(statement: ast.stmt, names: dict[str, Any]) -> Any:
    if isinstance(statement, ast.Expr):
        return eval(compile(ast.Expression(statement.value), _FILE, "eval"), names)
    exec(compile(ast.Module([statement], []), _FILE, "exec"), names)
    return None


def gradients(root: Any, **inputs: Any) -> dict[str, Any]:
    """The gradients of `root` by the tensors given, as lists; no `.grad` is touched and the graph is kept."""
    found = minigrad.autograd.grad(root, list(inputs.values()), retain_graph=True, allow_unused=True)
    return {name: None if g is None else g.tolist() for name, g in zip(inputs, found, strict=True)}

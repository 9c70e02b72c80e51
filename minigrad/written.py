"""Functions from lines of text, for what is written out once for each op.

Their text is in linecache: inspect.getsource gives it, and a traceback shows it.
"""

from __future__ import annotations

import functools
import linecache
import os
import zlib
from collections.abc import Callable, Iterable
from types import CodeType, FunctionType
from typing import Any

Lines = tuple[Iterable[str], dict[str, Any]]  # and what they know: their globals


def written(name: str, lines: Iterable[str], known: dict[str, Any]) -> Any:
    """The function `name` that the lines define, with `known` for its globals."""
    text = "\n".join(lines) + "\n"
    file = _file(f"{name} {zlib.crc32(text.encode()):x}")
    return FunctionType(_compiled(name, file, text).replace(), _globals(known), name)


def written_when_called(name: str, title: str, write: Callable[[], Lines]) -> Any:
    """The same, of what `write` gives, at its first call: most ops are never called.

    title: where the text is found; what has the same title has the same text.
    """
    file = _file(title)
    known = _globals({})

    def text() -> str:
        lines, more = write()
        known.update(more)
        return "\n".join(lines) + "\n"

    def first_call(*args: Any, **kwargs: Any) -> Any:
        function.__code__ = _compiled(name, file, text()).replace()
        return function(*args, **kwargs)

    known["first_call"] = first_call
    if file not in linecache.cache:
        linecache.cache[file] = (text,)
    function = FunctionType(
        _FIRST_CALL.replace(co_filename=file, co_name=name, co_firstlineno=1), known, name
    )
    return function


_FIRST_CALL = (lambda *args, **kwargs: first_call(*args, **kwargs)).__code__  # type: ignore[name-defined] # noqa: F821


def _globals(known: dict[str, Any]) -> dict[str, Any]:
    known.setdefault("__name__", __name__)  # where NumPy's warnings come from
    return known


def _file(title: str) -> str:
    return os.path.join(_FOLDER, f"<{title}>")


_FOLDER = os.path.dirname(__file__)  # whose frames anomaly mode skips


@functools.cache
def _compiled(name: str, file: str, text: str) -> CodeType:
    """The code of a text. A method, a function and an operator of one op have the same.

    Python learns in the code where globals are: functions with others need a copy of it.
    """
    linecache.cache[file] = len(text), None, text.splitlines(True), file
    module = compile(text, file, "exec")
    return next(c for c in module.co_consts if isinstance(c, CodeType) and c.co_name == name)

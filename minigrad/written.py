"""written(): a function from lines of text, for what is written out once for each op."""

from __future__ import annotations

import functools
import linecache
import os
import zlib
from collections.abc import Iterable
from types import CodeType
from typing import Any


def written(name: str, lines: Iterable[str], known: dict[str, Any]) -> Any:
    """The function `name` that the lines define, with `known` for its globals.

    Its text is in linecache: inspect.getsource gives it, and a traceback shows it.
    """
    known.setdefault("__name__", __name__)  # where NumPy's warnings come from
    exec(_compiled(name, "\n".join(lines) + "\n"), known)
    function = known[name]
    # Python learns in the code where globals are: functions with others must not share it.
    function.__code__ = function.__code__.replace()
    return function


@functools.cache
def _compiled(name: str, source: str) -> CodeType:
    """The code of a text. A method, a function and an operator of one op have the same."""
    # In this folder, whose frames anomaly mode skips.
    file = os.path.join(os.path.dirname(__file__), f"<{name} {zlib.crc32(source.encode()):x}>")
    linecache.cache[file] = len(source), None, source.splitlines(True), file
    return compile(source, file, "exec")

"""written(): a function from lines of text, for what is written out once for each op."""

from __future__ import annotations

import linecache
import os
from collections.abc import Iterable
from typing import Any


def written(name: str, lines: Iterable[str], known: dict[str, Any]) -> Any:
    """The function `name` that the lines define, with `known` for its globals.

    Its text is in linecache: inspect.getsource gives it, and a traceback shows it.
    """
    source = "\n".join(lines) + "\n"
    # In this folder, whose frames anomaly mode skips.
    file = os.path.join(os.path.dirname(__file__), f"<{name} {id(known):#x}>")
    linecache.cache[file] = len(source), None, source.splitlines(True), file
    known.setdefault("__name__", __name__)  # where NumPy's warnings come from
    exec(compile(source, file, "exec"), known)
    return known[name]

"""Records a block of plain Python, in a script or anywhere else:

with record() as trace:
    loss = (w * x).sum()
    loss.backward()
trace.to_html("lesson.html")
"""

from __future__ import annotations

import linecache
import os
import sys
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import fields
from types import FrameType, TracebackType
from typing import Any

from . import statements
from .adapters.engines import Engines
from .trace import Trace


class record:
    """Records what autograd does in a `with` block; gives a Trace, which is filled when the block has ended.

    Names and lines are those of the code round the block. An error of the block is explained in the trace and
    goes on as it is. Blocks may stand in each other, and beside live().
    """

    def __init__(self) -> None:
        self._frame: FrameType | None = sys._getframe(1)
        self._trace = Trace()

    def __enter__(self) -> Trace:
        frame = self._frame
        if frame is None:
            raise RuntimeError("this recording has ended: begin another one, with record() as trace")
        code, namespace = frame.f_code, frame.f_globals
        self._adapter = Engines(namespace)
        places = self._adapter.places
        if frame.f_locals is not namespace:
            places.names = _Variables(frame)
        source = "".join(linecache.getlines(code.co_filename, namespace))
        block = statements.block(source, frame.f_lineno)
        self._adapter.start()
        self._adapter.end_cell()  # what is there before the block, with its names
        self._adapter.recorder.drafts.steps.clear()
        places.begin(self._adapter.recorder.begin(_label(frame), source), block, code.co_filename, code)
        return self._trace

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._frame = None  # it would keep all its variables alive
        try:
            self._adapter.end_cell(error=error)
            _fill(self._trace, self._adapter.recorder.last_run())
        except Exception as fault:  # ours, and no reason to break the block
            warnings.warn(f"nothing was recorded: {fault}", RuntimeWarning, stacklevel=2)
        finally:
            self._adapter.stop()
            del self._adapter


class _Variables(Mapping[str, Any]):
    """What names mean in a function, whenever one is looked up: its variables, else the module's."""

    def __init__(self, frame: FrameType) -> None:
        self._frame = frame
        code = frame.f_code
        self._own = frozenset((*code.co_varnames, *code.co_cellvars, *code.co_freevars))

    def __getitem__(self, name: str) -> Any:
        return (self._frame.f_locals if name in self._own else self._frame.f_globals)[name]

    def __iter__(self) -> Iterator[str]:
        yield from list(self._frame.f_locals)
        yield from [name for name in list(self._frame.f_globals) if name not in self._own]

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _label(frame: FrameType) -> str:
    """What to call the code: "[3]" for a notebook's cell, else the name of the file."""
    get_ipython = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)
    shell = get_ipython()
    if (
        shell is not None
        and shell.user_ns is frame.f_globals
        and not os.path.exists(frame.f_code.co_filename)
    ):
        return f"[{len(shell.history_manager.input_hist_raw) - 1}]"
    return os.path.basename(frame.f_code.co_filename)


def _fill(trace: Trace, done: Trace) -> None:
    """The only exception to a trace being frozen: the one that `with` gave out before there was anything in it."""
    for field in fields(Trace):
        object.__setattr__(trace, field.name, getattr(done, field.name))

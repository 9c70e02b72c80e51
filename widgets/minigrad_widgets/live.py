"""Follows the cells of a notebook: after each one, the panel shows what autograd did.

    from minigrad_widgets import live
    live()

Running that cell again, or calling it twice, keeps the one watcher and the one panel.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from .adapters.engines import Engines
from .adapters.tracebacks import unwatched
from .graph_view import GraphView

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult, InteractiveShell

_followers: dict[int, Follower] = {}  # by the id of their shell, of which a process has one


def _leave_to_the_parent() -> None:
    """In a forked process: the panel is the parent's, and so is the line to it."""
    for follower in list(_followers.values()):
        follower.stop()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_the_parent)


def live() -> None:
    """Shows the graph of this notebook and keeps it up to date, cell by cell.

    In JupyterLab the graph docks in a panel at the right, elsewhere it shows below the cell.
    Raises RuntimeError outside IPython, where there are no cells to follow.
    """
    from IPython import get_ipython
    from IPython.display import display

    shell = get_ipython()
    if shell is None:
        raise RuntimeError(
            "live() follows the cells of a notebook, and this is plain Python: "
            "call it in Jupyter or IPython, or use show(tensor)"
        )
    follower = _followers.get(id(shell))
    if follower is None:
        follower = _followers[id(shell)] = Follower(shell)
    if follower.view.dock == "closed":
        follower.view.dock = "wanted"
    display(follower.view)


class Follower:
    """Tells an adapter where cells begin and end, and a view what came of it.

    Whatever fails in here is one line in the panel: a cell of the learner never fails because of it.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        self.shell = shell
        self.view = GraphView(title=_notebook_name(), dock="wanted")
        self.adapter = Engines(shell.user_ns)
        # The cells that run now, the innermost last: a cell can run a cell.
        self._running: list[ExecutionInfo | str] = []
        shell.events.register("pre_run_cell", self._before_cell)
        shell.events.register("post_run_cell", self._after_cell)
        if not shell.custom_exceptions:
            shell.set_custom_exc((Exception,), _show_traceback)
        # The cell that called live() has begun already: it is the last one of the history.
        history = shell.history_manager.input_hist_raw
        self._begin(history[-1], len(history) - 1, history[-1])

    def stop(self) -> None:
        """Ends the watch; what is drawn stays."""
        self.shell.events.unregister("pre_run_cell", self._before_cell)
        self.shell.events.unregister("post_run_cell", self._after_cell)
        self.adapter.stop()
        if self.shell.custom_exceptions == (Exception,):
            self.shell.set_custom_exc((), None)
        _followers.pop(id(self.shell), None)

    def _before_cell(self, info: ExecutionInfo) -> None:
        # Not shell.execution_count, which counts a cell before it runs or after, as the release has it.
        self._begin(info, len(self.shell.history_manager.input_hist_raw), info.raw_cell)

    def _begin(self, cell: ExecutionInfo | str, number: int, source: str) -> None:
        self._running.append(cell)
        if len(self._running) == 1:
            self._guard("reading a cell", self._open_cell, number, source)

    def _open_cell(self, number: int, source: str) -> None:
        filename = self.shell.compile.get_code_name(source, self.shell.transform_cell(source), number)
        self.adapter.start()
        self.adapter.begin_cell(f"[{number}]", source, filename)

    def _after_cell(self, result: ExecutionResult | None) -> None:
        """result: None where the cell was interrupted while it awaited something."""
        if not self._running:
            return
        if result is None:
            self._running.pop()
        elif result.info in self._running:
            del self._running[self._running.index(result.info) :]
        elif self._running[0] == result.info.raw_cell:  # the cell that called live()
            self._running.clear()
        else:
            return  # of an empty cell, or one that cannot be read, IPython tells the end alone
        if not self._running:
            interrupted = self._guard("drawing the graph", self._close_cell, result)
            if interrupted is not None and result is not None and result.success:
                # The cell itself had ended. With this Jupyter stops the ones that wait, as was asked for.
                result.error_in_exec = interrupted

    def _close_cell(self, result: ExecutionResult | None) -> None:
        error = None if result is None else result.error_before_exec or result.error_in_exec
        self.adapter.end_cell(error=error)
        self.view.draw(self.adapter.trace())
        # What was recorded is for the garbage collector to look through: now, not in the next cell's time.
        gc.collect(1)

    def _guard(self, doing: str, function: Callable[..., None], *arguments: Any) -> KeyboardInterrupt | None:
        """Run it; of a failure say one line, and begin anew. Returns the learner's interrupt, if one came."""
        try:
            function(*arguments)
        except (Exception, KeyboardInterrupt) as error:
            what = " ".join(f"{type(error).__name__}: {error}".split())[:200].rstrip(": ")
            self.adapter = self.adapter.renewed()
            self.view.say(
                f"The graph is not up to date: {doing} failed ({what}). Your cells are not affected; "
                "the next one shows the graph anew, without the steps until now."
            )
            return error if isinstance(error, KeyboardInterrupt) else None
        return None


def _show_traceback(
    shell: InteractiveShell, kind: type, error: Exception, traceback: Any, tb_offset: int | None = None
) -> None:
    """As IPython does, without the frames of whoever watches."""
    error.__traceback__ = unwatched(traceback)
    shell.showtraceback((kind, error, error.__traceback__), tb_offset=tb_offset, running_compiled_code=True)


def _notebook_name() -> str:
    """The notebook's name where Jupyter tells it, else nothing."""
    return PurePath(os.environ.get("JPY_SESSION_NAME", "")).stem

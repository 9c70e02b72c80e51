"""One notebook's process: runs cells as they are sent to it, one at a time, and says how each went.

    python -m minigrad_widgets.exercises.worker <fd for commands> <fd for answers>

A command is a line of JSON: {"run": source} runs a cell; {"check": source, "id": id} runs a check, where the
system can, in a copy of the process, so that what the check says stays out of reach of the cells that follow.
Opening what is protected, starting programs and connecting elsewhere are refused and told. This stops accidents
and simple attempts; it is no jail, and a course that needs one runs the grading in a container.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import warnings
from typing import IO, Any

_PROGRAMS = (
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.fork",
    "os.forkpty",
    "subprocess.Popen",
)
_MOST = 2000  # characters of a message


class Guard:
    """Refuses what no exercise needs. `told` are the attempts, in words."""

    def __init__(self, protected: list[str]) -> None:
        self.protected = [os.path.realpath(path) for path in protected]
        self.told: list[str] = []
        self.ours = False  # while we fork ourselves

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        if event == "open" or event in ("os.listdir", "os.scandir"):
            self._path(args[0] if args else None)
        elif event in _PROGRAMS and not self.ours:
            self._refuse("tried to start another program")
        elif event == "socket.connect":
            self._refuse("tried to connect to another computer or program")

    def _path(self, path: Any) -> None:
        if not isinstance(path, (str, bytes, os.PathLike)):
            return
        real = os.path.realpath(os.fsdecode(path))
        for root in self.protected:
            if real == root or real.startswith(root + os.sep):
                self._refuse(f"tried to read {os.path.basename(real)}, which belongs to the grading")

    def _refuse(self, what: str) -> None:
        if what not in self.told:
            self.told.append(what)
        raise PermissionError(f"not while this is graded: the notebook {what}")


class Worker:
    def __init__(self, answers: IO[str], settings: dict[str, Any]) -> None:
        from IPython.core.interactiveshell import InteractiveShell
        from traitlets.config import Config

        config = Config()
        config.HistoryManager.enabled = False
        self.answers = answers
        self.shell = InteractiveShell.instance(config=config, colors="nocolor")
        # No paging, no question; a traceback is told as data below.
        self.shell._showtraceback = lambda *_: None
        self.shell.showsyntaxerror = lambda *_, **__: None
        self.guard = Guard(settings["protected"])
        from . import variants

        variants.WHO.typed = settings["learner"]
        variants.WHO.forced = settings["forced"]
        sys.addaudithook(self.guard)

    def tell(self, **answer: Any) -> None:
        self.answers.write(json.dumps({**answer, "refused": self.guard.told}) + "\n")
        self.answers.flush()

    def run(self, source: str) -> None:
        with warnings.catch_warnings():
            result = self.shell.run_cell(source, store_history=False)
        error = result.error_before_exec or result.error_in_exec
        self.tell(error=None if error is None else _words(error))

    def check(self, source: str, id: str) -> None:
        if not hasattr(os, "fork"):
            self._check(source, id)
            return
        self.guard.ours = True
        child = os.fork()
        self.guard.ours = False
        if child:
            _, status = os.waitpid(child, 0)
            if status:
                self.tell(error="the check did not come to an end")
            return
        with contextlib.suppress(BaseException):
            self._check(source, id)
            sys.stdout.flush()
            os._exit(0)
        os._exit(1)

    def _check(self, source: str, id: str) -> None:
        from .session import NotYet, run_check

        try:
            run_check(id, source, self.shell.user_ns)
        except NotYet as reason:
            self.tell(error=str(reason)[:_MOST])
        else:
            self.tell(error=None)


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:_MOST]


def limit(memory: int) -> None:
    """No more memory than this, in megabytes, no file above 50 MB, no core dumps."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (memory * 1024 * 1024,) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000_000, 50_000_000))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    commands = os.fdopen(int(sys.argv[1]), encoding="utf-8")
    answers = os.fdopen(int(sys.argv[2]), "w", encoding="utf-8")
    settings = json.loads(commands.readline())
    limit(settings["memory"])
    worker = Worker(answers, settings)
    worker.tell(error=None)
    for line in commands:
        command = json.loads(line)
        if "check" in command:
            worker.check(command["check"], command["id"])
        else:
            worker.run(command["run"])


if __name__ == "__main__":
    main()

"""Runs cells and checks in a process of their own, with limits of time, memory and output.

    with Process(Limits(), learner="ada") as process:
        process.run("a = tensor(1.)")           None, or what went wrong
        process.check("assert a", "id")         None, or the reason in words

Going over a limit ends the process and raises Stopped, with the reason.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from select import select
from typing import Any

_PACKAGES = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one notebook may use: seconds for a cell, megabytes of memory, megabytes of output in all."""

    seconds: float = 20.0
    memory: int = 2048
    output: float = 1.0


class Stopped(Exception):
    """A notebook went over a limit, or its process ended."""


class Process:
    """One notebook's process, in a folder of its own that goes with it. POSIX only.

    protected: files and folders that it must not read. forced: which option of every variant, for authors.
    """

    def __init__(
        self,
        limits: Limits,
        learner: str = "",
        forced: int | None = None,
        protected: Iterable[Path] = (),
    ) -> None:
        if os.name != "posix":
            raise OSError("notebooks are run within limits on Linux and macOS alone: grade there, or in WSL")
        self.limits, self.refused = limits, []
        self._settings = {
            "learner": learner, "forced": forced, "memory": limits.memory,
            "protected": [str(path.resolve()) for path in protected],
        }  # fmt: skip
        self._folder = tempfile.TemporaryDirectory(prefix="minigrad-exercise-")
        self._written = 0
        self._over = False

    def __enter__(self) -> Process:
        child_reads, self._commands = os.pipe()
        self._answers, child_writes = os.pipe()
        self._rest = b""
        self._child = subprocess.Popen(
            [sys.executable, "-m", f"{__package__}.worker", str(child_reads), str(child_writes)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            pass_fds=(child_reads, child_writes), cwd=self._folder.name, env=self._environment(),
            start_new_session=True,
        )  # fmt: skip
        os.close(child_reads)
        os.close(child_writes)
        self._drain = threading.Thread(target=self._read_output, daemon=True)
        self._drain.start()
        try:
            self._send(self._settings, seconds=max(60.0, self.limits.seconds))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: Any) -> None:
        self._kill()
        os.close(self._commands)
        os.close(self._answers)
        self._drain.join()
        self._child.stdout.close()
        self._folder.cleanup()

    def run(self, source: str) -> str | None:
        """Runs a cell. None, or its error."""
        return self._send({"run": source}, self.limits.seconds)

    def check(self, source: str, id: str) -> str | None:
        """Runs a check on what the cells left. None if it passes, else why not."""
        return self._send({"check": source, "id": id}, self.limits.seconds)

    def _environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if k in ("PATH", "LANG", "LC_ALL", "VIRTUAL_ENV")}
        paths = [str(_PACKAGES), *(p for p in sys.path if p and Path(p).is_dir())]
        home = self._folder.name
        return {
            **kept, "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)), "PYTHONDONTWRITEBYTECODE": "1",
            "HOME": home, "IPYTHONDIR": home, "MPLCONFIGDIR": home, "MPLBACKEND": "agg", "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0",
        }  # fmt: skip

    def _read_output(self) -> None:
        """Throws away what the cells print, and ends the process when it is too much."""
        while chunk := os.read(self._child.stdout.fileno(), 65536):
            self._written += len(chunk)
            if self._written > self.limits.output * 1e6 and not self._over:
                self._over = True
                self._kill()

    def _send(self, command: dict[str, Any], seconds: float) -> str | None:
        try:
            os.write(self._commands, (json.dumps(command) + "\n").encode())
            answer = self._receive(seconds)
        except BrokenPipeError:
            answer = None
        if answer is None:
            self._child.wait()
            raise Stopped(self._why())
        self.refused = answer["refused"]
        return answer["error"]

    def _receive(self, seconds: float) -> dict[str, Any] | None:
        """The next answer; None where the process has ended. Raises Stopped when the time is over."""
        end = time.monotonic() + seconds
        while b"\n" not in self._rest:
            if not select([self._answers], [], [], max(0.0, end - time.monotonic()))[0]:
                self._kill()
                raise Stopped(f"ran longer than {seconds:g} seconds")
            chunk = os.read(self._answers, 65536)
            if not chunk:
                return None
            self._rest += chunk
        line, self._rest = self._rest.split(b"\n", 1)
        return json.loads(line)

    def _why(self) -> str:
        if self._over:
            return f"printed more than {self.limits.output:g} MB"
        return f"ended its own process (code {self._child.returncode}), or needed more than {self.limits.memory} MB"

    def _kill(self) -> None:
        if self._child.poll() is None:
            try:
                os.killpg(self._child.pid, 9)
            except ProcessLookupError:
                self._child.kill()
        self._child.wait()

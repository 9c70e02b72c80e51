"""A real kernel, spoken to as JupyterLab does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.manager import KernelManager, start_new_kernel

from minigrad_widgets.trace import Trace

TIMEOUT = 60


class Kernel:
    """A kernel of its own, with one notebook that speaks to it."""

    def __init__(self, manager: KernelManager, client: Any) -> None:
        self.manager = manager
        self.client = client
        self.state: dict[str, Any] = {}  # what the view was told last

    def run(self, source: str) -> list[dict[str, Any]]:
        """Runs a cell; returns the messages that it caused, until the kernel was idle."""
        return self.finish(self.begin(source))

    def begin(self, source: str) -> str:
        """Sends a cell and does not wait."""
        return self.client.execute(source)

    def finish(self, id: str) -> list[dict[str, Any]]:
        """The messages of a cell, until the kernel was idle."""
        seen = []
        while True:
            message = self.client.get_iopub_msg(timeout=TIMEOUT)
            content, type = message["content"], message["msg_type"]
            if type == "comm_msg":
                self.state |= content["data"].get("state", {})
            if message["parent_header"].get("msg_id") != id:
                continue
            if type == "status" and content["execution_state"] == "idle":
                return seen
            seen.append({"type": type, **content})

    def wait_for(self, id: str, text: str) -> None:
        """Until the cell has printed a text."""
        while True:
            message = self.client.get_iopub_msg(timeout=TIMEOUT)
            if message["parent_header"].get("msg_id") == id and text in message["content"].get("text", ""):
                return

    @property
    def trace(self) -> Trace:
        return Trace.from_json(self.state["trace"])

    def names(self) -> set[str]:
        """Those of the tensors that are drawn."""
        return {name for card in self.trace.tensors for name in card.names if card.current}


@contextmanager
def starting(folders: Path) -> Iterator[Kernel]:
    """A new kernel that reads no configuration of this machine."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
            (folders / name).mkdir()
            patch.setenv(name, str(folders / name))
        manager, client = start_new_kernel()
        try:
            yield Kernel(manager, client)
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


def texts(messages: list[dict[str, Any]]) -> str:
    """What a cell printed."""
    return "".join(m["text"] for m in messages if m["type"] == "stream")


def error_of(messages: list[dict[str, Any]]) -> str | None:
    """The name of the error that a cell raised."""
    return next((m["ename"] for m in messages if m["type"] == "error"), None)

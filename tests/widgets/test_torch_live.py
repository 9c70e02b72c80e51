"""live() in a kernel of its own that imports torch while it is watched."""

from __future__ import annotations

import re
from importlib.util import find_spec
from typing import Any

import pytest

from minigrad_widgets.trace import Trace
from widgets import test_live

pytestmark = pytest.mark.skipif(
    find_spec("torch") is None, reason="torch is not installed: pip install .[torch]"
)
kernel = test_live.kernel


def drawn(messages: list[dict[str, Any]]) -> Trace:
    states = [m["data"].get("state", {}) for m in messages if m["type"] == "comm_msg"]
    return Trace.from_json(next(state["trace"] for state in states if "trace" in state))


def failed(messages: list[dict[str, Any]]) -> str:
    (error,) = [m for m in messages if m["type"] == "error"]
    text = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(error["traceback"]))
    return re.sub(r"\[\d+\]", "[n]", text)


def test_torch_is_seen_from_when_a_cell_imports_it_and_tracebacks_stay(kernel: test_live.Kernel) -> None:
    kernel.run("from minigrad_widgets import live\nlive()")
    (said,) = [m for m in kernel.run("import sys\nprint('torch' in sys.modules)") if m["type"] == "stream"]
    assert said["text"] == "False\n"
    trace = drawn(kernel.run("import torch\na = torch.tensor([1.0, 3.0], requires_grad=True)\nb = a + 2"))
    assert [step.kind for step in trace.steps] == ["tensor", "op"]
    kernel.run("loss = (b * b).mean()\nb[0] = 9.0")
    fails = ("loss.backward()", "a @ torch.ones(3, 3)", "torch.nn.Linear(2, 3)(torch.ones(4, 5))", "a += 1")
    watched = {source: kernel.run(source) for source in fails}
    fault = drawn(watched["loss.backward()"]).steps[-1].error
    assert (fault.kind, fault.saved_version, fault.now_version) == ("version", 0, 1)
    kernel.run(
        "from importlib import import_module\nfor f in list(import_module('minigrad_widgets.live')._followers.values()):\n    f.stop()"
    )
    for source in fails:
        assert failed(watched[source]) == failed(kernel.run(source))

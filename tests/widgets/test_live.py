"""live(): follows the cells of a real IPython shell and of a real kernel; no browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import ExecutionInfo, InteractiveShell

import minigrad_widgets
from minigrad_widgets.graph_view import GraphView
from minigrad_widgets.trace import Trace
from widgets.kernel import Kernel, starting

live_module = import_module("minigrad_widgets.live")  # in the package, the name is the function
START = "from minigrad import tensor\nfrom minigrad_widgets import live\nlive()"


class Notebook:
    """The cells of a shell, and the view that follows them."""

    def __init__(self, shell: InteractiveShell) -> None:
        self.shell = shell

    def run(self, source: str) -> Any:
        return self.shell.run_cell(source, store_history=True)

    @property
    def view(self) -> GraphView:
        (follower,) = live_module._followers.values()
        return follower.view

    @property
    def trace(self) -> Trace:
        return Trace.from_json(self.view.trace)

    def names(self) -> set[str]:
        return {name for card in self.trace.tensors for name in card.names if card.current}


@pytest.fixture
def notebook(jupyter_folders: Path) -> Iterator[Notebook]:
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    yield Notebook(shell)
    for follower in list(live_module._followers.values()):
        follower.stop()
    shell.history_manager.end_session()
    InteractiveShell.clear_instance()


def test_each_cell_ends_in_one_update(notebook: Notebook) -> None:
    notebook.run(START)
    before = notebook.view.sequence
    notebook.run("a = tensor(2.0, requires_grad=True)\nb = a.exp()\nc = b * a")
    assert notebook.view.sequence == before + 1
    assert notebook.names() == {"a", "b", "c"}
    positions = json.loads(notebook.view.positions)
    assert positions["nodes"].keys() == {
        entity.id for entity in (*notebook.trace.tensors, *notebook.trace.functions)
    }


def test_a_cell_is_known_by_its_number_and_its_lines(notebook: Notebook) -> None:
    notebook.run(START)
    notebook.run("a = tensor(2.0, requires_grad=True)\n\nb = a.exp()")
    trace = notebook.trace
    (op,) = [step for step in trace.steps if step.kind == "op"]
    assert trace.cells[op.place.cell].label == "[2]"
    assert trace.cells[op.place.cell].source.split("\n")[op.place.line - 1] == "b = a.exp()"


def test_names_come_about_line_by_line(notebook: Notebook) -> None:
    """IPython compiles each statement on its own: the cell's code is another in every line."""
    notebook.run(START)
    notebook.run("a = tensor([1.0, 3.0], requires_grad=True)\nb = a + 2\nloss = (b * b).mean()\na = a.exp()")
    cards = {card.label: card for card in notebook.trace.tensors}
    assert "b * b" in cards
    assert "(b * b).mean()" in cards
    assert [card.ghosts for card in notebook.trace.tensors if card.ghosts] == [("a",)]


def test_what_was_there_before_is_shown_too(notebook: Notebook) -> None:
    notebook.run("from minigrad import tensor\na = tensor(2.0, requires_grad=True)\nb = a.exp()")
    notebook.run(START)
    assert notebook.names() == {"a", "b"}


def test_twice_and_again_is_one_watcher(notebook: Notebook) -> None:
    notebook.run(START)
    view = notebook.view
    notebook.run("live()\nlive()")
    notebook.run(START)
    assert notebook.view is view
    before = view.sequence
    notebook.run("a = tensor(2.0)")
    assert view.sequence == before + 1
    assert len(notebook.trace.tensors) == 1


def test_it_shows_itself_each_time(notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Any] = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    notebook.run(START)
    notebook.run("live()")
    assert shown == [notebook.view] * 2


def test_a_cell_that_raises_is_drawn_as_far_as_it_came(notebook: Notebook, capsys: Any) -> None:
    notebook.run(START)
    result = notebook.run("a = tensor(2.0, requires_grad=True)\n1 / 0\nb = a.exp()")
    assert isinstance(result.error_in_exec, ZeroDivisionError)
    assert notebook.names() == {"a"}
    assert notebook.view.problem == ""
    assert notebook.run("c = (").error_before_exec is not None
    assert notebook.names() == {"a"}
    notebook.run("c = a * a")
    assert notebook.names() == {"a", "c"}


def test_an_error_of_autograd_is_told(notebook: Notebook, capsys: Any) -> None:
    notebook.run(START)
    notebook.run("a = tensor([1.0, 3.0], requires_grad=True)\nb = a + 2\nloss = (b * b).mean()")
    notebook.run("b[0] = 1000.0")
    notebook.run("loss.backward()")
    fault = notebook.trace.steps[-1].error
    assert fault.kind == "version"
    assert [notebook.trace.cells[place.cell].label for place in (fault.saved_at, fault.changed_at)] == [
        "[2]",
        "[3]",
    ]


@pytest.mark.parametrize("part", ["start", "begin_cell", "end_cell", "trace"])
def test_our_own_failure_is_one_line_in_the_panel(
    notebook: Notebook, part: str, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    notebook.run(START)
    capsys.readouterr()

    def fail(*_: Any, **__: Any) -> None:
        raise ValueError("on\npurpose")

    with monkeypatch.context() as patch:
        patch.setattr(live_module.Engines, part, fail)
        result = notebook.run("a = tensor(2.0)\nprint('fine')")
    assert result.success
    assert capsys.readouterr() == ("fine\n", "")
    if part in ("end_cell", "trace"):
        assert re.fullmatch(
            r"The graph is not up to date: .*\(ValueError: on purpose\)\. .*", notebook.view.problem
        )
    notebook.run("b = a * a")
    assert notebook.view.problem == ""
    assert notebook.names() >= {"a", "b"}


def test_a_layout_that_fails_is_one_line_too(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    notebook.run(START)
    monkeypatch.setattr("minigrad_widgets.graph_view.layout", lambda trace: 1 / 0)
    assert notebook.run("a = tensor(2.0)").success
    assert "ZeroDivisionError" in notebook.view.problem
    assert "Error" not in capsys.readouterr().out


def test_a_cell_run_by_a_cell_is_part_of_it(notebook: Notebook) -> None:
    notebook.run(START)
    before = notebook.view.sequence
    notebook.run("a = tensor(2.0)\nget_ipython().run_cell('b = a * a')\nc = b * b")
    assert notebook.view.sequence == before + 1
    assert notebook.names() == {"a", "b", "c"}


@pytest.mark.parametrize("source", ["", "  \n"])
def test_an_empty_cell_changes_nothing(notebook: Notebook, source: str) -> None:
    notebook.run(START)
    notebook.run(source)
    notebook.run(f"a = tensor(2.0)\nget_ipython().run_cell({source!r})\nb = a * a")
    assert notebook.view.problem == ""
    assert notebook.names() == {"a", "b"}
    assert notebook.trace.cells[-1].label == "[2]"


def test_a_cell_of_whose_end_nothing_is_known_has_ended(notebook: Notebook) -> None:
    """IPython says None where a cell was cancelled while it awaited something."""
    notebook.run(START)
    notebook.shell.events.trigger("pre_run_cell", ExecutionInfo("a = 1", True, False, True, None))
    exec("a = tensor(2.0)", notebook.shell.user_ns)
    notebook.shell.events.trigger("post_run_cell", None)
    assert notebook.names() == {"a"}
    notebook.run("b = a * a")
    assert notebook.names() == {"a", "b"}


def test_silent_runs_are_nobodys_cell(notebook: Notebook) -> None:
    notebook.run(START)
    before = notebook.view.sequence
    notebook.shell.run_cell("x = 1", silent=True)
    assert notebook.view.sequence == before


def test_stop_ends_the_watch(notebook: Notebook) -> None:
    notebook.run(START)
    view = notebook.view
    (follower,) = live_module._followers.values()
    follower.stop()
    before = view.sequence
    notebook.run("a = tensor(2.0)")
    assert view.sequence == before
    notebook.run("live()")
    assert notebook.view is not view
    assert notebook.names() == {"a"}


def test_plain_python_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    InteractiveShell.clear_instance()
    with pytest.raises(
        RuntimeError, match=r"this is plain Python: call it in Jupyter .* or use show\(tensor\)"
    ):
        minigrad_widgets.live()


# ------------------------------------------------------------------ a real kernel


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    with starting(tmp_path_factory.mktemp("kernel")) as kernel:
        yield kernel


def test_a_learners_traceback_stays_as_it_is(kernel: Kernel) -> None:
    """The same failing cell, not watched and watched: the same place, the same words, no frame of ours.

    In between stand the engine's own frames, which takes a shorter way while nobody watches.
    """
    kernel.run("import minigrad\nfrom minigrad_widgets import live")
    make = "a = minigrad.tensor([1.0, 3.0], requires_grad=True)\nb = a + 2\nloss = (b * b).mean()\nb[0] = 9.0"
    fail = "loss.backward()"

    def failed() -> list[str]:
        kernel.run(make)
        messages = kernel.run(fail)
        ours = {"comm_msg", "update_display_data"}
        assert {message["type"] for message in messages} <= {"execute_input", "error", "status", *ours}
        (error,) = [message for message in messages if message["type"] == "error"]
        return [re.sub(r"\[\d+\]", "[n]", re.sub(r"\x1b\[[\d;]*m", "", line)) for line in error["traceback"]]

    alone = failed()
    kernel.run("live()")
    watched = failed()
    assert not [line for line in watched if "minigrad_widgets" in line or "observer" in line]
    assert (watched[:3], watched[-1]) == (alone[:3], alone[-1])
    assert "loss.backward()" in alone[2]
    assert "RuntimeError" in alone[-1]


def test_one_message_a_cell_then_the_picture_and_nothing_printed(kernel: Kernel) -> None:
    kernel.run("import minigrad\nfrom minigrad_widgets import live\nlive()")
    messages = kernel.run("x = minigrad.tensor(2.0, requires_grad=True)\ny = x * x")
    messages = [m for m in messages if m["type"] != "status"]
    assert [m["type"] for m in messages] == ["execute_input", "comm_msg", "update_display_data"]
    state = messages[1]["data"]["state"]
    assert state.keys() == {"trace", "positions", "sequence"}
    assert "y" in str(json.loads(state["trace"])["tensors"])
    assert "data:image/svg+xml;base64," in messages[2]["data"]["text/html"]
    assert "tensor y, shape" in messages[2]["data"]["text/plain"]


def test_a_picture_that_is_as_before_is_not_sent_again(kernel: Kernel) -> None:
    kernel.run("import minigrad\nfrom minigrad_widgets import live\nlive()")
    assert "update_display_data" not in {message["type"] for message in kernel.run("word = 'no tensor'")}


def test_where_it_is_shown_stand_the_widget_and_its_picture(kernel: Kernel) -> None:
    kernel.run("import minigrad\nfrom minigrad_widgets import live")
    messages = kernel.run("z = minigrad.tensor(3.0, requires_grad=True).exp()\nlive()")
    widget, picture = (message for message in messages if message["type"] == "display_data")
    assert "application/vnd.jupyter.widget-view+json" in widget["data"]
    assert "image/svg+xml" not in picture["data"]  # JupyterLab drops it where the notebook is not trusted
    id = picture["transient"]["display_id"]
    updates = [m for m in messages if m["type"] == "update_display_data"]
    assert {update["transient"]["display_id"] for update in updates} == {id}
    assert f'class="mg-saved {id}"' in picture["data"]["text/html"]
    later = [m for m in kernel.run("z = z * 2") if m["type"] == "update_display_data"]
    assert [update["transient"]["display_id"] for update in later] == [id]

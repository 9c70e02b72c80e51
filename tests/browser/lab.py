"""A real JupyterLab with a real kernel, and a notebook in it that a test runs cell by cell.

Nothing here knows what the notebooks show: a test reads that with playwright's `expect`, which waits.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Browser, Dialog, Page

PATIENCE = 60  # seconds that a slow, busy machine may take for any one thing
WINDOW = {"width": 1720, "height": 1000}  # room for both drawings beside a notebook
SCREENSHOTS = Path(__file__).parent / "screenshots"

# What a test asks of the page. `notebook` is found by its path: the current widget may be the docked panel.
HELPERS = """
window.lessonTest = {
  notebook(path) {
    const panels = [...window.jupyterapp.shell.widgets('main')];
    return panels.find(panel => panel.context?.path === path);
  },
  async ready(path) {
    const panel = this.notebook(path);
    await panel.context.ready;
    await panel.sessionContext.ready;
    await panel.sessionContext.session.kernel.info;
  },
  cell(path, index) {
    return this.notebook(path).content.widgets[index].model.sharedModel;
  },
  cells(path) {
    const cells = this.notebook(path).content.widgets.map(widget => widget.model.sharedModel);
    return cells.map(cell => [cell.cell_type, cell.source]);
  },
  async insert(path, source) {
    const {content} = this.notebook(path);
    content.activeCellIndex = content.widgets.length - 1;
    await window.jupyterapp.commands.execute('notebook:insert-cell-below');
    content.activeCell.model.sharedModel.setSource(source);
    return content.activeCellIndex;
  },
  restart(path) {
    return this.notebook(path).sessionContext.session.kernel.restart();
  },
  save(path) {
    return this.notebook(path).context.save();
  },
  async run(path, index) {
    const panel = this.notebook(path);
    window.jupyterapp.shell.activateById(panel.id);
    panel.content.activeCellIndex = index;
    panel.content.deselectAll();
    await window.jupyterapp.commands.execute('notebook:run-cell');
    return this.cell(path, index).outputs;
  },
};
"""


def _free_port() -> int:
    """A port that nobody uses. JupyterLab's own `--port=0` does not always say which it took."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


class Server:
    """A JupyterLab with folders, port and token of its own: it reads and writes nothing of the user's."""

    def __init__(self, folder: Path, root: Path | None = None, python: str = sys.executable) -> None:
        """`folder` is for what Jupyter writes, `root` is what it serves; `python` has JupyterLab."""
        self.root = root or folder / "notebooks"
        self.root.mkdir(parents=True, exist_ok=True)
        self.token = secrets.token_hex()
        self._log = folder / "jupyterlab.log"
        self._settings = folder / "settings"
        own = {
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_DATA_DIR": "data",
            "JUPYTER_RUNTIME_DIR": "runtime",
            "JUPYTERLAB_SETTINGS_DIR": "settings",
            "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
            "IPYTHONDIR": "ipython",
        }
        environment = {**os.environ, **{name: str(folder / part) for name, part in own.items()}}
        self._calm(folder / "app-settings")
        command = [
            *(python, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1"),
            *(f"--port={_free_port()}", "--ServerApp.port_retries=0"),
            f"--IdentityProvider.token={self.token}",
            *(f"--ServerApp.root_dir={self.root}", f"--LabApp.app_settings_dir={folder / 'app-settings'}"),
            "--LabApp.expose_app_in_browser=True",
        ]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command, cwd=self.root, env=environment, stdout=log, stderr=subprocess.STDOUT
            )
        try:
            self.url = self._answer(folder / "runtime")
        except BaseException:
            self.stop()
            raise

    @staticmethod
    def _calm(folder: Path) -> None:
        """No pop-up about news, which would ask the network."""
        folder.mkdir(parents=True)
        settings = {
            "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}
        }
        (folder / "overrides.json").write_text(json.dumps(settings))

    def _answer(self, runtime: Path) -> str:
        """Waits for the server's first answer; its address is in a file that it writes."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self._process.poll() is None:
            for file in runtime.glob("jpserver-*.json"):
                try:
                    self.url = json.loads(file.read_text())["url"].rstrip("/")
                    self.ask("api/status")
                    return self.url
                except (ValueError, OSError):  # half written, or not listening yet
                    pass
            time.sleep(0.05)
        raise RuntimeError(f"JupyterLab did not start:\n{self._log.read_text()[-4000:]}")

    def ask(self, path: str, method: str = "GET") -> Any:
        """The server's REST interface: what it answers, read as JSON."""
        headers = {"Authorization": f"token {self.token}"}
        request = urllib.request.Request(f"{self.url}/{path}", headers=headers, method=method)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def forget(self) -> None:
        """Back to JupyterLab's own settings: a theme that a test chose ends with the test."""
        shutil.rmtree(self._settings, ignore_errors=True)

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Lab:
    """One notebook, open in JupyterLab in a page of its own."""

    def __init__(self, server: Server, browser: Browser, path: str) -> None:
        """Opens `path`, below the server's root. A path that was open before would keep its old kernel."""
        self.server = server
        self.path = path
        self.page: Page = browser.new_page(viewport=WINDOW, reduced_motion="reduce")
        self.page.set_default_timeout(PATIENCE * 1000)
        self.page_errors: list[str] = []
        self.page.on("pageerror", lambda error: self.page_errors.append(f"{error}"))
        self.dialogs: list[str] = []
        self.page.on("dialog", self._on_dialog)
        self._go(f"lab/tree/{self.path}?reset&token={server.token}")

    def _on_dialog(self, dialog: Dialog) -> None:
        """Says yes, and keeps what was said; "leave the page?" before a reload is not worth keeping."""
        if dialog.type != "beforeunload":
            self.dialogs.append(dialog.message)
        dialog.accept()

    def _go(self, address: str) -> None:
        self.page.goto(f"{self.server.url}/{address}", wait_until="commit")
        self._wait()

    def _wait(self) -> None:
        """Until the notebook is there, its kernel has answered, and nothing is left to start."""
        self.page.wait_for_function("window.jupyterapp?.restored?.then(() => true)")
        self.page.evaluate(HELPERS)
        self.page.wait_for_function("path => window.lessonTest.notebook(path)?.sessionContext", arg=self.path)
        self._call("ready")

    def _call(self, name: str, *arguments: Any) -> Any:
        """A helper of the page. `evaluate` alone would wait for ever: say what took too long instead."""
        script = """([name, patience, ...rest]) => Promise.race([
          window.lessonTest[name](...rest),
          new Promise((_, fail) => setTimeout(() => fail(new Error(`${name} took too long`)), patience)),
        ])"""
        return self.page.evaluate(script, [name, PATIENCE * 1000, self.path, *arguments])

    def code_cells(self) -> list[str]:
        """The sources of the code cells, in order."""
        return [source for kind, source in self._call("cells") if kind == "code"]

    def run(self, part: str, raises: str | None = None) -> list[dict[str, Any]]:
        """Runs the code cell that is `part` or, where none is, contains it; waits until it has run.

        Returns its outputs as nbformat has them. Raises LookupError unless there is exactly one such cell,
        AssertionError if it raises and should not, or should (an error that says `raises`) and does not.
        """
        cells = [(i, source) for i, (kind, source) in enumerate(self._call("cells")) if kind == "code"]
        found = [i for i, source in cells if source == part] or [i for i, source in cells if part in source]
        if len(found) != 1:
            raise LookupError(f"{len(found)} code cells of {self.path} contain {part!r}: one is needed")
        return self._run(found[0], raises)

    def run_new(self, source: str, raises: str | None = None) -> list[dict[str, Any]]:
        """Appends a code cell and runs it."""
        return self._run(self._call("insert", source), raises)

    def _run(self, index: int, raises: str | None) -> list[dict[str, Any]]:
        outputs = self._call("run", index)
        said = "".join(text_of([output]) for output in outputs if output["output_type"] == "error")
        assert (raises in said) if raises else not said, said or f"it did not raise {raises!r}"
        return outputs

    def restart_kernel(self) -> None:
        self._call("restart")
        self._call("ready")

    def save(self) -> nbformat.NotebookNode:
        """Saves the notebook; returns what is in the file then."""
        self._call("save")
        return nbformat.read(self.server.root / self.path, as_version=4)

    def save_and_reload(self) -> None:
        """As a learner does who reloads the page: same kernel, same panels."""
        self._call("save")
        self._go(f"lab/tree/{self.path}")

    def screenshot(self, name: str) -> None:
        """Kept in `screenshots/` for people to look at."""
        SCREENSHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")

    def close(self) -> None:
        """Closes the page and ends the notebook's kernel."""
        self.page.close()
        for session in self.server.ask("api/sessions"):
            if session["path"] == self.path:
                self.server.ask(f"api/sessions/{session['id']}", "DELETE")


def of_cells(*sources: str) -> nbformat.NotebookNode:
    """A notebook of these code cells, for the Python kernel (without one JupyterLab would ask)."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def text_of(outputs: list[dict[str, Any]]) -> str:
    """What the outputs say in words: printed text, plain results, errors without their colours."""
    parts = []
    for output in outputs:
        text = output.get("text") or output.get("data", {}).get("text/plain", "")
        parts.append("".join(text))
        if output["output_type"] == "error":
            parts.append(f"{output['ename']}: {output['evalue']}")
    return "\n".join(filter(None, parts))

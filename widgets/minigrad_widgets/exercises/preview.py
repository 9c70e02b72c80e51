"""The page as a learner meets it: the learner's notebook with every question put, in one HTML file."""

from __future__ import annotations

import tempfile
import webbrowser
from pathlib import Path

from .building import load
from .faults import Fault, Refused
from .notebooks import learner_notebook

_ASKING = ("start", "question")


def preview(path: Path, out: Path | None) -> Path:
    """Writes the page to `out`, or to a new file that a browser opens. Raises Refused for a text that is refused."""
    from nbclient import NotebookClient
    from nbconvert import HTMLExporter

    notebook = learner_notebook(load(path))
    with tempfile.TemporaryDirectory() as folder:
        resources = {"metadata": {"path": folder}}
        NotebookClient(notebook, timeout=60, allow_errors=True, resources=resources).execute()
    for cell in notebook.cells:
        if (
            cell.cell_type == "code"
            and cell.metadata.get("minigrad", {}).get("role", "question") not in _ASKING
        ):
            cell.outputs, cell.execution_count = [], None
    page, _ = HTMLExporter().from_notebook_node(notebook)
    target = out or Path(tempfile.mkdtemp(prefix="minigrad-preview-"), f"{path.stem}.html")
    try:
        target.write_text(page, encoding="utf-8")
    except OSError as error:
        raise Refused(
            [Fault(path, 1, f"{target} cannot be written ({error.strerror})", "name another -o")]
        ) from None
    if out is None:
        webbrowser.open(target.as_uri())
    return target

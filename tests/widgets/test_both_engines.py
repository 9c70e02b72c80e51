"""The same program gives the same trace on both engines, and the one that was recorded.

python tests/widgets/test_both_engines.py       records minigrad's traces anew, in recorded_traces.txt
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from minigrad_widgets.adapters.engines import graph_of
from minigrad_widgets.trace import Trace
from widgets.cells import Cells, watched
from widgets.outline import outline
from widgets.programs import DIFFERENCES, PROGRAMS, SHOWN
from widgets.reality import consistency

RECORDED = Path(__file__).parent / "recorded_traces.txt"
needs_torch = pytest.mark.skipif(
    find_spec("torch") is None, reason="torch is not installed: pip install .[torch]"
)


def cells_of(engine: str) -> type[Cells]:
    """A notebook in which `torch` is this engine."""
    if engine == "torch":
        from minigrad_widgets.adapters.torch import TorchAdapter as kind
    else:
        from minigrad_widgets.adapters.minigrad import MinigradAdapter as kind
    start = f"import {engine} as torch\nfrom {engine} import nn\nimport {engine}.nn.functional as F"
    return type("Notebook", (Cells,), {"start": start, "kind": kind})


def trace_of(engine: str, program: str) -> Trace:
    cells = PROGRAMS[program]
    with watched(cells_of(engine)) as notebook:
        for source in cells:
            if source.startswith("# before"):
                notebook.adapter.stop()
                exec(source, notebook.namespace)
                notebook.adapter.start()
            else:
                notebook.run(source)
        return notebook.trace()


def shown(engine: str, name: str) -> Trace:
    code, roots = SHOWN[name]
    namespace: dict[str, object] = {}
    exec(f"{cells_of(engine).start}\n{code}\nroots = ({roots},)", namespace)
    tensors = namespace.pop("roots")
    return graph_of(*tensors, names=namespace)


def recorded() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for part in RECORDED.read_text(encoding="utf-8").split("\n\n"):
        name, *lines = part.strip("\n").split("\n")
        found[name.removeprefix("== ")] = lines
    return found


def compared(name: str, minigrad: Trace, torch: Trace) -> None:
    """Holds torch's trace against minigrad's, but for the differences that are allowed."""
    assert not consistency(torch)
    expected = "\n".join(outline(minigrad))
    for ours, theirs, why in DIFFERENCES.get(name, ()):
        assert ours in expected, f"no difference any more: {why}"
        expected = expected.replace(ours, theirs)
    assert outline(torch) == (expected.split("\n") if expected else [])


@needs_torch
@pytest.mark.parametrize("program", PROGRAMS)
def test_both_engines_give_one_trace(program: str) -> None:
    compared(program, *(trace_of(engine, program) for engine in ("minigrad", "torch")))


@pytest.mark.parametrize("program", PROGRAMS)
def test_minigrad_gives_the_trace_that_was_recorded(program: str) -> None:
    trace = trace_of("minigrad", program)
    assert not consistency(trace)
    assert outline(trace, sentences=False) == recorded()[program]


@needs_torch
@pytest.mark.parametrize("name", SHOWN)
def test_both_engines_are_shown_alike(name: str) -> None:
    compared(f"show: {name}", *(shown(engine, name) for engine in ("minigrad", "torch")))


def test_a_difference_would_be_noticed() -> None:
    one, other = (outline(trace_of("minigrad", name)) for name in ("backward twice", "retain_graph"))
    assert one != other


if __name__ == "__main__":
    parts = [
        "\n".join([f"== {program}", *outline(trace_of("minigrad", program), sentences=False)])
        for program in PROGRAMS
    ]
    RECORDED.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(parts)} traces in {RECORDED.name}\n")

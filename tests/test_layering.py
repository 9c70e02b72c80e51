"""Who may import whom, read off the source.

`LAYERS` goes from the bottom up: a module imports from its own layer and from those below it. A module that
stands in no layer is one of the rest, above the ops and below nn.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent

LAYERS = (
    {"size", "device", "dtypes", "mode", "random", "return_types", "strides", "written"},
    {"storage", "errors", "eras", "events", "anomaly", "memory_format"},
    {"tensor"},
    {"node", "broadcast", "printing"},
    {"plan", "saved", "hooks", "walk", "seen", "views"},
    {"bare", "visits"},
    {"opnode"},
    {"engine", "signature", "arguments"},
    {"differentiate"},
    {"record", "recorders", "inplace", "attach"},
    {"op", "detach"},
    {"ops"},
    {"the rest"},
    {"nn"},
    {"optim", "serialize"},
)


class Import(NamedTuple):
    """One import: from which module, of which one, and whether only when a function runs."""

    source: str
    target: str
    late: bool


def sources(folder: Path) -> dict[str, str]:
    """The text of each module of a package by its dotted name, the package's own name included."""
    found = {}
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = path.read_text(encoding="utf-8")
    return found


def imports(modules: dict[str, str]) -> list[Import]:
    """Every import in these modules; those for type checkers alone do not count."""
    found = []
    for name, text in modules.items():
        is_package = any(other.startswith(name + ".") for other in modules)
        package = name if is_package else name.rpartition(".")[0]
        for node, late in _statements(ast.parse(text), late=False):
            if isinstance(node, ast.Import):
                found += [Import(name, alias.name, late) for alias in node.names]
                continue
            above = package.split(".")[: len(package.split(".")) - (node.level - 1)] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                full = f"{base}.{alias.name}"
                found.append(Import(name, full if full in modules else base, late))
    return found


def _statements(tree: ast.AST, late: bool) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node, late
        elif isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            for other in node.orelse:
                yield from _statements(ast.Module([other], []), late)
        else:
            yield from _statements(node, late or isinstance(node, (ast.FunctionDef, ast.Lambda)))


def layer(module: str) -> int:
    part = module.split(".")[1]
    return next((i for i, names in enumerate(LAYERS) if part in names), LAYERS.index({"the rest"}))


def wrong_in_the_engine(modules: dict[str, str]) -> list[str]:
    """The imports of minigrad that run the wrong way."""
    wrong = []
    for source, target, _ in imports(modules):
        if target.split(".")[0] != "minigrad":
            if target.split(".")[0] not in {"numpy", *sys.stdlib_module_names}:
                wrong.append(f"{source} imports {target}: the engine needs NumPy alone")
            continue
        if source == "minigrad":
            continue  # the public names
        if target == "minigrad":
            wrong.append(f"{source} imports the package itself; import the module that has the name")
            continue
        if layer(target) > layer(source):
            wrong.append(f"{source} imports {target}, which is above it")
    return wrong


def circles(modules: dict[str, str]) -> list[list[str]]:
    """The groups of modules that import each other while they are loaded."""
    edges: dict[str, set[str]] = {name: set() for name in modules}
    for source, target, late in imports(modules):
        if not late and target in modules and target != source:
            edges[source].add(target)
    reach = {name: _reachable(edges, name) for name in edges}
    groups = {tuple(sorted(n for n in reach[name] if name in reach[n])) for name in edges}
    return [list(group) for group in sorted(groups) if group]


def _reachable(edges: dict[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for name in edges[waiting.pop()] - found:
            found.add(name)
            waiting.append(name)
    return found


def wrong_in_the_widgets(modules: dict[str, str]) -> list[str]:
    """The imports of minigrad_widgets that know too much."""
    wrong = []
    found = imports(modules)
    for source, target, late in found:
        first = target.split(".")[0]
        if first in {"minigrad", "torch"} and not source.startswith("minigrad_widgets.adapters."):
            wrong.append(f"{source} imports {target}: only adapters know an engine")
        if source == "minigrad_widgets.trace" and late and target in WAYS_OUT:
            continue  # Trace.to_html() and its kin, the upward calls
        if source in DATA and target not in DATA and first not in sys.stdlib_module_names:
            wrong.append(f"{source} imports {target}: the trace needs the standard library alone")
    edges: dict[str, set[str]] = {name: set() for name in modules}
    for source, target, _ in found:
        if target in modules:
            edges[source].add(target)
    for view in VIEWS & modules.keys():
        for target in sorted(_reachable(edges, view)):
            if target.startswith("minigrad_widgets.adapters"):
                wrong.append(f"{view} gets to {target}: a view sees the trace and no engine")
    return wrong


DATA = {"minigrad_widgets.trace", "minigrad_widgets.say", "minigrad_widgets.reading"}
WAYS_OUT = {f"minigrad_widgets.{name}" for name in ("text", "svg", "html", "dot")}
VIEWS = {"minigrad_widgets.layout", "minigrad_widgets.graph_view", *WAYS_OUT}
MINIGRAD = sources(ROOT / "minigrad")
MINIGRAD_WIDGETS = sources(ROOT / "widgets" / "minigrad_widgets")


def test_the_engine_imports_downwards() -> None:
    assert wrong_in_the_engine(MINIGRAD) == []


def test_every_layer_has_its_modules() -> None:
    there = {name.split(".")[1] for name in MINIGRAD if "." in name}
    later = {"the rest"}
    assert set().union(*LAYERS) - later <= there


def test_no_circle_of_imports() -> None:
    assert circles(MINIGRAD) == []


def test_the_views_know_the_trace_alone() -> None:
    assert wrong_in_the_widgets(MINIGRAD_WIDGETS) == []


@pytest.mark.parametrize(
    ("module", "line", "words"),
    [
        ("minigrad.tensor", "from .ops import shape", "minigrad.ops.shape, which is above it"),
        ("minigrad.tensor", "def f():\n    from . import op", "minigrad.op, which is above it"),
        ("minigrad.tensor", "from . import differentiate", "minigrad.differentiate, which is above it"),
        ("minigrad.engine", "from .record import run", "minigrad.record, which is above it"),
        ("minigrad.ops.shape", "from ..nn import Parameter", "minigrad.nn, which is above it"),
        ("minigrad.node", "import minigrad_widgets", "NumPy alone"),
        ("minigrad.node", "import torch", "NumPy alone"),
        ("minigrad.ops.shape", "from .. import Tensor", "the package itself"),
    ],
)
def test_a_wrong_way_in_the_engine_is_found(module: str, line: str, words: str) -> None:
    changed = {**MINIGRAD, module: f"{MINIGRAD[module]}\n{line}\n"}
    assert words in "".join(set(wrong_in_the_engine(changed)) - set(wrong_in_the_engine(MINIGRAD)))


def test_a_circle_is_found() -> None:
    changed = {**MINIGRAD, "minigrad.views": MINIGRAD["minigrad.views"] + "\nfrom . import record\n"}
    assert circles(changed) == [["minigrad.record", "minigrad.views"]]


@pytest.mark.parametrize(
    ("module", "line", "words"),
    [
        ("layout", "import torch", "only adapters know an engine"),
        ("graph_view", "from minigrad import Tensor", "only adapters know an engine"),
        ("graph_view", "from .adapters import minigrad", "sees the trace and no engine"),
        ("trace", "import numpy", "standard library alone"),
        ("trace", "from .html import page", "standard library alone"),
        ("trace", "def f():\n    from .live import live", "standard library alone"),
        ("reading", "from .layout import layout", "standard library alone"),
        ("svg", "from .record import record", "sees the trace and no engine"),
    ],
)
def test_a_wrong_way_in_the_widgets_is_found(module: str, line: str, words: str) -> None:
    name = f"minigrad_widgets.{module}"
    changed = {**MINIGRAD_WIDGETS, name: f"{MINIGRAD_WIDGETS[name]}\n{line}\n"}
    assert words in "".join(wrong_in_the_widgets(changed))

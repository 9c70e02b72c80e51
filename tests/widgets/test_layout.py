"""Where things stand: sizes, borders, order."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from minigrad_widgets.folding.group import LARGE
from minigrad_widgets.layout import METRICS, layout
from minigrad_widgets.measure import text_width
from minigrad_widgets.placing import LONG_EDGE, MANY_NODES
from minigrad_widgets.trace import Change, EdgeView, NodeView, SavedView, Step, TensorView, Trace, Value
from widgets import sample_traces


def tensor(id: str, **fields: object) -> TensorView:
    return TensorView(id, id, id, (), "float32", **fields)


def chain(n: int) -> Trace:
    """h = h * w, n times; w is used by each."""
    tensors, functions, edges = [tensor("w"), tensor("t0")], [], []
    for i in range(n):
        functions.append(NodeView(f"f{i}", "mul", "MulBackward0"))
        tensors.append(tensor(f"t{i + 1}"))
        for source, target in ((f"t{i}", f"f{i}"), ("w", f"f{i}"), (f"f{i}", f"t{i + 1}")):
            edges.append(EdgeView(f"e{len(edges)}", source, target))
    return Trace(tensors=tuple(tensors), functions=tuple(functions), edges=tuple(edges))


def points(path: str) -> list[tuple[float, float]]:
    assert re.fullmatch(r"M -?[\d.]+ -?[\d.]+ C( -?[\d.]+ -?[\d.]+)+", path)
    numbers = [float(n) for n in re.findall(r"-?[\d.]+", path)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def on_border(point: tuple[float, float], box: list[float], slack: float = 0.3) -> bool:
    (px, py), (x, y, w, h) = point, box
    inside = x - slack <= px <= x + w + slack and y - slack <= py <= y + h + slack
    edge = min(abs(px - x), abs(px - x - w), abs(py - y), abs(py - y - h))
    return inside and edge <= slack


@pytest.mark.parametrize(
    "make",
    [sample_traces.worked, sample_traces.version_error, sample_traces.ghost_and_cuts, lambda: chain(LARGE)],
    ids=["worked", "version error", "ghost", "chain"],
)
def test_every_edge_runs_from_border_to_border_and_nothing_overlaps(make) -> None:
    trace = make()
    found = layout(trace)
    assert found["nodes"].keys() == {e.id for e in (*trace.tensors, *trace.functions)}
    assert found["edges"].keys() == {e.id for e in trace.edges}
    for edge in trace.edges:
        first, *_, last = path = points(found["edges"][edge.id])
        assert (len(path) - 1) % 3 == 0
        assert on_border(first, found["nodes"][edge.source])
        assert on_border(last, found["nodes"][edge.target])
    boxes = list(found["nodes"].values())
    for i, (x, y, w, h) in enumerate(boxes):
        assert x >= -0.5
        assert y >= -0.5
        assert x + w <= found["width"] + 0.5
        assert y + h <= found["height"] + 0.5
        for a, b, c, d in boxes[:i]:
            assert x + w <= a or a + c <= x or y + h <= b or b + d <= y


def test_data_flows_down() -> None:
    trace = sample_traces.worked()
    nodes = layout(trace)["nodes"]
    for edge in trace.edges:
        assert nodes[edge.source][1] + nodes[edge.source][3] < nodes[edge.target][1]


def test_it_is_plain_data_with_the_metrics() -> None:
    found = layout(sample_traces.worked())
    assert json.loads(json.dumps(found)) == found
    assert found["metrics"] == METRICS


def test_an_empty_trace() -> None:
    found = layout(Trace())
    assert (found["nodes"], found["edges"], found["width"], found["height"]) == ({}, {}, 0, 0)


def test_the_first_argument_stands_on_the_left() -> None:
    trace = sample_traces.version_error()
    (mul,) = [f for f in trace.functions if f.op == "mul"]
    paths = layout(trace)["edges"]
    left, right = (points(paths[e.id]) for e in trace.edges if e.target == mul.id)
    assert left[len(left) // 2] < right[len(right) // 2]


def test_a_box_has_room_for_every_moment() -> None:
    long = Value("[[0.25, 0.25], [0.5, 1]]")
    card = tensor("t1", value=Value("2.0"))
    later = Trace(
        tensors=(card,), steps=(Step("write", ("w.",), changes=(Change("t1", "value", long, Value("2.0")),)),)
    )
    assert layout(later)["nodes"]["t1"][2] > layout(Trace(tensors=(card,)))["nodes"]["t1"][2]
    assert layout(later)["nodes"]["t1"][2] >= text_width(long.text, 11, mono=True)


def test_a_card_with_a_gradient_has_a_line_for_it() -> None:
    height = {id: box[3] for id, box in layout(Trace(tensors=(
        tensor("plain"), tensor("asks", requires_grad=True),
        tensor("inner", requires_grad=True, is_leaf=False),
        tensor("gone", requires_grad=True, is_leaf=False, grad_state="let go"),
    )))["nodes"].items()}  # fmt: skip
    assert height["plain"] == height["inner"] == 12 + 3 * METRICS["row"]
    assert height["asks"] == height["gone"] == 12 + 4 * METRICS["row"]


def test_a_function_has_a_line_for_each_slot() -> None:
    saved = (SavedView("self", "t1", text="b"), SavedView("other", "t1", 0, 1, "broken", "b"))
    none, two = NodeView("f1", "mul", "MulBackward0"), NodeView("f2", "mul", "MulBackward0", saved=saved)
    nodes = layout(Trace(tensors=(tensor("t1"),), functions=(none, two)))["nodes"]
    assert nodes["f1"][3] == METRICS["function_height"]
    assert nodes["f2"][3] == 30 + 2 * METRICS["row"]
    assert nodes["f2"][2] > text_width("other b · saved v0, now v1", METRICS["slot_font"])


def test_long_names_are_not_given_all_the_room() -> None:
    wide = layout(Trace(tensors=(tensor("t1", names=("name" * 50,)),)))["nodes"]["t1"]
    assert wide[2] == METRICS["card_max"]


@pytest.mark.parametrize("id", ["node", "edge", "a-b", '"]; x', "标", "1 -> 2"])
def test_ids_are_only_ids(id: str) -> None:
    trace = Trace(tensors=(tensor(id), tensor("t2")), functions=(NodeView("f", "mul"),),
                  edges=(EdgeView("e1", id, "f"), EdgeView("e2", "f", "t2")))  # fmt: skip
    assert layout(trace)["nodes"].keys() == {id, "t2", "f"}


def test_in_a_large_graph_long_edges_are_drawn_aside() -> None:
    trace = chain(LARGE)
    assert len(trace.tensors) + len(trace.functions) > MANY_NODES
    found = layout(trace)
    target = found["nodes"][f"f{LARGE - 1}"]
    used = next(e for e in trace.edges[::-1] if e.source == "w")
    path = points(found["edges"][used.id])
    assert path[-1][0] in (target[0], target[0] + target[2])  # it comes from the side
    assert path[-1][1] == pytest.approx(target[1] + target[3] / 2)
    assert found["width"] < 450  # and takes no room of its own
    small = chain(LONG_EDGE)
    used = next(e for e in small.edges[::-1] if e.source == "w")
    last = points(layout(small)["edges"][used.id])[-1]
    assert last[1] == layout(small)["nodes"][f"f{LONG_EDGE - 1}"][1]  # from above, as dot has it


def test_a_chain_with_skips_does_not_drift_off() -> None:
    tensors, functions, edges = [tensor("t0")], [], []
    for i in range(30):
        functions.append(NodeView(f"f{i}", "add", "AddBackward0"))
        tensors.append(tensor(f"t{i + 1}"))
        for source, target in ((f"t{i}", f"f{i}"), (f"t{max(0, i - 3)}", f"f{i}"), (f"f{i}", f"t{i + 1}")):
            edges.append(EdgeView(f"e{len(edges)}", source, target))
    trace = Trace(tensors=tuple(tensors), functions=tuple(functions), edges=tuple(edges))
    assert layout(trace)["width"] < 5 * METRICS["card_min"] + 200


def test_chinese_characters_are_twice_as_wide() -> None:
    assert text_width("梯度", 12) == pytest.approx(2 * 1.05 * 12)
    assert text_width("ab", 11, mono=True) < text_width("梯度", 11, mono=True)
    assert text_width("́", 12) == 0


def test_where_graphviz_does_not_load_the_error_names_the_cure() -> None:
    """As on a Linux without GLib, in a process of its own because the module is loaded here already."""
    program = (
        "import sys\n"
        "sys.modules['pygraphviz'] = None\n"
        "try:\n"
        "    import minigrad_widgets.layout\n"
        "except ImportError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "minigrad_widgets needs pygraphviz" in done.stdout
    assert "apt-get install libglib2.0-0" in done.stdout

"""A trace in Graphviz's language: it parses, says the states, and Graphviz draws it."""

from __future__ import annotations

import pytest
from graphviz import Source
from pygraphviz import AGraph

from minigrad_widgets.placing import _dot
from minigrad_widgets.trace import TensorView, Trace, Value

from . import sample_traces

SAMPLES = [sample_traces.worked, sample_traces.version_error, sample_traces.ghost_and_cuts]


def parsed(trace: Trace, **how: str) -> AGraph:
    source = trace.to_dot(**how)
    assert isinstance(source, Source)
    return AGraph(string=source.source)


def edges_of(graph: AGraph) -> list[dict[str, str]]:
    """What each edge says, also where two join the same nodes."""
    attributes = [graph.get_edge(*edge).attr for edge in graph.edges(keys=True)]
    return [{name: attr[name] or "" for name in ("dir", "label", "style")} for attr in attributes]


@pytest.mark.parametrize("side", ["forward", "backward"])
@pytest.mark.parametrize("make", SAMPLES)
def test_it_has_every_thing_and_every_edge_and_can_be_laid_out(make, side: str) -> None:
    trace = make()
    graph = parsed(trace, side=side)
    assert set(graph.nodes()) == {t.id for t in (*trace.tensors, *trace.functions)}
    assert sorted(graph.edges()) == sorted((e.source, e.target) for e in trace.edges)
    assert _dot(trace.to_dot(side=side).source).startswith("graph ")


def test_the_states_are_words_and_kinds_of_line() -> None:
    trace = sample_traces.version_error()
    graph = parsed(trace)
    labels = {node: graph.get_node(node).attr["label"] for node in graph.nodes()}
    (mul,) = [id for id, label in labels.items() if label.startswith("MulBackward0")]
    assert labels[mul] == r"MulBackward0\nself b · saved v0, now v1\nother b · saved v0, now v1"
    (old,) = [id for id, label in labels.items() if label.startswith("b old  v0")]
    assert "dashed" in graph.get_node(old).attr["style"]
    (leaf,) = [label for label in labels.values() if label.startswith("leaf a")]
    assert leaf == r"leaf a  v0\n(2,)  [1, 3]\nAccumulateGrad\n.grad  None"
    broken = [edge for edge in edges_of(graph) if edge["label"] == "v0 ≠ v1"]
    assert [edge["style"] for edge in broken] == ["dashed"]


def test_backward_arrows_point_the_other_way() -> None:
    trace = sample_traces.worked()
    assert {edge["dir"] for edge in edges_of(parsed(trace))} == {"back", "none"}
    forward = edges_of(parsed(trace, side="forward"))
    assert {edge["dir"] for edge in forward} == {""}
    assert not any(edge["label"] for edge in forward)


def test_an_earlier_moment() -> None:
    trace = sample_traces.worked()
    assert AGraph(string=trace.to_dot(step=1).source).nodes() == [trace.tensors[0].id]
    assert AGraph(string=trace.to_dot(step=0).source).nodes() == []


@pytest.mark.parametrize("name", ['a"b', "a\\N", "a\\", "&lt;b&gt;", "a\nb", "<b>", "\x00", "\udcff", "名字"])
def test_names_are_text(name: str) -> None:
    card = TensorView("t1", "x1", "s1", (), "float32", names=(name,), value=Value("1.0"))
    source = Trace(tensors=(card,)).to_dot().source
    (node,) = AGraph(string=source).nodes()
    assert node == "t1"
    drawn = _svg(source)
    shown = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    for line in shown.replace("\x00", "\ufffd").replace("\udcff", "\ufffd").split("\n"):
        assert line in drawn


def _svg(source: str) -> str:
    from pygraphviz import graphviz as gv

    graph = AGraph(string=source)
    context = gv.gvContextWithBuiltins()
    gv.gvLayout(context, graph.handle, b"dot")
    _, text = gv.gvRenderData(context, graph.handle, b"svg")
    gv.gvFreeLayout(context, graph.handle)
    gv.gvFreeContext(context)
    return text.decode()


def test_another_side_is_refused() -> None:
    with pytest.raises(ValueError, match="side 'both': there are 'forward' and 'backward'"):
        sample_traces.worked().to_dot(side="both")

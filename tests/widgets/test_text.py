"""A trace as plain text."""

from __future__ import annotations

import pytest

from minigrad_widgets.text import MOST_DEPTH
from minigrad_widgets.trace import NodeView, Trace

from . import sample_traces
from .cells import record


def test_the_graph_is_a_tree_from_the_result_to_the_leaves() -> None:
    lines = sample_traces.worked().to_text().split("\n")
    assert lines[0].startswith("tensor loss, shape (), float32, value 40.0, version 0")
    assert lines[1] == "  function mean, recorded as MeanBackward0, backward ran it once"
    assert lines[2].startswith("    tensor l4,")
    (leaf,) = [line for line in lines if line.strip().startswith("tensor w3")]
    assert leaf.endswith(
        "tensor w3, leaf, shape (), float32, value 4.0, version 0, requires_grad True, grad 10.0"
    )


def test_what_comes_up_twice_is_described_once() -> None:
    text = sample_traces.worked().to_text()
    assert text.count("tensor l1, shape") == 1
    assert text.count("tensor l1, see above") == 1


def test_the_steps_are_numbered_under_the_lines_that_they_belong_to() -> None:
    trace = sample_traces.worked()
    text = trace.to_text()
    for i, step in enumerate(trace.steps):
        assert f"{i + 1:>2}. {step.text}\n" in text
    assert "\nIn [2] line 3: l3 = l1 * w3\n 7. l3 = l1 * w3 gives" in text


def test_an_error_is_told_with_its_lines_and_cures() -> None:
    text = sample_traces.version_error().to_text()
    for line in (
        "Backward stopped at MulBackward0\n",
        "  saved: b at version 0, In [2] line 1: loss = (b * b).mean()\n",
        "  changed: b at version 1, In [2] line 2: b[0] = 1000.\n",
        "    - c = b.clone(); c[0] = 1000.\n",
        "self b · saved v0, now v1, other b · saved v0, now v1",
        "tensor b, overwritten, kept because the graph refers to it",
    ):
        assert line in text


def test_an_earlier_moment() -> None:
    trace = sample_traces.worked()
    assert trace.to_text(step=0) == "No graph yet.\n"
    early = trace.to_text(step=1)
    assert early.startswith("tensor x, leaf,")
    assert "Steps, 1 of 26:" in early
    assert "w1" not in early
    with pytest.raises(ValueError, match="moment 27"):
        trace.to_text(step=27)


def test_ghosts_and_cuts_are_words() -> None:
    text = sample_traces.ghost_and_cuts().to_text()
    assert "tensor was a, leaf" in text
    assert "recorded nothing, the gradient is cut off here: detach" in text


def test_a_deep_graph_goes_on_at_the_left_and_loses_nothing() -> None:
    trace = record("x = tensor(1.0, requires_grad=True)\ny = x\nfor _ in range(40):\n    y = y.sin()")
    text = trace.to_text().split("\nSteps:")[0]
    lines = text.splitlines()
    assert max(len(line) - len(line.lstrip()) for line in lines) <= 2 * (MOST_DEPTH + 1)
    assert sum("recorded as SinBackward0" in line for line in lines) == 40
    waiting = [
        line.strip().removesuffix(", goes on below") for line in lines if line.endswith(", goes on below")
    ]
    assert waiting
    assert all(any(line.startswith(name) for line in lines) for name in waiting)


def test_steps_that_were_let_go_are_counted() -> None:
    trace = sample_traces.worked()
    assert "5 earlier steps were let go" in Trace(**{**fields(trace), "dropped": 5}).to_text()


def fields(trace: Trace) -> dict:
    return {name: getattr(trace, name) for name in ("cells", "tensors", "functions", "edges", "steps")}


def test_a_function_without_a_result_is_a_root() -> None:
    assert (
        Trace(functions=(NodeView("f1", "item", cut="item"),))
        .to_text()
        .startswith("function item, recorded nothing")
    )


def test_in_chinese() -> None:
    trace = sample_traces.version_error()
    text = trace.to_text(language="zh")
    assert text.startswith("张量 loss，形状 ()，float32，值 17.0，版本 0")
    assert "步骤：\nIn [1] 第 1 行: a = tensor([1.0, 3.0], requires_grad=True)\n1. a 的值为 [1, 3]" in text
    assert "MulBackward0" in text
    assert trace.to_text() == trace.to_text(language="en")
    with pytest.raises(ValueError, match="language 'fr': there are 'en', 'zh'"):
        trace.to_text(language="fr")

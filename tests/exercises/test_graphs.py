"""Checks about graphs: what matches, and what is said of what does not."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from minigrad import no_grad, tensor
from minigrad_widgets.exercises import graph_of
from minigrad_widgets.exercises.drawing import svg
from minigrad_widgets.exercises.graphs import read_pattern
from minigrad_widgets.say import sentences


@pytest.mark.parametrize(
    "pattern",
    [
        "mean(mul(b, b))",
        "mean(b * b)",
        "(b * b).mean()",
        "mean(mul(add(a, 2), b))",
        "mean(mul(_, b))",
        "mean(_)",
        "mean(mul(a + 2, a + 2))",
        "loss",
        "_",
    ],
)
def test_ways_to_write_the_same_graph(pattern: str) -> None:
    a = tensor([1.0, 3.0], requires_grad=True)
    b = a + 2
    loss = (b * b).mean()
    assert graph_of(loss).matches(pattern)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("mean(add(b, b))", "Your graph has mul(b, b) where add(b, b) is asked for. All of it: you have mean(mul(b, b)), asked for is mean(add(b, b))."),
        ("sum(mul(b, b))", "Your graph has mean(mul(b, b)) where sum(mul(b, b)) is asked for."),
        ("mean(mul(b, c))", "Your graph has b where c is asked for. All of it: you have mean(mul(b, b)), asked for is mean(mul(b, c))."),
        ("mean(mul(b, sub(a, 2)))", "Your graph has b where sub(a, 2) is asked for. All of it: you have mean(mul(b, b)), asked for is mean(mul(b, sub(a, 2)))."),
        ("mean(mul(b, b, b))", "Your graph has … where b is asked for. All of it: you have mean(mul(b, b, …)), asked for is mean(mul(b, b, b))."),
        ("b", "Your graph has mean(mul(b, b)) where b is asked for."),
    ],
)  # fmt: skip
def test_a_difference_is_named(pattern: str, words: str) -> None:
    a = tensor([1.0, 3.0], requires_grad=True)
    b = a + 2
    loss = (b * b).mean()
    match = graph_of(loss).matches(pattern)
    assert not match
    assert sentences(match.words) == words


def test_the_order_of_a_sum_or_a_product_is_free_and_of_others_is_not() -> None:
    x = tensor(1.0, requires_grad=True)
    y = tensor(2.0, requires_grad=True)
    z = x * y
    assert graph_of(z).matches("y * x")
    z = x / y
    assert graph_of(z).matches("x / y")
    assert not graph_of(z).matches("y / x")


def test_what_a_node_does_not_keep_is_not_compared() -> None:
    w = tensor([1.0, 2.0], requires_grad=True)
    data = tensor([3.0, 4.0])
    assert graph_of(w + data).matches("add(w, data)")
    assert graph_of(w * data).matches("mul(w, data)")
    assert graph_of(w * 3).matches("w * 3")
    assert not graph_of(w * 3).matches("w * 4")


def test_what_a_graph_says_of_itself() -> None:
    a = tensor([1.0, 3.0], requires_grad=True)
    b = a + 2
    loss = (b * b).mean()
    assert graph_of(loss).ops == ("add", "mul", "mean")
    assert graph_of(loss).leaves == ("a",)
    assert graph_of(loss).saved == ("MulBackward0: b",)
    assert graph_of(loss).broken == ()
    with no_grad():
        b[0] = 7.0
    assert graph_of(loss).broken == ("MulBackward0: b",)


@pytest.mark.parametrize("pattern", ["mean(", "mean(b)[0]", "lambda: 1", "f(x=1)", "'b'", ""])
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"is no pat|is no part of a pattern"):
        read_pattern(pattern)


def test_both_graphs_are_data_and_a_drawing_marks_the_difference() -> None:
    a = tensor([1.0, 3.0], requires_grad=True)
    loss = (a + a).mean()
    match = graph_of(loss).matches("mean(mul(a, a))")
    assert match.found.plain()["inputs"][0]["name"] == "add"
    assert [match.wanted.plain()[key] for key in ("name", "same")] == ["mean", True]
    assert match.wanted.plain()["inputs"][0]["same"] is False
    root = ElementTree.fromstring(svg(match, "Yours", "Asked <for>"))
    texts = ["".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"Yours", "Asked <for>", "mean", "≠ add", "≠ mul"} <= set(texts)
    assert sum("stroke-dasharray" in element.attrib for element in root.iter()) == 2

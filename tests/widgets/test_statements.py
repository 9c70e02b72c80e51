"""The learner's code, read as text."""

from __future__ import annotations

import pytest

from minigrad_widgets import statements


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("a = 1\nb = a", {1: ["a"], 2: ["b"]}),
        ("a, (b, *c) = x", {1: ["a", "b", "c"]}),
        ("a = b = 1", {1: ["a", "b"]}),
        ("a += 1", {1: ["a"]}),
        ("loss = (\n    a\n    * b\n)", {4: ["loss"]}),
        ("for i in x:\n    a = i", {1: ["i"], 2: ["a"]}),
        ("with f() as g:\n    a = g", {1: ["g"], 2: ["a"]}),
        ("if (n := 3) > 2:\n    a = n", {1: ["n"], 2: ["a"]}),
        ("def f(x):\n    y = x\nclass A:\n    z = 1", {}),
        ("a[0] = 1\na.b = 2", {}),
        ("try:\n    a = 1\nexcept E as e:\n    b = 2", {2: ["a"], 4: ["b"]}),
        (
            "%matplotlib inline\na = 1\nif a:\n    !ls\n    b = 2\na?\nf = !ls\nc = 'x?y'",
            {2: ["a"], 5: ["b"], 8: ["c"]},
        ),
        ("a = = 1", {}),
    ],
)
def test_names_that_a_line_assigns(source: str, names: dict[int, list[str]]) -> None:
    found = statements.names_by_line(source)
    assert {line: [name for name, _ in pairs] for line, pairs in found.items()} == names


def test_a_statement_of_several_lines_begins_at_its_first() -> None:
    assert statements.names_by_line("x = 1\nloss = (\n  a\n)") == {1: (("x", 1),), 4: (("loss", 2),)}


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("b[0] = 1000.  # too much", "b[0] = 1000."),
        ("a += 10.", "a += 10."),
        ("b.add_(1)", "b.add_(1)"),
        ("y = x.add_(1).sum()", "b.add_(5)"),
        ("b.add_(1); c.add_(2)", "b.add_(5)"),
        ("for x in y: x.add_(1)", "b.add_(5)"),
        ("b.add_(some_very_long_expression + another)", "b.add_(5)"),
        ("", "b.add_(5)"),
    ],
)
def test_a_write_in_few_characters(line: str, text: str) -> None:
    assert statements.write_text(line, "add_", [("self", "b"), ("other", "5")]) == text


def test_a_write_by_index_without_a_line() -> None:
    args = [("self", "b"), ("index", "0"), ("value", "7")]
    assert statements.write_text("", "__setitem__", args) == "b[0] = 7"


@pytest.mark.parametrize(
    ("line", "renamed"),
    [
        ("b[0] = 1000.", "c[0] = 1000."),
        ("b.add_(b * bb)", "c.add_(c * bb)"),
        ("ü[0] = b", "ü[0] = c"),
        ("a = 1", None),
        ("b[0] =", None),
    ],
)
def test_another_name_in_place_of_one(line: str, renamed: str | None) -> None:
    assert statements.renamed(line, "b", "c") == renamed


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("b[0] = 1", "b"),
        ("b[0][1] += 1", "b"),
        ("b += 1", "b"),
        ("b.add_(1)", "b"),
        ("b[0].view(2).add_(1)", "b"),
        ("b.data.fill_(1)", "b"),
        ("b = 1", None),
        ("b.add(1)", None),
        ("step()", None),
        ("b[0] = 1; c = 2", None),
    ],
)
def test_what_a_line_writes(line: str, name: str | None) -> None:
    assert statements.written_name(line) == name


@pytest.mark.parametrize(
    ("line", "other"),
    [
        ("b += 1", "b = b + 1"),
        ("b *= a - 1", "b = b * (a - 1)"),
        ("b **= 2", "b = b ** 2"),
        ("b.mul_(2)", "b = b.mul(2)"),
        ("b.zero_()", None),
        ("b[0] += 1", None),
        ("b[0] = 1", None),
    ],
)
def test_a_write_made_out_of_place(line: str, other: str | None) -> None:
    assert statements.out_of_place(line) == other


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("loss.backward()", "loss.backward(retain_graph=True)"),
        ("loss.backward(retain_graph=False)", "loss.backward(retain_graph=True)"),
        ("g, = autograd.grad(y, x)", "g, = autograd.grad(y, x, retain_graph=True)"),
        ("step()", None),
    ],
)
def test_one_more_argument(line: str, kept: str | None) -> None:
    assert statements.with_argument(line, "retain_graph", "True") == kept

"""Which line runs now, and which names came about on the way."""

from __future__ import annotations

import ast
import sys
from typing import Any

import pytest

from minigrad_widgets.places import MOST_LOOKUPS, Places


class Notes:
    """Runs cells that call here(), and notes the places and the names that were told before each."""

    def __init__(self, one_by_one: bool) -> None:
        self.one_by_one = one_by_one
        self.cells: list[tuple[str, str]] = []
        self.noted: list[Any] = []
        self.names: list[str] = []
        self.namespace: dict[str, Any] = {"here": self.here}
        self.places = Places(
            self.namespace, self.new_cell, lambda names: self.names.extend(n for n, _ in names)
        )

    def new_cell(self, label: str, source: str) -> int:
        self.cells.append((label, source))
        return len(self.cells) - 1

    def here(self, *_: object) -> None:
        frame = sys._getframe(1)
        while frame is not None and frame.f_globals is not self.namespace:
            frame = frame.f_back
        spot = None if frame is None else self.places.at(frame)
        self.noted.append((spot, *self.names))
        self.names.clear()

    def run(self, source: str, filename: str = "<cell>") -> list[Any]:
        self.noted.clear()
        self.names.clear()
        self.places.begin(self.new_cell(filename, source), source, filename)
        body = ast.parse(source).body
        for statements in [[s] for s in body] if self.one_by_one else [body]:
            code = compile(ast.Module(statements, []), filename, "exec")
            exec(code.replace(co_name="<cell line: 1>") if self.one_by_one else code, self.namespace)
        return self.noted


@pytest.fixture(params=[False, True], ids=["as Python", "as IPython"])
def notes(request: pytest.FixtureRequest) -> Notes:
    """IPython runs each statement of a cell as code of its own, under another name."""
    return Notes(request.param)


def test_lines_and_the_names_before_them(notes: Notes) -> None:
    assert notes.run("here()\na = 1\nb = 2\n\nhere(); here()\nc = 3\nhere()") == [
        ((0, 1),),
        ((0, 5), "a", "b"),
        ((0, 5),),
        ((0, 7), "c"),
    ]


def test_the_first_event_of_a_cell_has_what_came_before(notes: Notes) -> None:
    assert notes.run("a = 1\nb = 2\nhere()") == [((0, 3), "a", "b")]


def test_a_loop_comes_back_to_all_names_of_the_cell(notes: Notes) -> None:
    noted = notes.run("z = 0\nfor i in range(2):\n    here()\n    a = 1\nhere()")
    assert noted[0][1:] == ("z", "i")
    assert noted[1][1:] == ("z", "i", "a")
    assert noted[2] == ((0, 5), "a")


def test_a_loop_on_one_line(notes: Notes) -> None:
    noted = notes.run("for i in range(3): a = here()")
    assert [set(entry[1:]) for entry in noted] == [set(), {"i", "a"}, {"i", "a"}]


def test_in_a_long_loop_names_are_looked_up_so_often_only(notes: Notes) -> None:
    noted = notes.run(f"for i in range({3 * MOST_LOOKUPS}):\n    a = here()\nb = here()\nhere()")
    told = [entry for entry in noted if "a" in entry]
    assert MOST_LOOKUPS - 2 <= len(told) <= MOST_LOOKUPS + 2
    assert noted[-2][0] == (0, 3)
    assert noted[-1] == ((0, 4), "b")


def test_a_function_of_the_learners_is_in_its_own_cell(notes: Notes) -> None:
    notes.run("def f():\n    here()\n    here()", "<one>")
    assert notes.run("a = 1\nb = f()\nc = f()", "<two>") == [
        ((0, 2), "a"),
        ((0, 3),),
        ((0, 2), "b"),
        ((0, 3),),
    ]


def test_code_of_no_known_cell_gets_one_of_its_own(notes: Notes) -> None:
    exec(compile("def g():\n    here()", "somewhere/else.py", "exec"), notes.namespace)
    assert notes.run("g()") == [((1, 2),)]
    assert notes.cells[1][0] == "else.py"


def test_outside_of_the_learners_code_there_is_no_place(notes: Notes) -> None:
    notes.run("a = 1")
    assert notes.places.here() is None


def test_where_a_name_is_assigned_last(notes: Notes) -> None:
    notes.run("a = 1\nb = 2\na = (\n  3\n)\n# the end")
    assert notes.places.line_of("a") == (0, 3)
    assert notes.places.line_of("b") == (0, 2)
    assert notes.places.line_of("never") == (0, 6)


def test_the_same_cell_again(notes: Notes) -> None:
    for number in range(3):
        assert notes.run("a = 1\nhere()") == [((number, 2), "a")]

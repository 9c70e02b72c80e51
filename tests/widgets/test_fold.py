"""Groups of a large graph: which functions go into which box, which cards with them, and their drawings."""

from __future__ import annotations

import json
import re

import pytest

from minigrad_widgets import recorder
from minigrad_widgets.folding import fold
from minigrad_widgets.folding.group import LARGE, Group
from minigrad_widgets.folding.repeats import MOST_ITEMS, PART
from minigrad_widgets.layout import layout
from minigrad_widgets.trace import Trace
from widgets.cells import card, record

START = "w = tensor([0.5, -0.5], requires_grad=True)\nh = tensor([1.0, 2.0])\n"
RNN = """\
xs = [tensor([0.1 * k, 1.0]) for k in range(12)]
for x in xs:
    z = h * w + x
    h = z.tanh()
loss = h.sum()"""
NET = "x = ones(1, 2)\nnet = nn.Sequential(*[f for k in range({n}) for f in (nn.Linear(2, 2), nn.ReLU())], nn.Linear(2, 1))"
RUN = "y = net(x).sum()"
AGAIN = RUN + "\nfor k in range(4):\n    y = y + net(x).sum()"


def groups(trace: Trace, kind: str) -> list[Group]:
    tree = fold(trace)
    assert tree is not None
    return [group for group in tree.groups() if group.kind == kind]


def ops(group: Group) -> list[str]:
    return [item.kind if isinstance(item, Group) else item.op for item in group.items]


# ------------------------------------------------------------------ which functions


def test_a_graph_that_can_be_read_is_not_folded() -> None:
    assert fold(record(START + f"for _ in range({LARGE}):\n    h = h * w")) is None
    assert fold(record(START + f"for _ in range({LARGE + 1}):\n    h = h * w")) is not None


def test_a_loop_is_one_group_with_its_turns_and_bears_its_line() -> None:
    (repeat,) = groups(record(START + RNN), "repeat")
    assert repeat.title == "for x in xs"
    assert [ops(turn) for turn in repeat.inner] == [["mul", "add", "tanh"]] * 12
    assert [turn.title for turn in repeat.inner] == [str(n) for n in range(1, 13)]
    assert (repeat.start, repeat.stop) == (0, 36)


def test_turns_of_one_function_need_no_box() -> None:
    (repeat,) = groups(record(START + "for _ in range(40):\n    h = h * w"), "repeat")
    assert ops(repeat) == ["mul"] * 40
    assert repeat.inner == []


def test_a_loop_in_a_loop_is_found_however_often_the_inner_one_goes_round() -> None:
    source = "for i in range(4):\n    h = h + w\n    for j in range(3 + i):\n        h = h * w\n        h = h.tanh()"
    outer, *inner = groups(record(START + source), "repeat")
    assert outer.title == "for i in range(4)"
    assert [ops(turn) for turn in outer.inner] == [["add", "repeat"]] * 4
    assert [(len(g.items), g.title) for g in inner] == [(3 + i, "for j in range(3 + i)") for i in range(4)]


def test_a_line_without_a_loop_is_named_by_itself() -> None:
    (repeat,) = groups(record(START + "h = h" + " * w" * 40), "repeat")
    assert repeat.title == "h = h" + " * w" * 40


@pytest.mark.parametrize("most", [31, 32, 33, 34])
def test_a_turn_begins_where_the_loop_does_even_if_the_beginning_was_let_go(
    monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(recorder, "MOST_FUNCTIONS", most)
    (repeat,) = groups(record(START + RNN), "repeat")
    assert {tuple(ops(turn)) for turn in repeat.inner} == {("mul", "add", "tanh")}


def test_different_turns_are_no_repeat() -> None:
    source = (
        "for i in range(40):\n    h = h * w if i % 7 in (0, 3, 4) else h + w if i % 5 in (0, 1) else h.tanh()"
    )
    tree = fold(record(START + source))
    assert tree is None or all(len(g.items) < 8 for g in tree.groups() if g.kind == "repeat")


def test_modules_are_groups_and_layers_of_the_same_make_repeat() -> None:
    trace = record(NET.format(n=12), RUN)
    net, *layers = groups(trace, "call")
    assert net.title == "net: Sequential"
    (repeat,) = groups(trace, "repeat")
    assert repeat.parent is not None
    assert repeat.parent.id == net.id
    assert repeat.title == "net.0: Linear … net.23: ReLU"
    assert [ops(turn) for turn in repeat.inner] == [["call", "call"]] * 12
    assert layers[-1].title == "net.24: Linear"
    assert {card(trace, f"net.0.{name}").id for name in ("weight", "bias")} <= set(layers[0].cards)


def test_parameters_that_several_calls_read_are_one_box() -> None:
    trace = record(NET.format(n=4), AGAIN)
    (parameters,) = groups(trace, "parameters")
    assert parameters.title == "net"
    assert len(parameters.cards) == 10
    assert not parameters.items


def test_a_long_graph_with_no_repeat_comes_in_parts() -> None:
    signs = [("h * w", "h + w", "h.tanh()")[ord(c) % 3] for c in str(7**400)]
    count = len(signs)
    assert count > 2 * MOST_ITEMS
    trace = record(START + "\n".join(f"h = {sign}" for sign in signs))
    tree = fold(trace)
    assert tree is not None
    assert len(tree.items) <= count / PART + sum(g.kind == "repeat" for g in tree.inner) * 2 + 1
    assert sum(g.stop - g.start for g in tree.inner) == count


# ------------------------------------------------------------------ which cards


def test_what_one_turn_alone_has_is_in_it_and_what_goes_on_stands_between() -> None:
    trace = record(START + RNN)
    (repeat,) = groups(trace, "repeat")
    named = {view.id: (*view.names, *view.ghosts, view.label) for view in trace.tensors}
    assert all(any("z" in named[id] for id in turn.cards) for turn in repeat.inner)
    assert [len(turn.cards) for turn in repeat.inner] == [3] * 12  # h * w, z, x
    assert len(repeat.cards) == 11  # h after each turn but the last
    tree = fold(trace)
    assert tree is not None
    outside = {name for id in tree.cards for name in named[id]}
    assert {"w", "h", "loss"} <= outside


def test_what_a_group_makes_and_reads_stays_in_it() -> None:
    """Else its box and the card would hang from each other."""
    source = "for i in range(12):\n    z = h * w\n    h = z.tanh()\n    h = h + z\nloss = h * z"
    trace = record(START + source)
    (repeat,) = groups(trace, "repeat")
    assert card(trace, "z").id in repeat.inner[-1].cards
    for level in (fold(trace), repeat):
        assert level is not None
        placed = layout(trace)
        assert placed["nodes"]


def test_every_card_and_function_is_in_one_place() -> None:
    trace = record(START + RNN, NET.format(n=12), RUN, "(loss + y).backward()")
    tree = fold(trace)
    assert tree is not None
    everything = [tree, *tree.groups()]
    functions = [item.id for group in everything for item in group.items if not isinstance(item, Group)]
    cards = [id for group in everything for id in group.cards]
    assert sorted(functions) == sorted(f.id for f in trace.functions)
    assert sorted(cards) == sorted(t.id for t in trace.tensors)
    ids = [group.id for group in tree.groups()]
    assert len(set(ids)) == len(ids)


def test_a_group_keeps_its_id_when_the_graph_grows() -> None:
    before = record(START + RNN)
    after = record(START + RNN, "more = loss * 2")
    assert [g.id for g in groups(before, "repeat")] == [g.id for g in groups(after, "repeat")]


# ------------------------------------------------------------------ drawings


def drawings(found: dict) -> dict[str, tuple[dict[str, list[float]], dict[str, str]]]:
    """The boxes, and the paths by edge, of each group's own drawing; "" is the outermost."""
    paths = dict(found["edges"]) | {id: path for path, ids in found["bundles"] for id in ids}
    each = {"": (found["nodes"], paths)}
    for id, group in found["groups"].items():
        shape = found["shapes"][group["shape"]]
        boxes = dict(zip(group["members"], shape["boxes"], strict=True))
        paths = {e: path for path, ids in zip(shape["routes"], group["routes"], strict=True) for e in ids}
        each[id] = boxes, paths
    return each


@pytest.mark.parametrize(
    "sources",
    [
        (START + RNN, "loss.backward()"),
        (NET.format(n=12), RUN, "y.backward()"),
        (NET.format(n=4), AGAIN),
        (
            START
            + "hs = []\nfor i in range(20):\n    h = h * w\n    hs.append(h + w)\ns = w\nfor v in hs:\n    s = s + v",
        ),
    ],
    ids=["loop", "modules", "shared modules", "from the middle of a loop"],
)
def test_each_drawing_has_every_path_from_border_to_border_and_nothing_overlaps(
    sources: tuple[str, ...],
) -> None:
    trace = record(*sources)
    found = layout(trace)
    assert json.loads(json.dumps(found)) == found
    assert found["groups"]
    seen = set()
    for boxes, paths in drawings(found).values():
        placed = list(boxes.values())
        for i, (x, y, w, h) in enumerate(placed):
            for a, b, c, d in placed[:i]:
                assert x + w <= a or a + c <= x or y + h <= b or b + d <= y
        for id, path in paths.items():
            assert re.fullmatch(r"M -?[\d.]+ -?[\d.]+ C( -?[\d.]+ -?[\d.]+)+", path)
            seen.add(id)
    assert seen == {edge.id for edge in trace.edges}


def test_turns_of_the_same_make_share_one_drawing() -> None:
    found = layout(record(START + RNN))
    turns = [group for group in found["groups"].values() if group["kind"] == "turn"]
    assert len(turns) == 12
    # The first begins with what h was before, the last hands on the h that has the name: all look alike.
    assert len({group["shape"] for group in turns}) == 1


def test_what_all_turns_read_comes_down_one_lane() -> None:
    trace = record(START + "for _ in range(40):\n    h = h * w")
    found = layout(trace)
    (repeat,) = found["groups"].values()
    shape = found["shapes"][repeat["shape"]]
    (lane,) = shape["lanes"]
    used = {edge.id for edge in trace.edges if edge.source == card(trace, "w").id}
    stubs = [repeat["routes"][int(i)] for i in shape["stubs"]]
    assert {id for ids in stubs for id in ids} == used
    assert [ids for path, ids in found["bundles"]] == [sorted(used, key=lambda id: int(id[1:]))]
    assert lane.startswith("M 8.0 0.0")


def test_modules_are_open_while_what_is_shown_can_be_read_and_loops_are_not() -> None:
    found = layout(record(START + RNN, NET.format(n=12), RUN))["groups"]
    (net,) = [g for g in found.values() if g["title"] == "net: Sequential"]
    assert net["open"]
    assert not any(g["open"] for g in found.values() if g["kind"] == "repeat")
    turns = [g for g in found.values() if g["kind"] == "turn"]
    assert {g["open"] for g in turns if g["title"] == "1"} == {True}
    assert {g["open"] for g in turns if g["title"] != "1"} == {False}


def test_an_unrolled_loop_of_1000_steps_is_no_work_for_graphviz(monkeypatch: pytest.MonkeyPatch) -> None:
    from minigrad_widgets import levels, placing

    seen = []

    def place(sizes, *more):
        seen.append(len(sizes))
        return placing.place(sizes, *more)

    monkeypatch.setattr(levels, "place", place)
    found = layout(
        record(START + "for _ in range(1000):\n    h = (h * w).tanh()\nloss = h.sum()\nloss.backward()")
    )
    assert max(seen) < 20
    (repeat,) = [g for g in found["groups"].values() if g["kind"] == "repeat"]
    assert len(repeat["members"]) == 1999  # the turns, and h between them


# ------------------------------------------------------------------ pictures


def test_a_picture_of_a_large_graph_has_its_loop_as_one_box_that_says_what_it_hides() -> None:
    trace = record(START + "for _ in range(150):\n    h = (h * w).tanh()\nloss = h.sum()", "loss.backward()")
    picture = trace.to_svg(side="backward")
    for words in (
        "for _ in range(150)",
        "× 150",
        "299 tensors, 300 functions",
        "300 of 300 ran",
        "gradients: 150",
    ):
        assert words in picture
    assert 0 < picture.count('class="mg-card') < 10
    middle = trace.to_svg(step=next(i for i, s in enumerate(trace.steps) if s.kind == "backward") // 2)
    assert "× 150" not in middle


def test_a_picture_says_that_what_it_hides_is_broken() -> None:
    source = START + "hs = []\nfor _ in range(150):\n    h = (h * w).tanh()\n    hs.append(h)\nloss = h.sum()"
    trace = record(source, "with no_grad():\n    hs[70].add_(1)", "loss.backward()")
    picture = trace.to_svg()
    assert "error inside · 2 broken" in picture
    assert "mg-group mg-broken" in picture

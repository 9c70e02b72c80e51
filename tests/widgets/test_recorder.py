"""The recorder by itself: neutral facts in, cards, functions and steps out. No engine."""

from __future__ import annotations

import numpy as np
import pytest

from minigrad_widgets.facts import Arg, Kept, Ran, Recorded, Seen
from minigrad_widgets.recorder import Recorder
from minigrad_widgets.trace import Place
from minigrad_widgets.values import value_of
from widgets.cells import card, function, into, out_of, step


def seen(key: int, numbers: object, **more: object) -> Seen:
    array = np.array(numbers, np.float32)
    facts = {
        "memory": key,
        "counter": key,
        "shape": array.shape,
        "dtype": "float32",
        "value": value_of(array),
    }
    return Seen(key, **{**facts, **more})


def made(key: int, numbers: object, node: int, name: str, **more: object) -> Seen:
    return seen(key, numbers, is_leaf=False, requires_grad=True, node=node, grad_fn=name, **more)


LINE = Place(0, 1)


@pytest.fixture
def recorder() -> Recorder:
    """a = [1, 3], which requires grad; b = a * a, saved twice."""
    recorder = Recorder()
    recorder.begin("[1]", "a = tensor([1., 3.], requires_grad=True)\nb = a * a\nb[0] = 9.")
    recorder.meet(seen(1, [1, 3], requires_grad=True), LINE)
    recorder.name({"a": 1}, LINE)
    saved = (Kept("self", 0), Kept("other", 1))
    recorder.ran(
        Ran(
            "mul",
            (Arg("self", 1, tracked=True), Arg("other", 1, tracked=True)),
            (made(2, [1, 9], 10, "MulBackward0"),),
            Recorded(10, "MulBackward0", (0, 1), saved),
            Place(0, 2),
        )
    )
    recorder.name({"b": 2}, Place(0, 2))
    return recorder


def write(recorder: Recorder, version: int = 1, **more: object) -> None:
    """a is written to [7, 7], unrecorded."""
    after = seen(1, [7, 7], requires_grad=True, version=version)
    recorder.ran(
        Ran("fill_", (Arg("self", 1), Arg("value", text="7")), (after,), None, Place(0, 3), True, **more)
    )


def test_a_new_tensor_is_a_card_and_a_step(recorder: Recorder) -> None:
    trace = recorder.trace()
    a = card(trace, "a")
    assert (a.shape, a.value.text, a.is_leaf, a.requires_grad, a.version) == ((2,), "[1, 3]", True, True, 0)
    first = trace.steps[0]
    assert first.kind == "tensor"
    assert (
        first.text == "a is [1, 3], shape (2,): a leaf that requires grad, so backward() will fill its .grad."
    )
    assert first.place == LINE


def test_an_op_is_a_function_with_edges_slots_and_a_card(recorder: Recorder) -> None:
    trace = recorder.trace()
    mul, a, b = function(trace, "mul"), card(trace, "a"), card(trace, "b")
    assert mul.node == "MulBackward0"
    assert [(e.source, e.slot, e.tracked) for e in into(trace, mul)] == [
        (a.id, "self", True),
        (a.id, "other", True),
    ]
    assert [(e.target, e.tracked) for e in out_of(trace, mul)] == [(b.id, True)]
    assert [(s.slot, s.card, s.version, s.state, s.text) for s in mul.saved] == [
        ("self", a.id, 0, "intact", "a"),
        ("other", a.id, 0, "intact", "a"),
    ]
    assert (b.made_by, b.label, b.grad_fn, b.is_leaf) == (mul.id, "a * a", "MulBackward0", False)


def test_the_name_belongs_to_the_step_that_made_the_tensor(recorder: Recorder) -> None:
    trace = recorder.trace()
    assert [s.kind for s in trace.steps] == ["tensor", "op"]
    assert (
        trace.steps[1].text == "b = a * a gives [1, 9]. MulBackward0 keeps a at version 0 for the way back."
    )


def test_a_write_begins_a_new_card_and_breaks_what_was_saved(recorder: Recorder) -> None:
    write(recorder)
    trace = recorder.trace()
    old, new = card(trace, "a", current=False), card(trace, "a")
    assert (old.version, old.value.text, old.current) == (0, "[1, 3]", False)
    assert (new.version, new.value.text, new.tensor) == (1, "[7, 7]", old.tensor)
    assert [(s.state, s.version, s.now, s.card) for s in function(trace, "mul").saved] == [
        ("broken", 0, 1, old.id),
        ("broken", 0, 1, old.id),
    ]
    fill = function(trace, "fill_")
    assert fill.inplace
    assert [e.source for e in into(trace, fill)] == [old.id]
    assert [e.target for e in out_of(trace, fill)] == [new.id]
    said = step(trace, "write").text
    assert "[1, 3] becomes [7, 7], version 0 becomes 1." in said
    assert "MulBackward0 saved a at version 0; it is at version 1 now" in said


def test_a_write_changes_all_who_share_the_memory(recorder: Recorder) -> None:
    recorder.meet(seen(3, [1], memory=1, counter=1), LINE)
    recorder.name({"part": 3}, LINE)
    write(recorder, others=(seen(3, [7], memory=1, counter=1, version=1),))
    part = card(recorder.trace(), "part")
    assert (part.version, part.value.text) == (1, "[7]")
    assert "part shares the memory: its version moved too." in step(recorder.trace(), "write").text


def test_a_write_that_another_counter_does_not_count(recorder: Recorder) -> None:
    recorder.meet(seen(3, [1, 3], memory=1, counter=3), LINE)
    recorder.name({"data": 3}, LINE)
    after = seen(3, [7, 7], memory=1, counter=3, version=1)
    other = seen(1, [7, 7], requires_grad=True)
    recorder.ran(Ran("fill_", (Arg("self", 3),), (after,), None, Place(0, 3), True, (other,)))
    trace = recorder.trace()
    assert (card(trace, "a").version, card(trace, "a").value.text) == (0, "[7, 7]")
    assert {s.state for s in function(trace, "mul").saved} == {"unseen"}
    assert "its version did not move, so backward cannot notice" in step(trace, "write").text


def test_backward_step_by_step(recorder: Recorder) -> None:
    one, two = value_of(np.array([1.0, 1.0])), value_of(np.array([1.0, 3.0]))
    total = value_of(np.array([2.0, 6.0]))
    recorder.backprop.begins([(2, one)], LINE)
    recorder.backprop.ran(10, [one], [(two, two), (two, two)], LINE)
    recorder.backprop.freed(10, LINE)
    recorder.backprop.accumulated(1, total, None, total, LINE)
    trace = recorder.trace()
    assert [s.kind for s in trace.steps[2:]] == ["backward", "run", "let go", "free", "accumulate"]
    mul = function(trace, "mul")
    assert mul.runs == 1
    assert [e.gradient for e in into(trace, mul)] == [two, two]
    assert [e.gradient for e in out_of(trace, mul)] == [one]
    assert {s.state for s in mul.saved} == {"freed"}
    assert (card(trace, "a").grad, card(trace, "a").grad_state) == (total, "kept")
    assert (card(trace, "b").grad, card(trace, "b").grad_state) == (None, "let go")
    assert step(trace, "run").text == (
        "MulBackward0: gradient of a as self = upstream [1, 1] × a [1, 3] = [1, 3]; "
        "gradient of a as other = upstream [1, 1] × a [1, 3] = [1, 3]."
    )
    assert (
        step(trace, "let go").text == "b is no leaf: its gradient, [1, 1], only passed through and is let go."
    )
    assert step(trace, "free").text == "MulBackward0 lets go of a: a second backward() would miss it."
    assert (
        step(trace, "accumulate").text
        == "a gets [1, 3] + [1, 3] = [2, 6]. a.grad was None and is [2, 6] now."
    )


def test_a_second_gradient_is_added(recorder: Recorder) -> None:
    eight, sixteen = value_of(np.array(8.0)), value_of(np.array(16.0))
    recorder.backprop.accumulated(1, eight, eight, sixteen, LINE)
    text = step(recorder.trace(), "accumulate").text
    assert text == "a.grad: 8.0 + 8.0 = 16.0, added to what was there."


def test_a_gradient_that_was_asked_for_stays(recorder: Recorder) -> None:
    one = value_of(np.array([1.0, 1.0]))
    recorder.backprop.begins([(2, one)], LINE)
    recorder.backprop.accumulated(2, one, None, one, LINE)
    recorder.backprop.ran(10, [one], [(one, one), (one, one)], LINE)
    b = card(recorder.trace(), "b")
    assert (b.grad, b.grad_state, b.retains_grad) == (one, "kept", True)
    assert not [s for s in recorder.trace().steps if s.kind == "let go"]


def test_a_name_that_moves_leaves_a_ghost(recorder: Recorder) -> None:
    recorder.ran(
        Ran("exp", (Arg("self", 1, tracked=True),), (made(3, [3, 20], 11, "ExpBackward0"),), None, LINE)
    )
    recorder.name({"a": 3}, LINE)
    trace = recorder.trace()
    assert card(trace, "a").label == "a.exp()"
    (ghost,) = [c for c in trace.tensors if c.ghosts]
    assert (ghost.ghosts, ghost.names, ghost.value.text) == (("a",), (), "[1, 3]")
    assert "The name a moved to this new tensor; the old one is a ghost." in trace.steps[-1].text


def test_a_second_name_and_a_name_that_goes(recorder: Recorder) -> None:
    recorder.name({"also": 2}, Place(0, 3))
    assert card(recorder.trace(), "b").names == ("b", "also")
    assert step(recorder.trace(), "name").text == "also is a name of b now."
    recorder.name({"also": None}, Place(0, 3))
    assert card(recorder.trace(), "b").names == ("b",)
    assert step(recorder.trace(), "name", 1).text == "also is no tensor's name any more: a * a has lost it."


def test_what_no_op_reported_is_told(recorder: Recorder) -> None:
    recorder.changed(seen(1, [1, 3], requires_grad=True), LINE)
    assert len(recorder.trace().steps) == 2  # nothing was new
    recorder.changed(seen(1, [1, 5], requires_grad=True), LINE)
    last = recorder.trace().steps[-1]
    assert (last.kind, last.text) == (
        "write",
        "a changed unseen from [1, 3] to [1, 5]: its version did not move, so backward cannot notice. "
        "MulBackward0 saved a at version 0, before that: it will compute a wrong gradient.",
    )
    recorder.changed(seen(1, [1, 5], requires_grad=True, grad=value_of(np.array([0.0, 0.0]))), LINE)
    assert recorder.trace().steps[-1].text == "a.grad is [0, 0] now."
    recorder.changed(seen(1, [1, 5], requires_grad=False, grad=None), LINE)
    assert recorder.trace().steps[-1].text == "a requires grad no more. a.grad is None now."


def test_dead_tensors_are_marked_and_forgotten(recorder: Recorder) -> None:
    recorder.settle({1, 2})
    assert all(c.alive for c in recorder.trace().tensors)
    recorder.begin("[2]", "")
    recorder.name({"b": None}, LINE)
    recorder.settle({1})
    assert [c.names for c in recorder.trace().tensors] == [("a",)]
    assert not recorder.trace().functions
    assert not recorder.drafts.function_of

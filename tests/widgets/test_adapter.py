"""Cells that run, and what their recording says of them."""

from __future__ import annotations

import gc
import weakref

import pytest

import minigrad
from minigrad_widgets.adapters import log
from minigrad_widgets.adapters import minigrad as adapter_module
from minigrad_widgets.adapters.minigrad import MinigradAdapter
from minigrad_widgets.trace import Place
from widgets import sample_traces
from widgets.cells import card, function, into, out_of, record, step, watched
from widgets.reality import consistency, differences

A = "a = tensor([1.0, 3.0], requires_grad=True)"


def test_a_step_knows_the_cell_that_ran_and_the_line_that_stands_elsewhere() -> None:
    trace = record(A + "\ndef twice(x):\n    return x * 2", "b = twice(a)")
    ran = step(trace, "op")
    assert ran.place == Place(0, 3)
    assert [trace.cells[s.cell].label for s in trace.steps] == ["[1]", "[2]"]
    # A cell that only calls is kept, too.
    assert trace.cells[ran.cell].source == "b = twice(a)"


# ------------------------------------------------------------------ the lessons' examples


def test_the_worked_example() -> None:
    trace = sample_traces.worked()
    assert [card(trace, name).grad.text for name in ("w1", "w2", "w3")] == ["28.0", "8.0", "10.0"]
    assert {card(trace, name).grad_state for name in ("l1", "l2", "l3", "l4", "loss")} == {"let go"}
    assert [f.op for f in trace.functions] == ["mul", "add", "mul", "mul", "mean"]
    first = trace.functions[0]
    assert [(trace.by_id()[e.source].names, e.slot, e.tracked) for e in into(trace, first)] == [
        (("x",), "self", False),
        (("w1",), "other", True),
    ]
    assert [(s.slot, s.text, s.state) for s in first.saved] == [("self", "x", "freed")]
    assert [len([s for s in trace.steps if s.kind == kind]) for kind in ("tensor", "op", "run", "accumulate")] == [
        4, 5, 5, 3,
    ]  # fmt: skip
    assert not consistency(trace)


def test_its_sentences_have_the_numbers() -> None:
    said = [s.text for s in sample_traces.worked().steps]
    for sentence in (
        "l2 = l1 + w2 gives all 5.0. AddBackward0 needs to keep nothing for the way back.",
        "backward() begins: loss starts with the gradient 1.0.",
        "MeanBackward0: gradient of l4 = upstream 1.0 ÷ 4, the same for each of the 4 = all 0.25.",
        "MulBackward0: gradient of l1 = upstream all 1.25 × w3 4.0 = all 5.0; gradient of w3 = upstream all 1.25 × "
        "l1 all 2.0 = all 2.5, added up over the broadcast to 10.0.",
        "MulBackward0: gradient of w1 = upstream all 7.0 × x all 1.0 = all 7.0, added up over the broadcast to 28.0. "
        "l1 gets all 5.0 + all 2.0 = all 7.0.",
        "w3.grad was None and is 10.0 now.",
        "l4 is no leaf: its gradient, all 0.25, only passed through and is let go.",
    ):
        assert sentence in said


def test_the_version_error() -> None:
    trace = sample_traces.version_error()
    old, new = card(trace, "b", current=False), card(trace, "b")
    assert (old.value.text, old.version, new.value.text, new.version) == ("[3, 5]", 0, "[1000, 5]", 1)
    write = function(trace, "__setitem__")
    assert (write.node, write.text, write.inplace) == ("CopySlices", "b[0] = 1000.", True)
    assert [e.source for e in into(trace, write)] == [old.id]
    assert [e.target for e in out_of(trace, write)] == [new.id]
    assert {(s.state, s.version, s.now, s.card) for s in function(trace, "mul").saved} == {
        ("broken", 0, 1, old.id)
    }
    assert trace.steps[-1].kind == "error"


def test_places_are_cell_and_line() -> None:
    trace = record(A, "x = 1\n\nb = a * 2  # here")
    assert [c.label for c in trace.cells] == ["[1]", "[2]"]
    assert function(trace, "mul").place == Place(1, 3)
    assert step(trace, "tensor").place == Place(0, 1)


# ------------------------------------------------------------------ leaving the graph


@pytest.mark.parametrize(
    ("line", "cut"),
    [
        ("c = a.detach()", "detach"),
        ("c = a.data", "data"),
        ("c = a.sum().item()", "item"),
        ("c = a.detach().numpy()", None),
        ("c = a.numpy(force=True)", "numpy"),
        ("c = a.argmax()", "not differentiable"),
        ("c = a > 2", "not differentiable"),
        ("with no_grad():\n    c = a * 2", "no_grad"),
        ("with inference_mode():\n    c = a * 2", "inference_mode"),
        ("c = a * 2", None),
        ("c = tensor([1.0]) * 2", None),
    ],
)
def test_where_a_gradient_is_cut(line: str, cut: str | None) -> None:
    trace = record(A, line)
    last = trace.functions[-1] if trace.functions else None
    assert (last and last.cut) == cut if cut else all(f.cut in (None, "detach") for f in trace.functions)
    for f in trace.functions:
        if f.cut:
            assert f.node is None
            assert not any(edge.tracked for edge in (*into(trace, f), *out_of(trace, f)))


def test_a_number_taken_from_a_tensor_that_needs_no_gradient_is_no_news() -> None:
    assert not record("c = tensor(2.0)\nd = c.item()").functions


# ------------------------------------------------------------------ in-place writes and views


def test_a_write_through_a_view_rewrites_the_base() -> None:
    trace = record(A, "b = a * 2\nv = b[0]\nv.mul_(5)")
    b, v = card(trace, "b"), card(trace, "v")
    assert (b.value.text, b.version, b.grad_fn) == ("[10, 6]", 1, "CopySlices")
    assert (v.value.text, v.version, v.grad_fn, v.base) == ("10.0", 1, "AsStridedBackward0", b.id)
    write = function(trace, "mul_")
    assert (write.node, write.text) == ("CopySlices", "v.mul_(5)")
    assert [e.target for e in out_of(trace, write)] == [b.id]
    assert {e.source for e in into(trace, write) if e.tracked} == {card(trace, "b", current=False).id}
    view = function(trace, "as_strided")
    assert [e.source for e in into(trace, view)] == [b.id]
    assert v.made_by == view.id


def test_what_a_tensor_held_before_anybody_saw_it_is_not_known() -> None:
    unseen = minigrad.tensor([3.0, 1.0])
    with watched() as cells:
        cells.namespace["unseen"] = [lambda: unseen]
        cells.run("x = unseen[0]()\nx[0] = 10.")
        trace = cells.trace()
    old, new = card(trace, "x", current=False), card(trace, "x")
    assert (old.value, old.version, new.value.text, new.version) == (None, 0, "[10, 1]", 1)
    assert step(trace, "write").text == (
        "x[0] = 10. writes into x in place: it is [10, 1] now, version 0 becomes 1."
    )


def test_what_it_was_made_with_is_known() -> None:
    with watched() as cells:
        cells.run("x = tensor([3.0, 1.0], requires_grad=True)\nwith no_grad():\n    x[0] = 10.")
        old = card(cells.trace(), "x", current=False)
        assert (old.value.text, old.requires_grad, old.version) == ("[3, 1]", True, 0)
        assert [f.op for f in cells.trace().functions] == ["__setitem__"]


def test_views_of_one_memory_change_together() -> None:
    trace = record("x = zeros(4)\nfirst = x[0:2]\nflat = x.view(2, 2)", "x.add_(1)")
    assert {card(trace, name).value.text for name in ("x", "flat")} == {"all 1.0"}
    assert {card(trace, name).version for name in ("x", "first", "flat")} == {1}
    assert len({card(trace, name).storage for name in ("x", "first", "flat")}) == 1
    assert (
        "flat and first share the memory" in step(trace, "write").text
        or "first and flat" in step(trace, "write").text
    )


def test_a_view_that_is_used_after_its_base_was_written_has_a_new_place() -> None:
    trace = record(A, "b = a * 2\nv = b[0:1]\nb.mul_(3)\nw = v * 1\nw.sum().backward()")
    new = card(trace, "v")
    assert new.grad_fn == "AsStridedBackward0"
    assert function(trace, "as_strided").runs == 1
    assert card(trace, "a").grad.text == "[6, 0]"


def test_detach_counts_versions_with_its_source_and_data_does_not() -> None:
    trace = record("a = tensor([1.0, 3.0])\nd = a.detach()\ne = a.data", "d.add_(1)")
    assert [card(trace, name).version for name in "ade"] == [1, 1, 0]
    trace = record("a = tensor([1.0, 3.0])\nd = a.detach()\ne = a.data", "e.add_(1)")
    assert [card(trace, name).version for name in "ade"] == [0, 0, 1]
    assert {card(trace, name).value.text for name in "ade"} == {"[2, 4]"}


def test_a_write_that_numpy_did_is_found_when_the_cell_ends() -> None:
    trace = record("a = tensor([1.0, 3.0])\nn = a.numpy()", "n[0] = 9")
    assert card(trace, "a").value.text == "[9, 3]"
    assert trace.steps[-1].text.startswith("a changed unseen from [1, 3] to [9, 3]")


def test_other_memory_for_a_tensor_is_found_when_the_cell_ends() -> None:
    trace = record("a = tensor([1.0, 3.0])\nv = a[0]", "a.data = tensor([[5.0]])")
    assert (card(trace, "a").value.text, card(trace, "a").shape, card(trace, "v").value.text) == (
        "[[5]]",
        (1, 1),
        "1.0",
    )


def test_a_tensor_that_is_detached_in_place_is_the_same_tensor() -> None:
    trace = record(A, "b = a * 2", "b.detach_()")
    old, new = card(trace, "b", current=False), card(trace, "b")
    assert old.tensor == new.tensor
    assert (new.is_leaf, new.requires_grad, new.grad_fn) == (True, False, None)
    assert function(trace, "detach_").cut == "detach"


def test_an_in_place_op_keeps_a_copy_of_what_it_overwrites() -> None:
    trace = record(A, "h = a * 1\nh.sin_()\nh.sum().backward()")
    saved = [s for s in function(trace, "sin_").saved if s.slot == "self"]
    assert [s.state for s in saved] == ["freed"]
    assert card(trace, "a").grad is not None


def test_a_write_under_no_grad_lets_the_gradient_pass() -> None:
    trace = record(A, "h = a * 2\nwith no_grad():\n    h.add_(1)\ns = h.sum()", "s.backward()")
    write = function(trace, "add_")
    assert (write.node, write.cut) == (None, None)
    edges = [*into(trace, write), *out_of(trace, write)]
    assert all(edge.tracked and edge.gradient.text == "[1, 1]" for edge in edges)


def test_a_leaf_is_updated_under_no_grad() -> None:
    trace = record(
        "w = tensor(3.0, requires_grad=True)",
        "loss = w * w\nloss.backward()\nwith no_grad():\n    w -= 0.5 * w.grad\nw.grad = None",
    )
    old, new = card(trace, "w", current=False), card(trace, "w")
    assert (old.value.text, new.value.text, new.is_leaf, new.grad) == ("3.0", "0.0", True, None)
    assert function(trace, "sub_").cut == "no_grad"
    assert card(trace, "w.grad").value.text == "6.0"
    assert trace.steps[-1].text == "w.grad is None now."


def test_versions_count_writes_and_item_assignment_with_an_operator_counts_two() -> None:
    trace = record("x = zeros(2)", "x[0] += 1")
    assert card(trace, "x").version == 2
    assert len([s for s in trace.steps if s.kind == "write"]) == 2


# ------------------------------------------------------------------ names


def test_a_name_that_moves_within_a_cell_leaves_a_ghost() -> None:
    trace = record(A + "\na = a.exp()\na = a.sum()")
    assert [(c.names, c.ghosts) for c in trace.tensors] == [((), ("a",)), ((), ("a",)), (("a",), ())]


def test_a_name_that_moves_in_a_loop_leaves_a_ghost_each_time() -> None:
    trace = record(A, "for i in range(3): a = a * 2")
    assert [c.ghosts for c in trace.tensors] == [("a",)] * 3 + [()]


def test_several_names_of_one_tensor() -> None:
    trace = record(A, "b = c = a * 2\nd = b")
    assert card(trace, "b").names == ("b", "c", "d")
    assert step(trace, "name").text == "d is a name of b, c now."


def test_a_function_of_the_learners_gives_its_result_a_name() -> None:
    trace = record(A, "def f(x):\n    y = x * 2\n    return y.tanh()", "b = f(a)\nc = f(b)")
    assert [c.names or c.label for c in trace.tensors] == [("a",), "a * 2", ("b",), "b * 2", ("c",)]
    assert function(trace, "tanh").place == Place(1, 3)
    assert trace.cells[1].label == "[2]"


def test_names_in_structures_and_ipythons_own_are_none() -> None:
    trace = record(A, "_ = a * 2\n_7 = a * 3\nb = [a * 4]")
    assert [c.names for c in trace.tensors if c.names] == [("a",)]
    assert card(trace, "a * 4").alive
    # What only IPython holds is gone as soon as another cell has run.
    trace = record(A, "_ = a * 2\nb = [a * 4]", "c = 1")
    assert [c.label for c in trace.tensors if not c.names] == []


def test_a_tensor_that_is_not_used_yet_is_there() -> None:
    trace = record("t = tensor([1, 2])")
    assert (card(trace, "t").dtype, card(trace, "t").value.text) == ("int64", "[1, 2]")


def test_a_deleted_name_takes_its_tensor_along() -> None:
    trace = record(A, "b = a * 2", "del b")
    assert [c.names for c in trace.tensors] == [("a",)]
    assert not trace.functions


def test_markup_in_a_name_is_a_name() -> None:
    with watched() as cells:
        cells.run("globals()['<img src=x onerror=alert(1)>'] = tensor(1.0)")
        assert card(cells.trace(), "<img src=x onerror=alert(1)>").value.text == "1.0"


# ------------------------------------------------------------------ what is shown, and kept


def test_running_a_cell_again_replaces_its_graph() -> None:
    with watched() as cells:
        cells.run(A)
        for _ in range(10):
            cells.run("b = a.exp()\nloss = (b * b).mean()\nloss.backward()")
        trace = cells.trace()
        assert [f.op for f in trace.functions] == ["exp", "mul", "mean"]
        assert not any(c.ghosts for c in trace.tensors)
        assert len(trace.cells) <= 11
        assert not differences(cells.adapter, cells.namespace)


def test_a_whole_notebook_again_leaves_nothing_of_the_first_time() -> None:
    with watched() as cells:
        for _ in range(3):
            for source in sample_traces.WORKED:
                cells.run(source)
        trace = cells.trace()
        assert (len(trace.tensors), len(trace.functions)) == (9, 5)


def test_what_was_not_named_is_shown_until_the_next_cell() -> None:
    with watched() as cells:
        cells.run(A)
        cells.run("(a * a).sum().backward()")
        assert [f.op for f in cells.trace().functions] == ["mul", "sum"]
        cells.run("b = 1")
        assert not cells.trace().functions
        assert card(cells.trace(), "a").grad.text == "[2, 6]"


def test_nothing_is_kept_alive() -> None:
    with watched() as cells:
        cells.run(
            A + "\nb = a * 2\nc = b.exp()\nv = c[0]\nd = c.detach()\ns = c.sum()\ns.backward()\nb.add_(1)"
        )
        tensors = [weakref.ref(cells.namespace[name]) for name in "abcvds"]
        nodes = [weakref.ref(cells.namespace[name].grad_fn) for name in "bcs"]
        cells.run("del a, b, c, v, d, s")
        gc.collect()
        assert [reference() for reference in (*tensors, *nodes)] == [None] * 9


def test_a_long_run_keeps_the_last_events_and_says_how_many_are_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "MOST_EVENTS", 50)
    with watched() as cells:
        cells.run(A)
        cells.run("h = a\nfor i in range(500):\n    h = h * 1.0")
        trace = cells.trace()
        assert 400 < trace.dropped < 550
        assert 20 < len(trace.functions) <= 50
        assert not consistency(trace)
        cells.run("y = h * 2\ny.sum().backward()")
        assert card(cells.trace(), "y").value.text == "[2, 6]"


def test_history_of_unrecorded_writes_does_not_pile_up() -> None:
    with watched() as cells:
        cells.run("w = tensor(1.0, requires_grad=True)")
        for _ in range(5):
            cells.run("for i in range(3):\n    with no_grad():\n        w *= 2")
        trace = cells.trace()
        assert len(trace.functions) == 3
        assert card(trace, "w").version == 15


def test_a_graph_from_before_the_watching_is_read_off_its_nodes() -> None:
    a = minigrad.tensor([1.0, 3.0], requires_grad=True)
    b = (a * a) + 1
    with watched(a=a, b=b) as cells:
        cells.run("s = b.sum()")
        cells.run("s.backward()")
        trace = cells.trace()
        assert [f.node for f in trace.functions] == ["MulBackward0", "AddBackward0", "SumBackward0"]
        assert [f.runs for f in trace.functions] == [1, 1, 1]
        assert card(trace, "a").grad.text == "[2, 6]"
        assert [c.label for c in trace.tensors] == ["", "a * a", "(a * a) + …", "b.sum()"]
        assert not differences(cells.adapter, cells.namespace)


def test_watching_can_stop_and_go_on() -> None:
    with watched() as cells:
        cells.run(A)
        cells.adapter.stop()
        exec("b = a * 2\nc = b + 1", cells.namespace)
        cells.adapter.start()
        cells.run("d = c * b")
        trace = cells.trace()
        assert [f.op for f in trace.functions] == ["mul", "add", "mul"]
        assert not differences(cells.adapter, cells.namespace)


# ------------------------------------------------------------------ gradients


def test_retain_grad_keeps_what_would_be_let_go() -> None:
    trace = record(A, "b = a * 2\nb.retain_grad()\ns = b.sum()\ns.backward()")
    assert (card(trace, "b").grad.text, card(trace, "b").retains_grad) == ("[1, 1]", True)
    assert card(trace, "s").grad_state == "let go"


def test_gradients_add_up() -> None:
    trace = record("w = tensor(4.0, requires_grad=True)", "(2 * w).backward()", "(2 * w).backward()")
    assert trace.steps[-1].text == "w.grad: 2.0 + 2.0 = 4.0, added to what was there."
    assert card(trace, "w").grad.text == "4.0"


def test_grad_touches_no_grad() -> None:
    trace = record(A, "y = (a * a).sum()\n(g,) = autograd.grad(y, a)")
    assert card(trace, "a").grad is None
    assert function(trace, "mul").runs == 1
    assert card(trace, "g").value.text == "[2, 6]"


def test_a_gradient_of_a_gradient_is_a_graph_again() -> None:
    trace = record(
        "x = tensor(3.0, requires_grad=True)",
        "y = x * x\n(g,) = autograd.grad(y, x, create_graph=True)\ng.backward()",
    )
    assert card(trace, "x").grad.text == "2.0"
    assert card(trace, "g").requires_grad


def test_large_tensors_are_summed_up_and_large_gradients_sampled() -> None:
    trace = record("w = zeros(200, requires_grad=True)", "y = w + arange(200)\ns = y.sum()\ns.backward()")
    assert card(trace, "y").value.text == "mean 99.5, 0 to 199"
    assert card(trace, "w").grad.text == "all 1.0"
    assert not card(trace, "y").value.complete


def test_a_bias_is_summed_over_the_rows() -> None:
    trace = record("b = zeros(3, requires_grad=True)\nx = ones(50, 3)", "y = (x + b).sum()\ny.backward()")
    edge = next(e for e in trace.edges if e.source == card(trace, "b").id)
    assert edge.gradient.text == "[50, 50, 50]"


def test_optimisers_and_modules_can_be_watched() -> None:
    source = (
        "from minigrad import nn\nw = nn.Parameter(tensor([1.0, 2.0]))\nloss = (w * w).sum()\nloss.backward()"
    )
    trace = record(source)
    assert card(trace, "w").grad.text == "[2, 4]"
    assert card(trace, "w").is_leaf


def test_the_parameters_of_a_module_are_called_after_it() -> None:
    trace = record(
        "model = nn.Sequential(nn.Linear(2, 1), nn.Tanh())", "y = model(ones(1, 2)).sum()\ny.backward()"
    )
    assert card(trace, "model.0.weight").shape == (1, 2)
    assert card(trace, "model.0.bias").grad is not None


# ------------------------------------------------------------------ never in the way


def test_a_failure_of_the_watcher_leaves_the_cell_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    with watched() as cells:
        cells.run(A)
        monkeypatch.setattr(adapter_module, "_cut", lambda *args: 1 / 0)
        cells.adapter.begin_cell("[2]", "", "<cell>")
        exec(compile("c = a.detach() * 2\nd = a + 1", "<cell>", "exec"), cells.namespace)
        assert cells.namespace["d"].tolist() == [2.0, 4.0]
        with pytest.raises(RuntimeError, match="ZeroDivisionError: division by zero"):
            cells.adapter.end_cell()
        cells.adapter.failure = None


def test_an_error_that_the_learner_catches_is_told_and_the_cell_goes_on() -> None:
    trace = record(A, "try:\n    a.add_(1)\nexcept RuntimeError:\n    b = a * 2")
    assert step(trace, "error").error.kind == "leaf"
    assert card(trace, "b").value.text == "[2, 6]"


def test_code_of_no_cell_has_no_place() -> None:
    with watched() as cells:
        cells.run(A)
        other = {"a": cells.namespace["a"]}
        cells.namespace["other"] = lambda: exec("b = a * 2", other)
        cells.run("\nother()")
        assert function(cells.trace(), "mul").place == Place(1, 2)


def test_two_watchers_see_the_same() -> None:
    with watched() as one:
        second = MinigradAdapter(one.namespace)
        second.start()
        second.begin_cell("[1]", A, "<cell 1>")
        one.run(A + "\nb = a * 2")
        second.end_cell()
        second.stop()
        assert [f.op for f in one.trace().functions] == [f.op for f in second.trace().functions] == ["mul"]


def test_numbers_of_every_dtype() -> None:
    trace = record("i = arange(3)\nf = i.double() / 2\nb = f > 0.5\nh = f.half()")
    assert [(card(trace, n).dtype, card(trace, n).value.text) for n in "ifbh"] == [
        ("int64", "[0, 1, 2]"),
        ("float64", "[0, 0.5, 1]"),
        ("bool", "[False, False, True]"),
        ("float16", "[0, 0.5, 1]"),
    ]

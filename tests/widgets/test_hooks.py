"""Hooks of the learner's: where they hang, and what they make of a gradient."""

from __future__ import annotations

from minigrad_widgets.trace import Trace
from widgets.cells import card, function, record, step, watched
from widgets.reality import consistency, differences

A = "a = tensor([1.0, 3.0], requires_grad=True)"
DOUBLE = "def double(g):\n    return g * 2"


def said(trace: Trace, kind: str) -> list[str]:
    return [s.text for s in trace.steps if s.kind == kind]


def test_hooks_are_known_by_name_and_line_when_the_cell_has_ended() -> None:
    trace = record(
        A + "\n" + DOUBLE,
        "b = a * 2\nb.register_hook(double)\na.register_hook(lambda g: None)\n"
        "a.register_post_accumulate_grad_hook(print)\nb.grad_fn.register_prehook(double)\n"
        "b.grad_fn.register_hook(lambda i, o: None)",
    )
    assert card(trace, "b").hooks == ("double [1]:2",)
    assert card(trace, "a").hooks == ("lambda [2]:3", "post builtin_function_or_method")
    assert function(trace, "mul").hooks == ("pre double [1]:2", "lambda [2]:6")
    assert "b has hooks, which backward calls with the gradient: double [1]:2." in said(trace, "tensor")
    assert not consistency(trace)


def test_a_hook_that_is_taken_off_is_gone() -> None:
    trace = record(A, "handle = a.register_hook(lambda g: g)", "handle.remove()")
    assert card(trace, "a").hooks == ()
    assert said(trace, "tensor")[-1] == "a has no hooks any more."


def test_hooks_of_nameless_tensors_are_known_too() -> None:
    trace = record(A + "\n" + DOUBLE, "h = [a * 2]\nh[0].register_hook(double)\ns = h[0].sum()")
    assert card(trace, "a * 2").hooks == ("double [1]:2",)


def test_what_a_hook_of_a_tensor_changes_is_said_with_the_numbers() -> None:
    trace = record(
        A + "\n" + DOUBLE, "b = a * 3\nb.register_hook(double)\nb.retain_grad()\ns = b.sum()\ns.backward()"
    )
    assert [s for s in said(trace, "run") if "MulBackward0" in s] == [
        "The hook double [1]:2 changes the gradient of b from [1, 1] to [2, 2]. "
        "MulBackward0: gradient of a = upstream [2, 2] × 3 = [6, 6]."
    ]
    assert card(trace, "b").grad.text == "[2, 2]"
    assert card(trace, "a").grad.text == "[6, 6]"
    assert card(trace, "b").hooks == ("double [1]:2",)
    assert not consistency(trace)


def test_sums_are_those_from_before_the_hook() -> None:
    trace = record(
        A + "\n" + DOUBLE,
        "b = a * 3\nb.register_hook(double)\na.register_hook(double)\n(b + b + a).sum().backward()",
    )
    (run,) = [s for s in said(trace, "run") if "MulBackward0" in s]
    assert "b gets [1, 1] + [1, 1] = [2, 2]." in run
    assert "changes the gradient of b from [2, 2] to [4, 4]." in run
    (kept,) = said(trace, "accumulate")
    assert "a gets [1, 1] + [12, 12] = [13, 13]." in kept or "a gets [12, 12] + [1, 1] = [13, 13]." in kept
    assert "changes the gradient of a from [13, 13] to [26, 26]." in kept
    assert "a.grad was None and is [26, 26] now." in kept


def test_a_hook_that_writes_into_its_gradient_is_found_out() -> None:
    trace = record(A, "def zero(g):\n    g.zero_()\nb = a * 3\nb.register_hook(zero)\nb.sum().backward()")
    assert any(
        "The hook zero [2]:1 changes the gradient of b from [1, 1] to [0, 0]." in s
        for s in said(trace, "run")
    )
    assert card(trace, "a").grad.text == "[0, 0]"


def test_hooks_of_nodes() -> None:
    trace = record(
        A,
        "def before(gradients):\n    return (gradients[0] + 1,)\ndef after(results, gradients):\n"
        "    return (results[0] * 10, *results[1:])\nb = a * 3\nb.grad_fn.register_prehook(before)\n"
        "b.grad_fn.register_hook(after)\nb.sum().backward()",
    )
    (run,) = [s for s in said(trace, "run") if "MulBackward0" in s]
    assert run == (
        "The hook before [2]:1 changes the gradient of b from [1, 1] to [2, 2]. "
        "The hook after [2]:3 changes the gradient of a from [6, 6] to [60, 60]. MulBackward0: gradient of a = [60, 60]."
    )


def test_a_hook_that_only_looks_changes_nothing() -> None:
    trace = record(A, "seen = []\nb = a * 3\nb.register_hook(seen.append)\nb.sum().backward()")
    assert not [s for s in trace.steps if "changes the gradient" in s.text]
    assert card(trace, "b").hooks == ("builtin_function_or_method",)


def test_what_a_hook_does_after_the_accumulation() -> None:
    trace = record(
        A,
        "def clip(t):\n    t.grad.clamp_(max=1.0)\na.register_post_accumulate_grad_hook(clip)\n(a * 3).sum().backward()",
    )
    assert card(trace, "a").grad.text == "[1, 1]"
    assert step(trace, "accumulate").text == "a.grad was None and is [3, 3] now."
    after = trace.steps[trace.steps.index(step(trace, "accumulate")) + 1]
    assert after.text == "a.grad is [1, 1] now."


def test_hooks_stay_on_a_leaf_that_is_updated_and_an_accumulator_has_its_own() -> None:
    with watched() as cells:
        cells.run(A + "\n" + DOUBLE)
        cells.run(
            "a.register_hook(double)\nb = a * 1\nb.grad_fn.next_functions[0][0].register_prehook(lambda g: None)"
        )
        assert card(cells.trace(), "a").hooks == ("double [1]:2", "pre lambda [2]:3")
        cells.run("b.sum().backward()\nwith no_grad():\n    a -= a.grad")
        assert card(cells.trace(), "a").hooks[0] == "double [1]:2"
        assert not differences(cells.adapter, cells.namespace)


def test_grad_hands_out_what_the_hook_made_of_it() -> None:
    trace = record(A + "\n" + DOUBLE, "a.register_hook(double)\n(g,) = autograd.grad((a * 3).sum(), a)")
    assert card(trace, "g").value.text == "[6, 6]"
    assert said(trace, "run")[-1] == "The hook double [1]:2 changes the gradient of a from [3, 3] to [6, 6]."
    assert not consistency(trace)

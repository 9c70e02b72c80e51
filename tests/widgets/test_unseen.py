"""Writes that bump no version: found by comparing contents, and said before backward runs over them."""

from __future__ import annotations

import numpy as np
import pytest

from minigrad_widgets.trace import Step, Trace
from widgets.cells import card, function, record, step, watched
from widgets.reality import consistency, differences

A = "a = tensor([1.0, 3.0], requires_grad=True)"
LARGE = "a = ones(1000, requires_grad=True)"


def unseen(trace: Trace) -> list[Step]:
    return [s for s in trace.steps if "changed unseen" in s.text or "wrong gradient" in s.text]


def states(trace: Trace, op: str = "mul") -> list[str]:
    return [saved.state for saved in function(trace, op).saved]


@pytest.mark.parametrize(
    ("make", "write"),
    [
        (A, "a.data[0] = 9.0"),
        (A, "a.data.add_(1.0)"),
        (A, "a.detach().numpy()[1] = 9.0"),
        (A, "n = a.detach().numpy()\nn *= 2"),
        (A, "np.asarray(a.detach())[0] = 9.0"),
        ("shared = np.ones(3, np.float32)\na = from_numpy(shared).requires_grad_()", "shared[2] = 7"),
        (LARGE, "a.detach().numpy()[701] = 9.0"),
        (LARGE, "a.data[703] = 9.0"),
        ("a = ones(40, 40).t().requires_grad_()", "a.data *= 3.0"),
    ],
)
def test_it_is_known_at_the_end_of_the_cell_at_the_latest(make: str, write: str) -> None:
    with watched(np=np) as cells:
        assert cells.run(make) is None
        assert cells.run("s = (a * a).sum()") is None
        assert states(cells.trace()) == ["intact", "intact"]
        assert cells.run(write) is None
        trace = cells.trace()
        assert states(trace) == ["unseen", "unseen"]
        assert (card(trace, "a").unseen, card(trace, "a").version) == (True, 0)
        assert (
            "MulBackward0 saved a at version 0, before that: it will compute a wrong gradient."
            in " ".join(s.text for s in trace.steps)
        )
        assert not consistency(trace)
        assert not differences(cells.adapter, cells.namespace)


def test_it_is_said_before_the_step_with_the_wrong_gradient() -> None:
    """In one cell: between the write and backward nothing tells."""
    trace = record(A + "\nb = a * 1\ns = (b * b).sum()\nn = b.detach().numpy()\nn[0] = 100.0\ns.backward()")
    kinds = [s.kind for s in trace.steps]
    found = trace.steps.index(unseen(trace)[0])
    wrong = next(i for i, s in enumerate(trace.steps) if s.kind == "run" and "MulBackward0" in s.text)
    assert found == wrong - 1
    assert kinds[found] == "write"
    text = trace.steps[found].text
    assert "b changed unseen from [1, 3] to [100, 3], between line 2 of [1] and line 6 of [1]" in text
    before = trace.at(found).by_id()[function(trace, "mul", 1).id]
    after = trace.at(found + 1).by_id()[function(trace, "mul", 1).id]
    assert {s.state for s in before.saved} == {"intact"}
    assert {s.state for s in after.saved} == {"unseen"}
    assert "[200, 6]" in trace.steps[wrong].text or "[100, 3]" in trace.steps[wrong].text


def test_a_result_that_nobody_named_is_compared_too() -> None:
    with watched() as cells:
        cells.run(A)
        cells.run("h = [a.exp()]\ns = h[0].sum()\nv = h[0].detach()")
        cells.run("v.numpy()[0] = 0.0")
        trace = cells.trace()
        assert states(trace, "exp") == ["unseen"]
        assert "a.exp() changed unseen" in " ".join(s.text for s in trace.steps)
        cells.run("s.backward()")
        assert card(cells.trace(), "a").grad.numbers[0] == 0


def test_through_data_it_is_known_at_the_line() -> None:
    trace = record(A, "s = (a * a).sum()", "x = 1\na.data.mul_(2.0)")
    write = step(trace, "write")
    assert (trace.cells[write.place.cell].label, write.place.line) == ("[3]", 2)
    assert "wrong gradient" in write.text
    assert states(trace) == ["unseen", "unseen"]
    assert len(unseen(trace)) == 1


def test_a_write_that_is_counted_is_no_unseen_one() -> None:
    trace = record(A, "b = a * 1\ns = (b * b).sum()", "b.add_(1.0)\nb.detach().numpy()[0] = 5.0")
    assert {s.state for s in function(trace, "mul", 1).saved} == {"broken"}
    assert not card(trace, "b", current=False).unseen


def test_what_is_written_back_by_an_optimizer_is_no_unseen_write() -> None:
    trace = record(
        "from minigrad import optim\nw = tensor([1.0, 2.0], requires_grad=True)\no = optim.SGD([w], lr=0.1)",
        "for _ in range(3):\n    o.zero_grad()\n    (w * w).sum().backward()\n    o.step()",
    )
    assert not unseen(trace)
    assert not any(view.unseen for view in trace.tensors)


def test_a_write_counted_where_nobody_looked_is_said_as_that() -> None:
    with watched() as cells:
        cells.run(A + "\nb = a * 1\ns = (b * b).sum()")
        cells.adapter.stop()
        exec("b.add_(1.0)", cells.namespace)
        cells.adapter.start()
        cells.run("c = 1")
        trace = cells.trace()
        assert {s.state for s in function(trace, "mul", 1).saved} == {"broken"}
        assert not any(view.unseen for view in trace.tensors)


def test_nothing_is_unseen_where_nothing_was_written() -> None:
    source = (
        "x = ones(50, 60).t()\nw = zeros(50, 3, requires_grad=True)\ny = (x @ w).tanh().softmax(1)\n"
        "z = cat([y, y]).relu()[::2].clamp(0.1, 0.9)\nl = z.mean() + z.max() + z.prod() + (z * z).sum()\n"
        "n = x.numpy()\nl.backward(retain_graph=True)\nl.backward()"
    )
    trace = record(source, "m = w.detach()\nq = (w * m + 0).sum()\nq.backward()")
    assert not unseen(trace)
    assert not any(view.unseen for view in trace.tensors)


def test_it_is_not_said_again() -> None:
    with watched() as cells:
        for source in (A, "s = (a * a).sum()", "a.detach().numpy()[0] = 5.0", "x = 1", "s.backward()"):
            cells.run(source)
        assert len(unseen(cells.trace())) == 1
        cells.run("a.detach().numpy()[0] = 6.0\nt = (a * 2).sum()\nt.backward()")
        assert len(unseen(cells.trace())) == 2

"""Events: what an observer is told, in which order; and that nobody is told when nobody watches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import minigrad as mg
from minigrad import Observer, Tensor
from minigrad.autograd import grad
from minigrad.record import mode


class Log(Observer):
    """Writes down every event: its name, and what it is about in a few words."""

    def __init__(self) -> None:
        self.events: list[tuple[Any, ...]] = []
        self.made: list[Any] = []  # the values of the tensors that were made from numbers

    def op(self, name: str, inputs: Any, outputs: Any, node: Any, before: int | None) -> None:
        if name == "tensor":
            assert (inputs, node, before) == ((), None, None)
            self.made.append(outputs[0].tolist())
            return
        self.events.append(("op", name, None if node is None else node.name(), before))

    def backward_begins(self, roots: Any, seeds: Any) -> None:
        self.events.append(("begins", len(roots), [s.tolist() for s in seeds]))

    def node_ran(self, node: Any, gradients: Any, results: Any) -> None:
        given, sent = ([None if g is None else g.tolist() for g in gs] for gs in (gradients, results))
        self.events.append(("ran", node.name(), given, sent))

    def accumulated(self, leaf: Tensor, gradient: Tensor, before: Tensor | None) -> None:
        self.events.append(("accumulated", gradient.tolist(), None if before is None else before.tolist()))

    def freed(self, node: Any) -> None:
        self.events.append(("freed", node.name()))

    def backward_ends(self) -> None:
        self.events.append(("ends",))

    def error(self, error: Exception) -> None:
        self.events.append(
            ("error", type(error).__name__, getattr(error, "facts", None) and error.facts.kind)
        )


@pytest.fixture
def log() -> Iterator[Log]:
    found = Log()
    end = mg.watch(found)
    yield found
    end()
    assert mode.observer is None


def leaf(*values: float) -> Tensor:
    return mg.tensor(values, dtype=mg.float32, requires_grad=True)


def names(log: Log) -> list[str]:
    return [event[0] for event in log.events]


def test_a_forward_and_a_backward(log: Log) -> None:
    x = leaf(3)
    y = x * x
    y.backward(mg.tensor([1.0]))
    assert log.events == [
        ("op", "mul", "MulBackward0", None),
        ("begins", 1, [[1]]),
        ("ran", "MulBackward0", [[1]], [[3], [3]]),
        ("freed", "MulBackward0"),
        ("accumulated", [6], None),
        ("ends",),
    ]
    log.events.clear()
    (x + 0).backward(mg.tensor([1.0]))
    assert ("accumulated", [1], [6]) in log.events


def test_writes_are_told_with_the_version_before(log: Log) -> None:
    x = leaf(1, 2) * 1
    x.add_(1)
    x[0] = 5.0
    with mg.no_grad():
        x.mul_(2.0)
    plain = mg.ones(2)
    plain += 1
    assert [e[1:] for e in log.events] == [
        ("mul", "MulBackward0", None),
        ("add_", "AddBackward0", 0),
        ("__setitem__", "CopySlices", 1),
        ("mul_", None, 2),
        ("add_", None, 0),
    ]


def test_ways_out_of_the_graph_are_told(log: Log) -> None:
    x = leaf(1) * 1
    log.events.clear()
    x.detach(), x.data, x.detach().numpy(), x.item()
    assert [e[1] for e in log.events] == ["detach", "data", "detach", "numpy", "item"]


def test_what_formulas_call_is_told_only_if_it_is_recorded(log: Log) -> None:
    x = leaf(3)
    (x * x).backward(mg.ones(1))
    assert names(log).count("op") == 1
    log.events.clear()
    grad(x * x, x, mg.ones(1), create_graph=True)
    assert names(log).count("op") > 1


def test_a_kept_graph_is_not_freed(log: Log) -> None:
    y = leaf(3).exp()
    y.backward(mg.ones(1), retain_graph=True)
    assert "freed" not in names(log)
    y.backward(mg.ones(1))
    assert "freed" in names(log)


def test_retained_gradients_are_told(log: Log) -> None:
    h = leaf(3) * 2
    h.retain_grad()
    (h * 1).backward(mg.ones(1))
    assert ("accumulated", [1], None) in log.events
    assert ("accumulated", [2], None) in log.events


def test_printing_is_no_event(log: Log) -> None:
    x = mg.ones(2, 2)
    repr(x), str(x), f"{x[0, 0]}"
    assert [e[1] for e in log.events] == ["select", "select"]


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        (lambda x: x.add_(1), "leaf"),
        (lambda x: x.view(-1).add_(1), "view of leaf"),
        (lambda x: x.detach().sum().backward(), "no graph"),
        (lambda x: (x * 2).backward(), "no seed"),
        (lambda x: [y := x.exp(), y.sum().backward(), y.sum().backward()], "freed"),
        (lambda x: [y := x.exp(), y.add_(1), y.sum().backward()], "version"),
    ],
)
def test_errors_are_told_once_with_their_facts(log: Log, what: Any, kind: str) -> None:
    with pytest.raises(RuntimeError):
        what(leaf(1, 2))
    assert [e for e in log.events if e[0] == "error"] == [("error", "RuntimeError", kind)]
    assert names(log).count("begins") == names(log).count("ends")


def test_several_observers_are_told_in_their_order() -> None:
    order: list[str] = []

    class Named(Observer):
        def __init__(self, name: str) -> None:
            self.name = name

        def op(self, *_: Any) -> None:
            order.append(self.name)

    first, second = mg.watch(Named("first")), mg.watch(Named("second"))
    x = mg.ones(2)
    x.exp()
    first()
    x.exp()
    second()
    x.exp()
    second()  # ending it again does nothing
    assert order == ["first", "second", "first", "second", "second"]  # the tensor, exp, exp
    assert mode.observer is None


def test_a_tensor_made_from_numbers_is_told(log: Log) -> None:
    x = mg.tensor([3.0, 1.0])
    mg.zeros(2), mg.arange(2), mg.from_numpy(x.numpy())
    x.exp()  # made by an op: told as that
    assert log.made == [[3.0, 1.0], [0.0, 0.0], [0, 1], [3.0, 1.0]]


def test_an_observer_that_raises_raises_out_of_the_op_and_leaves_the_engine_in_order() -> None:
    class Broken(Observer):
        def node_ran(self, *_: Any) -> None:
            raise KeyError("broken")

    y = leaf(1, 2) * 2
    end = mg.watch(Broken())
    with pytest.raises(KeyError, match="broken"):
        y.sum().backward()
    end()
    assert mg.is_grad_enabled()
    assert not mode.local.quiet


def test_nobody_is_told_when_nobody_watches(log: Log) -> None:
    before = mode.observer
    mode.observer = None
    x = leaf(1, 2)
    x.exp().sum().backward()
    mode.observer = before
    assert log.events == []


def test_an_observer_needs_no_method() -> None:
    end = mg.watch(Observer())
    x = leaf(1, 2)
    x.exp().sum().backward()
    with pytest.raises(RuntimeError):
        x.add_(1)
    end()


def test_a_watched_traceback_has_the_same_frames() -> None:
    def frames() -> list[str]:
        h = mg.ones(2, requires_grad=True) * 1
        loss = (h * h).sum()
        h.add_(1)
        with pytest.raises(RuntimeError, match="modified by an inplace operation") as caught:
            loss.backward()
        return [entry.name for entry in caught.traceback]

    plain = frames()
    unwatch = mg.watch(mg.Observer())
    try:
        assert frames() == plain
    finally:
        unwatch()


def test_hooks_are_told_with_the_gradients_before_and_after() -> None:
    told: list[tuple[Any, ...]] = []

    class Hooks(Observer):
        def hooked(self, kind: str, node: Any, number: Any, hook: Any, before: Any, after: Any) -> None:
            gradients = [[None if g is None else g.tolist() for g in gs] for gs in (before, after)]
            told.append((kind, node.name(), number, hook.__name__, *gradients))

    def doubles(g: Tensor) -> Tensor:
        return g * 2

    def writes(g: Tensor) -> None:
        g.add_(1.0)

    def looks(*given: Any) -> None:
        pass

    def negates(results: Any, gradients: Any) -> Any:
        return (-results[0], *results[1:])

    a = mg.tensor([1.0], requires_grad=True)
    b = a * 3
    b.register_hook(doubles)
    b.register_hook(writes)
    b.grad_fn.register_prehook(looks)
    b.grad_fn.register_hook(negates)
    a.register_hook(looks)
    a.register_post_accumulate_grad_hook(looks)
    end = mg.watch(Hooks())
    try:
        b.backward()
    finally:
        end()
    assert told == [
        ("tensor", "MulBackward0", 0, "doubles", [[1.0]], [[2.0]]),
        ("tensor", "MulBackward0", 0, "writes", [[2.0]], [[3.0]]),
        ("prehook", "MulBackward0", None, "looks", [[3.0]], [[3.0]]),
        ("hook", "MulBackward0", None, "negates", [[9.0], None], [[-9.0], None]),
        ("tensor", "AccumulateGrad", 0, "looks", [[-9.0]], [[-9.0]]),
        ("post accumulate", "AccumulateGrad", None, "looks", [], []),
    ]

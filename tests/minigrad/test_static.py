"""Static graphs compute what dynamic ones do, run after run, and refuse what they cannot know."""

from __future__ import annotations

import weakref
from typing import Any

import numpy as np
import pytest

import minigrad as mg
from minigrad import Tensor, static


def network(x: Tensor, y: Tensor, params: list[Tensor]) -> Tensor:
    h = (x @ params[0] + params[1]).relu()
    return mg.nn.functional.cross_entropy(h @ params[2] + params[3], y)


def parameters() -> list[Tensor]:
    random = np.random.default_rng(0)
    shapes = [(3, 4), (4,), (4, 5), (5,)]
    return [mg.tensor(random.standard_normal(s), requires_grad=True) for s in shapes]


def batch(seed: int) -> tuple[Tensor, Tensor]:
    random = np.random.default_rng(seed)
    return mg.tensor(random.standard_normal((6, 3))), mg.tensor(random.integers(0, 5, 6))


def test_one_definition_many_runs() -> None:
    graph = static.Graph()
    with graph:
        x = graph.placeholder((2,))
        loss = (x * x).mean()
        (slope,) = graph.gradients(loss, [x])
    with graph.session() as session:
        for values in ([3.0, 1.0], [5.0, 2.0]):
            found, gradient = session.run([loss, slope], {x: values})
            assert found.item() == np.mean(np.square(values))
            assert gradient.tolist() == values
        first = session.run(loss, {x: [1, 1]})
        session.run(loss, {x: [2, 2]})
        assert first.item() == 1  # what a run answers is the caller's own


def test_training_steps_equal_dynamic_ones() -> None:
    dynamic, variables = parameters(), parameters()
    graph = static.Graph()
    with graph:
        x = graph.placeholder((6, 3), mg.float64)
        y = graph.placeholder((6,), mg.int64)
        loss = network(x, y, variables)
        gradients = graph.gradients(loss, variables)
        step = graph.assign(variables, [p - 0.1 * g for p, g in zip(variables, gradients, strict=True)])
    versions = [p._version for p in variables]
    with graph.session() as session:
        for seed in range(3):
            data, labels = batch(seed)
            expected = network(data, labels, dynamic)
            expected.backward()
            with mg.no_grad():
                for p in dynamic:
                    p -= 0.1 * p.grad
                    p.grad = None
            found, nothing = session.run([loss, step], {x: data, y: labels})
            assert nothing is None
            assert found.item() == pytest.approx(expected.item(), rel=1e-12)
    for p, q, version in zip(variables, dynamic, versions, strict=True):
        np.testing.assert_allclose(p.detach().numpy(), q.detach().numpy(), rtol=1e-12)
        assert p._version == version + 3


def test_a_run_computes_only_what_is_fetched() -> None:
    graph = static.Graph()
    with graph:
        x, y = graph.placeholder((2,)), graph.placeholder((2,))
        a, b = x.exp(), y.exp()
        w = mg.zeros(2)
        update = graph.assign(w, a + b)
    session = graph.session()
    assert session.run(b, {y: [0, 0]}).tolist() == [1, 1]  # x is not needed
    with pytest.raises(ValueError, match="needs a value for the placeholder"):
        session.run(a, {y: [0, 0]})
    assert w.tolist() == [0, 0]
    assert session.run(update, {x: [0, 0], y: [0, 0]}) is None
    assert w.tolist() == [2, 2]


def test_variables_are_read_anew_in_each_run() -> None:
    w = mg.tensor([1.0, 2.0])
    graph = static.Graph()
    with graph:
        total = (w * 2).sum()
    session = graph.session()
    assert session.run(total).item() == 6
    w.add_(1)
    assert session.run(total).item() == 10
    w.data = mg.ones(2)
    with pytest.raises(RuntimeError, match="has other memory now"):
        session.run(total)


def test_assigned_values_are_those_of_before() -> None:
    a, b = mg.tensor([1.0, 2.0]), mg.tensor([3.0, 4.0])
    square = mg.tensor([[1.0, 2.0], [3.0, 4.0]])
    graph = static.Graph()
    with graph:
        swap = graph.assign([a, b], [b * 1, a * 1])
        turn = graph.assign(square, (square * 1).t())
        twice = graph.assign([a, a], [a + 1, a + 2])
    session = graph.session()
    session.run(swap)
    assert (a.tolist(), b.tolist()) == ([3, 4], [1, 2])
    session.run(turn)
    assert square.tolist() == [[1, 3], [2, 4]]
    with pytest.raises(ValueError, match="assigned twice"):
        session.run(twice)


def test_a_fetched_value_is_not_overwritten_by_its_assignment() -> None:
    w = mg.tensor([1.0])
    graph = static.Graph()
    with graph:
        bigger = w + 1
        update = graph.assign(w, bigger)
        later = bigger * w  # reads w after bigger was computed
    session = graph.session()
    assert [t and t.tolist() for t in session.run([bigger, update, later])] == [[2], None, [2]]
    assert [t and t.tolist() for t in session.run([later, update])] == [[6], None]
    assert w.tolist() == [3]


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x[0] * x[:, 1].sum(),
        lambda x: mg.cat([x, x * 2]).t().reshape(-1),
        lambda x: x.softmax(1).log(),
        lambda x: x.max(1).values * x.argmax(1),
        lambda x: x.to(mg.float64) * 2 + 1,
        lambda x: (x > 0).sum() + x.sum(0, keepdim=True),
        lambda x: x.unbind(0)[1] + x.as_strided((3,), (1,), 1),
        lambda x: x.clone().mul_(2).add_(x),
        lambda x: x[[0, 1, 1]].exp(),
    ],
)
def test_any_op_and_its_gradient(function: Any) -> None:
    graph = static.Graph()
    with graph:
        x = graph.placeholder((2, 3))
        result = function(x)
        (slope,) = graph.gradients((result * result).sum(), [x])
    with graph.session() as session:
        for seed in range(2):
            values = np.random.default_rng(seed).standard_normal((2, 3)).astype(np.float32)
            plain = mg.tensor(values, requires_grad=True)
            expected = function(plain)
            (expected * expected).sum().backward()
            found, gradient = session.run([result, slope], {x: values})
            assert found.dtype is expected.dtype
            np.testing.assert_allclose(found.numpy(), expected.detach().numpy(), rtol=1e-6)
            np.testing.assert_allclose(gradient.numpy(), plain.grad.numpy(), rtol=1e-5, atol=1e-6)


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    "use",
    [
        bool, float, lambda t: t.item(), lambda t: t.tolist(), lambda t: t._array + 1, lambda t: np.sum(t.detach().numpy()),
        lambda t: list(t.detach().numpy()), lambda t: 1 if t > 0 else 0,
    ],
)  # fmt: skip
def test_no_value_gets_out_of_the_definition(use: Any) -> None:
    graph = static.Graph()
    with graph:
        total = graph.placeholder((2,)).sum()
        with pytest.raises(RuntimeError, match="has no value outside of a run"):
            use(total)
    with pytest.raises(RuntimeError, match="has no value outside of a run"):
        total + 1
    assert repr(total) == "tensor(<no value>, size=(), dtype=minigrad.float32)"


def test_writes_into_what_is_outside_have_to_be_assignments() -> None:
    w = mg.ones(2)
    graph = static.Graph()
    with graph, pytest.raises(RuntimeError, match=r"add_\(\) writes into a tensor from outside"):
        w.add_(graph.placeholder((2,)))
    assert w.tolist() == [1, 1]


def test_random_numbers_are_not_frozen_in_silence() -> None:
    graph = static.Graph()
    with pytest.raises(RuntimeError, match="random numbers were drawn"), graph:
        mg.rand(2)


def test_shapes_that_depend_on_values() -> None:
    graph = static.Graph()
    with graph:
        x = graph.placeholder((3,))
        chosen = x[x > 0]
    with graph.session() as session:
        assert session.run(chosen, {x: [1, 2, 3]}).tolist() == [1, 2, 3]
        with pytest.raises(RuntimeError, match="its shape depends on values"):
            session.run(chosen, {x: [1, -2, 3]})


def test_values_have_to_fit_their_placeholders() -> None:
    graph = static.Graph()
    with graph:
        x, k = graph.placeholder((2,)), graph.placeholder((2,), mg.int64)
        y = x * k
    session = graph.session()
    with pytest.raises(ValueError, match=r"of shape \[2\] got a value of shape \[3\]"):
        session.run(y, {x: [1, 2, 3], k: [1, 2]})
    with pytest.raises(ValueError, match=r"of minigrad.int64 got a value of minigrad.float64"):
        session.run(y, {x: [1, 2], k: [1.5, 2]})
    with pytest.raises(ValueError, match="only placeholders can be fed"):
        session.run(y, {x: [1, 2], k: [1, 2], mg.ones(1): 1})
    assert session.run(y, {x: [1, 2], k: [3, 4]}).tolist() == [3, 8]


def test_assignments_have_to_fit() -> None:
    w = mg.ones(2)
    graph = static.Graph()
    with graph:
        x = graph.placeholder((2,))
        for variable, value, message in [
            (x, x * 1, "made before the graph"),
            (w, w, "values that the graph computes"),
            (w, x.sum(), r"of shape \[2\] and minigrad.float32 cannot take a value of shape \[\]"),
        ]:
            with pytest.raises(ValueError, match=message):
                graph.assign(variable, value)


def test_define_then_run_then_gone() -> None:
    graph = static.Graph()
    with pytest.raises(RuntimeError, match=r"placeholder\(\) is part of the definition"):
        graph.placeholder((2,))
    with graph:
        x = graph.placeholder((1000,))
        y = x * 2
        with pytest.raises(RuntimeError, match="still being defined"):
            graph.session()
        with pytest.raises(RuntimeError, match="one at a time"), static.Graph():
            pass
    memory = weakref.ref(graph._tape)
    session = graph.session()
    session.run(y, {x: np.zeros(1000)})
    session.close()
    assert memory() is None
    with pytest.raises(RuntimeError, match="its session was closed"):
        session.run(y, {x: np.zeros(1000)})
    with pytest.raises(RuntimeError, match="its session was closed"):
        graph.session()


def test_backward_is_for_dynamic_graphs() -> None:
    w = mg.ones(2, requires_grad=True)
    graph = static.Graph()
    with graph, pytest.raises(RuntimeError, match=r"take graph\.gradients\(loss, tensors\)"):
        (w * graph.placeholder((2,))).sum().backward()
    assert w.grad is None

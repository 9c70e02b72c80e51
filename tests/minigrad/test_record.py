"""The recorders: what a node looks like, whichever of them made it. (test_ops.py runs every op both ways.)"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import minigrad as mg
from minigrad import Tensor
from minigrad.nn import Parameter
from minigrad.node import AccumulateGrad
from minigrad.record import mode


@pytest.fixture(params=["fast", "general"])
def recorder(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Runs a test twice: with the fast recorders, and with `run` alone, which a special context calls for."""
    if request.param == "general":
        monkeypatch.setattr(mode, "special", 1)
    return request.param


def leaf(*values: float) -> Tensor:
    return mg.tensor(values, dtype=mg.float32, requires_grad=True)


def saved(node: Any) -> dict[str, Any]:
    return {name: value for name, value, _ in node.saved_slots()}


@pytest.mark.usefixtures("recorder")
class TestWhatIsRecorded:
    def test_the_edges_lead_to_where_the_inputs_are(self) -> None:
        x, plain = leaf(1, 2), mg.ones(2)
        node = (x * plain).grad_fn
        (accumulate, zero), nothing = node.next_functions
        assert isinstance(accumulate, AccumulateGrad)
        assert accumulate.variable is x
        assert zero == 0
        assert nothing == (None, 0)
        y = x.exp()
        assert (y + y).grad_fn.next_functions == ((y.grad_fn, 0), (y.grad_fn, 0))
        assert y.grad_fn.next_functions[0][0] is accumulate  # one for a leaf, as long as a graph holds it

    @pytest.mark.parametrize(
        ("call", "slots"),
        [
            (lambda x, y, p: x * y, {"self", "other"}),
            (lambda x, y, p: x * p, {"other"}),
            (lambda x, y, p: p * x, {"self"}),
            (lambda x, y, p: x + y, set()),
            (lambda x, y, p: x * 3.0, {"other"}),
            (lambda x, y, p: x.exp(), {"result"}),
            (lambda x, y, p: x.sin(), {"self"}),
            (lambda x, y, p: x.neg(), set()),
            (lambda x, y, p: x.view(-1), set()),
        ],
    )
    def test_only_what_a_wanted_formula_asks_for_is_saved(
        self, call: Callable[..., Tensor], slots: set[str]
    ) -> None:
        assert set(saved(call(leaf(1, 2), leaf(3, 4), mg.ones(2)).grad_fn)) == slots

    def test_an_input_is_saved_as_itself_and_a_result_as_an_alias(self) -> None:
        x = leaf(1, 2)
        y = x.sin()
        assert saved(y.grad_fn)["self"] is x
        y = x.exp()
        kept = saved(y.grad_fn)["result"]
        assert kept is not y
        assert kept.untyped_storage() is y.untyped_storage()
        assert y.grad_fn._saved_result.grad_fn is y.grad_fn

    def test_versions_are_those_of_the_moment(self) -> None:
        x, w = leaf(1, 2), mg.ones(2)
        w.add_(1)
        w.add_(1)
        assert [version for *_, version in (x * w).grad_fn.saved_slots()] == [2]
        assert sorted(version for *_, version in (w.requires_grad_() * x).grad_fn.saved_slots()) == [0, 2]

    def test_sequence_numbers_grow(self) -> None:
        x = leaf(1, 2)
        numbers = [t.grad_fn._sequence_nr() for t in (x.exp(), x * x, x + 1, x.view(-1), x.sum())]
        assert numbers == sorted(set(numbers))

    @pytest.mark.parametrize(
        "call",
        [lambda x: x.exp(), lambda x: x * x, lambda x: x * 2.0, lambda x: x.sum(), lambda x: x.view(-1)],
    )
    def test_nothing_is_recorded_where_nobody_asks(self, call: Callable[[Tensor], Tensor]) -> None:
        outputs = [call(mg.ones(2))]
        with mg.no_grad():
            outputs.append(call(leaf(1, 2)).detach())
        for output in outputs:
            assert (output.grad_fn, output.requires_grad, output.is_leaf) == (None, False, True)

    def test_integers_carry_no_gradient(self) -> None:
        x = leaf(1, 2)
        assert (x > 1).grad_fn is None
        assert not x.argmax().requires_grad

    def test_shapes_that_do_not_fit_are_said_in_torchs_words(self) -> None:
        with pytest.raises(
            RuntimeError, match=r"The size of tensor a \(2\) must match the size of tensor b \(3\)"
        ):
            leaf(1, 2) * mg.ones(3)

    def test_dtypes_meet(self) -> None:
        x = leaf(1, 2)
        y = x * mg.ones(2, dtype=mg.float64)
        assert y.dtype is mg.float64
        assert (x * 2).dtype is (x * mg.ones((), dtype=mg.int64)).dtype is mg.float32
        assert (mg.ones(2, dtype=mg.int64) * 2.5).dtype is mg.float32
        assert (mg.ones(2, dtype=mg.int64) / 2).dtype is mg.float32
        y.sum().backward()
        assert x.grad.dtype is mg.float32

    def test_a_parameter_is_a_tensor_like_any(self) -> None:
        p = Parameter(mg.ones(2))
        for y in (p.exp(), p * p, p * 2.0, p.sum(), 1 - p):
            assert type(y) is Tensor
            assert y.requires_grad
        assert saved((p * p).grad_fn)["self"] is p

    def test_a_view_is_brought_up_to_date_first(self) -> None:
        base = leaf(1, 2) * 1
        view = base.view(-1)
        base.mul_(2)
        assert (view * 3).grad_fn.next_functions[0][0].name() == "AsStridedBackward0"
        assert view.exp().grad_fn.next_functions[0][0].name() == "AsStridedBackward0"
        assert view.view(2, 1).grad_fn.next_functions[0][0].name() == "AsStridedBackward0"

    def test_zero_dimensions_stay_arrays(self) -> None:
        x = mg.tensor(2.0, requires_grad=True)
        for y in (x.exp(), x * x, x * 2.0, x.sum(), -x, x.view(())):
            assert isinstance(y._array, np.ndarray)
            assert y.shape == ()

    def test_an_observer_is_told_by_each_of_them(self) -> None:
        told: list[Any] = []

        class Told(mg.Observer):
            def op(self, name: str, inputs: Any, outputs: Any, node: Any, before: Any) -> None:
                told.append((name, len(inputs), node is outputs[0].grad_fn, before))

        x, plain = leaf(1, 2), mg.ones(2)
        end = mg.watch(Told())
        try:
            x.exp(), x * x, x * 2.0, x.view(-1), plain + 1
        finally:
            end()
        assert told == [("exp", 1, True, None), *[("mul", 2, True, None)] * 2, ("view", 2, True, None),
                        ("add", 2, True, None)]  # fmt: skip

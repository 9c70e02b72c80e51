"""Modes: who records, per thread, as context, decorator and function call."""

from __future__ import annotations

import copy
import threading
from typing import Any

import pytest

import minigrad as mg
from minigrad.record import mode  # minigrad.mode is the op


def records() -> bool:
    x = mg.ones(2, requires_grad=True)
    return (x * 2).grad_fn is not None


@pytest.mark.parametrize(
    ("context", "recorded"),
    [
        (mg.no_grad, False),
        (mg.enable_grad, True),
        (lambda: mg.set_grad_enabled(False), False),
        (lambda: mg.set_grad_enabled(True), True),
        (mg.inference_mode, False),
        (lambda: mg.inference_mode(False), True),
    ],
)
@pytest.mark.parametrize("around", [True, False])
def test_a_mode_holds_inside_and_ends(context: Any, recorded: bool, around: bool) -> None:
    with mg.set_grad_enabled(around):
        with context():
            assert records() is recorded
            assert mg.is_grad_enabled() is recorded
        assert records() is around
        with pytest.raises(KeyError), context():
            raise KeyError
        assert mg.is_grad_enabled() is around


def test_set_grad_enabled_holds_at_once() -> None:
    try:
        mg.set_grad_enabled(False)
        assert not records()
    finally:
        mg.set_grad_enabled(True)
    assert records()


@pytest.mark.parametrize(
    "decorator",
    [lambda: mg.no_grad, lambda: mg.no_grad(), lambda: mg.set_grad_enabled(False), lambda: mg.inference_mode],
)
def test_modes_decorate(decorator: Any) -> None:
    @decorator()
    def inside(value: int) -> tuple[bool, int]:
        """Its own doc."""
        return records(), value

    assert mg.is_grad_enabled()
    assert inside(3) == (False, 3)
    assert inside.__name__ == "inside"
    assert inside.__doc__ == "Its own doc."
    assert records()


def test_a_decorated_generator_has_the_mode_only_while_it_runs() -> None:
    @mg.no_grad()
    def numbers() -> Any:
        sent = yield records()
        yield records(), sent
        return "end"

    generator = numbers()
    assert next(generator) is False
    assert records()
    assert generator.send("hello") == (False, "hello")
    with pytest.raises(StopIteration) as stop:
        next(generator)
    assert stop.value.value == "end"


def test_what_is_thrown_into_a_decorated_generator_arrives_under_the_mode() -> None:
    told: list[Any] = []

    @mg.no_grad()
    def numbers() -> Any:
        try:
            yield 1
        except ValueError as error:
            told.append((str(error), records()))
            yield 2
        finally:
            told.append(records())

    generator = numbers()
    next(generator)
    assert generator.throw(ValueError("stop")) == 2
    with pytest.raises(StopIteration):
        next(generator)
    assert told == [("stop", False), False]
    generator = numbers()
    next(generator)
    generator.close()
    assert told[2:] == [False]
    assert records()


def test_decorating_a_class_is_deprecated() -> None:
    with pytest.warns(FutureWarning, match=r"^Decorating classes is deprecated"):

        @mg.no_grad()
        class Thing:
            def __init__(self) -> None:
                self.records = records()

    assert Thing().records is False


def test_a_mode_is_a_bool() -> None:
    with pytest.raises(TypeError, match=r"argument 'enabled' \(position 1\) must be bool, not int"):
        mg.set_grad_enabled(1)
    assert mg.is_grad_enabled()


def test_the_modes_have_their_module() -> None:
    modes = mg.autograd.grad_mode
    assert modes.no_grad is mg.no_grad
    with modes.set_multithreading_enabled(False):
        assert records()


def test_each_thread_has_its_own_mode() -> None:
    found = []
    with mg.no_grad():
        thread = threading.Thread(target=lambda: found.append(records()))
        thread.start()
        thread.join()
        assert not records()
    assert found == [True]


# ------------------------------------------------------------------ inference mode


def test_what_inference_mode_makes_cannot_enter_a_graph() -> None:
    x = mg.ones(2, requires_grad=True)
    with mg.inference_mode():
        made = [mg.ones(2), x * 2, mg.ones(2) + 1, x.clone()]
    for t in made:
        assert t.is_inference()
        with pytest.raises(RuntimeError, match="Inference tensors cannot be saved for backward"):
            x * t
        assert (x + t).grad_fn is not None  # nothing is saved
        assert not (t * 2).is_inference()


def test_inference_tensors_have_no_version() -> None:
    with mg.inference_mode():
        t = mg.ones(2)
        t.add_(1)
        with pytest.raises(RuntimeError, match="Inference tensors do not track version counter"):
            print(t._version)
    with pytest.raises(RuntimeError, match="Inplace update to inference tensor outside"):
        t.add_(1)
    assert t.tolist() == [3, 3]  # the count comes after the write
    with pytest.raises(RuntimeError, match="Setting requires_grad=True on inference tensor outside"):
        t.requires_grad_()


def test_data_and_writes_by_index_in_inference_mode() -> None:
    with mg.inference_mode():
        x = mg.zeros(2)
        x[0] = 5
    assert x.tolist() == [5, 0]
    assert x.data.is_inference()
    with pytest.raises(RuntimeError, match=r"^Inplace update to inference tensor outside InferenceMode"):
        x[0] = 6


def test_enable_grad_records_nothing_in_inference_mode() -> None:
    x = mg.ones(2, requires_grad=True)
    with mg.inference_mode(), mg.enable_grad():
        assert (x * 2).grad_fn is None
        assert x.view(-1).grad_fn is None


def test_a_view_is_of_inference_mode_where_its_base_is() -> None:
    normal = mg.ones(2, requires_grad=True) * 1
    with mg.inference_mode():
        inference = mg.ones(2)
        view = normal.view(-1)
        view.mul_(2)  # writes there are free, and counted
    assert not view.is_inference()
    assert view.requires_grad
    assert normal._version == 1
    outside = inference.view(-1)
    assert outside.is_inference()
    assert not outside._is_view()
    with pytest.raises(
        RuntimeError, match="A view was created in inference mode and is being modified inplace"
    ):
        view.mul_(2)


def test_grad_mode_and_inference_mode_are_two_things() -> None:
    x = mg.ones(2, requires_grad=True)
    with mg.inference_mode(), mg.enable_grad():
        assert mg.is_grad_enabled()
        assert not (x * 2).requires_grad
        with mg.inference_mode(False):
            assert (x * 2).requires_grad
    with mg.inference_mode():
        assert not mg.is_grad_enabled()


def test_gradients_of_inference_mode_are_of_inference_mode() -> None:
    x = mg.ones(2, requires_grad=True)
    y, z = x * 2, x * 3
    with mg.inference_mode():
        y.backward(mg.ones(2))
    assert x.grad.is_inference()
    with pytest.raises(RuntimeError, match="Inplace update to inference tensor outside"):
        z.sum().backward()


def test_detached_outside_of_inference_mode_writes_are_counted_again() -> None:
    with mg.inference_mode():
        t = mg.ones(2)
        with pytest.raises(RuntimeError, match="do not track version counter"):
            t.detach()._version  # noqa: B018
    for outside in (t.detach(), t.data, mg.autograd.Variable(t), mg.nn.Parameter(t, requires_grad=False)):
        assert (outside.is_inference(), outside._version) == (True, 0)
        outside.add_(1)
        assert outside._version == 1


def test_detach_in_place_does_nothing_in_inference_mode() -> None:
    x = mg.ones(2, requires_grad=True)
    y = x * 2
    with mg.inference_mode():
        x.detach_()
        y.detach_()
    assert (x.requires_grad, y.is_leaf) == (True, False)


@pytest.mark.parametrize(
    ("compute", "recorded"),  # as torch has it
    [
        (lambda e, f: e.sum(), False),
        (lambda e, f: e * f, False),
        (lambda e, f: mg.addcmul(e, f, f), False),
        (lambda e, f: e**2, False),
        (lambda e, f: mg.cat([e, f]), False),
        (lambda e, f: e.view(1, 2), False),
        (lambda e, f: mg.nn.functional.mse_loss(e, f), False),
        (lambda e, f: e * 2, True),
        (lambda e, f: 2 / e, False),
        (lambda e, f: e // 2, True),
        (lambda e, f: e[[0]], True),
        (lambda e, f: e + mg.ones(2), True),
        (lambda e, f: mg.cat([e, mg.ones(1)]), True),
        (lambda e, f: e.clone(), True),
    ],
)
def test_what_has_tensors_of_inference_mode_alone_is_not_recorded(compute: Any, recorded: bool) -> None:
    with mg.inference_mode():
        made = mg.ones(2, requires_grad=True), mg.ones(2).requires_grad_()
        parameter = mg.nn.Parameter(mg.ones(2))
        copied = copy.deepcopy(parameter), copy.copy(made[0])
    filled = mg.ones(2, requires_grad=True)
    filled.data = parameter
    for e in (*made, parameter, *copied, filled):
        assert compute(e, made[1]).requires_grad is recorded


def test_an_ordinary_tensor_is_recorded_beside_one_of_inference_mode_that_requires_grad() -> None:
    before = mode.special
    with mg.inference_mode():
        e = mg.ones(2, requires_grad=True)
    x = mg.ones(2, requires_grad=True)
    (x * 2 + e).sum().backward()
    assert (x.grad.tolist(), e.grad.tolist()) == ([2, 2], [1, 1])
    with pytest.raises(RuntimeError, match="Inplace update to inference tensor outside"):
        e.sin_()
    del e
    assert mode.special == before  # the short ways are open again

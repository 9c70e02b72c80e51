"""checkpoint computes again what it did not keep, and the gradients are the same."""

from __future__ import annotations

import weakref
from typing import Any

import pytest

import minigrad as mg
from minigrad import Tensor
from minigrad.autograd import Function, grad
from minigrad.utils.checkpoint import (
    CheckpointError,
    checkpoint,
    checkpoint_sequential,
    set_checkpoint_early_stop,
)

W = mg.tensor([1.0, 2.0, 3.0], dtype=mg.float64, requires_grad=True)


def leaf() -> Tensor:
    return mg.tensor([0.5, 0.25, 0.125], dtype=mg.float64, requires_grad=True)


class Block:
    """A part of a model that counts its runs."""

    def __init__(self) -> None:
        self.modes: list[bool] = []

    def __call__(self, x: Tensor, factor: float = 2.0) -> Tensor:
        self.modes.append(mg.is_grad_enabled())
        h = (x * W).tanh()
        return (h * h).exp() * factor


@pytest.mark.parametrize(("use_reentrant", "modes"), [(False, [True, True]), (True, [False, True])])
def test_gradients_are_the_same(use_reentrant: bool, modes: list[bool]) -> None:
    x, plain, block = leaf(), leaf(), Block()
    y = checkpoint(block, x, use_reentrant=use_reentrant)
    z = block(plain)
    assert y.tolist() == z.tolist()
    W.grad = None
    z.sum().backward()
    expected, W.grad = W.grad, None
    y.sum().backward()
    assert x.grad.tolist() == plain.grad.tolist()
    assert W.grad.tolist() == expected.tolist()
    assert block.modes == [modes[0], True, modes[1]]


def test_what_the_function_saved_is_gone_in_between() -> None:
    kept = []

    def function(x: Tensor) -> Tensor:
        h = x.exp()
        kept.append(weakref.ref(h))
        return (h * h).sum()

    y = checkpoint(function, leaf(), use_reentrant=False)
    assert kept[0]() is None
    y.backward()


def test_second_derivatives_and_grad_of_some_inputs() -> None:
    x, block = leaf(), Block()

    def second(y: Tensor) -> Any:
        (g,) = grad(y.sum(), x, create_graph=True)
        return grad(g.sum(), x)[0].tolist()

    assert second(checkpoint(block, x, use_reentrant=False)) == pytest.approx(second(block(x)))


def test_each_backward_computes_again() -> None:
    x, block = leaf(), Block()
    y = checkpoint(block, x, use_reentrant=False).sum()
    y.backward(retain_graph=True)
    y.backward()
    assert len(block.modes) == 3
    with pytest.raises(RuntimeError, match="a second time"):
        y.backward()


def test_checkpoints_within_checkpoints_keywords_and_several_outputs() -> None:
    x, block = leaf(), Block()

    def outer(x: Tensor) -> Any:
        return checkpoint(block, x, use_reentrant=False, factor=3.0), x * 2, "text"

    a, b, text = checkpoint(outer, x, use_reentrant=False)
    (a.sum() + b.sum()).backward()
    plain = leaf()
    (block(plain, 3.0).sum() + (plain * 2).sum()).backward()
    assert text == "text"
    assert x.grad.tolist() == pytest.approx(plain.grad.tolist())


def test_random_numbers_are_drawn_again() -> None:
    def noisy(x: Tensor) -> Tensor:
        return (x * mg.tensor(mg.rand(3).numpy().astype("float64"))).exp()

    mg.manual_seed(1)
    x = leaf()
    y = checkpoint(noisy, x, use_reentrant=False)
    after = mg.rand(1).item()
    y.sum().backward()
    mg.manual_seed(1)
    plain = leaf()
    noisy(plain).sum().backward()
    assert x.grad.tolist() == plain.grad.tolist()
    assert mg.rand(1).item() == after


def test_an_input_that_was_written_is_noticed() -> None:
    h = leaf() * 1
    y = checkpoint(lambda x: x.exp(), h, use_reentrant=False)
    h.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def changing(first: Any, then: Any) -> Any:
    functions = [first, then]
    return lambda x: functions.pop(0)(x)


@pytest.mark.parametrize(
    ("function", "arguments", "message"),
    [
        (
            changing(mg.exp, lambda x: (x * x).exp()),
            {"early_stop": False},
            "trying to save more tensors during",
        ),
        (changing(lambda x: (x * x).exp(), mg.exp), {}, "A different number of tensors was saved during the"),
        (
            changing(mg.exp, lambda x: x[:2].exp()),
            {},
            "Recomputed values for the following tensors have different",
        ),
    ],
)
def test_a_function_that_does_not_repeat(function: Any, arguments: Any, message: str) -> None:
    y = checkpoint(function, leaf(), use_reentrant=False, **arguments)
    with pytest.raises(CheckpointError, match=message):
        y.sum().backward()


@pytest.mark.parametrize("segments", [1, 2, 3])
def test_a_sequence_is_checkpointed_in_segments_but_for_the_last(segments: int) -> None:
    blocks = [Block(), Block(), Block()]
    x = leaf()
    checkpoint_sequential(blocks, segments, x, use_reentrant=False).sum().backward()
    y = leaf()
    blocks[2](blocks[1](blocks[0](y))).sum().backward()
    assert x.grad.tolist() == y.grad.tolist()
    runs = [len(block.modes) - 1 for block in blocks]
    assert runs == {1: [1, 1, 1], 2: [2, 1, 1], 3: [2, 2, 1]}[segments]


def test_a_sequence_takes_no_other_arguments() -> None:
    with pytest.raises(ValueError, match=r"^Unexpected keyword arguments: nothing$"):
        checkpoint_sequential([mg.exp], 1, leaf(), use_reentrant=False, nothing=1)
    with pytest.warns(
        UserWarning, match=r"^minigrad.utils.checkpoint.checkpoint_sequential: the use_reentrant"
    ):
        checkpoint_sequential([mg.exp], 1, leaf())


def test_the_second_run_may_be_made_to_the_end() -> None:
    ends: list[int] = []

    def function(x: Tensor) -> Tensor:
        y = x.exp() * 1
        ends.append(1)
        return y

    for early, count in ((True, 1), (False, 2)):
        ends.clear()
        with set_checkpoint_early_stop(early):
            y = checkpoint(function, leaf(), use_reentrant=False)
        y.sum().backward()
        assert len(ends) == count


def test_a_tensor_can_be_unpacked_once_a_backward() -> None:
    class Twice(Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            ctx.save_for_backward(x)
            return x * 1

        @staticmethod
        def backward(ctx: Any, g: Tensor) -> Tensor:
            _ = ctx.saved_tensors
            _ = ctx.saved_tensors
            return g

    with pytest.raises(CheckpointError, match="already unpacked once"):
        checkpoint(Twice.apply, leaf(), use_reentrant=False).sum().backward()
    y = checkpoint(mg.exp, leaf(), use_reentrant=False)
    assert y.grad_fn._saved_result.tolist() == y.grad_fn._saved_result.tolist() == y.tolist()


def test_nothing_is_done_without_recording() -> None:
    block = Block()
    with mg.no_grad():
        assert not checkpoint(block, leaf(), use_reentrant=False).requires_grad
    assert block.modes == [False]


def test_what_the_reentrant_kind_cannot() -> None:
    x = leaf()
    with pytest.raises(RuntimeError, match=r"incompatible with \.grad\(\)"):
        grad(checkpoint(mg.exp, x, use_reentrant=True).sum(), x)
    with pytest.raises(ValueError, match=r"^Unexpected keyword arguments: factor"):
        checkpoint(Block(), x, use_reentrant=True, factor=1)
    with pytest.warns(UserWarning, match="None of the inputs have requires_grad=True"):
        checkpoint(mg.exp, x.detach(), use_reentrant=True)
    with pytest.raises(RuntimeError, match="none of output has requires_grad=True"):
        checkpoint(lambda x: x.detach(), x, use_reentrant=True).sum().backward()
    with pytest.warns(UserWarning, match="the use_reentrant parameter should be passed explicitly"):
        assert checkpoint(mg.exp, x).grad_fn.name() == "CheckpointFunctionBackward"


def test_arguments_that_are_not_supported_are_named() -> None:
    with pytest.raises(NotImplementedError, match="debug"):
        checkpoint(mg.exp, leaf(), use_reentrant=False, debug=True)
    with pytest.raises(ValueError, match="determinism_check should be one of"):
        checkpoint(mg.exp, leaf(), use_reentrant=False, determinism_check="some")

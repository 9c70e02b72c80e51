"""In-place writes: what they may touch, what they do to the graph, to versions and to retained gradients."""

from __future__ import annotations

from typing import Any

import pytest

import minigrad as mg
from minigrad import Tensor
from minigrad.autograd import grad


def leaf(*values: float) -> Tensor:
    return mg.tensor(values, dtype=mg.float32, requires_grad=True)


def test_a_write_moves_the_tensor_and_counts() -> None:
    x = leaf(1, 2)
    y = x * 1
    before = y.grad_fn
    assert y.mul_(3) is y
    assert y._version == 1
    assert y.grad_fn.name() == "MulBackward0"
    assert y.grad_fn.next_functions[0] == (before, 0)
    y.sum().backward()
    assert x.grad.tolist() == [3, 3]


def test_a_write_into_a_plain_tensor_makes_it_part_of_the_graph() -> None:
    x, plain = leaf(1, 2), mg.ones(2)
    plain.add_(x)
    assert plain.requires_grad
    assert not plain.is_leaf
    assert plain.grad_fn.next_functions[0] == (None, 0)


def test_the_value_that_was_overwritten_is_kept_where_the_formula_needs_it() -> None:
    x = leaf(3)
    y = x * 1
    y.pow_(2)
    y.backward(mg.ones(1))
    assert x.grad.tolist() == [6]


def test_the_overwritten_value_can_be_differentiated_again() -> None:
    x = leaf(2)
    y = x * x
    y.pow_(2)  # x^4
    (first,) = grad(y.sum(), x, create_graph=True)
    (second,) = grad(first.sum(), x)
    assert (first.item(), second.item()) == (32, 48)


@pytest.mark.parametrize(
    ("write", "words"),
    [
        (lambda x: x.add_(1), "a leaf Variable that requires grad is being used in an in-place operation"),
        (
            lambda x: x.view(-1).add_(1),
            "a view of a leaf Variable that requires grad is being used in an in-pl",
        ),
        (
            lambda x: x.__setitem__(0, 1),
            "a view of a leaf Variable that requires grad is being used in an in-pl",
        ),
        (lambda x: x.zero_(), "a leaf Variable that requires grad is being used in an in-place operation"),
    ],
)
def test_a_leaf_is_not_written_while_recording(write: Any, words: str) -> None:
    x = leaf(1, 2)
    with pytest.raises(RuntimeError, match=words) as caught:
        write(x)
    assert caught.value.facts.kind in ("leaf", "view of leaf")
    assert (x.tolist(), x._version) == ([1, 2], 0)
    with mg.no_grad():
        write(x)
    assert x._version == 1
    assert x.is_leaf


def test_backward_notices_a_write_into_what_was_saved() -> None:
    x = leaf(1, 2)
    y = x.exp()
    z = y * y
    y.add_(1)
    with pytest.raises(
        RuntimeError, match=r"modified by an inplace operation: .* is at version 1; expected"
    ) as e:
        z.sum().backward()
    facts = e.value.facts
    assert (facts.saved_version, facts.now_version) == (0, 1)
    assert facts.slot in ("self", "other")
    assert facts.node is z.grad_fn


def test_a_write_through_an_alias_is_noticed_and_one_through_data_is_not() -> None:
    x = leaf(1, 2)
    z = x * x
    x.data.mul_(10)
    (wrong,) = grad(z.sum(), x, retain_graph=True)
    assert wrong.tolist() == [20, 40]  # silently: that is what .data does
    x.detach().mul_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        z.sum().backward()


def test_a_write_into_what_nobody_saved_is_fine() -> None:
    x = leaf(1, 2)
    y = x * 1
    z = y + 1
    y.zero_()
    z.sum().backward()
    assert x.grad.tolist() == [1, 1]


def test_retain_grad_follows_the_tensor_and_a_hook_stays() -> None:
    x = leaf(1, 2)
    y = x * 2
    y.retain_grad()
    seen: list[Any] = []
    y.register_hook(lambda g: seen.append(g.tolist()))
    y.mul_(5)
    y.sum().backward()
    assert y.grad.tolist() == [1, 1]
    assert seen == [[5, 5]]


# ------------------------------------------------------------------ shapes, dtypes, memory


@pytest.mark.parametrize(
    ("write", "words"),
    [
        (
            lambda: mg.ones(2).add_(mg.ones(3, 2)),
            r"output with shape \[2\] doesn't match the broadcast shape \[3, 2\]",
        ),
        (
            lambda: mg.ones(2, dtype=mg.int64).add_(1.5),
            "result type Float can't be cast to the desired output type",
        ),
        (
            lambda: mg.ones(1).expand(3).add_(1),
            "more than one element of the written-to tensor refers to a single",
        ),
    ],
)
def test_a_write_that_does_not_fit(write: Any, words: str) -> None:
    with pytest.raises(RuntimeError, match=words):
        write()


@pytest.mark.parametrize(
    ("write", "refused"),
    [
        (lambda a, m: a[1:].copy_(a[:-1]), True),
        (lambda a, m: a[1:].add_(a[:-1]), True),
        (lambda a, m: m.add_(m.t()), True),
        (lambda a, m: m.sub_(m[0]), True),
        (lambda a, m: m.add_(m[0, 0]), True),
        (lambda a, m: a.add_(a), False),
        (lambda a, m: a[:3].add_(a[3:]), False),
        (lambda a, m: a[::2].add_(a[1::2]), False),
        (lambda a, m: m.mul_(m.detach()), False),
        (lambda a, m: a[1:].copy_(a[:-1].clone()), False),
    ],
)
def test_an_operand_must_not_lie_across_what_is_written(write: Any, refused: bool) -> None:
    a, m = mg.arange(6.0), mg.arange(4.0).view(2, 2)
    if not refused:
        write(a, m)
        return
    with pytest.raises(
        RuntimeError, match="some elements of the input tensor and the written-to tensor refer"
    ):
        write(a, m)
    assert a.tolist() == [0, 1, 2, 3, 4, 5]
    assert m.tolist() == [[0, 1], [2, 3]]


def test_a_place_may_be_filled_several_times() -> None:
    x = mg.ones(1)
    x.expand(3).fill_(5)
    assert x.tolist() == [5]
    assert x.expand(3).zero_().tolist() == [0, 0, 0]


def test_the_short_way_of_an_update_writes_and_counts_as_the_long_one() -> None:
    weight, step = leaf(1, 2), mg.tensor([0.5, 0.25])
    with mg.no_grad():
        weight -= step
        weight.mul_(2.0)
    assert weight.tolist() == [1, 3.5]
    assert weight._version == 2
    assert weight.is_leaf


def test_memory_that_overlaps_without_a_view_is_refused_too() -> None:
    x = mg.arange(4.0)
    first, second = x[:3].detach(), x[1:].detach()
    for write in (first.add_, first.mul_, first.__iadd__, first.__imul__):
        with pytest.raises(RuntimeError, match="refer to a single memory location"):
            write(second)
    assert x.tolist() == [0, 1, 2, 3]


def test_a_tensor_is_copied_onto_itself_even_where_it_is_expanded() -> None:
    x = mg.arange(3.0).expand(2, 3)
    x.copy_(x)
    x[:, None].copy_(x[:, None])
    assert (x[1].tolist(), x._version) == ([0, 1, 2], 2)


@pytest.mark.parametrize(
    ("write", "name"),
    [
        (lambda x: x.__setitem__([0], 5), "index_put_"),
        (lambda x: x.masked_fill_(mg.tensor([[True], [False]]), 5), "masked_fill_"),
        (lambda x: x.index_fill_(0, mg.tensor([0]), 5), "index_fill_"),
    ],
)
def test_some_writes_reach_all_that_share_a_place_and_warn(write: Any, name: str) -> None:
    x = mg.arange(3.0).expand(2, 3)
    with pytest.warns(UserWarning, match=f"Use of {name} on expanded tensors is deprecated"):
        write(x)
    assert x.tolist() == [[5, 5, 5], [5, 5, 5]]


def test_an_overwritten_value_that_is_kept_is_a_clone() -> None:
    x = leaf(1, 2)
    y = x * 1
    y.sin_()
    (g,) = grad(y.sum(), x, create_graph=True)
    cosine = g.grad_fn.next_functions[0][0].next_functions[1][0]
    assert cosine.name() == "CosBackward0"
    assert cosine.next_functions[0][0].name() == "CloneBackward0"


def test_the_gradient_of_a_rewritten_part_has_been_written() -> None:
    y = leaf(1, 2) * 1
    base = y
    y[0].mul_(2)
    seen: list[int] = []
    base.grad_fn.register_hook(lambda inputs, outputs: seen.append(inputs[0]._version))
    y.sum().backward()
    assert seen == [2]  # the gradient of the whole, and that of the part


def test_a_value_that_lies_in_what_is_written_by_position_is_refused() -> None:
    for x in (mg.ones(1), mg.ones(()), mg.ones(0)):
        with pytest.raises(RuntimeError, match="some elements of the input tensor and the written-to"):
            x.scatter_add_(0, mg.zeros_like(x, dtype=mg.int64), x)
    x = mg.ones(1)
    with pytest.raises(RuntimeError, match="some elements of the input tensor and the written-to"):
        x[[0]] = x
    x.fill_(x[0])


@pytest.mark.parametrize(
    ("write", "found"),  # as torch has it
    [
        (lambda v, o: v.sub_(2), [-1, -2, -1, 0, 1, 4]),
        (lambda v, o: v.mul_(o), [2, 24, 90, 224, 450, 66]),
        (lambda v, o: v.pow_(2), [1, 16, 81, 256, 625, 36]),
        (lambda v, o: v.neg_(), [-1, 2, 3, 4, 5, -6]),
        (lambda v, o: v.addcmul_(o, o), [5, 27, 64, 117, 186, 127]),
        (lambda v, o: v.add_(v), [2, 8, 12, 16, 20, 12]),
        (lambda v, o: v.logical_not_(), [0, 1, 1, 1, 1, 0]),
        (lambda v, o: v.copy_(o), [2, 4, 6, 8, 10, 11]),
        (lambda v, o: v.copy_(o - 2), [0, 2, 4, 6, 8, 9]),
        (lambda v, o: v.index_fill_(0, mg.tensor([0]), 7), [7, 7, 3, 4, 5, 6]),
        (lambda v, o: v.tril_(), [1, 0, 3, 4, 5, 6]),
        (lambda v, o: v.put_(mg.tensor([0, 1]), o[0]), [2, 3, 3, 4, 5, 6]),
    ],
)
def test_windows_that_share_memory_are_written_one_after_the_other(write: Any, found: list[float]) -> None:
    x = mg.arange(1.0, 7)
    write(x.unfold(0, 2, 1), mg.arange(2.0, 12).view(5, 2))
    assert x.tolist() == found


def test_windows_are_written_in_the_order_of_their_strides() -> None:
    x, y = mg.arange(12.0), mg.arange(18.0).view(3, 3, 2)
    x.as_strided((3, 3, 2), (2, 1, 3)).fmod_(y + 1.5).pow_(2).sub_(y).mul_(0.5)
    assert x[:8].tolist() == [0, -0.5, 1.5, -2.234375, 8188.875, 48824.875, 317.75, 594.25]


@pytest.mark.parametrize(
    "write", [lambda v: v.cumsum_(0), lambda v: v.put_(mg.tensor([0]), mg.ones(1), accumulate=True)]
)
def test_what_adds_to_windows_that_share_memory_is_refused(write: Any) -> None:
    with pytest.raises(NotImplementedError, match=r"_\(\): self with windows that share memory"):
        write(mg.ones(4).unfold(0, 2, 1))

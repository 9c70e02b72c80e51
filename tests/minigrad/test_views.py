"""Views: bases, versions, how a view follows its base, and which views may be written."""

from __future__ import annotations

from typing import Any

import pytest

import minigrad as mg
from minigrad import Tensor


def base() -> Tensor:
    """A non-leaf of six numbers: its views may be written."""
    return mg.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True) * 1


VIEWS = {
    "view": lambda x: x.view(3, 2),
    "view of a view": lambda x: x.t()[1].view(-1),
    "transpose": lambda x: x.transpose(0, 1),
    "permute": lambda x: x.permute(1, 0),
    "select": lambda x: x[1],
    "slice": lambda x: x[:, ::2],
    "narrow": lambda x: x.narrow(1, 0, 2),
    "unsqueeze": lambda x: x.unsqueeze(0),
    "expand": lambda x: x.expand(2, 2, 3),
    "unbind": lambda x: x.unbind(1)[2],
    "as_strided": lambda x: x.as_strided((2,), (2,), 1),
    "alias": lambda x: x[...],
}


@pytest.mark.parametrize("make", VIEWS.values(), ids=VIEWS)
def test_a_view_shares_memory_version_and_base(make: Any) -> None:
    x = base()
    v = make(x)
    assert v._is_view()
    assert v._base is x
    assert v.untyped_storage() is x.untyped_storage()
    with mg.no_grad():
        x.add_(10)
        assert v._version == x._version == 1
        assert v.min().item() > 10


@pytest.mark.parametrize("name", [n for n in VIEWS if n not in ("expand", "unbind")])
def test_a_write_into_a_view_reaches_the_gradient_of_the_base(name: str) -> None:
    """d/dx of sum(w * base), where base was doubled under the view: 2w there, w elsewhere."""
    x = base()
    leaf = x.grad_fn.next_functions[0][0].variable
    w = mg.arange(1.0, 7.0).view(2, 3)
    where = mg.zeros(2, 3)
    VIEWS[name](where).fill_(1)
    view = VIEWS[name](x)
    view.mul_(2)
    assert x.grad_fn.name().endswith("CopySlices")
    (x * w).sum().backward()
    assert leaf.grad.tolist() == (w * (1 + where)).tolist()


def test_a_view_follows_a_write_into_the_base() -> None:
    x = base()
    v = x[0]
    x.mul_(3)
    assert v.grad_fn.name() == "AsStridedBackward0"
    (found,) = mg.autograd.grad(v.sum(), x)
    assert found.tolist() == [[1, 1, 1], [0, 0, 0]]


def test_a_view_follows_a_write_into_another_view() -> None:
    x = base()
    leaf = x.grad_fn.next_functions[0][0].variable
    row, column = x[0], x[:, 0]
    row.mul_(5)
    column.sum().backward()
    assert leaf.grad.tolist() == [[5, 0, 0], [1, 0, 0]]


def test_several_writes_through_overlapping_views() -> None:
    x = base()
    leaf = x.grad_fn.next_functions[0][0].variable
    x[0].mul_(2)
    x[:, 1:].mul_(3)
    x.view(-1)[1:3].mul_(5)
    x.sum().backward()
    assert leaf.grad.tolist() == [[2, 30, 30], [1, 3, 3]]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (
            lambda x: x.unbind(0)[0],
            "Output 0 of Unbind is a view and is being modified inplace. This view is",
        ),
        (lambda x: x.unbind(0)[0].view(-1), "Output 0 of View is a view and is being modified inplace"),
    ],
)
def test_a_view_of_several_is_not_written(make: Any, words: str) -> None:
    with pytest.raises(RuntimeError, match=words):
        make(base()).add_(1)


def test_a_view_of_several_may_not_follow() -> None:
    x = base()
    v = x.unbind(0)[0]
    x.add_(1)
    with mg.no_grad():
        v * 2  # nothing is recorded, so nobody asks where it stands
    with pytest.raises(RuntimeError, match="its base or another view of its base has been modified inplace"):
        print(v.grad_fn)
    with pytest.raises(RuntimeError, match="its base or another view of its base has been modified inplace"):
        v * 2


def test_a_view_of_a_leaf_is_not_written() -> None:
    leaf = mg.ones(2, 2, requires_grad=True)
    with pytest.raises(
        RuntimeError, match="a view of a leaf Variable that requires grad is being used in an in"
    ):
        leaf[0].mul_(2)
    with mg.no_grad():
        leaf[0].mul_(2)
    assert leaf.tolist() == [[2, 2], [1, 1]]


def test_a_view_made_without_grad_says_that_it_requires_grad_and_leads_nowhere() -> None:
    x = mg.ones(2, requires_grad=True)
    with mg.no_grad():
        v = x.view(2, 1)
    assert v.requires_grad
    assert v.is_leaf
    y = v * 2
    assert y.grad_fn.next_functions == ((None, 0), (None, 0))
    y.sum().backward()
    assert x.grad is None
    with pytest.raises(
        RuntimeError, match="A view was created in no_grad mode and is being modified inplace"
    ):
        v.mul_(2)


def test_a_view_made_before_its_base_required_grad() -> None:
    x = mg.ones(2)
    v = x.view(-1)
    x.requires_grad_()
    assert v.requires_grad
    assert (v * 2).grad_fn.next_functions[0] == (None, 0)


def test_a_view_outlives_the_name_of_its_base() -> None:
    v = mg.arange(6.0)[1:3]
    assert v._base.tolist() == [0, 1, 2, 3, 4, 5]
    v.add_(1)
    assert v._base.tolist() == [0, 2, 3, 3, 4, 5]


def test_retain_grad_goes_along_when_a_view_is_made_anew() -> None:
    y = base()
    v = y[0, 0]
    v.retain_grad()
    y.mul_(3)
    (v * 2).backward()
    assert v.grad.item() == 2


def test_a_stale_view_speaks_before_shapes_do() -> None:
    y = base()
    first, _ = y.unbind()
    y.mul_(2)
    for use in (lambda: first * mg.ones(5), lambda: mg.ones(2).mul_(first)):
        with pytest.raises(RuntimeError, match="Output 0 of Unbind is a view and its base"):
            use()


def test_the_gradient_of_a_window_is_a_view_of_what_was_written() -> None:
    x = mg.arange(4.0, requires_grad=True)
    y = x * 1
    window = y.as_strided((2, 2), (1, 1))
    (g,) = mg.autograd.grad((window * window).sum(), y, create_graph=True)
    assert (g.tolist(), g._is_view(), g._version) == ([0, 4, 4, 0], True, 1)
    (around, _), (added, _) = g.grad_fn.next_functions[0], g.grad_fn.next_functions[0][0].next_functions[1]
    assert (around.name(), added.name()) == ("IndexAddBackward0", "ViewBackward0")
    assert mg.autograd.grad(g.sum(), x)[0].tolist() == [2, 4, 2, 0]


@pytest.mark.parametrize(
    ("make", "stride"),
    [
        (lambda x: x[:, :1].t().exp(), (1, 1)),
        (lambda x: x[:1].t() - 2, (1, 3)),
        (lambda x: x[:1].t().exp(), (1, 1)),
        (lambda x: x.t() - x.view(3, 2), (1, 3)),
        (lambda x: x.view(3, 2) - x.t(), (2, 1)),
        (lambda x: x.view(3, 1, 2).permute(2, 1, 0) + mg.ones(2, 1, 1), (1, 2, 2)),
        (lambda x: x.view(3, 1, 2).permute(1, 0, 2) * x.view(3, 1, 2).permute(1, 0, 2), (6, 2, 1)),
        (lambda x: x[:, :0].t() + 1, (1, 0)),
    ],
)
def test_an_elementwise_result_lies_as_its_operands_do(make: Any, stride: tuple[int, ...]) -> None:
    assert make(mg.arange(6.0).view(2, 3)).stride() == stride


def test_a_view_of_a_view_of_inference_mode_says_so() -> None:
    x = mg.ones(2, requires_grad=True)
    with mg.inference_mode():
        (v,) = x.split(2)
    (w,) = v.split(2)
    with mg.no_grad():
        x.add_(1)
    with pytest.raises(RuntimeError, match="is a view of a view which was created in inference mode"):
        w.grad_fn  # noqa: B018


@pytest.mark.parametrize(
    "turn",
    [lambda v: v.squeeze_(0), lambda v: v.t_(), lambda v: v.transpose_(0, 1), lambda v: v.unsqueeze_(0)],
)
def test_a_view_turned_in_place_without_grad_is_a_window_into_its_base(turn: Any) -> None:
    x = mg.ones(3, requires_grad=True)
    v = (x * 2)[None]
    with mg.no_grad():
        turn(v)
    assert v.grad_fn.name() == "AsStridedBackward0"
    (v * v).sum().backward()
    assert x.grad.tolist() == [8, 8, 8]


def test_nan_to_num_lies_as_its_argument_does() -> None:
    x = mg.ones(1, 3).diagonal(1)
    assert (x.nan_to_num().stride(), x.exp().stride()) == ((4,), (1,))
    assert mg.ones(2, 1).t_().nan_to_num().stride() == (1, 1)

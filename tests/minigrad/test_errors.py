"""Errors: torch's class and words, and the facts."""

from __future__ import annotations

import copy
import traceback
from typing import Any

import pytest

import minigrad as mg
from minigrad.events import Observer


def leaf(*values: float) -> mg.Tensor:
    return mg.tensor(values, dtype=mg.float32, requires_grad=True)


def caught(what: Any) -> RuntimeError:
    with pytest.raises(RuntimeError) as found:
        what()
    return found.value


def test_a_written_saved_tensor() -> None:
    y = leaf(1, 2).exp()
    z = y.sin()
    y.add_(1)
    error = caught(z.sum().backward)
    assert str(error).startswith(
        "one of the variables needed for gradient computation has been modified by an inplace operation: "
        "[minigrad.FloatTensor [2]], which is output 0 of Add, is at version 1; expected version 0 "
        "instead. Hint: enable anomaly detection"
    )
    facts = error.facts
    assert (facts.kind, facts.slot, facts.saved_version, facts.now_version) == ("version", "self", 0, 1)
    assert facts.node is z.grad_fn
    assert facts.tensor is y


def test_a_written_mask_is_named_as_torch_names_it() -> None:
    x, mask = mg.ones(2, requires_grad=True), mg.tensor([True, False])
    y = x.masked_fill(mask, 0.0)
    mask.logical_not_()
    with pytest.raises(RuntimeError, match=r"inplace operation: \[CPUBoolType \[2\]\] is at version 1"):
        y.sum().backward()


def test_a_written_result_says_whose_output_it_is() -> None:
    y = leaf(1, 2).exp()
    y.add_(1)
    error = caught(y.sum().backward)
    assert "[minigrad.FloatTensor [2]], which is output 0 of Exp, is at version 1" in str(error)
    assert error.facts.slot == "result"


def test_a_second_backward() -> None:
    y = leaf(1, 2).exp()
    y.sum().backward()
    error = caught(y.sum().backward)
    assert str(error).startswith("Trying to backward through the graph a second time")
    assert (error.facts.kind, error.facts.node) == ("freed", y.grad_fn)


def test_no_graph() -> None:
    plain = mg.ones(())
    error = caught(plain.backward)
    assert str(error) == "element 0 of tensors does not require grad and does not have a grad_fn"
    assert error.facts.tensor is plain


@pytest.mark.parametrize(
    ("what", "kind", "name"),
    [
        (lambda x: x.add_(1), "leaf", "add_"),
        (lambda x: x.view(-1).mul_(2), "view of leaf", "mul_"),
        (lambda x: x.__setitem__(0, 1.0), "view of leaf", None),
    ],
)
def test_a_written_leaf(what: Any, kind: str, name: str | None) -> None:
    x = leaf(1, 2)
    facts = caught(lambda: what(x)).facts
    assert facts.kind == kind
    assert name is None or facts.op == name


def test_an_unused_input() -> None:
    x, stranger = leaf(1), leaf(2)
    error = caught(lambda: mg.autograd.grad(x * 1, stranger))
    assert error.facts.tensors == (stranger,)


def test_it_is_a_runtime_error_by_name_and_class() -> None:
    error = caught(mg.ones(()).backward)
    assert isinstance(error, RuntimeError)
    assert type(error).__name__ == "RuntimeError"
    assert traceback.format_exception_only(error)[0].startswith("RuntimeError: element 0")


class Broken(mg.autograd.Function):
    """Its backward answers with what it is told to."""

    answer: Any = None

    @staticmethod
    def forward(ctx: Any, x: mg.Tensor, k: float) -> mg.Tensor:
        return x * k

    @staticmethod
    def backward(ctx: Any, grad: mg.Tensor) -> Any:
        return Broken.answer

    @classmethod
    def run(cls, x: mg.Tensor, answer: Any) -> None:
        cls.answer = answer
        cls.apply(x, 2.0).sum().backward()


def nan(x: mg.Tensor) -> None:
    with mg.autograd.detect_anomaly():
        (x * 0).sqrt().mul(0).sum().backward()


def write_in_no_grad_view(x: mg.Tensor) -> None:
    y = x * 1
    with mg.no_grad():
        v = y[0:1]
    v.add_(1)


@pytest.mark.parametrize(
    ("what", "kind", "details"),
    [
        (lambda x: mg.autograd.grad(x.sum(), leaf(1)), "unused", {}),
        (lambda x: mg.autograd.grad(x.sum(), mg.ones(1)), "input is a constant", {}),
        (lambda x: (x * 2).backward(), "no seed", {}),
        (lambda x: (x * 2).backward(mg.ones(3)), "wrong seed", {}),
        (lambda x: (x * 1).requires_grad_(False), "flag of no leaf", {"on": False}),
        (lambda x: mg.tensor([1], requires_grad=True), "integers", {}),
        (lambda x: mg.tensor([1]).requires_grad_(), "integers", {}),
        (lambda x: mg.nn.Parameter(mg.tensor([1])), "integers", {}),
        (lambda x: setattr(x, "grad", mg.ones(3)), "assigned grad", {}),
        (lambda x: setattr(x, "grad", mg.ones(2, dtype=mg.float64)), "assigned grad", {}),
        (lambda x: mg.ones(1).retain_grad(), "hook on a constant", {}),
        (lambda x: mg.ones(1).register_hook(print), "hook on a constant", {}),
        (lambda x: x.numpy(), "numpy", {}),
        (lambda x: x.item(), "item", {}),
        (lambda x: bool(x), "truth", {}),
        (lambda x: copy.deepcopy(x * 1), "deepcopy", {}),
        (lambda x: mg.ones(1).expand(3).add_(1), "expanded", {}),
        (lambda x: (x * 1).unbind()[0].add_(1), "view forbids", {"made": "many", "stale": False}),
        (write_in_no_grad_view, "view forbids", {"made": "no_grad", "stale": False}),
        (lambda x: Broken.run(x, mg.ones(2)), "gradient count", {"expected": 2, "got": 1}),
        (lambda x: Broken.run(x, (mg.ones(2), 1)), "gradient of no tensor", {"index": 1}),
        (lambda x: Broken.run(x, (1.5, None)), "gradient type", {"index": 0, "got": "float"}),
        (
            lambda x: Broken.run(x, (mg.ones(3), None)),
            "gradient shape",
            {"index": 0, "got": (3,), "expected": (2,)},
        ),
        (
            lambda x: [x.register_hook(lambda g: g[:1]), x.sum().backward()],
            "hook's shape",
            {"name": "<lambda>", "got": (1,), "expected": (2,)},
        ),
        (nan, "nan", {}),
    ],
)
@pytest.mark.filterwarnings("ignore:Anomaly Detection")
@pytest.mark.filterwarnings("ignore:Error detected in")
def test_what_an_error_is_about(what: Any, kind: str, details: dict[str, Any]) -> None:
    with pytest.raises((RuntimeError, ValueError)) as found:
        what(leaf(1, 2))
    assert found.value.facts.kind == kind
    assert found.value.facts.details == details


def test_what_a_warning_is_about() -> None:
    told: list[Any] = []

    class Told(Observer):
        def error(self, error: Exception) -> None:
            told.append(error.facts)

    y, prediction, target = leaf(1) * 1, mg.ones(4, 1), mg.ones(4)
    unwatch = mg.watch(Told())
    with pytest.warns(UserWarning, match="not a leaf"):
        assert y.grad is None
    with pytest.warns(UserWarning, match="Using a target size") as given:
        mg.nn.functional.mse_loss(prediction, target)
    unwatch()
    assert [facts.kind for facts in told] == ["grad of no leaf", "target shape"]
    assert told[0].tensors == (y,)
    assert told[1].tensors == (prediction, target)
    assert given[0].filename == __file__


@pytest.mark.parametrize(
    ("what", "op"),
    [
        (lambda a, b: a + b, "add"),
        (lambda a, b: a.add_(b), "add_"),
        (lambda a, b: a @ b, "matmul"),
        (lambda a, b: a.mm(b), "mm"),
        (lambda a, b: mg.cat([a, b], 2), "cat"),
        (lambda a, b: a.view(4), "view"),
        (lambda a, b: a[7], "__getitem__"),
        (lambda a, b: a.__setitem__(0, b), "__setitem__"),
        (lambda a, b: a.sum(5), "sum"),
        (lambda a, b: mg.nn.functional.linear(a, b), "linear"),
        (lambda a, b: mg.nn.functional.mse_loss(a, b), "mse_loss"),
        (lambda a, b: mg.nn.functional.cross_entropy(a, b[:, 0].long()), "cross_entropy"),
    ],
)
@pytest.mark.filterwarnings("ignore:Using a target size")
def test_an_op_that_refuses_says_what_it_was_called_with(what: Any, op: str) -> None:
    a, b = mg.ones(2, 3), mg.ones(4, 5)
    with pytest.raises((RuntimeError, IndexError, ValueError)) as found:
        what(a, b)
    facts = found.value.facts
    assert (facts.kind, facts.op) == ("refused", op)
    assert (facts.args[0][0] if op == "cat" else facts.args[0]) is a


def test_wrong_arguments_are_pythons_business() -> None:
    with pytest.raises(TypeError) as found:
        mg.ones(2).sum(dimension=0)
    assert not hasattr(found.value, "facts")

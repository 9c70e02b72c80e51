"""Errors: torch's class and words, and the facts."""

from __future__ import annotations

import traceback
from typing import Any

import pytest

import minigrad as mg


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

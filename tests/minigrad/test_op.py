"""op(): what one entry of the table becomes, and which entries are refused."""

from __future__ import annotations

import inspect
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import minigrad as mg
from minigrad.op import op, table
from minigrad.opnode import ListOpNode, ManyOpNode, OpNode
from minigrad.tensor import Tensor


@pytest.fixture
def entry(monkeypatch: pytest.MonkeyPatch) -> Any:
    """op(), whose entries, methods and operators are gone after the test."""
    monkeypatch.setattr("minigrad.op.table", {})
    for name in ("cubed", "cubed_", "both", "both_", "halves", "joined", "__xor__", "__ixor__"):
        monkeypatch.setattr(Tensor, name, None, raising=False)
        monkeypatch.delattr(Tensor, name)
    return op


def cubed(entry: Any, **how: Any) -> Any:
    return entry(
        "cubed(self)", lambda x, **out: np.power(x, 3, **out),
        self=lambda grad, self: grad * 3 * self * self,
        doc="self to the third.", **how,
    )  # fmt: skip


def test_an_entry_becomes_a_function_a_method_a_twin_a_node_and_a_doc(entry: Any) -> None:
    function = cubed(entry, inplace=True)
    x = mg.tensor([2.0], requires_grad=True)
    y = function(x)
    assert y.item() == x.cubed().item() == 8
    assert y.grad_fn.name() == "CubedBackward0"
    assert isinstance(y.grad_fn, OpNode)
    assert y.grad_fn._saved_self is x
    (first,) = mg.autograd.grad(y, x, create_graph=True)
    (second,) = mg.autograd.grad(first, x)
    assert (first.item(), second.item()) == (12, 12)
    z = (x * 1).cubed_()
    assert (z.item(), z._version, z.grad_fn.name()) == (8, 1, "CubedBackward0")
    assert function.__name__ == "cubed"
    assert function.__doc__ == "self to the third."
    assert str(inspect.signature(function)) == "(self)"


def test_an_operator_and_its_augmented_form(entry: Any) -> None:
    entry("both(self, other)", np.add, promotes="common", inplace=True, dunder="__xor__", doc="A sum.",
          self=lambda grad: grad, other=lambda grad: grad)  # fmt: skip
    x = mg.tensor([1.0, 2.0])
    assert (x ^ 1).tolist() == (x ^ mg.ones(2)).tolist() == [2, 3]
    before = x
    x ^= 1
    assert x is before
    assert x.tolist() == [2, 3]
    with pytest.raises(TypeError, match="unsupported operand"):
        x ^ "a"


def test_several_outputs(entry: Any) -> None:
    halves = entry("halves(self) -> low, high", lambda x: (x[:1].copy(), x[1:].copy()), doc="Both halves.",
                   self=lambda grads: mg.cat(list(grads)))  # fmt: skip
    x = mg.tensor([1.0, 2.0], requires_grad=True)
    low, high = halves(x)
    assert isinstance(low.grad_fn, ManyOpNode)
    assert (low.output_nr, high.output_nr) == (0, 1)
    (high * 5).sum().backward()
    assert x.grad.tolist() == [0, 5]  # of the output that nobody used it is zero


def test_a_list_of_tensors(entry: Any) -> None:
    joined = entry("joined(tensors)", lambda tensors: sum(tensors), doc="The sum of a list.", method=False,
                   tensors=lambda grad, tensors_shape: [grad for _ in tensors_shape])  # fmt: skip
    x, plain, y = mg.ones(2, requires_grad=True), mg.ones(2), mg.ones(2, requires_grad=True)
    z = joined([x, plain, y])
    assert isinstance(z.grad_fn, ListOpNode)
    assert [node is None for node, _ in z.grad_fn.next_functions] == [False, True, False]
    z.sum().backward()
    assert x.grad.tolist() == y.grad.tolist() == [1, 1]
    with pytest.raises(TypeError, match="must be tuple of Tensors, not Tensor"):
        joined(x)
    with pytest.raises(TypeError, match="expected Tensor as element 1 in argument 0, but got int"):
        joined([x, 3])


@pytest.mark.parametrize(
    ("signature", "formulas", "words"),
    [
        ("f(self)", {"self": lambda grad, nothing: grad}, "a formula asks for 'nothing', which is neither"),
        ("f(self)", {"self": lambda grad, nothing_shape: grad}, "a formula asks for 'nothing_shape'"),
        ("f(self) -> a, b", {"self": lambda grads, result: grads}, "a formula asks for 'result'"),
        ("f(self)", {"other": lambda grad: grad}, "formula for 'other', which is no argument of f"),
        ("f(self)", {"self": lambda g: g}, "the first parameter of a formula is grad or grads, not 'g'"),
    ],
)
def test_a_wrong_entry_is_refused(entry: Any, signature: str, formulas: Any, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        entry(signature, lambda x: x, doc="", method=False, **formulas)


def test_two_entries_of_one_name_are_refused(entry: Any) -> None:
    cubed(entry)
    with pytest.raises(TypeError, match="op cubed is in the table already"):
        cubed(entry)


def test_an_unknown_trait_of_the_in_place_form_is_refused(entry: Any) -> None:
    with pytest.raises(TypeError, match="op cubed: twin='fast' is none of uniform"):
        cubed(entry, inplace=True, twin="stepwise fast")


def test_a_signature_that_is_not_python_is_refused(entry: Any) -> None:
    with pytest.raises(SyntaxError):
        entry("f(self", lambda x: x, doc="")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: mg.ones(2).exp(1), r"exp\(\) takes .* but . w"),
        (lambda: mg.ones(2).add(), r"add\(\) missing 1 required positional argument.*other"),
        (
            lambda: mg.ones(2).transpose(0, 1, 2),
            r"transpose\(\) takes 2 positional arguments but 3 were given",
        ),
        (lambda: mg.ones(2).transpose(0, dim9=1), "dim9|required"),
        (lambda: mg.ones(2).transpose(0, 0, dim0=1), "multiple values for argument 'dim0'"),
        (lambda: mg.exp(2), r"exp\(\): argument 'input' \(position 1\) must be Tensor, not int"),
        (lambda: mg.ones(2) - "a", "unsupported operand"),
        (
            lambda: mg.mul(mg.ones(2), "a"),
            r"mul\(\): argument 'other' \(position 2\) must be Tensor, not str",
        ),
    ],
)
def test_arguments_that_do_not_fit(call: Any, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        call()


def test_every_entry_has_a_doc_and_a_node_named_as_torch_names_them() -> None:
    assert len(table) > 50
    for name, found in table.items():
        assert found.doc.endswith("."), f"op {name} needs a doc of one sentence"
        node = found.node_class.__name__.rstrip("0123456789")
        assert "Backward" in node or node in ("NotImplemented", "Error"), f"op {name}: {node}"


def test_warnings_of_numpy_are_not_shown() -> None:
    text = "import minigrad as T; x = T.tensor([0.0], requires_grad=True); (x / x).pow(x).sum().backward()"
    found = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    assert found.stderr == ""

"""Sequential, ModuleList, ModuleDict, ParameterList, ParameterDict. Texts are PyTorch 2.13's, recorded."""

from __future__ import annotations

from collections import OrderedDict

import pytest

import minigrad
from minigrad import nn


def test_a_list_of_modules_is_a_list():
    a, b, c = nn.ReLU(), nn.Tanh(), nn.Sigmoid()
    for kind in (lambda *m: nn.Sequential(*m), lambda *m: nn.ModuleList(m)):
        modules = kind(a, b)
        assert list(modules.append(c)) == [a, b, c]
        assert list(modules[1:]) == [b, c]
        assert modules[-1] is c
        modules[0] = b
        del modules[1]
        modules.insert(0, a)
        assert list(modules) == [a, b, c]
        assert list(modules._modules) == ["0", "1", "2"]
        assert modules.pop(-1) is c
        assert len(modules + modules) == 4
        same = modules
        modules += modules
        assert modules is same
        assert list(modules) == [a, b, a, b]
        del modules[1:3]
        assert list(modules) == [a, b]


def test_a_sequential_is_multiplied_and_named():
    a, b = nn.ReLU(), nn.Tanh()
    pair = nn.Sequential(a, b)
    assert list(pair * 2) == list(2 * pair) == [a, b, a, b]
    pair *= 3
    assert list(pair) == [a, b] * 3
    named = nn.Sequential(OrderedDict(x=a, y=b))
    assert named.x is named[0] is a
    assert list(named[1:]._modules) == ["y"]
    x = minigrad.ones(1)
    assert nn.Sequential()(x) is x


def test_a_dictionary_of_modules_is_a_dictionary():
    modules = nn.ModuleDict({"b": nn.ReLU(), "a": nn.Tanh()})
    assert list(modules) == ["b", "a"]
    modules.update([["c", nn.GELU()]])
    modules.update(nn.ModuleDict({"d": nn.ReLU()}))
    assert list(modules.keys()) == ["b", "a", "c", "d"]
    assert isinstance(modules.pop("a"), nn.Tanh)
    assert "a" not in modules
    modules.clear()
    assert not len(modules)


def test_a_list_of_parameters_holds_other_things_too():
    values = nn.ParameterList([minigrad.ones(2), "text", 3])
    assert repr(values) == (
        "ParameterList(\n    (0): Parameter containing: [minigrad.float32 of size 2]\n    (1): Object of type: str\n"
        "    (2): Object of type: int\n)"
    )
    values[-1] = minigrad.zeros(1)
    values += [minigrad.zeros(3)]
    assert [name for name, _ in values.named_parameters()] == ["0", "2", "3"]
    assert type(values[1:]) is nn.ParameterList
    assert values[1:][0] == "text"


def test_a_dictionary_of_parameters_is_a_dictionary():
    values = nn.ParameterDict({"b": minigrad.ones(1), "a": minigrad.zeros(2)})
    assert list(values) == ["a", "b"]  # a plain dictionary's names are sorted
    assert list(reversed(values)) == ["b", "a"]
    assert values.get("z", 4) == 4
    assert isinstance(values.setdefault("c", minigrad.ones(3)), nn.Parameter)
    assert values.popitem()[0] == "c"
    assert values.pop("a").shape == (2,)
    joined = values | nn.ParameterDict({"x": minigrad.ones(1)})
    assert list(joined) == ["b", "x"]
    assert joined["b"] is values["b"]
    assert list(values.fromkeys(["k", "l"], minigrad.ones(1))) == ["k", "l"]
    joined.clear()
    assert not list(joined.parameters())


ONE = nn.ReLU()


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda: nn.Sequential(ONE)[5], IndexError, "index 5 is out of range"),
        (lambda: nn.Sequential(ONE)["0"], TypeError, "'str' object cannot be interpreted as an integer"),
        (lambda: nn.Sequential({"x": ONE}), TypeError, "dict is not a Module subclass"),
        (lambda: nn.Sequential(ONE).insert(7, ONE), IndexError, "Index out of range: 7"),
        (lambda: nn.Sequential(ONE).insert(0, 5), AssertionError, "module should be of type"),
        (lambda: nn.Sequential(ONE) + 1, ValueError, "add operator supports only objects of Sequential class"),
        (lambda: nn.Sequential(ONE) * 0, ValueError, "Non-positive multiplication factor 0 for"),
        (lambda: nn.Sequential(ONE) * "x", TypeError, r"unsupported operand type\(s\) for \*: <class"),
        (lambda: nn.ModuleList(5), TypeError, "ModuleList.extend should be called with an iterable, but got int"),
        (lambda: nn.ModuleDict(5), TypeError, "ModuleDict.update should be called with an iterable of key/value pairs"),
        (lambda: nn.ModuleDict([5]), TypeError, "update sequence element #0 should be Iterable; isint"),
        (lambda: nn.ModuleDict([("a",)]), ValueError, "update sequence element #0 has length 1; 2 is required"),
        (lambda: nn.ParameterList(minigrad.ones(2)), TypeError, "called with an iterable, but got Tensor"),
        (lambda: nn.ParameterList([1])(1), RuntimeError, "ParameterList should not be called."),
        (lambda: nn.ParameterList([1])[3], IndexError, "index 3 is out of range"),
        (lambda: nn.ParameterDict()["z"], AttributeError, "'ParameterDict' object has no attribute 'z'"),
        (lambda: nn.ParameterDict().__setitem__(5, 1), TypeError, r"it is not a string \(type is 'int'\)"),
        (lambda: nn.ParameterDict()(1), RuntimeError, "ParameterDict should not be called."),
    ],
)  # fmt: skip
def test_bad_input(change, error, message):
    with pytest.raises(error, match=message):
        change()

"""Tests of run.py itself, with small fake modules in the place of torch."""

import json
import re
import sys
import textwrap
import types
import warnings

import pytest

from conformance import run

CASES = '''
    """Cases about a module that can do three things."""


    def doubles(T, observe):
        y = T.double(T.Tensor([1.0, 2.0]))
        observe("y", y)
        observe("y.grad_fn", y.grad_fn)
        observe("text", f"{T.__name__}.thing at 0x7f00")


    def fails(T, observe):
        with observe.raises("error"):
            T.fail()
        with observe.raises("type only", type_only=True):
            T.fail()
        with observe.warns("warning"):
            T.warn()
'''


class Node:
    next_functions = ()

    def __init__(self, name):
        self._name = name

    def name(self):
        return self._name


class Dtype:
    def __init__(self, name):
        self._name = name

    def __str__(self):
        return f"fake.{self._name}"


def fake(
    name="fake",
    factor=2.0,
    node="DoubleBackward0",
    error=None,
    dtype="float32",
    requires_grad=False,
    extra=0.0,
    lacks=None,
    warning="Careful. Or not.",
):
    """A module as the cases above want it, with whatever mistake is asked for."""
    T = types.ModuleType(name)
    T.__version__ = "1.0"
    T.float32 = Dtype("float32")

    class Tensor:
        def __init__(self, values):
            self.values, self.dtype, self.requires_grad = values, Dtype(dtype), requires_grad
            self.shape, self.grad_fn = (len(values),), Node(node)

        def tolist(self):
            return self.values

    def fail():
        raise error or RuntimeError(f"no {name}.Tensor fits. Try another one.")

    def warn():
        warnings.warn(warning, stacklevel=2)

    Tensor.__module__ = name
    T.Tensor, T.fail, T.warn = Tensor, fail, warn
    T.double = lambda x: Tensor([v * factor + extra for v in x.values])
    if lacks:
        delattr(T, lacks)
    return T


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "topic.py").write_text(textwrap.dedent(CASES))
    return tmp_path


@pytest.fixture
def run_with(folder, monkeypatch, capsys):
    """A function that runs run.py with a module; it answers with the exit status and the output."""

    def run_with(module, *options):
        monkeypatch.setitem(sys.modules, module.__name__, module)
        capsys.readouterr()
        status = run.main(["--module", module.__name__, "--dir", str(folder), *options])
        return status, capsys.readouterr().out

    run_with(fake(), "--record")
    return run_with


@pytest.fixture
def fails(run_with):
    """A function that checks that the cases fail with a module, and that the output says why."""

    def fails(module, *words):
        status, output = run_with(module, "--failures")
        assert status == 1, output
        assert re.search(r"\n\d passed, [1-9] failed\n$", output)
        for word in words:
            assert word in output

    return fails


def test_the_recorded_module_passes(run_with):
    status, output = run_with(fake())
    assert status == 0, output
    assert output.endswith("2 passed, 0 failed\n"), output


def test_another_package_name_passes(run_with):
    assert run_with(fake(name="other"))[0] == 0


def test_wrong_value(fails):
    fails(fake(factor=2.001), "y: values: expected [2.0, 4.0], got [2.001, 4.002]")


def test_tolerance(run_with, fails):
    assert run_with(fake(extra=1e-6))[0] == 0
    fails(fake(extra=1e-4), "values")


def test_not_a_number(fails):
    fails(fake(factor=float("nan")), "values")


def test_wrong_dtype(fails):
    fails(fake(dtype="float64"), "tensor: expected 'float32', got 'float64'")


def test_wrong_requires_grad(fails):
    fails(fake(requires_grad=True), "requires_grad: expected false, got true")


def test_wrong_node_name(fails):
    fails(fake(node="DoubleBackward1"), "y.grad_fn", "DoubleBackward1")


def test_wrong_first_sentence(fails):
    fails(fake(error=RuntimeError("no fake.Tensor fit. Try.")), "error: message")


def test_the_rest_of_a_message_is_free(run_with):
    module = fake(error=RuntimeError("no torch.Tensor fits. Something else altogether."))
    assert run_with(module)[0] == 0


def test_wrong_error_type(fails):
    module = fake(error=ValueError("no fake.Tensor fits."))
    fails(module, "error: raises: expected 'RuntimeError', got ValueError", "type only")


def test_wrong_warning(fails):
    fails(fake(warning="Nothing."), "warning")


def test_missing_name_is_reported(fails):
    fails(fake(lacks="double"), "missing: T.double (1 case)", "not reached")
    fails(fake(lacks="fail"), "missing: T.fail (1 case)")


def test_label_without_a_golden_answer(fails, folder):
    path = folder / "golden.json"
    golden = json.loads(path.read_text())
    del golden["cases"]["topic.doubles"]["text"]
    path.write_text(json.dumps(golden))
    fails(fake(), "text: observed, but not in golden.json")


def test_case_without_a_golden_answer(fails, folder):
    path = folder / "golden.json"
    path.write_text('{"cases": {}}')
    fails(fake(), "no entry in golden.json")


def test_selecting_cases(run_with):
    _, output = run_with(fake(factor=3.0), "--cases", "topic.fails")
    assert output.endswith("1 passed, 0 failed\n"), output
    assert run_with(fake(), "--cases", "nothing*")[0] == 1
    assert run_with(fake(), "--list")[1] == "topic.doubles\ntopic.fails\n"


def test_json_report(run_with, folder):
    out = folder / "out.json"
    run_with(fake(factor=3.0), "--json", str(out))
    cases = json.loads(out.read_text())["cases"]
    assert not cases["topic.doubles"]["passed"]
    assert cases["topic.fails"]["passed"]


def test_normalising():
    for text, expected in {
        "<AddBackward0 object at 0x7f01ab>": "<AddBackward0 object at <addr>>",
        "[torch.FloatTensor [2]]": "[<pkg>.FloatTensor [2]]",
        "[minigrad.FloatTensor [2]]": "[<pkg>.FloatTensor [2]]",
        "torch::autograd::CopySlices": "CopySlices",
        "which is output 0 of AddBackward0, is": "which is output 0 of Add, is",
        "PyTorch and torchvision": "PyTorch and torchvision",
    }.items():
        assert run.normalise_text(text, "minigrad") == expected


def test_first_sentence():
    for text, expected in {
        "One. Two.": ("One", "Two."),
        "One of a.b [1.5] is bad": ("One of a.b [1.5] is bad", ""),
        "One.\nTwo": ("One", "Two"),
        "is not allowed.You can": ("is not allowed", "You can"),
    }.items():
        assert run.first_sentence(text) == expected

"""Every op: its values, its gradients once and twice, in place, on each path, in each dtype.

The samples stand in samples_<family>.py; an op of the table without any is a failure.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import minigrad
import op_samples
from minigrad import inplace, op, record
from minigrad.record import mode
from op_samples import Case, OpSamples, flat, tensors

SETS = op_samples.collect()
CASES = op_samples.parameters(SETS)
each_case = pytest.mark.parametrize(("samples", "case"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
in_place_cases = [c for c in CASES if c[1].inplace]
each_set = pytest.mark.parametrize("samples", SETS, ids=[s.id for s in SETS])

FINE = {"rtol": 1e-10, "atol": 1e-12}

# minigrad silences NumPy's warnings of overflows when it is imported, but pytest's filters come after.
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def run(samples: OpSamples, case: Case, *, twin: bool = False, **how: Any) -> tuple[list[Any], list[Any]]:
    """The tensors that went in, and those that came out; those of the in-place twin if asked for."""
    args, kwargs = tensors(case.args, **how), tensors(case.kwargs, **how)
    inputs = flat([*args, kwargs])
    if twin:
        return inputs, flat(samples.inplace(args[0].clone(), *args[1:], **kwargs))
    return inputs, flat(samples.call(*args, **kwargs))


def expected(samples: OpSamples, case: Case) -> list[np.ndarray]:
    with np.errstate(all="ignore"):
        return [np.asarray(a) for a in flat(_listed(samples.reference(*case.args, **case.kwargs)))]


def _listed(value: Any) -> Any:
    return value if isinstance(value, (tuple, list, np.ndarray)) else np.asarray(value)


@each_case
def test_the_value_is_that_of_numpy(samples: OpSamples, case: Case) -> None:
    _, outputs = run(samples, case)
    answers = expected(samples, case)
    assert len(outputs) == len(answers)
    for output, answer in zip(outputs, answers, strict=True):
        assert output.shape == answer.shape
        assert output._array.dtype == answer.dtype
        near = {"rtol": 1e-6, "atol": 1e-7} if answer.dtype == np.float32 else FINE
        np.testing.assert_allclose(output._array, answer, **near)


@each_case
def test_strides_change_nothing(samples: OpSamples, case: Case) -> None:
    # Strided inputs are views as well, which the fast recorders leave to the general one.
    inputs, outputs = run(samples, case, requires_grad=samples.gradients)
    others, strided = run(samples, case, strided=True, requires_grad=samples.gradients)
    for output, other in zip(outputs, strided, strict=True):
        assert output.dtype is other.dtype
        np.testing.assert_allclose(output._array, other._array, **FINE)
    if samples.gradients:
        for one, other in zip(
            first_gradients(inputs, outputs), first_gradients(others, strided), strict=True
        ):
            np.testing.assert_allclose(one._array, other._array, **FINE)


# ------------------------------------------------------------------ gradients


def weights(t: Any, seed: int) -> Any:
    """What the elements of t are multiplied with before they are summed: different for each."""
    return minigrad.tensor(np.cos(np.arange(t.numel()) * 1.7 + seed).reshape(t.shape).astype(t._array.dtype))


def weighted(outputs: list[Any]) -> Any:
    """One number that depends on every output that has a gradient."""
    parts = [(t * weights(t, i)).sum() for i, t in enumerate(outputs) if t.is_floating_point()]
    total = minigrad.zeros((), dtype=minigrad.float64)
    for part in parts:
        total = total + part
    return total


def first_gradients(inputs: list[Any], outputs: list[Any], create_graph: bool = False) -> list[Any]:
    """The gradients of the weighted outputs; zeros where there is none."""
    inputs = [t for t in inputs if t.requires_grad]
    total = weighted(outputs)
    if not inputs or not total.requires_grad:
        return []
    found = minigrad.autograd.grad(total, inputs, create_graph=create_graph, allow_unused=True)
    return [minigrad.zeros_like(t) if g is None else g for t, g in zip(inputs, found, strict=True)]


def numeric(function: Any, case: Case, eps: float = 1e-5) -> list[np.ndarray]:
    """The gradients of function(case), a number, by central differences."""
    found = []
    for array in flat([*case.args, case.kwargs]):
        if array.dtype.kind != "f":
            continue
        slope = np.zeros_like(array)
        for place in np.ndindex(array.shape):
            before = array[place]
            ends = []
            for step in (eps, -eps):
                array[place] = before + step
                ends.append(function())
            array[place] = before
            slope[place] = (ends[0] - ends[1]) / (2 * eps)
        found.append(slope)
    return found


@each_case
def test_the_gradient_is_the_slope(samples: OpSamples, case: Case) -> None:
    inputs, outputs = run(samples, case, requires_grad=True)
    if not samples.gradients or not any(t.requires_grad for t in outputs):
        return
    for t in outputs:
        assert t.requires_grad == t.is_floating_point()

    def total() -> float:
        return weighted(run(samples, case)[1]).item()

    found = first_gradients(inputs, outputs)
    for one, slope in zip(found, numeric(total, case), strict=True):
        assert one.shape == slope.shape
        np.testing.assert_allclose(one._array, slope, rtol=1e-6, atol=1e-7)


@each_case
def test_the_gradient_of_the_gradient_is_its_slope(samples: OpSamples, case: Case) -> None:
    if not samples.gradients or not samples.second:
        return

    def gradients() -> tuple[list[Any], list[Any]]:
        inputs, outputs = run(samples, case, requires_grad=True)
        return inputs, first_gradients(inputs, outputs, create_graph=True)

    inputs, found = gradients()
    second = first_gradients(inputs, found)
    slopes = numeric(lambda: weighted(gradients()[1]).item(), case)
    if not second:  # the function is linear, or has no gradient
        assert all(not slope.any() for slope in slopes)
        return
    for one, slope in zip(second, slopes, strict=True):
        np.testing.assert_allclose(one._array, slope, rtol=1e-5, atol=1e-6)


@each_case
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_formulas_say_the_same_of_arrays_and_of_tensors(samples: OpSamples, case: Case, dtype: type) -> None:
    # Where nobody records, they run on bare arrays (bare.py).
    if not samples.gradients:
        return
    try:
        inputs, outputs = run(samples, case, requires_grad=True, dtype=dtype)
    except (RuntimeError, NotImplementedError, TypeError):
        return  # not for every dtype
    recorded = first_gradients(inputs, outputs, create_graph=True)
    inputs, outputs = run(samples, case, requires_grad=True, dtype=dtype)
    for one, other in zip(first_gradients(inputs, outputs), recorded, strict=True):
        assert one.dtype is other.dtype
        np.testing.assert_array_equal(one._array, other._array)


@each_case
def test_sums_of_gradients_write_to_nothing_else(samples: OpSamples, case: Case) -> None:
    # Backward adds in place where it takes an array for its own (engine.py).
    if not samples.gradients:
        return
    args, kwargs = tensors(case.args, requires_grad=True), tensors(case.kwargs, requires_grad=True)
    inputs = flat([*args, kwargs])
    minigrad.manual_seed(0)
    once = first_gradients(inputs, flat(samples.call(*args, **kwargs)))
    before = [t._array.copy() for t in inputs]
    totals = []
    for _ in range(3):
        minigrad.manual_seed(0)
        totals.append(weighted(flat(samples.call(*args, **kwargs))))
    inputs = [t for t in inputs if t.requires_grad]
    if not inputs or not totals[0].requires_grad:
        return
    thrice = minigrad.autograd.grad(totals[0] + totals[1] + totals[2], inputs, allow_unused=True)
    for tensor, array in zip(flat([*args, kwargs]), before, strict=True):
        np.testing.assert_array_equal(tensor._array, array)
    for one, three in zip(once, thrice, strict=True):
        if three is not None:
            np.testing.assert_allclose(three._array, 3 * one._array, **FINE)


# ------------------------------------------------------------------ in place


@pytest.mark.parametrize(
    ("samples", "case"), [c[1:] for c in in_place_cases], ids=[c[0] for c in in_place_cases]
)
def test_in_place_is_the_same_in_place(samples: OpSamples, case: Case) -> None:
    inputs, outputs = run(samples, case, requires_grad=True)
    target = case.args[0]
    if outputs[0].shape != target.shape:
        with pytest.raises(RuntimeError, match=r"doesn't match the broadcast shape|^Bad in-place call"):
            run(samples, case, twin=True)
        return
    others, written = run(samples, case, twin=True, requires_grad=True)
    assert written[0]._version == 1
    np.testing.assert_allclose(written[0]._array, outputs[0]._array, **FINE)
    assert written[0].requires_grad == (outputs[0].requires_grad or target.dtype.kind == "f")
    for one, other in zip(first_gradients(inputs, outputs), first_gradients(others, written), strict=True):
        np.testing.assert_allclose(one._array, other._array, **FINE)
    args = tensors(case.args)
    assert samples.inplace(*args, **tensors(case.kwargs)) is args[0]


# ------------------------------------------------------------------ the fast recorders


def graph(outputs: list[Any]) -> list[Any]:
    """Nodes by name with their edges and what they keep, from the outputs on, as plain data."""
    order: dict[int, int] = {}
    lines, nodes = [], [t.grad_fn for t in outputs]
    for node in nodes:
        if node is None or id(node) in order:
            continue
        order[id(node)] = len(order)
        nodes.extend(n for n, _ in node.next_functions)
    for node in nodes:
        if node is not None:
            kept = [
                (slot, v if not isinstance(v, minigrad.Tensor) else v.tolist(), n)
                for slot, v, n in node.saved_slots()
            ]
            edges = [(order.get(id(n)), number) for n, number in node.next_functions]
            lines.append((node.name(), node.shape, node.dtype, edges, kept))
    return lines


@each_case
@pytest.mark.parametrize("requires_grad", [True, False])
def test_every_recorder_records_the_same(
    samples: OpSamples, case: Case, requires_grad: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not samples.gradients and requires_grad:
        return
    inputs, outputs = run(samples, case, requires_grad=requires_grad)
    fast = graph(outputs)
    gradients = first_gradients(inputs, outputs)
    monkeypatch.setattr(mode, "special", 1)  # which sends every op to the general recorder
    others, general = run(samples, case, requires_grad=requires_grad)
    assert repr(fast) == repr(graph(general))
    for one, other in zip(outputs, general, strict=True):
        assert (one.dtype, one.requires_grad, one.stride()) == (
            other.dtype,
            other.requires_grad,
            other.stride(),
        )
        np.testing.assert_array_equal(one._array, other._array)
    for one, other in zip(gradients, first_gradients(others, general), strict=True):
        np.testing.assert_array_equal(one._array, other._array)


# ------------------------------------------------------------------ dtypes and bad input


@each_case
def test_other_float_dtypes_come_out_as_they_went_in(samples: OpSamples, case: Case) -> None:
    for dtype in samples.dtypes.split():
        inputs, outputs = run(samples, case, dtype=dtype, requires_grad=samples.gradients)
        rough = {"float32": 2e-5, "float16": 2e-2}[dtype]
        for output, answer in zip(outputs, expected(samples, case), strict=True):
            assert output._array.dtype == (dtype if answer.dtype.kind == "f" else answer.dtype)
            np.testing.assert_allclose(output._array, answer, rtol=rough, atol=rough)
        for one, gradient in zip(
            [t for t in inputs if t.requires_grad], first_gradients(inputs, outputs), strict=False
        ):
            assert (gradient.dtype, gradient.shape) == (one.dtype, one.shape)


@each_set
def test_bad_input_is_named(samples: OpSamples) -> None:
    for wrong in samples.bad:
        with pytest.raises(wrong.error) as caught:
            samples.call(*tensors(wrong.args), **tensors(wrong.kwargs))
        assert wrong.message in str(caught.value)


@each_set
def test_an_unknown_keyword_is_refused(samples: OpSamples) -> None:
    case = samples.cases[0]
    with pytest.raises(TypeError, match=r"unheard_of|missing"):  # median() asks for dim then, as torch does
        samples.call(*tensors(case.args), **tensors(case.kwargs), unheard_of=1)


# ------------------------------------------------------------------ nothing is left out


def test_every_op_has_samples() -> None:
    named = {name for samples in SETS for name in samples.ops.split()}
    assert sorted(set(op.table) - named) == []
    assert sorted(named - set(op.table)) == []


@each_set
def test_the_samples_run_what_they_name(samples: OpSamples, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: set[str] = set()

    def noting(function: Any) -> Any:
        def call(entry: Any, args: Any) -> Any:
            ran.add(entry.name)
            return function(entry, args)

        return call

    monkeypatch.setattr(mode, "special", 1)
    monkeypatch.setattr(record, "run", noting(record.run))
    monkeypatch.setattr(op, "run_inplace", noting(inplace.run_inplace))
    for case in samples.cases:
        inputs, outputs = run(samples, case, requires_grad=samples.gradients)
        if samples.gradients:
            # Recorded: else the formulas would call the forwards of ops (bare.py).
            gradients = first_gradients(inputs, outputs, create_graph=True)
            if samples.second:
                first_gradients(inputs, gradients, create_graph=True)
        if samples.inplace:
            run(samples, samples.cases[0], twin=True)
    assert sorted(set(samples.ops.split()) - ran) == []

"""Errors of autograd, explained; and every cure that is offered, run."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

import minigrad
from minigrad_widgets.explain import fitting
from minigrad_widgets.say import LANGUAGES, Say, render
from minigrad_widgets.trace import EdgeView, ErrorView, Place, TensorView, Trace
from widgets.cells import card, function, record, watched
from widgets.error_programs import PROGRAMS, A


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Some of the programs change how the engine works."""
    yield
    minigrad.autograd.set_detect_anomaly(False)
    minigrad.autograd.era("2.13")


def error_of(trace: Trace) -> ErrorView:
    (error,) = [step.error for step in trace.steps if step.error]
    return error


def run(name: str) -> Trace:
    return record("from minigrad import *", "\n".join(PROGRAMS[name].lines))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", PROGRAMS)
def test_an_error_and_the_cures_that_are_offered(name: str) -> None:
    program = PROGRAMS[name]
    trace = run(name)
    error = error_of(trace)
    assert error.kind == program.kind
    assert isinstance(error.title, Say)  # else its explanation failed
    assert set(error.cures) == set(program.cures)
    assert Trace.from_json(trace.to_json()) == trace
    assert set(error.path) <= trace.by_id().keys()
    for language in LANGUAGES:
        title, why, said = (render(p, language) for p in (error.title, error.why, trace.steps[-1].said))
        assert title
        assert why or error.message
        assert said
        assert "{" not in title + why


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("name", "cure"), [(name, cure) for name, program in PROGRAMS.items() for cure in program.cures]
)
def test_a_cure_cures(name: str, cure: str) -> None:
    program = PROGRAMS[name]
    replaced = program.cures[cure]
    first = program.lines[replaced[0]]
    inside = first[: len(first) - len(first.lstrip())]
    inside = inside if first.lstrip().startswith("return") else ""
    kept = [line for i, line in enumerate(program.lines) if i not in replaced]
    kept[replaced[0] : replaced[0]] = [inside + line for line in cure.split("\n")]
    if "with no_grad():" in kept and kept[-1] != "with no_grad():":
        at = kept.index("with no_grad():")
        if not kept[at + 1].startswith(" "):  # its one line was replaced
            del kept[at]
    with watched() as cells:
        assert cells.run("from minigrad import *\n" + "\n".join(kept)) is None
        assert eval(program.wanted, cells.namespace)
        assert [step.error for step in cells.trace().steps if step.error] == []


def test_a_version_error_knows_where_it_began() -> None:
    trace = record(A + "\nb = a + 2", "loss = (b * b).mean()\nb[0] = 1000.", "loss.backward()")
    error = error_of(trace)
    assert trace.cells[error.saved_at.cell].label == "[2]"
    assert error.saved_at == Place(1, 1)
    assert error.changed_at == Place(1, 2)
    assert (error.saved_version, error.now_version, error.slot) == (0, 1, error.slot)
    assert error.function == function(trace, "mul").id
    assert error.card == card(trace, "b", current=False).id
    assert render(error.title) == "Backward stopped at MulBackward0"
    assert render(error.why) == (
        "The derivative of a product with respect to one factor is the other factor, so MulBackward0 kept b itself, "
        'not a copy. "b[0] = 1000." has overwritten it since, and with the new numbers the gradient would be wrong.'
    )
    assert trace.steps[-1].kind == "error"
    assert (
        trace.steps[-1].text == "MulBackward0 asks for b, saved at version 0. It is at version 1 now: stop."
    )
    assert trace.steps[-1].place == Place(2, 1)


def test_the_first_write_after_the_saving_is_the_one_to_blame() -> None:
    trace = record(A, "b = a + 2\nb[0] = 5.\ns = (b * b).sum()\nb[0] = 6.\nb[0] = 7.\ns.backward()")
    error = error_of(trace)
    assert error.changed_at == Place(1, 4)
    assert (error.saved_version, error.now_version) == (1, 3)


def test_a_write_in_another_cell_is_not_put_before_lines_it_needs() -> None:
    trace = record(A + "\nb = a + 2", "loss = (b * b).mean()", "step = 5.", "b[0] = step\nloss.backward()")
    assert error_of(trace).cures == ("c = b.clone(); c[0] = step",)


def test_the_learners_way_of_saying_no_grad() -> None:
    for first, said in (
        ("import minigrad as mg", "mg.no_grad()"),
        ("import minigrad", "minigrad.no_grad()"),
        ("from minigrad import no_grad, tensor", "no_grad()"),
    ):
        error = error_of(record(first, A, "a[0] = 1."))
        assert error.cures[0] == f"with {said}:\n    a[0] = 1."


def test_a_backward_that_cannot_start_says_why() -> None:
    assert render(error_of(record("a = tensor([1.0, 3.0])\nb = a * a\nb.sum().backward()")).why) == (
        "A graph is recorded only where some tensor requires grad, and a does not."
    )
    assert render(error_of(record(A, "i = a.argmax()\ni.backward()")).why) == (
        "i does not remember how it was computed: the gradient was cut at argmax, which has no derivative."
    )


def test_an_old_rule_that_let_a_leaf_be_written() -> None:
    trace = record(
        "a = tensor([1.0, 3.0], requires_grad=True)",
        "with autograd.era('1.4'):\n    a[:] = 0\n    (a * a).mean().backward()",
    )
    error = error_of(trace)
    assert render(error.title) == "a was a leaf and is none any more"
    assert error.changed_at == Place(1, 2)
    assert error.cures == ("with minigrad.no_grad():\n    a[:] = 0",)


def test_an_error_of_the_learners_own_says_where_it_was_raised() -> None:
    trace = record(
        "x = tensor(2.0, requires_grad=True)\ny = x * 3",
        "def hook(g):\n    return 1 / 0",
        "y.register_hook(hook)\ntry:\n    y.backward()\nexcept ZeroDivisionError:\n    pass",
    )
    error = error_of(trace)
    assert (error.kind, render(error.title), error.cures) == ("other", "Your own code stopped backward", ())
    assert 'and "return 1 / 0" raised ZeroDivisionError: division by zero' in render(error.why)
    assert next(step for step in trace.steps if step.error).place == error.changed_at
    assert trace.cells[error.changed_at.cell].source.startswith("def hook")


def test_the_path_leads_from_where_backward_began_to_what_was_written() -> None:
    trace = run("saved, then written")
    error = error_of(trace)
    entities = trace.by_id()
    names = [
        (e.names or e.ghosts or (e.label,))[0] if isinstance(e, TensorView) else e.op
        for id in error.path
        if not isinstance(e := entities[id], EdgeView)
    ]
    assert names == ["loss", "mean", "b * b", "mul", "b", "__setitem__", "b"]
    assert {id for id in error.path if isinstance(entities[id], EdgeView)} >= {
        edge.id for edge in trace.edges if edge.target == function(trace, "mul").id
    }


def test_a_refused_op_is_drawn_below_its_operands() -> None:
    trace = run("matrices that do not meet")
    error = error_of(trace)
    refused = trace.by_id()[error.function]
    assert (refused.op, refused.refused, refused.node) == ("matmul", True, None)
    assert [edge.source for edge in trace.edges if edge.target == refused.id] == [
        o.card for o in error.operands
    ]
    assert [(o.name, o.shape, o.unmet) for o in error.operands] == [("x", (2, 3), (1,)), ("w", (2, 4), (0,))]
    before = trace.at(len(trace.steps) - 1)
    assert not before.by_id()[refused.id].shown
    # It is gone with the next cell; nothing hangs from it.
    with watched() as cells:
        cells.run("x = ones(2, 3); w = ones(2, 4)")
        cells.run("x @ w")
        assert any(f.refused for f in cells.trace().functions)
        cells.run("y = x * 1")
        assert not any(f.refused for f in cells.trace().functions)


def test_inside_a_custom_function_the_line_is_the_learners_own() -> None:
    trace = run("a shape inside a custom Function")
    step = trace.steps[-1]
    assert trace.cells[step.place.cell].source.splitlines()[step.place.line - 1].strip() == "return h @ w"
    assert [operand.name for operand in step.error.operands] == ["h", "w"]


def test_a_wrong_gradient_is_shown_where_it_is_returned() -> None:
    trace = run("too few gradients")
    error = error_of(trace)
    line = trace.cells[error.changed_at.cell].source.splitlines()[error.changed_at.line - 1]
    assert line.strip() == "return grad * ctx.k"
    assert trace.by_id()[error.path[-1]].op == "Scale"


@pytest.mark.filterwarnings("ignore:The .grad attribute")
def test_a_warning_is_told_and_stops_nothing() -> None:
    trace = record("a = tensor([1.0, 3.0], requires_grad=True)", "b = a * 2\ng = b.grad\nc = b * 2")
    error = error_of(trace)
    assert error.warning
    assert error.changed_at == Place(1, 2)
    assert [step.kind for step in trace.steps].index("error") < len(trace.steps) - 1
    assert not error_of(run("a vector")).warning


@pytest.mark.filterwarnings("ignore")
def test_errors_that_are_caught_are_told_one_by_one() -> None:
    trace = record(
        "x = ones(2, 3)",
        "for n in (4, 5):\n    try:\n        x @ ones(n)\n    except RuntimeError:\n        pass",
    )
    errors = [step.error for step in trace.steps if step.error]
    assert [error.operands[1].shape for error in errors] == [(4,), (5,)]


def test_which_shapes_fit_is_what_the_engine_accepts() -> None:
    shapes = [shape for ndim in range(4) for shape in itertools.product((1, 2, 3), repeat=ndim)]
    for a, b in itertools.product(shapes, repeat=2):
        x, y = minigrad.ones(a), minigrad.ones(b)
        for fits, op in ((fitting.broadcast, minigrad.add), (fitting.product, minigrad.matmul)):
            try:
                found = tuple(op(x, y).shape)
            except RuntimeError:
                found = None
            assert fits(a, b) == found, (op, a, b)


def test_what_makes_a_shape_fit_does_so() -> None:
    for shape in ((2,), (1, 3), (2, 3), (2, 1, 3)):
        for code, wanted in fitting.changes(shape, (3, 2, 1)):
            assert eval(code.format("x"), {"x": minigrad.ones(shape)}).shape == wanted, code

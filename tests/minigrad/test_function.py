"""Function and its ctx. What torch 2.13 answers to the same programs stands in the assertions."""

from __future__ import annotations

import weakref
from typing import Any

import pytest

import minigrad as mg
from minigrad import Tensor
from minigrad.autograd import Function, grad
from minigrad.autograd.function import once_differentiable
from minigrad.events import Observer, watch


def leaf(*values: float) -> Tensor:
    return mg.tensor(values, dtype=mg.float32, requires_grad=True)


class Square(Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        return 2 * x * g


class Exp(Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        result = x.exp()
        ctx.save_for_backward(result)
        return result

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Tensor:
        (result,) = ctx.saved_tensors
        return g * result


class Identity(Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return x

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Tensor:
        return g * 100


class Double_(Function):
    """Writes its first argument; returns copies of the others beside it."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, *others: Tensor) -> Any:
        x.mul_(2)
        ctx.mark_dirty(x)
        return (x, *[other * 1 for other in others]) if others else x

    @staticmethod
    def backward(ctx: Any, g: Tensor, *others: Tensor) -> Any:
        return (g * 2, *others)


def answering(answer: Any, x: Tensor, *others: Any) -> Tensor:
    """apply() of a Function that doubles x and whose backward returns answer(gradient)."""

    class Answer(Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor, *others: Any) -> Tensor:
            return x * 2

        @staticmethod
        def backward(ctx: Any, g: Tensor) -> Any:
            return answer(g)

    return Answer.apply(x, *others)


# ------------------------------------------------------------------ ctx


def test_ctx_is_the_node() -> None:
    seen = []

    class Look(Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor, k: int) -> Tensor:
            seen.append(ctx)
            return x * k

        @staticmethod
        def backward(ctx: Any, g: Tensor) -> Any:
            seen.append(ctx)
            return g, None

    x = leaf(1)
    y = Look.apply(x, 3)
    assert y.grad_fn is seen[0]
    assert y.grad_fn.name() == "LookBackward"
    assert [(n.name(), k) for n, k in y.grad_fn.next_functions] == [("AccumulateGrad", 0)]  # tensors alone
    y.sum().backward()
    assert seen[1] is seen[0]


def test_what_a_node_of_ones_own_is_called_and_that_it_is_not_called() -> None:
    node = Square.apply(leaf(1)).grad_fn
    assert repr(node).startswith("<minigrad.autograd.function.SquareBackward object at 0x")
    with pytest.raises(TypeError, match="'SquareBackward' object is not callable"):
        node(mg.ones(1))


def test_the_old_name_of_saved_tensors() -> None:
    x = leaf(1)
    with pytest.warns(DeprecationWarning, match="'saved_variables' is deprecated; use 'saved_tensors'"):
        assert Square.apply(x).grad_fn.saved_variables == (x,)


def test_needs_input_grad_speaks_of_every_argument_also_within_forward() -> None:
    seen = []

    class Look(Function):
        @staticmethod
        def forward(ctx: Any, *args: Any) -> Tensor:
            seen.append(ctx.needs_input_grad)
            return args[0] * 1

        @staticmethod
        def backward(ctx: Any, g: Tensor) -> Any:
            return g, None, None

    Look.apply(leaf(1), 5, mg.ones(1))
    assert seen == [(True, False, False)]


def test_saved_tensors_are_let_go_and_not_asked_for_twice() -> None:
    x = leaf(3)
    y = Square.apply(x)
    assert y.grad_fn.saved_tensors[0] is x
    y.sum().backward()
    with pytest.raises(RuntimeError, match="backward through the graph a second time"):
        _ = y.grad_fn.saved_tensors


def test_a_function_that_saves_nothing_runs_backward_twice() -> None:
    x = leaf(3)
    y = Identity.apply(x)
    y.backward(mg.ones(1))
    y.backward(mg.ones(1))
    assert x.grad.tolist() == [200]


def test_a_saved_result_comes_back_with_its_node_but_without_a_cycle() -> None:
    x = leaf(0, 1)
    y = Exp.apply(x)
    (saved,) = y.grad_fn.saved_tensors
    assert saved.grad_fn is y.grad_fn
    (g,) = grad(y.sum(), x, create_graph=True)
    (h,) = grad(g.sum(), x)
    assert h.tolist() == pytest.approx([1, 2.7182817])
    node = weakref.ref(y.grad_fn)
    del y, saved, g, h
    assert node() is None


@pytest.mark.parametrize("kind", [Square, Exp])
def test_versions_of_saved_tensors_are_checked(kind: Any) -> None:
    h = leaf(1, 2) * 1
    y = kind.apply(h)
    (h if kind is Square else y).detach().add_(1)
    maker = "Mul" if kind is Square else "Exp"
    with pytest.raises(RuntimeError, match=rf"output 0 of {maker}, is at version 1; expected version 0"):
        y.sum().backward()


@pytest.mark.parametrize("materialize", [True, False])
def test_gradients_that_did_not_come_are_zeros_or_none(materialize: bool) -> None:
    seen = []

    class Two(Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Any:
            ctx.set_materialize_grads(materialize)
            return x * 1, x * 2, "text", x.argmax()

        @staticmethod
        def backward(ctx: Any, *gs: Any) -> Any:
            seen.append([g if g is None else g.tolist() for g in gs])
            return gs[0]

    Two.apply(leaf(1, 2))[0].sum().backward()
    assert seen == [[[1, 1], [0, 0], None, 0] if materialize else [[1, 1], None, None, None]]


def test_backward_runs_even_where_no_gradient_comes_at_all() -> None:
    x = leaf(1)
    y = answering(lambda g: None, Square.apply(x))
    y.sum().backward()
    assert x.grad.tolist() == [0]  # Square got zeros


# ------------------------------------------------------------------ what forward returns


def test_an_input_returned_as_it_is_becomes_a_view_that_must_not_be_written() -> None:
    h = leaf(1) * 1
    y = Identity.apply(h)
    assert y is not h
    assert y._base is h
    assert y.grad_fn.name() == "IdentityBackward"
    with pytest.raises(RuntimeError, match="Output 0 of Identity is a view and is being modified inplace"):
        y.add_(1)
    h.add_(1)
    with pytest.raises(RuntimeError, match="its base or another view of its base has been modified inplace"):
        _ = y.grad_fn


def test_a_view_made_in_forward_must_not_be_written_either() -> None:
    class Flat(Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            return x.view(-1)

        @staticmethod
        def backward(ctx: Any, g: Tensor) -> Tensor:
            return g.view(1, 2)

    x = mg.ones(1, 2, requires_grad=True)
    y = Flat.apply(x * 1)
    assert y._is_view()
    assert y.grad_fn.name() == "FlatBackward"
    with pytest.raises(RuntimeError, match="This view was created inside a custom Function"):
        y.add_(1)


def test_without_recording_an_input_comes_back_detached() -> None:
    x = leaf(1)
    with mg.no_grad():
        y = Identity.apply(x)
    assert y is not x
    assert not y.requires_grad


def test_non_differentiable_outputs_stay_outside() -> None:
    class Sorted(Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Any:
            double = x * 2
            ctx.mark_non_differentiable(double)
            return x * 1, double

        @staticmethod
        def backward(ctx: Any, g: Tensor, _: Tensor) -> Tensor:
            return g

    y, z = Sorted.apply(leaf(1))
    assert y.requires_grad
    assert z.is_leaf
    assert not z.requires_grad


def test_one_tensor_returned_twice_is_the_last_of_both_outputs() -> None:
    class Twice(Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Any:
            y = x * 2
            return y, y

        @staticmethod
        def backward(ctx: Any, a: Tensor, b: Tensor) -> Tensor:
            return a * 1000 + b

    x = leaf(1)
    a, b = Twice.apply(x)
    assert a is b
    assert a.output_nr == 1
    assert grad((a + 10 * b).sum(), x)[0].tolist() == [11]


# ------------------------------------------------------------------ in place


def test_a_dirty_input_moves_behind_the_node() -> None:
    x = leaf(1, 2)
    h = x * 1
    before = h.grad_fn
    y = Double_.apply(h)
    assert y is h
    assert h._version == 2  # the write, and mark_dirty
    assert h.grad_fn.name() == "Double_Backward"
    assert h.grad_fn.next_functions[0][0] is before
    assert grad(h.sum(), x)[0].tolist() == [2, 2]


def test_a_dirty_view_rewrites_its_base() -> None:
    x = leaf(1, 2)
    base = x * 1
    view = base[0:1]
    assert Double_.apply(view) is view
    assert base.grad_fn.name() == "CopySlices"
    assert view.grad_fn.name() == "AsStridedBackward0"
    assert grad(base.sum(), x)[0].tolist() == [2, 1]


def test_what_cannot_be_written_in_place() -> None:
    x = leaf(1, 2)
    with pytest.raises(
        RuntimeError, match=r"^a leaf Variable that requires grad has been used in an in-place"
    ):
        Double_.apply(x)
    with pytest.raises(RuntimeError, match=r"^a view of a leaf Variable that requires grad is being used"):
        Double_.apply(x[0:1])
    with pytest.raises(RuntimeError, match="your Function cannot return more than one Tensor"):
        Double_.apply((x * 1)[0:1], x)


def test_dirty_tensors_have_to_be_inputs_that_are_returned() -> None:
    class Lost(Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            ctx.mark_dirty(x)
            return x * 1

    class Own(Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            y = x * 2
            ctx.mark_dirty(y)
            return y

    with pytest.raises(RuntimeError, match="Some elements marked as dirty during the forward method"):
        Lost.apply(leaf(1) * 1)
    with pytest.warns(UserWarning, match=r"ctx\.mark_dirty\(\) received a tensor that was not an input"):
        assert Own.apply(leaf(1)).grad_fn.name() == "OwnBackward"


# ------------------------------------------------------------------ what backward returns


def test_gradients_may_be_broadcast_converted_and_followed_by_none() -> None:
    x = leaf(1, 2)
    assert grad(answering(lambda g: mg.ones(3, 2), x).sum(), x)[0].tolist() == [3, 3]
    assert grad(answering(lambda g: g.to(mg.float64), x).sum(), x)[0].dtype is mg.float32
    assert grad(answering(lambda g: mg.tensor([1, 2]), x).sum(), x)[0].tolist() == [1, 2]
    assert grad(answering(lambda g: (g, None, None, None), x).sum(), x)[0].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda g: (g, g), "function AnswerBackward returned a gradient different than None at position 2"),
        (lambda g: (3, None), r"expected Variable or None \(got int\)"),
        (lambda g: [g, None], r"returned an incorrect number of gradients \(expected 2, got 1\)"),
        (lambda g: (g, None, g), r"returned an incorrect number of gradients \(expected 2, got 3\)"),
        (
            lambda g: (mg.ones(5), None),
            r"Function AnswerBackward returned an invalid gradient at index 0 - got \[5\] but expected shape "
            r"compatible with \[2\]",
        ),
    ],
)
def test_gradients_that_do_not_fit(answer: Any, message: str) -> None:
    y = answering(answer, leaf(1, 2), "no tensor")
    with pytest.raises(RuntimeError, match=message):
        y.sum().backward()


def test_the_position_of_a_wrong_gradient_is_named() -> None:
    x = leaf(1, 2)
    y = answering(lambda g: (g, mg.ones(5)), x, x)
    with pytest.raises(RuntimeError, match="invalid gradient at index 1"):
        y.sum().backward()


def test_once_differentiable() -> None:
    class Once(Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            return x * 3

        @staticmethod
        @once_differentiable
        def backward(ctx: Any, g: Tensor) -> Tensor:
            return g * 3

    x = leaf(1, 2)
    (g,) = grad((Once.apply(x) * x).sum(), x, create_graph=True)
    assert g.tolist() == [6, 12]
    assert g.grad_fn.next_functions[1][0].name() == "Error"
    with pytest.raises(
        RuntimeError, match=r"^trying to differentiate twice a function that was marked with @once"
    ):
        g.sum().backward()


# ------------------------------------------------------------------ the form with setup_context


class Scale(Function):
    @staticmethod
    def forward(x: Tensor, factor: float = 2.0) -> Tensor:
        return x * factor

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Tensor) -> None:
        ctx.factor = inputs[1]
        ctx.recording = mg.is_grad_enabled(), output.requires_grad

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Any:
        return g * ctx.factor, None


def test_setup_context_takes_defaults_and_keywords() -> None:
    x = leaf(1)
    assert grad(Scale.apply(x), x)[0].tolist() == [2]
    y = Scale.apply(x, factor=5.0)
    assert y.grad_fn.recording == (False, False)
    assert grad(y, x)[0].tolist() == [5]


def test_setup_context_must_not_save_an_input_that_is_returned() -> None:
    class Same(Function):
        @staticmethod
        def forward(x: Tensor) -> Tensor:
            return x

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Tensor) -> None:
            ctx.save_for_backward(*inputs)

    with pytest.raises(RuntimeError, match="input that has been returned as-is as output is being saved"):
        Same.apply(leaf(1))


# ------------------------------------------------------------------ misuse, and the observer


def test_what_is_missing_is_named() -> None:
    class NoBackward(Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            return x * 2

    class Both(NoBackward):
        backward = staticmethod(lambda ctx, g: g)
        vjp = staticmethod(lambda ctx, g: g)

    class Only(NoBackward):
        vjp = staticmethod(lambda ctx, g: g * 7)

    x = leaf(1)
    with pytest.raises(NotImplementedError, match="implement either the backward or vjp method"):
        NoBackward.apply(x).backward()
    with pytest.raises(RuntimeError, match="Implementing both 'backward' and 'vjp'"):
        Both.apply(x).backward()
    assert grad(Only.apply(x), x)[0].tolist() == [7]
    with pytest.raises(NotImplementedError, match="vmap staticmethod"):
        Function.vmap(None, None)
    with pytest.raises(NotImplementedError, match="jvp function"):
        Function.jvp(None)
    with pytest.raises(NotImplementedError, match="implement the forward function"):
        Function.apply(x)
    with pytest.warns(DeprecationWarning, match="should not be instantiated"):
        instance = Square()
    with pytest.raises(RuntimeError, match="Legacy autograd function"):
        instance(x)


def test_only_tensors_can_be_saved() -> None:
    class Wrong(Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            ctx.save_for_backward(3)
            return x * 2

    with pytest.raises(
        TypeError, match="save_for_backward can only save variables, but argument 0 is of type int"
    ):
        Wrong.apply(leaf(1))


def test_the_observer_sees_one_op() -> None:
    ops = []

    class Watcher(Observer):
        def op(self, name: str, inputs: Any, outputs: Any, node: Any, before: int | None) -> None:
            ops.append((name, node and node.name(), before))

    h = leaf(1, 2) * 1
    end = watch(Watcher())
    try:
        y = Square.apply(h)
        Double_.apply(h)
    finally:
        end()
    assert ops == [("Square", "SquareBackward", None), ("Double_", "Double_Backward", 0)]
    assert y.grad_fn.saved_slots()[0][0] == "saved_tensors[0]"


@pytest.mark.parametrize("name", ["shape", "dtype", "next", "numbers", "seq", "meta", "plan", "outputs"])
def test_ctx_keeps_what_a_user_puts_there_under_the_names_of_a_nodes_fields(name: str) -> None:
    class Total(Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            assert not hasattr(ctx, "shape")
            setattr(ctx, name, x.shape)
            return x.sum()

        @staticmethod
        def backward(ctx: Any, grad: Tensor) -> Tensor:
            return grad.expand(getattr(ctx, name))

    x = mg.ones(2, 3, requires_grad=True)
    y = Total.apply(x * 2)
    y.retain_grad()
    for _ in range(2):
        y.backward(retain_graph=True)
    assert x.grad.tolist() == [[4.0] * 3] * 2
    assert y.grad_fn.next_functions[0][0].name() == "MulBackward0"


def test_a_dirty_view_moves_its_base_behind_the_node() -> None:
    x = mg.tensor([1.0, 2.0], requires_grad=True)
    base = x * 1
    part = base[:1]
    assert Double_.apply(part) is part
    assert part.grad_fn.next_functions[0][0].name() == "CopySlices"
    (base * part).sum().backward()
    assert x.grad.tolist() == [12, 2]

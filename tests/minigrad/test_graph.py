"""saved_tensors_hooks, edges, hooks on several tensors."""

from __future__ import annotations

import weakref
from typing import Any

import pytest

import minigrad as mg
from minigrad import Tensor
from minigrad.autograd import _unsafe_preserve_version_counter, grad
from minigrad.autograd import graph as G


def leaf(*values: float) -> Tensor:
    return mg.tensor(values, dtype=mg.float32, requires_grad=True)


def same(t: Any) -> Any:
    return t


# ------------------------------------------------------------------ saved_tensors_hooks


def test_what_pack_is_given_and_in_which_mode() -> None:
    seen = []

    def pack(t: Tensor) -> Tensor:
        seen.append((t.is_leaf, t.grad_fn and t.grad_fn.name(), mg.is_grad_enabled()))
        return t

    x = leaf(1, 2)
    with G.saved_tensors_hooks(pack, same):
        y = x.exp()
        y.exp_()
        x * 2
        x + 1
    assert seen == [(False, "ExpBackward0", False)] * 2


def test_an_in_place_op_packs_what_it_wrote() -> None:
    values = []
    y = leaf(0, 0) * 1
    with G.saved_tensors_hooks(lambda t: values.append(t.tolist()) or t, same):
        y.exp_()
    assert values == [[1, 1]]


def test_the_innermost_pair_of_hooks_holds() -> None:
    order = []

    def pair(name: str) -> Any:
        return (lambda t: order.append(f"pack {name}") or t), (lambda t: order.append(f"unpack {name}") or t)

    x = leaf(1)
    with G.saved_tensors_hooks(*pair("a")):
        with G.saved_tensors_hooks(*pair("b")):
            y = x.exp()
        z = y * y
    z.backward()
    assert order == ["pack b", "pack a", "pack a", "unpack a", "unpack a", "unpack b"]


def test_what_unpack_answers_takes_the_place_of_the_saved_tensor_in_the_graph() -> None:
    x = leaf(2, 3)
    with G.saved_tensors_hooks(lambda t: t.detach(), same):
        y = x**3
        z = x.exp()
    for out, second in ((y, [12, 18]), (z, z.tolist())):
        (g,) = grad(out.sum(), x, create_graph=True)
        assert grad(g.sum(), x)[0].tolist() == pytest.approx(second)
    saved = y.grad_fn._saved_self
    assert saved is not x
    assert saved.is_leaf
    assert (saved * 2).grad_fn.next_functions == (x * 2).grad_fn.next_functions


def test_hooks_take_versions_off_the_tensors() -> None:
    x = leaf(1, 2)
    h = x * 1
    with G.saved_tensors_hooks(lambda t: t.detach().clone(), same):
        y = (h * h * h).sum()
    h.add_(1)
    y.backward()
    assert x.grad.tolist() == [3, 12]


def test_a_packed_result_does_not_keep_its_own_node_alive() -> None:
    x = leaf(1)
    with G.saved_tensors_hooks(same, same):
        y = x.exp()
    node = weakref.ref(y.grad_fn)
    assert y.grad_fn._saved_result.grad_fn is y.grad_fn
    del y
    assert node() is None


def test_hooks_that_misbehave() -> None:
    x = leaf(1, 2)
    with G.saved_tensors_hooks(same, lambda t: 3):
        y = x.exp()
    with pytest.raises(
        TypeError, match="Output of saved tensor unpack_hook expected to be a Tensor but got result"
    ):
        y.sum().backward()
    with (
        G.saved_tensors_hooks(lambda t: t.add_(1), same),
        pytest.raises(RuntimeError, match="A saved tensor pack hook is modifying its input in place"),
    ):
        (x * 1).exp()
    with pytest.raises(TypeError, match="not 1"), G.saved_tensors_hooks(1, 2):
        pass


def test_hooks_on_one_saved_tensor() -> None:
    x = leaf(0, 0)
    y = x.exp()
    raw = y.grad_fn._raw_saved_result
    assert raw.data.tolist() == [1, 1]
    raw.register_hooks(same, lambda t: t * 10)
    with pytest.raises(RuntimeError, match="whose hooks have already been set"):
        raw.register_hooks(same, same)
    assert grad(y.sum(), x)[0].tolist() == [10, 10]
    with pytest.raises(RuntimeError, match="after it has been freed"):
        raw.register_hooks(same, same)


def test_saved_tensors_may_be_written_where_copies_are_saved() -> None:
    x = leaf(1, 2)
    with G.allow_mutation_on_saved_tensors():
        h = x * 1
        y = h * h
        h.mul_(10)
        y.sum().backward()
    assert x.grad.tolist() == [2, 4]


def test_the_copies_go_with_the_context() -> None:
    x = leaf(1, 2)
    with G.allow_mutation_on_saved_tensors() as context:
        y, z = x * x, x.exp()
        context.clear()
        with pytest.raises(AssertionError, match=r"^Trying to backward outside of the 'allow_mutation"):
            y.sum().backward()
        with (
            pytest.raises(RuntimeError, match=r"contexts cannot be nested$"),
            G.allow_mutation_on_saved_tensors(),
        ):
            pass
    with pytest.raises(AssertionError, match=r"^Trying to backward outside"):
        z.sum().backward()


def test_disabled_hooks() -> None:
    def open_hooks() -> None:
        with G.saved_tensors_hooks(same, same):
            pass

    with G.disable_saved_tensors_hooks("outer"):
        with G.disable_saved_tensors_hooks("inner"), pytest.raises(RuntimeError, match=r"^inner$"):
            open_hooks()
        with pytest.raises(RuntimeError, match=r"^outer$"):
            open_hooks()
    open_hooks()
    with (
        G.saved_tensors_hooks(same, same),
        pytest.raises(RuntimeError, match=r"^late$"),
        G.disable_saved_tensors_hooks("late"),
    ):
        pass


def test_save_on_cpu() -> None:
    x = leaf(1, 2)
    with G.save_on_cpu():
        y = (x * x).sum()
    y.backward()
    assert x.grad.tolist() == [2, 4]
    with pytest.raises(NotImplementedError, match="pin_memory"):
        G.save_on_cpu(pin_memory=True)


# ------------------------------------------------------------------ edges and versions


def test_edges_stand_for_tensors() -> None:
    x = leaf(1, 2)
    y = x * 2
    edge = G.get_gradient_edge(y)
    assert (edge.node, edge.output_nr) == (y.grad_fn, 0)
    by_y, by_x = grad((y * y).sum(), [edge, G.get_gradient_edge(x)], retain_graph=True)
    assert (by_y.tolist(), by_x.tolist()) == ([4, 8], [8, 16])
    assert grad(edge, x, grad_outputs=mg.ones(2), retain_graph=True)[0].tolist() == [2, 2]
    mg.autograd.backward(edge, mg.ones(2))
    assert x.grad.tolist() == [2, 2]


def test_edges_that_do_not_fit() -> None:
    x = leaf(1, 2)
    edge = G.get_gradient_edge(x * 2)
    with pytest.raises(
        RuntimeError, match="It is not possible to get the gradient edge for a Tensor that does not"
    ):
        G.get_gradient_edge(mg.ones(1))
    with pytest.raises(RuntimeError, match="grad can be implicitly created only for scalar outputs"):
        grad(edge, x)
    with pytest.raises(RuntimeError, match="Mismatch in shape"):
        grad(edge, x, grad_outputs=mg.ones(3))
    with pytest.raises(RuntimeError, match="materialize_grads cannot be used"):
        grad(x.sum(), [edge], materialize_grads=True)
    y = x * 2
    assert grad(y.sum(), [G.get_gradient_edge(y)], materialize_grads=True)[0].tolist() == [1, 1]


def test_metadata_belongs_to_the_node() -> None:
    y = leaf(1) * 2
    y.grad_fn.metadata["note"] = 1
    assert y.grad_fn.metadata == {"note": 1}
    assert isinstance(y.grad_fn, G.Node)


def test_versions_by_hand() -> None:
    x = leaf(1)
    G.increment_version([x, x])
    assert x._version == 2
    with pytest.raises(RuntimeError, match=r"increment_version expect a Iterable\[Tensor\] as input"):
        G.increment_version(3)
    with pytest.raises(RuntimeError, match="increment_version expects each element of the iterable to be a"):
        G.increment_version([3])
    with _unsafe_preserve_version_counter(x):
        x.detach().add_(1)
    assert x._version == 2


# ------------------------------------------------------------------ hooks on several tensors


def test_a_hook_on_several_tensors_runs_once_a_backward() -> None:
    a, b, c = leaf(1), leaf(2), leaf(3)
    seen: list[Any] = []
    handles = G.register_multi_grad_hook((a, b, c), lambda gs: seen.append([g and g.tolist() for g in gs]))
    (a * b).sum().backward()
    (a * b * c).sum().backward(inputs=[a, c])
    assert seen == [[[2], [1], None], [[6], None, [2]]]
    handles.remove()
    (a * b).sum().backward()
    assert len(seen) == 2


def test_where_a_hook_on_several_tensors_cannot_run() -> None:
    a, b = leaf(1), leaf(2)
    with pytest.raises(AssertionError, match="Expected gradient function to be set"):
        G.register_multi_grad_hook((a, mg.ones(1)), print)
    G.register_multi_grad_hook((a, b), print)
    with pytest.raises(RuntimeError, match="A leaf node was passed to _will_engine_execute_node"):
        grad((a * b).sum(), a)


def test_a_hook_on_any_of_several_tensors() -> None:
    a, b = leaf(1), leaf(2)
    seen: list[Any] = []
    with G.register_multi_grad_hook((a, b, mg.ones(1)), lambda g: seen.append(g.tolist()), mode="any"):
        for _ in range(2):
            (a * b).sum().backward()
    assert len(seen) == 2
    with pytest.raises(ValueError, match=r"^Expects mode to be one of \('all', 'any'\) but got some"):
        G.register_multi_grad_hook((a,), same, mode="some")


# ------------------------------------------------------------------ what an in-place op overwrites


def test_an_overwritten_value_keeps_its_place_in_the_graph() -> None:
    """The gradient of y is the old value of h, and so x, which a second backward has to see."""
    x, y = leaf(2, 3), leaf(5, 7)
    h = x * 1
    h.mul_(y)
    (g,) = grad(h.sum(), y, create_graph=True)
    assert g.tolist() == [2, 3]
    assert grad(g.sum(), x)[0].tolist() == [1, 1]

"""state_dict and load_state_dict: keys, hooks, extra state. What torch answers is recorded."""

from __future__ import annotations

from collections import OrderedDict

import pytest

import minigrad
from minigrad import nn


def net():
    return nn.Sequential(nn.Linear(2, 1), nn.BatchNorm1d(1))


def test_a_state_dict_tells_the_versions_of_its_modules():
    state = net().state_dict()
    assert type(state) is OrderedDict
    assert state._metadata == {"": {"version": 1}, "0": {"version": 1}, "1": {"version": 2}}
    assert list(net().state_dict(prefix="net.", keep_vars=True)) == [f"net.{key}" for key in state]


def test_an_old_batch_norm_has_counted_no_batches():
    model = nn.BatchNorm1d(1)
    state = {k: v for k, v in model.state_dict().items() if k != "num_batches_tracked"}  # and no _metadata
    assert repr(model.load_state_dict(state)) == "<All keys matched successfully>"


def test_missing_keys_are_told_before_unexpected_ones_and_children_after_parents():
    model = net()
    state = dict(model.state_dict())
    del state["0.weight"]
    state |= {"extra": minigrad.ones(1), "0.foo": minigrad.ones(1), "5.x": minigrad.ones(1)}
    found = model.load_state_dict(state, strict=False)
    assert found == (["0.weight"], ["extra", "5.x", "0.foo"])
    with pytest.raises(RuntimeError) as error:
        model.load_state_dict(state)
    assert str(error.value) == (
        'Error(s) in loading state_dict for Sequential:\n\tMissing key(s) in state_dict: "0.weight". \n\t'
        'Unexpected key(s) in state_dict: "extra", "5.x", "0.foo". '
    )


def test_a_number_loads_from_a_vector_of_one():
    module = nn.Module()
    module.register_parameter("s", nn.Parameter(minigrad.tensor(1.0)))
    module.load_state_dict({"s": minigrad.tensor([3.0])})
    assert module.s.item() == 3
    with pytest.raises(RuntimeError, match=r"size mismatch for weight.*minigrad.Size\(\[\]\)"):
        nn.Linear(1, 1).load_state_dict({"weight": minigrad.tensor(3.0), "bias": minigrad.ones(1)})


def test_what_is_assigned_keeps_the_modules_requires_grad():
    layer = nn.Linear(1, 1)
    layer.weight.requires_grad_(False)
    given = {"weight": nn.Parameter(minigrad.ones(1, 1).double()), "bias": minigrad.ones(1)}
    layer.load_state_dict(given, assign=True)
    assert layer.weight is given["weight"]
    assert not layer.weight.requires_grad
    assert isinstance(layer.bias, nn.Parameter)
    assert layer.bias.requires_grad


@pytest.mark.parametrize(
    ("load", "error", "message"),
    [
        (lambda m: m.load_state_dict([1]), TypeError, "Expected state_dict to be dict-like, got <class 'list'>"),
        (lambda m: m.load_state_dict({"weight": 3.0, "bias": minigrad.ones(1)}), RuntimeError,
         'named "weight", expected minigrad.Tensor or Tensor-like object from checkpoint but received <class \'float\'>'),
        (lambda m: m.get_extra_state(), RuntimeError, r"Module.get_extra_state\(\) that should never be called"),
        (lambda m: m.set_extra_state(1), RuntimeError, r"Module.set_extra_state\(\) that should never be called"),
        (lambda m: m.load_state_dict(dict(m.state_dict(), _extra_state=1)), RuntimeError, '"_extra_state"'),
    ],
)  # fmt: skip
def test_bad_input(load, error, message):
    with pytest.raises(error, match=message):
        load(nn.Linear(1, 1))


# ------------------------------------------------------------------ hooks


def test_hooks_around_saving():
    model, seen = nn.Sequential(nn.Linear(1, 1)), []
    before = model.register_state_dict_pre_hook(lambda m, prefix, keep: seen.append((prefix, keep)))
    model[0].register_state_dict_post_hook(
        lambda m, state, prefix, metadata: seen.append((list(state), prefix, metadata))
    )
    model.state_dict()
    assert seen == [("", False), (["0.weight", "0.bias"], "0.", {"version": 1})]
    before.remove()
    model.state_dict()
    assert len(seen) == 3
    model.register_state_dict_post_hook(lambda *args: {})
    with pytest.raises(RuntimeError, match="state_dict post-hook must return None"):
        model.state_dict()


def test_the_private_hook_may_replace_the_dictionary():
    layer = nn.Linear(1, 1)
    layer._register_state_dict_hook(lambda m, state, prefix, metadata: {"z": 1})
    assert layer.state_dict() == {"z": 1}


def test_hooks_around_loading():
    layer, seen = nn.Linear(1, 1), []
    layer.register_load_state_dict_pre_hook(
        lambda m, state, prefix, metadata, strict, missing, unexpected, errors: seen.append((m, list(state)))
    )
    layer._register_load_state_dict_pre_hook(lambda state, prefix, *rest: seen.append(prefix))
    layer.register_load_state_dict_post_hook(lambda m, keys: seen.append(list(keys.missing_keys)))
    layer.load_state_dict({"weight": minigrad.ones(1, 1)}, strict=False)
    assert seen == [(layer, ["weight"]), "", ["bias"]]
    layer.register_load_state_dict_post_hook(lambda m, keys: keys.missing_keys.clear())
    layer.load_state_dict({"weight": minigrad.ones(1, 1)})
    layer.register_load_state_dict_post_hook(lambda m, keys: 5)
    with pytest.raises(AssertionError, match="are not expected to return new values"):
        layer.load_state_dict({"weight": minigrad.ones(1, 1)})


def test_a_hook_renames_what_is_loaded():
    model = nn.Sequential(nn.Linear(1, 1))

    def rename(m, state, prefix, *rest):
        state[prefix + "weight"] = state.pop(prefix + "w")

    model[0].register_load_state_dict_pre_hook(rename)
    given = {"0.w": minigrad.ones(1, 1) * 3, "0.bias": minigrad.ones(1)}
    model.load_state_dict(given)
    assert model[0].weight.item() == 3
    assert list(given) == ["0.w", "0.bias"]


# ------------------------------------------------------------------ more than tensors


class Counts(nn.Module):
    def __init__(self, count):
        super().__init__()
        self.count = count

    def get_extra_state(self):
        return {"count": self.count}

    def set_extra_state(self, state):
        self.count = state["count"]


def test_extra_state_goes_along():
    state = Counts(3).state_dict()
    assert state == {"_extra_state": {"count": 3}}
    module = Counts(9)
    module.load_state_dict(state)
    assert module.count == 3
    with pytest.raises(RuntimeError, match=r'Missing key.*"_extra_state"'):
        module.load_state_dict({})


def test_a_module_may_save_and_load_in_its_own_way():
    class More(nn.Linear):
        def _save_to_state_dict(self, destination, prefix, keep_vars):
            super()._save_to_state_dict(destination, prefix, keep_vars)
            destination[prefix + "more"] = minigrad.ones(1)

        def _load_from_state_dict(self, state_dict, prefix, *rest):
            self.more = state_dict.pop(prefix + "more")
            super()._load_from_state_dict(state_dict, prefix, *rest)

    model = nn.Sequential(More(1, 1))
    assert list(model.state_dict()) == ["0.weight", "0.bias", "0.more"]
    model.load_state_dict(model.state_dict())
    assert model[0].more.item() == 1

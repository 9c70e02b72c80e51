"""Optimizers and schedulers. The numbers are PyTorch 2.13's, recorded."""

from __future__ import annotations

import math

import pytest

import minigrad
from minigrad import optim
from minigrad.optim import lr_scheduler

SGD, Adam, AdamW, RMSprop, Adagrad = optim.SGD, optim.Adam, optim.AdamW, optim.RMSprop, optim.Adagrad


def five_steps(optimizer_class, **options):
    """Where five steps lead on a bowl that gets steeper."""
    p = minigrad.tensor([1.0, -2.0], dtype=minigrad.float64, requires_grad=True)
    optimizer = optimizer_class([p], **options)
    for i in range(5):
        optimizer.zero_grad()
        ((p[0] - 3) ** 2 + 10 * (p[1] + 1) ** 2 * (i + 1)).backward()
        optimizer.step()
    return p, optimizer


@pytest.mark.parametrize(
    ("optimizer", "options", "end"),
    [
        (SGD, {"lr": 0.01, "momentum": 0.9, "dampening": 0.5, "weight_decay": 0.1}, (1.326394697703, -0.437039776462)),
        (SGD, {"lr": 0.01, "momentum": 0.9, "nesterov": True, "maximize": True}, (0.270122406118, -56.640293632)),
        (Adam, {"lr": 0.1, "weight_decay": 0.1, "amsgrad": True}, (1.496741696591, -1.507017930263)),
        (AdamW, {"lr": 0.1, "betas": (0.5, 0.9), "weight_decay": 0.2}, (1.375505345688, -1.298932248422)),
        (RMSprop, {"lr": 0.01, "momentum": 0.9, "centered": True, "weight_decay": 0.1}, (1.914363311482, -0.948947061016)),
        (Adagrad, {"lr": 0.1, "lr_decay": 0.1, "initial_accumulator_value": 0.5}, (1.273055792778, -1.659368531934)),
    ],
)  # fmt: skip
def test_five_steps_end_where_those_of_torch_do(optimizer, options, end):
    p, _ = five_steps(optimizer, **options)
    assert p.tolist() == pytest.approx(end, abs=1e-11)
    assert p.is_leaf
    assert p.requires_grad


@pytest.mark.parametrize("optimizer", [SGD, Adam, AdamW, RMSprop, Adagrad])
def test_a_loaded_state_goes_on_as_if_nothing_had_happened(optimizer):
    options = {"lr": 0.05, "momentum": 0.9} if optimizer in (SGD, RMSprop) else {"lr": 0.05}
    p, first = five_steps(optimizer, **options)
    q = p.detach().clone().requires_grad_()
    second = optimizer([q], lr=7.0)
    second.load_state_dict(first.state_dict())
    for parameter, its_optimizer in ((p, first), (q, second)):
        its_optimizer.zero_grad()
        (parameter**2).sum().backward()
        its_optimizer.step()
    assert q.tolist() == p.tolist()
    assert first.state_dict()["param_groups"] == second.state_dict()["param_groups"]
    for name, value in first.state[p].items():
        assert second.state[q][name] is not value


def test_a_step_counts_as_a_write():
    p = minigrad.tensor([1.0], requires_grad=True)
    loss = (p * p).sum()
    (p * 3).sum().backward()
    SGD([p], lr=0.1).step()
    assert p._version == 1
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


def test_closure_zero_grad_and_groups():
    p, q = (minigrad.tensor([1.0], requires_grad=True) for _ in range(2))
    optimizer = SGD([{"params": [p]}, {"params": q, "lr": 1.0}], lr=0.1)

    def closure():
        optimizer.zero_grad()
        loss = (2 * p + q).sum()
        loss.backward()
        return loss

    with minigrad.no_grad():
        assert optimizer.step(closure).item() == 3
    assert p.item() == pytest.approx(0.8)
    assert q.item() == 0
    optimizer.zero_grad(set_to_none=False)
    assert p.grad.item() == 0
    optimizer.zero_grad()
    assert p.grad is None
    assert "Parameter Group 1\n    dampening: 0\n" in repr(optimizer)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda p: SGD([]), ValueError, "empty parameter list"),
        (
            lambda p: SGD(p),
            TypeError,
            "should be an iterable of Tensors or dicts, but got minigrad.FloatTensor",
        ),
        (lambda p: SGD([3]), TypeError, "can only optimize Tensors, but one of the params is int"),
        (lambda p: SGD([p * 2]), ValueError, "can't optimize a non-leaf Tensor"),
        (lambda p: SGD([p], lr=-1), ValueError, "Invalid learning rate: -1"),
        (lambda p: SGD([p], lr=math.nan), ValueError, "Invalid learning rate: nan"),
        (lambda p: SGD([p], nesterov=True), ValueError, "Nesterov momentum requires"),
        (lambda p: SGD([{"params": [p]}, {"params": [p]}]), ValueError, "more than one parameter group"),
        (lambda p: SGD([p], fused=True), NotImplementedError, "fused=True is not supported"),
        (lambda p: Adam([p], betas=(1.0, 0.9)), ValueError, "Invalid beta parameter at index 0: 1.0"),
        (
            lambda p: SGD([p]).load_state_dict({"state": {}, "param_groups": []}),
            ValueError,
            "different number of",
        ),
        (lambda p: lr_scheduler.StepLR(p, 1), TypeError, "Tensor is not an Optimizer"),
        (
            lambda p: lr_scheduler.ReduceLROnPlateau(SGD([p]), factor=1.0),
            ValueError,
            "Factor should be < 1.0",
        ),
        (
            lambda p: lr_scheduler.LambdaLR(SGD([p]), [abs, abs]),
            ValueError,
            "Expected 1 lr_lambdas, but got 2",
        ),
    ],
)
def test_bad_input(make, error, message):
    with pytest.raises(error, match=message.replace("(", r"\(")):
        make(minigrad.tensor([1.0], requires_grad=True))


# ------------------------------------------------------------------ schedulers


def one_parameter():
    return SGD([minigrad.zeros(1, requires_grad=True)], lr=1.0)


@pytest.mark.parametrize(
    ("name", "options", "rates"),
    [
        ("StepLR", (3, 0.5), [1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.25, 0.25]),
        ("MultiStepLR", ([2, 3, 3], 0.5), [1.0, 1.0, 0.5, 0.125, 0.125, 0.125, 0.125, 0.125]),
        ("ExponentialLR", (0.9,), [1.0, 0.9, 0.81, 0.729, 0.6561, 0.59049, 0.531441, 0.4782969]),
        ("CosineAnnealingLR", (3, 0.1), [1.0, 0.775, 0.325, 0.1, 0.325, 0.775, 1.0, 0.775]),
        ("LinearLR", (0.5, 1.0, 4), [0.5, 0.625, 0.75, 0.875, 1.0, 1.0, 1.0, 1.0]),
        ("LambdaLR", (lambda e: 1 / (1 + e),), [1.0, 1 / 2, 1 / 3, 1 / 4, 1 / 5, 1 / 6, 1 / 7, 1 / 8]),
    ],
)
def test_rates_are_those_of_torch(name, options, rates):
    optimizer = one_parameter()
    scheduler = getattr(lr_scheduler, name)(optimizer, *options)
    found = [optimizer.param_groups[0]["lr"]]
    for _ in rates[1:]:
        optimizer.step()
        scheduler.step()
        found.append(optimizer.param_groups[0]["lr"])
        assert scheduler.get_last_lr() == found[-1:]
    assert found == pytest.approx(rates, abs=1e-12)
    other = getattr(lr_scheduler, name)(one_parameter(), *options)
    other.load_state_dict(scheduler.state_dict())
    assert other.last_epoch == scheduler.last_epoch == len(rates) - 1


@pytest.mark.parametrize(
    ("options", "rates"),
    [
        ({"patience": 1, "factor": 0.5, "cooldown": 1}, [1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25]),
        (
            {
                "mode": "max",
                "patience": 2,
                "factor": 0.5,
                "threshold_mode": "abs",
                "threshold": 0.01,
                "min_lr": 0.3,
            },
            [1, 1, 1, 0.5, 0.5, 0.5, 0.3, 0.3, 0.3, 0.3, 0.3],
        ),
    ],
)
def test_a_plateau_lowers_the_rate(options, rates):
    optimizer = one_parameter()
    scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, **options)
    found = []
    for metric in [1, 0.9, 0.95, 0.95, 0.95, 0.95, 0.5, 0.6, 0.6, 0.6, 0.6]:
        scheduler.step(minigrad.tensor(metric))
        found.append(optimizer.param_groups[0]["lr"])
    assert found == rates


def test_a_scheduler_before_the_first_step_warns():
    scheduler = lr_scheduler.ExponentialLR(one_parameter(), 0.5)
    with pytest.warns(UserWarning, match="before `optimizer.step"):
        scheduler.step()

"""Schedulers. The numbers are PyTorch 2.13's, recorded."""

from __future__ import annotations

import warnings

import pytest

import minigrad
from minigrad.optim import SGD, Adagrad, Adam, Optimizer, lr_scheduler


def one_parameter(lr=1.0):
    return SGD([minigrad.zeros(1, requires_grad=True)], lr=lr, momentum=0.9)


def rates_of(optimizer, scheduler, count):
    found = [float(optimizer.param_groups[0]["lr"])]
    for _ in range(count - 1):
        optimizer.step()
        scheduler.step()
        found.append(float(optimizer.param_groups[0]["lr"]))
        assert scheduler.get_last_lr() == found[-1:]
    return found


RATES = [
    ("StepLR", (3, 0.5), {}, [1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.25, 0.25]),
    ("MultiStepLR", ([2, 3, 3], 0.5), {}, [1.0, 1.0, 0.5, 0.125, 0.125, 0.125, 0.125, 0.125]),
    ("ExponentialLR", (0.9,), {}, [1.0, 0.9, 0.81, 0.729, 0.6561, 0.59049, 0.531441, 0.4782969]),
    ("CosineAnnealingLR", (3, 0.1), {}, [1.0, 0.775, 0.325, 0.1, 0.325, 0.775, 1.0, 0.775]),
    ("LinearLR", (0.5, 1.0, 4), {}, [0.5, 0.625, 0.75, 0.875, 1.0, 1.0, 1.0, 1.0]),
    ("LambdaLR", (lambda e: 1 / (1 + e),), {}, [1.0, 1 / 2, 1 / 3, 1 / 4, 1 / 5, 1 / 6, 1 / 7, 1 / 8]),
    ("MultiplicativeLR", (lambda e: 1 - e / 10,), {}, [1.0, 0.9, 0.72, 0.504, 0.3024, 0.1512, 0.06048, 0.018144]),
    ("ConstantLR", (0.5, 3), {}, [0.5, 0.5, 0.5, 1.0, 1.0, 1.0, 1.0, 1.0]),
    ("PolynomialLR", (4, 2.0), {}, [1.0, 0.5625, 0.25, 0.0625, 0.0, 0.0, 0.0, 0.0]),
    ("CosineAnnealingWarmRestarts", (2, 2, 0.1), {},
     [1.0, 0.55, 1.0, 0.868198051534, 0.55, 0.231801948466, 1.0, 0.96574578963]),
    ("CyclicLR", (0.1, 1.0, 2, 3, "triangular2"), {}, [0.1, 0.55, 1.0, 0.7, 0.4, 0.1, 0.325, 0.55]),
    ("CyclicLR", (0.1, 1.0, 2), {"mode": "exp_range", "gamma": 0.9},
     [0.1, 0.505, 0.829, 0.42805, 0.1, 0.3657205, 0.5782969, 0.315233605]),
    ("CyclicLR", (0.1, 1.0, 1), {"scale_fn": lambda x: 1 / x}, [0.1, 1.0, 0.1, 0.55, 0.1, 0.4, 0.1, 0.325]),
    ("OneCycleLR", (2.0, 8), {},
     [0.08, 1.63855020978, 1.94388355478, 1.6234913079, 1.11196802825, 0.566121996417, 0.153283187669, 8e-06]),
    ("OneCycleLR", (2.0,), {"epochs": 2, "steps_per_epoch": 4, "anneal_strategy": "linear", "three_phase": True},
     [0.08, 1.45142857143, 1.17714285714, 0.0761908571429, 0.0571451428571, 0.0380994285714, 0.0190537142857, 8e-06]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "args", "options", "rates"), RATES)
def test_rates_are_those_of_torch(name, args, options, rates):
    optimizer = one_parameter()
    scheduler = getattr(lr_scheduler, name)(optimizer, *args, **options)
    assert rates_of(optimizer, scheduler, len(rates)) == pytest.approx(rates, abs=1e-11)
    other = getattr(lr_scheduler, name)(one_parameter(), *args, **options)
    other.load_state_dict(scheduler.state_dict())
    assert other.last_epoch == scheduler.last_epoch == len(rates) - 1


@pytest.mark.parametrize(
    ("name", "args", "steps", "momentum"),
    [("OneCycleLR", (2.0, 8), 8, 0.95), ("CyclicLR", (0.1, 1.0, 3), 6, 0.8 + 0.1 * 2 / 3)],
)
def test_momentum_goes_the_other_way(name, args, steps, momentum):
    sgd, adam = one_parameter(), Adam([minigrad.zeros(1)])
    for optimizer in (sgd, adam):
        rates_of(optimizer, getattr(lr_scheduler, name)(optimizer, *args), steps)
    assert sgd.param_groups[0]["momentum"] == pytest.approx(momentum)
    assert adam.param_groups[0]["betas"] == pytest.approx((momentum, 0.999))


def test_one_after_the_other():
    optimizer = one_parameter()
    parts = [
        lr_scheduler.LinearLR(optimizer, 0.1, total_iters=3),
        lr_scheduler.CosineAnnealingLR(optimizer, 4),
        lr_scheduler.StepLR(optimizer, 1, 0.5),
    ]
    scheduler = lr_scheduler.SequentialLR(optimizer, parts, [3, 6])
    expected = [0.1, 0.4, 0.7, 1.0, 0.853553390593, 0.5, 1.0, 0.5]
    assert rates_of(optimizer, scheduler, 8) == pytest.approx(expected, abs=1e-11)
    assert [part["last_epoch"] for part in scheduler.state_dict()["_schedulers"]] == [2, 2, 1]


def test_all_at_once():
    optimizer = one_parameter()
    parts = [lr_scheduler.ConstantLR(optimizer, 0.1, 2), lr_scheduler.ExponentialLR(optimizer, 0.9)]
    scheduler = lr_scheduler.ChainedScheduler(parts)
    expected = [0.1, 0.09, 0.81, 0.729, 0.6561, 0.59049, 0.531441, 0.4782969]
    assert rates_of(optimizer, scheduler, 8) == pytest.approx(expected, abs=1e-11)


def test_a_rate_written_by_hand_has_its_effect_and_a_tensor_stays_one():
    optimizer = one_parameter()
    scheduler = lr_scheduler.LinearLR(optimizer, 0.5, total_iters=2)
    optimizer.param_groups[0]["lr"] = 8.0
    optimizer.step()
    scheduler.step()
    assert optimizer.param_groups[0]["lr"] == 12.0
    rate = minigrad.tensor(1.0)
    optimizer = one_parameter(rate)
    scheduler = lr_scheduler.StepLR(optimizer, 1, 0.5)
    optimizer.step()
    scheduler.step()
    assert optimizer.param_groups[0]["lr"] is rate
    assert rate.item() == 0.5
    assert optimizer.param_groups[0]["initial_lr"].item() == 1


def test_an_epoch_that_is_given_is_worked_out_from_its_number():
    for make, expected in (
        (lambda o: lr_scheduler.StepLR(o, 2), 0.1),
        (lambda o: lr_scheduler.MultiStepLR(o, [1, 2]), 0.01),
        (lambda o: lr_scheduler.LinearLR(o, 0.5, total_iters=6), 0.75),
        (lambda o: lr_scheduler.PolynomialLR(o, 6), 0.5),
        (lambda o: lr_scheduler.ConstantLR(o, 0.5), 0.5),
        (lambda o: lr_scheduler.ExponentialLR(o, 0.5), 0.125),
        (lambda o: lr_scheduler.CosineAnnealingLR(o, 6), 0.5),
    ):
        optimizer = one_parameter()
        scheduler = make(optimizer)
        optimizer.step()
        with pytest.warns(UserWarning, match=r"The epoch parameter in `scheduler.step\(\)`"):
            scheduler.step(3)
        assert optimizer.param_groups[0]["lr"] == pytest.approx(expected)


def test_warm_restarts_take_parts_of_epochs():
    optimizer = one_parameter()
    scheduler = lr_scheduler.CosineAnnealingWarmRestarts(optimizer, 4, 2)
    found = []
    for epoch in (0.5, 3.9, 4.0, 12.2, 30):
        scheduler.step(epoch)
        found.append((scheduler.T_i, round(scheduler.T_cur, 9), scheduler.last_epoch))
    assert found == [(4, 0.5, 0), (4, 3.9, 3), (8, 0.0, 4), (16, 0.2, 12), (32, 2, 30)]


def test_going_on_from_an_epoch():
    first = one_parameter()
    lr_scheduler.StepLR(first, 2)
    second = one_parameter()
    second.load_state_dict(first.state_dict())
    scheduler = lr_scheduler.StepLR(second, 2, last_epoch=5)
    assert (scheduler.last_epoch, second.param_groups[0]["lr"]) == (6, 0.1)


def test_schedulers_of_ones_own():
    class Halved(lr_scheduler.LRScheduler):
        def get_lr(self):
            return [base * 0.5**self.last_epoch for base in self.base_lrs]

    optimizer = one_parameter()
    assert rates_of(optimizer, Halved(optimizer), 3) == [1.0, 0.5, 0.25]
    with pytest.raises(NotImplementedError):
        lr_scheduler.LRScheduler(one_parameter())


# ------------------------------------------------------------------ warnings and errors


def test_a_scheduler_before_the_first_step_warns():
    optimizer = one_parameter()
    optimizer.step()  # before there was a scheduler: does not count
    scheduler = lr_scheduler.ExponentialLR(optimizer, 0.5)
    with pytest.warns(UserWarning, match="before `optimizer.step"):
        scheduler.step()
    scheduler.step()  # once is enough
    with pytest.warns(UserWarning, match="please use `get_last_lr"):
        scheduler.get_lr()


def test_an_optimizer_with_a_step_of_its_own_is_seen_to_step():
    class Still(Optimizer):
        def __init__(self, params):
            super().__init__(params, {"lr": 1.0})

        def step(self, closure=None):
            pass

    optimizer = Still([minigrad.zeros(1)])
    scheduler = lr_scheduler.StepLR(optimizer, 1)
    optimizer.step()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scheduler.step()


@pytest.mark.parametrize(
    ("options", "rates"),
    [
        ({"patience": 1, "factor": 0.5, "cooldown": 1}, [1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25]),
        ({"mode": "max", "patience": 2, "factor": 0.5, "threshold_mode": "abs", "threshold": 0.01, "min_lr": 0.3},
         [1, 1, 1, 0.5, 0.5, 0.5, 0.3, 0.3, 0.3, 0.3, 0.3]),
    ],
)  # fmt: skip
def test_a_plateau_lowers_the_rate(options, rates):
    optimizer = one_parameter()
    scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, **options)
    found = []
    for metric in [1, 0.9, 0.95, 0.95, 0.95, 0.95, 0.5, 0.6, 0.6, 0.6, 0.6]:
        scheduler.step(minigrad.tensor(metric))
        found.append(optimizer.param_groups[0]["lr"])
    assert found == rates


def test_a_plateau_with_a_group_that_came_later():
    optimizer = one_parameter()
    several, one = (lr_scheduler.ReduceLROnPlateau(optimizer, patience=0, min_lr=low) for low in ([0.1], 0.1))
    optimizer.add_param_group({"params": minigrad.zeros(1)})
    for scheduler in (several, one):
        scheduler.step(1.0)
    with pytest.raises(
        RuntimeError, match=r"The number of param groups in the `optimizer` \(2\) differs from"
    ):
        several.step(2.0)
    one.step(2.0)
    assert [group["lr"] for group in optimizer.param_groups] == [0.1, 0.1]


S = lr_scheduler


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda o: S.StepLR(5, 1), TypeError, "int is not an Optimizer"),
        (lambda o: S.StepLR(o, 1, last_epoch=3), KeyError, r"param 'initial_lr' is not specified in param_groups\[0\]"),
        (lambda o: S.ConstantLR(o, 2.0), ValueError, "Constant multiplicative factor expected to be between 0 and 1"),
        (lambda o: S.LinearLR(o, 0), ValueError, "Starting multiplicative factor expected to be greater than 0"),
        (lambda o: S.LambdaLR(o, [abs, abs]), ValueError, "Expected 1 lr_lambdas, but got 2"),
        (lambda o: S.MultiplicativeLR(o, 5), TypeError, "lr_lambda should be a function, but got int"),
        (lambda o: S.CosineAnnealingWarmRestarts(o, 0), ValueError, "Expected positive integer T_0, but got 0"),
        (lambda o: S.CosineAnnealingWarmRestarts(o, 2).step(-1), ValueError, "Expected non-negative epoch, but got -1"),
        (lambda o: S.CyclicLR(o, 0.1, 1.0, mode="z"), ValueError, "mode is invalid and scale_fn is None"),
        (lambda o: S.CyclicLR(o, [0.1, 0.2], 1.0), ValueError, "base_lr must have the same length as optimizer.param_groups"),
        (lambda o: S.CyclicLR(Adagrad([minigrad.zeros(1)]), 0.1, 1.0), ValueError, "optimizer must support momentum or beta1"),
        (lambda o: S.OneCycleLR(o, 1.0), ValueError, r"You must define either total_steps OR \(epochs AND steps_per_epoch\)"),
        (lambda o: S.OneCycleLR(o, 1.0, 2.5), ValueError, "Expected positive integer total_steps, but got 2.5"),
        (lambda o: S.OneCycleLR(o, 1.0, 9, pct_start=1), ValueError, "Expected float between 0 and 1 pct_start, but got 1"),
        (lambda o: S.OneCycleLR(o, 1.0, 9, anneal_strategy="x"), ValueError, "must be one of 'cos' or 'linear', instead got x"),
        (lambda o: rates_of(o, S.OneCycleLR(o, 1.0, 2), 5), ValueError, "Tried to step 3 times. The specified number of total"),
        (lambda o: S.SequentialLR(o, [], []), ValueError, "SequentialLR expects at least one scheduler, but got no"),
        (lambda o: S.SequentialLR(o, [S.StepLR(o, 1)], [1]), ValueError, "expects number of schedulers provided to be one more"),
        (lambda o: S.ChainedScheduler([S.ReduceLROnPlateau(o)]), ValueError, "does not support `ReduceLROnPlateau` scheduler"),
        (lambda o: S.SequentialLR(o, [S.StepLR(one_parameter(), 1)], []), ValueError, "expects all schedulers to belong to the same"),
        (lambda o: S.SequentialLR(o, [5], []), TypeError, "at index 0 should have `optimizer` as its attribute"),
        (lambda o: S.ReduceLROnPlateau(o, factor=1.0), ValueError, "Factor should be < 1.0"),
        (lambda o: S.ReduceLROnPlateau(o, min_lr=[1, 2]), ValueError, "expected 1 min_lrs, got 2"),
    ],
)  # fmt: skip
def test_bad_input(make, error, message):
    with pytest.raises(error, match=message):
        make(one_parameter())

"""LRScheduler, the base of all schedulers.

Counterpart in PyTorch: torch/optim/lr_scheduler.py. A scheduler writes "lr" of every group when it is made,
and then at every `step()`, which belongs after the optimizer's. Most work out each rate from the one before,
so that a rate written by hand in between has its effect; many can also say it from the number of the epoch
alone.
"""

from __future__ import annotations

import warnings
from typing import Any

from ...mode import no_grad
from ...tensor import Tensor
from ..optimizer import Optimizer

EPOCH_GIVEN = (
    "The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where possible. Please use "
    "`scheduler.step()` to step the scheduler. During the deprecation, if epoch is different from None, the closed "
    "form is used instead of the new chainable form, where available."
)


class LRScheduler:
    """The base: a subclass gives get_lr(), the rates of the epoch `last_epoch`.

    last_epoch: -1 to begin anew, else the epoch to go on from; then the groups must have "initial_lr".
    """

    _is_initial = False  # whether the first rates are being written
    _get_lr_called_within_step = False

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        self.optimizer = checked_optimizer(optimizer)
        for i, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", copied(group["lr"]))
            elif "initial_lr" not in group:
                raise KeyError(
                    f"param 'initial_lr' is not specified in param_groups[{i}] when resuming scheduler with "
                    "last_epoch >= 0."
                )
        self.base_lrs = [copied(group["initial_lr"]) for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        optimizer._opt_called = bool(optimizer._opt_called)  # from now on it notes its steps
        self._initial_step()

    def _initial_step(self) -> None:
        self._step_count = 0
        self._is_initial = True
        try:
            self.step()
        finally:
            self._is_initial = False

    def get_lr(self) -> list[Any]:
        """The rate of each group in the epoch `last_epoch`, called by step(); else ask get_last_lr()."""
        raise NotImplementedError

    def get_last_lr(self) -> list[Any]:
        """The rates that the last step wrote."""
        return self._last_lr

    def step(self, epoch: int | None = None) -> None:
        """On to the next epoch, or, with a warning, to the one that is given."""
        if self._step_count == 1 and not self.optimizer._opt_called:
            warnings.warn(
                "Detected call of `lr_scheduler.step()` before `optimizer.step()`. In PyTorch 1.1.0 and later, you "
                "should call them in the opposite order: `optimizer.step()` before `lr_scheduler.step()`.  Failure to "
                "do this will result in PyTorch skipping the first value of the learning rate schedule.",
                UserWarning,
                stacklevel=2,
            )
        self._step_count += 1
        if epoch is not None:
            warnings.warn(EPOCH_GIVEN, UserWarning, stacklevel=2)
        self._update_lr(epoch)

    def _update_lr(self, epoch: int | None = None) -> None:
        self._get_lr_called_within_step = True
        try:
            self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
            by_number = epoch is not None and hasattr(self, "_get_closed_form_lr")
            rates = self._get_closed_form_lr() if by_number else self.get_lr()
        finally:
            self._get_lr_called_within_step = False
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            write(group, rate)
        self._last_lr = self._rates()

    def _rates(self, factor: float = 1) -> list[Any]:
        """The rates as they are, times `factor`."""
        return [
            copied(group["lr"]) if factor == 1 else group["lr"] * factor
            for group in self.optimizer.param_groups
        ]

    def _warn_outside_of_step(self) -> None:
        if not self._get_lr_called_within_step:
            warnings.warn(
                "To get the last learning rate computed by the scheduler, please use `get_last_lr()`.",
                UserWarning,
                stacklevel=3,
            )

    def state_dict(self) -> dict[str, Any]:
        """All but the optimizer."""
        return {name: value for name, value in self.__dict__.items() if name != "optimizer"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over a state_dict."""
        self.__dict__.update(state_dict)


class _LRScheduler(LRScheduler):
    """The name of old."""


class ByRatio(LRScheduler):
    """Each rate is the one before times ratio(epoch), and so the first times factor_of(epoch)."""

    def ratio(self, epoch: int) -> float:
        """By what the rate of the epoch before is multiplied; of the first rates too, where `_is_initial`."""
        raise NotImplementedError

    def factor_of(self, epoch: int) -> float:
        """By what the first rate is multiplied in this epoch."""
        raise NotImplementedError

    def get_lr(self) -> list[Any]:
        """The rate of each group in the epoch `last_epoch`."""
        self._warn_outside_of_step()
        return self._rates(self.ratio(self.last_epoch))

    def _get_closed_form_lr(self) -> list[Any]:
        factor = self.factor_of(self.last_epoch)
        return [base * factor for base in self.base_lrs]


def checked_optimizer(optimizer: Any) -> Optimizer:
    """`optimizer` itself. TypeError where it is none."""
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
    return optimizer


def copied(rate: Any) -> Any:
    """A rate; where it is a tensor, a copy."""
    return rate.clone() if isinstance(rate, Tensor) else rate


def write(group: dict[str, Any], rate: Any, key: str = "lr") -> None:
    """Put a rate into a group; where there is a tensor, into the tensor."""
    if isinstance(group[key], Tensor):
        with no_grad():
            group[key].fill_(float(rate))
    else:
        group[key] = rate


def for_each(name: str, optimizer: Optimizer, value: Any) -> list[Any]:
    """One value for each group, given one for all or a list. ValueError where the list has another length."""
    count = len(optimizer.param_groups)
    if not isinstance(value, (list, tuple)):
        return [value] * count
    if len(value) != count:
        raise ValueError(
            f"{name} must have the same length as optimizer.param_groups. {name} has {len(value)} values, "
            f"param_groups has {count}."
        )
    return [copied(v) for v in value]

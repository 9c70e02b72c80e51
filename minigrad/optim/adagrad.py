"""Adagrad: steps divided by the root of the sum of squared gradients.

Counterpart in PyTorch: torch/optim/adagrad.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..tensor import Tensor, wrap
from .optimizer import Optimizer, checked, checked_rate


class Adagrad(Optimizer):
    """p -= lr * grad / (sqrt(sum of all grad^2 so far) + eps); lr shrinks by lr_decay."""

    def __init__(
        self,
        params: Iterable[Any],
        lr: Any = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        checked_rate(lr)
        checked("lr_decay value", lr_decay)
        checked("weight_decay value", weight_decay)
        checked("initial_accumulator_value value", initial_accumulator_value)
        checked("epsilon value", eps)
        super().__init__(
            params,
            {
                "lr": lr, "lr_decay": lr_decay, "eps": eps, "weight_decay": weight_decay,
                "initial_accumulator_value": initial_accumulator_value, "foreach": foreach, "maximize": maximize,
                "differentiable": differentiable, "fused": fused,
            },
        )  # fmt: skip
        for group in self.param_groups:
            for p in group["params"]:
                self.state[p].update(_beginning(p, group))

    def update(self, p: Tensor, grad: Tensor, group: dict[str, Any], state: dict[str, Any]) -> None:
        if not state:  # a group that was added later
            state.update(_beginning(p, group))
        state["step"].add_(1)
        if group["weight_decay"]:
            grad = grad.add(p.detach(), alpha=group["weight_decay"])
        lr = float(group["lr"]) / (1 + (state["step"].item() - 1) * group["lr_decay"])
        total = state["sum"].addcmul_(grad, grad, value=1)
        p.addcdiv_(grad, total.sqrt().add_(group["eps"]), value=-lr)


def _beginning(p: Tensor, group: dict[str, Any]) -> dict[str, Any]:
    """The state before the first step."""
    total = np.full_like(p._array, group["initial_accumulator_value"])
    return {"step": wrap(np.zeros((), np.float32)), "sum": wrap(total)}

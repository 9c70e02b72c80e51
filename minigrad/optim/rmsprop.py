"""RMSprop: steps divided by the root of the running mean of squared gradients.

Counterpart in PyTorch: torch/optim/rmsprop.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..ops.create import zeros_like
from ..tensor import Tensor, wrap
from .optimizer import Optimizer, checked, checked_rate


class RMSprop(Optimizer):
    """p -= lr * grad / (sqrt(v) + eps), v the running mean of grad^2: v = alpha * v + (1 - alpha) * grad^2.

    centered: v less the square of the running mean of grad. momentum: of the steps.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: Any = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        checked_rate(lr)
        checked("epsilon value", eps)
        checked("momentum value", momentum)
        checked("weight_decay value", weight_decay)
        checked("alpha value", alpha)
        super().__init__(
            params,
            {
                "lr": lr, "momentum": momentum, "alpha": alpha, "eps": eps, "centered": centered,
                "weight_decay": weight_decay, "capturable": capturable, "foreach": foreach, "maximize": maximize,
                "differentiable": differentiable,
            },
        )  # fmt: skip

    def update(self, p: Tensor, grad: Tensor, group: dict[str, Any], state: dict[str, Any]) -> None:
        if not state:
            state["step"] = wrap(np.zeros((), np.float32))
            state["square_avg"] = zeros_like(p)
            if group["momentum"]:
                state["momentum_buffer"] = zeros_like(p)
            if group["centered"]:
                state["grad_avg"] = zeros_like(p)
        state["step"].add_(1)
        alpha = group["alpha"]
        if group["weight_decay"]:
            grad = grad.add(p.detach(), alpha=group["weight_decay"])
        square = state["square_avg"].mul_(alpha).addcmul_(grad, grad, value=1 - alpha)
        if group["centered"]:
            mean = state["grad_avg"].lerp_(grad, 1 - alpha)
            square = square.addcmul(mean, mean, value=-1)
        size, lr = square.sqrt().add_(group["eps"]), float(group["lr"])
        if group["momentum"]:
            p.add_(state["momentum_buffer"].mul_(group["momentum"]).addcdiv_(grad, size), alpha=-lr)
        else:
            p.addcdiv_(grad, size, value=-lr)

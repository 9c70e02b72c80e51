"""Optimizer: parameters in groups with options, and a state for each parameter.

Counterpart in PyTorch: torch/optim/optimizer.py.
"""

from __future__ import annotations

import copy
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from ..mode import enable_grad, no_grad
from ..tensor import Tensor
from .hooks import Hooks


class Optimizer(Hooks):
    """The base of all optimizers: a subclass has `update`, which moves one parameter by its gradient.

    `param_groups` is a list of dictionaries: "params" and the options, which may be changed at any time.
    `state` has a dictionary for each parameter: momenta, counts of steps.
    """

    # Options of torch for which there is no code here. foreach and fused change how fast a step is, not what
    # it does.
    REFUSED: ClassVar[tuple[str, ...]] = ("capturable", "differentiable")

    def __init__(self, params: Iterable[Any], defaults: dict[str, Any]) -> None:
        super().__init__()
        if isinstance(params, Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, but got "
                f"{params.type()}"
            )
        if defaults.get("fused") and defaults.get("differentiable"):
            raise RuntimeError("`fused` does not support `differentiable`")
        if defaults.get("fused") and defaults.get("foreach"):
            raise RuntimeError("`fused` and `foreach` cannot be `True` together.")
        for name in self.REFUSED:
            if defaults.get(name):
                raise NotImplementedError(
                    f"{type(self).__name__}(): {name}={defaults[name]!r} is not supported; leave it out"
                )
        self.defaults = defaults
        self.state: defaultdict[Tensor, Any] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        groups = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        for group in groups:
            self.add_param_group(group)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add parameters with options of their own; what is left out is as the optimizer was made."""
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        given = param_group["params"]
        if isinstance(given, set):
            raise TypeError(
                "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets "
                "will change between runs. Please use a list instead."
            )
        listed = [given] if isinstance(given, Tensor) else list(given)
        group = {**param_group, "params": listed}
        named = [isinstance(p, tuple) for p in listed]
        if any(named):
            if not all(named):
                raise ValueError(
                    "all optimizer params should be with/without names. Some param names are missing"
                )
            group = {**group, "params": [p for _, p in listed], "param_names": [name for name, _ in listed]}
        for p in group["params"]:
            if not isinstance(p, Tensor):
                raise TypeError(
                    f"optimizer can only optimize Tensors, but one of the params is {type(p).__name__}"
                )
            if not (p.is_leaf or p.retains_grad):
                raise ValueError("can't optimize a non-leaf Tensor")
        for name, default in self.defaults.items():
            group.setdefault(name, default)
        if self.param_groups and ("param_names" in group) != ("param_names" in self.param_groups[0]):
            raise ValueError(
                "all optimizer param groups should be with/without names. cannot add param group "
                f"{'with' if 'param_names' in group else 'without'} names to the optimizer"
            )
        seen = {id(p) for other in self.param_groups for p in other["params"]}
        if any(id(p) in seen for p in group["params"]):
            raise ValueError("some parameters appear in more than one parameter group")
        if len({id(p) for p in group["params"]}) < len(group["params"]):
            warnings.warn(
                "optimizer contains a parameter group with duplicate parameters; in future, this will cause an error; see "
                "github.com/pytorch/pytorch/issues/40967 for more information",
                UserWarning,
                stacklevel=3,
            )
        self.param_groups.append(group)

    # ------------------------------------------------------------------ a step

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters, or fill them with zeros."""
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    if set_to_none:
                        p.grad = None
                    else:
                        p.grad.detach_().zero_()

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Move every parameter that has a gradient. closure: computes the loss first, which is returned."""
        if type(self).update is Optimizer.update:
            raise NotImplementedError
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        with no_grad():
            for group in self.param_groups:
                for p in group["params"]:
                    if p.grad is not None:
                        grad = p.grad.detach()
                        self.update(p, -grad if group["maximize"] else grad, group, self.state[p])
        return loss

    def update(self, p: Tensor, grad: Tensor, group: dict[str, Any], state: dict[str, Any]) -> None:
        """Move one parameter, in place; no op is recorded in here."""
        raise NotImplementedError(f"{type(self).__name__} has no update()")

    # ------------------------------------------------------------------ its state

    def state_dict(self) -> dict[str, Any]:
        """The state and the groups, parameters by number: what load_state_dict takes."""
        self._run_hooks("state_dict_pre")
        number: dict[int, int] = {}
        groups = []
        for group in self.param_groups:
            for p in group["params"]:
                number.setdefault(id(p), len(number))
            plain = {name: value for name, value in group.items() if name != "params"}
            groups.append({**plain, "params": [number[id(p)] for p in group["params"]]})
        state = {number[id(p)]: values for p, values in self.state.items() if values}
        return self._run_hooks("state_dict_post", {"state": state, "param_groups": groups})

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over a state_dict, parameters by their order. ValueError where the groups do not fit.

        The tensors of the state are not copied, unless their dtype is not the parameter's.
        """
        state_dict = self._run_hooks("load_state_dict_pre", {**state_dict})
        groups = copy.deepcopy(state_dict["param_groups"])
        if len(groups) != len(self.param_groups):
            raise ValueError("loaded state dict has a different number of parameter groups")
        if any(len(a["params"]) != len(b["params"]) for a, b in zip(self.param_groups, groups, strict=True)):
            raise ValueError(
                "loaded state dict contains a parameter group that doesn't match the size of optimizer's group"
            )
        by_number: dict[int, Tensor] = {}
        for mine, given in zip(self.param_groups, groups, strict=True):
            by_number.update(zip(given["params"], mine["params"], strict=True))
        self.state = defaultdict(dict)
        for key, values in state_dict["state"].items():
            if key in by_number:
                self.state[by_number[key]] = _fitted(values, by_number[key])
        self.param_groups = [
            {**self.defaults, **given, "params": mine["params"]}
            for mine, given in zip(self.param_groups, groups, strict=True)
        ]
        self._run_hooks("load_state_dict_post")

    def __repr__(self) -> str:
        text = f"{type(self).__name__} ("
        for i, group in enumerate(self.param_groups):
            text += f"\nParameter Group {i}\n"
            text += "".join(f"    {name}: {group[name]}\n" for name in sorted(group) if name != "params")
        return text + ")"


def _fitted(values: dict[str, Any], p: Tensor) -> dict[str, Any]:
    """A parameter's state in its dtype; the count of steps keeps its own."""
    return {
        name: value.to(p.dtype) if isinstance(value, Tensor) and name != "step" else value
        for name, value in values.items()
    }


def checked(name: str, value: Any) -> None:
    """ValueError where an option is not 0 or more."""
    if not 0.0 <= value:  # noqa: SIM300 - in this order, so that nan is refused and other types as in torch
        raise ValueError(f"Invalid {name}: {value}")


def checked_rate(lr: Any) -> None:
    """ValueError where a learning rate is not one number, 0 or more."""
    if isinstance(lr, Tensor) and lr.numel() != 1:
        raise ValueError("Tensor lr must be 1-element")
    checked("learning rate", lr)

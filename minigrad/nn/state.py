"""state_dict and load_state_dict of modules.

Counterpart in PyTorch: torch/nn/modules/module.py.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from ..mode import no_grad
from ..tensor import Tensor
from .parameter import Parameter

if TYPE_CHECKING:
    from .module import Module


class IncompatibleKeys(NamedTuple):
    """What load_state_dict(strict=False) did not find and did not need."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return f"_IncompatibleKeys(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"

    __str__ = __repr__


def state_dict(
    self: Module, *, destination: Any = None, prefix: str = "", keep_vars: bool = False
) -> dict[str, Any]:
    """All parameters and persistent buffers by name.

    The tensors share memory with the module's and are outside of the graph, unless keep_vars.
    """
    found = OrderedDict() if destination is None else destination
    self._save_to_state_dict(found, prefix, keep_vars)
    for name, module in self._modules.items():
        if module is not None:
            module.state_dict(destination=found, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
    for hook in self._state_dict_hooks.values():
        result = hook(self, found, prefix, {})
        found = found if result is None else result
    return found


def save_to_state_dict(self: Module, destination: dict[str, Any], prefix: str, keep_vars: bool) -> None:
    """Put this module's own parameters and persistent buffers into `destination`."""
    for name, value in _own(self).items():
        destination[prefix + name] = value if keep_vars else value.detach()


def _own(module: Module) -> dict[str, Tensor]:
    kept = {n: b for n, b in module._buffers.items() if n not in module._non_persistent_buffers_set}
    return {n: t for n, t in {**module._parameters, **kept}.items() if t is not None}


def load_state_dict(
    self: Module, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
) -> IncompatibleKeys:
    """Copy the values of a state_dict into the parameters and buffers of the same names.

    strict: RuntimeError where names are missing or unknown; shapes that differ are always an error. assign: put
    the given tensors in place of the module's instead of copying.
    """
    if not isinstance(state_dict, Mapping):
        raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
    missing: list[str] = []
    errors: list[str] = []
    known: set[str] = set()
    for path, module in self.named_modules(remove_duplicate=False):
        prefix = f"{path}." if path else ""
        for hook in module._load_state_dict_pre_hooks.values():
            hook(state_dict, prefix, {}, strict, missing, [], errors)
        known.update(prefix + name for name in _own(module))
        module._load_from_state_dict(state_dict, prefix, assign, missing, errors)
    unexpected = [key for key in state_dict if key not in known]
    result = IncompatibleKeys(missing, unexpected)
    for module in self.modules():
        for hook in module._load_state_dict_post_hooks.values():
            hook(module, result)
    if strict:
        if result.missing_keys:
            errors.insert(0, f"Missing key(s) in state_dict: {_quoted(result.missing_keys)}. ")
        if result.unexpected_keys:
            errors.insert(0, f"Unexpected key(s) in state_dict: {_quoted(result.unexpected_keys)}. ")
    if errors:
        raise RuntimeError(
            "Error(s) in loading state_dict for {}:\n\t{}".format(type(self).__name__, "\n\t".join(errors))
        )
    return result


def load_from_state_dict(
    self: Module,
    state_dict: Mapping[str, Any],
    prefix: str,
    assign: bool,
    missing: list[str],
    errors: list[str],
) -> None:
    """Take this module's own values out of `state_dict`; what goes wrong is noted in `missing` and `errors`."""
    for name, target in _own(self).items():
        key = prefix + name
        if key not in state_dict:
            missing.append(key)
            continue
        value = state_dict[key]
        if not isinstance(value, Tensor):
            errors.append(
                f'While copying the parameter named "{key}", expected minigrad.Tensor or Tensor-like object from '
                f"checkpoint but received {type(value)}"
            )
        elif value._array.shape != target._array.shape:
            errors.append(
                f"size mismatch for {key}: copying a param with shape {value.shape} from checkpoint, the shape in "
                f"current model is {target.shape}."
            )
        elif assign:
            _assign(self, name, value, target)
        else:
            with no_grad():
                target.copy_(value)


def _assign(module: Module, name: str, value: Tensor, target: Tensor) -> None:
    if name in module._parameters:
        if not isinstance(value, Parameter):
            value = Parameter(value.detach(), target.requires_grad)
        module._parameters[name] = value
    else:
        module._buffers[name] = value


def _quoted(keys: list[str]) -> str:
    return ", ".join(f'"{key}"' for key in keys)

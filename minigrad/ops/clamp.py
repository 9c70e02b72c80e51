"""Limits, and filling where a mask says so."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..broadcast import broadcast_shape
from ..op import op, table
from ..strides import by_rows
from ..tensor import Tensor
from .dims import check_fits
from .precision import no_bools
from .public import must_be_tensor, public


def _clamp(x: np.ndarray, min: Any, max: Any) -> np.ndarray:
    no_bools(x, "clamp_cpu" if np.ndim(min) or np.ndim(max) else "clamp_scalar_cpu")
    if min is not None:
        x = np.maximum(min, x)  # in this order x stays where both are 0.0 and -0.0
    return np.minimum(max, x) if max is not None else x


def _where(grad: Tensor, condition: Tensor) -> Tensor:
    """The gradient where the condition holds, else 0."""
    return grad.masked_fill(~condition, 0.0)


def _clamp_self(grad: Tensor, self: Tensor, min: Any, max: Any) -> Tensor:
    """The gradient passes where min <= self <= max."""
    if min is None:
        return _where(grad, self <= max)
    inside = self >= min
    return _where(grad, inside if max is None else inside & (self <= max))


def _clamp_min(grad: Tensor, self: Tensor, min: Tensor, max: Any) -> Tensor:
    return _where(grad, self < min if max is None else (self < min) & (min < max))


def _clamp_max(grad: Tensor, self: Tensor, min: Any, max: Tensor) -> Tensor:
    return _where(grad, self > max if min is None else (self > max) | (max < min))


_clamp_number = op(
    "clamp_number(self, min=None, max=None)", _clamp, check=check_fits, promotes="common", inplace=True, method=False,
    of="clamp", node="ClampBackward1", number_operands=False,
    self=_clamp_self,
    doc="Elementwise: not below min, not above max, two numbers.",
)  # fmt: skip
_clamp_tensor = op(
    "clamp_tensor(self, min=None, max=None)", _clamp, promotes="common", inplace=True, method=False,
    of="clamp", node="ClampBackward0",
    self=_clamp_self,
    min=_clamp_min,
    max=_clamp_max,
    doc="Elementwise: not below min, not above max, two tensors.",
)  # fmt: skip
_min_number = op(
    "clamp_min_number(self, min)", lambda x, min: np.maximum(min, no_bools(x, "clamp_min_scalar_cpu")), check=check_fits, promotes="common", inplace=True,
    method=False, of="clamp_min", node="ClampMinBackward0", number_operands=False,
    self=lambda grad, self, min: _where(grad, self >= min),
    doc="Elementwise: not below a number.",
)  # fmt: skip
_min_tensor = op(
    "clamp_min_tensor(self, min)", lambda x, min: np.maximum(min, x), promotes="common", inplace=True,
    method=False, of="clamp_min", node="ClampMinBackward1",
    self=lambda grad, self, min: _where(grad, self >= min),
    min=lambda grad, self, min: _where(grad, self < min),
    doc="Elementwise: not below another tensor.",
)  # fmt: skip
_max_number = op(
    "clamp_max_number(self, max)", lambda x, max: np.minimum(max, no_bools(x, "clamp_max_scalar_cpu")), check=check_fits, promotes="common", inplace=True,
    method=False, of="clamp_max", node="ClampMaxBackward0", number_operands=False,
    self=lambda grad, self, max: _where(grad, self <= max),
    doc="Elementwise: not above a number.",
)  # fmt: skip
_max_tensor = op(
    "clamp_max_tensor(self, max)", lambda x, max: np.minimum(max, x), promotes="common", inplace=True,
    method=False, of="clamp_max", node="ClampMaxBackward1",
    self=lambda grad, self, max: _where(grad, self <= max),
    max=lambda grad, self, max: _where(grad, self > max),
    doc="Elementwise: not above another tensor.",
)  # fmt: skip


def _kind(*limits: Any) -> str:
    """Which of a pair of entries: both limits tensors, or both numbers."""
    tensors = {isinstance(v, Tensor) for v in limits if v is not None}
    if not tensors:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    if len(tensors) > 1:
        raise TypeError("clamp(): 'min' and 'max' must both be Tensors or both be numbers")
    return "tensor" if True in tensors else "number"


@public
def clamp(self: Tensor, min: Any = None, max: Any = None) -> Tensor:
    """Elementwise: not below min, not above max. Numbers or tensors; one of them may be None."""
    return (_clamp_tensor if _kind(min, max) == "tensor" else _clamp_number)(self, min, max)


@public
def clamp_(self: Tensor, min: Any = None, max: Any = None) -> Tensor:
    """clamp, in place."""
    return table[f"clamp_{_kind(min, max)}"].call_inplace(self, min, max)


@public
def clamp_min(self: Tensor, min: Any) -> Tensor:
    """Elementwise: not below min, a number or a tensor."""
    return (_min_tensor if isinstance(min, Tensor) else _min_number)(self, min)


@public
def clamp_max(self: Tensor, max: Any) -> Tensor:
    """Elementwise: not above max, a number or a tensor."""
    return (_max_tensor if isinstance(max, Tensor) else _max_number)(self, max)


@public
def clamp_min_(self: Tensor, min: Any) -> Tensor:
    """clamp_min, in place."""
    return table["clamp_min_tensor" if isinstance(min, Tensor) else "clamp_min_number"].call_inplace(
        self, min
    )


@public
def clamp_max_(self: Tensor, max: Any) -> Tensor:
    """clamp_max, in place."""
    return table["clamp_max_tensor" if isinstance(max, Tensor) else "clamp_max_number"].call_inplace(
        self, max
    )


clip, Tensor.clip, Tensor.clip_ = clamp, clamp, clamp_


# ------------------------------------------------------------------ masked_fill


def _masked_fill(x: np.ndarray, mask: np.ndarray, value: Any) -> np.ndarray:
    if mask.dtype.kind != "b":
        names = {"uint8": "unsigned char", "int8": "signed char", "int16": "short int", "int32": "int",
                 "int64": "long int", "float16": "c10::Half", "float32": "float", "float64": "double"}  # fmt: skip
        raise RuntimeError(
            f"masked_fill_ only supports boolean masks, but got mask with dtype {names[mask.dtype.name]}"
        )
    broadcast_shape([mask, x])
    check_fits(x, value)
    return np.where(mask, np.asarray(value).astype(x.dtype), x)


_fill_number = op(
    "masked_fill_number(self, mask: Tensor, value)", by_rows(_masked_fill), inplace=True, method=False,
    of="masked_fill", node="MaskedFillBackward0", twin="tolerated filling",
    self=lambda grad, mask: grad.masked_fill(mask, 0.0),
    doc="A copy of self with a number where the mask is True.",
)  # fmt: skip
_fill_tensor = op(
    "masked_fill_tensor(self, mask: Tensor, value)", by_rows(_masked_fill), inplace=True, method=False,
    of="masked_fill", node="MaskedFillBackward1", twin="tolerated filling",
    self=lambda grad, mask: grad.masked_fill(mask, 0.0),
    value=lambda grad, mask: _where(grad, mask).sum(),
    doc="A copy of self with a 0-d tensor where the mask is True.",
)  # fmt: skip


def _filling(self: Tensor, mask: Any, value: Any) -> str:
    must_be_tensor(self, "masked_fill")
    must_be_tensor(mask, "masked_fill", "mask", 2)
    if isinstance(value, Tensor):
        if value._array.ndim:
            raise RuntimeError(
                "masked_fill_ only supports a 0-dimensional value tensor, but got tensor with "
                f"{value._array.ndim} dimension(s)."
            )
        return "masked_fill_tensor"
    if not isinstance(value, (bool, int, float, np.number, np.bool_)):
        raise TypeError(
            f"masked_fill(): argument 'value' must be Tensor or a number, not {type(value).__name__}"
        )
    return "masked_fill_number"


@public
def masked_fill(self: Tensor, mask: Tensor, value: Any) -> Tensor:
    """A copy of self with `value`, a number or a 0-d tensor, where the mask is True."""
    return table[_filling(self, mask, value)].call(self, mask, value)


@public
def masked_fill_(self: Tensor, mask: Tensor, value: Any) -> Tensor:
    """Write `value`, a number or a 0-d tensor, where the mask is True."""
    return table[_filling(self, mask, value)].call_inplace(self, mask, value)

"""Mixtures of tensors, element by element: lerp, addcmul, addcdiv.

Counterpart in PyTorch: aten/src/ATen/native/Lerp.cpp and PointwiseOps.cpp.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import arguments, dtypes
from ..broadcast import broadcast_shape
from ..op import op, table
from ..tensor import Tensor
from .arithmetic import reciprocal, times
from .precision import floating, rounded_once
from .public import must_be_tensor, public, tensors_only


def _lerp(x: np.ndarray, end: np.ndarray, weight: Any) -> np.ndarray:
    """From the end that is nearer, as torch computes it, so that weight 1 gives `end` exactly."""
    for name, value in (("end", end), ("weight", weight)):
        if isinstance(value, np.ndarray) and value.dtype != x.dtype:
            names = [dtypes.of(a.dtype).c_name for a in (x, value)]
            raise RuntimeError(f"expected dtype {names[0]} for `{name}` but got dtype {names[1]}")
    broadcast_shape([x, end] + [weight] * isinstance(weight, np.ndarray))
    floating(x, f"lerp_kernel_{'tensor' if isinstance(weight, np.ndarray) else 'scalar'}")
    return _mixed(x, end, weight)


@rounded_once
def _mixed(x: np.ndarray, end: np.ndarray, weight: Any) -> np.ndarray:
    weight = np.asarray(weight, x.dtype)
    return np.where(np.abs(weight) < 0.5, x + weight * (end - x), end - (end - x) * (1 - weight)).astype(
        x.dtype
    )


_lerp_number = op(
    "lerp_number(self, end, weight)", _lerp, method=False, inplace=True, pointwise=True, of="lerp",
    node="LerpBackward0",
    self=lambda grad, weight: grad * (1 - weight),
    end=lambda grad, weight: grad * weight,
    doc="self + weight * (end - self), with a number as weight.",
)  # fmt: skip
_lerp_tensor = op(
    "lerp_tensor(self, end, weight)", _lerp, method=False, inplace=True, pointwise=True, of="lerp",
    node="LerpBackward1",
    self=lambda grad, weight: grad * (1 - weight),
    end=lambda grad, weight: grad * weight,
    weight=lambda grad, self, end: grad * (end - self),
    doc="self + weight * (end - self), with a tensor as weight.",
)  # fmt: skip


def _refuse_integers(x: Any, tensor1: Any, tensor2: Any) -> None:
    if all(np.asarray(v).dtype.kind != "f" for v in (tensor1, tensor2)):
        raise RuntimeError(
            "Integer division with addcdiv is no longer supported, and in a future  release addcdiv will perform "
            "a true division of tensor1 and tensor2. Convert them with to() first."
        )


def _in(value: Any, x: np.ndarray) -> np.ndarray:
    return np.asarray(value).astype(x.dtype)


def _no_bools(x: Any, *others: Any) -> None:
    if all(np.asarray(v).dtype.kind == "b" for v in (x, *others)):
        raise NotImplementedError("\"addcmul_cpu_out\" not implemented for 'Bool'")


addcmul = op(
    "addcmul(self, tensor1, tensor2, *, value=1)",
    rounded_once(lambda x, tensor1, tensor2, value: x + _in(value, x) * tensor1 * tensor2),
    promotes="common", inplace=True, method=False, check=_no_bools,
    self=lambda grad: grad,
    tensor1=lambda grad, tensor2, value: grad * times(tensor2, value),
    tensor2=lambda grad, tensor1, value: grad * times(tensor1, value),
    doc="self + value * tensor1 * tensor2.",
)  # fmt: skip

addcdiv = op(
    "addcdiv(self, tensor1, tensor2, *, value=1)",
    rounded_once(lambda x, tensor1, tensor2, value: x + _in(value, x) * tensor1 / tensor2),
    promotes="common", inplace=True, method=False, check=_refuse_integers,
    self=lambda grad: grad,
    tensor1=lambda grad, tensor2, value: grad * (reciprocal(tensor2) * value),
    tensor2=lambda grad, tensor1, tensor2, value: -grad * (times(tensor1, value) / (tensor2 * tensor2)),
    doc="self + value * tensor1 / tensor2.",
)  # fmt: skip

addcmul, addcdiv = map(tensors_only, (addcmul, addcdiv))


@public
def lerp(self: Tensor, end: Tensor, weight: Tensor | float) -> Tensor:
    """self + weight * (end - self); the weight is a number or a tensor."""
    must_be_tensor(end, "lerp", "end", 2)
    return (_lerp_tensor if isinstance(weight, Tensor) else _lerp_number)(self, end, weight)


@public
def lerp_(self: Tensor, end: Tensor, weight: Tensor | float) -> Tensor:
    """lerp, in place."""
    arguments.check("lerp_", (self, end, weight), {}, method=True)
    return table["lerp_tensor" if isinstance(weight, Tensor) else "lerp_number"].call_inplace(
        self, end, weight
    )

"""nll_loss and cross_entropy: losses of scores against classes.

Counterpart in PyTorch: aten/src/ATen/native/LossNLL.cpp, LossNLL2d.cpp. Classes lie along dimension 1 of the
scores, or dimension 0 where there is one sample and no batch.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from ..op import op
from ..tensor import Tensor, zeros_for
from .loss import number
from .precision import floating, not_differentiable, rounded_once
from .public import of_tensors
from .running import log_softmax_along
from .scalars import over, plus, times


def _rows(x: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Scores and targets with a batch dimension."""
    return (x, target) if x.ndim > 1 else (x[None], target.reshape(1))


def _picks(x: np.ndarray, target: np.ndarray, ignore_index: int) -> tuple[Any, np.ndarray | None]:
    """The key of each sample's own score in x, and which samples are ignored, None where none is."""
    classes = x.shape[1]
    ignored = None
    # As unsigned numbers negative classes are too large: one look finds whatever is out of bounds.
    highest = np.maximum.reduce(target.astype(np.int64, copy=False).view(np.uint64), None, initial=0)
    if highest >= classes or 0 <= ignore_index < classes:
        ignored = target == ignore_index
        kept = target[~ignored]
        wrong = kept[(kept < 0) | (kept >= classes)]
        if wrong.size:
            raise IndexError(f"Target {wrong[0]} is out of bounds.")
        target = np.where(ignored, 0, target)
    if x.ndim == 2:
        return (np.arange(len(x)), target), ignored
    places = np.indices(target.shape, sparse=True)
    return (places[0], target, *places[1:]), ignored


def _sample_weights(
    key: Any, ignored: np.ndarray | None, weight: np.ndarray | None, dtype: np.dtype
) -> np.ndarray | None:
    """The weight of each sample: that of its class, 0 where it is ignored; None where all are 1."""
    if weight is None:
        return None if ignored is None else (~ignored).astype(dtype)
    found = weight[key[1]]
    return found if ignored is None else np.where(ignored, dtype.type(0), found)


def _mean_of(total: Any, count: Any) -> Any:
    """total / count in the dtype of the total; nan where all samples are ignored."""
    count = total.dtype.type(count)
    if count:
        return total / count
    with np.errstate(invalid="ignore"):
        return total / count


def _nll(x: np.ndarray, target: np.ndarray, weight: Any, reduction: int, ignore_index: int) -> np.ndarray:
    scores, classes = _rows(x, target)
    key, ignored = _picks(scores, classes, ignore_index)
    loss = -scores[key]
    weights = _sample_weights(key, ignored, weight, x.dtype)
    if weights is not None:
        loss = loss * weights
    if ignored is not None:
        loss = np.where(ignored, x.dtype.type(0), loss)  # where 0 * inf were nan
    if reduction == 0:
        return loss if x.ndim > 1 else loss[0]
    total = np.add.reduce(loss, axis=None)
    if reduction == 2:
        return total
    return np.asarray(_mean_of(total, loss.size if weights is None else weights.sum()))


def _nll_backward(
    g: np.ndarray, x: np.ndarray, target: np.ndarray, weight: Any, reduction: int, ignore_index: int
) -> np.ndarray:
    scores, classes = _rows(x, target)
    key, ignored = _picks(scores, classes, ignore_index)
    weights = _sample_weights(key, ignored, weight, x.dtype)
    if reduction == 0 and x.ndim == 1:
        g = g.reshape(1)
    value = -g if weights is None else -g * weights
    if ignored is not None:
        value = np.where(ignored, x.dtype.type(0), value)  # and not -0
    if reduction == 1:
        value = _mean_of(value, classes.size if weights is None else weights.sum())
    if ignored is not None:
        value = np.where(ignored, x.dtype.type(0), value)  # where all are ignored, 0 / 0 is nan
    found = np.zeros(scores.shape, x.dtype)
    found[key] = value
    return found.reshape(x.shape)


def _entries(name: str, node: str) -> tuple[Any, Any]:
    """The op and its backward: one for scores of two dimensions, one for images, which torch tells apart."""
    forward = op(
        f"{name}(self, target: Tensor, weight: Tensor=None, reduction=1, ignore_index=-100)",
        rounded_once(_nll), method=False, node=node,
        self=lambda grad, self, target, weight, reduction, ignore_index: backward(
            grad, self, target, weight, reduction, ignore_index
        ),
        doc="Minus the score of each sample's class.",
    )  # fmt: skip
    backward = op(
        f"{name}_backward(grad_output, self, target: Tensor, weight: Tensor=None, reduction=1, ignore_index=-100)",
        rounded_once(_nll_backward), method=False, node=node.replace("Backward0", "BackwardBackward0"),
        grad_output=lambda grad, target, weight, reduction, ignore_index: forward(
            grad, target, weight, reduction, ignore_index
        ),
        self=zeros_for,
        doc="The gradient of nll_loss: it goes to the score of each sample's class.",
    )  # fmt: skip
    return forward, backward


_nll_loss, _nll_loss_backward = _entries("nll_loss", "NllLossBackward0")
_nll_loss2d, _nll_loss2d_backward = _entries("nll_loss2d", "NllLoss2DBackward0")


@of_tensors("nll_loss_nd")
def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Minus the score of each sample's class: input[i, target[i]] is picked.

    input: (N, C) or (C,) or (N, C, d1, ...); target: ints, (N,) or () or (N, d1, ...). weight: of each class.
    "mean" divides by the sum of the weights. Raises ValueError, IndexError and RuntimeError as torch does.
    """
    how = number(reduction, size_average, reduce)
    return _picked(input, target, weight, how, ignore_index)


def _picked(x: Tensor, target: Tensor, weight: Tensor | None, how: int, ignore_index: int) -> Tensor:
    shape, wanted = x._array.shape, target._array.shape
    if not shape:
        raise ValueError("Expected 1 or more dimensions (got 0)")
    if len(shape) > 1 and shape[0] != (wanted[0] if wanted else 1):
        batch = wanted[0] if wanted else 1
        raise ValueError(f"Expected input batch_size ({shape[0]}) to match target batch_size ({batch}).")
    floating(x._array, "nll_loss_out_frame")
    classes = shape[1] if len(shape) > 1 else shape[0]
    if weight is not None and weight._array.shape != (classes,):
        raise RuntimeError(
            f"weight tensor should be defined either for all {classes} classes or no classes but got weight tensor "
            f"of shape: {list(weight.shape)}"
        )
    if weight is not None and weight._array.dtype != x._array.dtype:
        kinds = (t.dtype.scalar_type for t in (x, weight))
        raise RuntimeError("expected scalar type {} but found {}".format(*kinds))
    if target._array.dtype not in (np.int64, np.uint8):
        name = target.dtype.scalar_type
        raise RuntimeError(f"expected target dtype to be Long or Byte, but got {name}")
    if weight is not None:
        not_differentiable("nll_loss_forward", weight=weight)
    if len(shape) <= 2:
        if len(wanted) > 1:
            raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
        if len(shape) == 1 and target.numel() != 1:
            raise ValueError(
                f"For 1D input, 1D target must have size 1, but got target size: {target.numel()}"
            )
        return _nll_loss(x, target, weight, how, ignore_index)
    if len(shape) == 4:
        if len(wanted) != 3:
            raise RuntimeError(
                f"only batches of spatial targets supported (3D tensors) but got targets of dimension: {len(wanted)}"
            )
        if wanted[1:] != shape[2:]:
            raise RuntimeError(f"size mismatch (got input: {list(shape)} , target: {list(wanted)}")
        return _nll_loss2d(x, target, weight, how, ignore_index)
    if wanted[1:] != shape[2:]:
        expected = [shape[0], *shape[2:]]
        raise RuntimeError(f"Expected target size {expected}, got {list(wanted)}")
    flat = x.contiguous().view((*shape[:2], 1, -1)) if x.numel() else x.view((*shape[:2], 0, 0))
    flat_target = target.contiguous().view((shape[0], 1, -1)) if x.numel() else target.view((shape[0], 0, 0))
    found = _nll_loss2d(flat, flat_target, weight, how, ignore_index)
    return found.view(wanted) if how == 0 else found


@of_tensors("cross_entropy_loss")
def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """nll_loss of log_softmax(input); target holds classes, or, in the shape of input, probabilities."""
    how = number(reduction, size_average, reduce)
    ndim = input._array.ndim
    log = log_softmax_along(input, 1 if ndim > 1 else 0)
    if target._array.shape == input._array.shape:
        return _of_probabilities(log, target, weight, how, label_smoothing, ignore_index)
    _check_smoothing(label_smoothing)
    loss = _picked(log, target, weight, how, ignore_index)
    if label_smoothing <= 0:
        return loss
    return _smoothed(log, loss, target, weight, how, label_smoothing, ignore_index)


def _check_smoothing(smoothing: float) -> None:
    if smoothing > 1:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {smoothing:g}")


def _class_weights(weight: Tensor, ndim: int) -> Tensor:
    """The weights along the dimension of the classes."""
    return weight.view(tuple(-1 if d == (ndim > 1) else 1 for d in range(ndim)))


def _smoothed(
    log: Tensor, loss: Tensor, target: Tensor, weight: Tensor | None, how: int, smoothing: float, ignore: int
) -> Tensor:
    """Mixed with the loss against all classes alike."""
    ndim = log._array.ndim
    dim = 1 if ndim > 1 else 0
    classes = log._array.shape[dim]
    smooth = -(log if weight is None else log * _class_weights(weight, ndim)).sum(dim)
    ignored = target == ignore
    smooth = smooth.masked_fill(ignored.view(smooth.shape), 0.0)
    if how == 1:
        if weight is None:
            count = (ignored == False).sum()  # noqa: E712
        else:
            kept = target.masked_fill(ignored, 0)
            count = weight[kept].masked_fill(ignored, 0.0).sum()
        smooth = smooth.sum() / count
    elif how == 2:
        smooth = smooth.sum()
    return times(loss, 1 - smoothing) + times(smooth, smoothing / classes)


def _of_probabilities(
    log: Tensor, target: Tensor, weight: Tensor | None, how: int, smoothing: float, ignore: int
) -> Tensor:
    if target._array.dtype.kind != "f":
        name = dtypes.scalar_type(target._array)
        raise RuntimeError(f"Expected floating point type for target with class probabilities, got {name}")
    if ignore >= 0:
        raise RuntimeError("ignore_index is not supported for floating point target")
    ndim = log._array.ndim
    dim = 1 if ndim > 1 else 0
    classes = log._array.shape[dim] if ndim else 1
    if weight is not None and weight._array.shape != (classes,):
        raise RuntimeError(
            f"cross_entropy: weight tensor should be defined either for all {classes} classes or no classes but got "
            f"weight tensor of shape: {list(weight.shape)}"
        )
    _check_smoothing(smoothing)
    if smoothing > 0:
        target = plus(times(target, 1 - smoothing), smoothing / classes)
    product = log * target
    if weight is not None:
        product = product * _class_weights(weight, ndim)
    if how == 0:
        return -product.sum(dim)
    total = -product.sum()
    if how == 2:
        return total
    return over(total, log.numel() // classes if ndim > 1 else 1)

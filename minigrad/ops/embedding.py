"""embedding: rows of a table by their numbers; and one_hot.

Counterpart in PyTorch: aten/src/ATen/native/Embedding.cpp, Onehot.cpp.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..op import op
from ..tensor import Tensor, wrap
from .public import must_be_tensor, told


def _rows(weight: np.ndarray, indices: np.ndarray, padding_idx: int, scale: bool, sparse: bool) -> np.ndarray:
    if indices.size and not 0 <= indices.min() <= indices.max() < len(weight):
        raise IndexError("index out of range in self")
    return weight[indices]


def _summed(g: np.ndarray, indices: np.ndarray, count: int, padding_idx: int, scale: bool) -> np.ndarray:
    """For each row of the table the sum of the gradients of its places; of padding_idx none."""
    found = np.zeros((count, g.shape[-1]), g.dtype)
    flat, rows = indices.reshape(-1), g.reshape(-1, g.shape[-1])
    order = np.argsort(flat, kind="stable")
    used, starts, times = np.unique(flat[order], return_index=True, return_counts=True)
    if used.size:
        found[used] = np.add.reduceat(rows[order], starts, axis=0)
        if scale:
            found[used] /= times[:, None].astype(g.dtype)
    if padding_idx >= 0:
        found[padding_idx] = 0
    return found


def _gathered(grad: Tensor, indices: Tensor, padding_idx: int, scale: bool) -> Tensor:
    if scale:
        raise RuntimeError(
            "embedding_dense_backward: the gradient of a gradient is not supported with scale_grad_by_freq"
        )
    rows = embedding_op(grad, indices)
    return rows if padding_idx < 0 else rows.masked_fill((indices == padding_idx).unsqueeze(-1), 0.0)


embedding_op = op(
    "embedding(weight, indices: Tensor, padding_idx=-1, scale_grad_by_freq=False, sparse=False)", _rows,
    method=False,
    weight=lambda grad, weight_shape, indices, padding_idx, scale_grad_by_freq: embedding_dense_backward(
        grad, indices, weight_shape[0], padding_idx, scale_grad_by_freq
    ),
    doc="The rows of `weight` with these numbers.",
)  # fmt: skip

embedding_dense_backward = op(
    "embedding_dense_backward(grad_output, indices: Tensor, num_weights, padding_idx, scale_grad_by_freq)", _summed,
    method=False,
    grad_output=lambda grad, indices, padding_idx, scale_grad_by_freq: _gathered(
        grad, indices, padding_idx, scale_grad_by_freq
    ),
    doc="The gradient of embedding: each row gets the sum of what its places got.",
)  # fmt: skip


@told
def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """The rows of `weight` with the numbers in `input`; the shape is that of input, and a row's length.

    padding_idx: the row that gets no gradient. max_norm: rows that are used and longer are shortened first,
    in place. scale_grad_by_freq: divide a row's gradient by how often it was used. Raises IndexError for a
    number outside of the table, NotImplementedError for sparse gradients.
    """
    if sparse:
        raise NotImplementedError("embedding(): sparse=True is not supported: there are no sparse tensors")
    must_be_tensor(input, "embedding", "indices", 2)
    must_be_tensor(weight, "embedding", "weight", 1)
    count = weight._array.shape[0] if weight.ndim else 0
    if padding_idx is not None and not -count <= padding_idx < count:
        raise AssertionError("Padding_idx must be within num_embeddings")
    if weight.ndim != 2:
        raise RuntimeError("'weight' must be 2-D")
    if input._array.dtype not in (np.int64, np.int32):
        raise RuntimeError(
            "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got "
            f"{input.type()} instead (while checking arguments for embedding)"
        )
    if max_norm is not None:
        _shorten(weight, input._array, max_norm, norm_type)
    padding = -1 if padding_idx is None else padding_idx % count
    return embedding_op(weight, input, padding, scale_grad_by_freq, False)


def _shorten(weight: Tensor, indices: np.ndarray, most: float, norm_type: float) -> None:
    """Bring the rows that are used to a length of at most `most`."""
    used = np.unique(indices)
    if used.size and not 0 <= used[0] <= used[-1] < len(weight):
        raise IndexError("index out of range in self")
    rows = weight._array[used]
    size = np.linalg.norm(rows, norm_type, axis=1, keepdims=True)
    weight._array[used] = np.where(size > most, rows * (most / (size + 1e-7)), rows)
    weight.storage.version += 1


def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """For each class number a row of zeros with a 1 at its place; num_classes -1: the largest plus 1."""
    classes: Any = tensor._array
    if classes.dtype != np.int64:
        raise RuntimeError("one_hot is only applicable to index tensor of type LongTensor.")
    if not classes.size and num_classes <= 0:
        raise RuntimeError(
            "Can not infer total number of classes from empty tensor."
            if num_classes == -1
            else "Class values must be smaller than num_classes."
        )
    if classes.size and classes.min() < 0:
        raise RuntimeError("Class values must be non-negative.")
    count = int(classes.max()) + 1 if num_classes == -1 else num_classes
    if classes.size and classes.max() >= count:
        raise RuntimeError("Class values must be smaller than num_classes.")
    return wrap((classes[..., None] == np.arange(count)).astype(np.int64, order="C"))

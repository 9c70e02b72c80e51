"""Storage: the memory of a tensor and the version counter that all who share it see.

Counterpart in PyTorch: c10/core/StorageImpl.h, and c10::VariableVersion in c10/core/TensorImpl.h.

Every in-place write counts `version` up by one. A tensor and its views share one Storage, so a write
through any of them is seen by all; that is how backward finds out that a value it kept is gone.
`x.data` shares the memory, but in a Storage of its own: writes through it are not seen.

Most tensors live and die without a view or a write. Theirs is made when it is first asked for
(`Tensor.storage`); until then the tensor's `_storage` is None, which reads as version 0.
"""

from __future__ import annotations

import numpy as np


class Storage:
    """`memory`: the array that covers all of the memory; `version`: how often it was written."""

    __slots__ = ("memory", "version", "__weakref__")

    def __init__(self, memory: np.ndarray, version: int = 0) -> None:
        self.memory = memory
        self.version = version

    def data_ptr(self) -> int:
        """The address of the first byte."""
        return address(self.memory)

    def __repr__(self) -> str:
        return f"<Storage of {self.memory.nbytes} bytes at version {self.version}>"


def address(array: np.ndarray) -> int:
    """The address of the array's first element."""
    return array.__array_interface__["data"][0]


def bounds(array: np.ndarray) -> tuple[int, int]:
    """How many bytes the memory of the array reaches: before its first element, and from it to the end."""
    if not array.size:
        return 0, 0
    spans = [(n - 1) * s for n, s in zip(array.shape, array.strides, strict=True)]
    return -sum(s for s in spans if s < 0), sum(s for s in spans if s > 0) + array.itemsize

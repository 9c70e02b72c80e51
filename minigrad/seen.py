"""Tensors for gradients that travel as bare arrays, where somebody looks at them."""

from __future__ import annotations

import weakref
from typing import Any

import numpy as np

from .tensor import Tensor, wrap


class Seen:
    """Makes tensors of arrays and arrays of tensors; whoever asks again for an array gets the same tensor.

    It holds the tensors weakly: one that nobody has any more cannot be told from a new one.
    """

    def __init__(self) -> None:
        self._tensors: dict[int, weakref.ref[Tensor]] = {}  # by the id of the array, which they keep alive

    def tensor(self, gradient: Any, version: int = 0) -> Tensor | None:
        """The tensor for an array, a scalar of NumPy's, a tensor or None; `version`: that of a new one."""
        if gradient is None or isinstance(gradient, Tensor):
            return gradient
        array = np.asarray(gradient)
        reference = self._tensors.get(id(array))
        found = reference and reference()
        if found is None or found._array is not array:
            found = wrap(array)
            self._tensors[id(array)] = weakref.ref(found)
            if version:
                found.storage.version = version
        return found

    def has(self, array: np.ndarray) -> bool:
        """Whether somebody has a tensor of this array."""
        reference = self._tensors.get(id(array))
        found = reference and reference()
        return found is not None and found._array is array

    def array(self, gradient: Any) -> Any:
        """The array of a tensor that somebody may have; anything else as it is."""
        if not isinstance(gradient, Tensor):
            return gradient
        self._tensors[id(gradient._array)] = weakref.ref(gradient)
        return gradient._array

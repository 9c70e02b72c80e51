"""Anomaly mode: backward says which op of the forward failed, and stops at the first nan.

    with minigrad.autograd.detect_anomaly():
        loss = model(x)         # every node notes where it was made
        loss.backward()         # an error, or a nan, is traced back to that place

Counterpart in PyTorch: torch/autograd/anomaly_mode.py, torch/csrc/autograd/anomaly_mode.cpp. As there the
mode belongs to the process, and the notes are in the node's `metadata`: "traceback_", and "parent_" for the
node whose backward made this one.
"""

from __future__ import annotations

import os
import traceback
import warnings
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from . import errors, mode
from .mode import local

if TYPE_CHECKING:
    from .node import Node

_numpy: list[Any] = []  # how NumPy told of nan before anomaly mode was on

_HERE = os.path.dirname(__file__) + os.sep


def is_anomaly_enabled() -> bool:
    """Whether anomaly mode is on."""
    return mode.anomaly


def is_anomaly_check_nan_enabled() -> bool:
    """Whether anomaly mode, where it is on, looks for nan in the gradients."""
    return mode.check_nan


def set_anomaly_enabled(on: bool, check_nan: bool = True) -> None:
    """Turn anomaly mode on or off, for all threads."""
    if on and not mode.anomaly:
        mode.open_special()
        _numpy.append(np.seterr(all="ignore"))  # of nan this mode tells itself, and better
    elif mode.anomaly and not on:
        mode.close_special()
        np.seterr(**_numpy.pop())
    mode.anomaly, mode.check_nan = bool(on), bool(check_nan)


class set_detect_anomaly:
    """Turn anomaly mode on or off: at once as a function call, until the end of the block in `with`."""

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self._before = is_anomaly_enabled(), is_anomaly_check_nan_enabled()
        set_anomaly_enabled(mode, check_nan)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        set_anomaly_enabled(*self._before)


class detect_anomaly:
    """Context in which anomaly mode is on; warns that it is slow."""

    def __init__(self, check_nan: bool = True) -> None:
        self._before = is_anomaly_enabled(), is_anomaly_check_nan_enabled()
        self._check_nan = check_nan
        warnings.warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime and should only be "
            "enabled for debugging.",
            stacklevel=2,
        )

    def __enter__(self) -> None:
        set_anomaly_enabled(True, self._check_nan)

    def __exit__(self, *error: object) -> None:
        set_anomaly_enabled(*self._before)


# ------------------------------------------------------------------ what the engine calls


def note(node: Node) -> None:
    """In anomaly mode: remember where `node` was made, and during whose backward."""
    if not mode.anomaly:
        return
    frames = traceback.extract_stack()
    while frames and frames[-1].filename.startswith(_HERE):
        frames.pop()
    node.metadata["traceback_"] = traceback.format_list(frames)
    if local.evaluating is not None:
        node.metadata["parent_"] = local.evaluating


def check(node: Node, results: Iterable[Any]) -> None:
    """RuntimeError where one of the gradients that `node` gave is nan somewhere."""
    for number, result in enumerate(results):
        if result is not None:
            array = result._array
            if array.dtype.kind == "f" and (array != array).any():  # nan alone differs from itself
                error = RuntimeError(
                    f"Function '{node.name()}' returned nan values in its {number}th output."
                )
                raise errors.about(error, "nan", node=node)


def explain(node: Node) -> None:
    """Warn with the place in the forward that made the node whose backward has just failed."""
    lines = node.metadata.get("traceback_")
    if lines is None:
        warnings.warn(
            f"Error detected in {node.name()}. No forward pass information available. Enable detect anomaly "
            "during forward pass for more information.",
            UserWarning,
            stacklevel=2,
        )
        return
    warnings.warn(
        f"Error detected in {node.name()}. Traceback of forward call that caused the error:\n{''.join(lines)}",
        UserWarning,
        stacklevel=2,
    )
    parent = node.metadata.get("parent_")
    while parent is not None:
        lines = parent.metadata.get("traceback_")
        if lines is None:
            warnings.warn(
                f"\n\nPrevious calculation was induced by {parent.name()}. No forward pass information "
                "available. Enable detect anomaly during forward pass for more information.",
                UserWarning,
                stacklevel=2,
            )
            return
        warnings.warn(
            f"\n\nPrevious calculation was induced by {parent.name()}. Traceback of forward call that induced "
            f"the previous calculation:\n{''.join(lines)}",
            UserWarning,
            stacklevel=2,
        )
        parent = parent.metadata.get("parent_")

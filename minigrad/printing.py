"""How tensors print.

Counterpart in PyTorch: torch/_tensor_str.py. Digits, scientific notation, widths, line breaks and the
dots of long tensors follow the rules there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from . import dtypes, mode
from .tensor import Tensor


@dataclass(frozen=True)
class Options:
    """precision: digits after the point. threshold: from how many elements on dots stand for most of them.

    edgeitems: how many are left at each end. linewidth: characters a line. sci_mode: None decides by size.
    """

    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


_PROFILES = {
    "default": Options(),
    "short": Options(precision=2, edgeitems=2),
    "full": Options(threshold=math.inf),
}
options = Options()


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Set how tensors print; what is None stays, except sci_mode, where None means: by size."""
    global options
    if profile is not None:
        if profile not in _PROFILES:
            raise ValueError(f"no profile {profile!r}; there are {', '.join(_PROFILES)}")
        found = _PROFILES[profile]
        options = replace(found, sci_mode=options.sci_mode)
    given = {"precision": precision, "threshold": threshold, "edgeitems": edgeitems, "linewidth": linewidth}
    options = replace(options, **{k: v for k, v in given.items() if v is not None}, sci_mode=sci_mode)


class _Formatter:
    """Formats every number of one tensor to one width."""

    def __init__(self, shown: np.ndarray) -> None:
        self.floating = shown.dtype.kind == "f"
        self.whole = True
        self.scientific = False
        self.width = 1
        if not self.floating:
            self.width = max((len(str(v)) for v in shown.ravel().tolist()), default=1)
            return
        finite = shown[np.isfinite(shown) & (shown != 0)].astype(np.float64)
        if not finite.size:
            return  # zeros, nan and inf alone, as torch prints them: whole, and not lined up
        size = np.abs(finite)
        largest, smallest = float(size.max()), float(size.min())
        self.whole = bool((finite == np.ceil(finite)).all())
        self.scientific = largest / smallest > 1000.0 or largest > 1.0e8
        if not self.whole:
            self.scientific = self.scientific or smallest < 1.0e-4
        if options.sci_mode is not None:
            self.scientific = options.sci_mode
        # nan and inf do not widen the rest on their own account, as in torch.
        self.width = max(len(self.text(v)) for v in finite.tolist())

    def text(self, value: Any) -> str:
        if not self.floating:
            return str(value)
        if self.scientific:
            return f"{value:.{options.precision}e}"
        if self.whole:
            return f"{value:.0f}" + ("." if math.isfinite(value) else "")
        return f"{value:.{options.precision}f}"

    def __call__(self, value: Any) -> str:
        return self.text(value).rjust(self.width)


def _rows(array: np.ndarray, indent: int, summary: bool, format_: _Formatter) -> str:
    if not array.ndim:
        return format_(array.item())
    n, edge = len(array), options.edgeitems
    short = summary and n > 2 * edge
    if array.ndim == 1:
        per_line = max(1, (options.linewidth - indent) // (format_.width + 2))
        values = array.tolist()
        if short:
            texts = [format_(v) for v in values[:edge]] + [" ..."] + [format_(v) for v in values[n - edge :]]
        else:
            texts = [format_(v) for v in values]
        lines = [texts[i : i + per_line] for i in range(0, len(texts), per_line)]
        return "[" + (",\n" + " " * (indent + 1)).join(", ".join(line) for line in lines) + "]"
    picked = [*range(edge), None, *range(n - edge, n)] if short else range(n)
    parts = ["..." if i is None else _rows(array[i], indent + 1, summary, format_) for i in picked]
    return "[" + ("," + "\n" * (array.ndim - 1) + " " * (indent + 1)).join(parts) + "]"


def _edges(array: np.ndarray) -> np.ndarray:
    """The elements that are shown of a long tensor."""
    for dim, n in enumerate(array.shape):
        if n > 2 * options.edgeitems:
            keep = [*range(options.edgeitems), *range(n - options.edgeitems, n)]
            array = np.take(array, keep, axis=dim)
    return array


def text(tensor: Tensor) -> str:
    """What repr() gives."""
    array, prefix = tensor._array, "tensor("
    if type(array) is not np.ndarray:  # of a static graph (static.py)
        return f"tensor(<no value>, size={tuple(array.shape)}, dtype={tensor.dtype})"
    indent = len(prefix)
    suffixes = []
    kind = tensor.dtype
    if not array.size:
        body = "[]"
        if array.ndim != 1:
            suffixes.append(f"size={tuple(array.shape)}")
        if kind is not dtypes.get_default_dtype():
            suffixes.append(f"dtype={kind}")
    else:
        if kind not in (dtypes.get_default_dtype(), dtypes.int64, dtypes.boolean):
            suffixes.append(f"dtype={kind}")
        summary = array.size > options.threshold
        body = _rows(array, indent, summary, _Formatter(_edges(array) if summary else array))
    try:
        node = tensor.grad_fn
    except RuntimeError:  # a view whose base was written as it must not be
        suffixes.append("grad_fn=<Invalid>")
        return _with_suffixes(prefix + body, suffixes, indent)
    if node is not None:
        suffixes.append(f"grad_fn=<{node.name().rpartition('::')[2]}>")
    elif tensor.requires_grad:
        suffixes.append("requires_grad=True")
    return _with_suffixes(prefix + body, suffixes, indent)


def _with_suffixes(line: str, suffixes: list[str], indent: int) -> str:
    """Append ", suffix" for each, on a new line where the line would grow too long."""
    length = len(line) - line.rfind("\n") + 1
    for suffix in suffixes:
        width = len(suffix.replace("minigrad.", "torch."))  # so that lines end where torch's do
        if length + width + 2 > options.linewidth:
            line += ",\n" + " " * indent + suffix
            length = indent + width
        else:
            line += ", " + suffix
            length += width + 2
    return line + ")"


def _repr(self: Tensor) -> str:
    observer, mode.local.quiet = mode.local.quiet, True  # printing is no event
    try:
        return text(self)
    finally:
        mode.local.quiet = observer


def _format(self: Tensor, spec: str) -> str:
    if not self._array.ndim:
        return format(self._array.item(), spec)
    return object.__format__(self, spec) if spec else str(self)


Tensor.__repr__ = _repr
Tensor.__format__ = _format

"""torch's tensors and nodes as plain facts, which keep nothing alive.

Whoever looks does it inside `quietly()`: no mode of ours or of the learner's sees what looking calls.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from ..trace import Value
from ..values import MOST_NUMBERS, number_text, sampled, value_of

FIRST_KEY = 1 << 40  # torch's keys begin here, above any of minigrad's: both may feed one recorder
MOST_EXACT = 1 << 16  # a tensor of more elements is summed up from a sample of them
_SAMPLE = 256
_MARK = "minigrad_widgets"  # where a node's metadata holds its key

# How torch words what unpacking a saved tensor found.
VERSIONS = re.compile(r"is at version (\d+); expected version (\d+)")
FREED = "Trying to backward through the graph a second time"

_node_keys = count(FIRST_KEY)


@contextmanager
def quietly() -> Iterator[None]:
    """Look at tensors without any mode being told of it."""
    with torch._C.DisableTorchFunction():
        guard = torch._C._DisableTorchDispatch()
        try:
            yield
        finally:
            del guard


# ------------------------------------------------------------------ tensors


def is_readable(tensor: Tensor) -> bool:
    """Whether its numbers lie in memory as an array's do: not sparse, quantized, fake, complex or merely said to be zero."""
    return (
        tensor.layout is torch.strided
        and tensor.device.type != "meta"
        and not tensor.is_complex()
        and not tensor.is_quantized
        and not tensor._is_zerotensor()
        and type(tensor).__torch_dispatch__ is torch._C._disabled_torch_dispatch_impl
    )


def value(tensor: Tensor | None) -> Value | None:
    """The numbers of a tensor; where they cannot be read, of what kind they are. A large one is sampled."""
    if tensor is None:
        return None
    shape = tuple(tensor.shape)
    if not is_readable(tensor):
        kind = tensor.device.type if tensor.device.type == "meta" else tensor.layout
        kind = tensor.dtype if kind is torch.strided else kind
        return Value(str(kind).removeprefix("torch."), shape, (), False)
    tensor = tensor.detach()
    if tensor.numel() <= MOST_EXACT:
        return value_of(_array(tensor))
    flat = tensor.reshape(-1)
    return sampled(_array(flat[:MOST_NUMBERS]), _array(flat[:: flat.numel() // _SAMPLE]), shape)


def _array(tensor: Tensor) -> np.ndarray:
    if tensor.dtype.is_floating_point and tensor.dtype.itemsize < 4 and tensor.dtype is not torch.float16:
        tensor = tensor.float()  # NumPy has no bfloat16
    return tensor.cpu().resolve_neg().numpy()


def version_of(tensor: Tensor) -> int:
    """Its version; 0 for one of inference mode, which has none."""
    return 0 if tensor.is_inference() else tensor._version


def storage_of(tensor: Tensor) -> int | None:
    """A number that tensors have in common which share their memory now; None where there is none."""
    return tensor.untyped_storage()._cdata if is_readable(tensor) and tensor.numel() else None


def text_of(x: Any) -> str:
    """An argument that is no tensor of the learner's, in few characters."""
    if isinstance(x, Tensor):
        x = x.tolist() if is_readable(x) and x.numel() <= MOST_NUMBERS else tuple(x.shape)
        return text_of(x) if isinstance(x, float) else _short(str(x))
    if isinstance(x, tuple):
        return ", ".join(map(text_of, x)) if x else "()"
    if isinstance(x, slice):
        parts = ["" if part is None else text_of(part) for part in (x.start, x.stop, x.step)]
        return ":".join(parts if parts[2] else parts[:2])
    if x is Ellipsis:
        return "..."
    return _short(number_text(x, trim=True) if isinstance(x, float) else str(x).removeprefix("torch."))


def _short(text: str) -> str:
    return text if len(text) <= 20 else text[:19] + "…"


# ------------------------------------------------------------------ nodes


def key_of(node: Any) -> int:
    """The key of a node, kept by the node itself: its Python object is made anew each time it is asked for."""
    notes = node.metadata
    if _MARK not in notes:
        notes[_MARK] = next(_node_keys)
    return notes[_MARK]


def name_of(node: Any) -> str:
    return type(node).__name__


def is_accumulator(node: Any) -> bool:
    return type(node).__name__ == "AccumulateGrad"


class Slot(NamedTuple):
    """One tensor that a node saved. `now` is the version that it has now, `tensor` None where it cannot be had.

    `state`: "intact", "broken", "freed", or "sealed": packed by a hook of the learner's, or not given out.
    """

    name: str
    tensor: Tensor | None
    version: int
    now: int
    state: str = "intact"


_slot_names: dict[type, list[str]] = {}


def saved_by(node: Any) -> list[Slot]:
    """The tensors that a node saved. What a hook has packed stays so: to unpack it may compute or load."""
    kind = type(node)
    if kind not in _slot_names:
        names = [n.removeprefix("_raw_saved_") for n in dir(kind) if n.startswith("_raw_saved_")]
        _slot_names[kind] = sorted(names)
    return [slot for name in _slot_names[kind] for slot in _slots(node, name)]


def is_freed(node: Any) -> bool:
    """Whether backward let go of what the node had saved."""
    return any(slot.state == "freed" for slot in saved_by(node))


def _slots(node: Any, name: str) -> Iterator[Slot]:
    custom = name == "tensors" and hasattr(node, "saved_for_forward")  # a Function of the learner's
    try:
        raws = getattr(node, f"_raw_saved_{name}")
    except RuntimeError:
        yield Slot("saved_tensors[0]" if custom else name, None, 0, 0, "freed")
        return
    several = isinstance(raws, tuple)
    raws = raws if several else (raws,)
    if any(raw.unpack_hook is not None for raw in raws):
        yield Slot("saved_tensors" if custom else name, None, 0, 0, "sealed")
        return
    versions = None
    try:
        found = getattr(node, "saved_tensors" if custom else f"_saved_{name}")
    except RuntimeError as error:
        if FREED in str(error):
            yield Slot("saved_tensors[0]" if custom else name, None, 0, 0, "freed")
            return
        versions = VERSIONS.search(str(error))
        if versions is None:
            # One of several views that a write has made unusable: torch does not say at which version it was.
            yield Slot("saved_tensors" if custom else name, None, 0, 0, "sealed")
            return
        found = tuple(raw.data for raw in raws) if several else raws[0].data
    for i, tensor in enumerate(found if several else (found,)):
        if tensor is None:
            continue
        now = version_of(tensor)
        version = int(versions[2]) if versions and int(versions[1]) == now else now
        label = f"saved_tensors[{i}]" if custom else name if len(raws) == 1 else f"{name}[{i}]"
        yield Slot(label, tensor, version, now, "intact" if version == now else "broken")

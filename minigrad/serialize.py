"""save and load: a zip file of arrays and a description in JSON, which cannot run code.

Counterpart in PyTorch: torch/serialization.py, whose files hold a pickle. Here `structure.json` says how things
are nested, and each tensor is a file `tensors/<n>.npy`, read without pickle: loading a file from a stranger runs
nothing of theirs. What can be saved: tensors and parameters, numbers, strings, None, lists, tuples, dictionaries
(ordered ones too, and Counters), sizes and dtypes. Tensors come back as leaves; two that share memory come back
apart, but one tensor that occurs twice comes back as one.
"""

from __future__ import annotations

import json
import math
import zipfile
from collections import Counter, OrderedDict
from os import PathLike
from typing import IO, Any

import numpy as np

from . import dtypes
from .nn.parameter import Parameter
from .size import Size
from .tensor import Tensor, wrap

FORMAT = "minigrad 1"
_STRUCTURE = "structure.json"
_DICTS: dict[str, Any] = {"dict": dict, "OrderedDict": OrderedDict, "Counter": Counter}
_LISTS: dict[str, Any] = {"list": list, "tuple": tuple, "Size": Size}

File = str | PathLike[str] | IO[bytes]


def save(obj: Any, f: File) -> None:
    """Write a tensor, a state_dict or the like to a file, given by its path or open for writing bytes.

    TypeError, which says where, for anything that the format does not hold: save a module's state_dict, not the
    module.
    """
    writer = _Writer()
    structure = writer.described(obj, "the object")
    with zipfile.ZipFile(f, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(_STRUCTURE, json.dumps({"format": FORMAT, "object": structure}))
        for number, tensor in enumerate(writer.tensors):
            with archive.open(f"tensors/{number}.npy", "w", force_zip64=True) as part:
                np.lib.format.write_array(part, np.asarray(tensor._array), allow_pickle=False)


def load(f: File) -> Any:
    """What `save` wrote. ValueError where the file is of another kind."""
    try:
        archive = zipfile.ZipFile(f)
    except zipfile.BadZipFile:
        raise ValueError(f"load(): {f!r} was not written by minigrad.save: it is no zip file") from None
    with archive:
        if _STRUCTURE not in archive.namelist():
            raise ValueError(
                f"load(): {f!r} was not written by minigrad.save: it has no {_STRUCTURE}. Files of torch.save hold a "
                "pickle, which can run code, and are not read."
            )
        described = json.loads(archive.read(_STRUCTURE))
        if described.get("format") != FORMAT:
            raise ValueError(f"load(): {f!r} is of the format {described.get('format')!r}, not {FORMAT!r}")
        return _Reader(archive).made(described["object"])


class _Writer:
    """Turns an object into what JSON can hold, and collects its tensors."""

    def __init__(self) -> None:
        self.tensors: list[Tensor] = []
        self.numbers: dict[int, int] = {}
        self.inside: set[int] = set()

    def described(self, value: Any, where: str) -> Any:
        if value is None or isinstance(value, (bool, str)):
            return value
        if isinstance(value, Tensor):
            return self._tensor(value)
        if type(value) is int:
            return value if abs(value) < 2**53 else {"int": str(value)}
        if isinstance(value, float) and not isinstance(value, np.generic):
            return value if math.isfinite(value) else {"float": repr(value)}
        if isinstance(value, np.generic) and value.dtype.kind in "biuf":
            return {
                "number": value.item() if value.dtype.kind != "f" else repr(float(value)),
                "dtype": value.dtype.name,
            }
        if isinstance(value, dtypes.dtype):
            return {"minigrad dtype": value.name}
        kind = type(value).__name__
        if id(value) in self.inside:
            raise TypeError(f"save(): {where} contains itself, which cannot be saved")
        self.inside.add(id(value))
        try:
            if _DICTS.get(kind) is type(value):
                return {
                    kind: [
                        [self.described(k, f"a key of {where}"), self.described(v, f"{where}[{k!r}]")]
                        for k, v in value.items()
                    ]
                }
            if _LISTS.get(kind) is type(value):
                return {kind: [self.described(v, f"{where}[{i}]") for i, v in enumerate(value)]}
        finally:
            self.inside.discard(id(value))
        cure = ""
        if hasattr(value, "state_dict"):
            cure = " Save its state_dict(), and load that into a new one with load_state_dict()."
        elif isinstance(value, np.ndarray):
            cure = " Make a tensor of it with minigrad.from_numpy()."
        raise TypeError(
            f"save(): {where} is of the type {type(value).__qualname__}, which cannot be saved: a file holds tensors, "
            f"numbers, strings, None, lists, tuples and dictionaries.{cure}"
        )

    def _tensor(self, tensor: Tensor) -> dict[str, Any]:
        number = self.numbers.setdefault(id(tensor), len(self.tensors))
        if number == len(self.tensors):
            self.tensors.append(tensor)
        kind = "parameter" if isinstance(tensor, Parameter) else "tensor"
        return {kind: number, "requires_grad": tensor.requires_grad}


class _Reader:
    """Builds an object from its description; each tensor once."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.tensors: dict[int, Tensor] = {}

    def made(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        kind, content = next(iter(value.items()))
        if kind in _DICTS:
            return _DICTS[kind]({self.made(k): self.made(v) for k, v in content})
        if kind in _LISTS:
            return _LISTS[kind](self.made(v) for v in content)
        if kind in ("tensor", "parameter"):
            return self._tensor(kind, int(content), bool(value["requires_grad"]))
        if kind == "int":
            return int(content)
        if kind == "float":
            return float(content)
        if kind == "number":
            return np.dtype(value["dtype"]).type(content)
        if kind == "minigrad dtype":
            return dtypes.of(np.dtype(content))
        raise ValueError(f"load(): the file describes something unknown, {kind!r}")

    def _tensor(self, kind: str, number: int, requires_grad: bool) -> Tensor:
        found = self.tensors.get(number)
        if found is None:
            with self.archive.open(f"tensors/{number}.npy") as part:
                array = np.lib.format.read_array(part, allow_pickle=False)
            dtypes.of(array.dtype)
            found = wrap(array).requires_grad_(requires_grad)
            if kind == "parameter":
                found = Parameter(found.detach(), requires_grad)
            self.tensors[number] = found
        return found

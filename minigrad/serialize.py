"""save and load: a zip file of arrays and a description in JSON, which cannot run code.

Counterpart in PyTorch: torch/serialization.py, whose files hold a pickle. Here `structure.json` says how
things are nested, and each memory is a file `storages/<n>.npy`, read without pickle: loading a file from a
stranger runs nothing of theirs. What can be saved: tensors and parameters, numbers, strings, None, lists,
tuples, dictionaries (ordered ones too, and Counters), sizes and dtypes. Tensors come back as leaves; what
shared memory does so again, and one tensor that occurs twice comes back as one.
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
from .copying import parts, rebuilt
from .nn.parameter import Parameter
from .size import Size
from .tensor import Tensor

FORMAT = "minigrad 1"
_STRUCTURE = "structure.json"
_DICTS: dict[str, Any] = {"dict": dict, "OrderedDict": OrderedDict, "Counter": Counter}
_LISTS: dict[str, Any] = {"list": list, "tuple": tuple, "Size": Size}

File = str | PathLike[str] | IO[bytes]


def save(obj: Any, f: File) -> None:
    """Write a tensor, a state_dict or the like to a file, given by its path or open for writing bytes.

    TypeError, which says where, for anything that the format does not hold: save a module's state_dict, not
    the module.
    """
    writer = _Writer()
    structure = writer.described(obj, "the object")
    with zipfile.ZipFile(f, "w", zipfile.ZIP_STORED) as archive:
        described = {"format": FORMAT, "object": structure, "tensors": writer.places}
        archive.writestr(_STRUCTURE, json.dumps(described))
        for number, block in enumerate(writer.blocks):
            with archive.open(f"storages/{number}.npy", "w", force_zip64=True) as part:
                np.lib.format.write_array(part, block, allow_pickle=False)


def load(f: File, map_location: Any = None, *, weights_only: bool | None = None) -> Any:
    """What `save` wrote. ValueError where the file is of another kind.

    map_location: only the CPU. weights_only: of no effect, since these files hold nothing that could run.
    """
    if map_location is not None and str(map_location) != "cpu":
        raise NotImplementedError(f"load(): map_location={map_location!r} is not supported, only 'cpu'")
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
        return _Reader(archive, described["tensors"]).made(described["object"])


class _Writer:
    """Turns an object into what JSON can hold, and collects its tensors."""

    def __init__(self) -> None:
        self.tensors: list[Tensor] = []  # so that no other object gets the id of one
        self.numbers: dict[int, int] = {}
        self.places: list[dict[str, Any]] = []  # for each tensor where its elements are
        self.blocks: list[np.ndarray] = []  # the memories
        self.storages: dict[int, int] = {}
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
                found = {
                    kind: [
                        [self.described(k, f"a key of {where}"), self.described(v, f"{where}[{k!r}]")]
                        for k, v in value.items()
                    ]
                }
                if metadata := getattr(value, "_metadata", None):  # of a module's state_dict
                    found["metadata"] = self.described(metadata, f"{where}._metadata")
                return found
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
            self.places.append(self._place(tensor))
        kind = "parameter" if isinstance(tensor, Parameter) else "tensor"
        return {kind: number, "requires_grad": tensor.requires_grad}

    def _place(self, tensor: Tensor) -> dict[str, Any]:
        block, shape, strides, offset = parts(tensor)
        number = self.storages.setdefault(id(tensor.storage), len(self.blocks))
        if number == len(self.blocks):
            self.blocks.append(block)
        return {"storage": number, "shape": shape, "strides": strides, "offset": offset}


class _Reader:
    """Builds an object from its description; each tensor once."""

    def __init__(self, archive: zipfile.ZipFile, places: list[dict[str, Any]]) -> None:
        self.archive = archive
        self.places = places
        self.tensors: dict[int, Tensor] = {}
        self.blocks: dict[int, np.ndarray] = {}

    def made(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        kind, content = next(iter(value.items()))
        if kind in _DICTS:
            found = _DICTS[kind]({self.made(k): self.made(v) for k, v in content})
            if "metadata" in value:
                found._metadata = self.made(value["metadata"])
            return found
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
            place = self.places[number]
            block = self._block(int(place["storage"]))
            # NumPy refuses a place that is not all in the block.
            array = np.ndarray(place["shape"], block.dtype, block, place["offset"], place["strides"])
            plain = kind == "tensor"
            found = rebuilt(Tensor if plain else Parameter, array, block, requires_grad, version=int(plain))
            self.tensors[number] = found
        return found

    def _block(self, number: int) -> np.ndarray:
        if number not in self.blocks:
            with self.archive.open(f"storages/{number}.npy") as part:
                self.blocks[number] = np.lib.format.read_array(part, allow_pickle=False).reshape(-1)
            dtypes.of(self.blocks[number].dtype)
        return self.blocks[number]

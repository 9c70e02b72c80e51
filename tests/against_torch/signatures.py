"""Writes minigrad/signatures.txt: torch's signatures of the functions that minigrad has. Needs torch; run by hand.

    python tests/against_torch/signatures.py > minigrad/signatures.txt

A function of several overloads names them all when it is given arguments that fit none; one of a single
signature has it in its schema. Functions that torch has written in Python have no such signatures.
"""

from __future__ import annotations

import re
import types

import torch

import minigrad

HEADER = """\
# torch's signatures of the functions that minigrad has, in torch's notation: what arguments.py holds the arguments
# of a failed call against. Generated, not to be edited:
#     python tests/against_torch/signatures.py > minigrad/signatures.txt
"""
TYPES = {"Scalar": "Number", "int[]": "tuple of ints", "float[]": "tuple of floats", "bool[]": "tuple of bools",
         "Tensor[]": "tuple of Tensors", "ScalarType": "torch.dtype", "List[int]": "tuple of ints",
         "List[Tensor]": "tuple of Tensors", "Layout": "torch.layout", "Device": "torch.device",
         "MemoryFormat": "torch.memory_format", "Generator": "torch.Generator", "number": "Number",
         "List[Optional[Tensor]]": "tuple of Tensors", "List[float]": "tuple of floats", "List[bool]": "tuple of bools"}  # fmt: skip
NOT_OPS = {"as_tensor", "from_numpy", "tensor"}  # torch reads their arguments in another way
BUILTIN = (types.BuiltinFunctionType, types.MethodDescriptorType)
NO = {f"no_such_argument_{i}": None for i in range(20)}


def overloads(name: str) -> list[str]:
    """The signatures in the message that a call without sense is answered with."""
    try:
        if hasattr(torch, name):
            getattr(torch, name)(**NO)
        else:
            getattr(torch.Tensor, name)(torch.ones(()), **NO)
    except TypeError as error:
        found = re.findall(r"^ \* (\(.*\))$", str(error), re.MULTILINE)
        found = found or re.findall(r"but expected (\(.*\))", str(error))
        return found if hasattr(torch, name) else [f"(Tensor input, {s[1:]}" for s in found]
    return []


def from_schema(name: str) -> list[str]:
    """Of the schemas the one that a call from Python means: of a tensor, and not the one with `out`."""
    schemas = torch._C._jit_get_schemas_for_operator(f"aten::{name}")
    out = any(a.is_out for s in schemas for a in s.arguments)
    found = [
        s.arguments
        for s in schemas
        if not any(a.is_out for a in s.arguments)
        and s.overload_name in ("", "Tensor", "self", "int", "default", "two")
    ]
    found.sort(key=lambda arguments: not (arguments and arguments[0].name == "self"))
    if not found:
        return []
    parts = written(found[0])
    more = ["Tensor out = None"] * out
    if any(p.endswith("pin_memory? = None") for p in parts):
        more.append("bool requires_grad = False")
    return [f"({', '.join([*parts, *['*'] * (bool(more) and '*' not in parts), *more])})"]


def written(arguments: list[torch._C.Argument]) -> list[str]:
    parts = []
    for a in arguments:
        if a.kwarg_only and "*" not in parts:
            parts.append("*")
        kind = str(a.type)
        optional = re.fullmatch(r"Optional\[(.*)\]", kind)
        kind = optional[1] if optional else kind
        kind = f"torch.{a.name}" if a.name in ("dtype", "layout", "memory_format") else TYPES.get(kind, kind)
        size = f"[{a.N}]" if a.N else ""
        name = "input" if a.name == "self" else a.name
        default = f" = {a.default_value}" if a.has_default_value() else ""
        parts.append(f"{kind}{size} {name}{'?' * bool(optional)}{default}")
    return parts


def main() -> None:
    print(HEADER, end="")
    for name in sorted({*dir(minigrad), *dir(minigrad.Tensor)}):
        theirs = getattr(torch, name, None)
        if theirs is None and not name.endswith("_"):  # those are looked for without
            theirs = getattr(torch.Tensor, name, None)
        if name.startswith("_") or name in NOT_OPS or not isinstance(theirs, BUILTIN):
            continue
        for signature in overloads(name) or from_schema(name):
            print(f"{name}{signature}")


if __name__ == "__main__":
    main()

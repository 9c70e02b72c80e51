"""Runs PyTorch's own sample inputs (OpInfo) through minigrad and compares. Needs torch; run by hand.

    python tests/against_torch/opinfo.py                     every op that minigrad has
    python tests/against_torch/opinfo.py sum 'linalg.*'      these ops
    python tests/against_torch/opinfo.py --show 5 clamp      five differences of each kind in full
    python tests/against_torch/opinfo.py --dtypes float64    one dtype (default: float64, int64, bool, ...)
    python tests/against_torch/opinfo.py --how spoiled       the samples otherwise (see `HOW`)

For each sample: dtype, shape, strides, values (the sign of zeros, too), requires_grad and grad_fn of the results,
as a function, as a method, as an operator, in place and by its other names; the gradients, and the grad_fn of the
recorded gradients; for OpInfo's bad inputs the error. `refused` counts calls that minigrad answers with a TypeError or NotImplementedError where torch answers
with a result: arguments that are not supported. Everything else that is not alike is a difference.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import fnmatch
import itertools
import math
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from numpy.lib.stride_tricks import as_strided
from torch.testing._internal.common_methods_invocations import op_db

import minigrad

DTYPES = ("float64", "float32", "float16", "int64", "int32", "uint8", "int8", "bool")
TOLERANCES = {"float64": (1e-7, 1e-9), "float32": (2e-4, 1e-5), "float16": (4e-3, 4e-3)}
# OpInfo gives these their arguments in another order.
OTHER_ORDER = {
    "where": lambda x, condition, other: minigrad.where(condition, x, other),
    "polygamma": lambda x, n: minigrad.polygamma(n, x),
    "special.polygamma": lambda x, n: minigrad.polygamma(n, x),
    "einsum": lambda tensors, equation: minigrad.einsum(equation, tensors),
    "nn.functional.embedding": lambda weight, indices, **options: minigrad.nn.functional.embedding(
        indices, weight, **options
    ),
}


# ------------------------------------------------------------------ from torch to minigrad


def translated(value: Any) -> Any:
    """torch's tensors and dtypes as minigrad's, in lists, tuples and dictionaries as well."""
    if isinstance(value, torch.Tensor):
        memory = np.array(memory_of(value).numpy())
        strides = tuple(s * memory.itemsize for s in value.stride())
        made = minigrad.from_numpy(as_strided(memory, tuple(value.shape), strides))
        return made.requires_grad_() if value.requires_grad else made
    if isinstance(value, torch.dtype):
        return getattr(minigrad, str(value).removeprefix("torch."))
    if isinstance(value, (list, tuple)) and not isinstance(value, torch.Size):
        return type(value)(translated(v) for v in value)
    if isinstance(value, dict):
        return {k: translated(v) for k, v in value.items()}
    return value


def memory_of(value: torch.Tensor) -> torch.Tensor:
    """The memory that a tensor reaches, gaps included, as one dimension."""
    last = sum((n - 1) * s for n, s in zip(value.shape, value.stride(), strict=True))
    return value.detach().as_strided((last + 1 if value.numel() else 0,), (1,))


def copied(value: Any) -> Any:
    """The same arguments with leaves of their own, so that samples do not share gradients."""
    if isinstance(value, torch.Tensor):
        if has_unsupported(value):
            return value
        made = torch.as_strided(memory_of(value).clone(), value.shape, value.stride())
        return made.detach().requires_grad_(value.requires_grad)
    if isinstance(value, (list, tuple)) and not isinstance(value, torch.Size):
        return type(value)(copied(v) for v in value)
    return {k: copied(v) for k, v in value.items()} if isinstance(value, dict) else value


def no_overlap(value: torch.Tensor) -> bool:
    """Whether no two dimensions step alike: expanded tensors count as good, as_strided() ones may not."""
    steps = [s for n, s in zip(value.shape, value.stride(), strict=True) if n > 1 and s]
    return len(set(steps)) == len(steps)


def flat(value: Any, kind: type) -> list[Any]:
    """The tensors in a result or among arguments."""
    if isinstance(value, kind):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [t for v in value for t in flat(v, kind)] if isinstance(value, (list, tuple)) else []


def found(name: str) -> Callable[..., Any] | None:
    """minigrad's function of this dotted name."""
    place: Any = minigrad
    for part in name.split("."):
        place = getattr(place, part, None)
    return place if callable(place) else None


# ------------------------------------------------------------------ one call


class Outcome:
    """What a call gave: results, or an error."""

    def __init__(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.error: Exception | None = None
        self.value: Any = None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.value = function(*args, **kwargs)
        except Exception as error:  # whatever it is, it is compared
            self.error = error


def first_sentence(error: Exception) -> str:
    line = str(error).split("\n", 1)[0].replace("torch.", "").replace("minigrad.", "")
    return re.split(r"[.!?] ", line, maxsplit=1)[0].rstrip(".!?")


def node_name(node: Any) -> str:
    return "" if node is None else node.name().replace("torch::autograd::", "")


def close(a: np.ndarray, b: np.ndarray) -> bool:
    rtol, atol = TOLERANCES.get(a.dtype.name, (0, 0))
    return bool(np.allclose(a.astype(np.float64), b.astype(np.float64), rtol=rtol, atol=atol, equal_nan=True))


def compare_tensors(theirs: Any, ours: Any, strides: bool = True) -> str:
    """What differs, in a word or two; empty where nothing does."""
    a, b = theirs.detach().numpy(force=True), ours.detach().numpy()
    if a.dtype != b.dtype:
        return f"dtype: {a.dtype} here {b.dtype}"
    if a.shape != b.shape:
        return f"shape: {a.shape} here {b.shape}"
    if not close(a, b):
        return f"values: {a.ravel()[:6].tolist()} here {b.ravel()[:6].tolist()}"
    if a.dtype.kind == "f" and np.any((np.signbit(a) != np.signbit(b)) & (a == 0) & (b == 0)):
        return f"sign of 0: {a.ravel()[:6].tolist()} here {b.ravel()[:6].tolist()}"
    if strides and theirs.stride() != ours.stride() and a.size > 1:
        return f"strides: {theirs.stride()} here {ours.stride()}"
    if theirs.requires_grad != ours.requires_grad:
        return f"requires_grad: {theirs.requires_grad} here {ours.requires_grad}"
    if node_name(theirs.grad_fn) != node_name(ours.grad_fn):
        return f"grad_fn: {node_name(theirs.grad_fn)} here {node_name(ours.grad_fn)}"
    return ""


def gradients(module: Any, inputs: list[Any], outputs: list[Any]) -> Outcome:
    """The recorded gradients of the inputs, the outputs weighted so that no two elements are alike."""

    def run() -> Any:
        total: Any = None
        for i, t in enumerate(outputs):
            if not t.requires_grad:
                continue
            weights = (
                np.cos(np.arange(t.numel()) * 1.7 + i)
                .reshape(tuple(t.shape))
                .astype(t.detach().numpy().dtype)
            )
            part = (t * module.from_numpy(np.array(weights))).sum()
            total = part if total is None else total + part
        found = module.autograd.grad(total, inputs, create_graph=True, allow_unused=True)
        return [t if t is not None else None for t in found]

    return Outcome(run, (), {})


class Comparison:
    """Counts by op, and examples of what differs."""

    def __init__(self) -> None:
        self.counts: collections.Counter[str] = collections.Counter()
        self.examples: dict[str, list[str]] = collections.defaultdict(list)

    def note(self, kind: str, text: str) -> None:
        self.counts[kind] += 1
        self.examples[kind].append(text)

    def call(self, label: str, theirs: Outcome, ours: Outcome, before: tuple[list[Any], list[Any]]) -> None:
        """Compare two outcomes, and the gradients of what went in."""
        self.counts["calls"] += 1
        if theirs.error or ours.error:
            self.errors(label, theirs.error, ours.error)
            return
        a, b = flat(theirs.value, torch.Tensor), flat(ours.value, minigrad.Tensor)
        if len(a) != len(b):
            self.note("results", f"{label}: {len(a)} results, here {len(b)}")
            return
        if not a and theirs.value != ours.value:
            self.note("values", f"{label}: {theirs.value!r} here {ours.value!r}")
            return
        # torch's order of dimensions in memory means nothing where elements of an argument share a place.
        strides = all(no_overlap(t) for t in before[0])
        for x, y in zip(a, b, strict=True):
            if difference := compare_tensors(x, y, strides):
                self.note(difference.partition(":")[0], f"{label}: {difference}")
                return
        wanted = [(x, y) for x, y in zip(*before, strict=True) if x.requires_grad]
        if not wanted or not any(t.requires_grad for t in a) or a[0].dtype is torch.float16:
            return
        self.gradients(label, [x for x, _ in wanted], [y for _, y in wanted], a, b)

    def gradients(self, label: str, xs: list[Any], ys: list[Any], a: list[Any], b: list[Any]) -> None:
        theirs, ours = gradients(torch, xs, a), gradients(minigrad, ys, b)
        if theirs.error or ours.error:
            self.errors(f"{label} gradient", theirs.error, ours.error)
            return
        for i, (x, y) in enumerate(zip(theirs.value, ours.value, strict=True)):
            if (x is None) != (y is None):
                self.note("gradient", f"{label} of input {i}: {x} here {y}")
                return
            if x is not None and (difference := compare_tensors(x, y, strides=False)):
                kind = difference.partition(":")[0]
                kind = "double" if kind in ("grad_fn", "requires_grad") else "gradient"
                self.note(kind, f"{label} of input {i}: {difference}")
                return

    def errors(self, label: str, theirs: Exception | None, ours: Exception | None) -> None:
        if theirs is None:
            kind = "refused" if isinstance(ours, (TypeError, NotImplementedError)) else "raises"
            self.note(kind, f"{label}: {type(ours).__name__}: {ours}")
        elif ours is None:
            self.note("accepts", f"{label}: {type(theirs).__name__}: {first_sentence(theirs)[:150]}")
        elif type(theirs) is not type(ours):
            text = (
                f"{type(theirs).__name__}: {first_sentence(theirs)[:150]} here {type(ours).__name__}: {ours}"
            )
            self.note("error class", f"{label}: {text}")
        elif first_sentence(theirs) != first_sentence(ours):
            self.note(
                "error text", f"{label}: {first_sentence(theirs)[:200]} here {first_sentence(ours)[:200]}"
            )


# ------------------------------------------------------------------ one op


def variants(info: Any) -> Iterator[tuple[str, Callable[..., Any], Callable[..., Any]]]:
    """(label, torch's, minigrad's) for the function, the method, the in-place twin and the operators, by any name."""
    ours = OTHER_ORDER.get(info.name) or found(info.name)
    if ours is not None and info.op is not None:
        yield "", info.op, ours
    for named in (info, *info.aliases):
        name = named.name.rpartition(".")[2]
        label = "" if named is info else f"{named.name} "
        if named is not info and (ours := found(named.name)) is not None and named.op is not None:
            yield label, named.op, ours
        for kind, theirs in (("method ", named.method_variant), ("in place ", named.inplace_variant)):
            method = getattr(minigrad.Tensor, name + "_" * kind.startswith("in"), None)
            if theirs is not None and method is not None:
                yield label + kind, theirs, method
    for operator in (info.operator_variant, info.inplace_operator_variant):
        if operator is not None:
            place = "in place " if operator is info.inplace_operator_variant else ""
            yield f"{place}operator ", operator, operator


# ------------------------------------------------------------------ the samples, as they are and otherwise

Call = tuple[tuple[Any, ...], dict[str, Any]]
SPOILED = (None, "a", 1.5, -1, 7, True, (0, 0), [1, -5], torch.tensor([1, 0]), torch.ones(2, 3))


def plain(info: Any, kind: torch.dtype, graded: bool) -> Iterator[Call]:
    """The samples as OpInfo gives them."""
    for s in info.sample_inputs("cpu", kind, requires_grad=graded):
        yield (s.input, *s.args), s.kwargs


def reference(info: Any, kind: torch.dtype, graded: bool) -> Iterator[Call]:
    """OpInfo's larger set, with more shapes, extreme values and other arrangements in memory."""
    for s in info.reference_inputs("cpu", kind, requires_grad=graded):
        yield (s.input, *s.args), s.kwargs


def strided(info: Any, kind: torch.dtype, graded: bool) -> Iterator[Call]:
    """The samples with gaps in memory."""
    for s in info.sample_inputs("cpu", kind, requires_grad=graded):
        if not has_unsupported((s.input, s.args, s.kwargs)):
            s = s.noncontiguous()
            yield (s.input, *s.args), s.kwargs


def turned(info: Any, kind: torch.dtype, graded: bool) -> Iterator[Call]:
    """The samples with their dimensions in reverse order in memory, and with gaps."""
    return (changed(c, lay_out_in_reverse) for c in plain(info, kind, graded) if not has_unsupported(c))


def edges(info: Any, kind: torch.dtype, graded: bool) -> Iterator[Call]:
    """The samples filled with values at which functions break."""
    return (changed(c, with_edges) for c in plain(info, kind, graded) if not has_unsupported(c))


EDGES = (0.0, -0.0, math.inf, -math.inf, math.nan, 1.0, 1.0, -1.0, 0.5, -2.0, 0.0, 1e-40, 3.5, -2.5, 2.0)


def with_edges(value: torch.Tensor) -> torch.Tensor:
    if not value.is_floating_point():
        return value
    filled = torch.tensor((EDGES * (value.numel() // len(EDGES) + 1))[: value.numel()], dtype=value.dtype)
    return filled.reshape(value.shape).requires_grad_(value.requires_grad)


def lay_out_in_reverse(value: torch.Tensor) -> torch.Tensor:
    memory = value.new_zeros((*value.shape[::-1], 2))[..., 0]
    found = memory.permute(tuple(range(value.dim()))[::-1]).copy_(value.detach())
    return found.requires_grad_(value.requires_grad)


def changed(value: Any, change: Callable[[torch.Tensor], torch.Tensor]) -> Any:
    """The arguments with their tensors changed."""
    if isinstance(value, torch.Tensor):
        return change(value)
    if isinstance(value, (list, tuple)) and not isinstance(value, torch.Size):
        return type(value)(changed(v, change) for v in value)
    return {k: changed(v, change) for k, v in value.items()} if isinstance(value, dict) else value


def keywords(info: Any, kind: torch.dtype, graded: bool) -> Iterator[Call]:
    """The samples with all arguments but the first by their names, as far as an overload has that many."""
    schemas = torch._C._jit_get_schemas_for_operator(f"aten::{info.name.replace('.', '_')}")
    for args, kwargs in plain(info, kind, graded):
        seen = set()
        for schema in schemas:
            names = tuple(a.name for a in schema.arguments if not a.is_out)[1 : len(args)]
            if names and len(names) == len(args) - 1 and names not in seen:
                seen.add(names)
                yield args[:1], {**dict(zip(names, args[1:], strict=True)), **kwargs}


def spoiled(info: Any, kind: torch.dtype, graded: bool) -> Iterator[Call]:
    """A few samples with each argument in turn left out, or replaced by something that may not fit."""
    for args, kwargs in itertools.islice(plain(info, kind, graded), 3):
        yield args[:-1], kwargs
        for i, wrong in itertools.product(range(1, len(args)), SPOILED):
            yield (*args[:i], wrong, *args[i + 1 :]), kwargs
        for name, wrong in itertools.product(kwargs, SPOILED):
            yield args, {**kwargs, name: wrong}
        yield args, {**kwargs, "unheard_of": 1}
        yield (*args, None), kwargs


HOW = {f.__name__: f for f in (plain, reference, strided, turned, edges, keywords, spoiled)}
most_samples = 60  # of each op, dtype and variant


def compare_op(info: Any, dtypes: tuple[str, ...], how: str = "plain") -> Comparison:
    result = Comparison()
    for (label, theirs, ours), dtype in itertools.product(list(variants(info)), dtypes):
        kind = getattr(torch, dtype)
        if kind not in info.supported_dtypes("cpu"):
            continue
        graded = kind.is_floating_point and info.supports_autograd
        torch.manual_seed(0)
        for sample in spread(HOW[how](info, kind, graded)):
            args, kwargs = copied(sample[0]), copied(sample[1])
            if has_unsupported((args, kwargs)):
                continue
            args2, kwargs2 = translated(args), translated(kwargs)
            before = flat([*args, kwargs], torch.Tensor), flat([*args2, kwargs2], minigrad.Tensor)
            if label and not (args and isinstance(args[0], torch.Tensor)):
                continue  # there is no method of a number
            if "in place " in label:
                args = (args[0].clone(), *args[1:])
                args2 = (args2[0].clone(), *args2[1:])
            text = f"{label}{dtype} {described((args, kwargs))}"
            result.call(text, Outcome(theirs, args, kwargs), Outcome(ours, args2, kwargs2), before)
    if how == "plain" and info.error_inputs_func is not None and found(info.name) is not None:
        compare_bad(info, result)
    return result


def spread(samples: Iterator[Call]) -> list[Call]:
    """Not more than most_samples, from the first to the last; those before one that OpInfo cannot make."""
    found = []
    with contextlib.suppress(ValueError):
        found.extend(samples)
    return found[:: -(-len(found) // most_samples)] if found else []


def compare_bad(info: Any, result: Comparison) -> None:
    """OpInfo's calls that must raise."""
    for bad in info.error_inputs("cpu"):
        sample = bad.sample_input
        args = (sample.input, *sample.args)
        if has_unsupported((args, sample.kwargs)) or "out" in sample.kwargs:
            continue
        args2, kwargs2 = translated(args), translated(sample.kwargs)
        ours = Outcome(OTHER_ORDER.get(info.name) or found(info.name), args2, kwargs2)
        theirs = Outcome(info.op, args, sample.kwargs)
        result.counts["bad inputs"] += 1
        if theirs.error:
            result.errors(f"bad {described((args, sample.kwargs))}", theirs.error, ours.error)


def has_unsupported(value: Any) -> bool:
    """Whether complex numbers, bfloat16, another device or another layout stand among the arguments."""
    if isinstance(value, (list, tuple)):
        return any(map(has_unsupported, value))
    if isinstance(value, dict):
        return any(map(has_unsupported, value.values()))
    if isinstance(value, torch.Tensor):
        return (
            has_unsupported(value.dtype)
            or value.dim() > 64
            or value.device.type != "cpu"
            or value.layout is not torch.strided
        )
    if isinstance(value, torch.dtype):
        return str(value).removeprefix("torch.") not in (*DTYPES, "int16")
    return isinstance(value, (complex, torch.Generator, torch.memory_format, torch.device, torch.layout))


def described(value: Any) -> str:
    if isinstance(value, torch.Tensor):
        return f"{str(value.dtype).removeprefix('torch.')}{list(value.shape)}"
    if isinstance(value, (list, tuple)):
        return f"({', '.join(map(described, value))})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}={described(v)}" for k, v in value.items()) + "}" if value else ""
    return repr(value)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("names", nargs="*", help="ops, with * for any text; default: all")
    parser.add_argument("--dtypes", default=",".join(DTYPES))
    parser.add_argument("--show", type=int, default=0, help="how many differences of each kind to print")
    parser.add_argument("--how", default="plain", choices=HOW, help="which samples, and how they are given")
    parser.add_argument(
        "--most", type=int, default=most_samples, help="samples of each op, dtype and variant"
    )
    parser.add_argument("--missing", action="store_true", help="list the ops that minigrad does not have")
    options = parser.parse_args()
    globals()["most_samples"] = options.most
    total: collections.Counter[str] = collections.Counter()
    missing, same = [], 0
    for info in op_db:
        if options.names and not any(fnmatch.fnmatch(info.name, n) for n in options.names):
            continue
        if not any(True for _ in variants(info)):
            missing.append(info.name)
            continue
        result = compare_op(info, tuple(options.dtypes.split(",")), options.how)
        total += result.counts
        differences = {k: n for k, n in result.counts.items() if k not in ("calls", "bad inputs")}
        same += not differences
        shown = ", ".join(f"{k} {n}" for k, n in differences.items()) or "alike"
        name = info.name + (f" ({info.variant_test_name})" if info.variant_test_name else "")
        print(f"{name:40} {result.counts['calls']:5} calls  {shown}", flush=True)
        for kind in differences:
            for text in result.examples[kind][: options.show]:
                print(f"      {kind}: {text[:300]}")
    print("\n" + ", ".join(f"{k} {n}" for k, n in total.most_common()) + f"; {same} ops alike")
    print(
        f"{len(missing)} ops of torch are not in minigrad"
        + (": " + " ".join(missing) if options.missing else "")
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())

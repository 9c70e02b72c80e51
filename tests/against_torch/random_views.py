"""Random programs of views and in-place writes, run by minigrad and by torch in step; they must agree.

    python tests/against_torch/random_views.py            seeds 0 to 99
    python tests/against_torch/random_views.py 7          one seed, with its program
    python tests/against_torch/random_views.py 200 400    a range of seeds

Needs torch. After most statements these are compared for every tensor: values, strides, offset, requires_grad,
is_leaf, _version, whose view it is, the names of the nodes behind grad_fn; for an error its class and the
first sentence of its text; at the end the gradients of the leaves. A disagreement prints the program up to there.
"""

from __future__ import annotations

import random
import re
import sys
import warnings
from typing import Any

import torch

import minigrad

LIMIT = 14  # tensors alive in a program
STEPS = 25


class Side:
    """One of the two packages with the tensors of the program."""

    def __init__(self, module: Any) -> None:
        self.names: dict[str, Any] = {"T": module, "v": []}

    @property
    def tensors(self) -> list[Any]:
        return self.names["v"]

    def run(self, statement: str) -> str:
        """Run it; what it raised, as class and first sentence."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                exec(statement, self.names)
        except Exception as error:
            text = re.sub(r"\b(torch|minigrad)\.|torch::autograd::", "", str(error))
            first = re.match(r".*?(?:[.!?](?=\s|$)|$)", text.split("\n")[0])
            return f"{type(error).__name__}: {first.group() if first else text}"
        return ""

    def state(self, i: int) -> dict[str, Any]:
        """Everything about tensor i that can be seen."""
        t = self.tensors[i]
        found: dict[str, Any] = {"shape": tuple(t.shape), "stride": tuple(t.stride())}
        found["offset"] = t.storage_offset()
        found["values"] = t.detach().tolist()
        found["version"] = t._version
        base = t._base
        same = [j for j, other in enumerate(self.tensors) if other is base]
        found["base"] = None if base is None else same[0] if same else "unnamed"
        try:
            found["requires_grad"] = t.requires_grad
            found["is_leaf"] = t.is_leaf
            found["output"] = t.output_nr
            found["graph"] = chain(t.grad_fn)
        except RuntimeError as error:
            found["grad_fn raises"] = re.sub(r"\b(torch|minigrad)\.", "", str(error)).split(". ")[0]
        return found

    def gradients(self) -> list[Any]:
        """The .grad of every tensor; of a view that has none because it must not be used, the error's class."""
        found = []
        for t in self.tensors:
            try:
                found.append(None if t.grad is None else t.grad.tolist())
            except RuntimeError:
                found.append("RuntimeError")
        return found


def chain(node: Any, depth: int = 5) -> Any:
    """The names of the nodes behind a node, as a tree."""
    if node is None:
        return None
    name = node.name().rpartition("::")[2]
    if name == "AccumulateGrad" or not depth:
        return name
    return name, [(chain(n, depth - 1), number) for n, number in node.next_functions]


# ------------------------------------------------------------------ statements


def view_of(rng: random.Random, t: Any) -> str:
    """A random view of a tensor, or something close to one."""
    ndim, shape = t.dim(), tuple(t.shape)
    ways = ["[...]", ".view_as(T.ones({}))".format(", ".join(map(str, shape)) or "()"), ".detach()", ".unsqueeze(0)", ".squeeze()",
            ".t()" if ndim <= 2 else ".transpose(0, -1)", ".reshape(-1)", ".flatten()", ".contiguous()", "[None]"]  # fmt: skip
    if ndim:
        d = rng.randrange(ndim)
        n = shape[d]
        colons = ":, " * d
        ways += [
            f"[{colons}{rng.randrange(-n, n) if n else 0}]",
            f"[{colons}{rng.randrange(n + 1)}:]",
            f"[{colons}::{rng.choice((1, 2, 2, 3))}]",
            f".select({d}, {rng.randrange(n) if n else 0})",
            f".narrow({d}, 0, {rng.randrange(n + 1)})",
            f".transpose({d}, {rng.randrange(ndim)})",
            f".unsqueeze({rng.randrange(ndim + 1)})",
            f".squeeze({d})",
            f".permute({rng.sample(range(ndim), ndim)})",
            f".unfold({d}, {max(n // 2, 1)}, {max(n // 2, 1)})",  # without overlaps, whose writes have no order
            f".unbind({d})[-1]" if n else "[...]",
            f".chunk(2, {d})[0]",
            f".split(1, {d})[-1]" if n else "[...]",
            f".swapaxes({d}, -1)",
            f".movedim({d}, 0)",
            ".view(-1)",
            f".as_strided(({min(2, t.numel())},), (1,), {t.storage_offset()})",
            f".expand({', '.join(['2', *map(str, shape)])})",
        ]
        if n % 2 == 0 and n:
            ways.append(f".unflatten({d}, (2, {n // 2}))")
    if ndim >= 2:
        ways += [".diagonal()", ".mT", ".diagonal(1)", ".T"]
    return rng.choice(ways)


def write_to(rng: random.Random, tensors: list[Any], i: int) -> str:
    """A random write into a tensor, or into a view of it made on the spot."""
    t = tensors[i]
    place = f"v[{i}]"
    if rng.random() < 0.3:
        place += view_of(rng, t)
    same = [j for j, other in enumerate(tensors) if other.shape == t.shape and place == f"v[{i}]"]
    ways = [
        ".mul_(2.0)",
        ".add_(1.0)",
        ".zero_()",
        ".fill_(3.0)",
        ".neg_()",
        ".clamp_(-2.0, 2.0)",
        ".pow_(2)",
    ]
    if same:
        j = rng.choice(same)
        ways += [
            f".mul_(v[{j}])",
            f".add_(v[{j}])",
            f".copy_(v[{j}])",
            f".sub_(v[{j}].detach())",
            f".copy_(v[{j}] * 2)",
        ]
    scalars = [j for j, other in enumerate(tensors) if not other.dim()]
    if scalars:
        ways += [f".mul_(v[{rng.choice(scalars)}])", f".fill_(v[{rng.choice(scalars)}])"]
    if t.dim() and place == f"v[{i}]" and t.shape[0]:
        row = rng.randrange(t.shape[0])
        keys = [f"[{row}]", "[:]", "[...]", f"[[{row}]]", f"[..., {rng.randrange(max(t.shape[-1], 1))}]", "[1:]",
                f"[v[{i}] > 0]"]  # fmt: skip
        values = ["5.0", f"v[{i}][{row}] * 2", f"v[{rng.randrange(len(tensors))}]"]
        ways += [f"{rng.choice(keys)} = {rng.choice(values)}" for _ in range(4)]
        ways += [f"[{row}] += 1.0", f"[{row}] *= v[{i}][{row}]"]
    return place + rng.choice(ways)


def statement(rng: random.Random, tensors: list[Any]) -> str:
    """A random statement that fits the tensors there are."""
    i = rng.randrange(len(tensors))
    t = tensors[i]
    same = [j for j, other in enumerate(tensors) if other.shape == t.shape]
    j = rng.choice(same)
    draw = rng.random()
    if draw < 0.38:
        made = f"v[{i}]" + view_of(rng, t)
        if rng.random() < 0.2:
            made = f"({made})"
    elif draw < 0.50:
        made = rng.choice([f"v[{i}] * 2.0", f"v[{i}] * v[{j}]", f"v[{i}] + v[{j}]", f"v[{i}].clone()", f"v[{i}].sum()",
                           f"v[{i}].exp() * 0.1", f"v[{i}].detach()", f"v[{i}].relu()", f"T.stack([v[{i}], v[{j}]])"])  # fmt: skip
    elif draw < 0.88:
        made = ""
        code = write_to(rng, tensors, i)
    else:
        made = ""
        code = rng.choice([
            f"v[{i}].sum().backward(retain_graph=True)",
            f"(v[{i}] * v[{j}]).sum().backward()",
            f"v[{i}].requires_grad_()",
            f"v[{i}].detach_()",
            f"v[{i}].grad = None",
            f"v[{i}].data.mul_(2.0)",
            f"v[{i}].retain_grad()",
        ])  # fmt: skip
    if made:
        code = f"v.append({made})" if len(tensors) < LIMIT else f"v[{rng.randrange(len(tensors))}] = {made}"
    if rng.random() < 0.15:
        code = f"with T.no_grad(): {code}"
    return code


START = [
    "v.append(T.tensor([[1.0, -2.0, 3.0], [4.0, 0.5, -1.0]], dtype=T.float64, requires_grad=True))",
    "v.append(v[0] * 1.0)",
    "v.append(T.tensor([1.5, -0.5, 2.0, 1.0], dtype=T.float64))",
    "v.append(T.tensor(0.5, dtype=T.float64, requires_grad=True))",
]


# ------------------------------------------------------------------ comparing


def close(a: Any, b: Any) -> bool:
    if isinstance(a, float) and isinstance(b, float):
        return a == b or (a != a and b != b) or abs(a - b) <= 1e-9 * max(abs(a), abs(b), 1e-3)
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(map(close, a, b))
    return a == b


def differences(ours: Side, theirs: Side) -> list[str]:
    found = []
    for i in range(len(theirs.tensors)):
        one, other = theirs.state(i), ours.state(i)
        found += [
            f"v[{i}] {key}:\n   torch    {one.get(key)}\n   minigrad {other.get(key)}"
            for key in {**one, **other}
            if not close(one.get(key), other.get(key))
        ]
    return found


def disagreement(program: list[str], looks: set[int] | None = None) -> list[str]:
    """What the two sides disagree on when they run the program; [] if on nothing.

    looks: after which statements everything is compared; None for after each. Looking is not without effect:
    it brings a view's place in the graph up to date.
    """
    theirs, ours = Side(torch), Side(minigrad)
    for step, code in enumerate(program):
        expected, found = theirs.run(code), ours.run(code)
        if expected != found:
            return [code, f"torch    {expected or 'no error'}", f"minigrad {found or 'no error'}"]
        if (looks is None or step in looks) and (wrong := differences(ours, theirs)):
            return [code, *wrong]
    both = theirs.gradients(), ours.gradients()
    return [] if close(*both) else [f"torch    {both[0]}", f"minigrad {both[1]}"]


def make(seed: int) -> tuple[list[str], set[int]]:
    """The program of a seed, and after which of its statements to look."""
    rng = random.Random(seed)
    torch_side = Side(torch)
    program = []
    for step in range(len(START) + STEPS):
        program.append(START[step] if step < len(START) else statement(rng, torch_side.tensors))
        torch_side.run(program[-1])
    program.append("sum((t * t).sum() for t in v if t.requires_grad).backward()")
    return program, {step for step in range(len(program)) if rng.random() < 0.6}


def run(seed: int) -> bool:
    """Run the program of a seed on both sides. Whether they agree; prints the shortest part that does not."""
    program, looks = make(seed)
    if not disagreement(program, looks):
        return True
    everywhere = None if disagreement(program) else looks
    step = len(program) - 1
    while everywhere is None and step >= 0:
        shorter = program[:step] + program[step + 1 :]
        program = shorter if disagreement(shorter) else program
        step -= 1
    print(f"seed {seed}:", *(f"    {line}" for line in program), sep="\n")
    print(*disagreement(program, everywhere)[:3], sep="\n")
    return False


def main(arguments: list[str]) -> int:
    numbers = [int(a) for a in arguments] or [0, 100]
    if len(numbers) == 1:
        numbers.append(numbers[0] + 1)
        print(*make(numbers[0])[0], sep="\n")
    seeds = range(numbers[0], numbers[1])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        agreed = sum(run(seed) for seed in seeds)
    print(f"{agreed} of {len(seeds)} programs agree")
    return 0 if agreed == len(seeds) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

#!/usr/bin/env python3
"""Compare minigrad with torch on small random programs; needs torch, and is run by hand.

    python tests/against_torch/random_programs.py                    200 programs from seed 0
    python tests/against_torch/random_programs.py --seed 7 --count 5000 --length 12
    python tests/against_torch/random_programs.py --without inference_mode --without hook

A program is a list of statements over a few tensors: it makes them, computes, looks at them through views,
writes in place, switches modes, registers hooks, runs backward. Both packages run it, statement by statement,
and after each one everything that can be seen of every tensor has to be equal: values, dtype, strides,
requires_grad, is_leaf, the graph behind it, version, base, .grad, what it prints; or the error, and the
warnings. The first program that differs is cut down to the fewest statements that still do, and printed.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import torch  # noqa: E402

import minigrad  # noqa: E402
from conformance.run import differences, first_sentence, normalise_text, to_json  # noqa: E402

Observed = dict[str, Any]

# ------------------------------------------------------------------ running a program


class Machine:
    """Runs statements with one of the packages as `T` and tells what can be seen."""

    def __init__(self, T: Any) -> None:
        self.T = T
        self.log: list[Any] = []
        self.names: dict[str, Any] = {"T": T, "log": self.note}

    def note(self, value: Any) -> None:
        """`log(...)` in a program: something that a hook saw."""
        self.log.append(self.plain(value))

    def tensors(self) -> dict[str, Any]:
        return {name: value for name, value in self.names.items() if isinstance(value, self.T.Tensor)}

    def run(self, line: str) -> Observed:
        """Run one statement; its error, warnings and log, and how every tensor looks afterwards."""
        self.log = []
        error: Any = None
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            warnings.filterwarnings(
                "ignore", category=RuntimeWarning, module="minigrad"
            )  # as the package does
            try:
                exec(line, self.names)
            except Exception as raised:
                error = [type(raised).__name__, self.sentence(raised)]
        told = [[w.category.__name__, self.sentence(w.message)] for w in caught]
        seen = {name: self.look(tensor) for name, tensor in self.tensors().items()}
        return {"error": error, "warnings": told, "log": self.log, **seen}

    def sentence(self, message: object) -> str:
        return first_sentence(normalise_text(str(message), self.T.__name__))[0]

    def plain(self, value: Any) -> Any:
        return to_json(value.detach() if isinstance(value, self.T.Tensor) else value, self.T)

    def look(self, t: Any) -> Observed:
        """All that can be seen of a tensor, in plain data."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            looks: dict[str, Callable[[], Any]] = {
                "value": lambda: to_json(t.detach(), self.T),
                "requires_grad": lambda: t.requires_grad,
                "grad_fn": lambda: self.graph(t.grad_fn, 4),
                "is_leaf": lambda: t.is_leaf,
                "output_nr": lambda: t.output_nr,
                "stride": t.stride,
                "offset": t.storage_offset,
                "version": lambda: t._version,
                "is_view": t._is_view,
                "base": lambda: self.name_of(t._base),
                "inference": t.is_inference,
                "retains_grad": lambda: t.retains_grad,
                "grad": lambda: None if t.grad is None else to_json(t.grad.detach(), self.T),
                "grad.grad_fn": lambda: None if t.grad is None else self.graph(t.grad.grad_fn, 3),
                "repr": lambda: normalise_text(repr(t), self.T.__name__),
            }
            return {what: self.attempt(look) for what, look in looks.items()}

    def attempt(self, look: Callable[[], Any]) -> Any:
        try:
            return look()
        except Exception as error:
            return {"raises": type(error).__name__, "message": self.sentence(error)}

    def name_of(self, tensor: Any) -> str:
        return next((n for n, t in self.tensors().items() if t is tensor), "none" if tensor is None else "?")

    def graph(self, node: Any, depth: int) -> Any:
        """The names of the nodes behind this one."""
        if node is None:
            return None
        if hasattr(node, "variable"):
            return f"AccumulateGrad of {self.name_of(node.variable)}"
        if not depth:
            return normalise_text(node.name(), self.T.__name__)
        edges = [[self.graph(after, depth - 1), number] for after, number in node.next_functions]
        return [normalise_text(node.name(), self.T.__name__), *edges]


def first_difference(program: list[str]) -> tuple[int, list[str]] | None:
    """The number of the first statement after which the two differ, and in what; None where none does."""
    ours, theirs = Machine(minigrad), Machine(torch)
    for number, line in enumerate(program):
        expected, got = theirs.run(line), ours.run(line)
        found = [text for key in expected for text in _differences(key, expected[key], got.get(key))]
        if found:
            return number, found
    return None


def _differences(where: str, expected: Any, got: Any) -> Iterator[str]:
    if isinstance(expected, dict) and isinstance(got, dict) and "value" in expected:
        for key in expected:
            yield from _differences(f"{where}.{key}", expected[key], got[key])
        return
    if where.endswith(".repr") and isinstance(expected, str) and isinstance(got, str):
        # Digits may differ in the last place; the values themselves are compared above.
        expected, got = (re.sub(r"[-+\d.e]*\d[-+\d.e]*", "#", text) for text in (expected, got))
    yield from differences(expected, got, f"{where}: ")


def shrunk(program: list[str], number: int) -> list[str]:
    """The fewest statements of `program`, up to statement `number`, that still make a difference."""
    program = program[: number + 1]
    again = True
    while again:
        again = False
        for i in reversed(range(len(program))):
            shorter = program[:i] + program[i + 1 :]
            if not _misses_a_name(shorter) and first_difference(shorter) is not None:
                program, again = shorter, True
                break
    return program


def _misses_a_name(program: list[str]) -> bool:
    machine = Machine(torch)
    return any((machine.run(line)["error"] or [""])[0] == "NameError" for line in program)


# ------------------------------------------------------------------ making a program


class Maker:
    """Makes statements that mostly work, by asking torch how the tensors look so far."""

    def __init__(self, seed: int, without: set[str]) -> None:
        self.random = random.Random(seed)
        self.machine = Machine(torch)
        self.count = 0
        self.inference = "inference_mode" not in without
        self.create_graph = "create_graph" not in without
        weights = {name: weight for name, weight in WEIGHTS.items() if name not in without}
        self.kinds, self.weights = list(weights), list(weights.values())

    def program(self, length: int) -> list[str]:
        lines = [self.create() for _ in range(2)]
        for line in lines:
            self.machine.run(line)
        while len(lines) < length:
            line = getattr(self, self.random.choices(self.kinds, self.weights)[0])()
            if not all(hasattr(minigrad.Tensor, name) for name in _methods(line)):
                continue
            if self.random.random() < 0.12:
                mode = self.random.choice(
                    ["no_grad", "no_grad", "enable_grad", *["inference_mode"] * self.inference]
                )
                line = f"with T.{mode}(): {line}"
            self.machine.run(line)
            lines.append(line)
        return lines

    # What statements are put together from.

    def new(self) -> str:
        self.count += 1
        return "abcdefghijklmnopqrstuvwxyz"[(self.count - 1) % 26] + str((self.count - 1) // 26 or "")

    def target(self) -> str:
        """A name to assign to: mostly a new one, sometimes one that is taken."""
        return self.any() if self.random.random() < 0.1 else self.new()

    def any(self, floating: bool = False) -> str:
        tensors = self.machine.tensors()
        names = [n for n, t in tensors.items() if t.is_floating_point()] if floating else list(tensors)
        # The younger, the likelier: programs grow deep.
        return self.random.choice(names[-4:] if self.random.random() < 0.6 else names) if names else "a"

    def shape(self, name: str) -> tuple[int, ...]:
        found = self.machine.names.get(name)
        return tuple(found.shape) if isinstance(found, torch.Tensor) else ()

    def dim(self, name: str) -> int:
        ndim = len(self.shape(name))
        return self.random.randint(-ndim, ndim - 1) if ndim else 0

    def number(self) -> str:
        return self.random.choice(["2", "0.5", "-1.5", "3", "0", "1"])

    def data(self, shape: tuple[int, ...], dtype: str) -> Any:
        if shape:
            return [self.data(shape[1:], dtype) for _ in range(shape[0])]
        if dtype == "int64":
            return self.random.randint(-3, 3)
        return self.random.random() < 0.5 if dtype == "bool" else self.random.randint(-8, 8) / 4

    def fitting(self, name: str) -> str:
        """Another tensor that broadcasts with this one; a number where there is none."""
        shape = self.shape(name)
        names = []
        for other, tensor in self.machine.tensors().items():
            try:
                if torch.broadcast_shapes(shape, tensor.shape) == shape:
                    names.append(other)
            except RuntimeError:
                pass
        return self.random.choice(names) if names and self.random.random() < 0.7 else self.number()

    def index(self, name: str) -> str:
        shape = self.shape(name)
        if not shape:
            return self.random.choice(["...", "None"])
        return self.random.choice(
            ["0", "-1", "1:", ":1", "::2", "...", "None", "[0, 0]", ":, None", "..., 0", "..., 1:"]
        )

    # The kinds of statements.

    def create(self) -> str:
        dtype = self.random.choices(["float64", "float32", "int64", "bool", "float16"], [80, 8, 6, 3, 1])[0]
        shape = self.random.choice(
            [(), (1,), (2,), (3,), (2, 3), (3, 2), (2, 2), (2, 1), (1, 3), (2, 2, 3), (0,)]
        )
        wants = dtype.startswith("float") and self.random.random() < 0.7
        suffix = ", requires_grad=True" if wants else ""
        return f"{self.new()} = T.tensor({self.data(shape, dtype)}, dtype=T.{dtype}{suffix})"

    def binary(self) -> str:
        x = self.any()
        y = self.fitting(x)
        if self.random.random() < 0.3:
            x, y = y, x
        return f"{self.target()} = {x} {self.random.choice(['+', '-', '*', '*', '/'])} {y}"

    def unary(self) -> str:
        names = ["exp()", "sin()", "cos()", "tanh()", "sigmoid()", "relu()", "abs()", "neg()", "clone()", "square()",
                 "abs().sqrt()", "clamp(-1, 1)", "pow(2)", "pow(3)", "contiguous()", "reciprocal()", "sign()"]  # fmt: skip
        return f"{self.target()} = {self.any()}.{self.random.choice(names)}"

    def reduction(self) -> str:
        x = self.any()
        name = self.random.choice(
            ["sum", "mean", "prod", "amax", "cumsum", "softmax", "sum", "mean", "logsumexp"]
        )
        if name in ("cumsum", "softmax", "amax", "logsumexp"):
            arguments = str(self.dim(x))
        else:
            arguments = self.random.choice(["", "", str(self.dim(x)), f"{self.dim(x)}, keepdim=True"])
        return f"{self.target()} = {x}.{name}({arguments})"

    def matmul(self) -> str:
        x = self.any(floating=True)
        return f"{self.target()} = {x} @ {self.random.choice([f'{x}.t()', self.any(floating=True)])}"

    def view(self) -> str:
        x = self.any()
        shape = self.shape(x)
        kinds = [f"[{self.index(x)}]", f"[{self.index(x)}]", ".detach()", f".unsqueeze({self.dim(x)})", ".view(-1)",
                 ".reshape(-1)", ".squeeze()", ".flatten()", ".data", f".view_as({x})",
                 f".expand({', '.join(map(str, (2, *shape)))})"]  # fmt: skip
        if shape:
            d = self.dim(x)
            kinds += [f".narrow({d}, 0, 1)", f".select({d}, 0)", f".transpose({d}, {self.dim(x)})", f".squeeze({d})",
                      f".permute({', '.join(map(str, self.random.sample(range(len(shape)), len(shape))))})",
                      f".view({', '.join(map(str, shape[::-1]))})", ".mT", ".t()", f".unfold({d}, 1, 1)"]  # fmt: skip
        return f"{self.target()} = {x}{self.random.choice(kinds)}"

    def several_views(self) -> str:
        x = self.any()
        n = self.shape(x)[0] if self.shape(x) else 1
        call = self.random.choice(["unbind(0)", "unbind(0)", "split(1)", f"chunk({max(n, 1)})"])
        return f"{', '.join(self.new() for _ in range(max(n, 1)))}, = {x}.{call}"

    def write(self) -> str:
        x = self.any()
        y = self.fitting(x)
        tensor = y if not re.match(r"[-\d]", y) else x
        return self.random.choice(
            [f"{x}.add_({y})", f"{x}.mul_({y})", f"{x}.sub_({y})", f"{x}.div_({y})", f"{x} += {y}", f"{x} *= {y}",
             f"{x}.zero_()", f"{x}.fill_({self.number()})", f"{x}.copy_({tensor})", f"{x}.sin_()", f"{x}.tanh_()",
             f"{x}.exp_()", f"{x}.relu_()", f"{x}.neg_()", f"{x}.clamp_(-1, 1)", f"{x}.pow_(2)",
             f"{x}.sigmoid_()", f"{x}.abs_()", f"{x} -= {y}", f"{x} /= {y}"]
        )  # fmt: skip

    def write_item(self) -> str:
        x = self.any()
        index = self.index(x)
        value = self.random.choice(
            [self.number(), self.number(), self.any(), f"{x}[{index}]", f"{x}[{index}] * 2"]
        )
        return f"{x}[{index}] {self.random.choice(['=', '=', '+=', '*='])} {value}"

    def backward(self) -> str:
        x = self.any(floating=True)
        start = self.random.choice([f"{x}.sum()", f"{x}.sum()", f"({x} * {x}).sum()", x])
        arguments = [] if start != x or not self.shape(x) else [f"T.ones_like({x})"]
        if self.random.random() < 0.4:
            arguments.append("retain_graph=True")
        if self.random.random() < 0.15 and self.create_graph:
            arguments.append("create_graph=True")
        if self.random.random() < 0.2:
            arguments.append(f"inputs=[{', '.join({self.any(floating=True) for _ in range(2)})}]")
        return f"{start}.backward({', '.join(arguments)})"

    def grad(self) -> str:
        x, y, z = (self.any(floating=True) for _ in range(3))
        arguments = [f"({x} * {x}).sum()" if self.random.random() < 0.3 else f"{x}.sum()"]
        names = [self.new()]
        inputs = y
        if self.random.random() < 0.3:
            names, inputs = [*names, self.new()], f"[{y}, {z}]"
        for argument in (
            "retain_graph=True",
            "create_graph=True",
            "allow_unused=True",
            "materialize_grads=True",
        ):
            if self.random.random() < 0.35 and (self.create_graph or argument != "create_graph=True"):
                arguments.append(argument)
        return f"{', '.join(names)}, = T.autograd.grad({arguments[0]}, {', '.join([inputs, *arguments[1:]])})"

    def hook(self) -> str:
        x = self.any(floating=True)
        return self.random.choice(
            [f"{x}.register_hook(lambda g: log(g))", f"{x}.register_hook(lambda g: g * 2)",
             f"{x}.register_hook(lambda g: g + {self.any()})",
             f"{x}.grad_fn.register_hook(lambda i, o: log([*i, *o]))",
             f"{x}.grad_fn.register_hook(lambda i, o: tuple(None if g is None else g * 2 for g in i))",
             f"{x}.grad_fn.register_prehook(lambda o: log([*o]))",
             f"{x}.grad_fn.register_prehook(lambda o: tuple(None if g is None else g * 2 for g in o))",
             f"{x}.register_post_accumulate_grad_hook(lambda t: log(t.grad))",
             f"{x}.register_hook(lambda g: 1)", f"{x}.register_hook(lambda g: g.sum())"]
        )  # fmt: skip

    def flag(self) -> str:
        x = self.any()
        return self.random.choice(
            [f"{x}.requires_grad_()", f"{x}.requires_grad_(False)", f"{x}.detach_()", f"{x}.retain_grad()",
             f"{x}.retain_grad()", f"{x}.grad = None", f"{x}.requires_grad = True", f"{x}.grad = T.ones_like({x})",
             f"{x}.data = {self.any()}.data", f"{x} = {self.any()}", f"del {x}", f"{x}.data.mul_(2)",
             f"log({x}.grad)", f"log({x}.item())", f"log({x}.numpy())", f"{x}.detach().add_(1)"]
        )  # fmt: skip


WEIGHTS = {
    "create": 2, "binary": 10, "unary": 7, "reduction": 4, "matmul": 1, "view": 12, "several_views": 2,
    "write": 12, "write_item": 5, "backward": 6, "grad": 3, "hook": 4, "flag": 6,
}  # fmt: skip


SWITCHES = ("inference_mode", "create_graph")


def _methods(line: str) -> set[str]:
    """The methods of tensors that a statement calls, as far as torch has them."""
    return {name for name in re.findall(r"\w\.(\w+)", line) if hasattr(torch.Tensor, name)}


# ------------------------------------------------------------------ the command


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, default=0, help="seed of the first program (0)")
    parser.add_argument("--count", type=int, default=200, help="how many programs, one a seed (200)")
    parser.add_argument("--length", type=int, default=10, help="statements a program (10)")
    parser.add_argument(
        "--without", action="append", default=[], choices=[*WEIGHTS, *SWITCHES], help="leave a kind out"
    )
    parser.add_argument("--keep-going", action="store_true", help="print every program that differs")
    options = parser.parse_args()
    torch.set_warn_always(True)
    failed = 0
    for seed in range(options.seed, options.seed + options.count):
        program = Maker(seed, set(options.without)).program(options.length)
        found = first_difference(program)
        if found is None:
            continue
        failed += 1
        program = shrunk(program, found[0])
        _, texts = first_difference(program)
        print(f"seed {seed}:\n\n" + "\n".join(f"    {line}" for line in program) + "\n")
        print("\n".join(f"  {text[:300]}" for text in texts) + "\n", flush=True)
        if not options.keep_going:
            break
    print(f"{failed} of {seed + 1 - options.seed} programs differ")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Compare the order of backward in minigrad and torch on random graphs; needs torch, and is run by hand.

    python tests/against_torch/random_hooks.py               5000 graphs from seed 0
    python tests/against_torch/random_hooks.py 7 20000       20000 graphs from seed 7

A graph has up to four leaves and nine ops, several of them with two outputs, writing in place, or made of a
Function that answers None. Hooks of all kinds note when they run and what they see. Then backward() or grad()
runs once or twice, from one or two roots, for all leaves or for some tensors; the notes, the gradients, the
errors and the names of the nodes have to be equal.

There is no sum of a stack among the ops: the gradients of its parts lie in one memory, and torch accumulates
into one .grad through the other.
"""

from __future__ import annotations

import random
import sys
import warnings
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

import torch

import minigrad


def plain(value: Any) -> Any:
    """What can be compared: lists in place of tensors, rounded numbers, names without their C++ namespace."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, str):
        return value.rpartition("::")[2].replace("torch.", "").replace("minigrad.", "")
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def functions(T: Any, notes: list[Any]) -> tuple[Any, Any]:
    """A Function of two outputs, and one that now and then answers None."""

    class Two(T.autograd.Function):
        @staticmethod
        def forward(ctx, x, y):
            ctx.save_for_backward(x, y)
            return x * y, x + y

        @staticmethod
        def backward(ctx, g, h):
            x, y = ctx.saved_tensors
            return g * y + h, g * x + h

    class Cut(T.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return None if len(notes) % 2 else g

    return Two, Cut


def outputs(T: Any, kind: int, a: Any, b: Any, Two: Any, Cut: Any) -> list[Any]:
    """The tensors that one op makes of two."""
    if kind == 0:
        return [a * b]
    if kind == 1:
        return [a + b]
    if kind == 2:
        return [a.sin()]
    if kind == 3:
        return list(T.cat([a, b]).split(2))
    if kind == 4:
        return list(Two.apply(a, b))
    if kind == 5:
        return [a[0] * b]
    if kind == 6:
        return [Cut.apply(a)]
    if kind == 7:
        return [a.sum() * b]
    h = a * 1
    if kind == 8:
        h[0] = b.sum()
    else:
        h.mul_(b)
    return [h]


def run(T: Any, seed: int) -> list[Any]:
    """Everything that can be seen of the graph of this seed and of what runs through it."""
    choose = random.Random(seed)
    notes: list[Any] = []
    found: list[Any] = []
    Two, Cut = functions(T, notes)

    def likely(chance: float) -> bool:
        return choose.random() < chance

    def hook(kind: str, number: int, doubles: bool = False) -> Any:
        def note(*args: Any) -> Any:
            notes.append(plain([kind, number, None if kind == "accumulated" else args]))
            return args[0] * 2 if doubles and args[0] is not None else None

        return note

    count = choose.randint(1, 4)
    numbers = [[float(choose.randint(-2, 2)) for _ in range(2)] for _ in range(count)]
    leaves = [T.tensor(values, dtype=T.float64, requires_grad=True) for values in numbers]
    tensors = list(leaves)
    for _ in range(choose.randint(2, 9)):
        for out in outputs(T, choose.randint(0, 9), choose.choice(tensors), choose.choice(tensors), Two, Cut):
            number = len(tensors)
            tensors.append(out)
            if likely(0.4):
                handle = out.register_hook(hook("tensor", number, likely(0.2)))
                if likely(0.1):
                    handle.remove()
            if likely(0.2):
                out.retain_grad()
            if likely(0.15):
                out.grad_fn.register_prehook(hook("pre", number))
            if likely(0.15):
                out.grad_fn.register_hook(hook("post", number))
    for number, leaf in enumerate(leaves):
        if likely(0.6):
            leaf.register_hook(hook("leaf", number, likely(0.2)))
        if likely(0.3):
            leaf.register_post_accumulate_grad_hook(hook("accumulated", number))

    for _ in range(choose.randint(1, 2)):
        roots = [choose.choice(tensors) for _ in range(choose.choice([1, 1, 2]))]
        inputs = [choose.choice(tensors) for _ in range(choose.randint(1, 3))]
        seeds, kind, retain = [T.ones_like(t) for t in roots], choose.randint(0, 4), likely(0.7)
        try:
            if kind < 3:
                T.autograd.backward(roots, seeds, retain_graph=retain, inputs=inputs if kind == 2 else None)
            else:
                gradients = T.autograd.grad(
                    roots, inputs, seeds, retain_graph=retain, create_graph=kind == 4, allow_unused=True
                )
                found.append(
                    [[g, g.requires_grad, g.grad_fn and g.grad_fn.name()] for g in gradients if g is not None]
                )
        except RuntimeError as error:
            found.append(str(error)[:60])
        notes.append("ran")
    return plain(
        [
            notes,
            found,
            [t.grad for t in tensors if t.is_leaf or t.retains_grad],
            [t.grad_fn and t.grad_fn.name() for t in tensors],
            [t._version for t in tensors],
        ]
    )


def main(first: int = 0, count: int = 5000) -> int:
    """Print the first graph that differs; 1 if there is one."""
    warnings.simplefilter("ignore")
    for seed in range(first, first + count):
        expected, got = run(torch, seed), run(minigrad, seed)
        if expected != got:
            print(f"seed {seed}")
            for what, e, g in zip(
                ("notes", "found", "grads", "nodes", "versions"), expected, got, strict=True
            ):
                if e != g:
                    print(f"  {what}\n    torch    {e}\n    minigrad {g}")
            return 1
    print(f"{count} graphs, all alike")
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))

#!/usr/bin/env python3
"""Compare minigrad with torch on small random programs; needs torch, and is run by hand.

    python tests/against_torch/random_programs.py                    200 programs from seed 0
    python tests/against_torch/random_programs.py --seed 7 --count 5000 --length 12 --keep-going
    python tests/against_torch/random_programs.py --without inference_mode --without hook
    python tests/against_torch/random_programs.py --record           write tests/programs/answers.jsonl anew

A program (tests/programs) is a list of statements over a few tensors: it makes them, computes, looks at them
through views, writes in place, switches modes, registers hooks, runs backward. Both packages run it, and after
most statements everything that can be seen of every tensor has to be equal. A program that differs is cut down
to the fewest statements that still do, and printed.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import torch  # noqa: E402
import torch.utils.checkpoint  # noqa: E402

import minigrad  # noqa: E402
from programs import maker, recorded  # noqa: E402
from programs.compare import LENGTH, Step, first_difference, shortest  # noqa: E402
from programs.machine import Machine  # noqa: E402
from programs.parts import Known  # noqa: E402


def made(seed: int, without: frozenset[str], length: int) -> list[Step]:
    """The program of a seed."""
    machine = Machine(torch)

    def run(statement: str) -> Known:
        machine.run(statement)
        return machine.known()

    program = maker.Maker(seed, without).program(length, run)
    torch.set_grad_enabled(True)
    return program


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, default=0, help="seed of the first program (0)")
    parser.add_argument("--count", type=int, default=200, help="how many programs, one a seed (200)")
    parser.add_argument("--length", type=int, default=LENGTH, help=f"statements a program ({LENGTH})")
    parser.add_argument("--without", action="append", default=[], choices=[*maker.WEIGHTS, *maker.SWITCHES],
                        help="leave a kind of statement out")  # fmt: skip
    parser.add_argument("--keep-going", action="store_true", help="print every program that differs")
    parser.add_argument("--record", action="store_true", help="write torch's answers for the tests")
    options = parser.parse_args()
    torch.set_warn_always(True)
    if options.record:
        recorded.write(torch)
        return 0
    failed = 0
    for seed in range(options.seed, options.seed + options.count):
        program = made(seed, frozenset(options.without), options.length)
        found = first_difference(minigrad, torch, program)
        if found is None:
            continue
        failed += 1
        program = shortest(minigrad, torch, program, found[0])
        _, texts = first_difference(minigrad, torch, program)
        print(f"seed {seed}:\n")
        for statement, look in program:
            print("    " + statement.replace("\n", "\n    ") + ("" if look else "   # no look"))
        print("\n" + "\n".join(f"  {text[:400]}" for text in texts) + "\n", flush=True)
        if not options.keep_going:
            break
    print(f"{failed} of {seed + 1 - options.seed} programs differ")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())

"""The random numbers of minigrad against torch's, from the same seed. Needs torch; run by hand.

python tests/against_torch/random_numbers.py            what differs; nothing where all agree
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

import minigrad

SIZES = [(), (1,), (5,), (15,), (16,), (17,), (100,), (3, 7), (8, 8), (0,)]


def _draws(m: Any) -> dict[str, Callable[[], Any]]:
    """Each draw by what it is; `m` is torch or minigrad."""
    weights = m.tensor([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    F, init = m.nn.functional, m.nn.init
    draws: dict[str, Callable[[], Any]] = {}
    for size in SIZES:
        for dtype in ("float32", "float64"):
            kind = getattr(m, dtype)
            draws |= {
                f"rand {size} {dtype}": lambda size=size, kind=kind: m.rand(size, dtype=kind),
                f"randn {size} {dtype}": lambda size=size, kind=kind: m.randn(size, dtype=kind),
                f"uniform_ {size} {dtype}": lambda size=size, kind=kind: m.empty(size, dtype=kind).uniform_(
                    -2, 5
                ),
                f"normal_ {size} {dtype}": lambda size=size, kind=kind: m.empty(size, dtype=kind).normal_(
                    -2, 5
                ),
                f"exponential_ {size} {dtype}": lambda size=size, kind=kind: m.empty(
                    size, dtype=kind
                ).exponential_(3),
                f"bernoulli {size} {dtype}": lambda size=size, kind=kind: m.bernoulli(
                    m.full(size, 0.3, dtype=kind)
                ),
                f"bernoulli_ {size} {dtype}": lambda size=size, kind=kind: m.empty(
                    size, dtype=kind
                ).bernoulli_(0.3),
                f"dropout {size} {dtype}": lambda size=size, kind=kind: F.dropout(
                    m.ones(size, dtype=kind), 0.3
                ),
                f"alpha_dropout {size} {dtype}": lambda size=size, kind=kind: F.alpha_dropout(
                    m.ones(size, dtype=kind), 0.3, True
                ),
            }
        for low, high in ((0, 10), (-5, 5), (0, 2**28), (-(2**40), 2**40)):
            draws[f"randint {low} {high} {size}"] = lambda size=size, low=low, high=high: m.randint(
                low, high, size
            )
    for dtype in ("float16", "float32", "float64", "int64", "int32", "int16", "int8", "uint8", "bool"):
        draws[f"random_ {dtype}"] = lambda dtype=dtype: m.empty(9, dtype=getattr(m, dtype)).random_()
    draws |= {
        **{f"randperm {n}": lambda n=n: m.randperm(n) for n in (0, 1, 2, 10, 1000)},
        "rand float16": lambda: m.rand(5000, dtype=m.float16),
        "uniform_ turned": lambda: m.empty(5, 4).t().uniform_(),
        "normal_ turned": lambda: m.empty(5, 4).t().normal_(),
        "randn_like turned": lambda: m.randn_like(m.empty(3, 5, 4).permute(2, 0, 1)),
        "randint_like": lambda: m.randint_like(m.empty(5, 4).t(), 3, 9),
        "normal of tensors": lambda: m.normal(m.arange(20.0), m.full((20,), 2.0)),
        "multinomial": lambda: m.multinomial(weights, 3),
        "multinomial of rows": lambda: m.multinomial(m.stack([weights, weights.flip(0)]), 4),
        "multinomial of one": lambda: m.multinomial(weights, 1, True),
        "multinomial, put back": lambda: m.multinomial(weights, 20, True),
        "dropout2d": lambda: F.dropout2d(m.ones(2, 9, 3, 3), 0.4),
        "xavier_uniform_": lambda: init.xavier_uniform_(m.empty(5, 7)),
        "kaiming_normal_": lambda: init.kaiming_normal_(m.empty(5, 7)),
        "trunc_normal_": lambda: init.trunc_normal_(m.empty(50)),
        "trunc_normal_ in the tail": lambda: init.trunc_normal_(m.empty(50), a=1.5, b=2.0),
        "orthogonal_": lambda: init.orthogonal_(m.empty(4, 6)),
        "sparse_": lambda: init.sparse_(m.empty(10, 3), 0.3),
        "Linear": lambda: m.nn.Linear(4, 3).weight.detach(),
        "bias of Linear": lambda: m.nn.Linear(4, 3).bias.detach(),
        "Conv2d": lambda: m.nn.Conv2d(2, 3, 3).bias.detach(),
        "Embedding": lambda: m.nn.Embedding(7, 3).weight.detach(),
        "LSTM": lambda: m.nn.LSTM(3, 4, 2).weight_hh_l1.detach(),
        "MultiheadAttention": lambda: m.nn.MultiheadAttention(8, 2).in_proj_weight.detach(),
        "Bilinear": lambda: m.nn.Bilinear(3, 4, 2).weight.detach(),
        "own generator": lambda: m.rand(3, generator=m.Generator().manual_seed(9)),
    }
    return draws


def main() -> int:
    ours, theirs = _draws(minigrad), _draws(torch)
    wrong = 0
    for name, draw in ours.items():
        for seed in (0, 1, 2**40 + 7):
            torch.manual_seed(seed)
            minigrad.manual_seed(seed)
            try:
                one, two = draw(), theirs[name]()
                one, two = np.asarray(one.numpy(), np.float64), np.asarray(two.numpy(), np.float64)
                same = one.shape == two.shape and np.allclose(one, two, rtol=2e-6, atol=1e-6)
                after = minigrad.rand(2).tolist() == torch.rand(2).tolist()
            except Exception as error:
                same, after = f"{type(error).__name__}: {error}", None
            if same is not True or after is not True:
                wrong += 1
                print(f"{name}, seed {seed}: numbers {same}, and after them {after}")
                break
    print(f"{len(ours)} draws, {wrong} differ")
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main())

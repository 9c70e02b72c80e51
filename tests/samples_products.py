"""Samples of ops/linalg.py and products.py."""

from __future__ import annotations

from typing import Any

import numpy as np

import minigrad
from minigrad import Tensor
from op_samples import OpSamples, bad, case, real

STACK = [
    case(real(2, 2, 3), real(2, 3, 2)),
    case(real(2, 0, 3), real(2, 3, 1)),
    case(real(1, 2, 0), real(1, 0, 2)),
]


def scaled(product: Any) -> Any:
    return lambda x, a, b, beta=1, alpha=1: beta * x + alpha * product(a, b)


SAMPLES = [
    OpSamples("dot", minigrad.dot, np.dot, [case(real(3), real(3, low=-1, high=3)), case(real(0), real(0))],
              bad=[bad(RuntimeError, "1D tensors expected, but got 2D and 1D tensors", real(2, 2), real(2))]),
    OpSamples("vdot", minigrad.vdot, np.vdot, [case(real(3), real(3, low=-1, high=3))]),
    OpSamples("mv", minigrad.mv, np.matmul, [case(real(2, 3), real(3)), case(real(0, 3), real(3))],
              bad=[bad(RuntimeError, "size mismatch, got input (2), mat (2x3), vec (2)", real(2, 3), real(2))]),
    OpSamples("mm", minigrad.mm, np.matmul, [case(real(2, 3), real(3, 2)), case(real(2, 0), real(0, 3))],
              bad=[bad(RuntimeError, "(2x3 and 2x3)", real(2, 3), real(2, 3))]),
    OpSamples("bmm", minigrad.bmm, np.matmul, STACK,
              bad=[bad(RuntimeError, "batch2 must be a 3D tensor", real(1, 2, 2), real(2, 2))]),
    OpSamples("addmm", minigrad.addmm, scaled(np.matmul),
              [case(real(2, 2), real(2, 3), real(3, 2)), case(real(2), real(2, 3), real(3, 2), beta=2, alpha=0.5)],
              inplace=Tensor.addmm_,
              bad=[bad(RuntimeError, "must match the existing size (3)", real(3), real(2, 2), real(2, 2))]),
    OpSamples("addmv", minigrad.addmv, scaled(np.matmul),
              [case(real(2), real(2, 3), real(3)), case(real(), real(2, 3), real(3), beta=2, alpha=3)],
              inplace=Tensor.addmv_),
    OpSamples("addr", minigrad.addr, scaled(np.outer),
              [case(real(2, 3), real(2), real(3)), case(real(3), real(2), real(3), beta=0.5, alpha=2)],
              inplace=Tensor.addr_),
    OpSamples("baddbmm", minigrad.baddbmm, scaled(np.matmul),
              [case(real(2, 2, 2), *STACK[0].args), case(real(2), *STACK[0].args, beta=2, alpha=3)],
              inplace=Tensor.baddbmm_),
    OpSamples("addbmm", minigrad.addbmm, scaled(lambda a, b: np.matmul(a, b).sum(0)),
              [case(real(2, 2), *STACK[0].args), case(real(2), *STACK[0].args, beta=2, alpha=3)],
              inplace=Tensor.addbmm_),
    OpSamples("mm mv bmm dot unsafe_view", minigrad.matmul, np.matmul,
              [case(real(*a), real(*b)) for a, b in [
                  ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 2, 3), (3, 2)), ((2, 2, 3), (3,)),
                  ((3,), (2, 3, 2)), ((2, 3), (2, 3, 2)), ((1, 2, 3), (2, 3, 2)), ((2, 1, 2, 3), (3, 3, 1)),
                  ((2, 2, 3), (1, 3, 2)), ((2, 1, 2, 3), (2, 3, 1)),
              ]],
              bad=[bad(RuntimeError, "both arguments to matmul need to be at least 1D", real(2), real())]),
    OpSamples("bmm", lambda a, b, eq: minigrad.einsum(eq, a, b), lambda a, b, eq: np.einsum(eq, a, b),
              [case(real(2, 3), real(3, 2), "ij,jk->ik"), case(real(2, 3), real(2, 3), "ij,ij->i"),
               case(real(2, 3, 2), real(3, 2), "b...,...->b..."), case(real(2, 3), real(2), "ij,i"),
               case(real(2, 2), real(2), "ii,k->k")],
              bad=[bad(RuntimeError, "output subscript k does not appear", real(2), real(2), "i,i->k")]),
    OpSamples("mm", minigrad.tensordot, np.tensordot,
              [case(real(2, 3), real(3, 2), 1), case(real(2, 3, 2), real(3, 2, 2), ([1, 2], [0, 1])),
               case(real(2), real(3), 0)],
              bad=[bad(RuntimeError, "contracted dimensions need to match", real(2, 3), real(2, 3), 1)]),
    OpSamples("linalg_cross", lambda a, b, d: minigrad.cross(a, b, d), lambda a, b, d: np.cross(a, b, axis=d),
              [case(real(2, 3), real(2, 3, low=-1, high=3), 1), case(real(3), real(3, low=-1, high=3), 0)],
              bad=[bad(RuntimeError, "dimension 0 must have length 3", real(2), real(2), 0)]),
    OpSamples("unsafe_view", minigrad.kron, np.kron, [case(real(2, 2), real(3)), case(real(2), real(2, 2))]),
]  # fmt: skip

"""nn.functional against torch: values, dtypes, first and second gradients, names of nodes, errors.

    python tests/against_torch/nn.py            all programs
    python tests/against_torch/nn.py conv pool  those whose text has one of these words

Needs torch; not a part of the tests. Each program is an expression in F (functional), T (the package) and the
tensors below; it runs in both packages on the same numbers.
"""

from __future__ import annotations

import itertools
import sys
import warnings
from typing import Any

import numpy as np
import torch

import minigrad

FLOATS = {
    "x": (2, 3), "y": (2, 3), "w": (4, 3), "b": (4,), "b3": (3,), "b2": (2,), "v": (5,), "im": (2, 2, 6, 7),
    "se": (2, 2, 6), "vol": (2, 2, 4, 4, 5), "k": (4, 2, 3, 2), "k1": (4, 2, 3), "k3": (4, 2, 2, 2, 2), "g": (4, 1, 2, 2),
    "tab": (5, 3), "emp": (0, 3), "sc": (), "big": (3, 4, 5), "p": (2, 3), "q": (2, 3), "c4": (2, 4, 3, 3), "b4": (4,),
}  # fmt: skip
PROBABILITIES = ("p", "q")


def arrays(seed: int, dtype: str) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    found = {}
    for name, shape in FLOATS.items():
        a = (
            random.uniform(0.05, 0.95, shape)
            if name in PROBABILITIES
            else random.standard_normal(shape) * 1.7
        )
        found[name] = a.astype(dtype)
    found["t"] = np.array([2, 0])
    found["t3"] = random.integers(0, 2, (2, 6))
    found["t4"] = random.integers(0, 2, (2, 6, 7))
    found["i"] = np.array([[1, 3], [1, 0]])
    found["sign"] = np.sign(random.standard_normal((2, 3))).astype(dtype)
    return found


POOLS = [
    f"F.{name}(im, {options})"
    for name in ("max_pool2d", "avg_pool2d")
    for options in ("2", "3, 1", "(3, 2), 2", "3, 2, 1", "3, 2, 1, ceil_mode=True", "2, 3, ceil_mode=True", "(2, 3), (1, 2), (1, 1), ceil_mode=True")
] + [
    f"F.{name}(se, {options})"
    for name in ("max_pool1d", "avg_pool1d")
    for options in ("2", "3, 1", "3, 2, 1", "3, 2, 1, ceil_mode=True")
]  # fmt: skip
CONVS = [
    f"F.conv2d(im, k, b4, stride={s}, padding={p}, dilation={d})"
    for s, p, d in itertools.product((1, "(2, 1)"), (0, "(1, 2)"), (1, 2))
] + [
    f"F.conv_transpose2d(c4, k, b2, stride={s}, padding={p}, output_padding={o}, dilation={d})"
    for s, p, o, d in ((1, 0, 0, 1), (2, 1, 1, 1), ("(2, 3)", "(0, 1)", "(1, 2)", 2))
]
LOSSES = [
    f"F.{name}, reduction={r!r})"
    for r in ("none", "mean", "sum")
    for name in (
        "mse_loss(x, y", "l1_loss(x, y", "smooth_l1_loss(x, y, beta=0.7", "huber_loss(x, y, delta=0.6",
        "binary_cross_entropy(p, q", "binary_cross_entropy(p, q, weight=b3.abs()", "binary_cross_entropy_with_logits(x, q",
        "binary_cross_entropy_with_logits(x, q, weight=b3.abs(), pos_weight=b3.exp()", "soft_margin_loss(x, sign",
        "nll_loss(x, t", "nll_loss(x, t, weight=b3.exp().detach()", "nll_loss(x, t, ignore_index=2", "nll_loss(x[0], t[0]",
        "nll_loss(im, t4", "nll_loss(im, t4, ignore_index=1, weight=b2.exp().detach()", "nll_loss(se, t3",
        "cross_entropy(x, t", "cross_entropy(x, t, label_smoothing=0.1", "cross_entropy(x, t, weight=b3.exp().detach(), label_smoothing=0.1",
        "cross_entropy(x, t, ignore_index=2, label_smoothing=0.3", "cross_entropy(x, q", "cross_entropy(x, q, weight=b3.exp().detach(), label_smoothing=0.2",
        "cross_entropy(im, t4", "cross_entropy(im, t4, label_smoothing=0.1, ignore_index=0", "cross_entropy(x[0], t[0]", "cross_entropy(x[0], q[0]",
        "cross_entropy(se, t3, weight=b2.exp().detach(), label_smoothing=0.1",
        "kl_div(x, q", "kl_div(x, y, log_target=True", "poisson_nll_loss(x, q", "poisson_nll_loss(p, y.abs() + 0.5, log_input=False, full=True",
        "gaussian_nll_loss(x, y, p", "gaussian_nll_loss(x, y, b2.exp(), full=True", "hinge_embedding_loss(x, sign", "margin_ranking_loss(x, y, sign, margin=0.1",
        "multilabel_soft_margin_loss(x, q.round().detach()", "cosine_embedding_loss(x, y, sign[:, 0], margin=0.1", "triplet_margin_loss(x, y, p", "triplet_margin_loss(x, y, p, swap=True",
    )
]  # fmt: skip
PROGRAMS = [
    *POOLS, *CONVS, *LOSSES,
    *[f"F.{n}({a})" for a in ("x", "sc", "emp", "big.transpose(0, 2)") for n in (
        "relu", "relu6", "leaky_relu", "elu", "selu", "celu", "gelu", "silu", "mish", "softplus", "hardtanh", "hardsigmoid",
        "hardswish", "logsigmoid", "softsign", "tanhshrink", "softshrink", "hardshrink", "sigmoid", "tanh")],
    'F.gelu(x, approximate="tanh")', "F.leaky_relu(x, -0.3)", "F.elu(x, 0.3)", "F.celu(x, 1.7)", "F.softplus(x, 3, 2)",
    "F.hardtanh(x, -0.3, 0.4)", "F.threshold(x, 0.2, 7.0)", "F.prelu(x, b3)", "F.prelu(x, v[:1])", "F.prelu(v, v[:1])",
    "F.prelu(im, b2)", "F.glu(im)", "F.glu(im, 1) if False else F.glu(c4, 1)", "F.softmin(x, 1)", "F.softmax(x, -1)",
    "F.log_softmax(big, 1)", "F.softmax(x, 1, dtype=T.float64)", "F.softshrink(x, 0.1)", "F.hardshrink(x, 0.1)",
    *[f"F.{n}(x.clone(), inplace=True)" for n in ("relu", "leaky_relu", "elu", "selu", "celu", "silu", "mish", "hardtanh", "hardsigmoid", "hardswish", "relu6")],
    "F.linear(x, w, b)", "F.linear(x, w)", "F.linear(x[0], w, b)", "F.linear(x[0], w)", "F.linear(x[None], w, b)", "F.linear(x[None], w)", "F.linear(x, w[0])",
    "F.linear(big.transpose(1, 2)[..., :3], w, b)", "F.linear(emp, w, b)", "F.bilinear(x, y, T.ones(2, 3, 3, dtype=x.dtype), b2)",
    "F.conv1d(se, k1, b)", "F.conv1d(se, k1, stride=2, padding=1, dilation=2)", "F.conv1d(se[0], k1)", "F.conv2d(im[0], k)", "F.conv3d(vol, k3, b, padding=1)",
    "F.conv2d(im, g, groups=2)", "F.conv2d(im, g, b, groups=2, stride=2, padding=1)", 'F.conv2d(im, k, padding="same")', 'F.conv2d(im, k, padding="valid")', 'F.conv1d(se, k1, padding="same", dilation=2)',
    "F.conv_transpose1d(se, k1[:2])", "F.conv_transpose2d(c4, g, groups=4)", "F.conv_transpose2d(c4, g, groups=2)", "F.conv_transpose3d(vol, k3[:2], stride=2)", "F.conv_transpose2d(c4[0], k)",
    "F.conv2d(im.transpose(2, 3), k)", "F.conv2d(im, k[..., ::2] if False else k.flip(2))", "F.conv2d(im[:0], k, b4)",
    "F.max_pool2d(im[0], 2)", "F.max_pool2d(im, 2, return_indices=True)", "F.max_pool2d(im, 3, 2, 1, return_indices=True)", "F.max_pool2d(im, 2, dilation=2)", "F.max_pool2d(im, 3, 1, 1, 2)", "F.max_pool1d(se, 2, return_indices=True)", "F.max_pool1d(se[0], 2)",
    "F.avg_pool2d(im, 3, 2, 1, count_include_pad=False)", "F.avg_pool2d(im, 3, 2, 1, True, False)", "F.avg_pool2d(im, 2, divisor_override=3)", "F.avg_pool2d(im[0], 2)",
    "F.adaptive_avg_pool2d(im, 1)", "F.adaptive_avg_pool2d(im, (3, 4))", "F.adaptive_avg_pool2d(im, (4, None))", "F.adaptive_avg_pool1d(se, 4)", "F.adaptive_max_pool2d(im, (3, 4))", "F.adaptive_max_pool2d(im, 2, return_indices=True)", "F.adaptive_max_pool1d(se, 4)",
    "F.layer_norm(x, (3,))", "F.layer_norm(x, (3,), b3, b3)", "F.layer_norm(big, (4, 5))", "F.layer_norm(big, (5,), v, None, 0.1)",
    "F.batch_norm(im, None, None, training=True)", "F.batch_norm(im, None, None, b2, b2, True)", "F.batch_norm(im, b2.detach(), b2.detach().exp(), b2, b2)", "F.batch_norm(x, None, None, b3, None, True)", "F.batch_norm(se, None, None, None, b2, True, eps=0.1)",
    "F.group_norm(c4, 2)", "F.group_norm(c4, 2, b4, b4)", "F.group_norm(c4, 4, b4, None)", "F.instance_norm(im)", "F.instance_norm(im, None, None, b2, b2)", "F.rms_norm(x, (3,))", "F.rms_norm(big, (4, 5), None, 0.1)", "F.rms_norm(x, (3,), b3)",
    "F.embedding(i, tab)", "F.embedding(i, tab, padding_idx=1)", "F.embedding(i, tab, padding_idx=-2)", "F.embedding(i, tab, scale_grad_by_freq=True)", "F.embedding(i[0, 0], tab)", "F.one_hot(i)", "F.one_hot(i, 7)",
    "F.dropout(x, 0.0)", "F.dropout(x, 1.0)", "F.dropout(x, 0.3, False)",
    "F.pad(x, (1, 2))", "F.pad(x, (-1, 2), value=3.0)", "F.pad(x, (0, 1, 2, 0))", 'F.pad(im, (1, 2), mode="circular")', 'F.pad(im, (1, 2, 3, 1), mode="reflect")', 'F.pad(im, (1, 2, 3, 1), mode="replicate")', 'F.pad(se, (3, 1), mode="reflect")', 'F.pad(vol, (1, 1, 2, 0, 1, 3), mode="reflect")', 'F.pad(vol, (1, 1, 2, 0, 1, 3), mode="replicate")', 'F.pad(im, (1, 2, 0, 3), mode="circular")',
    "F.normalize(x)", "F.normalize(im, dim=1)", "F.normalize(x, p=3.0, dim=0)", "F.cosine_similarity(x, y)", "F.cosine_similarity(x, y, dim=0)", "F.pairwise_distance(x, y)", "F.pairwise_distance(x, y, p=1.0, keepdim=True)",
    "F.scaled_dot_product_attention(big, big, big)", "F.scaled_dot_product_attention(big, big, big, is_causal=True)",
    "F.mse_loss(x, b3)", "F.mse_loss(x, y, weight=p)", "F.l1_loss(x, y, weight=p)", "F.huber_loss(x, y, weight=p)", "F.smooth_l1_loss(x, y, beta=0)", "F.kl_div(x, q, reduction='batchmean')", "F.mse_loss(x, b3, reduction='none')",
]  # fmt: skip


# Made of other steps than torch's: only the numbers are compared.
OTHER_STEPS = ("F.bilinear", "F.scaled_dot_product")


class Side:
    """One package: its tensors, functions and answers."""

    def __init__(self, package: Any, seed: int, dtype: str) -> None:
        self.T = package
        self.names = {"T": package, "F": package.nn.functional}
        self.inputs = []
        for name, array in arrays(seed, dtype).items():
            tensor = package.tensor(array)
            if name in FLOATS:
                tensor.requires_grad_()
                self.inputs.append(tensor)
            self.names[name] = tensor

    def answer(self, program: str) -> dict[str, Any]:
        try:
            result = eval(program, dict(self.names))
        except Exception as error:
            return {
                "error": (
                    type(error).__name__,
                    str(error).split(". ")[0].split("\n")[0].replace("torch.", "").replace("minigrad.", ""),
                )
            }
        outputs = result if isinstance(result, tuple) else (result,)
        found: dict[str, Any] = {
            "outputs": [_plain(t) for t in outputs],
            "graph": None if program.startswith(OTHER_STEPS) else _graph(outputs[0].grad_fn),
        }
        total = 0
        for n, t in enumerate(outputs):
            if t.is_floating_point():
                total = total + ((t + t * t / 2) * self._weights(t, n)).sum()
        if not isinstance(total, int) and total.requires_grad:
            grads = self.T.autograd.grad(total, self.inputs, create_graph=True, allow_unused=True)
            found["gradients"] = [None if g is None else _plain(g, flag=False) for g in grads]
            second = 0
            for n, g in enumerate(grads):
                if g is not None and g.requires_grad:
                    second = second + (g * self._weights(g, n)).sum()
            # What is no part of the graph in one package is often 0 in the other.
            found["second"] = [np.zeros(tuple(t.shape)) for t in self.inputs]
            if not isinstance(second, int):
                try:
                    grads = self.T.autograd.grad(second, self.inputs, allow_unused=True)
                    for n, g in enumerate(grads):
                        if g is not None:
                            found["second"][n] = g.detach().numpy()
                except RuntimeError as error:
                    found["second"] = str(error)
        return found

    def _weights(self, t: Any, n: int) -> Any:
        values = np.cos(np.arange(t.numel()) * 1.3 + n).reshape(tuple(t.shape))
        return self.T.tensor(values).to(t.dtype)


def _plain(t: Any, flag: bool = True) -> tuple[Any, ...]:
    return (
        str(t.dtype).split(".")[1],
        tuple(t.shape),
        t.detach().numpy().copy(),
        t.requires_grad if flag else None,
    )


def _graph(node: Any, depth: int = 6) -> Any:
    if node is None or not depth:
        return None
    name = node.name().replace("torch::autograd::", "")
    return (name, *[_graph(n, depth - 1) for n, _ in node.next_functions])


def differences(one: Any, other: Any, tolerance: float, path: str = "") -> list[str]:
    """Where two answers differ."""
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        if one.shape != other.shape or not np.allclose(
            one, other, rtol=tolerance, atol=tolerance, equal_nan=True
        ):
            return [f"{path}: {one.ravel()[:6]} and {other.ravel()[:6]}"]
        return []
    if isinstance(one, dict) and isinstance(other, dict):
        found = []
        for key in {**one, **other}:
            if key == "second" and (
                (isinstance(one.get(key), str) and "scale_grad_by_freq" in one[key])
                or isinstance(other.get(key), str)
            ):
                continue  # torch has no second derivative here, or not the right one (minigrad refuses)
            found += differences(one.get(key), other.get(key), tolerance, f"{path}/{key}")
        return found
    if (
        isinstance(one, (list, tuple))
        and isinstance(other, (list, tuple))
        and len(one) == len(other)
        and "graph" not in path
    ):
        return [
            d
            for i, (a, b) in enumerate(zip(one, other, strict=True))
            for d in differences(a, b, tolerance, f"{path}/{i}")
        ]
    return [] if one == other else [f"{path}: {one} and {other}"]


def main(words: list[str]) -> int:
    """Run the programs and print where the packages differ."""
    bad = count = 0
    for dtype, tolerance in (("float64", 1e-9), ("float32", 3e-4), ("float16", 2e-2)):
        for program in PROGRAMS:
            if words and not any(word in program for word in words):
                continue
            count += 1
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                ours, theirs = (Side(package, 0, dtype).answer(program) for package in (minigrad, torch))
            if dtype == "float16":
                theirs.pop("second", None), ours.pop("second", None)
            found = differences(ours, theirs, tolerance)
            if found:
                bad += 1
                print(f"{dtype} {program}")
                for line in found[:4]:
                    print("   ", line[:400])
    print(f"{count} programs, {bad} differ")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

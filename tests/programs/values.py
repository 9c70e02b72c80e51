"""Statements that make tensors: from numbers, from one or several others."""

from __future__ import annotations

from .parts import Parts

UNARY = (
    "exp()", "sin()", "cos()", "tanh()", "sigmoid()", "relu()", "abs()", "neg()", "clone()", "square()", "abs().sqrt()",
    "clamp(-1, 1)", "clamp(min=0)", "pow(2)", "pow(3)", "contiguous()", "reciprocal()", "sign()", "floor()", "expm1()",
    "abs().log1p()", "atan()", "erf()", "float()", "double()", "to(T.float64)", "nan_to_num()", "round()", "rsqrt()",
    "logit(0.1)", "type_as(a)", "detach().clone()", "tril()", "flip(0)", "roll(1)", "clamp_max(0.5)", "sinh()",
)  # fmt: skip


class Values(Parts):
    """The kinds of statements that compute."""

    def create(self) -> str:
        dtype = self.choose({"float64": 80, "float32": 6, "int64": 6, "bool": 3, "float16": 1})
        shape = self.random.choice(
            [(), (1,), (2,), (3,), (2, 3), (3, 2), (2, 2), (2, 1), (1, 3), (2, 2, 3), (2, 1, 2), (0,)]
        )
        wants = ", requires_grad=True" if dtype.startswith("float") and self.chance(0.7) else ""
        if self.chance(0.12):
            make = self.one_of("zeros({})", "ones({})", "full({}, 0.5)", "full({}, -1.5)").format(shape)
            return f"{self.new()} = T.{make[:-1]}, dtype=T.{dtype}{wants})"
        return f"{self.new()} = T.tensor({self.data(shape, dtype)}, dtype=T.{dtype}{wants})"

    def binary(self) -> str:
        x = self.any()
        y = self.fitting(x)
        if self.chance(0.3):
            x, y = y, x
        if self.chance(0.2) and not _is_number(x):
            call = self.one_of("add({}, alpha=2)", "sub({}, alpha=0.5)", "mul({})", "div({})", "pow({})",
                               "lerp({}, 0.5)", "eq({})", "xlogy({})",
                               "remainder({})", "fmod({})")  # fmt: skip
            return f"{self.target()} = {x}.{call.format(y)}"
        return f"{self.target()} = {x} {self.one_of('+', '-', '*', '*', '/', '**', '//', '%')} {y}"

    def unary(self) -> str:
        return f"{self.target()} = {self.any()}.{self.one_of(*UNARY)}"

    def compare(self) -> str:
        x = self.any()
        return f"{self.target()} = {x} {self.one_of('>', '<', '>=', '==', '!=')} {self.fitting(x)}"

    def reduction(self) -> str:
        x = self.any()
        d = self.dim(x)
        along = (f"cumsum({d})", f"softmax({d})", f"amax({d})", f"logsumexp({d})", f"cumprod({d})", f"log_softmax({d})",
                 f"argmax({d})", f"amin({d}, True)", f"norm(dim={d})")  # fmt: skip
        name = self.one_of("sum", "mean", "prod", "sum", "mean", "var", "std", "any", "all", "nansum")
        some = self.one_of("", "", str(d), f"{d}, keepdim=True")
        return f"{self.target()} = {x}.{self.one_of(*along) if self.chance(0.5) else f'{name}({some})'}"

    def matmul(self) -> str:
        x = self.any(floating=True)
        call = self.one_of(f"{x} @ {x}.t()", f"{x} @ {self.any(True)}", f"{x}.mm({self.any(True)})", f"T.outer({x}, {x})",
                           f"{x}.mv({self.any(True)})", f"{x}.dot({x})", f"T.einsum('i...->...', {x})")  # fmt: skip
        return f"{self.target()} = {call}"

    def join(self) -> str:
        x = self.any()
        y, z, d = self.alike(x), self.alike(x), self.dim(x)
        call = self.one_of(
            f"cat([{x}, {y}], {d})", f"stack([{x}, {y}], {d})", f"stack([{x}, {x}.detach(), {y}])", f"cat([{x}, {y}, {z}])",
            f"where({x} > 0, {y}, {self.fitting(x)})", f"where({y} > {z}, {x}, {self.number()})", f"hstack([{x}, {y}])",
            f"addcmul({x}, {y}, {z}, value=2)", f"lerp({x}, {y}, {z})",
        )  # fmt: skip
        return f"{self.target()} = T.{call}"

    def pick(self) -> str:
        """Elements, wherever they are: copies, not views."""
        x = self.any()
        d = self.dim(x)
        two = self.positions(x, d, 2)
        call = self.one_of(
            f"index_select({d}, T.tensor({two}))", f"masked_select({x} > 0)", f"masked_fill({x} > 0, {self.number()})",
            f"gather({d}, T.zeros_like({x}, dtype=T.int64))", f"take(T.tensor({two}))", f"repeat({self.one_of('2', '2, 2')})",
            f"index_fill({d}, T.tensor({two}), 0.5)", f"index_add({d}, T.tensor([0]), {x}.narrow({d}, 0, 1))",
            f"scatter({d}, T.zeros_like({x}, dtype=T.int64), {self.number()})", f"masked_fill({self.alike(x)} < 0, 0)",
        )  # fmt: skip
        return f"{self.target()} = {x}.{call}"

    def several(self) -> str:
        """Several outputs at once that are no views."""
        x = self.any()
        d = self.dim(x)
        call = self.one_of(f"max({d})", f"min({d}, True)", f"sort({d})", f"topk(1, {d})", f"cummax({d})", f"median({d})",
                           f"sort({d}, True)")  # fmt: skip
        return f"{self.new()}, {self.new()} = {x}.{call}"


def _is_number(text: str) -> bool:
    return not text.isidentifier() or text == "True"

"""Statements about memory: views, and writes in place."""

from __future__ import annotations

import re

from .parts import Parts

# In-place ops without another argument.
WRITES = (
    "zero_()", "sin_()", "tanh_()", "exp_()", "relu_()", "neg_()", "clamp_(-1, 1)", "pow_(2)", "sigmoid_()", "abs_()",
    "cos_()", "floor_()", "square_()", "reciprocal_()", "clamp_min_(0)", "sign_()", "round_()", "trunc_()", "expm1_()",
    "atan_()", "erf_()", "tril_()", "cumsum_(0)", "sinh_()", "nan_to_num_()", "clamp_(max=0.5)", "rsqrt_()", "pow_(3)",
)  # fmt: skip


class Memory(Parts):
    """The kinds of statements that look at memory, or write it."""

    def view(self) -> str:
        x = self.any()
        return f"{self.target()} = {x}{self.view_of(x)}"

    def view_of(self, x: str) -> str:
        """What makes a view of x, or something close to one."""
        shape = self.shape(x)
        ndim = len(shape)
        if self.chance(0.25):
            return f"[{self.index(x)}]"
        kinds = [".detach()", f".unsqueeze({self.dim(x)})", ".view(-1)", ".reshape(-1)", ".squeeze()", ".flatten()",
                 ".data", f".view_as({x})", f".expand({', '.join(map(str, (2, *shape)))})", ".ravel()",
                 f".expand_as({self.any()})", f".broadcast_to({(2, *shape)})"]  # fmt: skip
        if ndim:
            d, e, n = self.dim(x), self.dim(x), self.length(x, self.dim(x))
            kinds += [f".narrow({d}, 0, 1)", f".select({d}, {self.one_of('0', '-1')})", f".transpose({d}, {e})",
                      f".squeeze({d})", f".permute({self.permuted(x)})", f".view({', '.join(map(str, shape[::-1]))})", ".mT",
                      ".t()", f".unfold({d}, 1, 1)", f".unfold({d}, {min(n, 2)}, 1)", f".movedim({d}, {e})",
                      f".swapaxes({d}, {e})", f".chunk(2, {d})[0]", f".unbind({d})[-1]", f".split(1, {d})[-1]",
                      ".as_strided((2,), (1,))", ".as_strided((2, 2), (0, 1))", f".unflatten({d}, (1, -1))",
                      f".repeat_interleave(2, {d})"]  # fmt: skip
        if ndim >= 2:
            kinds += [".diagonal()", ".diagonal(1)", ".T", ".flatten(0, 1)", ".adjoint()"]
        return self.one_of(*kinds)

    def several_views(self) -> str:
        x = self.any()
        d = self.random.choice([0, 0, self.dim(x)])
        n = max(self.length(x, d), 1)
        call = self.one_of(
            f"unbind({d})", f"unbind({d})", f"split(1, {d})", f"chunk({n}, {d})", f"tensor_split({n}, {d})"
        )
        return f"{', '.join(self.new() for _ in range(n))}, = {x}.{call}"

    def write(self) -> str:
        x = self.any()
        place = x + self.view_of(x) if self.chance(0.2) else x
        if self.chance(0.4):
            return f"{place}.{self.one_of(*WRITES)}"
        y = self.fitting(x)
        tensor = x if re.match(r"[-\dT]", y) else y
        if place == x and self.chance(0.3):
            return f"{x} {self.one_of('+=', '*=', '-=', '/=', '**=')} {y}"
        return place + self.one_of(
            f".add_({y})", f".mul_({y})", f".sub_({y})", f".div_({y})", f".add_({y}, alpha=2)", f".copy_({tensor})",
            f".fill_({y})", f".fill_({self.number()})", f".pow_({y})", f".lerp_({tensor}, 0.5)",
            f".atan2_({tensor})", f".addcmul_({tensor}, {tensor})", f".copy_({self.any()})", f".mul_({self.any()})",
            f".hypot_({tensor})", f".xlogy_({y})", f".remainder_({y})", f".eq_({y})",
        )  # fmt: skip

    def write_item(self) -> str:
        x = self.any()
        key = self.index(x)
        value = self.one_of(
            self.number(), self.number(), self.any(), f"{x}[{key}]", f"{x}[{key}] * 2", f"{self.any()}.sum()"
        )
        return f"{x}[{key}] {self.one_of('=', '=', '+=', '*=')} {value}"

    def write_places(self) -> str:
        """Writes at positions that lists or masks tell."""
        x = self.any()
        d = self.dim(x)
        one, two = self.positions(x, d, 1), self.positions(x, d, 2)
        return f"{x}." + self.one_of(
            f"masked_fill_({self.alike(x)} > 0, {self.number()})", f"masked_fill_({x} < 0, {self.any()}.sum())",
            f"index_fill_({d}, T.tensor({two}), {self.number()})", f"index_copy_({d}, T.tensor({one}), {x}.narrow({d}, 0, 1))",
            f"index_add_({d}, T.tensor({two}), {x}.index_select({d}, T.tensor({two})))", f"masked_scatter_({x} > 0, {x} * 2)",
            f"index_put_((T.tensor({one}),), T.tensor(0.5, dtype=T.float64))", f"put_(T.tensor({one}), {x}.take(T.tensor({one})))",
            f"index_put_((T.tensor({two}),), {self.any()}, accumulate=True)", f"scatter_({d}, T.zeros_like({x}, dtype=T.int64), 2.0)",
            f"scatter_add_({d}, T.zeros_like({x}, dtype=T.int64), {self.alike(x)})",
        )  # fmt: skip

    def reshape_in_place(self) -> str:
        x = self.any()
        d = self.dim(x)
        return f"{x}." + self.one_of(
            f"unsqueeze_({d})", "squeeze_()", f"squeeze_({d})", "t_()", f"transpose_({d}, -1)"
        )

    def data(self, *shape_and_dtype):
        """Without arguments a statement about .data and .detach(); with them numbers, see Parts."""
        if shape_and_dtype:
            return super().data(*shape_and_dtype)
        x = self.any()
        return self.one_of(
            f"{x}.data = {self.any()}.data", f"{x}.data = T.ones_like({x})", f"{x}.data.mul_(2)", f"{x}.detach().add_(1)",
            f"{x}.data = {x}.data * 2", f"{x}.data.zero_()", f"{x}.detach()[...] = 0.5",
        )  # fmt: skip

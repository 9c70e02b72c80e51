"""Statements about the graph: backward and grad, hooks, flags, Functions, copies, checkpoints, modes."""

from __future__ import annotations

from .parts import Parts

# What a hook on a tensor may do with the gradient g.
TENSOR_HOOKS = (
    "lambda g: log(g)", "lambda g: log(g)", "lambda g: g * 2", "lambda g: g + {y}", "lambda g: None", "lambda g: 1",
    "lambda g: g.sum()", "fail", "lambda g: log('enabled', T.is_grad_enabled(), g.requires_grad)",
    "lambda g: g.mul_(2)", "lambda g: {y}", "lambda g: g.detach()", "lambda g: log({x}.grad)",
    "lambda g: {x}.grad_fn and {x}.register_hook(lambda h: log('inner'))", "lambda g: log(names({x}.grad_fn))",
    "lambda g: g[None][0]", "lambda g: g.clone()", "lambda g: {y}.detach().mul_(2) and None",
)  # fmt: skip
NODE_HOOKS = (
    "register_hook(lambda i, o: log([*i, *o]))",
    "register_hook(lambda i, o: tuple(None if g is None else g * 2 for g in i))",
    "register_hook(lambda i, o: i[0])",
    "register_hook(lambda i, o: log('node'))",
    "register_prehook(lambda o: log([*o]))",
    "register_prehook(lambda o: tuple(None if g is None else g * 2 for g in o))",
    "register_prehook(lambda o: log('pre'))",
)


class Graphs(Parts):
    """The kinds of statements that are about gradients."""

    def backward(self) -> str:
        x = self.any(floating=True)
        start = self.one_of(
            f"{x}.sum()", f"{x}.sum()", f"({x} * {x}).sum()", f"({x} * {self.fitting(x)}).sum()", x
        )
        arguments = [] if start != x or not self.shape(x) else [f"T.ones_like({x})"]
        more = self.backward_options()
        if self.chance(0.12):
            y = self.any(floating=True)
            arguments = [f"[{x}.sum(), {y}.sum()]"] + (["[T.tensor(2.0), None]"] if self.chance(0.4) else [])
            return f"T.autograd.backward({', '.join(arguments + more)})"
        return f"{start}.backward({', '.join(arguments + more)})"

    def backward_options(self) -> list[str]:
        found = ["retain_graph=True"] if self.chance(0.5) else []
        if self.chance(0.12) and self.create_graph:
            found.append("create_graph=True")
        if self.chance(0.2):
            found.append(f"inputs=[{', '.join({self.any(True): 0, self.any(True): 0})}]")
        return found

    def grad(self) -> str:
        x, y, z = (self.any(floating=True) for _ in range(3))
        output = self.one_of(
            f"{x}.sum()", f"{x}.sum()", f"({x} * {x}).sum()", f"[{x}.sum(), ({z} * {z}).sum()]", x
        )
        names, inputs = [self.new()], y
        if self.chance(0.4):
            names, inputs = [*names, self.new()], f"[{y}, {z}]"
        arguments = [output, inputs]
        if output == x and self.shape(x):
            arguments.append(f"T.ones_like({x})")
        for argument in (
            "retain_graph=True",
            "create_graph=True",
            "allow_unused=True",
            "materialize_grads=True",
        ):
            if self.chance(0.4) and (self.create_graph or argument != "create_graph=True"):
                arguments.append(argument)
        return f"{', '.join(names)}, = T.autograd.grad({', '.join(arguments)})"

    def hook(self) -> str:
        """Hooks on tensors. torch crashes if it has not made the place of a written view in the graph anew before."""
        x, y = self.any(floating=True), self.any(floating=True)
        return f"{x}.grad_fn, {y}.grad_fn; " + self.hook_on(x, y)

    def hook_on(self, x: str, y: str) -> str:
        hook = self.one_of(*TENSOR_HOOKS).format(x=x, y=self.alike(x))
        self.handles += 1
        if self.chance(0.2):
            after = self.one_of(
                "log(t.grad)", "t.grad.zero_()", "t.grad.mul_(2)", "setattr(t, 'grad', None)", "fail()"
            )
            return f"h{self.handles} = {x}.register_post_accumulate_grad_hook(lambda t: {after})"
        if self.chance(0.2):
            mode = self.one_of("", ", mode='any'")
            return f"h{self.handles} = T.autograd.graph.register_multi_grad_hook([{x}, {y}], lambda g: log(g){mode})"
        return f"h{self.handles} = {x}.register_hook({hook})"

    def node_hook(self) -> str:
        self.handles += 1
        return f"h{self.handles} = {self.any(floating=True)}.grad_fn.{self.one_of(*NODE_HOOKS)}"

    def unhook(self) -> str:
        return f"h{self.random.randint(1, max(self.handles, 1))}.remove()"

    def flag(self) -> str:
        x = self.any()
        return self.one_of(
            f"{x}.requires_grad_()", f"{x}.requires_grad_()", f"{x}.requires_grad_(False)", f"{x}.detach_()",
            f"{x}.retain_grad()", f"{x}.retain_grad()", f"{x}.requires_grad = True", f"{x}.requires_grad = False",
            f"{x}.grad = None", f"{x}.grad = T.ones_like({x})", f"{x}.grad = {self.alike(x)}.detach()", f"{x}.grad.zero_()",
            f"{x}.grad = {self.any()}", f"del {x}.grad", f"T.optim.SGD([{x}], 0.5).step()", f"{x}.grad.mul_(2)",
            f"T.optim.SGD([{x}], 0.5, momentum=0.5).zero_grad({self.one_of('', 'set_to_none=False')})",
        )  # fmt: skip

    def function(self) -> str:
        x = self.any(floating=True)
        y = self.alike(x)
        if self.chance(0.25):
            return f"{self.new()}, {self.new()} = {self.one_of(f'Both.apply({x}, {y})', f'Signs.apply({x})')}"
        call = self.one_of(f"Square.apply({x})", f"Scale.apply({x}, 3)", f"Doubled.apply({x})", f"Same.apply({x})",
                           f"Part.apply({x})", f"Square.apply({x} * 1)", f"Doubled.apply({x} * 1)", f"Wrong.apply({x})")  # fmt: skip
        return f"{self.target()} = {call}"

    def keep(self) -> str:
        """Other names for tensors, and the end of names."""
        x = self.any()
        return self.one_of(
            f"{self.new()} = {x}", f"del {x}", f"{x} = {self.any()}", f"{self.new()} = {x}.grad"
        )

    def copy(self) -> str:
        x = self.any()
        call = self.one_of("copy.deepcopy({})", "copy.copy({})", "through_pickle({})", "through_file({})",
                           "T.nn.Parameter({})", "T.autograd.Variable({})", "T.tensor({})", "T.as_tensor({})",
                           "T.zeros_like({}, requires_grad=True)", "T.ones_like({})")  # fmt: skip
        return f"{self.new()} = {call.format(x)}"

    def checkpoint(self) -> str:
        x = self.any(floating=True)
        reentrant = self.one_of("True", "False", "False")
        return f"{self.new()} = T.utils.checkpoint.checkpoint(both, {x}, {self.alike(x)}, use_reentrant={reentrant})"

    def ask(self) -> str:
        """Things to know that are seen nowhere else."""
        x = self.any()
        return "log(" + self.one_of(
            f"{x}.item()", f"{x}.tolist()", f"{x}.numpy()", f"len({x})", f"bool({x})", f"float({x})", "T.is_grad_enabled()",
            "T.is_inference_mode_enabled()", f"{x}.grad_fn.next_functions[0][1]", f"names({x}.grad_fn)",
            f"{x}.grad_fn._saved_self", f"{x}.grad_fn._saved_other", f"{x}.grad_fn._saved_result", f"{x}.grad_fn.name()",
            f"T.autograd.graph.get_gradient_edge({x}).output_nr", f"T.equal({x}, {self.alike(x)})", f"{x}.grad",
            f"T.autograd.functional.jacobian(lambda t: t * t, {x})",
        ) + ")"  # fmt: skip

    def decorated(self) -> str:
        """A mode as a decorator."""
        mode = self.one_of(
            "T.no_grad()", "T.no_grad", "T.enable_grad()", "T.inference_mode()", "T.set_grad_enabled(False)"
        )
        x = self.any()
        body = self.one_of(
            f"return {x} * 2", f"return {x}{self.one_of('[...]', '.view(-1)')}", f"return {x}.add_(1)"
        )
        return (
            f"@{mode}\ndef function():\n    log(T.is_grad_enabled())\n    {body}\n{self.new()} = function()"
        )

    def switch(self) -> str:
        """Grad mode for all that follows; mostly on."""
        return f"T.set_grad_enabled({self.chance(0.75)})"

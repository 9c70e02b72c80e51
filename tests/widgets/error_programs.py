"""Programs that an error stops, each with the cures that apply: for the tests, and for a gallery of all errors."""

from __future__ import annotations

from typing import NamedTuple


class Program(NamedTuple):
    """A program that ends in an error, or a warning, of this kind.

    cures: each with the lines (from 0) that it replaces. wanted: what holds once it is cured.
    """

    kind: str
    lines: list[str]
    cures: dict[str, list[int]]
    wanted: str = "True"


A = "a = tensor([1.0, 3.0], requires_grad=True)"
X, W = "x = ones(2, 3)", "w = ones(2, 4, requires_grad=True)"

SCALE = [
    "class Scale(autograd.Function):",
    "    @staticmethod",
    "    def forward(ctx, x, k):",
    "        ctx.k = k",
    "        return x * k",
    "    @staticmethod",
    "    def backward(ctx, grad):",
]
RUN_SCALE = [A, "y = Scale.apply(a, 3.0).sum()", "y.backward()"]

WRITTEN = {
    "saved, then written": Program(
        "version",
        [A, "b = a + 2", "loss = (b * b).mean()", "b[0] = 1000.", "loss.backward()"],
        {"b[0] = 1000.\nloss = (b * b).mean()": [2, 3], "c = b.clone(); c[0] = 1000.": [3]},
        "a.grad is not None",
    ),
    "written by a method": Program(
        "version",
        [A, "b = a + 2", "loss = (b * b).mean()", "b.add_(1)", "loss.backward()"],
        {
            "b.add_(1)\nloss = (b * b).mean()": [2, 3],
            "c = b.clone(); c.add_(1)": [3],
            "b = b.add(1)": [3],
        },
        "a.grad is not None",
    ),
    "written by +=": Program(
        "version",
        [A, "c = a * 1", "y = c.sin().sum()", "c += a - 1", "y.backward()"],
        {
            "c += a - 1\ny = c.sin().sum()": [2, 3],
            "d = c.clone(); d += a - 1": [3],
            "c = c + (a - 1)": [3],
        },
        "a.grad is not None",
    ),
    "a result that was written": Program(
        "version",
        [A, "e = a.exp()", "e.mul_(2)", "s = e.sum()", "s.backward()"],
        {"c = e.clone(); c.mul_(2)": [2], "e = e.mul(2)": [2]},
        "a.grad is not None",
    ),
    "written through a view": Program(
        "version",
        [A, "b = a * 1", "s = (b * b).sum()", "v = b[0]", "v.zero_()", "s.backward()"],
        {"c = v.clone(); c.zero_()": [4]},
        "a.grad.tolist() == [2, 6]",
    ),
    "written after a custom Function saved it": Program(
        "version",
        [
            "class Square(autograd.Function):",
            "    @staticmethod",
            "    def forward(ctx, x):",
            "        ctx.save_for_backward(x)",
            "        return x * x",
            "    @staticmethod",
            "    def backward(ctx, grad):",
            "        (x,) = ctx.saved_tensors",
            "        return 2 * x * grad",
            A,
            "b = a * 1",
            "s = Square.apply(b).sum()",
            "b.mul_(2)",
            "s.backward()",
        ],
        {
            "b.mul_(2)\ns = Square.apply(b).sum()": [11, 12],
            "c = b.clone(); c.mul_(2)": [12],
            "b = b.mul(2)": [12],
        },
        "a.grad is not None",
    ),
    "a leaf": Program(
        "leaf",
        [A, "a[:] = 0"],
        {"with no_grad():\n    a[:] = 0": [1], "c = a.clone(); c[:] = 0": [1]},
        "a.is_leaf",
    ),
    "a leaf by +=": Program(
        "leaf",
        [A, "a += 10."],
        {"with no_grad():\n    a += 10.": [1], "c = a.clone(); c += 10.": [1]},
        "a.is_leaf",
    ),
    "a part of a leaf": Program(
        "view of leaf",
        [A, "a[0] = 1."],
        {"with no_grad():\n    a[0] = 1.": [1], "c = a.clone(); c[0] = 1.": [1]},
        "a.is_leaf",
    ),
    "a view of a leaf": Program(
        "view of leaf",
        [A, "v = a[0:1]", "v.add_(1)"],
        {"with no_grad():\n    v.add_(1)": [2], "c = v.clone(); c.add_(1)": [2]},
        "a.is_leaf",
    ),
    "a leaf in the era of 1.4": Program(
        "leaf moved",
        [A, "autograd.era('1.4')", "a[:] = 0", "(a * a).mean().backward()"],
        {"with no_grad():\n    a[:] = 0": [2]},
        "a.grad is not None",
    ),
    "one of several views": Program(
        "view forbids",
        [A, "b = a * 1", "p, q = b.unbind()", "p.add_(1)"],
        {"c = p.clone(); c.add_(1)": [3], "p = p.add(1)": [3]},
    ),
    "a view made under no_grad": Program(
        "view forbids",
        [A, "b = a * 1", "with no_grad():", "    v = b[0:1]", "v.mul_(3)"],
        {"with no_grad():\n    v.mul_(3)": [4], "c = v.clone(); c.mul_(3)": [4], "v = v.mul(3)": [4]},
    ),
    "a view made in inference mode": Program(
        "view forbids",
        [A, "b = a * 1", "with inference_mode():", "    v = b[0:1]", "v.mul_(3)"],
        {"c = v.clone(); c.mul_(3)": [4], "v = v.mul(3)": [4]},
    ),
    "what a custom Function passed on": Program(
        "view forbids",
        [
            "class Same(autograd.Function):",
            "    @staticmethod",
            "    def forward(ctx, x):",
            "        return x",
            "    @staticmethod",
            "    def backward(ctx, grad):",
            "        return grad",
            A,
            "b = a * 1",
            "y = Same.apply(b)",
            "y.mul_(3)",
        ],
        {"c = y.clone(); c.mul_(3)": [10], "y = y.mul(3)": [10]},
    ),
    "several views whose base was written": Program(
        "view forbids",
        [A, "b = a * 1", "p, q = b.unbind()", "b.mul_(2)", "s = p * q"],
        {"p, q = [view.clone() for view in b.unbind()]": [2], "b = b.mul(2)": [3]},
        "s.item() == 3",
    ),
    "a tensor of inference mode written": Program(
        "inference written",
        ["with inference_mode():", "    x = ones(2)", "x.add_(1)"],
        {"c = x.clone(); c.add_(1)": [2], "x = x.add(1)": [2]},
    ),
    "a tensor of inference mode saved": Program(
        "inference saved",
        [A, "with inference_mode():", "    x = ones(2)", "y = a * x", "y.sum().backward()"],
        {"c = x.clone(); y = a * c": [3]},
        "a.grad.tolist() == [1, 1]",
    ),
    "an expanded tensor": Program(
        "expanded",
        ["x = ones(1).expand(3)", "x.add_(1)"],
        {"c = x.clone(); c.add_(1)": [1], "x = x.add(1)": [1]},
    ),
}

BACKWARD = {
    "backward twice": Program(
        "freed",
        [A, "b = a * a", "loss = b.mean()", "loss.backward()", "loss.backward()"],
        {"loss.backward(retain_graph=True)": [3], "b = a * a\nloss = b.mean()\nloss.backward()": [4]},
        "a.grad.tolist() == [2, 6]",
    ),
    "nobody asks": Program(
        "no graph",
        ["a = tensor([1.0, 3.0])", "loss = (a * a).mean()", "loss.backward()"],
        {"a.requires_grad_()\nloss = (a * a).mean()\nloss.backward()": [1, 2]},
        "a.grad.tolist() == [1, 3]",
    ),
    "two that could ask": Program(
        "no graph",
        ["x = tensor(3.0)", "w = tensor(2.0)", "y = x * w", "y.backward()"],
        {
            "x.requires_grad_()\ny = x * w\ny.backward()": [2, 3],
            "w.requires_grad_()\ny = x * w\ny.backward()": [2, 3],
        },
        "(w.grad if x.grad is None else x.grad) is not None",
    ),
    "a leaf alone": Program(
        "no graph",
        ["a = tensor(3.0)", "a.backward()"],
        {"a.requires_grad_()\na.backward()": [1]},
        "a.grad.item() == 1",
    ),
    "detached": Program(
        "no graph",
        [A, "y = (a * a).detach()", "z = y.sum()", "z.backward()"],
        {"y = (a * a)\nz = y.sum()\nz.backward()": [1, 2, 3]},
        "a.grad.tolist() == [2, 6]",
    ),
    "under no_grad": Program(
        "no graph",
        [A, "with no_grad():", "    y = (a * a).sum()", "y.backward()"],
        {"y = (a * a).sum()\ny.backward()": [1, 2, 3]},
        "a.grad.tolist() == [2, 6]",
    ),
    "no derivative": Program("no graph", [A, "i = a.argmax()", "i.backward()"], {}),
    "a vector": Program(
        "no seed",
        [A, "y = a * 2", "y.backward()"],
        {"y.sum().backward()": [2], "y.backward(ones_like(y))": [2]},
        "a.grad.tolist() == [2, 2]",
    ),
    "a seed of another shape": Program(
        "wrong seed",
        [A, "y = a * 2", "g = ones(1, 2)", "y.backward(g)"],
        {"y.backward(ones_like(y))": [3], "y.backward(g.squeeze(0))": [3]},
        "a.grad.tolist() == [2, 2]",
    ),
    "a seed that is too small": Program(
        "wrong seed",
        [A, "y = a * 2", "g = tensor([0.5])", "y.backward(gradient=g)"],
        {"y.backward(gradient=ones_like(y))": [3], "y.backward(gradient=g.expand_as(y))": [3]},
        "a.grad is not None",
    ),
    "an input that was not used": Program(
        "unused",
        [A, "b = tensor(2.0, requires_grad=True)", "y = (a * a).sum()", "g = autograd.grad(y, b)"],
        {
            "g = autograd.grad(y, b, allow_unused=True)": [3],
            "g = autograd.grad(y, b, materialize_grads=True)": [3],
        },
        "g[0] is None or g[0].item() == 0",
    ),
    "an input that is a constant": Program(
        "input is a constant",
        [A, "b = tensor(2.0)", "y = (a * b).sum()", "g = autograd.grad(y, b)"],
        {"b.requires_grad_()\ny = (a * b).sum()\ng = autograd.grad(y, b)": [2, 3]},
        "g[0].item() == 4",
    ),
    "a gradient kept of a constant": Program(
        "hook on a constant",
        ["x = tensor([1.0, 2.0])", "y = x * 2", "y.retain_grad()"],
        {"x.requires_grad_()\ny = x * 2\ny.retain_grad()": [1, 2]},
        "y.retains_grad",
    ),
    "a hook on a constant": Program(
        "hook on a constant",
        [A, "y = a.detach() * 2", "h = y.register_hook(print)"],
        {"y = a * 2\nh = y.register_hook(print)": [1, 2]},
        "y.requires_grad",
    ),
    "requires_grad of what was computed": Program(
        "flag of no leaf",
        [A, "y = a * 2", "y.requires_grad_(False)"],
        {"y = y.detach()": [2]},
        "not y.requires_grad",
    ),
    "integers that shall have a gradient": Program(
        "integers",
        ["a = tensor([1, 3], requires_grad=True)"],
        {"a = tensor([1, 3], requires_grad=True, dtype=float32)": [0]},
        "a.requires_grad",
    ),
    "integers that shall have one later": Program(
        "integers",
        ["a = tensor([1, 3])", "a.requires_grad_()"],
        {"a = a.float(); a.requires_grad_()": [1]},
        "a.requires_grad",
    ),
    "a gradient of another shape": Program(
        "assigned grad",
        [A, "g = ones(2, 1)", "a.grad = g"],
        {"a.grad = g.squeeze(1)": [2]},
        "a.grad.shape == a.shape",
    ),
    "a gradient of another dtype": Program(
        "assigned grad",
        [A, "g = ones(2, dtype=float64)", "a.grad = g"],
        {"a.grad = g.to(a.dtype)": [2]},
        "a.grad.dtype is a.dtype",
    ),
    "the .grad of a non-leaf": Program(
        "grad of no leaf",
        [A, "b = a * 2", "loss = b.sum()", "loss.backward()", "g = b.grad"],
        {"b.retain_grad()\nloss.backward()": [3], "g = a.grad": [4]},
        "g is not None",
    ),
    "a gradient that is no number": Program(
        "nan",
        [
            "a = tensor([0.0, 1.0], requires_grad=True)",
            "s = (a.sqrt() * 0).sum()",
            "autograd.set_detect_anomaly(True)",
            "s.backward()",
        ],
        {},
    ),
}

FUNCTIONS = {
    "too few gradients": Program(
        "gradient count",
        [*SCALE, "        return grad * ctx.k", *RUN_SCALE],
        {"return grad * ctx.k, None": [7]},
        "a.grad.tolist() == [3, 3]",
    ),
    "too many gradients": Program(
        "gradient count",
        [*SCALE, "        return grad * ctx.k, None, grad", *RUN_SCALE],
        {"return grad * ctx.k, None": [7]},
        "a.grad.tolist() == [3, 3]",
    ),
    "a gradient turned round": Program(
        "gradient shape",
        [
            *SCALE,
            "        return grad.t() * ctx.k, None",
            "a = ones(2, 3, requires_grad=True)",
            "y = Scale.apply(a, 3.0).sum()",
            "y.backward()",
        ],
        {"return (grad.t() * ctx.k).t(), None": [7]},
        "a.grad.shape == (2, 3)",
    ),
    "a gradient for a number": Program(
        "gradient of no tensor",
        [*SCALE, "        return grad * ctx.k, grad.sum()", *RUN_SCALE],
        {"return grad * ctx.k, None": [7]},
        "a.grad.tolist() == [3, 3]",
    ),
    "a number in place of a gradient": Program(
        "gradient type", [*SCALE, "        return ctx.k, None", *RUN_SCALE], {}
    ),
    "a backward that can be differentiated once": Program(
        "once differentiable",
        [
            *SCALE[:6],
            "    @autograd.function.once_differentiable",
            SCALE[6],
            "        return grad * ctx.k, None",
            A,
            "y = Scale.apply(a, 3.0).pow(2).sum()",
            "(g,) = autograd.grad(y, a, create_graph=True)",
            "g.sum().backward()",
        ],
        {},
    ),
    "a shape inside a custom Function": Program(
        "refused",
        [
            "class Weigh(autograd.Function):",
            "    @staticmethod",
            "    def forward(ctx, x, w):",
            "        h = x * 2",
            "        return h @ w",
            "x = ones(2, 3)",
            "w = ones(2, 4, requires_grad=True)",
            "y = Weigh.apply(x, w)",
        ],
        {"return h.t() @ w": [4]},
        "y.shape == (3, 4)",
    ),
    "a shape inside a custom backward": Program(
        "refused",
        [*SCALE, "        return grad * ones(3), None", *RUN_SCALE],
        {},
    ),
    "a hook that changes the shape": Program(
        "hook's shape", [A, "y = a * 2", "h = y.register_hook(lambda g: g[:1])", "y.sum().backward()"], {}
    ),
    "an error of the learner's in backward": Program(
        "other", [*SCALE, "        return grad / 0 * undefined, None", *RUN_SCALE], {}
    ),
    "an error of the learner's in a hook": Program(
        "other", [A, "y = a * 2", "h = y.register_hook(lambda g: 1 / 0)", "y.sum().backward()"], {}
    ),
}

VALUES = {
    "NumPy of what requires grad": Program(
        "numpy", [A, "n = a.numpy()"], {"n = a.detach().numpy()": [1]}, "n.tolist() == [1, 3]"
    ),
    "one number of several": Program(
        "item",
        [A, "n = a.item()"],
        {"n = a.sum().item()": [1], "n = a.mean().item()": [1], "n = a.tolist()": [1]},
        "n in (4, 2, [1, 3])",
    ),
    "a float of several": Program(
        "item",
        ["from builtins import float", "a = ones(2)", "n = float(a * 3)"],
        {"n = float((a * 3).sum())": [2], "n = float((a * 3).mean())": [2]},
        "n in (6, 3)",
    ),
    "a condition on several": Program(
        "truth",
        [A, "if a > 2:", "    b = 1"],
        {"if (a > 2).any():": [1], "if (a > 2).all():": [1]},
    ),
    "a deep copy of what was computed": Program(
        "deepcopy",
        ["import copy", A, "b = a * 2", "d = copy.deepcopy(b)"],
        {"d = b.detach().clone()": [3]},
        "d.tolist() == [2, 6]",
    ),
}

REFUSED = {
    "matrices that do not meet": Program(
        "refused", [X, W, "y = x @ w"], {"y = x.t() @ w": [2]}, "y.shape == (3, 4)"
    ),
    "matrices that meet two ways": Program(
        "refused",
        [X, "w = ones(2, 3)", "y = x @ w"],
        {"y = x.t() @ w": [2], "y = x @ w.t()": [2]},
        "y.shape in ((3, 3), (2, 2))",
    ),
    "a matrix and a vector": Program(
        "refused", [X, "v = ones(2)", "y = x @ v"], {"y = x.t() @ v": [2]}, "y.shape == (3,)"
    ),
    "stacks of matrices": Program(
        "refused",
        ["x = ones(5, 2, 3)", "w = ones(5, 4, 3)", "y = matmul(x, w)"],
        {"y = matmul(x, w.transpose(-2, -1))": [2]},
        "y.shape == (5, 2, 4)",
    ),
    "stacks of different height": Program(
        "refused", ["x = ones(5, 2, 3)", "w = ones(4, 3, 2)", "y = x @ w"], {}
    ),
    "a layer of another width": Program(
        "refused",
        ["layer = nn.Linear(3, 2)", "x = ones(4, 5)", "y = layer(x)"],
        {"layer = nn.Linear(5, 2)": [0]},
        "y.shape == (4, 2)",
    ),
    "samples in columns": Program(
        "refused",
        ["net = nn.Sequential(nn.Linear(3, 2), nn.Tanh())", "x = ones(3, 5)", "y = net(x)"],
        {"y = net(x.t())": [2], "net = nn.Sequential(nn.Linear(5, 2), nn.Tanh())": [0]},
        "y.shape[1] == 2",
    ),
    "rows that lie crosswise": Program(
        "refused",
        [X, "b = ones(2)", "y = x + b"],
        {"y = x + b.unsqueeze(1)": [2]},
        "y.shape == (2, 3)",
    ),
    "a matrix turned round": Program(
        "refused",
        [X, "b = ones(3, 2)", "y = (x * 2) - (b * 2)"],
        {
            "y = (x * 2) - (b * 2).t()": [2],
            "y = (x * 2) - (b * 2).reshape(2, 3)": [2],
            "y = (x * 2).t() - (b * 2)": [2],
        },
        "y.shape in ((2, 3), (3, 2))",
    ),
    "nothing fits": Program("refused", ["a = ones(3)", "b = ones(2)", "y = a * b"], {}),
    "no room for the result": Program(
        "refused", ["a = ones(3)", "b = ones(2, 3)", "a += b"], {"a = a + b": [2]}, "a.shape == (2, 3)"
    ),
    "no room for fractions": Program(
        "refused", ["i = tensor([1, 2])", "i += 0.5"], {"i = i + 0.5": [1]}, "i.tolist() == [1.5, 2.5]"
    ),
    "dtypes in a product": Program(
        "refused",
        [X, "w = ones(3, 4, dtype=float64)", "y = x @ w"],
        {"y = x.double() @ w": [2], "y = x @ w.float()": [2]},
        "y.shape == (2, 4)",
    ),
    "integers in a product": Program(
        "refused",
        [X, "w = tensor([1, 2, 3])", "y = x @ w"],
        {"y = x @ w.float()": [2]},
        "y.tolist() == [6, 6]",
    ),
    "an input of integers": Program(
        "refused",
        ["layer = nn.Linear(3, 2)", "x = tensor([[1, 2, 3]])", "y = layer(x)"],
        {"y = layer(x.float())": [2]},
    ),
    "a target of another shape": Program(
        "target shape",
        ["p = ones(4, 1, requires_grad=True)", "t = zeros(4)", "loss = nn.functional.mse_loss(p, t)"],
        {
            "loss = nn.functional.mse_loss(p.squeeze(1), t)": [2],
            "loss = nn.functional.mse_loss(p, t.unsqueeze(1))": [2],
        },
        "loss.item() == 1",
    ),
    "a target that cannot be stretched": Program(
        "refused",
        ["p = rand(4, 1)", "t = zeros(4)", "loss = nn.functional.binary_cross_entropy(p, t)"],
        {
            "loss = nn.functional.binary_cross_entropy(p.squeeze(1), t)": [2],
            "loss = nn.functional.binary_cross_entropy(p, t.unsqueeze(1))": [2],
        },
    ),
    "classes that are no whole numbers": Program(
        "refused",
        ["s = zeros(2, 3)", "t = tensor([0.0, 2.0])", "loss = nn.functional.cross_entropy(s, t)"],
        {"loss = nn.functional.cross_entropy(s, t.long())": [2]},
        "loss.ndim == 0",
    ),
    "more classes than samples": Program(
        "refused",
        ["s = zeros(2, 3)", "t = tensor([0, 2, 1])", "loss = nn.functional.cross_entropy(s, t)"],
        {},
    ),
    "a class that there is not": Program(
        "refused",
        ["s = zeros(2, 3)", "t = tensor([0, 3])", "loss = nn.functional.cross_entropy(s, t)"],
        {},
    ),
    "too many places": Program(
        "refused",
        ["x = arange(6.0)", "y = x.reshape(4, 2)"],
        {"y = x.reshape(-1, 2)": [1]},
        "y.shape == (3, 2)",
    ),
    "a rest that does not come out": Program("refused", ["x = arange(6.0)", "y = x.view(4, -1)"], {}),
    "a view across the memory": Program(
        "refused",
        ["x = ones(2, 3).t()", "y = x.view(6)"],
        {"y = x.reshape(6)": [1], "y = x.contiguous().view(6)": [1]},
        "y.shape == (6,)",
    ),
    "joined crosswise": Program(
        "refused",
        [X, "b = ones(2, 4)", "y = cat([x, b])"],
        {"y = cat([x, b], 1)": [2]},
        "y.shape == (2, 7)",
    ),
    "stacked and not equal": Program("refused", [X, "b = ones(2, 4)", "y = stack([x, b])"], {}),
    "a position that there is not": Program(
        "refused", ["x = arange(3.0)", "y = x[3]"], {"y = x[-1]": [1]}, "y.item() == 2"
    ),
    "too many brackets": Program("refused", ["x = arange(3.0)", "y = x[0, 1]"], {}),
    "a position that is no whole number": Program(
        "refused", ["x = arange(3.0)", "y = x[1.0]"], {"y = x[1]": [1]}, "y.item() == 1"
    ),
    "positions that are no whole numbers": Program(
        "refused",
        ["x = arange(3.0)", "i = tensor([0.0, 2.0])", "y = x[i]"],
        {"y = x[i.long()]": [2]},
        "y.tolist() == [0, 2]",
    ),
    "a dimension that there is not": Program(
        "refused", [X, "y = x.sum(2)"], {"y = x.sum(-1)": [1]}, "y.shape == (2,)"
    ),
    "anything else": Program("refused", [X, "y = x.permute(0, 0)"], {}),
}

PROGRAMS = {**WRITTEN, **BACKWARD, **FUNCTIONS, **VALUES, **REFUSED}

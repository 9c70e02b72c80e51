"""Programs that must give the same trace on both engines: each is a list of cells, in which `torch` is either.

A cell that begins with "# before" runs before anybody watches.
"""

from __future__ import annotations

A = "a = torch.tensor([1.0, 3.0], requires_grad=True)"

PROGRAMS: dict[str, tuple[str, ...]] = {
    # ---------------------------------------------------------------- the article
    "worked example": (
        "x = torch.ones(2, 2)\nw1 = torch.tensor(2.0, requires_grad=True)\n"
        "w2 = torch.tensor(3.0, requires_grad=True)\nw3 = torch.tensor(4.0, requires_grad=True)",
        "l1 = x * w1\nl2 = l1 + w2\nl3 = l1 * w3\nl4 = l2 * l3\nloss = l4.mean()",
        "loss.backward()",
    ),
    "version error": (A + "\nb = a + 2\nloss = (b * b).mean()", "b[0] = 1000.", "loss.backward()"),
    "version error of a result": (A + "\nb = a.exp()\nloss = b.sum()", "b += 1", "loss.backward()"),
    "leaf written": (A, "a += 1"),
    "view of a leaf written": (A, "a[0] = 1"),
    # ---------------------------------------------------------------- other errors
    "backward twice": (A + "\nb = (a * a).sum()\nb.backward()", "b.backward()"),
    "no graph": ("a = torch.tensor([1.0, 3.0])", "b = a.sum()\nb.backward()"),
    "no scalar": (A + "\nb = a * 2", "b.backward()"),
    "an error that is caught": (A, "try:\n    a.add_(1)\nexcept RuntimeError:\n    b = a * 2"),
    # ---------------------------------------------------------------- backward
    "retain_graph": (A + "\nb = (a * a).sum()\nb.backward(retain_graph=True)", "b.backward()"),
    "broadcasting": (
        "b = torch.zeros(3, requires_grad=True)\nx = torch.ones(2, 3)\nw = torch.tensor(2.0, requires_grad=True)",
        "y = ((x + b) * w).sum()\ny.backward()",
    ),
    "a gradient that is given": (A + "\nb = a * 2", "b.backward(torch.tensor([1.0, 10.0]))"),
    "gradients add up": (
        "w = torch.tensor(4.0, requires_grad=True)", "(2 * w).backward()", "(2 * w).backward()", "w.grad = None",
    ),
    "paths that meet": (A, "b = a * 2\nc = b + a\nd = b * c\nloss = d.sum()\nloss.backward()"),
    "retain_grad": (A + "\nb = a * 2\nb.retain_grad()", "s = b.sum()\ns.backward()"),
    "grad()": (A + "\ny = (a * a).sum()", "(g,) = torch.autograd.grad(y, a)"),
    "grad of grad": (
        "x = torch.tensor(3.0, requires_grad=True)", "y = x.sin()\n(g,) = torch.autograd.grad(y, x, create_graph=True)",
        "g.backward()",
    ),
    "a hook on a tensor": (A + "\nb = a * 2\nh = b.register_hook(lambda g: g * 3)", "b.sum().backward()"),
    "a hook on a leaf": (A + "\nh = a.register_hook(lambda g: g * 3)", "(a * a).sum().backward()"),
    "a hook on a node": (A + "\nb = a * 2\nh = b.grad_fn.register_hook(lambda i, o: (i[0] * 5, i[1]))", "b.sum().backward()"),
    # ---------------------------------------------------------------- forward
    "cuts": (
        A, "b = a.detach()\nc = a.data\nd = a.sum().item()\ne = a.argmax()\nf = a > 2",
        "with torch.no_grad():\n    g = a * 2\nwith torch.inference_mode():\n    h = a * 2\ni = b * 2",
    ),
    "names that move": (A + "\nb = a.exp()\na = b * 2\nb = a", "del b\na = None"),
    "several outputs": (
        A, "u, v = a.unbind()\nm, i = torch.stack([a, a]).max(0)\ns, t = torch.cat([a, a]).chunk(2)",
        "loss = (m * s).sum() + u\nloss.backward()",
    ),
    "indexing": (A, "b = a[0:1]\nc = a[[1, 0]]\nd = a[a > 1]\ne = torch.where(a > 1, a, 0.)\nf = a[None]"),
    "arithmetic": (
        A, "b = 2 - a\nc = a / 2\nd = a ** 2\ne = a @ a\nf = -a\ng = a.mean(0)\nh = abs(a)\ni = a.clamp(0, 1)",
        "j = a.reshape(2, 1).T\nk = a.expand(3, 2)\nl = torch.ones(2, 2) @ a\nm = a.softmax(0)\nn = a.norm()",
    ),
    "in a function and a loop": (
        A, "def f(x):\n    y = x * 2.0\n    return y + 1\nb = f(a)", "for i in range(3):\n    b = f(b)\nb.sum().backward()",
    ),
    # ---------------------------------------------------------------- writes and views
    "writes": (A + "\nb = a * 2\nb.add_(1)\nb *= a\nb.tanh_()\nb[b > 0.9] = 0.", "c = b.sum()\nc.backward()"),
    "a write through a view": (A + "\nb = a * 2\nv = b[0]\nv.mul_(5)", "c = v * 2\nb.sum().backward()"),
    "views of one memory": ("x = torch.zeros(4)\nfirst = x[0:2]\nflat = x.view(2, 2)", "x.add_(1)", "first[0] = 7"),
    "a tensor into a part of another": (A + "\nb = torch.zeros(2)", "b[0] = a.sum()", "b.sum().backward()"),
    "a write that nobody counts": (A + "\nc = a.data", "c[0] = 5.0", "n = c.numpy()\nn[1] = 7.0"),
    "a write that comes last": (A + "\nb = a * 2", "b[0] = 5.\nb[1:] = b[:1]"),
    "detach_": (A + "\nb = a * 2", "b.detach_()"),
    "a step of gradient descent": (
        "w = torch.tensor(3.0, requires_grad=True)",
        "for i in range(2):\n    loss = w * w\n    loss.backward()\n    with torch.no_grad():\n        w -= 0.1 * w.grad\n"
        "    w.grad = None",
    ),
    # ---------------------------------------------------------------- modules and Functions
    "a Function": (
        "class Square(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x):\n"
        "        ctx.save_for_backward(x)\n        return x * x\n    @staticmethod\n    def backward(ctx, g):\n"
        "        (x,) = ctx.saved_tensors\n        return 2 * x * g",
        A + "\nb = Square.apply(a)", "b.sum().backward()",
    ),
    "two layers and an optimizer": (
        "# before\nnet = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1))\nwith torch.no_grad():\n"
        "    for p in net.parameters():\n        p.copy_(torch.arange(p.numel()).view(p.shape) * 0.25)\n"
        "del p\nopt = torch.optim.SGD(net.parameters(), lr=0.5)",
        "x = torch.tensor([[1., 0.], [0., 1.]])\ny = net(x)\nloss = (y * y).mean()\nloss.backward()",
        "opt.step()", "opt.zero_grad()",
    ),
    "cross entropy": (
        "y = torch.tensor([[1., 2., 4.]], requires_grad=True)",
        "loss = F.cross_entropy(y, torch.tensor([0]))", "loss.backward()",
    ),
    # ---------------------------------------------------------------- what nobody watched
    "a graph from before": ("# before\n" + A + "\nb = (a * a) + 1", "s = b.sum()", "s.backward()"),
    "cells that run again": (A + "\nb = a * 2", "c = b.exp()\nc.sum().backward()", A + "\nb = a * 2", "c = b.exp()"),
}  # fmt: skip

# Where the traces may differ: what minigrad's outline says, what torch's says instead, and why.
_IN_PLACE = "minigrad adds gradients up in place, torch where it has to"
_INSIDE = "torch's CopySlices does not show what the op inside it saved"
_SPLIT = "minigrad's op has no default for dim"
_WEIGHT = "torch saves the sum of the weights too"
_HOOKS = "torch does not tell of the learner's hooks: its gradients are seen as these left them"
DIFFERENCES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "a hook on a tensor": (
        (
            "tensor ['b'] @ 0:3 | b has hooks, which backward calls with the gradient: lambda [1]:3.\n",
            "",
            _HOOKS,
        ),
        ("The hook lambda [1]:3 changes the gradient of b from [1, 1] to [3, 3]. ", "", _HOOKS),
    ),
    "a hook on a leaf": (
        (
            "tensor ['a'] @ 0:2 | a has hooks, which backward calls with the gradient: lambda [1]:2.\n",
            "",
            _HOOKS,
        ),
        (
            "[1, 3] + [1, 3] = [2, 6]. The hook lambda [1]:2 changes the gradient of a from [2, 6] to [6, 18].",
            "[1, 3] + [1, 3] = [6, 18].",
            _HOOKS,
        ),
    ),
    "a hook on a node": (
        (
            "tensor ['mul'] @ 0:3 | MulBackward0 has hooks, which backward calls with the gradient: lambda [1]:3.\n",
            "",
            _HOOKS,
        ),
        ("The hook lambda [1]:3 changes the gradient of a from [2, 2] to [10, 10]. ", "", _HOOKS),
        ("gradient of a = [10, 10].", "gradient of a = upstream [1, 1] × 2 = [10, 10].", _HOOKS),
    ),
    "grad()": (("[2, 6] version 1; leaf", "[2, 6] version 0; leaf", _IN_PLACE),),
    "a step of gradient descent": (
        ("6.0 version 1; leaf, current", "6.0 version 0; leaf, current", _IN_PLACE),
        ("4.8 version 1; leaf, current", "4.8 version 0; leaf, current", _IN_PLACE),
    ),
    "several outputs": (
        ("s, t = split.", "s, t = (cat(a, a, 0)).split(2).", _SPLIT),
        ("label 'split[", "label '(cat(a, a, 0)).split(2)[", _SPLIT),
    ),
    "a write through a view": (
        ("free ['mul_'] @ 1:2 | CopySlices lets go of 5: a second backward() would miss it.\n", "", _INSIDE),
        ("  saved other: 5 of - 0 0 freed\n", "", _INSIDE),
    ),
    "cross entropy": (
        (
            " at version 0 and tensor at version 0 for",
            " at version 0, tensor at version 0 and 1 for",
            _WEIGHT,
        ),
        ("y.log_softmax(1) and tensor:", "y.log_softmax(1), tensor and 1:", _WEIGHT),
        ("tensor 0 0 freed\n", "tensor 0 0 freed\n  saved total_weight: 1 of - 0 0 freed\n", _WEIGHT),
    ),
    "show: broken": (
        (
            "function copy_: CopySlices; ''; ran 0 times; @ -\n  from a + … as self",
            "function CopySlices: CopySlices; ''; ran 0 times; @ -\n  from a + … as input 0",
            _INSIDE,
        ),
        ("made by copy_", "made by CopySlices", _INSIDE),
        ("label '(a + …).copy_(…)'", "label 'CopySlices((a + …), …)'", _INSIDE),
    ),
    "show: views": (
        ("function mul #2:", "function CopySlices:", _INSIDE),
        ("by mul #2", "by CopySlices", _INSIDE),
        ("  saved other: 5 of - 0 0 intact\n  from a * 2 as self", "  from a * 2 as input 0", _INSIDE),
        ("label '(a * 2) * 5'", "label 'CopySlices((a * 2), …)'", _INSIDE),
    ),
}

# Drawn by show(), with the names that they have: the code, and the roots.
SHOWN: dict[str, tuple[str, str]] = {
    "chain": (A + "\nb = a.exp()\nloss = (b * b).mean()", "loss"),
    "broken": (A + "\nb = a + 2\nloss = (b * b).sum()\nb[0] = 9.", "loss"),
    "freed": (A + "\nb = a + 2\nloss = (b * b).sum()\nloss.backward()", "loss"),
    "inputs without gradient": ("x = torch.ones(2)\nw = torch.tensor([1., 2.], requires_grad=True)\ny = x * w", "y"),
    "numbers": (A + "\nb = a * 2\nc = b ** 3\nd = c.sum(0)", "d"),
    "several outputs": (A + "\nu, v = a.unbind()\nboth = torch.cat([u.view(1), v.view(1)])", "both"),
    "views": (A + "\nb = a * 2\nv = b[0]\nv.mul_(5)", "v"),
    "a leaf alone": (A, "a"),
    "two roots": (A + "\nb = a * 2\nc = a * 3", "b, c"),
    "a module": (
        "net = nn.Linear(2, 3)\nwith torch.no_grad():\n    net.weight.fill_(0.5)\n    net.bias.fill_(1.)\n"
        "y = net(torch.ones(4, 2)).relu().sum()\nweight, bias = net.weight, net.bias", "y",
    ),
    "results": ("a = torch.zeros(2, requires_grad=True)\nloss = a.exp().tanh().sigmoid().sum()", "loss"),
}  # fmt: skip

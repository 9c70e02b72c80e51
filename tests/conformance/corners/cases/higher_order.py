"""Gradients of gradients."""


def _chain(T, f, x, n):
    out = []
    y = f(x)
    for _ in range(n):
        (y,) = T.autograd.grad(y.sum(), x, create_graph=True)
        out.append(y)
        if not y.requires_grad:
            break
    return out


def up_to_third(T, observe):
    for name, f in {
        "exp": lambda x: x.exp(),
        "sin": lambda x: x.sin(),
        "log": lambda x: x.log(),
        "sqrt": lambda x: x.sqrt(),
        "tanh": lambda x: x.tanh(),
        "sigmoid": lambda x: x.sigmoid(),
        "pow 4": lambda x: x**4,
        "pow -1": lambda x: x**-1,
        "pow 0.5": lambda x: x**0.5,
        "1/x": lambda x: 1 / x,
        "x*x*x": lambda x: x * x * x,
        "relu cubed": lambda x: x.relu() ** 3,
        "gelu": lambda x: T.nn.functional.gelu(x),
        "logsumexp": lambda x: x.logsumexp(0),
        "softmax": lambda x: x.softmax(0)[0],
        "norm": lambda x: x.norm(),
        "prod": lambda x: x.prod(),
        "var": lambda x: x.var(),
        "dot": lambda x: x.dot(x),
        "outer": lambda x: T.outer(x, x),
        "cumprod": lambda x: x.cumprod(0),
        "atan": lambda x: x.atan(),
        "erf": lambda x: x.erf(),
        "log1p": lambda x: x.log1p(),
        "expm1": lambda x: x.expm1(),
        "rsqrt": lambda x: x.rsqrt(),
        "abs": lambda x: x.abs() ** 2,
        "where": lambda x: T.where(x > 1, x**2, x**3),
        "std": lambda x: x.std(),
        "logsigmoid": lambda x: T.nn.functional.logsigmoid(x),
        "mse": lambda x: T.nn.functional.mse_loss(x**2, x),
        "x**x": lambda x: x**x,
        "2**x": lambda x: 2**x,
        "atan2": lambda x: T.atan2(x, x * x),
    }.items():
        x = T.tensor([0.5, 1.5], dtype=T.float64, requires_grad=True)
        for i, g in enumerate(_chain(T, f, x, 3)):
            observe(f"{name} {i + 1}", g)
            observe(f"{name} {i + 1} fn", g.grad_fn)


def linear_functions_stop(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    for name, f in {
        "mul": lambda x: x * 3,
        "sum": lambda x: x.sum(),
        "add": lambda x: x + x,
        "mean": lambda x: x.mean(),
        "view": lambda x: x.view(2, 1),
        "index": lambda x: x[0],
        "cat": lambda x: T.cat([x, x]),
        "relu": lambda x: x.relu(),
        "abs": lambda x: x.abs(),
        "max": lambda x: x.max(),
        "matmul": lambda x: x @ T.ones(2, 2),
        "where": lambda x: T.where(x > 1, x, -x),
        "sort": lambda x: x.sort()[0],
        "l1": lambda x: T.nn.functional.l1_loss(x, T.zeros(2)),
        "floor": lambda x: x.floor(),
        "sign": lambda x: x.sign(),
    }.items():
        (g,) = T.autograd.grad(f(x).sum(), x, create_graph=True)
        observe(name, [g.requires_grad, g.grad_fn])


def seeded_create_graph(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    s = T.ones(2, requires_grad=True)
    for name, f in {
        "mul": lambda x: x * 3,
        "relu": lambda x: x.relu(),
        "abs": lambda x: x.abs(),
        "view": lambda x: x.view(1, 2).view(2),
        "neg": lambda x: -x,
        "add": lambda x: x + 1,
        "clone": lambda x: x.clone(),
        "flip": lambda x: x.flip(0),
        "cumsum": lambda x: x.cumsum(0),
        "double": lambda x: x.double().float(),
        "round": lambda x: x.round(),
    }.items():
        (g,) = T.autograd.grad(f(x), x, s, create_graph=True)
        observe(name, [g.requires_grad, g.grad_fn])


def gradient_penalty(T, observe):
    w = T.tensor([[1.0, -2.0], [0.5, 3.0]], dtype=T.float64, requires_grad=True)
    x = T.tensor([0.3, 0.7], dtype=T.float64, requires_grad=True)
    out = (w @ x).tanh().sum()
    (g,) = T.autograd.grad(out, x, create_graph=True)
    ((g.norm() - 1) ** 2).backward()
    observe("w.grad", w.grad)
    observe("x.grad", x.grad)


def hessian_vector_product(T, observe):
    x = T.tensor([1.0, 2.0, 3.0], dtype=T.float64, requires_grad=True)
    v = T.tensor([1.0, 0.0, -1.0], dtype=T.float64)
    f = x[0] * x[1] * x[2] + x.exp().sum()
    (g,) = T.autograd.grad(f, x, create_graph=True)
    observe("hvp", T.autograd.grad(g, x, v))
    f = x[0] * x[1] * x[2] + x.exp().sum()
    (g,) = T.autograd.grad(f, x, create_graph=True)
    observe("hvp of dot", T.autograd.grad(g.dot(v), x))


def maml_step(T, observe):
    w = T.tensor(1.0, dtype=T.float64, requires_grad=True)
    inner = w
    for _ in range(3):
        loss = (inner * 2 - 3) ** 2
        (g,) = T.autograd.grad(loss, inner, create_graph=True)
        inner = inner - 0.1 * g
    ((inner * 2 - 1) ** 2).backward()
    observe("inner", inner)
    observe("w.grad", w.grad)


def grads_summed_with_loss(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    y = (x**3).sum()
    (g,) = T.autograd.grad(y, x, create_graph=True)
    (y + g.sum()).backward()
    observe("grad", x.grad)


def backward_create_graph_accumulates_graph(T, observe):
    x = T.tensor(2.0, requires_grad=True)
    (x**3).backward(create_graph=True)
    first = x.grad
    observe("fn", first.grad_fn)
    (x**2).backward(create_graph=True)
    observe("sum", x.grad)
    observe("sum fn", x.grad.grad_fn)
    observe("same", x.grad is first)


def names_in_the_second_graph(T, observe):
    def names(node, depth=0):
        if node is None:
            return None
        return [node.name(), [names(n, depth + 1) for n, _ in node.next_functions]] if depth < 6 else "..."

    x = T.tensor([1.0, 2.0], requires_grad=True)
    w = T.tensor([3.0, 4.0], requires_grad=True)
    for name, f in {
        "mul": lambda: x * w,
        "div": lambda: x / w,
        "pow": lambda: x**3,
        "exp": lambda: x.exp(),
        "sin": lambda: x.sin(),
        "tanh": lambda: x.tanh(),
        "sigmoid": lambda: x.sigmoid(),
        "log": lambda: x.log(),
        "sqrt": lambda: x.sqrt(),
        "matmul": lambda: x.view(1, 2) @ w.view(2, 1),
        "mean": lambda: (x * w).mean(),
        "abs": lambda: x.abs() * x,
        "relu": lambda: x.relu() * x,
        "softmax": lambda: x.softmax(0),
        "index": lambda: x[0] * x[1],
        "rsub": lambda: (1 - x) * w,
        "rdiv": lambda: 1 / x,
        "neg": lambda: (-x) * w,
        "sub": lambda: (x - w) * x,
        "dot": lambda: x.dot(w),
        "mv": lambda: w.view(1, 2) @ x,
        "sum dim": lambda: (x.view(1, 2) * w).sum(0) * x,
        "expand": lambda: x.expand(2, 2) * w,
        "cos": lambda: x.cos(),
        "norm": lambda: x.norm(),
        "prod": lambda: x.prod(),
        "log_softmax": lambda: x.log_softmax(0),
        "var": lambda: x.var(),
        "gelu": lambda: T.nn.functional.gelu(x),
        "mse": lambda: T.nn.functional.mse_loss(x, w),
        "logsumexp": lambda: x.logsumexp(0),
        "max dim": lambda: x.max(0)[0] ** 2,
        "cumsum": lambda: x.cumsum(0) ** 2,
        "select": lambda: x.select(0, 0) ** 2,
        "cat": lambda: T.cat([x, w]) ** 2,
        "where": lambda: T.where(x > 1, x, w) ** 2,
        "reciprocal": lambda: x.reciprocal(),
        "rsqrt": lambda: x.rsqrt(),
        "atan": lambda: x.atan(),
        "pow tensor": lambda: x**w,
        "2**x": lambda: 2**x,
        "log1p": lambda: x.log1p(),
        "softplus": lambda: T.nn.functional.softplus(x),
        "leaky": lambda: T.nn.functional.leaky_relu(x) * x,
        "permute": lambda: x.view(1, 2).permute(1, 0) ** 2,
        "addmm": lambda: T.addmm(x.view(1, 2), w.view(1, 2), T.ones(2, 2)) ** 2,
        "std": lambda: x.std(),
        "square": lambda: x.square(),
        "unsqueeze": lambda: x.unsqueeze(0) ** 2,
        "bmm": lambda: T.bmm(x.view(1, 1, 2), w.view(1, 2, 1)),
        "tan": lambda: x.tan(),
        "asin": lambda: (x / 4).asin(),
    }.items():
        (g,) = T.autograd.grad(f().sum(), x, create_graph=True)
        observe(name, names(g.grad_fn))


def second_derivative_of_a_module(T, observe):
    m = T.nn.Sequential(T.nn.Linear(2, 3), T.nn.Tanh(), T.nn.Linear(3, 1)).double()
    with T.no_grad():
        for i, p in enumerate(m.parameters()):
            p.copy_(T.linspace(-1, 1, p.numel(), dtype=T.float64).view(p.shape) * (i + 1))
    x = T.tensor([[0.1, 0.2]], dtype=T.float64, requires_grad=True)
    (g,) = T.autograd.grad(m(x).sum(), x, create_graph=True)
    observe("g", g)
    (g**2).sum().backward()
    observe("first weight", m[0].weight.grad)
    observe("last bias", m[2].bias.grad)


def in_place_between_orders(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    y = x**3
    (g,) = T.autograd.grad(y.sum(), x, create_graph=True)
    with T.no_grad():
        x.mul_(2)
    with observe.raises("written"):
        T.autograd.grad(g.sum(), x)

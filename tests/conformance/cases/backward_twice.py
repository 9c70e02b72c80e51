"""The second backward through one graph, retain_graph, and what is freed."""


def second_backward_fails(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    y = x.exp().sum()
    y.backward()
    with observe.raises("second"):
        y.backward()
    observe("x.grad is that of the first", x.grad)


def retain_graph_allows_it(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    y = (x * x).sum()
    y.backward(retain_graph=True)
    y.backward(retain_graph=True)
    y.backward()
    observe("x.grad, three times", x.grad)
    with observe.raises("fourth"):
        y.backward()


def which_operations_can_go_twice(T, observe):
    """Only operations that saved a tensor complain."""
    operations = {
        "add": lambda x: x + x,
        "sub": lambda x: x - 1,
        "neg": lambda x: -x,
        "mul by a number": lambda x: x * 3,
        "mul": lambda x: x * x,
        "div by a number": lambda x: x / 3,
        "div": lambda x: x / (x + 1),
        "pow": lambda x: x**2,
        "exp": lambda x: x.exp(),
        "log": lambda x: x.log(),
        "relu": lambda x: x.relu(),
        "sum": lambda x: x.sum(),
        "mean": lambda x: x.mean(),
        "reshape": lambda x: x.reshape(2, 2),
        "transpose": lambda x: x.reshape(2, 2).t(),
        "slice": lambda x: x[1:3],
        "index": lambda x: x[[0, 2]],
        "clone": lambda x: x.clone(),
        "cat": lambda x: T.cat([x, x]),
        "max": lambda x: x.max(),
        "clamp": lambda x: x.clamp(min=2.0),
        "tanh": lambda x: x.tanh(),
        "abs": lambda x: x.abs(),
        "cumsum": lambda x: x.cumsum(0),
        "prod": lambda x: x.prod(),
    }
    for name, operation in operations.items():
        x = T.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
        y = operation(x)
        y.backward(T.ones_like(y))
        try:
            y.backward(T.ones_like(y))
            observe(name, "twice")
        except RuntimeError:
            observe(name, "once")


def shared_part_is_freed_by_the_first(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    shared = x * x
    a = shared.sum()
    b = shared.mean()
    a.backward()
    with observe.raises("b.backward()"):
        b.backward()


def forward_again_is_fine(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    for _ in range(3):
        (x * x).sum().backward()
    observe("x.grad", x.grad)


def grad_frees_too(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    y = (x * x).sum()
    observe("first", T.autograd.grad(y, x))
    with observe.raises("second"):
        T.autograd.grad(y, x)


def create_graph_retains(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    y = (x**3).sum()
    first = T.autograd.grad(y, x, create_graph=True)
    second = T.autograd.grad(y, x)
    observe("first", first)
    observe("second", second)
    with observe.raises("third"):
        T.autograd.grad(y, x)


def create_graph_without_retaining(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    y = (x**3).sum()
    (g,) = T.autograd.grad(y, x, create_graph=True, retain_graph=False)
    observe("g", g)
    with observe.raises("again"):
        T.autograd.grad(y, x)


def saved_tensors_are_gone(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    y = x.exp()
    observe("before", y.grad_fn._saved_result)
    y.sum().backward()
    with observe.raises("after"):
        y.grad_fn._saved_result

"""What is freed when, and what a second backward meets."""


def ops_that_save_nothing(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    for name, f in {
        "add": lambda: x + x,
        "sub": lambda: x - 1,
        "neg": lambda: -x,
        "mul by number": lambda: x * 2,
        "sum": lambda: x.sum(),
        "view": lambda: x.view(2, 1),
        "cat": lambda: T.cat([x, x]),
        "index": lambda: x[0],
        "slice": lambda: x[1:],
        "clone": lambda: x.clone(),
        "mean": lambda: x.mean(),
        "expand": lambda: x.expand(3, 2),
        "t": lambda: x.view(2, 1).t(),
        "stack": lambda: T.stack([x, x]),
        "double": lambda: x.double(),
        "div by number": lambda: x / 2,
        "flip": lambda: x.flip(0),
        "cumsum": lambda: x.cumsum(0),
        "round": lambda: x.round(),
    }.items():
        y = f().sum()
        y.backward()
        with observe.raises(name):
            y.backward()


def ops_that_save(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    w = T.tensor([1.0, 2.0])
    for name, f in {
        "mul": lambda: x * x,
        "mul const": lambda: x * w,
        "div": lambda: w / x,
        "pow": lambda: x**2,
        "pow 1": lambda: x**1,
        "exp": lambda: x.exp(),
        "log": lambda: x.log(),
        "relu": lambda: x.relu(),
        "abs": lambda: x.abs(),
        "sin": lambda: x.sin(),
        "max": lambda: x.max(),
        "prod": lambda: x.prod(),
        "dot": lambda: x.dot(w),
        "softmax": lambda: x.softmax(0),
        "where": lambda: T.where(w > 1, x, w),
        "clamp": lambda: x.clamp(min=0),
        "norm": lambda: x.norm(),
        "var": lambda: x.var(),
        "masked_fill": lambda: x.masked_fill(w > 1, 0),
        "index": lambda: x[T.tensor([0])],
        "maximum": lambda: T.maximum(x, w),
        "std": lambda: x.std(),
        "sort": lambda: x.sort()[0],
        "tensor / number": lambda: x / 2.0,
        "1 / x": lambda: 1 / x,
        "sqrt": lambda: x.sqrt(),
        "mm": lambda: x.view(1, 2) @ w.view(2, 1),
        "mse": lambda: T.nn.functional.mse_loss(x, w),
        "gather": lambda: x.gather(0, T.tensor([0])),
        "index_select": lambda: x.index_select(0, T.tensor([1])),
    }.items():
        y = f().sum()
        y.backward()
        with observe.raises(name):
            y.backward()


def half_of_the_graph_freed(T, observe):
    x = T.tensor(2.0, requires_grad=True)
    a = x * x
    b = a * 3
    c = a * 4
    b.backward()
    observe("first", x.grad)
    with observe.raises("second"):
        c.backward()
    observe("after", x.grad)


def half_shared_linear(T, observe):
    x = T.tensor(2.0, requires_grad=True)
    a = x * 3
    b, c = a * a, a * 4
    b.backward()
    with observe.raises("c"):
        c.backward()
    observe("grad", x.grad)


def error_half_way_frees_the_beginning(T, observe):
    x = T.tensor(2.0, requires_grad=True)
    a = x * x
    b = a.exp()
    a.add_(1)
    with observe.raises("first"):
        b.backward()
    with observe.raises("second"):
        b.backward()


def retained_three_times(T, observe):
    x = T.tensor(2.0, requires_grad=True)
    y = x**3
    for _ in range(3):
        y.backward(retain_graph=True)
    observe("grad", x.grad)
    y.backward()
    with observe.raises("freed"):
        y.backward(retain_graph=True)


def new_forward_each_time(T, observe):
    x = T.tensor(2.0, requires_grad=True)
    for _ in range(3):
        (x**3).backward()
    observe("grad", x.grad)


def state_kept_across_steps(T, observe):
    """The usual trap: a hidden state from the last step."""
    w = T.tensor(0.5, requires_grad=True)
    h = T.tensor(1.0)
    h = h * w
    h.backward()
    h2 = h * w
    with observe.raises("second step"):
        h2.backward()
    h3 = h.detach() * w
    h3.backward()
    observe("grad", w.grad)


def losses_summed_and_apart(T, observe):
    x = T.tensor(2.0, requires_grad=True)
    h = x * x
    a, b = h * 2, h * 3
    (a + b).backward()
    observe("together", x.grad)
    x.grad = None
    h = x * x
    a, b = h * 2, h * 3
    a.backward(retain_graph=True)
    b.backward()
    observe("apart", x.grad)


def create_graph_keeps(T, observe):
    x = T.tensor(2.0, requires_grad=True)
    y = x**3
    y.backward(create_graph=True)
    y.backward()
    observe("grad", x.grad)
    with observe.raises("third"):
        y.backward()


def freed_then_walk(T, observe):
    x = T.tensor(2.0, requires_grad=True)
    y = x.exp() * x
    y.backward()
    observe("name", y.grad_fn)
    observe("edges", [n.name() for n, _ in y.grad_fn.next_functions])
    observe("requires_grad", y.requires_grad)
    with observe.raises("saved"):
        y.grad_fn._saved_self


def calling_freed_nodes(T, observe):
    x = T.tensor([2.0], requires_grad=True)
    y = x * x
    y.backward()
    with observe.raises("call"):
        y.grad_fn(T.ones(1))
    z = x + 1
    z.backward()
    with observe.raises("add"):
        observe("add gives", z.grad_fn(T.ones(1)))


def inputs_to_an_already_freed_part(T, observe):
    x = T.tensor(2.0, requires_grad=True)
    a = x * x
    b = a * a
    b.backward(inputs=[a], retain_graph=False)
    with observe.raises("rest"):
        a.backward()
    observe("x", x.grad)
    observe("a", a.grad)

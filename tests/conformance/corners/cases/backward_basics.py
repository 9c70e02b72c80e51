"""backward() in the corners."""


def inputs_argument(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    w = T.tensor([3.0, 4.0], requires_grad=True)
    h = x * w
    h.sum().backward(inputs=[x])
    observe("x", x.grad)
    observe("w", w.grad)
    h = x * w
    h.sum().backward(inputs=h)
    observe("h", h.grad)
    observe("retains", h.retains_grad)
    with observe.raises("empty"):
        (x * w).sum().backward(inputs=[])
    with observe.raises("untracked"):
        (x * w).sum().backward(inputs=[T.ones(2)])
    with observe.raises("number", type_only=True):
        (x * w).sum().backward(inputs=3)
    u = T.tensor(1.0, requires_grad=True)
    with observe.raises("not reached"):
        (x * w).sum().backward(inputs=[u])
    observe("u", u.grad)


def gradient_argument(T, observe):
    for name, seed in {
        "right": lambda: T.ones(2),
        "number": lambda: 1.0,
        "scalar": lambda: T.tensor(1.0),
        "wrong": lambda: T.ones(3),
        "int": lambda: T.ones(2, dtype=T.int64),
        "float64": lambda: T.ones(2, dtype=T.float64),
        "list": lambda: [1.0, 1.0],
        "tracked": lambda: T.ones(2, requires_grad=True),
        "expanded": lambda: T.tensor(1.0).expand(2),
        "none": lambda: None,
        "numpy": lambda: T.ones(2).numpy(),
        "(2,1)": lambda: T.ones(2, 1),
    }.items():
        x = T.tensor([1.0, 2.0], requires_grad=True)
        with observe.raises(name):
            (x * x).backward(seed())
        observe(name + " grad", x.grad)


def autograd_backward(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    T.autograd.backward([x.sum(), (x * x).sum()])
    observe("two", x.grad)
    x.grad = None
    T.autograd.backward([x * 1, (x * x).sum()], [T.ones(2), None])
    observe("mixed", x.grad)
    with observe.raises("length"):
        T.autograd.backward([x * 1, x * 2], [T.ones(2)])
    with observe.raises("untracked second"):
        T.autograd.backward([x.sum(), T.tensor(1.0)])
    observe("after error", x.grad)
    with observe.raises("vector"):
        T.autograd.backward(x * 1)
    with observe.raises("empty inputs"):
        T.autograd.backward(x.sum(), inputs=[])
    x.grad = None
    T.autograd.backward((x * 3).sum(), inputs=x)
    observe("one input", x.grad)
    with observe.raises("both names"):
        T.autograd.backward(x.sum(), grad_tensors=T.tensor(1.0), grad_variables=T.tensor(1.0))
    with observe.raises("no tensors"):
        observe("none", T.autograd.backward([]))
    x.grad = None
    with observe.warns("old name"):
        T.autograd.backward(x.sum(), grad_variables=T.tensor(2.0))
    observe("old", x.grad)


def backward_on_a_leaf(T, observe):
    x = T.tensor(3.0, requires_grad=True)
    x.backward()
    observe("grad", x.grad)
    x.backward()
    observe("twice", x.grad)
    v = T.ones(2, requires_grad=True)
    v.backward(T.tensor([1.0, 2.0]))
    observe("vector", v.grad)
    with observe.raises("untracked"):
        T.tensor(1.0).backward()
    with observe.raises("int"):
        T.tensor(1).backward()


def seed_is_not_kept(T, observe):
    x = T.ones(2, requires_grad=True)
    s = T.tensor([1.0, 2.0])
    x.backward(s)
    observe("is", x.grad is s)
    s.add_(10)
    observe("grad", x.grad)
    y = T.ones(2, requires_grad=True)
    z = T.ones(2, requires_grad=True)
    s = T.tensor([1.0, 2.0])
    (y + z).backward(s)
    y.grad.add_(1)
    observe("z", z.grad)
    observe("s", s)


def accumulation_in_place(T, observe):
    x = T.ones(2, requires_grad=True)
    (x * 2).sum().backward()
    g = x.grad
    (x * 3).sum().backward()
    observe("same", x.grad is g)
    observe("g", g)
    observe("version", g._version)
    (x * x).sum().backward(create_graph=True)
    observe("same with create_graph", x.grad is g)
    observe("grad", x.grad)


def grad_layout(T, observe):
    x = T.ones(2, 3, requires_grad=True)
    (x * 2).sum().backward()
    observe("contiguous", [x.grad.is_contiguous(), list(x.grad.stride())])
    y = T.ones(3, 2).t().requires_grad_()
    (y * 2).sum().backward()
    observe("transposed leaf", list(y.grad.stride()))
    z = T.ones(2, 3, requires_grad=True)
    z.t().sum().backward()
    observe("through t", list(z.grad.stride()))
    w = T.ones(2, 3, requires_grad=True)
    (w.t() * T.arange(6.0).view(3, 2)).sum().backward()
    observe("through t of a product", list(w.grad.stride()))


def preset_grad(T, observe):
    x = T.ones(2, requires_grad=True)
    x.grad = T.tensor([10.0, 20.0])
    (x * 2).sum().backward()
    observe("added", x.grad)
    for name, value in {
        "number": 3.0,
        "shape": T.ones(3),
        "dtype": T.ones(2, dtype=T.float64),
        "itself": x,
        "list": [1.0, 2.0],
    }.items():
        with observe.raises(name):
            x.grad = value
    x.grad = None
    observe("none", x.grad)
    with observe.raises("del", type_only=True):
        del x.grad
    observe("after del", x.grad)
    u = T.ones(2)
    u.grad = T.ones(2)
    observe("untracked may have one", u.grad)
    with observe.raises("tracked grad"):
        x.grad = T.ones(2, requires_grad=True)
    observe("tracked", x.grad)


def expanded_grad_is_owned(T, observe):
    x = T.ones(2, 2, requires_grad=True)
    x.sum().backward()
    observe("stride", list(x.grad.stride()))
    x.grad[0, 0] = 5
    observe("written", x.grad)
    y = T.ones(2, requires_grad=True)
    y.backward(T.tensor(1.0).expand(2))
    observe("seed stride", list(y.grad.stride()))


def shared_subgraph(T, observe):
    x = T.tensor(2.0, requires_grad=True)
    a = x * x
    b = a + a * a
    c = b * a
    c.backward()
    observe("grad", x.grad)


def deep_chain(T, observe):
    x = T.tensor(1.0, dtype=T.float64, requires_grad=True)
    y = x
    for _ in range(5000):
        y = y * 1.0001
    y.backward()
    observe("grad", x.grad)


def wide_sum(T, observe):
    x = T.tensor(1.0, dtype=T.float64, requires_grad=True)
    parts = [x * i for i in range(200)]
    sum(parts).backward()
    observe("grad", x.grad)


def none_gradient_leaves(T, observe):
    x = T.ones(2, requires_grad=True)
    y = T.ones(2, requires_grad=True)
    (x.detach() * y).sum().backward()
    observe("x", x.grad)
    observe("y", y.grad)


def dtypes_of_gradients(T, observe):
    x = T.ones(2, dtype=T.float64, requires_grad=True)
    y = T.ones(2, requires_grad=True)
    h = T.ones(2, dtype=T.float16, requires_grad=True)
    (x * y * h).sum().backward()
    observe("x", x.grad)
    observe("y", y.grad)
    observe("h", h.grad)
    z = T.ones(2, requires_grad=True)
    (z * T.tensor([1, 2])).sum().backward()
    observe("with ints", z.grad)
    k = T.tensor(2.0, dtype=T.float64, requires_grad=True)
    v = T.ones(2, requires_grad=True)
    (k * v).sum().backward()
    observe("0-d", k.grad)
    observe("v", v.grad)


def broadcast_gradients(T, observe):
    x = T.ones(3, 1, requires_grad=True)
    y = T.ones(1, 4, requires_grad=True)
    z = T.tensor(2.0, requires_grad=True)
    (x * y * z).sum().backward()
    observe("x", x.grad)
    observe("y", y.grad)
    observe("z", z.grad)


def warnings_about_non_leaf_grad(T, observe):
    x = T.ones(2, requires_grad=True)
    h = x * 2
    with observe.warns("read"):
        h.grad
    h.retain_grad()
    with observe.warns("retained"):
        h.grad
    with observe.warns("leaf"):
        x.grad
    d = h.detach()
    with observe.warns("detached"):
        d.grad


def requires_grad_after_use(T, observe):
    x = T.ones(2)
    y = x * 2
    x.requires_grad_()
    z = x * 3
    with observe.raises("y"):
        y.sum().backward()
    z.sum().backward()
    observe("x", x.grad)


def keyword_only_usage(T, observe):
    x = T.ones(2, requires_grad=True)
    y = x * x
    y.backward(gradient=T.ones(2), retain_graph=True, create_graph=False, inputs=None)
    y.backward(T.ones(2), True)
    y.backward(T.ones(2), False, False)
    observe("grad", x.grad)
    with observe.raises("unknown", type_only=True):
        y.backward(foo=1)


def inside_no_grad(T, observe):
    x = T.ones(2, requires_grad=True)
    y = (x * x).sum()
    with T.no_grad():
        y.backward()
    observe("grad", x.grad)


def leaf_replaced_between(T, observe):
    x = T.ones(2, requires_grad=True)
    y = (x * 2).sum()
    x = T.zeros(2, requires_grad=True)
    y.backward()
    observe("new", x.grad)


def data_changed_between(T, observe):
    x = T.ones(2, requires_grad=True)
    y = (x * x).sum()
    x.data.mul_(10)
    y.backward()
    observe("silently", x.grad)
    z = (x * x).sum()
    x.data = T.tensor([5.0, 5.0])
    x.grad = None
    z.backward()
    observe("assigned", x.grad)


def shape_changed_between(T, observe):
    x = T.ones(2, requires_grad=True)
    y = (x * 2).sum()
    x.data = T.ones(3)
    with observe.raises("backward"):
        y.backward()
    observe("grad", x.grad)


def requires_grad_off_between(T, observe):
    x = T.ones(2, requires_grad=True)
    y = (x * 2).sum()
    x.requires_grad_(False)
    with observe.raises("backward"):
        y.backward()
    observe("grad", x.grad)


def detach_in_place_between(T, observe):
    x = T.ones(2, requires_grad=True)
    h = x * 2
    y = (h * 3).sum()
    h.detach_()
    with observe.raises("backward"):
        y.backward()
    observe("grad", x.grad)
    observe("h", h)


def grad_requires_grad_flags(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    (x**3).sum().backward(create_graph=True)
    observe("grad", x.grad)
    observe("fn", x.grad.grad_fn)
    g = x.grad
    x.grad = None
    g.sum().backward()
    observe("second", x.grad)

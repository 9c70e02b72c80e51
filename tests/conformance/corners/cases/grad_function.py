"""torch.autograd.grad in the corners."""


def _xy(T):
    return T.tensor([1.0, 2.0], requires_grad=True), T.tensor([3.0, 4.0], requires_grad=True)


def unused_inputs(T, observe):
    x, y = _xy(T)
    with observe.raises("error"):
        T.autograd.grad(x.sum(), [x, y])
    observe("allowed", T.autograd.grad(x.sum(), [x, y], allow_unused=True))
    observe("materialized", T.autograd.grad(x.sum(), [x, y], materialize_grads=True))
    with observe.raises("contradiction"):
        T.autograd.grad(x.sum(), [x, y], materialize_grads=True, allow_unused=False)
    observe("explicit none", T.autograd.grad(x.sum(), [x], allow_unused=None))
    with observe.raises("false"):
        T.autograd.grad(x.sum(), [y], allow_unused=False)


def empty_sequences(T, observe):
    x, y = _xy(T)
    with observe.raises("no inputs"):
        T.autograd.grad(x.sum(), [])
    with observe.raises("no outputs"):
        observe("no outputs gives", T.autograd.grad([], [x]))
    with observe.raises("no outputs, allowed"):
        observe("no outputs allowed", T.autograd.grad([], [x], allow_unused=True))
    with observe.raises("both empty"):
        T.autograd.grad([], [])


def wrong_types(T, observe):
    x, y = _xy(T)
    for name, args in {
        "number out": (3.0, x),
        "number in": (x.sum(), 3.0),
        "list with number": ([x.sum(), 3.0], x),
        "none out": (None, x),
        "none in": (x.sum(), None),
        "none among ins": (x.sum(), [x, None]),
        "generator in": (x.sum(), (t for t in [x])),
        "dict in": (x.sum(), {"x": x}),
        "string": (x.sum(), "x"),
    }.items():
        with observe.raises(name, type_only=True):
            T.autograd.grad(*args)


def grad_outputs_types(T, observe):
    x, y = _xy(T)
    for name, seed in {
        "number": 1.0,
        "list of numbers": [1.0],
        "list of a list": [[1.0, 1.0]],
        "two for one": [T.ones(2), T.ones(2)],
        "empty list": [],
        "none in list": [None],
        "bool": True,
        "int tensor": T.ones(2, dtype=T.int64),
        "float64": T.ones(2, dtype=T.float64),
        "wrong shape": T.ones(3),
        "scalar": T.tensor(1.0),
        "(1, 2)": T.ones(1, 2),
        "tuple": (T.ones(2),),
    }.items():
        with observe.raises(name):
            observe(name + " gives", T.autograd.grad(x * y, x, seed))


def several_outputs_and_seeds(T, observe):
    x, y = _xy(T)
    observe("none for the scalar", T.autograd.grad([x.sum(), x * y], [x, y], [None, T.ones(2)]))
    with observe.raises("single for two"):
        T.autograd.grad([x.sum(), (x * y).sum()], [x, y], T.tensor(1.0))
    observe("same twice", T.autograd.grad([x.sum(), x.sum()], x))
    z = x.sum()
    observe("identical twice", T.autograd.grad([z, z], x))


def seed_that_requires_grad(T, observe):
    x, y = _xy(T)
    s = T.tensor([1.0, 2.0], requires_grad=True)
    (g,) = T.autograd.grad(x * y, x, s)
    observe("plain", [g.requires_grad, g.grad_fn])
    (g,) = T.autograd.grad(x * y, x, s, create_graph=True)
    observe("graph", g)
    observe("fn", g.grad_fn)
    observe("back", T.autograd.grad(g.sum(), [s, y]))


def output_is_the_seed_graph(T, observe):
    """The double-vjp trick: jvp from two vjps."""
    x = T.tensor([1.0, 2.0], dtype=T.float64, requires_grad=True)
    v = T.zeros(2, dtype=T.float64, requires_grad=True)
    y = x.sin() * x
    (g,) = T.autograd.grad(y, x, v, create_graph=True)
    (jv,) = T.autograd.grad(g, v, T.tensor([1.0, 0.5], dtype=T.float64))
    observe("jv", jv)


def retain_graph_values(T, observe):
    x, y = _xy(T)
    z = (x * y).sum()
    T.autograd.grad(z, x, retain_graph=True)
    T.autograd.grad(z, x, create_graph=True)
    T.autograd.grad(z, x)
    with observe.raises("freed"):
        T.autograd.grad(z, x)
    z = (x * y).sum()
    T.autograd.grad(z, x, create_graph=True, retain_graph=False)
    with observe.raises("freed too"):
        T.autograd.grad(z, x)


def partial_runs_free_only_what_they_run(T, observe):
    x, y = _xy(T)
    a = x * x
    b = a * y
    c = b.sum()
    T.autograd.grad(c, b)
    with observe.raises("to b again"):
        observe("b", T.autograd.grad(c, b))
    with observe.raises("to a"):
        observe("a", T.autograd.grad(c, a))
    with observe.raises("to x"):
        observe("x", T.autograd.grad(c, x))


def intermediate_and_leaf(T, observe):
    x, y = _xy(T)
    a = x * x
    b = (a * y).sum()
    observe("both", T.autograd.grad(b, [a, x, y]))


def after_in_place(T, observe):
    x, y = _xy(T)
    h = x * 1
    old = h.grad_fn
    h.mul_(3)
    observe("to h", T.autograd.grad((h * 2).sum(), h, retain_graph=True))
    observe("to x", T.autograd.grad((h * 2).sum(), x))
    observe("name", old)


def with_respect_to_a_view(T, observe):
    x, y = _xy(T)
    v = x[0]
    with observe.raises("view taken before"):
        observe("v", T.autograd.grad(x.sum(), v))
    observe("used view", T.autograd.grad(v * 3, v))


def integers(T, observe):
    x = T.tensor([1, 2])
    y = T.tensor([1.0, 2.0], requires_grad=True)
    with observe.raises("int input"):
        T.autograd.grad(y.sum(), x)
    with observe.raises("argmax"):
        T.autograd.grad(y.argmax(), y)
    with observe.raises("long"):
        T.autograd.grad(y.long().sum(), y)


def parameters_as_generator(T, observe):
    m = T.nn.Linear(2, 1)
    with T.no_grad():
        m.weight.fill_(1.0)
        m.bias.fill_(0.5)
    out = m(T.ones(3, 2)).sum()
    observe("list", T.autograd.grad(out, list(m.parameters()), retain_graph=True))
    with observe.raises("generator"):
        observe("generator gives", T.autograd.grad(out, m.parameters()))


def keywords(T, observe):
    x, y = _xy(T)
    observe(
        "all",
        T.autograd.grad(
            outputs=(x * y).sum(),
            inputs=[x],
            grad_outputs=None,
            retain_graph=None,
            create_graph=False,
            allow_unused=None,
            is_grads_batched=False,
            materialize_grads=False,
        ),
    )
    with observe.warns("only_inputs"):
        T.autograd.grad((x * y).sum(), x, only_inputs=False)
    with observe.raises("unknown", type_only=True):
        T.autograd.grad(x.sum(), x, nothing=1)


def under_no_grad(T, observe):
    x, y = _xy(T)
    z = (x * y).sum()
    with T.no_grad():
        (g,) = T.autograd.grad(z, x, create_graph=True)
        observe("g", g)
        observe("mode", T.is_grad_enabled())


def edges_as_inputs(T, observe):
    x, y = _xy(T)
    h = x * y
    edge = T.autograd.graph.get_gradient_edge(h)
    leaf = T.autograd.graph.get_gradient_edge(x)
    z = (h * 2).sum()
    observe("edge", T.autograd.grad(z, edge, retain_graph=True))
    observe("leaf edge", T.autograd.grad(z, [leaf, y], retain_graph=True))
    out = T.autograd.graph.get_gradient_edge(z)
    observe("output edge", T.autograd.grad(out, x, retain_graph=True))
    observe("output edge of a vector", T.autograd.grad(edge, x, T.ones(2), retain_graph=True))
    with observe.raises("vector edge without seed"):
        observe("gives", T.autograd.grad(edge, x, retain_graph=True))
    with observe.raises("materialize"):
        T.autograd.grad(z, [edge], materialize_grads=True)
    with observe.raises("untracked"):
        T.autograd.graph.get_gradient_edge(T.ones(1))
    observe("fields", [edge.node is h.grad_fn, edge.output_nr])
    observe("type", type(edge).__name__)
    observe("len", len(edge))


def shares_memory_with_the_seed(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    s = T.tensor([1.0, 2.0])
    (g,) = T.autograd.grad(x + 0, x, s)
    observe("is seed", g is s)
    observe("same memory", g.data_ptr() == s.data_ptr())
    a, b = T.autograd.grad(x + x * 1, [x, x], s)
    observe("a is b", a is b)


def scalar_like_outputs(T, observe):
    x = T.tensor([[2.0]], requires_grad=True)
    observe("1x1", T.autograd.grad(x * x, x))
    observe("of shape 1", T.autograd.grad((x * x).view(1), x))
    e = T.zeros(0, requires_grad=True)
    with observe.raises("empty"):
        observe("empty gives", T.autograd.grad(e * 2, e))
    observe("empty sum", T.autograd.grad(e.sum(), e))


def zero_gradients_are_tensors(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    observe("round", T.autograd.grad(x.round().sum(), x))
    observe("times zero", T.autograd.grad((x * 0).sum(), x))
    observe("sign", T.autograd.grad(x.sign().sum(), x))
    observe("floor", T.autograd.grad(x.floor().sum(), x))
    y = T.tensor([1.0, 2.0], requires_grad=True)
    observe("where", T.autograd.grad(T.where(T.tensor([True, True]), x, y).sum(), y))

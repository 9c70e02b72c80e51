"""What graphs keep: hooks on it, its attributes, its life."""


def _same(t):
    return t


def nested_hooks(T, observe):
    log = []

    def hooks(name):
        return T.autograd.graph.saved_tensors_hooks(
            lambda t: log.append(["pack", name]) or t, lambda t: log.append(["unpack", name]) or t
        )

    x = T.tensor([1.0], requires_grad=True)
    with hooks("outer"):
        a = x.exp()
        with hooks("inner"):
            b = x.exp()
        c = x.exp()
    (a + b + c).sum().backward()
    observe("log", log)


def what_pack_is_given(T, observe):
    seen = []

    def pack(t):
        seen.append([t.requires_grad, t.is_leaf, t.grad_fn, t._version, T.is_grad_enabled()])
        return t

    x = T.tensor([1.0, 2.0], requires_grad=True)
    c = T.tensor([3.0, 4.0])
    with T.autograd.graph.saved_tensors_hooks(pack, _same):
        h = x * c
        y = h * h
        z = y.exp()
        w = z.relu()
    observe("seen", seen)
    w.sum().backward()
    observe("grad", x.grad)


def what_unpack_is_given(T, observe):
    seen = []

    def unpack(t):
        seen.append([t.tolist(), T.is_grad_enabled()])
        return t

    x = T.tensor([1.0, 2.0], requires_grad=True)
    with T.autograd.graph.saved_tensors_hooks(_same, unpack):
        y = (x * x).sum()
    y.backward(create_graph=True)
    observe("seen", seen)


def unpack_answers(T, observe):
    def run(answer):
        x = T.tensor([1.0, 2.0], requires_grad=True)
        with T.autograd.graph.saved_tensors_hooks(_same, answer):
            y = (x * x).sum()
        y.backward()
        return x.grad

    for name, answer in {
        "none": lambda t: None,
        "number": lambda t: 3.0,
        "numpy": lambda t: t.detach().numpy(),
        "tuple": lambda t: (t,),
        "other shape": lambda t: T.ones(1),
        "other dtype": lambda t: t.double(),
        "wrong shape": lambda t: T.ones(3),
        "tracked": lambda t: T.ones(2, requires_grad=True) * 2,
    }.items():
        with observe.raises(name):
            observe(name + " grad", run(answer))


def pack_errors(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)

    def bad(t):
        raise KeyError("pack")

    with observe.raises("raises"):
        with T.autograd.graph.saved_tensors_hooks(bad, _same):
            x * x
    with observe.raises("in place"):
        with T.autograd.graph.saved_tensors_hooks(lambda t: t.mul_(2), _same):
            h = x * 1
            h * h
    with observe.raises("not callable"):
        with T.autograd.graph.saved_tensors_hooks(3, _same):
            x * x
    observe("still works", (x * x))


def one_argument(T, observe):
    with observe.raises("pack alone", type_only=True):
        T.autograd.graph.saved_tensors_hooks(_same)


def version_is_not_checked_behind_hooks(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    h = x * 1
    with T.autograd.graph.saved_tensors_hooks(lambda t: t.clone(), _same):
        y = (h * h).sum()
    h.mul_(10)
    y.backward()
    observe("grad", x.grad)
    h = x * 1
    with T.autograd.graph.saved_tensors_hooks(_same, _same):
        y = (h * h).sum()
    h.mul_(10)
    with observe.raises("same tensor"):
        y.backward()
    observe("grad2", x.grad)


def files_as_storage(T, observe):
    import numpy as np

    shelf = {}

    def pack(t):
        shelf[len(shelf)] = t.detach().numpy().copy()
        return len(shelf) - 1

    x = T.tensor([1.0, 2.0], requires_grad=True)
    with T.autograd.graph.saved_tensors_hooks(pack, lambda i: T.from_numpy(shelf[i])):
        y = (x.exp() * x).sum()
    observe("shelf", [v for v in shelf.values()])
    y.backward()
    observe("grad", x.grad)
    observe("np", isinstance(shelf[0], np.ndarray))


def raw_saved_hooks(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    y = x * x
    raw = y.grad_fn._raw_saved_self
    observe("type", type(raw).__name__)
    raw.register_hooks(lambda t: t * 10, _same)
    with observe.raises("twice"):
        raw.register_hooks(_same, _same)
    y.sum().backward()
    observe("grad", x.grad)
    with observe.raises("freed"):
        raw.register_hooks(_same, _same)
    with observe.raises("raw after free"):
        y.grad_fn._raw_saved_self
    z = x * 2
    with observe.raises("none saved"):
        z.grad_fn._raw_saved_self.register_hooks(_same, _same)
    w = x * x
    with observe.raises("no args", type_only=True):
        w.grad_fn._raw_saved_self.register_hooks()
    with observe.raises("unpack answers none"):
        w.grad_fn._raw_saved_self.register_hooks(_same, lambda t: None)
        w.sum().backward()


def saved_after_free(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    y = x * x
    s = x.sum()
    e = x.exp()
    p = x**2
    (y.sum() + s + e.sum() + p.sum()).backward()
    for name, read in {
        "mul": lambda: y.grad_fn._saved_self,
        "exp": lambda: e.grad_fn._saved_result,
        "pow": lambda: p.grad_fn._saved_self,
        "pow exponent": lambda: p.grad_fn._saved_exponent,
        "sum sizes": lambda: s.grad_fn._saved_self_sym_sizes,
    }.items():
        with observe.raises(name):
            observe(name + " is", read())


def saved_and_written(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    h = x * 1
    y = h * h
    h.add_(1)
    with observe.raises("read"):
        y.grad_fn._saved_self
    e = x.exp()
    e.add_(1)
    node = e.grad_fn.next_functions[0][0]
    with observe.raises("read result"):
        node._saved_result


def saved_result_is_placed(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    y = x.exp()
    r = y.grad_fn._saved_result
    observe("is", r is y)
    observe("fn", r.grad_fn is y.grad_fn)
    observe("rg", r.requires_grad)
    observe("leaf", r.is_leaf)
    observe("nr", r.output_nr)
    observe("version", r._version)
    m = T.sigmoid(x)
    observe("sigmoid", m.grad_fn._saved_result)
    with T.no_grad():
        observe("under no_grad", y.grad_fn._saved_result)


def raw_names(T, observe):
    x = T.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    observe("mul", sorted(n for n in dir((x * x).grad_fn) if n.startswith("_raw")))
    observe("sum", sorted(n for n in dir(x.sum().grad_fn) if n.startswith("_raw")))
    observe("exp", sorted(n for n in dir(x.exp().grad_fn) if n.startswith("_raw")))


def unknown_attribute(T, observe):
    x = T.tensor([1.0], requires_grad=True)
    with observe.raises("saved"):
        (x * x).grad_fn._saved_nothing
    with observe.raises("any"):
        (x * x).grad_fn.nothing
    with observe.raises("set", type_only=True):
        (x * x).grad_fn.nothing = 3
    with observe.raises("set saved", type_only=True):
        (x * x).grad_fn._saved_self = 3


def disabled(T, observe):
    x = T.tensor([1.0], requires_grad=True)
    with T.autograd.graph.saved_tensors_hooks(_same, _same):
        with observe.raises("disable inside"):
            with T.autograd.graph.disable_saved_tensors_hooks("no"):
                pass
    with T.autograd.graph.disable_saved_tensors_hooks("outer"):
        with T.autograd.graph.disable_saved_tensors_hooks("inner"):
            with observe.raises("inner"):
                with T.autograd.graph.saved_tensors_hooks(_same, _same):
                    pass
        with observe.raises("outer"):
            with T.autograd.graph.save_on_cpu():
                pass
        observe("works", x * x)
    with T.autograd.graph.saved_tensors_hooks(_same, _same):
        observe("again", x * x)


def disabled_as_a_decorator(T, observe):
    @T.autograd.graph.disable_saved_tensors_hooks("decorated")
    def f(x):
        with T.autograd.graph.saved_tensors_hooks(_same, _same):
            return x * x

    with observe.raises("call"):
        f(T.ones(1))


def increment_version(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    h = x * 1
    y = h * h
    T.autograd.graph.increment_version(h)
    observe("version", h._version)
    with observe.raises("backward"):
        y.sum().backward()
    T.autograd.graph.increment_version([h, h.detach()])
    observe("list", h._version)
    with observe.raises("of a number", type_only=True):
        T.autograd.graph.increment_version(3)
    with T.inference_mode():
        i = T.ones(2)
        with observe.raises("inference"):
            T.autograd.graph.increment_version(i)


def preserve_version_of_several(T, observe):
    a, b = T.ones(2), T.ones(2)
    a.add_(1)
    with T.autograd._unsafe_preserve_version_counter((a, b)):
        a.add_(1)
        b.add_(1)
        observe("inside", [a._version, b._version])
    observe("after", [a._version, b._version])


def save_on_cpu_options(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    h = x * 1
    with T.autograd.graph.save_on_cpu(pin_memory=False):
        y = h.exp() * h
    y.sum().backward()
    observe("grad", x.grad)


def mutation_allowed(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    with T.autograd.graph.allow_mutation_on_saved_tensors() as ctx:
        h = x * 1
        y = h * h
        h.mul_(10)
        y.sum().backward()
    observe("grad", x.grad)
    observe("ctx", type(ctx).__name__)


def mutation_allowed_corners(T, observe):
    allow = T.autograd.graph.allow_mutation_on_saved_tensors
    x = T.tensor([1.0, 2.0], requires_grad=True)
    with allow():
        e = x.exp()
        e.add_(1)
        e.sum().backward()
    observe("result written", x.grad)
    x.grad = None
    with allow():
        h = x * 1
        v = h[0]
        y = h * h
        v.mul_(3)
        (y.sum() + h.sum()).backward()
    observe("through a view", x.grad)
    with observe.raises("nested"):
        with allow():
            with allow():
                pass
    with observe.raises("after leaving"):
        with allow():
            h = x * 1
            y = h * h
            h.mul_(2)
        y.sum().backward()
    x.grad = None
    with allow():
        h = x * 1
        y = (h * h).sum()
        h.mul_(2)
        h.mul_(2)
        z = (h * h).sum()
        (y + z).backward()
    observe("two", x.grad)
    with allow() as ctx:
        h = x * 1
        y = (h * h).sum()
        h.mul_(2)
        ctx.clear()
        with observe.raises("cleared"):
            y.backward()


def hooks_in_backward(T, observe):
    """Hooks that are open while backward runs catch what a recorded backward saves."""
    log = []
    x = T.tensor([2.0], requires_grad=True)
    y = x**3
    with T.autograd.graph.saved_tensors_hooks(lambda t: log.append("pack") or t, _same):
        (g,) = T.autograd.grad(y, x, create_graph=True)
    observe("some", len(log) > 0)
    observe("gg", T.autograd.grad(g, x))


def leaf_saved_by_hooks_is_leaf(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    with T.autograd.graph.saved_tensors_hooks(_same, _same):
        y = x * x
    s = y.grad_fn._saved_self
    observe("is x", s is x)
    observe("leaf", [s.is_leaf, s.requires_grad])
    observe("fn", s.grad_fn)
    (g,) = T.autograd.grad(y.sum(), x, create_graph=True)
    observe("gg", T.autograd.grad(g.sum(), x))


def lifetime(T, observe):
    import gc
    import weakref

    x = T.tensor([1.0, 2.0], requires_grad=True)
    h = x * 1
    ref = weakref.ref(h)
    y = h * h
    z = y.sum()
    del h, y
    gc.collect()
    observe("kept", ref() is not None)
    z.backward()
    gc.collect()
    observe("let go", ref() is None)


def decorator_use(T, observe):
    log = []
    with observe.raises("as a decorator", type_only=True):

        @T.autograd.graph.saved_tensors_hooks(lambda t: log.append(1) or t, _same)
        def f(x):
            return x * x

        f(T.ones(1, requires_grad=True))
    observe("log", log)

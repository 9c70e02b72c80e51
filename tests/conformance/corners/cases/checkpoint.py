"""torch.utils.checkpoint."""


def _cp(T):
    import importlib

    return importlib.import_module(T.__name__ + ".utils.checkpoint")


def basic(T, observe):
    cp = _cp(T).checkpoint
    for reentrant in (True, False):
        calls = []

        def f(x):
            calls.append(T.is_grad_enabled())
            return x.sin().exp()

        x = T.tensor([1.0, 2.0], dtype=T.float64, requires_grad=True)
        y = cp(f, x, use_reentrant=reentrant)
        observe(f"y {reentrant}", y)
        observe(f"fn {reentrant}", y.grad_fn)
        y.sum().backward()
        observe(f"grad {reentrant}", x.grad)
        observe(f"calls {reentrant}", calls)


def default_warns(T, observe):
    cp = _cp(T).checkpoint
    x = T.tensor([1.0, 2.0], requires_grad=True)
    with observe.warns("default"):
        cp(lambda x: x * x, x)
    with observe.warns("no grad inputs"):
        cp(lambda x: x * x, x.detach(), use_reentrant=True)
    with observe.warns("no grad inputs, not reentrant"):
        cp(lambda x: x * x, x.detach(), use_reentrant=False)


def keyword_arguments(T, observe):
    cp = _cp(T).checkpoint
    x = T.tensor([1.0, 2.0], requires_grad=True)
    y = cp(lambda x, k=1: x * x * k, x, k=3, use_reentrant=False)
    y.sum().backward()
    observe("grad", x.grad)
    with observe.raises("reentrant"):
        cp(lambda x, k=1: x * k, x, k=3, use_reentrant=True)
    with observe.raises("determinism"):
        cp(lambda x: x, x, use_reentrant=False, determinism_check="never")


def several_outputs(T, observe):
    cp = _cp(T).checkpoint
    for reentrant in (True, False):
        x = T.tensor([1.0, 2.0], requires_grad=True)
        out = cp(lambda x: (x * x, x.exp(), 3), x, use_reentrant=reentrant)
        observe(f"kinds {reentrant}", [type(o).__name__ for o in out])
        (out[0].sum() + out[1].sum()).backward()
        observe(f"grad {reentrant}", x.grad)


def not_the_same_again(T, observe):
    cp = _cp(T).checkpoint
    state = []

    def shape(x):
        state.append(1)
        return (x * x).sum() if len(state) % 2 else (x[:1] * x[:1]).sum()

    def more(x):
        state.append(1)
        y = x * x
        return y.sum() if len(state) % 2 else (y * y).sum()

    def fewer(x):
        state.append(1)
        y = x * x
        return (y * y).sum() if len(state) % 2 else y.sum()

    x = T.tensor([1.0, 2.0], requires_grad=True)
    for f in (shape, more, fewer):
        state.clear()
        with observe.raises(f.__name__):
            cp(f, x, use_reentrant=False).backward()
    observe("class", _cp(T).CheckpointError.__mro__[1])


def reentrant_limits(T, observe):
    cp = _cp(T).checkpoint
    x = T.tensor([1.0, 2.0], requires_grad=True)
    y = cp(lambda x: x * x, x, use_reentrant=True)
    with observe.raises("grad"):
        T.autograd.grad(y.sum(), x)
    y = cp(lambda x: x * x, x, use_reentrant=True)
    with observe.raises("inputs"):
        y.sum().backward(inputs=[x])
    y = cp(lambda x: x.detach(), x, use_reentrant=True)
    with observe.raises("no output"):
        y.sum().backward()
    y = cp(lambda x: x * x, x, use_reentrant=False)
    observe("not reentrant", T.autograd.grad(y.sum(), x))


def closures_and_parameters(T, observe):
    cp = _cp(T).checkpoint
    w = T.tensor([3.0, 4.0], requires_grad=True)
    for reentrant in (True, False):
        w.grad = None
        x = T.tensor([1.0, 2.0], requires_grad=True)
        cp(lambda x: w * x, x, use_reentrant=reentrant).sum().backward()
        observe(f"w {reentrant}", w.grad)
    w.grad = None
    y = cp(lambda x: w * x, T.ones(2), use_reentrant=False)
    y.sum().backward()
    observe("untracked input", w.grad)
    y = cp(lambda x: w * x, T.ones(2), use_reentrant=True)
    observe("untracked input, reentrant", y.requires_grad)


def twice_and_double(T, observe):
    cp = _cp(T).checkpoint
    x = T.tensor([1.0, 2.0], dtype=T.float64, requires_grad=True)
    y = cp(lambda x: x**3, x, use_reentrant=False).sum()
    y.backward(retain_graph=True)
    y.backward()
    observe("twice", x.grad)
    with observe.raises("freed"):
        y.backward()
    y = cp(lambda x: x**3, x, use_reentrant=False).sum()
    (g,) = T.autograd.grad(y, x, create_graph=True)
    observe("double", T.autograd.grad(g.sum(), x))


def nested(T, observe):
    cp = _cp(T).checkpoint
    x = T.tensor([1.0, 2.0], requires_grad=True)
    y = cp(lambda x: cp(lambda z: z.exp(), x * 2, use_reentrant=False) * x, x, use_reentrant=False)
    y.sum().backward()
    observe("grad", x.grad)


def under_no_grad(T, observe):
    cp = _cp(T).checkpoint
    x = T.tensor([1.0, 2.0], requires_grad=True)
    with T.no_grad():
        y = cp(lambda x: x * x, x, use_reentrant=False)
    observe("y", y)


def sequential(T, observe):
    m = _cp(T)
    layers = T.nn.Sequential(T.nn.Tanh(), T.nn.Sigmoid(), T.nn.Tanh(), T.nn.Softplus())
    for segments in (1, 2, 3, 4):
        x = T.tensor([[1.0, 2.0]], dtype=T.float64, requires_grad=True)
        y = m.checkpoint_sequential(layers, segments, x, use_reentrant=False)
        y.sum().backward()
        observe(f"y {segments}", y)
        observe(f"grad {segments}", x.grad)
    x = T.tensor([[1.0, 2.0]], requires_grad=True)
    y = m.checkpoint_sequential([T.tanh, T.exp], 2, x, use_reentrant=True)
    y.sum().backward()
    observe("functions", x.grad)
    with observe.warns("default"):
        m.checkpoint_sequential([T.tanh, T.exp], 2, x)
    with observe.raises("unknown"):
        m.checkpoint_sequential([T.tanh, T.exp], 2, x, use_reentrant=False, nothing=1)


def early_stop(T, observe):
    m = _cp(T)
    calls = []

    def f(x):
        y = x.exp()
        calls.append("a")
        y = y * 1
        calls.append("b")
        return y

    x = T.tensor([1.0], requires_grad=True)
    m.checkpoint(f, x, use_reentrant=False).sum().backward()
    observe("stopped", list(calls))
    calls.clear()
    with m.set_checkpoint_early_stop(False):
        y = m.checkpoint(f, x, use_reentrant=False)
    y.sum().backward()
    observe("whole", calls)


def random_state(T, observe):
    cp = _cp(T).checkpoint
    for reentrant in (True, False):
        x = T.ones(50, requires_grad=True)
        y = cp(lambda x: T.nn.functional.dropout(x, 0.5), x, use_reentrant=reentrant)
        y.sum().backward()
        observe(f"same mask {reentrant}", bool((x.grad == y.detach()).all()))

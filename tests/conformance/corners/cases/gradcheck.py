"""gradcheck and gradgradcheck: what they accept and what they say."""


def _x(T, *values, **kw):
    return T.tensor(list(values) or [0.5, 1.5], dtype=T.float64, requires_grad=True, **kw)


def _wrong(T, factor=3.0):
    class Wrong(T.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return factor * x * g

    return Wrong.apply


def _check(T, observe, label, f, inputs, **kw):
    with observe.raises(label):
        observe(label + " answers", T.autograd.gradcheck(f, inputs, **kw))
    if "raise_exception" not in kw:
        with observe.raises(label + " quietly raises"):
            observe(label + " quietly", T.autograd.gradcheck(f, inputs, raise_exception=False, **kw))


def accepted(T, observe):
    x, w = _x(T), _x(T, 2.0, 3.0)
    for name, f, args in (
        ("mul", lambda x, w: x * w, (x, w)),
        ("tensor alone", lambda x: x.sin(), x),
        ("list of outputs", lambda x: (x.sin(), x.cos()), (x,)),
        ("scalar", lambda x: x.sum(), (x,)),
        ("with a number", lambda x, k: x * k, (x, 3.0)),
        ("with none", lambda x, k: x * 2, (x, None)),
        ("int output too", lambda x: (x * 2, x.argmax()), (x,)),
        ("matmul", lambda x, w: T.outer(x, w), (x, w)),
        ("view", lambda x: x.view(2, 1), (x,)),
        ("unused", lambda x, w: x * 2, (x, w)),
        ("untracked second", lambda x, w: x * w, (x, w.detach())),
    ):
        _check(T, observe, name, f, args)


def wrong_gradient(T, observe):
    _check(T, observe, "3x", _wrong(T), (_x(T),))
    _check(T, observe, "nearly", _wrong(T, 2.00001), (_x(T),))
    _check(T, observe, "nearly, rtol", _wrong(T, 2.00001), (_x(T),), rtol=1e-12, atol=1e-12)
    _check(T, observe, "3x fast", _wrong(T), (_x(T),), fast_mode=True)
    _check(T, observe, "right fast", lambda x: x.sin(), (_x(T),), fast_mode=True)


def no_input_requires_grad(T, observe):
    _check(T, observe, "none", lambda x: x * 2, (_x(T).detach(),))
    _check(T, observe, "number", lambda x: x * 2, (3.0,))
    _check(T, observe, "empty", lambda: T.ones(1), ())
    _check(T, observe, "no tuple", lambda x: x * 2, 3.0)


def no_output_requires_grad(T, observe):
    _check(T, observe, "detached", lambda x: x.detach(), (_x(T),))
    _check(T, observe, "ints", lambda x: x.long(), (_x(T),))
    _check(T, observe, "constant", lambda x: T.ones(2, dtype=T.float64), (_x(T),))
    _check(T, observe, "none", lambda x: None, (_x(T),))
    _check(T, observe, "number", lambda x: 3.0, (_x(T),))


def single_precision(T, observe):
    x = T.tensor([0.5, 1.5], requires_grad=True)
    with observe.warns("float32"):
        with observe.raises("float32 fails"):
            T.autograd.gradcheck(lambda x: x.exp(), (x,))
    with observe.raises("float32 with room"):
        observe("room", T.autograd.gradcheck(lambda x: x * 2, (x,), eps=1e-2, atol=1e-2, rtol=1e-2))


def not_deterministic(T, observe):
    calls = []

    class Drift(T.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            calls.append(1)
            return g * 2 + 1e-9 * len(calls)

    _check(T, observe, "drift", Drift.apply, (_x(T),))
    _check(T, observe, "drift tolerated", Drift.apply, (_x(T),), nondet_tol=1e-3)


def gradient_of_other_size(T, observe):
    class Bad(T.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g.new_ones(5)

    _check(T, observe, "size", Bad.apply, (_x(T),))


def backward_that_raises(T, observe):
    class Bad(T.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            raise ValueError("not today")

    _check(T, observe, "raises", Bad.apply, (_x(T),))


def undefined_gradients(T, observe):
    class NoNone(T.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.set_materialize_grads(False)
            return x * 2, x * 3

        @staticmethod
        def backward(ctx, a, b):
            return a * 2 + b * 3

    _check(T, observe, "cannot", NoNone.apply, (_x(T),))
    _check(T, observe, "not asked", NoNone.apply, (_x(T),), check_undefined_grad=False)


def backward_not_multiplied(T, observe):
    class Const(T.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return T.full_like(g, 2.0)

    _check(T, observe, "constant", Const.apply, (_x(T),))


def overlapping_input(T, observe):
    x = T.tensor([1.0], dtype=T.float64, requires_grad=True)
    _check(T, observe, "expanded", lambda x: x * 2, (x.expand(3),))


def options(T, observe):
    x = _x(T)
    with observe.raises("unknown", type_only=True):
        T.autograd.gradcheck(lambda x: x * 2, (x,), nothing=1)
    with observe.raises("fast and slow"):
        observe("eps", T.autograd.gradcheck(lambda x: x * 2, (x,), eps=1e-4))
    with observe.raises("no backward ad"):
        T.autograd.gradcheck(lambda x: x * 2, (x,), check_backward_ad=False)
    observe("batched grad off", T.autograd.gradcheck(lambda x: x * 2, (x,), check_batched_grad=False))
    with observe.raises("positional"):
        observe("positional gives", T.autograd.gradcheck(lambda x: x * 2, (x,), 1e-6, 1e-5, 1e-3))


def second_order(T, observe):
    gg = T.autograd.gradgradcheck
    x, w = _x(T), _x(T, 2.0, 3.0)
    observe("cube", gg(lambda x: x**3, (x,)))
    observe("product", gg(lambda x, w: x * w, (x, w)))
    observe("outputs", gg(lambda x: (x.sin(), x.exp()), (x,)))
    observe("given grad_outputs", gg(lambda x: x**3, (x,), T.ones(2, dtype=T.float64, requires_grad=True)))
    with observe.raises("wrong", type_only=True):
        gg(_wrong_second(T), (x,))
    observe("wrong quietly", gg(_wrong_second(T), (x,), raise_exception=False))
    with observe.raises("linear"):
        observe("linear gives", gg(lambda x: x * 2, (x,)))
    observe("fast", gg(lambda x: x**3, (x,), fast_mode=True))


def _wrong_second(T):
    class F(T.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return 3 * x.detach() * x * g

    return F.apply


def once_differentiable_fails_second(T, observe):
    class F(T.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        @T.autograd.function.once_differentiable
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return 3 * x * x * g

    observe("first", T.autograd.gradcheck(F.apply, (_x(T),)))
    with observe.raises("second", type_only=True):
        T.autograd.gradgradcheck(F.apply, (_x(T),))


def inputs_are_left_alone(T, observe):
    x = _x(T)
    T.autograd.gradcheck(lambda x: x**2, (x,))
    observe("x", x)
    observe("grad", x.grad)
    observe("version", x._version)


def of_a_module(T, observe):
    m = T.nn.Linear(2, 1).double()
    observe("linear", T.autograd.gradcheck(m, (_x(T),)))


def kinks(T, observe):
    _check(T, observe, "abs at 0", lambda x: x.abs(), (_x(T, 0.0, 1.0),))
    _check(T, observe, "relu at 0", lambda x: x.relu(), (_x(T, 0.0, 1.0),))
    _check(T, observe, "sqrt at 0", lambda x: x.sqrt(), (_x(T, 0.0, 1.0),))

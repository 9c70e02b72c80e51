"""Modes in the corners."""

import copy


def decorated_kinds(T, observe):
    @T.no_grad()
    def f(x, *, k=2):
        """Doc of f."""
        return x * k

    class C:
        @T.no_grad()
        def method(self, x):
            return x * 2

        @staticmethod
        @T.no_grad()
        def static(x):
            return x * 2

        @classmethod
        @T.no_grad()
        def cls(cls, x):
            return x * 2

        @property
        @T.no_grad()
        def prop(self):
            return T.is_grad_enabled()

    x = T.ones(1, requires_grad=True)
    observe("f", f(x, k=3))
    observe("name", [f.__name__, f.__doc__])
    c = C()
    observe("method", c.method(x).requires_grad)
    observe("static", C.static(x).requires_grad)
    observe("cls", C.cls(x).requires_grad)
    observe("prop", c.prop)
    lam = T.no_grad()(lambda x: x * 2)
    observe("lambda", lam(x).requires_grad)
    observe("after", T.is_grad_enabled())


def generators(T, observe):
    log = []

    @T.no_grad()
    def gen():
        try:
            got = yield T.is_grad_enabled()
            log.append(["got", got, T.is_grad_enabled()])
            yield T.is_grad_enabled()
        except ValueError as e:
            log.append(["caught", str(e), T.is_grad_enabled()])
            yield "handled"
        finally:
            log.append(["finally", T.is_grad_enabled()])
        return 5

    g = gen()
    observe("first", next(g))
    observe("outside", T.is_grad_enabled())
    observe("second", g.send("hello"))
    with observe.raises("stop"):
        next(g)
    observe("log", list(log))
    log.clear()
    g = gen()
    next(g)
    observe("thrown", g.throw(ValueError("v")))
    with observe.raises("end"):
        next(g)
    observe("log thrown", list(log))
    log.clear()
    g = gen()
    next(g)
    g.close()
    observe("log closed", list(log))

    def outer():
        value = yield from gen()
        log.append(["value", value])

    log.clear()
    observe("through", list(outer()))
    observe("log through", list(log))


def recursion(T, observe):
    @T.no_grad()
    def down(n):
        return [T.is_grad_enabled()] + (down(n - 1) if n else [])

    observe("down", down(3))
    observe("after", T.is_grad_enabled())


def exceptions(T, observe):
    with observe.raises("in"):
        with T.no_grad():
            raise ValueError("x")
    observe("after", T.is_grad_enabled())

    @T.no_grad()
    def bad():
        raise KeyError("y")

    with observe.raises("decorated"):
        bad()
    observe("after decorated", T.is_grad_enabled())


def one_object_many_times(T, observe):
    mode = T.no_grad()
    for _ in range(2):
        with mode:
            pass
    with mode:
        inside = T.is_grad_enabled()
    observe("inside", inside)
    observe("after", T.is_grad_enabled())
    s = T.set_grad_enabled(True)
    with s:
        observe("s", T.is_grad_enabled())
    observe("end", T.is_grad_enabled())


def set_grad_enabled_forms(T, observe):
    @T.set_grad_enabled(False)
    def f():
        return T.is_grad_enabled()

    observe("decorating changes nothing outside", T.is_grad_enabled())
    observe("f", f())
    observe("after f", T.is_grad_enabled())
    with observe.raises("no argument", type_only=True):
        T.set_grad_enabled()
    with T.set_grad_enabled(False):
        T.set_grad_enabled(True)
        observe("changed inside", T.is_grad_enabled())
    observe("after with", T.is_grad_enabled())
    T.set_grad_enabled(mode=False)
    observe("keyword", T.is_grad_enabled())
    T.set_grad_enabled(True)
    for odd in (0, 1, "x", None):
        with observe.raises(f"odd {odd!r}"):
            with T.set_grad_enabled(odd):
                observe(f"odd {odd!r} gives", T.is_grad_enabled())
    T.set_grad_enabled(True)


def autograd_names(T, observe):
    A = T.autograd
    for n in ("no_grad", "enable_grad", "set_grad_enabled", "inference_mode"):
        observe(n, getattr(A, n) is getattr(T, n))
        observe(n + " in grad_mode", getattr(A.grad_mode, n) is getattr(T, n))


def classes_decorated(T, observe):
    with observe.warns("warns"):
        with observe.raises("class"):

            @T.no_grad()
            class C:
                def __init__(self):
                    self.enabled = T.is_grad_enabled()

            observe("instance", C().enabled)


def threads(T, observe):
    import threading

    seen = []
    with T.no_grad():
        t = threading.Thread(target=lambda: seen.append(T.is_grad_enabled()))
        t.start()
        t.join()
    observe("other thread", seen)


def factories(T, observe):
    x = T.ones(2, requires_grad=True)
    with T.no_grad():
        for name, f in {
            "tensor": lambda: T.tensor([1.0], requires_grad=True),
            "ones": lambda: T.ones(1, requires_grad=True),
            "ones_like": lambda: T.ones_like(x, requires_grad=True),
            "zeros_like": lambda: T.zeros_like(x),
            "clone": lambda: x.clone(),
            "detach": lambda: x.detach(),
            "view": lambda: x.view(2, 1),
            "index": lambda: x[0],
            "rand": lambda: T.rand(2, requires_grad=True),
            "arange": lambda: T.arange(2.0, requires_grad=True),
            "new_ones": lambda: x.new_ones(2, requires_grad=True),
            "expand": lambda: x.expand(2, 2),
            "parameter": lambda: T.nn.Parameter(T.ones(1)),
            "from_numpy": lambda: T.from_numpy(x.numpy()),
            "requires_grad_": lambda: (x * 2).requires_grad_(),
            "contiguous": lambda: x.contiguous(),
            "to": lambda: x.to(T.float32),
            "to64": lambda: x.to(T.float64),
            "t": lambda: x.t(),
            "float": lambda: x.float(),
            "reshape": lambda: x.reshape(2),
            "flatten": lambda: x.flatten(),
            "chunk": lambda: x.chunk(2)[0],
            "data": lambda: x.data,
        }.items():
            y = f()
            observe(name, [y.requires_grad, y.is_leaf, y.grad_fn, y is x, y._is_view(), y._base is x])


def views_made_under_no_grad(T, observe):
    x = T.ones(4, requires_grad=True)
    h = x * 1
    with T.no_grad():
        v = h[:2]
    observe("flags", [v.requires_grad, v.is_leaf, v._base is h])
    observe("fn", v.grad_fn)
    with observe.raises("write outside"):
        v.add_(1)
    with T.no_grad():
        v.mul_(2)
    observe("h", h.detach())


def writes_under_no_grad(T, observe):
    x = T.ones(4, requires_grad=True)
    h = x * 1
    y = (h * h).sum()
    with T.no_grad():
        h.mul_(2)
    observe("fn", h.grad_fn)
    with observe.raises("backward"):
        y.backward()
    (h * 3).sum().backward()
    observe("grad", x.grad)
    with T.no_grad():
        x[0] = 5
        x.fill_(3)
        x += 1
    observe("x", x)
    observe("version", x._version)


def inference_corners(T, observe):
    x = T.ones(2, requires_grad=True)
    with T.inference_mode():
        a = T.ones(2)
        b = x * 2
        v = x[0]
        c = x.detach()
        with observe.raises("version inside"):
            a._version
        with T.inference_mode(False):
            d = x * 2
            observe("false inside", [T.is_inference_mode_enabled(), T.is_grad_enabled()])
        with T.enable_grad():
            e = x * 2
        a.add_(1)
        f = T.ones(1, requires_grad=True)
    observe("a", [a.is_inference(), a.requires_grad])
    observe("b", [b.is_inference(), b.requires_grad])
    observe("v", [v.is_inference(), v.requires_grad, v._is_view()])
    observe("c", c.is_inference())
    observe("d", d)
    observe("d inference", d.is_inference())
    observe("e", [e.requires_grad, e.is_inference()])
    observe("f", [f.requires_grad, f.is_inference()])
    with observe.raises("version"):
        a._version
    with observe.raises("write outside"):
        a.add_(1)
    with observe.raises("write with out"):
        a[0] = 5
    with observe.raises("requires_grad_"):
        a.requires_grad_()
    with observe.raises("a * x"):
        a * x
    with observe.raises("a * 2"):
        observe("a * 2 is", [(a * 2).is_inference()])
    with observe.raises("view outside"):
        w = a.view(2, 1)
        observe("view is", [w.is_inference(), w._is_view()])
    with observe.raises("clone"):
        k = a.clone()
        observe("clone is", k.is_inference())
        k.add_(1)
        k.requires_grad_()
    with observe.raises("backward of f", type_only=True):
        (f * 2).sum().backward()
    with T.no_grad():
        with observe.raises("write under no_grad"):
            a.add_(1)
    g = T.ones(2)
    with observe.raises("out"):
        g.add_(a)
        observe("g", g)
    with T.inference_mode():
        g.add_(1)
    observe("normal written inside", [g._version, g.is_inference()])
    observe("detach", a.detach().is_inference())
    observe("data", a.data.is_inference())
    observe("numpy", a.numpy())
    observe("deepcopy", copy.deepcopy(a).is_inference())


def inference_forms(T, observe):
    @T.inference_mode()
    def f():
        return T.is_inference_mode_enabled()

    @T.inference_mode
    def g():
        return T.is_inference_mode_enabled()

    @T.inference_mode(False)
    def h():
        return T.is_inference_mode_enabled()

    observe("f", [f(), g(), h()])
    observe("names", [f.__name__, g.__name__])
    observe("after", [T.is_inference_mode_enabled(), T.is_grad_enabled()])
    with T.inference_mode(mode=True):
        observe("keyword", T.is_inference_mode_enabled())
        observe("h", h())
    with T.no_grad():
        with T.inference_mode(False):
            observe("false in no_grad", T.is_grad_enabled())


def inference_and_functions(T, observe):
    w = T.ones(2, requires_grad=True)
    with T.inference_mode():
        out = T.nn.functional.linear(T.ones(1, 2), w.view(1, 2))
    observe("out", out)
    with observe.raises("backward"):
        out.sum().backward()
    with T.inference_mode():
        k = T.ones(2)
    with observe.raises("sum saves nothing"):
        observe("gives", (w + k).sum())
    with observe.raises("where"):
        T.where(k > 0, w, k)
    with observe.raises("cat"):
        observe("cat gives", T.cat([w, k]))
    with observe.raises("index"):
        w[k.long()]
    with observe.raises("saved mask"):
        w.masked_fill(k > 0, 1.0)


def is_grad_enabled_in_hooks(T, observe):
    seen = []
    x = T.ones(1, requires_grad=True)
    x.register_hook(lambda g: seen.append(T.is_grad_enabled()))
    x.register_post_accumulate_grad_hook(lambda p: seen.append(T.is_grad_enabled()))
    y = x * 2
    y.grad_fn.register_hook(lambda a, b: seen.append(T.is_grad_enabled()))
    y.backward(retain_graph=True)
    y.backward(create_graph=True)
    with T.no_grad():
        (x * 1)
        y.backward()
    observe("seen", seen)


def no_grad_async(T, observe):
    import asyncio

    @T.no_grad()
    async def f():
        return T.is_grad_enabled()

    with observe.raises("async"):
        observe("value", asyncio.run(f()))


def context_values(T, observe):
    with T.no_grad() as a:
        observe("no_grad as", a)
    with T.enable_grad() as b:
        observe("enable_grad as", b)
    with T.set_grad_enabled(True) as c:
        observe("set as", c)
    with T.inference_mode() as d:
        observe("inference as", d)


def set_multithreading(T, observe):
    with T.autograd.set_multithreading_enabled(False):
        x = T.ones(1, requires_grad=True)
        (x * 2).backward()
    observe("grad", x.grad)

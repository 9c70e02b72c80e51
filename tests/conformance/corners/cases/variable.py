"""Variable, as old tutorials use it."""


def _V(T):
    return T.autograd.Variable


def basics(T, observe):
    V = _V(T)
    x = V(T.ones(2), requires_grad=True)
    observe("x", x)
    observe("type", type(x).__name__)
    (x * x).sum().backward()
    observe("grad", x.grad)
    observe(
        "isinstance",
        [
            isinstance(x, V),
            isinstance(T.ones(1), V),
            isinstance(3, V),
            isinstance(T.nn.Parameter(T.ones(1)), V),
        ],
    )
    t = T.ones(2)
    v = V(t)
    observe("is", v is t)
    v.add_(1)
    observe("shares", t)
    observe("versions", [t._version, v._version])
    observe("data", x.data)


def corners(T, observe):
    V = _V(T)
    for name, f in {
        "number": lambda: V(3.0),
        "list": lambda: V([1.0]),
        "numpy": lambda: V(T.ones(1).numpy()),
        "none": lambda: V(None),
        "nothing": lambda: V(),
        "int rg": lambda: V(T.tensor([1]), requires_grad=True),
        "positional": lambda: V(T.ones(1), True),
        "volatile": lambda: V(T.ones(1), volatile=True),
        "of tracked": lambda: V(T.ones(1, requires_grad=True)),
        "of computed": lambda: V(T.ones(1, requires_grad=True) * 2),
        "unknown": lambda: V(T.ones(1), nothing=1),
        "rg 1": lambda: V(T.ones(1), requires_grad=1),
        "of parameter": lambda: V(T.nn.Parameter(T.ones(1))),
        "keyword": lambda: V(data=T.ones(1)),
    }.items():
        with observe.warns(name + " warns"):
            with observe.raises(name, type_only=name in ("unknown", "volatile", "rg 1")):
                v = f()
                observe(name + " is", [type(v).__name__, v.requires_grad, v.is_leaf])

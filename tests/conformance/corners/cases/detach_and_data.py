"""detach, data, clone, numpy, item."""

import math

import numpy as np


def detach_shares(T, observe):
    x = T.ones(2, requires_grad=True)
    d = x.detach()
    observe("view", [d._is_view(), d._base is None, d.data_ptr() == x.data_ptr()])
    d.add_(1)
    observe("versions", [x._version, d._version])
    v = x[0].detach()
    observe("of a view", [v._is_view(), v.requires_grad])
    observe("type", type(T.nn.Parameter(T.ones(1)).detach()).__name__)
    x.grad = T.ones(2)
    observe("grad", x.detach().grad)
    x.mark = 3
    observe("attribute", hasattr(x.detach(), "mark"))


def detach_of_a_view_write(T, observe):
    x = T.ones(4, requires_grad=True)
    h = x * 1
    y = h * h
    h[:2].detach().zero_()
    with observe.raises("noticed"):
        y.sum().backward()
    h = x * 1
    y = h * h
    h[:2].data.zero_()
    y.sum().backward()
    observe("not noticed", x.grad)


def data_is_fresh(T, observe):
    x = T.ones(2, requires_grad=True)
    observe("same object", x.data is x.data)
    d = x.data
    d.add_(1)
    observe("versions", [x._version, d._version])
    observe("x", x)
    x.data += 1
    observe("+=", x)
    observe("version after", x._version)
    x.data[0] = 9
    observe("index", x)
    h = x * 2
    observe("non-leaf", [h.data.requires_grad, h.data.is_leaf])


def numpy_sharing(T, observe):
    x = T.ones(2)
    n = x.numpy()
    n[0] = 5
    observe("x", x)
    x.add_(1)
    observe("n", n)
    with observe.raises("tracked"):
        T.ones(2, requires_grad=True).numpy()
    with observe.raises("non-leaf"):
        (T.ones(2, requires_grad=True) * 2).numpy()
    observe("force", T.ones(2, requires_grad=True).numpy(force=True))
    observe("detach", T.ones(2, requires_grad=True).detach().numpy())
    with T.no_grad():
        with observe.raises("tracked under no_grad"):
            observe("gives", T.ones(2, requires_grad=True).numpy())
    observe("strides", list(T.ones(2, 3).t().numpy().strides))
    observe("scalar", T.tensor(3.0).numpy())
    observe("scalar type", type(T.tensor(3.0).numpy()).__name__)
    observe("writeable", x.numpy().flags.writeable)
    observe("expand", T.ones(1).expand(3).numpy().strides)
    with observe.raises("arg", type_only=True):
        x.numpy(1)
    m = T.from_numpy(np.array([1.0, 2.0]))
    observe("from", m)
    observe("bool", T.tensor([True]).numpy())
    observe("half", T.ones(1, dtype=T.float16).numpy())


def protocols_tracked(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    for name, f in {
        "asarray": lambda: np.asarray(x),
        "array": lambda: np.array(x),
        "exp": lambda: np.exp(x),
        "n * x": lambda: np.ones(2) * x,
        "n @ x": lambda: np.ones((2, 2)) @ x,
        "x * n": lambda: x * np.ones(2, dtype=np.float32),
        "f64 * x": lambda: np.float64(2.0) * x,
        "x * f64": lambda: x * np.float64(2.0),
        "list": lambda: np.array([x[0], x[1]]),
        "float32 * x": lambda: np.float32(2) * x,
        "f32 + x": lambda: np.float32(2) + x,
        "f64 - x": lambda: np.float64(2) - x,
        "f64 / x": lambda: np.float64(2) / x,
        "f64 ** x": lambda: np.float64(2) ** x,
        "f64 > x": lambda: np.float64(2) > x,
        "assign": lambda: np.zeros(2).__setitem__(slice(None), x),
        "float64(x[0])": lambda: np.float64(x[0]),
        "np.dot": lambda: np.dot(x, x),
        "x @ n": lambda: x @ np.ones(2, dtype=np.float32),
        "n + x": lambda: np.ones(2) + x,
        "where": lambda: np.where(True, x, x),
        "concatenate": lambda: np.concatenate([x, x]),
    }.items():
        with observe.raises(name):
            r = f()
            observe(name + " type", type(r).__name__)
            observe(name + " value", r)


def item_and_friends(T, observe):
    for name, t in {
        "f32": T.tensor(1.5),
        "f64": T.tensor(1.5, dtype=T.float64),
        "i": T.tensor(3),
        "b": T.tensor(True),
        "1": T.tensor([2.0]),
        "11": T.tensor([[2]]),
        "nan": T.tensor(float("nan")),
        "inf": T.tensor(float("inf")),
        "two": T.tensor([1.0, 2.0]),
        "none": T.zeros(0),
        "tracked": T.tensor(1.5, requires_grad=True),
        "neg": T.tensor(-2.7),
        "u8": T.tensor(200, dtype=T.uint8),
        "f16": T.tensor(1.5, dtype=T.float16),
    }.items():
        for kind, f in {
            "item": lambda t: t.item(),
            "float": float,
            "int": int,
            "bool": bool,
            "index": lambda t: [1, 2, 3, 4][t],
            "tolist": lambda t: t.tolist(),
            "range": lambda t: list(range(t))[:3],
            "complex": lambda t: complex(t).real,
            "round": lambda t: round(t),
            "hex": lambda t: hex(t),
            "str * t": lambda t: "ab" * t,
            "format": lambda t: f"{t:.1f}",
            "mathfloor": lambda t: math.floor(t),
            "trunc": lambda t: math.trunc(t),
            "ceil": lambda t: math.ceil(t),
            "sqrt": lambda t: math.sqrt(t),
            "len": len,
            "list": lambda t: len(list(t)),
            "str": lambda t: str(t.item()),
        }.items():
            with observe.raises(f"{kind} of {name}"):
                r = f(t)
                observe(f"{kind} of {name} is", r)


def python_protocols(T, observe):
    x = T.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    observe("iter", [r.grad_fn for r in x])
    observe("rows", list(x))
    with observe.raises("iter 0-d"):
        list(T.tensor(1.0))
    observe("in", [1.0 in x, 9.0 in x, T.tensor(2.0) in x])
    with observe.raises("string in", type_only=True):
        "a" in x
    with observe.raises("list in", type_only=True):
        [1.0, 2.0] in x
    observe(
        "reversed",
        reversed(T.tensor([1, 2, 3])),
    )
    observe("unpack", [t.item() for t in T.tensor([1, 2])])
    a, b = T.tensor([5, 6])
    observe("a", a)
    with observe.raises("unpack wrong", type_only=True):
        a, b, c = T.tensor([5, 6])
    observe("hash", hash(x) == id(x) or isinstance(hash(x), int))
    observe("eq none", x == None)
    with observe.raises("ne none"):
        observe("x != None", x != None)
    with observe.raises("eq string"):
        observe("x == 'a'", x == "a")
    with observe.raises("lt none", type_only=True):
        x < None
    with observe.raises("lt string", type_only=True):
        x < "a"
    observe("sorted", [t.item() for t in sorted(T.tensor([3, 1, 2]))])
    observe("max", max(T.tensor([3, 1, 2])))
    observe("sum", sum(T.tensor([3, 1, 2])))
    observe("any", any(T.tensor([0, 1])))
    observe("abs", abs(T.tensor(-1)))
    observe("zip", [p.item() + q.item() for p, q in zip(T.tensor([1, 2]), T.tensor([3, 4]))])
    observe("dict", {1: "x"}.get(T.tensor(1)))
    with observe.raises("call", type_only=True):
        x()
    with observe.raises("unknown attribute"):
        x.nothing
    x.mine = 5
    observe("own attribute", x.mine)
    observe("list index", x.tolist().index([1.0, 2.0]))
    observe("isinstance", isinstance(x, T.Tensor))
    observe("dir", "backward" in dir(x))
    observe("vars", list(vars(x)))
    observe("set", len({x, x}))
    observe("is", [x.T is x.T, x.data is x.data, x.shape is x.shape])
    observe("not", not T.tensor(0))
    observe("and", bool(T.tensor(1) and T.tensor(0)))
    with observe.raises("chained"):
        observe("0 < t < 2", 0 < T.tensor(1) < 2)
    with observe.raises("chained vector"):
        0 < T.tensor([1, 2]) < 2
    with observe.raises("if vector"):
        if T.tensor([1.0, 2.0]):
            pass
    with observe.raises("setattr slot", type_only=True):
        del x.mine
        x.mine


def copies(T, observe):
    import copy
    import pickle

    x = T.tensor([1.0, 2.0], requires_grad=True)
    x.grad = T.tensor([3.0, 4.0])
    x.note = "n"
    for name, f in {
        "copy": copy.copy,
        "deepcopy": copy.deepcopy,
        "pickle": lambda t: pickle.loads(pickle.dumps(t)),
    }.items():
        c = f(x)
        observe(name, c)
        observe(name + " grad", c.grad)
        observe(name + " note", getattr(c, "note", None))
        observe(name + " shares", c.data_ptr() == x.data_ptr())
        observe(name + " version", c._version)
        observe(name + " leaf", c.is_leaf)
    for name, t in {
        "view": T.arange(6.0)[2:4],
        "t": T.arange(6.0).view(2, 3).t(),
        "expand": T.ones(1).expand(3),
        "int": T.arange(3),
        "bool": T.tensor([True]),
        "scalar": T.tensor(1.0),
        "empty": T.zeros(0, 3),
        "f16": T.ones(2, dtype=T.float16),
    }.items():
        for kind, f in {"deepcopy": copy.deepcopy, "pickle": lambda t: pickle.loads(pickle.dumps(t))}.items():
            c = f(t)
            observe(f"{kind} of {name}", c)
            observe(f"{kind} of {name} layout", [list(c.stride()), c.storage_offset(), c._is_view()])
    h = x * 2
    for name, f in {
        "copy": copy.copy,
        "deepcopy": copy.deepcopy,
        "pickle": lambda t: pickle.loads(pickle.dumps(t)),
    }.items():
        with observe.raises("non-leaf " + name):
            c = f(h)
            observe("non-leaf " + name + " is", [c.is_leaf, c.requires_grad])
    pair = copy.deepcopy([x, x])
    observe("identity kept", pair[0] is pair[1])
    base = T.arange(4.0)
    a, b = copy.deepcopy([base, base[1:]])
    a.add_(10)
    observe("memory kept", b)
    observe("clone of x", x.clone().grad_fn)


def clone_formats(T, observe):
    x = T.arange(6.0).view(2, 3).t()
    observe("strides", list(x.clone().stride()))
    observe("contiguous", list(x.contiguous().stride()))
    observe("expanded", list(T.ones(1).expand(3).clone().stride()))
    observe("sliced", list(T.arange(6.0)[::2].clone().stride()))
    observe("is", [x.contiguous() is x, T.ones(2).contiguous().is_contiguous()])
    c = T.ones(2, requires_grad=True).clone()
    observe("fn", c.grad_fn)
    observe("version", c._version)

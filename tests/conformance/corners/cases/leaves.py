"""Leaves and the ways to become one."""


def _flags(T, t):
    return [t.is_leaf, t.requires_grad, t.grad_fn, t.retains_grad]


def who_is_a_leaf(T, observe):
    x = T.ones(2, requires_grad=True)
    u = T.ones(2)
    for name, f in {
        "x": lambda: x,
        "u": lambda: u,
        "u * 2": lambda: u * 2,
        "x * 2": lambda: x * 2,
        "detach": lambda: x.detach(),
        "detach rg": lambda: x.detach().requires_grad_(),
        "clone": lambda: x.clone(),
        "u.clone": lambda: u.clone(),
        "to same": lambda: x.to(T.float32),
        "to other": lambda: x.to(T.float64),
        "cpu": lambda: x.cpu(),
        "float": lambda: x.float(),
        "double": lambda: x.double(),
        "view": lambda: x.view(2),
        "contiguous": lambda: x.contiguous(),
        "t": lambda: x.t(),
        "argmax": lambda: x.argmax(),
        "x > 0": lambda: x > 0,
        "long": lambda: x.long(),
        "data": lambda: x.data,
        "new_tensor": lambda: x.new_tensor([1.0]),
        "ones_like": lambda: T.ones_like(x),
        "as_tensor": lambda: T.as_tensor(x),
        "tensor": lambda: x.detach().clone(),
        "Parameter": lambda: T.nn.Parameter(x),
        "Parameter of computed": lambda: T.nn.Parameter(x * 2),
        "expand": lambda: x.expand(2, 2),
        "item tensor": lambda: T.tensor(x[0].item()),
        "sum": lambda: x.sum(),
        "x[0]": lambda: x[0],
        "max indices": lambda: x.max(0)[1],
        "round": lambda: x.round(),
        "zero grads": lambda: x * 0,
        "where": lambda: T.where(x > 0, u, u),
        "isnan": lambda: x.isnan(),
        "bool": lambda: x.bool(),
        "half": lambda: x.half(),
        "requires_grad_ on x": lambda: x.requires_grad_(),
        "tensor.T": lambda: x.T,
        "squeeze": lambda: x.squeeze(),
        "flatten": lambda: x.flatten(),
    }.items():
        y = f()
        observe(name, _flags(T, y))
        observe(name + " is x", y is x)


def requires_grad_errors(T, observe):
    x = T.ones(2, requires_grad=True)
    h = x * 2
    for name, f in {
        "off on non-leaf": lambda: h.requires_grad_(False),
        "set off on non-leaf": lambda: setattr(h, "requires_grad", False),
        "set on on non-leaf": lambda: setattr(h, "requires_grad", True),
        "on on non-leaf": lambda: h.requires_grad_(True),
        "int": lambda: T.ones(2, dtype=T.int64).requires_grad_(),
        "set int": lambda: setattr(T.ones(2, dtype=T.int64), "requires_grad", True),
        "int factory": lambda: T.ones(2, dtype=T.int64, requires_grad=True),
        "int tensor": lambda: T.tensor([1, 2], requires_grad=True),
        "bool tensor": lambda: T.tensor([True], requires_grad=True),
        "arange": lambda: T.arange(3, requires_grad=True),
        "set to 1": lambda: setattr(x, "requires_grad", 1),
        "set to None": lambda: setattr(x, "requires_grad", None),
        "set to string": lambda: setattr(x, "requires_grad", "yes"),
        "method 1": lambda: x.requires_grad_(1),
        "method none": lambda: x.requires_grad_(None),
        "int off": lambda: T.ones(2, dtype=T.int64).requires_grad_(False),
        "keyword": lambda: x.requires_grad_(requires_grad=True),
        "view of leaf": lambda: x[0].requires_grad_(False),
    }.items():
        with observe.raises(name):
            f()


def detach_in_place(T, observe):
    x = T.ones(2, requires_grad=True)
    h = x * 2
    out = h.detach_()
    observe("same", out is h)
    observe("flags", _flags(T, h))
    x.detach_()
    observe("leaf", _flags(T, x))
    y = T.ones(2, requires_grad=True)
    v = (y * 1)[0]
    with observe.raises("view"):
        v.detach_()
    a, b = (y * 1).unbind()
    with observe.raises("unbind view"):
        a.detach_()
    base = y * 1
    w = base[0]
    base.detach_()
    observe("view of detached", _flags(T, base))
    with observe.raises("its view"):
        observe("w", _flags(T, w))


def untracked_written_by_tracked(T, observe):
    u = T.zeros(2)
    x = T.ones(2, requires_grad=True)
    u.add_(x)
    observe("u", _flags(T, u))
    v = T.zeros(2, 2)
    v[0] = x
    observe("v", _flags(T, v))
    w = T.zeros(2, 2)
    r = w[1]
    w[0].copy_(x)
    observe("w", _flags(T, w))
    observe("r", _flags(T, r))
    i = T.zeros(2, dtype=T.int64)
    with observe.raises("int target"):
        i.add_(x)
    i2 = T.zeros(2, dtype=T.int64)
    with observe.raises("int copy"):
        i2.copy_(x)
    observe("i2", _flags(T, i2))


def leaf_writes(T, observe):
    for name, f in {
        "add_": lambda x: x.add_(1),
        "iadd": lambda x: x.__iadd__(1),
        "setitem": lambda x: x.__setitem__(0, 1.0),
        "view": lambda x: x[0].zero_(),
        "view2": lambda x: x.view(1, 2).mul_(2),
        "fill_": lambda x: x.fill_(0),
        "zero_": lambda x: x.zero_(),
        "copy_": lambda x: x.copy_(T.zeros(2)),
        "normal_": lambda x: x.normal_(),
        "detached": lambda x: x.detach().zero_(),
        "data": lambda x: x.data.zero_(),
        "masked_fill_": lambda x: x.masked_fill_(x > 0, 0),
        "t_": lambda x: x.view(1, 2).t_(),
        "unsqueeze_": lambda x: x.unsqueeze_(0),
        "resize": lambda x: x.squeeze_(),
        "clamp_": lambda x: x.clamp_(0, 1),
        "expand": lambda x: x.expand(2, 2).add_(1),
        "unbind": lambda x: x.unbind()[0].add_(1),
        "set rg off": lambda x: x.requires_grad_(False).add_(1),
        "unused int": lambda x: x.sub_(T.ones(2)),
        "index_fill_": lambda x: x.index_fill_(0, T.tensor([0]), 1),
        "double view": lambda x: x.view(2, 1)[0].add_(1),
        "diag": lambda x: x.view(1, 2).diagonal().add_(1),
    }.items():
        x = T.ones(2, requires_grad=True)
        with observe.raises(name):
            f(x)
        observe(name + " version", x._version)


def data_assignment(T, observe):
    x = T.ones(2, requires_grad=True)
    x.data = T.zeros(3)
    observe("x", x)
    observe("flags", _flags(T, x))
    with observe.raises("number"):
        x.data = 3
    with observe.raises("int"):
        x.data = T.tensor([1, 2])
    with observe.raises("float64"):
        x.data = T.ones(2, dtype=T.float64)
        observe("f64", x)
    with observe.raises("tracked"):
        x.data = T.ones(2, requires_grad=True) * 2
        observe("tracked fn", _flags(T, x))
    h = x * 2
    h.data = T.zeros(1, dtype=T.float64)
    observe("non-leaf", h)
    u = T.ones(2)
    u.data = T.tensor([1, 2])
    observe("untracked int", u)
    with observe.raises("none"):
        x.data = None
    with observe.raises("del", type_only=True):
        del x.data


def parameter_class(T, observe):
    P = T.nn.Parameter
    t = T.ones(2)
    p = P(t)
    observe("shares", p.data_ptr() == t.data_ptr())
    observe("type", type(p).__name__)
    observe("isinstance", [isinstance(p, T.Tensor), isinstance(t, P)])
    observe("of ops", type(p * 2).__name__)
    observe("of view", type(p[0]).__name__)
    observe("of detach", type(p.detach()).__name__)
    observe("of data", type(p.data).__name__)
    observe("of clone", type(p.clone()).__name__)
    observe("empty", P())
    with observe.raises("int"):
        P(T.tensor([1, 2]))
    observe("int ok", P(T.tensor([1, 2]), requires_grad=False))
    with observe.raises("list", type_only=True):
        P([1.0, 2.0])
    with observe.raises("number", type_only=True):
        P(3.0)
    q = P(p)
    observe("of a parameter", [q is p, q.requires_grad])
    r = P((p * 2).detach(), False)
    observe("r", _flags(T, r))
    with T.no_grad():
        p += 1
    observe("after +=", type(p).__name__)
    import copy

    c = copy.deepcopy(p)
    observe("deepcopy", [type(c).__name__, c.requires_grad])


def grad_attributes_of_non_leaf(T, observe):
    x = T.ones(2, requires_grad=True)
    h = x * 2
    h.grad = T.tensor([7.0, 7.0])
    observe("set", h.grad)
    h.sum().backward()
    observe("after backward", h.grad)
    h2 = x * 2
    h2.retain_grad()
    h2.grad = T.tensor([7.0, 7.0])
    (h2 * 3).sum().backward()
    observe("retained adds", h2.grad)

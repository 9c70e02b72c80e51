"""Version counters."""


def who_counts(T, observe):
    w = T.ones(2)
    for name, f in {
        "add_": lambda t: t.add_(1),
        "add": lambda t: t.add(1),
        "setitem": lambda t: t.__setitem__(0, 1),
        "setitem list": lambda t: t.__setitem__([0], 1),
        "setitem mask": lambda t: t.__setitem__(w > 0, 1),
        "setitem empty mask": lambda t: t.__setitem__(w > 5, 1),
        "setitem all": lambda t: t.__setitem__(slice(None), w),
        "fill_": lambda t: t.fill_(1),
        "zero_": lambda t: t.zero_(),
        "copy_": lambda t: t.copy_(w),
        "view add_": lambda t: t.view(1, 2).add_(1),
        "detach add_": lambda t: t.detach().add_(1),
        "data add_": lambda t: t.data.add_(1),
        "numpy": lambda t: t.numpy().fill(3),
        "iadd": lambda t: t.__iadd__(1),
        "requires_grad_": lambda t: t.requires_grad_(),
        "unsqueeze_": lambda t: t.unsqueeze_(0),
        "squeeze_": lambda t: t.squeeze_(),
        "t_": lambda t: t.t_(),
        "normal_": lambda t: t.normal_(),
        "uniform_": lambda t: t.uniform_(),
        "relu_": lambda t: t.relu_(),
        "clamp_": lambda t: t.clamp_(0, 1),
        "masked_fill_": lambda t: t.masked_fill_(w > 0, 0),
        "sort": lambda t: t.sort(),
        "set data": lambda t: setattr(t, "data", w),
        "detach_": lambda t: t.detach_(),
        "index_fill_": lambda t: t.index_fill_(0, T.tensor([0]), 1),
        "scatter_": lambda t: t.scatter_(0, T.tensor([0]), 1.0),
        "addcmul_": lambda t: t.addcmul_(w, w),
        "lerp_": lambda t: t.lerp_(w, 0.5),
        "sub_ zero": lambda t: t.sub_(0),
        "exp_": lambda t: t.exp_(),
        "F.relu inplace": lambda t: T.nn.functional.relu(t, inplace=True),
        "F.dropout inplace": lambda t: T.nn.functional.dropout(t, 0.5, inplace=True),
        "F.dropout inplace eval": lambda t: T.nn.functional.dropout(t, 0.5, False, True),
        "init.zeros_": lambda t: T.nn.init.zeros_(t),
        "swap": lambda t: t.transpose_(0, 0),
        "cumsum_": lambda t: t.cumsum_(0),
        "bernoulli_": lambda t: t.bernoulli_(0.5),
        "put_": lambda t: t.put_(T.tensor([0]), T.tensor([1.0])),
        "round_": lambda t: t.round_(),
        "random_": lambda t: t.random_(3),
        "float same": lambda t: t.float(),
        "contiguous": lambda t: t.contiguous(),
        "error": lambda t: _fails(t),
        "view[0] copy": lambda t: t[0].copy_(T.tensor(5.0)),
        "augmented item": lambda t: _aug(t),
        "nested": lambda t: t[:1][0].mul_(2),
        "ipow": lambda t: t.__ipow__(2),
        "flip": lambda t: t.flip(0),
        "grad zero": lambda t: None,
    }.items():
        t = T.zeros(2)
        with observe.raises(name):
            f(t)
        observe(name + " version", t._version)


def _fails(t):
    try:
        t.add_(t.new_ones(5))
    except RuntimeError:
        pass


def _aug(t):
    t[0] += 1


def optimizers_count(T, observe):
    p = T.nn.Parameter(T.ones(2))
    p.grad = T.ones(2)
    for name, o in {
        "SGD": T.optim.SGD([p], lr=0.1),
        "momentum": T.optim.SGD([p], lr=0.1, momentum=0.9),
        "Adam": T.optim.Adam([p]),
        "AdamW": T.optim.AdamW([p]),
        "RMSprop": T.optim.RMSprop([p]),
    }.items():
        before = p._version
        o.step()
        observe(name, p._version - before)
        o.step()
        observe(name + " twice", p._version - before)
    g = p.grad
    o.zero_grad(set_to_none=False)
    observe("zeroed", [g._version, p.grad is g])
    o.zero_grad()
    observe("none", p.grad)


def shared_by_views(T, observe):
    x = T.zeros(4)
    v = x[:2]
    d = v.detach()
    w = v.view(2, 1)
    w.add_(1)
    observe("all", [t._version for t in (x, v, d, w)])
    c = x.clone()
    observe("clone", c._version)
    n = x.numpy()
    n[0] = 7
    observe("numpy", x._version)
    f = T.from_numpy(n)
    f.add_(1)
    observe("from_numpy", [x._version, f._version])
    observe("x", x)
    e = x.data
    e.add_(1)
    observe("data", [x._version, e._version])
    observe("chunk", [t._version for t in x.chunk(2)])


def messages(T, observe):
    for name, (make, write) in {
        "leaf under no_grad": (lambda x: (x * x, x), lambda h: h.detach().add_(1)),
        "result of exp": (lambda x: (lambda e: (e * 1, e))(x.exp()), lambda h: h.add_(1)),
        "input of mul": (lambda x: (lambda h: (h * h, h))(x * 2), lambda h: h.add_(1)),
        "view of input": (lambda x: (lambda h: (h * h, h))(x * 2), lambda h: h[0].add_(1)),
        "saved view": (lambda x: (lambda h: (h[:1] * h[1:], h))(x * 2), lambda h: h.add_(1)),
        "matmul": (lambda x: (lambda h: (h.view(1, 2) @ h.view(2, 1), h))(x * 2), lambda h: h.zero_()),
        "softmax": (lambda x: (lambda s: (s, s))(x.softmax(0)), lambda h: h.mul_(2)),
        "relu": (lambda x: (lambda s: (s, s))(x.relu()), lambda h: h.add_(1)),
        "sigmoid": (lambda x: (lambda s: (s * 2, s))(x.sigmoid()), lambda h: h.add_(1)),
        "twice": (lambda x: (lambda h: (h * h, h))(x * 2), lambda h: (h.add_(1), h.mul_(2))),
        "float64": (lambda x: (lambda h: (h * h, h))(x.double()), lambda h: h.add_(1)),
        "index": (lambda x: (lambda i: (x[i], i))(T.tensor([0, 1])), lambda i: i.add_(0)),
        "mask": (
            lambda x: (lambda m: (x.masked_fill(m, 0.0), m))(T.tensor([True, False])),
            lambda m: m.logical_not_(),
        ),
        "unbind": (lambda x: (lambda h: (h[0] * h[1], h))((x * 2).unbind()), lambda h: None),
        "scalar": (lambda x: (lambda h: (h * h, h))(x.sum()), lambda h: h.add_(1)),
        "where": (
            lambda x: (lambda c: (T.where(c, x, x * 2), c))(T.tensor([True, False])),
            lambda c: c.logical_not_(),
        ),
        "pow": (lambda x: (lambda h: (h**2, h))(x * 2), lambda h: h.add_(1)),
        "div": (lambda x: (lambda h: (1 / h, h))(x * 2), lambda h: h.add_(1)),
        "norm": (lambda x: (lambda h: (h.norm(), h))(x * 2), lambda h: h.add_(1)),
        "max": (lambda x: (lambda h: (h.max(), h))(x * 2), lambda h: h.add_(1)),
        "sum is fine": (lambda x: (lambda h: (h.sum(), h))(x * 2), lambda h: h.add_(1)),
        "mean is fine": (lambda x: (lambda h: (h.mean(), h))(x * 2), lambda h: h.add_(1)),
        "add is fine": (lambda x: (lambda h: (h + h, h))(x * 2), lambda h: h.add_(1)),
        "cat is fine": (lambda x: (lambda h: (T.cat([h, h]), h))(x * 2), lambda h: h.add_(1)),
        "mul by number is fine": (lambda x: (lambda h: (h * 3, h))(x * 2), lambda h: h.add_(1)),
        "int8": (lambda x: (lambda h: (x * h, h))(T.tensor([1, 2], dtype=T.int8)), lambda h: h.add_(1)),
        "mse": (
            lambda x: (lambda h: (T.nn.functional.mse_loss(h, T.zeros(2)), h))(x * 2),
            lambda h: h.add_(1),
        ),
        "linear": (
            lambda x: (lambda w: (T.nn.functional.linear(x, w), w))(T.ones(3, 2)),
            lambda w: w.add_(1),
        ),
        "ce": (
            lambda x: (lambda t: (T.nn.functional.cross_entropy(x.view(1, 2), t), t))(T.tensor([0])),
            lambda t: t.add_(1),
        ),
        "gather": (lambda x: (lambda i: (x.gather(0, i), i))(T.tensor([0])), lambda i: i.add_(1)),
    }.items():
        x = T.tensor([1.0, 2.0], requires_grad=True)
        y, h = make(x)
        with observe.raises(name):
            write(h)
            y.sum().backward()
        observe(name + " grad", x.grad)

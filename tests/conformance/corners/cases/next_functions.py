"""Nodes as objects."""


def api(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    y = x * x
    node = y.grad_fn
    observe("name", node.name())
    observe("isinstance", isinstance(node, T.autograd.graph.Node))
    observe("acc isinstance", isinstance(node.next_functions[0][0], T.autograd.graph.Node))
    observe("tensor isinstance", isinstance(x, T.autograd.graph.Node))
    observe("subclass", issubclass(type(node), T.autograd.graph.Node))
    observe("type name", type(node).__name__)
    observe("metadata", node.metadata)
    observe("metadata is the same", node.metadata is node.metadata)
    observe("next type", [type(node.next_functions).__name__, type(node.next_functions[0]).__name__])
    observe("seq grows", (x + 1).grad_fn._sequence_nr() > node._sequence_nr())
    observe("acc seq", node.next_functions[0][0]._sequence_nr() == 2**64 - 1)
    observe("requires_grad", node.requires_grad)
    observe("eq", [node == node, node == (x * x).grad_fn, y.grad_fn is node])
    observe("hash", hash(node) == hash(y.grad_fn))
    with observe.raises("call without", type_only=True):
        node()
    with observe.raises("name is a method"):
        observe("callable", callable(node.name))


def instantiate(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    with observe.raises("copy", type_only=True):
        import copy

        copy.deepcopy((x * x).grad_fn)
    with observe.raises("pickle", type_only=True):
        import pickle

        pickle.dumps((x * x).grad_fn)


def input_metadata(T, observe):
    x = T.ones(2, 3, dtype=T.float64, requires_grad=True)
    y = (x * x).sum(0)
    meta = y.grad_fn._input_metadata
    observe("count", len(meta))
    observe("shape", tuple(meta[0].shape))
    observe("dtype", meta[0].dtype)
    a, b = x.split(1)
    observe("two", [tuple(m.shape) for m in a.grad_fn._input_metadata])


def calling_with_wrong_things(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    node = (x * x).grad_fn
    for name, args in {
        "none": (None,),
        "two": (T.ones(2), T.ones(2)),
        "number": (1.0,),
        "shape": (T.ones(3),),
    }.items():
        with observe.raises(name):
            observe(name + " gives", node(*args))


def calling_is_recorded(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    node = (x * x).grad_fn
    g = node(T.ones(2))
    observe("g", g)
    observe("fns", [t.grad_fn for t in g])
    with T.no_grad():
        observe("no_grad", node(T.ones(2)))


def hooks_do_not_run_when_called(T, observe):
    seen = []
    x = T.tensor([1.0, 2.0], requires_grad=True)
    y = x * 3
    y.grad_fn.register_hook(lambda gi, go: seen.append("post"))
    y.grad_fn.register_prehook(lambda go: seen.append("pre"))
    observe("value", y.grad_fn(T.ones(2)))
    observe("seen", seen)


def accumulate_grad_details(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    acc = x.view_as(x).grad_fn.next_functions[0][0]
    observe("variable", acc.variable is x)
    observe("type", type(acc).__name__)
    observe("call", acc(T.ones(2)))
    observe("grad", x.grad)
    with observe.raises("wrong shape"):
        acc(T.ones(3))
    with observe.raises("two", type_only=True):
        acc(T.ones(2), T.ones(2))
    observe("get from expand_as", x.expand_as(x).grad_fn.next_functions[0][0] is acc)


def accumulate_grad_does_not_live_alone(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    seen = []
    acc = x.expand_as(x).grad_fn.next_functions[0][0]
    acc.register_hook(lambda gi, go: seen.append(1))
    (x * 2).sum().backward()
    observe("kept", list(seen))
    del acc
    import gc

    gc.collect()
    (x * 2).sum().backward()
    observe("gone", seen)


def in_place_names(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    w = T.tensor([1.0, 2.0])
    for name, f in {
        "add_": lambda h: h.add_(1),
        "mul_": lambda h: h.mul_(w),
        "zero_": lambda h: h.zero_(),
        "fill_": lambda h: h.fill_(1.0),
        "copy_": lambda h: h.copy_(w),
        "exp_": lambda h: h.exp_(),
        "relu_": lambda h: h.relu_(),
        "clamp_": lambda h: h.clamp_(0, 1),
        "setitem": lambda h: h.__setitem__(0, 1.0),
        "setitem t": lambda h: h.__setitem__(0, x[0]),
        "setitem all": lambda h: h.__setitem__(slice(None), w),
        "setitem mask": lambda h: h.__setitem__(w > 1, 0.0),
        "setitem list": lambda h: h.__setitem__([0], 0.0),
        "iadd": lambda h: h.__iadd__(1),
        "ipow": lambda h: h.__ipow__(2),
        "masked_fill_": lambda h: h.masked_fill_(w > 1, 0),
        "index_fill_": lambda h: h.index_fill_(0, T.tensor([0]), 0),
        "squeeze_": lambda h: h.squeeze_(),
        "unsqueeze_": lambda h: h.unsqueeze_(0),
        "t_": lambda h: h.t_(),
        "resize": lambda h: h.requires_grad_(),
        "normal_": lambda h: h.normal_(),
        "uniform_": lambda h: h.uniform_(),
        "view add": lambda h: h[0].add_(1),
        "detach_": lambda h: h.detach_(),
        "sub_": lambda h: h.sub_(1),
        "div_": lambda h: h.div_(2),
        "pow_": lambda h: h.pow_(2),
        "neg_": lambda h: h.neg_(),
        "addcmul_": lambda h: h.addcmul_(w, w),
        "lerp_": lambda h: h.lerp_(w, 0.5),
        "scatter_": lambda h: h.scatter_(0, T.tensor([0]), 1.0),
        "index_add_": lambda h: h.index_add_(0, T.tensor([0]), w[:1]),
        "index_copy_": lambda h: h.index_copy_(0, T.tensor([0]), w[:1]),
        "round_": lambda h: h.round_(),
        "cumsum_": lambda h: h.cumsum_(0),
        "tril_": lambda h: h.view(1, 2).tril_(),
        "fill_ t": lambda h: h.fill_(x.sum()),
        "transpose_": lambda h: h.view(1, 2).transpose_(0, 1),
        "set data": lambda h: setattr(h, "data", w),
    }.items():
        h = x * 1
        with observe.raises(name):
            f(h)
        observe(name + " fn", h.grad_fn)
        observe(name + " version", h._version)
        if h.grad_fn is not None:
            observe(name + " next", [n and n.name() for n, _ in h.grad_fn.next_functions])


def edge_as_a_root(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    h = x * x
    edge = T.autograd.graph.get_gradient_edge(h)
    T.autograd.backward(edge, T.ones(2))
    observe("grad", x.grad)
    h = x * x
    y = h.sum()
    y.backward(inputs=[T.autograd.graph.get_gradient_edge(x)])
    observe("inputs edge", x.grad)
    u, v = (x * 1).unbind()
    observe("nr", T.autograd.graph.get_gradient_edge(v).output_nr)
    with observe.raises("in no_grad view", type_only=True):
        T.autograd.graph.get_gradient_edge(3)


def leaf_nodes_of_a_module(T, observe):
    m = T.nn.Linear(2, 1)
    names = {id(p): n for n, p in m.named_parameters()}
    found = []

    def walk(node):
        if hasattr(node, "variable"):
            found.append(names.get(id(node.variable), "input"))
        for n, _ in node.next_functions:
            if n is not None:
                walk(n)

    walk(m(T.ones(1, 2, requires_grad=True)).sum().grad_fn)
    observe("found", found)

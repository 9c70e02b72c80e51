"""Hooks in the corners: what they are given, their order, their removal, what they may answer."""


def _log(order, name):
    def hook(*args):
        order.append(name)

    return hook


def handle_is_a_context(T, observe):
    x = T.tensor(1.0, requires_grad=True)
    with x.register_hook(lambda g: g * 10) as handle:
        observe("type", type(handle).__name__)
        (x * 2).backward()
    observe("inside", x.grad)
    x.grad = None
    (x * 2).backward()
    observe("outside", x.grad)


def handle_ids(T, observe):
    x = T.tensor(1.0, requires_grad=True)
    a = x.register_hook(lambda g: None)
    b = x.register_hook(lambda g: None)
    observe("grow", b.id - a.id)
    observe("int", isinstance(a.id, int))


def removing_in_the_middle(T, observe):
    order = []
    x = T.tensor(1.0, requires_grad=True)
    a = x.register_hook(_log(order, "a"))
    b = x.register_hook(_log(order, "b"))
    c = x.register_hook(_log(order, "c"))
    b.remove()
    (x * 2).backward()
    observe("order", order)
    a.remove()
    c.remove()
    (x * 2).backward()
    observe("order after", order)


def removing_itself_while_running(T, observe):
    order = []
    x = T.tensor(1.0, requires_grad=True)

    def once(g):
        order.append("once")
        handle.remove()

    handle = x.register_hook(once)
    x.register_hook(_log(order, "other"))
    with observe.raises("run"):
        (x * 2).backward()
        (x * 2).backward()
    observe("order", order)


def registering_while_running(T, observe):
    order = []
    x = T.tensor(1.0, requires_grad=True)
    h = x * 2

    def hook(g):
        order.append("first")
        h.register_hook(_log(order, "late"))

    h.register_hook(hook)
    with observe.raises("run"):
        (h * 3).backward()
    observe("order", order)


def hook_removed_after_forward(T, observe):
    x = T.tensor(1.0, requires_grad=True)
    h = x * 2
    handle = h.register_hook(lambda g: g * 100)
    y = h * 3
    handle.remove()
    y.backward()
    observe("grad", x.grad)


def hook_added_after_forward(T, observe):
    x = T.tensor(1.0, requires_grad=True)
    h = x * 2
    y = h * 3
    h.register_hook(lambda g: g * 100)
    x.register_hook(lambda g: g + 1)
    y.backward()
    observe("grad", x.grad)


def same_hook_twice(T, observe):
    x = T.tensor(1.0, requires_grad=True)

    def double(g):
        return g * 2

    x.register_hook(double)
    x.register_hook(double)
    (x * 1).backward()
    observe("grad", x.grad)


def hook_sees_the_sum(T, observe):
    seen = []
    x = T.tensor(1.0, requires_grad=True)
    h = x * 2
    h.register_hook(lambda g: seen.append(g.item()))
    (h * 3 + h * 4 + h).backward()
    observe("seen", seen)


def hook_on_a_leaf_sees_the_sum(T, observe):
    seen = []
    x = T.tensor(1.0, requires_grad=True)
    x.register_hook(lambda g: seen.append(g.item()))
    (x * 3 + x * 4).backward()
    observe("seen", seen)
    (x * 3).backward()
    observe("seen again", seen)
    observe("grad", x.grad)


def in_place_change_of_the_gradient(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    h = x * 2
    h.register_hook(lambda g: [g.mul_(10), None][1])
    (h * 3).sum().backward()
    observe("grad", x.grad)


def hook_gets_a_gradient_without_graph(T, observe):
    seen = []
    x = T.tensor([1.0, 2.0], requires_grad=True)
    h = x * x
    h.register_hook(lambda g: seen.append([g.requires_grad, T.is_grad_enabled()]))
    (h * h).sum().backward(retain_graph=True)
    (h * h).sum().backward(create_graph=True)
    observe("seen", seen)


def wrong_answers(T, observe):
    def bigger(g):
        return T.ones(3)

    def other_type(g):
        return g.double()

    def number(g):
        return 3.0

    def a_tuple(g):
        return (g,)

    def ints(g):
        return g.long()

    def broadcastable(g):
        return T.ones(1)

    for hook in (bigger, other_type, number, a_tuple, ints, broadcastable):
        x = T.tensor([1.0, 2.0], requires_grad=True)
        x.register_hook(hook)
        with observe.raises(hook.__name__ + " leaf"):
            (x * 2).sum().backward()
        x = T.tensor([1.0, 2.0], requires_grad=True)
        h = x * 2
        h.register_hook(hook)
        with observe.raises(hook.__name__ + " non-leaf"):
            h.sum().backward()


def lambda_and_object_names(T, observe):
    class Hook:
        def __call__(self, g):
            return T.ones(5)

    x = T.tensor([1.0, 2.0], requires_grad=True)
    x.register_hook(lambda g: T.ones(5))
    with observe.raises("lambda"):
        (x * 2).sum().backward()
    x = T.tensor([1.0, 2.0], requires_grad=True)
    x.register_hook(Hook())
    with observe.raises("object", type_only=True):
        (x * 2).sum().backward()


def not_callable(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    with observe.raises("register"):
        x.register_hook(3)
    with observe.raises("backward", type_only=True):
        (x * 2).sum().backward()


def node_hook_arguments(T, observe):
    seen = []
    x = T.tensor([1.0, 2.0], requires_grad=True)
    c = T.tensor([3.0, 4.0])
    y = x * c
    y.grad_fn.register_hook(
        lambda gi, go: seen.append([type(gi).__name__, list(gi), type(go).__name__, list(go)])
    )
    y.sum().backward()
    observe("seen", seen)


def node_hook_of_accumulate_grad(T, observe):
    seen = []
    x = T.tensor([1.0, 2.0], requires_grad=True)
    y = x * 2
    node = y.grad_fn.next_functions[0][0]
    node.register_hook(lambda gi, go: seen.append(["post", list(gi), list(go), x.grad]))
    node.register_prehook(lambda go: seen.append(["pre", list(go), x.grad]))
    y.sum().backward()
    observe("seen", seen)


def prehook_of_accumulate_grad_changes(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    y = x * 2
    node = y.grad_fn.next_functions[0][0]
    node.register_prehook(lambda go: (go[0] * 100,))
    y.sum().backward()
    observe("grad", x.grad)


def node_hook_wrong_answers(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    w = T.tensor([1.0, 2.0], requires_grad=True)

    def one(gi, go):
        return (gi[0],)

    def three(gi, go):
        return (gi[0], gi[1], gi[0])

    def tensor(gi, go):
        return gi[0]

    def number(gi, go):
        return (1.0, 2.0)

    def a_list(gi, go):
        return [gi[0], gi[1]]

    def nones(gi, go):
        return (None, None)

    def size(gi, go):
        return (T.ones(5), gi[1])

    def kind(gi, go):
        return (gi[0].double(), gi[1])

    for hook in (one, three, tensor, number, a_list, nones, size, kind):
        x.grad = w.grad = None
        y = x * w
        y.grad_fn.register_hook(hook)
        with observe.raises(hook.__name__):
            y.sum().backward()
        observe(hook.__name__ + " x", x.grad)


def prehook_wrong_answers(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)

    def two(go):
        return (go[0], go[0])

    def tensor(go):
        return go[0] * 10

    def number(go):
        return (1.0,)

    def a_list(go):
        return [go[0] * 10]

    def none(go):
        return (None,)

    def size(go):
        return (T.ones(5),)

    def kind(go):
        return (go[0].double(),)

    for hook in (two, tensor, number, a_list, none, size, kind):
        x.grad = None
        y = x * 2
        y.grad_fn.register_prehook(hook)
        with observe.raises(hook.__name__):
            y.sum().backward()
        observe(hook.__name__ + " x", x.grad)


def several_node_hooks_chain(T, observe):
    x = T.tensor(1.0, requires_grad=True)
    y = x * 2
    y.grad_fn.register_hook(lambda gi, go: (gi[0] + 1, None))
    y.grad_fn.register_hook(lambda gi, go: (gi[0] * 10, None))
    y.grad_fn.register_prehook(lambda go: (go[0] + 1,))
    y.grad_fn.register_prehook(lambda go: (go[0] * 10,))
    y.backward()
    observe("grad", x.grad)


def full_order(T, observe):
    order = []
    x = T.tensor(1.0, requires_grad=True)
    h = x * 2
    y = h * 3
    acc = h.grad_fn.next_functions[0][0]
    acc.register_hook(_log(order, "acc post"))
    acc.register_prehook(_log(order, "acc pre"))
    x.register_post_accumulate_grad_hook(_log(order, "x post accumulate"))
    x.register_hook(_log(order, "x tensor"))
    h.grad_fn.register_hook(_log(order, "h post"))
    h.grad_fn.register_prehook(_log(order, "h pre"))
    h.register_hook(_log(order, "h tensor"))
    y.grad_fn.register_prehook(_log(order, "y pre"))
    y.register_hook(_log(order, "y tensor"))
    y.grad_fn.register_hook(_log(order, "y post"))
    y.backward()
    observe("order", order)


def hooks_with_several_outputs(T, observe):
    seen = []
    x = T.arange(4.0).requires_grad_()
    a, b = x.split(2)
    a.register_hook(lambda g: seen.append(["a", g]))
    b.register_hook(lambda g: seen.append(["b", g]))
    a.grad_fn.register_prehook(lambda go: seen.append(["pre", list(go)]))
    a.sum().backward()
    observe("seen", seen)
    seen.clear()
    a, b = x.split(2)
    b.register_hook(lambda g: g * 10)
    (a + b).sum().backward()
    observe("grad", x.grad)


def hook_and_in_place(T, observe):
    order = []
    x = T.tensor([1.0, 2.0], requires_grad=True)
    h = x * 2
    h.register_hook(lambda g: order.append(["before", g.tolist()]))
    h.mul_(3)
    h.register_hook(lambda g: order.append(["after", g.tolist()]))
    h.sum().backward()
    observe("order", order)


def hook_on_a_view_and_its_base(T, observe):
    order = []
    x = T.tensor([1.0, 2.0], requires_grad=True)
    h = x * 2
    v = h[0]
    v.register_hook(lambda g: order.append(["v", g.tolist()]))
    h.register_hook(lambda g: order.append(["h", g.tolist()]))
    v.mul_(5)
    v.register_hook(lambda g: order.append(["v2", g.tolist()]))
    h.register_hook(lambda g: order.append(["h2", g.tolist()]))
    (h.sum() + v).backward()
    observe("order", order)
    observe("grad", x.grad)


def hook_with_inputs_argument(T, observe):
    order = []
    x = T.tensor(1.0, requires_grad=True)
    w = T.tensor(2.0, requires_grad=True)
    x.register_hook(_log(order, "x"))
    w.register_hook(_log(order, "w"))
    x.register_post_accumulate_grad_hook(_log(order, "x post"))
    w.register_post_accumulate_grad_hook(_log(order, "w post"))
    h = x * w
    h.register_hook(_log(order, "h"))
    (h * 2).backward(inputs=[x], retain_graph=True)
    observe("inputs=x", list(order))
    order.clear()
    (h * 2).backward(inputs=[h], retain_graph=True)
    observe("inputs=h", list(order))
    order.clear()
    T.autograd.grad(h, [x, w], retain_graph=True)
    observe("grad", list(order))
    order.clear()
    T.autograd.grad(h, [h], retain_graph=True)
    observe("grad of h", list(order))


def node_hooks_with_grad(T, observe):
    order = []
    x = T.tensor(1.0, requires_grad=True)
    h = x * 2
    y = h * 3
    h.grad_fn.register_prehook(_log(order, "h pre"))
    h.grad_fn.register_hook(_log(order, "h post"))
    h.register_hook(_log(order, "h tensor"))
    acc = h.grad_fn.next_functions[0][0]
    acc.register_prehook(_log(order, "acc pre"))
    acc.register_hook(_log(order, "acc post"))
    T.autograd.grad(y, h, retain_graph=True)
    observe("to h", list(order))
    order.clear()
    T.autograd.grad(y, x, retain_graph=True)
    observe("to x", list(order))


def prehook_changes_what_grad_captures(T, observe):
    x = T.tensor(1.0, requires_grad=True)
    h = x * 2
    y = h * 3
    h.grad_fn.register_prehook(lambda go: (go[0] * 10,))
    observe("to h", T.autograd.grad(y, h, retain_graph=True))
    h.register_hook(lambda g: g + 1)
    observe("to h with both", T.autograd.grad(y, h, retain_graph=True))
    observe("to x", T.autograd.grad(y, x))


def post_accumulate_errors(T, observe):
    x = T.tensor(1.0)
    with observe.raises("untracked"):
        x.register_post_accumulate_grad_hook(lambda p: None)
    y = T.tensor(1.0, requires_grad=True) * 2
    with observe.raises("non-leaf"):
        y.register_post_accumulate_grad_hook(lambda p: None)
    z = T.tensor(1.0, requires_grad=True)
    z.register_post_accumulate_grad_hook(lambda p: 3)
    with observe.raises("answers a number"):
        (z * 2).backward()
    observe("grad", z.grad)


def post_accumulate_removed(T, observe):
    order = []
    x = T.tensor(1.0, requires_grad=True)
    a = x.register_post_accumulate_grad_hook(_log(order, "a"))
    x.register_post_accumulate_grad_hook(_log(order, "b"))
    (x * 2).backward()
    a.remove()
    (x * 2).backward()
    observe("order", order)


def post_accumulate_and_grad(T, observe):
    order = []
    x = T.tensor(1.0, requires_grad=True)
    x.register_post_accumulate_grad_hook(_log(order, "post"))
    T.autograd.grad(x * 2, x)
    observe("order", order)
    observe("grad", x.grad)


def retain_grad_and_hooks(T, observe):
    x = T.tensor(1.0, requires_grad=True)
    h = x * 2
    h.register_hook(lambda g: g * 10)
    h.retain_grad()
    h.register_hook(lambda g: g + 1)
    (h * 3).backward()
    observe("h.grad", h.grad)


def backward_inside_a_hook(T, observe):
    x = T.tensor(2.0, requires_grad=True)
    w = T.tensor(3.0, requires_grad=True)

    def hook(g):
        with T.enable_grad():
            (w * w).backward()
        return g * w.grad

    h = x * 2
    h.register_hook(hook)
    h.backward()
    observe("x", x.grad)
    observe("w", w.grad)


def multi_grad_hook_all(T, observe):
    seen = []
    x = T.tensor(1.0, requires_grad=True)
    y = T.tensor(2.0, requires_grad=True)
    z = T.tensor(3.0, requires_grad=True)
    handle = T.autograd.graph.register_multi_grad_hook([x, y, z], lambda gs: seen.append(list(gs)))
    (x * y * z).backward()
    observe("all", list(seen))
    seen.clear()
    (x * y).backward()
    observe("two", list(seen))
    seen.clear()
    with observe.raises("grad of x"):
        T.autograd.grad(x * y * z, [x])
    observe("seen by grad of x", list(seen))
    handle.remove()
    seen.clear()
    (x * y * z).backward()
    observe("removed", seen)


def multi_grad_hook_any(T, observe):
    seen = []
    x = T.tensor(1.0, requires_grad=True)
    h = x * 2
    k = h * 3
    T.autograd.graph.register_multi_grad_hook([x, h, k], lambda g: seen.append(g), mode="any")
    (k * 5).backward(retain_graph=True)
    observe("seen", list(seen))
    (k * 5).backward()
    observe("again", list(seen))


def multi_grad_hook_errors(T, observe):
    x = T.tensor(1.0, requires_grad=True)
    with observe.raises("mode"):
        T.autograd.graph.register_multi_grad_hook([x], lambda g: None, mode="some")
    with observe.raises("untracked"):
        T.autograd.graph.register_multi_grad_hook([x, T.tensor(1.0)], lambda g: None)
    with observe.raises("untracked, any"):
        T.autograd.graph.register_multi_grad_hook([T.tensor(1.0)], lambda g: None, mode="any")
    with observe.raises("not a list", type_only=True):
        T.autograd.graph.register_multi_grad_hook(3, lambda g: None)


def hook_while_not_recording(T, observe):
    x = T.tensor(1.0, requires_grad=True)
    with T.no_grad():
        x.register_hook(lambda g: g * 10)
        y = x * 2
        with observe.raises("on the result"):
            y.register_hook(lambda g: g)
    (x * 2).backward()
    observe("grad", x.grad)


def hook_on_detached(T, observe):
    x = T.tensor(1.0, requires_grad=True)
    d = (x * 2).detach()
    with observe.raises("detached"):
        d.register_hook(lambda g: g)
    d.requires_grad_()
    d.register_hook(lambda g: g * 10)
    (d * 3).backward()
    observe("grad", d.grad)


def leaf_that_stops_requiring(T, observe):
    x = T.tensor(1.0, requires_grad=True)
    order = []
    x.register_hook(_log(order, "hook"))
    x.requires_grad_(False)
    x.requires_grad_(True)
    (x * 2).backward()
    observe("order", order)


def hooks_attribute(T, observe):
    x = T.tensor(1.0, requires_grad=True)
    observe("before", x._backward_hooks)
    handle = x.register_hook(lambda g: None)
    observe("count", len(x._backward_hooks))
    observe("key", list(x._backward_hooks) == [handle.id])
    handle.remove()
    observe("after", len(x._backward_hooks))


def exception_leaves_engine_usable(T, observe):
    x = T.tensor(1.0, requires_grad=True)
    h = x * 2

    def bad(g):
        raise KeyError("no")

    handle = h.register_hook(bad)
    with observe.raises("bad"):
        (h * 2).backward(retain_graph=True)
    handle.remove()
    observe("enabled", T.is_grad_enabled())
    (h * 2).backward()
    observe("grad", x.grad)


def exception_in_node_hooks(T, observe):
    x = T.tensor(1.0, requires_grad=True)

    def bad(*args):
        raise ZeroDivisionError("division")

    for kind in ("register_hook", "register_prehook"):
        y = x * 2
        getattr(y.grad_fn, kind)(bad)
        with observe.raises(kind):
            y.backward()
    x.register_post_accumulate_grad_hook(bad)
    with observe.raises("post accumulate"):
        (x * 2).backward()
    observe("grad", x.grad)


def gradient_of_none_and_hooks(T, observe):
    order = []

    class Cut(T.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return None

    x = T.ones(2, requires_grad=True)
    h = x * 3
    h.register_hook(_log(order, "h"))
    h.grad_fn.register_prehook(_log(order, "h pre"))
    h.grad_fn.register_hook(_log(order, "h post"))
    x.register_hook(_log(order, "x"))
    x.register_post_accumulate_grad_hook(_log(order, "x post"))
    Cut.apply(h).sum().backward()
    observe("order", order)
    observe("grad", x.grad)


def hook_dict_order_with_ids(T, observe):
    order = []
    x = T.tensor(1.0, requires_grad=True)
    y = x * 2
    handles = [y.grad_fn.register_hook(_log(order, i)) for i in range(3)]
    handles[0].remove()
    y.grad_fn.register_hook(_log(order, 3))
    y.backward()
    observe("order", order)


def returning_the_same_gradient(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    x.register_hook(lambda g: g)
    kept = []
    x.register_hook(kept.append)
    (x * 2).sum().backward()
    observe("grad", x.grad)
    (x * 2).sum().backward()
    observe("kept", kept)


def non_leaf_hook_keeps_nothing_alive(T, observe):
    import gc
    import weakref

    x = T.tensor(1.0, requires_grad=True)
    h = x * 2
    h.register_hook(lambda g: None)
    ref = weakref.ref(h)
    y = h * 3
    del h
    gc.collect()
    observe("dead", ref() is None)
    y.backward()


def hook_answers_parameter_or_view(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    p = T.nn.Parameter(T.tensor([5.0, 6.0]))
    h = x * 1
    h.register_hook(lambda g: p)
    h.sum().backward()
    observe("grad", x.grad)
    observe("is a copy", x.grad is p)


def node_hook_of_a_broadcast_op(T, observe):
    seen = []
    x = T.ones(3, 1, requires_grad=True)
    y = T.ones(1, 2, dtype=T.float64, requires_grad=True)
    z = x * y
    z.grad_fn.register_hook(lambda gi, go: seen.append([list(gi), list(go)]))
    z.sum().backward()
    observe("seen", seen)


def post_accumulate_answers_a_tensor(T, observe):
    x = T.ones(2, requires_grad=True)
    x.register_post_accumulate_grad_hook(lambda p: p.grad)
    with observe.raises("tensor"):
        (x * 2).sum().backward()


def none_replaced(T, observe):
    class Cut(T.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return None

    x = T.ones(2, requires_grad=True)
    h = x * 3
    h.register_hook(lambda g: T.ones(2))
    with observe.raises("tensor hook"):
        Cut.apply(h).sum().backward()
    h = x * 3
    h.grad_fn.register_prehook(lambda g: (T.ones(2),))
    with observe.raises("prehook"):
        Cut.apply(h).sum().backward()
    h = x * T.ones(2)
    h.grad_fn.register_hook(lambda gi, go: (gi[0], gi[0]))
    with observe.raises("no edge"):
        h.sum().backward()

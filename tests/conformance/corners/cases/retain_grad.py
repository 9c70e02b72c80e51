"""retain_grad in the corners."""


def twice_and_after_backward(T, observe):
    x = T.ones(2, requires_grad=True)
    h = x * 2
    h.retain_grad()
    h.retain_grad()
    y = (h * h).sum()
    y.backward(retain_graph=True)
    observe("once", h.grad)
    g = h.grad
    y.backward()
    observe("twice", h.grad)
    observe("same", h.grad is g)
    observe("first", g)


def after_the_graph_is_built(T, observe):
    x = T.ones(2, requires_grad=True)
    h = x * 2
    y = (h * h).sum()
    h.retain_grad()
    y.backward()
    observe("grad", h.grad)


def errors_and_leaves(T, observe):
    x = T.ones(2, requires_grad=True)
    x.retain_grad()
    observe("leaf", x.retains_grad)
    with observe.raises("untracked"):
        T.ones(2).retain_grad()
    with T.no_grad():
        h = x * 2
        with observe.raises("no_grad result"):
            h.retain_grad()
    d = (x * 2).detach()
    with observe.raises("detached"):
        d.retain_grad()


def and_in_place(T, observe):
    x = T.ones(2, requires_grad=True)
    h = x * 2
    h.retain_grad()
    h.mul_(3)
    observe("retains", h.retains_grad)
    (h * 5).sum().backward()
    observe("h.grad", h.grad)
    observe("x.grad", x.grad)
    h = x * 2
    h.mul_(3)
    h.retain_grad()
    h.add_(1)
    (h * 7).sum().backward()
    observe("again", h.grad)


def of_a_view(T, observe):
    x = T.ones(4, requires_grad=True)
    h = x * 2
    v = h[:2]
    v.retain_grad()
    (v * 3).sum().backward(retain_graph=True)
    observe("v", v.grad)
    h = x * 2
    v = h[:2]
    v.retain_grad()
    h.mul_(2)
    observe("retains after base write", v.retains_grad)
    with observe.raises("backward"):
        (v * 3 + h[2:]).sum().backward()
    observe("v after base write", v.grad)


def base_and_view(T, observe):
    x = T.ones(4, requires_grad=True)
    h = x * 2
    h.retain_grad()
    v = h[:2]
    v.retain_grad()
    v.mul_(3)
    h.sum().backward()
    observe("h", h.grad)
    observe("v", v.grad)


def with_hooks_and_grad(T, observe):
    x = T.ones(2, requires_grad=True)
    h = x * 2
    h.retain_grad()
    T.autograd.grad((h * 3).sum(), x)
    observe("grad to x", h.grad)
    h = x * 2
    h.retain_grad()
    T.autograd.grad((h * 3).sum(), h)
    observe("grad to h", h.grad)
    h = x * 2
    h.retain_grad()
    (h * 3).sum().backward(inputs=[x])
    observe("inputs x", h.grad)
    h = x * 2
    k = h * 1
    h.retain_grad()
    (k * 3).sum().backward(inputs=[k])
    observe("inputs k", h.grad)


def multi_output(T, observe):
    x = T.arange(4.0).requires_grad_()
    a, b = x.split(2)
    a.retain_grad()
    (a * 2).sum().backward()
    observe("a", a.grad)
    with observe.warns("b warns"):
        observe("b", b.grad)
    c, d = x.split(2)
    c.retain_grad()
    d.retain_grad()
    (c * 2).sum().backward()
    observe("d", d.grad)


def create_graph(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    h = x * x
    h.retain_grad()
    (h**2).sum().backward(create_graph=True)
    observe("grad", h.grad)
    observe("fn", h.grad.grad_fn)


def grad_set_to_none(T, observe):
    x = T.ones(2, requires_grad=True)
    h = x * 2
    h.retain_grad()
    y = (h * 3).sum()
    y.backward(retain_graph=True)
    h.grad = None
    y.backward()
    observe("grad", h.grad)


def the_grad_itself_is_separate(T, observe):
    x = T.ones(2, requires_grad=True)
    h = x + 0
    h.retain_grad()
    s = T.tensor([1.0, 2.0])
    h.backward(s)
    observe("is s", h.grad is s)
    s.add_(5)
    observe("h", h.grad)
    h.grad.add_(100)
    observe("x", x.grad)


def dies_with_the_tensor(T, observe):
    x = T.ones(2, requires_grad=True)
    h = x * 2
    h.retain_grad()
    y = (h * 3).sum()
    del h
    y.backward()
    observe("x", x.grad)

"""retain_grad(), retains_grad, and the .grad of non-leaves."""


def keeps_the_gradient_of_a_non_leaf(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    h = x * 3
    observe("h.retains_grad before", h.retains_grad)
    h.retain_grad()
    observe("h.retains_grad", h.retains_grad)
    (h * h).sum().backward()
    observe("h.grad", h.grad)
    observe("x.grad", x.grad)


def does_nothing_on_a_leaf(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    x.retain_grad()
    observe("x.retains_grad", x.retains_grad)
    x.sum().backward()
    observe("x.grad", x.grad)


def needs_requires_grad(T, observe):
    x = T.tensor([1.0, 2.0])
    with observe.raises("untracked"):
        x.retain_grad()
    y = T.tensor([1.0], requires_grad=True)
    with observe.raises("detached"):
        (y * 2).detach().retain_grad()


def accumulates_over_backwards(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    h = x * 3
    h.retain_grad()
    y = h.sum()
    y.backward(retain_graph=True)
    observe("h.grad once", h.grad.clone())
    y.backward()
    observe("h.grad twice", h.grad)


def twice_is_once(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    h = x * 3
    h.retain_grad()
    h.retain_grad()
    h.sum().backward()
    observe("h.grad", h.grad)


def root_keeps_the_seed(T, observe):
    x = T.tensor(2.0, requires_grad=True)
    y = x * x
    y.retain_grad()
    y.backward(T.tensor(7.0))
    observe("y.grad", y.grad)


def autograd_grad_fills_no_grad_attribute(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    h = x * 3
    (g,) = T.autograd.grad((h * h).sum(), h)
    observe("g", g)
    observe("h.grad", h.grad)
    observe("x.grad", x.grad)


def every_step_of_a_chain(T, observe):
    x = T.tensor(2.0, requires_grad=True)
    steps = [x]
    for _ in range(4):
        steps.append(steps[-1] * steps[-1])
        steps[-1].retain_grad()
    steps[-1].backward()
    for i, step in enumerate(steps):
        observe(f"step {i}", step)
        observe(f"gradient at step {i}", step.grad)


def grad_of_a_non_leaf_can_be_assigned(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    h = x * 3
    h.retain_grad()
    h.grad = T.tensor([100.0, 100.0])
    h.sum().backward()
    observe("h.grad", h.grad)

"""torch.autograd.grad: gradients as return values."""


def returns_a_tuple_and_fills_nothing(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    y = T.tensor([3.0, 4.0], requires_grad=True)
    observe("grads", T.autograd.grad((x * y).sum(), [x, y]))
    observe("x.grad", x.grad)
    observe("y.grad", y.grad)


def one_input_still_gives_a_tuple(T, observe):
    x = T.tensor(2.0, requires_grad=True)
    observe("grads", T.autograd.grad(x**3, x))


def grad_outputs_weigh_the_output(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    y = x * x
    with observe.raises("none given"):
        T.autograd.grad(y, x)
    observe("given", T.autograd.grad(y, x, grad_outputs=T.tensor([1.0, 10.0])))


def several_outputs_add_up(T, observe):
    x = T.tensor(2.0, requires_grad=True)
    observe("grads", T.autograd.grad([x * x, x * 5], [x]))


def with_respect_to_a_non_leaf(T, observe):
    x = T.tensor(2.0, requires_grad=True)
    h = x * x
    y = h * h
    observe("dy/dh", T.autograd.grad(y, h, retain_graph=True))
    observe("dy/dx", T.autograd.grad(y, x))


def untracked_input(T, observe):
    x = T.tensor(2.0, requires_grad=True)
    w = T.tensor(2.0)
    with observe.raises("w"):
        T.autograd.grad(x * w, w)
    with observe.raises("w, allow_unused"):
        T.autograd.grad(x * w, [x, w], allow_unused=True)


def untracked_output(T, observe):
    x = T.tensor(2.0, requires_grad=True)
    with observe.raises("y"):
        T.autograd.grad((x * 2).detach(), x)


def output_with_respect_to_itself(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    observe("leaf", T.autograd.grad(x.sum(), x))
    y = x.sum()
    observe("y by y", T.autograd.grad(y, y))


def same_input_twice(T, observe):
    x = T.tensor(3.0, requires_grad=True)
    observe("grads", T.autograd.grad(x * x, [x, x]))


def grad_leaves_other_leaves_alone(T, observe):
    x = T.tensor(3.0, requires_grad=True)
    w = T.tensor(4.0, requires_grad=True)
    T.autograd.grad(x * w, x)
    observe("w.grad", w.grad)


def gradient_flags(T, observe):
    x = T.tensor(3.0, requires_grad=True)
    (g,) = T.autograd.grad(x * x, x)
    observe("plain", [g.requires_grad, g.is_leaf])
    (g,) = T.autograd.grad(x * x, x, create_graph=True)
    observe("create_graph", [g.requires_grad, g.is_leaf])
    (g,) = T.autograd.grad(x * 2, x, create_graph=True)
    observe("create_graph, constant gradient", [g.requires_grad, g.is_leaf])


def grad_outputs_of_the_wrong_shape(T, observe):
    x = T.tensor([1.0, 2.0], requires_grad=True)
    with observe.raises("three for two"):
        T.autograd.grad(x * x, x, grad_outputs=T.ones(3))

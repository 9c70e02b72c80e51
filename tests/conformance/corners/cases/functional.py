"""torch.autograd.functional in the corners: tuples, strict, create_graph, errors."""


def names(T, observe):
    F = T.autograd.functional
    for n in ("vjp", "jvp", "jacobian", "hessian", "hvp", "vhp"):
        observe(n, callable(getattr(F, n)))


def jacobian_shapes(T, observe):
    J = T.autograd.functional.jacobian
    x = T.arange(6.0).view(2, 3)
    observe("matrix to scalar", J(lambda x: x.sum(), x))
    observe("matrix to vector", J(lambda x: x.sum(0), x))
    observe("scalar to scalar", J(lambda x: x**2, T.tensor(3.0)))
    observe("scalar to vector", J(lambda x: T.stack([x, x**2]), T.tensor(3.0)))
    observe("vector to matrix", J(lambda x: T.outer(x, x), T.tensor([1.0, 2.0])))
    with observe.raises("empty"):
        observe("empty is", J(lambda x: x * 2, T.zeros(0)))


def jacobian_of_tuples(T, observe):
    J = T.autograd.functional.jacobian
    x, y = T.tensor([1.0, 2.0]), T.tensor([3.0])
    observe("two by two", J(lambda x, y: (x * y, y**2), (x, y)))
    observe("one-tuple in", J(lambda x: x * 2, (x,)))
    observe("one-tuple out", J(lambda x: (x * 2,), x))
    observe("both", J(lambda x: (x * 2,), (x,)))
    with observe.raises("a list in"):
        J(lambda x, y: x * y, [x, y])


def jacobian_independent(T, observe):
    J = T.autograd.functional.jacobian
    x, y = T.tensor([1.0, 2.0]), T.tensor([3.0])
    observe("unused input", J(lambda x, y: x * 2, (x, y)))
    observe("constant", J(lambda x: T.ones(2), x))
    with observe.raises("strict unused"):
        J(lambda x, y: x * 2, (x, y), strict=True)
    with observe.raises("strict constant"):
        J(lambda x: T.ones(2), x, strict=True)
    with observe.raises("strict graph"):
        J(lambda x: x * 2, x, strict=True, create_graph=True)
    with observe.raises("strict graph ok"):
        observe("ok", J(lambda x: x**2, x, strict=True, create_graph=True))
    observe("detached", J(lambda x: x.detach() * 2, x))


def jacobian_graph(T, observe):
    J = T.autograd.functional.jacobian
    x = T.tensor([1.0, 2.0], requires_grad=True)
    j = J(lambda x: x**3, x, create_graph=True)
    observe("rg", j.requires_grad)
    (g,) = T.autograd.grad(j.sum(), x)
    observe("second", g)
    j = J(lambda x: x**3, x)
    observe("plain", [j.requires_grad, j.is_leaf])
    j = J(lambda x: x * 3, x, create_graph=True)
    observe("constant", j)
    j = J(lambda x: x**3, x.detach(), create_graph=True)
    observe("of an untracked", j.requires_grad)


def jacobian_errors(T, observe):
    J = T.autograd.functional.jacobian
    x = T.tensor([1.0, 2.0])
    with observe.raises("number in"):
        J(lambda x: x * 2, 3.0)
    with observe.raises("list of numbers in"):
        J(lambda x: x * 2, (x, 3.0))
    with observe.raises("number out"):
        J(lambda x: 3.0, x)
    with observe.raises("tuple with a number out"):
        J(lambda x: (x, 3.0), x)
    with observe.raises("none out"):
        J(lambda x: None, x)
    with observe.raises("ints in"):
        J(lambda x: x * 2, T.tensor([1, 2]))
    with observe.raises("strategy"):
        J(lambda x: x * 2, x, strategy="sideways")
    with observe.raises("forward-mode without vectorize"):
        J(lambda x: x * 2, x, strategy="forward-mode")
    with observe.raises("too few"):
        J(lambda x, y: x * 2, x, create_graph=False)


def hessian_shapes(T, observe):
    H = T.autograd.functional.hessian
    x = T.tensor([1.0, 2.0])
    observe("quadratic", H(lambda x: (x * x).sum(), x))
    observe("matrix", H(lambda x: (x**3).sum(), T.ones(2, 2)))
    observe("scalar", H(lambda x: x**3, T.tensor(2.0)))
    observe("tuple", H(lambda x, y: (x * y).sum(), (x, x)))
    observe("one-tuple", H(lambda x: (x * x).sum(), (x,)))
    observe("linear", H(lambda x: (x * 2).sum(), x))
    observe("one element out", H(lambda x: (x**2).sum().view(1), x))


def hessian_errors(T, observe):
    H = T.autograd.functional.hessian
    x = T.tensor([1.0, 2.0])
    with observe.raises("vector"):
        H(lambda x: x * 2, x)
    with observe.raises("tuple"):
        H(lambda x: (x.sum(), x.sum()), x)
    with observe.raises("number"):
        H(lambda x: 3.0, x)
    with observe.raises("strict linear"):
        H(lambda x: (x * 2).sum(), x, strict=True)
    with observe.raises("strict constant"):
        H(lambda x: T.tensor(1.0), x, strict=True)
    with observe.raises("forward-mode"):
        H(lambda x: (x * 2).sum(), x, outer_jacobian_strategy="forward-mode")
    observe("constant", H(lambda x: T.tensor(1.0), x))
    x.requires_grad_()
    h = H(lambda x: (x**3).sum(), x, create_graph=True)
    observe("graph", h)
    observe("third", T.autograd.grad(h.sum(), x))


def vjp_corners(T, observe):
    F = T.autograd.functional
    x = T.tensor([1.0, 2.0])
    observe("scalar no v", F.vjp(lambda x: (x**2).sum(), x))
    with observe.raises("vector no v"):
        F.vjp(lambda x: x**2, x)
    with observe.raises("wrong v"):
        F.vjp(lambda x: x**2, x, T.ones(3))
    with observe.raises("v for scalar"):
        observe("v", F.vjp(lambda x: (x**2).sum(), x, T.tensor(2.0)))
    with observe.raises("two vs"):
        F.vjp(lambda x: x**2, x, (T.ones(2), T.ones(2)))
    observe("two outs", F.vjp(lambda x: (x**2, x * 3), x, (T.ones(2), T.ones(2))))
    observe("two ins", F.vjp(lambda x, y: x * y, (x, x), T.ones(2)))
    observe("unused", F.vjp(lambda x, y: x * 2, (x, x), T.ones(2)))
    with observe.raises("strict unused"):
        F.vjp(lambda x, y: x * 2, (x, x), T.ones(2), strict=True)
    with observe.raises("strict constant"):
        F.vjp(lambda x: T.ones(2), x, T.ones(2), strict=True)
    observe("constant", F.vjp(lambda x: T.ones(2), x, T.ones(2)))
    y = T.tensor([1.0, 2.0], requires_grad=True)
    out, g = F.vjp(lambda x: x**2, y, T.ones(2), create_graph=True)
    observe("graph", [out.requires_grad, g.requires_grad])
    out, g = F.vjp(lambda x: x**2, y, T.ones(2))
    observe("plain", [out.requires_grad, g.requires_grad])


def jvp_corners(T, observe):
    F = T.autograd.functional
    x = T.tensor([1.0, 2.0])
    observe("vector", F.jvp(lambda x: x**2, x, T.ones(2)))
    with observe.raises("no v"):
        F.jvp(lambda x: x**2, x)
    observe("scalar in no v", F.jvp(lambda x: x**2, T.tensor(3.0)))
    with observe.raises("wrong v"):
        F.jvp(lambda x: x**2, x, T.ones(3))
    with observe.raises("v of one for two"):
        F.jvp(lambda x, y: x * y, (x, x), T.ones(2))
    observe("two ins", F.jvp(lambda x, y: x * y, (x, x), (T.ones(2), T.zeros(2))))
    observe("two outs", F.jvp(lambda x: (x**2, x * 3), x, T.ones(2)))
    observe("unused", F.jvp(lambda x, y: x * 2, (x, x), (T.ones(2), T.ones(2))))
    with observe.raises("strict constant"):
        F.jvp(lambda x: T.ones(2), x, T.ones(2), strict=True)
    observe("constant", F.jvp(lambda x: T.ones(2), x, T.ones(2)))
    y = T.tensor([1.0, 2.0], requires_grad=True)
    out, g = F.jvp(lambda x: x**2, y, T.ones(2), create_graph=True)
    observe("graph", [out.requires_grad, g.requires_grad])
    with observe.raises("strict linear graph"):
        F.jvp(lambda x: x * 2, y, T.ones(2), create_graph=True, strict=True)


def vhp_and_hvp(T, observe):
    F = T.autograd.functional
    x = T.tensor([1.0, 2.0])
    for name in ("vhp", "hvp"):
        f = getattr(F, name)
        observe(name, f(lambda x: (x**3).sum(), x, T.ones(2)))
        observe(name + " two", f(lambda x, y: (x * y**2).sum(), (x, x), (T.ones(2), T.zeros(2))))
        observe(name + " linear", f(lambda x: (x * 2).sum(), x, T.ones(2)))
        with observe.raises(name + " no v"):
            f(lambda x: (x**3).sum(), x)
        observe(name + " one element no v", f(lambda x: (x**3).sum(), T.tensor([2.0])))
        with observe.raises(name + " vector out"):
            f(lambda x: x**3, x, T.ones(2))
        with observe.raises(name + " tuple out"):
            f(lambda x: (x.sum(), x.sum()), x, T.ones(2))
        with observe.raises(name + " wrong v"):
            f(lambda x: (x**3).sum(), x, T.ones(3))
        with observe.raises(name + " strict linear"):
            f(lambda x: (x * 2).sum(), x, T.ones(2), strict=True)
        with observe.raises(name + " strict unused"):
            f(lambda x, y: (x**3).sum(), (x, x), (T.ones(2), T.ones(2)), strict=True)
        observe(name + " unused", f(lambda x, y: (x**3).sum(), (x, x), (T.ones(2), T.ones(2))))
        y = T.tensor([1.0, 2.0], requires_grad=True)
        out, g = f(lambda x: (x**3).sum(), y, T.ones(2), create_graph=True)
        observe(name + " graph", [out.requires_grad, g.requires_grad])
        out, g = f(lambda x: (x**3).sum(), y, T.ones(2))
        observe(name + " plain", [out.requires_grad, g.requires_grad])


def under_no_grad(T, observe):
    F = T.autograd.functional
    x = T.tensor([1.0, 2.0], requires_grad=True)
    with T.no_grad():
        observe("jacobian", F.jacobian(lambda x: x**2, x))
        observe("hessian", F.hessian(lambda x: (x**2).sum(), x))
        observe("vjp", F.vjp(lambda x: x**2, x, T.ones(2)))
    observe("grad", x.grad)


def closures(T, observe):
    F = T.autograd.functional
    w = T.tensor([2.0, 3.0], requires_grad=True)
    x = T.tensor([1.0, 2.0])
    observe("jacobian", F.jacobian(lambda x: w * x, x))
    observe("w.grad", w.grad)
    j = F.jacobian(lambda x: w * x, x, create_graph=True)
    observe("rg", j.requires_grad)
    j.sum().backward()
    observe("w.grad after", w.grad)


def input_modified_in_place(T, observe):
    F = T.autograd.functional
    x = T.tensor([1.0, 2.0])
    with observe.raises("written"):
        observe("jac", F.jacobian(lambda x: x.mul_(2), x))
    observe("x", x)


def function_sees_a_view(T, observe):
    F = T.autograd.functional
    seen = []

    def f(x):
        seen.append([x.is_leaf, x.requires_grad, x.grad_fn])
        return x * x

    x = T.tensor([1.0, 2.0], requires_grad=True)
    F.jacobian(f, x)
    F.jacobian(f, x, create_graph=True)
    F.vjp(f, x, T.ones(2))
    observe("seen", seen)


def module_jacobian(T, observe):
    F = T.autograd.functional
    m = T.nn.Linear(2, 2, bias=False)
    with T.no_grad():
        m.weight.copy_(T.tensor([[1.0, 2.0], [3.0, 4.0]]))
    observe("jac", F.jacobian(m, T.ones(2)))
    observe("grad", m.weight.grad)


def float64_and_mixed(T, observe):
    F = T.autograd.functional
    x = T.tensor([1.0, 2.0], dtype=T.float64)
    observe("f64", F.jacobian(lambda x: x * 2, x))
    observe("mixed", F.jacobian(lambda x, y: x * y, (x, T.ones(2))))
    observe("out f64", F.jacobian(lambda x: x.double(), T.ones(2)))

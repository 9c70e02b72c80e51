"""Anomaly mode."""


def modes(T, observe):
    A = T.autograd
    observe("start", [T.is_anomaly_enabled(), T.is_anomaly_check_nan_enabled()])
    with observe.warns("enter"):
        with A.detect_anomaly(check_nan=False):
            observe("in", [T.is_anomaly_enabled(), T.is_anomaly_check_nan_enabled()])
            with A.set_detect_anomaly(False):
                observe("nested off", T.is_anomaly_enabled())
            with A.set_detect_anomaly(True, True):
                observe("nested nan", T.is_anomaly_check_nan_enabled())
            observe("back", [T.is_anomaly_enabled(), T.is_anomaly_check_nan_enabled()])
    observe("end", [T.is_anomaly_enabled(), T.is_anomaly_check_nan_enabled()])
    A.set_detect_anomaly(True)
    observe("set", T.is_anomaly_enabled())
    A.set_detect_anomaly(False)
    observe("unset", T.is_anomaly_enabled())
    T.set_anomaly_enabled(True, False)
    observe("T.set", [T.is_anomaly_enabled(), T.is_anomaly_check_nan_enabled()])
    T.set_anomaly_enabled(False)
    observe("T.unset", [T.is_anomaly_enabled(), T.is_anomaly_check_nan_enabled()])


def nan_in_which_output(T, observe):
    for name, f in {
        "sqrt": lambda x, y: (x.sqrt() * y).sum(),
        "log": lambda x, y: (x.log() * 0 * y).sum(),
        "div": lambda x, y: (y / x * 0).sum(),
        "pow": lambda x, y: (x**0.5 * 0 * y).sum(),
        "norm": lambda x, y: (x.norm() * y).sum(),
        "second": lambda x, y: (y * (x / x)).sum(),
        "where": lambda x, y: T.where(x > 0, x.sqrt(), y).sum(),
        "mul": lambda x, y: (x * float("nan")).sum() + y.sum(),
    }.items():
        x = T.zeros(2, requires_grad=True)
        y = T.zeros(2, requires_grad=True)
        with observe.warns(name + " warns"):
            with observe.raises(name):
                with T.autograd.set_detect_anomaly(True):
                    f(x, y).backward()
        observe(name + " x.grad", x.grad)


def nan_without_check(T, observe):
    x = T.zeros(2, requires_grad=True)
    with T.autograd.set_detect_anomaly(True, check_nan=False):
        (x.sqrt() * 0).sum().backward()
    observe("grad", x.grad)


def inf_is_fine(T, observe):
    x = T.zeros(2, requires_grad=True)
    with T.autograd.set_detect_anomaly(True):
        x.sqrt().sum().backward()
    observe("grad", x.grad)


def forward_outside(T, observe):
    x = T.zeros(2, requires_grad=True)
    y = (x.sqrt() * 0).sum()
    with observe.warns("warns"):
        with observe.raises("error"):
            with T.autograd.set_detect_anomaly(True):
                y.backward()


def backward_outside(T, observe):
    x = T.zeros(2, requires_grad=True)
    with T.autograd.set_detect_anomaly(True):
        y = (x.sqrt() * 0).sum()
    y.backward()
    observe("grad", x.grad)


def metadata(T, observe):
    x = T.ones(2, requires_grad=True)
    with T.autograd.set_detect_anomaly(True):
        y = x.exp()
        z = x * 2
        (g,) = T.autograd.grad(y.sum(), x, create_graph=True)
    observe("keys", sorted(y.grad_fn.metadata))
    trace = y.grad_fn.metadata["traceback_"]
    observe("type", type(trace).__name__)
    observe("last line", trace[-1].strip().splitlines()[-1].strip())
    observe("second keys", sorted(g.grad_fn.metadata))
    observe("parent", g.grad_fn.metadata["parent_"].name())
    observe("parent is", g.grad_fn.metadata["parent_"] is y.grad_fn)
    observe("z", sorted(z.grad_fn.metadata))


def double_backward_nan(T, observe):
    x = T.zeros(1, requires_grad=True)
    with observe.warns("warns"):
        with observe.raises("error"):
            with T.autograd.set_detect_anomaly(True):
                y = x**1.5
                (g,) = T.autograd.grad(y, x, create_graph=True)
                (g * 0).backward()


def error_of_a_hook(T, observe):
    x = T.ones(1, requires_grad=True)

    def bad(g):
        raise ValueError("hook")

    with observe.warns("warns"):
        with observe.raises("error"):
            with T.autograd.set_detect_anomaly(True):
                y = x * 2
                y.register_hook(bad)
                y.backward()


def version_error(T, observe):
    x = T.ones(1, requires_grad=True)
    with observe.warns("warns"):
        with observe.raises("error"):
            with T.autograd.set_detect_anomaly(True):
                h = x * 1
                y = h * h
                h.add_(1)
                y.backward()


def freed_error(T, observe):
    x = T.ones(1, requires_grad=True)
    with observe.warns("warns"):
        with observe.raises("error"):
            with T.autograd.set_detect_anomaly(True):
                y = x * x
                y.backward()
                y.backward()


def decorator(T, observe):
    with observe.raises("decorates", type_only=True):

        @T.autograd.set_detect_anomaly(True)
        def f():
            return T.is_anomaly_enabled()

        observe("f", f())
    T.autograd.set_detect_anomaly(False)


def gradient_nan_at_the_root(T, observe):
    x = T.ones(2, requires_grad=True)
    with observe.raises("seed"):
        with T.autograd.set_detect_anomaly(True):
            (x * 2).backward(T.tensor([float("nan"), 1.0]))
    observe("grad", x.grad)
    with observe.raises("leaf seed"):
        with T.autograd.set_detect_anomaly(True):
            x.backward(T.tensor([float("nan"), 1.0]))

"""What programs may use beside `T` and `log`. Run once a program and package; `T` and `log` are its globals.

Not imported: machine.py runs its text.
"""
# ruff: noqa: F401, F821

import copy
import io
import pickle

F = T.autograd.Function


class Square(F):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        log("Square", ctx.needs_input_grad)
        return 2 * x * grad


class Scale(F):
    """With setup_context, and an argument that is no tensor."""

    @staticmethod
    def forward(x, factor):
        return x * factor

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.factor = inputs[1]

    @staticmethod
    def backward(ctx, grad):
        return grad * ctx.factor, None


class Both(F):
    """Two outputs, of which one may get no gradient."""

    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(x, y)
        ctx.set_materialize_grads(False)
        return x * y, x + y

    @staticmethod
    def backward(ctx, product, total):
        x, y = ctx.saved_tensors
        log("Both", product is None, total is None)
        zero = T.zeros_like(x * y)
        product, total = (zero if g is None else g for g in (product, total))
        return product * y + total, product * x + total


class Doubled(F):
    """Writes its input."""

    @staticmethod
    def forward(ctx, x):
        x.mul_(2)
        ctx.mark_dirty(x)
        return x

    @staticmethod
    def backward(ctx, grad):
        return grad * 2


class Same(F):
    """Returns its input as it is."""

    @staticmethod
    def forward(ctx, x):
        return x

    @staticmethod
    def backward(ctx, grad):
        return grad * 3


class Part(F):
    """Returns a view of its input."""

    @staticmethod
    def forward(ctx, x):
        ctx.shape = x.shape
        return x.view(-1)

    @staticmethod
    def backward(ctx, grad):
        return grad.reshape(ctx.shape)


class Signs(F):
    """One output has no gradient; backward may run once only."""

    @staticmethod
    def forward(ctx, x):
        signs = x.sign()
        ctx.mark_non_differentiable(signs)
        ctx.save_for_backward(signs)
        return x.abs(), signs

    @staticmethod
    @T.autograd.function.once_differentiable
    def backward(ctx, grad, unused):
        (signs,) = ctx.saved_tensors
        return grad * signs


class Wrong(F):
    """Returns one gradient too many."""

    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, grad):
        return grad, grad


def fail(*_):
    """A hook that raises."""
    raise ValueError("this hook fails")


def both(x, y):
    """Something to run under a checkpoint."""
    return (x * y).sin() + x


def packed(tensor):
    log("pack", tensor)
    return tensor.detach().clone()


def unpacked(tensor):
    log("unpack", tensor)
    return tensor


def through_pickle(value):
    return pickle.loads(pickle.dumps(value))


def through_file(value):
    file = io.BytesIO()
    T.save(value, file)
    file.seek(0)
    return T.load(file)


def names(node):
    """The names of the nodes that follow."""
    return [
        after.name().rpartition("::")[2] if after is not None else None for after, _ in node.next_functions
    ]

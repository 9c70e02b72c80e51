"""Real traces, recorded from the engine: the lessons' examples."""

from __future__ import annotations

from minigrad_widgets.trace import Trace

from .cells import record

WORKED = (
    "x = ones(2, 2)\n"
    "w1 = tensor(2.0, requires_grad=True)\n"
    "w2 = tensor(3.0, requires_grad=True)\n"
    "w3 = tensor(4.0, requires_grad=True)",
    "l1 = x * w1\nl2 = l1 + w2\nl3 = l1 * w3\nl4 = l2 * l3\nloss = l4.mean()",
    "loss.backward()",
)
VERSION_ERROR = (
    "a = tensor([1.0, 3.0], requires_grad=True)\nb = a + 2",
    "loss = (b * b).mean()\nb[0] = 1000.\nloss.backward()",
)
GHOST_AND_CUTS = (
    "a = tensor([1.0, 3.0], requires_grad=True)",
    "a = a.exp()\nc = a.detach()\nn = a.argmax()\nd = a[0]\nd.add_(1)\ns = a.sum()",
    "s.backward()",
)
UNSEEN = (
    "a = tensor([1.0, 3.0], requires_grad=True)\nb = a * 2",
    "loss = (b * b).sum()\nn = b.detach().numpy()\nn[0] = 100.0\nloss.backward()",
)


HOOKS_AND_RETAINED = (
    "a = tensor([1.0, 3.0], requires_grad=True)\nb = a * a\nb.retain_grad()\n"
    "handle = b.register_hook(lambda grad: grad * 2)\nc = b.sum()\nc.grad_fn.register_hook(lambda *grads: None)",
    "c.backward()",
)


def worked() -> Trace:
    """The article's example: gradients 28, 8 and 10."""
    return record(*WORKED)


def version_error() -> Trace:
    """b is saved by b * b, then written; backward refuses."""
    return record(*VERSION_ERROR)


def ghost_and_cuts() -> Trace:
    """A name that moves, three cuts, a write into a view, and what it breaks."""
    return record(*GHOST_AND_CUTS)


def unseen() -> Trace:
    """b is saved by b * b, then written by NumPy: backward cannot notice, and the gradient is wrong."""
    return record(*UNSEEN)


def hooks_and_retained() -> Trace:
    """A hook doubles a gradient that is kept although b is no leaf; a node has a hook, too."""
    return record(*HOOKS_AND_RETAINED)

"""Random programs: after each of their cells the recording says what the engine has."""

from __future__ import annotations

import random

import pytest

from widgets.cells import watched
from widgets.reality import differences

START = """\
a = tensor([1., 2.], requires_grad=True)
b = tensor([3., 4.], requires_grad=True)
c = tensor([5., 6.])
d = a * b
s = d.sum()
v = d[0]
u = c.view(2, 1)
h = [d, a * 2]"""
STATEMENTS = (
    "{t} = {e}",
    "{t} = {e}",
    "{t} = {e}",
    "{t} = tensor([2., 3.], requires_grad=True)",
    "{t}.add_({v})",
    "{t}.mul_(2.0)",
    "{t} *= {v}",
    "{t}[0] = 5.0",
    "{t}[0] = {v}.sum()",
    "{t}[{v} > 2.0] = 0.0",
    "{t}.copy_({v})",
    "v = {v}[0]",
    "v = {v}[0:1]",
    "u = {v}.view(2, 1)",
    "u = {v}.detach()",
    "u = {v}.data",
    "v.add_(1.0)",
    "v.zero_()",
    "u.tanh_()",
    "with no_grad():\n    {t}.add_(1.0)",
    "with no_grad():\n    {t} = {e}",
    "s = ({e}).sum()\ns.backward()",
    "s = ({e}).mean()\ns.backward(retain_graph=True)",
    "s.backward()",
    "{t}.retain_grad()",
    "{t}.grad = None",
    "{t}.requires_grad_()",
    "del {t}\n{t} = tensor([1., 2.], requires_grad=True)",
    "for i in range(2):\n    {t} = {t} * {v}",
    "w = {t}",
    "{t}, w = {v}.unbind()\n{t} = {t} * {v}",
    "{t} = cat([{v}, {v}])[1:3]",
    "{t} = {v}[[1, 0]]",
    "{t} = {v}.detach_()",
    "{v}.sum().item()",
    "{v}.detach().numpy()[0] = 7.0",
    "(g,) = autograd.grad(({v} * {v}).sum(), {v})",
    "(g,) = autograd.grad(({v} * {v}).sum(), {v}, create_graph=True)",
    "h = [{v} * 2.0, {v}.sin()]\n{t} = h[0]",
    "{t} = h[1] * 1.0",
    "def f(x):\n    y = x * 2.0\n    y.add_(1.0)\n    return y\n{t} = f({v})",
    "{t} = (zeros(100) + {v}[0])[0:2]",
)


def program(r: random.Random) -> str:
    def name() -> str:
        return r.choice("abcd")

    def expression(depth: int = 0) -> str:
        kind = r.randrange(4 if depth < 2 else 1)
        if kind == 0:
            return name()
        if kind == 1:
            return f"{name()} * 0.5"
        if kind == 2:
            return f"({expression(depth + 1)} {r.choice('+-*')} {expression(depth + 1)})"
        return f"({expression(depth + 1)}).{r.choice(['tanh', 'sin', 'relu', 'neg', 'clone'])}()"

    lines = []
    for _ in range(r.randint(1, 5)):
        statement = r.choice(STATEMENTS)
        while "{v}" in statement:
            statement = statement.replace("{v}", name(), 1)
        lines.append(statement.replace("{t}", name()).replace("{e}", expression()))
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.filterwarnings("ignore")  # what these programs do, nobody should
def test_the_recording_says_what_is(seed: int) -> None:
    r = random.Random(seed)
    cells = [START, *(program(r) for _ in range(5))]
    with watched() as notebook:
        for number, source in enumerate(cells):
            notebook.run(source)  # many stop with an error, which is fine
            wrong = differences(notebook.adapter, notebook.namespace)
            assert not wrong, "\n---\n".join(cells[: number + 1])


def test_it_would_be_noticed_if_it_did_not() -> None:
    with watched() as notebook:
        notebook.run(START)
        assert not differences(notebook.adapter, notebook.namespace)
        notebook.namespace["a"]._array[0] = 9.0
        wrong, kept = differences(notebook.adapter, notebook.namespace)
        assert wrong.startswith("a: value is")
        assert "MulBackward0" in kept

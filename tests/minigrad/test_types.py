"""Type hints: mypy accepts a program as users write it, and finds what is wrong in another.

Skipped where mypy is not installed; `make test` installs it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import minigrad
from minigrad import nn

RIGHT = """
import minigrad as mg
import minigrad.nn.functional as F
from minigrad import Tensor, nn, optim
from minigrad.autograd import Function, grad
from minigrad.autograd.function import FunctionCtx

class Scale(Function):
    @staticmethod
    def forward(ctx: FunctionCtx, x: Tensor, factor: float) -> Tensor:
        ctx.save_for_backward(x)
        ctx.factor = factor
        return x * factor

    @staticmethod
    def backward(ctx: FunctionCtx, g: Tensor) -> tuple[Tensor, None]:
        (x,) = ctx.saved_tensors
        return g * ctx.factor + 0 * x, None

class Net(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.layer = nn.Linear(2, width)
        self.scale = nn.Parameter(mg.ones(1))

    def forward(self, x: Tensor) -> Tensor:
        h: Tensor = self.layer(x)
        return F.relu(h) * self.scale

net = Net(3)
optimizer = optim.SGD(net.parameters(), lr=0.1)
loss = nn.MSELoss()(net(mg.randn(4, 2)), mg.zeros(4, 3))
loss.backward()
optimizer.step()
with mg.no_grad():
    for p in net.parameters():
        p -= 0.1

@mg.no_grad()
def evaluate(x: Tensor) -> Tensor:
    return x.exp()

x = mg.tensor([1.0, 2.0], requires_grad=True)
values, indices = x.sort()
rows: int = x.size(0) + x.size()[0]
best: Tensor = x.topk(1).values + x.max() + x.max(0).values
handle = x.register_hook(lambda g: g * 2)
handle.remove()
(g,) = grad(evaluate(x).sum() + x.sum(), x)
if x.grad is not None:
    print(x.grad.tolist(), x.T.numpy().shape, mg.FloatTensor(2, 3))
if loss.grad_fn is not None:
    print(loss.grad_fn.name(), loss.grad_fn.next_functions)
"""

WRONG = {
    "mg.ones(2).backwards()": '"Tensor" has no attribute "backwards"',
    "mg.oness(2)": 'Module has no attribute "oness"',
    "n: int = mg.ones(2).sum()": 'expression has type "Tensor", variable has type "int"',
    "mg.nn.Linear('a', 2)": 'Argument 1 to "Linear" has incompatible type "str"',
    "mg.ones(2).requires_grad = 'yes'": 'expression has type "str", variable has type "bool"',
    "mg.ones(2).register_hook(3)": 'Argument 1 to "register_hook" of "Tensor" has incompatible type "int"',
    "mg.ones(2).backward(1.0)": 'Argument 1 to "backward" of "Tensor" has incompatible type "float"',
    "mg.ones(2).size(0).shape": '"int" has no attribute "shape"',
}


@pytest.fixture(scope="module")
def told_by_mypy(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What mypy says of the two programs, right.py and wrong.py."""
    api = pytest.importorskip("mypy.api")
    folder = tmp_path_factory.mktemp("types")
    (folder / "right.py").write_text(RIGHT, encoding="utf-8")
    (folder / "wrong.py").write_text("\n".join(["import minigrad as mg", *WRONG]), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MYPYPATH", str(Path(minigrad.__file__).parent.parent))
        patch.chdir(folder)  # away from the configuration of this project
        found, trouble, _ = api.run(["--strict", "--cache-dir=cache", "right.py", "wrong.py"])
    assert trouble == ""
    return found.splitlines()


def test_a_program_as_users_write_it_is_accepted(told_by_mypy: list[str]) -> None:
    exec(compile(RIGHT, "right.py", "exec"), {})
    assert [line for line in told_by_mypy if line.startswith("right.py")] == []
    assert told_by_mypy[-1].endswith("(checked 2 source files)")


def test_what_is_wrong_is_found(told_by_mypy: list[str]) -> None:
    for number, words in enumerate(WRONG.values(), 2):
        assert any(line.startswith(f"wrong.py:{number}: ") and words in line for line in told_by_mypy), words


def test_nn_says_what_it_has() -> None:
    """A type checker takes names for private that a package with types does not list."""
    public = {name for name, value in vars(nn).items() if isinstance(value, type) and name[0] != "_"}
    assert set(nn.__all__) == public | {"functional", "init", "utils"}

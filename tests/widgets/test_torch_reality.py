"""Random programs on torch: after each of their cells the recording says what torch has."""

from __future__ import annotations

import random
from importlib.util import find_spec

import pytest

from widgets.cells import watched
from widgets.test_both_engines import cells_of
from widgets.test_reality import START, program

pytestmark = pytest.mark.skipif(
    find_spec("torch") is None, reason="torch is not installed: pip install .[torch]"
)


@pytest.mark.parametrize("seed", range(100, 125))
@pytest.mark.filterwarnings("ignore")  # what these programs do, nobody should
def test_the_recording_says_what_is(seed: int) -> None:
    from widgets.torch_reality import differences

    r = random.Random(seed)
    cells = [START, *(program(r) for _ in range(4))]
    # A gradient of a gradient is left out: of the inside of such a formula an edge may be missing.
    cells = [source.replace(", create_graph=True", "") for source in cells]
    kind = cells_of("torch")
    kind.start = "from torch import *\nfrom torch import autograd\nfrom builtins import range"
    with watched(kind) as notebook:
        for number, source in enumerate(cells):
            notebook.run(source)  # many stop with an error, which is fine
            wrong = differences(notebook.adapter, notebook.namespace)
            assert not wrong, "\n---\n".join(cells[: number + 1])

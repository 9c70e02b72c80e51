"""Makes random programs: lists of statements that mostly work, told apart by a seed.

The kinds of statements are the methods of Values (values.py), Memory (memory.py) and Graphs (graphs.py).
`Maker.program` chooses among them by their WEIGHTS, puts some of them inside of modes, and says after which of them
to look: looking brings a view's place in the graph up to date, and so a program has to go on without it as well.
While it makes a program it has each statement run, and asks for the shapes of the tensors, so that the next one
mostly fits.
"""

from __future__ import annotations

from collections.abc import Callable

from .compare import Step
from .graphs import Graphs
from .memory import Memory
from .parts import Known
from .values import Values

# How often each kind of statement comes, relative to the others.
WEIGHTS = {
    "create": 2, "binary": 8, "unary": 7, "compare": 1, "reduction": 4, "matmul": 1, "join": 3, "pick": 3, "several": 1,
    "view": 12, "several_views": 3, "write": 12, "write_item": 5, "write_places": 3, "reshape_in_place": 1, "data": 2,
    "backward": 6, "grad": 4, "hook": 5, "node_hook": 2, "unhook": 1, "flag": 6, "function": 4, "keep": 1, "copy": 1,
    "checkpoint": 1, "ask": 1, "decorated": 1, "switch": 1,
}  # fmt: skip

MODES = {
    "T.no_grad()": 8, "T.enable_grad()": 4, "T.set_grad_enabled(False)": 2, "T.set_grad_enabled(True)": 1,
    "T.inference_mode()": 4, "T.inference_mode(False)": 1,
    "T.autograd.graph.saved_tensors_hooks(packed, unpacked)": 2, "T.autograd.graph.save_on_cpu()": 1,
    "T.autograd.detect_anomaly(check_nan=False)": 1,
}  # fmt: skip

SWITCHES = ("inference_mode", "create_graph", "modes")


class Maker(Values, Memory, Graphs):
    """Makes the program of one seed. without: kinds of statements, or SWITCHES, to leave out."""

    def __init__(self, seed: int, without: frozenset[str] = frozenset()) -> None:
        super().__init__(seed)
        self.create_graph = "create_graph" not in without
        self.weights = {kind: weight for kind, weight in WEIGHTS.items() if kind not in without}
        self.modes = {
            mode: weight
            for mode, weight in MODES.items()
            if "modes" not in without and not ("inference_mode" in without and "inference" in mode)
        }

    def program(self, length: int, run: Callable[[str], Known]) -> list[Step]:
        """`length` statements; the first two make tensors. run: runs one, and answers with the tensors there are."""
        steps: list[Step] = []
        while len(steps) < length:
            statement = self.create() if len(steps) < 2 else self.statement()
            self.known = run(statement)
            steps.append((statement, self.chance(0.75) or len(steps) == length - 1))
        return steps

    def statement(self) -> str:
        """A statement of some kind, perhaps inside of modes, perhaps with another of its kind."""
        make = getattr(self, self.choose(self.weights))
        statement = make()
        if self.modes and self.chance(0.15):
            if self.chance(0.2):
                statement += "\n" + make()
            for _ in range(1 + self.chance(0.3)):
                mode = self.choose(self.modes)
                if "inference" in mode and "register" in statement:
                    continue  # torch may crash: see Graphs.hook
                statement = f"with {mode}:\n" + _indented(statement)
        return statement


def _indented(text: str) -> str:
    return "\n".join("    " + line for line in text.split("\n"))

"""What learners hand in, made of a learner's notebook: perfect, wrong, partly right, tampered with, damaged."""

from __future__ import annotations

import copy
from typing import Any

from nbformat import NotebookNode

RIGHT = {
    "version": 'answer("version", 1)',
    "leaf": 'answer("leaf", True)',
    "outcome": 'answer("outcome", "leaf")',
    "edge": 'answer("edge", "MulBackward0: y")',
    "squares": (
        'a = tensor([1.0, choice([3.0, 5.0, 7.0], "squares")], requires_grad=True)\n'
        "b = a + 2\nloss = (b * b).mean()"
    ),
    "fix": (
        "a = tensor([1.0, 3.0], requires_grad=True)\nb = a + 2\nloss = (b * b).mean()\n"
        "loss.backward()\nb[0] = 1000.0"
    ),
    "bug": "w = tensor([1.0, 2.0], requires_grad=True)\nfor _ in range(2):\n    w.sum().backward()",
}
WRONG = {
    "version": 'answer("version", "raises")',
    "leaf": 'answer("leaf", False)',
    "outcome": 'answer("outcome", "nothing")',
    "edge": 'answer("edge", "nothing")',
    "squares": RIGHT["squares"]
    .replace("b * b", "b + b")
    .replace("requires_grad=True", "requires_grad=False"),
    "fix": "a = tensor([1.0, 3.0])\nb = a * 2\nloss = b.sum()",
    "bug": "w = tensor([1.0, 2.0], requires_grad=True)\nw.sum().backward()",
}
# Two predictions wrong; of squares and of fix one check passes.
PARTLY = RIGHT | {
    "version": WRONG["version"],
    "outcome": WRONG["outcome"],
    "squares": RIGHT["squares"].replace("b * b", "b * b * b"),
    "fix": RIGHT["fix"].replace("b[0] = 1000.0", "c = b.clone()\nc[0] = 1000.0"),
}
POINTS = {
    "perfect": {"version": 1, "leaf": 1, "outcome": 1, "edge": 1, "squares": 2, "fix": 2, "bug": 1},
    "wrong": dict.fromkeys(RIGHT, 0),
    "partly": {"version": 0, "leaf": 1, "outcome": 0, "edge": 1, "squares": 0, "fix": 1, "bug": 1},
    "tampered": {"version": 0, "leaf": 1, "outcome": 1, "edge": 1, "squares": 0, "fix": 0, "bug": 1},
    "empty": dict.fromkeys(RIGHT, 0),
}


def answered(notebook: NotebookNode, answers: dict[str, str]) -> NotebookNode:
    """The notebook with these answers in it."""
    made = copy.deepcopy(notebook)
    for cell in made.cells:
        if role(cell) == "answer" and cell.metadata["minigrad"]["id"] in answers:
            cell.source = answers[cell.metadata["minigrad"]["id"]]
    return made


def tampered(notebook: NotebookNode) -> NotebookNode:
    """Wrong answers, with an easier question, checks that cannot fail, and names of ours that agree to anything."""
    answers = RIGHT | {
        "version": 'answer("version", 0)',
        "squares": WRONG["squares"] + "\nclass Yes:\n    ops, leaves, broken = (), ('a',), ()\n"
        "    def matches(self, pattern): return True\n"
        "graph_of = lambda tensor: Yes()\nsame = lambda *both: True\ngradients = lambda *a, **k: {'a': 1}",
        "fix": WRONG["fix"],
    }
    made = answered(notebook, answers)
    for cell in made.cells:
        if role(cell) == "question":
            cell.source = cell.source.replace("b._version", "a._version")
        if role(cell).startswith("check") and cell.metadata["minigrad"]["id"] in ("squares", "fix"):
            cell.source = "pass"
    return made


def everyone(notebook: NotebookNode) -> dict[str, NotebookNode]:
    return {
        "perfect": answered(notebook, RIGHT),
        "wrong": answered(notebook, WRONG),
        "partly": answered(notebook, PARTLY),
        "tampered": tampered(notebook),
        "empty": copy.deepcopy(notebook),
    }


def role(cell: Any) -> str:
    return cell.metadata.get("minigrad", {}).get("role", "")

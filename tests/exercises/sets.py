"""Sets of exercises for the tests: the one of the repository, and small texts."""

from __future__ import annotations

import textwrap
from pathlib import Path

from minigrad_widgets.exercises.faults import Refused
from minigrad_widgets.exercises.problems import ProblemSet, set_of
from minigrad_widgets.exercises.text import parse, read

EXAMPLE = Path(__file__).parents[2] / "notebooks" / "exercises" / "when-the-version-moves.md"

EXERCISE = """\
```{code-cell} python
:exercise: {id: twice, points: 1}
### BEGIN SOLUTION
b = a * 2
### END SOLUTION
```
"""
CHECK = """\
```{code-cell} python
:check: {for: twice}
assert graph_of(b).matches("mul(a, 2)")
```
"""


def example() -> ProblemSet:
    return set_of(read(EXAMPLE))


def made(text: str, name: str = "small.md") -> ProblemSet:
    """The set of a text."""
    return set_of(parse(textwrap.dedent(text), Path(name)))


def faults(text: str) -> list[str]:
    """Every fault of a text, as "line: what: cure"."""
    try:
        made(text)
    except Refused as refused:
        return [f"{fault.line}: {fault.what}: {fault.cure}" for fault in refused.faults]
    return []

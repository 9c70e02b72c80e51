"""Eras: how PyTorch treated in-place writes into leaves in the past, for lessons that show both.

    with minigrad.autograd.era("1.4"):
        a[:] = 0            # a leaf that requires grad: becomes a non-leaf, CopySlices
        (a * a).mean().backward()    # leaf variable has been moved into the graph interior

Since PyTorch 1.5 a recorded write into a view of a leaf raises at once, as one into the leaf itself always
did; before, the leaf quietly moved into the graph, and only backward complained. The text for the leaf
itself said "has been used" up to 1.6.
"""

from __future__ import annotations

from . import mode

ERAS = ("1.4", "2.13")


class era:
    """Context in which the rules of that PyTorch release hold for writes into leaves; "2.13" is today's.

    Called without `with`, it holds until the next call. ValueError for a release that is not in ERAS. The
    rule is the process's, not the thread's.
    """

    def __init__(self, release: str) -> None:
        if release not in ERAS:
            raise ValueError(f"no era {release!r}; there are {' and '.join(map(repr, ERAS))}")
        self._before = mode.era
        mode.era = release

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        mode.era = self._before

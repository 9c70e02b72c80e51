"""Which of equal elements a selection finds: torch's answers, which are those of C++'s library."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import minigrad as mg

nan = float("nan")
# Twenty numbers with many equals: enough for the sorts that do not keep their order.
ROW = mg.tensor([i * 7 % 4 for i in range(20)])


@pytest.mark.parametrize(
    ("call", "positions"),
    [
        (lambda: ROW.sort()[1], [4, 16, 8, 0, 12, 19, 3, 15, 7, 11, 10, 18, 14, 6, 2, 13, 9, 5, 17, 1]),
        (
            lambda: ROW.sort(descending=True)[1],
            [1, 17, 5, 13, 9, 10, 18, 14, 6, 2, 7, 11, 15, 3, 19, 8, 0, 12, 4, 16],
        ),
        (
            lambda: ROW.sort(stable=True)[1],
            [0, 4, 8, 12, 16, 3, 7, 11, 15, 19, 2, 6, 10, 14, 18, 1, 5, 9, 13, 17],
        ),
        (
            lambda: ROW.argsort(stable=True),
            [0, 4, 8, 12, 16, 3, 7, 11, 15, 19, 2, 6, 10, 14, 18, 1, 5, 9, 13, 17],
        ),
        (lambda: ROW.topk(5)[1], [1, 9, 13, 5, 17]),
        (lambda: ROW.topk(5, largest=False)[1], [0, 8, 16, 4, 12]),
        (lambda: ROW.topk(5, sorted=False)[1], [1, 9, 13, 5, 17]),
        (lambda: ROW.repeat(20).topk(3)[1], [9, 1, 5]),
        (lambda: ROW.kthvalue(8)[1], 19),
        (lambda: ROW.mode()[1], 12),
        (lambda: ROW.median(0)[1], 19),
        (lambda: mg.mode(input=ROW)[1], 12),
        (lambda: mg.tensor([nan] * 7).nanmedian(0)[1], 5),
        (lambda: mg.tensor([nan, 1.0, nan]).mode()[1], 0),
        (lambda: mg.tensor([nan, nan, 1.0, 2.0, 2.0] * 4).topk(9)[1], [1, 16, 15, 11, 10, 6, 0, 5, 14]),
    ],
)
def test_the_positions_of_equals(call: Callable[[], mg.Tensor], positions: object) -> None:
    assert call().tolist() == positions


def test_bools_have_no_order_to_select_by() -> None:
    x = mg.tensor([True, False])
    with pytest.raises(RuntimeError, match=r"^topk does not support bool dtypes on CPU"):
        x.topk(1)
    with pytest.raises(NotImplementedError, match=r"^\"kthvalue_cpu\" not implemented for 'Bool'"):
        x.kthvalue(1)
    with pytest.raises(NotImplementedError, match=r"^\"median_out\" not implemented for 'Bool'"):
        x.median(0)

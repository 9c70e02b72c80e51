"""Which of equal elements a selection finds: the algorithms of C++'s standard library, step by step.

topk, kthvalue, median and mode answer with positions. Among equals torch's come from std::nth_element,
std::sort and std::partial_sort (libstdc++: bits/stl_algo.h, bits/stl_heap.h), which are not stable. Here the
same steps are taken on a list of positions, wherever there are equals; without them NumPy finds the same much
faster.

`before(a, b)` says whether the element at position a comes before that at position b; `first` and `last` are
the ends of the part of the list that is worked on, without the last.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Before = Callable[[int, int], bool]
# Above this many elements equals keep their order: to take every step for them would be slow.
MOST = 1 << 17


def along(
    x: np.ndarray, axis: int, descending: bool, select: Callable[[list[int], Before], None], into: np.ndarray
) -> np.ndarray:
    """`into`, with the positions along `axis` that `select` leaves in front. nan counts as the greatest."""
    rows = np.moveaxis(x, axis, -1).reshape(-1, x.shape[axis])
    places = np.moveaxis(into, axis, -1)
    for where, row in zip(np.ndindex(places.shape[:-1]), rows, strict=True):
        ranks = np.unique(row, return_inverse=True)[1]
        keys = (-ranks if descending else ranks).tolist()
        q = list(range(len(keys)))
        select(q, lambda a, b, keys=keys: keys[a] < keys[b])
        places[where] = q[: places.shape[-1]]
    return into


def has_equals(values: np.ndarray, axis: int) -> bool:
    """Whether two neighbours along `axis` of sorted values are equal, nan being equal to itself."""
    v = np.moveaxis(values, axis, -1)
    a, b = v[..., 1:], v[..., :-1]
    return bool(((a == b) | ((a != a) & (b != b))).any())


def nth_element(q: list[int], nth: int, before: Before) -> None:
    """Bring the element to place `nth` that belongs there; what comes before it to the left."""
    first, last = 0, len(q)
    if nth < last:
        depth = 2 * (last.bit_length() - 1)
        while last - first > 3:
            if not depth:
                _heap_select(q, first, nth + 1, last, before)
                q[first], q[nth] = q[nth], q[first]
                return
            depth -= 1
            cut = _partition(q, first, last, before)
            first, last = (cut, last) if cut <= nth else (first, cut)
        _insertion_sort(q, first, last, before)


def sort(q: list[int], last: int, before: Before) -> None:
    """Sort the first `last` places."""
    if last:
        _introsort(q, 0, last, 2 * (last.bit_length() - 1), before)
        _insertion_sort(q, 0, min(last, 16), before)
        for i in range(16, last):
            _insert(q, i, before)


def partial_sort(q: list[int], middle: int, before: Before) -> None:
    """Bring what comes first of all to the first `middle` places, sorted."""
    _partial_sort(q, 0, middle, len(q), before)


def _introsort(q: list[int], first: int, last: int, depth: int, before: Before) -> None:
    while last - first > 16:
        if not depth:
            _partial_sort(q, first, last, last, before)
            return
        depth -= 1
        cut = _partition(q, first, last, before)
        _introsort(q, cut, last, depth, before)
        last = cut


def _partition(q: list[int], first: int, last: int, before: Before) -> int:
    """Split around the median of three, which goes to `first`; where the right part begins."""
    a, b, c = first + 1, first + (last - first) // 2, last - 1
    if before(q[a], q[b]):
        pick = b if before(q[b], q[c]) else c if before(q[a], q[c]) else a
    else:
        pick = a if before(q[a], q[c]) else c if before(q[b], q[c]) else b
    q[first], q[pick] = q[pick], q[first]
    pivot, left, right = q[first], first + 1, last
    while True:
        while before(q[left], pivot):
            left += 1
        right -= 1
        while before(pivot, q[right]):
            right -= 1
        if left >= right:
            return left
        q[left], q[right] = q[right], q[left]
        left += 1


def _insertion_sort(q: list[int], first: int, last: int, before: Before) -> None:
    for i in range(first + 1, last):
        if before(q[i], q[first]):
            q.insert(first, q.pop(i))
        else:
            _insert(q, i, before)


def _insert(q: list[int], i: int, before: Before) -> None:
    place = i
    while before(q[i], q[place - 1]):
        place -= 1
    q.insert(place, q.pop(i))


# ------------------------------------------------------------------ heaps


def _partial_sort(q: list[int], first: int, middle: int, last: int, before: Before) -> None:
    _heap_select(q, first, middle, last, before)
    while middle - first > 1:
        middle -= 1
        _pop_heap(q, first, middle, middle, before)


def _heap_select(q: list[int], first: int, middle: int, last: int, before: Before) -> None:
    """A heap of what comes first, with the last of it on top."""
    length = middle - first
    for parent in range(length // 2 - 1, -1, -1):
        _sift(q, first, parent, length, q[first + parent], before)
    for i in range(middle, last):
        if before(q[i], q[first]):
            _pop_heap(q, first, middle, i, before)


def _pop_heap(q: list[int], first: int, last: int, result: int, before: Before) -> None:
    value = q[result]
    q[result] = q[first]
    _sift(q, first, 0, last - first, value, before)


def _sift(q: list[int], first: int, hole: int, length: int, value: int, before: Before) -> None:
    top = child = hole
    while child < (length - 1) // 2:
        child = 2 * (child + 1)
        if before(q[first + child], q[first + child - 1]):
            child -= 1
        q[first + hole], hole = q[first + child], child
    if length % 2 == 0 and child == (length - 2) // 2:
        child = 2 * child + 1
        q[first + hole], hole = q[first + child], child
    parent = (hole - 1) // 2
    while hole > top and before(q[first + parent], value):
        q[first + hole], hole = q[first + parent], parent
        parent = (hole - 1) // 2
    q[first + hole] = value


# ------------------------------------------------------------------ torch's own


def quick_select(q: list[int], k: int, before: Before) -> None:
    """Bring the element to place k that belongs there: quick_select_template of ATen's native/Sorting.cpp."""

    def order(a: int, b: int) -> None:
        """Exchange the two places where the second one's element comes first."""
        if before(q[b], q[a]):
            q[a], q[b] = q[b], q[a]

    left, right = 0, len(q) - 1
    while right > left + 1:
        middle = left + (right - left) // 2
        q[middle], q[left + 1] = q[left + 1], q[middle]
        order(left + 1, right)
        order(left, right)
        order(left + 1, left)
        i, j, pivot = left + 1, right, q[left]
        while True:
            i += 1
            while before(q[i], pivot):
                i += 1
            j -= 1
            while before(pivot, q[j]):
                j -= 1
            if j < i:
                break
            q[i], q[j] = q[j], q[i]
        q[left], q[j] = q[j], q[left]
        left, right = (i if j <= k else left), (j - 1 if j >= k else right)
    if right == left + 1:
        order(left, right)

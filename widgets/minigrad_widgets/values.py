"""Arrays as a learner reads them: a short text for a card, the first numbers for a table.

    value_of(np.ones((2, 2)))       Value(text="all 1.0", shape=(2, 2), numbers=(1.0, 1.0, 1.0, 1.0), ...)

A small array is written out, an even one is "all 2.0", a larger one is summed up: "mean 0.01, -3 to 4".
"""

from __future__ import annotations

import math

import numpy as np

from .say import Phrase, Say, render
from .trace import Value

MOST_NUMBERS = 64  # how many numbers a Value carries
MOST_CHARACTERS = 24  # how long its text may be
MOST_SUMMED = 1_000_000  # how many elements a summary looks at; of a larger array it looks at a sample
SAMPLE = 256  # of how many


def value_of(array: np.ndarray) -> Value:
    """The Value of an array (any shape; dtype bool, integer or real)."""
    if array.size > MOST_SUMMED:
        return sampled(*first_and_sample(array), array.shape)
    start = array.reshape(-1)[:MOST_NUMBERS]
    first = start.tolist()
    numbers = tuple([_plain(n, k) for n, k in zip(first, start, strict=True)])
    return Value(_said(array, first), array.shape, numbers, array.size <= MOST_NUMBERS)


def first_and_sample(array: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Copies of the first MOST_NUMBERS numbers of a large array, and of some from everywhere."""
    flat = array.reshape(-1) if array.flags.c_contiguous else array.flat
    return np.array(flat[:MOST_NUMBERS]), np.array(flat[:: array.size // SAMPLE or 1])


def sampled(first: np.ndarray, sample: np.ndarray, shape: tuple[int, ...]) -> Value:
    """The Value of a large array of which only its first MOST_NUMBERS numbers and a sample were kept."""
    exact = value_of(first)
    said = _said(sample, sample[:MOST_NUMBERS].tolist())
    if not (isinstance(said, Say) and said.key == "value.all"):
        middle = float(np.mean(sample, dtype=np.float64))
        said = Say("value.about", {"number": number_text(middle, 3, trim=True)})
    return Value(said, shape, exact.numbers, False)


def _plain(number: float | int | bool, exact: np.generic) -> float | int | bool | str:
    """As JSON can hold it, and a float32 by its own digits: 0.1, not 0.10000000149011612."""
    if type(number) is not float or number.is_integer():
        return number
    return float(str(exact)) if math.isfinite(number) else str(number)


def number_text(number: float | int | bool, digits: int = 4, trim: bool = False) -> str:
    """One number: "2.0", "0.1429", "1.5e-8", "True". trim: whole numbers without ".0", as in lists."""
    if isinstance(number, (bool, int)):
        text = str(number)
        return text if len(text) <= 12 else _exponent(f"{number:.{digits - 1}e}")
    if not math.isfinite(number):
        return str(number)
    if number == int(number) and abs(number) < 10 ** max(digits + 2, 4):
        whole = "-0" if number == 0 and math.copysign(1, number) < 0 else str(int(number))
        return whole if trim else whole + ".0"
    return _exponent(f"{number:.{digits}g}")


def _exponent(text: str) -> str:
    """ "1.5e-08" as "1.5e-8", "1.000e+20" as "1e20"."""
    mantissa, e, exponent = text.partition("e")
    if not e:
        return text
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{int(exponent)}"


def _said(array: np.ndarray, first: list) -> Phrase:
    if array.size == 0:
        return Say("value.empty")
    if array.ndim == 0:
        return number_text(first[0])
    # NaN differs from itself and so is never "all".
    if array.size > 3 and first[0] == first[-1] and (array == first[0]).all():
        return Say("value.all", {"number": number_text(first[0])})
    if array.size <= 12:
        nested = array.tolist()
        for digits in (4, 3, 2):
            text = _list(nested, digits)
            if len(text) <= MOST_CHARACTERS:
                return text
    return _summary(array)


def _list(nested: list, digits: int) -> str:
    parts = [_list(n, digits) if isinstance(n, list) else number_text(n, digits, trim=True) for n in nested]
    return f"[{', '.join(parts)}]"


def _summary(array: np.ndarray) -> Phrase:
    if array.dtype.kind == "b":
        return Say("value.true", {"count": int(np.count_nonzero(array)), "size": array.size})
    finite = array
    strange = 0
    if array.dtype.kind == "f":
        mask = np.isfinite(array)
        strange = array.size - int(np.count_nonzero(mask))
        if strange:
            if strange == array.size:
                same = not np.isinf(array).any()
                return (
                    Say("value.all", {"number": "nan"})
                    if same
                    else Say("value.not finite", {"count": strange})
                )
            finite = array[mask]
    low, high = finite.min().item(), finite.max().item()
    # float64, so that the sum of many float16 or int8 does not overflow.
    middle = finite.mean(dtype=np.float64).item()
    for digits in (3, 2, 1):
        lead = (
            Say("value.not finite", {"count": strange})
            if strange
            else Say("value.mean", {"mean": number_text(middle, digits, trim=True)})
        )
        ends = {"low": number_text(low, digits, True), "high": number_text(high, digits, True)}
        said = Say("value.spread", {"lead": lead, **ends})
        if len(render(said)) <= MOST_CHARACTERS:
            return said
    return lead

"""Arguments that do not fit: torch's error, of functions and methods, with one and several signatures."""

import pytest

import minigrad

x = minigrad.ones(2, 3)

NONE_FITS = "{} received an invalid combination of arguments - got {}, but expected one of:"

WRONG = {
    "a number first": (lambda: minigrad.eq(2, x), NONE_FITS.format("eq()", "(int, Tensor)")),
    "of a function": (lambda: minigrad.pow(x, "a"), NONE_FITS.format("pow()", "(Tensor, str)")),
    "of a method": (lambda: x.pow([1]), NONE_FITS.format("pow()", "(list)")),
    "by name": (lambda: x.sum(keepdim=True), NONE_FITS.format("sum()", "(keepdim=bool, )")),
    "position and name": (
        lambda: minigrad.linspace(0, 3, steps=1.0), NONE_FITS.format("linspace()", "(int, int, steps=float)"),
    ),
    "None": (lambda: x.eq(None), NONE_FITS.format("eq()", "(NoneType)")),
    "one signature": (
        lambda: minigrad.add(x, "a"), "add(): argument 'other' (position 2) must be Tensor, not str",
    ),
    "one signature, of a method": (
        lambda: x.add("a"), "add(): argument 'other' (position 1) must be Tensor, not str",
    ),
    "the only one of so many arguments": (
        lambda: x.max(0, 1), "max(): argument 'keepdim' (position 2) must be bool, not int",
    ),
    "missing": (lambda: x.cumsum(), 'cumsum() missing 1 required positional arguments: "dim"'),
    "too many": (lambda: x.cumsum(1, 2), "cumsum() takes 1 positional argument but 2 were given"),
    "unknown": (lambda: x.cumsum(1, foo=2), "cumsum() got an unexpected keyword argument 'foo'"),
    "an int in a list's place": (lambda: x.amax("a"), "amax(): argument 'dim' (position 1) must be tuple of ints, not str"),
    "in place": (lambda: x.clone().lerp_(2, 1), NONE_FITS.format("lerp_()", "(int, int)")),
    "a number where none counts as a tensor": (
        lambda: minigrad.maximum(x, 2), "maximum(): argument 'other' (position 2) must be Tensor, not int",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_the_error_is_torchs(name):
    call, words = WRONG[name]
    with pytest.raises(TypeError) as caught:
        call()
    assert str(caught.value).split("\n")[0] == words


def test_a_reflected_operator_takes_a_tensor():
    a, b = minigrad.ones(2, requires_grad=True), minigrad.full((2,), 3.0, requires_grad=True)
    found = a.__rsub__(b)
    assert (found.tolist(), found.grad_fn.name()) == ([2.0, 2.0], "RsubBackward0")


def test_an_empty_dimension_has_no_extremes():
    with pytest.raises(IndexError, match=r"^aminmax: Expected reduction dim 1 to have non-zero size\.$"):
        minigrad.aminmax(minigrad.ones(2, 0), dim=1)


def test_all_signatures_are_listed():
    with pytest.raises(TypeError) as caught:
        x.eq("a")
    assert str(caught.value).split("\n")[1:] == [" * (Tensor other)", " * (Number other)", ""]


def test_an_error_of_arguments_that_fit_stands():
    with pytest.raises(RuntimeError, match="must match the size"):
        minigrad.add(x, minigrad.ones(4))
    with pytest.raises(IndexError, match="Dimension out of range"):
        x.cumsum(5)
    with pytest.raises(NotImplementedError, match="'out'"):
        minigrad.cumsum(x, 0, out=x)

"""What functions answer at nan, at infinities, at both zeros: torch's answers, written down."""

import math

import pytest

import minigrad

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

INF, NAN = math.inf, math.nan


def shown(t):
    return str(t.tolist())  # tells 0.0 from -0.0


def gradient(function, *values):
    """The gradient of the sum of function(x), as text."""
    x = minigrad.tensor(values, requires_grad=True)
    function(x).sum().backward()
    return shown(x.grad)


def test_the_sign_of_nan_is_0():
    x = minigrad.tensor([NAN, -0.0, -INF])
    assert shown(minigrad.sign(x)) == shown(minigrad.sgn(x)) == "[0.0, 0.0, -1.0]"
    assert gradient(minigrad.abs, NAN, 1.0, -2.0) == "[0.0, 1.0, -1.0]"
    assert shown(minigrad.heaviside(x, minigrad.full((3,), 0.5))) == "[0.0, 0.5, 0.0]"


@pytest.mark.parametrize("name", ["maximum", "minimum", "fmax", "fmin", "clamp_min", "clamp_max"])
def test_of_two_zeros_the_first_counts(name):
    zeros, turned = minigrad.tensor([0.0, -0.0]), minigrad.tensor([-0.0, 0.0])
    function = getattr(minigrad, name)
    assert shown(function(zeros, turned)) == "[0.0, -0.0]"
    assert shown(function(turned, zeros)) == "[-0.0, 0.0]"


def test_a_limit_of_0_leaves_both_zeros():
    x = minigrad.tensor([-0.0, 0.0])
    for found in (x.relu(), x.clamp(0.0), x.clamp(max=0.0), x.clamp_min(0.0)):
        assert shown(found) == "[-0.0, 0.0]"


def test_a_rest_of_0_has_the_sign_of_the_dividend():
    found = minigrad.remainder(minigrad.tensor([-4.0, 4.0, -0.0]), minigrad.tensor([2.0, -2.0, 3.0]))
    assert shown(found) == "[-0.0, 0.0, -0.0]"


def test_a_sum_so_far_begins_at_0():
    x = minigrad.tensor([-0.0, -0.0])
    assert shown(x.cumsum(0)) == "[0.0, 0.0]"
    assert shown(x[:1].logcumsumexp(0)) == "[0.0]"


def test_sums_so_far_are_computed_in_float64():
    assert minigrad.full((100000,), 0.1).cumsum(0)[-1].item() == 10000.0


def test_an_infinite_norm_has_a_gradient_of_zeros():
    assert gradient(lambda x: minigrad.linalg.vector_norm(x, INF), INF, NAN, -3.0) == "[0.0, 0.0, -0.0]"


def test_an_angle_too_near_to_the_origin_has_no_slope():
    assert gradient(lambda x: minigrad.atan2(x, minigrad.tensor([1e-40, 0.0])), 1e-40, 0.0) == "[0.0, 0.0]"


def test_what_was_no_number_has_a_gradient_of_0_with_the_sign_of_the_product():
    assert gradient(lambda x: -minigrad.nansum(x), NAN, 1.0) == "[-0.0, -1.0]"
    assert gradient(lambda x: -minigrad.nan_to_num(x), 1.0, INF) == "[-1.0, -0.0]"


def test_sinc_is_flat_where_the_square_is_0():
    assert gradient(minigrad.sinc, 1e-25) == "[0.0]"


def test_gradients_where_everything_is_ignored_and_at_nan():
    scores = minigrad.tensor([[0.5, 1.0, 2.0]], requires_grad=True)
    loss = minigrad.nn.functional.cross_entropy(scores, minigrad.tensor([-100]))
    loss.backward()
    assert shown(loss) == "nan"
    assert shown(scores.grad) == "[[0.0, 0.0, 0.0]]"
    assert gradient(minigrad.nn.functional.elu, NAN, 1.0) == "[1.0, 1.0]"


@pytest.mark.parametrize("name", ["var", "std"])
def test_a_variance_without_degrees_of_freedom_is_warned_of(name):
    with pytest.warns(UserWarning, match=rf"^{name}\(\): degrees of freedom is <= 0"):
        assert shown(getattr(minigrad.ones(1), name)()) == "nan"

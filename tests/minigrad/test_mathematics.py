"""The special functions where they have poles and limits: torch's answers, written down."""

import math

import pytest

import minigrad

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

INF, NAN = math.inf, math.nan


@pytest.mark.parametrize(
    ("function", "values", "answers"),
    [
        (minigrad.lgamma, [0.0, -1.0, -2.5, INF, -INF], [INF, INF, -0.05624371649767405, INF, INF]),
        (minigrad.digamma, [0.0, -0.0, -1.0, -0.25, INF], [-INF, INF, NAN, 2.9141391202135267, INF]),
        (minigrad.erfinv, [1.0, -1.0, 1.5, -0.999], [INF, -INF, NAN, -2.326753765513525]),
        (minigrad.special.entr, [0.0, -1.0, INF, NAN], [0.0, -INF, -INF, NAN]),
        (minigrad.angle, [1.0, -1.0, NAN, -0.0], [0.0, math.pi, NAN, 0.0]),
    ],
)
def test_poles_and_limits(function, values, answers):
    found = function(minigrad.tensor(values, dtype=minigrad.float64)).tolist()
    assert found == pytest.approx(answers, rel=1e-14, nan_ok=True)


def test_frexp_takes_floats_apart():
    found = minigrad.frexp(minigrad.tensor([5.0, 0.0, INF]))
    assert type(found).__name__ == "frexp"
    assert found.mantissa.tolist() == [0.625, 0.0, INF]
    assert found.exponent.dtype is minigrad.int32
    assert found.exponent.tolist() == [3, 0, 0]


def test_a_real_number_is_its_own_conjugate():
    x = minigrad.ones(2, requires_grad=True)
    assert x.conj() is x
    assert x.real is x
    assert minigrad.resolve_conj(x) is x


def test_a_covariance_of_too_few_observations_warns():
    with pytest.warns(UserWarning, match="degrees of freedom is <= 0"):
        assert minigrad.cov(minigrad.ones(2, 3), correction=5).isnan().all()


def test_special_has_the_names_of_torch():
    assert minigrad.special.expit is minigrad.sigmoid
    assert minigrad.special.gammaln is minigrad.lgamma
    assert minigrad.special.psi is minigrad.digamma
    found = minigrad.special.round(minigrad.tensor([1.5], requires_grad=True))
    assert (found.tolist(), found.grad_fn.name()) == ([2.0], "RoundBackward1")

"""Random numbers: those of torch, from the same seed; what is drawn in between changes what comes after."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import minigrad as m

# What torch 2.13 draws after manual_seed(0).
DRAWS: list[tuple[str, Callable[[], m.Tensor], list]] = [
    ("rand(3)", lambda: m.rand(3), [0.496257, 0.768222, 0.0884774]),
    ("rand float64", lambda: m.rand(3, dtype=m.float64), [0.970053, 0.70782, 0.459383]),
    ("few normal numbers", lambda: m.randn(5), [1.541, -0.293429, -2.17879, 0.568431, -1.08452]),
    ("normal numbers in blocks", lambda: m.randn(18)[-4:], [0.946298, -0.843677, 0.931827, 1.25901]),
    (
        "in the order of memory",
        lambda: m.empty(2, 3).t().normal_(1, 2),
        [[4.08199, 2.13686], [0.413142, -1.16904], [-3.35758, -1.79719]],
    ),
    ("randint", lambda: m.randint(-5, 5, (4,)), [-1, 4, -2, -5]),
    ("long randint", lambda: m.randint(0, 2**40, (2,)), [741280623151, 506137267392]),
    ("randperm", lambda: m.randperm(6), [2, 5, 3, 0, 1, 4]),
    ("exponential_", lambda: m.empty(3).exponential_(2.0), [1.75416, 0.615192, 0.307522]),
    ("multinomial", lambda: m.multinomial(m.tensor([1.0, 2.0, 3.0, 4.0]), 3), [2, 1, 3]),
    ("put back", lambda: m.multinomial(m.tensor([1.0, 2.0, 3.0, 4.0]), 5, True), [3, 3, 2, 3, 3]),
    ("dropout", lambda: m.nn.functional.dropout(m.ones(6), 0.5), [0.0, 0.0, 2.0, 0.0, 0.0, 0.0]),
    ("Linear", lambda: m.nn.Linear(2, 2).weight.detach(), [[-0.00529398, 0.379323], [-0.581981, -0.520387]]),
    ("random_", lambda: m.empty(3, dtype=m.uint8).random_(), [172, 47, 117]),
    ("trunc_normal_", lambda: m.nn.init.trunc_normal_(m.empty(3), a=1.5), [1.74813, 1.88411, 1.54424]),
]


@pytest.mark.parametrize(("draw", "numbers"), [draw[1:] for draw in DRAWS], ids=[draw[0] for draw in DRAWS])
def test_the_numbers_are_torchs(draw: Callable[[], m.Tensor], numbers: list) -> None:
    m.manual_seed(0)
    drawn = draw()
    assert m.allclose(drawn, m.tensor(numbers, dtype=drawn.dtype), rtol=1e-5, atol=1e-6)


def test_normal_numbers_come_in_pairs_of_which_the_second_waits() -> None:
    m.manual_seed(0)
    five = m.randn(5).tolist()
    m.manual_seed(0)
    assert [*m.randn(3).tolist(), *m.randn(2).tolist()] == five
    m.manual_seed(0)
    m.randn(3)
    m.manual_seed(0)
    assert m.randn(5).tolist() == five, "a new seed forgets the one that waited"


def test_a_state_goes_back_to_where_the_numbers_were() -> None:
    generator = m.Generator().manual_seed(3)
    m.randn(3, generator=generator)
    state = generator.state
    drawn = m.randn(20, generator=generator).tolist()
    assert generator.state != state
    generator.state = state
    assert generator.state == state
    assert m.randn(20, generator=generator).tolist() == drawn
    assert generator.initial_seed() == 3


def test_a_generator_of_its_own_leaves_the_others_alone() -> None:
    m.manual_seed(0)
    m.rand(5, generator=m.Generator())
    assert m.rand(1).item() == pytest.approx(0.496257, abs=1e-6)
    with pytest.raises(TypeError, match="argument 'generator' must be Generator, not int"):
        m.rand(3, generator=3)
    with pytest.raises(NotImplementedError, match="'cuda' is not supported"):
        m.Generator("cuda")
    with pytest.raises(TypeError, match="the seed must be an int, not float"):
        m.manual_seed(1.5)


def test_a_negative_seed_is_taken_as_torch_takes_it() -> None:
    assert m.manual_seed(-1).initial_seed() == 2**64 - 1 == m.initial_seed()


def test_what_is_even_and_seldom_normal_is_within_its_bounds() -> None:
    with pytest.warns(UserWarning, match="mean is more than 2 std from"):
        tail = m.nn.init.trunc_normal_(m.empty(200), a=2.5, b=3.0)
    assert tail.min().item() >= 2.5
    assert tail.max().item() <= 3.0

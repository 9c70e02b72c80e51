"""Pictures of training: what is drawn is what was given, and nothing loads matplotlib before."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import matplotlib
import numpy as np
import pytest

import minigrad
from minigrad import nn
from minigrad_widgets.plots import gradient_flow, loss_curve, loss_surface

matplotlib.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes


@pytest.fixture
def ax() -> Iterator[Axes]:
    figure, ax = plt.subplots()
    yield ax
    figure.canvas.draw()  # what cannot be drawn fails here
    plt.close("all")


def words(ax: Axes) -> list[str]:
    return [text.get_text().strip() for text in ax.texts]


def legend(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


def net() -> nn.Sequential:
    minigrad.manual_seed(0)
    return nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))


def test_matplotlib_is_loaded_when_something_is_drawn() -> None:
    program = "import sys, minigrad_widgets.plots; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_losses_become_lines_that_bear_their_names(ax: Axes) -> None:
    loss_curve({"SGD": [3.0, 2.0, 1.0], "Adam": [3.0, 1.0]}, log=True, ax=ax)
    assert [line.get_ydata().tolist() for line in ax.lines] == [[3, 2, 1], [3, 1]]
    assert legend(ax) == ["SGD", "Adam"]
    assert len({line.get_linestyle() for line in ax.lines}) == 2, "not by colour alone"
    assert ax.get_yscale() == "log"


def test_one_series_needs_no_name_and_may_be_a_tensor(ax: Axes) -> None:
    loss_curve(minigrad.tensor([2.0, 1.0]), ax=ax)
    assert ax.lines[0].get_ydata().tolist() == [2, 1]
    assert ax.get_legend() is None


def test_gradients_are_shown_from_the_first_layer_on(ax: Axes) -> None:
    model = net()
    model[2].bias.requires_grad_(False)
    model(minigrad.ones(4, 2)).sum().backward()
    gradient_flow(model, ax=ax)
    names = ["0.weight", "0.bias", "2.weight", "2.bias"]
    assert [label.get_text() for label in ax.get_yticklabels()] == names
    assert ax.yaxis_inverted()
    drawn = [bar.get_width() for bar in ax.patches]
    means = [p.grad.abs().mean().item() if p.grad is not None else 0 for _, p in model.named_parameters()]
    assert drawn == pytest.approx(means)
    assert words(ax) == ["no gradient"]


def test_a_gradient_of_zeros_says_so(ax: Axes) -> None:
    model = net()
    (model(minigrad.ones(4, 2)) * 0).sum().backward()
    gradient_flow(model, ax=ax)
    assert words(ax) == ["all 0"] * 4


def test_a_map_has_lines_of_equal_height_and_the_paths(ax: Axes) -> None:
    path = [[-1.0, 1.0], [0.0, 0.0]]
    loss_surface(lambda a, b: minigrad.tensor(a * a + b * b), (-2, 2), (-1, 1), {"SGD": path}, ax=ax)
    assert ax.lines[0].get_xydata().tolist() == path
    assert legend(ax) == ["SGD"]
    assert (ax.get_xlim(), ax.get_ylim()) == ((-2, 2), (-1, 1))
    assert len(ax.collections[0].get_paths()) > 5


def test_a_map_may_go_below_zero_and_have_no_path(ax: Axes) -> None:
    loss_surface(lambda a, b: a + b, (-2, 2), (-1, 1), ax=ax)
    levels = ax.collections[0].levels
    assert np.diff(levels) == pytest.approx(np.diff(levels)[0])
    assert ax.get_legend() is None


def test_without_axes_each_has_a_figure_of_its_own() -> None:
    loss_curve([1.0, 0.5])
    loss_surface(lambda a, b: a * a + b * b, (-1, 1), (-1, 1), [[0.5, 0.5]])
    assert len(plt.get_fignums()) == 2
    plt.close("all")


def test_what_cannot_be_shown_says_why() -> None:
    model = net()
    with pytest.raises(ValueError, match=r"call loss\.backward\(\) first"):
        gradient_flow(model)
    with pytest.raises(ValueError, match="Tanh has no parameters"):
        gradient_flow(nn.Tanh())
    with pytest.raises(ValueError, match=r"no loss in 'SGD': append loss\.item\(\)"):
        loss_curve({"SGD": []})
    with pytest.raises(ValueError, match="losses of 0 or less"):
        loss_curve([1.0, 0.0], log=True)
    with pytest.raises(ValueError, match=r"'SGD' has the shape \(3,\)"):
        loss_surface(lambda a, b: a, (-1, 1), (-1, 1), {"SGD": [1.0, 2.0, 3.0]})
    plt.close("all")

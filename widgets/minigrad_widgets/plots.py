"""Three pictures of training, for models of minigrad and of torch alike. matplotlib is loaded when one is drawn.

    loss_curve(losses)                               or {"SGD": losses, "Adam": others}, log=True
    gradient_flow(model)                             after backward(): how large the gradients are, layer by layer
    loss_surface(loss, (-5, 5), (-2, 2), paths)      loss(a, b) on a map, and the ways that optimisers took

Each draws into `ax`, an Axes of matplotlib, where it is given, else into a figure of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Lines differ in kind as well as in colour (Okabe and Ito, 2008: colours that most people can tell apart).
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")
_KINDS = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)))
_MARKS = ("o", "s", "^", "D", "v", "P")
_MAP_POINTS = 80  # along each side of a map


def _axes(ax: Axes | None, height: float = 3.4) -> Axes:
    if ax is not None:
        return ax
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError("plots are drawn with matplotlib: pip install matplotlib") from error
    return plt.subplots(figsize=(7, height), layout="constrained")[1]


def _style(i: int) -> dict[str, Any]:
    return {"color": _COLOURS[i % len(_COLOURS)], "linestyle": _KINDS[i % len(_KINDS)]}


def _named(series: Any) -> dict[str, Any]:
    return dict(series) if isinstance(series, Mapping) else {"": series}


def _legend(ax: Axes) -> None:
    if ax.get_legend_handles_labels()[0]:
        ax.legend(handlelength=3.5)


def loss_curve(
    losses: Sequence[float] | Mapping[str, Sequence[float]], *, log: bool = False, ax: Axes | None = None
) -> None:
    """Losses over the steps of training: one series, or several by their names.

    ValueError for a series without a number, or with log=True for numbers that are not positive.
    """
    series = {name: np.asarray(values, dtype=float).reshape(-1) for name, values in _named(losses).items()}
    for name, values in series.items():
        if not values.size:
            raise ValueError(f"loss_curve: there is no loss in {name!r}: append loss.item() in each step")
        if log and (values <= 0).any():
            raise ValueError(f"loss_curve: {name!r} has losses of 0 or less, which log=True cannot show")
    ax = _axes(ax)
    for i, (name, values) in enumerate(series.items()):
        ax.plot(values, label=name or None, **_style(i))
    _legend(ax)
    if log:
        ax.set_yscale("log")
    ax.set(xlabel="step", ylabel="loss")


def gradient_flow(model: Any, *, ax: Axes | None = None) -> None:
    """The mean size of the gradients of each parameter, from the first layer (above) to the last.

    ValueError for a model without parameters, or before backward().
    """
    parameters = list(model.named_parameters())
    if not parameters:
        raise ValueError(f"gradient_flow: {type(model).__name__} has no parameters")
    if all(p.grad is None for _, p in parameters):
        raise ValueError("gradient_flow: no parameter has a gradient: call loss.backward() first")
    sizes = [0.0 if p.grad is None else float(np.abs(np.asarray(p.grad)).mean()) for _, p in parameters]
    ax = _axes(ax, height=1 + 0.24 * len(parameters))
    rows = np.arange(len(parameters))
    ax.barh(rows, sizes, color=_COLOURS[0])
    ax.set_yticks(rows, [name for name, _ in parameters])
    ax.invert_yaxis()
    positive = [size for size in sizes if size > 0]
    if positive:
        ax.set_xscale("log")
        ax.set_xlim(min(positive) / 3, max(positive) * 3)
    start = ax.get_xlim()[0]
    for row, ((_, parameter), size) in enumerate(zip(parameters, sizes, strict=True)):
        if not size:
            ax.annotate(" no gradient" if parameter.grad is None else " all 0", (start, row), va="center")
    ax.set_xlabel("mean |gradient|")


def loss_surface(
    loss: Callable[[float, float], Any],
    a: tuple[float, float],
    b: tuple[float, float],
    paths: Mapping[str, Sequence[Sequence[float]]] | Sequence[Sequence[float]] = (),
    *,
    ax: Axes | None = None,
) -> None:
    """loss(a, b) as a map over two ranges: lines of equal height, and paths of (a, b) on it.

    Where no height is below 0 each line is so many times as high as the next, else the steps are even.
    ValueError for what is no path.
    """
    across, up = np.linspace(*a, _MAP_POINTS), np.linspace(*b, _MAP_POINTS)
    heights = np.array([[float(loss(float(x), float(y))) for x in across] for y in up])
    ax = _axes(ax, height=4.2)
    ax.contour(across, up, heights, levels=_levels(heights), colors="#8a939c", linewidths=0.8)
    for i, (name, path) in enumerate(_named(paths).items() if len(paths) else ()):
        points = np.asarray(path, dtype=float)
        if points.ndim != 2 or points.shape[1] != 2:
            raise ValueError(
                f"loss_surface: a path is a list of (a, b), and {name!r} has the shape {points.shape}"
            )
        ax.plot(*points.T, marker=_MARKS[i % len(_MARKS)], markersize=3.5, label=name or None, **_style(i))
    _legend(ax)
    ax.set(xlabel="a", ylabel="b", xlim=a, ylim=b)


def _levels(heights: np.ndarray) -> np.ndarray:
    low, high = float(heights.min()), float(heights.max())
    if low >= 0 and high > 0:
        return np.geomspace(max(low, high * 1e-4), high, 16)
    return np.linspace(low, high, 16)

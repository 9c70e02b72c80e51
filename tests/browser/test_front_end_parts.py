"""The pure parts of the front end, module by module, in a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, Route

from browser import traces
from minigrad_widgets.layout import layout

FRONTEND = Path(__file__).resolve().parents[2] / "widgets" / "frontend"


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """A page from which the modules can be imported one by one."""
    page = browser.new_page()

    def answer(route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        if name.endswith(".js"):
            route.fulfill(path=FRONTEND / name, content_type="text/javascript")
        elif name.endswith(".json"):
            route.fulfill(path=FRONTEND.parent / "minigrad_widgets" / name, content_type="application/json")
        else:
            route.fulfill(body="<!doctype html>", content_type="text/html")

    page.route("http://front-end.test/**", answer)
    page.goto("http://front-end.test/")
    yield page
    page.close()


@pytest.fixture
def run(page: Page) -> Callable[..., Any]:
    """`run("model.js", "(m, a) => m.nameOf(a)", a)`: JavaScript with a module, on plain data."""

    def run(module: str, function: str, *arguments: Any) -> Any:
        call = f"async ([a]) => ({function})(await import('/{module}'), ...a)"
        return page.evaluate(call, [list(arguments)])

    return run


def test_every_moment_is_the_one_that_python_sees(run: Callable[..., Any]) -> None:
    """The same trace, stepped through in Python and in the browser: back to each moment, and on again."""
    trace = traces.version_error()
    seen = run(
        "model.js",
        """(m, trace) => {
          const last = m.lastMoment(trace);
          const list = (moment) => [moment.tensors, moment.functions, moment.edges].map((x) => [...x.values()]);
          const back = trace.steps.map((_, k) => list(m.momentAt(last, k)));
          const first = m.momentAt(last, 0);
          const on = trace.steps.map((_, k) => list(m.momentAt(first, k)));
          return {back, on, last: list(m.momentAt(first, trace.steps.length))};
        }""",
        json.loads(trace.to_json()),
    )
    parts = ("tensors", "functions", "edges")
    expected = [
        [json.loads(trace.at(k).to_json())[part] for part in parts] for k in range(len(trace.steps) + 1)
    ]
    assert seen["back"] == expected[:-1]
    assert seen["on"] == expected[:-1]
    assert seen["last"] == expected[-1]
    assert expected[0] != expected[-1]


def test_what_no_step_touched_stays_the_same_object(run: Callable[..., Any]) -> None:
    same = run(
        "model.js",
        """(m, trace) => {
          const last = m.lastMoment(trace);
          const before = m.momentAt(last, trace.steps.length - 1);
          const touched = new Set(trace.steps.at(-1).changes.map((change) => change.id));
          return [...last.tensors].every(([id, t]) => touched.has(id) || before.tensors.get(id) === t);
        }""",
        json.loads(traces.version_error().to_json()),
    )
    assert same


@pytest.mark.parametrize("step", [-1, 99, 0.5])
def test_a_moment_that_is_not_there_is_refused(run: Callable[..., Any], step: float) -> None:
    with pytest.raises(Error, match=f"step {step} is not between 0 and"):
        run("model.js", "(m, t, k) => m.momentAt(m.lastMoment(t), k)", traces.plain(traces.worked()), step)


def test_a_step_about_nothing_is_refused(run: Callable[..., Any]) -> None:
    trace = traces.plain(traces.worked())
    trace["steps"][-1]["changes"] = [{"id": "t99", "field": "version", "before": 0, "after": 1}]
    with pytest.raises(Error, match=r"changes t99\.version, and the trace has no t99"):
        run("model.js", "(m, t) => m.momentAt(m.lastMoment(t), 0)", trace)


@pytest.mark.parametrize(
    ("later", "stands"),
    [
        ([], True),
        ([("name", 1)], True),  # looking at things does not cure it
        ([("op", 0)], True),  # caught, and the same cell went on
        ([("op", 1)], False),
        ([("write", 1), ("name", 1)], False),
    ],
)
def test_an_error_stands_until_a_later_cell_changes_the_graph(
    run: Callable[..., Any], later: list[tuple[str, int]], stands: bool
) -> None:
    error = {"kind": "version", "title": "stop"}
    step = {"said": [], "about": [], "changes": [], "error": None}
    steps = [{**step, "kind": "error", "place": {"cell": 0, "line": 1}, "error": error}]
    steps += [{**step, "kind": kind, "place": {"cell": cell, "line": 1}} for kind, cell in later]
    trace = {**traces.plain(traces.worked()), "steps": steps}
    assert run("model.js", "(m, t) => m.standingError(m.lastMoment(t))", trace) == (error if stands else None)


def test_a_path_is_read_and_run_the_other_way(run: Callable[..., Any]) -> None:
    points = run("geometry.js", "(g, d) => g.turned(g.pathPoints(d))", "M 1 2 C 3 4 5 -6.5 1e-1 8")
    assert points == [[0.1, 8], [5, -6.5], [3, 4], [1, 2]]


def test_an_edge_reaches_the_smaller_box_that_is_drawn(run: Callable[..., Any]) -> None:
    """The layout keeps 100 x 60 for the function at the end; drawn is 40 x 20 in its middle."""
    start, drawn = {"x": 0, "y": 0, "w": 100, "h": 50}, {"x": 30, "y": 120, "w": 40, "h": 20}
    points = run(
        "geometry.js",
        "(g, d, a, b) => g.reachTo(g.pathPoints(d), a, b)",
        "M 50 50 C 50 60 50 90 50 100",
        start,
        drawn,
    )
    assert points[0] == [50, 50]
    assert points[-1] == [50, 120]
    assert len(points) % 3 == 1


def test_the_middle_of_a_path_is_half_of_its_length(run: Callable[..., Any]) -> None:
    """One long piece and a short one: by pieces, the middle would be at 90."""
    d = "M 0 0 C 30 0 60 0 90 0 C 93 0 97 0 100 0"
    assert run("geometry.js", "(g, d) => g.pointAt(g.pathPoints(d), 0.5)", d) == pytest.approx([50, 0])


def test_an_arrow_points_along_the_end_of_its_path(run: Callable[..., Any]) -> None:
    found = run("geometry.js", "(g, d) => g.arrow(g.pathPoints(d), 8)", "M 0 0 C 0 20 50 0 50 60")
    numbers = [float(n) for n in found["head"].replace("M", "").replace("Z", "").replace("L", " ").split()]
    tip, left, neck, right = zip(numbers[::2], numbers[1::2], strict=True)
    assert tip == (50, 60)
    assert left[1] < 60
    assert right[1] < 60
    assert left[0] < neck[0] < right[0] or right[0] < neck[0] < left[0]
    assert found["line"][-1] == pytest.approx(neck, abs=0.1)


def test_a_label_stands_where_it_covers_nothing(run: Callable[..., Any]) -> None:
    place = """(g, taken) => {
      const index = new g.BoxIndex();
      taken.forEach((box) => index.add(box));
      return g.labelPlace(g.pathPoints('M 0 0 C 0 100 0 200 0 300'), 40, 16, index);
    }"""
    free = run("geometry.js", place, [])
    assert (free["x"], free["w"]) == (-20, 40)
    other = run("geometry.js", place, [free])
    assert abs(other["y"] - free["y"]) > 16
    assert run("geometry.js", place, [{"x": -500, "y": -500, "w": 1000, "h": 1000}]) is None


@pytest.mark.parametrize(("direction", "to"), [("right", "b"), ("left", None), ("down", "c"), ("up", None)])
def test_arrow_keys_go_to_the_nearest_in_that_direction(
    run: Callable[..., Any], direction: str, to: str | None
) -> None:
    things = {"a": (0, 0), "b": (200, 0), "c": (20, 100), "d": (0, 300)}
    boxes = [[id, {"box": {"x": x, "y": y, "w": 50, "h": 20}}] for id, (x, y) in things.items()]
    assert run("geometry.js", "(g, b, d) => g.neighbour(new Map(b), 'a', d)", boxes, direction) == to


@pytest.mark.parametrize(("room", "shown"), [(50, "abcde"), (40, "abc…"), (10, ""), (20, "a…"), (5, "")])
def test_text_is_cut_to_its_room(run: Callable[..., Any], room: int, shown: str) -> None:
    """Every letter 10 wide."""
    code = "(t, text, room) => t.fit(text, room, t.FONTS.small, (s) => [...s].length * 10)"
    assert run("text.js", code, "abcde", room) == shown


@pytest.mark.parametrize(
    ("room", "drawing", "scale"),
    [
        ((400, 800), (400, 600), 1),
        ((800, 1200), (400, 600), 1.6),  # as large as it gets
        ((400, 500), (400, 600), 500 / 600),  # the whole is still easy to read
        ((400, 300), (400, 600), 1),  # it would not be: as wide as the room, and it scrolls
        ((300, 300), (400, 600), 0.75),
        ((100, 300), (400, 600), 0.68),  # never smaller than can be read
        ((100, 300), (0, 0), 1),
    ],
)
def test_a_drawing_fits_while_it_can_be_read(
    run: Callable[..., Any], room: tuple[int, int], drawing: tuple[int, int], scale: float
) -> None:
    assert run("stage.js", "(p, ...sizes) => p.scaleFor(...sizes, 1.6)", *room, *drawing) == pytest.approx(
        scale
    )


def test_a_gradient_is_written_once_on_its_way_and_a_sum_where_ways_meet(run: Callable[..., Any]) -> None:
    """l1 = x w1 goes into l2 and l3: what comes back on the two edges is added up on the edge to mul."""
    messages = run(
        "edge.js",
        """async (e, trace) => {
          const {lastMoment} = await import('/model.js');
          return Object.fromEntries(e.edgeMessages(lastMoment(trace), 'backward'));
        }""",
        traces.plain(traces.worked()),
    )
    pills = {id: message["pill"] for id, message in messages.items() if message["pill"]}
    assert pills == {
        "e_w1_mul": "28.0",
        "e_mul_l1": "all 7.0",
        "e_l1_add": "all 2.0",
        "e_w2_add": "8.0",
        "e_l1_mul2": "all 5.0",
        "e_l2_mean": "all 0.25",
        "e_mean_loss": "1.0",
    }
    assert messages["e_x_mul"]["words"] == "x to mul as self, no gradient flows back here"


def test_the_language_that_was_chosen_is_remembered(run: Callable[..., Any]) -> None:
    """For the next page, and at once by every view of this one."""
    spoken = run(
        "language.js",
        """async (l) => {
          const {language} = await import('/words.js');
          const heard = [];
          const end = l.onLanguage(() => heard.push(language()));
          l.choose('zh');
          l.choose('en');
          l.choose('zh');
          end();
          l.beginToSpeak();
          localStorage.clear();
          const remembered = language();
          l.beginToSpeak();
          return [heard, remembered, language()];
        }""",
    )
    assert spoken == [["zh", "en", "zh"], "zh", "en"]


def test_a_broken_slot_has_a_line_although_no_edge_leads_to_its_card(run: Callable[..., Any]) -> None:
    trace = traces.plain(traces.version_error())
    trace["functions"][3]["saved"] = [trace["functions"][1]["saved"][0]]  # mean has saved b, says the trace
    line = run(
        "scene.js",
        """async (s, trace, layout) => {
          const {lastMoment} = await import('/model.js');
          const {Folding, unfold} = await import('/fold.js');
          const places = unfold(new Folding(layout, trace), new Set());
          const scene = s.buildScene(lastMoment(trace), places, 'backward', (t) => 6 * t.length);
          const {points, message, pill} = scene.lines.get('mean self');
          return {points, message, pill, ends: [scene.things.get('mean').box, scene.things.get('b0').box]};
        }""",
        trace,
        layout(traces.version_error()),
    )
    assert (line["message"]["broken"], line["message"]["pill"]) == (True, "v0 ≠ v1")
    assert line["pill"]
    for point, box in zip((line["points"][0], line["points"][-1]), line["ends"], strict=True):
        assert point[0] in (pytest.approx(box["x"]), pytest.approx(box["x"] + box["w"]))
        assert box["y"] <= point[1] <= box["y"] + box["h"]

"""A trace as one picture: well formed, whole, readable without colour and without anything beside it."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from minigrad_widgets.drawing import style
from minigrad_widgets.drawing.fitting import FONTS, estimate
from minigrad_widgets.svg import CODE, SAY, picture, summary, wrapped
from minigrad_widgets.trace import Cell, EdgeView, NodeView, TensorView, Trace, Value

from . import sample_traces

SAMPLES = [sample_traces.worked, sample_traces.version_error, sample_traces.ghost_and_cuts]
SVG = "{http://www.w3.org/2000/svg}"


def parsed(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)


def of_class(tree: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [e for e in tree.iter() if name in e.get("class", "").split()]


def words(element: ElementTree.Element) -> list[str]:
    """The texts that are drawn, row by row."""
    return ["".join(text.itertext()) for text in element.iter(f"{SVG}text")]


@pytest.mark.parametrize("make", SAMPLES)
def test_everything_is_in_both_drawings(make) -> None:
    trace = make()
    tree = parsed(trace.to_svg())
    assert len(of_class(tree, "mg-card")) == 2 * len(trace.tensors)
    assert len(of_class(tree, "mg-fn")) == 2 * len(trace.functions)
    assert len(of_class(tree, "mg-edge")) == 2 * len(trace.edges)
    assert {"Forward", "Backward"} <= set(words(tree))


def test_a_card_says_what_there_is_to_say() -> None:
    tree = parsed(sample_traces.worked().to_svg(side="backward"))
    cards = {words(card)[0]: words(card) for card in of_class(tree, "mg-card")}
    assert cards["w1"] == ["w1", "v0", "()", "2.0", "AccumulateGrad", ".grad", "28.0"]
    assert cards["x"] == ["x", "v0", "(2, 2)", "all 1.0", "requires_grad False"]
    assert cards["l4"][-2:] == [".grad", "let go"]
    pills = [words(pill) for pill in of_class(tree, "mg-pill")]
    assert {"28.0", "8.0", "10.0", "all 7.0"} <= {pill[0] for pill in pills if pill}
    slots = [words(slot)[0] for slot in of_class(tree, "mg-slot")]
    assert sorted(slots) == [
        "other l3 · freed", "other w3 · freed", "self l1 · freed", "self l2 · freed", "self x · freed",
    ]  # fmt: skip


def test_an_error_is_drawn_and_explained() -> None:
    tree = parsed(sample_traces.version_error().to_svg())
    said = words(tree)
    assert "Backward stopped at MulBackward0" in said
    assert "saved: b at version 0, In [2] line 1" in said
    assert "changed: b at version 1, In [2] line 2" in said
    assert "2. c = b.clone(); c[0] = 1000." in said
    assert said.count("self b · saved v0, now v1") == 1
    assert said.count("v0 ≠ v1") == 2
    assert len(of_class(tree, "mg-alarm")) == 3  # the function in both drawings, and the title
    assert "old" in "".join(said)


def test_a_chosen_moment() -> None:
    trace = sample_traces.worked()
    tree = parsed(trace.to_svg(step=1))
    assert [words(card)[0] for card in of_class(tree, "mg-card")] == ["x", "x"]
    assert "x is all 1.0, shape (2, 2): a leaf that asks for no gradient." in words(tree)
    (about,) = of_class(parsed(trace.to_svg(step=1, side="forward")), "mg-about")
    assert words(about)[0] == "x"
    nothing = parsed(trace.to_svg(step=0))
    assert of_class(nothing, "mg-card") == []
    # Nothing moves from one moment to another.
    last = of_class(parsed(trace.to_svg()), "mg-thing")
    assert of_class(tree, "mg-thing")[0].get("transform") in {thing.get("transform") for thing in last}


@pytest.mark.parametrize(
    ("how", "complaint"),
    [
        ({"side": "left"}, "side 'left': there are 'both', 'forward' and 'backward'"),
        ({"theme": "blue"}, "theme 'blue': there are 'auto', 'light' and 'dark'"),
        ({"step": 27}, "moment 27: this trace has the moments 0 to 26"),
        ({"step": -1}, "moment -1"),
    ],
)
def test_what_there_is_not_is_refused(how: dict, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        sample_traces.worked().to_svg(**how)


def test_colours_are_plain_and_follow_the_theme() -> None:
    trace = sample_traces.version_error()
    light, dark, auto = (trace.to_svg(theme=theme) for theme in ("light", "dark", "auto"))
    for text in (light, dark, auto):
        sheet = re.search(r"<style>(.*?)</style>", text)[1]
        assert not re.search(r"var\(|light-dark|--mg|color-mix", sheet)
        assert "url(" not in text.replace("xmlns", "")
    assert "prefers-color-scheme" not in light + dark
    assert "fill:#fff" in light.replace(" ", "")
    assert "fill:#111418" in dark.replace(" ", "")
    assert "@media (prefers-color-scheme: dark)" in auto


def test_every_mark_of_a_state_has_a_rule() -> None:
    """The picture's style is cut out of the panel's; what the panel renames must not get lost here."""
    sheet = style.style("light")
    for name in (
        *("mg-grows", "mg-old", "mg-unheld", "mg-written", "mg-dim", "mg-leaf", "mg-ghost", "mg-struck"),
        *("mg-broken", "mg-freed", "mg-cut", "mg-ran", "mg-flowed", "mg-pill", "mg-slot", "mg-about"),
    ):
        assert f".{name}" in sheet, name
    assert not re.search(r":hover|:focus|mg-lit|mg-glide|@", sheet)


def test_it_is_told_to_those_who_do_not_see_it() -> None:
    trace = sample_traces.version_error()
    label = parsed(trace.to_svg()).get("aria-label")
    assert label == summary(trace)
    assert label == f"Graph of automatic differentiation: 5 tensors and 4 functions. {trace.steps[-1].text}"


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "a & b", '"', "\x00\x1b", "\udcff", "名字", "a" * 400]
)
def test_a_name_is_text(name: str) -> None:
    card = TensorView("t1", "x1", "s1", (), "float32", names=(name,), value=Value("1.0"))
    function = NodeView("f1", name)
    trace = Trace((Cell("[1]", ""),), (card,), (function,), (EdgeView("e1", "t1", "f1", name),))
    tree = parsed(trace.to_svg())
    assert not list(tree.iter("script"))
    title = of_class(tree, "mg-card")[0].find(f"{SVG}title").text
    assert re.sub("[\x00\x1b\udcff]", "\ufffd", name) in title


def test_texts_stay_in_their_boxes() -> None:
    """By the estimate, which is rather too wide; a long name, value and slot are cut."""
    long = "a_name_that_is_much_too_long_for_any_card_of_ours"
    card = TensorView("t1", "x1", "s1", (2, 2), "float32", names=(long,), value=Value(long), is_leaf=False)
    tree = parsed(Trace(tensors=(card,)).to_svg(side="forward"))
    (drawn,) = of_class(tree, "mg-card")
    width = float(drawn.find(f"{SVG}rect").get("width"))
    name, _, shape, value, _ = words(drawn)
    assert name.endswith("…")
    assert value.endswith("…")
    assert estimate(name, FONTS["name"]) < width - 40
    assert estimate(shape, FONTS["small"]) + estimate(value, FONTS["value"]) < width - 18


def test_a_line_breaks_between_words_and_keeps_its_indent() -> None:
    lines = wrapped("a gradient of b is here " * 6, 200, SAY)
    assert len(lines) > 2
    assert " ".join(lines).split() == ("a gradient of b is here " * 6).split()
    assert wrapped("   loss = 1", 200, CODE) == ["   loss = 1"]
    assert "".join(wrapped("x" * 200, 100, SAY)) == "x" * 200
    assert wrapped("", 100, SAY) == []


def test_without_words_it_is_smaller_and_draws_the_same() -> None:
    trace = sample_traces.worked()
    small = picture(trace, words=False)
    assert len(small) < len(trace.to_svg())
    assert words(parsed(small)) == words(parsed(trace.to_svg()))


def test_in_chinese() -> None:
    trace = sample_traces.worked()
    said = words(parsed(trace.to_svg(language="zh")))
    assert {"前向", "反向", "已放掉", "self l2 · 已释放", "全为 40.0"} <= set(said)
    assert words(parsed(trace.to_svg())) == words(parsed(trace.to_svg(language="en")))
    with pytest.raises(ValueError, match="language 'fr'"):
        trace.to_svg(language="fr")

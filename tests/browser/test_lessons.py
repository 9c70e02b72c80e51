"""The lessons as a learner meets them: run cell by cell in JupyterLab, read off the drawn graph."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from browser.lab import Lab, of_cells, text_of
from build_lessons import SOURCES, notebook

START = "from minigrad import tensor\nfrom minigrad_widgets import live\nlive()"
BROKEN = (
    "a = tensor([1.0, 3.0], requires_grad=True)\nb = a + 2\nloss = (b * b).mean()",
    "b[0] = 1000.0",
    "loss.backward()",
)


class Graph:
    """What a learner sees in the docked panel."""

    def __init__(self, lab: Lab) -> None:
        self.page = lab.page
        self.panel = lab.page.locator(".mg-docked")

    def things(self, side: str = "forward") -> Locator:
        return self.panel.locator(f".mg-pane[data-side={side}] .mg-thing")

    def card(self, name: str, side: str = "forward") -> Locator:
        """The card with exactly this name on it."""
        named = self.page.locator(".mg-name", has_text=re.compile(f"^{re.escape(name)}$"))
        return self.things(side).filter(has=named)

    def function(self, title: str, side: str = "backward") -> Locator:
        """The ovals with exactly this title."""
        titled = self.page.locator(".mg-title", has_text=re.compile(f"^{re.escape(title)}$"))
        return self.things(side).filter(has=titled)

    def edges(self, words: str) -> Locator:
        """The backward drawing's edges whose description contains these words."""
        edges = self.panel.locator(".mg-pane[data-side=backward] .mg-edge")
        return edges.filter(has=self.page.locator("title", has_text=words))

    @property
    def error(self) -> Locator:
        return self.panel.locator(".mg-error")


@pytest.fixture
def open_lesson(open_lab: Callable[..., Lab]) -> Callable[[int], tuple[Lab, Graph]]:
    def open_lesson(number: int) -> tuple[Lab, Graph]:
        source = next(source for source in SOURCES if source.name.startswith(f"{number:02}-"))
        lab = open_lab(notebook(source), source.stem)
        return lab, Graph(lab)

    return open_lesson


@pytest.fixture
def followed(open_lab: Callable[..., Lab]) -> tuple[Lab, Graph]:
    """A notebook of the three cells that end in the version error, followed by live(), none of them run."""
    lab = open_lab(of_cells(START, *BROKEN))
    lab.run("live()")
    graph = Graph(lab)
    expect(graph.panel).to_have_count(1)
    return lab, graph


def test_lesson_1(open_lesson: Callable[[int], tuple[Lab, Graph]]) -> None:
    lab, graph = open_lesson(1)
    lab.run("from minigrad import")
    lab.run("live()")
    expect(graph.panel).to_contain_text("Nothing to draw yet")

    lab.run("a = tensor(2.0")
    expect(graph.card("a")).to_contain_text("v0")
    expect(graph.card("a").locator(".mg-value").first).to_have_text("2.0")
    expect(graph.card("a", "backward")).to_contain_text("AccumulateGrad")
    expect(graph.things()).to_have_count(1)

    lab.run("print(a.grad_fn, a.is_leaf)")
    assert "ExpBackward0" in text_of(lab.run("b = a.exp()"))
    expect(graph.card("b")).to_contain_text("ExpBackward0")
    expect(graph.function("exp", "forward")).to_have_count(1)
    expect(graph.function("ExpBackward0").locator(".mg-slot.mg-intact")).to_have_text("result b · saved v0")

    lab.run("b.grad_fn.next_functions")
    lab.run("_saved_result")
    assert text_of(lab.run("b.backward()")).strip() == "tensor(7.3891)"
    expect(graph.card("a")).to_contain_text("7.389")
    expect(graph.card("b")).to_contain_text("let go")
    expect(graph.function("ExpBackward0").locator(".mg-slot.mg-freed")).to_contain_text("freed")
    assert "not a leaf" in text_of(lab.run("print(b.grad)"))
    expect(graph.things()).to_have_count(3)


def test_lesson_2(open_lesson: Callable[[int], tuple[Lab, Graph]]) -> None:
    lab, graph = open_lesson(2)
    lab.run("live()")
    lab.run("x = ones(2, 2)")
    expect(graph.card("x")).to_contain_text("requires_grad False")
    lab.run("print(l1)")
    expect(graph.card("l1")).to_contain_text("MulBackward0")
    expect(graph.function("MulBackward0").locator(".mg-slot")).to_have_count(1)  # x, for the sake of w1
    for part in ("l2 = l1 + w2", "l4 = l2 * l3", "print(loss)", "print(by_hand)"):
        lab.run(part)
    expect(graph.function("MulBackward0")).to_have_count(3)
    expect(graph.function("AddBackward0").locator(".mg-slot")).to_have_count(0)

    lab.run("print(w1.grad, w2.grad, w3.grad)")
    for name, gradient in {"w1": "28.0", "w2": "8.0", "w3": "10.0"}.items():
        expect(graph.card(name).locator(".mg-value.mg-got")).to_have_text(gradient)
    for name in ("l1", "l2", "l3", "l4"):
        expect(graph.card(name).locator(".mg-gone")).to_have_text("let go")
    for words in ("l2 to mul as self, gradient all 2.0", "l3 to mul as other, gradient all 1.25"):
        expect(graph.edges(words)).to_have_count(1)
    expect(graph.panel.locator(".mg-pane[data-side=backward] .mg-slot:not(.mg-freed)")).to_have_count(0)
    lab.screenshot("lesson-2-backward")

    assert text_of(lab.run("t.requires_grad")).startswith("[True, True, True, True]")
    lab.run("l1.retain_grad()")
    expect(graph.card("l1").locator(".mg-got").last).to_contain_text("7.0")


def test_lesson_3(open_lesson: Callable[[int], tuple[Lab, Graph]]) -> None:
    lab, graph = open_lesson(3)
    backward = graph.panel.locator(".mg-pane[data-side=backward]")
    lab.run("live()")
    lab.run(BROKEN[0])
    expect(graph.function("MulBackward0").locator(".mg-slot.mg-intact")).to_have_count(2)
    expect(graph.card("b")).to_contain_text("v0")
    lab.run("print(b._version)")
    lab.run("before = id(b)")
    expect(graph.card("b").filter(has_text="v1")).to_have_count(1)
    expect(backward.locator(".mg-slot.mg-broken").first).to_contain_text("saved v0, now v1")
    expect(graph.edges("broken: saved at version 0, now at version 1").first).to_be_visible()
    expect(graph.error).to_have_count(0)

    lab.run("loss.backward()", raises="is at version 1; expected version 0")
    expect(graph.error).to_be_visible()
    saved, changed = (graph.error.locator(f"[data-what={what}] td") for what in ("saved", "changed"))
    expect(saved).to_have_text(["b at version 0", "In [2] line 3", "loss = (b * b).mean()"])
    expect(changed).to_have_text(["b at version 1", "In [4] line 2", "b[0] = 1000.0"])
    lab.screenshot("lesson-3-error")

    for cure in ("a = tensor([1.0, 3.0], requires_grad=True)\nb = a + 2\nb[0]", "c = b.clone()", "b.add_(5)"):
        lab.run(cure)
        expect(graph.error).to_have_count(0)
    expect(graph.card("a").locator(".mg-got").last).to_have_text("[1, 1]")


def test_running_live_again_keeps_the_one_panel(followed: tuple[Lab, Graph]) -> None:
    lab, graph = followed
    lab.run(BROKEN[0])
    expect(graph.card("loss")).to_have_count(1)
    lab.run("live()")
    lab.run_new("live()")
    lab.run_new("c = tensor(7.0)")
    expect(graph.card("c")).to_have_count(1)
    expect(graph.panel).to_have_count(1)
    expect(graph.card("loss")).to_have_count(1)


def test_goes_on_after_the_page_is_reloaded(followed: tuple[Lab, Graph]) -> None:
    lab, graph = followed
    lab.run(BROKEN[0])
    expect(graph.card("loss")).to_have_count(1)
    lab.save_and_reload()
    expect(graph.card("loss")).to_have_count(1)
    lab.run(BROKEN[1])
    expect(graph.card("b").filter(has_text="v1")).to_have_count(1)
    expect(graph.panel).to_have_count(1)


def test_says_when_the_kernel_has_gone(followed: tuple[Lab, Graph]) -> None:
    lab, graph = followed
    lab.run(BROKEN[0])
    expect(graph.card("loss")).to_have_count(1)
    lab.restart_kernel()
    expect(graph.panel.locator(".mg-status")).to_contain_text("Disconnected")
    expect(graph.card("loss")).to_have_count(1)
    lab.screenshot("disconnected")

    lab.run("live()")
    lab.run_new("d = tensor(1.0)")
    expect(graph.card("d")).to_have_count(1)
    expect(graph.panel).to_have_count(1)


def test_traceback_has_nothing_of_ours(open_lab: Callable[..., Lab]) -> None:
    """Watched and unwatched, the error comes from the same files and says the same."""
    lab = open_lab(
        of_cells("from minigrad import tensor", *BROKEN, "from minigrad_widgets import live\nlive()")
    )

    def files_and_message() -> tuple[list[str], str]:
        lab.run(BROKEN[0])
        lab.run(BROKEN[1])
        (error,) = lab.run(BROKEN[2], raises="modified by an inplace operation")
        traceback = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(error["traceback"]))
        assert "During handling" not in traceback
        return sorted(set(re.findall(r"File (\S+?):\d+", traceback))), traceback.splitlines()[-1]

    lab.run("from minigrad import tensor")
    without = files_and_message()
    lab.run("live()")
    assert files_and_message() == without
    assert without[0], "the engine's own frames are there"
    expect(Graph(lab).error).to_be_visible()


def test_a_name_is_text_and_never_markup(followed: tuple[Lab, Graph]) -> None:
    lab, graph = followed
    name = "<img src=x onerror=alert(1)>"
    lab.run_new(f"globals()[{name!r}] = tensor([1.0, 2.0], requires_grad=True)")
    expect(graph.things("forward").locator(".mg-name")).to_contain_text("<img")
    expect(graph.things("forward").locator("title").first).to_contain_text(name)
    expect(graph.panel.locator("img")).to_have_count(0)
    assert lab.dialogs == []

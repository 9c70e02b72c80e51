"""The command of authors: what it says, what it writes, and that it writes all or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from exercises.sets import CHECK, EXAMPLE, EXERCISE
from minigrad_widgets.exercises.__main__ import main
from minigrad_widgets.exercises.building import PARTS, build
from minigrad_widgets.exercises.faults import Refused

SET = (
    "```{code-cell} python\nfrom minigrad import tensor\na = tensor(3.0, requires_grad=True)\n```\n"
    + EXERCISE
    + CHECK
)


def tree(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_new_set_can_be_built_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = tmp_path / "my-set.md"
    assert main(["new", str(text)]) == 0
    assert main(["check", str(text)]) == 0
    assert "2 exercises, 2 points, nothing to refuse" in capsys.readouterr().out
    assert main(["build", str(text), "-o", str(tmp_path / "built")]) == 0
    assert tree(tmp_path / "built") == [
        "my-set/learner/my-set.ipynb",
        "my-set/nbgrader/source/my-set/my-set.ipynb",
        "my-set/otter/my-set.ipynb",
        "my-set/solution/my-set.ipynb",
    ]


def test_new_overwrites_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = tmp_path / "my-set.md"
    text.write_text("mine")
    assert main(["new", str(text)]) == 1
    assert "is there already: name another file" in capsys.readouterr().err
    assert text.read_text() == "mine"
    assert main(["new", str(tmp_path / "no" / "set.md")]) == 1
    assert "cannot be written (No such file or directory)" in capsys.readouterr().err


def test_a_refused_set_leaves_what_was_built_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, out = tmp_path / "set.md", tmp_path / "built"
    text.write_text(SET)
    assert main(["build", str(text), "-o", str(out)]) == 0
    before = {name: (out / name).read_bytes() for name in tree(out)}
    text.write_text(SET.replace("a * 2", "a * 3"))
    assert main(["build", str(text), "-o", str(out)]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"{text}:11: the solution does not pass: ")
    assert {name: (out / name).read_bytes() for name in tree(out)} == before
    assert sorted(path.name for path in out.iterdir()) == ["set"]


def test_a_folder_of_somebody_elses_is_not_replaced(tmp_path: Path) -> None:
    text = tmp_path / "set.md"
    text.write_text(SET)
    (tmp_path / "built" / "set").mkdir(parents=True)
    (tmp_path / "built" / "set" / "thesis.tex").write_text("years of work")
    with pytest.raises(Refused, match="holds what was not built here: move it away"):
        build(text, tmp_path / "built")
    assert tree(tmp_path / "built") == ["set/thesis.tex"]
    (tmp_path / "built" / "set" / "thesis.tex").unlink()
    assert {path.name for path in build(text, tmp_path / "built").iterdir()} == set(PARTS)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    text = tmp_path / "set.md"
    text.write_text(SET)
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match=r"cannot be written \(.*\): name another -o"):
        build(text, tmp_path / "file")


def test_check_tells_the_faults_of_all_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two = tmp_path / "one.md", tmp_path / "two.md"
    one.write_text(EXERCISE)
    two.write_text(CHECK)
    assert main(["check", str(one), str(two), str(tmp_path / "three.md")]) == 1
    assert [line.split(":")[0] for line in capsys.readouterr().err.splitlines()] == [
        str(one), str(tmp_path / "three.md"), str(two),
    ]  # fmt: skip


def test_grade_writes_its_report_and_names_what_to_look_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "submitted").mkdir()
    (tmp_path / "submitted" / "ada.ipynb").write_text("{")
    out = tmp_path / "graded"
    assert main(["grade", str(EXAMPLE), str(tmp_path / "submitted"), "-o", str(out)]) == 0
    said = capsys.readouterr().out
    assert "0 without a remark, 1 to look at\n  ada: the file is no notebook" in said
    assert tree(out) == ["grades.csv", "grades.json", "report.md"]


@pytest.mark.usefixtures("jupyter_folders")
def test_preview_is_the_page_as_a_learner_meets_it(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert main(["preview", str(EXAMPLE), "-o", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert "What does the last line give?" in text
    assert "Not yet" not in text
    assert "NameError" not in text


@pytest.mark.parametrize("arguments", [["--seconds", "0"], ["--memory", "x"], ["--unknown"]])
def test_a_wrong_command_is_told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["check", str(EXAMPLE), *arguments])
    assert ended.value.code == 2
    assert "usage: minigrad-exercises" in capsys.readouterr().err

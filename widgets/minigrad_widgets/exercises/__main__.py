"""The command of those who write exercises.

minigrad-exercises new my-set.md              a text to begin with
minigrad-exercises check my-set.md            everything that would be refused, with file and line
minigrad-exercises build my-set.md -o built   notebooks for learners, nbgrader, otter-grader, and the solution
minigrad-exercises preview my-set.md          the page as a learner meets it
minigrad-exercises grade my-set.md submitted  points and reasons, by learner and by question
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .faults import Refused
from .running import Limits


def main(arguments: list[str] | None = None) -> int:
    """0: done; 1: refused, with the reasons on stderr; 2: the command itself is wrong."""
    parser = _parser()
    given = parser.parse_args(arguments)
    try:
        return given.do(given)
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    except ImportError as error:
        what = f"{error.name} is not installed: in the clone, python -m pip install --editable '.[author]'"
        print(what, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; nothing was written", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="minigrad-exercises", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="new|check|build|preview|grade")

    def command(name: str, do: object, help: str, several: bool = False) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=help, description=help)
        one.set_defaults(do=do)
        one.add_argument("file", type=Path, nargs="+" if several else None, help="the set, MyST text")
        return one

    def limits(one: argparse.ArgumentParser) -> None:
        one.add_argument("--seconds", type=_positive, default=20.0, help="for one cell (20)")
        one.add_argument("--memory", type=_positive, default=2048, help="megabytes for one notebook (2048)")
        one.add_argument("--output", type=_positive, default=1.0, help="megabytes that it may print (1)")

    command("new", _new, "Writes a text to begin with.")
    limits(command("check", _check, "Says everything that would be refused.", several=True))
    build = command("build", _build, "Makes the notebooks.", several=True)
    build.add_argument("-o", "--out", type=Path, default=Path("built"), help="the folder to write to (built)")
    limits(build)
    preview = command("preview", _preview, "Shows the page as a learner meets it.")
    preview.add_argument("-o", "--out", type=Path, help="the page to write, in place of opening it")
    grade = command("grade", _grade, "Grades all that was handed in.")
    grade.add_argument("submitted", type=Path, help="a folder: <learner>.ipynb, or <learner>/…/<any>.ipynb")
    grade.add_argument(
        "-o", "--out", type=Path, default=Path("graded"), help="the folder to write to (graded)"
    )
    grade.add_argument("--jobs", type=int, help="how many at a time (one for each processor)")
    limits(grade)
    return parser


def _positive(text: str) -> float:
    value = float(text)
    if value <= 0:
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return value


def _limits(given: argparse.Namespace) -> Limits:
    return Limits(given.seconds, int(given.memory), given.output)


def _new(given: argparse.Namespace) -> int:
    from .template import TEMPLATE

    try:
        with given.file.open("x", encoding="utf-8") as file:
            file.write(TEMPLATE.replace("TITLE", given.file.stem.replace("-", " ").capitalize()))
    except FileExistsError:
        print(f"{given.file} is there already: name another file", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{given.file} cannot be written ({error.strerror}): name another place", file=sys.stderr)
        return 1
    print(f"{given.file}: edit it, then minigrad-exercises build {given.file}")
    return 0


def _check(given: argparse.Namespace) -> int:
    from .building import load
    from .proving import prove

    faults = []
    for file in given.file:
        try:
            problems = load(file)
            prove(problems, _limits(given))
            points = sum(question.points for question in problems.questions)
            print(f"{file}: {len(problems.questions)} exercises, {points:g} points, nothing to refuse")
        except Refused as refused:
            faults += refused.faults
    if faults:
        raise Refused(faults)
    return 0


def _build(given: argparse.Namespace) -> int:
    from .building import build

    for file in given.file:
        print(build(file, given.out, _limits(given)))
    return 0


def _preview(given: argparse.Namespace) -> int:
    from .preview import preview

    print(preview(given.file, given.out))
    return 0


def _grade(given: argparse.Namespace) -> int:
    from .grading import grade
    from .report import write_report

    graded = grade(given.file, given.submitted, _limits(given), given.jobs, protected=(given.out,))
    for path in write_report(graded, given.out):
        print(path)
    damaged = [one for one in graded.learners if one.notes]
    print(f"{len(graded.learners) - len(damaged)} without a remark, {len(damaged)} to look at")
    for one in damaged:
        print(f"  {one.learner}: {'; '.join(one.notes)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Runs in a Python that has nbgrader and otter-grader: grades what was handed in, with both, unmodified.

    python real_graders.py nbgrader <folder>    its source/<set>/<set>.ipynb is there
    python real_graders.py otter <folder>       its master.ipynb is there

Prints the points as JSON: {learner: {question: points}}.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path


def nbgrader(folder: Path) -> dict[str, dict[str, float]]:
    """Generate, release, hand in, collect, autograde, feedback, export: nbgrader's own commands, one after the other."""
    from nbgrader.api import Gradebook

    (name,) = (path.name for path in (folder / "source").iterdir())
    exchange = folder / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    settings = [f"c.Exchange.root = {str(exchange)!r}", "c.CourseDirectory.course_id = 'course'"]
    (folder / "nbgrader_config.py").write_text("\n".join(["c = get_config()", *settings]))

    def command(*words: str) -> None:
        run = [sys.executable, "-m", "nbgrader", *words]
        done = subprocess.run(run, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"nbgrader {' '.join(words)}: {done.stderr[-3000:]}")

    command("generate_assignment", name)
    command("release_assignment", name)
    hand_in(folder, exchange / "course" / "outbound" / name / f"{name}.ipynb")
    for number, path in enumerate(sorted((folder / "handed-in").glob("*.ipynb"))):
        # As `nbgrader submit` names what a learner of that name hands in.
        time = f"2026-01-01 00:00:{number:02d} UTC"
        there = exchange / "course" / "inbound" / f"{path.stem}+{name}+{time}"
        there.mkdir(parents=True)
        shutil.copy(path, there / f"{name}.ipynb")
        (there / "timestamp.txt").write_text(time)
    command("collect", name)
    command("autograde", name)
    command("generate_feedback", name)
    command("export")
    points: dict[str, dict[str, float]] = {}
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
        for submission in gradebook.assignment_submissions(name):
            row = points.setdefault(submission.student.id, {})
            for grade in submission.notebooks[0].grades:
                question = grade.name.split("-check")[0]
                row[question] = row.get(question, 0) + grade.score
    with (folder / "grades.csv").open(encoding="utf-8") as file:
        for line in csv.DictReader(file):
            learner = line["student_id"]
            assert float(line["score"]) == sum(points[learner].values()), line
            feedback = (folder / "feedback" / learner / name / f"{name}.html").read_text(encoding="utf-8")
            assert ("Not yet." in feedback) == (sum(points[learner].values()) < float(line["max_score"])), (
                learner
            )
    return points


def hand_in(folder: Path, released: Path) -> None:
    """What learners make of the notebook that the tool has released."""
    import nbformat
    from handing_in import everyone

    (folder / "handed-in").mkdir()
    for name, notebook in everyone(nbformat.read(released, 4)).items():
        nbformat.write(notebook, folder / "handed-in" / f"{name}.ipynb")


def otter(folder: Path) -> dict[str, dict[str, float]]:
    """Assign, which also grades the author's solution, then run for each learner."""
    from otter.assign import main as assign
    from otter.run import main as run

    os.chdir(folder)
    assign("master.ipynb", "made", no_pdfs=True)  # raises where the solution does not get all points
    hand_in(folder, folder / "made" / "student" / "master.ipynb")
    (autograder,) = Path("made", "autograder").glob("*.zip")
    points = {}
    for path in sorted(Path("handed-in").glob("*.ipynb")):
        results = run(str(path), autograder=str(autograder), output_dir=None, no_logo=True)
        points[path.stem] = {name: float(result.score) for name, result in results.results.items()}
    return points


if __name__ == "__main__":
    out = sys.stdout
    sys.stdout = sys.stderr
    made = {"nbgrader": nbgrader, "otter": otter}[sys.argv[1]](Path(sys.argv[2]).resolve())
    print(json.dumps(made), file=out)

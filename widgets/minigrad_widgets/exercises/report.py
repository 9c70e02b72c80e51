"""What came of grading: a table for the register, and every point with its reason for people."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from pathlib import Path

from .faults import Fault, Refused
from .grading import Graded, Learner

NAMES = ("grades.csv", "report.md", "grades.json")


def write_report(graded: Graded, out: Path) -> list[Path]:
    """Writes grades.csv, report.md and grades.json into a folder, all or none. Raises Refused."""
    texts = dict(zip(NAMES, (table(graded), report(graded), data(graded)), strict=True))
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out, prefix=".new-") as folder:
            for name, text in texts.items():
                Path(folder, name).write_text(text, encoding="utf-8", newline="")
            for name in texts:
                Path(folder, name).replace(out / name)
    except OSError as error:
        raise Refused(
            [Fault(out, 1, f"cannot be written ({error.strerror})", "name another folder with -o")]
        ) from None
    return [out / name for name in NAMES]


def table(graded: Graded) -> str:
    """One row a learner: points for each exercise, the sum, and whether somebody should look at it."""
    rows = io.StringIO()
    writer = csv.writer(rows, lineterminator="\n")
    writer.writerow(["learner", *graded.questions, "points", "of", "remarks"])
    total = sum(graded.questions.values())
    for one in graded.learners:
        points = [f"{one.results[id].points:g}" for id in graded.questions]
        writer.writerow(
            [_plain(one.learner), *points, f"{one.points:g}", f"{total:g}", _plain("; ".join(one.notes))]
        )
    return rows.getvalue()


def _plain(text: str) -> str:
    """A text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t" and text else text


def report(graded: Graded) -> str:
    """For people: what to look at first, then by question, then by learner."""
    total = sum(graded.questions.values())
    lines = [f"# {graded.name}", "", f"{len(graded.learners)} notebooks, {total:g} points each.", ""]
    remarks = [one for one in graded.learners if one.notes]
    if remarks:
        lines += ["## To look at", ""]
        lines += [f"- **{_safe(one.learner)}**: {_safe('; '.join(one.notes))}" for one in remarks]
        lines.append("")
    lines += [
        "## By question",
        "",
        "| question | worth | mean | full marks | most frequent reason |",
        "|---|---|---|---|---|",
    ]
    lines += [_question(graded, id, worth) for id, worth in graded.questions.items()]
    lines += ["", "## By learner", ""]
    for one in graded.learners:
        lines += _learner(one, graded)
    return "\n".join(lines).rstrip() + "\n"


def _question(graded: Graded, id: str, worth: float) -> str:
    results = [one.results[id] for one in graded.learners]
    mean = sum(result.points for result in results) / len(results)
    full = sum(result.points >= worth for result in results)
    reasons = [reason for result in results for reason in result.reasons]
    most = max(reasons, key=reasons.count, default="")
    return f"| {id} | {worth:g} | {mean:.2f} | {full} of {len(results)} | {_safe(most)} |"


def _learner(one: Learner, graded: Graded) -> list[str]:
    lines = [f"### {_safe(one.learner)}: {one.points:g} of {sum(graded.questions.values()):g}", ""]
    for id, worth in graded.questions.items():
        result = one.results[id]
        reasons = f": {_safe(' '.join(result.reasons))}" if result.points < worth and result.reasons else ""
        lines.append(f"- {id} {result.points:g} of {worth:g}{reasons}")
    return [*lines, ""]


def _safe(text: str) -> str:
    """One line of Markdown in which nothing of the learner's is markup."""
    text = " ".join(text.split())[:500]
    return "".join(f"\\{c}" if c in "\\`*_[]<>|#" else c for c in text)


def data(graded: Graded) -> str:
    """The same for programs."""
    learners = [
        {
            "learner": one.learner,
            "points": one.points,
            "remarks": one.notes,
            "results": {
                id: {"points": r.points, "worth": r.worth, "reasons": r.reasons}
                for id, r in one.results.items()
            },
        }
        for one in graded.learners
    ]
    return (
        json.dumps({"set": graded.name, "questions": graded.questions, "learners": learners}, indent=1) + "\n"
    )

"""What holds the project together: Binder's files, what the README promises, no traces of a machine."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import minigrad

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def lines(path: str) -> list[str]:
    """A file's lines without comments and blanks."""
    text = (ROOT / path).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def tracked_files() -> list[str]:
    git = ["git", "-C", str(ROOT), "ls-files", "-z"]
    listed = subprocess.run(git, capture_output=True, check=False, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout: nothing is committed here")
    return listed.stdout.split("\0")[:-1]


def test_binder_installs_what_the_project_needs() -> None:
    """JupyterLab comes with its base image."""
    lab = [name for name in PROJECT["optional-dependencies"]["lab"] if not name.startswith("jupyterlab")]
    assert lines("binder/requirements.txt") == PROJECT["dependencies"] + lab


@pytest.fixture(scope="module")
def dockerfile() -> str:
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", str(ROOT)]
    run = subprocess.run(command, capture_output=True, check=False, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout + run.stderr


def test_binder_keeps_the_requirements_between_commits(dockerfile: str) -> None:
    """They are installed before the checkout comes in, so a commit that leaves them alone costs nothing."""
    installed = dockerfile.index('pip install --no-cache-dir -r "binder/requirements.txt"')
    checkout = dockerfile.index("COPY --chown=0:0 src/ ${REPO_DIR}/")
    assert installed < checkout < dockerfile.index("RUN ./binder/postBuild")


def test_binder_has_a_python_that_the_project_supports(dockerfile: str) -> None:
    version = re.fullmatch(r"python-(3\.\d+)", lines("binder/runtime.txt")[0]).group(1)
    assert f"python={version}" in dockerfile
    assert tuple(map(int, version.split("."))) >= tuple(map(int, PROJECT["requires-python"][2:].split(".")))


def test_readme_links_lead_somewhere() -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)\s]+)\)", README) + re.findall(r'src="([^":]+)"', README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_binder_and_make_open_the_first_lesson() -> None:
    first = min(path.relative_to(ROOT).as_posix() for path in (ROOT / "notebooks").glob("*.ipynb"))
    assert f"urlpath=lab/tree/{first}" in README
    assert f"FIRST := {first}\n" in (ROOT / "Makefile").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["lab", "test"])
def test_readme_commands_exist(command: str) -> None:
    assert f"make {command}" in README
    assert re.search(rf"^{command}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_ci_runs_the_test_command() -> None:
    assert lines(".ci/run")[-1] == "make test"


def test_changelog_knows_this_version() -> None:
    headings = re.findall(
        r"^## \[([^\]]+)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert headings[0] == "Unreleased"
    assert minigrad.__version__ in headings or headings == ["Unreleased"]


def test_no_traces_of_a_machine() -> None:
    """No path of somebody's machine, no package registry's host: neither means anything to anyone else."""
    roots = "|".join(["work", "opt", "tmp", "root", "home", "Users", "farm"])
    hosts = "|".join(["pypi", "npmjs", "registry", "pythonhosted"])
    pattern = re.compile(rf"(?<![\w.~/])/(?:{roots})/[\w.]|https?://[^\s)]*(?:{hosts})")
    found = []
    for name in tracked_files():
        try:
            text = (ROOT / name).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):  # a picture; removed but not yet committed
            continue
        found += [f"{name}: {match.group()}" for match in pattern.finditer(text)]
    assert found == []

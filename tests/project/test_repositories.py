"""Cloned code in the image: at its commit, and taken without a network."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from nb2prod.analysis.facts import Clone
from nb2prod.location import Location
from nb2prod.project.files import render
from nb2prod.project.parts.docker import repositories
from tests.analysis.test_clones import COMMIT, migration

HERE = Location(1)
HOST = "https://host.example.invalid"


@pytest.mark.parametrize(
    ("clones", "found"),
    [
        ([(f"{HOST}/a/b.git", COMMIT)], [(f"{HOST}/a/b.git", "1-b.git")]),
        ([(f"{HOST}/a/b/", COMMIT)], [(f"{HOST}/a/b/", "1-b.git")]),
        ([(f"{HOST}/a/b", COMMIT), (f"{HOST}/a/b", COMMIT[:7])], [(f"{HOST}/a/b", "1-b.git")]),
        ([(f"{HOST}/a/b", None)], []),
        ([(f"{HOST}/a/b", "main")], []),
        ([(f"{HOST}/a/b", COMMIT), (f"{HOST}/a/b", "main")], []),
        ([("https://me:{token}@host.example.invalid/a", COMMIT)], []),
        ([("git@host.example.invalid:a/b.git", COMMIT)], []),
        ([("{url}", COMMIT)], []),
        ([(f"{HOST}/a/b; rm -rf x", COMMIT)], []),
        # One address is the beginning of the other: git would take it for both.
        ([(f"{HOST}/a/b", COMMIT), (f"{HOST}/a/b2", COMMIT)], [(f"{HOST}/a/b2", "1-b2.git")]),
    ],
)
def test_what_can_be_in_the_image(
    clones: list[tuple[str, str | None]], found: list[tuple[str, str]]
) -> None:
    given = tuple(Clone(url, HERE, revision) for url, revision in clones)
    assert [(one.url, Path(one.directory).name) for one in repositories(given)] == found


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_git_takes_the_copy_in_the_image(tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "GIT_CONFIG_SYSTEM": str(tmp_path / "system"),
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@example.invalid",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@example.invalid",
    }

    def git(*words: str, cwd: Path = tmp_path) -> str:
        done = subprocess.run(
            ["git", *words], cwd=cwd, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    origin = tmp_path / "origin"
    git("init", "--quiet", str(origin))
    (origin / "tool.py").write_text("OLD = 1\n")
    git("add", ".", cwd=origin)
    git("commit", "--quiet", "-m", "one", cwd=origin)
    commit = git("rev-parse", "HEAD", cwd=origin)
    (origin / "tool.py").write_text("NEW = 1\n")
    git("commit", "--quiet", "-am", "two", cwd=origin)

    url = f"{HOST}/a/tool.git"
    cell = f"!git clone {url}\n%cd tool\n!git checkout -q {commit}"
    dockerfile = render(migration(cell))["Dockerfile"].decode()
    # What the build runs, with this directory for the image's and the origin for the address.
    image = tmp_path / "repositories"
    runs = re.findall(r"^RUN (git (?:.*\\\n)*.*)$", dockerfile, re.MULTILINE)
    commands = [line for run in runs for line in run.replace("\\\n", " ").split("&&")]
    assert len(commands) == 4
    for number, command in enumerate(commands):
        words = shlex.split(command.replace("/opt/repositories", str(image)))
        if number == 0:
            words = [str(origin) if word == url else word for word in words]
        git(*words[1:])

    git("clone", "--quiet", url)  # the address cannot be reached
    git("checkout", "--quiet", commit, cwd=tmp_path / "tool")
    assert (tmp_path / "tool" / "tool.py").read_text() == "OLD = 1\n"

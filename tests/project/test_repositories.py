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
from nb2prod.project.parts.repositories import repositories
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


class Git:
    """git with a configuration of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "GIT_CONFIG_SYSTEM": str(home / "system"),
            "GIT_AUTHOR_NAME": "a",
            "GIT_AUTHOR_EMAIL": "a@example.invalid",
            "GIT_COMMITTER_NAME": "a",
            "GIT_COMMITTER_EMAIL": "a@example.invalid",
        }

    def __call__(self, *words: str, cwd: Path | None = None) -> str:
        done = subprocess.run(
            ["git", *words],
            cwd=cwd or self.home,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def commit(self, repository: Path, content: str) -> str:
        """The hash of a new commit."""
        (repository / "tool.py").write_text(content)
        self("add", ".", cwd=repository)
        self("commit", "--quiet", "-m", content, cwd=repository)
        return self("rev-parse", "HEAD", cwd=repository)


@pytest.fixture
def git(tmp_path: Path) -> Git:
    """git, with a repository `origin` to clone."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    found = Git(tmp_path)
    found("init", "--quiet", str(tmp_path / "origin"))
    return found


URL = f"{HOST}/a/tool.git"


def build(git: Git, cell: str, image: Path) -> None:
    """Run what the image's build runs: `image` is its directory of repositories, and the origin
    stands for the address.
    """
    dockerfile = render(migration(cell))["Dockerfile"].decode()
    runs = re.findall(r"^RUN (git (?:.*\\\n)*.*)$", dockerfile, re.MULTILINE)
    commands = [line for run in runs for line in run.replace("\\\n", " ").split(" && ")]
    assert len(commands) > 4
    for number, command in enumerate(commands):
        text = command.replace("/opt/repositories", str(image))
        words = shlex.split(re.sub(r"(?<![\w-])/repositories", f"{image}-all", text))
        if number == 0:
            words = [str(git.home / "origin") if word == URL else word for word in words]
        assert words[0] == "git"
        git(*words[1:])


def test_git_takes_the_copy_in_the_image(git: Git, tmp_path: Path) -> None:
    first = git.commit(tmp_path / "origin", "OLD = 1\n")
    second = git.commit(tmp_path / "origin", "NEW = 1\n")
    git.commit(tmp_path / "origin", "NEWEST = 1\n")
    cells = f"!git clone {URL}\n%cd tool\n!git checkout -q {first}\n!git clone {URL} b && cd b && "
    build(git, f"{cells}git checkout {second}", tmp_path / "repositories")
    git("clone", "--quiet", URL)  # the address cannot be reached
    for commit, content in ((first, "OLD = 1\n"), (second[:9], "NEW = 1\n")):
        git("checkout", "--quiet", commit, cwd=tmp_path / "tool")
        assert (tmp_path / "tool" / "tool.py").read_text() == content


def test_a_commit_is_the_same_bytes_whatever_else_is_there(git: Git, tmp_path: Path) -> None:
    origin = tmp_path / "origin"
    lines = [f"LINE_{number} = {number}\n" for number in range(300)]
    commits = [git.commit(origin, "".join(lines[:end])) for end in (100, 200, 300)]
    cell = f"!git clone {URL}\n%cd tool\n!git checkout -q {commits[1]}"
    found = []
    for name in ("first", "second"):
        build(git, cell, tmp_path / name)
        found.append(
            {
                path.relative_to(tmp_path / name): path.read_bytes().replace(
                    str(tmp_path / name).encode(), b""
                )
                for path in (tmp_path / name).rglob("*")
                if path.is_file()
            }
        )
        # Other branches, tags and packs are there when it is built again.
        git("gc", "--quiet", "--aggressive", cwd=origin)
        git("tag", "--force", "v1", commits[1], cwd=origin)
        git("switch", "--quiet", "--force-create", "other", cwd=origin)
        git.commit(origin, "OTHER = 1\n")
        git("switch", "--quiet", "-", cwd=origin)
    assert found[0] == found[1]


def test_a_commit_that_is_not_there_ends_the_build(git: Git, tmp_path: Path) -> None:
    git.commit(tmp_path / "origin", "OLD = 1\n")
    with pytest.raises(subprocess.CalledProcessError, match="update-ref"):
        build(git, f"!git clone {URL}\n%cd tool\n!git checkout -q {COMMIT}", tmp_path / "image")

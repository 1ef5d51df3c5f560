"""The secrets of a build: which are given, and how `docker build` is told of them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from nb2prod.container.building.private import NotGiven, Secret, given, require_ours
from nb2prod.container.project import read_project
from tests.container.building import tiny_project

NAMES = ("index", "git-credentials")


def test_only_what_is_named_for_builds_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The logins that git keeps for its user are not for every project that wants some."""
    monkeypatch.setenv("HOME", str(tmp_path))
    file = tmp_path / ".git-credentials"
    file.write_text("x", encoding="utf-8")
    assert given(NAMES, {}) == ()
    assert given((), {"UV_INDEX": "x", "GIT_CREDENTIALS_FILE": str(file)}) == ()
    assert given(NAMES, {"UV_INDEX": "x", "GIT_CREDENTIALS_FILE": "~/.git-credentials"}) == (
        Secret("index", variable="UV_INDEX"),
        Secret("git-credentials", file=file),
    )


@pytest.mark.parametrize("name", ["plain", "a,b", 'say "a"', 'a,"b'])
def test_the_option_is_one_line_of_csv(tmp_path: Path, name: str) -> None:
    option = Secret("git-credentials", file=tmp_path / name).option
    assert list(csv.reader([option], strict=True)) == [
        ["id=git-credentials", f"src={tmp_path / name}"]
    ]


def test_an_edited_file_is_given_none(tmp_path: Path) -> None:
    tiny = tiny_project(tmp_path)
    tiny.dockerfile("RUN --mount=type=secret,id=index true", file="Dockerfile.private")
    require_ours(read_project(tiny.root))
    with (tiny.root / "Dockerfile.private").open("a", encoding="utf-8") as file:
        file.write("RUN more\n")
    with pytest.raises(NotGiven, match="was changed since nb2prod wrote it"):
        require_ours(read_project(tiny.root))

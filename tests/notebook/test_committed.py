"""The day of a file's last commit, asked of a real git in a directory of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from nb2prod.notebook.committed import commit_day

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git here")


def git(directory: Path, *arguments: str, day: str = "2024-05-31T23:30:00-03:00") -> None:
    identity = ("-c", "user.name=nobody", "-c", "user.email=nobody@example.invalid")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    subprocess.run(
        ["git", *identity, *arguments],
        cwd=directory,
        env=kept | {"GIT_AUTHOR_DATE": day, "GIT_COMMITTER_DATE": day},
        check=True,
        capture_output=True,
    )


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet")
    (tmp_path / "n.ipynb").write_text("{}", encoding="utf-8")
    git(tmp_path, "add", "n.ipynb")
    git(tmp_path, "commit", "--quiet", "--message", "one")
    return tmp_path


def test_the_day_is_in_utc(repository: Path) -> None:
    assert commit_day(repository / "n.ipynb") == "2024-06-01"


def test_the_last_commit_of_this_file_counts(repository: Path) -> None:
    (repository / "other").write_text("", encoding="utf-8")
    git(repository, "add", "other", day="2025-01-01T00:00:00Z")
    git(repository, "commit", "--quiet", "--message", "two", day="2025-01-01T00:00:00Z")
    assert commit_day(repository / "n.ipynb") == "2024-06-01"
    assert commit_day(repository / "other") == "2025-01-01"


def test_names_are_no_patterns_and_no_options(repository: Path) -> None:
    for name in ("-x.ipynb", "*.ipynb", ":(top)n.ipynb"):
        (repository / name).write_text("", encoding="utf-8")
        assert commit_day(repository / name) is None


def test_where_git_cannot_tell_there_is_no_day(repository: Path, tmp_path: Path) -> None:
    assert commit_day(repository / "missing.ipynb") is None
    assert commit_day(repository / "no" / "directory.ipynb") is None
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / ".git").write_text("gitdir: nowhere\n", encoding="utf-8")
    (outside / "n.ipynb").write_text("{}", encoding="utf-8")
    assert commit_day(outside / "n.ipynb") is None


def test_without_git_there_is_no_day(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository))
    assert commit_day(repository / "n.ipynb") is None


def test_a_git_that_takes_too_long_is_not_waited_for(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = repository / "git"
    slow.write_text("#!/bin/sh\nexec sleep 30\n", encoding="utf-8")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{repository}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr("nb2prod.notebook.committed._SECONDS", 0.2)
    assert commit_day(repository / "n.ipynb") is None


def test_what_a_repository_configures_is_not_run(repository: Path) -> None:
    trap = repository / "trap"
    # It signs as gpg does, so that there is a signature to check.
    trap.write_text(
        f"#!/bin/sh\ntouch {repository / 'sprung'}\ncat > /dev/null\n"
        "echo '[GNUPG:] SIG_CREATED ' >&2\n"
        "printf -- '-----BEGIN PGP SIGNATURE-----\\nx\\n-----END PGP SIGNATURE-----\\n'\n",
        encoding="utf-8",
    )
    trap.chmod(0o755)
    for name in ("core.fsmonitor", "core.pager", "gpg.program", "core.sshCommand"):
        git(repository, "config", name, str(trap))
    git(repository, "config", "log.showSignature", "true")
    git(repository, "commit", "--quiet", "--amend", "--no-edit", "-S")
    (repository / "sprung").unlink()
    assert commit_day(repository / "n.ipynb") == "2024-06-01"
    assert not (repository / "sprung").exists()
    git(repository, "log", "-1")  # without our care it is
    assert (repository / "sprung").exists()


def test_a_hook_s_environment_does_not_point_elsewhere(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(repository / "nowhere"))
    assert commit_day(repository / "n.ipynb") == "2024-06-01"

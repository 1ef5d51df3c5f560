"""The project as a repository of hooks, and repositories whose commits it guards."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
# What a build of the package reads, and what pre-commit does.
_NEEDED = (".pre-commit-hooks.yaml", "LICENSE", "README.md", "pyproject.toml", "src", "templates")
_FOREIGN = ("GIT_", "PRE_COMMIT", "PYTHON", "VIRTUAL_ENV", "COVERAGE_")

Done = subprocess.CompletedProcess[str]


def environment(home: Path) -> dict[str, str]:
    """Variables with which pre-commit keeps all that it makes in `home`, and git asks no file of
    the user for anything.
    """
    kept = {key: value for key, value in os.environ.items() if not key.startswith(_FOREIGN)}
    identity = {
        f"GIT_{role}_{part}": value
        for role in ("AUTHOR", "COMMITTER")
        for part, value in (("NAME", "nb2prod"), ("EMAIL", "nb2prod@example.invalid"))
    }
    return {
        **kept,
        **identity,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "NO_COLOR": "1",
        "PRE_COMMIT_COLOR": "never",
        "PRE_COMMIT_HOME": str(home),
    }


def hook_repository(directory: Path, variables: Mapping[str, str]) -> str:
    """Make a repository of the working tree as it stands in `directory`; its commit."""
    directory.mkdir()
    for name in _NEEDED:
        source = CHECKOUT / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, directory / name, ignore=ignored)
        else:
            shutil.copy2(source, directory / name)
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "hooks"]):
        run("git", *words, cwd=directory, variables=variables).check_returncode()
    return run("git", "rev-parse", "HEAD", cwd=directory, variables=variables).stdout.strip()


def guarded_repository(
    directory: Path, hooks: Path, revision: str, hook: str, variables: Mapping[str, str]
) -> None:
    """Make a repository in `directory` whose commits one hook looks at."""
    directory.mkdir()
    config = f"repos:\n  - repo: {hooks}\n    rev: {revision}\n    hooks:\n      - id: {hook}\n"
    (directory / ".pre-commit-config.yaml").write_text(config, encoding="utf-8")
    run("git", "init", "--quiet", cwd=directory, variables=variables).check_returncode()
    pre_commit("install", cwd=directory, variables=variables).check_returncode()


def pre_commit(*words: str, cwd: Path, variables: Mapping[str, str]) -> Done:
    """Run pre-commit."""
    return run(sys.executable, "-m", "pre_commit", *words, cwd=cwd, variables=variables)


def run(*command: str, cwd: Path, variables: Mapping[str, str]) -> Done:
    """Run a command; what it prints is one text, in its order."""
    return subprocess.run(
        command,
        cwd=cwd,
        env=dict(variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
